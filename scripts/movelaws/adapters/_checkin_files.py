"""Check-in files of several publishers, read into one form: who was where and when.

Columns stay Arrow text until they are converted, all rows at once: millions of rows fit in memory
and a cell that cannot be converted is one row lost and counted, not the end of the run.
"""

import codecs
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from movelaws import archives, readers

ISO, DAY_AND_TIME = "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S"
_MISSING = ["", "NA", "NaN", "nan", "NULL", "null", "\\N"]
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
# From 1900 to 2100: 0001-01-01, 1582-10-15 and 9999-12-31 stand for a time that is not known.
_EARLIEST, _LATEST = -2_208_988_800.0, 4_102_444_800.0
_FIRST_EPOCH = 1e8
_BINARY_WITHIN = 8000
_COMPRESSED = (".gz", ".tgz", ".bz2", ".xz")
_TABLES = (".zip", ".parquet", ".xlsx")
_MAGIC = {
    b"\x1f\x8b": ("is compressed by gzip", "call it {name}.gz or unpack it"),
    b"\xfd7zXZ\x00": ("is compressed by xz", "call it {name}.xz or unpack it"),
    b"PK\x03\x04": ("is a zip archive or a workbook", "give the file in it, or save it as text"),
    b"PAR1": ("is Parquet", "call it .parquet, with format 'table'"),
}


@dataclass(frozen=True, eq=False)
class Fault:
    """Rows that cannot be used for one reason.

    Attributes
    ----------
    reason : names the rows in the notes, such as "without a time".
    column : at fault.
    rows : (n,) bool.
    remedy : what the user may do.
    """

    reason: str
    column: str
    rows: np.ndarray
    remedy: str


@dataclass(frozen=True, eq=False)
class Rows:
    """Text columns of a file.

    Attributes
    ----------
    path : of the file.
    text : (n,) text by column; a missing cell is null.
    line : (n,) line (or row) in the file, for messages.
    headers : the name of each column in the file, or its description.
    unit : "line" or "row".
    broken : lines with another number of fields, as (line, text).
    """

    path: Path
    text: dict[str, pa.ChunkedArray]
    line: np.ndarray
    headers: dict[str, str]
    unit: str = "line"
    broken: list[tuple[int, str]] = field(default_factory=list)

    def __len__(self) -> int:
        return self.line.size

    def take(self, kept: np.ndarray) -> "Rows":
        """The rows where ``kept`` is True."""
        if kept.all():
            return self
        mask = pa.array(kept)
        text = {name: column.filter(mask) for name, column in self.text.items()}
        return replace(self, text=text, line=self.line[kept])

    def numbers(self, column: str) -> np.ndarray:
        """Numbers of a column as float; NaN where there is none."""
        text = self.text[column]
        good = pc.match_substring_regex(text, _NUMBER)
        return pc.if_else(good, text, None).cast(pa.float64()).to_numpy()

    def seconds(self, column: str, form: str | None) -> np.ndarray:
        """Times of a column as seconds since 1970 (UTC); NaN where there is none.

        Without a ``form`` (of strptime) each cell is a number of seconds or a time in ISO 8601.
        """
        text = self.text[column]
        if form is not None:
            when = pc.strptime(text, format=form, unit="s", error_is_null=True)
            return when.cast(pa.int64()).cast(pa.float64()).to_numpy()
        seconds = self.numbers(column).copy()  # Arrow's own memory is read-only
        written = np.isnan(seconds) & pc.is_valid(text).to_numpy()
        if written.any():
            cells = pd.Series(text.filter(pa.array(written)).to_pandas())
            when = pd.to_datetime(cells, errors="coerce", utc=True, format="ISO8601")
            # NumPy keeps the unit of the column, in which every time fits that could be read.
            since = when.dt.tz_localize(None).to_numpy() - np.datetime64(0, "s")
            seconds[written] = since / np.timedelta64(1, "s")
        return seconds

    def codes(self, column: str) -> tuple[np.ndarray, pa.Array]:
        """Codes of the texts of a column, -1 where there is none, and the texts by code."""
        # In one piece: unifying the dictionaries of many chunks takes minutes.
        whole = self.text[column].cast(pa.large_string()).combine_chunks()
        encoded = whole.dictionary_encode()
        return encoded.indices.fill_null(-1).to_numpy(), encoded.dictionary

    def usable(self, faults: Sequence[Fault], most: float) -> tuple[np.ndarray, dict[str, int]]:
        """Rows without fault, and the notes that count the others by the first reason found.

        Raises
        ------
        ValueError
            If more than the share ``most`` of the rows cannot be used.
        """
        good, counts = np.ones(len(self), dtype=bool), {}
        if self.broken:
            counts["with another number of columns"] = len(self.broken)
        for fault in faults:
            counts[fault.reason] = int(np.count_nonzero(good & fault.rows))
            good &= ~fault.rows
        total, lost = len(self) + len(self.broken), sum(counts.values())
        if lost > most * total or not good.any():
            raise self._too_many(faults, counts, lost, total, most)
        return good, {reason: count for reason, count in counts.items() if count}

    def _too_many(self, faults, counts, lost, total, most) -> ValueError:
        listed = ", ".join(f"{count} {reason}" for reason, count in counts.items() if count)
        if self.broken:
            line, text = self.broken[0]
            fields = " | ".join(self.headers.values())
            first = f"line {line}, column {fields!r}: {text[:80]!r} has another number of columns"
            remedy = "look for a wrong delimiter or a line cut off, and see the option format"
        else:
            fault = next(fault for fault in faults if counts[fault.reason])
            row = int(np.argmax(fault.rows))
            value = self.text[fault.column][row].as_py()
            first = (
                f"{self.unit} {self.line[row]}, column {self.headers[fault.column]!r}: "
                f"{'' if value is None else value!r} is the first {fault.reason}"
            )
            remedy = fault.remedy
        return ValueError(
            f"{self.path}: {first} ({lost} of {total} rows cannot be used, at most "
            f"{most:.3g} of them may be: {listed}): {remedy}; option max_unusable sets the limit"
        )


def check_text(path: Path) -> None:
    """Whether a file that is not called a packed one begins as one.

    Raises
    ------
    ValueError
        If it does, with what to call it.
    """
    if path.suffix.lower() in (*_COMPRESSED, *_TABLES):
        return
    with path.open("rb") as stream:
        start = stream.read(10)
    found = next((said for magic, said in _MAGIC.items() if start.startswith(magic)), None)
    if start.startswith(b"BZh") and start[4:] == b"1AY&SY":
        found = ("is compressed by bzip2", "call it {name}.bz2 or unpack it")
    if found:
        raise ValueError(f"{path}: the content {found[0]}: {found[1].format(name=path.name)}")


def _check_unicode(path: Path) -> None:
    """Whether a file is UTF-8: of what is not, Arrow cannot even hand out the line."""
    decoder, offset = codecs.getincrementaldecoder("utf-8")(), 0
    with archives.open_compressed(path) as stream:
        while block := stream.read(1 << 20):
            pending = decoder.getstate()[0]
            try:
                decoder.decode(block)
                wrong = -1 if offset else block[:_BINARY_WITHIN].find(b"\0")
            except UnicodeDecodeError as error:
                wrong = error.start
            if wrong >= 0:
                text, at = pending + block, offset - len(pending) + wrong
                quoted = text[max(0, wrong - 20) : wrong + 20].decode("utf-8", "replace")
                raise ValueError(
                    f"{path}: cannot be read as tab-separated text: byte {at} is "
                    f"0x{text[wrong]:02x}, in {quoted!r}: give text in UTF-8, and name packed "
                    "files .gz, .bz2 or .xz"
                )
            offset += len(block)


def read_plain(path: Path, columns: Sequence[str]) -> Rows:
    """Rows of a tab-separated file without header (also .gz); blank lines are left out.

    Raises
    ------
    ValueError
        If the file is empty, is not UTF-8 or cannot be parsed.
    """
    check_text(path)
    _check_unicode(path)
    broken = []

    def skip(row: pyarrow.csv.InvalidRow) -> str:
        broken.append((row.number, row.text))
        return "skip"

    try:
        with archives.open_compressed(path) as stream:
            # One thread: only then does the parser say which line it left out.
            table = pyarrow.csv.read_csv(
                stream,
                pyarrow.csv.ReadOptions(column_names=[*columns], use_threads=False),
                pyarrow.csv.ParseOptions(
                    delimiter="\t",
                    quote_char=False,
                    ignore_empty_lines=False,
                    invalid_row_handler=skip,
                ),
                pyarrow.csv.ConvertOptions(
                    column_types=dict.fromkeys(columns, pa.string()),
                    strings_can_be_null=True,
                    null_values=_MISSING,
                ),
            )
    except pa.ArrowInvalid as error:
        empty = path.stat().st_size == 0
        what = "the file is empty" if empty else f"cannot be read as tab-separated text: {error}"
        raise ValueError(f"{path}: {what}") from None
    line = _lines(len(table), [number for number, _ in broken])
    text = {}
    for name in columns:
        text[name] = pc.utf8_trim_whitespace(table[name])
        table = table.drop_columns(name)  # one copy of the text at a time
    filled = ~np.logical_and.reduce([pc.is_null(column).to_numpy() for column in text.values()])
    if not filled.any():
        found = f"; line {broken[0][0]}: {broken[0][1][:80]!r}" if broken else ""
        raise ValueError(f"{path}: no line has the {len(columns)} columns {[*columns]}{found}")
    headers = {name: f"{number} ({name})" for number, name in enumerate(columns, 1)}
    return Rows(path, text, line, headers, broken=broken).take(filled)


def from_table(table: readers.Table) -> Rows:
    """Rows of a table with a header."""
    columns = {}
    for name in table.frame:
        cells = pa.chunked_array([pa.array(table.frame[name], type=pa.string())])
        missing = pc.is_in(cells, value_set=pa.array(_MISSING))
        columns[name] = pc.if_else(missing, pa.scalar(None, pa.string()), cells)
    line = table.frame.index.to_numpy()
    return Rows(table.path, columns, line, dict(table.headers), table.unit)


def missing_code(codes: np.ndarray, column: str) -> Fault:
    """Fault of rows without an identifier."""
    return Fault(f"without a {column}", column, codes < 0, "fill it in or leave the rows out")


def bad_times(rows: Rows, seconds: np.ndarray, written: str) -> list[Fault]:
    """Faults of rows whose time is missing, unreadable, beyond 1900 to 2100 or no time at all.

    Years, dates without separators and the days of a spreadsheet are numbers too: were they seconds
    since 1970, half of them would lie before March 1973.
    """
    remedy = f"write times as {written}"
    bad = ~((seconds >= _EARLIEST) & (seconds < _LATEST))
    faults = [Fault("without a usable time", "time", bad, f"{remedy}, from 1900 to 2100")]
    if (seconds < _FIRST_EPOCH).any():
        number = rows.numbers("time")
        given = number[np.isfinite(number)]
        if given.size and np.median(given) < _FIRST_EPOCH:
            reason = "with a number that is no time in seconds since 1970"
            faults.append(Fault(reason, "time", number < _FIRST_EPOCH, remedy))
    return faults


def bad_positions(longitude: np.ndarray, latitude: np.ndarray) -> list[Fault]:
    """Faults of rows without a position on the globe, or at 0, 0, where devices without one are."""
    hint = "are latitude and longitude swapped, in degrees, and with a decimal point?"
    return [
        Fault("without a usable latitude", "latitude", ~(np.abs(latitude) <= 90), hint),
        Fault("without a usable longitude", "longitude", ~(np.abs(longitude) <= 180), hint),
        Fault("at 0, 0", "latitude", (latitude == 0) & (longitude == 0), "find their position"),
    ]


def _lines(n_rows: int, left_out: Sequence[int]) -> np.ndarray:
    """Line in the file of each row kept, given the lines left out (both from 1)."""
    left_out = np.sort(np.asarray(left_out, dtype=np.int64))
    row = np.arange(n_rows)
    # Before row r lie all lines left out whose number, less those left out before, is <= r + 1.
    before = left_out - np.arange(left_out.size) - 1
    return row + 1 + np.searchsorted(before, row, side="right")
