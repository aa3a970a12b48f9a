"""Energy that the processor packages of this machine have used, where the system tells it (RAPL, on Linux)."""

from pathlib import Path

FOLDER = Path("/sys/class/powercap")


class Meter:
    """Joules since it was made; `read()` returns None where the system does not tell."""

    def __init__(self, folder=FOLDER):
        self.packages = [p for p in sorted(folder.glob("*-rapl:*")) if p.name.count(":") == 1]
        self.start = self._counters()

    def read(self):
        """Return joules used by all packages; a counter that has wrapped once is understood."""
        now = self._counters()
        if not self.start or now is None:
            return None
        used = 0
        for package, before, after in zip(self.packages, self.start, now, strict=True):
            wrap = int((package / "max_energy_range_uj").read_text()) if after < before else 0
            used += after - before + wrap
        return 1e-6 * used

    def _counters(self):
        try:
            return [int((package / "energy_uj").read_text()) for package in self.packages]
        except OSError:
            return None
