"""What a worker needs to run a trial, and how one trial runs."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path
from threading import Event, Lock
from typing import Any

from rheobase.experiments.workers import Outcome
from rheobase.network import copying
from rheobase.network.network import Network
from rheobase.network.result import Result

#: A user's function, called with the network of a trial and the trial's number.
Each = Callable[[Network, int], Any]


class Session:
    """A network, built, and what is done with a copy of it in each trial."""

    def __init__(
        self, network: Network, duration: float | None, each: Each | None, seeds: list[int], fresh: bool, threads: int
    ) -> None:
        self.network, self.duration, self.each, self.seeds = network, duration, each, seeds
        self.fresh, self.threads = fresh, threads
        self.stop, self._lock = Event(), Lock()

    def __getstate__(self) -> dict[str, Any]:
        kept = ("network", "duration", "each", "seeds", "fresh", "threads")
        return {name: getattr(self, name) for name in kept}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.stop, self._lock = Event(), Lock()

    def run(self, trial: int) -> Outcome:
        """Run a trial; what it raises becomes part of its outcome."""
        if self.stop.is_set():
            return Outcome(trial, interrupted=True)
        try:
            return self._run(trial, self._begin(trial))
        except KeyboardInterrupt:
            return Outcome(trial, interrupted=True)
        except Exception as error:
            return Outcome(trial, error=error)

    def _begin(self, trial: int) -> Network:
        """Return the network of a trial."""
        with self._lock:  # copies are made one after another
            make = copying.begun if self.fresh else copying.copied
            network = make(self.network, self.seeds[trial], self.threads)
        network._stop = self.stop
        return network

    def _run(self, trial: int, network: Network) -> Outcome:
        returned = None if self.each is None else self.each(network, trial)
        result = None
        if isinstance(returned, Result):
            result, returned = returned, None
        elif isinstance(returned, tuple) and returned and isinstance(returned[0], Result):
            result, returned = returned[0], returned[1] if len(returned) == 2 else returned[1:]
        if result is not None and self.duration is not None:
            raise TypeError("each must not return a Result where trials run for a duration: leave one of both out")
        if self.duration is not None:
            result = network.run(self.duration)
        if result is None:
            result = network.run(0)
        return Outcome(trial, result, returned)


class Packed:
    """A session in a file, which workers elsewhere read once each."""

    #: The session that this process read last, by its file.
    _read: tuple[str, Session] | None = None

    def __init__(self, session: Session, folder: str) -> None:
        self.path = str(Path(folder) / "session")
        parts = {**session.__getstate__(), "each": None}
        with Path(self.path).open("wb") as file:
            pickle.dump(Session(**parts), file)

    def run(self, trial: int, each: Each | None) -> Outcome:
        """Run a trial; `each` comes along, since executors may pickle what the standard library cannot."""
        if Packed._read is None or Packed._read[0] != self.path:
            if not os.path.exists(self.path):
                raise FileNotFoundError(
                    f"workers must see the file {self.path}: set the environment variable TMPDIR to a folder that "
                    "all of them share"
                )
            with Path(self.path).open("rb") as file:
                Packed._read = self.path, pickle.load(file)
        session = Packed._read[1]
        session.each = each
        return session.run(trial)
