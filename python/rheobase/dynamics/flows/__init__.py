"""Where states go: trajectories, manifolds, chaos, escape and delays."""
