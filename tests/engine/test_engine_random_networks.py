"""Random networks of every kind give the same bits whatever way they are run, and what a plain loop gives.

    python -m pytest tests/engine/test_engine_random_networks.py --fuzz-seeds 2000

tries as many seeds: each test is called by its seed, or by the first seed of its chunk.
"""

import json
from functools import lru_cache

import numpy as np
import pytest
import random_networks
from fingerprint_networks import NEURONS, PLASTICITY
from plain_loop import run_plainly
from random_networks import COPIES, Dice, RandomNetwork

#: Seeds that one process tries with one instruction set.
CHUNK = 60


def pytest_generate_tests(metafunc):
    seeds = range(metafunc.config.getoption("--fuzz-seeds"))
    for name, some in ("seed", seeds), ("plain_seed", seeds[::4]), ("first_seed", seeds[::CHUNK]):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, some)


@lru_cache(maxsize=CHUNK)
def played(seed):
    """What a network gives on one thread, which several tests ask for."""
    return RandomNetwork(seed).play(1)


def differences(found, wanted):
    """Return the names of what differs in one bit or more."""
    if "error" in found or "error" in wanted:
        errors = [arrays["error"].tobytes().decode() if "error" in arrays else "no error" for arrays in (found, wanted)]
        return [] if errors[0] == errors[1] else errors
    return [
        key
        for key in sorted({*found, *wanted}, key=repr)
        if key not in found
        or key not in wanted
        or found[key].shape != wanted[key].shape
        or found[key].tobytes() != wanted[key].tobytes()
    ]


def some_steps(dice, network, n):
    return [dice.integer(1, network.steps - 1) for _ in range(n)]


@pytest.fixture(autouse=True)
def restored_tier(monkeypatch):
    """Networks set the variable themselves, run by run; afterwards it is what it was."""
    monkeypatch.setenv("RHEOBASE_JIT", "off")


def test_same_bits_on_any_threads_cut_saved_and_copied_anywhere(seed, tmp_path):
    network, dice = RandomNetwork(seed), Dice(seed, 3)
    wanted = played(seed)
    ways = {
        "on two threads, cut, as machine code now and then": (
            2,
            {"cuts": some_steps(dice, network, 5), "tiers": ("now", "off", "now")},
        ),
        "on three threads, saved and loaded twice": (
            3,
            {"saves": {step: dice.pick([1, 2, 7]) for step in some_steps(dice, network, 2)}, "folder": tmp_path},
        ),
        "on seven threads, copied": (7, {"copies": {step: dice.pick(COPIES) for step in some_steps(dice, network, 1)}}),
        "as machine code, after a reset": (1, {"tiers": ("now",), "reset": True}),
    }
    for name, (threads, how) in ways.items():
        different = differences(network.play(threads, **how), wanted)
        assert not different, f"{name} {how}: {different[:5]} differ"


def test_same_bits_by_every_fused_instruction_set(first_seed, request, with_instruction_set):
    last = min(first_seed + CHUNK, request.config.getoption("--fuzz-seeds"))
    found = {}
    for isa in ("avx2", "avx512"):
        printed = with_instruction_set(isa, random_networks.__file__, str(first_seed), str(last))
        if printed is None:
            pytest.skip(f"this machine has no {isa}")
        found[isa] = json.loads(printed)
    different = [first_seed + k for k in range(last - first_seed) if found["avx2"][k] != found["avx512"][k]]
    assert not different, f"seeds {different} differ between instruction sets"


def test_plain_loop_gives_the_same_spikes(plain_seed):
    network, arrays = RandomNetwork(plain_seed), played(plain_seed)
    wanted, neurons, projections = run_plainly(network.network(1), network.steps)
    for name, some in neurons.items():
        spikes = [(step, index) for step in sorted(wanted[name]) for index in wanted[name][step]]
        found = zip(arrays["spikes", name, 0], arrays["spikes", name, 1], strict=True)
        assert [(int(step), int(index)) for step, index in found] == spikes, name
        if np.abs(some.V).max() > 1e3:  # conductances under which the scheme is unstable, which multiplies rounding
            continue
        # only rounding differs, and grows with the trajectories' own divergence
        assert arrays[name, "V", "at the end"] == pytest.approx(some.V, abs=1e-9, rel=0), name
    for k, projection in enumerate(projections):
        assert arrays["connections", k, "weight"] == pytest.approx(projection.weight, abs=1e-9, rel=0), k


def test_random_networks_reach_everything():
    """The first sixty use every model, kernel, rule, source and kind of text, they spike, and some blow up."""
    names, spikes, errors = set(), 0, 0
    for seed in range(60):
        arrays = played(seed)
        errors += "error" in arrays
        spikes += any(len(values) for (what, *_), values in arrays.items() if what == "spikes")
        net = RandomNetwork(seed).network(1)
        parts = [p.model for p in net] + [part for q in net.projections for part in (q.rule, q.synapse, q.plasticity)]
        names |= {type(part).__name__ for part in parts}
    rules = {"AllToAll", "Bernoulli", "FixedInDegree", "FixedOutDegree", "FixedTotal", "OneToOne", "Pairs"}
    kernels = {"Alpha", "Delta", "DifferenceOfExponentials", "Exponential"}
    texts = {"Drawn", "Kernel", "Sum", "Substance", "Rule"}
    missed = {*NEURONS, *PLASTICITY, *rules, *kernels, *texts, "Poisson", "Trains"} - names
    assert not missed
    assert errors >= 1 and spikes >= 50
