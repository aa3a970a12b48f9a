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
#: The same for the folders and files inside a large package.
INNER_LAYERS = {
    "dynamics": (
        {"finite_differences", "solvers", "stability"},
        {"fields"},
        {"systems", "fixed_points"},
        {"flows", "bifurcations"},
        {"cycles", "hamiltonian"},
    ),
    "theory": ({"membranes", "fits", "random_networks"}, {"inputs"}, {"neurons"}, {"mean_fields"}, {"fluctuations"}),
}


def heights(layers):
    """Return how high each part lies."""
    return {name: height for height, names in enumerate(layers) for name in names}


HEIGHT = heights(LAYERS)
MODULES = [path for path in sorted(SOURCE.rglob("*.py")) if path.parent != SOURCE or not path.name.startswith("__")]


def imported(tree, package="rheobase"):
    """Yield the parts of the package that a module imports, with their lines."""
    depth = package.count(".") + 1
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports must be absolute"
            whole = node.module == package
            names = [f"{package}.{alias.name}" for alias in node.names] if whole else [node.module or ""]
        else:
            continue
        for name in names:
            if f"{name}.".startswith(f"{package}."):
                parts = name.split(".")
                yield (parts[depth] if len(parts) > depth else ""), node.lineno


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


@pytest.mark.parametrize("package", INNER_LAYERS)
def test_imports_inside_a_large_package_lead_downwards(package):
    height = heights(INNER_LAYERS[package])
    for path in sorted((SOURCE / package).rglob("*.py")):
        own = path.relative_to(SOURCE / package).parts[0].removesuffix(".py")
        for part, line in imported(ast.parse(path.read_text()), f"rheobase.{package}"):
            where = f"{path.relative_to(SOURCE)}:{line}"
            if own == "__init__":
                continue
            assert part in height, f"{where} imports {part or 'its own package'}, which is in no layer of {package}"
            assert part == own or height[part] < height[own], f"{where} imports {part}, which lies above {own}"


@pytest.mark.parametrize("package", INNER_LAYERS)
def test_every_part_of_a_large_package_has_its_layer(package):
    parts = {
        path.stem for path in (SOURCE / package).iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert parts - {"__init__"} == heights(INNER_LAYERS[package]).keys()


def test_few_files_lie_flat():
    flat = [path.name for path in SOURCE.glob("*.py") if path.name not in ("__init__.py", "__main__.py")]
    assert len(flat) <= 4, f"at most four files lie beside the folders, got {flat}"


def test_every_folder_has_its_layer():
    folders = {path.name for path in SOURCE.iterdir() if path.is_dir() and (path / "__init__.py").exists()}
    assert folders <= HEIGHT.keys()
