"""Inhibitory stabilisation, paradoxical responses and excitatory–inhibitory balance (book B.8, B.9)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rheobase import checks
from rheobase.models.values import Brief
from rheobase.rates import RateNetwork
from rheobase.rates.network import with_full_weights
from rheobase.units import PER_MS


@dataclass(frozen=True, eq=False, repr=False)
class Stabilisation(Brief):
    """How inhibition holds a fixed point of a rate network.

    Attributes
    ----------
    excitatory, inhibitory : tuple of str
        Names of the populations that only excite, and that only inhibit.
    excitatory_gain : float
        Largest real part of the eigenvalues of the excitatory block of G W: g_e w_ee where there is one population.
    stable : bool
        Whether the whole network is stable.
    response : ndarray, shape (n, n)
        dr/dX = (1 − G W)⁻¹ G, Hz/mV.
    paradoxical : tuple of str
        Inhibitory populations whose rate falls when they are excited.
    """

    excitatory: tuple[str, ...]
    inhibitory: tuple[str, ...]
    excitatory_gain: float
    stable: bool
    response: np.ndarray
    paradoxical: tuple[str, ...]

    @property
    def inhibition_stabilised(self) -> bool:
        """Whether the network is stable although excitation alone would run away (an ISN)."""
        return self.stable and self.excitatory_gain > 1


def stabilisation(network: RateNetwork, r: npt.ArrayLike) -> Stabilisation:
    """Tell whether inhibition stabilises a fixed point of a rate network, and which responses are paradoxical.

    Parameters
    ----------
    network : RateNetwork
        Each population excites or inhibits (Dale's law): the columns of W have one sign.
    r : array_like, shape (n,)
        Rates of the fixed point, Hz.

    Returns
    -------
    Stabilisation

    Raises
    ------
    ValueError
        If a column of W has both signs, or `r` is not a fixed point.

    Examples
    --------
    >>> from rheobase.rates import excitatory_inhibitory
    >>> s = stabilisation(excitatory_inhibitory(), [6.517949, 13.918781])
    >>> s.inhibition_stabilised, s.paradoxical
    (True, ('i',))
    """
    network = with_full_weights(network)
    C, names = network.coupling, network.names or ()
    r = checks.array("r", r, shape=(len(C),))
    excites, inhibits = np.all(C >= 0, axis=0), np.all(C <= 0, axis=0)
    if not (excites | inhibits).all():
        k = int(np.argmin(excites | inhibits))
        raise ValueError(f"W must have columns of one sign (Dale's law), got {C[:, k]} from {names[k]!r}")
    inhibits &= ~excites
    total = C @ r + network.external()
    if not np.allclose(network.activation(total), r, rtol=1e-4, atol=1e-4):
        raise ValueError(
            f"r must be a fixed point of the network, got r = {r} with f(W r + X) = {network.activation(total)}"
        )
    GW = network.gain(total)[:, None] * C
    alone = np.linalg.eigvals(GW[np.ix_(excites, excites)])
    state = r if network.form == "rate" else C @ r
    response = network.response(r)
    return Stabilisation(
        tuple(np.array(names)[excites].tolist()),
        tuple(np.array(names)[inhibits].tolist()),
        float(alone.real.max(initial=0.0)),
        bool((np.linalg.eigvals(network.jacobian(state)).real < 0).all()),
        response,
        tuple(name for k, name in enumerate(names) if inhibits[k] and response[k, k] < 0),
    )


@dataclass(frozen=True, eq=False, repr=False)
class Currents(Brief):
    """What reaches each population, mV (or in the unit of a dimensionless network), each of shape (n,)."""

    excitatory: np.ndarray
    inhibitory: np.ndarray
    external: np.ndarray

    @property
    def total(self) -> np.ndarray:
        """Sum of the three."""
        return self.excitatory + self.inhibitory + self.external


def input_currents(network: RateNetwork, r: npt.ArrayLike) -> Currents:
    """Return the excitatory, inhibitory and external input of each population at rates `r`.

    Parameters
    ----------
    network : RateNetwork
    r : array_like, shape (n,)
        Rates, Hz.

    Returns
    -------
    Currents

    Examples
    --------
    >>> from rheobase.rates import stabilised_suppression
    >>> input_currents(stabilised_suppression(), [10, 7.5]).inhibitory[0]
    np.float64(-30.0)
    """
    C = with_full_weights(network).coupling
    r = checks.array("r", r, shape=(len(C),))
    return Currents(np.maximum(C, 0) @ r, np.minimum(C, 0) @ r, np.array(network.external()))


def balanced_rates(W: npt.ArrayLike, X: npt.ArrayLike, *, dimensionless: bool = False) -> np.ndarray:
    """Return the rates at which strong inputs cancel, W r + X = 0: the limit of strong coupling (book B.8).

    Parameters
    ----------
    W : array_like, shape (n, n)
        Weights, mV·ms, post × pre.
    X : array_like, shape (n,)
        External input, mV.
    dimensionless : bool
        Whether W r has no factor 1/1000, as in `RateNetwork`.

    Returns
    -------
    ndarray, shape (n,)
        Hz; a balanced state exists only if all are positive.

    Raises
    ------
    ValueError
        If W is singular or shapes do not fit.

    Examples
    --------
    >>> balanced_rates([[1920, -1800], [5600, -2800]], [24, 16]).round(6)
    array([ 8.163265, 22.040816])
    """
    X, W = checks.reals("X", X, shape=(None,)), checks.reals("W", W, shape=(None, None))
    if W.shape != (len(X), len(X)):
        raise ValueError(f"W and X must have shapes (n, n) and (n,), got {W.shape} and {X.shape}")
    dimensionless = checks.flag("dimensionless", dimensionless)
    try:
        r = -np.linalg.solve(W, X)
    except np.linalg.LinAlgError:
        raise ValueError(f"W must not be singular for a balanced state, got {W.tolist()}") from None
    return r if dimensionless else r / PER_MS


@dataclass(frozen=True)
class Balance:
    """The three ratios that decide whether an excitatory–inhibitory network balances.

    Attributes
    ----------
    external, inhibition, excitation : float
        X_e/X_i, w_ei/w_ii and w_ee/w_ie.
    """

    external: float
    inhibition: float
    excitation: float

    @property
    def holds(self) -> bool:
        """Whether external > inhibition > excitation, so that both balanced rates are positive."""
        return self.external > self.inhibition > self.excitation


def balance_conditions(W: npt.ArrayLike, X: npt.ArrayLike) -> Balance:
    """Return the ratios of van Vreeswijk & Sompolinsky's conditions for balance (book B.8).

    Parameters
    ----------
    W : array_like, shape (2, 2)
        Weights from and to an excitatory (first) and an inhibitory population, post × pre.
    X : array_like, shape (2,)
        External input, excitatory to both.

    Returns
    -------
    Balance

    Raises
    ------
    ValueError
        If shapes or signs do not fit.

    Examples
    --------
    >>> balance_conditions([[1920, -1800], [5600, -2800]], [24, 16]).holds
    True
    """
    W, X = checks.array("W", W, shape=(2, 2)), checks.array("X", X, shape=(2,), above=0)
    if not ((W[:, 0] > 0).all() and (W[:, 1] < 0).all()):
        raise ValueError(f"W must have a positive first and a negative second column, got {W.tolist()}")
    return Balance(float(X[0] / X[1]), float(W[0, 1] / W[1, 1]), float(W[0, 0] / W[1, 0]))
