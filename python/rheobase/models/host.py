"""What a model needs of the network that it enters."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from rheobase import _engine


class Host(Protocol):
    """A network, as a neuron, a source or a current sees it."""

    @property
    def engine(self) -> _engine.Simulation:
        """The compiled engine."""

    @property
    def cells(self) -> Sequence[Any]:
        """The populations that it has so far, as a circuit describes them, by their numbers in the engine."""

    @property
    def dt(self) -> float:
        """Time step (ms)."""

    def one_or_each(self, name: str, value: Any, n: int) -> np.ndarray:
        """Return one value if `value` is a number, else `n`, drawn from a distribution or given."""
