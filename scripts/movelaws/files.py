"""Files that are either whole or absent, and archives of arrays that are whole or an error."""

import contextlib
import os
import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

try:
    import fcntl
except ImportError:  # no POSIX: what a killed process left is then never removed
    fcntl = None

_RANDOM = "[a-z0-9_]{8}"  # what tempfile puts behind the prefix

# What NumPy and zipfile raise for files with a few bytes changed: sizes, types and flags are
# believed before the checksum of what they describe is.
_BROKEN = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


@contextlib.contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Give a temporary path in the folder of ``path`` that becomes ``path`` when all went well.

    What is written lies in a hidden folder ``.<stem>-<random>`` beside ``path`` until then. A
    process that is killed leaves that folder; the next one that writes ``path`` removes it (see
    `clear_leftovers`). Any number of processes may write the same path: the last one stays.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    clear_leftovers(path)
    with _own_folder(path) as folder:
        temporary = folder / path.name
        yield temporary
        temporary.replace(path)


def clear_leftovers(path: str | Path) -> None:
    """Remove what processes that were killed while `replacing` ``path`` have left beside it.

    The writer of a temporary folder holds a lock on it, which ends with the process however that
    ends: a folder that is locked, or whose file system knows no locks, is left alone, and so is
    one that holds anything but the file that was to become ``path``.
    """
    path = Path(path)
    named = re.compile(rf"\.{re.escape(path.stem)}-{_RANDOM}")
    with contextlib.suppress(OSError), os.scandir(path.parent) as entries:
        found = [Path(e) for e in entries if named.fullmatch(e.name) and not e.is_symlink()]
        for folder in found:
            with contextlib.suppress(OSError), _locked(folder, wait=False) as held:
                if held and {entry.name for entry in folder.iterdir()} <= {path.name}:
                    (folder / path.name).unlink(missing_ok=True)
                    folder.rmdir()


def read_arrays(path: str | Path) -> dict[str, np.ndarray]:
    """All arrays of a NumPy archive (npz).

    Raises
    ------
    ValueError
        If the file cannot be read, is no archive, is cut short or has a byte changed.
    """
    try:
        stored = np.load(path, allow_pickle=False)
        if not isinstance(stored, np.lib.npyio.NpzFile):
            raise ValueError("one array, not an archive of arrays")
        with stored:
            return {name: stored[name] for name in stored.files}
    except _BROKEN as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error


@contextlib.contextmanager
def _own_folder(path: Path) -> Iterator[Path]:
    """A temporary folder that is locked while it is in use, and removed afterwards."""
    while True:
        with (
            tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.stem}-") as name,
            _locked(Path(name), wait=True),
        ):
            # Between its making and its lock, another process may have taken it for a leftover.
            if Path(name).is_dir():
                yield Path(name)
                return


@contextlib.contextmanager
def _locked(folder: Path, wait: bool) -> Iterator[bool]:
    """Whether the lock of a folder could be had; if so, it is held until the end of the block."""
    with contextlib.ExitStack() as stack:
        held = False
        if fcntl is not None:
            with contextlib.suppress(OSError):
                handle = os.open(folder, os.O_RDONLY)
                stack.callback(os.close, handle)
                fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
                held = True
        yield held
