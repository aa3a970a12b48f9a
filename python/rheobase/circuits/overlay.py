"""A plastic network at two levels: its spikes beside the rates that its own mean field predicts (Fig. 4.1 E, F)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy.typing as npt

from rheobase import checks
from rheobase.network.network import Network
from rheobase.network.result import Result

if TYPE_CHECKING:
    from rheobase.rates.curves import CurveLike
    from rheobase.rates.plasticity import PlasticNetwork, PlasticResult


@dataclass(frozen=True)
class Overlay:
    """What one network did as spikes and as rates; `rheobase.plot.overlay` draws it.

    Attributes
    ----------
    spiking : Result
    rates : PlasticResult
        Rates (Hz) and the mean plastic weight times the in-degree (mV·ms), of `model`.
    model : PlasticNetwork
    """

    spiking: Result
    rates: PlasticResult
    model: PlasticNetwork


def overlay(
    network: Network,
    duration: float,
    *,
    f: CurveLike | Sequence[CurveLike] | str | None = None,
    tau: npt.ArrayLike | None = None,
    method: str = "adaptive",
    progress: bool = False,
) -> Overlay:
    """Run a network with plastic inhibition, and its mean field, eq. (4.3), over the same time from rates of 0.

    Parameters
    ----------
    network : Network
        As `rheobase.theory.plastic_mean_field` takes it, at t = 0.
    duration : float
        ms.
    f, tau
        f-I curves and time constants (ms) of the rates; see `rheobase.theory.plastic_mean_field`.
    method : {"adaptive", "rk4", "euler"}
        Of the rate network.
    progress : bool, default False
        Show a progress bar of the spiking network.

    Returns
    -------
    Overlay

    Raises
    ------
    ValueError
        If the network has run before or has no such mean field.

    Examples
    --------
    >>> net, i_to_e = rb.circuits.cortex(200), {"weight": -45, "plasticity": rb.InhibitorySTDP()}
    >>> net.connect(net["i"], net["e"], rb.FixedInDegree(40), synapse=rb.Exponential(tau=4), **i_to_e)
    >>> both = rb.circuits.overlay(net, 20, tau=(30, 15))
    >>> both.rates["e"][-1], both.spiking.rates(t_start=10)["e"]
    """
    checks.instance("network", network, Network, "a network")
    checks.flag("progress", progress)
    if network.t > 0:
        raise ValueError(f"network must be at t = 0, where its rates are known, got t = {network.t:g} ms")
    checks.memory("duration", 24.0 * checks.number("duration", duration, low=0) / network.dt)
    from rheobase.theory.mean_fields.plastic_mean_field import plastic_mean_field

    model = plastic_mean_field(network, f, tau)
    rates = model.simulate(duration, network.dt, method=method)
    return Overlay(network.run(duration, progress=progress), rates, model)
