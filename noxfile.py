"""What is done again and again: ``nox`` runs lint, types and tests, ``nox -l`` lists all."""

import os
import tomllib
from pathlib import Path

import nox

nox.needs_version = ">=2024.4.15"
nox.options.sessions = ["lint", "types", "tests"]
nox.options.reuse_existing_virtualenvs = True

ROOT = Path(__file__).parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PYTHON_FILES = ["python", "tests", "benchmarks", "docs", "noxfile.py"]
CPP_FOLDERS = ["cpp", "tests/cpp", "benchmarks"]


@nox.session
def tests(session: nox.Session) -> None:
    """Install into a fresh environment and run the tests; arguments go to pytest."""
    session.install(".[test]")
    session.run("pytest", *session.posargs)


@nox.session
def minimal(session: nox.Session) -> None:
    """Run the tests with the oldest versions that the package says it works with."""
    oldest = [requirement.replace(">=", "==") for requirement in PROJECT["dependencies"]]
    session.install(".[test]", *oldest)
    session.run("pytest", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Try 2,000 random networks of every kind; arguments go to pytest, such as ``--fuzz-seeds 10000``."""
    session.install(".[test]")
    file = "tests/engine/test_engine_random_networks.py"
    session.run("pytest", file, "--fuzz-seeds", "2000", *session.posargs)


@nox.session
def mutants(session: nox.Session) -> None:
    """Put faults into the engine, one at a time; each must turn a test red. An argument chooses some by name."""
    session.install(*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"], "ninja")
    session.run("python", "tests/mutants/run.py", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check the style of Python and C++, and the spelling."""
    session.install(*PROJECT["optional-dependencies"]["lint"])
    session.run("ruff", "check", *PYTHON_FILES)
    session.run("ruff", "format", "--check", *PYTHON_FILES)
    files = [
        str(file)
        for folder in CPP_FOLDERS
        for file in (ROOT / folder).rglob("*.[ch]pp")
        if "environments" not in file.parts
    ]
    session.run("clang-format", "--dry-run", "--Werror", *files, silent=True)
    session.run("codespell")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types of the package, and that the stubs say what the engine has."""
    session.install(".[lint]", "pytest", "pytest-xdist")
    session.run("mypy")
    session.run("pytest", "tests/package/test_package.py", "-k", "stub")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation; warnings are errors."""
    session.install(".[docs]")
    session.run("sphinx-build", "-W", "docs", "docs/_build/html")


@nox.session
@nox.parametrize("preset", ["asan", "tsan"])
def sanitize(session: nox.Session, preset: str) -> None:
    """Run the C++ tests under the address, undefined behaviour and thread sanitizers."""
    _cpp_tests(session, preset)


@nox.session
@nox.parametrize("preset", ["dev", "clang"])
def cpp(session: nox.Session, preset: str) -> None:
    """Run the C++ tests as the engine ships, by the compiler at hand and by Clang; warnings are errors."""
    _cpp_tests(session, preset)


def _cpp_tests(session: nox.Session, preset: str) -> None:
    session.install("cmake>=3.21", "ninja")
    session.run("cmake", "--preset", preset)
    session.run("cmake", "--build", "--preset", preset, "--parallel", str(os.cpu_count()))
    session.run("ctest", "--preset", preset)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure the textbook's network; arguments go to benchmarks/run.py."""
    session.install(".")
    session.run("python", "benchmarks/run.py", *session.posargs)
