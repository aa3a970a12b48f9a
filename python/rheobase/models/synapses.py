"""What all synaptic kernels share, and how an entry of the engine's table becomes a class."""

from __future__ import annotations

from typing import ClassVar

from rheobase import _engine, checks
from rheobase.models.neurons import Neuron
from rheobase.models.registry import Model, check_names, parameter_section, scalars, signature
from rheobase.models.sources import Source


class Synapse(Model):
    """A synaptic kernel with its parameters: base of all kernels.

    A kernel carries a current, or with `reversal` (mV) a conductance. `norm="area"` makes the weight the area under
    what a spike evokes (the default for currents), `norm="peak"` its largest value (the default for conductances).
    Kernels of one target that agree in everything, `label` included, are one.
    """

    _kernel: ClassVar[_engine.SynapseKernel]
    reversal: float | None
    norm: str
    label: str | None
    #: What is kept for each post neuron, and what of it has a name of its own beside the current or conductance.
    _kept: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()

    def __init__(
        self, *, reversal: float | None = None, norm: str | None = None, label: str | None = None, **parameters: float
    ) -> None:
        own = [p.name for p in self._kernel.parameters]
        check_names(self._kernel.name, parameters, [*own, "reversal", "norm", "label"])
        values = scalars(self._kernel.name, self._kernel.parameters, parameters)
        for name, value in values.items():
            checks.number(name, value, low=1e-9)  # far below any step, and 1 / tau stays finite
        reversal = None if reversal is None else checks.number("reversal", reversal)
        if self._kernel.stages == 0 and reversal is not None:
            raise ValueError(f"reversal must be None for {self._kernel.name}, which moves V itself, got {reversal:g}")
        default = "area" if reversal is None else "peak"
        norm = default if norm is None else checks.choice("norm", norm, ("area", "peak"))
        if label is not None and not isinstance(label, str):
            raise TypeError(f"label must be a string, got {label!r}")
        self._set(parameters=values, reversal=reversal, norm=norm, label=label)

    #: Whether it adds up over connections in each step, so that no weights arrive.
    _sums: bool = False

    def _check_end(self, neuron: Neuron, end: str) -> None:
        """Raise where it reads what the neurons at one end, pre or post, do not have."""

    def _check_pre(self, model: Neuron | Source) -> None:
        """Raise where it reads what the pre neurons do not have."""
        if isinstance(model, Neuron):
            self._check_end(model, "pre")

    def _weight_unit(self, neuron: Neuron) -> str:
        """Return the unit of weights onto a neuron; empty where none is known."""
        if self._kernel.stages == 0:
            return neuron._variable_unit("V")
        unit = neuron._current_unit() if self.reversal is None else neuron._conductance_unit()
        return unit if self.norm == "peak" else " or ".join(f"{u}*ms" for u in unit.split(" or ") if u)

    def _enter(self, engine: _engine.Simulation, population: int, label: str) -> None:
        """Make its receptor in a population of the engine."""
        engine.add_receptor(
            population=population,
            kernel=self._kernel.name,
            values=list(self.parameters.values()),
            unit_area=self.norm == "area",
            conductance=self.reversal is not None,
            reversal=self.reversal or 0.0,
            label=label,
        )

    def _origin(self, variable: str) -> str:
        """Return the equation of a variable for a message."""
        raise ValueError(f"{type(self).__name__} has no variable {variable!r}")

    def __repr__(self) -> str:
        shown = [f"{name}={value:g}" for name, value in self.parameters.items()]
        if self.reversal is not None:
            shown.append(f"reversal={self.reversal:g}")
        return f"{self._kernel.name}({', '.join([*shown, f'norm={self.norm!r}'])})"


def make(kernel: _engine.SynapseKernel, module: str) -> type[Synapse]:
    """Return the class of a kernel, which stands in `module`."""
    rest = {"reversal": (float | None, None), "norm": (str | None, None), "label": (str | None, None)}
    fields = {
        "_kernel": kernel,
        "__doc__": _docstring(kernel),
        "__signature__": signature(kernel.parameters, float, **rest),
        "__module__": module,
    }
    return type(kernel.name, (Synapse,), fields)


def _docstring(kernel: _engine.SynapseKernel) -> str:
    return f"""{kernel.summary}

    {kernel.equation}

    Parameters
    ----------
{parameter_section(kernel.parameters, "float")}
    reversal : float, optional
        Reversal potential (mV): the kernel is then a conductance.
    norm : {{'area', 'peak'}}, default 'area', or 'peak' with a reversal
        What the weight stands for: the area under what a spike evokes, or its largest value, the jump of an
        exponential kernel. Currents are in mV, in pA where the neurons' g_L is in nS; conductances in the unit of
        the neurons' own, of a cell (nS) or of its area (mS/cm²).
    label : str, optional
        Name under which the current or conductance is recorded, as I_<label> or g_<label> (with _syn at the end where
        a parameter of the neurons is called so, as I_x is), in place of the source's; kernels with different labels
        are kept apart.

    Examples
    --------
    >>> rb.{kernel.name}()
    """
