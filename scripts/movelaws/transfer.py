"""Downloads that survive cut lines: retried, resumed, bounded in size, never off https."""

import contextlib
import dataclasses
import email.utils
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from tqdm import tqdm

CHUNK = 1 << 18
_REDIRECTS = {301, 302, 303, 307, 308}
_TRANSIENT = {408, 425, 429, 500, 502, 503, 504}


@dataclasses.dataclass(frozen=True, slots=True)
class Options:
    """How patient a download is.

    ``timeout`` (connect, read) in seconds; ``retries`` after the first attempt; waits grow from
    ``backoff`` seconds, doubling, and never exceed ``longest_wait`` (a server's Retry-After is
    honoured up to that); ``largest`` in bytes bounds files whose size the registry does not know.
    """

    timeout: tuple[float, float] = (15.0, 60.0)
    retries: int = 5
    backoff: float = 1.0
    longest_wait: float = 120.0
    redirects: int = 10
    largest: int = 20 * 10**9
    user_agent: str = "movelaws (research workflow; python-requests)"


class TransferError(Exception):
    """A download that cannot succeed; the text says what the server did."""


class _Transient(Exception):
    """A failure that may pass; ``wait`` in seconds is the server's wish, if it has one."""

    def __init__(self, reason: str, wait: float | None = None):
        super().__init__(reason)
        self.wait = wait


def download(
    url: str,
    part: Path,
    *,
    expected: int | None = None,
    options: Options | None = None,
    progress: IO[str] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> bool:
    """Fetch ``url`` into ``part``, going on from what an earlier attempt left there.

    A part is gone on with only if the server confirms, by its validator (ETag or date of last
    change), that it is a piece of the same file; otherwise it is started afresh.

    Parameters
    ----------
    url : http or https address.
    part : file to write; beside it lies ``<part>.json`` with the validator while it is partial.
    expected : size in bytes if it is known.
    progress : stream for a progress bar; drawn only if it is a terminal.

    Returns
    -------
    bool : whether an earlier part was gone on with.

    Raises
    ------
    TransferError
        If the server refuses for good, redirects somewhere unsafe, offers another size, or all
        attempts fail. A useful part stays for the next call.
    """
    options = options or Options()
    tried = []
    with requests.Session() as session:
        session.headers.update({"User-Agent": options.user_agent, "Accept-Encoding": "identity"})
        for attempt in range(options.retries + 1):
            if attempt:
                sleep(_wait(attempt, tried[-1].wait, options))
            try:
                return _attempt(session, url, part, expected, options, progress)
            except _Transient as failure:
                tried.append(failure)
            except (requests.RequestException, urllib3.exceptions.HTTPError) as failure:
                if isinstance(failure, ValueError | requests.exceptions.SSLError):
                    raise TransferError(f"{url}: {failure}") from failure
                tried.append(_Transient(_plain(failure)))
    raise TransferError(f"{url} failed {len(tried)} times, at last: {tried[-1]}") from tried[-1]


def discard(part: Path) -> None:
    """Remove a partial file and what is remembered about it."""
    part.unlink(missing_ok=True)
    _memory(part).unlink(missing_ok=True)


def _attempt(session, url, part, expected, options, progress) -> bool:
    limit = options.largest if expected is None else expected
    start, validator = _resumable(url, part)
    if start and start == expected:
        _memory(part).unlink()
        return True
    headers = {"Range": f"bytes={start}-", "If-Range": validator} if start else {}
    with _open(session, url, headers, options) as response:
        if response.status_code == 416:
            discard(part)
            raise _Transient("the server did not know the range asked for; starting afresh", 0.0)
        resumed = response.status_code == 206
        if resumed:
            _check_range(response, start, validator, part)
        else:
            start = 0
            discard(part)
        decode = _compressed_on_the_way(response, part)
        total = None if decode else _total(response, start)
        _check_size(total, expected, limit, part)
        _remember(url, response, part, decode)
        written = _receive(response, part, start, limit, decode, total, progress)
    if total is not None and written < total:
        raise _Transient(f"the connection ended after {written:,} of {total:,} bytes")
    _memory(part).unlink(missing_ok=True)
    return resumed


@contextlib.contextmanager
def _open(session, url: str, headers: dict, options: Options) -> Iterator[requests.Response]:
    address = checked_address(url)
    for _ in range(options.redirects + 1):
        response = session.get(
            address, headers=headers, stream=True, allow_redirects=False, timeout=options.timeout
        )
        if response.status_code in _REDIRECTS and "Location" in response.headers:
            target = urljoin(address, response.headers["Location"])
            response.close()
            address = checked_address(target, origin=address)
            continue
        with response:
            _check_status(response, address)
            yield response
        return
    raise TransferError(f"{url} redirects more than {options.redirects} times")


def checked_address(url: str, origin: str | None = None) -> str:
    """The address, if it is http or https and no step down from an https ``origin``.

    Raises
    ------
    TransferError
        Naming the address that was refused.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise TransferError(f"{origin or 'the registry'} leads to {url!r}: only http and https")
    if origin and urlsplit(origin).scheme == "https" and parts.scheme != "https":
        raise TransferError(f"{origin} leads from https to unencrypted {url!r}: refused")
    return url


def _check_status(response: requests.Response, address: str) -> None:
    code = response.status_code
    if code in (200, 206, 416):
        return
    said = f"{address} answered {code} {response.reason or ''}".strip()
    if code in _TRANSIENT:
        raise _Transient(said, _retry_after(response))
    raise TransferError(said)


def _check_range(response, start: int, validator: str, part: Path) -> None:
    given = response.headers.get("Content-Range", "")
    same = _validator(response.headers) in (validator, None)
    if not given.startswith(f"bytes {start}-") or not same:
        discard(part)
        raise _Transient("the file changed on the server; starting afresh", 0.0)


def _check_size(total: int | None, expected: int | None, limit: int, part: Path) -> None:
    if total is None:
        return
    if expected is not None and total != expected:
        discard(part)
        raise TransferError(f"the server offers {total:,} bytes, the registry says {expected:,}")
    if total > limit:
        discard(part)
        raise TransferError(f"the server offers {total:,} bytes, more than the {limit:,} allowed")


def _receive(response, part: Path, start: int, limit: int, decode: bool, total, progress) -> int:
    bar = tqdm(
        desc=part.name.removeprefix(".").removesuffix(".part"),
        total=total,
        initial=start,
        unit="B",
        unit_scale=True,
        file=progress,
        disable=progress is None or not progress.isatty(),
    )
    written = start
    with bar, part.open("ab" if start else "wb") as out:
        for chunk in response.raw.stream(CHUNK, decode_content=decode):
            written += len(chunk)
            if written > limit:
                out.close()
                discard(part)
                raise TransferError(f"the server sent more than the {limit:,} bytes allowed")
            out.write(chunk)
            bar.update(len(chunk))
    return written


def _compressed_on_the_way(response: requests.Response, part: Path) -> bool:
    """Whether the server compressed the body although it was asked not to.

    Some servers label a stored .gz file as compressed on the way: those bytes are the file.
    """
    encoding = response.headers.get("Content-Encoding", "identity").lower()
    return encoding != "identity" and not part.name.removesuffix(".part").endswith((".gz", ".tgz"))


def _total(response: requests.Response, start: int) -> int | None:
    length = response.headers.get("Content-Length", "")
    return start + int(length) if length.isdigit() else None


def _memory(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _remember(url: str, response: requests.Response, part: Path, decode: bool) -> None:
    validator = None if decode else _validator(response.headers)
    _memory(part).write_text(json.dumps({"url": url, "validator": validator}), encoding="utf-8")


def _resumable(url: str, part: Path) -> tuple[int, str]:
    """How many bytes of the same file are already there, and the validator that vouches."""
    try:
        memory = json.loads(_memory(part).read_text(encoding="utf-8"))
        size = part.stat().st_size
    except (OSError, ValueError):
        return 0, ""
    if not isinstance(memory, dict) or memory.get("url") != url or not memory.get("validator"):
        return 0, ""
    return size, str(memory["validator"])


def _validator(headers) -> str | None:
    """A strong ETag or else the date of last change: what If-Range may carry."""
    etag = headers.get("ETag")
    if etag and not etag.startswith("W/"):
        return etag
    return headers.get("Last-Modified")


def _retry_after(response: requests.Response) -> float | None:
    text = response.headers.get("Retry-After", "").strip()
    if text.isdigit():
        return float(text)
    with contextlib.suppress(TypeError, ValueError):
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    return None


def _wait(attempt: int, wish: float | None, options: Options) -> float:
    wait = options.backoff * 2 ** (attempt - 1) if wish is None else wish
    return min(wait, options.longest_wait)


def _plain(failure: Exception) -> str:
    text = " ".join(str(failure).split())
    kinds = (requests.Timeout, urllib3.exceptions.TimeoutError)
    return f"timeout ({text})" if isinstance(failure, kinds) else f"connection failed ({text})"


def sync(path: Path) -> None:
    """Have the operating system write a file, or a folder's entries, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
