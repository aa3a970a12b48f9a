"""Machine code of programs, made in the background while they are interpreted, where llvmlite is installed.

It gives the same bits as the interpreter and takes over between two blocks of neurons, so nobody can see when. The
environment variable ``RHEOBASE_JIT``, read when a run begins, is ``auto`` (or absent), ``off`` for the interpreter
alone, or ``now`` for code that is there before the first step.
"""

import os
import warnings
from collections import Counter
from functools import cache
from importlib.util import find_spec
from threading import Lock, Thread
from typing import Any

from rheobase import _engine, checks
from rheobase.models.equations.machine_code import Slot, Step, assembly

#: What the interpreter takes for an operation and neuron, about (s), and what it takes in all when code is worth it.
_OPERATION, _WORTH = 0.15e-9, 0.2
#: Neurons that are taken through the operations side by side, by the instruction set of the engine's loops: two of its
#: vectors, since one alone would wait for its own results. Marks of conditions fill whole bytes.
_WIDTHS = {"avx512": 16, "avx2": 8}


class _Compiler:
    """What is known of all programs of this process, by their shape."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.spent: Counter[str] = Counter()  # seconds of interpretation
        self.under_way: set[str] = set()
        self.codes: dict[str, int] = {}  # addresses, 0 where no code could be made
        self.failures: list[str] = []
        self.kept: list[Any] = []  # what holds the code in memory
        self.is_usable = True

    def after_fork(self) -> None:
        """Go on in a child process, where threads are gone: LLVM is left alone if one was within it."""
        self.lock = Lock()
        self.is_usable = self.is_usable and not self.under_way

    def choose(self, engine: _engine.Simulation, steps: int, at_once: bool) -> list[tuple[str, Any]]:
        """Return the shapes to compile, and their listings, of what a run of so many steps interprets."""
        wanted = []
        for shape, neurons, operations in engine.interpreted_programs():
            self.spent[shape] += neurons * steps * operations * _OPERATION
            if shape in self.codes:
                _engine.set_machine_code(shape, self.codes[shape])
            elif shape not in self.under_way and (at_once or self.spent[shape] > _WORTH):
                self.under_way.add(shape)
                wanted.append((shape, engine.program_listing(shape)))
        return wanted

    def compile(self, wanted: list[tuple[str, Any]]) -> None:
        """Make code for programs and hand it over; where that fails, they are interpreted."""
        for shape, (slots, steps) in wanted:
            address, failure, kept = 0, None, None
            try:
                address, kept = _compiled([Slot(*slot) for slot in slots], [Step(*step) for step in steps])
            except Exception as error:
                failure = f"{type(error).__name__}: {error}"
            with self.lock:
                self.kept.append(kept)
                self.codes[shape] = address
                self.under_way.discard(shape)
                if failure is not None:
                    self.failures.append(failure)
            _engine.set_machine_code(shape, address)


_compiler = _Compiler()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_compiler.after_fork)


def compile_if_worth(engine: _engine.Simulation, steps: int) -> None:
    """Begin to compile what a run of so many steps would interpret for long.

    Raises
    ------
    ValueError
        If ``RHEOBASE_JIT`` is none of its values.
    """
    mode = os.environ.get("RHEOBASE_JIT") or "auto"
    checks.choice("RHEOBASE_JIT", mode, ["auto", "off", "now"])
    if not _is_installed() or not _compiler.is_usable:
        return
    with _compiler.lock:
        if mode == "off":
            for shape in _compiler.codes:
                _engine.set_machine_code(shape, 0)
            return
        wanted = _compiler.choose(engine, steps, mode == "now")
    if wanted:
        work = Thread(target=_compiler.compile, args=(wanted,), name="rheobase compiles")
        work.start()
        if mode == "now":
            work.join()


def warn_of_failure() -> None:
    """Warn, once, where no code could be made."""
    if not _compiler.failures:
        return
    with _compiler.lock:
        failures = list(_compiler.failures)
        _compiler.failures.clear()
    warnings.warn(
        f"equations are interpreted, with the same results, as no machine code could be made: {failures[0]}",
        RuntimeWarning,
        stacklevel=4,
    )


@cache
def _is_installed() -> bool:
    return find_spec("llvmlite") is not None


def _compiled(slots: list[Slot], steps: list[Step]) -> tuple[int, Any]:
    """Return the address of a program's code, and what keeps it there."""
    from llvmlite import binding as llvm

    isa = _engine.isa()
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    features = llvm.get_host_cpu_features()
    for name in features:
        if isa != "avx512" and name.startswith(("avx512", "avx10")):
            features[name] = False
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=features.flatten(), opt=2, codemodel="small", reloc="pic"
    )
    # products are rounded before they are summed where the engine's loops have no fused operation
    module = llvm.parse_assembly(assembly(slots, steps, _WIDTHS.get(isa, 8), fused=_engine.fused()))
    module.verify()
    code = llvm.create_mcjit_compiler(module, machine)
    code.finalize_object()
    return code.get_function_address("run"), (code, machine)
