#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "arrays.hpp"
#include "register.hpp"
#include "rheobase/base/errors.hpp"
#include "rheobase/models/program.hpp"

namespace py = pybind11;

namespace rheobase {

namespace {

constexpr const char* operation_names[] = {"move",
                                           "negate",
                                           "absolute",
                                           "square_root",
                                           "exponential",
                                           "exponential_less_one",
                                           "logarithm",
                                           "logarithm_of_one_more",
                                           "sine",
                                           "cosine",
                                           "arctangent",
                                           "hyperbolic_tangent",
                                           "round_down",
                                           "round_up",
                                           "logical_not",
                                           "phi1",
                                           "phi2",
                                           "add",
                                           "subtract",
                                           "multiply",
                                           "divide",
                                           "minimum",
                                           "maximum",
                                           "power",
                                           "remainder",
                                           "less",
                                           "less_equal",
                                           "equal",
                                           "logical_and",
                                           "logical_or",
                                           "effective_time",
                                           "multiply_add",
                                           "multiply_subtract",
                                           "negate_multiply_add",
                                           "select",
                                           "draw_uniform",
                                           "draw_normal"};
static_assert(sizeof operation_names / sizeof *operation_names == operation_count);
constexpr const char* joined_names[] = {"add_two_products",  "add_three_products",  "add_four_products",
                                        "add_five_products", "select_multiply_add", "exponential_of_multiply_add",
                                        "scaled_phi1",       "scaled_phi2"};
constexpr const char* base_names[] = {"fixed", "neurons", "given", "free", "condition"};
constexpr const char* leaf_names[] = {"constant", "parameter", "prepared",  "state", "current", "conductance",
                                      "jump",     "free",      "time",      "dt",    "neuron",  "receptor",
                                      "arrival",  "leak",      "of_neuron", "sum"};
constexpr const char* output_names[] = {"prepared", "state", "condition", "refractory_period", "observed", "driving"};
constexpr const char* read_names[] = {"pre", "post", "pre_neuron", "post_neuron", "elapsed"};
constexpr const char* refractoriness_names[] = {"none", "period", "condition"};

template <class Enum, std::size_t n>
Enum named(const char* const (&names)[n], const std::string& name) {
    for (std::size_t k = 0; k < n; ++k)
        if (name == names[k]) return static_cast<Enum>(k);
    throw InvalidArgument("a program must be made of what the engine knows, it holds '" + name + "'");
}

using LeafTuple = std::tuple<std::string, std::size_t, double>;
using InstructionTuple = std::tuple<std::string, std::uint32_t, std::uint32_t, std::uint32_t>;
using OutputTuple = std::tuple<std::string, std::size_t, std::uint32_t>;

Program make_program(const std::vector<LeafTuple>& leaves, const std::vector<InstructionTuple>& code,
                     const std::vector<OutputTuple>& outputs) {
    Program program;
    for (const auto& [kind, index, value] : leaves)
        program.leaves.push_back({named<Leaf::Kind>(leaf_names, kind), index, value});
    for (const auto& [operation, a, b, c] : code) {
        const std::size_t known = leaves.size() + program.code.size();
        const auto wanted = named<Operation>(operation_names, operation);
        require(wanted >= Operation::draw_uniform || (a < known && b < known && c < known),
                "an instruction must read what is there already");
        program.code.push_back({wanted, a, b, c});
    }
    for (const auto& [kind, index, value] : outputs) {
        require(value < leaves.size() + code.size(), "an output must be a result");
        program.outputs.push_back({named<Output::Kind>(output_names, kind), index, value});
    }
    return program;
}

const char* name_of(Operation operation) {
    const auto k = static_cast<std::size_t>(operation);
    return k < operation_count ? operation_names[k] : joined_names[k - operation_count];
}

py::tuple to_python(const ProgramListing& listing) {
    py::list slots, steps;
    for (const ProgramListing::Slot& slot : listing.slots)
        slots.append(py::make_tuple(base_names[static_cast<std::size_t>(slot.base)], slot.same, slot.temporary,
                                    slot.index, slot.known));
    for (const ProgramListing::Step& step : listing.steps)
        steps.append(py::make_tuple(name_of(step.operation), step.same, step.out, step.in));
    return py::make_tuple(slots, steps);
}

/// Calls visit(program, size) with the programs that run in each step, and the number of neurons.
template <class Visit>
void for_each_program(const Simulation& s, Visit visit) {
    for (std::size_t id = 0; id < s.size(); ++id) {
        const auto* const neurons = dynamic_cast<const NeuronPopulation*>(&s.population(id));
        if (neurons == nullptr || neurons->program() == nullptr) continue;
        for (const BoundProgram* program : neurons->program()->programs()) visit(*program, neurons->size());
    }
}

/// Shape, number of neurons and number of operations of each program that is interpreted in each step.
py::list interpreted_programs(const Simulation& s) {
    py::list programs;
    for_each_program(s, [&](const BoundProgram& program, std::size_t size) {
        if (program.machine_code() == nullptr)
            programs.append(py::make_tuple(program.shape(), size, program.operations()));
    });
    return programs;
}

py::object program_listing(const Simulation& s, const std::string& shape) {
    py::object listing = py::none();
    for_each_program(s, [&](const BoundProgram& program, std::size_t) {
        if (program.shape() == shape) listing = to_python(program.listing());
    });
    return listing;
}

/// What Python calls an EquationModel: a neuron model that a program defines.
NeuronModel make_model(const std::string& name, const std::vector<std::string>& variables,
                       const std::vector<std::string>& parameters, const std::string& method,
                       const NeuronProgram& program) {
    NeuronModel model{};
    model.name = name;
    for (const std::string& parameter : parameters) model.parameters.push_back({parameter, "", 0.0, {}, ""});
    for (const std::string& variable : variables) model.variables.push_back({variable, "", ""});
    model.methods = {method_named(method)};
    model.program = std::make_shared<const NeuronProgram>(program);
    return model;
}

void define_program(py::module_& m) {
    py::class_<Program>(m, "Program")
        .def(py::init(&make_program), py::arg("leaves"), py::arg("code"), py::arg("outputs"));
}

void define_neuron_program(py::module_& m) {
    py::class_<NeuronProgram>(m, "NeuronProgram")
        .def(
            py::init([](const Program& prepare, const Program& start, const Program& step, std::vector<Program> events,
                        const Program& release, const Program& observe, std::size_t prepared_count,
                        std::ptrdiff_t leak_rate, const std::string& refractoriness, std::vector<std::string> receptors,
                        std::vector<std::string> observed, std::vector<bool> reads_input) {
                return NeuronProgram{prepare,
                                     start,
                                     step,
                                     std::move(events),
                                     release,
                                     observe,
                                     prepared_count,
                                     leak_rate,
                                     named<Refractoriness>(refractoriness_names, refractoriness),
                                     std::move(receptors),
                                     std::move(observed),
                                     std::move(reads_input)};
            }),
            py::kw_only(), py::arg("prepare"), py::arg("start"), py::arg("step"), py::arg("events"), py::arg("release"),
            py::arg("observe"), py::arg("prepared_count"), py::arg("leak_rate"), py::arg("refractoriness"),
            py::arg("receptors"), py::arg("observed"), py::arg("reads_input"));
}

void define_synapse_program(py::module_& m) {
    py::class_<EndProgram>(m, "EndProgram")
        .def(py::init([](const Program& prepare, const Program& start, const Program& step, const Program& step_left,
                         const Program& arrive, const Program& observe, std::size_t prepared_count,
                         std::size_t variable_count, std::vector<std::string> of_neuron) {
                 return EndProgram{prepare, start,          step,           step_left,           arrive,
                                   observe, prepared_count, variable_count, std::move(of_neuron)};
             }),
             py::kw_only(), py::arg("prepare"), py::arg("start"), py::arg("step"), py::arg("step_left"),
             py::arg("arrive"), py::arg("observe"), py::arg("prepared_count"), py::arg("variable_count"),
             py::arg("of_neuron"));

    py::class_<SynapseProgram, std::shared_ptr<SynapseProgram>>(m, "SynapseProgram")
        .def(py::init([](std::vector<std::string> variables, const EndProgram& post, const EndProgram& pre,
                         std::size_t sums, bool conductance) {
                 return std::make_shared<SynapseProgram>(
                     SynapseProgram{std::move(variables), post, pre, sums, conductance});
             }),
             py::kw_only(), py::arg("variables"), py::arg("post"), py::arg("pre"), py::arg("sums"),
             py::arg("conductance"));
}

void define_plasticity_program(py::module_& m) {
    py::class_<PlasticityProgram, std::shared_ptr<PlasticityProgram>>(m, "PlasticityProgram")
        .def(py::init([](std::vector<std::string> variables, std::vector<std::string> of_pre,
                         std::vector<std::string> of_post,
                         const std::vector<std::tuple<std::string, std::size_t>>& reads, const EndProgram& pre,
                         const EndProgram& post, const Program& prepare, const Program& start, const Program& on_pre,
                         const Program& on_post, const Program& on_clock, const Program& on_pre_frozen,
                         const Program& on_post_frozen, const Program& on_clock_frozen, const Program& observe,
                         std::size_t prepared_count, std::int64_t every) {
                 std::vector<PlasticityProgram::Read> all;
                 for (const auto& [kind, index] : reads)
                     all.push_back({named<PlasticityProgram::Read::Kind>(read_names, kind), index});
                 return std::make_shared<PlasticityProgram>(
                     PlasticityProgram{std::move(variables), std::move(of_pre), std::move(of_post), std::move(all), pre,
                                       post, prepare, start, on_pre, on_post, on_clock, on_pre_frozen, on_post_frozen,
                                       on_clock_frozen, observe, prepared_count, every});
             }),
             py::kw_only(), py::arg("variables"), py::arg("of_pre"), py::arg("of_post"), py::arg("reads"),
             py::arg("pre"), py::arg("post"), py::arg("prepare"), py::arg("start"), py::arg("on_pre"),
             py::arg("on_post"), py::arg("on_clock"), py::arg("on_pre_frozen"), py::arg("on_post_frozen"),
             py::arg("on_clock_frozen"), py::arg("observe"), py::arg("prepared_count"), py::arg("every"));
}

/// What a simulation takes that is made of programs.
void define_parts_of_equations(SimulationClass& simulation) {
    simulation.def(
        "add_program_receptor",
        [](Simulation& s, std::size_t population, std::shared_ptr<SynapseProgram> program,
           const std::vector<double>& values, double reversal, const std::string& label) {
            return s.add_program_receptor(population, std::move(program), values, reversal, label);
        },
        py::kw_only(), py::arg("population"), py::arg("program"), py::arg("values"), py::arg("reversal"),
        py::arg("label"));

    simulation.def(
        "add_equations",
        [](Simulation& s, const std::string& name, const std::vector<std::string>& variables,
           const std::vector<std::string>& parameters, const std::string& method, const NeuronProgram& program,
           std::size_t size, const std::vector<Contiguous<double>>& values) {
            ParameterValues each;
            for (const auto& value : values) each.push_back(to_vector(value));
            const NeuronModel model = make_model(name, variables, parameters, method, program);
            return s.add_neurons(model, model.methods[0], size, std::move(each));
        },
        py::kw_only(), py::arg("name"), py::arg("variables"), py::arg("parameters"), py::arg("method"),
        py::arg("program"), py::arg("size"), py::arg("values"));
}

void define_machine_code(py::module_& m, SimulationClass& simulation) {
    simulation.def("interpreted_programs", &interpreted_programs)
        .def("program_listing", &program_listing, py::arg("shape"));
    m.def(
        "set_machine_code",
        [](const std::string& shape, std::uintptr_t address) {
            machine_code_place(shape).store(reinterpret_cast<MachineCode>(address), std::memory_order_release);
        },
        py::arg("shape"), py::arg("address"),
        "Let all programs of a shape run machine code, which must stay where it is; 0 for none.");
}

}  // namespace

void register_programs(py::module_& m, SimulationClass& simulation) {
    define_program(m);
    define_neuron_program(m);
    define_synapse_program(m);
    define_plasticity_program(m);
    define_parts_of_equations(simulation);
    define_machine_code(m, simulation);
}

}  // namespace rheobase
