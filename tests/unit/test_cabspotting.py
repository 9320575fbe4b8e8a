"""Traces of taxis: how archives are read, and what counts as a trip."""

import io
import tarfile

import numpy as np
import pandas as pd
import pytest

from movelaws import cabspotting
from movelaws.archives import ArchiveError
from movelaws.cabspotting import Cab, TripRules, all_trips, cabs, local_time, trips

START = 1_211_018_400  # 2008-05-17 03:00:00 in San Francisco


def line(minute, occupied, latitude=37.75, longitude=-122.42):
    return f"{latitude} {longitude} {occupied} {START + round(60 * minute)}\n"


def trace(states, step=0.01, minutes=None):
    """A cab that drives north by ``step`` degrees a minute."""
    minutes = range(len(states)) if minutes is None else minutes
    return "".join(
        line(minute, int(state), f"{37.7 + step * number:.5f}")
        for number, (minute, state) in enumerate(zip(minutes, states, strict=True))
    )


def archive(path, files, mode="w:gz"):
    with tarfile.open(path, mode) as packed:
        for name, text in files.items():
            content = text.encode("latin-1") if isinstance(text, str) else text
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            packed.addfile(entry, io.BytesIO(content))
    return path


def one(tmp_path, text, **options):
    (cab,) = cabs(archive(tmp_path / "a.tar.gz", {"d/new_abc.txt": text}), **options)
    return cab


def cab_of(states, **kwargs):
    rows = [text.split() for text in trace(states, **kwargs).splitlines()]
    columns = np.array(rows, dtype=float).T
    names = ("latitude", "longitude", "occupied", "time")
    points = pd.DataFrame(dict(zip(names, columns, strict=True)))
    return Cab("abc", points.astype({"occupied": bool, "time": np.int64}))


@pytest.mark.parametrize(("mode", "name"), [("w:gz", "a.tar.gz"), ("w:xz", "a.tar.xz")])
def test_every_cab_is_read_and_nothing_else(tmp_path, mode, name):
    files = {
        "data/README.md": "text",
        "data/_cabs.txt": "<cab id='one'/>",
        "data/new_one.txt": trace("0110"),
        "data/._new_two.txt": "resource fork",
        "data/new_two.txt": trace("01").replace("\n", "\r\n"),
        "data/new_empty.txt": "",
    }
    found = {cab.name: cab for cab in cabs(archive(tmp_path / name, files, mode))}
    assert [*found] == ["one", "two", "empty"]
    assert [len(cab.points) for cab in found.values()] == [4, 2, 0]
    points = found["one"].points
    assert [*points.columns] == ["latitude", "longitude", "occupied", "time"]
    assert points["occupied"].tolist() == [False, True, True, False]
    assert points["latitude"].tolist() == [37.7, 37.71, 37.72, 37.73]
    assert points["time"].tolist() == [START, START + 60, START + 120, START + 180]
    assert points.dtypes.tolist() == found["empty"].points.dtypes.tolist()
    assert found["one"].malformed == found["one"].repeated == 0


def test_a_trace_forwards_backwards_or_shuffled_is_the_same(tmp_path):
    lines = trace("00110101").splitlines(keepends=True)
    shuffled = [lines[i] for i in np.random.default_rng(1).permutation(len(lines))]
    expected = one(tmp_path, "".join(lines)).points
    for text in (lines[::-1], shuffled):
        pd.testing.assert_frame_equal(one(tmp_path, "".join(text)).points, expected)


@pytest.mark.parametrize("backwards", [False, True])
def test_of_two_points_at_one_time_the_earlier_line_stays(tmp_path, backwards):
    lines = [line(0, 0), line(1, 0, 37.1), line(1, 1, 37.2), line(2, 1), line(3, 0)]
    cab = one(tmp_path, "".join(lines[::-1] if backwards else lines))
    assert cab.repeated == 1
    assert cab.points["latitude"].tolist() == [37.75, 37.1, 37.75, 37.75]


BAD = [
    "37.7 -122.4 0\n",
    "37.7 -122.4 0 1211018400 9\n",
    "37.7 -122.4 0 1211018400 9 9 9\n",
    "north -122.4 0 1211018400\n",
    "nan -122.4 0 1211018400\n",
    "91 -122.4 0 1211018400\n",
    "37.7 -181 0 1211018400\n",
    "37.7 -122.4 2 1211018400\n",
    "37.7 -122.4 0.5 1211018400\n",
    "37.7 -122.4 0 1211018400.5\n",
    "37.7 -122.4 0 -5\n",
    "37.7 -122.4 0 1e15\n",
    "37.7 -122.4 0 inf\n",
    '"37.7 -122.4 0 1211018400"\n',
    "\xff\xfe\x00\n",
]


@pytest.mark.parametrize("bad", BAD)
def test_a_malformed_line_is_counted_or_refused(tmp_path, bad):
    text = line(0, 0) + "\n" + bad + "  \n" + line(1, 1) + line(2, 0)
    cab = one(tmp_path, text, max_malformed=0.25)
    assert (cab.malformed, len(cab.points)) == (1, 3)
    with pytest.raises(ValueError, match=r"a.tar.gz: 'd/new_abc.txt', line 3: .*1 of 4 lines"):
        one(tmp_path, text, max_malformed=0.2)


def test_blank_lines_are_no_lines(tmp_path):
    cab = one(tmp_path, "\n" + line(0, 0) + "\n \n" + line(1, 1) + "\n\n", max_malformed=0)
    assert (cab.malformed, len(cab.points)) == (0, 2)


@pytest.mark.parametrize("share", [-0.1, 1, float("nan")])
def test_the_share_of_malformed_lines_is_checked(tmp_path, share):
    with pytest.raises(ValueError, match="max_malformed"):
        one(tmp_path, line(0, 0), max_malformed=share)


def test_bad_archives_are_refused(tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError, match=r"none.tar.gz: there is no such file"):
        next(cabs(tmp_path / "none.tar.gz"))
    (tmp_path / "text").write_text("no archive")
    with pytest.raises(ArchiveError, match="damaged or not an archive"):
        next(cabs(tmp_path / "text"))
    path = archive(tmp_path / "a.tar.xz", {"../new_a.txt": line(0, 0)}, "w:xz")
    with pytest.raises(ArchiveError, match="outside the archive"):
        next(cabs(path))
    with pytest.raises(ValueError, match=r"no file new_<cab>.txt"):
        next(cabs(archive(path, {"readme.txt": ""}, "w:xz")))
    with pytest.raises(ValueError, match=r"cab 'a' has a second file 'e/new_a\.txt'"):
        [*cabs(archive(path, dict.fromkeys(["d/new_a.txt", "e/new_a.txt"], line(0, 0)), "w:xz"))]
    whole = archive(path, {"new_a.txt": trace("01" * 5000)}, "w:xz").read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ArchiveError, match="damaged"):
        [*cabs(path)]
    monkeypatch.setattr(cabspotting, "CAB_BYTES", 100)
    with pytest.raises(ValueError, match=r"'new_a\.txt' has more than 100 bytes"):
        [*cabs(archive(path, {"new_a.txt": trace("01" * 5)}, "w:xz"))]
    monkeypatch.setattr(cabspotting, "LIMITS", cabspotting.archives.Limits(members=2))
    with pytest.raises(ArchiveError, match="more than 2 members"):
        [*cabs(archive(path, {f"new_{i}.txt": line(0, 0) for i in "abc"}, "w:xz"))]


def test_a_trip_runs_from_the_first_to_the_last_point_with_a_fare():
    table, dropped = trips(cab_of("0111001100"), TripRules())
    assert ((table["pickup_time"] - START) / 60).tolist() == [1, 6]
    assert ((table["dropoff_time"] - START) / 60).tolist() == [3, 7]
    assert table["pickup_latitude"].tolist() == pytest.approx([37.71, 37.76])
    assert table["dropoff_latitude"].tolist() == pytest.approx([37.73, 37.77])
    assert set(table["pickup_longitude"]) == set(table["dropoff_longitude"]) == {-122.42}
    assert sum(dropped.values()) == 0


def test_a_drop_off_may_be_the_first_vacant_point():
    table, _ = trips(cab_of("0111001100"), TripRules("first_vacant"))
    assert ((table["dropoff_time"] - START) / 60).tolist() == [4, 8]
    assert table["dropoff_latitude"].tolist() == pytest.approx([37.74, 37.78])


@pytest.mark.parametrize("states", ["1110", "0111", "1", "11111"])
def test_a_run_at_the_end_of_a_trace_is_no_trip(states):
    table, dropped = trips(cab_of(states), TripRules())
    assert len(table) == 0
    assert dropped["runs at the end of a trace"] == 1


@pytest.mark.parametrize("states", ["", "0", "0000"])
def test_a_cab_without_fares_has_no_trips(states):
    points = cab_of(states or "0").points[: len(states)]
    table, dropped = trips(Cab("abc", points), TripRules())
    assert len(table) == 0
    assert sum(dropped.values()) == 0
    assert [*table.columns] == [
        f"{end}_{what}"
        for end in ("pickup", "dropoff")
        for what in ("longitude", "latitude", "time")
    ]


@pytest.mark.parametrize(("gap_at", "n"), [(0, 1), (1, 0), (2, 0), (3, 0), (4, 1)])
def test_a_gap_in_or_beside_a_run_cuts_it(gap_at, n):
    minutes = [minute + (20 if minute > gap_at else 0) for minute in range(6)]
    cab = cab_of("001100", minutes=minutes)
    table, dropped = trips(cab, TripRules(max_gap_minutes=20))
    assert len(table) == n
    assert dropped["runs with a gap over 20 min"] == 1 - n
    assert len(trips(cab, TripRules(max_gap_minutes=21))[0]) == 1


def test_implausible_runs_are_counted_by_their_first_reason():
    cab = cab_of("0100" + "011110" + "01" * 2 + "0", step=0.05)
    table, dropped = trips(cab, TripRules(min_minutes=1, max_minutes=2, max_kmh=1e6))
    assert len(table) == 0
    assert dropped["runs under 1 min"] == 3
    assert dropped["runs over 2 min"] == 1
    # 0.05 degrees of latitude a minute are 333.6 km/h
    table, dropped = trips(cab, TripRules(max_kmh=333))
    assert (len(table), dropped["runs over 333 km/h"]) == (0, 1)
    assert len(trips(cab, TripRules(max_kmh=334))[0]) == 1
    assert len(trips(cab, TripRules(min_minutes=0, max_kmh=334))[0]) == 4


def test_runs_agree_with_a_walk_through_the_points():
    rng = np.random.default_rng(7)
    minutes = np.cumsum(rng.choice([1, 1, 1, 4, 15], 500))
    states = "".join(rng.choice(["0", "1"], 500))
    rules = TripRules(max_gap_minutes=5, min_minutes=2, max_minutes=20, max_kmh=1e6)
    expected, run = [], []
    for at in range(1, 500):
        if states[at] == "1" and (states[at - 1] == "0" or run):
            run.append(at)
        elif states[at] == "0" and run:
            span = minutes[run[0] - 1 : run[-1] + 2]
            length = minutes[run[-1]] - minutes[run[0]]
            if np.diff(span).max() <= 5 and 2 <= length <= 20:
                expected.append((minutes[run[0]], minutes[run[-1]]))
            run = []
    cab = cab_of(states, step=0.0001, minutes=minutes)
    table, dropped = trips(cab, rules)
    found = (table[["pickup_time", "dropoff_time"]] - START) // 60
    assert [*found.itertuples(index=False, name=None)] == expected
    assert len(expected) > 10
    n_runs = sum(part != "" for part in states.split("0"))
    assert len(table) + sum(dropped.values()) == n_runs


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"drop_off": "last"}, "drop_off='last'"),
        ({"max_gap_minutes": 0}, "max_gap_minutes=0"),
        ({"max_minutes": float("inf")}, "max_minutes=inf"),
        ({"max_kmh": float("nan")}, "max_kmh=nan"),
        ({"min_minutes": -1}, "min_minutes=-1"),
        ({"min_minutes": 9, "max_minutes": 9}, "min_minutes=9"),
    ],
)
def test_rules_that_make_no_sense_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        TripRules(**options)


def test_the_trips_of_all_cabs_with_what_was_left_out(tmp_path):
    files = {
        "new_b.txt": trace("01101100"),
        "new_none.txt": "",
        "new_a.txt": trace("0110") + line(3, 0) + line(4, 1),
    }
    table, notes = all_trips(archive(tmp_path / "a.tar.gz", files), TripRules())
    assert table["cab"].tolist() == ["b", "b", "a"]
    assert table.index.tolist() == [0, 1, 2]
    assert notes["cabs"] == 3
    assert notes["points"] == 13
    assert notes["points at a repeated time left out"] == 1
    assert notes["runs at the end of a trace"] == 1
    assert notes["first point"] == "2008-05-17 03:00:00 PDT"
    assert notes["last point"] == "2008-05-17 03:07:00 PDT"


def test_an_archive_without_points_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"a.tar.gz: no cab has a point"):
        all_trips(archive(tmp_path / "a.tar.gz", {"new_a.txt": ""}), TripRules())


def test_local_time_knows_the_summer():
    assert local_time(START + 180 * 86400) == "2008-11-13 02:00:00 PST"
