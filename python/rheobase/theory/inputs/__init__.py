"""What the neurons of a network receive: who sends how much, currents and noise, and how neurons differ by it."""
