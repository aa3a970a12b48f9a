"""Data of other packages, in and out: tables, graphs, Neo, xarray, NWB, SONATA, NIR. Each is needed by its own part."""

from rheobase.io.neo import from_neo, to_neo
from rheobase.io.nest import NestNetwork, to_nest
from rheobase.io.networkx import to_networkx
from rheobase.io.nir import from_nir, to_nir
from rheobase.io.nwb import read_nwb, write_nwb
from rheobase.io.sonata import (
    read_sonata,
    read_sonata_duration,
    read_sonata_edges,
    read_sonata_spikes,
    write_sonata,
    write_sonata_spikes,
)
from rheobase.io.tables import spikes_from_table, to_arrow, to_pandas, to_polars
from rheobase.io.xarray import to_xarray

__all__ = [
    "NestNetwork",
    "from_neo",
    "from_nir",
    "read_nwb",
    "read_sonata",
    "read_sonata_duration",
    "read_sonata_edges",
    "read_sonata_spikes",
    "spikes_from_table",
    "to_arrow",
    "to_neo",
    "to_nest",
    "to_networkx",
    "to_nir",
    "to_pandas",
    "to_polars",
    "to_xarray",
    "write_nwb",
    "write_sonata",
    "write_sonata_spikes",
]


def __dir__() -> list[str]:
    return __all__
