import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from movelaws import geo

LONDON, NEW_YORK = (-0.1278, 51.5074), (-74.0060, 40.7128)

longitudes, latitudes = st.floats(-180, 180), st.floats(-90, 90)


def haversine(lon, lat, other_lon, other_lat):
    lon, lat, other_lon, other_lat = (np.radians(v) for v in (lon, lat, other_lon, other_lat))
    a = np.sin((other_lat - lat) / 2) ** 2
    a += np.cos(lat) * np.cos(other_lat) * np.sin((other_lon - lon) / 2) ** 2
    return 2 * 6371.0088 * np.arcsin(np.sqrt(np.minimum(a, 1)))


def test_known_distances():
    assert geo.great_circle_km(*LONDON, *NEW_YORK) == pytest.approx(5570.2, abs=0.1)
    assert geo.great_circle_km(0, -90, 0, 90) == pytest.approx(np.pi * 6371.0088, rel=1e-15)
    assert geo.great_circle_km(0, 0, 1, 0) == pytest.approx(np.pi / 180 * 6371.0088, rel=1e-13)
    assert geo.euclidean_km(0, 0, 3000, 4000) == 5.0


@settings(max_examples=200)
@given(longitudes, latitudes, longitudes, latitudes)
def test_great_circle_agrees_with_haversine_and_is_symmetric(a, b, c, d):
    here = geo.great_circle_km(a, b, c, d)
    # Near the antipode haversine itself is only good to some centimetres.
    assert here == pytest.approx(haversine(a, b, c, d), abs=1e-3 if here > 20_000 else 1e-8)
    assert here == geo.great_circle_km(c, d, a, b)


def test_short_and_nearly_antipodal_distances_keep_their_digits():
    step = 1e-5  # degrees of latitude, about 1.1 m
    one = np.radians(step) * 6371.0088
    assert geo.great_circle_km(10, 50, 10, 50 + step) == pytest.approx(one, abs=2e-12)
    far = geo.great_circle_km(10, 0, -170, step)
    assert far == pytest.approx(np.pi * 6371.0088 - one, abs=1e-11)


def test_the_date_line_is_no_border():
    assert geo.great_circle_km(179.5, 10, -179.5, 10) == pytest.approx(
        geo.great_circle_km(-0.5, 10, 0.5, 10), rel=1e-12
    )
    assert geo.great_circle_km(180, 10, -180, 10) < 1e-11


def test_elementwise_distances_broadcast():
    lon, lat = np.linspace(-10, 10, 5), np.linspace(40, 60, 5)
    table = geo.great_circle_km(lon[:, None], lat[:, None], lon, lat)
    assert table.shape == (5, 5)
    assert np.array_equal(table, table.T)
    assert np.all(np.diag(table) == 0)


@pytest.mark.parametrize("kind", ["great_circle", "euclidean"])
def test_rows_and_pairs_agree_with_elementwise_distances(kind):
    rng = np.random.default_rng(3)
    x, y = rng.uniform(-180, 180, 9), rng.uniform(-90, 90, 9)
    points = geo.embed(x, y, kind)
    single = geo.great_circle_km if kind == "great_circle" else geo.euclidean_km
    table = single(x[:, None], y[:, None], x, y)
    assert np.array_equal(geo.distance_rows_km(points, slice(2, 6), points), table[2:6])
    start = np.array([0, 2, 2, 5, 5, 5, 5, 5, 5, 6])
    destination = np.array([1, 8, 0, 1, 5, 0], dtype=np.int32)
    assert np.array_equal(
        geo.pair_distance_km(points, start, destination),
        table[[0, 0, 2, 2, 2, 8], destination],
    )


@pytest.mark.parametrize(
    ("crs", "kind"),
    [
        ("EPSG:4326", "great_circle"),
        ("EPSG:4269", "great_circle"),
        ("EPSG:27700", "euclidean"),
        ("EPSG:25832", "euclidean"),
    ],
)
def test_the_crs_chooses_the_distance(crs, kind):
    assert geo.distance_kind(crs) == kind


@pytest.mark.parametrize(
    ("crs", "message"),
    [
        (None, "crs is missing.*set_crs"),
        ("EPSG:2263", "US survey foot.*to_crs"),
        ("EPSG:4807", "grad"),
        ("EPSG:4978", "Geocentric CRS.*degrees or a projection in metres"),
    ],
)
def test_a_crs_without_degrees_or_metres_is_an_error(crs, message):
    with pytest.raises(ValueError, match=message):
        geo.distance_kind(crs)


@pytest.mark.parametrize(
    ("x", "y", "kind", "message"),
    [
        ([0, np.nan], [0, 0], "euclidean", r"zones: x\[1\] = nan must be finite"),
        ([0, 0], [0, np.inf], "great_circle", r"y\[1\] = inf must be a latitude"),
        ([0, 181], [0, 0], "great_circle", r"x\[1\] = 181.0 must be a longitude between -180"),
        ([0, 0], [-91, 0], "great_circle", r"y\[0\] = -91.0 must be a latitude between -90"),
        ([0, 0], [0], "euclidean", "shape"),
        ([0], [0], "haversine", "neither"),
    ],
)
def test_points_that_cannot_be_measured_from_are_errors(x, y, kind, message):
    with pytest.raises(ValueError, match=message):
        geo.embed(x, y, kind, "zones")


def test_centroids_use_the_coordinates_as_they_are():
    square = shapely.box(-100, 30, -98, 34)
    point = shapely.Point(3, 4)
    x, y = geo.centroids(geopandas.GeoSeries([square, point], crs="EPSG:4269"))
    assert x.tolist() == [-99, 3]
    assert y.tolist() == [32, 4]


def test_repair_counts_invalid_polygons_and_leaves_the_rest():
    good = shapely.box(0, 0, 1, 1)
    bow_tie = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    spike = shapely.Polygon([(0, 0), (1, 0), (1, 1), (1, 3), (1, 1), (0, 1)])
    before = geopandas.GeoSeries([good, bow_tie, spike], index=["a", "b", "c"], crs="EPSG:3035")
    after, n_repaired = geo.repaired(before)
    assert n_repaired == 2
    assert after["a"].equals(good)
    assert after.is_valid.all()
    assert set(after.geom_type) <= {"Polygon", "MultiPolygon"}
    assert after.area.tolist() == pytest.approx([1, 2, 1])
    assert after.crs == before.crs
    assert not before.is_valid.all(), "the argument must not be changed"


def test_repair_names_the_zone_without_a_shape():
    with pytest.raises(ValueError, match="'b' is missing or empty"):
        geo.repaired(geopandas.GeoSeries([shapely.Point(0, 0), None], index=["a", "b"]))
    flat = shapely.Polygon([(0, 0), (1, 1), (2, 2), (0, 0)])
    with pytest.raises(ValueError, match="'a' encloses no area"):
        geo.repaired(geopandas.GeoSeries([flat], index=["a"]))
