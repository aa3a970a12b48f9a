"""Example systems: linear ones, normal forms, oscillators and the rate network."""
