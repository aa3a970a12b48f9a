#pragma once

#include "rheobase/models/plasticity/rule.hpp"

namespace rheobase {

struct VogelsSTDP : WithoutVariables {
    struct Parameters {
        double eta, tau, rho_0, w_min, w_max;
    };
    static constexpr char name[] = "VogelsSTDP";
    static constexpr char summary[] =
        "Homeostatic plasticity of inhibitory conductances (positive), which holds the postsynaptic rate at rho_0.";
    static constexpr char equation[] =
        "pre spike: w <- w + eta (x_post - 2 rho_0 tau);   post spike: w <- w + eta x_pre;   tau x' = -x, x <- x + 1 "
        "at its own spike";
    static constexpr char reference[] = "Vogels et al. 2011; with J = -w and epsilon = tau eta it is InhibitorySTDP";
    static constexpr Parameter<Parameters> parameters[] = {
        {&Parameters::eta, "eta", "weight", 0.01, non_negative, "learning rate"},
        {&Parameters::tau, "tau", "ms", 20.0, positive, "time constant of the traces x"},
        {&Parameters::rho_0, "rho_0", "Hz", 3.0, non_negative, "target rate"},
        {&Parameters::w_min, "w_min", "weight", 0.0, any, "lower bound"},
        {&Parameters::w_max, "w_max", "weight", 100.0, any, "upper bound"},
    };
    static constexpr std::size_t pre_traces = 1, post_traces = 1;

    explicit VogelsSTDP(const Parameters& p_) : p(p_), alpha(2e-3 * p_.rho_0 * p_.tau) {}

    double pre_time_constant(std::size_t) const { return p.tau; }
    double post_time_constant(std::size_t) const { return p.tau; }
    double on_pre(double w, const double*, const double* post) const { return w + p.eta * (post[0] - alpha); }
    double on_post(double w, const double* pre, const double*) const { return w + p.eta * pre[0]; }
    double pre_spike(double* pre) const {
        pre[0] += 1.0;
        return 1.0;
    }
    void post_spike(double* post) const { post[0] += 1.0; }

    Parameters p;
    double alpha;
};

}  // namespace rheobase
