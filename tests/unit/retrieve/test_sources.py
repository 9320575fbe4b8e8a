"""Where a file comes from: what lies there, the mirror, the address, or instructions."""

import json

import pytest

from movelaws.retrieve import RetrievalError, receipt_path, retrieve
from tests.unit.retrieve.unreliable import CONTENT, FAST, digest, leftovers


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
