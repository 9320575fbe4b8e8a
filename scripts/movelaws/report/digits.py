"""Digits for readers: three or four in the tables of the page, powers of ten in its texts.

The files keep full precision; so do the published numbers, and what stands beside one keeps the
digits that a comparison needs (:func:`movelaws.tables.format_columns`).
"""

import math
import re
from collections.abc import Mapping, Sequence

from movelaws.tables import PUBLISHED, format_columns, is_numeric

DIGITS = 4
_HUGE = 1e10  # from here on a number that is not a count is written as a power of ten
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_POWER = re.compile(r"(?<![\w./:])([-+−]?\d+(?:\.\d+)?)[eE]([-+]?\d+)(?!\w|\.\w)")
_LONG = re.compile(r"(?<![\w./:,])([-−]?\d{11,}\.\d+)(?![\w.])")


def cells(raw: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Cells of a table for the page.

    Parameters
    ----------
    raw : column -> cells as they stand in a CSV in full precision.

    Returns
    -------
    dict, column -> cells: counts whole with separators, other numbers with ``DIGITS`` significant
    digits (one less below 1), as powers of ten below a thousandth and from ten billions on.
    Published numbers, what stands beside them with its bounds, and percentages have the digits of
    :func:`movelaws.tables.format_columns`.
    """
    paired = {
        column.removeprefix(PUBLISHED)
        for column, texts in raw.items()
        if column.startswith(PUBLISHED) and any(text.strip() for text in texts)
    }
    short = {
        column: texts if _kept(column, paired) else [_each(text, rounded) for text in texts]
        for column, texts in raw.items()
    }
    shown = format_columns(short)
    return {
        column: [
            _each(text, _huge) if _is_huge(text) else cell
            for text, cell in zip(raw[column], shown[column], strict=True)
        ]
        for column in raw
    }


def rounded(text: str, digits: int = DIGITS) -> str:
    """A number as text with fewer digits; counts and other text unchanged.

    >>> [rounded(t) for t in ("2105.8534", "0.0419999", "1.23456e-05", "131391", "06037", "GM")]
    ['2106', '0.0420', '1.23e-05', '131391', '06037', 'GM']
    """
    if not is_numeric([text]) or not re.search(r"[.eE]", text):
        return text
    value = float(text)
    if not math.isfinite(value) or value == int(value):
        return text
    first = math.floor(math.log10(abs(value)))
    wanted = digits - (first < 0)
    if first >= wanted - 1:
        return f"{value:.0f}"
    short = f"{value:#.{wanted}g}".removesuffix(".")
    return short if len(short) < len(text.strip()) else text


def prose(text: str) -> str:
    """A text with its numbers in e-notation, and its decimals over ten billions, as powers of ten.

    >>> prose("9.96e-06 (1e-06 to 2E-5), at 16373535481551.06, in file/1e-05.csv")
    '9.96×10⁻⁶ (1×10⁻⁶ to 2×10⁻⁵), at 1.64×10¹³, in file/1e-05.csv'
    """
    text = _LONG.sub(lambda found: f"{float(found[1].replace('−', '-')):.2e}", text)
    return _POWER.sub(lambda found: f"{found[1]}×10{_superscript(found[2])}", text)


def _kept(column: str, paired: set[str]) -> bool:
    """Whether the digits of a column are not this module's to choose."""
    words = column.split("_")
    if column.startswith(PUBLISHED) or "percent" in words:
        return True
    if "parameter" in paired and column in ("low", "high"):
        return True
    return any(column == other or column.startswith(f"{other}_") for other in paired)


def _each(text: str, change) -> str:
    """Several numbers joined by ``;`` one by one."""
    return ";".join(change(part) for part in text.split(";")) if is_numeric([text]) else text


def _is_huge(text: str) -> bool:
    if ";" in text or not is_numeric([text]) or not re.search(r"[.eE]", text):
        return False
    value = float(text)
    return math.isfinite(value) and abs(value) >= _HUGE and (value != int(value) or "e" in text)


def _huge(text: str) -> str:
    return prose(f"{float(text):.{DIGITS - 2}e}")


def _superscript(power: str) -> str:
    return str(int(power)).translate(_SUPERSCRIPTS)
