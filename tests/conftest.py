"""Real recordings, where they are at hand."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

RECORDINGS = Path(os.environ.get("RHEOBASE_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


@pytest.fixture(scope="session")
def recordings() -> Callable[[str], Path]:
    """Return the path of a recording by its file name, or skip."""

    def locate(name: str) -> Path:
        path = RECORDINGS / name
        if not path.is_file():
            pytest.skip(f"{name} is not in the folder of recordings (set RHEOBASE_DATA)")
        return path

    return locate
