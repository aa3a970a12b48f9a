"""Many runs on workers: threads, processes, or executors of other libraries."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event
from typing import Any, Protocol

import numpy as np

from rheobase import checks
from rheobase.network.result import Result

#: How often (s) it is looked whether Ctrl-C came while workers are waited for.
BETWEEN_LOOKS = 0.1


@dataclass
class Outcome:
    """How one of many runs ended: with a result and what a function returned, with an error, or by Ctrl-C."""

    place: int
    result: Result | None = None
    returned: Any = None
    error: BaseException | None = None
    interrupted: bool = False


class Job(Protocol):
    """What is run at many places, on whatever workers."""

    #: Tells workers of this process to stop.
    stop: Event

    def run(self, place: int) -> Outcome:
        """Run at one place; what it raises becomes part of the outcome."""


#: What other processes are sent: a function of the place and more, and what that is.
Sent = tuple[Callable[..., Outcome], tuple[Any, ...]]


def number_of(workers: Any) -> int | None:
    """Return how many workers are asked for; None where they are an executor."""
    return checks.integer("workers", workers, low=1, high=1024) if isinstance(workers, int | np.integer) else None


def outcomes(
    job: Job,
    n: int,
    workers: Any,
    processes: bool,
    futures: list[Any],
    sent: Callable[[], AbstractContextManager[Sent]],
) -> Iterator[Outcome]:
    """Yield how `n` runs end, as they do; what workers work at stands in `futures`."""
    if isinstance(workers, int) and workers == 1 and not processes:
        yield from map(job.run, range(n))
    elif isinstance(workers, int):
        with _pool(job, min(workers, n), processes) as (executor, run):
            yield from _as_they_end(executor.submit, run, n, futures)
    elif isinstance(workers, ThreadPoolExecutor):
        yield from _as_they_end(workers.submit, job.run, n, futures)
    else:
        yield from _elsewhere(n, workers, futures, sent)


def _elsewhere(
    n: int, workers: Any, futures: list[Any], sent: Callable[[], AbstractContextManager[Sent]]
) -> Iterator[Outcome]:
    """Have the runs done by something that is not of this process."""
    if hasattr(workers, "submit"):
        with sent() as (run, more):
            yield from _as_they_end(workers.submit, run, n, futures, *more)
    elif callable(workers) and hasattr(workers, "n_jobs"):
        with sent() as (run, more):
            yield from workers((run, (k, *more), {}) for k in range(n))
    else:
        raise TypeError(
            f"workers must be an integer, an executor with a method submit, or a joblib.Parallel, got {workers!r}"
        )


@contextmanager
def _pool(job: Job, workers: int, processes: bool) -> Iterator[tuple[Executor, Callable[[int], Outcome]]]:
    """Give a pool of threads or processes, and what it is to run."""
    if processes:
        fork = sys.platform == "linux"
        context = multiprocessing.get_context("fork" if fork else "spawn")
        executor: Executor = ProcessPoolExecutor(workers, context, initializer=_take, initargs=(job,))
        run: Callable[[int], Outcome] = _run_taken
    else:
        executor, run = ThreadPoolExecutor(workers, thread_name_prefix="rheobase"), job.run
    try:
        yield executor, run
    except BaseException:
        job.stop.set()
        executor.shutdown(wait=not processes, cancel_futures=True)
        raise
    executor.shutdown()


#: The job of a worker process.
_taken: list[Job] = []


def _take(job: Job) -> None:
    """Let a worker process have the job; Ctrl-C is the business of the process that waits for it."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _taken[:] = [job]


def _run_taken(place: int) -> Outcome:
    return _taken[0].run(place)


def _as_they_end(
    submit: Callable[..., Any], run: Callable[..., Outcome], n: int, futures: list[Any], *more: Any
) -> Iterator[Outcome]:
    """Submit all and yield how they end; what is left is called off where nobody asks any more."""
    ended: SimpleQueue[int] = SimpleQueue()
    try:
        for k in range(n):
            futures.append(submit(run, k, *more))
            futures[k].add_done_callback(lambda _, k=k: ended.put(k))
        for _ in range(n):
            yield _outcome(_next(ended), futures)
    finally:
        for future in futures:
            future.cancel()


def ended_too(futures: list[Any], known: set[int]) -> list[Outcome]:
    """Return how those ended that came to their end before Ctrl-C, unnoticed so far."""
    ended = [k for k, future in enumerate(futures) if k not in known and future.done() and not future.cancelled()]
    outcomes = [_outcome(k, futures) for k in ended]
    return [outcome for outcome in outcomes if outcome.error is None and not outcome.interrupted]


def _next(ended: SimpleQueue[int]) -> int:
    while True:
        try:
            return ended.get(timeout=BETWEEN_LOOKS)
        except Empty:
            continue


def _outcome(k: int, futures: list[Any]) -> Outcome:
    try:
        outcome = futures[k].result()
    except Exception as error:  # the executor itself: it could not send something, or a process died
        return Outcome(k, error=error)
    return outcome if isinstance(outcome, Outcome) else Outcome(k, error=TypeError(f"got {outcome!r} of an executor"))
