"""Point sets whose moves come from check-ins, taxis and zones."""

import gzip

import numpy as np
import pytest
from pyproj import Transformer

from movelaws.pointsets import adapters
from tests.unit.point_files import read, write
from tests.unit.test_denmark_moves import EXPECTED, FLOWS, boundaries
from tests.unit.test_sf_taxi import TRIPS, centre, trips_archive

AT = {"a": (30.25, -97.75), "b": (30.26, -97.75), "c": (30.26, -97.74), "far": (40.0, -97.75)}
SEEN = [("u", 0, "a"), ("u", 1, "b"), ("u", 2, "b"), ("u", 30, "a"), ("v", 0, "c"), ("v", 1, "far")]
SEEN += [("v", 2, "b"), ("w", 5, "a"), ("w", 6, "c")]
BOX = [-98, 30, -97, 31]


# ---------------------------------------------------------------- check-ins


@pytest.fixture
def snap(tmp_path):
    lines = []
    for user, hour, place in reversed(SEEN):
        when = f"2010-10-{1 + hour // 24:02d}T{hour % 24:02d}:00:00Z"
        lines.append(f"{user}\t{when}\t{AT[place][0]}\t{AT[place][1]}\t{place}")
    path = tmp_path / "loc.txt.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    return {"checkins": path}


def displacements(made):
    ids = made.points["place_id"]
    ends = zip(ids[made.moves["origin"]], ids[made.moves["destination"]], strict=True)
    return dict(zip(ends, made.moves["moves"], strict=True))


def test_displacements_join_consecutive_checkins_at_different_places(snap):
    made = read("checkins_moves", snap, box=BOX)
    assert made.crs == "EPSG:32614" and set(made.points["place_id"]) == {"a", "b", "c"}
    assert displacements(made) == {("a", "b"): 1, ("b", "a"): 1, ("a", "c"): 1}
    assert made.notes["places outside the box left out"] == 1
    assert made.notes["consecutive check-ins at one place"] == 1
    assert (made.points["weight"] == 1).all()
    east = Transformer.from_crs(4326, 32614, always_xy=True).transform(*AT["a"][::-1])[0]
    assert made.points.set_index("place_id")["x"]["a"] == pytest.approx(east)


def test_gaps_visits_outside_and_weights_are_options(snap):
    made = read("checkins_moves", snap, box=BOX, max_gap_hours=24)
    assert displacements(made) == {("a", "b"): 1, ("a", "c"): 1}
    assert made.notes["steps that took too long"] == 1
    made = read("checkins_moves", snap, box=BOX, outside="skip", weight="checkins")
    assert displacements(made)[("c", "b")] == 1
    assert made.points.set_index("place_id")["weight"].to_dict() == {"a": 3, "b": 3, "c": 2}


def test_a_world_of_checkins_needs_a_region(snap, tmp_path):
    text = "u\t2010-10-01T00:00:00Z\t50\t10\tx\nu\t2010-10-01T01:00:00Z\t50\t50\ty\n"
    with pytest.raises(ValueError, match=r"degrees of longitude away .*option box"):
        read("checkins_moves", {"checkins": write(tmp_path / "w.txt", text)})
    with pytest.raises(ValueError, match=r"0 places with a check-in lie within box"):
        read("checkins_moves", snap, box=[-90, 30, -89, 31])


@pytest.fixture
def singapore(tmp_path):
    text = "U1 L1 1\r\nU1 L2 3\r\nU1 L3 1\r\nU2 L1 2\r\nU2 L3 1\r\nU3 L2 1\r\n"
    where = "L1 1.30 103.90\r\nL2 1.34 103.77\r\nL3 1.29 103.83\r\nL4 1.29 103.84\r\n"
    return {
        "checkins": write(tmp_path / "fs.txt", text),
        "places": write(tmp_path / "l.txt", where),
    }


def test_covisits_give_each_place_of_a_user_the_same_share(singapore):
    made = read("checkins_moves", singapore, format="pairs", pairing="covisits")
    assert displacements(made) == {("L1", "L2"): 0.5, ("L1", "L3"): 1.5, ("L2", "L3"): 0.5}
    # Each user of n > 1 places counts n / 2.
    assert made.moves["moves"].sum() == (3 + 2) / 2
    assert made.notes["contacts"] == 4 and "no displacements" in made.notes["moves are"]
    assert made.notes["check-ins read"] == 9
    assert made.notes["places never visited left out"] == 1
    weighed = read(
        "checkins_moves", singapore, format="pairs", pairing="covisits", weight="checkins"
    )
    assert weighed.points["weight"].tolist() == [3, 4, 2]


def test_pairs_without_times_make_no_displacements(singapore):
    with pytest.raises(ValueError, match=r"no order of visits is known: .*pairing: covisits"):
        read("checkins_moves", singapore, format="pairs")


@pytest.mark.parametrize(
    ("role", "text", "said"),
    [
        ("checkins", "", r"fs\.txt: the file is empty"),
        ("checkins", "U1 L1\nU2 L1\n", r"fs\.txt: no line has the 3 words .*line 1: 'U1 L1'"),
        ("checkins", "U1 L1 1\nU1 L2 x\n", r"line 2, column '3 \(number\)': 'x' is the first"),
        ("checkins", "U1 L1 1\nU1 L9 1\n", r"'L9' is the first at a place without a position"),
        ("places", "L1 103.9 1.3\nL2 103.8 1.3\n", r"l\.txt: line 1.*latitude"),
    ],
)
def test_pairs_that_cannot_be_used(singapore, role, text, said):
    write(singapore[role], text)
    with pytest.raises(ValueError, match=said):
        read("checkins_moves", singapore, format="pairs", pairing="covisits")


def test_covisits_of_timed_checkins(snap):
    made = read("checkins_moves", snap, box=BOX, pairing="covisits")
    pairs = {tuple(sorted(pair)): n for pair, n in displacements(made).items()}
    assert pairs == {("a", "b"): 1, ("b", "c"): 1, ("a", "c"): 1}


# ---------------------------------------------------------------- taxis


def test_trip_ends_are_places_and_trips_are_moves(tmp_path):
    files = trips_archive(tmp_path / "taxi.tar.gz", TRIPS, cabs=2)
    made = read("taxi_trips", files, snap_m=50)
    inside = [trip for trip in TRIPS if (0, 13) not in trip]
    assert made.points["weight"].sum() == 2 * len(inside)
    assert made.moves["moves"].sum() == len(inside) - 1  # A to A stays at one place
    assert made.notes["trips with an end outside the box left out"] == len(TRIPS) - len(inside)
    to_plane = Transformer.from_crs(4326, 32610, always_xy=True)
    expected = sorted(to_plane.transform(*centre(*cell)) for cell in {c for t in inside for c in t})
    np.testing.assert_allclose(
        sorted(map(tuple, made.points[["x", "y"]].to_numpy())), expected, atol=0.1
    )


def test_every_end_can_be_a_place_of_its_own(tmp_path):
    files = trips_archive(tmp_path / "taxi.tar.gz", TRIPS)
    made = read("taxi_trips", files, snap_m=0)
    n = len(made.points) // 2
    assert (made.points["weight"] == 1).all() and made.moves["origin"].tolist() == [*range(n)]
    assert (made.moves["destination"] - made.moves["origin"] == n).all()
    with pytest.raises(ValueError, match=r"none of .* trips lies within box"):
        read("taxi_trips", files, box=[-122.0, 37.0, -121.9, 37.1])


# ---------------------------------------------------------------- zones


@pytest.fixture
def danish(tmp_path):
    people = "Region Hovedstaden,9999\nKøbenhavn,600\nChristiansø,0\nNordfyns,30\nAabenraa,60\n"
    return {
        "flows": write(tmp_path / "f.csv", FLOWS),
        "municipalities": boundaries(tmp_path / "m.geojson"),
        "population": write(tmp_path / "p.csv", "area,2024M01\n" + people),
    }


def test_zones_are_places_weighted_by_residents(danish):
    made = read("zone_moves", danish, max_unusable=0.3)
    assert made.points["place_id"].tolist() == ["101", "480", "580"]
    assert made.points["weight"].tolist() == [600, 30, 60]
    assert made.points["town"].tolist()[0] == "København"
    assert displacements(made) == {k: v for k, v in EXPECTED.items() if "411" not in k}
    assert made.notes["moves from or to a zone that was left out"] == 2
    assert made.crs == "EPSG:25832" and len(made.land) == 5
    one = read("zone_moves", danish, weight="one")
    assert displacements(one) == EXPECTED


def test_zones_without_population_are_refused_beyond_a_share(danish):
    with pytest.raises(ValueError, match=r"1 of 4 zones have no residential .*'411'"):
        read("zone_moves", danish)
    del danish["population"]
    with pytest.raises(ValueError, match="4 of 4 zones have no residential population"):
        read("zone_moves", danish)


def test_the_options_of_the_adapter_behind_are_its_own(danish):
    with pytest.raises(ValueError, match="option 'month' is unknown"):
        read("zone_moves", danish, options={"month": "2024M01"})
    with pytest.raises(ValueError, match="option 'adapter'"):
        adapters.check_request("zone_moves", ["flows"], {"adapter": "nothing"})
    with pytest.raises(ValueError, match="population_month is '2020M01'"):
        read("zone_moves", danish, options={"population_month": "2020M01"})
