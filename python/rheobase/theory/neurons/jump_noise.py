"""The exact rate of a leaky integrate-and-fire neuron whose potential jumps at every spike that it receives.

Between spikes V decays, τ_m V' = −(V − E_L) + I_0; spikes come as Poisson processes and make it jump by sizes that are
exponentially distributed (Richardson & Swarbrick, Phys Rev Lett 105, 178102, 2010). No diffusion is assumed: jumps may
be as large as the distance to threshold. With x the distance to the resting potential E_L + I_0, the balance of e^{sx}
is a differential equation of first order in s, whose solution must be finite at s = 1/a_e. Where I_0 alone carries the
neuron over threshold it must decay at s = ∞ as well, which tells how many spikes are not made by a jump.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.dynamics import finite_differences
from rheobase.models.neurons import Neuron
from rheobase.theory.membranes import inputs, parameters_of
from rheobase.units import PER_MS

#: Points with which integrands are searched for and integrated, and how far below their maximum, in e-folds, they end.
_SEARCHED, _SUMMED, _DEPTH = 800, 1500, 40.0

#: Inputs that are integrated together.
_TOGETHER = 200

#: Smallest jump next to the s.d. of the free potential: smaller ones do the same.
_SMALLEST = 1e-3

#: Largest rate of jumps, Hz, and jump, mV: their squares can still be computed.
_MAX = 1e60

#: Logarithm of an integrand, from the logarithm of the variable of integration.
_Logarithm = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class JumpNoise:
    """f–I curve of a leaky integrate-and-fire neuron in shot noise whose jumps are exponentially distributed.

    With x_θ and x_r threshold and reset above the resting potential, R and a the rates and mean sizes of jumps, the
    mean interval is, for x_θ > 0,
    t_ref + τ_m ∫_0^{1/a_e} (1 − s a_e)^{τ_m R_e} (1 + s a_i)^{τ_m R_i} [e^{s x_θ}/(1 − s a_e) − e^{s x_r}] ds/s.
    `Siegert` is the limit of many small jumps.

    Attributes
    ----------
    neuron : Neuron
        ``rb.LIF``, whose parameters are averaged over neurons.
    rate_e, jump_e : float
        Rate of all excitatory spikes together, Hz, and their mean jump, mV, above 0 where there are spikes.
    rate_i, jump_i : float
        Those of inhibition, whose jumps go down: the size, mV.

    Raises
    ------
    ValueError, TypeError
        If the neuron is of another model, or a rate or jump is out of range.

    Examples
    --------
    >>> f = JumpNoise(rb.LIF(tau_m=20), rate_e=400.0, jump_e=2.0, rate_i=100.0, jump_i=3.0)
    >>> f([10.0, 15.0]).round(2)
    array([11.92, 20.1 ])
    """

    neuron: Neuron
    rate_e: float = 0.0
    jump_e: float = 0.0
    rate_i: float = 0.0
    jump_i: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "_parameters", _leaky_parameters(self.neuron))
        for rate, jump in (("rate_e", "jump_e"), ("rate_i", "jump_i")):
            checks.field(self, rate, low=0, high=_MAX)
            checks.field(self, jump, low=0, high=_MAX, unit="mV")
            if getattr(self, rate) > 0 and not getattr(self, jump) > 0:
                raise ValueError(f"{jump} must be > 0 mV where {rate} is, got {getattr(self, jump):g}")

    @classmethod
    def matching(cls, neuron: Neuron, rates: npt.ArrayLike, squares: npt.ArrayLike, cubes: npt.ArrayLike) -> JumpNoise:
        """Return the curve in jumps of any sizes: excitation and inhibition keep their second and third cumulants.

        So does the mean distance by which jumps overshoot a far threshold, which is what shot noise changes first:
        jumps of one size w become such of the mean w/3, 4.5 times as often.

        Parameters
        ----------
        neuron : Neuron
            ``rb.LIF``.
        rates : array_like, shape (n,)
            Rates of n kinds of spikes, Hz.
        squares, cubes : array_like, shape (n,)
            Means of the squared and cubed jumps of each kind, mV² and mV³; cubes below 0 are inhibitory.

        Returns
        -------
        JumpNoise

        Examples
        --------
        >>> f = JumpNoise.matching(rb.LIF(), [100.0], [9.0], [27.0])
        >>> f.rate_e, f.jump_e
        (450.0, 1.0)
        """
        r = checks.reals("rates", rates, shape=(None,), low=0, high=_MAX)
        two = checks.reals("squares", squares, shape=(len(r),), low=0, high=_MAX)
        three = checks.reals("cubes", cubes, shape=(len(r),), low=-_MAX, high=_MAX)
        variance = PER_MS * float(r @ two) * _leaky_parameters(neuron)["tau_m"] / 2
        given: list[float] = []
        for chosen in (three >= 0, three < 0):
            second, third = float(r[chosen] @ two[chosen]), abs(float(r[chosen] @ three[chosen]))
            if second == 0:
                given += [0.0, 0.0]
                continue
            jump = max(third / (3 * second), _SMALLEST * float(np.sqrt(variance)))
            given += [second / (2 * jump**2), jump]
        return cls(neuron, *given)

    @property
    def sigma(self) -> float:
        """s.d. of the free membrane potential, mV."""
        power = self.rate_e * self.jump_e**2 + self.rate_i * self.jump_i**2
        return float(np.sqrt(PER_MS * self._of["tau_m"] * power))

    def __call__(self, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
        """Return the rate, Hz, at mean input `I`, mV, that of the jumps included."""
        mean = inputs(I)
        parts = [self._rates(mean.flat[k : k + _TOGETHER]) for k in range(0, mean.size, _TOGETHER)]
        return np.concatenate([np.empty(0), *parts]).reshape(mean.shape)

    def derivative(self, I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
        """Return the gain dr/dI, Hz/mV, where the rates of the jumps stay."""
        mean = inputs(I)
        h = 1e-3 * max(self.sigma, 1e-3)
        return np.asarray(finite_differences.slope((self(mean + k * h) for k in finite_differences.STEPS), h))

    @property
    def _of(self) -> dict[str, float]:
        return self.__dict__["_parameters"]

    def _rates(self, mean: np.ndarray) -> np.ndarray:
        """Return the rates, Hz, at mean inputs, mV, shape (n,)."""
        p = self._of
        tau = p["tau_m"]
        rest = p["E_L"] + mean - PER_MS * tau * (self.rate_e * self.jump_e - self.rate_i * self.jump_i)
        threshold, reset = (p["V_th"] - rest)[:, None], (p["V_re"] - rest)[:, None]
        carried = threshold[:, 0] < 0
        if self.rate_e == 0:
            interval = np.full(len(mean), np.inf)
            interval[carried] = np.exp(np.minimum(self._without_excitation(threshold[carried], reset[carried]), 600.0))
        else:
            log = np.minimum(self._by_jumps(threshold, reset), 600.0)
            interval = np.exp(log)
            if carried.any():
                interval[carried] -= self._carried(threshold[carried], reset[carried])
        return np.asarray(1 / (PER_MS * (p["t_ref"] + tau * interval)))

    def _by_jumps(self, threshold: np.ndarray, reset: np.ndarray) -> np.ndarray:
        """Return the logarithm of the integral up to 1/a_e; the variable is −log(1 − s a_e), which removes its pole."""
        often, a = self._often[0], self.jump_e

        def integrand(log_t: np.ndarray) -> np.ndarray:
            t = np.exp(log_t)
            s = -np.expm1(-t) / a
            more = s * (threshold - reset) + t
            # e^{s x_r} (e^more − 1), where the exponents may be large.
            both = s * reset + more + np.log(-np.expm1(-more))
            return -(often + 1) * t + self._inhibition(s) + both - np.log(a * s) + log_t

        return _log_integral(integrand, *self._range(threshold, reset))

    def _carried(self, threshold: np.ndarray, reset: np.ndarray) -> np.ndarray:
        """Return what spikes without a jump take from the integral, where the input alone makes the neuron fire."""
        often, a = self._often[0], self.jump_e

        def below(log_t: np.ndarray) -> np.ndarray:
            t = np.exp(log_t)
            s = -np.expm1(-t) / a
            return -often * t + self._inhibition(s) + s * threshold + log_t

        # Beyond the pole s = (1 + e^q)/a_e, where q = u − e^{−u} makes the integrands end on both sides.
        def beyond(u: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
            q = u - np.exp(-u)
            s = (1 + np.exp(q)) / a
            return q, s, often * q + self._inhibition(s) + s * threshold + np.log1p(np.exp(-u))

        def all_of_them(u: np.ndarray) -> np.ndarray:
            return beyond(u)[2]

        def jumping(u: np.ndarray) -> np.ndarray:
            q, s, log = beyond(u)
            return log - np.log(a * s) + np.logaddexp(0.0, q - s * (threshold - reset))

        low = np.full_like(threshold, -np.log(1e3 + 100 / often))
        high = np.log(a * (200 + 40 * sum(self._often)) / -threshold + 2)
        part = np.exp(_log_integral(jumping, low, high) - _log_integral(all_of_them, low, high))
        return np.asarray(part * np.exp(_log_integral(below, *self._range(threshold, reset))))

    def _without_excitation(self, threshold: np.ndarray, reset: np.ndarray) -> np.ndarray:
        """Return the logarithm of the integral, whose variable is s, where the resting potential is above threshold."""

        def integrand(log_s: np.ndarray) -> np.ndarray:
            s = np.exp(log_s)
            return self._inhibition(s) + s * threshold + np.log(-np.expm1(-s * (threshold - reset)))

        far = np.log((200 + 40 * self._often[1]) / -threshold)
        return _log_integral(integrand, np.log(1e-18 / (threshold - reset)), far)

    def _inhibition(self, s: np.ndarray) -> np.ndarray:
        return self._often[1] * np.log1p(s * self.jump_i)

    def _range(self, threshold: np.ndarray, reset: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return between which log t the integrand up to the pole lies."""
        scale = np.abs(threshold) + np.abs(reset) + self.sigma + self.jump_e
        return np.log(1e-18 * self.jump_e / scale), np.full_like(threshold, np.log(1e3 + 100 / self._often[0]))

    @property
    def _often(self) -> tuple[float, float]:
        """Excitatory and inhibitory spikes in a membrane time constant."""
        return PER_MS * self._of["tau_m"] * self.rate_e, PER_MS * self._of["tau_m"] * self.rate_i


def _leaky_parameters(neuron: Neuron) -> dict[str, float]:
    """Return the parameters of a leaky neuron, averaged over neurons, or raise if it is of another model."""
    if not isinstance(neuron, Neuron) or neuron.model.name != "LIF":
        raise TypeError(f"neuron must be an rb.LIF for the theory of jumps, got {neuron!r}")
    return parameters_of(neuron)


def _log_integral(log_of: _Logarithm, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return the logarithms of the integrals of integrands, shape (n, points), that end within the bounds, (n, 1)."""
    u = low + (high - low) * np.linspace(0, 1, _SEARCHED)
    found = log_of(u)
    counts = found > found.max(axis=1, keepdims=True) - _DEPTH
    first = np.maximum(np.argmax(counts, axis=1) - 1, 0)
    last = np.minimum(_SEARCHED - np.argmax(counts[:, ::-1], axis=1), _SEARCHED - 1)
    row = np.arange(len(u))
    start, stop = u[row, first][:, None], u[row, last][:, None]
    found = log_of(start + (stop - start) * np.linspace(0, 1, _SUMMED))
    top = found.max(axis=1, keepdims=True)
    step = (stop - start)[:, 0] / (_SUMMED - 1)
    return np.asarray(top[:, 0] + np.log(np.exp(found - top).sum(axis=1) * step))
