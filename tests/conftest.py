"""What tests of several folders need: recordings, where they are at hand, and processes of one instruction set."""

import os
import signal
import subprocess
import sys

# two BLAS threads take a hundred times as long as one for the small matrices of the tests where the machine is busy
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

from collections.abc import Callable  # noqa: E402
from pathlib import Path  # noqa: E402

import pytest  # noqa: E402

RECORDINGS = Path(os.environ.get("RHEOBASE_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


def pytest_configure() -> None:
    """Let Ctrl-C interrupt: a shell starts what runs in its background without it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add how many random networks are tried."""
    parser.addoption("--fuzz-seeds", type=int, default=60, help="random networks to try; see random_networks.py")


@pytest.fixture(scope="session")
def recordings() -> Callable[[str], Path]:
    """Return the path of a recording by its file name, or skip."""

    def locate(name: str) -> Path:
        path = RECORDINGS / name
        if not path.is_file():
            pytest.skip(f"{name} is not in the folder of recordings (set RHEOBASE_DATA)")
        return path

    return locate


@pytest.fixture(scope="session")
def with_instruction_set() -> Callable[..., str | None]:
    """Return a function that tells what Python prints with one instruction set, None where this machine lacks it."""

    def run(isa: str, *arguments: str) -> str | None:
        done = subprocess.run(
            [sys.executable, *arguments],
            env={**os.environ, "RHEOBASE_ISA": isa},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode and "at most what this machine has" in done.stderr:
            return None
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
