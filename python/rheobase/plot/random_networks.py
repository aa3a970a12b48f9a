"""Theory of random networks laid over simulation and enumeration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.plot.canvas import axes_or_new, styled
from rheobase.theory.random_networks import (
    TANH,
    DynamicalMeanField,
    FixedPointCensus,
    FixedPointDistribution,
    JacobianSpectrum,
    NetworkActivity,
    Transfer,
    fixed_point_distribution,
    radial_separation,
)

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes


def autocovariance(
    theory: DynamicalMeanField,
    activity: NetworkActivity | None = None,
    *,
    longest: float | None = None,
    ax: Axes | None = None,
    **style: object,
) -> list[Artist]:
    """Draw Δ(τ) of the mean-field theory and, as dots, of a simulated network.

    Parameters
    ----------
    theory : DynamicalMeanField
        From `dynamical_mean_field`.
    activity : NetworkActivity, optional
        From `RandomNetwork.simulate`.
    longest : float, optional
        Longest lag. Default: five decay times, or the record's quarter for a network at rest.
    ax : matplotlib Axes, optional
        Where to draw. Default: a new figure.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list of Artist

    Examples
    --------
    >>> from rheobase.theory.random_networks import dynamical_mean_field
    >>> artists = autocovariance(dynamical_mean_field(1.5))
    """
    axes = axes_or_new(ax)
    if longest is None:
        longest = 5 * theory.decay_time if theory.chaotic else (activity.times[-1] / 4 if activity else 10.0)
    longest = checks.number("longest", longest, above=0)
    inside = theory.lags <= longest
    lags, covariance = np.append(theory.lags[inside], longest), theory.autocovariance[inside]
    end = np.interp(longest, theory.lags, theory.autocovariance)
    artists: list[Artist] = list(axes.plot(lags, np.append(covariance, end), label="theory"))
    if activity is not None:
        tau, measured = activity.autocovariance(min(longest, float(activity.times[-1])))
        thin = max(1, len(tau) // 40)
        name = f"network, N = {activity.x.shape[1]}"
        artists += axes.plot(tau[::thin], measured[::thin], "k.", label=name)
    axes.set(xlabel="lag τ (time constants)", ylabel="Δ(τ)", title=f"g = {theory.g:g}")
    axes.legend(frameon=False, loc="upper right", fontsize="small")
    return styled(artists, style)


def coordinates(
    theory: FixedPointDistribution,
    census: FixedPointCensus | None = None,
    *,
    bins: int = 60,
    ax: Axes | None = None,
    **style: object,
) -> list[Artist]:
    """Draw the density μ* of fixed-point coordinates over the histogram of enumerated ones.

    Parameters
    ----------
    theory : FixedPointDistribution
        From `fixed_point_distribution`.
    census : FixedPointCensus, optional
        From `fixed_point_census`.
    bins : int, default 60
        Bins of the histogram.
    ax : matplotlib Axes, optional
        Where to draw. Default: a new figure.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list of Artist

    Raises
    ------
    ValueError
        If the only fixed point is the origin.

    Examples
    --------
    >>> from rheobase.theory.random_networks import fixed_point_distribution
    >>> artists = coordinates(fixed_point_distribution(1.5))
    """
    if not theory.coordinates.size:
        raise ValueError("theory has the origin as its only fixed point: there is no density to draw")
    axes = axes_or_new(ax)
    artists: list[Artist] = []
    if census is not None:
        name = f"found, N = {census.n}"
        values = census.points.ravel()
        counts, edges = np.histogram(values, checks.integer("bins", bins, low=1), density=True)
        artists.append(axes.stairs(counts, edges, fill=True, color="0.8", label=name))
    artists += axes.plot(theory.coordinates, theory.density, label="theory μ*")
    reach = 4 * np.sqrt(theory.q)
    axes.set(xlabel="coordinate y", ylabel="density", xlim=(-reach, reach), title=f"g = {theory.g:g}")
    axes.legend(frameon=False)
    return styled(artists, style)


def eigenvalues(values: npt.ArrayLike, radius: float, *, ax: Axes | None = None, **style: object) -> list[Artist]:
    """Draw eigenvalues of Jacobians and the circle of the theory about −1; what lies right of 0 is unstable.

    Parameters
    ----------
    values : array of complex
        Eigenvalues of −1 + J diag φ'.
    radius : float
        Radius of the theory.
    ax : matplotlib Axes, optional
        Where to draw. Default: a new figure.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list of Artist

    Examples
    --------
    >>> artists = eigenvalues([-1 + 0.5j, -1 - 0.5j], 0.9)
    """
    axes = axes_or_new(ax)
    radius = checks.number("radius", radius, low=0)
    z = checks.array("values", values, dtype=complex).ravel()
    angle = np.linspace(0, 2 * np.pi, 300)
    artists: list[Artist] = list(axes.plot(z.real, z.imag, ".", color="0.3", markersize=2))
    artists += axes.plot(radius * np.cos(angle) - 1, radius * np.sin(angle))
    artists.append(axes.axvline(0, color="k", lw=0.8, ls=":"))
    axes.set(xlabel="Re λ", ylabel="Im λ", aspect="equal", title=f"circle: theory, radius {radius:.3f}")
    return styled(artists, style)


def radial_distribution(
    theory: JacobianSpectrum, values: npt.ArrayLike | None = None, *, ax: Axes | None = None, **style: object
) -> list[Artist]:
    """Draw the fraction F(r) of eigenvalues within `r` of −1, of the theory and of given eigenvalues.

    Parameters
    ----------
    theory : JacobianSpectrum
        From `FixedPointDistribution.spectrum`.
    values : array of complex, optional
        Eigenvalues of −1 + J diag φ'.
    ax : matplotlib Axes, optional
        Where to draw. Default: a new figure.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list of Artist

    Examples
    --------
    >>> from rheobase.theory.random_networks import fixed_point_distribution
    >>> artists = radial_distribution(fixed_point_distribution(1.5).spectrum())
    """
    axes = axes_or_new(ax)
    r = np.linspace(0, 1.2 * theory.radius, 200)
    artists: list[Artist] = []
    if values is not None:
        distance = np.sort(np.abs(checks.array("values", values, dtype=complex).ravel() + 1))
        artists += axes.step(
            distance, np.arange(1, distance.size + 1) / distance.size, color="0.5", label="eigenvalues"
        )
    artists += axes.plot(r, theory.fraction_inside(r), label="theory")
    axes.set(xlabel="radius r", ylabel="fraction inside, F(r)")
    axes.legend(frameon=False)
    return styled(artists, style)


def separation(
    gains: npt.ArrayLike, *, D: float = 0.0, transfer: Transfer | str = TANH, ax: Axes | None = None, **style: object
) -> list[Artist]:
    """Draw the distances from the origin of fixed points, √q, and of the dynamics, √Δ₀, against the gain.

    Parameters
    ----------
    gains : array (K,)
        Gains g.
    D : float, default 0
        Variance of the frozen input noise.
    transfer : Transfer or {"tanh", "erf", "arctan"}, default TANH
        Transfer function φ.
    ax : matplotlib Axes, optional
        Where to draw. Default: a new figure.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list of Artist

    Examples
    --------
    >>> artists = separation([1.2, 1.5])
    """
    axes = axes_or_new(ax)
    gains = checks.array("gains", gains, shape=(None,), low=0)
    radii = np.array([radial_separation(float(g), D, transfer) for g in gains]).reshape(-1, 2)
    artists: list[Artist] = list(axes.plot(gains, radii[:, 1], label="dynamics, √Δ₀"))
    artists += axes.plot(gains, radii[:, 0], label="fixed points, √q")
    axes.set(xlabel="gain g", ylabel="distance from origin / √N")
    axes.legend(frameon=False)
    return styled(artists, style)


def complexity(
    gains: npt.ArrayLike,
    *,
    D: float = 0.0,
    transfer: Transfer | str = TANH,
    censuses: list[FixedPointCensus] | None = None,
    ax: Axes | None = None,
    **style: object,
) -> list[Artist]:
    """Draw the complexity C against the gain, and ln⟨N_fp⟩/N of enumerated networks as dots.

    Parameters
    ----------
    gains : array (K,)
        Gains g.
    D : float, default 0
        Variance of the frozen input noise.
    transfer : Transfer or {"tanh", "erf", "arctan"}, default TANH
        Transfer function φ.
    censuses : list of FixedPointCensus, optional
        From `fixed_point_census`. At finite N a prefactor the theory does not give lifts the dots above the curve.
    ax : matplotlib Axes, optional
        Where to draw. Default: a new figure.
    **style
        Properties of the artists that it returns, such as ``color`` or ``alpha``: what their method ``set`` takes.

    Returns
    -------
    list of Artist

    Examples
    --------
    >>> artists = complexity([1.2, 1.5])
    """
    axes = axes_or_new(ax)
    gains = checks.array("gains", gains, shape=(None,), low=0)
    curve = [fixed_point_distribution(float(g), D, transfer).complexity for g in gains]
    artists: list[Artist] = list(axes.plot(gains, curve, label="theory"))
    for census in censuses or []:
        label = f"N = {census.n}"
        artists += axes.plot(census.g, census.log_mean_count / census.n, "o", label=label)
    axes.set(xlabel="gain g", ylabel="complexity  ln⟨N_fp⟩ / N")
    axes.legend(frameon=False, loc="upper left")
    return styled(artists, style)
