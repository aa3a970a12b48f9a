"""Bifurcations on a traced curve of fixed points: found between two points of it, located, and accounted for.

Every event lies between the two points that tell of it. The numbers of unstable eigenvalues at both ends must follow
from the events between them: where they do not, the piece is halved, down to where the stability changes, and what
happens there is named by the eigenvalues that vanish.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
from scipy import optimize

from rheobase.dynamics.arclength import Curve
from rheobase.dynamics.fields import numerical_jacobian

#: A function of the curve, a point and its tangent that changes sign at an event.
Test = Callable[[Curve, np.ndarray, np.ndarray], float]

#: Pieces shorter than this, in scaled units, are halved no more: what happens in one of them happens together.
_SHORTEST = 1e-5

#: Eigenvalues whose real part is smaller than this part of the largest one may lie on either side.
_NEUTRAL = 1e-7


@dataclass(frozen=True)
class Event:
    """A bifurcation: its kind, the point of the curve, the tangent, and how many eigenvalues cross (0: unexplained)."""

    kind: str
    point: np.ndarray
    tangent: np.ndarray
    crossing: int = 1


@dataclass(frozen=True)
class Station:
    """A point of the curve, its tangent, the values of all tests, and the least and largest number of unstable λ."""

    point: np.ndarray
    tangent: np.ndarray
    values: dict[str, float]
    unstable: tuple[int, int]

    @classmethod
    def at(cls, curve: Curve, point: np.ndarray, along: np.ndarray, tests: dict[str, Test]) -> Station:
        """Return the station at `point`, headed as `along`."""
        tangent = curve.tangent(point, along)
        values = {name: test(curve, point, tangent) for name, test in tests.items()}
        if not curve.fixed_points:
            return cls(point, tangent, values, (0, 0))
        real = np.linalg.eigvals(curve.jacobian(point)).real
        values[_STABILITY] = _nearest_real_part(curve, point, tangent)
        least = _NEUTRAL * np.abs(real).max()
        return cls(point, tangent, values, (int((real > least).sum()), int((real > -least).sum())))


class Between:
    """The piece of a curve from one station to another, as a function of the distance along the first's tangent."""

    def __init__(self, curve: Curve, a: Station, b: Station) -> None:
        self.curve, self.a, self.b = curve, a, b
        self.length = float((b.point - a.point) @ a.tangent)

    def point(self, s: float) -> np.ndarray | None:
        """Return the point of the curve at `s`; None if there is none as near as the piece is long."""
        if s <= 0 or s >= self.length:
            return self.a.point if s <= 0 else self.b.point
        # The chord is nearer to the curve than the tangent.
        guess = self.a.point + s / self.length * (self.b.point - self.a.point)
        found = self.curve.correct(guess, self.a.tangent)
        near = found is not None and np.linalg.norm(found - guess) <= 0.5 * self.length
        return found if near else None

    def value(self, test: Test, s: float) -> float:
        """Return a test at `s`."""
        point = self.point(s)
        if point is None:
            raise _Lost
        return test(self.curve, point, self.curve.tangent(point, self.a.tangent))

    def holds(self, point: np.ndarray) -> bool:
        """Return whether a point lies within the piece."""
        s = float((point - self.a.point) @ self.a.tangent)
        aside = np.linalg.norm(point - self.a.point - s / self.length * (self.b.point - self.a.point))
        return bool(-1e-9 <= s <= self.length + 1e-9 and aside <= 0.5 * self.length)


#: Name under which stations keep the real part that is nearest zero; it has no events of its own.
_STABILITY = "stability"


def _nearest_real_part(curve: Curve, point: np.ndarray, tangent: np.ndarray) -> float:
    """Return the real part nearest zero of an eigenvalue; it crosses zero in any change of stability."""
    real = np.linalg.eigvals(curve.jacobian(point)).real
    return float(real[np.argmin(np.abs(real))])


class _Lost(Exception):
    """The corrector found no point of the curve."""


def events_between(curve: Curve, a: Station, b: Station, tests: dict[str, Test]) -> list[Event]:
    """Return the events between two stations, in order."""
    piece = Between(curve, a, b)
    if piece.length <= 0:
        return []
    flipped = [name for name in tests if a.values[name] * b.values[name] < 0]
    if "branch point" in flipped:
        events = _around_branch_point(curve, piece, tests)
        if events is not None and _explained(a, b, events):
            return events
        flipped.remove("branch point")
    found = [event for name in flipped if (event := _located(piece, name, tests[name])) is not None]
    found.sort(key=lambda event: float((event.point - a.point) @ a.tangent))
    if not curve.fixed_points or (len(found) == len(flipped) and _explained(a, b, found)):
        return [event for event in found if event.crossing]
    if piece.length < _SHORTEST:
        return [_named_by_eigenvalues(piece)] if not _explained(a, b, []) else found
    middle = piece.point(piece.length / 2)
    if middle is None:
        return [_named_by_eigenvalues(piece)] if not _explained(a, b, found) else found
    m = Station.at(curve, middle, a.tangent, tests)
    return events_between(curve, a, m, tests) + events_between(curve, m, b, tests)


def dips_between(
    curve: Curve, three: tuple[Station, Station, Station], a: Station, b: Station, tests: dict[str, Test]
) -> Station | None:
    """Return a station from `a` to `b` past a zero that a test reaches and leaves again, if `three` points tell so."""
    x = np.concatenate([[0.0], np.cumsum([np.linalg.norm(q.point - p.point) for p, q in pairwise(three)])])
    if not (np.diff(x) > 0).all():
        return None
    if any(a.values[name] * b.values[name] < 0 for name in tests):
        return None  # the event there is known, and touching zero is part of it
    piece = Between(curve, a, b)
    watched = {**tests, _STABILITY: _nearest_real_part} if curve.fixed_points else tests
    for name, test in watched.items():
        y = np.array([station.values[name] for station in three])
        sign = np.sign(y[1])
        if not (np.sign(y) == sign).all() or sign == 0:
            continue
        size = np.abs(y)
        slope = (size[1] - size[0]) / x[1]
        bend = ((size[2] - size[1]) / (x[2] - x[1]) - slope) / x[2]
        lowest = x[1] / 2 - slope / (2 * bend) if bend > 0 else -1.0
        if not x[0] <= lowest <= x[2] or size[0] + lowest * (slope + bend * (lowest - x[1])) > 0.2 * size.min():
            continue
        try:
            low = optimize.minimize_scalar(
                lambda s, test=test, sign=sign: sign * piece.value(test, s),
                bounds=(0, piece.length),
                method="bounded",
                options={"xatol": 1e-9 * piece.length, "maxiter": 60},
            )
        except _Lost:
            continue
        point = piece.point(low.x) if low.fun < 0 else None
        if point is not None:
            return Station.at(curve, point, a.tangent, tests)
    return None


def _located(piece: Between, name: str, test: Test) -> Event | None:
    """Return the zero of a test within a piece; None where the test jumps instead, or the curve is lost."""
    try:
        s = optimize.brentq(lambda s: piece.value(test, s), 0.0, piece.length, xtol=1e-14, rtol=1e-14)
        ends = abs(piece.a.values[name]), abs(piece.b.values[name])
        if abs(piece.value(test, s)) > 1e-3 * max(ends):
            return None
    except (_Lost, ValueError):  # no point of the curve, or no change of sign but for rounding
        return None
    point = piece.point(s)
    if point is None:
        return None
    tangent = piece.a.tangent + piece.b.tangent
    crossing = 2 if name == "Hopf" else 1
    if name == "Hopf" and not _imaginary_pair(piece.curve, point):
        crossing = 0  # a neutral saddle: λ and −λ
    return Event(name, point, tangent / np.linalg.norm(tangent), crossing)


def _around_branch_point(curve: Curve, piece: Between, tests: dict[str, Test]) -> list[Event] | None:
    """Return the branch point within a piece and the events on either side of it; None if there is no such point."""
    point = _branch_point(piece)
    if point is None or not piece.holds(point):
        return None
    a, b = piece.a, piece.b
    tangent = (a.tangent + b.tangent) / np.linalg.norm(a.tangent + b.tangent)
    beside = []
    for station in (a, b):
        # Close to the point the two branches are hard to tell apart: what changes there belongs to it.
        gap = min(1e-3, 0.1 * float(np.linalg.norm(station.point - point)))
        away = (station.point - point) / max(float(np.linalg.norm(station.point - point)), 1e-300)
        found = curve.correct(point + gap * away, tangent)
        lost = found is None or np.linalg.norm(found - point) > 3 * gap
        beside.append(station if lost or found is None else Station.at(curve, found, tangent, tests))
    left = events_between(curve, a, beside[0], tests) if beside[0] is not a else []
    right = events_between(curve, beside[1], b, tests) if beside[1] is not b else []
    return [*left, Event("branch point", point, tangent), *right]


def _branch_point(piece: Between) -> np.ndarray | None:
    """Solve for the point at which dG/dz loses rank: G + b ψ = 0, ψᵀ dG/dz = 0, ψᵀψ = 1 for z, b, ψ (Moore 1980).

    The system is regular at a simple branch point, where that of the curve itself is not.
    """
    curve, n = piece.curve, len(piece.a.point) - 1
    values = [abs(augmented_determinant(curve, x.point, x.tangent)) for x in (piece.a, piece.b)]
    share = values[0] / max(sum(values), 1e-300)
    z = piece.a.point + share * (piece.b.point - piece.a.point)
    size = curve.row_size

    def residual(y: np.ndarray) -> np.ndarray:
        matrix, psi = curve.matrix(y[: n + 1]) / size[:, None], y[n + 2 :]
        value = curve.value(y[: n + 1]) / size
        return np.concatenate([value + y[n + 1] * psi, psi @ matrix, [psi @ psi - 1]])

    psi = np.linalg.svd(curve.matrix(z) / size[:, None])[0][:, -1]
    y = np.concatenate([z, [0.0], psi])
    for _ in range(15):
        value = residual(y)
        jacobian = numerical_jacobian(residual, y)
        if not (np.isfinite(value).all() and np.isfinite(jacobian).all()):
            return None
        step = np.linalg.lstsq(jacobian, -value, rcond=1e-13)[0]
        y = y + step
        if np.linalg.norm(y[: n + 1] - z) > 100 * piece.length + 1e-9:
            return None
        if np.abs(step[: n + 1]).max() < 1e-12:
            break
    else:
        if np.abs(step[: n + 1]).max() > 1e-9:
            return None
    return y[: n + 1] if abs(y[n + 1]) < 1e-8 and np.abs(residual(y)).max() < 1e-7 else None


def _explained(a: Station, b: Station, events: list[Event]) -> bool:
    """Return whether the events between two stations can account for the change in the number of unstable λ."""
    steps = [(-1, 0, 1) if e.kind == "branch point" else (-e.crossing, e.crossing) for e in events]
    changes = {sum(some) for some in product(*steps)}
    return any(b.unstable[0] - a.unstable[1] <= change <= b.unstable[1] - a.unstable[0] for change in changes)


def _named_by_eigenvalues(piece: Between) -> Event:
    """Return the event at which the stability changes within a piece, as far as it has a name."""
    a, b = piece.a, piece.b
    rank = max(a.unstable[0], b.unstable[0]) - 1

    def real_part(curve: Curve, point: np.ndarray, tangent: np.ndarray) -> float:
        """Return the real part of the last eigenvalue that is unstable at one of the ends."""
        return float(np.sort(np.linalg.eigvals(curve.jacobian(point)).real)[::-1][rank])

    try:
        s = optimize.brentq(lambda s: piece.value(real_part, s), 0.0, piece.length, xtol=1e-15, rtol=1e-14)
    except (_Lost, ValueError):
        s = piece.length / 2
    point = piece.point(s)
    point = (a.point + b.point) / 2 if point is None else point
    values = np.linalg.eigvals(piece.curve.jacobian(point))
    scale = max(float(np.abs(np.linalg.eigvals(piece.curve.jacobian(x.point))).max()) for x in (a, b))
    near = np.abs(values.real) < max(1e-4 * scale, 1e-12)
    near |= np.abs(values) < 100 * _SHORTEST
    pairs = int((near & (np.abs(values.imag) > 1e-6 + 1e-4 * scale)).sum())
    tangent = (a.tangent + b.tangent) / np.linalg.norm(a.tangent + b.tangent)
    count = int(near.sum())
    if count < abs(b.unstable[0] - a.unstable[0]):
        return Event("unexplained", point, tangent, 0)
    return Event("Hopf" if pairs == count else "branch point", point, tangent, count)


def _imaginary_pair(curve: Curve, point: np.ndarray) -> bool:
    """Whether the two eigenvalues whose sum is nearest zero are a complex pair (not λ and −λ, a neutral saddle)."""
    values = np.linalg.eigvals(curve.jacobian(point)).astype(complex)
    i, j = np.triu_indices(len(values), 1)
    k = int(np.argmin(np.abs(values[i] + values[j])))
    return bool(abs(values[i[k]].imag) > 1e-8 * np.abs(values).max())


def augmented_determinant(curve: Curve, z: np.ndarray, t: np.ndarray) -> float:
    """Test function of branch points: the determinant of dG/dz, rows in units of the largest, over the tangent."""
    return float(np.linalg.det(np.vstack([curve.matrix(z) / curve.row_size[:, None], t])))


def events_along(curve: Curve, points: list[np.ndarray], along: np.ndarray, tests: dict[str, Test]) -> list[Event]:
    """Return all events on a curve through `points`, the first of which it leaves in the direction `along`."""
    # One unit for the whole curve: where a row itself vanishes its direction says nothing.
    sizes = np.max([np.abs(curve.matrix(z)).max(axis=1) for z in points], axis=0)
    curve.row_size = np.where((sizes > 0) & np.isfinite(sizes), sizes, 1.0)
    stations = [Station.at(curve, points[0], along, tests)]
    for z in points[1:]:
        stations.append(Station.at(curve, z, stations[-1].tangent, tests))
    stations = [x for k, x in enumerate(stations) if not 0 < k < len(stations) - 1 or not _on_event(stations, k, tests)]
    # A test that touches zero, or crosses it twice between two points, shows in how it bends.
    middle: dict[int, Station] = {}
    for k in range(1, len(stations) - 1):
        before, a, b = stations[k - 1 : k + 2]
        for i, (first, last) in ((k - 1, (before, a)), (k, (a, b))):
            found = None if i in middle else dips_between(curve, (before, a, b), first, last, tests)
            if found is not None:
                middle[i] = found
    events: list[Event] = []
    for i, (a, b) in enumerate(pairwise(stations)):
        if i in middle:
            events += events_between(curve, a, middle[i], tests) + events_between(curve, middle[i], b, tests)
        else:
            events += events_between(curve, a, b, tests)
    return events


def _on_event(stations: list[Station], k: int, tests: dict[str, Test]) -> bool:
    """Return whether station `k` all but lies on an event, where rounding decides the sign of a test."""
    return any(
        abs(stations[k].values[name]) < 0.02 * min(abs(stations[i].values[name]) for i in (k - 1, k + 1))
        for name in tests
    )
