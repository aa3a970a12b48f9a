"""Faults that an engine such as this one may have, each as a piece of C++ to be replaced by another.

A fault names the tests that are there to notice it. The text to replace must occur exactly once: where the source has
changed, the fault has to be written anew.
"""

from dataclasses import dataclass

DELAYS, RUN = "tests/engine/test_engine_delays.py::test_", "tests/engine/test_engine_run.py::test_"
REFERENCE, SOURCES = "tests/engine/test_engine_reference.py::test_", "tests/engine/test_engine_sources.py::test_"
SYNAPSES, LOOP = "tests/engine/test_engine_synapses.py::test_", "tests/engine/test_engine_random_networks.py::test_"
PLASTICITY, LEARNING = (
    "tests/plasticity/test_plasticity_rules.py::test_",
    "tests/plasticity/test_plasticity_networks.py::test_",
)
POST_DELAYS = "tests/plasticity/test_plasticity_post_delays.py::test_"
EQUATIONS = "tests/equations/test_equations_"
STORAGE, REPRODUCIBILITY = "tests/storage/test_storage.py::test_", "tests/engine/test_engine_reproducibility.py::test_"


@dataclass(frozen=True)
class Fault:
    """One fault: what it does, the file under cpp/, the text that is there and the text that replaces it."""

    name: str
    file: str
    text: str
    replacement: str
    tests: tuple[str, ...]


FAULTS = [
    Fault(
        "delays are one step longer",
        "src/simulation/delivery.cpp",
        "spike = {{row.begin, 0}, k, row.end, step};",
        "spike = {{row.begin, 0}, k, row.end, step + 1};",
        (DELAYS + "every_delay_arrives_at_its_step",),
    ),
    Fault(
        "delays of plastic projections are one step shorter",
        "src/network/plastic_projection.cpp",
        "found = now - static_cast<std::int64_t>(projection_.delay.a);",
        "found = now + 1 - static_cast<std::int64_t>(projection_.delay.a);",
        (PLASTICITY + "pair_rule_is_the_sum_over_all_pairs",),
    ),
    Fault(
        "spikes are dropped where the ring of a history wraps",
        "src/simulation/time_loop.cpp",
        "backwards_ ? spikes.prepend(found) : spikes.append(found);",
        "if (step % static_cast<std::int64_t>(stage_.network.history(population).max_delay() + 1) != 0)\n"
        "backwards_ ? spikes.prepend(found) : spikes.append(found);",
        (REFERENCE + "textbook_network_spike_for_spike",),
    ),
    Fault(
        "spikes are lost where a history grows",
        "src/network/spike_history.cpp",
        "for (std::size_t age = 0;",
        "for (std::size_t age = 1;",
        (DELAYS + "longer_memory_for_spikes_loses_none",),
    ),
    Fault(
        "Poisson sources use the counter of a step again in the next",
        "src/network/sources/poisson.cpp",
        "step.low(), static_cast<std::uint32_t>(first / block)",
        "step.low() >> 1, static_cast<std::uint32_t>(first / block)",
        (SOURCES + "sources_are_independent_of_one_another_and_of_their_past",),
    ),
    Fault(
        "blocks of Poisson sources share their random numbers",
        "src/network/sources/poisson.cpp",
        "step.low(), static_cast<std::uint32_t>(first / block)",
        "step.low(), static_cast<std::uint32_t>(first / block / 2)",
        (SOURCES + "far_sources_are_independent",),
    ),
    Fault(
        "two drives of a population share their random numbers",
        "src/network/drive.cpp",
        "RandomSource::tag(Purpose::drive, id_), step.low()",
        "RandomSource::tag(Purpose::drive, population_), step.low()",
        (SOURCES + "drives_add_and_have_streams_of_their_own",),
    ),
    Fault(
        "neurons with a rate of their own share what they draw",
        "src/network/drive.cpp",
        "const std::uint8_t byte = bytes[i % drives_per_counter];",
        "const std::uint8_t byte = bytes[0];",
        ("tests/network/test_changed_inputs.py::test_one_rate_for_each_neuron_draws_what_one_rate_for_all_draws",),
    ),
    Fault(
        "a change of coloured noise begins it anew",
        "include/rheobase/network/currents/noise.hpp",
        "x_ = noise->x_;",
        "",
        ("tests/network/test_changed_inputs.py::test_coloured_noise_goes_on_from_where_it_is",),
    ),
    Fault(
        "equal pairs of a list change places",
        "include/rheobase/base/digit_sort.hpp",
        "for (std::size_t k = 0; k < n; ++k) to[next",
        "for (std::size_t j = 0, k = d == 0 ? n - 1 : 0; j < n; ++j, k = d == 0 ? n - 1 - j : j) to[next",
        ("tests/network/test_edges.py::test_equal_pairs_keep_their_order",),
    ),
    Fault(
        "refractory periods are one step longer",
        "src/loops/advance.hpp",
        "b.free_from[i] = b.step + 1 +",
        "b.free_from[i] = b.step + 2 +",
        (DELAYS + "decimal_refractory_periods_are_on_the_grid",),
    ),
    Fault(
        "the current of a kernel with two stages does not decay",
        "src/loops/receptors.cpp",
        "multiply_add(p.keep1, x1, p.pass * x0)",
        "multiply_add(1.0, x1, p.pass * x0)",
        (SYNAPSES + "alpha_function",),
    ),
    Fault(
        "the time constants of the two traces are swapped",
        "include/rheobase/models/plasticity/pair_stdp.hpp",
        "double pre_time_constant(std::size_t) const { return p.tau_plus; }\n"
        "    double post_time_constant(std::size_t) const { return p.tau_minus; }",
        "double pre_time_constant(std::size_t) const { return p.tau_minus; }\n"
        "    double post_time_constant(std::size_t) const { return p.tau_plus; }",
        (PLASTICITY + "pair_rule_is_the_sum_over_all_pairs",),
    ),
    Fault(
        "depression has the wrong sign",
        "include/rheobase/models/plasticity/pair_stdp.hpp",
        "return w - p.A_minus",
        "return w + p.A_minus",
        (PLASTICITY + "pair_rule_is_the_sum_over_all_pairs",),
    ),
    Fault(
        "presynaptic traces do not decay",
        "src/loops/plasticity.cpp",
        "return lessons.spike[j].step() - row.last;",
        "return 0 * lessons.spike[j].step();",
        (PLASTICITY + "pair_rule_is_the_sum_over_all_pairs",),
    ),
    Fault(
        "weights have no upper bound",
        "src/loops/plasticity.cpp",
        "return rule.p.w_max < raised ? rule.p.w_max : raised;",
        "return raised;",
        (PLASTICITY + "bounds_hold_after_both_hooks",),
    ),
    Fault(
        "the last neuron of a tile does not learn",
        "src/network/plastic_projection.cpp",
        "std::lower_bound(first, spikes.end(), c.end)",
        "std::lower_bound(first, spikes.end(), c.end - (c.end > 0))",
        (LEARNING + "threads_do_not_change_a_bit",),
    ),
    Fault(
        "spikes of post neurons reach plastic synapses one step late",
        "src/network/plastic_projection.cpp",
        "history.at(found);\n        if (delay == 0)",
        "history.at(found - (delay > 0));\n        if (delay == 0)",
        (POST_DELAYS + "a_pair_counts_from_arrival_to_arrival",),
    ),
    Fault(
        "the first neuron of a tile is taken for the last of the tile before",
        "src/wiring/layout.cpp",
        "return i < t.parts[population].end;",
        "return i <= t.parts[population].end;",
        (LEARNING + "threads_do_not_change_a_bit",),
    ),
    Fault(
        "the state of a step is recorded under the step before",
        "src/simulation/time_loop.cpp",
        "stage_.recording.sample(tile, step.n + 1);",
        "stage_.recording.sample(tile, step.n);",
        (DELAYS + "every_delay_arrives_at_its_step",),
    ),
    Fault(
        "the sample at a cut is recorded twice",
        "src/simulation/samples.cpp",
        "(now / every + 1) * every",
        "((now + every - 1) / every) * every",
        (LOOP + "same_bits_on_any_threads_cut_saved_and_copied_anywhere",),
    ),
    Fault(
        "spikes with the longest delay are lost by saving one step before they arrive",
        "src/simulation/delivery.cpp",
        "sent = now - static_cast<std::int64_t>(longest) - 1;",
        "sent = now - static_cast<std::int64_t>(longest) + 1;",
        (STORAGE + "spike_with_the_longest_delay_outlives_a_save_at_any_step",),
    ),
    Fault(
        "the newest spikes are not saved",
        "src/simulation/saving.cpp",
        "step <= now && !archive.loading()",
        "step < now && !archive.loading()",
        (
            STORAGE + "the_continuation_is_that_of_the_original",
            LOOP + "same_bits_on_any_threads_cut_saved_and_copied_anywhere",
        ),
    ),
    Fault(
        "refractory neurons are free after a restore",
        "src/network/neuron_population.cpp",
        'archive.state(name + ".free_from", neurons_.free_from);',
        "",
        (
            STORAGE + "the_continuation_is_that_of_the_original",
            LOOP + "same_bits_on_any_threads_cut_saved_and_copied_anywhere",
        ),
    ),
    Fault(
        "a projection made between runs carries the last spikes before it",
        "src/network/network.cpp",
        "made->since = now_ + 1;",
        "made->since = now_;",
        (DELAYS + "later_projection_carries_no_spike_from_before_it",),
    ),
    Fault(
        "of populations that blow up in one step the last is named",
        "src/simulation/time_loop.cpp",
        "if (!failure_ || failure.before(*failure_)) failure_.emplace(failure);",
        "failure_.emplace(failure);",
        (RUN + "first_of_the_populations_that_fail_in_one_step_is_named",),
    ),
    Fault(
        "the interpreter of equations takes the wrong sign of what is added to a product",
        "src/loops/vector_operations.cpp",
        "if constexpr (operation == Operation::negate_multiply_add) return multiply_add(-a, b, c);",
        "if constexpr (operation == Operation::negate_multiply_add) return multiply_add(-a, b, -c);",
        (EQUATIONS + "random.py::test_random_models",),
    ),
    Fault(
        "neurons of equations spike in the last step of their refractory period",
        "src/network/program_neurons.cpp",
        "return block.free_from[i] > block.step; };",
        "return block.free_from[i] > block.step + 1; };",
        (
            EQUATIONS + "built_in.py::test_text_spikes_as_the_header_does",
            EQUATIONS + "beginning.py::test_the_first_spike_after_a_spike_comes_when_the_refractory_period_is_over",
        ),
    ),
    Fault(
        "sums of equations over connections are those of the step before",
        "src/network/coupling.cpp",
        "out[k] = given_[at & 1][k].data() + first;",
        "out[k] = given_[(at + 1) & 1][k].data() + first;",
        (EQUATIONS + "sums.py::test_gap_junctions_follow_the_closed_form",),
    ),
    Fault(
        "coloured noise begins anew with every run",
        "include/rheobase/network/currents/noise.hpp",
        "first_ = first_ < 0 ? step : first_;",
        "first_ = step;",
        (
            STORAGE + "the_continuation_is_that_of_the_original",
            LOOP + "same_bits_on_any_threads_cut_saved_and_copied_anywhere",
        ),
    ),
]
