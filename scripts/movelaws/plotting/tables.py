"""Tables as CSV in full precision and as Markdown with sensible digits, published beside ours."""

import math
from collections.abc import Mapping
from numbers import Real
from pathlib import Path

import pandas as pd

from movelaws.plotting.files import replacing

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
_JOINED = ";"


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
    cells = [
        [_cell(value, column.startswith(PUBLISHED)) for value in table[column]]
        for column in columns
    ]
    numeric = [all(_is_number(value) for value in table[column]) for column in columns]
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


def format_number(value: float) -> str:
    """Five digits (four below 1), more for large numbers, separators at thousands.

    >>> [format_number(v) for v in (131391, 2105.8534, 0.40700247, 0.00000035, float("nan"))]
    ['131,391', '2,105.9', '0.4070', '3.500e-07', '–']
    """
    if math.isnan(value):
        return ABSENT
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    if abs(value) < 1e-3:
        return f"{value:.3e}"
    if abs(value) < 1:
        return f"{value:.{3 - math.floor(math.log10(abs(value)))}f}"
    return f"{value:,.{max(0, 4 - math.floor(math.log10(abs(value))))}f}"


def _printed(value: float) -> str:
    """The digits of a published number and no more: precision is not ours to add."""
    return ABSENT if math.isnan(value) else f"{value:,}".removesuffix(".0")


def _is_number(value: object) -> bool:
    """Whether a cell stands in a column of numbers: numbers, empty cells, numbers written out."""
    if isinstance(value, bool):
        return False
    return isinstance(value, Real) or value is None or _numbers(value) is not None


def _numbers(value: object) -> list[float] | None:
    try:
        return [float(part) for part in str(value).split(_JOINED)]
    except ValueError:
        return None


def _cell(value: object, as_printed: bool) -> str:
    if value is None or value is pd.NA:
        return ABSENT
    if str(value) in ("True", "False"):
        return "yes" if value else "no"
    if isinstance(value, Real):
        return _printed(float(value)) if as_printed else format_number(float(value))
    if str(value) == "":
        return ABSENT
    numbers = _numbers(value)
    if numbers is not None and "." in str(value):
        return "; ".join(map(format_number, numbers))
    return _escape(str(value))


def _escape(text: str) -> str:
    plain = " ".join(text.split())
    for mark, escaped in (("\\", "\\\\"), ("|", "\\|"), ("<", "&lt;"), ("*", "\\*"), ("`", "\\`")):
        plain = plain.replace(mark, escaped)
    return plain
