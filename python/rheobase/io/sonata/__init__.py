"""SONATA: circuits, simulations and spikes in the files that models are exchanged in."""

from rheobase.io.sonata.edges import read_sonata_edges
from rheobase.io.sonata.reading import read_sonata, read_sonata_duration
from rheobase.io.sonata.spikes import read_sonata_spikes, write_sonata_spikes
from rheobase.io.sonata.writing import write_sonata

__all__ = [
    "read_sonata",
    "read_sonata_duration",
    "read_sonata_edges",
    "read_sonata_spikes",
    "write_sonata",
    "write_sonata_spikes",
]
