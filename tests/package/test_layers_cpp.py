"""The layers of the engine: who includes whom, and sources that mirror headers."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEADERS, SOURCES, BINDINGS = (ROOT / "cpp" / name for name in ("include/rheobase", "src", "bindings"))

#: What each layer may include besides itself.
BELOW = {
    "base": set(),
    "math": {"base"},
    "random": {"base", "math"},
    "models": {"base", "math", "random"},
    "loops": {"base", "math", "random", "models"},
    "wiring": {"base", "math", "random", "models", "loops"},
    "network": {"base", "math", "random", "models", "loops", "wiring"},
    "simulation": {"base", "math", "random", "models", "loops", "wiring", "network"},
    "learning": {"base", "math", "random", "loops"},
    "dynamics": {"base", "loops"},
}
#: Sources without a header of their own: the loops are declared in `loops/`, and compiled once per instruction set.
WITHOUT_HEADER = "loops"

FILES = sorted(path for folder in (HEADERS, SOURCES) for path in folder.rglob("*.[ch]pp"))


def relative(path):
    return path.relative_to(HEADERS if path.is_relative_to(HEADERS) else SOURCES)


def included(text):
    """Return the engine's own headers that a file includes, relative to the folder of all."""
    return [Path(name) for name in re.findall(r'#include "rheobase/([^"]+)"', text)]


def upward(layer, text):
    """Return the includes of a file of a layer that lie neither in it nor below."""
    return [str(name) for name in included(text) if name.parts[0] not in BELOW[layer] | {layer}]


def test_every_folder_is_a_layer():
    assert {relative(path).parts[0] for path in FILES} == set(BELOW)


@pytest.mark.parametrize("layer", BELOW)
def test_layers_include_only_what_lies_below(layer):
    wrong = {
        str(relative(path)): up
        for path in FILES
        if relative(path).parts[0] == layer and (up := upward(layer, path.read_text(encoding="utf-8")))
    }
    assert not wrong


def test_includes_upwards_are_found():
    text = '#include "rheobase/wiring/layout.hpp"\n#include "rheobase/network/network.hpp"\n'
    assert upward("wiring", text) == ["network/network.hpp"] and not upward("simulation", text)


def test_sources_mirror_headers():
    """Every source has the header of its name, and includes it first."""
    for path in SOURCES.rglob("*.cpp"):
        if relative(path).parts[0] == WITHOUT_HEADER:
            continue
        header = relative(path).with_suffix(".hpp")
        assert (HEADERS / header).exists(), f"{relative(path)} has no header {header}"
        assert included(path.read_text(encoding="utf-8"))[0] == header, f"{relative(path)} must include {header} first"


def test_headers_exist_and_stand_for_themselves():
    """Every header that is included exists, and begins with its guard."""
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        for name in included(text):
            assert (HEADERS / name).exists() or (HEADERS / f"{name}.in").exists(), f"{path} includes {name}"
        assert path.suffix != ".hpp" or text.startswith("#pragma once\n"), path


def test_bindings_are_one_function_each():
    """Every file of the bindings but the module itself registers one concept."""
    names = re.findall(r"void (register_\w+)\(", (BINDINGS / "register.hpp").read_text(encoding="utf-8"))
    for path in BINDINGS.glob("*.cpp"):
        found = re.findall(r"^void (register_\w+)\(", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert found == ([] if path.stem == "module" else [f"register_{path.stem}"]), path
        names = [name for name in names if name not in found]
    assert not names
