"""Modules import downwards only, under TYPE_CHECKING and inside functions too."""

import ast
from pathlib import Path

import pytest

import rheobase

SOURCE = Path(rheobase.__file__).parent
#: From the ground up; packages of one layer do not know each other.
LAYERS = (
    {"checks", "units", "progress", "html"},
    {"models"},
    {"spikes", "dynamics"},
    {"rates"},
    {"theory"},
    {"network"},
    {"learning"},
    {"attractors", "coding", "circuits", "experiments", "io"},
    {"plot"},
    {"figures"},
    {"cli"},
)
HEIGHT = {name: height for height, names in enumerate(LAYERS) for name in names}
MODULES = [path for path in sorted(SOURCE.rglob("*.py")) if path.parent != SOURCE or not path.name.startswith("__")]


def imported(tree):
    """Yield the parts of the package that a module imports, with their lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports must be absolute"
            whole = node.module == "rheobase"
            names = [f"rheobase.{alias.name}" for alias in node.names] if whole else [node.module or ""]
        else:
            continue
        for name in names:
            if name.split(".")[0] == "rheobase":
                yield (name.split(".")[1] if "." in name else ""), node.lineno


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_lead_downwards(path):
    own = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    for part, line in imported(ast.parse(path.read_text())):
        if part in ("_engine", "_version", own):
            continue
        if part == "":  # the package as its users see it
            assert own in ("figures", "cli"), f"{path.name}:{line} imports the whole package"
            continue
        assert part in HEIGHT, f"{path.name}:{line} imports {part}, which is in no layer"
        ground = HEIGHT[own] == HEIGHT[part] == 0
        assert ground or HEIGHT[part] < HEIGHT[own], f"{path.name}:{line} imports {part}, which lies above {own}"


def test_few_files_lie_flat():
    flat = [path.name for path in SOURCE.glob("*.py") if path.name not in ("__init__.py", "__main__.py")]
    assert len(flat) <= 4, f"at most four files lie beside the folders, got {flat}"


def test_every_folder_has_its_layer():
    folders = {path.name for path in SOURCE.iterdir() if path.is_dir() and (path / "__init__.py").exists()}
    assert folders <= HEIGHT.keys()
