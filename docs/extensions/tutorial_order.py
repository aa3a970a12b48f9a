"""The order of a gallery: by the numbers with which the names of files begin, where they do, then by the names."""


class ByNumber:
    """Key by which sphinx-gallery sorts the files of a folder."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def __call__(self, file: str) -> tuple[int, str]:
        """Return the number of a file, and its name."""
        number = file.split("_")[0]
        return (int(number) if number.isdigit() else 0), file

    def __repr__(self) -> str:
        return type(self).__name__
