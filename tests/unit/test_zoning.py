"""Points to zones: squares of equal area, planted cities found, polygons, names that stay."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box as rectangle
from sklearn.cluster import DBSCAN
from sklearn.metrics import adjusted_rand_score

from movelaws import geo, squares, zoning

OSLO = [10.65, 59.86, 10.85, 59.97]


def points(longitude, latitude, visits=None):
    longitude, latitude = np.asarray(longitude, float), np.asarray(latitude, float)
    return zoning.Points(longitude, latitude, np.ones(longitude.size) if visits is None else visits)


def scattered(box=OSLO, n=3000, seed=1):
    generator = np.random.default_rng(seed)
    return points(generator.uniform(box[0], box[2], n), generator.uniform(box[1], box[3], n))


# ---------------------------------------------------------------- squares


def test_squares_have_equal_area_and_hold_their_points():
    here = scattered()
    made = squares.equal_squares(here, 1.0, OSLO)
    # 11.2 km by 12.2 km: 11 columns, 12 rows, all of them hit by 3,000 points
    assert len(made.zones) == made.notes["squares in the grid"] == 11 * 12
    np.testing.assert_allclose(made.zones["area_km2"], 1.0)
    ground = gpd.GeoSeries(made.zones.geometry, crs=made.zones.crs).to_crs("EPSG:3035").area / 1e6
    np.testing.assert_allclose(ground, 1.0, rtol=1e-5)
    where = gpd.GeoSeries(gpd.points_from_xy(here.longitude, here.latitude), crs="EPSG:4326")
    where = where.to_crs(made.zones.crs)
    inside = made.zone >= 0
    assert 0.9 < inside.mean() <= 1
    shapes = made.zones.geometry.iloc[made.zone[inside]]
    assert shapes.covers(where[inside], align=False).all()
    lost = where[~inside]
    assert not lost.within(made.zones.union_all().buffer(-1e-6)).any()


def test_distances_between_squares_are_those_on_the_globe():
    made = squares.equal_squares(scattered(), 2.0, OSLO)
    x, y = made.zones["x"].to_numpy(), made.zones["y"].to_numpy()
    degrees = gpd.GeoSeries(gpd.points_from_xy(x, y), crs=made.zones.crs).to_crs("EPSG:4326")
    plane = geo.euclidean_km(x[:-1], y[:-1], x[1:], y[1:])
    lon, lat = degrees.x.to_numpy(), degrees.y.to_numpy()
    globe = geo.great_circle_km(lon[:-1], lat[:-1], lon[1:], lat[1:])
    np.testing.assert_allclose(plane, globe, rtol=5e-3)  # a sphere for an ellipsoid
    assert geo.distance_kind(made.zones.crs) == "euclidean"


def test_squares_keep_their_names_when_points_are_added():
    here = scattered(n=200)
    some = squares.equal_squares(points(here.longitude[:50], here.latitude[:50]), 1.0, OSLO)
    more = squares.equal_squares(here, 1.0, OSLO)
    first = some.zones["zone_id"].to_numpy()[some.zone]
    again = more.zones["zone_id"].to_numpy()[more.zone[:50]]
    known = (some.zone >= 0).tolist()
    assert first[known].tolist() == again[known].tolist()


def test_without_a_box_the_grid_covers_all_points():
    made = squares.equal_squares(scattered(n=500), 3.0)
    assert (made.zone >= 0).all()
    alone = squares.equal_squares(points([10.0], [60.0]), 1.0)
    assert len(alone.zones) == 1 and alone.zone.tolist() == [0]


def test_points_on_the_far_side_are_outside_of_the_squares():
    made = squares.equal_squares(points([10.7, -169.25, 100], [59.9, -59.915, 0]), 1.0, OSLO)
    assert made.zone.tolist() == [0, -1, -1]


def test_squares_refuse_what_no_plane_can_hold():
    with pytest.raises(ValueError, match="give a smaller box, or use clusters"):
        squares.equal_squares(points([0, 90], [0, 0]), 1.0)
    with pytest.raises(ValueError, match="cell_km = 0"):
        squares.equal_squares(points([0], [0]), 0)
    with pytest.raises(ValueError, match=r"cell_km = 1e-09 must be >= 0\.001"):
        squares.equal_squares(scattered(n=10), 1e-9, OSLO)


def test_squares_refuse_more_cells_than_their_codes_can_count(monkeypatch):
    monkeypatch.setattr(squares, "LEAST_KM", 0.0)
    with pytest.raises(ValueError, match=r"cell_km = 1e-09 makes .* squares, at most 1,000,000,0"):
        squares.equal_squares(scattered(n=10), 1e-9, OSLO)


@pytest.mark.parametrize("bad", [[1, 2, 3], [10, 0, 5, 1], [0, 5, 1, 4], [0, 0, 181, 1]])
def test_a_bad_box_is_named(bad):
    with pytest.raises(ValueError, match="west, south, east, north"):
        zoning.in_box(points([0], [0]), bad)


def test_a_box_includes_its_edges():
    here = points([0, 1, 1.01], [0, 1, 1])
    assert zoning.in_box(here, [0, 0, 1, 1]).tolist() == [True, True, False]
    assert zoning.in_box(here, None).all()


# ---------------------------------------------------------------- clusters

CITIES = [(179.99, -17.0, 300, 8.0), (2.35, 48.86, 500, 1.0), (4.35, 50.85, 200, 1.0)]


def planted(seed=3):
    """Three cities (one across the date line) of radius about 3 km, and noise far away."""
    generator = np.random.default_rng(seed)
    lon, lat, visits, city = [], [], [], []
    for number, (x, y, n, weight) in enumerate(CITIES):
        east = x + generator.normal(0, 1.5 / 111 / np.cos(np.radians(y)), n)
        lon.append((east + 180) % 360 - 180)
        lat.append(y + generator.normal(0, 1.5 / 111, n))
        visits.append(np.full(n, weight))
        city.append(np.full(n, number))
    lon.append(np.linspace(-60, 60, 9))
    lat.append(np.full(9, -40.0))
    visits.append(np.ones(9))
    city.append(np.full(9, -1))
    return points(*map(np.concatenate, (lon, lat, visits))), np.concatenate(city)


def test_planted_cities_are_found_and_numbered_by_visits():
    here, city = planted()
    made = zoning.clusters(here, link_km=3, min_places=5)
    assert adjusted_rand_score(made.zone, city) > 0.999
    assert made.zones["zone_id"].tolist() == ["1", "2", "3"]
    visits = np.bincount(made.zone[made.zone >= 0], here.visits[made.zone >= 0])
    assert (np.diff(visits) < 0).all()  # the one at the date line is visited most
    off = geo.great_circle_km(
        made.zones["x"].to_numpy(), made.zones["y"].to_numpy(), *np.array(CITIES).T[:2]
    )
    assert (off < 0.5).all()
    assert made.zones["name"].iloc[1].startswith("48.86 N 2.3")


def test_the_order_of_places_does_not_matter():
    here, _ = planted()
    order = np.random.default_rng(0).permutation(here.visits.size)
    turned = points(here.longitude[order], here.latitude[order], here.visits[order])
    one, two = (zoning.clusters(p, 3, 5) for p in (here, turned))
    assert (one.zone[order] == two.zone).all()
    np.testing.assert_allclose(one.zones[["x", "y"]], two.zones[["x", "y"]], atol=1e-9)


def test_fused_clusters_agree_with_those_of_all_places():
    generator = np.random.default_rng(8)
    here = points(generator.normal(0, 0.2, 1500), 50 + generator.normal(0, 0.2, 1500))
    radians = np.radians(np.column_stack([here.latitude, here.longitude]))
    exact = DBSCAN(eps=2 / geo.EARTH_RADIUS_KM, min_samples=4, metric="haversine")
    label = exact.fit(radians).labels_
    assert adjusted_rand_score(zoning.clusters(here, 2, 4).zone, label) > 0.95


def test_lonely_places_are_outside():
    made = zoning.clusters(points([0, 10, 20], [0, 0, 0]), 5, 2)
    assert made.zone.tolist() == [-1, -1, -1] and made.zones.empty
    with pytest.raises(ValueError, match="link_km = 0"):
        zoning.clusters(points([0], [0]), 0, 1)


# ---------------------------------------------------------------- places, cities, polygons


def test_places_at_one_point_are_one_zone_named_after_the_most_visited():
    made = zoning.places(points([1, 1, 2], [5, 5, 5], np.array([1, 4, 1])), ["a", "b", "c"])
    assert made.zones["zone_id"].tolist() == ["b", "c"] and made.zone.tolist() == [0, 0, 1]
    assert made.notes["places at the point of another merged"] == 1


def test_cities_lie_at_the_mean_of_their_visits():
    here = points([0, 4, 9], [0, 0, 0], np.array([3, 1, 1]))
    made = zoning.cities(here, ["x", "x", ""])
    assert made.zone.tolist() == [0, 0, -1] and made.zones["zone_id"].tolist() == ["x"]
    assert made.zones["x"].iloc[0] == pytest.approx(1.0, abs=1e-3)


def test_polygons_parts_borders_and_the_outside():
    shapes = [rectangle(0, 0, 1, 1), rectangle(1, 0, 2, 1), rectangle(5, 5, 6, 6)]
    layer = gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4326")
    ids = pd.Series(["a", "b", "a"])
    here = points([0.5, 1.0, 1.5, 5.5, 9], [0.5, 0.5, 0.5, 5.5, 9])
    made = zoning.polygons(here, layer, ids, ids)
    names = made.zones["zone_id"].to_numpy()
    assert [names[z] if z >= 0 else None for z in made.zone] == ["a", "a", "b", "a", None]
    assert made.notes["parts of polygons joined"] == 1
    assert made.notes["places in more than one polygon, the first taken"] == 1
    metres = zoning.polygons(here, layer.to_crs("EPSG:3857"), ids, ids)
    assert metres.zone.tolist()[2:] == made.zone.tolist()[2:]
    assert metres.zones.crs == "EPSG:3857"
    with pytest.raises(ValueError, match="holds a Point"):
        zoning.polygons(here, layer.set_geometry(layer.representative_point()), ids, ids)


def test_points_are_checked():
    with pytest.raises(ValueError, match="latitude"):
        points([0], [91])
    with pytest.raises(ValueError, match="visits has shape"):
        zoning.Points(np.zeros(2), np.zeros(2), np.ones(3))
