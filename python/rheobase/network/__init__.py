"""The network of spiking neurons: building it, running it, what it recorded, saving it."""

from rheobase.network.network import Network
from rheobase.network.storage import load

__all__ = ["Network", "load"]
