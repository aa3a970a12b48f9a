"""What happens when memory runs out while a network runs."""

import subprocess
import sys

import pytest

resource = pytest.importorskip("resource", reason="limits of memory are set where the system has them")

SCRIPT = """
import resource
from pathlib import Path

import rheobase as rb

net = rb.Network(dt=0.1, seed=1, threads=1)
e = net.add(rb.LIF(I_x=20.0), 20_000, name="e", V=rb.Uniform(-70, -56))
net.run(1)
net.record(e, "V", every=0.1)
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 400 * 2**20, -1))
try:
    net.run(1000)
except MemoryError as error:
    print(error)
before = net.t
resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
result = net.run(1)
print(result.t_start == before > 1, len(result.states("e", "V").times))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="it asks Linux for the memory in use")
def test_a_run_that_memory_cannot_hold_says_so_and_the_network_goes_on():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    said, after = done.stdout.splitlines()
    assert said.startswith("what is recorded must fit into memory, which ran out at t = "), done.stderr
    assert after == "True 10"
