"""The recipe of CONTRIBUTING.md, followed to the letter: its header and one word make a model that works."""

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
COMPILER = shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")
needs_compiler = pytest.mark.skipif(COMPILER is None, reason="no C++ compiler found")

DRIVER = r"""
#include <cstdio>
#include <cstdlib>
#include "rheobase/models/neurons/resonate_and_fire.hpp"
#include "rheobase/simulation/simulation.hpp"
using namespace rheobase;

// Kicks the neuron at step 100 and, where asked, a second time; prints V at every step, then the spikes.
int main(int, char** argv) {
    const double kick = std::atof(argv[1]);
    const long second = std::atol(argv[2]);
    Simulation sim(0.01, 1, 1);
    const NeuronModel& model = neuron_model("ResonateAndFire");
    ParameterValues values;
    for (const auto& p : model.parameters) values.push_back({p.standard});
    NeuronPopulation& neuron = sim.add_neurons(model.name, 1, argv[3], values);
    sim.record_state({0, "V", {0}, 1});
    for (long step : {100L, second, 2000L}) {
        if (step <= sim.now()) continue;
        sim.run(step - sim.now(), nullptr, nullptr);
        if (step == 2000) break;
        const ResonateAndFire::State before{neuron.variable("V").values[0], neuron.variable("w").values[0]};
        neuron.variable("w").values[0] = ResonateAndFire::kicked(before, kick).w;
    }
    for (double V : sim.take_states(0).values) std::printf("%.17g\n", V);
    for (auto step : sim.take_spikes(0).steps) std::printf("spike %ld\n", static_cast<long>(step));
    for (const auto& m : neuron_models()) std::printf("model %s\n", m.name.c_str());
}
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    path = re.search(r"`(cpp/include/rheobase/models/neurons/\w+\.hpp)`", text).group(1)
    header = re.search(r"```cpp\n(.*?)```", text, re.DOTALL).group(1)
    word = re.search(r"add `(\w+)` to `NeuronModels`", text).group(1)

    build = tmp_path_factory.mktemp("contributing")
    shutil.copytree(ROOT / "cpp", build / "cpp", ignore=shutil.ignore_patterns("bindings"))
    (build / path).write_text(header, encoding="utf-8")
    models = build / "cpp/include/rheobase/models/neuron_models.hpp"
    listed = models.read_text(encoding="utf-8")
    listed = listed.replace("#pragma once", f'#pragma once\n\n#include "{path.removeprefix("cpp/include/")}"', 1)
    # this model alone, so that the kernels compile at once
    models.write_text(re.sub(r"ModelList<[^.]*?>;", f"ModelList<{word}>;", listed, flags=re.DOTALL), encoding="utf-8")
    (build / "driver.cpp").write_text(DRIVER, encoding="utf-8")
    _compile(build, "-O1", "-Wall", "-Wextra", "-Werror", *_sources(build), "driver.cpp", "-o", "driver")
    return build / "driver"


def _sources(build):
    return sorted(str(p.relative_to(build)) for p in (build / "cpp/src").rglob("*.cpp"))


def _compile(folder, *arguments):
    common = ["-std=c++17", "-ffp-contract=off", "-DRHEOBASE_ISA=baseline", "-Icpp/include", "-pthread"]
    done = subprocess.run([COMPILER, *common, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _run(program, kick, second=0, method="rk4"):
    lines = subprocess.run(
        [str(program), str(kick), str(second), method], capture_output=True, text=True, check=True
    ).stdout.split("\n")
    spikes = [int(line.split()[1]) for line in lines if line.startswith("spike")]
    assert [line.split()[1] for line in lines if line.startswith("model")] == ["ResonateAndFire"]
    return np.array([float(line) for line in lines if line and line[0] in "-0123456789"]), spikes


@needs_compiler
def test_the_example_rings_as_its_equation_says(program):
    t = 0.01 * np.arange(2001) - 1.0
    for method, error in (("rk4", 1e-9), ("heun", 1e-4), ("euler", 0.05)):
        V, spikes = _run(program, 0.875, method=method)
        assert spikes == []
        expected = np.where(t > 0, 0.875 * np.exp(-0.1 * t) * np.sin(t), 0.0)
        assert np.abs(V - expected).max() < error


@needs_compiler
def test_the_example_resonates(program):
    """A second pulse a period after the first makes it spike; half a period after, it does not."""
    period = round(2 * np.pi / 0.01)
    V, spikes = _run(program, 0.875, 100 + period)
    assert len(spikes) == 1
    assert 100 + period < spikes[0] < 100 + period + period // 4
    assert V[spikes[0]] == 1.0
    assert _run(program, 0.875, 100 + period // 2)[1] == []


@needs_compiler
def test_kernels_share_no_function_with_other_instruction_sets(tmp_path):
    """A function that is not part of its loop might be linked from the copy for a machine that is not there."""
    nm = shutil.which("nm")
    if nm is None:
        pytest.skip("no nm found")
    if "clang" in subprocess.run([COMPILER, "--version"], capture_output=True, text=True, check=True).stdout:
        pytest.skip("the loops are flattened by GCC")
    shutil.copytree(ROOT / "cpp", tmp_path / "cpp")
    compiled = [s for s in _sources(tmp_path) if "namespace RHEOBASE_ISA" in (tmp_path / s).read_text(encoding="utf-8")]
    assert "cpp/src/loops/kernels.cpp" in compiled
    for source in compiled:
        _compile(tmp_path, "-O1", "-fno-math-errno", "-fno-trapping-math", "-c", source, "-o", "it.o")
        symbols = subprocess.run([nm, "-C", "it.o"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
        assert "table" in symbols
        assert not re.findall(r" [Wwu] .*rheobase.*", symbols), source
