"""The textbook's recordings, and surrogates to draw where they are not at hand."""

from pathlib import Path
from typing import Any

import numpy as np

SURROGATE = "SURROGATE DATA: give data= (--data) the folder of recordings to see the real ones."


def load(data: Path, file: str) -> dict[str, Any]:
    """Return the arrays of a recording in the folder `data`; single numbers as such."""
    path = data / file
    if not path.is_file():
        raise ValueError(f"data must be a folder that holds {file}, got {str(data)!r}")
    with np.load(path) as arrays:
        return {key: arrays[key].item() if arrays[key].size == 1 else arrays[key] for key in arrays.files}
