"""Check-ins that cannot be used: rows are counted or refused, files that are none are named."""

import bz2
import gzip
import lzma

import pytest

from tests.unit.raw_files import flows_of, read, write
from tests.unit.visits import FLOWS, formats, small, snap

BAD = [
    ("ann\t2010-13-01T08:00:00Z\t59.91\t10.75\ta", "without a usable time"),
    ("ann\t\t59.91\t10.75\ta", "without a usable time"),
    ("\t2010-01-01T08:00:00Z\t59.91\t10.75\ta", "without a user"),
    ("ann\t2010-01-01T08:00:00Z\t95.1\t10.75\ta", "without a usable latitude"),
    ("ann\t2010-01-01T08:00:00Z\t59,91\t10.75\ta", "without a usable latitude"),
    ("ann\t2010-01-01T08:00:00Z\t59.91\t-412\ta", "without a usable longitude"),
    ("ann\t2010-01-01T08:00:00Z\t0.0\t0\ta", "at 0, 0"),
    ("ann\t2010-01-01T08:00:00Z\t59.91\t10.75\t", "without a place"),
    ("ann\t2010-01-01T08:00:00Z\t59.91", "with another number of columns"),
]


@pytest.mark.parametrize(("bad", "reason"), BAD)
def test_a_few_bad_rows_are_counted_many_are_refused(tmp_path, bad, reason):
    good = snap().splitlines()
    text = "\n".join([*good[:2], "", bad, *good[2:]]) + "\n\n"
    canonical = small(tmp_path, text, max_unusable=0.2)
    assert flows_of(canonical) == FLOWS
    assert canonical.notes[f"check-ins {reason} dropped"] == 1
    with pytest.raises(ValueError, match=r"c\.txt: line 4, column .*1 of 9 rows.*max_unusable"):
        small(tmp_path, text)


def test_lines_are_counted_past_broken_and_blank_ones(tmp_path):
    rows = snap().splitlines()
    text = "\n".join(["x\ty", *rows[:3], "", "z", *rows[3:], "ann\tnever\t1\t1\ta"])
    with pytest.raises(ValueError, match=r"line 1, .*3 of 11 rows .*2 with another number of"):
        small(tmp_path, text)
    later = "\n".join([*rows[:3], "", *rows[3:], "ann\tnever\t1\t1\ta"])
    with pytest.raises(ValueError, match=r"line 10, column '2 \(time\)': 'never' is the first"):
        small(tmp_path, later)


def test_unknown_antennas_are_dropped_and_unknown_places_counted(tmp_path):
    files, options = formats(tmp_path)["d4d"]
    text = files["checkins"].read_text()
    unknown = "ann\t2010-01-01 08:10:00\t-1\n" * 5
    write(files["checkins"], unknown + text)
    canonical = read("checkins", files, **options)
    assert flows_of(canonical) == FLOWS
    assert canonical.notes["check-ins at an unknown antenna dropped"] == 5
    write(files["checkins"], text + "ann\t2010-01-01 08:10:00\t77\n")
    with pytest.raises(ValueError, match=r"line 9, column '3 \(place\)': '77' .*ANT_POS\.TSV"):
        read("checkins", files, **options)
    more = read("checkins", files, **options, max_unusable=0.2)
    assert more.notes["check-ins at a place without a position dropped"] == 1


def test_places_may_be_repeated_or_lack_a_position(tmp_path):
    files, options = formats(tmp_path)["sample"]
    good = files["places"].read_text()
    write(files["places"], good + "a\t1.0\t1.0\nd\t0\t0\n")
    canonical = read("checkins", files, **options, max_unusable=0.3)
    assert flows_of(canonical) == FLOWS
    assert canonical.notes["rows of repeated places dropped"] == 1
    assert canonical.notes["places at 0, 0 dropped"] == 1
    with pytest.raises(ValueError, match=r"places\.txt: line 5, .*at 0, 0"):
        read("checkins", files, **options)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("\n\n", "no line has the 5 columns"),
        ("a,b,c,d,e\n", "no line has the 5 columns .* line 1: 'a,b,c,d,e'"),
        ("ann\0\0", r"byte 3 is 0x00, in 'ann\\x00\\x00': give text in UTF-8"),
    ],
)
def test_files_that_are_no_checkins(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        small(tmp_path, text)


def test_text_that_is_not_unicode_is_named(tmp_path):
    path = tmp_path / "c.txt"
    path.write_bytes(snap().replace("ann", "änn").encode("latin-1"))
    said = r"c\.txt: cannot be read as tab-separated text: byte \d+ is 0xe4, in '.*\ufffdnn"
    with pytest.raises(ValueError, match=said):
        read("checkins", {"checkins": path})
    # a character of two bytes lies across the first block of 1 MB, and a wrong byte in the second
    good = b"x" * ((1 << 20) - 1) + "\u00f8\n".encode()
    path.write_bytes(good + "bj\u00f8rn\n".encode("latin-1"))
    with pytest.raises(ValueError, match=rf"byte {len(good) + 2} is 0xf8, in '.*bj\ufffdrn"):
        read("checkins", {"checkins": path})


@pytest.mark.parametrize("format", ["snap", "table"])
@pytest.mark.parametrize(
    ("pack", "message"),
    [
        (gzip.compress, r"c\.txt: the content is compressed by gzip: call it c\.txt\.gz"),
        (bz2.compress, r"c\.txt: the content is compressed by bzip2: call it c\.txt\.bz2"),
        (lzma.compress, r"c\.txt: the content is compressed by xz: call it c\.txt\.xz"),
        (lambda text: b"PK\x03\x04" + text, r"c\.txt: the content is a zip archive or a workbook"),
        (lambda text: b"PAR1" + text, r"c\.txt: the content is Parquet"),
    ],
)
def test_packed_content_under_the_name_of_text_is_named(tmp_path, format, pack, message):
    path = tmp_path / "c.txt"
    path.write_bytes(pack(snap().encode()))
    with pytest.raises(ValueError, match=message):
        read("checkins", {"checkins": path}, format=format)


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(IsADirectoryError, match=r"checkins: .* is a folder: give a file in it"):
        read("checkins", {"checkins": tmp_path})


def test_antennas_that_are_all_unknown_are_named(tmp_path):
    files, options = formats(tmp_path)["d4d"]
    write(files["checkins"], "ann\t2010-01-01 08:10:00\t-1\n" * 5)
    with pytest.raises(
        ValueError, match=r"d4d\.csv: all 5 check-ins are at an unknown antenna \(-1"
    ):
        read("checkins", files, **options)
