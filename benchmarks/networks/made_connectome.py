"""A made connectome, once for both simulators: the model of Shiu et al. (2024), ms, mV and Hz.

Leaky cells with an exponential current, to which each synapse of an edge adds 0.275 mV. Cells that are activated spike
at each event of a Poisson process, unless they are refractory.
"""

import numpy as np

CELL = {"tau_m": 20.0, "E_L": -52.0, "V_th": -45.0, "V_re": -52.0, "t_ref": 2.2}
TAU, DELAY, SYNAPSE = 5.0, 1.8, 0.275
#: Rate of the Poisson process and the jump of V that each event brings: it reaches the threshold by far.
RATE, KICK = 150.0, 250 * SYNAPSE
#: Cells and edges of a fly's brain; cells that are activated, the first ones.
CELLS, EDGES, ACTIVE = 139_000, 15_000_000, 100


def edges(cells, n, seed):
    """Return pre, post and weight (mV) of edges: heavy-tailed degrees and counts of synapses, signs by cell."""
    random = np.random.default_rng(seed)
    leaving, arriving = random.lognormal(0.0, 0.8, (2, cells))
    pre = np.repeat(np.arange(cells), random.multinomial(n, leaving / leaving.sum()))
    post = np.searchsorted(np.cumsum(arriving) / arriving.sum(), random.random(n))
    sign = np.where(random.random(cells) < 0.6, 1, -1)
    sign[:ACTIVE] = 1
    order = random.permutation(n)
    pre, post = pre[order], np.minimum(post, cells - 1)[order]
    count = np.ceil(random.lognormal(0.6, 1.1, n))
    return pre, post, SYNAPSE * sign[pre] * count
