"""When a spiking network begins to oscillate: the linear stability of its asynchronous state.

A small modulation of population k's rate at frequency f passes delay and synapse and modulates the input of j, whose
neurons answer with their linear response A_j(f) (Brunel & Hakim 1999; Richardson 2007). The loop closes where
det(1 − A(f) W S(f)) = 0: the Hopf bifurcation of the spiking network itself, with no time constants put in by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

import numpy as np
import numpy.typing as npt
from scipy.optimize import root

from rheobase import checks
from rheobase.models.circuit import Circuit, HasCircuit
from rheobase.models.sources import Poisson
from rheobase.models.values import Brief
from rheobase.progress import Search
from rheobase.theory.fluctuations.count_statistics import CountStatistics, binned, lags_and_width, statistics
from rheobase.theory.fluctuations.count_statistics import frequencies as summed_frequencies
from rheobase.theory.fluctuations.linear_response import LinearResponse, linear_response
from rheobase.theory.fluctuations.network_modes import NetworkModes, modes
from rheobase.theory.inputs.afferents import Afferent
from rheobase.theory.inputs.paths import delayed, share_of_noise, to_current
from rheobase.theory.inputs.short_term import check_steady
from rheobase.theory.mean_fields.conductance_field import field_of
from rheobase.theory.mean_fields.own_spectra import LARGEST_PASSED, carried_on, settled
from rheobase.theory.mean_fields.self_consistent import NeuronKind, SelfConsistentField, kinds_of, twins_of
from rheobase.units import PER_MS

#: Frequency (Hz) up to which the loop is asked for: nothing passes it beyond.
_MAX_FREQUENCY = 1e6

#: How often the noise of a spike train is followed through all neurons: less than 1e-4 of it is left then, for where
#: more than `LARGEST_PASSED` comes back it is not followed.
_ROUNDS = 200

#: Rate, Hz, of populations that are silent.
_SILENT = 1e-6

#: By population, kinds of its neurons with their responses and their spectra.
Answers = dict[str, tuple[tuple[NeuronKind, LinearResponse], ...]]


@dataclass(frozen=True, eq=False)
class AsynchronousState:
    """The stationary state of a spiking network, and how it answers small modulations.

    Neurons receive Poisson processes from each other, with which the onset of oscillations lies where spikes have it.
    Those of a population are taken to be alike: what makes them differ, such as numbers of inputs drawn by chance, is
    left out unless `alike` is False, also of the `rates`. Neurons answer with the responses of `ColouredNoise`, of
    delta synapses with those of `ThresholdIntegration`, to modulations of the mean input and of the intensity of the
    noise. Where synapses are conductances, of at most two kinds that decay exponentially, the rates of the senders
    modulate the spikes that open them, and so mean, noise and effective time constant at once.

    Attributes
    ----------
    network : Network or Circuit
        As for `self_consistent_rates`.
    x0 : array_like, shape (n,), optional
        Rates to look for the stationary state from, Hz.
    alike : bool
        Take neurons of a population to be alike. Default: True. Else some kinds stand for those that differ, as for
        `self_consistent_rates`, each with its answers, of which the populations have the means: so many times as slow.
    white : bool
        Take the noise as white, and answers to the mean input alone: of leaky neurons with threshold and reset shifted
        where synapses filter (Schuecker et al. 2015). Default: False.
    progress : bool
        Count the steps of calls that take more than a second: looks at the rate equations, and answers of populations
        at some frequencies. Default: False.

    Raises
    ------
    ValueError
        As `self_consistent_rates`.

    Examples
    --------
    >>> AsynchronousState(rb.circuits.cortex(2000, tau_e=4, tau_i=4)).unstable_modes()
    0
    """

    network: Circuit | HasCircuit
    x0: npt.ArrayLike | None = None
    alike: bool = True
    white: bool = False
    progress: bool = False

    def __post_init__(self) -> None:
        checks.flag("progress", self.progress)

    @cached_property
    def field(self) -> SelfConsistentField:
        """The rate equations of the network."""
        field = field_of(self.network, alike=self.alike, white=self.white)
        check_steady(Circuit.of(self.network), "answers to fluctuations")
        return replace(field, watch=self._advance)

    @cached_property
    def rates(self) -> np.ndarray:
        """Self-consistent rates, Hz, shape (n,)."""
        return self._state[: len(self.field.names)]

    @cached_property
    def _state(self) -> np.ndarray:
        with self._counted("rates"):
            return self.field.solve(self.x0)

    @contextmanager
    def _counted(self, description: str) -> Iterator[None]:
        """Count the steps of a call, with those of the calls that it makes."""
        if "_search" in self.__dict__:
            yield
            return
        with Search(description, self.progress) as search:
            self.__dict__["_search"] = search
            try:
                yield
            finally:
                del self.__dict__["_search"]

    def _advance(self) -> None:
        """Count one more step of the call, if one is counted."""
        if "_search" in self.__dict__:
            self.__dict__["_search"].advance()

    def loop(self, frequencies: npt.ArrayLike) -> np.ndarray:
        """Return A(f) W S(f) + B(f) Q D(f): how a modulation of the rates comes back after one turn.

        A and B are the responses to mean and noise, W the weights, S synapses with delays, D delays alone and Q the
        part of the noise that each population makes, next to its rate.

        Parameters
        ----------
        frequencies : array_like, shape (K,)
            Hz.

        Returns
        -------
        ndarray of complex, shape (K, n, n)
            ``[:, j, k]``: of population k to j; at 0 Hz the slopes of the self-consistent rates.
        """
        hertz = _checked(frequencies)
        with self._counted("responses"):
            return self._turn(hertz, self.field.names, _answers(self.field, self._state, hertz))

    def spectra(self, frequencies: npt.ArrayLike) -> np.ndarray:
        """Return power and cross spectra of the population rates, with what finite numbers of neurons fluctuate.

        Neurons fire with the power spectra C of their own, in the noise that neurons of these spectra make; the
        network carries these fluctuations, and those of sources that neurons share, round: S = R (C/N + X r_x/N_x X*)
        R* with R = 1/(1 − L), L the `loop`, and X the same for sources (Lindner et al. 2005; Trousdale et al. 2012).

        This is linear, and of first order in 1/N: it holds where rates fluctuate little next to their means. Near the
        onset of a rhythm those of small networks do not, and fluctuate more than this says, the more the smaller they
        are: in 1000 neurons of the textbook's network with twice its variance, where a rhythm decays in 36 ms and the
        rate is to have an s.d. of 0.7 of its mean; in 4000, where it is 0.4 of it, with that of theory.

        Parameters
        ----------
        frequencies : array_like, shape (K,)
            Hz; at 0 the limit.

        Returns
        -------
        ndarray of complex, shape (K, n, n)
            Of the rates per neuron, Hz: N times that of N independent Poisson neurons is their rate. Two-sided: the
            variance of a rate is the integral over negative and positive frequencies.

        Examples
        --------
        >>> steady = AsynchronousState(rb.circuits.cortex(2000))
        >>> steady.spectra([10.0, 50.0]).shape
        (2, 2, 2)
        """
        hertz = _checked(frequencies)
        with self._counted("spectra"):
            return self._spectra(hertz)[0]

    def covariances(self, lags: npt.ArrayLike, bin_width: float = 1.0) -> np.ndarray:
        """Return auto- and cross-covariances of the population rates in bins: the inverse transform of the `spectra`.

        They hold where the `spectra` do.

        Parameters
        ----------
        lags : array_like, shape (L,)
            ms.
        bin_width : float, default 1
            Width of the bins, ms: rates are counts in bins over N and this width.

        Returns
        -------
        ndarray, shape (L, n, n)
            ``[:, j, k]``: of the rate of population j a lag after that of k, Hz²: ∫ S_jk(f) sinc²(f Δ) exp(2πi f τ) df.

        Examples
        --------
        >>> AsynchronousState(rb.circuits.cortex(2000)).covariances([0.0, 5.0]).shape
        (2, 2, 2)
        """
        at, width = lags_and_width(lags, bin_width)
        hertz = summed_frequencies("lags and bin_width", at, width, len(self.field.names))
        with self._counted("covariances"):
            return binned(hertz, self._spectra(hertz)[0], np.diag(self.rates / self._sizes), at, width)

    def count_statistics(self, window: float) -> CountStatistics:
        """Return variances, covariances and correlations of the spike counts of neurons and populations in a window.

        The `spectra` give those of populations. What the neurons' own spectra, over N, leave of them comes from pairs
        of different neurons: c_jk = T² ∫ (S_jk − δ_jk C_j/N_j) sinc²(f T) df / (1 − δ_jk/N_j).

        The variances of single neurons are those in the noise that the spectra of neurons make, as
        `self_consistent_rates` has it but for correlations: neurons with slow synapses fire in bursts at high rates.

        Parameters
        ----------
        window : float
            Its width T, ms.

        Returns
        -------
        CountStatistics

        Raises
        ------
        ValueError
            If spectra and noise of the neurons do not settle.

        Examples
        --------
        >>> for n in (1000, 2000):  # noise correlations against the size of the network
        ...     correlations = AsynchronousState(rb.circuits.cortex(n)).count_statistics(100.0).correlations
        """
        window = checks.number("window", window, above=0, high=1e9, unit="ms")
        at = np.zeros(1)
        hertz = summed_frequencies("window", at, window, len(self.field.names))
        with self._counted("spike counts"):
            spectra, own = self._spectra(hertz)
            field, u = settled(self.field, self._state, correlated=False)
            in_own_noise = self._with_bursts(field, u, hertz)
        rates = u[: len(self.rates)]
        means = binned(hertz, spectra, np.diag(self.rates / self._sizes), at, window)[0]
        held = binned(hertz, own, self.rates, at, window)[0]
        neurons = binned(hertz, in_own_noise, rates, at, window)[0]
        neurons *= np.divide(self.rates, rates, out=np.ones_like(rates), where=rates > 0)
        return statistics(self.field.names, window, self.rates, self._sizes, means, held, neurons)

    def transfer(self, frequencies: npt.ArrayLike, source: str | None = None) -> np.ndarray:
        """Return how the population rates follow a modulated input: R A or, for a source, R X, with R = 1/(1 − L).

        Parameters
        ----------
        frequencies : array_like, shape (K,)
            Hz.
        source : str, optional
            A population of Poisson processes whose rate is modulated. Default: the mean input of each population.

        Returns
        -------
        ndarray of complex, shape (K, n, n), or (K, n) for a source
            ``[:, j, k]``: of the rate of j to the input of k, Hz/mV, of the effective leak where synapses are
            conductances; ``[:, j]``: to the rate of the source, Hz/Hz.

        Raises
        ------
        ValueError
            If there is no such source.

        Examples
        --------
        >>> steady = AsynchronousState(rb.circuits.cortex(2000))
        >>> steady.transfer([10.0, 50.0], "x").shape
        (2, 2)
        """
        hertz = _checked(frequencies)
        shared = self._shared
        if source is not None:
            source = checks.choice("source", source, tuple(shared))
        with self._counted("responses"):
            answers = _answers(self.field, self._state, hertz)
        passed = self._passed(self._turn(hertz, self.field.names, answers))
        if source is not None:
            return np.asarray((passed @ self._turn(hertz, (source,), answers))[:, :, 0])
        to_mean = np.stack([_to_mean(answers[name]) for name in self.field.names], axis=-1)
        return np.asarray(passed * to_mean[:, None, :])

    def modes(self) -> NetworkModes:
        """Return the modes in which the network relaxes, with their time constants: zeros of det(1 − L(s)).

        The `determinant` is found from 1 to 1000 Hz and continued to complex frequencies by rational functions (the
        AAA algorithm). Modes that two accuracies place within 2 % of each other count: those near the imaginary axis,
        which decay slowly.

        Returns
        -------
        NetworkModes

        Examples
        --------
        >>> slow = AsynchronousState(rb.circuits.cortex(2000, tau_e=4, tau_i=4)).modes()
        >>> slow.time_constants.round(), slow.frequencies.round()  # ms, Hz
        (array([26.]), array([58.]))
        """
        hertz = np.geomspace(1.0, 1000.0, 30)
        return modes(hertz, self.determinant(hertz))

    @cached_property
    def _sizes(self) -> np.ndarray:
        circuit = Circuit.of(self.network)
        return np.array([float(circuit[name].n) for name in self.field.names])

    @cached_property
    def _shared(self) -> dict[str, int]:
        """Return sizes of the sources that neurons share."""
        return {p.name: p.n for p in Circuit.of(self.network).populations if isinstance(p.model, Poisson)}

    def _spectra(self, hertz: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the spectra of the population rates, (K, n, n), and of neurons in the noise they make, (K, n)."""
        names, shared = self.field.names, self._shared
        answers = _answers(self.field, self._state, hertz)
        own = self._in_their_noise(hertz, answers)
        brought = self._turn(hertz, tuple(shared), answers)
        noise = np.array([self.field.sources[name][0] / n for name, n in shared.items()])
        made = brought * noise @ np.conj(brought).swapaxes(1, 2)
        made += (own / self._sizes)[:, :, None] * np.eye(len(names))
        passed = self._passed(self._turn(hertz, names, answers))
        return np.asarray(passed @ made @ np.conj(passed).swapaxes(1, 2)), own

    @staticmethod
    def _passed(loop: np.ndarray) -> np.ndarray:
        """Return 1/(1 − L): what goes round and round."""
        return np.asarray(np.linalg.inv(np.eye(loop.shape[-1]) - loop))

    def _in_their_noise(self, hertz: np.ndarray, answers: Answers) -> np.ndarray:
        """Return the spectra of neurons, (K, n), in the noise that neurons of these spectra make for each other.

        They are known in the noise of Poisson processes, S'. What a sender's spectrum C lacks of its rate r is missing
        from the noise, and passes a neuron linearly: C = S' − Σ abs(L)²/K max(r − C, 0), over its K inputs of each
        kind, L the loop. Bursts, which have more than their rate, do not add up linearly, and are left out; so is all
        of it where it does not settle.
        """
        names, own = self.field.names, _own(answers)
        passed = np.zeros((len(hertz), len(names), len(names)))
        for post, a, turns in self._turns(hertz, answers):
            if a.pre in names:
                passed[:, post, names.index(a.pre)] += _power_passed(turns, a)
        settles = np.abs(np.linalg.eigvals(passed)).max(axis=1) < LARGEST_PASSED
        passed[~settles] = 0.0
        found = own
        for _ in range(_ROUNDS):
            found = own - np.einsum("fjk,fk->fj", passed, np.maximum(self.rates - found, 0.0))
        return np.where(found > 0, found, own)

    def _with_bursts(self, field: SelfConsistentField, u: np.ndarray, hertz: np.ndarray) -> np.ndarray:
        """Return the spectra of neurons, (K, n), in the settled noise of a field, with what conductances pass on."""
        answers, rates = _answers(field, u, hertz), u[: len(field.names)]
        own, next_to = _own(answers), np.maximum(rates, _SILENT)
        if field.bursts is None:
            return own
        passed, brought = np.zeros((len(hertz), len(rates), len(rates))), np.zeros((len(hertz), len(rates)))
        for (post, a, turns), burst in zip(self._turns(hertz, answers), chain.from_iterable(field.bursts), strict=True):
            if a.pre in field.names and a.n > 0:
                pre = field.names.index(a.pre)
                gain = _power_passed(turns, a) * next_to[pre] / next_to[post]
                passed[:, post, pre] += gain
                brought[:, post] += gain * burst
        return next_to * carried_on(own / next_to, passed, brought)

    def _turn(self, hertz: np.ndarray, senders: tuple[str, ...], answers: Answers) -> np.ndarray:
        """Return how modulations of the rates of senders move those of the populations, shape (K, n, senders)."""
        turn = np.zeros((len(hertz), len(self.field.names), len(senders)), dtype=complex)
        omega = 2 * np.pi * PER_MS * hertz
        for post, a, turns in self._turns(hertz, answers):
            if a.pre in senders:
                turn[:, post, senders.index(a.pre)] += _mean(turns) * delayed(a, omega)
        return turn

    def _turns(
        self, hertz: np.ndarray, answers: Answers
    ) -> Iterator[tuple[int, Afferent, list[tuple[NeuronKind, np.ndarray]]]]:
        """Yield population, afferent, and answers of its kinds to the senders' rates but for delays, shape (K,)."""
        omega = 2 * np.pi * PER_MS * hertz
        for post, (name, arriving) in enumerate(zip(self.field.names, self.field.afferents, strict=True)):
            for which, a in enumerate(arriving):
                yield post, a, [(kind, _at_once(kind, answer, which, omega)) for kind, answer in answers[name]]

    def determinant(self, frequencies: npt.ArrayLike) -> np.ndarray:
        """Return det(1 − L) of the `loop` at frequencies in Hz, shape (K,); it is 0 where an oscillation sets in."""
        loop = self.loop(frequencies)
        return np.linalg.det(np.eye(loop.shape[-1]) - loop)

    def resonance(self, frequencies: npt.ArrayLike | None = None) -> float:
        """Return the frequency, Hz, at which the determinant is smallest: that of the damped rhythm in the noise."""
        f = _frequencies(frequencies)
        return float(f[np.argmin(np.abs(self.determinant(f)))])

    def unstable_modes(self, frequencies: npt.ArrayLike | None = None) -> int:
        """Return the number of growing modes, by Nyquist's criterion: how often the determinant winds around zero.

        Parameters
        ----------
        frequencies : array_like, shape (K,), optional
            Increasing, Hz, from almost 0 to where the loop has died away. Default: 0.1 to 2000 Hz, 400 of them.

        Returns
        -------
        int
            0 if the asynchronous state is stable; an oscillation that grows counts as 2.
        """
        phase = np.unwrap(np.angle(self.determinant(_frequencies(frequencies))))
        return max(0, -round(float(phase[-1] - phase[0]) / np.pi))


@dataclass(frozen=True, eq=False, repr=False)
class Onset(Brief):
    """Where the asynchronous state loses its stability: parameter, frequency (Hz) and rates there (Hz)."""

    parameter: float
    frequency: float
    rates: np.ndarray


def oscillation_onset(
    family: Callable[[float], Circuit | HasCircuit], bracket: tuple[float, float], *, progress: bool = False
) -> Onset:
    """Return the parameter at which a spiking network begins to oscillate, by Newton's method on the determinant.

    Parameters
    ----------
    family : callable
        From the parameter to the network.
    bracket : tuple of two floats
        Range to look in.
    progress : bool, default False
        Count the steps of the search where it takes more than a second.

    Returns
    -------
    Onset

    Raises
    ------
    ValueError
        If no onset is found between the two.

    Examples
    --------
    >>> slower = lambda tau_i: rb.circuits.cortex(2000, tau_e=4, tau_i=tau_i)
    >>> round(oscillation_onset(slower, (4, 8)).parameter, 1)  # ms
    5.2
    """
    family = checks.function("family", family)
    low, high = checks.reals("bracket", bracket, shape=(2,)).tolist()
    if not low < high:
        raise ValueError(f"bracket must be (low, high) with low < high, got {bracket}")
    scan = np.linspace(low, high, 5)
    f = np.geomspace(1.0, 500.0, 25)
    rates = None

    def determinant(p: float, hertz: np.ndarray) -> np.ndarray:
        nonlocal rates
        state = AsynchronousState(family(float(p)), rates)
        rates = state.rates
        found = state.determinant(hertz)
        search.advance()
        return found

    def conditions(x: np.ndarray) -> list[float]:
        D = complex(determinant(x[0], np.exp(x[1:]))[0])
        return [D.real, D.imag]

    with Search("onset", progress) as search:
        sizes = np.array([np.abs(determinant(p, f)) for p in scan])
        nearest = np.unravel_index(np.argmin(sizes), sizes.shape)
        found = root(conditions, [scan[nearest[0]], np.log(f[nearest[1]])], tol=1e-7)
    p, hertz = float(found.x[0]), float(np.exp(found.x[1]))
    if np.abs(found.fun).max() > 1e-4 or not low <= p <= high:
        raise ValueError(f"bracket must hold an onset of oscillations, but none was found between {low:g} and {high:g}")
    return Onset(p, hertz, AsynchronousState(family(p), rates).rates)


def _answers(field: SelfConsistentField, u: np.ndarray, hertz: np.ndarray) -> Answers:
    """Return responses and spectra of the kinds of neurons of each population in a state."""
    answers: Answers = {}
    for k, (name, twin) in enumerate(zip(field.names, twins_of(field), strict=True)):
        if twin < k:
            answers[name] = answers[field.names[twin]]
            continue
        kinds = kinds_of(field, k, u)
        answers[name] = tuple((kind, linear_response(kind.field, k, u, kind.mean, hertz)) for kind in kinds)
    return answers


def _mean(found: Sequence[tuple[NeuronKind, np.ndarray]]) -> np.ndarray:
    """Return the mean over kinds of neurons of what is found of each."""
    return np.asarray(sum(kind.weight * of_one for kind, of_one in found))


def _at_once(kind: NeuronKind, answer: LinearResponse, which: int, omega: np.ndarray) -> np.ndarray:
    """Return how neurons of a kind answer the rates of the senders of one afferent, but for delays."""
    if answer.to_spikes is not None:
        return np.asarray(answer.to_spikes[which])
    a, tau_m = kind.field.afferents[kind.k][which], float(kind.field.tau[kind.k])
    return answer.to_mean * to_current(a, omega) + answer.to_noise * share_of_noise(a, tau_m, kind.std)


def _to_mean(found: tuple[tuple[NeuronKind, LinearResponse], ...]) -> np.ndarray:
    """Return the mean answer of a population to one input for all, of the effective leak that they have together."""
    leak = 1 / sum(kind.weight / kind.leak for kind, _ in found)
    return _mean([(kind, answer.to_mean * leak / kind.leak) for kind, answer in found])


def _power_passed(turns: Sequence[tuple[NeuronKind, np.ndarray]], a: Afferent) -> np.ndarray:
    """Return the power of neurons per power of one sender, from how modulations of all senders move them, (K,)."""
    unlike = a.moment(2) / a.weight**2 if a.weight != 0 else 1.0
    return unlike / a.n * _mean([(kind, np.abs(turn) ** 2) for kind, turn in turns])


def _own(answers: Answers) -> np.ndarray:
    """Return the power spectra of neurons in independent noise, Hz, shape (K, n)."""
    spectra = [_mean([(kind, answer.spectrum) for kind, answer in found]) for found in answers.values()]
    return np.stack(spectra, axis=-1)


def _checked(frequencies: npt.ArrayLike) -> np.ndarray:
    hertz = np.atleast_1d(checks.reals("frequencies", frequencies, low=-_MAX_FREQUENCY, high=_MAX_FREQUENCY))
    if hertz.ndim != 1:
        raise ValueError(f"frequencies must be a number or have shape (any,), got shape {hertz.shape}")
    return hertz


def _frequencies(frequencies: npt.ArrayLike | None) -> np.ndarray:
    if frequencies is None:
        return np.geomspace(0.1, 2000.0, 400)
    f = checks.array("frequencies", frequencies, shape=(None,), above=0)
    if len(f) < 2 or (np.diff(f) <= 0).any():
        raise ValueError("frequencies must increase and be at least two")
    return f
