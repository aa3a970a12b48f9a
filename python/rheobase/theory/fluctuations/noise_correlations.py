"""Noise correlations against the size of a network: spike counts of pairs of neurons, from its spectra."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.models.circuit import Circuit, HasCircuit
from rheobase.models.values import Brief
from rheobase.progress import LongCall
from rheobase.theory.fluctuations.oscillations import AsynchronousState


@dataclass(frozen=True, eq=False, repr=False)
class NoiseCorrelations(Brief):
    """Correlations of the spike counts of pairs of neurons in networks of several sizes.

    Attributes
    ----------
    names : tuple of str
        The populations.
    window : float
        Width of the window in which spikes are counted, ms.
    sizes : ndarray of int, shape (M,)
        What the networks were made with.
    correlations : ndarray, shape (M, n, n)
        ``[:, j, k]``: of one neuron of population j and another of k, averaged over pairs.

    Examples
    --------
    >>> NoiseCorrelations(("e",), 100.0, np.array([1000]), np.array([[[0.02]]])).of("e")
    array([0.02])
    """

    names: tuple[str, ...]
    window: float
    sizes: np.ndarray
    correlations: np.ndarray

    def of(self, name: str, other: str | None = None) -> np.ndarray:
        """Return the correlations of pairs of two populations, by default within one, shape (M,)."""
        j = self.names.index(checks.choice("name", name, self.names))
        k = j if other is None else self.names.index(checks.choice("other", other, self.names))
        return np.asarray(self.correlations[:, j, k])


def noise_correlations(
    family: Callable[[int], Circuit | HasCircuit],
    sizes: npt.ArrayLike,
    window: float = 100.0,
    *,
    progress: bool = False,
) -> NoiseCorrelations:
    """Return the correlations of spike counts of pairs of neurons against the size of their network.

    Parameters
    ----------
    family : callable
        From the size to the network.
    sizes : array_like of int, shape (M,)
        Sizes, at least 1.
    window : float, default 100
        Width of the window in which spikes are counted, ms.
    progress : bool, default False
        Count the sizes that are done where they take more than a second.

    Returns
    -------
    NoiseCorrelations

    Raises
    ------
    ValueError
        As `AsynchronousState.count_statistics`, or if the networks have different populations.

    Examples
    --------
    >>> found = noise_correlations(lambda order: rb.circuits.brunel(order=order), [500, 1000])
    >>> found.of("e", "i").shape
    (2,)
    """
    family = checks.function("family", family)
    at = checks.integers("sizes", sizes, shape=(None,), low=1)
    window = checks.number("window", window, above=0, high=1e9, unit="ms")
    rates, found = None, []
    with LongCall(len(at), "noise correlations", progress) as done:
        for size in at.tolist():
            with checks.made_from("family and sizes"):
                network = Circuit.of(family(size))
            state = AsynchronousState(network, rates)
            rates = state.rates
            found.append(state.count_statistics(window))
            if found[-1].names != found[0].names:
                raise ValueError(f"family must make the same populations at all sizes, got {found[-1].names} at {size}")
            done.advance()
    if not found:
        raise ValueError("sizes must hold at least one size, got none")
    return NoiseCorrelations(found[0].names, found[0].window, at, np.array([one.correlations for one in found]))
