"""Both ends of a projection, as a connection rule sees them: whom it may connect."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rheobase.models.positions import Positions


@dataclass(frozen=True, eq=False)
class End:
    """Members at one end, counted from 0: all neurons of a population of `size`, or those at the indices `neurons`."""

    size: int
    neurons: np.ndarray | None = None
    positions: Positions | None = None

    @property
    def n(self) -> int:
        """How many there are."""
        return self.size if self.neurons is None else len(self.neurons)

    @property
    def indices(self) -> np.ndarray:
        """Index in the population of each member."""
        return np.arange(self.size) if self.neurons is None else self.neurons

    @property
    def points(self) -> np.ndarray:
        """Where each member is, shape (n, axes)."""
        assert self.positions is not None  # as `Ends.check_space` says
        return self.positions.points if self.neurons is None else self.positions.points[self.neurons]

    def indices_of(self, members: np.ndarray) -> np.ndarray:
        """Return the population's indices of members."""
        return members if self.neurons is None else self.neurons[members]

    @cached_property
    def _order(self) -> np.ndarray:
        return np.argsort(self.indices)

    def members_of(self, indices: np.ndarray) -> np.ndarray:
        """Return the members that neurons of the population are; -1 where they are not among them."""
        if self.neurons is None:
            return indices
        ascending = self.neurons[self._order]
        place = np.minimum(np.searchsorted(ascending, indices), len(ascending) - 1)
        return np.where(ascending[place] == indices, self._order[place], -1)


@dataclass(frozen=True, eq=False)
class Ends:
    """Who sends and who receives; `same`: both belong to one population, so that a neuron may meet itself."""

    pre: End
    post: End
    same: bool = False

    @classmethod
    def of(cls, n_pre: int, n_post: int, same: bool = False) -> Ends:
        """Return the ends of a projection between whole populations."""
        return cls(End(n_pre), End(n_post), same)

    @property
    def n_pre(self) -> int:
        """How many may send."""
        return self.pre.n

    @property
    def n_post(self) -> int:
        """How many may receive."""
        return self.post.n

    def check_space(self) -> None:
        """Raise unless both ends have positions in one space."""
        a, b = self.pre.positions, self.post.positions
        if a is None or b is None:
            raise ValueError(f"positions must be given to the {'pre' if a is None else 'post'} population, as in "
                             f"net.add(..., positions=rb.Grid((20, 20)))")  # fmt: skip
        if a.axes != b.axes:
            raise ValueError(f"positions of both populations must have as many axes, got {a.axes} and {b.axes}")
        if a.periodic != b.periodic or (a.periodic and a.extent != b.extent):
            raise ValueError(f"positions of both populations must be in one space, got extent {a.extent}, periodic = "
                             f"{a.periodic}, and extent {b.extent}, periodic = {b.periodic}")  # fmt: skip

    @property
    def box(self) -> np.ndarray | None:
        """Lengths after which space repeats; None where it does not."""
        return None if self.pre.positions is None else self.pre.positions.box

    def without_autapses(self, pre: np.ndarray, post: np.ndarray, autapses: bool) -> tuple[np.ndarray, np.ndarray]:
        """Return pairs of members without those of a neuron with itself, unless autapses are allowed."""
        if autapses or not self.same:
            return pre, post
        others = self.pre.indices_of(pre) != self.post.indices_of(post)
        return pre[others], post[others]

    def post_choices(self, autapses: bool) -> int | np.ndarray:
        """Return how many targets a source may have, one number or one per source."""
        return self._choices(self.post, self.pre, autapses)

    def pre_choices(self, autapses: bool) -> int | np.ndarray:
        """Return how many sources a target may have, one number or one per target."""
        return self._choices(self.pre, self.post, autapses)

    def _choices(self, others: End, own: End, autapses: bool) -> int | np.ndarray:
        if autapses or not self.same:
            return others.n
        itself = others.members_of(own.indices) >= 0
        if itself.all():
            return max(others.n - 1, 0)
        return others.n - itself if itself.any() else others.n
