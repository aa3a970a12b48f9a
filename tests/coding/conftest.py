"""Real recordings, where they are at hand."""

import os
from pathlib import Path

import pytest

DATA = Path(os.environ.get("RHEOBASE_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))


@pytest.fixture(scope="session")
def recordings():
    """Return the path of a recording by its file name, or skip."""

    def locate(name: str) -> Path:
        path = DATA / name
        if not path.is_file():
            pytest.skip(f"{name} is not in the folder of recordings (set RHEOBASE_DATA)")
        return path

    return locate
