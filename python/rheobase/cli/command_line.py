"""The command line: ``rheobase info``, ``run``, ``demo``, ``figure`` and ``completion``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import rheobase as rb
from rheobase.cli import completion, demo

if TYPE_CHECKING:
    _Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if not hasattr(options, "run"):
        parser.print_help()
        return 2
    try:
        options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read the output, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (ValueError, TypeError, OSError, ImportError) as error:
        print(f"rheobase: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt as stopped:
        print(f"rheobase: {stopped}" if str(stopped) else "rheobase: stopped by Ctrl-C", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="rheobase", description="Spiking networks, from spikes to theory.")
    parser.add_argument("--version", action="version", version=f"rheobase {rb.__version__}")
    commands = parser.add_subparsers(metavar="command")
    _add_info(commands)
    _add_run(commands)
    _add_demo(commands)
    _add_figure(commands)
    _add_completion(commands, parser)
    return parser


def _add_info(commands: _Commands) -> None:
    info = commands.add_parser("info", help="version, instruction set, threads and build")
    info.add_argument("--json", action="store_true", help="as JSON, for programs and reports")
    info.set_defaults(run=lambda options: print(demo.info(options.json)))


def _add_run(commands: _Commands) -> None:
    run = commands.add_parser("run", help="run the network that a file describes (TOML, or JSON)")
    run.add_argument("file", help="the description; see the page on files of experiments")
    run.add_argument("--save", default=None, help="file for the result, HDF5 (default: what it recorded is not kept)")
    run.add_argument("--raster", default=None, help="file for a picture of the spikes")
    run.add_argument("--threads", type=int, default=None, help="default: every core")
    run.set_defaults(run=lambda o: demo.run_file(o.file, o.save, o.raster, o.threads))


def _add_demo(commands: _Commands) -> None:
    demos = commands.add_parser("demo", help="run a network and draw it").add_subparsers(
        required=True, metavar="network"
    )
    _add_cortex(demos)
    _add_microcircuit(demos)


def _add_cortex(demos: _Commands) -> None:
    cortex = demos.add_parser("cortex", help="the textbook's recurrent network of EIF neurons")
    cortex.add_argument(
        "--neurons", type=int, default=10_000, help="excitatory and inhibitory together (default 10000)"
    )
    cortex.add_argument("--time", type=float, default=1000.0, help="biological time in ms (default 1000)")
    cortex.add_argument("--threads", type=int, default=None, help="default: every core")
    cortex.add_argument("--seed", type=int, default=1)
    cortex.add_argument("--save", default="cortex.png", help="file for the figure (default cortex.png)")
    cortex.set_defaults(
        run=lambda options: demo.cortex(options.neurons, options.time, options.threads, options.seed, options.save)
    )


def _add_microcircuit(demos: _Commands) -> None:
    microcircuit = demos.add_parser("microcircuit", help="the cortical microcircuit of Potjans and Diesmann")
    microcircuit.add_argument("--scale", type=float, default=0.1, help="share of the full size (default 0.1)")
    microcircuit.add_argument("--time", type=float, default=1000.0, help="biological time in ms (default 1000)")
    microcircuit.add_argument("--drive", choices=("poisson", "dc"), default="poisson")
    microcircuit.add_argument("--threads", type=int, default=None, help="default: every core")
    microcircuit.add_argument("--seed", type=int, default=1)
    microcircuit.add_argument("--save", default="microcircuit.png", help="file for the raster")
    microcircuit.set_defaults(run=lambda o: demo.microcircuit(o.scale, o.time, o.drive, o.threads, o.seed, o.save))


def _add_figure(commands: _Commands) -> None:
    figure = commands.add_parser("figure", help="draw a figure of the sources")
    figure.add_argument("name", nargs="?", help="its identifier, such as 3.3, or all")
    figure.add_argument("--list", action="store_true", help="list all figures")
    figure.add_argument("--save", default=None, help="file for the figure (default: show it)")
    figure.add_argument("--out", default=None, help="folder for all figures (default figures)")
    figure.add_argument("--data", default=None, help="folder with the textbook's recordings (default: surrogates)")
    figure.add_argument("--seed", type=int, default=None)
    figure.set_defaults(
        run=lambda options: demo.figures(
            options.name, options.list, options.save, options.out, options.data, options.seed
        )
    )


def _add_completion(commands: _Commands, parser: argparse.ArgumentParser) -> None:
    complete = commands.add_parser("completion", help="print what makes a shell complete commands and options")
    complete.add_argument("shell", choices=completion.SHELLS)
    complete.set_defaults(run=lambda o: print(completion.script(parser, o.shell, {"figure": rb.figures.names()})))
