"""One thread at a time: who may use the engine while it works without Python's lock."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from rheobase import _engine


class Guard:
    """Keeps the engine from a second caller while a first one builds, reads or runs it."""

    def __init__(self, engine: _engine.Simulation) -> None:
        self._engine, self._lock = engine, Lock()

    @property
    def engine(self) -> _engine.Simulation:
        """The engine, for a call that is over before another thread can begin; an error while it works."""
        if self._lock.locked():
            raise self._busy()
        return self._engine

    @property
    def now(self) -> int:
        """The step that the engine has reached; may be read at any time."""
        return self._engine.now

    @property
    def stream_seed(self) -> int:
        """The seed of what is random in runs; may be read at any time."""
        return self._engine.streams

    @contextmanager
    def alone(self) -> Iterator[_engine.Simulation]:
        """Hold the engine for a call that takes its time."""
        if not self._lock.acquire(blocking=False):
            raise self._busy()
        try:
            yield self._engine
        finally:
            self._lock.release()

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Let go of the engine, within `alone`, for what is called between two steps."""
        self._lock.release()
        try:
            yield
        finally:
            self._lock.acquire()

    @staticmethod
    def _busy() -> RuntimeError:
        return RuntimeError(
            "the network must not be used while it runs or is built: wait for the other thread's call to end"
        )
