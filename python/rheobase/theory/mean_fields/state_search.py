"""Search for the stationary state of the rate equations of a spiking network.

From the threshold-linear mean field, from a few rates and along a rise of the sources Newton's method looks for the
state of equal neurons, from which that of neurons that differ begins. In coloured noise, where each look at the
equations takes long, the state and the slopes in white noise come first, and Broyden's method goes on from there.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.optimize import root

from rheobase import checks
from rheobase.rates import ThresholdLinear

#: Rates of all populations, Hz, from which a state is looked for after the mean field's own.
_STARTS = (5.0, 20.0, 60.0, 1.0)

#: Smallest step by which the rates of the sources are raised, as a part of them.
_SMALLEST_STEP = 1e-3

#: Steps of Broyden's method.
_BROYDEN = 30

#: Misfit of a state, next to its largest rate plus 1 Hz, and that in white noise, near which coloured noise's is.
MISFIT, _ROUGH = 1e-6, 1e-3

#: The same from which Newton's method goes on alone.
_NEAR = 0.02


class StateSearch(ABC):
    """Rate equations whose stationary states can be found: a class with `map` gives them."""

    names: tuple[str, ...]
    sources: dict[str, tuple[float, float]]
    alike: bool
    white: bool

    @abstractmethod
    def map(self, u: npt.ArrayLike) -> np.ndarray:
        """Return the state which the inputs of state `u` lead to."""

    @abstractmethod
    def _mean_inputs(self, rates: np.ndarray) -> np.ndarray:
        """Return the mean inputs, mV, where all populations fire at these rates, Hz."""

    def _but(self, **changed: Any) -> Self:
        """Return the same equations with something changed."""
        return replace(self, **changed)  # type: ignore[type-var]

    def solve(self, x0: npt.ArrayLike | None = None) -> np.ndarray:
        """Return a self-consistent state, by Newton's method (MINPACK).

        Parameters
        ----------
        x0 : array_like, shape (n,) or, where neurons differ, (2 n,), optional
            Rates, or state, to start from. By default the search starts from the rates of the threshold-linear mean
            field, from 5, 20, 60 and 1 Hz in all populations, and last follows the state while the rates of the
            sources rise from 0; neurons are taken to be alike first.

        Returns
        -------
        ndarray

        Raises
        ------
        ValueError
            If the iteration does not converge: there may be no stationary state near `x0`.
        """
        return self._search(x0)[0]

    def _search(
        self, x0: npt.ArrayLike | None = None, largest: float = MISFIT, slopes: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Return a state, and the slopes that its search ended with; see `state_near`."""
        found = None if slopes is None else self._broyden(self._start(x0), slopes, largest)
        found = self._by_slopes_in_white(x0, largest) if found is None else found
        return (self._by_newton(x0), None) if found is None else found

    def _by_newton(self, x0: npt.ArrayLike | None) -> np.ndarray:
        """Return the state near `x0`, or one that is reached from any of the starts."""
        if x0 is not None:
            found = self._newton(self._start(x0), 0.02, 5)
            if found is None:
                raise ValueError(
                    f"network must have self-consistent rates near those of the search, x0 if given, but none were "
                    f"reached from {np.round(np.asarray(x0, dtype=float), 2).tolist()}"
                )
            return found
        alike = self._but(alike=True)
        tried: list[np.ndarray] = []
        for start in (alike._linear_rates(), *(np.full(len(self.names), rate) for rate in _STARTS)):
            # The damped iteration of a network that excites strongly may run away, but short as it is it ends nearby.
            rates = alike._newton(start, 0.1, 60)
            if rates is None or any(np.allclose(rates, other, rtol=1e-3) for other in tried):
                continue
            tried.append(rates)
            if (found := self._from_alike(rates)) is not None:
                return found
        rates = alike._follow_sources()
        found = None if rates is None else self._from_alike(rates)
        if found is None:
            raise ValueError(
                f"network must have a stationary state for self-consistent rates, but none was reached from its mean "
                f"field, from {', '.join(f'{rate:g}' for rate in _STARTS)} Hz nor from silence: give {len(self.names)} "
                f"rates near one as x0"
            )
        return found

    def _start(self, x0: npt.ArrayLike | None) -> np.ndarray:
        """Return the state that rates, or a whole state, stand for."""
        n = len(self.names)
        given = checks.array("x0", x0, low=0)
        if given.shape not in ((n,), (n if self.alike else 2 * n,)):
            wanted = f"({n},), the rates" + ("" if self.alike else f", or ({2 * n},), rates and variances over neurons")
            raise ValueError(f"x0 must have shape {wanted}, got {given.shape}")
        return given if self.alike or len(given) == 2 * n else np.append(given, np.zeros(n))

    def _from_alike(self, rates: np.ndarray) -> np.ndarray | None:
        """Return the state near the one of equal neurons."""
        if self.alike:
            return rates
        start = self._differing(rates)
        found = self._newton(start, 0.1, 0)
        return self._newton(start, 0.1, 40) if found is None else found

    def _differing(self, rates: np.ndarray, iterations: int = 3) -> np.ndarray:
        """Return about the state of neurons that differ, from the rates of equal ones."""
        start = np.append(rates, np.zeros(len(rates)))
        # The variances follow from the rates first: as they are found they feed back on them.
        for _ in range(iterations):
            start = np.append(rates, self.map(start)[len(rates) :])
        return start

    def _by_slopes_in_white(
        self, x0: npt.ArrayLike | None, largest: float = MISFIT
    ) -> tuple[np.ndarray, np.ndarray] | None:
        """Return the state near `x0` or near that in white noise, by Broyden's method from white noise's slopes.

        It ends at the `largest` misfit; see `state_near`. The slopes that it ends with come as well.
        """
        if self.white:
            return None
        white = self._but(white=True)
        try:
            u = white._about() if x0 is None else self._start(x0)
            slopes = white._slopes(u)
            if x0 is None and not self.alike:
                found = white._broyden(u, slopes, _ROUGH)
                u, slopes = (white.solve(), slopes) if found is None else found
        except ValueError:
            return None
        return self._broyden(u, slopes, largest)

    def _about(self) -> np.ndarray:
        """Return the state, or where neurons differ roughly that which equal neurons lead to."""
        if self.alike:
            return self.solve()
        return self._differing(self._but(alike=True).solve())

    def _slopes(self, u: np.ndarray) -> np.ndarray:
        """Return the slopes of the misfit at a state, by differences."""
        steps = 1e-4 * (1 + u)
        here = self.map(u)
        there = np.array([self.map(u + step) - here for step in np.diag(steps)])
        return np.asarray((there / steps[:, None]).T - np.eye(len(u)))

    def _broyden(self, u: np.ndarray, slopes: np.ndarray, largest: float) -> tuple[np.ndarray, np.ndarray] | None:
        """Return the state near another one, and the slopes there, or None if none is reached."""
        misfit = self.map(u) - u
        for _ in range(_BROYDEN):
            if self._off(u, misfit) <= largest:
                return u, slopes
            new = np.maximum(u - np.linalg.solve(slopes, misfit), 0.2 * u)
            step, u = new - u, new
            before, misfit = misfit, self.map(u) - u
            # Rates and variances each count as parts of what they are.
            along = step / (1 + np.abs(u)) ** 2
            slopes = slopes + np.outer(misfit - before - slopes @ step, along) / (along @ step)
        return None

    def _off(self, u: np.ndarray, misfit: np.ndarray) -> float:
        """Return a misfit as a part of the largest rate plus 1 Hz, or of the largest variance plus 1 Hz²."""
        largest = np.abs(u).reshape(-1, len(self.names)).max(axis=1, keepdims=True)
        return float(np.abs(misfit.reshape(len(largest), -1) / (1 + largest)).max())

    def _newton(self, start: np.ndarray, step: float, damped: int) -> np.ndarray | None:
        """Return the state that Newton's method reaches after some damped iterations, or None."""
        u = start
        for _ in range(damped):
            misfit = self.map(u) - u
            if self._off(u, misfit) < _NEAR:
                break
            u = u + step * np.clip(misfit, -50.0, 50.0)
        found = root(lambda v: self.map(np.maximum(v, 0)) - v, u, tol=1e-9).x
        if not np.isfinite(found).all():
            return None
        misfit = np.abs(self.map(np.maximum(found, 0)) - found).max()
        return np.maximum(found, 0) if misfit <= 1e-4 * (1 + np.abs(found).max()) else None

    def _linear_rates(self) -> np.ndarray:
        """Return the rates, Hz, that the threshold-linear mean field relaxes to, with one time constant for all."""
        curve, rates = ThresholdLinear(), np.zeros(len(self.names))
        for _ in range(400):
            rates = rates + 0.02 * (curve(self._mean_inputs(rates)) - rates)
            rates = np.clip(rates, 0, 500)
        return rates

    def _follow_sources(self) -> np.ndarray | None:
        """Follow the state of equal neurons while the rates of the sources rise from 0 to what they are."""
        part, step, rates = 0.0, 0.1, np.zeros(len(self.names))
        while part < 1:
            more = min(1.0, part + step)
            sources = {name: (more * rate, more**2 * variance) for name, (rate, variance) in self.sources.items()}
            reached = self._but(sources=sources)._newton(rates, 0.1, 3)
            if reached is None or np.abs(reached - rates).max() > 30:  # a jump may be to another branch
                step /= 2
                if step < _SMALLEST_STEP:
                    return None
                continue
            part, rates, step = more, reached, 1.5 * step
        return rates


def state_near(
    equations: StateSearch, x0: npt.ArrayLike | None, largest: float = MISFIT, slopes: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the state near another one, or any, to a `largest` misfit next to the largest rate and variance.

    From `slopes` of a state nearby, if there are; those that it ends with come as well.
    """
    return equations._search(x0, largest, slopes)
