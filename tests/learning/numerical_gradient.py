"""The gradient of a cost by central differences, to hold those of the library against."""

import numpy as np


def numerical_gradient(cost, weights, h=1e-5):
    gradient = np.zeros_like(weights)
    for index in np.ndindex(weights.shape):
        kept = weights[index]
        weights[index] = kept + h
        above = cost()
        weights[index] = kept - h
        gradient[index] = (above - cost()) / (2 * h)
        weights[index] = kept
    return gradient
