"""Delimited text (CSV) into text columns, with nothing cut off and nothing shifted."""

import contextlib
import io
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd

from movelaws import archives

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}


def read(path: Path, delimiter: str, encoding: str) -> pd.DataFrame:
    """Text of all columns of a CSV (also .gz, or the only CSV in a .zip).

    Parameters
    ----------
    path : of the file.
    delimiter : one character.
    encoding : such as "utf-8" (with or without a byte order mark) or "latin-1".

    Returns
    -------
    (n_lines, n_columns) DataFrame of str, indexed by the line in the file; blank lines are kept.

    Raises
    ------
    ValueError
        For an empty file, a wrong encoding or delimiter, or a line that does not fit the header.
    """
    if len(delimiter) != 1:
        raise ValueError(f"delimiter={delimiter!r}: give one character, such as ',' or ';'")
    unicode = encoding.lower().replace("_", "-") in ("utf-8", "utf8")
    codec, encoding = ("utf-8-sig", "UTF-8") if unicode else (encoding, encoding)
    try:
        frame = _parsed(path, delimiter, codec)
    except pd.errors.EmptyDataError:
        raise ValueError(f"{path}: the file is empty") from None
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path}: not {encoding} (byte {error.start} is 0x{error.object[error.start]:02x}): "
            "save it as UTF-8, or give its encoding, such as latin-1"
        ) from None
    except LookupError:
        raise ValueError(f"encoding={encoding!r} is unknown: give utf-8 or latin-1") from None
    except pd.errors.ParserError as error:
        raise ValueError(
            f"{path}: cannot be read as a table separated by {delimiter!r}: {str(error).strip()}; "
            "look at that line for a stray delimiter, a thousands separator or a quote"
        ) from None
    frame.index = pd.RangeIndex(2, len(frame) + 2)
    return frame


def _parsed(path: Path, delimiter: str, codec: str) -> pd.DataFrame:
    """Text of a CSV; a line with more fields than the header is an error, not cut off.

    pandas complains of such a line unless it is the first one: then only a warning says so.
    """
    options = {
        "sep": delimiter,
        "dtype": str,
        "encoding": codec,
        "keep_default_na": False,
        "skip_blank_lines": False,
        "index_col": False,
    }
    with _opened(path) as stream, warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        with contextlib.suppress(pd.errors.ParserWarning):
            return pd.read_csv(stream, **options)
    with _opened(path) as stream:
        names = [*pd.read_csv(stream, nrows=0, **options).columns]
    with _opened(path) as stream:
        rows = pd.read_csv(stream, **options | {"header": None, "skiprows": 1})
    more = rows.iloc[:, len(names) :].ne("")
    # Every line may end in a delimiter that the header lacks: nothing is lost with it.
    if more.any(axis=None):
        line = int(np.argmax(more.any(axis=1))) + 2
        raise ValueError(
            f"{path}: line {line} has more fields than the header ({rows.shape[1]}, not "
            f"{len(names)}): thousands separators? leave them out; another {delimiter!r} in a "
            "text? quote the text"
        )
    return rows.iloc[:, : len(names)].set_axis(names, axis=1)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a table: a file, plain or compressed, or the only CSV in an archive."""
    if path.suffix.lower() != ".zip":
        with archives.open_compressed(path) as stream:
            yield stream
        return
    names = [member.name for member in archives.members(path)]
    tables = [name for name in names if name.lower().endswith(".csv")]
    if len(tables) != 1:
        raise ValueError(f"{path}: expected one CSV file in the archive, found {tables}")
    yield io.BytesIO(archives.read(path, tables[0]))


def hint(present: list[str], delimiter: str | None) -> str:
    """What to do about a header that was not split; empty if it was.

    Parameters
    ----------
    present : columns found.
    delimiter : an option of the user's, or None for a comma that no option changes.
    """
    for mark, word in DELIMITERS.items():
        if len(present) == 1 and mark in str(present[0]):
            found = f": is the file separated by a {word} ({mark!r}) and not by "
            if delimiter is None:
                return found + "a comma? save it with commas"
            return found + f"{delimiter!r}? set options: delimiter: {mark!r}"
    return ""
