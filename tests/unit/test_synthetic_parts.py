"""Parts that synthetic worlds are made of: draws, maps, itineraries, traces and files."""

import io
import tarfile
import zipfile

import numpy as np
import pandas as pd
import pytest
import shapely

from movelaws import trips
from movelaws.synthetic import files, flows, geography, itineraries, squares, topology, traces


def test_outflows_shrink_until_every_destination_has_room():
    share = np.array([[0, 1, 0], [0.5, 0, 0.5], [0.9, 0.1, 0]])
    room = np.array([100.0, 50.0, 80.0])
    outflow = flows.feasible_outflow(np.array([1000, 20, 30]), share, room)
    assert (outflow @ share <= room).all()
    assert outflow[0] < 50 and (outflow <= [1000, 20, 30]).all()
    enough = flows.feasible_outflow(np.array([10, 20, 30]), share, room)
    assert enough.tolist() == [10, 20, 30]


def test_trips_beyond_the_room_stay_at_home():
    flow = np.array([[0, 30], [5, 0], [10, 40]])
    kept, lost = flows.thinned(np.random.default_rng(0), flow, np.array([15, 20]))
    assert kept.sum(axis=0).tolist() == [15, 20] and lost == 50
    assert (kept <= flow).all()


def test_negative_binomial_flows_have_the_asked_variance():
    rng = np.random.default_rng(0)
    drawn = flows.draw_flows(rng, np.full(20_000, 100), np.full((20_000, 1), 1.0), 0.2)
    assert drawn.mean() == pytest.approx(100, rel=0.02)
    assert drawn.var() == pytest.approx(100 + 0.2 * 100**2, rel=0.05)


def test_whole_shares_add_up():
    parts = flows.whole_shares(1001, np.array([1.0, 2.0, 0.0, 4.0]), least=10)
    assert parts.sum() == 1001 and parts.min() == 10
    with pytest.raises(ValueError, match="3 cannot be split into 2 parts of at least 2"):
        flows.whole_shares(3, np.ones(2), least=2)


def test_a_country_is_covered_by_its_zones():
    country = geography.make_country(np.random.default_rng(3), 30, 5, 100.0, islands=2)
    assert country.n_zones == 30 and set(country.zone) == set(range(30))
    assert country.weight.sum() == pytest.approx(1) and (country.weight > 0).all()
    line = topology.borders(country.edges, country.sides, country.zone)
    shapes = topology.polygons(line, country.vertices)
    assert shapely.is_valid(shapes).all() and shapely.coverage_is_valid(shapes)
    inside = shapely.contains_xy(np.array(shapes)[country.zone], *country.cells.T)
    assert inside.all()
    hosts = np.unique(country.zone[country.islands])
    assert all(shapes[z].geom_type == "MultiPolygon" for z in hosts)


@pytest.mark.parametrize(("zones", "cells", "radius"), [(3, 5, 1.0), (9, 1, 1.0), (9, 5, 0.0)])
def test_countries_that_are_too_small_are_refused(zones, cells, radius):
    with pytest.raises(ValueError, match=r"at least|positive"):
        geography.make_country(np.random.default_rng(0), zones, cells, radius)


def test_a_zone_within_another_leaves_a_hole():
    grid = [(x, y) for y in range(4) for x in range(4)]
    edges, sides = [], []
    for x in range(4):
        for y in range(3):
            edges.append((grid.index((x, y)), grid.index((x, y + 1))))
            sides.append((y * 3 + x - 1 if x > 0 else -1, y * 3 + x if x < 3 else -1))
            edges.append((grid.index((y, x)), grid.index((y + 1, x))))
            sides.append((x * 3 + y if x < 3 else -1, (x - 1) * 3 + y if x > 0 else -1))
    area = np.zeros(9, int)
    area[4] = 1
    line = topology.borders(np.array(edges), np.array(sides), area)
    outer, inner = topology.polygons(line, np.array(grid, float))
    assert (outer.area, inner.area, len(outer.interiors)) == (8, 1, 1)
    assert len(line.arcs) == 2


def random_flow(n=12, seed=0):
    rng = np.random.default_rng(seed)
    flow = rng.poisson(rng.lognormal(1, 1, (n, n)))
    np.fill_diagonal(flow, 0)
    return flow


@pytest.mark.parametrize("seed", range(3))
def test_records_of_users_hold_exactly_the_trips_and_visits(seed):
    flow = random_flow(seed=seed)
    visits = flow.sum(axis=0) + flow.sum(axis=1) + np.arange(12)
    log = itineraries.visit_log(np.random.default_rng(seed), flow, visits)
    assert (np.bincount(log["zone"], minlength=12) == visits).all()
    order = np.arange(len(log))
    found = trips.consecutive_trips(log["user"].to_numpy(), order, log["zone"].to_numpy())
    counted = np.zeros_like(flow)
    np.add.at(counted, (found.origin, found.destination), 1)
    assert (counted == flow).all()
    chained = log.groupby("user")["zone"].nunique()
    assert (chained > 2).any() and (chained == 1).any()
    assert log["user"].is_monotonic_increasing


def test_a_zone_with_fewer_visits_than_its_trips_need_is_refused():
    flow = np.array([[0, 3], [0, 0]])
    with pytest.raises(ValueError, match="visits: zone 1 needs 1 records more"):
        itineraries.visit_log(np.random.default_rng(0), flow, np.array([3, 2]))


def test_nobody_travels_without_trips_and_a_circle_of_trips_is_cut_open():
    rng = np.random.default_rng(0)
    still = itineraries.visit_log(rng, np.zeros((2, 2), int), np.array([3, 40]))
    assert still["zone"].value_counts().to_dict() == {0: 3, 1: 40}
    circle = np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]])
    log = itineraries.visit_log(rng, circle, np.array([2, 2, 2]))
    found = trips.consecutive_trips(log["user"], np.arange(6), log["zone"])
    assert sorted(zip(found.origin, found.destination, strict=True)) == [(0, 1), (1, 2), (2, 0)]


def test_times_of_a_user_increase():
    user = np.repeat([0, 1, 5], [4, 1, 300])
    when = itineraries.times(np.random.default_rng(0), user, 1000, 2, 0.01)
    assert when.min() >= 1000
    assert (pd.Series(when).groupby(user).diff().dropna() >= 60).all()
    assert (pd.Series(when).groupby(user).first() < 1000 + 2 * 86400).all()


def test_cabs_are_somewhere_at_one_time_only_and_drive_at_a_speed():
    rng = np.random.default_rng(1)
    rides = pd.DataFrame(
        {
            f"{end}_{axis}": low + rng.uniform(0, 0.1, 500)
            for end in ("from", "to")
            for axis, low in (("longitude", -122.5), ("latitude", 37.7))
        }
    ).round(5)
    points = traces.cab_points(rng, rides, 3)
    assert points.groupby("cab")["time"].diff().dropna().min() >= 1
    assert points.groupby("cab")["occupied"].first().eq(1).all()
    begins = points["occupied"].diff().eq(1) & points["cab"].diff().eq(0)
    got_in = points.loc[begins, ["longitude", "latitude"]].apply(tuple, axis=1)
    wanted = rides[["from_longitude", "from_latitude"]].apply(tuple, axis=1)
    assert sorted(got_in) == sorted(wanted)


def test_squares_lie_around_the_middle_of_their_box():
    grid = squares.SquareGrid(10.75, 59.92, 9, 10, 1000.0)
    x, y = grid.nearest(90)
    assert len({*zip(x, y, strict=True)}) == 90
    assert (x.min(), x.max(), y.min(), y.max()) == (-4000, 4000, -4500, 4500)
    near_x, near_y = grid.nearest(4)
    assert np.hypot(near_x, near_y).max() == pytest.approx(np.hypot(1000, 500))
    west, south, east, north = grid.box()
    assert (west + east) / 2 == pytest.approx(10.75, abs=1e-4)
    assert (north - south) * 111.4 == pytest.approx(10, rel=0.01)


def test_archives_depend_on_their_content_only():
    tar = files.tarred({"a/b.txt": b"1", "c": b""})
    assert tar == files.tarred({"a/b.txt": b"1", "c": b""})
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        assert archive.getnames() == ["a/b.txt", "c"]
        assert archive.extractfile("a/b.txt").read() == b"1"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("day", "today")
        archive.writestr("other", "as it was")
    again = files.rezipped(out.getvalue(), {"day": lambda old: old.replace(b"to", b"yester")})
    with zipfile.ZipFile(io.BytesIO(again)) as archive:
        assert archive.read("day") == b"yesterday" and archive.read("other") == b"as it was"
        assert {entry.date_time[:3] for entry in archive.infolist()} == {(2016, 2, 14)}
