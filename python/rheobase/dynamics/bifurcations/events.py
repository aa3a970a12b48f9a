"""Bifurcations on a traced curve of fixed points: found between two points of it, located, and accounted for.

Every event lies between the two points that tell of it. The numbers of unstable eigenvalues at both ends must follow
from the events between them: where they do not, the piece is halved, down to where the stability changes, and what
happens there is named by the eigenvalues that vanish.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise, product

import numpy as np
from scipy import optimize

from rheobase.dynamics.bifurcations.arclength import NEAREST, Curve
from rheobase.dynamics.fields import numerical_jacobian
from rheobase.dynamics.stability import has_imaginary_pair
from rheobase.models.values import Brief
from rheobase.progress import Search

#: A function of the curve, a point and its tangent that changes sign at an event.
Test = Callable[[Curve, np.ndarray, np.ndarray], float]

#: Pieces shorter than this, in scaled units, are halved no more: what happens in one of them happens together.
_SHORTEST = NEAREST

#: Eigenvalues whose real part is smaller than this part of the largest one may lie on either side.
_NEUTRAL = 1e-7


@dataclass(frozen=True, eq=False, repr=False)
class Event(Brief):
    """A bifurcation: its kind, the point of the curve, the tangent, and how many eigenvalues cross (0: unexplained)."""

    kind: str
    point: np.ndarray
    tangent: np.ndarray
    crossing: int = 1


@dataclass(frozen=True, eq=False, repr=False)
class Station(Brief):
    """A point of the curve, its tangent, the values of all tests, and the least and largest number of unstable λ.

    `watched` holds what may touch zero: the tests, and the real part of each eigenvalue by its rank.
    """

    point: np.ndarray
    tangent: np.ndarray
    values: dict[str, float]
    unstable: tuple[int, int]
    watched: dict[str, float] = field(default_factory=dict)

    @property
    def telling(self) -> bool:
        """Whether no eigenvalue is so near zero that it may lie on either side."""
        return self.unstable[0] == self.unstable[1]

    @classmethod
    def at(cls, curve: Curve, point: np.ndarray, along: np.ndarray, tests: dict[str, Test]) -> Station:
        """Return the station at `point`, headed as `along`."""
        tangent = curve.tangent(point, along)
        values = {name: test(curve, point, tangent) for name, test in tests.items()}
        real = _real_parts(curve, point)
        least = _NEUTRAL * np.abs(real).max()
        watched = {**values, **{f"{_RANK}{k}": float(x) for k, x in enumerate(real)}}
        return cls(point, tangent, values, (int((real > least).sum()), int((real > -least).sum())), watched)


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


#: Before the rank of an eigenvalue, the name of its real part.
_RANK = "real part "


def _real_parts(curve: Curve, point: np.ndarray) -> np.ndarray:
    """Return the real parts of the eigenvalues, falling."""
    return np.sort(np.linalg.eigvals(curve.jacobian(point)).real)[::-1]


def _ranked(rank: int) -> Test:
    """Return the test that is the real part of the eigenvalue of a rank; some rank crosses zero in any change."""
    return lambda curve, point, tangent: float(_real_parts(curve, point)[rank])


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
    if len(found) == len(flipped) and _explained(a, b, found):
        return [event for event in found if event.crossing]
    if piece.length < _SHORTEST:
        return [_named_by_eigenvalues(piece)] if not _explained(a, b, []) else found
    m = _inside(piece, tests)
    if m is None:
        return [_named_by_eigenvalues(piece)] if not _explained(a, b, found) else found
    return events_between(curve, a, m, tests) + events_between(curve, m, b, tests)


def _inside(piece: Between, tests: dict[str, Test]) -> Station | None:
    """Return a station near the middle of a piece, not on an event itself; None if the curve is lost there."""
    for share in (0.5, 0.4, 0.6):
        point = piece.point(share * piece.length)
        if point is None:
            return None
        station = Station.at(piece.curve, point, piece.a.tangent, tests)
        if station.telling:
            return station
    return station


def dips_between(
    curve: Curve, three: tuple[Station, Station, Station], a: Station, b: Station, tests: dict[str, Test]
) -> list[Station]:
    """Return stations from `a` to `b` past zeros that a test or an eigenvalue reaches and leaves again.

    `three` stations, two of which are `a` and `b`, tell by a parabola where to look.
    """
    x = np.concatenate([[0.0], np.cumsum([np.linalg.norm(q.point - p.point) for p, q in pairwise(three)])])
    if not (np.diff(x) > 0).all():
        return []
    piece, found = Between(curve, a, b), []
    known = any(a.values[name] * b.values[name] < 0 for name in tests)
    for name in a.watched:
        # Where a test changes sign an eigenvalue may touch zero, as at a fold: that is part of the event.
        if known and (name not in tests or a.values[name] * b.values[name] < 0):
            continue
        y = np.array([station.watched[name] for station in three])
        if not _may_touch_zero(x, y):
            continue
        sign = float(np.sign(y[1]))
        test = tests[name] if name in tests else _ranked(int(name.removeprefix(_RANK)))
        try:
            low = optimize.minimize_scalar(
                lambda s, test=test, sign=sign: sign * piece.value(test, s),
                bounds=(0, piece.length),
                method="bounded",
                options={"xatol": 1e-9 * piece.length, "maxiter": 60},
            )
        except _Lost:
            continue
        # Where a double eigenvalue crosses, the determinant touches zero, and only rounding gives it another sign.
        point = piece.point(low.x) if low.fun < -1e-11 * np.abs(y).min() else None
        if point is not None and (station := Station.at(curve, point, a.tangent, tests)).telling:
            found.append(station)
    return found


def _may_touch_zero(x: np.ndarray, y: np.ndarray) -> bool:
    """Return whether the parabola through three values of one sign comes near zero between them."""
    sign = np.sign(y[1])
    if not (np.sign(y) == sign).all() or sign == 0:
        return False
    size = np.abs(y)
    slope = (size[1] - size[0]) / x[1]
    bend = ((size[2] - size[1]) / (x[2] - x[1]) - slope) / x[2]
    lowest = x[1] / 2 - slope / (2 * bend) if bend > 0 else -1.0
    return bool(x[0] <= lowest <= x[2] and size[0] + lowest * (slope + bend * (lowest - x[1])) <= 0.2 * size.min())


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
    if name == "Hopf" and not has_imaginary_pair(piece.curve.jacobian(point)):
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
    for station in (a, b) if piece.length > _SHORTEST else ():
        # Close to the point the two branches are hard to tell apart: what changes there belongs to it.
        gap = min(1e-3, 0.1 * float(np.linalg.norm(station.point - point)))
        away = (station.point - point) / max(float(np.linalg.norm(station.point - point)), 1e-300)
        found = curve.correct(point + gap * away, tangent)
        lost = found is None or np.linalg.norm(found - point) > 3 * gap
        beside.append(station if lost or found is None else Station.at(curve, found, tangent, tests))
    if not beside:
        return [Event("branch point", point, tangent)]
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


def stays_on_branch(curve: Curve, z: np.ndarray, t: np.ndarray, ahead: np.ndarray, t_ahead: np.ndarray) -> bool:
    """Return whether a step from `z` to `ahead`, with the tangents there, stays on one branch.

    Along a branch the determinant of dG/dz over the tangent changes sign where another branch crosses and nowhere else.
    Where it does so without a crossing the step has gone over to a branch that passes by.
    """
    if augmented_determinant(curve, z, t) * augmented_determinant(curve, ahead, t_ahead) >= 0:
        return True
    curve.measure(z)
    curve.measure(ahead)
    piece = Between(curve, Station(z, t, {}, (0, 0)), Station(ahead, t_ahead, {}, (0, 0)))
    point = _branch_point(piece) if piece.length > 0 else None
    return point is not None and piece.holds(point)


def augmented_determinant(curve: Curve, z: np.ndarray, t: np.ndarray) -> float:
    """Test function of branch points: the determinant of dG/dz, rows in units of the largest, over the tangent."""
    return float(np.linalg.det(np.vstack([curve.matrix(z) / curve.row_size[:, None], t])))


def events_along(
    curve: Curve, points: list[np.ndarray], along: np.ndarray, tests: dict[str, Test], progress: bool = False
) -> tuple[list[Event], bool]:
    """Return the events on a curve through `points`, the first of which it leaves in the direction `along`.

    And whether these are all: Ctrl-C ends the search.
    """
    events: list[Event] = []
    with Search("bifurcations", progress) as search:
        try:
            for some in _events_step_by_step(curve, points, along, tests):
                events += some
                search.advance()
        except KeyboardInterrupt:
            return events, False
    return events, True


def _events_step_by_step(
    curve: Curve, points: list[np.ndarray], along: np.ndarray, tests: dict[str, Test]
) -> Iterator[list[Event]]:
    """Yield the events of each step along the curve."""
    for z in points:
        curve.measure(z)
    stations = [Station.at(curve, points[0], along, tests)]
    for z in points[1:]:
        stations.append(Station.at(curve, z, stations[-1].tangent, tests))
    stations = [x for k, x in enumerate(stations) if not 0 < k < len(stations) - 1 or not _on_event(stations, k, tests)]
    # What touches zero, or crosses it twice between two points, shows in how it bends.
    between: dict[int, list[Station]] = {}
    for k in range(1, len(stations) - 1):
        before, a, b = stations[k - 1 : k + 2]
        for i, (first, last) in ((k - 1, (before, a)), (k, (a, b))):
            between.setdefault(i, []).extend(dips_between(curve, (before, a, b), first, last, tests))
    for i, (a, b) in enumerate(pairwise(stations)):
        yield _events_of_step(curve, _in_order(a, b, between.get(i, [])), tests)


def _events_of_step(curve: Curve, stations: list[Station], tests: dict[str, Test], rounds: int = 3) -> list[Event]:
    """Return the events between the first and the last of `stations`, of which those inside tell of pairs of events.

    Where one event is another may be near: looks between them show whether the number of unstable eigenvalues stays
    what it is, and whether something else touches zero.
    """
    events = [event for a, b in pairwise(stations) for event in events_between(curve, a, b, tests)]
    if not events or not rounds:
        return events
    a, b = stations[0], stations[-1]
    fresh = _unexpected(Between(curve, a, b), events, tests)
    if not fresh:
        return events
    return _events_of_step(curve, _in_order(a, b, [*stations[1:-1], *fresh]), tests, rounds - 1)


def _unexpected(piece: Between, events: list[Event], tests: dict[str, Test]) -> list[Station]:
    """Return stations in the gaps between events where these do not explain the stability."""
    a, b = piece.a, piece.b
    marks = [0.0, *sorted(float((event.point - a.point) @ a.tangent) for event in events), piece.length]
    fresh: list[Station] = []
    for k, (low, high) in enumerate(pairwise(marks)):
        if high - low < 100 * _SHORTEST:
            continue
        points = [piece.point(low + share * (high - low)) for share in (0.05, 0.35, 0.65, 0.95)]
        inner = [Station.at(piece.curve, point, a.tangent, tests) for point in points if point is not None]
        ends = ([a] if k == 0 else []) + inner + ([b] if k == len(marks) - 2 else [])
        counts = {station.unstable for station in ends if station.telling}
        if len(counts) > 1:
            fresh += [station for station in inner if station.telling]
        for three in zip(ends, ends[1:], ends[2:], strict=False):
            for first, last in pairwise(three):
                fresh += dips_between(piece.curve, three, first, last, tests)
    return fresh


def _in_order(a: Station, b: Station, inner: list[Station]) -> list[Station]:
    """Return the stations from `a` to `b` along the first's tangent, each place once."""
    length = float((b.point - a.point) @ a.tangent)
    places = sorted((float((x.point - a.point) @ a.tangent), k) for k, x in enumerate(inner))
    chosen, last = [a], 0.0
    for s, k in places:
        if s - last > 1e-7 * length and length - s > 1e-7 * length:
            chosen.append(inner[k])
            last = s
    return [*chosen, b]


def _on_event(stations: list[Station], k: int, tests: dict[str, Test]) -> bool:
    """Return whether station `k` all but lies on an event, where rounding decides the sign of a test."""
    return not stations[k].telling or any(
        abs(stations[k].values[name]) < 0.02 * min(abs(stations[i].values[name]) for i in (k - 1, k + 1))
        for name in tests
    )
