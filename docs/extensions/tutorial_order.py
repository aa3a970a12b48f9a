"""The order of the tutorials: that of the numbers with which their names begin."""


class ByNumber:
    """Key by which sphinx-gallery sorts the files of a folder."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def __call__(self, file: str) -> int:
        """Return the number of a file."""
        return int(file.split("_")[0])

    def __repr__(self) -> str:
        return type(self).__name__
