"""Taxis as a population: a cab is where it was last, in slots of the clocks of San Francisco."""

import io
import tarfile

import numpy as np
import pandas as pd
import pytest

from movelaws.lattices import adapters

MIDNIGHT = 1_211_266_800  # 2008-05-20 00:00 in San Francisco
HERE, THERE, AWAY = (37.75, -122.42), (37.78, -122.40), (37.62, -122.38)


def cab(path):
    """Text of a trace: (minutes after midnight of 20 May, position)."""
    return "".join(f"{lat} {lon} 0 {MIDNIGHT + round(60 * m)}\n" for m, (lat, lon) in path)


def archive(path, **traces):
    with tarfile.open(path, "w:gz") as packed:
        for name, trace in traces.items():
            content = cab(trace).encode()
            entry = tarfile.TarInfo(f"d/new_{name}.txt")
            entry.size = len(content)
            packed.addfile(entry, io.BytesIO(content))
    return {"traces": path}


def read(files, **options):
    return adapters.read("active_cabs", files, options)


@pytest.fixture
def files(tmp_path):
    """One cab seen now and then on 20 May, one that drives on for two days and more."""
    steady = [(m, THERE) for m in range(-20, 2 * 1440 + 100, 10)]
    return archive(
        tmp_path / "cabs.tar.gz",
        steady=steady,
        other=[(5, HERE), (29, THERE), (31, HERE), (100, AWAY), (130, HERE)],
    )


def at(made, moment, where):
    """Cabs in the cell of a position, known by its place on a map of equal distances."""
    from pyproj import Transformer

    x, y = Transformer.from_crs(4326, made.crs, always_xy=True).transform(where[1], where[0])
    row, column = np.argmin(np.abs(made.y - y)), np.argmin(np.abs(made.x - x))
    return made.population[moment, row, column]


def test_a_cab_counts_where_it_was_last_in_the_slot(files):
    made = read(files, days=["2008-05-20"])
    assert made.days == ["2008-05-20"] and made.slots == 48 and made.unit == "active cabs"
    assert made.slot.tolist() == [*range(48)] and made.slot_minutes == 30
    assert at(made, 0, THERE) == 2 and at(made, 0, HERE) == 0  # at minute 29 both are there
    assert at(made, 1, HERE) == 1 and at(made, 2, HERE) == 0  # nothing heard from 60 to 90
    assert at(made, 3, HERE) == 0 and at(made, 4, HERE) == 1  # at minute 100 it was away
    assert made.population.sum() == 48 + 3
    assert made.notes["cab-slots outside the box left out"] == 1
    assert made.notes["cab-slots of the days"] == 48 + 4


def test_an_older_point_may_count_too(files):
    made = read(files, days=["2008-05-20"], max_age_minutes=60)
    # heard of at minute 31, at the end of the next slot 59 minutes ago
    assert [at(made, n, HERE) for n in range(7)] == [0, 1, 1, 0, 1, 1, 0]
    hourly = read(files, days=["2008-05-20"], slot_minutes=60)
    assert hourly.slots == 24 and [at(hourly, n, HERE) for n in range(4)] == [1, 0, 1, 0]


def test_whole_days_are_found_and_days_in_part_give_the_slots_they_have(files):
    assert read(files).days == ["2008-05-20", "2008-05-21"]
    part = read(files, days=["2008-05-22", "2008-05-20"])
    assert part.days == ["2008-05-20", "2008-05-22"]
    assert part.slot[48:].tolist() == [0, 1, 2]  # the last point is of half past one


def test_a_day_without_traces_is_named(files):
    with pytest.raises(ValueError, match=r"cabs\.tar\.gz: the traces do not cover 2008-05-30"):
        read(files, days=["2008-05-30"])


def test_the_lattice_is_the_box_in_whole_cells(files):
    made = read(files, days=["2008-05-20"], cell_m=1000.0)
    assert made.crs == "EPSG:32610" and made.cell_m == 1000
    assert 15 <= made.shape[1] <= 17 and 15 <= made.shape[0] <= 17
    assert np.all((made.x - 500) % 1000 == 0)
    with pytest.raises(ValueError, match=r"EPSG:3067 .*options box and projected_crs"):
        read(files, days=["2008-05-20"], projected_crs="EPSG:3067")
    with pytest.raises(ValueError, match="no cab is within box"):
        read(files, days=["2008-05-20"], box=[-121.0, 37.0, -120.9, 37.1])


def test_clocks_that_change_are_refused(tmp_path):
    change = pd.Timestamp("2008-11-02 09:00", tz="UTC").timestamp()  # 02:00 PDT becomes 01:00
    minutes = [(change - MIDNIGHT) / 60 + hour * 60 for hour in (-30, 30)]
    files = archive(tmp_path / "cabs.tar.gz", one=[(m, HERE) for m in minutes])
    said = "the clocks of America/Los_Angeles change within .*cab one at 2008-10-31.*; cab one at"
    with pytest.raises(ValueError, match=said):
        read(files)


def test_days_that_only_a_stray_time_makes_are_left_out_and_its_cab_is_named(tmp_path):
    steady = [(m, THERE) for m in range(-20, 2 * 1440 + 100, 10)]
    stray = [(5, HERE), (7, HERE), (1440 * 10, HERE)]
    made = read(archive(tmp_path / "cabs.tar.gz", steady=steady, stray=stray))
    assert made.days == ["2008-05-20", "2008-05-21"]
    assert made.notes["cab of the last point"] == "stray"
    assert made.notes["cab of the first point"] == "steady"
    said = "8 (2008-05-22, 2008-05-23, 2008-05-24 ...)"
    assert made.notes["days with almost no cabs left out"] == said


def test_a_lattice_that_no_memory_holds_is_refused_before_it_is_made(files):
    with pytest.raises(ValueError, match=r"cells of 4 m at 96 moments are .* values.*larger cells"):
        read(files, cell_m=4.0)


def test_traces_of_less_than_a_day_need_its_name(tmp_path):
    files = archive(tmp_path / "cabs.tar.gz", one=[(m, HERE) for m in range(0, 200, 10)])
    with pytest.raises(ValueError, match="cover no whole day"):
        read(files)
    made = read(files, days=["2008-05-20"])
    assert made.slot.tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "options",
    [
        {"days": ["20 May"]},
        {"days": ["2008-05-20", "2008-05-20"]},
        {"slot_minutes": 45},
        {"max_age_minutes": 0},
        {"max_age_minutes": 1441},
        {"projected_crs": "EPSG:4326"},
    ],
)
def test_options_are_checked(options):
    with pytest.raises(ValueError, match=rf"option '{next(iter(options))}'"):
        adapters.check_request("active_cabs", ["traces"], options)
