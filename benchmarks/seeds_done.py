"""What is measured seed by seed over hours, kept after each: what was interrupted goes on."""

import json
from pathlib import Path

import reference


class SeedsDone:
    """Runs by seed in a file of JSON, and the statistics of their activity in one file (.npz) a seed beside it.

    `setting` says how all of them are made: a file with another one is refused.
    """

    def __init__(self, path, setting):
        self.path, self.setting, self.runs = Path(path), setting, {}
        if not self.path.parent.is_dir():
            raise SystemExit(f"the folder of {self.path} must exist")
        if self.path.exists():
            self.runs = self._read()

    def __contains__(self, seed):
        return seed in self.runs

    def add(self, seed, measured, found):
        """Keep a seed: its statistics first, so that what the file of JSON names is whole."""
        sizes = [len(found["counts"][name]) for name in reference.POPULATIONS]
        reference.save(self._beside(seed), found, sizes, self.setting["activity_time_ms"])
        self.runs[seed] = measured
        fresh = self.path.with_suffix(".part")
        fresh.write_text(json.dumps({"setting": self.setting, "runs": self.runs}, indent=1) + "\n")
        fresh.replace(self.path)

    def statistics(self, seed):
        """Return the statistics of a seed as `reference.statistics` does."""
        return reference.load(self._beside(seed))[0]

    def _beside(self, seed):
        return self.path.with_name(f"{self.path.stem}_seed_{seed}.npz")

    def _read(self):
        try:
            kept = json.loads(self.path.read_text())
            setting, runs = kept["setting"], {int(seed): run for seed, run in kept["runs"].items()}
        except (ValueError, TypeError, KeyError):
            raise SystemExit(f"{self.path} holds no seeds of --recipe: name another file") from None
        for name, value in self.setting.items():
            if setting.get(name) != value:
                raise SystemExit(
                    f"{self.path} was made with {name} {setting.get(name)!r}, this is {value!r}: "
                    "go on with the same, or name another file"
                )
        gone = [str(self._beside(seed)) for seed in runs if not self._beside(seed).exists()]
        if gone:
            raise SystemExit(f"{self.path} must lie beside {', '.join(gone)}, which is not there")
        return runs
