"""Learning: readouts of recurrent networks."""

from rheobase.learning.readout import LMS, RLS, Readout, ReadoutFit
from rheobase.learning.reservoir import Reservoir, ReservoirResult
from rheobase.learning.spiking_reservoir import SpikingReservoir, SpikingReservoirResult

__all__ = [
    "LMS",
    "RLS",
    "Readout",
    "ReadoutFit",
    "Reservoir",
    "ReservoirResult",
    "SpikingReservoir",
    "SpikingReservoirResult",
]
