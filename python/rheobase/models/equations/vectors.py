"""Vectors of numbers in LLVM's assembly, and the functions of them that the engine has.

Every function takes the very steps of its counterpart in cpp/include/rheobase/math, so that it gives the same bits.
"""

import struct

_INFINITY, _NAN = float("inf"), float("nan")
_LOG2_E, _LN2_HIGH, _LN2_LOW = 1.4426950408889634, 6.93147180369123816490e-01, 1.90821492927058770002e-10
#: Of (exp(r) - 1 - r) / r^2 and of the slope of a slow decay, as the engine's own, the highest power first.
_EXPONENTIAL = (
    2.510038549551032e-08,
    2.7620088445409746e-07,
    2.7557268459997064e-06,
    2.4801521295954376e-05,
    0.00019841269863053618,
    0.0013888888917213717,
    0.008333333333330062,
    0.04166666666662413,
    0.16666666666666669,
    0.5000000000000001,
)
_SLOW_DECAY = (
    2.249225630829272e-07,
    -2.709945051891176e-06,
    2.477884944072777e-05,
    -0.00019840606750033606,
    0.0013888877485737125,
    -0.008333333222923142,
    0.041666666661303135,
    -0.16666666666656624,
    0.49999999999999967,
)
_TWO_52, _PI = 4503599627370496.0, 3.14159265358979323846


class Condition:
    """A truth in each lane."""

    def __init__(self, code: "VectorCode", text: str) -> None:
        self.code, self.text = code, text

    def _with(self, op: str, other: str) -> "Condition":
        return Condition(self.code, self.code.emit(f"{op} {self.code.truths} {self.text}, {other}"))

    def __and__(self, other: "Condition") -> "Condition":
        return self._with("and", other.text)

    def __or__(self, other: "Condition") -> "Condition":
        return self._with("or", other.text)

    def __invert__(self) -> "Condition":
        return self._with("xor", self.code.splat("i1", "true"))


class Vector:
    """A number in each lane; of a truth, 1 or 0."""

    def __init__(self, code: "VectorCode", text: str | None, condition: Condition | None = None) -> None:
        self.code, self._text, self.condition = code, text, condition

    @property
    def text(self) -> str:
        """The name of the number, or the number itself."""
        if self._text is None:
            assert self.condition is not None
            self._text = self.code.select(self.condition, 1.0, 0.0).text
        return self._text

    @property
    def holds(self) -> Condition:
        """Whether it is not zero."""
        return self._compared("une", 0.0) if self.condition is None else self.condition

    def _by(self, op: str, a: "Vector | float", b: "Vector | float") -> "Vector":
        code = self.code
        return Vector(code, code.emit(f"{op} {code.numbers} {code.vector(a).text}, {code.vector(b).text}"))

    def _compared(self, how: str, other: "Vector | float") -> Condition:
        code = self.code
        return Condition(code, code.emit(f"fcmp {how} {code.numbers} {self.text}, {code.vector(other).text}"))

    def __add__(self, other: "Vector | float") -> "Vector":
        return self._by("fadd", self, other)

    def __radd__(self, other: float) -> "Vector":
        return self._by("fadd", other, self)

    def __sub__(self, other: "Vector | float") -> "Vector":
        return self._by("fsub", self, other)

    def __rsub__(self, other: float) -> "Vector":
        return self._by("fsub", other, self)

    def __mul__(self, other: "Vector | float") -> "Vector":
        return self._by("fmul", self, other)

    def __rmul__(self, other: float) -> "Vector":
        return self._by("fmul", other, self)

    def __truediv__(self, other: "Vector | float") -> "Vector":
        return self._by("fdiv", self, other)

    def __rtruediv__(self, other: float) -> "Vector":
        return self._by("fdiv", other, self)

    def __neg__(self) -> "Vector":
        return Vector(self.code, self.code.emit(f"fneg {self.code.numbers} {self.text}"))

    def __lt__(self, other: "Vector | float") -> Condition:
        return self._compared("olt", other)

    def __le__(self, other: "Vector | float") -> Condition:
        return self._compared("ole", other)

    def __gt__(self, other: "Vector | float") -> Condition:
        return self._compared("ogt", other)

    def __ge__(self, other: "Vector | float") -> Condition:
        return self._compared("oge", other)

    def equals(self, other: "Vector | float") -> Condition:
        """Return where it is the same number; not a number is none."""
        return self._compared("oeq", other)

    def is_nan(self) -> Condition:
        """Return where it is not a number."""
        return self._compared("uno", self)


class VectorCode:
    """Instructions on vectors of `width` numbers, one after the other, in LLVM's assembly.

    Products and sums that belong together are rounded once where `fused`, as the engine's loops do. `decays` are those
    of phi1 and phi2 that a program has.
    """

    def __init__(self, width: int, fused: bool, decays: tuple[str, ...]) -> None:
        self.width, self.fused, self.decays = width, fused, decays
        self.numbers, self.truths, self.integers = (f"<{width} x {kind}>" for kind in ("double", "i1", "i64"))
        self.lines: list[str] = []
        self.block = "entry"
        self._count = 0
        self._decays: dict[tuple[str, str], Vector] = {}

    def emit(self, instruction: str, kind: str = "t") -> str:
        """Append an instruction; return the name of its result."""
        self._count += 1
        name = f"%{kind}{self._count}"
        self.lines.append(f"  {name} = {instruction}")
        return name

    def begin(self, block: str) -> None:
        """Begin a block of instructions."""
        self.lines.append(f"{block}:")
        self.block = block

    def splat(self, kind: str, value: str) -> str:
        """Return one value for all lanes."""
        return "<" + ", ".join([f"{kind} {value}"] * self.width) + ">"

    def vector(self, value: Vector | float) -> Vector:
        """Return a number for all lanes, unless it is a vector already."""
        if isinstance(value, Vector):
            return value
        bits = struct.unpack("<Q", struct.pack("<d", value))[0]
        return Vector(self, self.splat("double", f"0x{bits:016X}"))

    def same_in_all(self, kind: str, scalar: str) -> str:
        """Return the name of a vector that holds a register in all lanes."""
        vector, zeros = f"<{self.width} x {kind}>", f"<{self.width} x i32> zeroinitializer"
        first = self.emit(f"insertelement {vector} poison, {kind} {scalar}, i64 0")
        return self.emit(f"shufflevector {vector} {first}, {vector} poison, {zeros}")

    def select(self, condition: Condition, a: Vector | float, b: Vector | float) -> Vector:
        """Return a where the condition holds, else b."""
        a, b = self.vector(a), self.vector(b)
        chosen = f"{self.numbers} {a.text}, {self.numbers} {b.text}"
        return Vector(self, self.emit(f"select {self.truths} {condition.text}, {chosen}"))

    def truth(self, condition: Condition) -> Vector:
        """Return 1 where the condition holds, else 0."""
        return Vector(self, None, condition)

    def add_products(self, *operands: Vector) -> Vector:
        """Return the sum of products and a rest: the factors in pairs, of which the last meet the rest first."""
        *factors, total = operands
        for a, b in zip(factors[-2::-2], factors[::-2], strict=True):
            total = self.multiply_add(a, b, total)
        return total

    def multiply_add(self, a: Vector | float, b: Vector | float, c: Vector | float) -> Vector:
        """Return a b + c."""
        a, b, c = self.vector(a), self.vector(b), self.vector(c)
        return self._intrinsic("fma", a, b, c) if self.fused else a * b + c

    def _intrinsic(self, name: str, *operands: Vector) -> Vector:
        given = ", ".join(f"{self.numbers} {operand.text}" for operand in operands)
        return Vector(self, self.emit(f"call {self.numbers} @llvm.{name}.v{self.width}f64({given})"))

    def square_root(self, a: Vector) -> Vector:
        """Return the root."""
        return self._intrinsic("sqrt", a)

    def round_down(self, a: Vector) -> Vector:
        """Return the largest integer below."""
        return self._intrinsic("floor", a)

    def _bits(self, a: Vector) -> str:
        return self.emit(f"bitcast {self.numbers} {a.text} to {self.integers}")

    def _integer(self, op: str, a: str, b: int | str) -> str:
        return self.emit(f"{op} {self.integers} {a}, {b if isinstance(b, str) else self.splat('i64', str(b))}")

    def _number(self, bits: str) -> Vector:
        return Vector(self, self.emit(f"bitcast {self.integers} {bits} to {self.numbers}"))

    def any(self, condition: Condition) -> str:
        """Return whether it holds in some lane."""
        return self.emit(f"call i1 @llvm.vector.reduce.or.v{self.width}i1({self.truths} {condition.text})")

    def minimum(self, a: Vector, b: Vector | float) -> Vector:
        """Return the smaller one."""
        return self.select(a < b, a, b)

    def maximum(self, a: Vector, b: Vector | float) -> Vector:
        """Return the larger one."""
        return self.select(a > b, a, b)

    def absolute(self, a: Vector) -> Vector:
        """Return its size, that of numbers that count as zero as well."""
        return self._intrinsic("fabs", a)

    def _size(self, a: Vector) -> Vector:
        """Return its size; -0 stays what it is."""
        return self.select(a < 0.0, -a, a)

    def _polynomial(self, x: Vector, coefficients: tuple[float, ...]) -> Vector:
        """Return the sum of powers, the highest first."""
        total = self.vector(coefficients[0])
        for coefficient in coefficients[1:]:
            total = self.multiply_add(x, total, coefficient)
        return total

    def _scaled_exponential(self, x: Vector) -> tuple[Vector, Vector]:
        fma = self.multiply_add
        shift = 6755399441055744.0 + 1023.0
        shifted = fma(x, _LOG2_E, shift)
        k = shifted - shift
        r = fma(k, -_LN2_LOW, fma(k, -_LN2_HIGH, x))
        r2 = r * r
        even = self._polynomial(r2, _EXPONENTIAL[1::2])
        odd = self._polynomial(r2, _EXPONENTIAL[0::2])
        rest = fma(r2, fma(r, odd, even), r)
        return self._number(self._integer("shl", self._bits(shifted), 52)), rest

    def _within_708(self, x: Vector) -> Vector:
        x = self.select(x > 708.0, 708.0, x)
        return self.select(x < -708.0, -708.0, x)

    def exponential(self, x: Vector) -> Vector:
        """Return exp(x)."""
        scale, rest = self._scaled_exponential(self._within_708(x))
        return self.multiply_add(scale, rest, scale)

    def exponential_less_one(self, x: Vector) -> Vector:
        """Return exp(x) - 1."""
        scale, rest = self._scaled_exponential(self._within_708(x))
        return self.multiply_add(scale, rest, scale - 1.0)

    def _logarithm_of_normal(self, x: Vector) -> Vector:
        root_half = 0x3FE6A09E667F3BCD
        bits = self._bits(x)
        biased = self._integer("lshr", self._integer("add", bits, (1023 << 52) - root_half), 52)
        exponent = self._integer("shl", self._integer("sub", biased, 1023), 52)
        m = self._number(self._integer("sub", bits, exponent))
        k = self._number(self._integer("or", biased, 0x4330000000000000)) - (_TWO_52 + 1023.0)
        s = (m - 1.0) / (m + 1.0)
        s2 = s * s
        total = self.vector(1.0 / 21.0)
        for n in range(19, 1, -2):
            total = total * s2 + 1.0 / n
        return k * _LN2_LOW + (2.0 * (s + s * s2 * total) + k * _LN2_HIGH)

    def logarithm(self, x: Vector) -> Vector:
        """Return log(x)."""
        subnormal, ordinary = x < 2.2250738585072014e-308, (x > 0.0) & (x < _INFINITY)
        near = self._logarithm_of_normal(self.select(ordinary, self.select(subnormal, x * 2.0**54, x), 1.0))
        far = self.select(x > 0.0, x, self.select(x.equals(0.0), -_INFINITY, _NAN))
        return self.select(ordinary, self.select(subnormal, near - 37.42994775023705, near), far)

    def logarithm_of_one_more(self, x: Vector) -> Vector:
        """Return log(1 + x)."""
        u = 1.0 + x
        correction = (x - (u - 1.0)) / u
        far = self.logarithm(u)
        return self.select((u > 0.0) & (u < _INFINITY), far + correction, far)

    def _sine_cosine(self, x: Vector) -> tuple[Vector, Vector]:
        fma = self.multiply_add
        shift = 6755399441055744.0
        shifted = fma(x, 2.0 / _PI, shift)
        k = shifted - shift
        r = fma(k, -float.fromhex("0x1.921fb544p+0"), x)
        r = fma(k, -float.fromhex("0x1.0b4611a6p-34"), r)
        r = fma(k, -float.fromhex("0x1.3198a2e037073p-69"), r)
        r2 = r * r
        s, c = self.vector(1.0), self.vector(1.0)
        for n in range(8, 0, -1):
            s = 1.0 - s * r2 * (1.0 / (2 * n * (2 * n + 1)))
            c = 1.0 - c * r2 * (1.0 / (2 * n * (2 * n - 1)))
        s = s * r
        quarter = self._bits(shifted)
        odd, sine_below = self._has_bit(quarter, 1), self._has_bit(quarter, 2)
        cosine_below = self._has_bit(self._integer("add", quarter, 1), 2)
        sine, cosine = self.select(odd, c, s), self.select(odd, s, c)
        return self.select(sine_below, -sine, sine), self.select(cosine_below, -cosine, cosine)

    def _has_bit(self, bits: str, bit: int) -> Condition:
        kept = self._integer("and", bits, bit)
        return Condition(self, self.emit(f"icmp ne {self.integers} {kept}, {self.splat('i64', '0')}"))

    def sine(self, x: Vector) -> Vector:
        """Return sin(x)."""
        return self._sine_cosine(x)[0]

    def cosine(self, x: Vector) -> Vector:
        """Return cos(x)."""
        return self._sine_cosine(x)[1]

    def arctangent(self, x: Vector) -> Vector:
        """Return arctan(x)."""
        steep = (x > 1.0) | (x < -1.0)
        y = self.select(steep, 1.0 / x, x)
        for _ in range(2):
            y = y / (1.0 + self.square_root(1.0 + y * y))
        y2 = y * y
        series = self.vector(0.0)
        for n in range(11, -1, -1):
            series = 1.0 / (2 * n + 1) - y2 * series
        angle = 4.0 * y * series
        return self.select(steep, self.select(x > 0.0, 0.5 * _PI, -0.5 * _PI) - angle, angle)

    def hyperbolic_tangent(self, x: Vector) -> Vector:
        """Return tanh(x)."""
        size = self._size(x)
        e = self.exponential_less_one(2.0 * self.select(size > 20.0, 20.0, size))
        t = e / (e + 2.0)
        return self.select(x < 0.0, -t, t)

    def power(self, a: Vector, b: Vector) -> Vector:
        """Return a to the b."""
        size = self._size(a)
        above = self.exponential(b * self.logarithm(self.select(size > 0.0, size, 1.0)))
        half = 0.5 * b
        whole, even = self.round_down(b).equals(b), self.round_down(half).equals(half)
        below = self.select(whole, self.select(even, above, -above), _NAN)
        of_zero = self.select(b > 0.0, 0.0, self.select(b.equals(0.0), 1.0, _INFINITY))
        return self.select(a > 0.0, above, self.select(a < 0.0, below, self.select(a.equals(0.0), of_zero, a)))

    def remainder(self, a: Vector, b: Vector) -> Vector:
        """Return a modulo b."""
        return a - b * self.round_down(a / b)

    def effective_time(self, rate: Vector, dt: Vector) -> Vector:
        """Return (1 - exp(-rate dt)) / rate."""
        z = rate * dt
        small = (z < 1e-6) & (z > -1e-6)
        x = -z
        x = self.select(x < 708.0, x, 708.0)
        x = self.select(x > -708.0, x, -708.0)
        scale, rest = self._scaled_exponential(x)
        far = (1.0 - self.multiply_add(scale, rest, scale)) / self.select(small, 1.0, rate)
        return self.select(small, dt * (1.0 - 0.5 * z), far)

    def _slow_decay(self, z: Vector) -> tuple[Vector, Vector]:
        slope = self._polynomial(z, _SLOW_DECAY)
        return self.multiply_add(-z, slope, 1.0), slope

    def phi1(self, z: Vector) -> Vector:
        """Return (exp(z) - 1) / z."""
        return self._decay("phi1", z)

    def phi2(self, z: Vector) -> Vector:
        """Return (exp(z) - 1 - z) / z^2."""
        return self._decay("phi2", z)

    def _decay(self, kind: str, z: Vector) -> Vector:
        """Return phi1 or phi2, which are polynomials where all lanes decay slowly: the same numbers, earlier.

        Where a program has both, they are found together.
        """
        if (kind, z.text) not in self._decays:
            kinds = self.decays if kind in self.decays else (kind,)
            for each, value in zip(kinds, self._decays_of(z, kinds), strict=True):
                self._decays[each, z.text] = value
        return self._decays[kind, z.text]

    def _decays_of(self, z: Vector, kinds: tuple[str, ...]) -> list[Vector]:
        slow = (z <= 0.0) & (z >= -0.5)
        near = dict(zip(("phi1", "phi2"), self._slow_decay(-z), strict=True))
        fast = self.any(~slow)
        self._count += 1
        before, far, after = self.block, f"far{self._count}", f"after{self._count}"
        self.lines.append(f"  br i1 {fast}, label %{far}, label %{after}, !prof !0")
        self.begin(far)
        any_decay = {"phi1": self._any_phi1, "phi2": self._any_phi2}
        values = [any_decay[kind](z, slow, near[kind]) for kind in kinds]
        self.lines.append(f"  br label %{after}")
        self.begin(after)
        ways = [f"[{near[k].text}, %{before}], [{v.text}, %{far}]" for k, v in zip(kinds, values, strict=True)]
        return [Vector(self, self.emit(f"phi {self.numbers} {way}")) for way in ways]

    def _any_phi1(self, z: Vector, slow: Condition, near: Vector) -> Vector:
        far = self.exponential_less_one(z) / self.select(z.equals(0.0), 1.0, z)
        return self.select(slow, near, far)

    def _any_phi2(self, z: Vector, slow: Condition, near: Vector) -> Vector:
        small = (z < 0.5) & (z > -0.5)
        series, factorial = self.vector(1.0 / 87178291200.0), 87178291200
        for n in range(14, 2, -1):
            factorial //= n
            series = self.multiply_add(series, z, 1.0 / factorial)
        mean = self.exponential_less_one(z) / self.select(z.equals(0.0), 1.0, z)
        far = (mean - 1.0) / self.select(small, 1.0, z)
        return self.select(small, self.select(slow, near, series), far)

    def declarations(self) -> str:
        """Return what a module must declare."""
        n = f"v{self.width}"
        one = ", ".join
        return "\n".join(
            [
                f"declare {self.numbers} @llvm.fma.{n}f64({one([self.numbers] * 3)})",
                f"declare {self.numbers} @llvm.sqrt.{n}f64({self.numbers})",
                f"declare {self.numbers} @llvm.floor.{n}f64({self.numbers})",
                f"declare {self.numbers} @llvm.fabs.{n}f64({self.numbers})",
                f"declare i1 @llvm.vector.reduce.or.{n}i1({self.truths})",
                '!0 = !{!"branch_weights", i32 1, i32 1000}',
            ]
        )
