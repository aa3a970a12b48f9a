"""What a circuit is made of, described: neurons, synapses, plasticity, rules, sources, currents and light."""
