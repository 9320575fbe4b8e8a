"""Read archives from strangers: no path outside, no bomb, nothing but plain files.

Formats: zip; tar, plain or compressed by gzip, bzip2 or xz; and single files compressed by gzip,
bzip2 or xz. Members are refused if their names are absolute, climb (..), hide a drive or a control
character, or appear twice; links, devices and encrypted members are refused too. Member count,
unpacked size and the ratio of unpacked to packed bytes are bounded while reading, so that sizes an
archive merely claims are never believed.
"""

import bz2
import contextlib
import dataclasses
import gzip
import io
import lzma
import re
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

_OPENERS = {".gz": gzip.open, ".tgz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
_DRIVE = re.compile(r"[A-Za-z]:")
_DAMAGE = (zipfile.BadZipFile, tarfile.TarError, lzma.LZMAError, zlib.error, EOFError, OSError)


class ArchiveError(ValueError):
    """An archive is damaged or breaks the rules; the text names archive, member and limit."""


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what an archive may hold: members, unpacked bytes in all, unpacked per packed."""

    members: int = 20_000
    unpacked: int = 20 * 10**9
    ratio: float = 500.0

    def bytes_for(self, packed: int) -> int:
        """Unpacked bytes allowed for an archive of ``packed`` bytes (the ratio from 1 MB on)."""
        return min(self.unpacked, int(self.ratio * max(packed, 10**6)))


@dataclasses.dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive: its checked name and an open stream, valid until the next one."""

    name: str
    stream: IO[bytes]


def members(
    path: str | Path,
    wanted: Callable[[str], bool] | None = None,
    limits: Limits | None = None,
) -> Iterator[Member]:
    """Walk through the files of a zip or tar archive, in the archive's order.

    Parameters
    ----------
    path : archive; the format is recognised from its content.
    wanted : which names to open; all names are checked, wanted or not.
    limits : bounds; the defaults suit the datasets of the registry.

    Yields
    ------
    Member : name and stream; read it before asking for the next one.

    Raises
    ------
    ArchiveError
        If the archive is damaged, too large, or has a member that is not a plain file inside.
    """
    path, limits = Path(path), limits or Limits()
    budget = _Budget(path, limits.bytes_for(path.stat().st_size))
    names = _Names(path, limits.members)
    walk = _zip_members if zipfile.is_zipfile(path) else _tar_members
    with _damage_named(path):
        yield from walk(path, wanted or (lambda name: True), names, budget)


def read(path: str | Path, name: str, limits: Limits | None = None) -> bytes:
    """The content of one member, named by its full path or by its last part if that is unique."""
    found = {m.name: m.stream.read() for m in members(path, lambda n: _same(n, name), limits)}
    if name in found:
        return found[name]
    if len(found) != 1:
        have = ", ".join(sorted(found)) or "no such member"
        raise ArchiveError(f"{path}: {name!r} names {have}; give the full name of one member")
    return next(iter(found.values()))


def extract(
    path: str | Path,
    folder: str | Path,
    wanted: Callable[[str], bool] | None = None,
    limits: Limits | None = None,
) -> list[Path]:
    """Unpack the wanted files below ``folder`` and return their paths, sorted."""
    folder = Path(folder)
    written = []
    for member in members(path, wanted, limits):
        target = folder / member.name
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as out:
            shutil.copyfileobj(member.stream, out, 1 << 20)
        written.append(target)
    return sorted(written)


@contextlib.contextmanager
def open_compressed(path: str | Path, limits: Limits | None = None) -> Iterator[IO[bytes]]:
    """Open a single file compressed by gzip, bzip2 or xz (by its suffix), or a plain file.

    Raises
    ------
    ArchiveError
        While reading, once more bytes come out than the limits allow, or if it is damaged.
    """
    path, limits = Path(path), limits or Limits()
    opener = _OPENERS.get(path.suffix.lower())
    with opener(path, "rb") if opener else path.open("rb") as stream:
        if opener:
            budget = _Budget(path, limits.bytes_for(path.stat().st_size))
            stream = io.BufferedReader(_Bounded(stream, budget, path), 1 << 20)
        yield stream


def _zip_members(path, wanted, names, budget) -> Iterator[Member]:
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        plain = {entry: names.check(entry.filename) for entry in entries}
        for entry in entries:
            kind = (entry.external_attr >> 16) & 0o170000
            if kind not in (0, 0o100000, 0o040000):
                raise ArchiveError(f"{path}: {entry.filename!r} is not a plain file")
            if entry.flag_bits & 1:
                raise ArchiveError(f"{path}: {entry.filename!r} is encrypted")
        for entry in entries:
            if not entry.is_dir() and wanted(plain[entry]):
                with archive.open(entry) as stream:
                    yield Member(plain[entry], io.BufferedReader(_Bounded(stream, budget, path)))


def _tar_members(path, wanted, names, budget) -> Iterator[Member]:
    with path.open("rb") as packed:
        start = packed.read(6)
        packed.seek(0)
        opener = next((o for magic, o in _MAGIC.items() if start.startswith(magic)), None)
        plain = opener(packed) if opener else packed
        # The bound lies under the tar reader: headers and skipped members count as well.
        with tarfile.open(fileobj=_Bounded(plain, budget, path), mode="r|") as archive:
            for entry in archive:
                name = names.check(entry.name)
                if not (entry.isreg() or entry.isdir()):
                    raise ArchiveError(f"{path}: {entry.name!r} is not a plain file")
                if entry.isreg() and wanted(name):
                    yield Member(name, archive.extractfile(entry))


_MAGIC = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\x00": lzma.open}


class _Names:
    """Checks member names and counts them."""

    def __init__(self, path: Path, most: int):
        self._path, self._most = path, most
        self._seen: set[str] = set()

    def check(self, name: str) -> str:
        """The name without needless parts such as a leading ./; ArchiveError if it is unsafe."""
        parts = PurePosixPath(name).parts
        strange = _DRIVE.match(name) or any(ord(char) < 32 or char == "\\" for char in name)
        if not name or strange or "/" in parts[:1] or ".." in parts:
            raise ArchiveError(f"{self._path}: member {name!r} would lie outside the archive")
        plain = "/".join(parts)
        if plain in self._seen:
            raise ArchiveError(f"{self._path}: member {name!r} appears twice")
        self._seen.add(plain)
        if len(self._seen) > self._most:
            raise ArchiveError(f"{self._path}: more than {self._most:,} members")
        return plain


class _Budget:
    """Bytes that may still come out of an archive."""

    def __init__(self, path: Path, allowed: int):
        self._path, self._allowed, self._used = path, allowed, 0

    def spend(self, count: int) -> None:
        self._used += count
        if self._used > self._allowed:
            raise ArchiveError(f"{self._path}: unpacks to more than {self._allowed:,} bytes")


class _Bounded(io.RawIOBase):
    """A stream that stops when the budget is spent, and names the archive if it is damaged."""

    def __init__(self, stream: IO[bytes], budget: _Budget, path: Path):
        self._stream, self._budget, self._path = stream, budget, path

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if size is None or size < 0:
            return self.readall()
        with _damage_named(self._path):
            data = self._stream.read(size)
        self._budget.spend(len(data))
        return data

    def readinto(self, buffer) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _same(name: str, asked: str) -> bool:
    return name == asked or PurePosixPath(name).name == asked


@contextlib.contextmanager
def _damage_named(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except _DAMAGE as error:
        raise ArchiveError(f"{path}: damaged or not an archive ({error})") from error
