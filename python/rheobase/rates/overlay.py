"""A plastic network at two levels: its spikes beside the rates that its own mean field predicts (Fig. 4.1 E, F)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rheobase import checks
from rheobase.rates.plasticity import PlasticNetwork, PlasticResult

if TYPE_CHECKING:
    from matplotlib.lines import Line2D

    from rheobase.network.network import Network
    from rheobase.network.result import Result


@dataclass(frozen=True)
class Overlay:
    """What one network did as spikes and as rates.

    Attributes
    ----------
    spiking : Result
    rates : PlasticResult
        Rates (Hz) and the mean plastic weight times the in-degree (mV·ms), of `model`.
    model : PlasticNetwork
    """

    spiking: "Result"
    rates: PlasticResult
    model: PlasticNetwork

    def plot(self, *, sigma: float = 25.0, ax: Any = None) -> "list[Line2D]":
        """Draw smoothed population rates, and on top of them, dashed, those of the rate network.

        Parameters
        ----------
        sigma : float, default 25
            Width of the causal half-Gaussian that smooths the spikes, ms.
        ax : matplotlib axes, optional
            Where to draw; by default in a new figure.

        Returns
        -------
        list of Line2D
            The two populations' spikes, their rates, and the target.

        Examples
        --------
        >>> lines = overlay(net, 2000, tau=(30, 15)).plot()
        """
        from rheobase.plot import population_rate
        from rheobase.plot.canvas import axes_or_new
        from rheobase.plot.palette import BLACK
        from rheobase.spikes import half_gaussian_filter

        smoothing = half_gaussian_filter(checks.number("sigma", sigma, above=0), self.spiking.dt)
        trains = {name: self.spiking.spikes(name) for name in self.rates.names}
        axes = axes_or_new(ax)
        lines = population_rate(trains, filter=smoothing, ax=axes)
        for name, line in zip(self.rates.names, list(lines), strict=True):
            line.set_alpha(0.5)
            label = f"{name}, rate network"
            lines += axes.plot(self.rates.times, self.rates[name], "--", color=line.get_color(), label=label)
        lines.append(axes.axhline(self.model.r_0, color=BLACK, linewidth=0.8, linestyle=":", label="target"))
        axes.legend(framealpha=0.85, edgecolor="none")
        return lines


def overlay(
    network: "Network",
    duration: float,
    *,
    f: Any = None,
    tau: Any = None,
    method: str = "adaptive",
    progress: bool = False,
) -> Overlay:
    """Run a network with plastic inhibition, and its mean field, eq. (4.3), over the same time from rates of 0.

    Parameters
    ----------
    network : Network
        As `PlasticNetwork.of` takes it, at t = 0.
    duration : float
        ms.
    f, tau
        f-I curves and time constants (ms) of the rates; see `rheobase.theory.mean_field`.
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
    >>> both = rb.rates.overlay(net, 2000, tau=(30, 15))
    >>> both.rates["e"][-1], both.spiking.rates(after=1500)["e"]
    """
    if network.t > 0:
        raise ValueError(f"network must be at t = 0, where its rates are known, got t = {network.t:g} ms")
    model = PlasticNetwork.of(network, f, tau)
    rates = model.simulate(duration, network.dt, method=method)
    return Overlay(network.run(duration, progress=progress), rates, model)
