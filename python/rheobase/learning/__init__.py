"""Learning: storage rules of associative memories, perceptrons and networks trained by gradient descent."""

from rheobase.learning.storage import hebbian, pseudo_inverse, storkey

__all__ = ["hebbian", "pseudo_inverse", "storkey"]
