#pragma once

#include <cmath>

#include "rheobase/models/plasticity/rule.hpp"

namespace rheobase {

struct PairSTDP : WithoutVariables {
    struct Parameters {
        double A_plus, A_minus, tau_plus, tau_minus, mu, w_min, w_max;
    };
    static constexpr char name[] = "PairSTDP";
    static constexpr char summary[] =
        "Spike-timing-dependent plasticity of all pairs of spikes, additive (mu = 0) or multiplicative (mu = 1).";
    static constexpr char equation[] =
        "post spike: w <- w + A_plus f(w_max - w) x_pre;   pre spike: w <- w - A_minus f(w - w_min) x_post;   "
        "f(u) = (u / (w_max - w_min))^mu";
    static constexpr char reference[] = "Song, Miller & Abbott 2000; Guetig et al. 2003";
    static constexpr Parameter<Parameters> parameters[] = {
        {&Parameters::A_plus, "A_plus", "weight", 0.01, any, "change at coincidence, pre before post"},
        {&Parameters::A_minus, "A_minus", "weight", 0.0105, any, "change at coincidence, post before pre"},
        {&Parameters::tau_plus, "tau_plus", "ms", 20.0, positive, "time constant of the presynaptic trace"},
        {&Parameters::tau_minus, "tau_minus", "ms", 20.0, positive, "time constant of the postsynaptic trace"},
        {&Parameters::mu, "mu", "1", 0.0, non_negative, "dependence of the change on the weight"},
        {&Parameters::w_min, "w_min", "weight", 0.0, any, "lower bound"},
        {&Parameters::w_max, "w_max", "weight", 1.0, any, "upper bound"},
    };
    static constexpr std::size_t pre_traces = 1, post_traces = 1;

    explicit PairSTDP(const Parameters& p_) : p(p_), per_range(1.0 / (p_.w_max - p_.w_min)) {}

    double pre_time_constant(std::size_t) const { return p.tau_plus; }
    double post_time_constant(std::size_t) const { return p.tau_minus; }
    double share(double distance) const {
        if (p.mu == 0.0) return 1.0;
        const double u = distance * per_range;
        return p.mu == 1.0 ? u : std::pow(u, p.mu);
    }
    double on_pre(double w, const double*, const double* post) const {
        return w - p.A_minus * share(w - p.w_min) * post[0];
    }
    double on_post(double w, const double* pre, const double*) const {
        return w + p.A_plus * share(p.w_max - w) * pre[0];
    }
    double pre_spike(double* pre) const {
        pre[0] += 1.0;
        return 1.0;
    }
    void post_spike(double* post) const { post[0] += 1.0; }

    Parameters p;
    double per_range;
};

}  // namespace rheobase
