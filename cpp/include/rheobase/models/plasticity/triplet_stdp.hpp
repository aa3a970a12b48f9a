#pragma once

#include "rheobase/models/plasticity/rule.hpp"

namespace rheobase {

struct TripletSTDP : WithoutVariables {
    struct Parameters {
        double A2_plus, A3_plus, A2_minus, A3_minus, tau_plus, tau_x, tau_minus, tau_y, w_min, w_max;
    };
    static constexpr char name[] = "TripletSTDP";
    static constexpr char summary[] = "Spike-timing-dependent plasticity of triplets of spikes, all to all.";
    static constexpr char equation[] =
        "pre spike: w <- w - o1 (A2_minus + A3_minus r2);   post spike: w <- w + r1 (A2_plus + A3_plus o2);   r2 and "
        "o2 "
        "just before the spike";
    static constexpr char reference[] = "Pfister & Gerstner 2006, visual cortex";
    static constexpr Parameter<Parameters> parameters[] = {
        {&Parameters::A2_plus, "A2_plus", "weight", 5e-10, any, "pair term of potentiation"},
        {&Parameters::A3_plus, "A3_plus", "weight", 6.2e-3, any, "triplet term of potentiation"},
        {&Parameters::A2_minus, "A2_minus", "weight", 7e-3, any, "pair term of depression"},
        {&Parameters::A3_minus, "A3_minus", "weight", 2.3e-4, any, "triplet term of depression"},
        {&Parameters::tau_plus, "tau_plus", "ms", 16.8, positive, "time constant of r1"},
        {&Parameters::tau_x, "tau_x", "ms", 101.0, positive, "time constant of r2"},
        {&Parameters::tau_minus, "tau_minus", "ms", 33.7, positive, "time constant of o1"},
        {&Parameters::tau_y, "tau_y", "ms", 125.0, positive, "time constant of o2"},
        {&Parameters::w_min, "w_min", "weight", 0.0, any, "lower bound"},
        {&Parameters::w_max, "w_max", "weight", 1.0, any, "upper bound"},
    };
    static constexpr std::size_t pre_traces = 2, post_traces = 2;

    explicit TripletSTDP(const Parameters& p_) : p(p_) {}

    double pre_time_constant(std::size_t k) const { return k == 0 ? p.tau_plus : p.tau_x; }
    double post_time_constant(std::size_t k) const { return k == 0 ? p.tau_minus : p.tau_y; }
    double on_pre(double w, const double* pre, const double* post) const {
        return w - post[0] * (p.A2_minus + p.A3_minus * pre[1]);
    }
    double on_post(double w, const double* pre, const double* post) const {
        return w + pre[0] * (p.A2_plus + p.A3_plus * post[1]);
    }
    double pre_spike(double* pre) const {
        pre[0] += 1.0;
        pre[1] += 1.0;
        return 1.0;
    }
    void post_spike(double* post) const {
        post[0] += 1.0;
        post[1] += 1.0;
    }

    Parameters p;
};

}  // namespace rheobase
