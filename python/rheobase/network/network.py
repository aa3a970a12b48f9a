"""The network: populations, their connections, what is recorded, and running it."""

import os
from collections.abc import Iterator
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from rheobase import _engine, checks
from rheobase.models.currents import Injection
from rheobase.models.distributions import Distribution
from rheobase.models.neurons import Neuron
from rheobase.models.plasticity import Plasticity
from rheobase.models.rules import Pairs, Rule
from rheobase.models.sources import MOST_SPIKES, Drive, Source
from rheobase.models.synapses import Synapse
from rheobase.network import wiring
from rheobase.network.population import Population, Projection
from rheobase.network.recording import Recording, chosen
from rheobase.network.result import Result
from rheobase.network.running import run

if TYPE_CHECKING:
    from rheobase.rates import RateNetwork


class Network:
    """A network of spiking neurons.

    Parameters
    ----------
    dt : float, default 0.1
        Time step (ms).
    seed : int, default 0
        Seed of everything random in the network. The same seed gives the same spikes on any number of threads.
    threads : int, optional
        Threads to use; every core by default.

    Examples
    --------
    >>> net = rb.Network(dt=0.1, seed=1)
    >>> e = net.add(rb.EIF(), 800, name="e", V=rb.Uniform(-72, -55))
    """

    def __init__(self, dt: float = 0.1, seed: int = 0, threads: int | None = None) -> None:
        self.dt = checks.number("dt", dt, above=0)
        self.seed = checks.integer("seed", seed, low=0, high=2**64 - 1)
        self.threads = available_threads() if threads is None else checks.integer("threads", threads, low=1, high=256)
        self._engine = _engine.Simulation(self.dt, self.seed, self.threads)
        self.running = False
        self.populations: dict[str, Population] = {}
        self.projections: list[Projection] = []
        self.drives: list[Drive] = []
        self.recordings: list[Recording] = []
        self.draws = 0
        #: How the network was made, as method, number of draws before, arguments by position and by name.
        self.calls: list[tuple[str, int, tuple[Any, ...], dict[str, Any]]] = []
        self.construction = 0.0

    # ---- building ----------------------------------------------------------------------------------------------------

    def add(self, model: Neuron | Source, n: int, /, name: str | None = None, **state: Any) -> Population:
        """Add `n` neurons or sources of one model.

        Parameters
        ----------
        model : Neuron or Source
            Such as `rb.EIF(...)` or `rb.Poisson(...)`. By position, like `n`: as a keyword, n is a state variable.
        n : int
            How many; 0 is allowed.
        name : str, optional
            Under which results show it; ``"p0"``, ``"p1"`` … by default.
        **state : float, array of shape (n,) or Distribution
            Initial values of state variables, such as ``V=rb.Uniform(-72, -55)`` or, for a Hodgkin–Huxley neuron,
            ``n=0.32``.

        Returns
        -------
        Population

        Examples
        --------
        >>> x = net.add(rb.Poisson(rate=5), 8000, name="x")
        """
        if isinstance(model, type) and issubclass(model, (Neuron, Source)):
            raise TypeError(f"model must be an instance such as rb.{model.__name__}(), got the class itself")
        if not isinstance(model, (Neuron, Source)):
            raise TypeError(f"model must be a neuron model or a source, got {model!r}")
        n = checks.integer("n", n, low=0, high=2**31 - 1)
        name = f"p{len(self.populations)}" if name is None else name
        if not isinstance(name, str):
            raise TypeError(f"name must be a string, got {name!r}")
        if name in self.populations:
            raise ValueError(f"name must be new to the network, got {name!r} again")
        draws, values = self.draws, {}
        if isinstance(model, Neuron):
            for variable in state:
                known = [v.name for v in model.model.variables]
                checks.choice(f"state variable of {model.model.name}", variable, known)
            values = {variable: self.draw(variable, value, n) for variable, value in state.items()}
        elif state:
            raise ValueError(f"{next(iter(state))} must not be given: a source has no state variables")
        number = model.enter(self, n)
        population = Population(self, number, name, n, model)
        self.populations[name] = population
        for variable, value in values.items():
            self.engine.set_variable(number, variable, value)
        self._log("add", draws, model, n, name=name, **state)
        return population

    def connect(
        self,
        pre: Population,
        post: Population,
        rule: Any,
        *,
        weight: Any = None,
        synapse: Synapse,
        delay: Any = None,
        plasticity: Plasticity | None = None,
        weight_bits: int = 32,
    ) -> Projection:
        """Connect `pre` to a kernel of `post`.

        Parameters
        ----------
        pre, post : Population
            Of this network; `post` must be made of neurons.
        rule : Rule or scipy.sparse array (post × pre)
            Which pairs are connected. A sparse array brings its own weights.
        weight : float, array in the order of the connections, or Distribution
            Area under what one spike evokes (mV·ms), or its peak: see `norm` of the synapse.
        synapse : Synapse
            Such as ``rb.Exponential(tau=5)``. Projections onto one target with equal synapses share a kernel.
        delay : float, array in the order of the connections, or Distribution, optional
            In ms; numbers must be multiples of dt, at least dt (the default), draws are rounded to the grid.
        plasticity : Plasticity, optional
            Rule by which the weights change, such as ``rb.VogelsSTDP()``; the projection must then have one delay.
        weight_bits : {32, 16}, default 32
            Bits of a weight where each connection has its own: single precision, or whole multiples of 1/32767 of the
            largest that the projections of `pre` may have. 16 take a third of the memory away and time with it.

        Returns
        -------
        Projection

        Examples
        --------
        >>> net.connect(e, i, rb.Bernoulli(0.02), weight=35, synapse=rb.Exponential(tau=6), delay=0.1)
        """
        pre, post = self._own("pre", pre), self._target(post, synapse)
        if not isinstance(rule, Rule):
            rule, entries = wiring.read_sparse(rule, pre.n, post.n)
            if weight is not None:
                raise ValueError("weight must not be given with a sparse array, whose entries are the weights")
            weight = entries
        weights = wiring.weights(weight)
        delays = wiring.delays(self.dt if delay is None else delay, self.dt)
        if plasticity is not None and not isinstance(plasticity, Plasticity):
            raise TypeError(f"plasticity must be a rule such as rb.VogelsSTDP(), got {plasticity!r}")
        if plasticity is not None and (delays.listed is not None or isinstance(delays.given, Distribution)):
            raise ValueError("delay must be one number for a plastic projection")
        if checks.integer("weight_bits", weight_bits) not in (16, 32):
            raise ValueError(f"weight_bits must be 16 or 32, got {weight_bits!r}")
        if plasticity is not None and weight_bits != 32:
            raise ValueError("weight_bits must be 32 for a plastic projection")
        number = len(self.projections)
        ends = (pre.n, post.n, pre is post, self.random("connect", number))
        if weights.listed is None and delays.listed is None:
            engine_rule = rule.engine(*ends)
        else:
            rule = rule if isinstance(rule, Pairs) else wiring.draw_pairs(rule, *ends, self.threads)
            lists = weights.each("weight", len(rule.pre)), delays.each("delay", len(rule.pre))
            engine_rule = rule.listed(pre.n, post.n, *lists)
        channel = post.channel(synapse, pre.name)
        learning = ("", []) if plasticity is None else (plasticity.rule.name, [*plasticity.parameters.values()])
        draws = weights.draw, delays.draw
        self.engine.connect(pre.number, post.number, channel, engine_rule, *draws, *learning, weight_bits == 16)
        given = {"rule": rule, "weight": weights.given, "synapse": synapse, "delay": delays.given}
        projection = Projection(self, number, pre, post, **given, plasticity=plasticity)
        self.projections.append(projection)
        self._log("connect", pre=pre, post=post, **given, plasticity=plasticity, weight_bits=weight_bits)
        return projection

    def drive(self, post: Population, rate: float, *, sources: float = 1, weight: float, synapse: Synapse) -> None:
        """Drive every neuron of `post` with Poisson spikes of its own.

        The spikes that `sources` processes of `rate` (Hz) send within a step are drawn as one number, so a thousand
        sources cost as much as one.

        Examples
        --------
        >>> net.drive(e, rate=8.0, sources=1600, weight=0.15, synapse=rb.Delta())
        """
        post = self._target(post, synapse)
        rate = checks.number("rate", rate, low=0)
        sources = checks.number("sources", sources, low=0)
        weight = checks.number("weight", weight)
        mean = rate * 1e-3 * sources * self.dt
        if mean > MOST_SPIKES:
            raise ValueError(f"rate must bring at most {MOST_SPIKES} spikes a step and neuron on average, got {mean:g}")
        self.engine.add_background(post.number, post.channel(synapse, "drive"), mean, weight)
        self.drives.append(Drive(post, rate, sources, weight, synapse))
        self._log("drive", post=post, rate=rate, sources=sources, weight=weight, synapse=synapse)

    def inject(self, post: Population, current: Injection) -> None:
        """Bring a current to the neurons of `post`, a pulse, steps, samples or noise, or light.

        Parameters
        ----------
        post : Population
            Made of neurons.
        current : Pulse, Steps, Samples, WhiteNoise, OrnsteinUhlenbeck or Light
            Currents are in mV (in pA where the neurons' g_L is in nS) and add to I_x; light has no unit.

        Examples
        --------
        >>> net.inject(e, rb.Pulse(start=100, stop=300, amplitude=4))
        >>> net.inject(lit, rb.Light(rb.Pulse(start=100, stop=120, amplitude=0.8)))
        """
        post = self._own("post", post)
        post.neuron  # noqa: B018 (an error for sources)
        if not isinstance(current, Injection):
            raise TypeError(
                f"current must be a Pulse, Steps, Samples, WhiteNoise, OrnsteinUhlenbeck or Light, got {current!r}"
            )
        current.enter(post)
        self._log("inject", post=post, current=current)

    def record(
        self,
        population: Population,
        variable: str,
        *,
        neurons: Any = slice(None),
        every: float | None = None,
        mean: bool = False,
        dtype: Any = np.float64,
    ) -> None:
        """Record a variable of chosen neurons from now on.

        Parameters
        ----------
        population : Population
        variable : str
            A state variable such as ``"V"``, or the current or conductance of synapses such as ``"I_e"``, from a
            population "e"; see `Population.variables`.
        neurons : slice, int or array of int, default all
        every : float, optional
            Sampling interval (ms), a multiple of dt; every step by default. Samples lie at its multiples.
        mean : bool, default False
            Record the mean over the neurons alone: one column.
        dtype : {float64, float32}
            Precision in which values are kept.

        Examples
        --------
        >>> net.record(e, "V", neurons=slice(0, 10), every=1.0)
        """
        population = self._own("population", population)
        population.check_variable(variable)
        index = chosen("neurons", neurons, population.n)
        steps = 1 if every is None else checks.steps("every", every, self.dt, low=1)
        if any(r.population == population.name and r.variable == variable for r in self.recordings):
            raise ValueError(f"variable must be new to the recording of {population.name!r}, got {variable!r} again")
        if np.dtype(dtype) not in (np.dtype(np.float64), np.dtype(np.float32)):
            raise ValueError(f"dtype must be float64 or float32, got {np.dtype(dtype)}")
        if mean and not len(index):
            raise ValueError("neurons must not be empty where their mean is recorded")
        mean, single = bool(mean), np.dtype(dtype) == np.float32
        number = self.engine.record_state(population.number, variable, np.unique(index), steps, mean, single)
        self.recordings.append(Recording(population.name, variable, number, index, steps, mean, single))
        asked = {"neurons": index, "every": steps * self.dt, "mean": mean, "dtype": np.dtype(dtype).name}
        self._log("record", population=population, variable=variable, **asked)

    def record_weights(
        self, projection: Projection, *, connections: Any = slice(None), every: float | None = None, mean: bool = False
    ) -> None:
        """Record weights of a plastic projection from now on.

        Parameters
        ----------
        projection : Projection
        connections : slice, int or array of int, default all
            In the order of `Projection.connections`.
        every : float, optional
            Sampling interval (ms), a multiple of dt; every step by default.
        mean : bool, default False
            Record their mean alone.

        Examples
        --------
        >>> net.record_weights(i_to_e, every=10.0, mean=True)
        """
        if not isinstance(projection, Projection) or projection.network is not self:
            raise TypeError(f"projection must be a projection of this network, got {projection!r}")
        if projection.plasticity is None:
            raise ValueError("projection must be plastic for its weights to be recorded")
        index = chosen("connections", connections, len(projection))
        mean, steps = bool(mean), 1 if every is None else checks.steps("every", every, self.dt, low=1)
        number = self.engine.record_state(projection.number, "", np.unique(index), steps, mean, False)
        self.recordings.append(Recording(projection.name, "weights", number, index, steps, mean, False))
        self._log("record_weights", projection=projection, connections=index, every=steps * self.dt, mean=mean)

    def record_spikes(self, population: Population, on: bool = True) -> None:
        """Switch the recording of a population's spikes on (as it is from the start) or off."""
        population = self._own("population", population)
        self.engine.record_spikes(population.number, bool(on))
        self._log("record_spikes", population=population, on=bool(on))

    @property
    def engine(self) -> _engine.Simulation:
        """The compiled engine; nothing may touch it while it runs."""
        if self.running:
            raise RuntimeError("the network must not be used while it runs: wait for the other thread's run to end")
        return self._engine

    # ---- running -----------------------------------------------------------------------------------------------------

    def build(self) -> None:
        """Construct all connections. `run` does it by itself."""
        if self.calls and self.calls[-1][0] == "build":
            return
        start = perf_counter()
        self.engine.build()
        self.construction += perf_counter() - start
        self._log("build")  # when connections are built decides which are stored together

    def run(self, duration: float, *, progress: bool = False, profile: bool = False) -> "Result":
        """Simulate `duration` ms and return what was recorded; call again to go on.

        Ctrl-C stops at the end of a step: the result then holds what was recorded so far and says ``interrupted``.

        Parameters
        ----------
        duration : float
            In ms, a multiple of dt; 0 is allowed.
        progress : bool, default False
            Show a progress bar.
        profile : bool, default False
            Measure the seconds spent in each phase of the time loop.

        Returns
        -------
        Result

        Raises
        ------
        FloatingPointError
            If a state variable becomes infinite or not a number; it names population, neuron and time.

        Examples
        --------
        >>> res = net.run(1000, progress=True)
        """
        steps = checks.steps("duration", duration, self.dt)
        return run(self, steps, progress, profile)

    @property
    def t(self) -> float:
        """Time simulated so far (ms)."""
        return self._engine.now * self.dt

    @property
    def synapses(self) -> int:
        """Number of connections constructed."""
        return self.engine.synapse_count

    @property
    def synapse_bytes(self) -> int:
        """Memory the connections take (bytes)."""
        return self.engine.synapse_bytes

    def save(self, path: "str | os.PathLike[str]") -> None:
        """Write the network, state and all, to a file; see `rheobase.load`.

        Examples
        --------
        >>> net.save("cortex.rheobase")
        """
        from rheobase.network.storage import save

        save(self, path)

    def mean_field(self, f: Any = None, tau: Any = None) -> "RateNetwork":
        """Return the rate network with W and X of this very network; see `rheobase.theory.mean_field`.

        Examples
        --------
        >>> net.mean_field().fixed_points([(0, 100), (0, 100)])
        """
        from rheobase.theory.mean_field import mean_field

        return mean_field(self, f, tau)

    def __repr__(self) -> str:
        return f"<network: {len(self.populations)} populations, {len(self.projections)} projections, t = {self.t:g} ms>"

    def _repr_html_(self) -> str:
        cells = "".join(f"<tr><td>{p.name}</td><td>{p.n}</td><td>{p.model!r}</td></tr>" for p in self)
        links = "".join(
            f"<tr><td>{q.pre.name} → {q.post.name}</td><td>{q.rule!r}</td><td>{q.synapse!r}</td></tr>"
            for q in self.projections
        )
        return f"<b>Network</b>, dt = {self.dt:g} ms<table>{cells}</table><table>{links}</table>"

    def __iter__(self) -> Iterator[Population]:
        return iter(self.populations.values())

    def __getitem__(self, name: str) -> Population:
        return self.populations[checks.choice("population", name, self.populations)]

    def set_parameter(self, population: Population, name: str, value: Any) -> None:
        """Set a parameter of a population, or its I_x, between runs; ``population[name] = value`` does the same."""
        population = self._own("population", population)
        draws = self.draws
        value = population.change(name, value)
        self._log("set_parameter", draws, population=population, name=name, value=value)

    # ---- what the methods above share --------------------------------------------------------------------------------

    def random(self, *purpose: str | int) -> np.random.Generator:
        """Return the generator that belongs to a purpose, one branch of the network's seed tree."""
        branch = [int.from_bytes(p.encode(), "little") % 2**32 if isinstance(p, str) else p for p in purpose]
        return np.random.Generator(np.random.Philox(np.random.SeedSequence([self.seed, *branch])))

    def draw(self, name: str, value: Any, n: int) -> np.ndarray:
        """Return `n` values from a number, an array or a distribution."""
        if isinstance(value, Distribution):
            self.draws += 1
            return value.sample(n, self.random("draw", self.draws))
        if np.ndim(value) == 0:
            return np.full(n, checks.number(name, value))
        return checks.reals(name, value, shape=(n,))

    def one_or_each(self, name: str, value: Any, n: int) -> np.ndarray:
        """Return one value if `value` is a number, else `n`."""
        if np.ndim(value) == 0 and not isinstance(value, Distribution):
            return np.atleast_1d(np.asarray(value, float))
        return self.draw(name, value, n)

    def _log(self, method: str, draws: int | None = None, /, *positional: Any, **named: Any) -> None:
        self.calls.append((method, self.draws if draws is None else draws, positional, named))

    def _own(self, name: str, population: Any) -> Population:
        if isinstance(population, str):
            return self.populations[checks.choice(name, population, self.populations)]
        if not isinstance(population, Population):
            raise TypeError(f"{name} must be a population of this network, got {population!r}")
        if population.network is not self:
            raise ValueError(f"{name} must be a population of this network, got {population.name!r} of another one")
        return population

    def _target(self, post: Any, synapse: Any) -> Population:
        """Return the population that spikes reach through a synapse."""
        post = self._own("post", post)
        if not isinstance(post.model, Neuron):
            raise ValueError(f"post must be made of neurons, got the source {post.name!r}")
        if not isinstance(synapse, Synapse):
            raise TypeError(f"synapse must be a synapse such as rb.Exponential(tau=5), got {synapse!r}")
        return post


def available_threads() -> int:
    """Return the number of cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1
