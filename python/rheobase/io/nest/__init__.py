"""NEST: the same circuit on the simulator that runs on clusters."""

from rheobase.io.nest.network import NestNetwork, to_nest

__all__ = ["NestNetwork", "to_nest"]
