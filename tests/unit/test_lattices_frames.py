"""The contract of a lattice and of the populations of a case: files and refusals."""

import dataclasses

import numpy as np
import pytest

from movelaws.lattices import frames, populations


def lattice(days=("a", "b"), slots=3, shape=(4, 5), **changes):
    rng = np.random.default_rng(5)
    size = len(days) * slots
    fields = {
        "population": rng.random((size, *shape)).astype(np.float32),
        "mask": np.ones(shape, dtype=bool),
        "day": np.repeat(np.array(days), slots),
        "slot": np.tile(np.arange(slots), len(days)),
        "x": 385_000 + 250.0 * np.arange(shape[1]),
        "y": 6_670_000 + 250.0 * np.arange(shape[0]),
        "cell_m": 250.0,
        "crs": "EPSG:3067",
        "source": "nowhere",
        "unit": "users",
        "slots": slots,
        "slot_minutes": 30.0,
        "extensive": True,
        "notes": {"rows": np.int64(3), "text": "ä"},
    }
    return frames.Lattice(**(fields | changes))


def test_a_lattice_comes_back_from_its_files_as_it_was(tmp_path):
    made = frames.check(lattice())
    frames.write(made, tmp_path / "set")
    assert sorted(path.name for path in (tmp_path / "set").iterdir()) == sorted(frames.FILES)
    again = frames.check(frames.read(tmp_path / "set" / "lattice.nc"))
    for field in dataclasses.fields(frames.Lattice):
        first, second = getattr(made, field.name), getattr(again, field.name)
        if isinstance(first, np.ndarray):
            assert second.dtype == first.dtype or field.name == "day"
            np.testing.assert_array_equal(second, first)
        elif field.name != "notes":
            assert second == first
    assert again.notes == {"rows": 3, "text": "ä"}


def test_one_day_is_read_alone(tmp_path):
    made = lattice()
    frames.write(made, tmp_path)
    again = frames.read(tmp_path / "lattice.nc", ["b"])
    assert again.days == ["b"]
    np.testing.assert_array_equal(again.population, made.population[3:])
    with pytest.raises(ValueError, match=r"lattice\.nc: there is no day 'c'; there are a, b"):
        frames.read(tmp_path / "lattice.nc", ["c"])
    both = frames.read(tmp_path / "lattice.nc", ["b"], also=["c", "a"])
    np.testing.assert_array_equal(both.population, made.population)


def test_equal_lattices_are_equal_bytes(tmp_path):
    for name in ("first", "second"):
        frames.write(lattice(), tmp_path / name)
    for name in frames.FILES:
        first, second = (tmp_path / folder / name for folder in ("first", "second"))
        assert first.read_bytes() == second.read_bytes()


def test_xarray_reads_the_file(tmp_path):
    xr = pytest.importorskip("xarray")
    frames.write(lattice(), tmp_path)
    with xr.open_dataset(tmp_path / "lattice.nc") as file:
        assert file["population"].dims == ("time", "y", "x")
        assert file["mask"].dtype == bool and file["day"].values[3] == "b"
        assert file.attrs["crs"] == "EPSG:3067" and file.attrs["extensive"] == 1


def broken(name, at, value):
    made = lattice()
    getattr(made, name)[at] = value
    return made


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (broken("population", (4, 1, 2), np.nan), "nan in row 1, column 2, day 'b', slot 1 .*fin"),
        (broken("population", (0, 0, 0), -2.0), r"-2\.0 in row 0, column 0, day 'a', slot 0"),
        (broken("mask", (2, 2), False), "cells outside the mask must be empty"),
        (broken("slot", 1, 7), "slot 7 of day 'a': slots run from 0 to 2"),
        (broken("slot", 1, 0), "slot 0 of day 'a' comes behind slot 0"),
        (broken("day", slice(0, 6, 5), "c"), "the moments of one day must lie together"),
        (broken("x", 3, 0.0), "x: the centres of the cells must ascend by cell_m=250"),
        (lattice(y=np.arange(3.0)), r"y: shape \(3,\), for this population \(4,\)"),
        (lattice(cell_m=0.0), "cell_m=0.0: give the edge of a cell"),
        (lattice(crs="EPSG:4326"), "measures in degree"),
        (lattice(mask=np.zeros((4, 5), dtype=bool)), "at least one cell must be True"),
        (lattice(mask=np.ones((4, 5))), "bool"),
        (lattice(slot_minutes=np.nan), "slot_minutes=nan"),
        (lattice(population=np.ones((6, 4, 5), dtype=np.int32)), "float32 or float64"),
        (lattice(days=()), "it holds nothing"),
    ],
)
def test_a_breach_of_the_contract_is_named(made, said):
    with pytest.raises(ValueError, match=said):
        frames.check(made)


def test_a_file_that_is_no_lattice_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"lattice\.nc is missing: run the prepare step"):
        frames.read(tmp_path / "lattice.nc")
    (tmp_path / "lattice.nc").write_bytes(b"CDF")
    (tmp_path / "notes.json").write_text("{}")
    with pytest.raises(ValueError, match=r"lattice\.nc: no canonical lattice"):
        frames.read(tmp_path / "lattice.nc")
    populations.write(populations.Populations(np.ones((1, 3, 2, 2)), ["a"]), tmp_path / "p.nc")
    with pytest.raises(ValueError, match="instead of"):
        frames.read_netcdf(tmp_path / "p.nc")


def test_populations_come_back_from_their_file(tmp_path):
    values = np.random.default_rng(1).random((2, 4, 3, 3))
    attrs = {"total": 9.5, "side": 3, "crs": "", "repairs": {"slots filled": 2}}
    made = populations.Populations(values, ["a", "b"], attrs)
    for name in ("first.nc", "second.nc"):
        populations.write(made, tmp_path / name)
    assert (tmp_path / "first.nc").read_bytes() == (tmp_path / "second.nc").read_bytes()
    again = populations.read(tmp_path / "first.nc")
    np.testing.assert_array_equal(again.population, values)
    assert (again.days, again.attrs) == (["a", "b"], attrs)
    np.testing.assert_array_equal(again.day("b"), values[1])
    with pytest.raises(ValueError, match="there is no day 'c'; there are a, b"):
        again.day("c")


def test_populations_that_cannot_be_stored_or_read_are_named(tmp_path):
    with pytest.raises(ValueError, match=r"shape \(3, 2, 2\) for 1 days"):
        populations.write(populations.Populations(np.ones((3, 2, 2)), ["a"]), tmp_path / "p.nc")
    assert not (tmp_path / "p.nc").exists()
    with pytest.raises(FileNotFoundError, match=r"p\.nc is missing"):
        populations.read(tmp_path / "p.nc")
    (tmp_path / "p.nc").write_bytes(b"no NetCDF")
    with pytest.raises(ValueError, match=r"p\.nc: no file of populations"):
        populations.read(tmp_path / "p.nc")


def test_what_no_memory_holds_is_neither_checked_nor_read(tmp_path, monkeypatch):
    made = lattice()
    frames.write(made, tmp_path)
    monkeypatch.setattr(frames, "MOST_VALUES", made.population.size - 1)
    with pytest.raises(
        ValueError, match=r"population: shape \(6, 4, 5\) is over 119 values, which"
    ):
        frames.check(made)
    with pytest.raises(
        ValueError, match=r"lattice\.nc: population: .* over 119 values: keep fewer"
    ):
        frames.read(tmp_path / "lattice.nc")
    assert frames.read(tmp_path / "lattice.nc", ["a"]).population.size == 60  # a day fits
