"""What a call may do with a bad value although it looks wrong, each with the reason.

An entry is (callable, argument, kind of value, reason); callable, argument and kind are patterns as those of files are:
``*`` stands for anything. A folder of the package has a list of its own. Before an entry comes the attempt to mend the
code: an entry stands for what cannot be better, never for what is only tedious. A full search names the entries that
nothing needs any more.
"""

from fnmatch import fnmatchcase
from typing import NamedTuple


class Allowed(NamedTuple):
    callable: str
    argument: str
    kind: str
    reason: str


NETWORK = [
    Allowed("rheobase.Network.run", "duration", "ten thousand million", "a long run, which Ctrl-C ends"),
    Allowed("rheobase.trials", "duration", "ten thousand million", "a long run, which Ctrl-C ends"),
    Allowed(
        "rheobase.Network.latest_spikes", "population", "*", "asked outside a run, which comes before its argument"
    ),
    Allowed("rheobase.Edges*", "data", "*", "is what connect takes as its rule, and called so in messages"),
    Allowed("rheobase.neuron", "parameters", "dict", "no parameters are fine: what lacks one is the text"),
    Allowed("rheobase.synapse", "parameters", "dict", "as above"),
    Allowed("rheobase.plasticity", "parameters", "dict", "as above"),
    Allowed("rheobase.from_brian", "namespace", "dict", "an empty namespace is fine: what lacks a name is the text"),
]

SPIKES: list[Allowed] = []

DYNAMICS: list[Allowed] = []

RATES: list[Allowed] = []

THEORY: list[Allowed] = [
    *(
        Allowed(
            f"rheobase.theory.ColouredNoise.{method}",
            "I",
            "three dimensions",
            "solves an equation in two dimensions for each of 24 currents, which are right to ask for",
        )
        for method in ("__call__", "derivative")
    ),
    Allowed(
        "rheobase.theory.random_networks.RandomNetwork.simulate",
        "t_start",
        "ten thousand million",
        "a long run, with a bar, which Ctrl-C ends",
    ),
    *(
        Allowed(
            "rheobase.theory.random_networks.fixed_point_census",
            "networks",
            kind,
            "goes through as many as it is asked to, with a bar, which Ctrl-C ends",
        )
        for kind in ("beyond 64 bits", "ten thousand million")
    ),
]

LEARNING: list[Allowed] = [
    Allowed(
        "rheobase.learning.RecurrentNetwork.fit",
        "updates",
        "beyond 64 bits",
        "trains for as long as it is asked to, with a bar, and can be interrupted",
    ),
    Allowed("rheobase.learning.RecurrentNetwork.fit", "updates", "ten thousand million", "as above"),
]

ATTRACTORS: list[Allowed] = []

CODING: list[Allowed] = []

CIRCUITS: list[Allowed] = []

EXPERIMENTS: list[Allowed] = [
    Allowed("rheobase.experiments.trials", "duration", "ten thousand million", "a long run, which Ctrl-C ends"),
    Allowed("rheobase.experiments.Trials", "results", "*", "is what trials returns and no user makes"),
    Allowed("rheobase.experiments.Sweep", "*", "*", "is what sweep returns and no user makes"),
    Allowed("rheobase.experiments.SweepError", "*", "*", "is what sweep raises and no user makes"),
    Allowed("rheobase*.sweep", "function", "*", "may return anything, also nothing"),
    Allowed(
        "rheobase.experiments.Trials.fano_factor", "window", "*", "is the width of one bin, and called so in messages"
    ),
]

IO: list[Allowed] = [
    Allowed("rheobase.io.read_nwb", "path", "text", "names the file that is missing"),
]

PLOT: list[Allowed] = [
    Allowed("rheobase.plot.phase_plane", "duration", kind, "follows trajectories for as long as it is asked to")
    for kind in ("huge", "beyond 64 bits", "ten thousand million")
]

FIGURES: list[Allowed] = []

ALLOWED = [
    *NETWORK,
    *SPIKES,
    *DYNAMICS,
    *RATES,
    *THEORY,
    *LEARNING,
    *ATTRACTORS,
    *CODING,
    *CIRCUITS,
    *EXPERIMENTS,
    *IO,
    *PLOT,
    *FIGURES,
]

#: Callables that no call is made of, each with the reason.
SKIPPED = {
    "rheobase.dynamics.LinearExample": "names one of the examples of the library, which takes what it is made of",
    "rheobase.rates.Curve": "a protocol: it says what curves have, and cannot be made",
    "rheobase.rates.Curve.__call__": "as above",
    "rheobase.rates.Curve.derivative": "as above",
    "rheobase.io.to_nest": "needs NEST, which no package index has; the tests of the interface stand in for it",
    "rheobase.io.NestNetwork": "as above",
    "rheobase.io.NestNetwork.run": "as above",
    "rheobase.io.NestNetwork.gather": "as above",
    "rheobase.io.NestNetwork.weights": "as above",
}


def entry(name: str, argument: str, kind: str) -> Allowed | None:
    """Return the entry that allows an offence, if there is one."""
    for one in ALLOWED:
        if fnmatchcase(name, one.callable) and fnmatchcase(argument, one.argument) and fnmatchcase(kind, one.kind):
            return one
    return None
