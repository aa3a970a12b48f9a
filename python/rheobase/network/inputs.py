"""Handles on what drives a network from outside: what `Network.drive` and `Network.inject` return."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from rheobase import _engine, checks, units
from rheobase.models import poisson_rates
from rheobase.models.circuit import Drive, Injected
from rheobase.models.currents import Injection, TimeSeries
from rheobase.models.distributions import Distribution
from rheobase.models.ends import End
from rheobase.models.poisson_rates import RateLike
from rheobase.models.synapses import Synapse
from rheobase.models.values import Sealed
from rheobase.network.drawing import Draws
from rheobase.network.population import Population
from rheobase.network.wiring import chosen_of
from rheobase.units import PER_MS

if TYPE_CHECKING:
    from rheobase.network.network import Network

#: What of a drive can be set.
_PROPERTIES = ("rate", "sources", "weight")


class PoissonDrive(Sealed):
    """Poisson drive of a population, which may change between runs.

    ``drive["rate"]`` reads the rate (Hz) of each neuron in the step to come, ``drive["sources"]`` and
    ``drive["weight"]`` are numbers; ``drive["rate"] = value`` sets one of them, a rate to all that `Network.drive`
    takes. Times count from the network's beginning.

    Examples
    --------
    >>> drive = net.drive(e, rate=8.0, sources=1600, weight=0.15, synapse=rb.Delta())
    >>> drive["rate"] = 12.0
    >>> drive.remove()
    """

    _instead = ": drive[name] = value sets its rate, sources or weight"

    def __init__(self, network: Network) -> None:
        self._network = network

    @property
    def _place(self) -> int:
        if self not in self._network._drives:
            raise ValueError("the drive must be part of the network, it was removed")
        return self._network._drives.index(self)

    @property
    def _described(self) -> Drive:
        return self._network.circuit.drives[self._place]

    @property
    def post(self) -> Population:
        """Whom it drives."""
        return self._network[self._described.post]

    @property
    def synapse(self) -> Synapse:
        """The synapse."""
        return self._described.synapse

    def _ipython_key_completions_(self) -> list[str]:
        return [*_PROPERTIES]

    def __getitem__(self, name: str) -> Any:
        described = self._described
        if _property(name) != "rate":
            return getattr(described, name)
        whose = f"the drive of {described.post!r}"
        return poisson_rates.in_force(described.rate, whose, self._n, self._network._guard.now, self._network.dt)

    @property
    def _n(self) -> int:
        """How many neurons it reaches."""
        return End(self.post.n, self._described.neurons).n

    def __setitem__(self, name: str, value: Any) -> None:
        place, n, dt = self._place, self._n, self._network.dt
        with self._network._draws() as draws:
            if _property(name) == "rate":
                value = settled_rate(draws, value, n)
            elif name == "weight":
                unit = self._described.synapse._weight_unit(self.post.neuron)
                value = units.converted("weight", value, unit)
            changed = replace(self._described, **{name: value})
            steps, means = means_of(changed, n, dt)
            hand_over(draws.engine, place, steps, means)
            draws.engine.set_drive_weight(place, changed.weight)
        drives = self._network.circuit.drives
        self._network._describe(drives=(*drives[:place], changed, *drives[place + 1 :]))

    def remove(self) -> None:
        """Take it out of the network."""
        place, drives = self._place, self._network.circuit.drives
        self._network._engine.remove_drive(place)
        self._network._drives.remove(self)
        self._network._describe(drives=(*drives[:place], *drives[place + 1 :]))

    def __repr__(self) -> str:
        if self not in self._network._drives:
            return "<drive, removed>"
        d = self._described
        rate = f"{d.rate:g} Hz" if isinstance(d.rate, float) else type(d.rate).__name__
        return f"<drive of {d.post!r}: {d.sources:g} × {rate}, weight {d.weight:g}, {d.synapse!r}>"


class Stimulus(Sealed):
    """A current or light that is brought to a population, which may change between runs.

    Examples
    --------
    >>> stimulus = net.inject(e, rb.WhiteNoise(mean=10, sigma=5))
    >>> stimulus.current = rb.WhiteNoise(mean=12, sigma=5)
    >>> stimulus.remove()
    """

    _instead = ": stimulus.current = rb.Pulse(...) puts another current in its place"

    def __init__(self, network: Network) -> None:
        self._network = network

    @property
    def _place(self) -> int:
        if self not in self._network._stimuli:
            raise ValueError("the stimulus must be part of the network, it was removed")
        return self._network._stimuli.index(self)

    @property
    def _described(self) -> Injected:
        return self._network.circuit.injections[self._place]

    @property
    def post(self) -> Population:
        """Whom it reaches."""
        return self._network[self._described.post]

    @property
    def current(self) -> Injection:
        """The current, or light; noise goes on with the random numbers that it had, from where it is."""
        return self._described.current

    @current.setter
    def current(self, current: Injection) -> None:
        check_injection(current)
        place, post, old = self._place, self.post, self._described
        if current._imposes != old.current._imposes:
            raise ValueError(
                f"current must be {'light' if old.current._imposes else 'no light'}, as it was: "
                f"remove() it and inject another one, got {current!r}"
            )
        injections = self._network.circuit.injections
        others = [i for k, i in enumerate(injections) if k != place]
        reached = End(post.n, old.neurons)
        current._check(post.neuron, reached.n, self._network.dt, [i.current for i in others if i.post == post.name])
        id = old.id if old.current._random else free_id(current, others)
        with self._network._draws() as draws:
            current._enter(draws, post._id, reached.n, chosen_of(reached), self._place_among_its_kind(), id)
        changed = Injected(old.post, current, old.neurons, id)
        self._network._describe(injections=(*injections[:place], changed, *injections[place + 1 :]))

    def remove(self) -> None:
        """Take it out of the network; neurons that no light reaches any more are dark."""
        place, kind, engine = self._place, self._place_among_its_kind(), self._network._engine
        injections, post, variable = self._network.circuit.injections, self.post, self.current._imposes
        if variable is None:
            engine.remove_injected(post._id, kind)
        else:
            engine.remove_imposed(post._id, variable, kind)
        self._network._stimuli.remove(self)
        self._network._describe(injections=(*injections[:place], *injections[place + 1 :]))
        if variable is not None and not post._lights():
            post[variable] = 0.0

    def _place_among_its_kind(self) -> int:
        """Return how many of its kind, currents or lights, reach the population before it."""
        return place_among_its_kind(self._described, self._network.circuit.injections[: self._place])

    def __repr__(self) -> str:
        if self not in self._network._stimuli:
            return "<stimulus, removed>"
        return f"<stimulus of {self._described.post!r}: {type(self.current).__name__}>"


def check_injection(current: Any) -> None:
    """Raise unless something can be injected."""
    if not isinstance(current, Injection):
        raise TypeError(
            f"current must be a Pulse, Steps, Samples, WhiteNoise, OrnsteinUhlenbeck or Light, got {current!r}"
        )


def place_among_its_kind(injected: Injected, before: tuple[Injected, ...]) -> int:
    """Return how many injections of a kind reach a population before one."""
    imposes = injected.current._imposes
    return sum(i.post == injected.post and i.current._imposes == imposes for i in before)


def free_id(current: Injection, others: list[Injected]) -> int:
    """Return the first random stream that no other noise has; 0 where nothing is drawn."""
    taken = {i.id for i in others if i.current._random}
    return next(k for k in range(len(taken) + 1) if k not in taken) if current._random else 0


def settled_rate(draws: Draws, rate: RateLike, n: int) -> Any:
    """Return a rate for `n` neurons as a drive keeps it, drawn where it is a distribution."""
    return draws.each("rate", units.converted("rate", rate, "Hz"), n) if isinstance(rate, Distribution) else rate


def means_of(drive: Drive, n: int, dt: float) -> tuple[np.ndarray | None, np.ndarray]:
    """Return the spikes per step and neuron, and the steps at which they change or None; none yet of a function."""
    steps = None
    if isinstance(drive.rate, TimeSeries):
        steps, rates = drive.rate._on_grid(dt, n)
    elif callable(drive.rate):
        rates = np.zeros(1)
    else:
        rates = np.atleast_1d(drive.rate)
        if len(rates) not in (1, n):
            raise ValueError(f"rate must be a number or have one value for each of the {n} neurons, got {len(rates)}")
        if n == 0:  # one value for each of nobody: any number drives them as well
            rates = np.zeros(1)
    means = rates * PER_MS * drive.sources * dt
    _check_spikes(means)
    return steps, means


def hand_over(engine: _engine.Simulation, place: int, steps: np.ndarray | None, means: np.ndarray) -> None:
    """Tell the engine the means of a drive that it has."""
    if steps is None:
        engine.set_drive_means(place, means)
    else:
        engine.set_drive_series(place, steps, means, means.shape[1])


def look_ahead(engine: _engine.Simulation, drives: tuple[Drive, ...], steps: int, dt: float) -> None:
    """Ask rates of drives that are functions of time for the steps to come."""
    now = engine.now
    for place, drive in enumerate(drives):
        if not callable(drive.rate) or isinstance(drive.rate, TimeSeries) or not steps:
            continue
        means = (
            poisson_rates.sampled(drive.rate, f"the drive of {drive.post!r}", now, steps, dt)
            * PER_MS
            * drive.sources
            * dt
        )
        _check_spikes(means)
        engine.set_drive_series(place, np.arange(now, now + steps), means, 1)


def _check_spikes(means: np.ndarray) -> None:
    most = poisson_rates.MOST_SPIKES
    if means.size and means.max() > most:
        raise ValueError(
            f"rate * sources must bring at most {most} spikes per step and neuron on average, got {means.max():g}"
        )


def _property(name: str) -> str:
    return checks.choice("property of a drive", name, _PROPERTIES)
