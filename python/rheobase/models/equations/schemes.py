"""One-step schemes: derivatives to the state one step on. Input is constant over the step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rheobase.models.equations.expressions import (
    NOT_REFRACTORY,
    ZERO,
    Expression,
    constant,
    minimum,
    name,
    names_in,
    negate,
    select,
    substituted,
)
from rheobase.models.equations.linear import depends, linear_in, split
from rheobase.models.equations.propagators import phi1

DT, T = name("dt"), name("t")
State = dict[Expression, Expression]


@dataclass(frozen=True)
class System:
    """Differential equations as a scheme sees them.

    `rates` holds the derivative of each variable, `noise` the amplitude with which each noise enters it. Variables in
    `held` rest while a neuron is refractory. `limits` says how far a variable is followed within a step: beyond its
    threshold a spike is made anyway, so an upstroke is not followed further. `frozen` are the names that may change
    within a step; others are constant over it.
    """

    rates: State
    noise: Mapping[Expression, Mapping[int, Expression]]
    held: frozenset[Expression]
    limits: Mapping[Expression, Expression]
    frozen: frozenset[Expression]

    def rate(self, variable: Expression, state: Mapping[Expression, Expression]) -> Expression:
        """Return a derivative at another state."""
        return substituted(self.rates[variable], state)

    def stage(self, state: State, fraction: float = 1.0) -> State:
        """Return state and time within the step: what rests does, and upstrokes go no further than their limits."""
        resting = {v: select(NOT_REFRACTORY, x, v) if v in self.held else x for v, x in state.items()}
        limited = {v: minimum(x, self.limits[v]) if v in self.limits else x for v, x in resting.items()}
        return {**limited, T: T + (DT if fraction == 1.0 else DT * constant(fraction))}

    @property
    def is_driven_by_time(self) -> bool:
        """Whether a derivative depends on the time itself."""
        return any(depends(f, {T}) for f in self.rates.values())

    @property
    def is_noisy(self) -> bool:
        """Whether there is noise at all."""
        return any(self.noise.values())

    @property
    def is_additive(self) -> bool:
        """Whether no amplitude of noise depends on the state."""
        return not any(depends(g, self.frozen) for terms in self.noise.values() for g in terms.values())

    def leak(self, variable: Expression) -> tuple[Expression, Expression]:
        """Return (a, b) with rate = a variable + b, where a is constant over a step."""
        return split(self.rates[variable], variable, self.frozen)

    def conditionally_linear(self, variable: Expression) -> tuple[Expression, Expression] | None:
        """Return (a, b) with rate = a variable + b, both free of the variable, or None."""
        return linear_in(self.rates[variable], variable)


def _normal(k: int) -> Expression:
    return Expression.of("draw_normal", f"xi{k}")


def _noise(
    system: System, variable: Expression, state: State, spread: Callable[[Expression], Expression]
) -> Expression:
    """Return what noise adds to a variable, its amplitude taken at a state."""
    total = ZERO
    for k, amplitude in system.noise[variable].items():
        total = total + spread(substituted(amplitude, state)) * _normal(k)
    return total


def _root_dt(amplitude: Expression) -> Expression:
    return amplitude * Expression.of("square_root", DT)


def euler(system: System) -> State:
    """Take a step forward by the derivative; with noise Euler and Maruyama's scheme."""
    return {v: v + DT * f + _noise(system, v, {}, _root_dt) for v, f in system.rates.items()}


def heun(system: System) -> State:
    """Take the mean of two derivatives; with noise that depends on the state, its Stratonovich solution."""
    first = system.rates
    ahead = system.stage({v: v + DT * f + _noise(system, v, {}, _root_dt) for v, f in first.items()})
    half = constant(0.5)
    return {
        v: v + (DT * half) * f + (DT * half) * system.rate(v, ahead) + _mean_noise(system, v, ahead)
        for v, f in first.items()
    }


def _mean_noise(system: System, variable: Expression, ahead: State) -> Expression:
    half = constant(0.5)
    total = ZERO
    for k, amplitude in system.noise[variable].items():
        later = substituted(amplitude, ahead)
        mean = amplitude if later is amplitude else half * (amplitude + later)
        total = total + _root_dt(mean) * _normal(k)
    return total


def rk4(system: System) -> State:
    """Take the classical Runge-Kutta step."""
    half = constant(0.5)
    k1 = system.rates
    at2 = system.stage({v: v + (DT * half) * k1[v] for v in k1}, 0.5)
    k2 = {v: system.rate(v, at2) for v in k1}
    at3 = system.stage({v: v + (DT * half) * k2[v] for v in k1}, 0.5)
    k3 = {v: system.rate(v, at3) for v in k1}
    at4 = system.stage({v: v + DT * k3[v] for v in k1})
    k4 = {v: system.rate(v, at4) for v in k1}
    sixth, third = DT * constant(1.0 / 6.0), DT * constant(1.0 / 3.0)
    return {v: v + sixth * k1[v] + third * k2[v] + third * k3[v] + sixth * k4[v] for v in k1}


def _effective_time(a: Expression, dt: Expression = DT) -> Expression:
    """Return (exp(a dt) - 1) / a, in the form for rates that change from step to step."""
    return dt if a is ZERO else Expression.of("effective_time", negate(a), dt)


def _propagated(a: Expression) -> Expression:
    """Return the same in the form for rates that are the same in most steps."""
    return DT if a is ZERO else DT * Expression.of("phi1", a * DT)


def exponential_euler(system: System) -> State:
    """Follow each variable with all others frozen: exactly where it is linear, else by its rate of decay now."""
    result = {}
    for v, f in system.rates.items():
        linear = system.conditionally_linear(v)
        a, _ = split(f, v, ()) if linear is None else linear
        grown = _noise(
            system,
            v,
            {},
            lambda g, a=a: g * Expression.of("square_root", _effective_time(constant(2.0) * a)),  # type: ignore[misc]
        )
        result[v] = v + _effective_time(a) * f + grown
    return result


def exponential_midpoint(system: System) -> State:
    """Let the first variable and the others take turns, each exactly, with the other as it is in the middle."""
    half = constant(0.5)
    first, *others = system.rates

    def relaxed(v: Expression, state: State, dt: Expression) -> Expression:
        linear = system.conditionally_linear(v)
        assert linear is not None
        return v + _effective_time(substituted(linear[0], state), dt) * system.rate(v, state)

    middle = system.stage({first: relaxed(first, {}, DT * half)}, 0.5)
    end = {v: relaxed(v, middle, DT) for v in others}
    means = system.stage({v: half * (v + x) for v, x in end.items()}, 0.5)
    return {first: relaxed(first, means, DT), **end}


def _others_follow_the_first(system: System) -> bool:
    """Whether there are other variables than the first, each of which depends on itself and the first alone."""
    _, *others = system.rates
    return bool(others) and not any(depends(system.rates[v], [w for w in others if w is not v]) for v in others)


def etd2(system: System) -> State:
    """Difference exponentials in time to second order: the linear part exact, the rest to second order."""
    leaks = {v: system.leak(v) for v in system.rates}
    predicted = {v: v + _propagated(leaks[v][0]) * f for v, f in system.rates.items()}
    ahead = system.stage(predicted)
    result = {}
    for v, (a, rest) in leaks.items():
        later = substituted(rest, ahead)
        weight = DT * (constant(0.5) if a is ZERO else Expression.of("phi2", a * DT))
        result[v] = predicted[v] if later is rest else predicted[v] + weight * (later - rest)
    return result


def exact(system: System) -> State:
    """Solve a system that is linear, by phi1 of its matrix."""
    matrix = coefficients(system)
    assert matrix is not None
    variables = list(system.rates)
    if not _is_coupled(matrix):
        return {v: v + _propagated(matrix[k][k]) * f for k, (v, f) in enumerate(system.rates.items())}
    weights = phi1([[a * DT for a in row] for row in matrix])
    result = {}
    for i, v in enumerate(variables):
        change = ZERO
        for j, w in enumerate(variables):
            change = change + (DT * weights[i][j]) * system.rates[w]
        result[v] = v + change
    return result


def _is_coupled(matrix: list[list[Expression]]) -> bool:
    return any(a is not ZERO for i, row in enumerate(matrix) for j, a in enumerate(row) if i != j)


def _others_follow_held(system: System, matrix: list[list[Expression]]) -> bool:
    """Whether a variable that rests while others go on drives any of them."""
    return any(
        v in system.held and any(row[k] is not ZERO for j, row in enumerate(matrix) if j != k)
        for k, v in enumerate(system.rates)
    )


#: Systems that are solved by a matrix have at most so many variables.
_LARGEST_MATRIX = 8


def coefficients(system: System) -> list[list[Expression]] | None:
    """Return the matrix of a system that is linear with coefficients that are constant over a step, or None."""
    variables = list(system.rates)
    matrix = []
    for v in variables:
        row, rest = [], system.rates[v]
        for w in variables:
            a, rest = split(rest, w, system.frozen)
            row.append(a)
        if depends(rest, variables):
            return None
        matrix.append(row)
    coupled = _is_coupled(matrix)
    if coupled and (len(variables) > _LARGEST_MATRIX or system.is_noisy or _others_follow_held(system, matrix)):
        return None
    if coupled and "G" in names_in(*(a for row in matrix for a in row)):
        return None
    return matrix


SCHEMES: dict[str, Callable[[System], State]] = {
    "exact": exact,
    "etd2": etd2,
    "exponential_midpoint": exponential_midpoint,
    "exponential_euler": exponential_euler,
    "euler": euler,
    "heun": heun,
    "rk4": rk4,
}


def applicable(system: System) -> list[str]:
    """Return the schemes that a system has, the default first."""
    if not system.rates:
        return ["euler"]
    if system.is_noisy:
        return ["exponential_euler", "euler", "heun"] if system.is_additive else ["euler", "heun"]
    if system.is_driven_by_time:
        return ["etd2", "exponential_euler", "euler", "heun", "rk4"]
    linear = coefficients(system) is not None
    conditionally = all(system.conditionally_linear(v) is not None for v in system.rates)
    order = ["exponential_euler", "etd2"] if conditionally else ["etd2", "exponential_euler"]
    if conditionally and _others_follow_the_first(system):
        order = ["exponential_midpoint", *order]
    return [*(["exact"] if linear else []), *order, "euler", "heun", "rk4"]
