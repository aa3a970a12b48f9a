"""What a neuron receives from one population: numbers of connections, weights, and what these do to its noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from rheobase import checks
from rheobase.models.circuit import Cells, Circuit, Connections
from rheobase.models.ends import Ends
from rheobase.models.graph_rules import DegreeSequences, SmallWorld
from rheobase.models.rules import (
    AllToAll,
    DrawnRule,
    FixedInDegree,
    FixedOutDegree,
    FixedTotal,
    OneToOne,
    Pairs,
    Rule,
)
from rheobase.models.sources import Poisson
from rheobase.models.values import Brief
from rheobase.theory.inputs.per_neuron import in_degrees, one_by_one
from rheobase.theory.inputs.short_term import ShortTerm, short_term
from rheobase.theory.inputs.shot_noise import area_of_power, area_of_square
from rheobase.theory.membranes import average, spike_area, time_constants, variance_of
from rheobase.units import PER_MS

#: Most connections of a rule by distance or of groups that are drawn to see how numbers of inputs differ.
_DRAWN = 2_000_000

#: Largest rate, Hz, whose square can still be computed.
_MAX_RATE = 1e100


@dataclass(frozen=True, eq=False, repr=False)
class Afferent(Brief):
    """What a neuron receives from one population of senders.

    Attributes
    ----------
    pre : str
        Name of the senders.
    n, n_variance : float
        Mean number of connections a neuron has from them, and its variance over neurons.
    numbers : ndarray, shape (neurons,), optional
        Number of connections of each neuron, or what a drive of its own sends it, next to the mean; None where chance
        gives them, or all have the same.
    weight, weight_variance : float
        Mean area of the current of a spike, mV·ms, and its variance over connections, (mV·ms)²; of the conductance over
        the leak, ms, where there is a reversal potential.
    left : float
        1 − n/senders: how far two neurons' senders differ, where none is drawn twice; else 1.
    tau : tuple of float
        Time constants of the synapse, ms; none for a delta synapse.
    reversal : float, optional
        Reversal potential of a conductance, mV; None for a current.
    senders : float
        Number of the senders; infinite where every neuron has its own.
    delay, delay_variance : float
        Mean delay, ms, and its variance over connections, ms².
    together : float
        How many of a neuron's connections have the same rate: all of a drive, whose rate is one per neuron, else 1.
    short_term : ShortTerm, optional
        By which spikes deliver parts of the weight; None where they deliver it.
    spike_variance : float
        Variance of what one connection's spikes deliver, (mV·ms)², or ms².
    gain, passed : float
        By how much what arrives changes with the rate of all senders, and differs with that of each, next to the
        weight.
    """

    pre: str
    n: float
    n_variance: float
    weight: float
    weight_variance: float
    left: float
    tau: tuple[float, ...]
    reversal: float | None = None
    senders: float = np.inf
    delay: float = 0.0
    delay_variance: float = 0.0
    together: float = 1.0
    short_term: ShortTerm | None = None
    spike_variance: float = 0.0
    gain: float = 1.0
    passed: float = 1.0
    numbers: np.ndarray | None = None

    def delivered(self, rate: float, variance: float) -> Afferent:
        """Return what arrives at senders' mean rate, Hz, and its variance, Hz²: what spikes deliver as the weight."""
        if self.short_term is None:
            return self
        part, squared = self.short_term.delivered(rate, variance), self.weight**2 + self.weight_variance
        return replace(
            self,
            weight=self.weight * part.mean,
            weight_variance=self.weight_variance * part.mean**2 + squared * part.between,
            spike_variance=squared * max(part.square - part.mean**2 - part.between, 0.0),
            gain=part.gain,
            passed=part.passed,
            short_term=None,
        )

    @property
    def power(self) -> float:
        """Intensity of the noise from a spike a ms of each sender, (mV·ms)²."""
        return self.n * self.moment(2)

    def moment(self, order: int) -> float:
        """Return the mean of the weight to the power of 2, 3 or 4, (mV·ms)^order; weights as those of a normal law.

        Examples
        --------
        >>> Afferent("x", 10, 0.0, 2.0, 1.0, 1.0, (5.0,)).moment(3)  # w³ + 3 w s²
        14.0
        """
        variance = self.weight_variance + self.spike_variance
        return _moment(self.weight, variance, checks.integer("order", order, low=2, high=4))

    def cumulant(self, order: int, tau_m: float) -> float:
        """Return what one spike per ms through one connection adds to a cumulant of the free potential, mV^order."""
        order = checks.integer("order", order, low=2, high=4)
        return cumulant_of(self, order, checks.number("tau_m", tau_m, above=0))

    def by_chance(self, variance: float) -> tuple[Afferent, float]:
        """Return what differs by chance alone: without known numbers, and the variance of the senders' rates, Hz²."""
        if self.numbers is None:
            return self, variance
        return replace(self, n_variance=0.0, numbers=None), 0.0 if np.isinf(self.senders) else variance

    def quenched(self, rate: float, variance: float) -> float:
        """Return the variance over neurons of the mean input, mV², at senders' mean rate and its variance, Hz²."""
        rate = checks.number("rate", rate, low=0, high=_MAX_RATE)
        variance = self.passed**2 * checks.number("variance", variance, low=0, high=_MAX_RATE**2)
        numbers = self.n_variance * (self.weight * rate) ** 2
        each = self.weight_variance * (rate**2 + variance) + self.weight**2 * variance * self.left * self.together
        return PER_MS**2 * (numbers + self.n * each)

    def quenched_third(self, rate: float, variance: float) -> float:
        """Return the third central moment over neurons of the mean input, mV³; senders' rates as of a gamma law."""
        rate = checks.number("rate", rate, low=0, high=_MAX_RATE)
        variance = self.passed**2 * checks.number("variance", variance, low=0, high=_MAX_RATE**2)
        if rate == 0:
            return 0.0
        rates = rate**2 + variance, rate**3 + 3 * rate * variance + 2 * variance**2 / rate
        squares, cubes = (_moment(self.weight, self.weight_variance, order) for order in (2, 3))
        first, second, third = self.weight * rate, squares * rates[0], cubes * rates[1]
        spread, skew = second - first**2, third - 3 * first * second + 2 * first**3
        numbers = self.n_variance * (first**3 + 3 * first * spread)
        # Of senders some of which a neuron has and some it has not, one half of all has no skewness.
        return PER_MS**3 * (2 * self.left - 1) * (numbers + self.n * self.left * skew * self.together**2)


def cumulant_of(a: Afferent, order: int, tau_m: float) -> float:
    """Return the same as its method, of an order and a time constant that are known to be right."""
    return _cumulant(a.weight, a.weight_variance + a.spike_variance, a.tau, order, tau_m)


@lru_cache(maxsize=1024)
def _cumulant(weight: float, variance: float, tau: tuple[float, ...], order: int, tau_m: float) -> float:
    tau = (*tau, tau_m)
    return _moment(weight, variance, order) * (area_of_square(tau) if order == 2 else area_of_power(tau, order))


def _moment(w: float, variance: float, order: int) -> float:
    return [w**2 + variance, w**3 + 3 * w * variance, w**4 + 6 * w**2 * variance + 3 * variance**2][order - 2]


def afferent(circuit: Circuit, q: Connections, place: int) -> Afferent:
    """Return what a projection, of that place among all, brings to a neuron."""
    pre, post = circuit[q.pre], circuit[q.post]
    area = spike_area(q.synapse, post.neuron)
    n = circuit.mean_in_degree(q)
    numbers = in_degrees(q.rule, post.n, (0, place))
    repeats = getattr(q.rule, "multapses", False) or isinstance(q.rule, Pairs)
    # Exact: of as many senders as that, drawn without repetition, or of each sender by chance.
    drawn = isinstance(q.rule, (FixedInDegree, AllToAll, OneToOne))
    left = max(0.0, (pre.n - n) / max(pre.n - 1, 1) if drawn else 1 - n / max(pre.n, 1))
    return Afferent(
        q.pre,
        n,
        _variance_of_in_degree(q.rule, n, pre, post, circuit._ends(q)) if numbers is None else float(numbers.var()),
        q.mean_weight * area,
        variance_of(q.weight) * area**2,
        1.0 if repeats else left,
        time_constants(q.synapse),
        q.synapse.reversal,
        float(pre.n),
        average(q.delay),
        variance_of(q.delay),
        short_term=short_term(q),
        numbers=None if numbers is None else numbers / numbers.mean(),
    )


def all_afferents(circuit: Circuit) -> tuple[tuple[tuple[Afferent, ...], ...], dict[str, tuple[float, float]]]:
    """Return what each population of neurons receives, projections before drives, and the sources.

    Returns
    -------
    tuple of tuple of Afferent
    dict of str to (float, float)
        Mean rate (Hz) and variance over sources (Hz²) of each source; ``"drive e"`` is the drive of population e.

    Raises
    ------
    ValueError
        If a source is no Poisson process.
    """
    afferents: dict[str, list[Afferent]] = {p.name: [] for p in circuit.neurons}
    sources: dict[str, tuple[float, float]] = {}
    for p in circuit.populations:
        if isinstance(p.model, Poisson) and p.model.steady:
            sources[p.name] = (average(p.model.rate), variance_of(p.model.rate))
    for k, q in enumerate(circuit.projections):
        if q.pre not in afferents and q.pre not in sources:
            raise ValueError(
                f"sources must be steady Poisson processes for this theory, got {q.pre!r}: {circuit[q.pre].model!r}"
            )
        afferents[q.post].append(afferent(circuit, q, k))
    for k, d in enumerate(circuit.drives):
        name = f"drive {d.post}"
        name = name if name not in sources else f"{name} {k}"
        sources[name] = (d.mean_rate, variance_of(d.rate))
        area = d.weight * spike_area(d.synapse, circuit[d.post].neuron)
        own = one_by_one(d.rate, circuit[d.post].n, (1, k))
        afferents[d.post].append(
            Afferent(
                name,
                d.sources,
                0.0,
                area,
                0.0,
                1.0,
                time_constants(d.synapse),
                d.synapse.reversal,
                together=d.sources,
                numbers=None if own is None or d.mean_rate == 0 else own / own.mean(),
            )
        )
    return tuple(map(tuple, afferents.values())), sources


def kinds_received(afferents: Sequence[Afferent], sources: Mapping[str, tuple[float, float]]) -> list[object]:
    """Return what a population receives, so that it is equal for two that receive the same.

    Every neuron has drives of its own, of which only the rates matter.
    """
    return [(replace(a, pre=""), sources[a.pre]) if np.isinf(a.senders) else a for a in afferents]


def _variance_of_in_degree(rule: Rule, n: float, pre: Cells, post: Cells, ends: Ends) -> float:
    """Variance over targets of the number of their connections, where these are not known one by one."""
    if isinstance(rule, DegreeSequences):
        return variance_of(rule.in_degrees)
    if isinstance(rule, SmallWorld):  # some are led away from a target, and as many others to it
        return rule.k * rule.p * (2 - rule.p)
    if isinstance(rule, DrawnRule) and n * post.n <= _DRAWN:
        drawn = rule._pairs(ends, np.random.default_rng(0))
        return float(np.bincount(drawn[1], minlength=post.n).var()) if post.n else 0.0
    if isinstance(rule, (FixedInDegree, AllToAll, OneToOne, Pairs)):
        return 0.0
    without_itself = pre is post and not getattr(rule, "autapses", True)
    to_choose_from, targets = max(pre.n - without_itself, 1), max(post.n - without_itself, 1)
    if isinstance(rule, FixedTotal) and not rule.multapses:
        pairs = to_choose_from * post.n
        return n * (1 - 1 / max(post.n, 1)) * (pairs - rule.total) / max(pairs - 1, 1)
    if getattr(rule, "multapses", False):  # every connection falls on a target by chance
        return n * (1 - 1 / targets)
    if isinstance(rule, FixedOutDegree) and np.ndim(rule.k):
        p = np.asarray(rule.k) / targets
        return float(np.sum(p * (1 - p))) * to_choose_from / max(pre.n, 1)
    return n * (1 - n / to_choose_from)
