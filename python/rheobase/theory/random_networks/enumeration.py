"""Enumerate the fixed points of small random networks, to compare with the theory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from rheobase import checks
from rheobase.dynamics.fixed_points.slow_points import SlowPoints, find_slow_points
from rheobase.models.values import Brief
from rheobase.progress import Interrupted, counted
from rheobase.theory.random_networks.gaussian_averages import static_variance
from rheobase.theory.random_networks.network import RandomNetwork, random_network
from rheobase.theory.random_networks.transfer import TANH, Transfer, transfer_function

#: Largest spread of starts where the activity has no bound.
_FARTHEST = 100.0


@dataclass(frozen=True, eq=False, repr=False)
class FixedPointCensus(Brief):
    """Fixed points of many networks of one size.

    Attributes
    ----------
    n : int
        Units of each network.
    g, D : float
        Gain and variance of the frozen input noise.
    transfer : str
        Name of the transfer function.
    counts : array (networks,)
        Number of fixed points of each.
    coverage : array (networks,)
        Estimated chance that a further start ends at a known point (see `SlowPoints.coverage`).
    points : array (M, N)
        All fixed points but the origin.
    owners : array (M,)
        The network each belongs to.
    radii : array (M,)
        g√(mean of φ'²) at each, the radius of its disk of eigenvalues.
    unstable_fraction : array (M,)
        Fraction of eigenvalues of the Jacobian with positive real part at each.
    interrupted : bool
        Whether Ctrl-C ended the census early, after the networks that it holds.
    """

    n: int
    g: float
    D: float
    transfer: str
    counts: np.ndarray
    coverage: np.ndarray = field(repr=False)
    points: np.ndarray = field(repr=False)
    owners: np.ndarray = field(repr=False)
    radii: np.ndarray = field(repr=False)
    unstable_fraction: np.ndarray = field(repr=False)
    interrupted: bool = False

    @property
    def log_mean_count(self) -> float:
        """ln⟨N_fp⟩, the average taken over networks first."""
        return float(np.log(self.counts.mean()))

    @property
    def q(self) -> float:
        """Mean square coordinate of the fixed points, the origin left out; NaN where there is no other."""
        return float(np.mean(self.points**2)) if len(self.points) else float("nan")

    @property
    def kurtosis(self) -> float:
        """⟨y⁴⟩/⟨y²⟩² of their coordinates (about 0, no ddof); NaN where there are none."""
        return float(np.mean(self.points**4) / self.q**2) if len(self.points) else float("nan")

    def merged(self, other: FixedPointCensus) -> FixedPointCensus:
        """Return this census with the networks of another, which come after those here.

        Parameters
        ----------
        other : FixedPointCensus
            Of other networks (another seed) of the same n, g, D and transfer function.

        Returns
        -------
        FixedPointCensus

        Raises
        ------
        ValueError
            If n, g, D or the transfer functions differ, or a fixed point is in both, as of networks of the same seed.

        Examples
        --------
        >>> first, more = (fixed_point_census(4, 4.0, networks=3, starts=50, seed=k) for k in (1, 2))
        >>> len(first.merged(more).counts)
        6
        """
        other = checks.instance("other", other, FixedPointCensus, "a FixedPointCensus")
        for name in ("n", "g", "D", "transfer"):
            if getattr(other, name) != getattr(self, name):
                raise ValueError(f"other must have {name} = {getattr(self, name)}, got {getattr(other, name)}")
        if {point.tobytes() for point in self.points} & {point.tobytes() for point in other.points}:
            raise ValueError("other must be of other networks (another seed), but fixed points of both are the same")
        shifted = other.owners + len(self.counts)
        names = ("counts", "coverage", "points", "radii", "unstable_fraction")
        joined: dict[str, Any] = {name: np.concatenate([getattr(self, name), getattr(other, name)]) for name in names}
        return replace(self, owners=np.concatenate([self.owners, shifted]), interrupted=False, **joined)

    def _repr_html_(self) -> str:
        return (
            f"<b>Census</b> of {len(self.counts)} networks (n = {self.n}, g = {self.g:g}, D = {self.D:g}): "
            f"ln mean count {self.log_mean_count:.3f}, q = {self.q:.3f}, lowest coverage {self.coverage.min():.1%}"
        )


def enumerate_fixed_points(
    network: RandomNetwork,
    starts: int = 1000,
    *,
    method: str = "follow",
    tolerance: float = 1e-9,
    max_step: float = 0.5,
    max_iterations: int = 60,
    seed: checks.Seed = None,
    progress: bool = False,
) -> SlowPoints:
    """Find the fixed points of one network from random starts.

    Starts are Gaussian, of every size up to beyond the reach of the dynamics. Without frozen noise −x is a fixed point
    with x, so each find counts for both.

    Parameters
    ----------
    network : RandomNetwork
        The network; beyond some thirty units expect an incomplete and biased sample, in which `coverage` is
        optimistic: points are found from others near them.
    starts : int, default 1000
        Number of starts.
    method, tolerance, max_step, max_iterations
        As in `rheobase.dynamics.find_slow_points`. Default: "follow", which at 100 units leaves few starts unused;
        Newton's method loses most of them.
    seed : int, SeedSequence or Generator, optional
        Seed of the starts. Default: others each time.
    progress : bool, default False
        Show a progress bar.

    Returns
    -------
    SlowPoints

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit.
    rheobase.Interrupted
        On Ctrl-C, as `rheobase.dynamics.find_slow_points`.

    Examples
    --------
    >>> found = enumerate_fixed_points(random_network(8, g=4.0, seed=1), starts=200, seed=2)
    """
    network = checks.instance("network", network, RandomNetwork, "a RandomNetwork")
    starts = checks.integer("starts", starts, low=1)
    checks.memory("starts", 8.0 * starts * network.n)
    random = checks.generator(seed)
    reach = _reach(network)
    cloud = 1.5 * reach * random.random((starts, 1)) * random.standard_normal((starts, network.n))
    return find_slow_points(
        network,
        cloud,
        method=method,
        tolerance=tolerance,
        max_step=max_step,
        max_iterations=max_iterations,
        progress=progress,
    )


def _reach(network: RandomNetwork) -> float:
    """Return the spread of the states that the network may be in, at least 1."""
    if network.transfer.odd_sigmoid:
        return float(np.sqrt(max(static_variance(network.g, network.D, network.transfer), 1.0)))
    # For other functions the mean square of a few states that have run for some time has to do.
    try:
        activity = network.simulate(20.0, t_start=10.0, every=1.0, seed=0)
    except ValueError:  # it grows without bound
        return _FARTHEST
    return float(np.clip(np.sqrt(activity.variance), 1.0, _FARTHEST))


def fixed_point_census(
    n: int,
    g: float,
    D: float = 0.0,
    transfer: Transfer | str = TANH,
    *,
    networks: int = 50,
    starts: int = 1000,
    method: str = "newton",
    tolerance: float = 1e-9,
    max_step: float = 0.5,
    max_iterations: int = 60,
    seed: checks.Seed = None,
    progress: bool = False,
) -> FixedPointCensus:
    """Enumerate the fixed points of many random networks.

    Parameters
    ----------
    n : int
        Units of each network; up to about 30 the enumeration is near complete.
    g, D : float
        Gain and variance of the frozen input noise (default 0), ≥ 0.
    transfer : Transfer or {"tanh", "erf", "arctan"}, default TANH
        Transfer function φ.
    networks, starts : int, default 50 and 1000
        Number of networks, and of starts in each.
    method, tolerance, max_step, max_iterations
        As in `rheobase.dynamics.find_slow_points`; "follow" for more than about 30 units.
    seed : int, SeedSequence or Generator, optional
        Seed of networks and starts. Default: others each time.
    progress : bool, default False
        Show a progress bar.

    Returns
    -------
    FixedPointCensus

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit.
    rheobase.Interrupted
        On Ctrl-C, once a network is done; its ``result`` holds those until then, for `FixedPointCensus.merged`.

    Examples
    --------
    >>> census = fixed_point_census(8, 4.0, networks=5, starts=200, seed=1)
    """
    networks = checks.integer("networks", networks, low=1)
    phi = transfer_function(transfer)
    # Two streams, so that the networks stay the same when the number of starts changes.
    draws, clouds = checks.generator(seed).spawn(2)
    done: list[tuple[int, float, np.ndarray, np.ndarray]] = []
    interrupted = False
    try:
        for _ in counted(range(networks), "enumerating", "network", progress):
            found = enumerate_fixed_points(
                random_network(n, g, D, phi, seed=draws),
                starts,
                method=method,
                tolerance=tolerance,
                max_step=max_step,
                max_iterations=max_iterations,
                seed=clouds,
            )
            away = np.linalg.norm(found.points, axis=1) > 1e-6
            done.append((len(found), found.coverage, found.points[away], found.unstable_directions[away] / n))
    except KeyboardInterrupt:
        if not done:
            raise
        interrupted = True
    counts, coverage, points, unstable = zip(*done, strict=True)
    gathered = np.concatenate(points)
    census = FixedPointCensus(
        n=n,
        g=g,
        D=D,
        transfer=phi.name,
        counts=np.array(counts),
        coverage=np.array(coverage),
        points=gathered,
        owners=np.repeat(np.arange(len(points)), [len(some) for some in points]),
        radii=g * np.sqrt(np.mean(phi.slope(gathered) ** 2, axis=1)),
        unstable_fraction=np.concatenate(unstable),
        interrupted=interrupted,
    )
    if interrupted:
        raise Interrupted(f"stopped by Ctrl-C after {len(done)} of {networks} networks", census)
    return census
