"""The progress bar of a run, in biological time."""

from types import TracebackType
from typing import Any


class Bar:
    """Shows how far a run of `steps` steps has come; nothing at all where `shown` is False."""

    def __init__(self, steps: int, dt: float, shown: bool) -> None:
        self.steps, self.dt, self._bar = steps, dt, None
        if shown:
            self._bar = self._open()

    def _open(self) -> Any:
        from tqdm.auto import tqdm

        layout = "{l_bar}{bar}| {n:.0f}/{total:.0f} ms [{elapsed}<{remaining}]"
        return tqdm(total=self.steps * self.dt, bar_format=layout, desc="simulating")

    def move_to(self, step: int) -> None:
        """Show that `step` steps are done."""
        if self._bar is not None:
            self._bar.update(step * self.dt - self._bar.n)

    def __enter__(self) -> "Bar":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            if kind is None:
                self.move_to(self.steps)
            self._bar.close()
