"""Connections of a projection between chosen neurons: what `Projection.between` returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.models.ends import End
from rheobase.models.values import Sealed

if TYPE_CHECKING:
    import scipy.sparse

    from rheobase.network.projection import Projection
    from rheobase.network.selection import Selection


class Between(Sealed):
    """Those connections of a projection that lead from chosen neurons to chosen neurons.

    Neurons count from 0 in the order of the selections; connections stand by source, then by target, as they do in the
    projection. Where the projection has variables of each synapse, ``between["name"]`` reads and sets them.

    Examples
    --------
    >>> q = net.connect(e, e, rb.Bernoulli(0.1), weight=1.0, synapse=rb.Exponential(tau=5))
    >>> q.between(e[:10], e[10:30])
    """

    _instead = ": between.weights is what can be set"

    def __init__(self, projection: Projection, pre: Selection, post: Selection) -> None:
        self._projection, self._pre, self._post = projection, pre, post

    @property
    def projection(self) -> Projection:
        """The projection that the connections belong to."""
        return self._projection

    @property
    def pre(self) -> Selection:
        """Where they come from."""
        return self._pre

    @property
    def post(self) -> Selection:
        """Where they lead."""
        return self._post

    @property
    def places(self) -> np.ndarray:
        """Which of `Projection.connections` they are, as `Network.record_weights` takes them."""
        return self._found()[0]

    def __len__(self) -> int:
        return len(self.places)

    def __repr__(self) -> str:
        return f"<connections {self.pre.name}→{self.post.name} of {self.projection.name!r}>"

    def connections(self) -> dict[str, np.ndarray]:
        """Return every connection: arrays `pre`, `post`, `weight` and `delay` (ms).

        Examples
        --------
        >>> q = net.connect(e, e, rb.AllToAll(), weight=1.0, synapse=rb.Exponential(tau=5))
        >>> q.between(e[7], e[3:5]).connections()["post"]
        array([0, 1])
        """
        return self._found()[1]

    @property
    def weights(self) -> scipy.sparse.csr_array:
        """Weights as a sparse array, post × pre; multapses add up. A number or an array in their order is set, too."""
        import scipy.sparse

        c = self.connections()
        return scipy.sparse.csr_array((c["weight"], (c["post"], c["pre"])), shape=(self.post.n, self.pre.n))

    @weights.setter
    def weights(self, value: npt.ArrayLike | scipy.sparse.sparray) -> None:
        import scipy.sparse

        places, own = self._found()
        value = self.projection._plain(value)
        if scipy.sparse.issparse(value):
            value = self._entries(value, own)
        weights = self.projection.connections()["weight"]
        weights[places] = checks.one_or_each("weights", value, len(places))
        self.projection.weights = weights

    def __getitem__(self, variable: str) -> np.ndarray:
        known = checks.choice("variable of connections", variable, self._ipython_key_completions_())
        return self.projection[known][self.places]

    def _ipython_key_completions_(self) -> list[str]:
        rule = self.projection.plasticity
        own = () if rule is None else rule.parameters  # which all synapses share
        return [name for name in self.projection._ipython_key_completions_() if name not in own]

    def __setitem__(self, variable: str, value: Any) -> None:
        values, places = self.projection[variable].copy(), self.places
        values[places] = checks.one_or_each(variable, value, len(places))
        self.projection[variable] = values

    def _entries(self, value: Any, own: dict[str, np.ndarray]) -> np.ndarray:
        """Return the entries of a sparse array in the order of the connections, of which each must have one."""
        import scipy.sparse

        if value.shape != (self.post.n, self.pre.n):
            raise ValueError(f"weights must have shape (post, pre) = {(self.post.n, self.pre.n)}, got {value.shape}")
        entries = scipy.sparse.coo_array(value)
        key, given = own["post"] * self.pre.n + own["pre"], entries.row.astype(np.int64) * self.pre.n + entries.col
        if len(np.unique(key)) != len(key) or not np.array_equal(np.sort(given), np.sort(key)):
            raise ValueError(f"weights must have an entry for each of the {len(key)} connections and no other")
        ordered = np.empty(len(key))
        ordered[np.argsort(key)] = entries.data[np.argsort(given)]
        return ordered

    def _found(self) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Return which of the projection's connections they are, and what they are in the selections' own count."""
        c, ends = self.projection.connections(), self.projection._ends
        pre = End(ends.pre.size, self.pre.indices).members_of(ends.pre.indices_of(c["pre"]))
        post = End(ends.post.size, self.post.indices).members_of(ends.post.indices_of(c["post"]))
        places = np.flatnonzero((pre >= 0) & (post >= 0))
        return places, {
            "pre": pre[places],
            "post": post[places],
            "weight": c["weight"][places],
            "delay": c["delay"][places],
        }
