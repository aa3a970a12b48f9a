"""How a network of two populations is measured in GeNN on one thread, in single precision, which is its faster form."""

import numpy as np
from definitions import DT
from measure import Stopwatch, program_folder, report
from pygenn import GeNNModel, init_postsynaptic, init_sparse_connectivity, init_weight_update


def leaky_cell(neuron):
    """Return the parameters of GeNN's "LIF" of a neuron in pF, nS, mV and ms: in nF."""
    return {
        "C": 1e-3 * neuron["C_m"],
        "TauM": neuron["C_m"] / neuron["g_L"],
        "Vrest": neuron["E_L"],
        "Vreset": neuron["V_re"],
        "Vthresh": neuron["V_th"],
        "Ioffset": 0.0,
        "TauRefrac": neuron["t_ref"],
    }


def measure(neuron, sizes, initial, kernels, weights, p, options, *, inputs=None, settled=0.2):
    """Run a network of GeNN's "LIF" and report it; rates are those after the share `settled` of the time.

    `neuron` is as in `definitions`, `initial` has V by population, `kernels` the postsynaptic model by pre population,
    as (name, parameters, variables), `weights` what a spike of a population adds to it, `inputs` what there is at the
    beginning, by pre and post population.
    """
    stopwatch = Stopwatch()
    model = GeNNModel("float", "network", backend="single_threaded_cpu", optimize_code=True)
    model.dt, model.seed = DT, options.seed
    model.fuse_postsynaptic_models = True
    model.default_narrow_sparse_ind_enabled = True
    cells = {
        a: model.add_neuron_population(a, sizes[a], "LIF", leaky_cell(neuron), {"V": initial[a], "RefracTime": 0.0})
        for a in "ei"
    }
    for population in cells.values():
        population.spike_recording_enabled = True
    connect = init_sparse_connectivity("FixedProbability", {"prob": p})
    for pre in "ei":
        name, given, references = kernels[pre]
        for post in "ei":
            model.add_synapse_population(
                pre + post,
                "SPARSE",
                cells[pre],
                cells[post],
                init_weight_update("StaticPulseConstantWeight", {"g": weights[pre]}),
                init_postsynaptic(name, given, var_refs=references),
                connect,
            )
    steps = round(options.time / DT)
    with program_folder() as folder:
        model.build(folder)
        compilation = stopwatch.lap()
        model.load(num_recording_timesteps=steps)
        for name, values in (inputs or {}).items():
            array = model.synapse_populations[name].out_post
            array.view[:] = values
            array.push_to_device()
        construction = stopwatch.lap()
        for _ in range(steps):
            model.step_time()
        model.pull_recording_buffers_from_device()
        simulation = stopwatch.lap()
    seconds = 1e-3 * (1 - settled) * options.time
    late = {a: np.sum(cells[a].spike_recording_data[0][0] > settled * options.time) for a in "ei"}
    synapses = 0
    for population in model.synapse_populations.values():
        population.pull_connectivity_from_device()
        synapses += len(population.get_sparse_pre_inds())
    report(
        construction=construction,
        simulation=simulation,
        compilation=compilation,
        rates={a: late[a] / sizes[a] / seconds for a in "ei"},
        synapses=synapses,
        neurons=options.neurons,
        threads=1,
    )
