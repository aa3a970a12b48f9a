"""Connection rules: which neurons of one population reach which of another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rheobase import _engine, checks
from rheobase.models.ends import Ends
from rheobase.models.values import Described, own
from rheobase.progress import Listing

#: So many values are drawn, or looked at, before Ctrl-C gets its turn.
PIECE = 2**18


class Rule(Described):
    """Which pairs of neurons are connected: base of all rules.

    `autapses` lets a neuron reach itself where a population is connected to itself, `multapses` lets a pair be
    connected more than once.
    """

    def __post_init__(self) -> None:
        for name in ("multapses", "autapses"):
            if name in self.__dict__:
                checks.flag(name, self.__dict__[name])

    def _mean_in_degree(self, ends: Ends) -> float:
        """Return the expected number of connections a target receives."""
        raise TypeError(f"{type(self).__name__} must define its mean in-degree")

    def _for_engine(self, ends: Ends, random: np.random.Generator) -> _engine.ConnectionRule:
        """Return the rule as the engine follows it."""
        raise TypeError(f"{type(self).__name__} must define how the engine follows it")


@dataclass(frozen=True, eq=False)
class Bernoulli(Rule):
    """Each pair is connected with probability `p`, independently.

    Parameters
    ----------
    p : float
    autapses : bool, default True
        Whether a neuron may reach itself.

    Examples
    --------
    >>> net.connect(e, i, rb.Bernoulli(0.02), weight=35, synapse=rb.Exponential(tau=6))
    """

    p: float
    autapses: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.field(self, "p", low=0, high=1)

    def _mean_in_degree(self, ends: Ends) -> float:
        """Return p times the number of sources it may have."""
        return self.p * float(np.mean(ends.pre_choices(self.autapses)))

    def _for_engine(self, ends: Ends, random: np.random.Generator) -> _engine.ConnectionRule:
        """Draw every source's out-degree; the engine draws the targets, which makes the pairs independent."""
        degrees = _binomial(ends.post_choices(self.autapses), self.p, ends.n_pre, random)
        return _engine.ConnectionRule.out_degrees(degrees, False, self.autapses)


@dataclass(frozen=True, eq=False)
class FixedInDegree(Rule):
    """Every target has `k` random sources.

    Parameters
    ----------
    k : int or array of int
        One number for all, or one per target.
    multapses : bool, default False
        Whether a source may be drawn more than once.
    autapses : bool, default True
        Whether a neuron may reach itself.

    Examples
    --------
    >>> net.connect(x, e, rb.FixedInDegree(16), weight=30, synapse=rb.Exponential(tau=8))
    """

    k: Any
    multapses: bool = False
    autapses: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "k", integers("k", self.k))

    def _mean_in_degree(self, ends: Ends) -> float:
        """Return k, averaged over targets."""
        return float(np.mean(self.k)) if ends.n_post else 0.0

    def _for_engine(self, ends: Ends, random: np.random.Generator) -> _engine.ConnectionRule:
        """Check the in-degrees against the source's size."""
        k = _degrees("k", self.k, ends.n_post, ends.pre_choices(self.autapses), self.multapses, "source")
        return _engine.ConnectionRule.in_degrees(k, self.multapses, self.autapses)


@dataclass(frozen=True, eq=False)
class FixedOutDegree(Rule):
    """Every source has `k` random targets.

    Parameters
    ----------
    k : int or array of int
        One number for all, or one per source.
    multapses : bool, default False
        Whether a target may be drawn more than once.
    autapses : bool, default True
        Whether a neuron may reach itself.

    Examples
    --------
    >>> net.connect(x, e, rb.FixedOutDegree(16), weight=30, synapse=rb.Exponential(tau=8))
    """

    k: Any
    multapses: bool = False
    autapses: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "k", integers("k", self.k))

    def _mean_in_degree(self, ends: Ends) -> float:
        """Return the total number of connections by the number of targets."""
        return float(np.mean(self.k)) * ends.n_pre / ends.n_post if ends.n_pre and ends.n_post else 0.0

    def _for_engine(self, ends: Ends, random: np.random.Generator) -> _engine.ConnectionRule:
        """Check the out-degrees against the target's size."""
        k = _degrees("k", self.k, ends.n_pre, ends.post_choices(self.autapses), self.multapses, "target")
        return _engine.ConnectionRule.out_degrees(k, self.multapses, self.autapses)


@dataclass(frozen=True, eq=False)
class FixedTotal(Rule):
    """`total` connections between random pairs.

    Parameters
    ----------
    total : int
    multapses : bool, default True
        Whether a pair may be drawn more than once.
    autapses : bool, default True
        Whether a neuron may reach itself.

    Examples
    --------
    >>> net.connect(x, e, rb.FixedTotal(500), weight=30, synapse=rb.Exponential(tau=8))
    """

    total: int
    multapses: bool = True
    autapses: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.integer("total", self.total, low=0, high=2**40)

    def _mean_in_degree(self, ends: Ends) -> float:
        """Return total by the number of targets."""
        return self.total / ends.n_post if ends.n_post else 0.0

    def _for_engine(self, ends: Ends, random: np.random.Generator) -> _engine.ConnectionRule:
        """Share the total among the sources; the engine draws their targets."""
        choices, n_pre = np.broadcast_to(ends.post_choices(self.autapses), ends.n_pre), ends.n_pre
        pairs = int(choices.sum())
        if self.total > pairs and not (self.multapses and pairs):
            raise ValueError(f"total must be at most the {pairs} pairs there are (multapses=False), got {self.total}")
        if n_pre == 0:
            counts = np.zeros(0, dtype=np.int64)
        elif self.multapses:
            counts = _share(self.total, choices, random)
        else:
            counts = _share_without_replacement(self.total, choices, random)
        return _engine.ConnectionRule.out_degrees(counts, self.multapses, self.autapses)


@dataclass(frozen=True, eq=False)
class AllToAll(Rule):
    """Every source reaches every target.

    Parameters
    ----------
    autapses : bool, default True
        Whether a neuron reaches itself.

    Examples
    --------
    >>> net.connect(x, e, rb.AllToAll(), weight=30, synapse=rb.Exponential(tau=8))
    """

    autapses: bool = True

    def _mean_in_degree(self, ends: Ends) -> float:
        """Return the number of sources, without itself where there are no autapses."""
        return float(np.mean(ends.pre_choices(self.autapses)))

    def _for_engine(self, ends: Ends, random: np.random.Generator) -> _engine.ConnectionRule:
        """Give every source every target."""
        return _engine.ConnectionRule.out_degrees(np.atleast_1d(ends.post_choices(self.autapses)), False, self.autapses)


@dataclass(frozen=True, eq=False)
class OneToOne(Rule):
    """Neuron k reaches neuron k; both populations have one size.

    Examples
    --------
    >>> net.connect(x, e, rb.OneToOne(), weight=30, synapse=rb.Exponential(tau=8))
    """

    def _mean_in_degree(self, ends: Ends) -> float:
        """Return 1."""
        return 1.0

    def _for_engine(self, ends: Ends, random: np.random.Generator) -> _engine.ConnectionRule:
        """List the pairs (k, k)."""
        if ends.n_pre != ends.n_post:
            raise ValueError(f"OneToOne must join populations of one size, got {ends.n_pre} and {ends.n_post} neurons")
        k = np.arange(ends.n_pre)
        return Pairs(k, k)._for_engine(ends, random)


@dataclass(frozen=True, eq=False)
class Pairs(Rule):
    """The pairs (pre[c], post[c]); repeated pairs are multapses.

    Weights and delays given as arrays stand in this order. See `Edges` for lists of edges as files, frames, graphs and
    matrices hold them.

    Parameters
    ----------
    pre, post : array of int, shape (c,)
        Indices of neurons.

    Examples
    --------
    >>> net.connect(x, e, rb.Pairs(pre=[0, 0, 1], post=[2, 3, 3]), weight=[30, 20, 10], synapse=rb.Exponential(tau=8))
    """

    pre: Any
    post: Any

    def __post_init__(self) -> None:
        pre, post = (
            checks.integers(name, getattr(self, name), shape=(None,), low=0, dtype=np.int32) for name in ("pre", "post")
        )
        if len(pre) != len(post):
            raise ValueError(f"post must have as many entries as pre, {len(pre)}, got {len(post)}")
        object.__setattr__(self, "pre", own(pre, self.pre))
        object.__setattr__(self, "post", own(post, self.post))

    def _mean_in_degree(self, ends: Ends) -> float:
        """Return the number of pairs by the number of targets."""
        return len(self.pre) / ends.n_post if ends.n_post else 0.0

    def _for_engine(self, ends: Ends, random: np.random.Generator) -> _engine.ConnectionRule:
        """List the pairs."""
        return self._listed(ends, np.zeros(0), np.zeros(0, dtype=np.int64))

    def _listed(
        self, ends: Ends, weights: np.ndarray, delays: np.ndarray, threads: int = 1, progress: bool = False
    ) -> _engine.ConnectionRule:
        """List the pairs with their weights (mV·ms) and delays (steps), either of which may be empty.

        Few pairs are sorted sooner than threads start.
        """
        self._check_within(ends)
        with Listing(_engine.ConnectionRule.listing_passes * len(self.pre), progress) as bar:
            return _engine.ConnectionRule.listed(
                n_pre=ends.pre.size,
                n_post=ends.post.size,
                pre=ends.pre.indices_of(self.pre),
                post=ends.post.indices_of(self.post),
                weights=weights,
                delays=delays,
                threads=threads if len(self.pre) >= PIECE else 1,
                progress=bar.report,
            )

    def _check_within(self, ends: Ends) -> None:
        """Raise unless the indices are those of members."""
        for name, index, n in (("pre", self.pre, ends.n_pre), ("post", self.post, ends.n_post)):
            if len(index) and index.max() >= n:
                raise ValueError(f"{name} must hold indices below {n}, got {index.max()}")


class DrawnRule(Rule):
    """A rule whose pairs are drawn at once, as a list: base of rules by distance and of random graphs."""

    def _pairs(self, ends: Ends, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Return the pairs as members of either end."""
        raise TypeError(f"{type(self).__name__} must define its pairs")

    def _for_engine(self, ends: Ends, random: np.random.Generator) -> _engine.ConnectionRule:
        """List the pairs."""
        pairs = self._pairs(ends, random) if ends.n_pre and ends.n_post else ([], [])
        return Pairs(*pairs)._for_engine(ends, random)


def _binomial(n: int | np.ndarray, p: float, size: int, random: np.random.Generator) -> np.ndarray:
    """Draw binomial numbers piece by piece, so that Ctrl-C gets its turn; they are those of one piece."""
    counts, each = np.empty(size, dtype=np.int64), np.broadcast_to(n, size)
    for first in range(0, size, PIECE):
        piece = counts[first : first + PIECE]
        piece[:] = random.binomial(n if np.ndim(n) == 0 else each[first : first + PIECE], p, len(piece))
    return counts


def _share(total: int, choices: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Throw connections at the pairs of all sources, first at pieces of many sources, for the sake of Ctrl-C."""
    if len(choices) <= PIECE:
        return random.multinomial(total, _shares(choices))
    pieces = [choices[first : first + PIECE] for first in range(0, len(choices), PIECE)]
    pairs = np.array([piece.sum() for piece in pieces])
    shares = random.multinomial(total, pairs / pairs.sum())
    return np.concatenate([_share(int(share), piece, random) for share, piece in zip(shares, pieces, strict=True)])


def _shares(choices: np.ndarray) -> np.ndarray:
    """Return the probability that a pair is one of each source."""
    alike = choices.max() == choices.min()
    return np.full(len(choices), 1.0 / len(choices)) if alike else choices / choices.sum()


def _share_without_replacement(total: int, choices: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Draw how many of `total` distinct pairs each source has (numpy's own draw ends at 10^9 pairs).

    Independent pairs make about `total`; the surplus is taken away, or the lack added, at random.
    """
    n_pre = len(choices)
    counts = _binomial(choices, total / max(int(choices.sum()), 1), n_pre, random)
    surplus = int(counts.sum()) - total
    pool = counts if surplus > 0 else choices - counts
    drawn = random.choice(int(pool.sum()), abs(surplus), replace=False)
    owners = np.searchsorted(np.cumsum(pool), drawn, side="right")
    return counts - np.sign(surplus) * np.bincount(owners, minlength=n_pre)


def integers(name: str, value: Any) -> Any:
    """Return an integer, or a read-only array of them."""
    wanted = "an integer or one integer per neuron"
    k = checks.integers(name, value, wanted=wanted)
    if k.ndim > 1:
        raise ValueError(f"{name} must be {wanted}, got shape {k.shape}")
    return own(k) if k.ndim else int(k)


def _degrees(name: str, value: Any, n: int, choices: int | np.ndarray, multapses: bool, other: str) -> np.ndarray:
    k = np.asarray(value)
    if k.ndim == 1 and len(k) != n:
        raise ValueError(f"{name} must be a number or have one value for each of the {n} neurons, got {len(k)}")
    k = np.atleast_1d(k)
    if k.size and k.min() < 0:
        raise ValueError(f"{name} must be >= 0, got {k.min()}")
    if k.size and k.max() >= 2**32:
        raise ValueError(f"{name} must be below 2^32, got {k.max()}")
    most = np.atleast_1d(choices)
    over = np.flatnonzero((k > most) & ((most == 0) | (not multapses)))
    if len(over):
        raise ValueError(
            f"{name} must be at most the {most[min(over[0], len(most) - 1)]} neurons of the {other} population to "
            f"choose from (multapses=False), got {k[min(over[0], len(k) - 1)]}"
        )
    return k
