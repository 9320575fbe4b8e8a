"""Tables of results for readers: published beside reproduced, numbers aligned, the CSV at hand."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from movelaws.report.digits import cells as readable
from movelaws.tables import ABSENT, PUBLISHED, heading, is_numeric

MAX_ROWS = 200
FOLD_ABOVE = 12  # rows: longer tables show the first few and fold the whole
FIRST_ROWS = 6
MAX_LINK_BYTES = 300_000
_OURS = "this run"
_REFERENCES = ("published", "planted")  # columns of what there is to compare with, if anything
_PIVOT_KEYS = {"index", "columns", "values"}


@dataclass(frozen=True)
class Column:
    """Header (with its second line, if the column is one of a group), alignment and cells."""

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
    def grouped(self) -> bool:
        """Whether the header has a second line."""
        return any(column.part for column in self.columns)

    @property
    def folded(self) -> bool:
        """Whether the table is so long that the page shows its first rows and folds the whole."""
        return self.n_rows > FOLD_ABOVE

    @property
    def rows(self) -> list[list[tuple[str, bool]]]:
        """Cells row by row, as (text, numeric)."""
        shown = min(self.n_rows, MAX_ROWS)
        return [[(c.cells[row], c.numeric) for c in self.columns] for row in range(shown)]


def view(
    path: str | Path,
    columns: Mapping[str, str] | None = None,
    pivot: Mapping[str, object] | None = None,
    names: Mapping[str, str] | None = None,
) -> View:
    """Read a CSV and arrange it for readers.

    A column ``x`` with a counterpart ``published_x`` becomes a pair under one header, published
    first. A published or planted column without any value is left out. Digits are those of
    :func:`movelaws.report.digits.cells`.

    Parameters
    ----------
    path : the CSV.
    columns : CSV column -> header with unit; only these are shown, in this order. All if empty.
        With ``pivot``, only headers.
    pivot : ``index``, a list of columns that name a row; ``columns``, the column whose values
        become columns; ``values``, the column that fills them. Where the table has the columns
        ``<values>_lowest`` and ``<values>_highest`` and they differ, the cell shows this range;
        where it has ``<values>_sd``, the standard deviation behind ±.
    names : text of a cell (or header of a pivoted column) -> what readers see instead.

    Raises
    ------
    ValueError
        If a column that is asked for does not exist, a key of ``pivot`` is missing or unknown, or
        two rows fall into the same cell.
    """
    path = Path(path)
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    headers, names = dict(columns or {}), dict(names or {})
    if pivot:
        arranged = _pivoted(table, headers, pivot, names, path)
    else:
        headers = headers or {column: heading(column) for column in table.columns}
        _require(table, headers, path)
        arranged = _listed(table, headers, names)
    data = path.read_bytes()
    uri = ""
    if len(data) <= MAX_LINK_BYTES:
        uri = "data:text/csv;charset=utf-8;base64," + base64.b64encode(data).decode("ascii")
    n_rows = len(arranged[0].cells) if arranged else 0
    return View(tuple(arranged), _groups(arranged), n_rows, path.name, uri)


def _listed(
    table: pd.DataFrame, headers: Mapping[str, str], names: Mapping[str, str]
) -> list[Column]:
    raw = {column: table[column].tolist() for column in table.columns}
    cells = readable(raw)

    def column(name: str, header: str, part: str) -> Column:
        shown = tuple(names.get(text, text) for text in cells[name])
        return Column(header, part, is_numeric(raw[name]), shown)

    arranged = []
    for name, header in headers.items():
        if name.split("_")[0] in _REFERENCES and not any(text.strip() for text in raw[name]):
            continue
        counterpart = PUBLISHED + name
        if counterpart in raw and any(text.strip() for text in raw[counterpart]):
            arranged.append(column(counterpart, header, "published"))
            arranged.append(column(name, header, _OURS))
        elif not name.startswith(PUBLISHED) or name.removeprefix(PUBLISHED) not in headers:
            arranged.append(column(name, header, ""))
    return arranged


def _pivoted(
    table: pd.DataFrame,
    headers: Mapping[str, str],
    pivot: Mapping[str, object],
    names: Mapping[str, str],
    path: Path,
) -> list[Column]:
    if set(pivot) != _PIVOT_KEYS:
        raise ValueError(f"{path}: pivot has the keys {sorted(pivot)}, not {sorted(_PIVOT_KEYS)}")
    index, across, values = list(pivot["index"]), str(pivot["columns"]), str(pivot["values"])
    if not index:
        raise ValueError(f"{path}: pivot needs an index")
    _require(table, [*index, across, values], path)
    shown = _ranges(readable({c: table[c].tolist() for c in table.columns}), values)
    keys = list(zip(*(table[column] for column in index), strict=True))
    found: dict[tuple[tuple[str, ...], str], str] = {}
    for key, part, text in zip(keys, table[across], shown, strict=True):
        if (key, part) in found:
            raise ValueError(f"{path}: two rows for {', '.join(key)} under {part!r}")
        found[key, part] = text
    rows = list(dict.fromkeys(keys))
    arranged = [
        Column(
            headers.get(column, heading(column)),
            "",
            False,
            tuple(names.get(key[place], key[place]) for key in rows),
        )
        for place, column in enumerate(index)
    ]
    for part in dict.fromkeys(table[across]):
        cells = tuple(found.get((key, part), ABSENT) for key in rows)
        name = names.get(part, part.replace("_", " "))
        arranged.append(Column(headers.get(values, heading(values)), name, True, cells))
    return arranged


def _ranges(cells: Mapping[str, list[str]], values: str) -> list[str]:
    """Cells of ``values``, with their range or standard deviation where the table gives one."""
    bounds = [cells.get(f"{values}_{end}", cells[values]) for end in ("lowest", "highest")]
    spreads = cells.get(f"{values}_sd", [ABSENT] * len(cells[values]))
    shown = []
    for text, low, high, spread in zip(cells[values], *bounds, spreads, strict=True):
        if low != high and ABSENT not in (low, high):
            text = f"{low} to {high}"
        elif spread != ABSENT:
            text = f"{text} ± {spread}"
        shown.append(text)
    return shown


def _groups(columns: list[Column]) -> tuple[tuple[str, int, bool], ...]:
    groups: list[tuple[str, int, bool]] = []
    before = None
    for column in columns:
        joins = before is not None and column.part and before.part
        if joins and column.header == before.header and column.part != "published":
            groups[-1] = (column.header, groups[-1][1] + 1, column.numeric)
        else:
            groups.append((column.header, 1, column.numeric))
        before = column
    return tuple(groups)


def _require(table: pd.DataFrame, wanted: Mapping[str, str] | list[str], path: Path) -> None:
    missing = [name for name in wanted if name not in table.columns]
    if missing:
        raise ValueError(f"{path}: columns {missing} are not among {list(table.columns)}")
