import gzip
import io
import lzma
import tarfile
import zipfile

import pytest

from movelaws.archives import ArchiveError, Limits, extract, members, open_compressed, read


def make_zip(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return path


def make_tar(path, files, mode="w:xz"):
    with tarfile.open(path, mode) as archive:
        for name, content in files:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


FILES = [("data/b.csv", b"2"), ("data/a.csv", b"1" * 1000), ("readme.txt", b"read")]


@pytest.mark.parametrize("mode", ["zip", "w:", "w:gz", "w:bz2", "w:xz"])
def test_every_format_gives_the_same_members(tmp_path, mode):
    path = tmp_path / "archive"
    if mode == "zip":
        make_zip(path, FILES)
    else:
        make_tar(path, FILES, mode)
    assert [(m.name, m.stream.read()) for m in members(path)] == FILES
    assert read(path, "a.csv") == b"1" * 1000
    written = extract(path, tmp_path / "out", lambda name: name.endswith(".csv"))
    assert written == [tmp_path / "out/data/a.csv", tmp_path / "out/data/b.csv"]
    assert written[1].read_bytes() == b"2"
    assert not (tmp_path / "out/readme.txt").exists()


def test_members_that_are_not_read_are_skipped(tmp_path):
    path = make_tar(tmp_path / "t.tar.gz", FILES, "w:gz")
    assert [member.name for member in members(path)] == [name for name, _ in FILES]


def test_a_leading_dot_is_dropped_from_names(tmp_path):
    path = make_tar(tmp_path / "t.tar", [("./a.csv", b"1")], "w:")
    assert [member.name for member in members(path)] == ["a.csv"]


@pytest.mark.parametrize("name", ["../evil", "a/../../evil", "/etc/evil", "C:evil", "a\\..\\b"])
@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_names_that_lead_outside_are_refused(tmp_path, name, make):
    path = make(tmp_path / "a", [("fine.csv", b"1"), (name, b"evil")])
    with pytest.raises(ArchiveError, match="outside the archive"):
        extract(path, tmp_path / "out")
    assert not list(tmp_path.rglob("*evil*"))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_are_refused(tmp_path, kind):
    path = tmp_path / "t.tar"
    with tarfile.open(path, "w") as archive:
        entry = tarfile.TarInfo("link")
        entry.type, entry.linkname = kind, "/etc/passwd"
        archive.addfile(entry)
    with pytest.raises(ArchiveError, match="'link' is not a plain file"):
        list(members(path))


def test_symbolic_links_in_zips_are_refused(tmp_path):
    entry = zipfile.ZipInfo("link")
    entry.external_attr = 0o120777 << 16
    path = make_zip(tmp_path / "z.zip", [(entry, "/etc/passwd")])
    with pytest.raises(ArchiveError, match="not a plain file"):
        list(members(path))


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_a_name_given_twice_is_refused(tmp_path, make):
    path = make(tmp_path / "a", [("x", b"1"), ("x", b"2")])
    with pytest.raises(ArchiveError, match="'x' appears twice"):
        list(members(path))


@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_too_many_members_are_refused(tmp_path, make):
    path = make(tmp_path / "a", [(f"{i}", b"") for i in range(11)])
    assert len(list(members(path, limits=Limits(members=11)))) == 11
    with pytest.raises(ArchiveError, match="more than 10 members"):
        list(members(path, limits=Limits(members=10)))


@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_what_comes_out_is_bounded_whatever_the_archive_claims(tmp_path, make):
    path = make(tmp_path / "a", [("zeros", bytes(3_000_000))])
    with pytest.raises(ArchiveError, match="unpacks to more than 1,000,000 bytes"):
        extract(path, tmp_path / "out", limits=Limits(unpacked=1_000_000))
    with pytest.raises(ArchiveError, match="unpacks to more than 2,000,000 bytes"):
        extract(path, tmp_path / "out", limits=Limits(ratio=2))


@pytest.mark.parametrize(
    ("suffix", "opener"), [(".gz", gzip.open), (".xz", lzma.open), (".txt", open)]
)
def test_single_compressed_files(tmp_path, suffix, opener):
    path = tmp_path / f"file{suffix}"
    with opener(path, "wb") as out:
        out.write(b"a,b\n1,2\n" * 200_000)
    with open_compressed(path) as stream:
        assert stream.readline() == b"a,b\n"
        assert len(stream.read()) == 8 * 200_000 - 4


def test_a_compressed_bomb_stops(tmp_path):
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(bytes(5_000_000)))
    with (
        open_compressed(path, Limits(unpacked=10_000)) as stream,
        pytest.raises(ArchiveError, match=r"bomb.gz: unpacks to more than 10,000 bytes"),
    ):
        stream.read()


@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_damage_is_named(tmp_path, make):
    path = make(tmp_path / "a", [("x", bytes(range(256)) * 400)])
    content = bytearray(path.read_bytes())
    content[60:70] = bytes(10)
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match="damaged or not an archive"):
        extract(path, tmp_path / "out")
    (tmp_path / "c.gz").write_bytes(gzip.compress(b"abc" * 1000)[:20])
    with (
        open_compressed(tmp_path / "c.gz") as stream,
        pytest.raises(ArchiveError, match=r"c.gz: damaged"),
    ):
        stream.read()


def test_the_caller_s_own_errors_stay_his(tmp_path):
    path = tmp_path / "c.gz"
    path.write_bytes(gzip.compress(b"abc"))
    with pytest.raises(OSError, match=r"^disk full$"), open_compressed(path):
        raise OSError("disk full")


def test_read_asks_for_a_full_name_where_the_last_part_is_not_unique(tmp_path):
    path = make_zip(tmp_path / "z.zip", [("a/x", b"1"), ("b/x", b"2")])
    assert read(path, "b/x") == b"2"
    with pytest.raises(ArchiveError, match="a/x, b/x; give the full name"):
        read(path, "x")
    with pytest.raises(ArchiveError, match="'y' names no such member"):
        read(path, "y")
