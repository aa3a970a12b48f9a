"""Fluctuations around those rates: responses, modes, spectra, correlations and oscillations."""
