"""One-variable neurons as the theory sees them: a drift, a threshold and a reset."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.models.distributions import Distribution, Value
from rheobase.models.equations import EquationSynapse
from rheobase.models.neurons import Neuron
from rheobase.models.synapses import Synapse

#: Largest input or fluctuation (mV): squares of what is so large can still be computed.
_MAX_POTENTIAL = 1e100

#: Where the lowest potential is looked for: distances from the reset, next to the longest.
_BELOW = np.linspace(0.0, 1.0, 400)[1:]

#: Elementwise function of the membrane potential, mV.
Drift = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Membrane:
    """An integrate-and-fire neuron τ_m V' = F(V) + I, which spikes at V_th and starts again from V_re after t_ref.

    Parameters
    ----------
    drift : callable
        F, elementwise, mV to mV, the leak included: −(V − E_L) for the leaky neuron.
    tau_m : float
        Membrane time constant, ms.
    V_th, V_re : float
        Threshold and reset, mV.
    t_ref : float
        Refractory period, ms.
    slowest : float, optional
        Where F has its minimum, if that lies inside: the potential at which the neuron lingers. Default: none.

    Raises
    ------
    ValueError, TypeError
        If the reset is not below the threshold, or a time is not positive.

    Examples
    --------
    >>> cubic = Membrane(lambda V: -V + V**3 / 3, tau_m=10.0, V_th=20.0, V_re=-1.0)
    """

    drift: Drift
    tau_m: float
    V_th: float
    V_re: float
    t_ref: float = 0.0
    slowest: float | None = None

    def __post_init__(self) -> None:
        if not callable(self.drift):
            raise TypeError(f"drift must be a function of the membrane potential, got {self.drift!r}")
        checks.field(self, "tau_m", above=0)
        checks.field(self, "V_th")
        checks.field(self, "V_re", below=self.V_th)
        checks.field(self, "t_ref", low=0)

    @property
    def threshold_current(self) -> float:
        """Smallest steady input, mV, that makes the neuron fire again and again: −F where F is least (rheobase)."""
        slowest = self.V_th if self.slowest is None else self.slowest
        return -float(self.drift(np.asarray(slowest)))


def leaky(tau_m: float, E_L: float, V_th: float, V_re: float, t_ref: float = 0.0) -> Membrane:
    """Return the leaky integrate-and-fire neuron, F(V) = −(V − E_L).

    Examples
    --------
    >>> leaky(tau_m=10, E_L=-72, V_th=-55, V_re=-75).threshold_current
    17.0
    """
    E_L = checks.number("E_L", E_L)
    return Membrane(lambda V: E_L - V, tau_m, V_th, V_re, t_ref)


def exponential(
    tau_m: float, E_L: float, V_T: float, D: float, V_th: float, V_re: float, t_ref: float = 0.0
) -> Membrane:
    """Return the exponential integrate-and-fire neuron, F(V) = −(V − E_L) + D e^{(V − V_T)/D} (eq. 1.5).

    Examples
    --------
    >>> exponential(tau_m=15, E_L=-72, V_T=-55, D=2, V_th=5, V_re=-75).threshold_current
    15.0
    """
    E_L, V_T, V_th = checks.number("E_L", E_L), checks.number("V_T", V_T), checks.number("V_th", V_th)
    D = checks.number("D", D, above=0, unit="mV")
    # Beyond V_th the spike is made anyway, so the upstroke is followed no further (and cannot overflow).
    top = min(V_th, V_T + 500 * D)
    return Membrane(
        lambda V: E_L - V + D * np.exp((np.minimum(V, top) - V_T) / D), tau_m, V_th, V_re, t_ref, slowest=V_T
    )


def quadratic(tau_m: float, E_L: float, V_T: float, D: float, V_th: float, V_re: float, t_ref: float = 0.0) -> Membrane:
    """Return the quadratic integrate-and-fire neuron that matches the exponential one at V_T.

    F(V) = −(V_T − E_L − D) + (V − V_T)²/(2 D) (book B.3).

    Examples
    --------
    >>> quadratic(tau_m=15, E_L=-72, V_T=-55, D=2, V_th=5, V_re=-75).threshold_current
    15.0
    """
    E_L, V_T, D = checks.number("E_L", E_L), checks.number("V_T", V_T), checks.number("D", D, above=0, unit="mV")
    return Membrane(lambda V: E_L + D - V_T + (V - V_T) ** 2 / (2 * D), tau_m, V_th, V_re, t_ref, slowest=V_T)


#: From the name of a neuron model to its membrane; parameters of the same names.
MEMBRANES: dict[str, Callable[..., Membrane]] = {"LIF": leaky, "EIF": exponential, "QIF": quadratic}


def parameters_of(neuron: Neuron) -> dict[str, float]:
    """Return the parameters of a neuron model averaged over neurons, without `g_L`.

    Parameters
    ----------
    neuron : Neuron
        Such as ``rb.EIF()``.

    Returns
    -------
    dict of str to float

    Examples
    --------
    >>> parameters_of(rb.LIF(tau_m=20))["tau_m"]
    20.0
    """
    return {name: average(value) for name, value in neuron.parameters.items() if name != "g_L"}


def as_membrane(neuron: Neuron | Membrane) -> Membrane:
    """Return what the theory needs of a neuron.

    Parameters
    ----------
    neuron : Neuron or Membrane
        ``rb.LIF(...)``, ``rb.EIF(...)`` or ``rb.QIF(...)``, whose parameters are averaged over neurons, or any
        `Membrane`.

    Returns
    -------
    Membrane

    Raises
    ------
    TypeError, ValueError
        If the neuron is of another model.

    Examples
    --------
    >>> as_membrane(rb.EIF()).threshold_current
    15.0
    """
    if isinstance(neuron, Membrane):
        return neuron
    if not isinstance(neuron, Neuron):
        raise TypeError(f"neuron must be a neuron model such as rb.EIF() or a Membrane, got {neuron!r}")
    name = neuron.model.name
    if name not in MEMBRANES:
        raise ValueError(f"neuron must be one of {', '.join(MEMBRANES)} or a Membrane for this theory, got {name}")
    return MEMBRANES[name](**parameters_of(neuron))


def lowest_potential(membrane: Membrane, mean: float, sigma: float) -> float:
    """Return the potential, mV, below which no neuron goes at this mean input and s.d. of the free potential, mV.

    The density there is e^{−32} of that at the reset or at the lowest rest: the barrier is U/σ² = 32.
    """
    reset, reach = membrane.V_re, membrane.V_th - membrane.V_re
    below = _BELOW * (20 * max(sigma, 1e-3 * reach))
    while True:
        climb = np.cumsum(membrane.drift(reset - below) + mean) * (below[0] / sigma / sigma)
        climb -= np.minimum(np.minimum.accumulate(climb), 0.0)
        if climb[-1] > 32:
            return float(reset - below[np.argmax(climb > 32)])
        if below[-1] > 1e4 * (reach + sigma):
            raise ValueError(f"drift must push the neuron up far below its reset, but not with sigma = {sigma:g}")
        below = 2 * below


def average(value: Value) -> float:
    """Return the mean of a parameter: of a number, of one number per neuron, or of a distribution."""
    if isinstance(value, Distribution):
        return value.mean_value()
    values = np.asarray(value, dtype=float)
    if values.size == 0:
        raise ValueError("what is given one by one must have a value for a theory, got none: is a population empty?")
    return float(np.mean(values))


def variance_of(value: Value) -> float:
    """Return the variance of a parameter, such as of the weights or delays of a projection; 0 of no values at all."""
    if isinstance(value, Distribution):
        return value.variance()
    values = np.asarray(value, dtype=float)
    return float(values.var()) if values.size else 0.0


def differing(neuron: Neuron) -> tuple[str, ...]:
    """Return the names of the parameters, and of I_x, by which neurons of a population differ."""
    given = {**neuron.parameters, "I_x": neuron.I_x}
    return tuple(name for name, value in given.items() if variance_of(value) > 0)


def inputs(I: npt.ArrayLike) -> np.ndarray:  # noqa: E741
    """Return mean inputs, mV, checked."""
    return checks.reals("I", I, unit="mV", low=-_MAX_POTENTIAL, high=_MAX_POTENTIAL)


def inputs_and_sigma(I: npt.ArrayLike, sigma: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray]:  # noqa: E741
    """Return mean inputs and s.d. of the free potential, mV, checked and of one shape."""
    mean = inputs(I)
    spread = checks.reals("sigma", sigma, unit="mV", low=0, high=_MAX_POTENTIAL)
    try:
        pair = np.broadcast_arrays(mean, spread)
    except ValueError:
        raise ValueError(f"sigma must fit I, of shape {mean.shape}, got shape {spread.shape}") from None
    return pair[0], pair[1]


def weight_area(synapse: Synapse, neuron: Neuron, V: float | None = None) -> float:
    """Return the area (mV·ms) under the current, scaled by the leak, that one spike of weight 1 evokes.

    Conductances have one at a potential V, mV.
    """
    if synapse.reversal is None:
        return spike_area(synapse, neuron)
    if V is None:
        raise ValueError(f"synapse must carry a current for a mean field, got the conductance {synapse!r}")
    return spike_area(synapse, neuron) * (synapse.reversal - V)


def spike_area(synapse: Synapse, neuron: Neuron) -> float:
    """Return the area that a spike of weight 1 evokes: of a current, mV·ms, of a conductance over the leak, ms."""
    if isinstance(synapse, EquationSynapse):
        raise ValueError(f"synapse must be one of the library's for a mean field, got {synapse!r}")
    if synapse._kernel.stages == 0:
        return time_constant(neuron)
    area = 1.0 if synapse.norm == "area" else synapse._kernel.area_of_peak_one(list(synapse.parameters.values()))
    return area / average(neuron.parameters.get("g_L", 1.0))


def time_constants(synapse: Synapse) -> tuple[float, ...]:
    """Return the time constants of the exponentials whose convolution a synapse is, ms: of an alpha function two."""
    times = tuple(map(float, synapse.parameters.values()))
    return times * 2 if len(times) == 1 and synapse._kernel.stages == 2 else times


def check_membrane(neuron: Neuron) -> None:
    """Refuse units without a membrane potential."""
    if neuron.model.name == "Binary":
        raise ValueError("neurons must have a membrane for this theory, got Binary: see rb.theory.BinaryMeanField")


def time_constant(neuron: Neuron) -> float:
    """Return how long a current, scaled by the leak, takes to move V by as much, ms: τ_m, C_m/g_L or 1 ms."""
    check_membrane(neuron)
    of = neuron.parameters
    if "tau_m" in of:
        return average(of["tau_m"])
    return average(of.get("C_m", 1.0)) / average(of.get("g_L", 1.0))
