"""Figure 4.3: perceptrons."""
