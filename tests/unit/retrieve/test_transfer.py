"""Downloads that go wrong on the way, and how they end well."""

import json

import pytest

from movelaws.retrieve import RetrievalError, retrieve
from movelaws.transfer import Options, TransferError, checked_address
from tests.unit.retrieve.unreliable import (
    CONTENT,
    FAST,
    cut,
    digest,
    leftovers,
    no_ranges,
    send,
    stalled,
    status,
    whole,
)


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
