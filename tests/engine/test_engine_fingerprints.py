"""Not one spike, weight or state changes: networks of every kind against the fingerprints that the table holds.

A change that is meant to move no number must leave `fingerprints.json` as it is; see `fingerprint_networks.py`.
"""

import functools
import json

import pytest
from fingerprint_networks import COLUMNS, NEURONS, PLASTICITY, TABLE, fingerprint, with_instruction_set
from fingerprint_trial import NETWORKS, rb

import rheobase
from rheobase import _engine
from rheobase.models import catalogue

fingerprint = functools.cache(fingerprint)


@pytest.fixture(scope="module")
def table():
    return json.loads(TABLE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module", params=COLUMNS)
def instruction_set(request):
    """The name of an instruction set and all fingerprints that a process of its own finds with it."""
    found = with_instruction_set(request.param)
    if found is None:
        pytest.skip(f"this machine has no {request.param}")
    return request.param, found


def difference(name, found, wanted):
    """Say in which parts a network differs from the table; nothing where it does not."""
    parts = [part for part in wanted if found[part] != wanted[part]]
    return parts and [
        f"network {name!r} differs in its {', '.join(parts)}; spikes by population: {found['counts']}, in the table "
        f"{wanted['counts']}"
    ]


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("name", NETWORKS)
def test_fingerprint(table, name, threads):
    different = difference(name, fingerprint(name, threads), table[name][COLUMNS[_engine.isa()]])
    assert not different, different[0]


def test_fingerprints_of_each_instruction_set(table, instruction_set):
    isa, found = instruction_set
    different = [line for name in NETWORKS for line in difference(name, found[name], table[name][COLUMNS[isa]])]
    assert not different, "\n".join([f"with {isa}:", *different])


def test_table_holds_the_networks_and_no_other(table):
    assert list(table) == list(NETWORKS)
    assert all(list(columns) == ["fused", "baseline"] for columns in table.values())


def test_networks_are_alive(table):
    """A network without spikes would not tell whether its synapses work."""
    for name, columns in table.items():
        counts = columns["fused"]["counts"]
        silent = [k for k, count in enumerate(counts) if not count]
        wanted = {
            "neurons LeakyIntegrator": list(range(1, 9)),  # which has no threshold
            "poisson rates": [1],  # a rate of 0
            "odd sizes": [1, 12],  # no neuron
        }
        assert silent == wanted.get(name, []), (name, counts)


def test_every_model_with_every_method():
    assert list(NEURONS) == list(catalogue.NEURONS)
    for name, (methods, *_) in NEURONS.items():
        assert list(methods) == catalogue.NEURONS[name].model.methods


def test_every_plasticity_rule():
    assert list(PLASTICITY) == list(catalogue.PLASTICITY)


def test_every_public_name_is_used_by_a_network():
    """What is new in the public face must come into a network, here or in one of its own."""
    for name in NETWORKS:
        fingerprint(name, 1)
    without_network = {"Interrupted", "Result", "sweep", "trials"}  # what runs return and raise, and many runs
    missed = set(rheobase.__all__) - rb.used - without_network
    assert not missed, f"no network of fingerprint_networks.py uses {', '.join(sorted(missed))}"
