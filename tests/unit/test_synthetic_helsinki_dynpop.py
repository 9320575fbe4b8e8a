"""Synthetic dynamic population of Helsinki: the published format, and the planted days in it."""

import numpy as np
import pandas as pd
import pytest

from movelaws import synthetic
from movelaws.lattices import adapters, coarsen
from movelaws.synthetic import helsinki_dynpop
from movelaws.synthetic.lagrangian_days import PARAMETERS, planted_shares
from tests.unit.synthetic_worlds import contents

FILES, DAYS = helsinki_dynpop.FILES, helsinki_dynpop.DAYS
HOURS = [f"H{hour}" for hour in range(24)]
SMALL = {"side": 6, "fine": 3}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("helsinki")
    return folder, synthetic.write("helsinki_dynpop", folder, 1, SMALL)


@pytest.fixture(scope="module")
def default(tmp_path_factory):
    """Populations of the blocks that the adapter finds in the default world."""
    folder = tmp_path_factory.mktemp("default")
    truth = synthetic.write("helsinki_dynpop", folder, 1, {})
    files = {role: folder / name for role, name in FILES.items()}
    lattice = adapters.read("helsinki_dynpop", files, truth["adapter_options"])
    return truth, lattice, coarsen.case(lattice, side=10, population=10_000.0)


def test_a_seed_makes_the_same_bytes_and_another_seed_other_ones(made, tmp_path):
    folder, truth = made
    assert synthetic.write("helsinki_dynpop", tmp_path / "again", 1, SMALL) == truth
    assert contents(tmp_path / "again") == contents(folder)
    synthetic.write("helsinki_dynpop", tmp_path / "other", 2, SMALL)
    other = contents(tmp_path / "other")
    assert all(other[name] != data for name, data in contents(folder).items())


def test_tables_look_like_the_published_ones(made):
    folder, truth = made
    places = (folder / FILES["cells"]).read_text().splitlines()
    assert places[0] == "YKR_ID,x_EPSG3067,y_EPSG3067,lon,lat"
    assert len(places) == truth["cells"] + 1
    for day in DAYS:
        header, *lines = (folder / FILES[day]).read_text().splitlines()
        assert header == ",".join(["YKR_ID", *HOURS])
        for line in lines:
            number, *values = line.split(",")
            assert len(number) == 7 and len(values) == 24
            assert all(len(value.split(".")[1]) == 5 for value in values)
        table = pd.read_csv(folder / FILES[day])
        assert table["YKR_ID"].is_monotonic_increasing and table["YKR_ID"].is_unique
        np.testing.assert_allclose(table[HOURS].sum(), 100, atol=0.03)


def test_a_cell_without_people_is_missing_on_saturday_only(made):
    folder, truth = made
    ids = {day: set(pd.read_csv(folder / FILES[day])["YKR_ID"]) for day in DAYS}
    assert ids["workdays"] == ids["sunday"]
    assert ids["workdays"] - ids["saturday"] == {truth["missing_on_saturday"]}
    table = pd.read_csv(folder / FILES["workdays"]).set_index("YKR_ID")
    assert (table == 0).all(axis=1).sum() == truth["cells_always_empty"] > 0


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("size", [{"side": 4, "fine": 2}, {"side": 5, "fine": 4}])
def test_the_grid_is_no_rectangle_but_reaches_all_sides(size, seed, tmp_path):
    truth = synthetic.write("helsinki_dynpop", tmp_path, seed, size)
    places, edge = pd.read_csv(tmp_path / FILES["cells"]), size["side"] * size["fine"]
    assert len(places) < edge**2
    for axis in ("x_EPSG3067", "y_EPSG3067"):
        assert np.ptp(places[axis]) == 250 * (edge - 1)
        assert (places[axis] % 250 == 125).all()
    files = {role: tmp_path / name for role, name in FILES.items()}
    lattice = adapters.read("helsinki_dynpop", files, {})
    populations = coarsen.case(lattice, side=size["side"], population=1.0)
    assert (populations.population > 0).all()
    assert truth["cells_always_empty"] >= 1


def test_the_blocks_follow_the_planted_days(default):
    truth, lattice, populations = default
    assert truth["cells"] == lattice.mask.sum() < 1600
    assert list(populations.days) == truth["days"] == list(DAYS)
    for day in DAYS:
        found = populations.day(day) / 10_000
        np.testing.assert_allclose(found, planted_shares(truth, day), rtol=0.01)


def test_one_step_regression_finds_the_planted_numbers(default):
    truth, _, populations = default
    for day in DAYS:
        q = np.log(populations.day(day))
        away, v = q - q[-1], 23 * np.diff(q, axis=0)
        columns = [v[:-1], neighbours(v[:-1]), away[1:-1], neighbours(away[1:-1])]
        design = np.stack(columns, axis=-1).reshape(-1, 4)
        found = -np.linalg.lstsq(design, 23 * np.diff(v, axis=0).ravel(), rcond=None)[0]
        planted = np.array([truth[name] for name in PARAMETERS])
        np.testing.assert_allclose(found[[0, 2]], planted[[0, 2]], rtol=0.05)
        np.testing.assert_allclose(found[[1, 3]], planted[[1, 3]], rtol=0.35)


def neighbours(values):
    wide = np.pad(values, ((0, 0), (1, 1), (1, 1)))
    return wide[:, 2:, 1:-1] + wide[:, :-2, 1:-1] + wide[:, 1:-1, 2:] + wide[:, 1:-1, :-2]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"side": 2}, "side = 2: must be a whole number from 4 to 50"),
        ({"fine": 1}, "fine = 1: must be a whole number from 2 to 20"),
        ({"level": 3}, "level = 3: must be a number from 0.01 to 2"),
        ({"lambda_self": 900}, "take a lower level or lambda_self"),
        ({"gamma": 3}, "option 'gamma' is unknown; did you mean 'gamma_"),
    ],
)
def test_bad_options_are_named(options, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        synthetic.write("helsinki_dynpop", tmp_path / "none", 1, options)
    assert not (tmp_path / "none").exists()
