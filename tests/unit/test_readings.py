import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from movelaws.readings import pairs_under


@pytest.fixture
def tables():
    rng = np.random.default_rng(5)
    n = 12
    x, y = rng.uniform(-100, -90, n), rng.uniform(30, 40, n)
    zones = gpd.GeoDataFrame(
        {
            "zone_id": [f"z{k:02d}" for k in range(n)],
            "workplace_population": rng.integers(10, 1000, n).astype(float),
            "residential_population": rng.integers(10, 1000, n).astype(float),
            "x": x,
            "y": y,
        },
        geometry=[Point(p) for p in zip(x, y, strict=True)],
        crs="EPSG:4326",
    )
    pairs = [(i, j) for i in range(n) for j in range(n) if i != j and (i + j) % 3]
    flows = pd.DataFrame(
        {
            "origin": [zones.zone_id[i] for i, _ in pairs],
            "destination": [zones.zone_id[j] for _, j in pairs],
            "flow": rng.integers(1, 50, len(pairs)).astype(float),
        }
    )
    places = pd.DataFrame(zones.drop(columns="geometry")).assign(place_id=zones.zone_id)
    return zones, flows, places


def test_the_ellipsoid_changes_distances_by_less_than_a_percent(tables):
    sphere, ellipsoid = pairs_under(*tables), pairs_under(*tables, distance="ellipsoid")
    ratio = ellipsoid.distance_km / sphere.distance_km
    assert (ratio != 1).all()
    assert np.abs(ratio - 1).max() < 0.006  # the flattening of the earth is 1 / 298


def test_whole_zones_as_places_change_nothing_where_places_are_the_zones(tables):
    places, zones = pairs_under(*tables), pairs_under(*tables, intervening="zones")
    assert (places.intervening == zones.intervening).all()


def test_centroids_of_points_are_the_points(tables):
    given, projected = pairs_under(*tables), pairs_under(*tables, centroids="equal_area")
    assert np.allclose(given.distance_km, projected.distance_km, rtol=0, atol=1e-6)


def test_places_of_unknown_population_give_way_to_zones(tables, capsys):
    zones, flows, places = tables
    finer = places.assign(place_id=places["place_id"] + "x", residential_population=np.nan)
    unknown = pairs_under(zones, flows, finer, population="residential")
    assert (unknown.intervening == pairs_under(*tables, population="residential").intervening).all()
    assert "whole zones are summed instead" in capsys.readouterr().out


def test_moved_zones_move_by_about_the_given_distance(tables):
    still = pairs_under(*tables)
    moved = pairs_under(*tables, jitter_zones_m=1000, rng=np.random.default_rng(1))
    shift = np.abs(moved.distance_km - still.distance_km)
    assert 0.1 < shift.mean() < 3


def test_equal_generators_move_equally(tables):
    one = pairs_under(*tables, jitter_places_m=20000, rng=np.random.default_rng(1))
    two = pairs_under(*tables, jitter_places_m=20000, rng=np.random.default_rng(1))
    assert (one.intervening == two.intervening).all()
    assert (one.distance_km == pairs_under(*tables).distance_km).all()


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"intervening": "zone"}, "intervening = 'zone'"),
        ({"centroids": "mean"}, "centroids = 'mean'"),
        ({"distance": "plane"}, "distance = 'plane'"),
        ({"jitter_zones_m": 5}, "needs rng"),
    ],
)
def test_unknown_choices_are_named(tables, choice, message):
    with pytest.raises(ValueError, match=message):
        pairs_under(*tables, **choice)
