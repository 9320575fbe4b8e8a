"""Tables of results for readers: published beside reproduced, numbers aligned, the CSV at hand."""

import base64
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

MAX_ROWS = 200
MAX_LINK_BYTES = 300_000
_PUBLISHED = "published_"


@dataclass(frozen=True)
class Column:
    """Header (with its second line, if the column is one of a pair), alignment and cells."""

    header: str
    part: str
    numeric: bool
    cells: tuple[str, ...]


@dataclass(frozen=True)
class View:
    """A table ready to be laid out; ``groups`` is the first header line as (text, columns)."""

    columns: tuple[Column, ...]
    groups: tuple[tuple[str, int, bool], ...]
    n_rows: int
    file: str
    uri: str

    @property
    def paired(self) -> bool:
        """Whether some column stands beside its published counterpart."""
        return any(column.part for column in self.columns)

    @property
    def rows(self) -> list[list[tuple[str, bool]]]:
        """Cells row by row, as (text, numeric)."""
        shown = min(self.n_rows, MAX_ROWS)
        return [[(c.cells[row], c.numeric) for c in self.columns] for row in range(shown)]


def view(path: str | Path, columns: Mapping[str, str] | None = None) -> View:
    """Read a CSV and arrange it for readers.

    A column ``x`` with a counterpart ``published_x`` becomes a pair under one header, published
    first; ours is shown with one decimal more than the published one, or six significant digits
    where these are fewer. A published column without any value is left out. Elsewhere, text of at
    most seven characters is shown as it stands in the file, longer decimal numbers with five
    significant digits.

    Parameters
    ----------
    path : the CSV.
    columns : CSV column -> header with unit; only these are shown, in this order. All if empty.

    Raises
    ------
    ValueError
        If ``columns`` names a column that the file does not have.
    """
    path = Path(path)
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    headers = dict(columns or {}) or {name: _readable(name) for name in table.columns}
    missing = [name for name in headers if name not in table.columns]
    if missing:
        raise ValueError(f"{path}: columns {missing} are not among {list(table.columns)}")
    arranged: list[Column] = []
    for name, header in headers.items():
        counterpart = _PUBLISHED + name
        if counterpart in table.columns and table[counterpart].str.strip().any():
            arranged += _pair(table[counterpart], table[name], header)
        elif not name.startswith(_PUBLISHED) or name[len(_PUBLISHED) :] not in headers:
            arranged.append(_column(table[name], header, ""))
    data = path.read_bytes()
    uri = ""
    if len(data) <= MAX_LINK_BYTES:
        uri = "data:text/csv;charset=utf-8;base64," + base64.b64encode(data).decode("ascii")
    return View(tuple(arranged), _groups(arranged), len(table), path.name, uri)


def _groups(columns: list[Column]) -> tuple[tuple[str, int, bool], ...]:
    groups = []
    for column in columns:
        if column.part != "this run":
            groups.append((column.header, 2 if column.part else 1, column.numeric))
    return tuple(groups)


def _column(values: pd.Series, header: str, part: str) -> Column:
    cells = tuple(_cell(value) for value in values)
    filled = [value for value in values if value.strip()]
    return Column(header, part, bool(filled) and all(map(_is_number, filled)), cells)


def _pair(published: pd.Series, ours: pd.Series, header: str) -> list[Column]:
    if all(text.endswith(".0") for text in published if text):
        published = published.str.removesuffix(".0")  # counts that passed through floats
    decimals = max(len(text.partition(".")[2]) for text in published)
    if all(map(_is_number, filter(None, published))) and decimals:
        ours = ours.map(lambda text: _with_decimals(text, decimals + 1))
    return [_column(published, header, "published"), _column(ours, header, "this run")]


def _with_decimals(text: str, decimals: int) -> str:
    if not _is_number(text) or not math.isfinite(float(text)):
        return text
    value = float(text)
    if 0 < abs(value) < 10.0 ** (1 - decimals):
        return f"{value:.4g}"  # fixed decimals would leave one digit or none
    before_point = math.floor(math.log10(abs(value))) + 1 if value else 1
    return f"{value:.{max(0, min(decimals, 6 - before_point))}f}"


def _cell(text: str) -> str:
    text = text.strip()
    if text.lower() in {"true", "false"}:
        return "yes" if text.lower() == "true" else "no"
    if len(text) <= 7 or not _is_number(text) or not set(text) & set(".eE"):
        return text
    value = float(text)
    if not math.isfinite(value):
        return text
    if 1e5 <= abs(value) < 1e15:
        return f"{value:.0f}"
    return f"{value:.5g}"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text


def _readable(name: str) -> str:
    return name.replace("_", " ")
