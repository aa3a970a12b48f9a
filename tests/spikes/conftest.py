from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def recordings(recordings: Callable[[str], Path]) -> Callable[[str], dict[str, np.ndarray]]:
    """Return the arrays of a recording by its file name, or skip."""

    def load(name: str) -> dict[str, np.ndarray]:
        with np.load(recordings(name)) as file:
            return {key: file[key] for key in file.files}

    return load
