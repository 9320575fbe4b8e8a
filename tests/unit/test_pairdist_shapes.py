"""Toy geographies: what shapes make of the pair distribution, and what the ring does not."""

import numpy as np
import pytest
import shapely
from scipy.spatial.distance import pdist

from movelaws.cities.forms import Disk, Square
from movelaws.geo import great_circle_km
from movelaws.pairdist.shapes import (
    FILLINGS,
    SHAPES,
    filled,
    forms_share,
    outline,
    periodic_ring,
    toys,
)
from movelaws.pairdist.shapes_circles import RADIUS_M, circles, concentric_circles
from movelaws.pairdist.shapes_theory import generalised, scaled_to, shape_density, shape_mass
from movelaws.pairs import log_edges
from movelaws.plotting.pairdist import circles as draw_circles
from movelaws.plotting.pairdist import shapes as draw_shapes
from movelaws.seeds import stream
from tests.unit.drawn_world import assert_texts_apart, texts

LAND = shapely.union_all(
    [
        shapely.box(0, 0, 30_000, 20_000),
        shapely.box(40_000, 5_000, 50_000, 30_000),
        shapely.box(60_000, 60_000, 60_050, 60_050),
    ]
)
AREA = np.pi * RADIUS_M**2


@pytest.fixture(scope="module")
def found():
    return toys(LAND, places=600, moves=8000, seed=2)


def test_set_covariance_gives_the_known_forms():
    r = np.linspace(50, 1950, 25)
    disk = shapely.Point(0, 0).buffer(RADIUS_M, quad_segs=128)
    np.testing.assert_allclose(shape_density(disk, r, 1), Disk(RADIUS_M).density(r), rtol=2e-3)
    r = np.linspace(50, 1300, 25)
    square = shapely.box(0, 0, 1000, 1000)
    np.testing.assert_allclose(
        shape_density(square, r, 90), Square(1000.0).density(r), atol=2e-3 * 1.4e-3
    )


def test_set_covariance_of_a_band_agrees_with_lenses():
    outer, inner = 1000.0, 800.0
    band = shapely.Point(0, 0).buffer(outer, 128) - shapely.Point(0, 0).buffer(inner, 128)

    def lens(a, b, r):
        if r <= abs(a - b):
            return np.pi * min(a, b) ** 2
        if r >= a + b:
            return 0.0
        first = a**2 * np.arccos((r**2 + a**2 - b**2) / (2 * r * a))
        second = b**2 * np.arccos((r**2 + b**2 - a**2) / (2 * r * b))
        root = (-r + a + b) * (r + a - b) * (r - a + b) * (r + a + b)
        return first + second - np.sqrt(root) / 2

    for r in (100.0, 500.0, 1500.0, 1750.0):
        shared = lens(outer, outer, r) - 2 * lens(outer, inner, r) + lens(inner, inner, r)
        expected = 2 * np.pi * r * shared / (np.pi * (outer**2 - inner**2)) ** 2
        assert shape_density(band, np.array([r]), 2)[0] == pytest.approx(expected, rel=5e-3)


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_have_one_area_and_all_their_pairs(name):
    polygon = outline(name, LAND)
    assert polygon.area == pytest.approx(AREA, rel=0.02 if name == "land" else 3e-3)
    west, south, east, north = polygon.bounds
    edges = np.linspace(0, np.hypot(east - west, north - south), 81)
    assert shape_mass(polygon, edges).sum() == pytest.approx(1, abs=5e-3)


def test_land_loses_its_small_parts_only():
    simple = generalised(LAND)
    assert len(shapely.get_parts(simple)) == 2
    assert simple.area == pytest.approx(LAND.area, rel=1e-3)
    scaled = scaled_to(simple, 5e6)
    assert scaled.area == pytest.approx(5e6)
    assert abs(scaled.centroid.x) < 1e-6 * np.sqrt(5e6)
    with pytest.raises(ValueError, match="valid shape with an area"):
        shape_density(shapely.LineString([(0, 0), (1, 1)]), np.array([1.0]))
    with pytest.raises(ValueError, match="area_m2"):
        scaled_to(LAND, 0.0)


@pytest.mark.parametrize("name", FILLINGS)
def test_fillings_lie_in_the_disk(name):
    x, y = filled(name, 500, stream(1, name))
    assert np.hypot(x, y).max() <= RADIUS_M
    assert x.size == y.size
    assert abs(x.size - 500) < (30 if name == "lattice" else 1)


def test_places_agree_with_their_shapes(found):
    known = found.checks[found.checks["gap"].notna()]
    assert set(known["panel"]) == {"shape", "filling", "ring"}
    assert len(known) == len(SHAPES) + 2 + 1
    assert (known["gap"] < 1.3 * known["gap_by_chance"]).all()
    for _, part in found.pairs.groupby(["panel", "name"]):
        width = part["r_high"] - part["r_low"]
        assert (part["density"] * width).sum() == pytest.approx(1)


def test_moves_on_the_ring_show_the_cost_itself(found):
    read = found.checks[found.checks["exponent"].notna()]
    assert read["planted"].tolist() == [0.0, 1.0, 2.0]
    # beside the scatter of the moves there is that of 600 places
    assert (abs(read["exponent"] - read["planted"]) < 4 * read["standard_error"] + 0.03).all()


def test_pairs_on_the_ring_are_those_of_the_sphere():
    ring, _ = periodic_ring(400, 1000, seed=7)
    longitude = 360 * stream(7, "ring").random(400) - 180
    i, j = np.triu_indices(400, 1)
    r = 1000 * great_circle_km(longitude[i], np.zeros(i.size), longitude[j], np.zeros(i.size))
    first = ring[ring["planted"] == 0]
    edges = np.append(first["r_low"], first["r_high"].iloc[-1])
    assert abs(first["pairs"].to_numpy() - np.histogram(r, edges)[0]).max() <= 1
    assert (first["law"] * (first["r_high"] - first["r_low"])).sum() == pytest.approx(1)


def test_shares_of_a_law_are_its_integral():
    edges = log_edges(1.0, 100.0, 5)
    for exponent in (0.0, 1.0, 2.5):
        fine = np.linspace(1, 100, 400_001)
        height = fine**-exponent
        steps = (height[1:] + height[:-1]) / 2 * np.diff(fine)
        upto = np.append(0, np.cumsum(steps))
        expected = np.diff(np.interp(edges, fine, upto)) / upto[-1]
        np.testing.assert_allclose(forms_share(edges, exponent), expected, rtol=1e-4)


def test_circles_show_what_is_expected():
    made = circles(20_000, seed=3)
    x, y, _ = concentric_circles()
    assert len(made.places) == 378
    centre = made.seen.query("view == 'centre' and count > 0")
    assert ((centre["r_low"] + centre["r_high"]) / 2).tolist() == [200, 400, 600, 800, 1000]
    everywhere = made.seen[made.seen["view"] == "all"]
    assert everywhere["count"].sum() == 378 * 377 / 2
    r = pdist(np.column_stack([x, y]))
    for exponent, part in made.moves.groupby("exponent"):
        width = part["r_high"] - part["r_low"]
        assert (part["expected"] * width).sum() == pytest.approx(1)
        first = (r < part["r_high"].iloc[0]) @ r**-exponent / (r**-exponent).sum()
        assert (part["expected"] * width).iloc[0] == pytest.approx(first)
        mean = part["expected"] * width * part["moves"].sum()
        seen = mean > 5
        chi = ((part["moves"] - mean) ** 2 / mean)[seen]
        assert chi.sum() < seen.sum() + 5 * np.sqrt(2 * seen.sum())


def test_equal_seeds_give_equal_toys(found):
    again = toys(LAND, places=600, moves=8000, seed=2)
    assert found.pairs.equals(again.pairs)
    assert found.circles.moves.equals(again.circles.moves)


def test_circles_are_drawn(found):
    given = found.circles
    made = draw_circles.circles(given.places, given.seen, given.moves, synthetic=True)
    assert_texts_apart(made)
    assert len([t for t in texts(made) if t.get_text() in "abcd"]) == 4
    with pytest.raises(ValueError, match="exponent 3"):
        draw_circles.circles(given.places, given.seen, given.moves.assign(exponent=3.0))
    with pytest.raises(ValueError, match="no column 'circle'"):
        draw_circles.circles(given.places.drop(columns="circle"), given.seen, given.moves)


def test_shapes_are_drawn(found):
    made = draw_shapes.shapes(found.places, found.pairs, found.ring, synthetic=True)
    assert_texts_apart(made)
    lines = [line for axes in made.axes for line in axes.lines]
    assert sum(line.get_gid() == "theory" for line in lines) == len(SHAPES) + 2
    with pytest.raises(ValueError, match="4 of panel 'shape'"):
        few = found.pairs[found.pairs["name"] != "band"]
        draw_shapes.shapes(found.places, few, found.ring)
