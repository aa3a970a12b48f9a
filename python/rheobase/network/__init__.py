"""The network of spiking neurons: building it, running it, what it recorded, saving it."""

from rheobase.network.loading import load
from rheobase.network.network import Network

__all__ = ["Network", "load"]
