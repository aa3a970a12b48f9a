"""A program, as the engine has bound it, to a module in LLVM's assembly.

The function `run` is a `MachineCode` of cpp/include/rheobase/network/machine_code.hpp: it takes vector after vector of
neurons through all operations, each of which rounds as the engine's own loops do.
"""

from collections.abc import Callable
from dataclasses import dataclass

from rheobase.models.equations.vectors import Condition, Vector, VectorCode

_BLOCK = 256
#: Members of `MachineCodeRun`, eight bytes each.
_RUN = {"n": "i64", "first": "i64", "step": "i64", "data": "ptr", "given": "ptr", "draws": "ptr"}


@dataclass(frozen=True)
class Slot:
    """Where an operand or a result lies."""

    base: str
    same: bool
    temporary: bool
    index: int
    known: float | None


@dataclass(frozen=True)
class Step:
    """An operation, its result and its operands, by the numbers of their slots."""

    operation: str
    same: bool
    out: int
    operands: tuple[int, ...]


_OPERATIONS: dict[str, Callable[..., Vector]] = {
    "move": lambda code, a: a,
    "negate": lambda code, a: -a,
    "absolute": VectorCode.absolute,
    "square_root": VectorCode.square_root,
    "exponential": VectorCode.exponential,
    "exponential_less_one": VectorCode.exponential_less_one,
    "logarithm": VectorCode.logarithm,
    "logarithm_of_one_more": VectorCode.logarithm_of_one_more,
    "sine": VectorCode.sine,
    "cosine": VectorCode.cosine,
    "arctangent": VectorCode.arctangent,
    "hyperbolic_tangent": VectorCode.hyperbolic_tangent,
    "round_down": VectorCode.round_down,
    "round_up": lambda code, a: -code.round_down(-a),
    "logical_not": lambda code, a: 1.0 - a if a.condition is None else code.truth(~a.condition),
    "phi1": VectorCode.phi1,
    "phi2": VectorCode.phi2,
    "add": lambda code, a, b: a + b,
    "subtract": lambda code, a, b: a - b,
    "multiply": lambda code, a, b: a * b,
    "divide": lambda code, a, b: a / b,
    "minimum": VectorCode.minimum,
    "maximum": VectorCode.maximum,
    "power": VectorCode.power,
    "remainder": VectorCode.remainder,
    "less": lambda code, a, b: code.truth(a < b),
    "less_equal": lambda code, a, b: code.truth(a <= b),
    "equal": lambda code, a, b: code.truth(a.equals(b)),
    "logical_and": lambda code, a, b: code.truth(a.condition & b.condition) if a.condition and b.condition else a * b,
    "logical_or": lambda code, a, b: (
        code.truth(a.condition | b.condition) if a.condition and b.condition else code.maximum(a, b)
    ),
    "effective_time": VectorCode.effective_time,
    "multiply_add": VectorCode.multiply_add,
    "multiply_subtract": lambda code, a, b, c: code.multiply_add(a, b, -c),
    "negate_multiply_add": lambda code, a, b, c: code.multiply_add(-a, b, c),
    "select": lambda code, a, b, c: code.select(a.holds, b, c),
    "add_two_products": VectorCode.add_products,
    "add_three_products": VectorCode.add_products,
    "add_four_products": VectorCode.add_products,
    "add_five_products": VectorCode.add_products,
    "select_multiply_add": lambda code, a, b, c, d, e: code.select(a.holds, code.multiply_add(b, c, d), e),
    "exponential_of_multiply_add": lambda code, a, b, c: code.exponential(code.multiply_add(a, b, c)),
    "scaled_phi1": lambda code, a, b: code.phi1(a) * b,
    "scaled_phi2": lambda code, a, b: code.phi2(a) * b,
}
_RANDOM = ("draw_uniform", "draw_normal")
#: What is told of all neurons together, members of `MachineCodeResult`: that a number is lost, that a condition is met.
_FOUND = ("lost", "met")


def assembly(slots: list[Slot], steps: list[Step], width: int, fused: bool) -> str:
    """Return the module for a program on vectors of `width` numbers, a multiple of 8.

    Raises
    ------
    NotImplementedError
        If the program holds what machine code cannot do.
    """
    return _Module(slots, steps, width, fused).text()


class _Module:
    def __init__(self, slots: list[Slot], steps: list[Step], width: int, fused: bool) -> None:
        unknown = {s.operation for s in steps} - {*_OPERATIONS, *_RANDOM}
        if unknown:
            raise NotImplementedError(f"no machine code for {', '.join(sorted(unknown))}")
        if any(s.same and not slots[s.out].temporary for s in steps):
            raise NotImplementedError("no machine code for results that are the same for all neurons")
        self.slots, self.steps = slots, steps
        operations = {s.operation for s in steps}
        decays = tuple(d for d in ("phi1", "phi2") if operations & {d, f"scaled_{d}"})
        self.code = VectorCode(width, fused, decays)
        self.values: dict[int, Vector] = {}
        self.pointers: dict[int, str] = {}
        self.now = ""
        self.found = dict.fromkeys(_FOUND, "zeroinitializer")

    def text(self) -> str:
        code = self.code
        self._begin()
        before, code.lines = code.lines, []
        entry, code.block = code.block, "loop"
        each = [s for s in self.steps if not s.same]
        draws = 0
        for step in each:
            if step.operation in _RANDOM:
                pointer = code.emit(f"getelementptr double, ptr %draws, i64 {draws * _BLOCK}")
                self.values[step.out] = self._load(pointer)
                draws += 1
            else:
                self._do(step)
        self._store({s.out for s in each})
        body = [
            *code.lines,
            *(f"  %{name}_next = or {code.truths} %{name}, {found}" for name, found in self.found.items()),
            f"  %next = add i64 %i, {code.width}",
            "  %more = icmp ult i64 %next, %whole",
            "  br i1 %more, label %loop, label %done",
        ]
        head = [
            f"  %i = phi i64 [0, %{entry}], [%next, %{code.block}]",
            *(f"  %{name} = phi {code.truths} {self._ways(name, entry)}" for name in self.found),
        ]
        lines = ["entry:", *before, "loop:", *head, *body, *self._end(entry)]
        wide = f'"prefer-vector-width"="{64 * code.width}" "min-legal-vector-width"="{64 * code.width}"'
        text = "\n".join(lines)
        return f"{code.declarations()}\ndefine void @run(ptr %run, ptr %result) nounwind {wide} {{\n{text}\n}}\n"

    def _begin(self) -> None:
        """Read what is the same for all neurons, and do what is done with it once."""
        code = self.code
        for k, (name, kind) in enumerate(_RUN.items()):
            code.lines.append(f"  %at_{name} = getelementptr i64, ptr %run, i64 {k}")
            code.lines.append(f"  %{name} = load {kind}, ptr %at_{name}")
        for k in sorted({o for s in self.steps for o in s.operands} | {s.out for s in self.steps}):
            self._reach(k)
        for step in self.steps:
            if step.same:
                self._do(step)
        code.lines += [
            f"  %whole = and i64 %n, {-code.width}",
            "  %some = icmp ne i64 %whole, 0",
            "  br i1 %some, label %loop, label %done",
        ]

    def _end(self, entry: str) -> list[str]:
        """Return instructions that write down what was done."""
        code = self.code
        code.lines = []
        every = [self._ways(name, entry) for name in self.found]
        code.begin("done")
        found = [Condition(code, code.emit(f"phi {code.truths} {ways}")) for ways in every]
        told = [code.emit(f"zext i1 {code.any(each)} to i64") for each in found]
        for k, value in enumerate(("%whole", *told)):
            at = code.emit(f"getelementptr i64, ptr %result, i64 {k}")
            code.lines.append(f"  store i64 {value}, ptr {at}")
        return [*code.lines, "  ret void"]

    def _reach(self, k: int) -> None:
        """Find the memory of a slot; read it, if it is the same for all neurons."""
        slot, code = self.slots[k], self.code
        if slot.known is not None:
            self.values[k] = code.vector(slot.known)
            return
        if slot.temporary:
            return
        table, at = ("data", k) if slot.base in ("fixed", "neurons") else ("given", slot.index)
        if slot.base == "free":
            at += 1
        pointer = code.emit(f"load ptr, ptr {code.emit(f'getelementptr ptr, ptr %{table}, i64 {at}')}")
        if slot.base == "neurons":
            pointer = code.emit(f"getelementptr double, ptr {pointer}, i64 %first")
        self.pointers[k] = pointer
        if slot.base == "free":
            self.now = code.same_in_all("i64", "%step")

    def _load(self, pointer: str) -> Vector:
        code = self.code
        at = code.emit(f"getelementptr double, ptr {pointer}, i64 %i")
        return Vector(code, code.emit(f"load {code.numbers}, ptr {at}, align 8"))

    def _value(self, k: int) -> Vector:
        if k in self.pointers and self.slots[k].same:  # anew for each use: registers are few
            code = self.code
            return Vector(code, code.same_in_all("double", code.emit(f"load double, ptr {self.pointers[k]}")))
        if k not in self.values:
            is_free = self.slots[k].base == "free"
            self.values[k] = self._free(self.pointers[k]) if is_free else self._load(self.pointers[k])
        return self.values[k]

    def _free(self, pointer: str) -> Vector:
        """Return whether neurons are no longer refractory."""
        code = self.code
        at = code.emit(f"getelementptr i64, ptr {pointer}, i64 %i")
        free_from = code.emit(f"load {code.integers}, ptr {at}, align 8")
        return code.truth(Condition(code, code.emit(f"icmp sle {code.integers} {free_from}, {self.now}")))

    def _do(self, step: Step) -> None:
        operands = [self._value(o) for o in step.operands]
        self.values[step.out] = _OPERATIONS[step.operation](self.code, *operands)

    def _ways(self, name: str, entry: str) -> str:
        """Return what was found so far, by the block that control comes from."""
        return f"[zeroinitializer, %{entry}], [%{name}_next, %{self.code.block}]"

    def _note(self, name: str, truths: str) -> None:
        self.found[name] = self.code.emit(f"or {self.code.truths} {self.found[name]}, {truths}")

    def _store(self, written: set[int]) -> None:
        """Write all results; note where one of them is not finite, and where a condition holds."""
        code = self.code
        for k in sorted(k for k in written if not self.slots[k].temporary):
            value = self.values[k]
            if self.slots[k].base == "condition":
                word = f"i{code.width}"
                holds = value.holds.text
                self._note("met", holds)
                marks = code.emit(f"bitcast {code.truths} {holds} to {word}")
                at = code.emit(f"getelementptr i8, ptr {self.pointers[k]}, i64 {code.emit('lshr i64 %i, 3')}")
                code.lines.append(f"  store {word} {marks}, ptr {at}, align 1")
            else:
                at = code.emit(f"getelementptr double, ptr {self.pointers[k]}, i64 %i")
                code.lines.append(f"  store {code.numbers} {value.text}, ptr {at}, align 8")
                if self.slots[k].base == "neurons":
                    self._note("lost", (value - value).is_nan().text)
