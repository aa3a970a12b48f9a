"""The command ``rheobase``."""

from rheobase.cli.command_line import main

__all__ = ["main"]
