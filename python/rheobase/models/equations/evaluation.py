"""The value of expressions, in NumPy."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from rheobase.models.equations.expressions import NOT_REFRACTORY, Expression, walk
from rheobase.models.equations.functions import EVALUATED


def evaluated(expressions: list[Expression], values: Mapping[str, Any]) -> list[Any]:
    """Return the values of expressions, given those of all names; no neuron is refractory."""
    done: dict[Expression, Any] = {NOT_REFRACTORY: True}
    with np.errstate(all="ignore"):
        for e in walk(*expressions):
            if e in done:
                continue
            if e.op == "constant":
                done[e] = e.args[0]
            elif e.op == "name":
                done[e] = values[e.args[0]]
            else:
                done[e] = EVALUATED[e.op](*(done[o] for o in e.operands))
    return [done[e] for e in expressions]
