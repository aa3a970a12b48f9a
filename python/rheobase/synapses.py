"""Synaptic kernels, made from the engine's registry."""

import inspect
from typing import Any, ClassVar

from rheobase import _engine, checks


class Synapse:
    """A synaptic kernel with its parameters: base of all kernels.

    A kernel carries a current, or with `reversal` (mV) a conductance. `norm="area"` makes the weight the area under
    what a spike evokes (the default for currents), `norm="peak"` its largest value (the default for conductances).
    Kernels of one target that agree in everything, `label` included, are one.
    """

    kernel: ClassVar[_engine.SynapseKernel]

    def __init__(
        self, *, reversal: float | None = None, norm: str | None = None, label: str | None = None, **parameters: float
    ) -> None:
        known = {p.name: p for p in self.kernel.parameters}
        for name in parameters:
            if name not in known:
                raise checks.unknown(f"parameter of {self.kernel.name}", name, [*known, "reversal", "norm", "label"])
        self.parameters = {
            name: checks.number(name, parameters.get(name, info.standard), above=0.0) for name, info in known.items()
        }
        for name, value in self.parameters.items():
            checks.number(name, value, low=1e-9)  # far below any step, and 1 / tau stays finite
        self.reversal = None if reversal is None else checks.number("reversal", reversal)
        if self.kernel.stages == 0 and reversal is not None:
            raise ValueError(f"reversal must be None for {self.kernel.name}, which moves V itself, got {reversal:g}")
        default = "area" if reversal is None else "peak"
        self.norm = default if norm is None else checks.choice("norm", norm, ("area", "peak"))
        if label is not None and not isinstance(label, str):
            raise TypeError(f"label must be a string, got {label!r}")
        self.label = label

    @staticmethod
    def named(name: str, **parameters: Any) -> "Synapse":
        """Return a kernel by its name."""
        return KERNELS[checks.choice("synapse", name, KERNELS)](**parameters)

    def key(self) -> tuple:
        """Return what two synapses must agree in to share a kernel."""
        return (self.kernel.name, *self.parameters.values(), self.reversal, self.norm, self.label)

    def __repr__(self) -> str:
        shown = [f"{name}={value:g}" for name, value in self.parameters.items()]
        if self.reversal is not None:
            shown.append(f"reversal={self.reversal:g}")
        return f"{self.kernel.name}({', '.join([*shown, f'norm={self.norm!r}'])})"


def _docstring(kernel: _engine.SynapseKernel) -> str:
    parameters = "\n".join(
        f"    {p.name} : float, default {p.standard:g} {p.unit}\n        {p.doc[0].upper() + p.doc[1:]}."
        for p in kernel.parameters
    )
    return (
        f"{kernel.summary}\n\n    {kernel.equation}\n\n    Parameters\n    ----------\n{parameters}\n"
        f"    reversal : float, optional\n        Reversal potential (mV): the kernel is then a conductance.\n"
        f"    norm : {{'area', 'peak'}}, optional\n        What the weight stands for.\n"
        f"    label : str, optional\n        Name under which the current or conductance is recorded, as I_<label> or "
        f"g_<label>;\n        kernels with different labels are kept apart.\n\n"
        f"    Examples\n    --------\n    >>> rb.{kernel.name}()\n    "
    )


def _signature(kernel: _engine.SynapseKernel) -> inspect.Signature:
    keyword = inspect.Parameter.KEYWORD_ONLY
    names = [inspect.Parameter(p.name, keyword, default=p.standard, annotation=float) for p in kernel.parameters]
    rest = [inspect.Parameter(name, keyword, default=None, annotation=Any) for name in ("reversal", "norm", "label")]
    return inspect.Signature(names + rest)


def _make(kernel: _engine.SynapseKernel) -> type[Synapse]:
    fields = {
        "kernel": kernel,
        "__doc__": _docstring(kernel),
        "__signature__": _signature(kernel),
        "__module__": __name__,
    }
    return type(kernel.name, (Synapse,), fields)


#: Every synaptic kernel by name.
KERNELS: dict[str, type[Synapse]] = {kernel.name: _make(kernel) for kernel in _engine.synapse_kernels()}
globals().update(KERNELS)
__all__ = list(KERNELS)  # noqa: PLE0605
