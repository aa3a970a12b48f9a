"""What a random network is drawn from: the gain g of its weights and the variance D of its frozen input."""

from typing import Any

from rheobase import checks

#: Largest gain: the fourth moment of activity that is so strong can still be computed.
_MAX_GAIN = 1e70


def gain(value: Any) -> float:
    """Return g, J_ij ~ N(0, g²/N), checked."""
    return checks.number("g", value, low=0, high=_MAX_GAIN)


def noise_variance(value: Any) -> float:
    """Return D, η_i ~ N(0, D), checked."""
    return checks.number("D", value, low=0, high=_MAX_GAIN**2)
