"""Tables as publishers write them, read into text columns with errors that say where and what.

Identifiers stay text (leading zeros count), numbers are converted on request, and every error
names the file, the line or row, the column, the value and the remedy.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile
from zlib import error as ZlibError

import numpy as np
import pandas as pd

from movelaws import archives, delimited

Names = Mapping[str, Sequence[str]]
WORKBOOK_DAMAGE = (
    AttributeError,
    BadZipFile,
    EOFError,
    IndexError,
    KeyError,
    OSError,
    ParseError,
    TypeError,
    ValueError,
    ZlibError,
)
"""What openpyxl raises for an archive that is no workbook or a damaged one."""

_RENAME = ": correct the header, or name the column in the options"


@dataclass(frozen=True)
class Table:
    """Text columns of one file; the index is the line or row in the file.

    Attributes
    ----------
    path : of the file.
    frame : (n_rows, n_columns) DataFrame of str, columns by the reader's names.
    headers : the name of each column in the file.
    unit : "line" or "row", what the index counts.
    """

    path: Path
    frame: pd.DataFrame
    headers: Mapping[str, str]
    unit: str = "line"

    def error(self, column: str, bad: pd.Series, rule: str) -> ValueError:
        """Error for the first row where ``bad`` is True."""
        row = self.frame.index[np.argmax(bad.to_numpy())]
        more = f" ({int(bad.sum())} such {self.unit}s)" if bad.sum() > 1 else ""
        value = self.frame.loc[row, column]
        return ValueError(
            f"{self.path}: {self.unit} {row}, column {self.headers[column]!r}: "
            f"{value!r} {rule}{more}"
        )

    def identifier(self, column: str) -> pd.Series:
        """Text of a column in which every cell is filled."""
        text = self.frame[column]
        blank = text.eq("")
        if blank.any():
            raise self.error(column, blank, "is blank: every row needs an identifier")
        return text

    def number(
        self, column: str, *, low: float = -np.inf, high: float = np.inf, missing: bool = False
    ) -> pd.Series:
        """Finite numbers in [low, high] as float; blank cells become NaN where ``missing``."""
        text = self.frame[column]
        blank = text.eq("") | text.str.upper().isin(["NA", "NAN", "NULL"])
        if blank.any() and not missing:
            raise self.error(column, blank, "is missing: fill in a number or leave out the row")
        values = pd.to_numeric(text.mask(blank), errors="coerce").astype(float)
        bad = ~blank & ~np.isfinite(values)
        if bad.any():
            hint = "write numbers with a decimal point and without thousands separators"
            raise self.error(column, bad, f"is not a number: {hint}")
        for wrong, rule in (
            (values < low, f"is below {low:g}"),
            (values > high, f"is above {high:g}"),
        ):
            if wrong.any():
                raise self.error(column, wrong, f"{rule}: correct or leave out the row")
        return values

    def __len__(self) -> int:
        return len(self.frame)


def read_table(
    path: str | Path,
    columns: Names,
    *,
    optional: Names | None = None,
    delimiter: str | None = None,
    encoding: str = "utf-8",
) -> Table:
    """Read a CSV (also .gz, or the only CSV in a .zip), Parquet or Excel file.

    Parameters
    ----------
    path : of the file; its ending decides the format.
    columns : for every column wanted, the names it may have in the file, compared without
        regard to case and spaces; the first one found is taken. A second column with the same
        header is found under ``"header.1"``, which must be wanted too: of two columns with one
        name, none is taken silently.
    optional : the same for columns that may be absent.
    delimiter, encoding : of a CSV file. None is a comma that the user has no option to change,
        which is what the hint of an error depends on.

    Raises
    ------
    ValueError
        For an empty file, a wrong delimiter or encoding, a missing column, a repeated header, a
        broken line.
    FileNotFoundError
        If there is no such file.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: there is no such file")
    if path.stat().st_size == 0:
        raise ValueError(f"{path}: the file is empty")
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return as_table(path, _parquet(path), columns, optional)
    if suffix == ".xlsx":
        return as_table(path, _workbook(path, columns), columns, optional)
    frame = delimited.read(path, "," if delimiter is None else delimiter, encoding)
    hint = delimited.hint([*frame.columns], delimiter) or _RENAME
    return as_table(path, frame, columns, optional, "line", hint)


def as_table(
    path: Path,
    frame: pd.DataFrame,
    columns: Names,
    optional: Names | None = None,
    unit: str = "row",
    hint: str = _RENAME,
) -> Table:
    """Table of the columns wanted from a frame read from ``path``; blank rows are left out.

    ``hint`` is the remedy for a column that is missing.
    """
    headers = _match(path, list(frame.columns), columns, optional or {}, hint)
    for name in headers.values():
        _check_exact(path, frame[name], name, unit)
    table = frame[list(headers.values())].apply(_as_text)
    table.columns = list(headers)
    table = table[table.ne("").any(axis=1)]
    if table.empty:
        raise ValueError(f"{path}: the file has a header but no rows")
    return Table(path, table, headers, unit)


def read_factfinder(path: str | Path, columns: Mapping[str, str]) -> Table:
    """Read an American FactFinder download: codes in line 1, labels in line 2, Latin-1.

    Parameters
    ----------
    path : of the ``ACS_..._with_ann.csv`` file.
    columns : name wanted -> code in line 1, such as ``{"gini": "HD01_VD01"}``.

    Returns
    -------
    Table with ``id`` (GEO.id2, five digits) and the columns asked for. The margins of error
    (HD02, MOE) are columns of their own; symbols such as ``(X)`` or ``-`` are not numbers and
    read as missing.
    """
    wanted = {"id": ["GEO.id2"]} | {name: [code] for name, code in columns.items()}
    table = read_table(path, wanted, encoding="latin-1")
    if table.frame["id"].iloc[0] != "Id2":
        raise ValueError(
            f"{path}: line 2 must hold the labels (Id, Id2, Geography): is it removed?"
        )
    frame = table.frame.iloc[1:].replace(["(X)", "-", "**", "N", "*****"], "")
    return Table(table.path, frame, table.headers)


def _parquet(path: Path) -> pd.DataFrame:
    try:
        frame = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise ValueError(f"{path}: not a Parquet file: {error}") from None
    return frame.set_axis(pd.RangeIndex(1, len(frame) + 1))


def _check_exact(path: Path, column: pd.Series, name: str, unit: str) -> None:
    """Two identifiers stored as large floats may have become one."""
    if not pd.api.types.is_float_dtype(column):
        return
    large = (column.abs() >= 2.0**53) & (column.abs() < np.inf)
    large = large.fillna(False).to_numpy(dtype=bool)
    if large.any():
        row = int(np.argmax(large))
        raise ValueError(
            f"{path}: {unit} {column.index[row]}, column {name!r}: {column.iloc[row]:.17g} is "
            "stored as a floating-point number beyond 2**53, where whole numbers are rounded: "
            "store identifiers as text"
        )


def _as_text(column: pd.Series) -> pd.Series:
    """Text of a column: whole floats without the ``.0`` that would break identifiers."""
    if isinstance(column.dtype, pd.StringDtype):
        return column.fillna("").str.strip()
    if pd.api.types.is_float_dtype(column) and (column.dropna() % 1 == 0).all():
        column = column.astype("Int64")
    return column.astype("string").fillna("").astype(str).str.strip()


def _workbook(path: Path, columns: Names) -> pd.DataFrame:
    """First sheet from its header row on, found as the first row that has all columns."""
    for member in archives.members(path):
        while member.stream.read(1 << 20):
            pass  # a workbook is an archive: bounded here, before it is parsed
    try:
        sheet = pd.read_excel(
            path, header=None, dtype=str, keep_default_na=False, engine="openpyxl"
        )
    except WORKBOOK_DAMAGE as error:
        raise ValueError(f"{path}: cannot be read as a workbook: {error!r}") from None
    for row in range(min(30, len(sheet))):
        names = _numbered(sheet.iloc[row].tolist())
        known = {_plain(name) for name in names}
        if all(any(_plain(name) in known for name in options) for options in columns.values()):
            body = sheet.iloc[row + 1 :]
            return body.set_axis(names, axis=1).set_axis(body.index + 1, axis=0)
    wanted = [options[0] for options in columns.values()]
    raise ValueError(f"{path}: no row of the first sheet's top 30 has the columns {wanted}")


def _numbered(names: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    numbered = []
    for name in names:
        plain = _plain(name)
        count = seen.get(plain, 0)
        numbered.append(f"{name}.{count}" if count else name)
        seen[plain] = count + 1
    return numbered


def _plain(name: str) -> str:
    return " ".join(str(name).split()).casefold()


def _match(
    path: Path, present: list[str], columns: Names, optional: Names, hint: str
) -> dict[str, str]:
    by_name: dict[str, list[str]] = {}
    for name in present:
        by_name.setdefault(_plain(name), []).append(name)
    wanted_names = {**columns, **optional}
    asked = {_plain(name) for options in wanted_names.values() for name in options}
    found = {}
    for column, options in wanted_names.items():
        names = [name for name in options if _plain(name) in by_name]
        if names:
            found[column] = _only(path, names[0], by_name, asked)
        elif column in columns:
            wanted = " or ".join(repr(name) for name in options)
            raise ValueError(f"{path}: no column {wanted} among {present}{hint}")
    return found


def _only(path: Path, name: str, by_name: Mapping[str, list[str]], asked: set[str]) -> str:
    """The one column of a name; a repeated header reads as ``name.1``, unless that is wanted too.

    A name that fits one column to the letter is that column's, whatever others are but for case.
    """
    alike = by_name[_plain(name)]
    exact = [header for header in alike if header == name]
    second = _plain(f"{name}.1")
    copies = (exact or alike) + ([] if second in asked else by_name.get(second, []))
    if len(copies) > 1:
        raise ValueError(
            f"{path}: more than one column is called {str(copies[0])!r} (read as "
            f"{', '.join(repr(str(copy)) for copy in copies)}): rename all but the one that is "
            "meant, or take them out"
        )
    return copies[0]
