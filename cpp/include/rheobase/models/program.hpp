#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

// A model that is not a header: a short program of operations, each over all neurons of a block. Python makes it of
// equations (see python/rheobase/models/equations).

namespace rheobase {

/// What an instruction does with its operands a, b and c. Truth is 1 and 0.
enum class Operation : std::uint8_t {
    move,
    negate,
    absolute,
    square_root,
    exponential,
    exponential_less_one,
    logarithm,
    logarithm_of_one_more,
    sine,
    cosine,
    arctangent,
    hyperbolic_tangent,
    round_down,
    round_up,
    logical_not,
    phi1,  ///< (exp(a) - 1) / a
    phi2,  ///< (exp(a) - 1 - a) / a^2
    add,
    subtract,
    multiply,
    divide,
    minimum,
    maximum,
    power,
    remainder,
    less,
    less_equal,
    equal,
    logical_and,
    logical_or,
    effective_time,       ///< (1 - exp(-a b)) / a
    multiply_add,         ///< a b + c
    multiply_subtract,    ///< a b - c
    negate_multiply_add,  ///< c - a b
    select,               ///< b where a holds, else c
    draw_uniform,         ///< random numbers; a is their number within the model
    draw_normal,
    add_two_products,    ///< a b + (c d + e), where b and d are the same for all neurons
    add_three_products,  ///< a b + (c d + (e f + g)), and so on
    add_four_products,
    add_five_products,
    select_multiply_add,          ///< b c + d where a holds, else e
    exponential_of_multiply_add,  ///< exp(a b + c), where b and c are
    scaled_phi1,                  ///< b phi1(a), where b is
    scaled_phi2,
};
/// Those that programs are made of; the others come of joining two of them.
constexpr std::size_t operation_count = static_cast<std::size_t>(Operation::draw_normal) + 1;

/// Whether a threshold may be one of it.
constexpr bool is_comparison(Operation operation) noexcept {
    return operation == Operation::less || operation == Operation::less_equal;
}

constexpr bool is_choice(Operation operation) noexcept {
    return operation == Operation::select || operation == Operation::select_multiply_add;
}

constexpr bool is_sum_of_products(Operation operation) noexcept {
    return operation >= Operation::add_two_products && operation <= Operation::add_five_products;
}

constexpr std::size_t count_products(Operation operation) noexcept {
    return 2 + static_cast<std::size_t>(operation) - static_cast<std::size_t>(Operation::add_two_products);
}

constexpr std::size_t count_operands(Operation operation) noexcept {
    if (operation < Operation::add) return 1;
    if (operation < Operation::multiply_add) return 2;
    if (operation <= Operation::select) return 3;
    if (is_sum_of_products(operation)) return 2 * count_products(operation) + 1;
    if (operation == Operation::select_multiply_add) return 5;
    if (operation == Operation::exponential_of_multiply_add) return 3;
    return operation == Operation::scaled_phi1 || operation == Operation::scaled_phi2 ? 2 : 0;
}

/// What a program reads.
struct Leaf {
    enum class Kind : std::uint8_t {
        constant,
        parameter,
        prepared,  ///< what is made of parameters alone, by `NeuronProgram::prepare`
        state,
        current,      ///< all that drives the neuron but conductances times V
        conductance,  ///< the sum of the conductances
        jump,         ///< the sum of the delta synapses' weights
        free,         ///< whether it is not refractory
        time,         ///< at which the step starts (ms)
        dt,
        neuron,     ///< its position in the population
        receptor,   ///< the current or conductance of a receptor that the model names
        arrival,    ///< the sum of the weights that arrive in a step
        leak,       ///< the rate with which the membranes of the neurons forget
        of_neuron,  ///< a variable of the neuron at this end
        sum,        ///< a sum over the connections of a post neuron
    };
    Kind kind;
    std::size_t index;  ///< of the parameter, prepared value, variable or receptor, among those of the model
    double value;       ///< of the constant
};

/// Operands are numbered: first the leaves, then the results of the instructions before.
struct Instruction {
    Operation operation;
    std::uint32_t a, b, c;
};

/// Where a result goes when all has been computed.
struct Output {
    enum class Kind : std::uint8_t { prepared, state, condition, refractory_period, observed, driving };
    Kind kind;
    std::size_t index;
    std::uint32_t value;  ///< an operand's number
};

struct Program {
    std::vector<Leaf> leaves;
    std::vector<Instruction> code;
    std::vector<Output> outputs;
};

/// How long a spike makes a neuron refractory.
enum class Refractoriness : std::uint8_t { none, period, condition };

/// A neuron model: what its equations became for one scheme.
struct NeuronProgram {
    Program prepare;              ///< parameters -> prepared values
    Program start;                ///< parameters -> initial state
    Program step;                 ///< state -> state one step on, and the conditions of the spike and of all events
    std::vector<Program> events;  ///< what each condition changes, the first being the spike
    Program release;              ///< state -> condition 0: whether a neuron stays refractory
    Program observe;              ///< state -> what can be recorded beside it
    std::size_t prepared_count;
    std::ptrdiff_t leak_rate;  ///< the prepared value that is the rate with which V forgets, or -1
    Refractoriness refractoriness;
    std::vector<std::string> receptors;  ///< names of the currents and conductances that it reads
    std::vector<std::string> observed;
    std::vector<bool> reads_input;  ///< per observed: whether it depends on more than state and parameters
};

/// What a synapse model keeps for each neuron at one of its ends.
struct EndProgram {
    Program prepare;    ///< parameters -> prepared values
    Program start;      ///< parameters -> initial values
    Program step;       ///< variables -> those one step on, and what drives the neuron on average over the step
    Program step_left;  ///< the same, driving by what holds where the step begins
    Program arrive;     ///< what arrivals change
    Program observe;    ///< variables -> what drives the neuron now
    std::size_t prepared_count, variable_count;
    std::vector<std::string> of_neuron;  ///< names of the neuron's variables that it reads
};

/// A synapse model: what its equations became.
struct SynapseProgram {
    std::vector<std::string> variables;  ///< kept for each post neuron
    EndProgram post;
    EndProgram pre;    ///< what is kept for each pre neuron, and what it gives to the sums
    std::size_t sums;  ///< over the connections of a post neuron; 0 where spikes bring weights
    bool conductance;
};

}  // namespace rheobase
