"""CSV files larger than memory, a batch of converted columns at a time.

What bounds the speed is Arrow's decoder, so it runs on all cores that Arrow may use, and only the
columns that are wanted are converted.
"""

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


def header(path: Path, delimiter: str | None, encoding: str = "utf-8") -> list[str]:
    """Names of the columns of a CSV (also .gz, .bz2, .xz, or the only one in a .zip)."""
    if path.stat().st_size == 0:
        raise ValueError(f"{path}: the file is empty")
    raw.check_text(path)
    return _columns.present(path, delimiter, encoding)


def check_columns(path: Path, names: Sequence[str], wanted: Sequence[str], delimiter: str) -> None:
    """Refuse a file without these columns, or with one of them twice.

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
        For a line with another number of columns or a cell that cannot be converted, with Arrow's
        word on where; for a file without rows.
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
            raise ValueError(f"{path}: not {encoding} ({error.reason})") from None
        except pa.ArrowInvalid as error:
            raise ValueError(
                f"{path}, behind row {rows:,}: cannot be read as text separated by {delimiter!r}: "
                f"{str(error)[:300]}"
            ) from None
    if not rows:
        raise ValueError(f"{path}: the file has a header but no rows")
