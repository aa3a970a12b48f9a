"""Figure 4.1: inhibitory spike-timing-dependent plasticity."""
