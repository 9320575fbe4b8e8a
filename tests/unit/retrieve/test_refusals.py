"""Files that must not be taken, and good ones that must not be lost."""

import gzip
import io
import json
import multiprocessing
import threading
import time

import pytest

from movelaws.retrieve import RetrievalError, receipt_path, retrieve
from movelaws.transfer import Options, download
from tests.unit.retrieve.unreliable import (
    CONTENT,
    FAST,
    corrupted,
    cut,
    digest,
    leftovers,
    send,
    status,
    whole,
)


def test_a_corrupted_file_is_refused_and_not_resumed_for_ever(server, row, target):
    server.answers = [corrupted, whole]
    with pytest.raises(RetrievalError, match="is not the registered file") as error:
        retrieve(row(), target, options=FAST)
    found = digest(b"!" + CONTENT[1:])
    assert f"expected sha256 {digest(CONTENT)}, found {found}" in str(error.value)
    assert not target.exists()
    assert leftovers(target) == []
    retrieve(row(), target, options=FAST)
    assert "Range" not in server.requests[-1]


@pytest.mark.parametrize("answer", [corrupted, cut, status(404), status(500)])
def test_a_failure_leaves_the_old_file(server, row, target, answer):
    old = row(sha256=digest(b"old"), bytes=3, access="restricted")
    target.parent.mkdir(parents=True)
    target.write_bytes(b"old")
    retrieve(old, target)
    server.answers = [answer]
    with pytest.raises(RetrievalError):
        retrieve(row(), target, options=FAST)
    assert target.read_bytes() == b"old"
    assert json.loads(receipt_path(target).read_text())["sha256"] == digest(b"old")


def test_another_size_is_refused_before_downloading(server, row, target):
    with pytest.raises(RetrievalError, match="offers 512,000 bytes, the registry says 512,001"):
        retrieve(row(bytes=len(CONTENT) + 1), target, options=FAST)
    assert len(server.requests) == 1


def test_more_than_registered_stops_the_download(server, row, target):
    def endless(server, handler):
        send(handler, 200, {"Content-Length": None}, bytes(2_000_000))

    server.answers = [endless]
    with pytest.raises(RetrievalError, match="sent more than the 512,000 bytes allowed"):
        retrieve(row(), target, options=FAST)
    assert leftovers(target) == []


def test_a_file_of_unknown_size_is_capped(row, target):
    options = Options(timeout=(1, 0.3), retries=0, largest=1000)
    with pytest.raises(RetrievalError, match="more than the 1,000 allowed"):
        retrieve(row(bytes=None), target, options=options)


def test_an_unknown_digest_is_recorded_and_held_against(server, row, target):
    unknown = row(sha256="", bytes=None)
    found = retrieve(unknown, target, options=FAST)
    assert not found.verified
    assert "not verified against a known hash" in found.sentence
    assert retrieve(unknown, target, options=FAST).source == "kept"
    target.write_bytes(b"edited")
    with pytest.raises(RetrievalError, match="changed since it was retrieved"):
        retrieve(unknown, target, options=FAST)
    receipt_path(target).unlink()
    assert retrieve(unknown, target, options=FAST).sha256 == digest(b"edited")
    assert len(server.requests) == 1


def test_a_new_address_of_an_unknown_digest_is_downloaded(server, row, target):
    unknown = row(sha256="", bytes=None)
    retrieve(unknown, target, options=FAST)
    server.content = b"new"
    moved = row(sha256="", bytes=None, url=server.url + "?v=2")
    assert retrieve(moved, target, options=FAST).source == "url"
    assert target.read_bytes() == b"new"


def test_an_empty_file_is_refused(server, row, target):
    server.content = b""
    with pytest.raises(RetrievalError, match="the file is empty"):
        retrieve(row(sha256="", bytes=None), target, options=FAST)


def test_bytes_compressed_on_the_way_are_unpacked(server, row, target):
    def packed(server, handler):
        send(handler, 200, {"Content-Encoding": "gzip"}, gzip.compress(CONTENT))

    server.answers = [packed]
    retrieve(row(), target, options=FAST)
    assert target.read_bytes() == CONTENT
    stored = gzip.compress(CONTENT)
    server.answers = [
        lambda server, handler: send(handler, 200, {"Content-Encoding": "gzip"}, stored)
    ]
    gz = row(file="file.csv.gz", sha256=digest(stored), bytes=len(stored))
    retrieve(gz, target.with_name("file.csv.gz"), options=FAST)
    assert target.with_name("file.csv.gz").read_bytes() == stored


def test_half_a_file_is_never_visible(server, row, target):
    seen = []

    def slow(server, handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(CONTENT)))
        handler.end_headers()
        for start in range(0, len(CONTENT), 64_000):
            handler.wfile.write(CONTENT[start : start + 64_000])
            time.sleep(0.005)
            seen.append(target.exists() and target.read_bytes() != CONTENT)

    server.answers = [slow]
    retrieve(row(), target, options=FAST)
    assert len(seen) >= 7
    assert not any(seen)


def test_two_at_a_time_download_once(server, row, target):
    results = []

    def run():
        results.append(retrieve(row(), target, options=FAST).source)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["kept", "kept", "kept", "url"]
    assert len(server.requests) == 1
    assert leftovers(target) == []


def test_a_killed_download_is_gone_on_with(server, row, target):
    reached = threading.Event()

    def hang(server, handler):
        send(
            handler,
            200,
            {"ETag": server.etag, "Content-Length": str(len(CONTENT))},
            CONTENT[:300_000],
        )
        reached.set()
        server.closing.wait(2)

    server.answers = [hang, whole]
    process = multiprocessing.get_context("fork").Process(
        target=retrieve, args=(row(), target), kwargs={"options": Options(timeout=(1, 5))}
    )
    process.start()
    assert reached.wait(5)
    part = target.with_name(".file.csv.part")
    until = time.monotonic() + 5
    while not (part.exists() and part.stat().st_size) and time.monotonic() < until:
        time.sleep(0.01)
    process.kill()
    process.join()
    assert not target.exists()
    retrieve(row(), target, options=FAST)
    assert target.read_bytes() == CONTENT
    assert server.requests[-1]["Range"].startswith("bytes=")
    assert leftovers(target) == []


def test_progress_is_drawn_on_terminals_only(server, row, target, tmp_path):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    quiet, terminal = io.StringIO(), Terminal()
    retrieve(row(), target, options=FAST, progress=quiet)
    download(server.url, tmp_path / ".file.csv.part", options=FAST, progress=terminal)
    assert quiet.getvalue() == ""
    assert "file.csv: 100%" in terminal.getvalue()


def test_a_folder_that_cannot_be_written_is_named(row, tmp_path):
    (tmp_path / "raw").write_text("a file, not a folder")
    with pytest.raises(RetrievalError, match="writing failed"):
        retrieve(row(), tmp_path / "raw" / "file.csv", options=FAST)
