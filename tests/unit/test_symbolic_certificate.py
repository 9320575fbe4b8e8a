"""Levels of an exhaustive search come back from their files as they were, or not at all."""

import numpy as np
import pytest

from movelaws.symbolic.certificate import COUNTS, EXACT, Level
from movelaws.symbolic.tokens import CONSTANT, DIVIDE, POWER

KEY = "0123456789abcdef-and-more"


@pytest.fixture
def level():
    """Two laws of complexity 3: x / y and x^c."""
    return Level(
        codes=np.array([[0, 1, DIVIDE], [0, CONSTANT, POWER]], dtype=np.int8),
        constants=np.array([[1.0], [2.5]]),
        rmse=np.array([3.0, 2.0]),
        lower=np.array([3.0, 2.0]),
        status=np.array([EXACT, EXACT], dtype=np.int8),
        ranked=np.array([1, 0]),
        rank=np.array([1, 2]),
        counts=np.arange(len(COUNTS), dtype=np.float64),
    )


@pytest.fixture
def path(level, tmp_path):
    level.save(tmp_path, 3, KEY)
    (path,) = tmp_path.iterdir()
    return path


def assert_equal(found, level):
    for name, array in level._asdict().items():
        np.testing.assert_array_equal(getattr(found, name), array, err_msg=name)


def test_what_was_saved_is_read(level, path):
    assert_equal(Level.load(path.parent, 3, KEY), level)
    assert Level.load(path.parent, 3, "another key") is None
    assert Level.load(path.parent, 5, KEY) is None


def test_no_broken_byte_is_believed(level, path, caplog):
    whole = path.read_bytes()
    refused = 0
    for at in range(0, len(whole), 3):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        found = Level.load(path.parent, 3, KEY)
        if found is None:
            refused += 1
        else:  # a date or the like
            assert_equal(found, level)
    assert refused > len(whole) // 6
    assert caplog.text.count("cannot be read") == refused


@pytest.mark.parametrize("length", [0, 1, 100, -1, -30])
def test_files_that_are_cut_short_are_left_out(path, length):
    path.write_bytes(path.read_bytes()[:length])
    assert Level.load(path.parent, 3, KEY) is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rmse": None}, "['rmse'] are missing"),
        ({"rmse": np.zeros(3)}, "'rmse' is float64 (3,)"),
        ({"codes": np.zeros((2, 5), dtype=np.int8)}, "'codes' is int8 (2, 5)"),
        ({"codes": np.zeros((2, 3))}, "'codes' is float64"),
        ({"codes": np.array(1)}, "'codes' is int64 ()"),
        ({"constants": np.zeros(2)}, "'constants' is float64 (2,)"),
        ({"ranked": np.array([0, 2])}, "'ranked' leaves the 2 laws"),
        ({"counts": np.zeros(4)}, "'counts' is float64 (4,)"),
        ({"status": np.array(["a", "b"])}, "'status' is <U1"),
    ],
)
def test_arrays_that_do_not_fit_are_left_out(level, path, caplog, change, message):
    arrays = {k: v for k, v in (level._asdict() | change).items() if v is not None}
    with path.open("wb") as file:
        np.savez(file, **arrays)
    assert Level.load(path.parent, 3, KEY) is None
    assert message in caplog.text
    assert "searching again" in caplog.text


def test_one_array_and_a_folder_are_no_levels(path, caplog):
    with path.open("wb") as file:
        np.save(file, np.arange(3))
    assert Level.load(path.parent, 3, KEY) is None
    path.unlink()
    path.mkdir()
    assert Level.load(path.parent, 3, KEY) is None
    assert caplog.text.count("searching again") == 2


def test_reading_clears_what_a_killed_search_left(level, path):
    left = path.parent / f".{path.stem}-abcdefgh"
    left.mkdir()
    (left / path.name).write_bytes(b"half")
    assert_equal(Level.load(path.parent, 3, KEY), level)
    assert list(path.parent.iterdir()) == [path]
