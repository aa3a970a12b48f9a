"""Mathematics as browsers set it: the equations of models, which stand once as plain text, become MathML.

No script and no network is needed, since browsers set MathML themselves.
"""

import html
import re
from collections.abc import Collection

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eta": "η", "theta": "θ", "lambda": "λ",
    "mu": "μ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "psi": "ψ", "omega": "ω", "inf": "∞",
    "plus": "+", "minus": "−",
}  # fmt: skip
FUNCTIONS = ("exp", "log", "cosh", "sinh", "tanh", "cos", "sin", "tan")
RELATIONS = {"=": "=", "<-": "←", ">=": "≥", "<=": "≤", "<": "<", ">": ">"}
_TOKEN = re.compile(r"\s*(<-|>=|<=|\d+(?:\.\d+)?(?:e-?\d+)?|[A-Za-z]\w*|\S)")
#: Between factors.
_GAP = "<mspace width='0.15em'/>"
_SIGNS = {"+": "+", "-": "−"}


def equations(text: str, names: Collection[str]) -> str:
    """Return lines of HTML for an equation of the registry.

    Parameters
    ----------
    text : str
        Parts are separated by ``,`` or ``;`` and three blanks.
    names : collection of str
        Parameters and variables of the model, so that they are told from words.
    """
    parts = re.split(r"[,;] {3}", text)
    lines = "".join(f"<p>{_line(part.strip(), set(names))}</p>\n" for part in parts)
    return f'<div class="equations">\n{lines}</div>\n'


def _line(part: str, names: set[str]) -> str:
    """Return a line: runs of mathematics among words."""
    pieces: list[tuple[bool, list[str]]] = []
    tokens = _TOKEN.findall(part)
    for k, token in enumerate(tokens):
        word = _is_word(token, tokens[k + 1] if k + 1 < len(tokens) else "", names)
        if token in ",:;" and pieces:
            word = tokens[:k].count("(") == tokens[:k].count(")")  # within parentheses it is part of a formula
        if not pieces or pieces[-1][0] != word:
            pieces.append((word, []))
        pieces[-1][1].append(token)
    text = " ".join(_prose(run) if word else _Formula(run).element() for word, run in pieces)
    return re.sub(r" ([,:;])", r"\1", text)


def _is_word(token: str, following: str, names: set[str]) -> bool:
    if not token[0].isalpha() or token in FUNCTIONS:
        return False
    if token == "delta" and following.startswith("synapse"):
        return True
    if (
        token == "a"
        and following[:1].isalpha()
        and len(following) > 1
        and (following == "delta" or not _is_name(following, names))
    ):
        return True  # the article
    return not _is_name(token, names)


def _is_name(token: str, names: set[str]) -> bool:
    known = token in names or token in GREEK or "_" in token or any(c.isdigit() for c in token)
    return known or len(token) == 1 or token in FUNCTIONS


def _prose(run: list[str]) -> str:
    return html.escape(" ".join(run))


def symbol(name: str) -> str:
    """Return a name as a letter with what stands below it: `tau_m`, `V3`, `A2_plus`."""
    letter, _, below = name.partition("_")
    digits = re.fullmatch(r"([A-Za-z]+?)(\d+)", letter)
    if digits:
        letter, below = digits[1], ", ".join(filter(None, (digits[2], below)))
    shown = f"<mi>{GREEK.get(letter, letter)}</mi>"
    if not below:
        return shown
    words = "".join(GREEK.get(part, part) for part in below.split("_"))
    return f'<msub>{shown}<mi mathvariant="normal">{html.escape(words)}</mi></msub>'


class _Formula:
    """Reads relations of sums of products by descent; a blank between factors multiplies."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens, self.at = tokens, 0

    def element(self) -> str:
        inner = ""
        while self.at < len(self.tokens):
            inner += self._relation()
        return f'<math displaystyle="true">{inner}</math>'

    def _next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1]

    def _relation(self) -> str:
        shown = self._sum() if self._next() not in RELATIONS else ""
        while self._next() in (*RELATIONS, ","):
            token = self._take()
            shown += f"<mo>{html.escape(RELATIONS.get(token, token))}</mo>"
            if self._next() and self._next() not in (*RELATIONS, ","):
                shown += self._sum()
        return shown

    def _sum(self) -> str:
        shown = f"<mo>{_SIGNS[self._take()]}</mo>" if self._next() in _SIGNS else ""
        shown += self._product()
        while self._next() in _SIGNS:
            shown += f"<mo>{_SIGNS[self._take()]}</mo>{self._product()}"
        return shown

    def _product(self) -> str:
        factors = [self._factor()]
        while self._next() == "/" or self._starts_factor():
            if self._next() != "/":
                factors.append(self._factor())
                continue
            self._take()
            factors = [f"<mfrac><mrow>{_bare(factors)}</mrow><mrow>{_bare([self._factor()])}</mrow></mfrac>"]
        return _GAP.join(factors)

    def _starts_factor(self) -> bool:
        token = self._next()
        return token == "(" or token[:1].isalnum()

    def _factor(self) -> str:
        token = self._take()
        if token == "(":
            shown = self._enclosed()
        elif token in FUNCTIONS:
            argument = self._factor() if self._starts_factor() else ""
            shown = f"<mi>{token}</mi><mo>&#x2061;</mo>{argument}"
        elif token[0].isdigit():
            shown = f"<mn>{token}</mn>"
        else:
            shown = symbol(token) if token[0].isalpha() else f"<mo>{html.escape(token)}</mo>"
        if self._next() == "'":
            self._take()
            shown = f"<mfrac><mrow><mi>d</mi>{shown}</mrow><mrow><mi>d</mi><mi>t</mi></mrow></mfrac>"
        if self._next() == "^":
            self._take()
            shown = f"<msup><mrow>{shown}</mrow><mrow>{_bare([self._factor()])}</mrow></msup>"
        return f"<mrow>{shown}</mrow>"

    def _enclosed(self) -> str:
        inner = ""
        while self._next() not in (")", ""):
            inner += self._relation()
        if self._next() == ")":
            self._take()
        return f"<mo>(</mo>{inner}<mo>)</mo>"


def _bare(factors: list[str]) -> str:
    """Return factors without the parentheses that a fraction's bar or a superscript makes superfluous."""
    if len(factors) == 1:
        inside = re.fullmatch(r"<mrow><mo>\(</mo>(.*)<mo>\)</mo></mrow>", factors[0])
        if inside and "<mo>)</mo>" not in inside[1].split("<mo>(</mo>")[0]:
            return inside[1]
    return _GAP.join(factors)
