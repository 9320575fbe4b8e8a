"""Taxi trips between cells, from tiny archives and from the published traces."""

import functools

import numpy as np
import pytest
from pyproj import Transformer

from movelaws import adapters, geo, zoning
from movelaws.adapters.sf_taxi import CITY
from movelaws.squares import equal_squares
from tests.unit.raw_files import flows_of, read
from tests.unit.test_cabspotting import START, archive

WEST, SOUTH = -122.45, 37.75
"""A point near the middle of the city's box."""
KM_EAST = 1 / 88.0
"""Degrees of longitude per km there."""
KM_NORTH = 1 / 111.0


@functools.cache
def centre(column, row):
    """Degrees of the centre of a cell some columns and rows from the one that holds the point."""
    box = equal_squares(zoning.Points(*np.array([[WEST], [SOUTH], [1.0]])), 1.0, CITY)
    to_degrees = Transformer.from_crs(box.zones.crs, "EPSG:4326", always_xy=True)
    zone = box.zones.iloc[0]
    return to_degrees.transform(zone["x"] + 1000 * column, zone["y"] + 1000 * row)


def trips_archive(path, trips, cabs=1):
    """Every trip takes ten minutes, five free minutes lie between; cells as (column, row)."""
    lines = [[] for _ in range(cabs)]
    for number, (start, end) in enumerate(trips):
        minute = 25 * number
        for at, occupied, cell in (
            (0, 0, start),
            (5, 1, start),
            (10, 1, end),
            (15, 1, end),
            (20, 0, end),
        ):
            longitude, latitude = centre(*cell)
            lines[number % cabs].append(
                f"{latitude:.6f} {longitude:.6f} {occupied} {START + 60 * (minute + at)}\n"
            )
    files = {f"data/new_cab{i}.txt": "".join(cab[::-1]) for i, cab in enumerate(lines)}
    return {"traces": archive(path, files)}


A, B, C, OUTSIDE = (0, 0), (1, 0), (0, 2), (0, 13)
TRIPS = [(A, B), (A, B), (B, A), (A, A), (OUTSIDE, A), (C, OUTSIDE), (OUTSIDE, OUTSIDE), (B, C)]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return trips_archive(tmp_path_factory.mktemp("taxi") / "taxi.tar.gz", TRIPS, cabs=2)


def test_trips_become_flows_between_square_cells(files):
    canonical = read("sf_taxi", files, max_gap_minutes=20)
    zones = canonical.zones
    assert len(zones) == 3
    a = zones.loc[zones["residential_population"].eq(3), "zone_id"].item()
    column, row = a.split("_")
    b, c = f"{int(column) + 1:02}_{row}", f"{column}_{int(row) + 2:02}"
    assert flows_of(canonical) == {(a, b): 2, (b, a): 1, (b, c): 1}
    zones = zones.set_index("zone_id")
    # one trip within a and one from outside to a count for its population
    assert zones["residential_population"].to_dict() == {a: 3, b: 2, c: 1}
    assert zones["workplace_population"].to_dict() == {a: 3, b: 2, c: 1}
    assert zones["area_km2"].tolist() == [1, 1, 1]
    assert zones.geometry.area.tolist() == pytest.approx([1e6] * 3)
    assert zones.geometry.centroid.x.tolist() == pytest.approx(zones["x"].tolist())
    assert zones.loc[b, "x"] - zones.loc[a, "x"] == pytest.approx(1000)
    assert geo.distance_kind(zones.crs) == "euclidean"


def test_the_notes_say_what_became_of_every_trip(files):
    notes = read("sf_taxi", files, max_gap_minutes=20).notes
    assert notes["unit"] == "trips"
    assert notes["cabs"] == 2
    assert notes["trips"] == len(TRIPS)
    assert notes["trips with both ends in the box"] == 5
    assert notes["trips with one end in the box"] == 2
    assert notes["trips with both ends in a zone"] == 5
    assert notes["trips within a zone dropped"] == 1
    assert notes["first point"] == "2008-05-17 03:00:00 PDT"
    assert notes["last point"] == "2008-05-17 06:15:00 PDT"


def test_cells_with_few_trips_are_left_out_with_their_trips(files):
    canonical = read("sf_taxi", files, max_gap_minutes=20, min_trips=3)
    assert canonical.notes["cells with trips"] == 3
    assert canonical.notes["cells with fewer than 3 pick-ups and drop-offs dropped"] == 1
    assert sorted(canonical.flows["flow"]) == [1, 2]
    # what the cells that stay exchanged with the one that went still counts for them
    assert sorted(canonical.zones["residential_population"]) == [2, 3]


def test_cells_of_half_the_edge(files):
    zones = read("sf_taxi", files, max_gap_minutes=20, cell_km=0.5).zones
    assert zones["area_km2"].tolist() == [0.25] * 3


def test_the_box_decides_what_is_inside(files):
    longitude, latitude = centre(*A)
    box = [
        longitude - KM_EAST / 2,
        latitude - KM_NORTH / 2,
        longitude + 1.5 * KM_EAST,
        latitude + KM_NORTH / 2,
    ]
    canonical = read("sf_taxi", files, max_gap_minutes=20, box=box)
    assert sorted(canonical.flows["flow"]) == [1, 2]
    assert canonical.notes["trips with one end in the box"] == 2


def test_rules_of_trips_reach_the_reader(files):
    with pytest.raises(ValueError, match=r"taxi.tar.gz: none of 0 trips lies within box"):
        read("sf_taxi", files, max_gap_minutes=1)
    notes = read("sf_taxi", files, max_gap_minutes=20, drop_off="first_vacant").notes
    assert notes["drop-off"] == "first vacant"
    with pytest.raises(ValueError, match=r"none of 0 trips"):
        read("sf_taxi", files, max_gap_minutes=20, min_minutes=11)


def test_trips_all_outside_are_refused(tmp_path):
    files = trips_archive(tmp_path / "taxi.tar.gz", [(OUTSIDE, OUTSIDE), (A, OUTSIDE)])
    with pytest.raises(ValueError, match=r"taxi.tar.gz: none of 2 trips lies within box"):
        read("sf_taxi", files)


def test_cells_left_without_any_flow_are_refused(files):
    with pytest.raises(ValueError, match="no zone of the raw files was kept"):
        read("sf_taxi", files, max_gap_minutes=20, min_trips=100)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cell_km": 0}, "cell_km.*> 0"),
        ({"box": [-122.5, 37.7, -122.3]}, r"box.*west, south, east, north"),
        ({"box": [-122.3, 37.7, -122.5, 37.8]}, r"west < east"),
        ({"box": [-122.5, 37.7, -122.3, float("nan")]}, r"box"),
        ({"min_trips": 0}, "min_trips.*>= 1"),
        ({"min_trips": 1.5}, "min_trips.*whole number"),
        ({"drop_off": "last"}, "'last_occupied' or 'first_vacant'"),
        ({"max_malformed": 1}, "max_malformed.*share"),
        ({"max_gap_minutes": -1}, "max_gap_minutes"),
        ({"max_kmh": 0}, "max_kmh"),
        ({"min_minutes": 200}, "min_minutes=200.*below max_minutes"),
        ({"cells": 1}, "'cells' is unknown"),
    ],
)
def test_options_that_make_no_sense_are_refused(files, options, message):
    with pytest.raises(ValueError, match=message):
        read("sf_taxi", files, **options)


def test_a_bad_archive_is_named(tmp_path):
    (tmp_path / "taxi.tar.gz").write_text("no archive")
    with pytest.raises(ValueError, match=r"taxi.tar.gz: damaged or not an archive"):
        read("sf_taxi", {"traces": tmp_path / "taxi.tar.gz"})


def test_the_published_traces(mirror):
    """Points and cabs as documented; the rest holds within what the readings leave open."""
    files = {"traces": mirror / "sf_cabspotting/cabspottingdata.tar.xz"}
    canonical = adapters.read("sf_taxi", files, {"min_trips": 100})
    notes, flow = canonical.notes, canonical.flows["flow"]
    assert notes["points"] == 11_220_058
    assert notes["cabs"] == 537
    assert notes["malformed lines left out"] == notes["points at a repeated time left out"] == 0
    assert notes["first point"] == "2008-05-17 03:00:04 PDT"
    assert notes["last point"] == "2008-06-10 02:25:34 PDT"
    assert notes["trips"] == 425_910
    assert notes["trips with both ends in a zone"] - notes["trips within a zone dropped"] == (
        flow.sum()
    )
    assert 110 <= len(canonical.zones) <= 140
    assert canonical.zones["area_km2"].eq(1).all()
