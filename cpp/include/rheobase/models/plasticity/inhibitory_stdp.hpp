#pragma once

#include "rheobase/models/plasticity/rule.hpp"

namespace rheobase {

struct InhibitorySTDP : WithoutVariables {
    struct Parameters {
        double epsilon, tau_y, r_0, w_min, w_max;
    };
    static constexpr char name[] = "InhibitorySTDP";
    static constexpr char summary[] =
        "Homeostatic plasticity of inhibitory weights (negative), which holds the postsynaptic rate at r_0.";
    static constexpr char equation[] =
        "pre spike: J <- J - epsilon (y_post - 2 r_0);   post spike: J <- J - epsilon y_pre;   tau_y y' = -y + S";
    static constexpr char reference[] =
        "Rosenbaum, Modeling Neural Circuits, eq. (4.1) with the sign of its last term corrected; with J = -w and "
        "epsilon = tau eta it is VogelsSTDP";
    static constexpr Parameter<Parameters> parameters[] = {
        {&Parameters::epsilon, "epsilon", "weight ms", 50.0, non_negative, "learning rate"},
        {&Parameters::tau_y, "tau_y", "ms", 150.0, positive, "time constant of the traces y"},
        {&Parameters::r_0, "r_0", "Hz", 5.0, non_negative, "target rate"},
        {&Parameters::w_min, "w_min", "weight", -1e9, any, "lower bound"},
        {&Parameters::w_max, "w_max", "weight", 0.0, any, "upper bound"},
    };
    static constexpr std::size_t pre_traces = 1, post_traces = 1;

    explicit InhibitorySTDP(const Parameters& p_) : p(p_), twice_target(2e-3 * p_.r_0), jump(1.0 / p_.tau_y) {}

    double pre_time_constant(std::size_t) const { return p.tau_y; }
    double post_time_constant(std::size_t) const { return p.tau_y; }
    double on_pre(double w, const double*, const double* post) const {
        return w - p.epsilon * (post[0] - twice_target);
    }
    double on_post(double w, const double* pre, const double*) const { return w - p.epsilon * pre[0]; }
    double pre_spike(double* pre) const {
        pre[0] += jump;
        return 1.0;
    }
    void post_spike(double* post) const { post[0] += jump; }

    Parameters p;
    double twice_target, jump;
};

}  // namespace rheobase
