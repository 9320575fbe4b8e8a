"""Synthetic users of YJMob100K: the published format, and the planted days in it."""

import gzip

import numpy as np
import pandas as pd
import pytest

from movelaws import synthetic
from movelaws.lattices import adapters, coarsen
from movelaws.synthetic import agents, yjmob100k
from movelaws.synthetic.lagrangian_days import planted_shares
from tests.unit.synthetic_worlds import contents

SMALL = {"users": 600, "days": 3, "side": 5}
RECORDS, ACTIVITY = yjmob100k.FILES["records"], yjmob100k.FILES["activity"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("yjmob100k")
    return folder, synthetic.write("yjmob100k", folder, 1, SMALL)


def carried(folder, days, side):
    """(days, 48, side, side) users, each where last seen and before that where first seen."""
    table = pd.read_csv(folder / RECORDS)
    fine = 200 // side
    table["block"] = (table["y"] - 1) // fine * side + (table["x"] - 1) // fine
    wide = table.pivot(index=["d", "uid"], columns="t", values="block").reindex(columns=range(48))
    wide = wide.ffill(axis=1).bfill(axis=1).astype(int)
    found = np.zeros((days, 48, side * side), dtype=int)
    for day, rows in wide.groupby(level="d"):
        for slot in range(48):
            found[day, slot] = np.bincount(rows[slot], minlength=side * side)
    return found.reshape(days, 48, side, side)


def test_a_seed_makes_the_same_bytes_and_another_seed_other_ones(made, tmp_path):
    folder, truth = made
    assert synthetic.write("yjmob100k", tmp_path / "again", 1, SMALL) == truth
    assert contents(tmp_path / "again") == contents(folder)
    synthetic.write("yjmob100k", tmp_path / "other", 2, SMALL)
    other = contents(tmp_path / "other")
    assert all(other[name] != data for name, data in contents(folder).items())


def test_records_look_like_the_published_ones(made):
    folder, truth = made
    lines = (folder / RECORDS).read_bytes().split(b"\n")
    assert lines[0] == b"uid,d,t,x,y" and lines[-1] == b""
    assert all(line.count(b",") == 4 and b'"' not in line for line in lines[1:-1])
    table = pd.read_csv(folder / RECORDS)
    assert len(table) == truth["rows"]
    assert table[["x", "y"]].ge(1).all(axis=None) and table[["x", "y"]].le(200).all(axis=None)
    assert table["t"].between(0, 47).all()
    assert set(table["uid"]) == set(range(600)) and set(table["d"]) == {0, 1, 2}
    order = (table["uid"] * 3 + table["d"]) * 48 + table["t"]
    assert order.is_monotonic_increasing and order.is_unique
    assert len(table.groupby(["uid", "d"])) == 600 * 3


def test_the_activity_counts_the_records_of_each_cell(made):
    folder, truth = made
    activity = pd.read_csv(folder / ACTIVITY)
    found = pd.read_csv(folder / RECORDS).groupby(["x", "y"]).size().rename("count")
    pd.testing.assert_frame_equal(activity, found.reset_index())
    assert activity["count"].sum() == truth["rows"]


def test_users_are_where_the_planted_days_want_them(made):
    folder, truth = made
    found = carried(folder, 3, 5)
    assert (found.sum(axis=(2, 3)) == 600).all()
    for day in range(3):
        wanted = 600 * planted_shares(truth, str(day))
        assert np.abs(found[day] - wanted).max() < 1.01


def test_the_adapter_finds_the_same_users(made):
    folder, _ = made
    files = {role: folder / name for role, name in synthetic.files_of("yjmob100k", {}).items()}
    lattice = adapters.read("yjmob100k", files, {})
    populations = coarsen.case(lattice, side=5, extent="all")
    np.testing.assert_array_equal(populations.population, carried(folder, 3, 5))


def test_carried_over_midnight_the_planted_users_are_in_the_same_places(made):
    folder, _ = made
    files = {role: folder / name for role, name in synthetic.files_of("yjmob100k", {}).items()}
    day, over = (
        adapters.read("yjmob100k", files, {"carry": carry}) for carry in ("day", "over_midnight")
    )
    np.testing.assert_array_equal(over.population, day.population)


def test_who_stays_in_his_block_stays_in_his_cell(made):
    table = pd.read_csv(made[0] / RECORDS)
    block = (table["x"] - 1) // 40 * 5 + (table["y"] - 1) // 40
    left = table["uid"].eq(table["uid"].shift()) & block.eq(block.shift())
    same = table["x"].eq(table["x"].shift()) & table["y"].eq(table["y"].shift())
    assert same[left].mean() > 0.999  # the others left their block and came back at once


def test_users_made_in_many_parts_are_in_the_same_places(made, tmp_path, monkeypatch):
    monkeypatch.setattr(yjmob100k, "_ROWS_AT_ONCE", 500)
    synthetic.write("yjmob100k", tmp_path, 1, SMALL)
    np.testing.assert_array_equal(carried(tmp_path, 3, 5), carried(made[0], 3, 5))


def test_more_records_tell_the_same(made, tmp_path):
    truth = synthetic.write("yjmob100k", tmp_path, 1, SMALL | {"records": 6.5})
    assert 6 < truth["rows"] / (600 * 3) < 9
    np.testing.assert_array_equal(carried(tmp_path, 3, 5), carried(made[0], 3, 5))


def test_the_compressed_form_holds_the_same_records(made, tmp_path):
    truth = synthetic.write("yjmob100k", tmp_path, 1, SMALL | {"form": "gzip"})
    assert truth == made[1]
    name = synthetic.files_of("yjmob100k", {"form": "gzip"})["records"]
    assert gzip.decompress((tmp_path / name).read_bytes()) == (made[0] / RECORDS).read_bytes()


def test_noise_scatters_the_users_as_a_draw_does(tmp_path):
    truth = synthetic.write("yjmob100k", tmp_path, 1, SMALL | {"noise": "multinomial"})
    found = carried(tmp_path, 3, 5)
    wanted = np.stack([600 * planted_shares(truth, day) for day in truth["days"]])
    assert ((found - wanted) ** 2 / wanted).mean() == pytest.approx(24 / 25, abs=0.1)


def test_days_that_carry_over_midnight_need_no_guess(made):
    """Who is somewhere else at midnight is recorded there, so the last place holds until then."""
    folder, _ = made
    table = pd.read_csv(folder / RECORDS)
    table["block"] = (table["y"] - 1) // 40 * 5 + (table["x"] - 1) // 40
    table["moment"] = table["d"] * 48 + table["t"]
    wide = table.pivot(index="uid", columns="moment", values="block").reindex(columns=range(144))
    wide = wide.ffill(axis=1).bfill(axis=1).astype(int)
    found = np.stack([np.bincount(wide[n], minlength=25) for n in range(144)])
    np.testing.assert_array_equal(found.reshape(3, 48, 5, 5), carried(folder, 3, 5))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"side": 7}, "side = 7: must divide the 200 cells along an edge"),
        ({"side": 100}, "side = 100: must be a whole number from 4 to 50"),
        ({"users": 100}, "users = 100: must be a whole number from 500 to 1000000"),
        ({"days": 76}, "days = 76: must be a whole number from 1 to 75"),
        ({"records": 49}, "records = 49: must be a number from 0 to 48"),
        ({"noise": "white"}, "noise = 'white': choose one of rounding, multinomial"),
        ({"form": "zip"}, "form = 'zip': choose one of plain, gzip"),
        ({"gamma_self": 1.0}, "take a lower level or lambda_self, or a larger gamma_self"),
        ({"user": 1}, "option 'user' is unknown; did you mean 'users'"),
    ],
)
def test_bad_options_are_named(options, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        synthetic.write("yjmob100k", tmp_path / "none", 1, options)
    assert not (tmp_path / "none").exists()


def test_cells_without_people_are_never_seen(made):
    cells = yjmob100k._cells(np.random.default_rng(1), np.full(25, 4000), 5)
    block = cells // 200 // 40 + cells % 200 // 40 * 5
    assert (block == np.repeat(np.arange(25), 4000)).all()
    assert 0.5 < np.unique(cells).size / 40_000 < 0.75


def test_whole_numbers_of_ties_do_not_depend_on_the_sort():
    share = np.full((2, 8), 1 / 8)
    assert agents.whole_numbers(share, 11).tolist() == [[2, 2, 2, 1, 1, 1, 1, 1]] * 2
