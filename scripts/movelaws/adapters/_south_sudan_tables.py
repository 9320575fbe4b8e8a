"""Tables of humanitarian data: CSV files and workbooks in one of several known layouts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from movelaws import archives, delimited, readers

_HEADER_WITHIN = 30
_MOST_ROWS = 1_048_576


@dataclass(frozen=True)
class Layout:
    """Columns of one kind of table, each with the headers it may have (``readers.read_table``)."""

    columns: readers.Names
    optional: readers.Names = field(default_factory=dict)

    def fits(self, headers: set[str]) -> bool:
        """Whether all columns are there; ``headers`` as ``plain`` gives them."""
        return all(any(plain(name) in headers for name in some) for some in self.columns.values())


def plain(header: object) -> str:
    """A header without regard to case and spaces."""
    return " ".join(str(header).split()).casefold()


def read(path: Path, layouts: Mapping[str, Layout]) -> tuple[str, readers.Table]:
    """Read a CSV (also .gz, or the only one in a .zip) or the sheet of an .xlsx in a known layout.

    Of a workbook, the only sheet counts that has the columns of a layout in its top 30 rows. It is
    read row by row and only the columns wanted are kept, which takes 60 % of the time of
    ``readers.read_table`` on a register of 46 columns.

    Parameters
    ----------
    path : of the file; its ending decides the format.
    layouts : by name; the first one that fits is taken.

    Returns
    -------
    Name of the layout, and its table indexed by line or row of the file.

    Raises
    ------
    ValueError
        For a file that is empty or damaged, that fits no layout, or of which several sheets do.
    FileNotFoundError
        If there is no such file.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path}: there is no such file")
    if path.stat().st_size == 0:
        raise ValueError(f"{path}: the file is empty")
    if path.suffix.lower() == ".xlsx":
        name, frame = _workbook(path, layouts)
        return name, readers.as_table(path, frame, layouts[name].columns, layouts[name].optional)
    frame = delimited.read(path, ",", "utf-8")
    return of_frame(path, frame, layouts)


def of_frame(
    path: Path, frame: pd.DataFrame, layouts: Mapping[str, Layout]
) -> tuple[str, readers.Table]:
    """The same for the text of a CSV that is read already, as :func:`movelaws.delimited.read`."""
    present = [*frame.columns]
    name = _fitting({plain(header) for header in present}, layouts)
    if name is None:
        more = delimited.hint(present, None) or f"; it has {present}"
        raise ValueError(f"{path}: no {_wanted(layouts)} in the header{more}")
    layout = layouts[name]
    return name, readers.as_table(path, frame, layout.columns, layout.optional, "line")


def _workbook(path: Path, layouts: Mapping[str, Layout]) -> tuple[str, pd.DataFrame]:
    for member in archives.members(path):
        while member.stream.read(1 << 20):
            pass  # a workbook is an archive: bounded here, before it is parsed
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        try:
            fitting = [sheet for sheet in book.worksheets if _header(sheet, layouts)]
            found = _sheet(fitting[0], layouts) if len(fitting) == 1 else None
            names = [sheet.title for sheet in fitting]
        finally:
            book.close()
    except readers.WORKBOOK_DAMAGE as error:
        raise ValueError(f"{path}: cannot be read as a workbook: {error!r}") from None
    if len(names) > 1:  # which one is meant is not guessed: an excerpt may come first
        raise ValueError(
            f"{path}: several sheets, {names}, have {_wanted(layouts)}: leave one of them"
        )
    if found is None:
        raise ValueError(
            f"{path}: no row in the top {_HEADER_WITHIN} of a sheet has {_wanted(layouts)}"
        )
    return found


def _header(sheet: Any, layouts: Mapping[str, Layout]) -> tuple[str, int, tuple] | None:
    """Layout of a sheet, and number and cells of its row of headers; None where none fits."""
    sheet.reset_dimensions()  # the size a file claims may be wrong: rows would be cut off
    for number, header in islice(_rows(sheet), _HEADER_WITHIN):
        name = _fitting({plain(value) for value in header if value is not None}, layouts)
        if name is not None:
            return name, number, header
    return None


def _sheet(sheet: Any, layouts: Mapping[str, Layout]) -> tuple[str, pd.DataFrame] | None:
    found = _header(sheet, layouts)
    if found is None:
        return None
    name, top, header = found
    layout = layouts[name]
    wanted = {
        plain(text)
        for names in [*layout.columns.values(), *layout.optional.values()]
        for text in names
    }
    place = {plain(value): i for i, value in reversed([*enumerate(header)]) if value}
    place = {text: i for text, i in place.items() if text in wanted}
    cut = [(n, _cut(row, place.values())) for n, row in islice(_rows(sheet), top, None)]
    body = {n: row for n, row in cut if any(value is not None for value in row)}
    names = [str(header[i]) for i in place.values()]
    return name, pd.DataFrame([*body.values()], columns=names, index=[*body], dtype=object)


def _rows(sheet: Any) -> Iterator[tuple[int, tuple]]:
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        if number > _MOST_ROWS:
            raise ValueError(f"a sheet has more than {_MOST_ROWS:,} rows")
        yield number, row


def _cut(row: tuple, places: Any) -> tuple:
    return tuple(row[i] if i < len(row) else None for i in places)


def _fitting(headers: set[str], layouts: Mapping[str, Layout]) -> str | None:
    return next((name for name, layout in layouts.items() if layout.fits(headers)), None)


def _wanted(layouts: Mapping[str, Layout]) -> str:
    kinds = [[names[0] for names in layout.columns.values()] for layout in layouts.values()]
    return "columns " + " or ".join(map(str, kinds))
