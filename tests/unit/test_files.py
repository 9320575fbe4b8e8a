"""Files are whole or absent, and what killed writers leave is removed, never that of live ones."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from movelaws import files
from movelaws.files import clear_leftovers, read_arrays, replacing

WRITER = """
import sys, time
from movelaws.files import replacing
with replacing(sys.argv[1]) as temporary:
    temporary.write_text("half")
    print("begun", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def begun(tmp_path):
    """A process that stands in the middle of writing ``tmp_path / "hall.npz"``."""
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path / "hall.npz")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(files.__file__).parents[1])},
    )
    assert writer.stdout.readline() == "begun\n"
    yield writer
    writer.kill()
    writer.communicate()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_whole_or_as_before(tmp_path):
    path = tmp_path / "new" / "table.csv"
    with replacing(path) as temporary:
        temporary.write_text("one")
        assert not path.exists()
    with pytest.raises(KeyError), replacing(path) as temporary:
        temporary.write_text("two")
        raise KeyError
    assert path.read_text() == "one"
    assert names(path.parent) == ["table.csv"]


@pytest.mark.skipif(files.fcntl is None, reason="leftovers stay where there are no locks")
def test_what_a_killed_writer_leaves_is_removed_by_the_next_one(tmp_path, begun):
    begun.kill()
    begun.wait()
    (left,) = names(tmp_path)
    assert left.startswith(".hall-")
    clear_leftovers(tmp_path / "other.npz")
    clear_leftovers(tmp_path / "hal.npz")
    assert names(tmp_path) == [left]
    with replacing(tmp_path / "hall.npz") as temporary:
        temporary.write_text("whole")
    assert names(tmp_path) == ["hall.npz"]


def test_a_writer_at_work_keeps_its_folder(tmp_path, begun):
    with replacing(tmp_path / "hall.npz") as temporary:
        temporary.write_text("mine")
    assert len(names(tmp_path)) == 2
    begun.communicate("go on\n")
    assert begun.returncode == 0
    assert (tmp_path / "hall.npz").read_text() == "half"
    assert names(tmp_path) == ["hall.npz"]


def test_only_folders_with_nothing_but_the_file_are_removed(tmp_path):
    notes, empty, short = (tmp_path / f".hall-{end}" for end in ("notes_12", "abcdefgh", "notes"))
    for folder in (notes, empty, short):
        folder.mkdir()
    (notes / "notes.txt").write_text("of the user")
    (tmp_path / ".hall-abcdefg1").write_text("a file")
    (tmp_path / ".hall-abcdefg2").symlink_to(notes)
    before = names(tmp_path)
    clear_leftovers(tmp_path / "hall.npz")
    kept = before if files.fcntl is None else [name for name in before if name != empty.name]
    assert names(tmp_path) == kept
    assert (notes / "notes.txt").exists()


def test_nothing_to_clear_is_no_error(tmp_path):
    clear_leftovers(tmp_path / "nowhere" / "hall.npz")


def test_without_locks_files_are_written_and_nothing_is_cleared(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "fcntl", None)
    left = tmp_path / ".hall-abcdefgh"
    left.mkdir()
    with replacing(tmp_path / "hall.npz") as temporary:
        temporary.write_text("whole")
    assert names(tmp_path) == [left.name, "hall.npz"]


def test_many_writers_of_one_file(tmp_path):
    failures = []

    def write(number):
        try:
            for _ in range(20):
                with replacing(tmp_path / "hall.npz") as temporary:
                    temporary.write_text(str(number))
        except Exception as error:  # seen by the test, not lost in the thread
            failures.append(error)

    threads = [threading.Thread(target=write, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert names(tmp_path) == ["hall.npz"]


def test_archives_are_read_whole(tmp_path):
    path = tmp_path / "arrays.npz"
    arrays = {"a": np.arange(5), "b": np.array("text"), "c": np.zeros((2, 0))}
    np.savez(path, **arrays)
    read = read_arrays(path)
    assert list(read) == list(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(read[name], array)


@pytest.mark.parametrize("compressed", [False, True])
def test_no_changed_or_lost_byte_passes_as_an_archive(tmp_path, compressed):
    path = tmp_path / "arrays.npz"
    arrays = {"a": np.arange(5.0), "b": np.arange(3)}
    (np.savez_compressed if compressed else np.savez)(path, **arrays)
    whole = path.read_bytes()
    broken = 0
    for at, byte in enumerate(whole):
        mask = (0x01, 0x80, 0xFF)[at % 3]
        path.write_bytes(whole[:at] + bytes([byte ^ mask]) + whole[at + 1 :])
        try:
            read = read_arrays(path)
        except ValueError:
            broken += 1
            continue
        # a date or a comment; names and values are those that were written
        for name in set(arrays) & set(read):
            np.testing.assert_array_equal(read[name], arrays[name])
    assert broken > len(whole) / 3
    for length in range(0, len(whole), 5):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError):
            read_arrays(path)


@pytest.mark.parametrize("objects", [False, True])
def test_what_is_no_archive_is_named(tmp_path, objects):
    path = tmp_path / "array.npy"
    np.save(path, np.array([{}]) if objects else np.arange(3))
    with pytest.raises(ValueError, match=r"archive|pickle"):
        read_arrays(path)
    with pytest.raises(ValueError, match="IsADirectoryError"):
        read_arrays(tmp_path)
