"""Random numbers of a network on the Python side: one branch of its seed for each purpose."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

import numpy as np

from rheobase import _engine, checks
from rheobase.models.distributions import Distribution
from rheobase.models.values import own


class Purpose(IntEnum):
    """What random numbers are for; a number once given stays, so that seeds keep their meaning."""

    CONNECT = 0x6E6E6F63
    DRAW = 0x77617264
    SYNAPSE = 0x73796E61
    THALAMUS = 0x6C616874
    PLACE = 0x63616C70


def branch(seed: int, purpose: Purpose, *numbers: int) -> np.random.Generator:
    """Return the generator that belongs to a purpose, a branch of the seed's tree."""
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, int(purpose), *numbers])))


class Draws:
    """Draws parameters and initial values, the k-th array from the k-th branch; the host that models enter.

    Parameters come from `seed`, which stays a network's own, and values of state variables from `stream_seed`.
    """

    def __init__(
        self,
        engine: _engine.Simulation,
        dt: float,
        seed: int,
        stream_seed: int,
        taken: int,
        cells: Sequence[Any] = (),
    ) -> None:
        self.engine, self.dt, self._seed, self._stream_seed, self.taken = engine, dt, seed, stream_seed, taken
        self.cells = cells

    def each(self, name: str, value: Any, n: int) -> np.ndarray:
        """Return a parameter's `n` values from a number, an array or a distribution."""
        return self._each(name, value, n, self._seed)

    def each_state(self, name: str, value: Any, n: int) -> np.ndarray:
        """Return a state variable's `n` values likewise."""
        return self._each(name, value, n, self._stream_seed)

    def _each(self, name: str, value: Any, n: int, seed: int) -> np.ndarray:
        if isinstance(value, Distribution):
            self.taken += 1
            return value.sample(n, branch(seed, Purpose.DRAW, self.taken))
        if checks.axes(name, value) == 0:
            return np.full(n, checks.number(name, value))
        return checks.reals(name, value, shape=(n,))

    def one_or_each(self, name: str, value: Any, n: int) -> np.ndarray:
        """Return one value if `value` is a number, else `n`."""
        if not isinstance(value, Distribution) and checks.axes(name, value) == 0:
            return np.atleast_1d(np.asarray(value, float))
        return self.each(name, value, n)


def kept(name: str, value: Any, n: int) -> Any:
    """Return what a circuit keeps of a value for `n` neurons: a number, a distribution or an array of its own."""
    if isinstance(value, Distribution):
        return value
    if checks.axes(name, value) == 0:
        return checks.number(name, value)
    return own(checks.reals(name, value, shape=(n,)))
