#pragma once

#include "rheobase/models/plasticity/rule.hpp"

namespace rheobase {

struct TsodyksMarkram {
    struct Parameters {
        double U, tau_rec, tau_facil, w_min, w_max;
    };
    static constexpr char name[] = "TsodyksMarkram";
    static constexpr char summary[] = "Short-term depression and facilitation: a spike delivers w u x.";
    static constexpr char equation[] =
        "pre spike: u <- u + U (1 - u), delivers w u x, x <- x (1 - u);   tau_facil u' = -u,   tau_rec x' = 1 - x";
    static constexpr char reference[] = "Tsodyks & Markram 1997; Tsodyks, Pawelzik & Markram 1998";
    static constexpr Parameter<Parameters> parameters[] = {
        {&Parameters::U, "U", "1", 0.5, {0.0, 1.0, false}, "share of resources that a spike after rest uses"},
        {&Parameters::tau_rec, "tau_rec", "ms", 800.0, positive, "time constant of recovery from depression"},
        {&Parameters::tau_facil, "tau_facil", "ms", 0.0, non_negative, "time constant of facilitation, 0: none"},
        {&Parameters::w_min, "w_min", "weight", -1e9, any, "lower bound"},
        {&Parameters::w_max, "w_max", "weight", 1e9, any, "upper bound"},
    };
    static constexpr std::size_t pre_traces = 2, post_traces = 0;  // u and 1 - x, which both decay to 0

    explicit TsodyksMarkram(const Parameters& p_) : p(p_) {}

    double pre_time_constant(std::size_t k) const { return k == 0 ? p.tau_facil : p.tau_rec; }
    double post_time_constant(std::size_t) const { return 1.0; }
    double on_pre(double w, const double*, const double*) const { return w; }
    double on_post(double w, const double*, const double*) const { return w; }
    double pre_spike(double* pre) const {
        pre[0] += p.U * (1.0 - pre[0]);
        const double released = pre[0] * (1.0 - pre[1]);
        pre[1] += released;
        return released;
    }
    void post_spike(double*) const {}
    static constexpr const char* variables[] = {"u", "x"};
    double read(std::size_t k, const double* pre) const { return k == 0 ? pre[0] : 1.0 - pre[1]; }

    Parameters p;
};

}  // namespace rheobase
