"""Real recordings, where they are at hand."""

import os
import signal

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
