"""Rate networks of the sources, ready to simulate and analyse."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rheobase import checks
from rheobase.rates.curves import Logistic, Tanh, ThresholdLinear
from rheobase.rates.network import RateNetwork

#: Mean-field weights of the textbook's recurrent spiking network (book 3.2), mV·ms, post × pre.
_W = ((1920.0, -1800.0), (5600.0, -2800.0))
_W_X = (4800.0, 3200.0)


def excitatory_inhibitory(tau: Sequence[float] = (30.0, 15.0), r_x: float = 5.0, form: str = "rate") -> RateNetwork:
    """Return the textbook's E–I network (eq. 3.13, Fig. 3.4), an inhibition-stabilised one.

    Its fixed point is stable for ``tau=(30, 15)`` and unstable, inside a cycle of 29.74 ms, for ``tau=(15, 30)``.

    Parameters
    ----------
    tau : sequence of two floats
        Time constants of the excitatory and inhibitory population, ms.
    r_x : float
        External rate, Hz; the input is W_x r_x, (24, 16) mV at 5 Hz.
    form : {"rate", "current"}

    Returns
    -------
    RateNetwork

    Examples
    --------
    >>> excitatory_inhibitory().X
    array([24., 16.])
    """
    r_x = checks.number("r_x", r_x, low=0)
    external = RateNetwork(np.diag(_W_X), 0.0, ThresholdLinear())
    return RateNetwork(
        _W, external.coupling @ np.full(2, r_x), ThresholdLinear(3.58, 9.64), tau=tau, names=("e", "i"), form=form
    )


def wilson_cowan(P: float = 0.8, Q: float = 0.0, tau: Sequence[float] = (1.0, 2.0)) -> RateNetwork:
    """Return a dimensionless Wilson–Cowan network with logistic curves, without the refractory factor (as eq. 3.13).

    Weights 6.4, −4.8, 6, −1.2; curves with threshold and steepness 2.8 and 1.2 (excitatory), 4 and 1 (inhibitory), so
    that the default input makes it oscillate.

    Parameters
    ----------
    P, Q : float
        Inputs to the excitatory and the inhibitory population.
    tau : sequence of two floats
        Time constants.

    Returns
    -------
    RateNetwork

    Examples
    --------
    >>> wilson_cowan().fixed_points([(0, 1), (0, 1)])[0].kind
    'unstable spiral'
    """
    P, Q = checks.number("P", P), checks.number("Q", Q)
    curves = (Logistic(theta=2.8, width=1 / 1.2), Logistic(theta=4.0, width=1.0))
    W = [[6.4, -4.8], [6.0, -1.2]]
    return RateNetwork(W, [P, Q], curves, tau=tau, names=("e", "i"), dimensionless=True)


def self_connected_neuron(w: float = 0.05, I: float = -3.0) -> RateNetwork:  # noqa: E741
    """Return the bistable neuron r' = −r + 60 (1 + tanh(w r + I)), dimensionless.

    It is symmetric about r = 60 on the line I = −60 w; the cusp of its folds is at w = 1/60, I = −1.

    Parameters
    ----------
    w, I : float

    Returns
    -------
    RateNetwork

    Examples
    --------
    >>> [round(p.u[0], 4) for p in self_connected_neuron().fixed_points((0, 120))]
    [np.float64(0.3059), np.float64(60.0), np.float64(119.6941)]
    """
    w, I = checks.number("w", w), checks.number("I", I)  # noqa: E741
    return RateNetwork([[w]], [I], Tanh(60, 60), tau=1.0, names=("r",), dimensionless=True)


def mutual_excitation(w_1: float = 0.4, w_2: float = 0.4, I: float = -10.0) -> RateNetwork:  # noqa: E741
    """Return two neurons that excite each other: x' = −x + f(w₂ y + I), y' = −y + f(w₁ x + I), f(s) = 50/(1 + e⁻ˢ).

    Parameters
    ----------
    w_1, w_2 : float
        Weights from x to y and from y to x.
    I : float
        Input to both; three fixed points for −16.057001 < I < −3.942999.

    Returns
    -------
    RateNetwork

    Examples
    --------
    >>> [p.kind for p in mutual_excitation().fixed_points([(-1, 60), (-1, 60)])]
    ['stable node', 'saddle', 'stable node']
    """
    w_1, w_2, I = checks.number("w_1", w_1), checks.number("w_2", w_2), checks.number("I", I)  # noqa: E741
    return RateNetwork([[0, w_2], [w_1, 0]], I, Logistic(50.0), tau=1.0, names=("x", "y"), dimensionless=True)


def classical_suppression(centre: bool = True, surround: bool = False) -> RateNetwork:
    """Return the classical model of surround suppression (book B.9): two excitatory populations, one inhibitory.

    The surround raises inhibition, which suppresses the centre: (10, 0, 5) → (8, 8, 8) Hz.

    Parameters
    ----------
    centre, surround : bool
        Which excitatory population gets its 10 Hz of input.

    Returns
    -------
    RateNetwork
        Dimensionless weights, rates in Hz, τ = (30, 30, 10) ms, f(I) = max(I, 0).

    Examples
    --------
    >>> classical_suppression().simulate(2000).rates[-1].round(3)
    array([10.,  0.,  5.])
    """
    centre, surround = checks.flag("centre", centre), checks.flag("surround", surround)
    W = [[0.25, 0, -0.5], [0, 0.25, -0.5], [0.5, 0.5, 0]]
    X = [10.0 * centre, 10.0 * surround, 0.0]
    f = ThresholdLinear(1.0, 0.0)
    return RateNetwork(W, X, f, tau=(30, 30, 10), names=("e_centre", "e_surround", "i"), dimensionless=True)


def stabilised_suppression(centre: bool = True, surround: bool = False) -> RateNetwork:
    """Return the inhibition-stabilised model of surround suppression (book B.9).

    The surround excites only the inhibitory population, yet its rate falls: (10, 7.5) → (6.667, 6.667) Hz, the
    paradoxical effect.

    Parameters
    ----------
    centre, surround : bool
        The centre gives 20 Hz of input to the excitatory and 10 Hz to the inhibitory population, the surround another
        10 Hz to the inhibitory one.

    Returns
    -------
    RateNetwork
        Dimensionless weights, rates in Hz, τ = (60, 12) ms, f(I) = max(I, 0).

    Examples
    --------
    >>> stabilised_suppression(surround=True).simulate(2000).rates[-1].round(3)
    array([6.667, 6.667])
    """
    centre, surround = checks.flag("centre", centre), checks.flag("surround", surround)
    X = [20.0 * centre, 10.0 * centre + 10.0 * surround]
    f = ThresholdLinear(1.0, 0.0)
    return RateNetwork([[2, -4], [5, -7]], X, f, tau=(60, 12), names=("e", "i"), dimensionless=True)
