"""The network: populations, their connections, what is recorded, and running it."""

import os
import warnings
from collections.abc import Iterator
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from rheobase import _engine, checks
from rheobase.connect import Bernoulli, Pairs, Rule
from rheobase.currents import InjectedCurrent, OrnsteinUhlenbeck, TimeSeries, WhiteNoise
from rheobase.distributions import Distribution
from rheobase.inputs import Drive, Poisson, Source, Trains
from rheobase.neurons import Neuron, check_order, value_of
from rheobase.plasticity import Plasticity
from rheobase.population import Population, Projection
from rheobase.progress import Bar
from rheobase.registry import check_bounds
from rheobase.result import Recording, Result, Timing, warn_if_too_large
from rheobase.synapses import Synapse

if TYPE_CHECKING:
    from rheobase.rates import RateNetwork


#: Weights are stored as 32-bit floats.
_LARGEST = float(np.finfo(np.float32).max)


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
        self._running = False
        self.populations: dict[str, Population] = {}
        self.projections: list[Projection] = []
        self.drives: list[Drive] = []
        self._channels: dict[tuple, int] = {}
        self._recordings: list[Recording] = []
        self.draws = 0
        #: How the network was made, call by call, as method, number of draws before and arguments.
        self.calls: list[tuple[str, int, dict[str, Any]]] = []
        self._construction = 0.0

    # ---- building ----------------------------------------------------------------------------------------------------

    def add(self, model: Neuron | Source, n: int, name: str | None = None, **state: Any) -> Population:
        """Add `n` neurons or sources of one model.

        Parameters
        ----------
        model : Neuron or Source
            Such as `rb.EIF(...)` or `rb.Poisson(...)`.
        n : int
            How many; 0 is allowed.
        name : str, optional
            Under which results show it; ``"p0"``, ``"p1"`` … by default.
        **state : float, array of shape (n,) or Distribution
            Initial values of state variables, such as ``V=rb.Uniform(-72, -55)``.

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
        draws = self.draws
        if isinstance(model, Neuron):
            values = {variable: self.draw(variable, value, n) for variable, value in state.items()}
            known = [v.name for v in model.model.variables]
            for variable in state:
                checks.choice(f"state variable of {model.model.name}", variable, known)
            number = self._add_neurons(model, n)
        else:
            if state:
                raise ValueError(f"{next(iter(state))} must not be given: a source has no state variables")
            values, number = {}, self._add_source(model, n)
        population = Population(self, number, name, n, model)
        self.populations[name] = population
        for variable, value in values.items():
            self.engine.set_variable(number, variable, value)
        self._log("add", draws, model=model, n=n, name=name, **state)
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

        Returns
        -------
        Projection

        Examples
        --------
        >>> net.connect(e, i, rb.Bernoulli(0.02), weight=35, synapse=rb.Exponential(tau=6), delay=0.1)
        """
        pre, post = self._own("pre", pre), self._own("post", post)
        if not isinstance(post.model, Neuron):
            raise ValueError(f"post must be made of neurons, got the source {post.name!r}")
        if not isinstance(synapse, Synapse):
            raise TypeError(f"synapse must be a synapse such as rb.Exponential(tau=5), got {synapse!r}")
        if not isinstance(rule, Rule):
            rule, weight = _from_sparse(rule, weight, pre.n, post.n)
        if weight is None:
            raise TypeError("weight must be a number, an array or a distribution, got None")
        delay = self.dt if delay is None else delay
        asked_delay = delay
        weight, drawn_weight = _weight(weight)
        delay, drawn_delay = self._delay(delay)
        if plasticity is not None and not isinstance(plasticity, Plasticity):
            raise TypeError(f"plasticity must be a rule such as rb.VogelsSTDP(), got {plasticity!r}")
        if plasticity is not None and (isinstance(delay, (np.ndarray, Distribution))):
            raise ValueError("delay must be one number for a plastic projection")
        number = len(self.projections)
        random = self.random("connect", number)
        if isinstance(weight, np.ndarray) or isinstance(delay, np.ndarray):
            pairs = rule if isinstance(rule, Pairs) else self._expand(rule, pre, post, random)
            per_connection = {}
            for name, value in (("weight", weight), ("delay", delay)):
                per_connection[name] = np.zeros(0)
                if isinstance(value, np.ndarray):
                    per_connection[name] = checks.array(f"{name} (one a connection)", value, shape=(len(pairs.pre),))
            rule = pairs
            engine_rule = pairs.listed(pre.n, post.n, per_connection["weight"], per_connection["delay"])
        else:
            engine_rule = rule.engine(pre.n, post.n, pre is post, random)
        channel = self._channel(post, synapse, pre.name)
        rule_name, values = (
            ("", []) if plasticity is None else (plasticity.rule.name, [*plasticity.parameters.values()])
        )
        self.engine.connect(pre.number, post.number, channel, engine_rule, drawn_weight, drawn_delay, rule_name, values)
        projection = Projection(self, number, pre, post, rule, weight, synapse, asked_delay, plasticity)
        self.projections.append(projection)
        self._log(
            "connect",
            pre=pre,
            post=post,
            rule=rule,
            weight=weight,
            synapse=synapse,
            delay=asked_delay,
            plasticity=plasticity,
        )
        return projection

    def drive(self, post: Population, rate: float, *, sources: float = 1, weight: float, synapse: Synapse) -> None:
        """Drive every neuron of `post` with Poisson spikes of its own.

        The spikes that `sources` processes of `rate` (Hz) send within a step are drawn as one number, so a thousand
        sources cost as much as one.

        Examples
        --------
        >>> net.drive(e, rate=8.0, sources=1600, weight=0.15, synapse=rb.Delta())
        """
        post = self._own("post", post)
        rate = checks.number("rate", rate, low=0)
        sources = checks.number("sources", sources, low=0)
        weight = checks.number("weight", weight)
        if not isinstance(post.model, Neuron):
            raise ValueError(f"post must be made of neurons, got the source {post.name!r}")
        if not isinstance(synapse, Synapse):
            raise TypeError(f"synapse must be a synapse such as rb.Exponential(tau=5), got {synapse!r}")
        mean = rate * 1e-3 * sources * self.dt
        if mean > 500:
            raise ValueError(f"rate must bring at most 500 spikes a step and neuron on average, got {mean:g}")
        self.engine.add_background(post.number, self._channel(post, synapse, "drive"), mean, weight)
        self.drives.append(Drive(post, rate, sources, weight, synapse))
        self._log("drive", post=post, rate=rate, sources=sources, weight=weight, synapse=synapse)

    def inject(self, post: Population, current: InjectedCurrent) -> None:
        """Add a current to what reaches the neurons of `post`: a pulse, steps, samples or noise.

        Parameters
        ----------
        post : Population
            Made of neurons.
        current : Pulse, Steps, Samples, WhiteNoise or OrnsteinUhlenbeck
            In mV (in pA where the neurons' g_L is in nS); it adds to I_x.

        Examples
        --------
        >>> net.inject(e, rb.Pulse(start=100, stop=300, amplitude=4))
        """
        post = self._own("post", post)
        post.neuron  # noqa: B018 (an error for sources)
        if isinstance(current, TimeSeries):
            steps, values = current.on_grid(self.dt, post.n)
            self.engine.inject_series(post.number, steps, values, values.shape[1])
        elif isinstance(current, WhiteNoise):
            self.engine.inject_white_noise(post.number, current.mean, current.sigma)
        elif isinstance(current, OrnsteinUhlenbeck):
            self.engine.inject_ornstein_uhlenbeck(post.number, current.mean, current.std, current.tau)
        else:
            raise TypeError(
                f"current must be a Pulse, Steps, Samples, WhiteNoise or OrnsteinUhlenbeck, got {current!r}"
            )
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
            A state variable such as ``"V"``, or a current or conductance, see `Population.variables`.
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
        chosen = _chosen(neurons, population.n, "neurons")
        steps = 1 if every is None else checks.steps("every", every, self.dt, low=1)
        if any(r.population == population.name and r.variable == variable for r in self._recordings):
            raise ValueError(f"variable must be new to the recording of {population.name!r}, got {variable!r} again")
        if np.dtype(dtype) not in (np.dtype(np.float64), np.dtype(np.float32)):
            raise ValueError(f"dtype must be float64 or float32, got {np.dtype(dtype)}")
        if mean and not len(chosen):
            raise ValueError("neurons must not be empty where their mean is recorded")
        single = np.dtype(dtype) == np.float32
        number = self.engine.record_state(population.number, variable, np.unique(chosen), steps, bool(mean), single)
        self._recordings.append(Recording(population.name, variable, number, chosen, steps, bool(mean), single))
        self._log(
            "record",
            population=population,
            variable=variable,
            neurons=chosen,
            every=steps * self.dt,
            mean=bool(mean),
            dtype=np.dtype(dtype).name,
        )

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
        chosen = _chosen(connections, len(projection), "connections")
        steps = 1 if every is None else checks.steps("every", every, self.dt, low=1)
        number = self.engine.record_state(projection.number, "", np.unique(chosen), steps, bool(mean), False)
        self._recordings.append(Recording(projection.name, "weights", number, chosen, steps, bool(mean), False))
        self._log("record_weights", projection=projection, connections=chosen, every=steps * self.dt, mean=bool(mean))

    def record_spikes(self, population: Population, on: bool = True) -> None:
        """Switch the recording of a population's spikes on (as it is from the start) or off."""
        population = self._own("population", population)
        self.engine.record_spikes(population.number, bool(on))
        self._log("record_spikes", population=population, on=bool(on))

    @property
    def engine(self) -> _engine.Simulation:
        """The compiled engine; nothing may touch it while it runs."""
        if self._running:
            raise RuntimeError("the network must not be used while it runs: wait for the other thread's run to end")
        return self._engine

    # ---- running -----------------------------------------------------------------------------------------------------

    def build(self) -> None:
        """Construct all connections. `run` does it by itself."""
        if self.calls and self.calls[-1][0] == "build":
            return
        start = perf_counter()
        self.engine.build()
        self._construction += perf_counter() - start
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
        start, events = self.engine.now, self.engine.events
        self.build()
        self._sample_rates(steps)
        warn_if_too_large(sum(r.bytes(steps) for r in self._recordings))
        began = perf_counter()
        try:
            outcome = self._advance(steps, progress, profile)
        except _engine.NonFiniteState as error:
            population, neuron, step = error.args
            name = list(self.populations)[population]
            raise FloatingPointError(
                f"state of neuron {neuron} of population {name!r} must stay finite, it did not at t = "
                f"{step * self.dt:g} ms: is dt = {self.dt:g} ms small enough, and are weights and parameters sensible?"
            ) from None
        if outcome["interrupted"]:
            warnings.warn(
                f"run stopped by Ctrl-C at t = {self.engine.now * self.dt:g} ms; the result holds what was recorded",
                RuntimeWarning,
                stacklevel=2,
            )
        timing = Timing(
            construction=self._construction,
            simulation=perf_counter() - began,
            events=self.engine.events - events,
            phases=outcome.get("profile"),
        )
        return self._collect(start, timing, outcome["interrupted"])

    def _advance(self, steps: int, progress: bool, profile: bool) -> dict[str, Any]:
        """Let the engine run; what a run recorded that ends in an error is dropped."""
        self._running = True
        try:
            with Bar(steps, self.dt, progress) as bar:
                outcome = self._engine.run(steps, bar.move_to if progress else None, profile)
            self._running = False
            return outcome
        except BaseException:
            self._running = False
            self._take()
            raise

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
        from rheobase.storage import save

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
        model = population.neuron.model
        infos = {info.name: info for info in model.parameters}
        checks.choice(f"parameter of {model.name}", name, [*infos, "I_x"])
        values = self._one_or_each(name, value_of(name, value, infos.get(name)), population.n)
        if name == "I_x":
            self.engine.set_input(population.number, values)
        else:
            if name == "t_ref":
                self._check_refractory(values)
            check_bounds(name, values, infos[name])
            current = {**population.neuron.parameters, name: values}
            for lesser, greater in model.orders:
                a, b = (model.parameters[k].name for k in (lesser, greater))
                if name in (a, b):
                    check_order(a, current[a], b, current[b])
            self.engine.set_parameter(population.number, name, values)
        kept = values if len(values) != 1 else float(values[0])
        population.model = population.neuron.replaced(name, kept)
        self._log("set_parameter", draws, population=population, name=name, value=kept)

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

    def _one_or_each(self, name: str, value: Any, n: int) -> np.ndarray:
        return (
            np.atleast_1d(np.asarray(value, float))
            if np.ndim(value) == 0 and not isinstance(value, Distribution)
            else self.draw(name, value, n)
        )

    def _add_neurons(self, model: Neuron, n: int) -> int:
        values = {}
        for info in model.model.parameters:
            values[info.name] = self._one_or_each(info.name, model.parameters[info.name], n)
            check_bounds(info.name, values[info.name], info)
        for lesser, greater in model.model.orders:
            a, b = (model.model.parameters[k].name for k in (lesser, greater))
            check_order(a, values[a], b, values[b])
        self._check_refractory(values.get("t_ref", np.zeros(0)))
        I_x = self._one_or_each("I_x", model.I_x, n)
        number = self.engine.add_neurons(model.model.name, n, model.method, list(values.values()))
        self.engine.set_input(number, I_x)
        return number

    def _check_refractory(self, t_ref: np.ndarray) -> None:
        for time in np.unique(t_ref):
            checks.steps("t_ref", float(time), self.dt)
            checks.number("t_ref", float(time), high=(2**31 - 1) * self.dt)

    def _log(self, method: str, draws: int | None = None, **arguments: Any) -> None:
        self.calls.append((method, self.draws if draws is None else draws, arguments))

    def _add_source(self, source: Source, n: int) -> int:
        if isinstance(source, Poisson) and not source.steady:
            number = self.engine.add_poisson(n, np.zeros(1))
            if isinstance(source.rate, TimeSeries):
                steps, values = source.rate.on_grid(self.dt, n)
                self.engine.set_rate_series(number, steps, values, values.shape[1])
            return number
        if isinstance(source, Poisson):
            rates = self._one_or_each("rate", source.rate, n)
            if rates.size and rates.min() < 0:
                raise ValueError(f"rate must be >= 0, got {rates.min():g}")
            if rates.size and rates.max() * 1e-3 * self.dt > 500:
                raise ValueError(
                    f"rate must bring at most 500 spikes a step of dt = {self.dt:g} ms, got {rates.max():g}"
                )
            return self.engine.add_poisson(n, rates)
        if isinstance(source, Trains):
            return self.engine.add_spike_list(n, *source.on_grid(n, self.dt))
        raise TypeError(f"model must be one of the sources Poisson, Trains, got {source!r}")

    def _sample_rates(self, steps: int) -> None:
        """Ask rates that are functions of time for the steps to come."""
        for population in self:
            source = population.model
            if isinstance(source, Poisson) and callable(source.rate) and steps:
                now = self.engine.now
                rates = source.sampled(now, steps, self.dt)
                self.engine.set_rate_series(population.number, np.arange(now, now + steps), rates, 1)

    def _own(self, name: str, population: Any) -> Population:
        if isinstance(population, str):
            return self.populations[checks.choice(name, population, self.populations)]
        if not isinstance(population, Population):
            raise TypeError(f"{name} must be a population of this network, got {population!r}")
        if population.network is not self:
            raise ValueError(f"{name} must be a population of this network, got {population.name!r} of another one")
        return population

    def _channel(self, post: Population, synapse: Synapse, source: str) -> int:
        key = (post.number, *synapse.key())
        if key not in self._channels:
            label = synapse.label or source
            prefix = "I_" if synapse.reversal is None else "g_"
            taken, count = set(post.variables), 1
            while f"{prefix}{label}" in taken:
                count += 1
                label = f"{synapse.label or source}{count}"
            self._channels[key] = self.engine.add_channel(
                post.number,
                synapse.kernel.name,
                list(synapse.parameters.values()),
                synapse.norm == "area",
                synapse.reversal is not None,
                synapse.reversal or 0.0,
                label,
            )
        return self._channels[key]

    def _delay(self, delay: Any) -> tuple[Any, _engine.Draw]:
        longest = 65535 * self.dt
        if isinstance(delay, Distribution):
            lowest = 0.5 * self.dt
            if delay.high < lowest:
                raise ValueError(f"delay must be able to reach dt = {self.dt:g} ms, got {delay}")
            _check_mass("delay", delay, max(lowest, delay.low))
            drawn = delay.engine().at_least(lowest)
            if drawn.largest > longest:
                raise ValueError(
                    f"delay must be at most {longest:g} ms (65535 steps), got draws of up to {drawn.largest:g} ms: "
                    f"bound them with high="
                )
            return delay, drawn
        if np.ndim(delay) == 0:
            steps = checks.steps("delay", delay, self.dt, low=1)
            if steps > 65535:
                raise ValueError(f"delay must be at most {longest:g} ms (65535 steps), got {delay:g} ms")
            return delay, _engine.Draw("constant", steps)
        distinct, place = np.unique(checks.reals("delay", delay, shape=(None,)), return_inverse=True)
        each = np.array([checks.steps("delay", float(d), self.dt, low=1) for d in distinct], dtype=np.int64)
        if each.size and each[-1] > 65535:
            raise ValueError(f"delay must be at most {longest:g} ms (65535 steps), got {distinct[-1]:g} ms")
        return each[place], _engine.Draw("constant", 1)

    def _expand(self, rule: Rule, pre: Population, post: Population, random: np.random.Generator) -> Pairs:
        """Draw a rule's pairs in a network of their own, by source, then by target."""
        seed = int(random.integers(2**64, dtype=np.uint64))  # no two projections draw the same pairs
        scratch = _engine.Simulation(self.dt, seed, self.threads)
        scratch.add_poisson(pre.n, np.zeros(1))
        model = Neuron.named("LIF")
        target = scratch.add_neurons("LIF", post.n, model.method, [np.full(1, v) for v in model.parameters.values()])
        scratch.add_channel(target, "Delta", [], True, False, 0.0, "")
        scratch.connect(
            0,
            target,
            0,
            rule.engine(pre.n, post.n, pre is post, random),
            _engine.Draw("constant", 0),
            _engine.Draw("constant", 1),
        )
        sources, targets, _, _ = scratch.connections(0)
        order = np.lexsort((targets, sources))
        return Pairs(sources[order], targets[order])

    def _take(self) -> tuple[dict[str, Any], dict[tuple[str, str], Any]]:
        """Take what was recorded, spikes and states, out of the engine."""
        spikes = {p.name: (*self.engine.take_spikes(p.number), p.n) for p in self}
        states = {(r.population, r.variable): r.arrange(*self.engine.take_states(r.number)) for r in self._recordings}
        return spikes, states

    def _collect(self, start: int, timing: Timing, interrupted: bool) -> "Result":
        spikes, states = self._take()
        return Result.of(self.dt, start, self.engine.now, spikes, states, timing, interrupted)


def available_threads() -> int:
    """Return the number of cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def _weight(weight: Any) -> tuple[Any, _engine.Draw]:
    if isinstance(weight, Distribution):
        _check_mass("weight", weight, weight.low)
        checks.number("mean of weight", weight.mean_value(), low=-_LARGEST, high=_LARGEST)
        return weight, weight.engine()
    if np.ndim(weight) == 0:
        weight = checks.number("weight", weight, low=-_LARGEST, high=_LARGEST)
        return weight, _engine.Draw("constant", weight)
    return checks.reals("weight", weight, shape=(None,), low=-_LARGEST, high=_LARGEST), _engine.Draw("constant", 0.0)


def _check_mass(name: str, value: Distribution, low: float) -> None:
    """Raise unless the engine's draws, which are repeated until they fall in range, will come to an end."""
    mass = value.mass(low, value.high)
    if mass < 0.01:
        raise ValueError(
            f"{name} must fall between {low:g} and {value.high:g} in 1 % of its draws, got {mass:.2g}: {value}"
        )


def _from_sparse(matrix: Any, weight: Any, n_pre: int, n_post: int) -> tuple[Pairs, np.ndarray]:
    """Read a post × pre matrix as pairs and weights."""
    import scipy.sparse

    if not scipy.sparse.issparse(matrix):
        raise TypeError(
            f"rule must be a connection rule such as {Bernoulli.__name__}(0.1), Pairs(pre, post) or a scipy.sparse "
            f"array, got {type(matrix).__name__}"
        )
    if weight is not None:
        raise ValueError("weight must not be given with a sparse array, whose entries are the weights")
    if matrix.shape != (n_post, n_pre):
        raise ValueError(f"rule must have shape (post, pre) = ({n_post}, {n_pre}), got {matrix.shape}")
    entries = scipy.sparse.coo_array(matrix)
    return Pairs(entries.col, entries.row), checks.array("entries of rule", entries.data, low=-_LARGEST, high=_LARGEST)


def _chosen(neurons: Any, n: int, name: str) -> np.ndarray:
    """Return the chosen indices, in the order asked for."""
    if isinstance(neurons, slice):
        return np.arange(n)[neurons].astype(np.uint32)
    chosen = np.atleast_1d(np.asarray(neurons))
    if chosen.dtype == bool and chosen.shape == (n,):
        chosen = np.flatnonzero(chosen)
    if chosen.ndim != 1 or (chosen.size and chosen.dtype.kind not in "iu"):
        raise TypeError(f"{name} must be a slice, an integer or an array of integers, got {neurons!r}")
    if chosen.size and (chosen.min() < 0 or chosen.max() >= n):
        bad = chosen.min() if chosen.min() < 0 else chosen.max()
        raise ValueError(f"{name} must lie between 0 and {n - 1}, got {bad}")
    return chosen.astype(np.uint32)
