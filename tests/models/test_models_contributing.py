"""The recipe of CONTRIBUTING.md, followed to the letter: its header and one word make a model that works."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

#: Models that the package is made with.
NEEDED = ("LIF", "EIF", "TraubMiles")
ROOT = Path(__file__).resolve().parents[2]
CMAKE, NM = shutil.which("cmake"), shutil.which("nm")

#: Runs Python in a copy of the repository, whatever is installed.
IN_THE_COPY = """
import runpy, sys
sys.meta_path = [f for f in sys.meta_path if "editable" not in type(f).__module__]
sys.path.insert(0, "python")
import rheobase
assert rheobase.__file__.startswith(sys.argv[1]), rheobase.__file__
"""

THE_EXAMPLE = '''
"""What the resonate-and-fire neuron does."""

import numpy as np
import pytest

import rheobase as rb

DT, PULSE = 0.01, 0.875


def run(method, second):
    """Kick the neuron at step 100 and at a second one; return V and the steps of its spikes."""
    net = rb.Network(dt=DT, threads=1)
    p = net.add(rb.ResonateAndFire(method=method), 1, name="p")
    times = [(step - 1) * DT for step in (100, second) if step]
    source = net.add(rb.Trains([times]), 1, name="source")
    net.connect(source, p, rb.AllToAll(), weight=PULSE, synapse=rb.Delta())
    net.record(p, "V")
    res = net.run(20.0)
    return res.states("p", "V").values[:, 0], np.rint(res.spikes("p").times / DT).astype(int)


@pytest.mark.parametrize(("method", "error"), [("rk4", 1e-9), ("heun", 1e-4), ("euler", 0.05)])
def test_rings_as_its_equation_says(method, error):
    V, spikes = run(method, 0)
    t = DT * (np.arange(len(V)) - 100)
    assert len(spikes) == 0
    assert np.abs(V - np.where(t > 0, PULSE * np.exp(-0.1 * t) * np.sin(t), 0.0)).max() < error


def test_resonates():
    """A second pulse a period after the first makes it spike; half a period after, it does not."""
    period = round(2 * np.pi / DT)
    V, spikes = run("rk4", 100 + period)
    assert len(spikes) == 1
    assert 100 + period < spikes[0] < 100 + period + period // 4
    assert V[spikes[0]] == 1.0
    assert len(run("rk4", 100 + period // 2)[1]) == 0
'''


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """Return a copy of the repository in which the recipe was followed; tests that run in parallel share it."""
    if CMAKE is None:
        pytest.skip("no CMake found")
    pytest.importorskip("pybind11")
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "contributing"
    ready, failed = folder / "ready", folder / "failed"
    try:
        folder.mkdir()
    except FileExistsError:
        while not (ready.exists() or failed.exists()):
            time.sleep(0.5)
        assert ready.exists(), "the copy could not be made, as another test says"
        return folder
    try:
        follow_the_recipe(folder)
    except BaseException:
        failed.touch()
        raise
    ready.touch()
    return folder


def follow_the_recipe(folder):
    """Fill a folder with the repository and a model more, but few others, to be compiled sooner."""
    import pybind11

    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    path = re.search(r"`(cpp/include/rheobase/models/neurons/\w+\.hpp)`", text).group(1)
    header = re.search(r"```cpp\n(.*?)```", text, re.DOTALL).group(1)
    word = re.search(r"word `(\w+)` to `cpp/neuron_models.txt`", text).group(1)

    made = shutil.ignore_patterns("*.so", "__pycache__", "_build", "generated", "environments")
    for name in ("benchmarks", "cpp", "docs", "python", "tests", "tools"):
        shutil.copytree(ROOT / name, folder / name, ignore=made)
    for file in [*ROOT.glob("*.md"), *(ROOT / name for name in ("CMakeLists.txt", "pyproject.toml", ".clang-format"))]:
        shutil.copy(file, folder)
    (folder / path).write_text(header, encoding="utf-8")
    models = folder / "cpp/neuron_models.txt"
    few = [line for line in models.read_text(encoding="utf-8").split() if line in NEEDED]
    models.write_text("\n".join([*few, word, ""]), encoding="utf-8")
    (folder / "tests/models/test_models_resonate_and_fire.py").write_text(THE_EXAMPLE.lstrip(), encoding="utf-8")
    options = {
        "CMAKE_BUILD_TYPE": "Release",
        "CMAKE_CXX_FLAGS_RELEASE": "-O0",
        "SKBUILD_PROJECT_VERSION": "0",
        "RHEOBASE_WERROR": "ON",
        "RHEOBASE_UNITY": "ON",
        "RHEOBASE_BASELINE_ONLY": "ON",  # the loops of other instruction sets are the same text
        "CMAKE_LIBRARY_OUTPUT_DIRECTORY": str(folder / "python/rheobase"),
        "Python_EXECUTABLE": sys.executable,
        "pybind11_DIR": pybind11.get_cmake_dir(),
    }
    if (ccache := shutil.which("ccache")) is not None:
        options["CMAKE_CXX_COMPILER_LAUNCHER"] = ccache
    generator = ["-G", "Ninja"] if shutil.which("ninja") else []
    _call(
        folder, CMAKE, "-S", ".", "-B", "build", *generator, *(f"-D{name}={value}" for name, value in options.items())
    )
    _call(folder, CMAKE, "--build", "build", "--parallel")


def _call(folder, *command):
    environment = {**os.environ, "CCACHE_BASEDIR": str(folder), "CCACHE_NOHASHDIR": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-5000:]
    return done.stdout


def _python(folder, code):
    return _call(folder, sys.executable, "-c", IN_THE_COPY + code, str(folder))


@pytest.mark.slow
def test_the_recipe_makes_a_model(copy):
    assert _python(copy, "print(*rheobase.models.catalogue.NEURONS)").split()[-1] == "ResonateAndFire"
    with_bounds = (
        'rheobase.ResonateAndFire(omega=0.5)\ntry: rheobase.ResonateAndFire(b=1)\nexcept ValueError: print("no")'
    )
    assert _python(copy, with_bounds) == "no\n"


@pytest.mark.slow
def test_every_test_of_a_model_holds_for_it(copy):
    general = ["test_models_registry.py", "test_models_order.py", "test_models_resonate_and_fire.py"]
    arguments = [
        "-q",
        "-n",
        "0",
        "-p",
        "no:cacheprovider",
        *(f"tests/models/{name}" for name in general),
        "-k",
        "ResonateAndFire or resonate",
    ]
    printed = _python(copy, f"import pytest\nstatus = pytest.main({arguments!r})\nassert status == 0, status")
    assert re.search(r"\d+ passed", printed)
    assert "skipped" not in printed


@pytest.mark.slow
def test_the_package_stays_whole(copy):
    """Stubs are written anew, and what holds for the package holds with the new model."""
    pytest.importorskip("pybind11_stubgen")
    _python(copy, 'runpy.run_path("tools/write_stubs.py", run_name="__main__")')
    assert "class ResonateAndFire(Neuron)" in (copy / "python/rheobase/models/catalogue.pyi").read_text()
    arguments = ["-q", "-n", "0", "-p", "no:cacheprovider", "tests/package", "-m", "not slow"]
    # what reads the models left out, or takes long and would find the same in the original
    left_out = ("documentation", "types_are_clean", "version", "what_the_pages_name")
    chosen = " and ".join(f"not {name}" for name in left_out)
    arguments += ["-k", f"{chosen} and (not test_example or ResonateAndFire)"]
    printed = _python(copy, f"import pytest\nstatus = pytest.main({arguments!r})\nassert status == 0, status")
    assert re.search(r"\d+ passed", printed)


@pytest.mark.slow
def test_loops_share_no_function_with_other_instruction_sets(copy):
    """A function that is not part of its loop might be linked from the copy for a machine that is not there."""
    if NM is None:
        pytest.skip("no nm found")
    if "GNU" not in (copy / "build/CMakeCache.txt").read_text() + "".join(
        f.read_text() for f in (copy / "build/CMakeFiles").glob("*/CMakeCXXCompiler.cmake")
    ):
        pytest.skip("the loops are flattened by GCC")
    objects = [p for p in (copy / "build").rglob("*.o") if "loops_" in str(p)]
    assert {p.name for p in objects} >= {"advance_resonate_and_fire.cpp.o", "deliver.cpp.o", "random.cpp.o"}
    for compiled in objects:
        symbols = _call(copy, NM, "-C", str(compiled))
        assert not re.findall(r" [Wwu] .*rheobase.*", symbols), compiled
