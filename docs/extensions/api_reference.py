"""The reference of functions and classes: a page for every public name, grouped by the files that hold them."""

import inspect
import re
import sys
from types import ModuleType
from typing import Any

import generated_pages as pages
from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

import rheobase
from rheobase.models import catalogue, gates
from rheobase.models.written import catalogue as texts
from rheobase.network import between, copying, monitoring, population, projection, result, selection

#: What methods return and nobody makes by hand stands in no ``__all__``.
RETURNED = (
    population.Population,
    selection.Selection,
    projection.Projection,
    between.Between,
    result.Result,
    result.Recorded,
    result.Timing,
    copying.Snapshot,
    monitoring.Monitor,
    gates.Gate,
)
#: Models have pages of their own, see `model_reference`.
MADE = {*catalogue.__all__, *texts.__all__}


def write_pages(app: Sphinx, _: Any) -> None:
    """Write a page for every subpackage and for the package itself; autosummary writes those of their names."""
    place = pages.folder(app.srcdir, "api")
    subpackages = [getattr(rheobase, name) for name in rheobase._SUBPACKAGES]
    modules = [rheobase]
    for module in subpackages:
        modules += [module, *_submodules(module)]
    kept = ["index"]
    for module in modules:
        members = _by_file(module, *_public(module))
        pages.write(place / f"{module.__name__}.rst", _page(module, members))
        kept += [module.__name__, *(name for names in members.values() for name in names)]
    pages.prune(place, kept)
    rows = [(f":doc:`{m.__name__}`", _summary(m)) for m in modules]
    text = pages.title("API reference") + (
        "Every public name, by subpackage. Times are in ms, potentials and currents in mV, rates in Hz; weight\n"
        "matrices are post × pre. Neurons, synapses and plasticity rules stand in the :doc:`../models/index`.\n\n"
    )
    text += pages.table(("module", "what it holds"), rows, "30 70")
    text += pages.toctree([m.__name__ for m in (rheobase, *subpackages)])
    pages.write(place / "index.rst", text)


def _submodules(module: ModuleType) -> list[ModuleType]:
    return [m for m in (getattr(module, name) for name in getattr(module, "__all__", ())) if inspect.ismodule(m)]


def _public(module: ModuleType) -> tuple[list[Any], list[str]]:
    """Return what a subpackage offers and the names it does so under."""
    own = [name for name, thing in vars(module).items() if getattr(thing, "__module__", "") == module.__name__]
    names = getattr(module, "__all__", [name for name in own if not name.startswith("_")])
    names = [name for name in names if name not in MADE or module is not rheobase]
    objects = [getattr(module, name) for name in names]
    if module is rheobase:
        objects, names = [*objects, *RETURNED], [*names, *(thing.__name__ for thing in RETURNED)]
    return objects, names


def _page(module: ModuleType, members: dict[str, list[str]]) -> str:
    text = pages.title(module.__name__) + f".. automodule:: {module.__name__}\n    :no-members:\n\n"
    inner = _submodules(module)
    if inner:
        text += pages.toctree([m.__name__ for m in inner])
        text += "See also " + ", ".join(f":doc:`{m.__name__}`" for m in inner) + ".\n\n"
    for file, names in members.items():
        text += pages.title(file, "-")
        text += ".. autosummary::\n    :toctree:\n    :nosignatures:\n\n"
        text += "\n".join(f"    {name.removeprefix(module.__name__ + '.')}" for name in names) + "\n\n"
    return text


def _by_file(module: ModuleType, objects: list[Any], names: list[str]) -> dict[str, list[str]]:
    """Group full names under the summaries of the files that define them, in the order of these."""
    found: dict[str, list[str]] = {}
    for k, thing in enumerate(objects):
        if inspect.ismodule(thing):
            continue
        constant = not (inspect.isclass(thing) or inspect.isroutine(thing))
        name = names[k] if constant else thing.__name__
        home = _home(module, name) if constant else sys.modules[thing.__module__]
        here = not constant and getattr(module, name, None) is thing
        full = f"{module.__name__}.{name}" if here else f"{home.__name__}.{name}"
        found.setdefault(_summary(home).rstrip("."), []).append(full)
    return {heading: sorted(found[heading]) for heading in sorted(found)}


def _home(module: ModuleType, name: str) -> ModuleType:
    """Return the file of a subpackage that assigns a constant: the words that explain it stand there."""
    for full, file in sys.modules.items():
        if full.startswith(f"{module.__name__}.") and re.search(rf"(?m)^{name}\b.*=", inspect.getsource(file)):
            return file
    return module


def _summary(module: ModuleType | None) -> str:
    return (getattr(module, "__doc__", "") or "").strip().split("\n")[0]


def link_short_names(app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.Node) -> nodes.Node | None:
    """Resolve what docstrings call `Network.connect`, `rb.Uniform` or `RateNetwork`, where it is one thing."""
    target = node.get("reftarget", "")
    if node.get("refdomain") != "py" or not target.split(".")[-1].isidentifier():
        return None
    target = f"rheobase.{target.removeprefix('rb.')}" if target.startswith("rb.") else target
    if not (target[0].isupper() or "." in target) or len(target) < 4:
        return None
    domain = env.domains["py"]
    found = [name for name in domain.objects if name == target or name.endswith(f".{target}")]
    if not found:
        return None
    fewest = min(name.count(".") for name in found)
    nearest = [name for name in found if name.count(".") == fewest]
    if len(nearest) != 1:
        return None
    builder, docname = app.builder, node.get("refdoc", "")
    return domain.resolve_xref(env, docname, builder, "obj", nearest[0], node, content)


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the pages before Sphinx looks for them."""
    app.connect("config-inited", write_pages)
    app.connect("missing-reference", link_short_names)
    return {"parallel_read_safe": True}
