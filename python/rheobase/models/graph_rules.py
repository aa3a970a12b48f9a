"""Connection rules of random graphs: groups, small worlds, and degrees given at both ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rheobase import checks
from rheobase.models.distributions import Distribution
from rheobase.models.ends import Ends
from rheobase.models.rules import DrawnRule, integers
from rheobase.models.thinning import thinned
from rheobase.models.values import own

#: After so many rounds of exchanges degrees count as impossible to connect.
ROUNDS = 1000


@dataclass(frozen=True, eq=False)
class Clustered(DrawnRule):
    """Pairs are connected with a probability that depends on the groups of both neurons: the stochastic block model.

    Parameters
    ----------
    p : array, shape (groups of post, groups of pre)
        Probabilities.
    pre, post : array of int, optional
        Group of each neuron, from 0 on; consecutive groups as equal as can be by default.
    autapses : bool, default True
        Whether a neuron may reach itself.

    Examples
    --------
    >>> within, between = 0.5, 0.1
    >>> q = net.connect(e, e, rb.Clustered(between + (within - between) * np.eye(4)), weight=2, synapse=rb.Delta())
    """

    p: Any
    pre: Any = None
    post: Any = None
    autapses: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        p = checks.array("p", self.p, shape=(None, None), low=0, high=1)
        if not p.size:
            raise ValueError(f"p must have at least one group at either end, got shape {p.shape}")
        object.__setattr__(self, "p", own(p))
        for name, groups in (("pre", p.shape[1]), ("post", p.shape[0])):
            if getattr(self, name) is not None:
                given = checks.integers(name, getattr(self, name), shape=(None,), low=0, high=groups - 1)
                object.__setattr__(self, name, own(given))

    def _groups(self, name: str, n: int) -> np.ndarray:
        """Return the group of each neuron at one end."""
        given, groups = getattr(self, name), self.p.shape[1 if name == "pre" else 0]
        if given is None:
            return np.arange(n) * groups // max(n, 1)
        if len(given) != n:
            raise ValueError(f"{name} must have the group of each of {n} neurons, got {len(given)}")
        return np.asarray(given)

    def _mean_in_degree(self, ends: Ends) -> float:
        """Return the expected number of connections by the number of targets."""
        if not ends.n_post:
            return 0.0
        pre, post = self._groups("pre", ends.n_pre), self._groups("post", ends.n_post)
        sizes = [np.bincount(g, minlength=n) for g, n in ((post, self.p.shape[0]), (pre, self.p.shape[1]))]
        total = sizes[0] @ self.p @ sizes[1]
        if ends.same and not self.autapses:
            itself = ends.pre.members_of(ends.post.indices)
            total -= self.p[post[itself >= 0], pre[itself[itself >= 0]]].sum()
        return float(total) / ends.n_post

    def _pairs(self, ends: Ends, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Draw the pairs of every two groups."""
        pre, post = self._groups("pre", ends.n_pre), self._groups("post", ends.n_post)
        found = [(np.zeros(0, np.uint32), np.zeros(0, np.uint32))]
        for b, a in np.ndindex(self.p.shape):
            senders, receivers = np.flatnonzero(pre == a), np.flatnonzero(post == b)
            for index in thinned(len(senders) * len(receivers), float(self.p[b, a]), random):
                pair = senders[index // len(receivers)], receivers[index % len(receivers)]
                found.append((pair[0].astype(np.uint32), pair[1].astype(np.uint32)))
        sources, targets = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return ends.without_autapses(sources, targets, self.autapses)


@dataclass(frozen=True, eq=False)
class SmallWorld(DrawnRule):
    """A ring of neurons that reach their `k` nearest, each connection led elsewhere with probability `p`.

    This is the graph of Watts and Strogatz with directed edges: p = 0 is regular, p = 1 random; in between, paths are
    short and neighbours still know each other. Every neuron has `k` targets, all different and not itself.

    Parameters
    ----------
    k : int
        Even; k / 2 targets lie on either side.
    p : float
        Probability that a connection gets a random target instead of the near one.

    Examples
    --------
    >>> q = net.connect(e, e, rb.SmallWorld(k=6, p=0.1), weight=2, synapse=rb.Delta())
    """

    k: int
    p: float

    def __post_init__(self) -> None:
        super().__post_init__()
        if checks.integer("k", self.k, low=0) % 2:
            raise ValueError(f"k must be even, half of it on either side, got {self.k}")
        checks.field(self, "p", low=0, high=1)

    def _mean_in_degree(self, ends: Ends) -> float:
        """Return k."""
        return float(self.k)

    def _pairs(self, ends: Ends, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Lead some connections of a ring elsewhere."""
        n = ends.n_pre
        if not ends.same or not np.array_equal(ends.pre.indices, ends.post.indices):
            raise ValueError("SmallWorld must join neurons to themselves: pre and post must be the same")
        if self.k >= max(n, 1):
            raise ValueError(f"k must be less than the {n} neurons of the ring, got {self.k}")
        steps = np.concatenate([np.arange(1, self.k // 2 + 1), -np.arange(1, self.k // 2 + 1)])
        pre, post = np.repeat(np.arange(n), self.k), ((np.arange(n)[:, None] + steps) % max(n, 1)).ravel()
        open_ = random.random(len(pre)) < self.p
        taken = np.sort((pre * n + post)[~open_])
        while open_.any():
            place = np.flatnonzero(open_)
            target = random.integers(n, size=len(place))
            key, first = np.unique(pre[place] * n + target, return_index=True)
            fresh = first[(pre[place] != target)[first] & ~_holds(taken, key)]
            post[place[fresh]], open_[place[fresh]] = target[fresh], False
            taken = np.sort(np.concatenate([taken, pre[place[fresh]] * n + target[fresh]]))
        return pre, post


@dataclass(frozen=True, eq=False)
class DegreeSequences(DrawnRule):
    """Connections at random with given numbers at both ends of every neuron: the configuration model.

    Parameters
    ----------
    in_degrees, out_degrees : int, array of int or Distribution
        Sources of each target and targets of each source. Numbers that are given must have one sum at both ends. Draws
        of a distribution are rounded, and those of random neurons changed by one until the sums agree: out-degrees,
        where both are drawn.
    multapses : bool, default False
        Whether a pair may be connected more than once.
    autapses : bool, default True
        Whether a neuron may reach itself.

    Examples
    --------
    >>> out = np.repeat([4, 12], 20)
    >>> q = net.connect(e, e, rb.DegreeSequences(8, out), weight=2, synapse=rb.Delta())
    >>> drawn = rb.DegreeSequences(rb.Uniform(0, 16), rb.Normal(8, 2, low=0))
    >>> q = net.connect(e, e, drawn, weight=2, synapse=rb.Delta())
    """

    in_degrees: Any
    out_degrees: Any
    multapses: bool = False
    autapses: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("in_degrees", "out_degrees"):
            given = getattr(self, name)
            if not isinstance(given, Distribution):
                degrees = integers(name, given)
                checks.integers(name, degrees, low=0, high=2**31)
                object.__setattr__(self, name, degrees)

    def _mean_in_degree(self, ends: Ends) -> float:
        """Return what the in-degrees say, else the out-degrees."""
        ins, outs = self.in_degrees, self.out_degrees
        if isinstance(ins, Distribution) and not isinstance(outs, Distribution):
            return float(np.mean(outs)) * ends.n_pre / max(ends.n_post, 1)
        return ins.mean_value() if isinstance(ins, Distribution) else float(np.mean(ins))

    def _pairs(self, ends: Ends, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Join ends at random, and exchange ends until no pair is there that must not be."""
        most = [None, None] if self.multapses else [ends.pre_choices(self.autapses), ends.post_choices(self.autapses)]
        ins = _degrees("in_degrees", self.in_degrees, ends.n_post, most[0], random)
        outs = _degrees("out_degrees", self.out_degrees, ends.n_pre, most[1], random)
        if ins.sum() != outs.sum():
            if isinstance(self.out_degrees, Distribution):
                outs = _adjusted(outs, int(ins.sum()), most[1], random)
            elif isinstance(self.in_degrees, Distribution):
                ins = _adjusted(ins, int(outs.sum()), most[0], random)
            else:
                raise ValueError(f"in_degrees and out_degrees must have one sum, got {ins.sum()} and {outs.sum()}")
        pre = np.repeat(np.arange(ends.n_pre), outs)
        post = random.permutation(np.repeat(np.arange(ends.n_post), ins))
        for _ in range(ROUNDS):
            wrong = self._forbidden(pre, post, ends)
            if not len(wrong):
                return pre, post
            other = random.choice(len(pre), len(wrong), replace=False)
            for a, b in zip(wrong, other, strict=True):
                post[a], post[b] = post[b], post[a]
        raise ValueError(
            f"in_degrees and out_degrees must leave room to choose: {len(wrong)} connections found no partner; "
            f"multapses=True allows repeated pairs"
        )

    def _forbidden(self, pre: np.ndarray, post: np.ndarray, ends: Ends) -> np.ndarray:
        """Return the connections that must not be: repeated ones, and those of a neuron to itself."""
        wrong = np.zeros(len(pre), bool)
        if not self.multapses:
            wrong[:] = True
            wrong[np.unique(pre * ends.n_post + post, return_index=True)[1]] = False
        if ends.same and not self.autapses:
            wrong |= ends.pre.indices_of(pre) == ends.post.indices_of(post)
        return np.flatnonzero(wrong)


def _degrees(name: str, given: Any, n: int, most: Any, random: np.random.Generator) -> np.ndarray:
    """Return the degree of each of `n` neurons, at most as many as each has to choose from."""
    if isinstance(given, Distribution):
        drawn = np.rint(given.sample(n, random)).astype(np.int64)
        return np.clip(drawn, 0, most)
    degrees = np.broadcast_to(given, n) if np.ndim(given) == 0 or len(given) == n else None
    if degrees is None:
        raise ValueError(f"{name} must be a number or have one value for each of the {n} neurons, got {len(given)}")
    if most is not None and np.any(degrees > most):
        raise ValueError(f"{name} must be at most the {np.max(most)} neurons to choose from, got {degrees.max()}")
    return np.asarray(degrees)


def _adjusted(degrees: np.ndarray, total: int, most: Any, random: np.random.Generator) -> np.ndarray:
    """Return degrees with another sum: of random neurons that have room changed by one until it is reached."""
    degrees = degrees.copy()
    while lack := total - int(degrees.sum()):
        room = np.flatnonzero(degrees > 0 if lack < 0 else degrees < (np.inf if most is None else most))
        if not len(room):
            raise ValueError(
                f"in_degrees and out_degrees must be able to have one sum, {total} connections find no room"
            )
        degrees[random.permutation(room)[: abs(lack)]] += np.sign(lack)
    return degrees


def _holds(ascending: np.ndarray, keys: np.ndarray) -> np.ndarray:
    place = np.minimum(np.searchsorted(ascending, keys), max(len(ascending) - 1, 0))
    return ascending[place] == keys if len(ascending) else np.zeros(len(keys), bool)
