"""Spikes that neurons of a network send, as others receive them: recorded, and played at times of their own.

What a neuron receives from a large network are trains of neurons that it happens to be connected to, independent of
each other. Trains of neurons that were measured, each shifted by a random time, are such: the rates of senders are
distributed, and their trains are as irregular, as those of the neurons are (Lerchner, Ursta, Hertz, Ahmadi, Ruffiot &
Enemark, Neural Comput 18, 634, 2006; Dummer, Wieland & Lindner, Front Comput Neurosci 8, 104, 2014).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rheobase.models.circuit import Cells, Circuit, Connections, Drive
from rheobase.models.distributions import Distribution
from rheobase.models.rules import Pairs
from rheobase.models.sources import Trains
from rheobase.models.values import Brief
from rheobase.theory.inputs.afferents import Afferent, all_afferents
from rheobase.units import PER_MS

#: Connections from one population that are made one by one; more are stood for by fewer with larger weights, and by a
#: steady input of spikes of so small a part of the weight.
_MOST, _FINE = 200, 0.01

#: Trains that are played for each connection of a neuron: as many that it seldom has one twice.
_TRAINS = 50

#: Spikes below which trains say nothing, and are taken as those of Poisson processes.
_FEW = 20

#: Smallest part that neurons receive of what others do on the average.
_LEAST_PART = 0.05

#: Difference between mean and variance of numbers of connections, as a part, up to which they are as of a Poisson law.
_AS_POISSON = 1e-6


@dataclass(frozen=True, eq=False, repr=False)
class SentSpikes(Brief):
    """Spike trains of neurons that stand for a population.

    Attributes
    ----------
    times : ndarray, shape (spikes,)
        ms, from 0 on.
    indices : ndarray, shape (spikes,)
        Which neuron.
    n : int
        Number of neurons.
    duration : float
        ms.
    """

    times: np.ndarray
    indices: np.ndarray
    n: int
    duration: float

    @classmethod
    def of(cls, times: np.ndarray, indices: np.ndarray, neurons: np.ndarray, duration: float) -> SentSpikes:
        """Return the trains of some neurons, which are then counted from 0 on."""
        place = np.full(max(neurons.max(), indices.max(initial=0)) + 1, -1)
        place[neurons] = np.arange(len(neurons))
        kept = place[indices] >= 0
        return cls(times[kept], place[indices[kept]], len(neurons), duration)

    @property
    def rate(self) -> float:
        """Mean rate, Hz."""
        return len(self.times) / (PER_MS * self.n * self.duration)

    @property
    def tell(self) -> bool:
        """Whether there are enough spikes to be played."""
        return len(self.times) >= _FEW

    def beside(self, other: SentSpikes | None) -> SentSpikes:
        """Return these trains and others of the same duration."""
        if other is None:
            return self
        times, indices = np.append(self.times, other.times), np.append(self.indices, other.indices + self.n)
        return SentSpikes(times, indices, self.n + other.n, self.duration)

    def played(
        self, rate: float, number: int, duration: float, random: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return spike times, ms, and trains of so many senders, those of slow ones first.

        Trains run faster or slower, so that their mean rate is `rate`, Hz; each begins somewhere and comes round again.
        """
        speed = rate / self.rate
        counts = np.bincount(self.indices, minlength=self.n)
        place = (np.arange(number) + random.random()) / number * self.n
        neurons = np.argsort(counts, kind="stable")[place.astype(np.int64)]
        spikes, first = self.times[np.argsort(self.indices, kind="stable")], np.cumsum(counts) - counts
        k = counts[neurons]
        trains = np.repeat(np.arange(number), k)
        times = spikes[np.arange(k.sum()) - np.repeat(np.cumsum(k) - k - first[neurons], k)] / speed
        period = self.duration / speed
        times = (times + (period * random.random(number))[trains]) % period
        turns = int(np.ceil(duration / period))
        times = (times + period * np.arange(turns)[:, None]).ravel()
        within = times < duration
        return times[within], np.tile(trains, turns)[within]


@dataclass(frozen=True)
class Received:
    """What neurons receive: populations of senders, the connections from them, and drives."""

    senders: tuple[Cells, ...]
    projections: tuple[Connections, ...]
    drives: tuple[Drive, ...]


def received(
    circuit: Circuit,
    name: str,
    rates: Mapping[str, float],
    sent: Mapping[str, SentSpikes],
    sizes: tuple[int, float],
    random: np.random.Generator,
) -> Received:
    """Return what so many neurons of one population receive for a time, ms, each by connections of its own.

    Senders fire at `rates`, Hz, with the trains that they have `sent`; those of which there are none, as Poisson
    processes.
    """
    n, duration = sizes
    afferents, sources = all_afferents(circuit)
    arriving = afferents[[p.name for p in circuit.neurons].index(name)]
    projections = [q for q in circuit.projections if q.post == name]
    known = [len(a.numbers) for a in arriving if a.numbers is not None]
    # Which neurons these are, where numbers of connections are known one by one.
    chosen = random.integers(known[0], size=n) if known else np.zeros(n, dtype=int)
    senders: list[Cells] = []
    made: list[Connections] = []
    drives: list[Drive] = []
    for q, a in zip(projections, arriving, strict=False):
        if not a.n > 0:
            continue
        rate, variance = sources.get(q.pre) or (rates[q.pre], 0.0)
        trains = sent.get(q.pre)
        if trains is None or not trains.tell or not rate > 0:
            own = rate * _parts(a, rate, variance, chosen, random)
            drives.append(Drive(name, own if np.ptp(own) else float(own[0]), a.n, q.mean_weight, q.synapse))
            continue
        part = min(1.0, _MOST / a.n)
        few = replace(a, n=part * a.n, n_variance=part * a.n_variance)
        number = max(1, round(_TRAINS * few.n))
        times, indices = trains.played(rate, number, duration, random)
        pre, post = _pairs(few, number, chosen, random)
        weight = drawn(q.weight, len(pre), random) / np.sqrt(part)
        played, source = Trains(times=times + circuit.dt, indices=indices, snap=True), f"{name} from {len(senders)}"
        senders.append(Cells(source, number, played))
        made.append(Connections(source, source, name, Pairs(pre, post), weight, q.synapse, circuit.dt))
        if part < 1:
            missing = (1 - np.sqrt(part)) * a.n / _FINE
            drives.append(Drive(name, rate, missing, _FINE * q.mean_weight, q.synapse))
    for d in circuit.drives:
        if d.post == name:
            rate = d.rate[chosen] if known and np.ndim(d.rate) else drawn(d.rate, n, random)
            drives.append(replace(d, rate=rate, neurons=None))
    return Received(tuple(senders), tuple(made), tuple(replace(d, id=k) for k, d in enumerate(drives)))


def drawn(value: Any, n: int, random: np.random.Generator) -> Any:
    """Return a number, or n values where neurons or connections differ."""
    if isinstance(value, Distribution):
        return value.sample(n, random)
    return value if np.ndim(value) == 0 else random.choice(np.ravel(value), n)


def _in_degrees(a: Afferent, chosen: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return numbers of connections of neurons: those that these have, or with the mean and variance of all."""
    n = len(chosen)
    if a.numbers is not None:
        return np.floor(a.n * a.numbers[chosen] + random.random(n)).astype(np.int64)
    more = a.n_variance - a.n
    if abs(more) <= _AS_POISSON * a.n:
        return random.poisson(a.n, n)
    if more > 0:
        return random.poisson(random.gamma(a.n**2 / more, more / a.n, n))
    chance = -more / a.n
    trials = a.n / chance
    return random.binomial(np.floor(trials + random.random(n)).astype(np.int64), chance)


def _pairs(a: Afferent, number: int, chosen: np.ndarray, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return senders and receivers of connections; the senders stand in the order of their rates.

    Neurons that receive from almost all senders receive from slow and fast ones evenly.
    """
    k = _in_degrees(a, chosen, random)
    post = np.repeat(np.arange(len(chosen)), k)
    even = (np.arange(k.sum()) - np.repeat(np.cumsum(k) - k, k) + random.random(k.sum())) / np.repeat(k, k)
    place = np.where(random.random(k.sum()) < a.left, random.random(k.sum()), even)
    return np.minimum((number * place).astype(np.int64), number - 1), post


def _parts(a: Afferent, rate: float, variance: float, chosen: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return what neurons receive of Poisson senders next to the mean; see `Afferent.quenched`."""
    mean, k = a.weight * rate, _in_degrees(a, chosen, random)
    each = a.weight_variance * (rate**2 + variance) + a.weight**2 * variance * a.left
    spread = each / mean**2 if mean else 0.0
    return np.asarray(np.maximum((k + np.sqrt(k * spread) * random.standard_normal(len(k))) / a.n, _LEAST_PART))
