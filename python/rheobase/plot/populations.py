"""What the plots of spikes take: one population, or several by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rheobase.network.result import Result
from rheobase.spikes import SpikeTrains
from rheobase.spikes.reading import Spikes, read

#: One population, several by name, or the result of a simulation.
Populations = Spikes | Mapping[str, Spikes] | Result


def populations(
    spikes: Any, t_start: float | None = None, t_stop: float | None = None, *, window: bool = True
) -> dict[str, SpikeTrains]:
    """Return the records of one or several populations by name; a lone one is called "".

    A result of a simulation, whose ``spikes()`` gives all its populations, is taken as that mapping.
    """
    if callable(getattr(spikes, "spikes", None)):
        spikes = spikes.spikes()
    several = spikes if isinstance(spikes, Mapping) else {"": spikes}
    if not several:
        raise ValueError("spikes must hold at least one population, got an empty mapping")
    return {
        str(name): read(each, t_start, t_stop, window=window, name=f"spikes[{name!r}]" if name else "spikes")[0]
        for name, each in several.items()
    }
