"""YJMob100K: users stay in their last cell; the raster is that of a plain loop, in any order."""

import gzip

import numpy as np
import pandas as pd
import pytest

from movelaws.lattices import adapters
from movelaws.lattices.adapters import _stream

COLUMNS = ["uid", "d", "t", "x", "y"]


def records(users=40, days=3, cells=20, seed=4):
    rng = np.random.default_rng(seed)
    rows = [
        (uid, d, t, *rng.integers(1, cells + 1, 2))
        for uid in range(0, 7 * users, 7)
        for d in range(days)
        for t in sorted(rng.choice(48, rng.integers(0, 9), replace=False))
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def write(path, table):
    table.to_csv(path, index=False)
    return {"records": path}


def read(files, **options):
    return adapters.read("yjmob100k", files, {"cells": 20} | options)


def by_hand(table, day, cells=20, yesterday=False):
    """Users in each cell and slot, one user after the other.

    Before he is first seen a user is where he was last the day before, if ``yesterday`` counts and
    he was seen then, and where he will be otherwise.
    """
    counted = np.zeros((48, cells, cells))
    for user, seen in table[table["d"] == day].groupby("uid"):
        seen = seen.sort_values("t")
        eve = table[(table["uid"] == user) & (table["d"] == day - 1)].sort_values("t")
        first = eve.iloc[-1] if yesterday and len(eve) else seen.iloc[0]
        for slot in range(48):
            before = seen[seen["t"] <= slot]
            at = before.iloc[-1] if len(before) else first
            counted[slot, at["y"] - 1, at["x"] - 1] += 1
    return counted


@pytest.fixture
def table():
    return records()


def test_users_stay_where_they_were_seen_last(table, tmp_path):
    made = read(write(tmp_path / "y.csv", table), days=[2, 0])
    assert made.days == ["0", "2"] and made.slots == 48 and made.unit == "users"
    np.testing.assert_array_equal(made.population[:48], by_hand(table, 0))
    np.testing.assert_array_equal(made.population[48:], by_hand(table, 2))
    # everybody seen on a day is somewhere in each slot of it
    users = table[table["d"] == 2]["uid"].nunique()
    assert set(made.population[48:].sum(axis=(1, 2))) == {users}


def test_all_days_are_found(table, tmp_path):
    files = write(tmp_path / "y.csv", table)
    made = read(files)
    assert made.days == ["0", "1", "2"]
    np.testing.assert_array_equal(made.population, read(files, days=[0, 1, 2]).population)


def test_without_carrying_users_count_when_they_are_seen(table, tmp_path):
    made = read(write(tmp_path / "y.csv", table), days=[1], carry="none")
    seen = table[table["d"] == 1]
    assert made.population.sum() == len(seen)
    np.testing.assert_array_equal(
        made.population.sum(axis=(1, 2)), np.bincount(seen["t"], minlength=48)
    )


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("sorted_file", [True, False])
def test_users_begin_a_day_where_the_day_before_left_them(seed, sorted_file, tmp_path):
    table = records(days=5, seed=seed)
    rows = table if sorted_file else table.sample(frac=1, random_state=seed)
    made = read(write(tmp_path / "y.csv", rows), days=[4, 0, 2], carry="over_midnight")
    # days 1 and 3 are not wanted, but the file has them
    for n, day in enumerate((0, 2, 4)):
        found = made.population[48 * n : 48 * (n + 1)]
        np.testing.assert_array_equal(found, by_hand(table, day, yesterday=True))
        assert set(found.sum(axis=(1, 2))) == {table[table["d"] == day]["uid"].nunique()}


def test_what_came_over_midnight_and_what_was_filled_back_are_counted(tmp_path):
    table = records(days=5)
    seen = table[table["d"].isin([0, 2, 4])].groupby(["uid", "d"])["t"].min().reset_index()
    late = seen[seen["t"] > 0]
    eves = {*zip(table["uid"], table["d"], strict=True)}
    known = sum((uid, d - 1) in eves for uid, d in zip(late["uid"], late["d"], strict=True))
    assert 0 < known < len(late) < len(seen)
    for carry, counts in {
        "over_midnight": (known, len(late) - known),
        "day": (0, len(late)),
    }.items():
        for name, rows in {"a": table, "b": table.sample(frac=1, random_state=1)}.items():
            files = write(tmp_path / f"{name}.csv", rows)
            notes = read(files, days=[0, 2, 4], carry=carry).notes
            said = [notes[key] for key in notes if key.startswith("user-days that begin")]
            assert (*said, notes["user-days"]) == (*counts, len(seen))
    assert "user-days" not in read(files, days=[0, 2, 4], carry="none").notes


def test_from_their_first_record_on_users_are_where_they_were_without_the_day_before(tmp_path):
    table = records(days=3)
    day, over = (
        read(write(tmp_path / "y.csv", table), days=[0, 1, 2], carry=carry).population
        for carry in ("day", "over_midnight")
    )
    np.testing.assert_array_equal(over[:48], day[:48])  # nobody was seen before the first day
    assert (over[48:] != day[48:]).any()
    # alone, each user is in the same cell from the slot on in which he is first seen
    for user in table["uid"].unique()[:8]:
        own = table[(table["uid"] == user) & (table["d"] < 2)]
        if own["d"].nunique() < 2:
            continue
        first = own[own["d"] == 1]["t"].min()
        files = write(tmp_path / "one.csv", own)
        one, other = (
            read(files, days=[1], carry=carry).population for carry in ("day", "over_midnight")
        )
        np.testing.assert_array_equal(other[first:], one[first:])
        eve = own[own["d"] == 0].iloc[-1]
        assert (other[:first, eve["y"] - 1, eve["x"] - 1] == 1).all()


def test_only_the_calendar_day_before_counts(tmp_path):
    rows = [(1, 0, 40, 3, 3), (1, 2, 10, 7, 8), (2, 1, 5, 4, 4), (2, 2, 10, 9, 9), (3, 2, 0, 1, 1)]
    made = read(
        write(tmp_path / "y.csv", pd.DataFrame(rows, columns=COLUMNS)),
        days=[0, 2],
        carry="over_midnight",
    )
    first = made.population[48]
    assert [*zip(*np.nonzero(first), strict=True)] == [(0, 0), (3, 3), (7, 6)]
    begun = [made.notes[key] for key in made.notes if key.startswith("user-days that begin")]
    assert begun == [1, 2]  # user 2; user 1 on both days, not seen on day 1; user 3 needs neither


def test_a_slot_with_two_records_ends_a_day_in_the_same_cell_in_any_order(tmp_path):
    rows = [(1, 0, 40, 2, 9), (1, 0, 40, 9, 2), (1, 1, 20, 5, 5), (2, 0, 1, 1, 1)]
    table = pd.DataFrame(rows, columns=COLUMNS)
    for axes in ("as_numbered", "x_north"):
        for order in ([0, 1, 2, 3], [1, 0, 2, 3], [3, 2, 1, 0]):
            files = write(tmp_path / "y.csv", table.iloc[order])
            made = read(files, days=[1], carry="over_midnight", axes=axes)
            # the highest cell, counted along the axes
            assert np.argwhere(made.population[0]).tolist() == [[8, 1]]
            # the day with both is not in the raster
            assert made.notes["records of a user in a slot that has another one left out"] == 0


def test_the_order_of_the_rows_does_not_matter(table, tmp_path):
    again = table.iloc[[3]].assign(x=20, y=20)  # the same user and slot, elsewhere
    table = pd.concat([table, again, again.assign(x=1)])
    in_order = table.sort_values(["uid", "d", "t"], kind="stable")
    first = read(write(tmp_path / "a.csv", in_order), days=[0, 1, 2])
    mixed = table.sample(frac=1, random_state=1)
    second = read(write(tmp_path / "b.csv", mixed), days=[0, 1, 2])
    np.testing.assert_array_equal(first.population, second.population)
    why = "records were not in order of user, day and slot"
    assert why not in first.notes and second.notes[why] == "sorted day by day on disk"
    same = "records of a user in a slot that has another one left out"
    assert first.notes[same] == second.notes[same] == 2
    assert first.population[int(again["d"].iloc[0]) * 48 + int(again["t"].iloc[0]), 19, 19] >= 1


def test_users_may_be_named_by_hashes(table, tmp_path):
    whole = read(write(tmp_path / "a.csv", table), days=[0, 1])
    hashed = table.assign(uid=2**63 - 1 - table["uid"])
    mixed = read(write(tmp_path / "b.csv", hashed.sample(frac=1, random_state=4)), days=[0, 1])
    np.testing.assert_array_equal(mixed.population, whole.population)
    assert mixed.notes["records without user, day or slot left out"] == 0


def test_a_raster_that_no_memory_holds_is_refused_before_it_is_made(table, tmp_path):
    with pytest.raises(ValueError, match=r"cells=5000: 5,000 x 5,000 cells in 48 slots of 1 days"):
        read(write(tmp_path / "a.csv", table), days=[0], cells=5000)


@pytest.mark.parametrize("carry", ["day", "over_midnight"])
def test_order_is_found_across_batches(carry, table, tmp_path, monkeypatch):
    asked = {"days": [0, 2], "carry": carry}
    whole = read(write(tmp_path / "a.csv", table), **asked)
    monkeypatch.setattr(_stream, "_BLOCK", 300)
    small = read(write(tmp_path / "a.csv", table), **asked)
    np.testing.assert_array_equal(small.population, whole.population)
    mixed = table.sample(frac=1, random_state=2)
    other = read(write(tmp_path / "b.csv", mixed), **asked)
    np.testing.assert_array_equal(other.population, whole.population)


def test_other_columns_and_compression_make_no_difference(table, tmp_path):
    plain = read(write(tmp_path / "a.csv", table), days=[0])
    sample = table.assign(combined_xy=0)[["combined_xy", "y", "x", "t", "d", "uid"]]
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(sample.to_csv(index=False).encode()))
    packed = read({"records": tmp_path / "b.csv.gz"}, days=[0])
    np.testing.assert_array_equal(packed.population, plain.population)


def test_the_axes_can_be_swapped(table, tmp_path):
    files = write(tmp_path / "a.csv", table)
    plain, turned = (read(files, days=[0], axes=axes) for axes in ("as_numbered", "x_north"))
    np.testing.assert_array_equal(turned.population, plain.population.transpose(0, 2, 1))
    assert plain.x[0] == 250 and plain.y[-1] == 9750 and plain.crs == ""


def test_records_off_the_grid_are_left_out_and_counted(table, tmp_path):
    clean = read(write(tmp_path / "a.csv", table), days=[0, 1, 2])
    dirty = pd.concat(
        [
            table,
            table.iloc[[1]].assign(x=21),
            table.iloc[[2]].assign(y=0),
            table.iloc[[2]].assign(t=48),
            table.iloc[[2]].assign(uid=-1),
        ]
    )
    made = read(write(tmp_path / "b.csv", dirty), days=[0, 1, 2], max_unusable=0.05)
    np.testing.assert_array_equal(made.population, clean.population)
    assert made.notes["records outside the grid left out"] == 2
    assert made.notes["records without user, day or slot left out"] == 2
    with pytest.raises(ValueError, match=r"b\.csv: 2 of .* records have x or y outside 1 to 20"):
        read({"records": tmp_path / "b.csv"}, days=[0], max_unusable=0.0)


def test_a_missing_cell_counts_as_unusable(table, tmp_path):
    text = table.to_csv(index=False).split("\n")
    text[2] = ",".join([*text[2].split(",")[:4], ""])
    (tmp_path / "a.csv").write_text("\n".join(text))
    made = read({"records": tmp_path / "a.csv"}, days=[0], max_unusable=0.1)
    assert made.notes["records outside the grid left out"] == 1


def test_the_raster_is_compared_with_the_published_activity(table, tmp_path):
    files = write(tmp_path / "a.csv", table)
    counts = table.groupby(["x", "y"]).size().reset_index(name="count")
    counts.to_csv(tmp_path / "activity.csv", index=False)
    given = files | {"activity": tmp_path / "activity.csv"}
    for axes in ("as_numbered", "x_north"):
        notes = read(given, carry="none", axes=axes).notes
        assert notes["correlation of the raster with them"] == 1.0
        assert notes["rank correlation of the raster with them"] == 1.0
    assert read(given).notes["correlation of the raster with them"] < 0.95


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("uid,d,t,x,y\n", "no rows|header"),
        ("uid;d;t;x;y\n1;0;0;1;1\n", "no column 'uid'.*by a semicolon .*save it with commas$"),
        ("usér,d,t,x,y\n1,0,0,1,1\n".encode("latin-1"), "not UTF-8: save the file as UTF-8$"),
        ("uid,d,t,x\n1,0,0,1\n", "no column 'y'"),
        ("uid,d,t,x,x,y\n1,0,0,1,1,1\n", "'x' occurs twice"),
        ("uid,d,t,x,y\n1,0,0,a,1\n", "column 'x': invalid value 'a': give a whole number"),
        ("uid,d,t,y,x\n1,0,0,2.5,1\n", "column 'y': invalid value '2.5': give a whole number"),
        (f"uid,d,t,x,y\n{10**19},0,0,2,1\n", "'uid': invalid value '1(0*)': give a .*below 2.63"),
        ("uid,d,t,x,y\n1,0,0,1,1\n1,0,1,1\n", "Expected 5 columns, got 4"),
        ("uid,d,t,x,y\n1,0,0,1,1\n", r"nobody was seen on day 3 \(1 such days\)"),
    ],
)
def test_files_that_cannot_be_read_are_named(text, said, tmp_path):
    path = tmp_path / "broken.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ValueError, match=rf"broken\.csv.*({said})"):
        read({"records": path}, days=[3] if said.startswith("nobody") else [0])


@pytest.mark.parametrize(
    "options", [{"days": []}, {"days": [0, 0]}, {"days": [-1]}, {"carry": "week"}, {"cells": 0}]
)
def test_options_are_checked_before_anything_is_read(options):
    with pytest.raises(ValueError, match=rf"option '{next(iter(options))}'"):
        adapters.check_request("yjmob100k", ["records"], options)
