"""The package as a whole: its stubs, its types, its style, its version."""

import ast
import importlib
import importlib.metadata
import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import rheobase as rb

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "python" / "rheobase"


def _installed(tool):
    """Skip where the extra `lint` is not installed."""
    return pytest.mark.skipif(importlib.util.find_spec(tool) is None, reason=f"{tool} is not installed (extra: lint)")


def _stubs():
    spec = importlib.util.spec_from_file_location("write_stubs", ROOT / "tools" / "write_stubs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.STUBS


@_installed("pybind11_stubgen")
@pytest.mark.parametrize("name", ["_engine.pyi", "models/catalogue.pyi", "models/written/catalogue.pyi"])
def test_stub_is_fresh(name):
    assert (SOURCE / name).read_text() == _stubs()[name](), "run: python tools/write_stubs.py"


def test_no_stub_hides_logic():
    """Type checkers read a stub in place of the module beside it: where that defines something, it goes unchecked."""
    found = []
    for stub in SOURCE.rglob("*.pyi"):
        module = stub.with_suffix(".py")
        tree = ast.parse(module.read_text()) if module.exists() else ast.Module([], [])
        found += [
            f"{module.relative_to(SOURCE)}: {node.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        ]
    assert not found


def test_every_stub_is_written_by_the_tool():
    assert {str(stub.relative_to(SOURCE)) for stub in SOURCE.rglob("*.pyi")} == set(_stubs())


def test_version_stands_in_one_place():
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert rb.__version__ == importlib.metadata.version("rheobase") == stated


@_installed("mypy")
def test_types_are_clean(tmp_path):
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--config-file",
            ROOT / "pyproject.toml",
            "--cache-dir",
            tmp_path,
            "-p",
            "rheobase",
        ],
        env={"MYPYPATH": str(ROOT / "python"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout


@_installed("ruff")
def test_style_is_clean():
    for command in (["check"], ["format", "--check"]):
        run = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache", "python", "tests", "benchmarks", "docs"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stdout + run.stderr


@_installed("clang_format")
def test_cpp_is_formatted():
    folders = [ROOT / "cpp", ROOT / "tests" / "cpp", ROOT / "benchmarks"]
    files = [str(f) for folder in folders for kind in ("*.hpp", "*.cpp") for f in folder.rglob(kind)]
    files = [f for f in files if "environments" not in f]  # those of other simulators, which benchmarks install
    program = importlib.import_module("clang_format").get_executable("clang-format")
    run = subprocess.run(
        [program, "--dry-run", "--Werror", *files],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[:3000]


def test_import_is_quick_and_quiet():
    """Import loads neither matplotlib nor scipy, which would take most of a second."""
    code = "import sys, rheobase; print(sorted({'matplotlib', 'scipy', 'tqdm'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_every_public_name_has_a_docstring_and_a_home():
    for name in dir(rb):
        if not name.startswith("_"):
            assert (getattr(rb, name).__doc__ or "").strip(), name


def test_the_conda_recipe_asks_for_what_the_package_asks_for():
    """Its names and numbers are those of `pyproject.toml`; conda alone has matplotlib in two parts."""
    recipe = (ROOT / "tools/conda/recipe.yaml").read_text()
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project = settings["project"]

    def listed(name):
        lines = re.search(rf"(?m)^  {name}:\n((?:    - .*\n)+)", recipe)[1].splitlines()
        return {line.replace("- ", "").replace(" ", "").replace("matplotlib-base", "matplotlib") for line in lines}

    assert listed("run") == {*project["dependencies"], f"python{project['requires-python']}"}
    assert listed("host") - {"python", "pip"} == set(settings["build-system"]["requires"])
    for name, value in {"version": f'"{project["version"]}"', "summary": project["description"]}.items():
        assert f"  {name}: {value}\n" in recipe
    assert f"  license: {project['license']}\n" in recipe


def test_faults_for_the_engine_have_their_text():
    """Each fault that `nox -s mutants` puts into the sources is found there once."""
    command = [sys.executable, "tests/mutants/run.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
