"""Reading expressions from text such as ``w_j / (d^2.20 + w_i)``."""

import re
from typing import NamedTuple, NoReturn

from movelaws.symbolic.expressions import NAME, Binary, Constant, Expression, Unary, Variable

LONGEST_TEXT = 2000  # characters; texts come from files that nobody has checked
DEEPEST = 64  # levels of the tree; also bounds the recursion of everything that walks trees

_FUNCTIONS = {"exp": "exp", "ln": "ln", "log": "ln"}
_TOKEN = re.compile(
    r"(?P<number>(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?)"
    rf"|(?P<name>{NAME.pattern})"
    r"|(?P<symbol>[-+*/^()])",
    re.ASCII,
)


class _Token(NamedTuple):
    kind: str  # number, name, symbol or end
    text: str
    position: int  # of its first character, from 1


def parse(text: str) -> Expression:
    """Expression that a text stands for.

    Parameters
    ----------
    text : variables such as ``w_j``, numbers, + - * / ^ ( ), ``exp(...)`` and ``ln(...)`` (also
        written ``log``). ^ binds tightest and to the right, then the sign, then * and /, then + and
        -. A sign before anything but a number is a product with -1. A number at the start of a term
        may stand before a variable without *, as in ``d^2.86 + 67.7 w_i`` (paper 2, Table S3).

    Raises
    ------
    ValueError
        If the text is no expression, too long or too deep; the message names the position, what
        stands there and what was expected.
    """
    if not isinstance(text, str):
        raise ValueError(f"text must be a string, not {type(text).__name__}")
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"text has {len(text)} characters, more than {LONGEST_TEXT}")
    return _Parser(text).whole()


class _Parser:
    """One token after another, by recursive descent."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = self._tokens()
        self.at = 0
        self.nested = 0

    def whole(self) -> Expression:
        found, depth = self._sum()
        if self._next.kind != "end":
            raise self._error("an operator or the end")
        if depth > DEEPEST:
            self._too_deep()
        return found

    def _sum(self) -> tuple[Expression, int]:
        found = self._term()
        while self._next.text in ("+", "-"):
            found = self._joined(self._take().text, found, self._term())
        return found

    def _term(self) -> tuple[Expression, int]:
        found = self._signed()
        bare_number = isinstance(found[0], Constant) and self._last.kind == "number"
        if bare_number and self._next.kind == "name":  # 67.7 w_i
            found = self._joined("*", found, self._signed())
        while self._next.text in ("*", "/"):
            found = self._joined(self._take().text, found, self._signed())
        return found

    def _signed(self) -> tuple[Expression, int]:
        """A factor with any number of signs: a sign of a number belongs to the number."""
        sign = 1
        while self._next.text in ("+", "-"):
            sign = -sign if self._take().text == "-" else sign
        found, depth = self._power()
        if sign > 0:
            return found, depth
        if isinstance(found, Constant) and self._last.kind == "number":
            return Constant(-found.value), depth
        return self._joined("*", (Constant(-1), 1), (found, depth))

    def _power(self) -> tuple[Expression, int]:
        base = self._atom()
        if self._next.text != "^":
            return base
        self._take()
        self._enter()
        exponent = self._signed()
        self.nested -= 1
        return self._joined("^", base, exponent)

    def _atom(self) -> tuple[Expression, int]:
        token = self._next
        if token.kind == "number":
            self._take()
            try:
                return Constant(float(token.text)), 1
            except ValueError:
                raise self._error("a number that is finite", token) from None
        if token.kind == "name":
            self._take()
            if token.text not in _FUNCTIONS:
                return Variable(token.text), 1
            if self._next.text != "(":
                raise self._error(f"( after {token.text}")
            child, depth = self._bracket()
            return Unary(_FUNCTIONS[token.text], child), depth + 1
        if token.text == "(":
            return self._bracket()
        raise self._error("a number, a variable, exp, ln or (")

    def _bracket(self) -> tuple[Expression, int]:
        self._take()
        self._enter()
        found = self._sum()
        self.nested -= 1
        if self._next.text != ")":
            raise self._error("an operator or )")
        self._take()
        return found

    def _joined(
        self, op: str, left: tuple[Expression, int], right: tuple[Expression, int]
    ) -> tuple[Expression, int]:
        return Binary(op, left[0], right[0]), 1 + max(left[1], right[1])

    def _enter(self) -> None:
        self.nested += 1
        if self.nested > DEEPEST:
            self._too_deep()

    @property
    def _next(self) -> _Token:
        return self.tokens[self.at]

    @property
    def _last(self) -> _Token:
        return self.tokens[self.at - 1]

    def _take(self) -> _Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def _tokens(self) -> list[_Token]:
        found, position = [], 0
        while position < len(self.text):
            if self.text[position] in " \t":
                position += 1
                continue
            match = _TOKEN.match(self.text, position)
            if match is None:
                unknown = _Token("symbol", self.text[position], position + 1)
                raise self._error("a number, a name or one of + - * / ^ ( )", unknown)
            found.append(_Token(match.lastgroup or "", match.group(), position + 1))
            position = match.end()
        return [*found, _Token("end", "", len(self.text) + 1)]

    def _error(self, expected: str, token: _Token | None = None) -> ValueError:
        token = token or self._next
        what = repr(token.text) if token.kind != "end" else "the end"
        return ValueError(
            f"cannot read {self.text!r}: at position {token.position} stands {what}, "
            f"expected {expected}"
        )

    def _too_deep(self) -> NoReturn:
        raise ValueError(f"text is nested more than {DEEPEST} levels deep")
