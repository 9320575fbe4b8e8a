"""The prepare steps of places and of published bins: files, printed repairs, errors that stop."""

import importlib.util

import numpy as np
import pytest

from movelaws.pointsets import bins, frames


def load(root, name):
    spec = importlib.util.spec_from_file_location(
        f"prepare_{name}", root / f"scripts/prepare/{name}.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def points(root):
    return load(root, "points")


@pytest.fixture
def published(root):
    return load(root, "bins")


@pytest.fixture
def files(tmp_path):
    places, moves = tmp_path / "places.csv", tmp_path / "moves.csv"
    places.write_text("id,lon,lat,city\na,12,55,X\nb,12.01,55,X\nc,12.02,55.01,\n")
    moves.write_text("origin,destination\na,b\na,b\nb,b\nc,a\n")
    return {"points": places, "moves": moves}


OPTIONS = {"x": "lon", "y": "lat", "place_id": "id", "towns_column": "city"}


def test_the_step_writes_the_four_files_and_prints_the_notes(points, files, tmp_path, capsys):
    points.prepare("address_table", files, OPTIONS, tmp_path / "set")
    assert sorted(path.name for path in (tmp_path / "set").iterdir()) == sorted(frames.FILES)
    made = frames.check(frames.read(tmp_path / "set"))
    assert made.moves.to_numpy().tolist() == [[0, 1, 2], [2, 0, 1]]
    printed = capsys.readouterr().out
    assert "3 places (EPSG:32633), 1 towns, 2 pairs with 3 moves, 0 polygons of land" in printed
    assert "moves from a place to itself dropped: 1.0" in printed


def test_the_same_files_give_the_same_bytes(points, files, tmp_path):
    for name in ("first", "second"):
        points.prepare("address_table", files, OPTIONS, tmp_path / name)
    for name in frames.FILES:
        first, second = (tmp_path / folder / name for folder in ("first", "second"))
        assert first.read_bytes() == second.read_bytes()


def test_nothing_is_written_when_the_tables_break_the_contract(points, files, tmp_path):
    files["points"].write_text("id,lon,lat,city\na,12,55,X\n")
    files.pop("moves")
    with pytest.raises(ValueError, match=r"places\.csv\): points: 1 places, at least 2"):
        points.prepare("address_table", files, OPTIONS, tmp_path / "set")
    assert not (tmp_path / "set").exists()


def test_a_wrong_option_names_itself(points, files, tmp_path):
    with pytest.raises(ValueError, match="option 'town_column' is unknown; did you mean"):
        points.prepare("address_table", files, {"town_column": "city"}, tmp_path / "set")


@pytest.fixture
def raw_bins(tmp_path):
    files = {part: tmp_path / f"fr_{part}.csv" for part in ("moving", "pdd", "ratio")}
    for path in files.values():
        path.write_text("x,y\n10,0.5\n12.5,0.25\n")
    np.save(tmp_path / "radii.npy", np.array([900.0, 1100.0]))
    return {f"fr_{part}": path for part, path in files.items()} | {"radii": tmp_path / "radii.npy"}


def test_the_step_of_the_bins_writes_its_four_files(published, raw_bins, tmp_path, capsys):
    published.prepare("authors_bins", raw_bins, {}, tmp_path / "bins")
    assert sorted(path.name for path in (tmp_path / "bins").iterdir()) == sorted(bins.FILES)
    made = bins.check(bins.read(tmp_path / "bins"))
    assert made.bins["ratio"].tolist() == [0.5, 0.25]
    assert "2 bins of 1 cases, 2 cities, 0 towns in full" in capsys.readouterr().out


def test_places_are_no_bins_and_bins_no_places(points, published, files, raw_bins, tmp_path):
    with pytest.raises(ValueError, match="reads bins, no places: put the dataset under bins"):
        points.prepare("authors_bins", raw_bins, {}, tmp_path / "x")
    with pytest.raises(ValueError, match="reads places: put the dataset under points"):
        published.prepare("address_table", files, OPTIONS, tmp_path / "x")
    assert not (tmp_path / "x").exists()
