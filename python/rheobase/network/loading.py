"""Loading a network from the file that `Network.save` wrote."""

from __future__ import annotations

import os
from functools import partial

from rheobase.network.network import Network
from rheobase.network.storage import read, unpacked


def load(path: str | os.PathLike[str], *, threads: int | None = None, progress: bool = False) -> Network:
    """Read a network that `Network.save` wrote; its continuation is the same, bit for bit, on any number of threads.

    Parameters
    ----------
    path : path
    threads : int, optional
        Every core by default.
    progress : bool, default False
        Show a progress bar where its connections take more than a second to construct.

    Raises
    ------
    ValueError
        If the file is damaged, of another kind or of another version.
    OSError
        If it cannot be read.

    Examples
    --------
    >>> net.save("cortex.rheobase")
    >>> net = rb.load("cortex.rheobase")
    """
    return unpacked(read(path), partial(Network._restored, threads=threads, progress=progress), str(path))
