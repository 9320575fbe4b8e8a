import gzip
import hashlib
import http.server
import io
import json
import multiprocessing
import threading
import time
from collections.abc import Callable

import pytest

from movelaws.registry import Row
from movelaws.retrieve import RetrievalError, receipt_path, retrieve
from movelaws.transfer import Options, TransferError, checked_address, download

CONTENT = bytes(range(256)) * 2000
FAST = Options(timeout=(1.0, 0.3), retries=3, backoff=0.001, longest_wait=0.01)


def digest(content):
    return hashlib.sha256(content).hexdigest()


class Server:
    """A local server whose answers are a list of functions, the last one repeated."""

    def __init__(self):
        self.answers: list[Callable] = [whole]
        self.content = CONTENT
        self.etag = '"one"'
        self.requests: list[dict] = []
        self.closing = threading.Event()
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                server.requests.append({"path": self.path} | dict(self.headers))
                answer = server.answers[0]
                if len(server.answers) > 1:
                    server.answers.pop(0)
                self.close_connection = True
                answer(server, self)

            def log_message(self, *_):
                pass

        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}/file.csv"
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    def close(self):
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()


def send(handler, code, headers, body=b""):
    handler.send_response(code)
    for name, value in (
        {"Content-Length": str(len(body)), "Connection": "close"} | headers
    ).items():
        if value is not None:
            handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def whole(server, handler):
    """A server as it should be: ETag, ranges, If-Range."""
    asked = handler.headers.get("Range")
    if asked and handler.headers.get("If-Range") == server.etag:
        start = int(asked.removeprefix("bytes=").removesuffix("-"))
        size = len(server.content)
        if start >= size:
            return send(handler, 416, {})
        span = {"ETag": server.etag, "Content-Range": f"bytes {start}-{size - 1}/{size}"}
        return send(handler, 206, span, server.content[start:])
    return send(handler, 200, {"ETag": server.etag}, server.content)


def no_ranges(server, handler):
    send(handler, 200, {"ETag": server.etag}, server.content)


def cut(server, handler, after=200_000):
    send(
        handler,
        200,
        {"ETag": server.etag, "Content-Length": str(len(server.content))},
        server.content[:after],
    )


def corrupted(server, handler):
    send(handler, 200, {}, b"!" + server.content[1:])


def stalled(server, handler):
    send(handler, 200, {"Content-Length": str(len(server.content))}, server.content[:1000])
    server.closing.wait(2)


def status(code, **headers):
    def answer(server, handler):
        send(handler, code, {name.replace("_", "-"): value for name, value in headers.items()})

    return answer


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    server = Server()
    yield server
    server.close()


@pytest.fixture
def row(server):
    def make(**changes):
        values = {
            "dataset": "towns",
            "version": "published",
            "file": "file.csv",
            "url": server.url,
            "mirror_path": "towns/file.csv",
            "sha256": digest(CONTENT),
            "bytes": len(CONTENT),
            "licence": "none",
            "publisher": "The Office",
            "access": "open",
            "note": "Ask Ann.",
        }
        return Row(**(values | changes))

    return make


@pytest.fixture
def target(tmp_path):
    return tmp_path / "raw" / "towns" / "published" / "file.csv"


def leftovers(target):
    return sorted(p.name for p in target.parent.iterdir() if p.name not in ("file.csv", "receipts"))


def test_a_file_is_downloaded_verified_and_receipted(server, row, target):
    found = retrieve(row(), target, options=FAST)
    assert target.read_bytes() == CONTENT
    assert (found.source, found.verified, found.bytes) == ("url", True, len(CONTENT))
    assert json.loads(receipt_path(target).read_text())["sha256"] == digest(CONTENT)
    assert leftovers(target) == []
    assert server.requests[0]["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("source", ["kept", "mirror"])
def test_what_a_cut_off_attempt_left_is_cleared_away(server, row, target, tmp_path, source):
    copy = tmp_path / "mirror" / "towns" / "file.csv"
    for path in (copy, target):
        path.parent.mkdir(parents=True)
    (target if source == "kept" else copy).write_bytes(CONTENT)
    for left in (".file.csv.part", ".file.csv.part.json", ".file.csv.copy"):
        target.with_name(left).write_bytes(CONTENT[:500])
    assert retrieve(row(), target, tmp_path / "mirror").source == source
    assert leftovers(target) == []
    assert server.requests == []


def test_a_verified_file_is_kept_without_a_request(server, row, target):
    retrieve(row(), target, options=FAST)
    receipt = receipt_path(target).read_bytes()
    again = retrieve(row(), target, options=FAST)
    assert again.source == "kept"
    assert len(server.requests) == 1
    assert receipt_path(target).read_bytes() == receipt


def test_a_file_put_by_hand_is_verified_even_if_restricted(row, target):
    target.parent.mkdir(parents=True)
    target.write_bytes(CONTENT)
    assert retrieve(row(access="restricted", url=""), target).source == "kept"


def test_a_wrong_file_put_by_hand_is_named(row, target):
    target.parent.mkdir(parents=True)
    target.write_bytes(b"wrong")
    with pytest.raises(RetrievalError) as error:
        retrieve(row(access="restricted", url=""), target)
    assert f"the file at {target}: expected 512,000 bytes, found 5" in str(error.value)
    assert target.read_bytes() == b"wrong"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"access": "restricted"}, "is not public"),
        ({"access": "unavailable"}, "is not given out"),
        ({"url": ""}, "no direct address is known"),
    ],
)
def test_what_cannot_be_downloaded_comes_with_instructions(server, row, target, changes, why):
    with pytest.raises(RetrievalError) as error:
        retrieve(row(**changes), target)
    for part in (
        "file.csv of dataset towns (version published)",
        why,
        f"get it from The Office, put it at {target}",
        f"expected: 512,000 bytes, sha256 {digest(CONTENT)}",
        "Ask Ann.",
    ):
        assert part in str(error.value)
    assert server.requests == []


def mirrored(tmp_path, content):
    path = tmp_path / "mirror" / "towns" / "file.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return tmp_path / "mirror"


def test_the_mirror_comes_before_the_address(server, row, target, tmp_path):
    found = retrieve(row(), target, mirrored(tmp_path, CONTENT))
    assert (found.source, target.read_bytes()) == ("mirror", CONTENT)
    assert server.requests == []
    assert leftovers(target) == []


def test_a_wrong_copy_in_the_mirror_is_an_error_not_a_download(server, row, target, tmp_path):
    wrong = b"!" + CONTENT[1:]
    mirror = mirrored(tmp_path, wrong)
    with pytest.raises(RetrievalError) as error:
        retrieve(row(), target, mirror)
    message = str(error.value)
    assert str(mirror / "towns/file.csv") in message
    assert f"expected sha256 {digest(CONTENT)}, found {digest(wrong)}" in message
    assert server.requests == []
    assert not target.exists()


def test_a_file_missing_from_the_mirror_is_downloaded(row, target, tmp_path):
    (tmp_path / "mirror").mkdir()
    assert retrieve(row(), target, tmp_path / "mirror", options=FAST).source == "url"


def test_a_cut_download_is_resumed_where_it_ended(server, row, target):
    server.answers = [cut, whole]
    retrieve(row(), target, options=FAST)
    assert target.read_bytes() == CONTENT
    first, second = server.requests
    assert "Range" not in first
    assert (second["Range"], second["If-Range"]) == ("bytes=200000-", '"one"')


def test_a_part_is_resumed_by_a_later_call(server, row, target):
    server.answers = [cut]
    with pytest.raises(RetrievalError, match="failed 1 times"):
        retrieve(row(), target, options=Options(timeout=(1, 0.3), retries=0))
    assert not target.exists()
    server.answers = [whole]
    retrieve(row(), target, options=FAST)
    assert server.requests[-1]["Range"] == "bytes=200000-"
    assert target.read_bytes() == CONTENT
    assert leftovers(target) == []


def test_a_server_that_ignores_ranges_starts_afresh(server, row, target):
    server.answers = [cut, no_ranges]
    retrieve(row(), target, options=FAST)
    assert target.read_bytes() == CONTENT


def test_a_part_of_an_older_file_is_thrown_away(server, row, target):
    server.answers = [cut]
    with pytest.raises(RetrievalError):
        retrieve(row(), target, options=Options(timeout=(1, 0.3), retries=0))
    server.content, server.etag = CONTENT[::-1], '"two"'
    server.answers = [whole]
    changed = row(sha256=digest(CONTENT[::-1]))
    retrieve(changed, target, options=FAST)
    assert target.read_bytes() == CONTENT[::-1]


def test_a_range_from_another_file_is_thrown_away(server, row, target):
    def other(server, handler):
        span = {"ETag": '"two"', "Content-Range": "bytes 200000-511999/512000"}
        send(handler, 206, span, bytes(312_000))

    server.answers = [cut, other, whole]
    retrieve(row(), target, options=FAST)
    assert target.read_bytes() == CONTENT
    assert "Range" not in server.requests[-1]


def test_a_spliced_file_is_downloaded_once_more_in_full(server, row, target):
    def wrong_rest(server, handler):
        span = {"ETag": server.etag, "Content-Range": "bytes 200000-511999/512000"}
        send(handler, 206, span, bytes(312_000))

    server.answers = [cut, wrong_rest, whole]
    retrieve(row(), target, options=FAST)
    assert target.read_bytes() == CONTENT
    assert len(server.requests) == 3


def test_a_complete_part_needs_no_request(server, row, target):
    target.parent.mkdir(parents=True)
    part = target.parent / ".file.csv.part"
    part.write_bytes(CONTENT)
    memory = {"url": server.url, "validator": '"one"'}
    (target.parent / ".file.csv.part.json").write_text(json.dumps(memory))
    retrieve(row(), target, options=FAST)
    assert server.requests == []
    assert leftovers(target) == []


@pytest.mark.parametrize("again", [status(500), status(503), status(429, Retry_After="0"), stalled])
def test_passing_failures_are_retried(server, row, target, again):
    server.answers = [again, whole]
    retrieve(row(), target, options=FAST)
    assert target.read_bytes() == CONTENT
    assert len(server.requests) == 2


def test_waits_grow_and_follow_the_server_up_to_a_cap(server, row, target):
    server.answers = [
        status(500),
        status(500),
        status(429, Retry_After="7"),
        status(429, Retry_After="99999"),
        status(503, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"),
        whole,
    ]
    waits = []
    options = Options(timeout=(1, 0.3), retries=5, backoff=1, longest_wait=60)
    retrieve(row(), target, options=options, sleep=waits.append)
    assert waits == [1, 2, 7, 60, 0]


def test_a_refusal_is_not_retried(server, row, target):
    server.answers = [status(404)]
    with pytest.raises(RetrievalError, match=r"answered 404 Not Found") as error:
        retrieve(row(), target, options=FAST)
    assert len(server.requests) == 1
    assert f"by hand: download {server.url} and put it at {target}" in str(error.value)


def test_a_server_that_never_answers_is_given_up(server, row, target):
    server.answers = [stalled]
    options = Options(timeout=(1, 0.1), retries=1, backoff=0.001)
    with pytest.raises(RetrievalError, match=r"failed 2 times, at last: timeout"):
        retrieve(row(), target, options=options)


def test_nobody_listening_is_named(row, target):
    with pytest.raises(RetrievalError, match=r"at last: connection failed"):
        retrieve(row(url="http://127.0.0.1:9/file.csv"), target, options=FAST)


def test_redirects_are_followed(server, row, target):
    server.answers = [status(302, Location="/elsewhere"), status(307, Location="file.csv"), whole]
    retrieve(row(), target, options=FAST)
    assert [request["path"] for request in server.requests] == [
        "/file.csv",
        "/elsewhere",
        "/file.csv",
    ]


def test_a_redirect_loop_ends(server, row, target):
    server.answers = [status(302, Location="/file.csv")]
    with pytest.raises(RetrievalError, match="redirects more than 10 times"):
        retrieve(row(), target, options=FAST)
    assert len(server.requests) == 11


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://example.org/x", "data:,x"])
def test_redirects_to_other_schemes_are_refused(server, row, target, place):
    server.answers = [status(302, Location=place)]
    with pytest.raises(RetrievalError, match="only http and https"):
        retrieve(row(), target, options=FAST)
    assert len(server.requests) == 1
    assert not target.exists()


def test_redirects_never_leave_https():
    assert checked_address("https://b.org/x", "https://a.org/x") == "https://b.org/x"
    assert checked_address("https://b.org/x", "http://a.org/x") == "https://b.org/x"
    with pytest.raises(TransferError, match=r"from https to unencrypted 'http://b.org/x'"):
        checked_address("http://b.org/x", "https://a.org/x")
    with pytest.raises(TransferError, match=r"'https:///x': only http and https"):
        checked_address("https:///x")


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
