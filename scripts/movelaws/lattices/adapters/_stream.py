"""CSV files larger than memory, a batch of converted columns at a time.

What bounds the speed is Arrow's decoder, so it runs on all cores that Arrow may use, and only the
columns that are wanted are converted.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from movelaws import delimited
from movelaws.adapters import _checkin_files as raw
from movelaws.pointsets.adapters import _columns

_BLOCK = 1 << 20
_MISSING = ["", "NA", "NaN", "nan", "NULL", "null"]
_ENDINGS = (".csv", ".txt")
# Of times as publishers write them; ISO 8601 first.
_TIMES = [pyarrow.csv.ISO8601, "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y"]


_HEADER_BYTES = 1 << 16
_VALUE = re.compile(r"In CSV column #(\d+):(?: Row #(\d+):)? .* invalid value '(.*)'", re.DOTALL)
_KINDS = {"int64": "a whole number below 2^63", "double": "a number with a decimal point"}
_A_TIME = "a time such as 2022-06-01 14:30:00"


def header(path: Path, delimiter: str | None, encoding: str = "utf-8") -> list[str]:
    """Names of the columns of a CSV (also .gz, .bz2, .xz, or the only one in a .zip)."""
    if path.stat().st_size == 0:
        raise ValueError(f"{path}: the file is empty")
    raw.check_text(path)
    return _columns.present(path, delimiter, encoding)


def delimiter_of(path: Path, encoding: str = "utf-8") -> str:
    """The one of comma, semicolon, tab and vertical bar that the header has most of."""
    with _columns.opened(path, _ENDINGS) as stream:
        line = stream.read(_HEADER_BYTES).split(b"\n", 1)[0]
    return max(delimited.DELIMITERS, key=line.decode(encoding, errors="replace").count)


def comma_header(path: Path) -> list[str]:
    """Names of the columns of a CSV in UTF-8 with commas, for which there are no options."""
    if path.stat().st_size == 0:
        raise ValueError(f"{path}: the file is empty")
    raw.check_text(path)
    with _columns.opened(path, _ENDINGS) as stream:
        line = stream.read(_HEADER_BYTES).split(b"\n", 1)[0]
    try:
        text = line.decode("utf-8-sig").strip("\r\n")
    except UnicodeDecodeError:
        raise ValueError(f"{path}: the header is not UTF-8: save the file as UTF-8") from None
    return [name.strip('"') for name in text.split(",")]


def check_columns(
    path: Path, names: Sequence[str], wanted: Sequence[str], delimiter: str | None
) -> None:
    """Refuse a file without these columns, or with one of them twice.

    Parameters
    ----------
    delimiter : an option of the user's, or None where no option changes the comma.

    Raises
    ------
    ValueError
        Naming the first column at fault.
    """
    for name in wanted:
        if name not in names:
            hint = delimited.hint([*names], delimiter) or ": correct the header"
            raise ValueError(f"{path}: no column {name!r} among {[*names]}{hint}")
        if [*names].count(name) > 1:
            raise ValueError(f"{path}: {name!r} occurs twice: rename one of the columns")


def batches(
    path: Path,
    columns: Mapping[str, pa.DataType],
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
) -> Iterator[pa.RecordBatch]:
    """Batches of converted columns, in the order of the file; a missing cell is null.

    Parameters
    ----------
    path : of the CSV (also .gz, .bz2, .xz, or the only one in a .zip), with a header.
    columns : type of each column wanted; the header has them all.
    delimiter, encoding : of the CSV.

    Raises
    ------
    ValueError
        For a line with another number of columns, a cell that cannot be converted, with its column
        and value, or a file without rows.
    """
    rows = 0
    with _columns.opened(path, _ENDINGS) as stream:
        try:
            reader = pyarrow.csv.open_csv(
                stream,
                pyarrow.csv.ReadOptions(encoding=encoding, block_size=_BLOCK),
                pyarrow.csv.ParseOptions(delimiter=delimiter),
                pyarrow.csv.ConvertOptions(
                    include_columns=[*columns],
                    column_types=columns,
                    null_values=_MISSING,
                    strings_can_be_null=True,
                    timestamp_parsers=_TIMES,
                ),
            )
            for batch in reader:
                rows += len(batch)
                yield batch
        except UnicodeDecodeError as error:
            raise ValueError(
                f"{path}: not {encoding} ({error.reason}): save it as {encoding}"
            ) from None
        except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
            where = f"{path}, behind row {rows:,}: "
            raise ValueError(where + _said(path, columns, delimiter, encoding, error)) from None
    if not rows:
        raise ValueError(f"{path}: the file has a header but no rows")


def _said(
    path: Path,
    columns: Mapping[str, pa.DataType],
    delimiter: str,
    encoding: str,
    error: Exception,
) -> str:
    """What Arrow found, by the name of the column, and what to do about it."""
    found = _VALUE.search(str(error))
    if not found:
        return (
            f"cannot be read as text separated by {delimiter!r}: {str(error)[:300]}; look for a "
            "stray delimiter or quote, or a line cut off"
        )
    names = _columns.present(path, delimiter, encoding)
    name, value = names[int(found[1])], found[3]
    give = _KINDS.get(str(columns.get(name)), _A_TIME)
    return (
        f"column {name!r}: invalid value {value[:80]!r}: give {give}, or leave the cell empty, "
        "which counts as a row that cannot be used"
    )
