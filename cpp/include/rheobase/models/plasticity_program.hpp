#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "rheobase/models/program.hpp"

namespace rheobase {

/// A plasticity rule: what its equations became. In the programs of a synapse, state 0 is the weight, its own variables
/// follow, and leaves that are of neurons are numbered through `reads`.
struct PlasticityProgram {
    /// What the programs of a synapse read beside the synapse.
    struct Read {
        enum class Kind : std::uint8_t {
            pre,          ///< a variable that the rule keeps for each pre neuron
            post,         ///< likewise for each post neuron
            pre_neuron,   ///< a variable of the pre neuron, as it was when the step began
            post_neuron,  ///< a variable of the post neuron
            elapsed       ///< the time since the synapse's variables were brought up to date (ms)
        };
        Kind kind;
        std::size_t index;  ///< among those of its kind
    };
    std::vector<std::string> variables;        ///< of each synapse, beside the weight
    std::vector<std::string> of_pre, of_post;  ///< names of the variables of either neuron that are read
    std::vector<Read> reads;
    EndProgram pre, post;  ///< what is kept at either end
    Program prepare;       ///< parameters -> prepared values
    Program start;         ///< parameters -> initial values of the synapse's variables
    Program on_pre;        ///< what a spike that arrives changes, and what it brings
    Program on_post;       ///< what a spike of the post neuron changes
    Program on_clock;      ///< what every so many steps changes and brings
    Program on_pre_frozen, on_post_frozen, on_clock_frozen;  ///< the same where weights do not learn
    Program observe;                                         ///< the synapse's variables, brought up to date
    std::size_t prepared_count;
    std::int64_t every;  ///< steps; 0 where there is no clock
};

}  // namespace rheobase
