"""Figures of source 003: where random recurrent networks move, and where they stand still."""

from __future__ import annotations

import numpy as np

import rheobase as rb
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import level, panels
from rheobase.plot.palette import BLACK, EXCITATORY, EXTERNAL, INHIBITORY
from rheobase.theory import random_networks as theory

GAINS = (1.5, 2.0, 3.0)
LOOKS = ((BLACK, "-"), (EXCITATORY, "--"), (INHIBITORY, "-."))


@figure("state-space", "State space and fixed points of a network of two units", source="003")
def state_space() -> Figure:
    """Draw the flow with trajectories, and with the fixed points."""
    net = rb.rates.RateNetwork([[1.8, -0.4], [0.3, 1.6]], 0.0, rb.rates.Tanh(), tau=1.0, dimensionless=True)
    box = [(-1.5, 1.5), (-1.5, 1.5)]
    picture, axes = panels("AB", (9, 4.2))
    for panel, title in (("A", "state space"), ("B", "fixed points")):
        rb.plot.phase_plane(net, box, ax=axes[panel])
        for line in list(axes[panel].lines):
            if panel == "A" or str(line.get_label()).endswith("-nullcline"):
                line.remove()
        axes[panel].set(xlabel="x₁", ylabel="x₂", title=title, aspect="equal")
    for start, color in zip([(-1.4, 1.3), (0.05, 0.0), (1.3, -1.4)], (EXCITATORY, INHIBITORY, BLACK), strict=True):
        path = rb.dynamics.trajectory(net, start, 80.0, dt=0.05).states
        axes["A"].plot(*path.T, color=color, linewidth=1.6)
        axes["A"].plot(*start, "s", color=color)
    points = net.fixed_points(box)
    numbers = {"fixed points": np.array([p.u for p in points]), "stable": sum(p.stable for p in points)}
    note = "Squares: initial states. Filled: stable, half filled: saddle, open: unstable. Dashed: separatrices."
    return Figure(picture, numbers, note)


@figure("random-network", "Random recurrent network: weights, activity and its autocovariance", source="003")
def random_network(seed: int = 1) -> Figure:
    """Draw J, the activity below and above the transition to chaos, and the autocovariance with the theory's."""
    chance = rb.checks.generator(seed)
    picture, axes = panels("AB;CD", (9, 5.6))
    numbers: dict[str, float] = {}
    for panel, g in (("B", 0.8), ("C", 2.0)):
        net = theory.random_network(500, g, seed=chance)
        run = net.simulate(50.0, t_start=0.0 if g < 1 else 50.0, seed=chance)
        for k in range(4):
            axes[panel].plot(run.times, run.x[:, k], color=(BLACK, EXCITATORY, INHIBITORY, EXTERNAL)[k], linewidth=1)
        axes[panel].set(xlabel="t (time constants)", ylabel="x", title=f"g = {g:g}")
        numbers[f"N var J ({g:g})"] = float(500 * net.J.var())
        numbers[f"largest |x| at the end ({g:g})"] = float(np.abs(run.x[-1]).max())
    image = axes["A"].imshow(net.J[:40, :40], cmap="gray", interpolation="nearest")
    picture.colorbar(image, ax=axes["A"], label="weight $J_{ij}$")
    axes["A"].set(xlabel="from unit", ylabel="to unit", title="40 of 500 units, g = 2")
    record = net.simulate(400.0, t_start=50.0, every=0.2, seed=chance)
    lags, covariance = record.autocovariance(15.0)
    axes["D"].plot(lags[::5], covariance[::5], "o", color=EXCITATORY, markersize=4, label="network, g = 2")
    for g, (color, style) in zip(GAINS, LOOKS, strict=True):
        field = theory.dynamical_mean_field(g)
        axes["D"].plot(field.lags, field.autocovariance, style, color=color, label=f"theory, g = {g:g}")
        numbers |= {f"variance ({g:g})": field.variance, f"Lyapunov exponent ({g:g})": field.lyapunov}
    axes["D"].set(xlabel="lag τ (time constants)", ylabel="Δ(τ)", xlim=(0, 15))
    axes["D"].legend()
    numbers["⟨x²⟩ of the network (2)"] = record.variance
    return Figure(
        picture, numbers, "Below g = 1 the activity dies out; above, it is chaotic, with Lyapunov exponent > 0."
    )


@figure("fixed-point-coordinates", "Distribution of fixed-point coordinates", source="003")
def fixed_point_coordinates(seed: int = 1) -> Figure:
    """Draw the coordinates of enumerated fixed points over the theory's density, and that density at three gains."""
    census = theory.fixed_point_census(20, 4.0, networks=10, starts=250, seed=seed)
    picture, axes = panels("AB", (9, 3.8))
    axes["A"].set_prop_cycle(color=[EXCITATORY])
    rb.plot.random_networks.coordinates(theory.fixed_point_distribution(4.0), census, bins=40, ax=axes["A"])
    numbers: dict[str, object] = {"enumerated": len(census.points), "lowest coverage": float(census.coverage.min())}
    numbers |= {"q enumerated (4)": census.q, "kurtosis enumerated (4)": census.kurtosis}
    for g, (color, style) in zip(GAINS, LOOKS, strict=True):
        found = theory.fixed_point_distribution(g)
        axes["B"].plot(found.coordinates, found.density, style, color=color, label=f"g = {g:g}")
        numbers[f"α, β, γ ({g:g})"] = np.array([found.alpha, found.beta, found.gamma])
        numbers |= {f"q ({g:g})": found.q, f"kurtosis ({g:g})": found.kurtosis}
        numbers[f"P(|y| < 0.1) ({g:g})"] = found.probability(-0.1, 0.1)
        numbers[f"mode ({g:g})"] = float(found.coordinates[found.density.argmax()])
    axes["B"].set(xlabel="coordinate y", ylabel="density μ*", xlim=(-6, 6))
    axes["B"].legend()
    note = (
        "β = g²⟨φ²⟩ + D; the source prints ⟨φ²⟩ + D. It shows fixed points of N = 100 units at an unknown g; there any "
    )
    note += (
        f"search misses most and prefers some, so here all (but a few) of {len(census.counts)} networks of 20 units, "
    )
    return Figure(picture, numbers, note + "the origin left out.")


@figure("fixed-points-and-dynamics", "Fixed points lie inside the dynamics", source="003")
def separation() -> Figure:
    """Draw the distances from the origin of fixed points and of the dynamics against the gain."""
    gains = np.array([1.05, 1.1, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0])
    moving = np.array([np.sqrt(theory.dynamical_mean_field(float(g)).variance) for g in gains])
    fine = np.linspace(1.01, 4.0, 60)
    fixed = np.array([np.sqrt(theory.fixed_point_distribution(float(g)).q) for g in fine])
    picture, axes = panels("A", (7, 4))
    axes["A"].plot(gains, moving, "o-", color=EXCITATORY, label="dynamics, √Δ₀")
    axes["A"].plot(fine, fixed, "--", color=INHIBITORY, label="fixed points, √q")
    axes["A"].set(xlabel="gain g", ylabel="distance from the origin / √N", ylim=(0, None))
    axes["A"].legend()
    pairs = {f"√q, √Δ₀ ({g:g})": np.array(theory.radial_separation(g)) for g in GAINS}
    return Figure(picture, {**pairs, "gains": gains, "dynamics": moving})


@figure("jacobian-spectrum", "Jacobian spectrum at fixed points", source="003")
def jacobian_spectrum(seed: int = 1) -> Figure:
    """Draw eigenvalues of the Jacobian at coordinates of the fixed points, with the circle of the theory."""
    chance = rb.checks.generator(seed)
    picture, axes = panels("ABC", (10, 3.6), sharex=True, sharey=True)
    numbers: dict[str, float] = {}
    for panel, g in zip("ABC", GAINS, strict=True):
        found = theory.fixed_point_distribution(g)
        values = _eigenvalues(found, 500, chance)
        axes[panel].set_prop_cycle(color=[EXCITATORY])
        rb.plot.random_networks.eigenvalues(values, found.radius, ax=axes[panel])
        axes[panel].set_title(f"g = {g:g}, radius {found.radius:.3f}")
        numbers |= {f"radius ({g:g})": found.radius, f"largest distance ({g:g})": float(np.abs(values + 1).max())}
        numbers[f"unstable ({g:g})"] = found.spectrum().unstable_fraction()
        numbers[f"unstable among 500 ({g:g})"] = float(np.mean(values.real > 0))
    note = "500 units with coordinates drawn from μ*. What lies right of the dotted line is unstable."
    return Figure(picture, numbers, note)


@figure("radial-distribution", "Radial distribution of the eigenvalues", source="003")
def radial_distribution(seed: int = 1) -> Figure:
    """Draw the fraction of eigenvalues within a distance of −1, of the theory and of a sample."""
    chance = rb.checks.generator(seed)
    picture, axes = panels("A", (6, 3.8))
    numbers: dict[str, float] = {}
    for g, (color, style) in zip(GAINS, LOOKS, strict=True):
        found = theory.fixed_point_distribution(g)
        spectrum = found.spectrum()
        distance = np.sort(np.abs(np.concatenate([_eigenvalues(found, 200, chance) for _ in range(12)]) + 1))
        share = np.arange(1, distance.size + 1) / distance.size
        axes["A"].plot(distance[49::100], share[49::100], "o", color=color, markersize=3, fillstyle="none")
        r = np.linspace(0, 2, 201)
        axes["A"].plot(r, spectrum.fraction_inside(r), style, color=color, label=f"g = {g:g}")
        numbers[f"1 − F(1) ({g:g})"] = 1 - float(spectrum.fraction_inside(1.0))
        numbers[f"α/g² ({g:g})"] = found.alpha / g**2
        numbers[f"misfit ({g:g})"] = float(np.abs(spectrum.fraction_inside(distance) - share).max())
    axes["A"].axvline(1.0, color=EXTERNAL, linestyle=":")
    axes["A"].set(xlabel="distance r from −1", ylabel="fraction inside, F(r)", ylim=(0, 1.05))
    axes["A"].legend(loc="lower right")
    return Figure(
        picture, numbers, "Circles: 12 networks of 200 units with coordinates drawn from μ*. Outside r = 1 lies α/g²."
    )


def _eigenvalues(found: theory.FixedPointDistribution, N: int, chance: np.random.Generator) -> np.ndarray:
    """Eigenvalues of the Jacobian of a fresh network of N units at coordinates drawn from μ*."""
    return theory.random_network(N, found.g, seed=chance).eigenvalues(found.sample(N, seed=chance))


@figure("kac-rice", "Statistics of velocity and Jacobian behind the Kac–Rice formula", source="003")
def kac_rice(seed: int = 1) -> Figure:
    """Draw covariances over 4000 networks at one state against the formulas, and the exponent of the determinant."""
    chance = rb.checks.generator(seed)
    N, g, D, networks = 12, 2.0, 0.5, 4000
    x = np.linspace(-2, 2, N)
    expected = theory.velocity_statistics(x, g, D)
    velocity, jacobian = np.empty((networks, N)), np.empty((networks, N, N))
    for k in range(networks):
        net = theory.random_network(N, g, D, seed=chance)
        velocity[k], jacobian[k] = net.field(x), net.jacobian(x)
    y, dy = velocity + x, jacobian + np.eye(N)  # the means are known: −x and −1
    cross = np.einsum("ni,nik->k", y, dy) / (N * networks)  # all rows i are alike
    picture, axes = panels("ABC", (10, 3.4))
    axes["A"].plot(x, (y**2).mean(axis=0), "o", color=EXCITATORY, label="4000 networks")
    level(axes["A"], expected.velocity_variance, "κ + D")
    axes["A"].set(xlabel="x", ylabel="variance of the velocity", ylim=(0, 3))
    axes["B"].plot(x, cross, "o", color=EXCITATORY, label="velocity, Jacobian")
    axes["B"].plot(x, expected.k, color=BLACK, label="k")
    axes["B"].plot(x, (dy**2).mean(axis=(0, 1)), "s", color=INHIBITORY, label="Jacobian")
    axes["B"].plot(x, expected.K, "--", color=BLACK, label="K")
    axes["B"].set(xlabel="x", ylabel="covariance", ylim=(-0.16, 0.5))
    axes["B"].legend(loc="upper left", ncols=2)
    gains, sizes = np.linspace(0.5, 3, 26), (1.5, 2.0, 3.0)
    zeta = np.array([theory.JacobianSpectrum([gain]).determinant_exponent() for gain in gains])
    dets = [np.linalg.slogdet(theory.random_network(300, s, seed=chance).J - np.eye(300))[1] / 300 for s in sizes]
    axes["C"].plot(gains, zeta, color=BLACK, label="ζ")
    axes["C"].plot(sizes, dets, "o", color=EXCITATORY, label="ln|det(J − 1)|/N, N = 300")
    axes["C"].set(xlabel="gain g", ylabel="exponent of the determinant, φ' = 1")
    axes["C"].legend()
    numbers = {"κ + D": expected.velocity_variance, "variance of the velocity": (y**2).mean(axis=0)}
    numbers |= {"k": expected.k, "covariance": cross, "K": expected.K, "variance": (dy**2).mean(axis=(0, 1))}
    return Figure(picture, {**numbers, "gains": gains, "ζ": zeta, "ln|det|/N": np.array(dets)})


@figure("number-of-fixed-points", "Number of fixed points", source="003")
def number_of_fixed_points(seed: int = 1) -> Figure:
    """Draw the complexity against the gain, with counts of small networks, and against the noise."""
    censuses = [theory.fixed_point_census(8, g, networks=25, starts=60, seed=seed) for g in (2.0, 3.0, 4.0)]
    picture, axes = panels("AB", (9, 3.8))
    gains = np.linspace(1.01, 4, 40)
    axes["A"].plot(
        gains, [theory.fixed_point_distribution(g).complexity for g in gains], color=BLACK, label="theory, C"
    )
    counts = [census.log_mean_count / census.n for census in censuses]
    axes["A"].plot([census.g for census in censuses], counts, "o", color=EXCITATORY, label="counted, N = 8")
    axes["A"].set(xlabel="gain g", ylabel=r"$\ln\langle N_{fp}\rangle / N$", ylim=(-0.01, None))
    axes["A"].legend()
    critical = theory.critical_noise(2.0)
    noise = np.linspace(0, 1.8, 37)
    axes["B"].plot(noise, [theory.fixed_point_distribution(2.0, D).complexity for D in noise], color=BLACK)
    axes["B"].axvline(critical, color=EXCITATORY, linestyle="--", label=f"$D_c$ = {critical:.4f}")
    axes["B"].set(xlabel="variance D of the frozen input", ylabel="complexity C", title="g = 2")
    axes["B"].legend()
    complexity = {f"C ({g:g})": theory.fixed_point_distribution(g).complexity for g in GAINS}
    counted = {f"ln mean count ({census.g:g})": census.log_mean_count for census in censuses}
    spread = {"sd of the counts (4, ddof 1)": float(censuses[-1].counts.std(ddof=1))}
    spread["lowest coverage"] = float(min(census.coverage.min() for census in censuses))
    note = "C is the leading order; at finite N a prefactor, which it does not give, lifts the counts. "
    note += "From D_c on, where the disk of eigenvalues fits the unit circle and z = 0, one fixed point is left."
    return Figure(picture, {**complexity, **counted, **spread, "D_c": critical}, note)
