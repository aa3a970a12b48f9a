"""Delays and refractory periods of Brian2, converted as docs/coming_from.md says, give its spikes step by step.

The network is deterministic: steady currents, kicks of V both ways, exponential currents, and delays from one step up.
It runs where Brian2 is installed, or where the variable BRIAN2_PYTHON names an interpreter that has it.
"""

import importlib.util
import json
import os
import subprocess
import sys

import numpy as np
import pytest

import rheobase as rb

N, DT, DURATION, REFRACTORY, TAU_M = 20, 0.1, 400.0, 2.0, 20.0
#: Spikes that a comparison must hold.
LEAST = 150

#: What a user of Brian2 would write; the network comes as JSON.
BRIAN2 = """
import json, sys
import numpy as np
from brian2 import Network, NeuronGroup, SpikeMonitor, Synapses, defaultclock, ms, prefs

prefs.codegen.target = "numpy"
edges, setting = json.loads(sys.stdin.read())
defaultclock.dt = setting["dt"] * ms
equations = '''
dv/dt = (drive - v + g)/(20*ms) : 1 (unless refractory)
dg/dt = -g/(5*ms) : 1
drive : 1
'''
cells = NeuronGroup(
    len(setting["drive"]), equations, threshold="v >= 20", reset="v = 0", method="exact",
    refractory=setting["refractory"] * ms,
)
cells.drive, cells.v = setting["drive"], setting["v"]
projections = []
for what, on_pre in (("kick", "v_post += w"), ("current", "g_post += w")):
    projection = Synapses(cells, cells, "w : 1", on_pre=on_pre)
    projection.connect(i=edges[what]["pre"], j=edges[what]["post"])
    projection.w, projection.delay = edges[what]["weight"], np.array(edges[what]["delay"]) * ms
    projections.append(projection)
monitor = SpikeMonitor(cells)
Network(cells, *projections, monitor).run(setting["duration"] * ms)
print("found", json.dumps([np.round(monitor.t / defaultclock.dt).astype(int).tolist(), monitor.i[:].tolist()]))
"""


def _interpreter():
    """Return one that has Brian2, or skip."""
    if "BRIAN2_PYTHON" in os.environ:
        return os.environ["BRIAN2_PYTHON"]
    if importlib.util.find_spec("brian2") is None:
        pytest.skip("Brian2 is not installed, and BRIAN2_PYTHON names no interpreter that has it")
    return sys.executable


def _edges(rng, n, low, high, shortest):
    """Return `n` random connections with weights from `low` to `high` and delays from `shortest` to 3 ms."""
    pre, post = rng.integers(0, N, (2, n))
    delay = DT * rng.integers(round(shortest / DT), 31, pre.size)
    return {"pre": pre, "post": post, "weight": rng.uniform(low, high, pre.size), "delay": delay}


def _brian2(edges, setting):
    text = json.dumps([edges, setting], default=lambda array: array.tolist())
    command = [_interpreter(), "-W", "ignore", "-c", BRIAN2]
    run = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    times, indices = json.loads(next(line[5:] for line in run.stdout.splitlines() if line.startswith("found")))
    return {(step + 1, index) for step, index in zip(times, indices, strict=True)}  # a step is named by its beginning


def _rheobase(edges, setting, kick_later=DT, refractory_less=DT):
    """Return the steps and neurons of all spikes, with what the page tells to add and to take away."""
    net = rb.Network(dt=DT, threads=1)
    t_ref = setting["refractory"] - refractory_less
    lif = rb.LIF(tau_m=TAU_M, E_L=0, V_th=20, V_re=0, t_ref=t_ref, I_x=setting["drive"])
    cells = net.add(lif, N, name="cells", V=setting["v"])
    decayed = edges["kick"]["weight"] * np.exp(-kick_later / TAU_M)
    kicks = edges["kick"] | {"delay": edges["kick"]["delay"] + kick_later, "weight": decayed}
    net.connect(cells, cells, kicks, synapse=rb.Delta())
    net.connect(cells, cells, edges["current"], synapse=rb.Exponential(tau=5, norm="peak"))
    spikes = net.run(DURATION).spikes("cells")
    steps = np.round(spikes.times / DT).astype(int)
    return set(zip(steps.tolist(), spikes.indices.tolist(), strict=True))


def _first_kick_at_release(spikes, kicks, hold):
    """Return the step in which a kick first finds a neuron that is released from `hold` steps of refractoriness."""
    released = {(step + hold + 1, index) for step, index in spikes}
    delays = np.round(kicks["delay"] / DT).astype(int) + 1
    arrivals = {
        (step + delay, post)
        for step, index in spikes
        for pre, post, delay in zip(kicks["pre"], kicks["post"], delays, strict=True)
        if pre == index
    }
    return min((step for step, _ in released & arrivals), default=round(DURATION / DT))


@pytest.mark.parametrize("seed", [3, 5])
def test_converted_delays_and_refractory_periods_give_the_spikes_of_brian2(seed):
    """They do until a kick comes in the one step in which the two differ, many spikes later."""
    rng = np.random.default_rng(seed)
    edges = {"kick": _edges(rng, 20, -3, 5, 0.0), "current": _edges(rng, 100, -40, 60, DT)}
    setting = {"dt": DT, "duration": DURATION, "refractory": REFRACTORY}
    setting |= {"drive": rng.uniform(15, 30, N), "v": rng.uniform(0, 20, N)}
    theirs = _brian2(edges, setting)
    end = _first_kick_at_release(theirs, edges["kick"], round(REFRACTORY / DT) - 1)

    def until_then(spikes):
        return {(step, index) for step, index in spikes if step < end}

    assert len(until_then(theirs)) >= LEAST
    assert until_then(_rheobase(edges, setting)) == until_then(theirs)
    assert until_then(_rheobase(edges, setting, kick_later=2 * DT)) != until_then(theirs)
    assert until_then(_rheobase(edges, setting, refractory_less=0.0)) != until_then(theirs)
