"""Tuning curves: von Mises, Gaussian and cosine, and their fit to responses. Angles in degrees, rates in Hz."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from rheobase import checks, html, units

#: The largest circle that is fitted to (deg): on a larger one all stimuli are one.
MAX_PERIOD = 1e6


@dataclass(frozen=True)
class VonMises:
    """A bump on a circle, ``b + a exp(κ [cos φ - 1])`` with ``φ = 2π(θ - preferred)/period``.

    Parameters
    ----------
    baseline, amplitude : float
        b and a (Hz, or any unit of response).
    preferred : float
        Stimulus of the largest response (deg).
    kappa : float
        Concentration κ; larger is narrower.
    period : float, default 360
        180 for orientation, 360 for direction (deg).

    Examples
    --------
    >>> float(VonMises(2, 10, preferred=90, kappa=2)(90))
    12.0
    """

    baseline: float
    amplitude: float
    preferred: float
    kappa: float
    period: float = 360.0

    def __post_init__(self) -> None:
        _settle_units(self)

    def __call__(self, theta: npt.ArrayLike) -> np.ndarray:
        """Return the response at each stimulus (deg)."""
        return self.baseline + self.amplitude * np.exp(self.kappa * (np.cos(self._phase(theta)) - 1))

    def slope(self, theta: npt.ArrayLike) -> np.ndarray:
        """Return the derivative of the response at each stimulus (per degree)."""
        bump = np.asarray(self(theta)) - self.baseline
        return -bump * self.kappa * np.sin(self._phase(theta)) * 2 * np.pi / self.period

    def _phase(self, theta: npt.ArrayLike) -> np.ndarray:
        return 2 * np.pi * (checks.array("theta", theta) - self.preferred) / self.period


@dataclass(frozen=True)
class Gaussian:
    """A bell, ``b + a exp(-(θ - preferred)²/(2 width²))``, on a line or, given a period, on a circle.

    Parameters
    ----------
    baseline, amplitude : float
        b and a (Hz, or any unit of response).
    preferred : float
        Stimulus of the largest response.
    width : float
        Standard deviation, in the unit of the stimulus.
    period : float, optional
        Take the shorter way around a circle of this length.

    Examples
    --------
    >>> float(Gaussian(0, 10, preferred=0, width=1)(0))
    10.0
    """

    baseline: float
    amplitude: float
    preferred: float
    width: float
    period: float | None = None

    def __post_init__(self) -> None:
        _settle_units(self)

    def __call__(self, theta: npt.ArrayLike) -> np.ndarray:
        """Return the response at each stimulus."""
        with np.errstate(over="ignore", under="ignore"):  # far out a bell is 0
            return self.baseline + self.amplitude * np.exp(-0.5 * (self._distance(theta) / self.width) ** 2)

    def slope(self, theta: npt.ArrayLike) -> np.ndarray:
        """Return the derivative of the response at each stimulus."""
        return -(np.asarray(self(theta)) - self.baseline) * self._distance(theta) / self.width**2

    def _distance(self, theta: npt.ArrayLike) -> np.ndarray:
        distance = checks.array("theta", theta) - self.preferred
        return distance if self.period is None else circular_difference(distance, 0.0, self.period)


@dataclass(frozen=True)
class Cosine:
    """A cosine, ``b + a cos(2π(θ - preferred)/period)``.

    Parameters
    ----------
    baseline, amplitude : float
        Mean b and modulation a (Hz, or any unit of response).
    preferred : float
        Stimulus of the largest response (deg).
    period : float, default 360
        180 for orientation, 360 for direction (deg).

    Examples
    --------
    >>> float(Cosine(10, 5, preferred=45)(45))
    15.0
    """

    baseline: float
    amplitude: float
    preferred: float
    period: float = 360.0

    def __post_init__(self) -> None:
        _settle_units(self)

    def __call__(self, theta: npt.ArrayLike) -> np.ndarray:
        """Return the response at each stimulus (deg)."""
        return self.baseline + self.amplitude * np.cos(self._phase(theta))

    def slope(self, theta: npt.ArrayLike) -> np.ndarray:
        """Return the derivative of the response at each stimulus (per degree)."""
        return -self.amplitude * np.sin(self._phase(theta)) * 2 * np.pi / self.period

    def _phase(self, theta: npt.ArrayLike) -> np.ndarray:
        return 2 * np.pi * (checks.array("theta", theta) - self.preferred) / self.period


TuningCurve = VonMises | Gaussian | Cosine


def _settle_units(curve: TuningCurve) -> None:
    """Convert responses that are quantities to Hz, and refuse other parameters that are."""
    for field in fields(curve):
        if units.is_quantity(getattr(curve, field.name)):
            checks.field(curve, field.name, unit="Hz" if field.name in ("baseline", "amplitude") else "")


@dataclass(frozen=True)
class TuningFit:
    """A tuning curve fitted by least squares.

    Attributes
    ----------
    curve : VonMises, Gaussian or Cosine
        The best curve; call it to evaluate.
    standard_errors : dict of str to float
        Of its parameters, from the curvature at the minimum (residual variance with ddof = number of parameters).
    r_squared : float
        Explained fraction of the variance of the responses.
    """

    curve: TuningCurve
    standard_errors: dict[str, float]
    r_squared: float

    def _repr_html_(self) -> str:
        rows = [
            (name, f"{getattr(self.curve, name):.4g} ± {error:.2g}") for name, error in self.standard_errors.items()
        ]
        return html.table(rows, title=type(self.curve).__name__, more=f", R² = {self.r_squared:.3f}")


def fit_tuning(
    stimuli: npt.ArrayLike, responses: npt.ArrayLike, *, model: str = "von_mises", period: float | None = 360.0
) -> TuningFit:
    """Fit a tuning curve to responses by least squares, from several starts.

    Parameters
    ----------
    stimuli : array, (m,)
        Stimulus of each trial or condition (deg).
    responses : array, (m,)
        Response of each trial, or mean response of each condition.
    model : {"von_mises", "gaussian", "cosine"}
        Shape of the curve.
    period : float or None, default 360
        180 for orientation, 360 for direction; None, for the Gaussian alone, is no circle.

    Returns
    -------
    TuningFit
        The curve, standard errors and R².

    Raises
    ------
    ValueError
        If there are fewer distinct stimuli than parameters, the responses do not vary, or the lengths differ.

    Examples
    --------
    >>> theta = np.arange(0, 360, 30)
    >>> round(fit_tuning(theta, VonMises(2, 10, 120, 3)(theta)).curve.preferred, 3)
    120.0
    """
    from scipy.optimize import least_squares

    theta, y = checks.array("stimuli", stimuli, shape=(None,)), checks.array("responses", responses, shape=(None,))
    if theta.size != y.size:
        raise ValueError(f"responses must have shape {theta.shape}, that of stimuli, got {y.shape}")
    make, starts, low, high = _model(model, theta, y, period)
    names = [field.name for field in fields(make(starts[0])) if field.name != "period"]
    if len(np.unique(theta)) < len(names):
        raise ValueError(
            f"stimuli must have at least {len(names)} different values for {model!r}, got {len(np.unique(theta))}"
        )
    if np.ptp(y) == 0:
        raise ValueError(f"responses must vary to show a tuning, got {y[0]:g} throughout")
    fits = [
        least_squares(lambda p: make(p)(theta) - y, np.clip(start, low, high), bounds=(low, high), x_scale="jac")
        for start in starts
    ]
    best = min(fits, key=lambda fit: fit.cost)
    free = max(len(y) - len(names), 1)
    covariance = np.linalg.pinv(best.jac.T @ best.jac) * 2 * best.cost / free
    curve = make(best.x)
    r_squared = float(1 - 2 * best.cost / np.sum((y - y.mean()) ** 2))
    errors = {name: float(e) for name, e in zip(names, np.sqrt(np.diag(covariance)), strict=True)}
    return TuningFit(curve, errors, r_squared)


def circular_difference(a: npt.ArrayLike, b: npt.ArrayLike, period: float = 360.0) -> np.ndarray:
    """Return ``a - b`` the shorter way around a circle, in [-period/2, period/2).

    Parameters
    ----------
    a, b : array
        Positions on the circle (deg).
    period : float, default 360
        Length of the circle.

    Raises
    ------
    ValueError
        If the period is not positive.

    Examples
    --------
    >>> float(circular_difference(350, 10))
    -20.0
    """
    period = checks.number("period", period, above=0)
    a, b = checks.array("a", a), checks.array("b", b)
    try:
        difference = a - b
    except ValueError:
        difference = None
    if difference is None:
        raise ValueError(f"a and b must have shapes that fit together, got {a.shape} and {b.shape}")
    return (difference + period / 2) % period - period / 2


def _model(
    name: str, theta: np.ndarray, y: np.ndarray, period: float | None
) -> tuple[Callable[[np.ndarray], TuningCurve], list[np.ndarray], np.ndarray, np.ndarray]:
    """Return how to make a curve from its free parameters, starts for these, and their bounds."""
    checks.choice("model", name, ("von_mises", "gaussian", "cosine"))
    if period is not None:
        period = checks.number("period", period, above=0, high=MAX_PERIOD)
    elif name != "gaussian":
        raise ValueError(f"period must be a number for {name!r}; only 'gaussian' goes without")
    if not len(theta):
        raise ValueError("stimuli must hold at least one value, got none")
    span = period if period is not None else max(float(np.ptp(theta)), 1e-12)
    height, floor = float(np.ptp(y)), float(y.min())
    first = 0.0 if period is not None else float(theta.min())
    centres = first + span * np.arange(8) / 8

    # The preferred stimulus may leave the period while fitting; it is brought back in the curve.
    def wrap(x: float) -> float:
        return float(x if period is None else x % period)

    edge = np.array([-np.inf, 0.0, -np.inf])
    if name == "cosine":
        starts = [np.array([y.mean(), height / 2, c]) for c in centres]
        return lambda p: Cosine(float(p[0]), float(p[1]), wrap(p[2]), span), starts, edge, np.full(3, np.inf)
    if name == "von_mises":
        starts = [np.array([floor, height, c, 2.0]) for c in centres]
        top = np.array([np.inf, np.inf, np.inf, 500.0])
        return lambda p: VonMises(*_floats(p[:2]), wrap(p[2]), float(p[3]), span), starts, np.append(edge, 1e-3), top
    starts = [np.array([floor, height, c, span / 8]) for c in centres]
    top = np.array([np.inf, np.inf, np.inf, 2 * span])
    return (
        lambda p: Gaussian(*_floats(p[:2]), wrap(p[2]), float(p[3]), period),
        starts,
        np.append(edge, 1e-3 * span),
        top,
    )


def _floats(values: np.ndarray) -> tuple[float, float]:
    return float(values[0]), float(values[1])
