"""A lattice of one's own: any order of rows, cells counted once, what cannot be used named."""

import numpy as np
import pandas as pd
import pytest

from movelaws.lattices import adapters, frames


def table(days=("mon", "tue"), slots=3, shape=(2, 4)):
    rng = np.random.default_rng(6)
    rows = [
        (day, slot, 5e5 + 100 * x, 6e6 + 100 * y, round(float(rng.random()), 3) + 1)
        for day in days
        for slot in range(slots)
        for y in range(shape[0])
        for x in range(shape[1])
    ]
    return pd.DataFrame(rows, columns=["day", "slot", "x", "y", "population"])


def read(path, **options):
    return adapters.read("lattice_table", {"table": path}, {"crs": "EPSG:32632"} | options)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "own.csv"
    table().to_csv(path, index=False)
    return path


def test_a_table_becomes_a_lattice(path):
    made = read(path, day="day", slot_minutes=60, unit="phones")
    assert made.days == ["mon", "tue"] and made.shape == (2, 4) and made.cell_m == 100
    assert (made.slots, made.slot_minutes, made.unit, made.extensive) == (3, 60, "phones", True)
    given = table()["population"].to_numpy().reshape(6, 2, 4)
    np.testing.assert_array_equal(made.population, given)
    np.testing.assert_allclose(made.x, 5e5 + 100 * np.arange(4))


def test_rows_in_any_order_and_parquet_give_the_same(path, tmp_path):
    first = read(path, day="day")
    mixed = table().sample(frac=1, random_state=3)
    mixed = pd.concat([mixed[mixed["day"] == day] for day in ("mon", "tue")])
    mixed.to_parquet(tmp_path / "own.parquet")
    second = read(tmp_path / "own.parquet", day="day")
    np.testing.assert_array_equal(first.population, second.population)
    assert second.slot.tolist() == [0, 1, 2, 0, 1, 2]


def test_absent_cells_are_empty_and_counted_and_absent_slots_stay_away(path):
    kept = table()
    corner = (kept["x"] == 5e5) & (kept["y"] == 6e6)
    kept = kept[~corner & ~((kept["slot"] == 1) & (kept["x"] == 5.001e5))]
    kept[kept["slot"] != 0].to_csv(path, index=False)
    made = read(path, day="day", slots=4)
    assert not made.mask[0, 0] and made.mask.sum() == 7
    assert made.notes["cells without a row in a slot taken as empty"] == 4
    assert made.slot.tolist() == [1, 2, 1, 2] and made.slots == 4


def test_cell_numbers_are_metres_by_the_size_of_a_cell(path):
    numbers = table().assign(x=lambda t: (t["x"] - 5e5) / 100, y=lambda t: (t["y"] - 6e6) / 100)
    numbers.to_csv(path, index=False)
    made = read(path, day="day", crs=None, cell_m=500.0, shares=True)
    assert made.crs == "" and made.x.tolist() == [0, 500, 1000, 1500] and not made.extensive
    with pytest.raises(ValueError, match="option cell_m is missing"):
        read(path, day="day", crs=None)


def test_a_canonical_netcdf_file_is_taken_as_it_is(path, tmp_path):
    made = read(path, day="day")
    frames.write(made, tmp_path / "set")
    again = adapters.read("lattice_table", {"table": tmp_path / "set" / "lattice.nc"}, {})
    np.testing.assert_array_equal(again.population, made.population)
    assert again.days == made.days
    (tmp_path / "bad.nc").write_bytes(b"nothing")
    with pytest.raises(ValueError, match=r"bad\.nc: no canonical lattice.*slot_minutes"):
        adapters.read("lattice_table", {"table": tmp_path / "bad.nc"}, {})


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"population": -1.0}, "line 2, column 'population': '-1.0' is the first with a negative"),
        ({"population": np.nan}, "without a finite population"),
        ({"population": "inf"}, "without a finite population"),
        ({"slot": 0.5}, "without a usable slot"),
        ({"slot": -1}, "without a usable slot"),
        ({"x": None}, "without a usable x"),
        ({"day": None}, "without a day"),
    ],
)
def test_rows_that_cannot_be_used_are_named_or_left_out_and_counted(path, row, said):
    rows = table().astype(object)
    for name, value in row.items():
        rows.loc[0, name] = value
    rows.to_csv(path, index=False)
    with pytest.raises(ValueError, match=rf"own\.csv: line 2.*{said}|own\.csv: {said}"):
        read(path, day="day")
    made = read(path, day="day", max_unusable=0.1)
    assert made.population[0, 0, 0] == 0
    assert [v for k, v in made.notes.items() if k.startswith("rows ")] == [1]
    assert made.notes["cells"] == "8 of 8 in their box are filled"


def test_a_cell_twice_in_a_slot_is_refused(path):
    with pytest.raises(ValueError, match=r"line 26 is the second row of one cell in one slot \(24"):
        read(path)  # the days are not named, so the second one repeats the first
    with pytest.raises(ValueError, match="slot 2, but slots=2"):
        read(path, day="day", slots=2)
    with pytest.raises(ValueError, match="no column 'who'"):
        read(path, day="day", population="who")


def test_centres_off_the_grid_are_refused(path):
    rows = table()
    rows.loc[5, "x"] += 30
    rows.to_csv(path, index=False)
    with pytest.raises(ValueError, match="centres must lie on one grid; give its cell_m"):
        read(path, day="day", cell_m=100.0)


def changed(path, **columns):
    table().assign(**columns).to_csv(path, index=False)
    return path


def test_one_row_far_away_does_not_fill_the_memory(path, monkeypatch):
    rows = table()
    rows.loc[0, "x"] += 100 * 5_000
    rows.to_csv(path, index=False)
    with pytest.raises(ValueError, match=r"own\.csv: only 9 of the 2 x 5,001 cells .*is x=1000000"):
        read(path, day="day")
    monkeypatch.setattr(frames, "MOST_VALUES", 50_000)
    said = r"own\.csv: 2 x 5,001 cells of 100 m at 6 moments are 60,012 values, over 50,000.*cell_m"
    with pytest.raises(ValueError, match=said):
        read(path, day="day")
    with pytest.raises(ValueError, match="the centres lie 100 cells of 1 m apart"):
        read(path, day="day", cell_m=1.0)


def test_a_wrong_unit_of_the_centres_is_named(path):
    made = table()
    degrees = {"x": 10 + (made["x"] - 5e5) * 1e-5, "y": 50 + (made["y"] - 6e6) * 1e-5}
    with pytest.raises(ValueError, match=r"x=10, y=50 with centres 0.001 apart look like degrees"):
        read(changed(path, **degrees), day="day")
    with pytest.raises(ValueError, match=r"own\.csv: EPSG:32632 .*are x and y swapped"):
        read(changed(path, x=made["y"], y=made["x"]), day="day")
    changed(path)
    with pytest.raises(ValueError, match=r"the centres lie 2 cells of 50 m apart \(100 m\)"):
        read(path, day="day", cell_m=50.0)
    with pytest.raises(ValueError, match=r"numbers of columns and rows, .* 100 apart: give"):
        read(path, day="day", crs=None, cell_m=100.0)


@pytest.mark.parametrize("ending", [" 00:00:00", "T00:00:00.000", " 00:00"])
def test_days_at_midnight_are_dates(path, ending):
    dates = table()["day"].map({"mon": "2026-05-04", "tue": "2026-05-05"})
    assert read(changed(path, day=dates + ending), day="day").days == ["2026-05-04", "2026-05-05"]
    one = dates.where(dates == "2026-05-04", dates + " 12:00:00")
    assert read(changed(path, day=one), day="day").days == ["2026-05-04", "2026-05-05 12:00:00"]


def test_a_delimiter_is_one_character():
    with pytest.raises(ValueError, match="option 'delimiter' = ',,': give one character"):
        adapters.check_request("lattice_table", ["table"], {"delimiter": ",,"})
