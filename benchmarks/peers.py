"""Virtual environments of the simulators to compare with, under benchmarks/environments/ (not in the repository)."""

import os
import subprocess
import sys
import venv
from pathlib import Path

ENVIRONMENTS = Path(__file__).parent / "environments"

#: Newest Brian2 that this Python runs: 2.10 and later need 3.12, and 2.9 does not import with NumPy 2.4.
BRIAN2 = ["brian2==2.11.0"] if sys.version_info >= (3, 12) else ["brian2==2.9.0", "numpy<2.4"]

#: What each environment installs. GeNN is on no package index: this variable names its source or a wheel of it.
GENN = "GENN_SOURCE"
REQUIREMENTS = {
    "brian2": [*BRIAN2, "setuptools"],
    "nest": ["nest-simulator==3.10.0", "numpy"],
    "annarchy": ["ANNarchy==5.0.4.1", "setuptools"],
    "brainevent": ["brainevent==0.2.1", "jax==0.10.2", "numba"],
    "genn": [os.environ.get(GENN, "pygenn"), "setuptools"],
}


def python(peer):
    """Return the interpreter that runs `peer`; its environment is made when it is first asked for."""
    if peer not in REQUIREMENTS:
        return Path(sys.executable)
    folder = ENVIRONMENTS / peer
    executable = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    done = folder / "installed"
    wanted = "\n".join(REQUIREMENTS[peer])
    if not done.exists() or done.read_text() != wanted:
        print(f"installing {', '.join(REQUIREMENTS[peer])} into {folder} ...", file=sys.stderr, flush=True)
        venv.create(folder, clear=True, symlinks=sys.platform != "win32", with_pip=True)
        subprocess.run([executable, "-m", "pip", "install", "--quiet", *REQUIREMENTS[peer]], check=True)
        done.write_text(wanted)
    return executable


def version(peer):
    """Return the installed version of `peer`."""
    package = {"nest": "nest-simulator", "genn": "pygenn"}.get(peer, peer)
    code = f"from importlib.metadata import version; print(version({package!r}))"
    run = subprocess.run([python(peer), "-c", code], capture_output=True, text=True, check=False)
    return run.stdout.strip() or "(from source)"
