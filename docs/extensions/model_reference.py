"""The reference of models, from the engine's registry: equations, parameters, bounds, sources and pictures."""

import re
from collections.abc import Iterable
from typing import Any

import generated_pages as pages
import mathematics
import model_pictures
import numpy as np
import shown_in
from sphinx.application import Sphinx
from sphinx.util.display import status_iterator

from rheobase.models import catalogue as engine_tables
from rheobase.models.written import catalogue as texts

NEURONS: dict[str, Any] = {**engine_tables.NEURONS, **texts.NEURONS}
SYNAPSES: dict[str, Any] = {**engine_tables.SYNAPSES, **texts.SYNAPSES}
PLASTICITY: dict[str, Any] = {**engine_tables.PLASTICITY, **texts.PLASTICITY}


def write_pages(app: Sphinx, _: Any) -> None:
    """Write a page per model and the table of all."""
    place = pages.folder(app.srcdir, "models")
    rows = []
    neurons = status_iterator(NEURONS.values(), "drawing models... ", length=len(NEURONS), stringify_func=_name)
    for cls in neurons:
        response = model_pictures.respond(cls)
        model_pictures.picture(cls, response).savefig(place / f"{cls.__name__}.png", dpi=110)
        _write(app, cls, _neuron(cls, response))
        state = ", ".join(v.name for v in cls.model.variables)
        rows.append(_row("neuron", cls, cls.model, state, _threshold(response.threshold)))
    for cls in SYNAPSES.values():
        _write(app, cls, _synapse(cls))
        rows.append(_row("synapse", cls, cls._kernel, "", ""))
    for cls in PLASTICITY.values():
        _write(app, cls, _rule(cls))
        rows.append(_row("plasticity", cls, cls.rule, "", ""))
    pages.prune(place, ["index", *NEURONS, *SYNAPSES, *PLASTICITY])
    pages.write(place / "index.rst", _index(rows))


def _write(app: Sphinx, cls: type, text: str) -> None:
    place = pages.folder(app.srcdir, "models")
    pages.write(place / f"{cls.__name__}.rst", text + shown_in.sentence(app, cls.__name__))


def _name(cls: type) -> str:
    return cls.__name__


def _threshold(value: float | None) -> str:
    if value is None:
        return "none"
    least = model_pictures.DECADES[0][0]
    return f"< {least:g}" if 0 < value <= least else f"{value:.4g}"


def _row(kind: str, cls: type, entry: Any, state: str, threshold: str) -> list[str]:
    parameters = pages.escaped(", ".join(p.name for p in entry.parameters))
    return [f":doc:`{cls.__name__}`", kind, pages.escaped(entry.summary), parameters, pages.escaped(state), threshold]


def _index(rows: list[list[str]]) -> str:
    text = pages.title("Models") + (
        "Everything the engine can simulate, read from its registry when this page was built: name, unit, default and\n"
        "bounds of a parameter stand once, in the C++ header of the model or in its equations. The rheobase is the\n"
        "smallest steady input ``I_x`` that makes a neuron with default parameters fire three times in two seconds,\n"
        "found by simulation; where spikes are drawn, as those of ``GIF`` are, chance has a part in it.\n\n"
    )
    head = ("name", "kind", "what it is", "parameters", "state", "rheobase")
    text += ".. rst-class:: wide\n\n" + pages.table(head, rows, "14 10 34 24 10 8")
    text += (
        "Neurons also take ``I_x``, their steady input, and ``method``, the scheme of integration; synapses take\n"
        "``reversal``, ``norm`` and ``label``. :doc:`../tutorials/6_your_own_model` shows how to add one.\n\n"
    )
    return text + pages.toctree(row[0].removeprefix(":doc:`").rstrip("`") for row in rows)


def _head(cls: type, entry: Any) -> str:
    """Return title, summary and equations; the class is the target of references to it."""
    signature = re.sub(r": (Any|float|'Value')", "", str(cls.__signature__))  # type: ignore[attr-defined]
    text = pages.title(cls.__name__) + f".. py:class:: rheobase.{cls.__name__}{signature}\n\n"
    text += f"{pages.escaped(entry.summary)}\n\n"
    return text + _equations(entry)


def _equations(entry: Any) -> str:
    """Return what is solved: set as mathematics, or the text that the model was made of."""
    if hasattr(entry, "program"):
        return pages.code(entry.equation, "text")
    variables = [getattr(v, "name", v) for v in getattr(entry, "variables", ())]  # rules name theirs alone
    names = [*(p.name for p in entry.parameters), *variables]
    return f".. raw:: html\n\n{pages.indented(mathematics.equations(entry.equation, names))}\n\n"


def _parameters(entries: Iterable[Any]) -> str:
    rows = [
        (f"``{p.name}``", pages.escaped(p.unit), f"``{p.standard:g}``", _bounds(p), pages.escaped(p.doc))
        for p in entries
    ]
    if not rows:
        return "It has no parameters of its own.\n\n"
    return pages.title("Parameters", "-") + pages.table(("name", "unit", "default", "bounds", "meaning"), rows)


def _bounds(p: Any) -> str:
    low, high = np.isfinite(p.low), np.isfinite(p.high)
    below = "<" if p.open else "≤"
    if low and high:
        return f"{p.low:g} {below} {pages.escaped(p.name)} {below} {p.high:g}"
    if low:
        return f"{'>' if p.open else '≥'} {p.low:g}"
    return f"{below} {p.high:g}" if high else "any"


def _neuron(cls: Any, response: model_pictures.Response) -> str:
    model = cls.model
    text = _head(cls, model) + f".. image:: {cls.__name__}.png\n    :alt: Response to a step of current\n\n"
    if response.threshold is None:
        text += f"It never fires; drawn is a step of {response.current:g}.\n\n"
    elif response.threshold == 0:
        text += f"It fires by itself; drawn is a step of {response.current:.4g}, which doubles its rate.\n\n"
    else:
        text += f"A step of {response.current:.4g}, 1.3 times the rheobase. Marks above the trace are spikes.\n\n"
    text += _parameters(model.parameters)
    for lesser, greater in model.orders:
        a, b = (model.parameters[k].name for k in (lesser, greater))
        text += f"``{a}`` must be below ``{b}``.\n\n"
    rows = [(f"``{v.name}``", pages.escaped(v.unit), pages.escaped(v.doc)) for v in model.variables]
    text += pages.title("State", "-") + pages.table(("name", "unit", "meaning"), rows)
    methods = ", ".join(f"``{method}``" for method in model.methods)
    text += pages.title("Integration", "-") + f"{methods}; the first is the default.\n\n"
    return text + _source(model) + _example(f"net.add(rb.{cls.__name__}(), 100)")


def _synapse(cls: Any) -> str:
    text = _head(cls, cls._kernel) + _parameters(cls._kernel.parameters)
    if cls.__name__ in engine_tables.SYNAPSES and cls._kernel.stages:
        text += (
            "``reversal`` (mV) turns the current into a conductance. ``norm`` says what the weight stands for: the\n"
            "``area`` under what a spike evokes (default for currents) or its ``peak`` (default for conductances).\n"
            "``label`` names what is recorded and keeps kernels apart that would else be one.\n\n"
        )
    return text + _example(f"net.connect(e, i, rb.Bernoulli(0.1), weight=10, synapse=rb.{cls.__name__}())")


def _rule(cls: Any) -> str:
    text = _head(cls, cls.rule) + _parameters(cls.rule.parameters) + _source(cls.rule)
    lines = [line.strip().removeprefix(">>> ") for line in cls.__doc__.splitlines() if line.strip().startswith(">>> ")]
    return text + _example("\n".join(lines))


def _source(entry: Any) -> str:
    return pages.title("Source", "-") + f"{pages.escaped(entry.reference)}.\n\n"


def _example(line: str) -> str:
    return pages.title("Example", "-") + pages.code(line)


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the pages before Sphinx looks for them."""
    app.connect("config-inited", write_pages)
    return {"parallel_read_safe": True}
