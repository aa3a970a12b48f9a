"""Functions that a run calls from time to time, and what they may ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rheobase import _engine

if TYPE_CHECKING:
    from rheobase.network.network import Network


class Monitor:
    """A function that all runs of a network call: what `Network.monitor` returns."""

    def __init__(self, network: Network, call: Callable[[Network], Any], steps: int) -> None:
        self._network, self._call, self._steps = network, call, steps
        #: The step of the last call.
        self._last = 0

    @property
    def every(self) -> float:
        """Time between calls (ms)."""
        return self._steps * self._network.dt

    def remove(self) -> None:
        """Let runs not call it any more; nothing happens where it was removed before."""
        if self in self._network._monitors:
            self._network._monitors.remove(self)

    def __repr__(self) -> str:
        return f"<monitor: {getattr(self._call, '__name__', self._call)} every {self.every:g} ms>"


def begin(monitors: list[Monitor], engine: _engine.Simulation) -> None:
    """Let calls of a run know of all spikes since its beginning."""
    for monitor in monitors:
        monitor._last = engine.now
    if monitors:
        engine.look_back(max(monitor._steps for monitor in monitors))


def next_call(monitors: list[Monitor], now: int, stop: int) -> int:
    """Return the step until which a run need not call anything."""
    return min([stop, *((now // monitor._steps + 1) * monitor._steps for monitor in monitors)])


def call_due(monitors: list[Monitor], network: Network, now: int) -> bool:
    """Make the calls that are due; return whether the run is to go on."""
    go_on = True
    for monitor in monitors:
        if now % monitor._steps:
            continue
        network._calling = monitor
        try:
            go_on = monitor._call(network) is not False and go_on
        finally:
            network._calling = None
        monitor._last = now
    return go_on
