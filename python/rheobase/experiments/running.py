"""Trials: the same experiment, again and again, with other random numbers or another stimulus."""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np

from rheobase import checks
from rheobase.experiments.outcomes import Trials, stacked
from rheobase.experiments.session import Each, Outcome, Packed, Session
from rheobase.network.network import Network
from rheobase.progress import Counter, Interrupted

#: How often (s) it is looked whether Ctrl-C came while workers are waited for.
BETWEEN_LOOKS = 0.1


class TrialError(RuntimeError):
    """A trial failed; what it raised is the cause.

    Attributes
    ----------
    trial : int
        Which.
    seed : int
        Its seed: ``each(net.copy(seed=error.seed), error.trial)`` is close to what it did.
    done : Trials or None
        The trials that were done before; None where there were none.
    """

    def __init__(self, trial: int, seed: int, error: BaseException, done: Trials | None) -> None:
        super().__init__(f"trial {trial} (seed {seed}) failed: {type(error).__name__}: {error}")
        self.trial, self.seed, self.done = trial, seed, done


def trials(
    net: Network,
    n: int,
    duration: float | None = None,
    *,
    each: Each | None = None,
    seeds: int | Sequence[int] | None = None,
    fresh: bool = True,
    workers: int | Executor | Any = 1,
    processes: bool = False,
    progress: bool = False,
) -> Trials:
    """Run `n` trials of an experiment, each on a copy of a network, and return them as one object.

    Connections are made once. `net` itself stays as it is; what one trial sets no other sees. A trial depends on its
    seed and its number alone, and gives the same, bit for bit, whoever runs it and in whatever order.

    Parameters
    ----------
    net : Network
    n : int
        How many.
    duration : float, optional
        How long (ms) each runs. Without it, `each` runs the network itself.
    each : callable, optional
        ``each(net, k)`` is called with the network of trial k, before it runs for `duration`: it sets the stimulus.
        What it returns is stacked in `Trials.returned`: a number, an array or a dict of such. Where it runs the
        network itself it returns a `Result`, or a pair of a `Result` and values.
    seeds : int or sequence of n int, optional
        Seed that those of all trials come from, or one for each. By default `net.stream_seed`. They decide what is
        random in runs and the initial values that are drawn; connections and parameters are those of `net`.
    fresh : bool, default True
        Whether trials begin at t = 0, as after `net.reset(seed)`. Otherwise they go on from where `net` stands.
    workers : int or executor, default 1
        How many trials run at a time, on threads; or what runs them: an executor of `concurrent.futures`, a
        `joblib.Parallel`, a Dask client. Executors that are no threads read the network once for each worker from a
        file in the folder of temporary files, and `each` must be something that they can send.
    processes : bool, default False
        Use processes instead of threads, where `each` does much work in Python. On Linux they share the memory of
        the connections, and `each` may be any function.
    progress : bool, default False
        Show a progress bar.

    Returns
    -------
    Trials

    Raises
    ------
    TrialError
        If a trial fails; it names the trial and holds those that were done.
    Interrupted
        After Ctrl-C; a KeyboardInterrupt whose ``result`` holds the trials that were done.

    Examples
    --------
    >>> done = rb.trials(net, 10, 100, each=lambda net, k: net["e"].__setitem__("I_x", 10 + k))
    >>> done.rates(t_start=20)["e"].values.shape
    (10,)
    """
    checks.instance("net", net, Network, "a network")
    n = checks.integer("n", n, low=1, high=10**6)
    if duration is not None:
        checks.steps("duration", duration, net.dt)
    elif each is None:
        raise TypeError("each must run the network where duration is not given, got None")
    if each is not None:
        checks.function("each", each)
    count = checks.integer("workers", workers, low=1, high=1024) if isinstance(workers, int | np.integer) else None
    checks.flag("processes", processes)
    share = net.threads // count if count else 1
    threads = max((t for t in range(1, share + 1) if net.threads % t == 0), default=1)
    session = Session(net, duration, each, _seeds(seeds, n, net), checks.flag("fresh", fresh), threads)
    net.build()
    done: list[Outcome] = []
    futures: list[Any] = []
    interrupted = False
    with Counter(n, "trials", "trial", progress) as bar:
        try:
            for outcome in _outcomes(session, n, workers if count is None else count, processes, futures):
                if outcome.error is not None:
                    session.stop.set()
                    failed = TrialError(outcome.trial, session.seeds[outcome.trial], outcome.error, None)
                    failed.done = _gathered(session, done, interrupted=False) if done else None
                    raise failed from outcome.error
                if outcome.interrupted:
                    raise KeyboardInterrupt
                done.append(outcome)
                bar.show(len(done))
        except KeyboardInterrupt:
            session.stop.set()
            interrupted = True
            done += _ended_too(futures, {outcome.trial for outcome in done})
            if not done:
                raise
            bar.total = len(done)
    trials = _gathered(session, done, interrupted)
    if interrupted:
        raise Interrupted(f"trials stopped by Ctrl-C: {len(done)} of {n} were done", trials)
    return trials


def _seeds(seeds: int | Sequence[int] | None, n: int, net: Network) -> list[int]:
    """Return a seed for each trial; the first ones are the same for any number of trials."""
    if seeds is None or checks.axes("seeds", seeds) == 0:
        given = net.stream_seed if seeds is None else checks.integer("seeds", seeds, low=0, high=2**64 - 1)
        roots = [np.random.SeedSequence(given, spawn_key=(k,)) for k in range(n)]
        return [int(root.generate_state(1, np.uint64)[0]) for root in roots]
    each = [checks.integer(f"seeds[{k}]", seed, low=0, high=2**64 - 1) for k, seed in enumerate(seeds)]  # type: ignore[arg-type]
    if len(each) != n:
        raise ValueError(f"seeds must be one integer or one for each of the {n} trials, got {len(each)}")
    return each


def _gathered(session: Session, done: list[Outcome], interrupted: bool) -> Trials:
    done = sorted(done, key=lambda outcome: outcome.trial)
    ids = np.array([outcome.trial for outcome in done], dtype=int)
    seeds = np.array([session.seeds[k] for k in ids], dtype=np.uint64)
    results = [outcome.result for outcome in done if outcome.result is not None]
    return Trials(results, ids, seeds, stacked([outcome.returned for outcome in done]), interrupted)


def _outcomes(session: Session, n: int, workers: Any, processes: bool, futures: list[Any]) -> Iterator[Outcome]:
    """Yield how trials end, as they do; what workers work at stands in `futures`."""
    if isinstance(workers, int) and workers == 1 and not processes:
        yield from map(session.run, range(n))
    elif isinstance(workers, int):
        with _pool(session, min(workers, n), processes) as (executor, run):
            yield from _as_they_end(executor.submit, run, n, futures)
    elif isinstance(workers, ThreadPoolExecutor):
        yield from _as_they_end(workers.submit, session.run, n, futures)
    else:
        yield from _elsewhere(session, n, workers, futures)


def _elsewhere(session: Session, n: int, workers: Any, futures: list[Any]) -> Iterator[Outcome]:
    """Run trials by something that is not of this process."""
    with tempfile.TemporaryDirectory(prefix="rheobase-") as folder:
        packed = Packed(session, folder)
        if hasattr(workers, "submit"):
            yield from _as_they_end(workers.submit, packed.run, n, futures, session.each)
        elif callable(workers) and hasattr(workers, "n_jobs"):
            yield from workers((packed.run, (k, session.each), {}) for k in range(n))
        else:
            raise TypeError(
                f"workers must be an integer, an executor with a method submit, or a joblib.Parallel, got {workers!r}"
            )


@contextmanager
def _pool(session: Session, workers: int, processes: bool) -> Iterator[tuple[Executor, Callable[[int], Outcome]]]:
    """Give a pool of threads or processes, and what it is to run."""
    if processes:
        fork = sys.platform == "linux"
        context = multiprocessing.get_context("fork" if fork else "spawn")
        executor: Executor = ProcessPoolExecutor(workers, context, initializer=_take, initargs=(session,))
        run: Callable[[int], Outcome] = _run_taken
    else:
        executor, run = ThreadPoolExecutor(workers, thread_name_prefix="rheobase trial"), session.run
    try:
        yield executor, run
    except BaseException:
        session.stop.set()
        executor.shutdown(wait=not processes, cancel_futures=True)
        raise
    executor.shutdown()


#: The session of a worker process.
_taken: list[Session] = []


def _take(session: Session) -> None:
    """Let a worker process have the session; Ctrl-C is the business of the process that waits for it."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _taken[:] = [session]


def _run_taken(trial: int) -> Outcome:
    return _taken[0].run(trial)


def _as_they_end(
    submit: Callable[..., Any], run: Callable[..., Outcome], n: int, futures: list[Any], *more: Any
) -> Iterator[Outcome]:
    """Submit all trials and yield how they end; what is left is called off where nobody asks any more."""
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


def _ended_too(futures: list[Any], known: set[int]) -> list[Outcome]:
    """Return how trials ended that came to their end before Ctrl-C, unnoticed so far."""
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
