"""Tables as CSV in full precision, and for readers with sensible digits, published beside ours.

Markdown and the HTML report take their cells from the same place, :func:`format_columns`.
"""

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from movelaws.files import replacing

PUBLISHED = "published_"
ABSENT = "–"
_WORDS = {
    "rmse": "RMSE",
    "nrmse": "NRMSE",
    "cpc": "CPC",
    "ssi": "SSI",
    "ks": "KS",
}
_UNITS = {"km2": "km²", "km": "km", "percent": "%", "seconds": "s", "mb": "MB"}
_CODES = {"id", "code", "fips", "year", "seed", "version"}
_BOUND = re.compile(r"(?:^|_)(?:low|high|lowest|highest)$")
_JOINED = ";"
_DIGITS = 5
_MOST_DIGITS = 7
_PLAIN = re.compile(r"[-+]?(\d+)(?:\.(\d*))?")
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def write_table(
    table: pd.DataFrame,
    csv: str | Path,
    markdown: str | Path,
    *,
    units: Mapping[str, str] | None = None,
) -> None:
    """Write ``table`` in full precision to ``csv`` and for readers to ``markdown``, each whole.

    Parameters
    ----------
    table : the index is left out.
    csv, markdown : files; folders are made.
    units : unit by column, for the header in Markdown; those in the column's name (``_km``,
        ``_km2``, ``_percent``) are understood.
    """
    texts = {
        Path(csv): table.to_csv(index=False, lineterminator="\n"),
        Path(markdown): to_markdown(table, units=units),
    }
    for path, text in texts.items():
        with replacing(path) as temporary:
            temporary.write_text(text, encoding="utf-8", newline="\n")


def read_texts(path: str | Path, texts: Sequence[str]) -> pd.DataFrame:
    """Read a CSV in which the columns named ``texts`` stay text, as they were written.

    A zone may be called 01, NA or null; without this pandas takes the first for a number and the
    others for missing. Columns that the file does not have are passed over.
    """
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    for column in table.columns:
        if column not in texts:
            table[column] = pd.read_csv(path, usecols=[column])[column]
    return table


def to_markdown(table: pd.DataFrame, *, units: Mapping[str, str] | None = None) -> str:
    """Markdown table with ``published_x`` moved beside ``x``, units in the header, numbers right.

    Parameters
    ----------
    table, units : as for :func:`write_table`.

    Returns
    -------
    str that ends in a line break.
    """
    columns = beside(list(table.columns))
    header = [_escape(heading(column, (units or {}).get(column))) for column in columns]
    texts = {column: [_text(value) for value in table[column]] for column in columns}
    formatted = format_columns(texts)
    cells = [[_escape(text) for text in formatted[column]] for column in columns]
    numeric = [is_numeric(texts[column]) for column in columns]
    widths = [max(3, len(h), *map(len, c)) for h, c in zip(header, cells, strict=True)]
    rule = ["-" * (w - 1) + ":" if n else "-" * w for w, n in zip(widths, numeric, strict=True)]
    lines = [header, rule, *(list(row) for row in zip(*cells, strict=True))]
    return "".join(
        "| "
        + " | ".join(
            text.rjust(w) if n else text.ljust(w)
            for text, w, n in zip(line, widths, numeric, strict=True)
        )
        + " |\n"
        for line in lines
    )


def beside(columns: list[str]) -> list[str]:
    """The same columns with each ``published_x`` right behind its ``x``."""
    moved = {PUBLISHED + column for column in columns} & set(columns)
    ordered = []
    for column in columns:
        if column not in moved:
            ordered.append(column)
            if PUBLISHED + column in moved:
                ordered.append(PUBLISHED + column)
    return ordered


def heading(column: str, unit: str | None = None) -> str:
    """Words for a column's name: ``published_rmse`` -> ``RMSE, published``.

    Parameters
    ----------
    column : words joined by underscores, perhaps with a unit at the end.
    unit : unit to show in brackets; by default the one at the end of the name.
    """
    published = column.startswith(PUBLISHED)
    words = column.removeprefix(PUBLISHED).split("_")
    if unit is None and len(words) > 1 and words[-1] in _UNITS:
        unit = _UNITS[words.pop()]
    text = " ".join(_WORDS.get(word, word) for word in words)
    text += ", published" if published else ""
    return f"{text} ({unit})" if unit else text


def format_columns(texts: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Cells of a table for readers.

    A column ``x`` with a counterpart ``published_x`` gets one digit more than is printed there;
    the bounds of an interval (``low``, ``high``, ``x_lowest``, ...) get the digits of the value
    between them, so that the value never leaves its interval by rounding. Columns of percentages
    show thousandths, codes and years stay as they are.

    Parameters
    ----------
    texts : column -> cells as they stand in a CSV in full precision, empty where there is none.

    Returns
    -------
    dict, column -> cells for readers.
    """
    digits = {column: _digits(texts.get(PUBLISHED + column, ())) for column in texts}
    formatted = {}
    for column, cells in texts.items():
        wanted = digits.get(_bounded(column, texts), _DIGITS)
        if column.startswith(PUBLISHED):
            formatted[column] = _as_printed(cells)
        elif _CODES & set(column.split("_")):
            formatted[column] = [text.strip() or ABSENT for text in cells]
        elif column.endswith("_percent") or "_percent_" in column:
            formatted[column] = [_percent(text, column) for text in cells]
        else:
            formatted[column] = [format_text(text, wanted) for text in cells]
    return formatted


def is_numeric(cells: Sequence[str]) -> bool:
    """Whether every cell that is not empty is a number, or several joined by ``;``."""
    filled = [text for text in cells if text.strip() and text != ABSENT]
    return bool(filled) and all(_numbers(text) is not None for text in filled)


def format_text(text: str, digits: int = _DIGITS) -> str:
    """A cell of a CSV for readers: numbers rounded, truth as yes or no, other text unchanged.

    >>> [format_text(t) for t in ("131391", "0.540", "06037", "True", "", "0.0419;2.5", "nan")]
    ['131,391', '0.540', '06037', 'yes', '–', '0.0419; 2.5', '–']
    """
    text = text.strip()
    if not text:
        return ABSENT
    if text in ("True", "False"):
        return "yes" if text == "True" else "no"
    if re.fullmatch(r"0\d+", text):
        return text
    numbers = _numbers(text)
    if numbers is None:
        return text
    if len(numbers) > 1:
        return "; ".join(format_text(part, digits) for part in text.split(_JOINED))
    rounded = format_number(numbers[0], digits)
    plain = _PLAIN.fullmatch(text) and not text.endswith(".0") and "×" not in rounded
    loses_nothing = plain and float(rounded.replace(",", "")) == numbers[0]
    return _grouped(text) if loses_nothing else rounded


def format_number(value: float, digits: int = _DIGITS) -> str:
    """Significant digits (one less below 1), never more than the number has, thousands separated.

    >>> [format_number(v) for v in (131391, 2105.8534, 0.40700247, 728.71, 5.94e-7, float("nan"))]
    ['131,391', '2,105.9', '0.4070', '728.71', '5.94×10⁻⁷', '–']
    """
    value = float(value)
    if math.isnan(value):
        return ABSENT
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    first = math.floor(math.log10(abs(value)))
    if first < -3 or first >= 15:
        own = np.format_float_scientific(value, trim="-").partition("e")[0].partition(".")[2]
        places = min(digits - 1 - (first < 0), len(own))
        mantissa, _, power = f"{value:.{places}e}".partition("e")
        return f"{mantissa}×10{str(int(power)).translate(_SUPERSCRIPTS)}"
    return _fixed(value, max(0, digits - 1 - (first < 0) - first))


def format_percent(value: float, *, signed: bool = False) -> str:
    """Percentage with up to three decimals, fewer from 10 on; 0 below half a thousandth.

    >>> [format_percent(v, signed=True) for v in (-3.7e-9, 0.0893, 16.0624, -557.13)]
    ['0', '+0.089', '+16.1', '-557']
    """
    if not math.isfinite(value):
        return format_number(value)
    if abs(value) < 0.0005:
        return "0"
    places = 3 if abs(value) < 1 else 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return ("+" if signed and value > 0 else "") + _fixed(value, places)


def _fixed(value: float, places: int) -> str:
    own = np.format_float_positional(value, trim="-").partition(".")[2]
    return f"{value:,.{min(places, len(own))}f}"


def _percent(text: str, column: str) -> str:
    if not is_numeric([text]) or _JOINED in text:
        return format_text(text)
    signed = ("difference" in column or "shift" in column) and not column.endswith("_sd")
    return format_percent(float(text), signed=signed)


def _digits(published: Sequence[str]) -> int:
    """Digits for a column beside ``published``: one more than the longest number printed there."""
    longest = 0
    for text in _without_zeros(published):
        found = _PLAIN.fullmatch(text)
        if found:
            significant = (found[1] + (found[2] or "")).lstrip("0")
            longest = max(longest, len(significant) + (abs(float(text)) < 1))
    return min(_MOST_DIGITS, max(_DIGITS, longest + 1))


def _bounded(column: str, columns: Mapping[str, object]) -> str:
    """The column that ``column`` bounds, if it does, else itself."""
    if not _BOUND.search(column):
        return column
    inner = _BOUND.sub("", column) or "parameter"
    return inner if inner in columns else column


def _as_printed(cells: Sequence[str]) -> list[str]:
    """The digits of published numbers and no more: precision is not ours to add."""
    return [
        _grouped(text) if _PLAIN.fullmatch(text) else format_text(text, _MOST_DIGITS)
        for text in _without_zeros(cells)
    ]


def _without_zeros(cells: Sequence[str]) -> list[str]:
    """Counts that passed through floats, as counts."""
    texts = [text.strip() for text in cells]
    counts = all(text.endswith(".0") for text in texts if is_numeric([text]))
    return [text.removesuffix(".0") for text in texts] if counts else texts


def _grouped(text: str) -> str:
    whole, point, decimals = text.partition(".")
    return f"{int(whole):,}{point}{decimals}" if abs(int(whole)) > 999 else text


def _numbers(text: str) -> list[float] | None:
    if "_" in text:
        return None
    try:
        return [float(part) for part in text.split(_JOINED)]
    except ValueError:
        return None


def _text(value: object) -> str:
    """A value as its CSV holds it."""
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return ""
    return repr(float(value)) if isinstance(value, float | np.floating) else str(value)


def _escape(text: str) -> str:
    plain = " ".join(text.split())
    for mark, escaped in (("\\", "\\\\"), ("|", "\\|"), ("<", "&lt;"), ("*", "\\*"), ("`", "\\`")):
        plain = plain.replace(mark, escaped)
    return plain
