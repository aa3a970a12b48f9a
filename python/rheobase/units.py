"""The one place where rates in Hz meet times in ms.

Weights are in mV·ms and rates in Hz = 1/s, so a product of the two is in mV only after division by 1000.
"""

#: Spikes per ms in 1 Hz.
PER_MS = 1e-3
