"""How a network of two populations is measured in JAX with the event-driven products of brainevent."""

import jax
import jax.numpy as jnp
import numpy as np
from brainevent import CSR, BinaryArray
from definitions import DT
from measure import Stopwatch, report

jax.config.update("jax_enable_x64", True)


def connect(n_pre, n_post, p, weight, random):
    """Return synapses between pairs drawn with probability `p`: the gaps between them are geometric."""
    pairs = n_pre * n_post
    gaps = random.geometric(p, int(pairs * p + 8 * np.sqrt(pairs * p) + 100))
    places = np.cumsum(gaps) - 1
    places = places[places < pairs]
    indptr = np.searchsorted(places, np.arange(n_pre + 1) * n_post)
    indices = jnp.asarray(places % n_post, dtype=jnp.int32)
    return CSR((jnp.asarray(weight), indices, jnp.asarray(indptr, dtype=jnp.int32)), shape=(n_pre, n_post))


def measure(cells, weights, p, advance, options, random, *, settled=0.2):
    """Run a network and report it; rates are those after the share `settled` of the time.

    `cells` has the initial state and constants, `advance(v, g_e, g_i)` gives V after a step. A spike arrives one step
    after it was found.
    """
    stopwatch = Stopwatch()
    n, n_e = options.neurons, cells["sizes"]["e"]
    synapses = {a: connect(cells["sizes"][a], n, p, weights[a], random) for a in "ei"}
    construction = stopwatch.lap()
    keep = {a: np.exp(-DT / tau) for a, tau in cells["tau"].items()}
    held, threshold, reset = round(cells["t_ref"] / DT), cells["V_th"], cells["V_re"]

    def step(state, _):
        v, g_e, g_i, waits = state
        free = waits <= 0
        v = jnp.where(free, advance(v, g_e, g_i), v)
        spikes = free & (v >= threshold)
        v = jnp.where(spikes, reset, v)
        waits = jnp.where(spikes, held, waits - 1)
        g_e = keep["e"] * g_e + BinaryArray(spikes[:n_e]) @ synapses["e"]
        g_i = keep["i"] * g_i + BinaryArray(spikes[n_e:]) @ synapses["i"]
        return (v, g_e, g_i, waits), spikes

    state = (*(jnp.asarray(cells[name]) for name in ("v", "g_e", "g_i")), jnp.zeros(n, dtype=jnp.int32))
    run = jax.jit(lambda state: jax.lax.scan(step, state, None, length=round(options.time / DT)))
    run = run.lower(state).compile()
    compilation = stopwatch.lap()
    _, spikes = jax.block_until_ready(run(state))
    simulation = stopwatch.lap()
    late = np.asarray(spikes)[round(settled * options.time / DT) :]
    seconds = 1e-3 * (1 - settled) * options.time
    report(
        construction=construction,
        simulation=simulation,
        compilation=compilation,
        rates={"e": late[:, :n_e].sum() / n_e / seconds, "i": late[:, n_e:].sum() / (n - n_e) / seconds},
        synapses=sum(s.indices.size for s in synapses.values()),
        neurons=n,
        threads=options.threads,
    )
