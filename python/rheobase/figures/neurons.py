"""Figures of chapter 1: neurons and synapses."""

import numpy as np

import rheobase as rb
from rheobase.figures.catalogue import Figure, figure
from rheobase.figures.panels import panels
