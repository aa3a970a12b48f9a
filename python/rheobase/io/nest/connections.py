"""Rules, weights and delays as NEST's own, so that it draws the connections itself, each process its part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from rheobase.models import rules
from rheobase.models.circuit import Connections
from rheobase.models.distributions import Distribution, LogNormal, Normal, Uniform


def rule(described: Connections) -> dict[str, Any]:
    """Return NEST's dictionary of a rule.

    Raises
    ------
    ValueError
        If NEST has no such rule, or one of degrees that differ.
    """
    of = described.rule
    if isinstance(of, rules.AllToAll):
        return {"rule": "all_to_all", "allow_autapses": of.autapses}
    if isinstance(of, rules.OneToOne):
        return {"rule": "one_to_one"}
    if isinstance(of, rules.Bernoulli):
        return {"rule": "pairwise_bernoulli", "p": of.p, "allow_autapses": of.autapses}
    if isinstance(of, (rules.FixedInDegree, rules.FixedOutDegree)):
        if np.ndim(of.k) or isinstance(of.k, Distribution):
            raise ValueError(f"k of {described.name!r} must be one number for NEST")
        name = "indegree" if isinstance(of, rules.FixedInDegree) else "outdegree"
        return {"rule": f"fixed_{name}", name: int(of.k), **_repeats(of)}
    if isinstance(of, rules.FixedTotal):
        return {"rule": "fixed_total_number", "N": int(of.total), **_repeats(of)}
    raise ValueError(f"rule of {described.name!r} must be one that NEST has too, got {of!r}")


def _repeats(of: Any) -> dict[str, bool]:
    return {"allow_multapses": of.multapses, "allow_autapses": of.autapses}


def without_self(q: Connections) -> bool:
    """Whether a projection of a population onto itself leaves out the connections of neurons to themselves."""
    return q.pre == q.post and not getattr(q.rule, "autapses", True)


def apart(q: Connections, pre: Any, post: Any) -> Iterator[tuple[Any, Any]]:
    """Yield pre and post nodes, one neuron at a time, without the pair of nodes that stand for the same neuron."""
    for k in range(len(post)):
        if isinstance(q.rule, rules.FixedOutDegree):
            yield pre[k], _others(post, k)
        else:
            yield _others(pre, k), post[k]


def _others(nodes: Any, k: int) -> Any:
    if k in (0, len(nodes) - 1):
        return nodes[1:] if k == 0 else nodes[:-1]
    return nodes[:k] + nodes[k + 1 :]


def value(nest: Any, name: str, given: Any, scale: float = 1.0, least: float | None = None) -> Any:
    """Return a number, or a distribution as NEST draws it, times `scale`; draws below `least` are drawn again."""
    if not isinstance(given, Distribution):
        return np.asarray(given, dtype=float) * scale if np.ndim(given) else float(given) * scale
    low, high = -np.inf, np.inf
    if isinstance(given, Uniform):
        drawn = nest.random.uniform(given.low, given.high)
    elif isinstance(given, Normal):
        drawn, low, high = nest.random.normal(given.mean, given.std), given.low, given.high
    elif isinstance(given, LogNormal):
        drawn, low, high = nest.random.lognormal(given.mu, given.sigma), given.low, given.high
    else:
        raise ValueError(f"{name} must be a number or a distribution that NEST has too, got {given!r}")
    low = low if least is None else max(low, least)
    if np.isfinite(low) or np.isfinite(high):
        drawn = nest.math.redraw(drawn, min=max(low, -1e300), max=min(high, 1e300))
    return drawn * scale if scale != 1.0 else drawn


def signs(given: Any) -> set[int]:
    """Return the signs that weights may have; of a distribution that of its mean."""
    if isinstance(given, Distribution):
        return {1 if given.mean_value() >= 0 else -1}
    return {1 if w >= 0 else -1 for w in np.unique(np.sign(np.atleast_1d(np.asarray(given, dtype=float))))}
