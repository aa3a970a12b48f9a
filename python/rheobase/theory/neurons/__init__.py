"""One neuron in noise: its stationary density, rate and response, by membrane, synapse and adaptation."""
