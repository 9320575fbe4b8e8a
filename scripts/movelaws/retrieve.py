"""From a row of the registry to a verified file: kept, copied from a mirror, or downloaded."""

import contextlib
import dataclasses
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Literal

from movelaws.registry import Row
from movelaws.transfer import CHUNK, Options, TransferError, discard, download, sync

try:
    import fcntl
except ImportError:  # Windows, where two workflows on one folder are not guarded against
    fcntl = None


class RetrievalError(Exception):
    """A file cannot be had; the text says what was tried, what was found, and what to do."""


@dataclasses.dataclass(frozen=True, slots=True)
class Retrieved:
    """A file in place: where it came from, and whether its digest was known beforehand."""

    path: Path
    sha256: str
    bytes: int
    source: Literal["kept", "mirror", "url"]
    verified: bool

    @property
    def sentence(self) -> str:
        """What happened, for the log."""
        how = {"kept": "was already there", "mirror": "copied from the mirror", "url": "downloaded"}
        checked = (
            "sha256 and size as registered"
            if self.verified
            else f"not verified against a known hash; its sha256 is {self.sha256}"
        )
        return f"{self.path} {how[self.source]} ({self.bytes:,} bytes; {checked})"


def retrieve(
    row: Row,
    destination: str | Path,
    mirror: str | Path | None = None,
    *,
    options: Options | None = None,
    progress: IO[str] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Retrieved:
    """Put the file of one registry row at ``destination``, verified.

    Tried in this order: the file that is already there (also one put there by hand), the copy
    in the mirror, the registered address. A copy in the mirror with the wrong digest is an
    error, not a reason to download. The file is written beside its destination and renamed, so
    that nobody ever sees half of it; a failure leaves an existing file as it was.

    Parameters
    ----------
    row : what to get.
    destination : where to put it; a receipt goes to ``receipts/<file>.json`` in the same folder.
    mirror : folder that holds copies at the rows' ``mirror_path``.
    options : patience of a download.
    progress : stream for a progress bar; drawn only if it is a terminal.

    Returns
    -------
    Retrieved. For a row without a registered digest ``verified`` is False, and the digest found
    is kept in the receipt, which later calls hold the file against.

    Raises
    ------
    RetrievalError
        Names dataset and file, what was tried, what was expected and found, and what to do.
    """
    destination = Path(destination)
    job = _Job(row, destination, None if mirror is None else Path(mirror))
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        with _alone(destination):
            found = (
                _kept(job)
                or _from_mirror(job)
                or _from_url(job, options or Options(), progress, sleep)
            )
            _write_receipt(job, found)
            # An earlier attempt may have been cut off, and this one gone another way.
            discard(job.beside("part"))
            job.beside("copy").unlink(missing_ok=True)
    except OSError as error:
        raise job.error(f"writing failed: {error}") from error
    return found


def receipt_path(destination: str | Path) -> Path:
    """Where the receipt of a retrieved file lies."""
    destination = Path(destination)
    return destination.parent / "receipts" / f"{destination.name}.json"


def sha256_of(path: str | Path) -> str:
    """Digest of a file, read in pieces."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@dataclasses.dataclass
class _Job:
    row: Row
    destination: Path
    mirror: Path | None
    tried: list[str] = dataclasses.field(default_factory=list)

    def beside(self, suffix: str) -> Path:
        return self.destination.with_name(f".{self.destination.name}.{suffix}")

    def mismatch(self, path: Path) -> str | None:
        """What differs between a file and the row, expected and found; None if nothing does."""
        size = path.stat().st_size
        if self.row.bytes is not None and size != self.row.bytes:
            return f"expected {self.row.bytes:,} bytes, found {size:,}"
        if self.row.sha256 and (digest := sha256_of(path)) != self.row.sha256:
            return f"expected sha256 {self.row.sha256}, found {digest}"
        return "the file is empty" if size == 0 else None

    def found(self, source: Literal["kept", "mirror", "url"]) -> Retrieved:
        path = self.destination
        digest = self.row.sha256 or sha256_of(path)
        return Retrieved(path, digest, path.stat().st_size, source, bool(self.row.sha256))

    def error(self, problem: str) -> RetrievalError:
        row = self.row
        lines = [f"{row.file} of dataset {row.dataset} (version {row.version}): {problem}"]
        lines += [f"  tried: {what}" for what in self.tried]
        expected = [f"{row.bytes:,} bytes"] if row.bytes else []
        expected += [f"sha256 {row.sha256}"] if row.sha256 else []
        if expected:
            lines.append(f"  expected: {', '.join(expected)}")
        if row.url and row.access == "open":
            lines.append(f"  by hand: download {row.url} and put it at {self.destination}")
        else:
            lines.append(f"  by hand: get it from {row.publisher}, put it at {self.destination}")
        if row.note:
            lines.append(f"  note: {row.note}")
        return RetrievalError("\n".join(lines))


def _kept(job: _Job) -> Retrieved | None:
    path = job.destination
    if not path.is_file():
        return None
    if problem := job.mismatch(path):
        job.tried.append(f"the file at {path}: {problem}")
        return None
    if not job.row.sha256:
        recorded = _read_receipt(path)
        if recorded.get("url", job.row.url) != job.row.url:
            job.tried.append(f"the file at {path}: it came from {recorded['url']!r}")
            return None
        digest = sha256_of(path)
        if recorded.get("sha256", digest) != digest:
            raise job.error(
                f"{path} changed since it was retrieved: expected sha256 {recorded['sha256']}, "
                f"found {digest}; delete {receipt_path(path)} to accept it as it is, or delete "
                "the file to retrieve it again"
            )
    return job.found("kept")


def _from_mirror(job: _Job) -> Retrieved | None:
    if job.mirror is None or not job.row.mirror_path:
        return None
    copy = job.mirror / job.row.mirror_path
    if not copy.is_file():
        job.tried.append(f"the mirror: there is no {copy}")
        return None
    if problem := job.mismatch(copy):
        job.tried.append(f"the mirror's {copy}: {problem}")
        raise job.error(
            f"the mirror's copy is not the registered file ({problem}); repair {copy}, or run "
            "without the mirror"
        )
    part = job.beside("copy")
    try:
        with copy.open("rb") as source, part.open("wb") as out:
            while chunk := source.read(CHUNK):
                out.write(chunk)
        if problem := job.mismatch(part):
            raise job.error(f"copying {copy} went wrong: {problem}")
        _move(part, job.destination)
    finally:
        part.unlink(missing_ok=True)
    return job.found("mirror")


def _from_url(job: _Job, options: Options, progress, sleep) -> Retrieved:
    row = job.row
    if row.access != "open":
        what = {"restricted": "is not public", "unavailable": "is not given out"}[row.access]
        raise job.error(f"it {what} and has to be put in place by hand")
    if not row.url:
        raise job.error("no direct address is known, so it has to be put in place by hand")
    part = job.beside("part")
    problem = "nothing was downloaded"
    for _ in range(2):
        try:
            resumed = download(
                row.url,
                part,
                expected=row.bytes,
                options=options,
                progress=progress,
                sleep=sleep,
            )
        except TransferError as error:
            job.tried.append(str(error))
            raise job.error("the download failed") from error
        problem = job.mismatch(part)
        if problem is None:
            _move(part, job.destination)
            return job.found("url")
        discard(part)
        job.tried.append(f"{row.url}: {problem}")
        if not resumed:
            break
    raise job.error(f"what {row.url} serves is not the registered file ({problem})")


def _move(part: Path, destination: Path) -> None:
    sync(part)
    part.replace(destination)
    sync(destination.parent)


def _write_receipt(job: _Job, found: Retrieved) -> None:
    """The same file always gives the same receipt: no date, nothing about the mirror."""
    receipt = {
        "dataset": job.row.dataset,
        "version": job.row.version,
        "file": job.row.file,
        "bytes": found.bytes,
        "sha256": found.sha256,
        "verified": found.verified,
        "url": job.row.url,
    }
    path = receipt_path(job.destination)
    path.parent.mkdir(exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(json.dumps(receipt, indent=1) + "\n", encoding="utf-8")
    _move(part, path)


def _read_receipt(destination: Path) -> dict:
    with contextlib.suppress(OSError, ValueError):
        receipt = json.loads(receipt_path(destination).read_text(encoding="utf-8"))
        if isinstance(receipt, dict):
            return receipt
    return {}


@contextlib.contextmanager
def _alone(destination: Path) -> Iterator[None]:
    """Wait until no other process writes the same file."""
    if fcntl is None:
        yield
        return
    path = destination.with_name(f".{destination.name}.lock")
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        fcntl.flock(handle, fcntl.LOCK_EX)
        # Whoever held the lock before may have removed the file it was taken on.
        with contextlib.suppress(FileNotFoundError):
            if os.fstat(handle).st_ino == path.stat().st_ino:
                break
        os.close(handle)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)
