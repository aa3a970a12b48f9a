import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

DATA = Path(os.environ.get("RHEOBASE_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))


@pytest.fixture
def recordings() -> Callable[[str], dict[str, np.ndarray]]:
    def load(name: str) -> dict[str, np.ndarray]:
        path = DATA / name
        if not path.exists():
            pytest.skip(f"no recording {name} in {DATA} (set RHEOBASE_DATA)")
        with np.load(path) as file:
            return {key: file[key] for key in file.files}

    return load
