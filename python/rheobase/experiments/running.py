"""Trials: the same experiment, again and again, with other random numbers or another stimulus."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import numpy as np

from rheobase import checks
from rheobase.experiments.outcomes import Trials, stacked
from rheobase.experiments.session import Each, Outcome, Packed, Session
from rheobase.experiments.workers import Sent, ended_too, number_of, outcomes
from rheobase.network.network import Network
from rheobase.progress import Counter, Interrupted


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
    count = number_of(workers)
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
            for outcome in outcomes(
                session, n, workers if count is None else count, processes, futures, _sent(session)
            ):
                if outcome.error is not None:
                    session.stop.set()
                    failed = TrialError(outcome.place, session.seeds[outcome.place], outcome.error, None)
                    failed.done = _gathered(session, done, interrupted=False) if done else None
                    raise failed from outcome.error
                if outcome.interrupted:
                    raise KeyboardInterrupt
                done.append(outcome)
                bar.show(len(done))
        except KeyboardInterrupt:
            session.stop.set()
            interrupted = True
            done += ended_too(futures, {outcome.place for outcome in done})
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
    done = sorted(done, key=lambda outcome: outcome.place)
    ids = np.array([outcome.place for outcome in done], dtype=int)
    seeds = np.array([session.seeds[k] for k in ids], dtype=np.uint64)
    results = [outcome.result for outcome in done if outcome.result is not None]
    return Trials(results, ids, seeds, stacked([outcome.returned for outcome in done]), interrupted)


def _sent(session: Session) -> Callable[[], AbstractContextManager[Sent]]:
    """Return what gives workers that are not of this process a session to run."""

    @contextmanager
    def sent() -> Iterator[Sent]:
        with tempfile.TemporaryDirectory(prefix="rheobase-") as folder:
            yield Packed(session, folder).run, (session.each,)

    return sent
