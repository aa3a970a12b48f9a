"""Figure 4.2: a random network with a trained readout."""
