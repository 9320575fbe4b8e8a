"""Only the columns that are wanted, of tables of millions of rows, as Arrow text.

``movelaws.readers`` keeps whole tables; here three columns of a register of all addresses of a
country are read at 100 MB instead of 10 GB. The rows are those of the check-in files
(:class:`movelaws.adapters._checkin_files.Rows`): cells that cannot be used are counted.
"""

import contextlib
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from movelaws import archives, delimited
from movelaws.adapters import _checkin_files as raw

Names = Mapping[str, Sequence[str]]
_HEADER_BYTES = 1 << 16
_BESIDE = ("meta", "varmod")
_RENAME = ": correct the header, or name the column in the options"


def read(
    path: Path,
    columns: Names,
    optional: Names | None = None,
    *,
    delimiter: str | None = ",",
    encoding: str = "utf-8",
) -> raw.Rows:
    """Text of some columns of a CSV (also .gz, .bz2, .xz, or the only one in a .zip) or Parquet.

    Parameters
    ----------
    path : of the file; its ending decides the format.
    columns : for every column wanted, the names it may have, compared without regard to case; the
        first one found is taken.
    optional : the same for columns that may be absent.
    delimiter, encoding : of a CSV file; a delimiter of None is the one of comma, semicolon, tab
        and vertical bar that the header has most of.

    Returns
    -------
    Rows with the columns found.

    Raises
    ------
    ValueError
        For an empty file, a wrong delimiter or encoding, a missing or repeated column, a broken
        line.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path}: there is no such file")
    if path.stat().st_size == 0:
        raise ValueError(f"{path}: the file is empty")
    if path.suffix.lower() == ".parquet":
        table, headers = _parquet(path, columns, optional or {})
        unit, first = "row", 1
    else:
        table, headers = _csv(path, columns, optional or {}, delimiter, encoding)
        unit, first = "line", 2
    text = {}
    for name, header in headers.items():
        text[name] = _trimmed(table[header])
        if header not in [*headers.values()][len(text) :]:
            table = table.drop_columns(header)  # one copy of the text at a time
    filled = ~np.logical_and.reduce([pc.is_null(column).to_numpy() for column in text.values()])
    if not filled.any():
        raise ValueError(f"{path}: the file has a header but no rows")
    line = np.arange(first, first + filled.size)
    return raw.Rows(path, text, line, headers, unit).take(filled)


@contextlib.contextmanager
def opened(path: Path, endings: Sequence[str]) -> Iterator[IO[bytes]]:
    """The bytes of a file, plain or compressed, or of the only one with an ending in a .zip.

    INSEE packs the meaning of its codes beside a table: such members do not count.
    """
    if path.suffix.lower() != ".zip":
        with archives.open_compressed(path) as stream:
            yield stream
        return
    names = [member.name for member in archives.members(path)]
    found = [
        name
        for name in names
        if name.lower().endswith(tuple(endings))
        and not name.lower().rpartition("/")[2].startswith(_BESIDE)
    ]
    if len(found) != 1:
        raise ValueError(f"{path}: expected one {' or '.join(endings)} in the archive: {found}")
    for member in archives.members(path, lambda name: name == found[0]):
        yield member.stream


def present(path: Path, delimiter: str | None = ",", encoding: str = "utf-8") -> list[str]:
    """Names in the header of a CSV or Parquet file."""
    if path.suffix.lower() == ".parquet":
        return [*_schema(path).names]
    return _header(path, delimiter, encoding)[0]


def number(rows: raw.Rows, column: str, default: float) -> np.ndarray:
    """Numbers of a column that may be absent."""
    return rows.numbers(column) if column in rows.text else np.full(len(rows), default)


def texts(rows: raw.Rows, column: str, good: np.ndarray | None = None) -> pd.Series:
    """Text of a column in the rows kept, "" where there is none; it stays in Arrow's memory."""
    column = pc.fill_null(rows.text[column], "")
    return (column if good is None else column.filter(pa.array(good))).to_pandas()


def missing(rows: raw.Rows, column: str) -> raw.Fault:
    """Fault of rows without an identifier."""
    empty = pc.is_null(rows.text[column]).to_numpy()
    return raw.Fault(f"without a {column}", column, empty, "fill it in or leave the rows out")


def _csv(path, columns, optional, delimiter, encoding) -> tuple[pa.Table, dict[str, str]]:
    raw.check_text(path)
    names, delimiter = _header(path, delimiter, encoding)
    headers = _matched(path, names, columns, optional, delimiter)
    wanted = [*dict.fromkeys(headers.values())]
    try:
        with opened(path, (".csv", ".txt", ".tsv")) as stream:
            table = pyarrow.csv.read_csv(
                stream,
                pyarrow.csv.ReadOptions(encoding=encoding, block_size=1 << 22),
                pyarrow.csv.ParseOptions(delimiter=delimiter, ignore_empty_lines=False),
                pyarrow.csv.ConvertOptions(
                    include_columns=wanted,
                    column_types=dict.fromkeys(wanted, pa.string()),
                    strings_can_be_null=True,
                    null_values=["", "NA", "NaN", "nan", "NULL", "null"],
                ),
            )
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path}: not {encoding} ({error.reason}): set options: encoding"
        ) from None
    except pa.ArrowInvalid as error:
        raise ValueError(
            f"{path}: cannot be read as {encoding} text separated by {delimiter!r}: "
            f"{str(error)[:300]}; look for a stray delimiter or quote, or another encoding"
        ) from None
    return table, headers


def _header(path: Path, delimiter: str | None, encoding: str) -> tuple[list[str], str]:
    """Columns of a CSV and its delimiter, from its first line."""
    with opened(path, (".csv", ".txt", ".tsv")) as stream:
        line = stream.read(_HEADER_BYTES).split(b"\n", 1)[0]
    codec = "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding
    try:
        text = line.decode(codec).strip("\r\n")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path}: not {encoding} (byte {error.start} of the header is "
            f"0x{line[error.start]:02x}): give its encoding, such as latin-1"
        ) from None
    except LookupError:
        raise ValueError(f"encoding={encoding!r} is unknown: give utf-8 or latin-1") from None
    if not text.strip():
        raise ValueError(f"{path}: the first line is empty: it must hold the names of the columns")
    if delimiter is None:
        delimiter = max(delimited.DELIMITERS, key=text.count)
    options = pyarrow.csv.ParseOptions(delimiter=delimiter)
    names = pyarrow.csv.read_csv(io.BytesIO(text.encode() + b"\n"), parse_options=options)
    return [*names.column_names], delimiter


def _matched(
    path: Path, names: list[str], columns: Names, optional: Names, delimiter: str
) -> dict[str, str]:
    """The header of each column wanted."""
    plain: dict[str, list[str]] = {}
    for name in names:
        plain.setdefault(" ".join(name.split()).casefold(), []).append(name)
    found = {}
    for column, choices in {**columns, **optional}.items():
        named = next((c.casefold() for c in choices if c.casefold() in plain), None)
        if named is None and column in columns:
            wanted = " or ".join(map(repr, choices))
            hint = delimited.hint(names, delimiter) or _RENAME
            raise ValueError(f"{path}: no column {wanted} among {names}{hint}")
        if named is None:
            continue
        if len(plain[named]) > 1:
            raise ValueError(f"{path}: {plain[named][0]!r} occurs twice: rename one of the columns")
        found[column] = plain[named][0]
    return found


def _schema(path: Path) -> pa.Schema:
    try:
        return pyarrow.parquet.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"{path}: not a Parquet file: {error}") from None


def _parquet(path: Path, columns: Names, optional: Names) -> tuple[pa.Table, dict[str, str]]:
    headers = _matched(path, [*_schema(path).names], columns, optional, ",")
    wanted = [*dict.fromkeys(headers.values())]
    try:
        table = pyarrow.parquet.read_table(path, columns=wanted)
        return pa.table({name: _as_text(table[name]) for name in wanted}), headers
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"{path}: columns {wanted} cannot be read: {error}") from None


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text of a column; whole numbers stored as floats lose the ``.0`` that breaks identifiers."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    text = column.cast(pa.string())
    if pa.types.is_floating(column.type):
        text = pc.if_else(pc.is_finite(column), text, None)
        text = pc.replace_substring_regex(text, r"\.0$", "")
    return text


def _trimmed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    text = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, text.type), text)
