"""The mutation gate: every fault of `faults.py`, put into the engine alone, must turn a test red.

    python tests/mutants/run.py            # all
    python tests/mutants/run.py delay      # those with "delay" in their name
    python tests/mutants/run.py --check    # only whether the text of every fault is where it should be

It works on a copy of the sources, builds the baseline loops alone, lightly optimised, and runs the tests that a fault
names until the first is red. First the sound engine must pass them all. Prints a table; fails if a fault survives.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from faults import FAULTS, Fault

ROOT = Path(__file__).resolve().parents[2]
#: Tests that need more than one instruction set, or compare with a peer of their own.
LEFT_OUT = "not instruction_set and not baseline_agrees and not fingerprint"


class Copy:
    """A copy of the project that is changed and built."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("cpp", "python", "tests"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("*.so", "*.pyd", "__pycache__"))
        for name in ("CMakeLists.txt", "pyproject.toml"):
            shutil.copy(ROOT / name, folder / name)
        launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
        pybind11 = self.output(sys.executable, "-m", "pybind11", "--cmakedir").strip()
        self.output(
            "cmake", "-S", ".", "-B", "build", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=None", "-DCMAKE_CXX_FLAGS=-O1",
            "-DRHEOBASE_BASELINE_ONLY=ON", "-DCMAKE_INTERPROCEDURAL_OPTIMIZATION=OFF",
            f"-DPython_EXECUTABLE={sys.executable}", f"-Dpybind11_DIR={pybind11}",
            *launcher,
        )  # fmt: skip

    def output(self, *command: str) -> str:
        settings = {"CCACHE_BASEDIR": str(self.folder), "CCACHE_NOHASHDIR": "1"}
        done = subprocess.run(
            command, cwd=self.folder, env={**os.environ, **settings}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
        return done.stdout

    def build(self) -> None:
        self.output("cmake", "--build", "build")
        for library in self.folder.glob("build/_engine*"):
            if library.suffix in (".so", ".pyd"):
                shutil.copy(library, self.folder / "python" / "rheobase")

    def run(self, tests: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
        """Run tests until the first is red."""
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-n", "0", "-x", "-q", "-p", "no:cacheprovider", "-k", LEFT_OUT, *tests],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(self.folder / "python")},
            capture_output=True,
            text=True,
            check=False,
        )

    def red_test(self, tests: tuple[str, ...]) -> str | None:
        """Run tests and return the name of the first that is red, or None where all are green."""
        done = self.run(tests)
        if done.returncode == 0:
            return None
        found = re.search(r"^(?:FAILED|ERROR) \S*?::(\S+)", done.stdout, re.MULTILINE)
        if found:
            return found[1]
        if done.returncode < 0:
            return f"the process ended by signal {-done.returncode}"
        raise SystemExit(f"pytest failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")


def text_with(fault: Fault, text: str) -> str:
    """Return the text of a file with the fault in it."""
    if text.count(fault.text) != 1:
        raise SystemExit(
            f"the fault {fault.name!r} must find its text once in cpp/{fault.file}, found it "
            f"{text.count(fault.text)} times:\n{fault.text}"
        )
    return text.replace(fault.text, fault.replacement)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="?", default="", help="part of the names of the faults to try")
    parser.add_argument("--check", action="store_true", help="only look for the text of every fault")
    asked = parser.parse_args()
    faults = [fault for fault in FAULTS if asked.name in fault.name]
    if not faults:
        raise SystemExit(f"name must be part of a fault's name, got {asked.name!r}")
    for fault in faults:
        text_with(fault, (ROOT / "cpp" / fault.file).read_text(encoding="utf-8"))
    if asked.check:
        return
    with tempfile.TemporaryDirectory() as folder:
        survivors = try_all(faults, Copy(Path(folder)))
    if survivors:
        raise SystemExit(f"{len(survivors)} of {len(faults)} faults survive: {'; '.join(survivors)}")


def try_all(faults: list[Fault], copy: Copy) -> list[str]:
    """Try faults one after another, print a row for each, and return the names of those that no test notices."""
    copy.build()
    sound = copy.run(tuple(sorted({test for fault in faults for test in fault.tests})))
    if sound.returncode:
        raise SystemExit(f"the tests must pass without a fault:\n{sound.stdout[-3000:]}{sound.stderr[-3000:]}")
    print("| fault | noticed by | s |\n|---|---|---|", flush=True)
    survivors = []
    for fault in faults:
        file, began = copy.folder / "cpp" / fault.file, time.perf_counter()
        text = file.read_text(encoding="utf-8")
        file.write_text(text_with(fault, text), encoding="utf-8")
        copy.build()
        red = copy.red_test(fault.tests)
        file.write_text(text, encoding="utf-8")
        print(f"| {fault.name} | {f'`{red}`' if red else '**none**'} | {time.perf_counter() - began:.0f} |", flush=True)
        if red is None:
            survivors.append(fault.name)
    return survivors


if __name__ == "__main__":
    main()
