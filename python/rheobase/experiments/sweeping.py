"""Sweeps: a function at every point of a grid of parameters, on any workers, kept on disk as it goes."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from threading import Event
from typing import Any

from rheobase import checks
from rheobase.experiments.points import Folder, Point, points_of
from rheobase.experiments.sweep_values import Sweep
from rheobase.experiments.workers import Outcome, Sent, number_of, outcomes
from rheobase.progress import Counter, Interrupted

log = logging.getLogger(__name__)


class SweepError(RuntimeError):
    """A point of a sweep failed; what it raised is the cause.

    Attributes
    ----------
    point : dict
        The arguments with which the function failed.
    done : Sweep
        What was done before.
    """

    def __init__(self, point: Point, error: BaseException, done: Sweep) -> None:
        super().__init__(f"the point {_shown(point)} failed: {type(error).__name__}: {error}")
        self.point, self.done = point, done


def sweep(
    function: Callable[..., object],
    grid: Mapping[str, Sequence[object]] | Sequence[Mapping[str, object]],
    *,
    seeds: Sequence[int] | None = None,
    path: str | os.PathLike[str] | None = None,
    workers: int | Executor | Any = 1,
    processes: bool = False,
    part: tuple[int, int] | None = None,
    retries: int = 0,
    skip: bool = False,
    progress: bool = False,
) -> Sweep:
    """Call a function at every point of a grid of parameters, and return what it gave as one object.

    With a `path` each point is kept as soon as it is done. The same call goes on after a kill where it was, and does
    what is new of a larger grid.

    Parameters
    ----------
    function : callable
        ``function(g=4.5, eta=1.2, seed=3)``: it makes a network from the arguments, runs it, and returns a number, an
        array or a dict of such.
    grid : dict or list of dict
        Values of each parameter, of which all combinations are points; or the points themselves.
    seeds : sequence of int, optional
        Each point is run with each of them, as the argument ``seed``.
    path : str or path, optional
        Folder for what is done, made where it is not there: an NPZ file per point, written as a whole. It belongs to
        one function. Values of the grid must then be numbers, texts, truth values or lists of them.
    workers : int or executor, default 1
        How many points are worked at at a time, on threads; or what runs them: an executor of `concurrent.futures` or
        ``mpi4py.futures``, a ``joblib.Parallel``, a Dask client. What is no thread must be able to send the function.
    processes : bool, default False
        Use processes instead of threads. On Linux `function` may then be any function.
    part : tuple of two int, optional
        ``(k, n)``: do the k-th of n parts, from 0, as a job of an array on a cluster does; needs `path`.
    retries : int, default 0
        How often a point that fails is tried again.
    skip : bool, default False
        Go on where a point fails; it is then in `Sweep.failed`, and tried again by the next call.
    progress : bool, default False
        Show a progress bar.

    Returns
    -------
    Sweep

    Raises
    ------
    SweepError
        If a point fails, unless `skip`; it names the point and holds what was done.
    Interrupted
        After Ctrl-C; a KeyboardInterrupt whose ``result`` holds what was done.

    Examples
    --------
    >>> def rate(drive, seed):
    ...     net = rb.Network(seed=seed, threads=1)
    ...     e = net.add(rb.LIF(I_x=drive), 10, name="e", V=rb.Uniform(-72, -55))
    ...     return net.run(100).rates()["e"]
    >>> done = rb.sweep(rate, {"drive": [18, 25]}, seeds=range(3))
    >>> done.values.shape
    (2, 3)
    """
    checks.function("function", function)
    points, axes = points_of(grid, seeds)
    folder = None if path is None else Folder(path)
    chosen = _part(points, part, folder)
    count = number_of(workers)
    checks.flag("processes", processes)
    checks.flag("skip", skip)
    done = {k: folder.read(points[k]) for k in range(len(points)) if folder is not None and folder.has(points[k])}
    todo = [k for k in chosen if k not in done]
    task = Task(function, [points[k] for k in todo], folder, checks.integer("retries", retries, low=0))
    log.info("sweep of %d points, %d of them done", len(points), len(done))
    failed: dict[int, BaseException] = {}

    def so_far(interrupted: bool = False) -> Sweep:
        return Sweep(points, axes, dict(sorted(done.items())), dict(sorted(failed.items())), interrupted)

    with Counter(len(chosen), "sweep", "point", progress) as bar:
        bar.show(len(chosen) - len(todo))
        try:
            for outcome in outcomes(task, len(todo), count or workers, processes, [], task.sent):
                k = todo[outcome.place]
                if outcome.interrupted:
                    raise KeyboardInterrupt
                if outcome.error is None:
                    done[k] = outcome.returned
                    if folder is not None and not folder.has(points[k]):  # by a worker that has other disks
                        folder.keep(points[k], outcome.returned)
                elif skip:
                    failed[k] = outcome.error
                else:
                    task.stop.set()
                    raise SweepError(points[k], outcome.error, so_far()) from outcome.error
                bar.show(len(chosen) - len(todo) + sum(k in done or k in failed for k in todo))
        except KeyboardInterrupt:
            task.stop.set()
            what = f"sweep stopped by Ctrl-C: {len(done)} of {len(points)} points are done"
            raise Interrupted(what, so_far(interrupted=True)) from None
    return so_far()


def _part(points: Sequence[Point], part: tuple[int, int] | None, folder: Folder | None) -> list[int]:
    """Return the points that are to be done."""
    if part is None:
        return [*range(len(points))]
    given = checks.items("part", part, "two integers, (k, n)")
    if len(given) != 2:
        raise ValueError(f"part must be two integers, (k, n), got {part!r}")
    if folder is None:
        raise ValueError("path must be given with part, so that the parts come together")
    n = checks.integer("part", given[1], low=1)
    return [*range(checks.integer("part", given[0], low=0, high=n - 1), len(points), n)]


class Task:
    """A function and the points at which it is called."""

    def __init__(
        self, function: Callable[..., Any], points: Sequence[Point], folder: Folder | None, retries: int
    ) -> None:
        self.function, self.points, self.folder, self.retries, self.stop = function, points, folder, retries, Event()

    def run(self, place: int) -> Outcome:
        """Call the function at a point; what it raises becomes part of the outcome."""
        if self.stop.is_set():
            return Outcome(place, interrupted=True)
        return call(self.function, place, self.points[place], self.folder, self.retries)

    @contextmanager
    def sent(self) -> Iterator[Sent]:
        """Give what workers elsewhere are sent."""
        yield _Sent(self.points, self.folder, self.retries).run, (self.function,)


class _Sent:
    """A task without its function, which comes along: executors may pickle what the standard library cannot."""

    def __init__(self, points: Sequence[Point], folder: Folder | None, retries: int) -> None:
        self.points, self.folder, self.retries = points, folder, retries

    def run(self, place: int, function: Callable[..., Any]) -> Outcome:
        return call(function, place, self.points[place], self.folder, self.retries)


def call(function: Callable[..., Any], place: int, point: Point, folder: Folder | None, retries: int) -> Outcome:
    """Call a function at a point, again where it fails, and keep what it gives."""
    for left in reversed(range(retries + 1)):
        try:
            returned = function(**point)
            if folder is not None:
                folder.keep(point, returned)
            return Outcome(place, returned=returned)
        except KeyboardInterrupt:
            return Outcome(place, interrupted=True)
        except Exception as error:
            if not left:
                return Outcome(place, error=error)
            log.info("the point %s failed and is tried again: %s", _shown(point), error)
    raise AssertionError("a point is called once at least")


def _shown(point: Point) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in point.items())
