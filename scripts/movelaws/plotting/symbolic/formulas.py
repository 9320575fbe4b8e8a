"""Printed expressions as mathtext on one line, broken into several where there is no room."""

import re
from functools import lru_cache

import numpy as np
from matplotlib.textpath import TextPath

from movelaws.plotting import FONT_SIZE, POINTS_PER_MM

_TOKEN = re.compile(r"\s*(\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+|[A-Za-z]\w*|[-+*/^()])")
_NUMBER = re.compile(r"^[\d.]")
_VARIABLE = re.compile(r"^([a-zA-Z])(?:_([a-zA-Z\d]+)|(\d+))?$")
_SIGNS = {"+": " + ", "-": " - ", "/": r"\,/\,"}
_SMALLEST = 5.5
_TIMES = r"{\times}10"


def formula(expression: str) -> str:
    """Mathtext of a printed expression without dollar signs: ``w_j / 1.04^d`` on one line.

    Fractions stay on the line: stacked ones would be set in type of 5 points.

    Parameters
    ----------
    expression : text with + - * / ^ ( ) exp() ln(), numbers and names; ``2 w_i`` is a product.

    Raises
    ------
    ValueError
        If it holds something else, naming it.
    """
    return "".join(atoms(expression))


def atoms(expression: str) -> list[str]:
    """Parts of :func:`formula` between which a line may be broken."""
    tokens = _tokens(expression)
    made: list[str] = []
    at, before = 0, None
    while at < len(tokens):
        token = tokens[at]
        if token == "^":
            inner, at = _exponent(tokens, at + 1)
            base = made[-1] if made else ""
            if _NUMBER.match(before or "") and "^" in base:
                base = f"({base})"  # 5e-14^x: a number that has an exponent already
            made[-1:] = [f"{base}^{{{inner}}}"]
            before = ")"
            continue
        if token == "*":
            before_number = at + 1 < len(tokens) and _NUMBER.match(tokens[at + 1])
            made.append(r"{\cdot}" if before_number else r"\,")
        elif (
            token == "-" and before == "*" and _NUMBER.match(tokens[at + 1])
        ):  # w_j * -0.0018 is no difference
            made[-1:] = [f"(-{_typeset(tokens[at + 1])})"]
            at += 1
            token = ")"
        elif token == "-" and before in (None, "(", *"+-/"):
            made.append("-")
        elif token in _SIGNS:
            made.append(_SIGNS[token])
        else:
            if _leaf(token) and before is not None and (_leaf(before) or before == ")"):
                made.append(r"\,")
            made.append(_typeset(token))
        before = token
        at += 1
    return made


def lines(expression: str, width_mm: float, size: float = FONT_SIZE) -> tuple[str, float]:
    """Mathtext that fits into a width: text, its lines joined by line breaks, and size of type.

    One line if that takes type no smaller than 5.5 points, else several of the full size.

    Parameters
    ----------
    expression : as printed.
    width_mm : there is.
    size : of the type wanted, in points.
    """
    parts = atoms(expression)
    wide = width(f"${''.join(parts)}$", size)
    if wide <= width_mm:
        return f"${''.join(parts)}$", size
    if size * width_mm / wide >= _SMALLEST:
        return f"${''.join(parts)}$", size * width_mm / wide
    rows = []
    while parts:
        cut = _cut(parts, width_mm, size)
        rows.append(f"${''.join(parts[:cut]).strip()}$")
        parts = parts[cut:]
    return "\n".join(rows), size


def _cut(parts: list[str], width_mm: float, size: float) -> int:
    """Number of parts on the next line: broken before an operator outside most parentheses."""
    fit = 1
    while fit < len(parts) and width(f"${''.join(parts[: fit + 1])}$", size) <= width_mm:
        fit += 1
    if fit == len(parts):
        return fit
    depths, depth, before = [], 0, ""
    for part in parts[: fit + 1]:
        depth -= part.startswith(")")
        torn = part.startswith(")") or before == "(" or "mathrm" in before
        depths.append(depth + (0 if part in _SIGNS.values() else 0.5) + 9 * torn)
        depth += part == "("
        before = part
    return min(range(max(1, fit // 2), fit + 1), key=lambda at: (depths[at], -at))


@lru_cache(maxsize=4096)
def width(text: str, size: float = FONT_SIZE) -> float:
    """Millimetres that one line of text takes."""
    return TextPath((0, 0), text, size=size).get_extents().width / POINTS_PER_MM


def number(value: float) -> str:
    """An RMSE or a constant with four to five digits, thousands divided."""
    return f"{value:,.0f}" if abs(value) >= 10000 else f"{value:,.5g}"


def constant(value: float) -> str:
    """Mathtext of a constant to three digits, without dollar signs."""
    return formula(f"{value:.3g}") if np.isfinite(value) else r"\mathrm{none}"


def _tokens(expression: str) -> list[str]:
    tokens, at, text = [], 0, str(expression).strip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            raise ValueError(f"expression {text!r}: {text[at:].strip()[:1]!r} cannot be typeset")
        tokens.append(found.group(1))
        at = found.end()
    if not tokens:
        raise ValueError("expression: empty text")
    return tokens


def _exponent(tokens: list[str], at: int) -> tuple[str, int]:
    """What stands after ^ and where it ends; powers are read from the right: a^b^c is a^(b^c)."""
    bracketed = tokens[at : at + 1] == ["("]
    inner, at = _operand(tokens, at)
    if at < len(tokens) and tokens[at] == "^":
        above, at = _exponent(tokens, at + 1)
        inner = f"({inner})^{{{above}}}" if bracketed else f"{inner}^{{{above}}}"
    return inner, at


def _operand(tokens: list[str], at: int) -> tuple[str, int]:
    """Mathtext of what is raised, its parentheses dropped, and the place behind it."""
    start = at
    while at < len(tokens) and tokens[at] in "+-":
        at += 1
    if at < len(tokens) and tokens[at].isalpha() and tokens[at + 1 : at + 2] == ["("]:
        at += 1
    depth = 0
    while at < len(tokens):
        depth += (tokens[at] == "(") - (tokens[at] == ")")
        at += 1
        if depth <= 0:
            break
    inside = tokens[start:at]
    if inside[:1] == ["("] and inside[-1] == ")":
        inside = inside[1:-1]
    return formula(" ".join(inside)), at


def _leaf(token: str) -> bool:
    return token not in {"(", ")", "*", "^", *_SIGNS}


def _typeset(token: str) -> str:
    if token in "()":
        return token
    if _NUMBER.match(token):
        factor, _, power = token.lower().partition("e")
        return f"{factor}{_TIMES}^{{{int(power)}}}" if power else factor
    variable = _VARIABLE.match(token)
    if variable:
        name, below, digits = variable.groups()
        return f"{name}_{{{below or digits}}}" if below or digits else name
    return rf"\mathrm{{{token.replace('_', chr(92) + '_')}}}"
