"""Zones around each origin: order, ties, circles, and flows shared out among them."""

from dataclasses import replace

import geopandas
import numpy as np
import pandas as pd
import pytest

from movelaws.inequality.allocation import allocate, rounded
from movelaws.inequality.standard import standard
from movelaws.inequality.surroundings import surroundings
from movelaws.od import build_pairs
from tests.unit.inequality_zones import crowd
from tests.unit.random_world import random_pairs


def pairs_of(x, y, mass, crs="EPSG:3035", places=None):
    """All pairs of zones at the given points, in metres or degrees."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    table = {"zone_id": [f"z{k}" for k in range(x.size)], "x": x, "y": y}
    table |= {"workplace_population": mass, "residential_population": mass}
    zones = geopandas.GeoDataFrame(table, geometry=geopandas.points_from_xy(x, y), crs=crs)
    flows = pd.DataFrame({"origin": ["z0", "z2"], "destination": ["z1", "z0"], "flow": [5.0, 7.0]})
    return build_pairs(zones, flows, zones if places is None else places, support="all")


def grid(side=7):
    """Squares of 1 km, where most distances are tied."""
    x, y = np.meshgrid(np.arange(side) * 1e3, np.arange(side) * 1e3)
    mass = np.random.default_rng(3).integers(1, 1000, side * side).astype(float)
    return pairs_of(x.ravel(), y.ravel(), mass)


def circle_mass(around):
    return np.array(
        [
            [around.mass[row[:count]].sum() for count in counts]
            for row, counts in zip(around.order, around.nearer, strict=True)
        ]
    )


@pytest.mark.parametrize("curved", [False, True])
def test_nearer_zones_hold_the_intervening_population(curved):
    rng = np.random.default_rng(int(curved))
    mass = np.round(rng.lognormal(8, 2, 60))
    if curved:
        pairs = pairs_of(rng.uniform(20, 35, 60), rng.uniform(-5, 12, 60), mass, "EPSG:4326")
    else:
        pairs = pairs_of(rng.uniform(0, 1e6, 60), rng.uniform(0, 1e6, 60), mass)
    around = surroundings(pairs)
    np.testing.assert_array_equal(circle_mass(around), around.intervening)
    assert (np.diff(around.distance_km, axis=1) >= 0).all()
    np.testing.assert_array_equal(around.nearer, np.broadcast_to(np.arange(59), (60, 59)))
    np.testing.assert_allclose(around.outflow, pairs.outflow)


def test_ties_share_one_circle_and_come_by_index():
    around = surroundings(grid())
    np.testing.assert_array_equal(circle_mass(around), around.intervening)
    centre = 24
    np.testing.assert_array_equal(around.order[centre, :8], [17, 23, 25, 31, 16, 18, 30, 32])
    np.testing.assert_array_equal(around.nearer[centre, :9], [0] * 4 + [4] * 4 + [8])
    x, y = np.divmod(np.arange(49), 7)
    squares = (x - x[centre]) ** 2 + (y - y[centre]) ** 2
    others = squares[around.order[centre]]
    np.testing.assert_array_equal(
        around.nearer[centre], [(others < square).sum() for square in others]
    )


def test_ties_on_the_sphere():
    """Four points on the equator, symmetric about the origin of the first."""
    pairs = pairs_of([20, 19, 21, 18, 22], [0] * 5, [1.0, 2.0, 3.0, 4.0, 5.0], "EPSG:4326")
    around = surroundings(pairs)
    np.testing.assert_array_equal(around.order[0], [1, 2, 3, 4])
    np.testing.assert_array_equal(around.nearer[0], [0, 0, 2, 2])
    np.testing.assert_array_equal(around.intervening[0], [0, 0, 5, 5])


def test_empty_zones_do_not_disturb_the_order():
    mass = np.array([0.0, 5.0, 0.0, 0.0, 7.0, 2.5])
    around = crowd(mass, seed=4)
    np.testing.assert_allclose(circle_mass(around), around.intervening)
    np.testing.assert_array_equal(around.nearer, np.broadcast_to(np.arange(5), (6, 5)))


def test_pairs_order_undoes_the_sorting():
    pairs = grid()
    around = surroundings(pairs)
    for name in ("distance_km", "intervening", "flow"):
        values = getattr(around, name)
        np.testing.assert_array_equal(around.pairs_order(values), getattr(pairs, name))
    np.testing.assert_array_equal(around.pairs_order(around.order), pairs.destination)
    assert around.pairs_order(around.order).dtype == np.int32
    with pytest.raises(ValueError, match=r"shape \(49,\), expected \(49, 48\)"):
        around.pairs_order(np.zeros(49))


def test_incomplete_pairs_are_refused():
    with pytest.raises(ValueError, match="support='all'"):
        surroundings(random_pairs(10, share=0.5))
    with pytest.raises(ValueError, match="1 zones: at least 2"):
        surroundings(random_pairs(1))


@pytest.mark.parametrize("value", [-1.0, np.nan, np.inf])
def test_bad_populations_name_the_zone(value):
    pairs = random_pairs(10)
    mass = pairs.mass.copy()
    mass[3] = value
    with pytest.raises(ValueError, match=f"zone 'z003' is {value}"):
        surroundings(replace(pairs, mass=mass))


def test_other_places_are_refused():
    pairs = random_pairs(10)
    s = pairs.intervening.copy()
    s[25] += 1000
    with pytest.raises(ValueError, match=r"from 'z002' to 'z008'.*zones themselves as places"):
        surroundings(replace(pairs, intervening=s))


def test_standard_is_radiation():
    around = crowd([3.0, 0.0, 50.0, 8.0, 1e9, 1.0], seed=5)
    n_i, n_j, s = around.mass[:, None], around.mass[around.order], around.intervening
    with np.errstate(invalid="ignore"):
        r = n_i * n_j / ((n_i + s) * (n_i + s + n_j))
    np.testing.assert_allclose(standard(around), np.where(n_i > 0, r, 0), rtol=1e-14)
    assert (standard(around)[around.order == 1] == 0).all()


def test_standard_rows_sum_to_the_share_that_finds_a_place():
    """A finite world has no place for n_i / (all people) of those who leave i."""
    around = crowd(np.round(np.random.default_rng(0).lognormal(8, 2, 40)) + 1)
    np.testing.assert_allclose(
        standard(around).sum(axis=1), 1 - around.mass / around.mass.sum(), rtol=1e-12
    )


def test_allocation_shares_out_the_outflow():
    p = np.array([[0.1, 0.3], [0.0, 0.0], [1e-300, 3e-300], [0.2, 0.1]])
    flows = allocate(p, np.array([8.0, 5.0, 4.0, 0.0]))
    np.testing.assert_allclose(flows, [[2, 6], [0, 0], [1, 3], [0, 0]], rtol=1e-14)
    np.testing.assert_array_equal(rounded([[0.4999, 0.5], [2.5, 3.49]]), [[0, 1], [3, 3]])
    assert rounded(flows).dtype == np.int64


@pytest.mark.parametrize(
    ("p", "outflow", "message"),
    [
        ([[0.1, np.nan], [0.1, 0.1]], [1, 1], "p, its row sum, is nan for origin 0"),
        ([[0.1, 0.2], [0.3, -0.1]], [1, 1], "p, its least value in the row, is -0.1 for origin 1"),
        ([[0.1], [0.1]], [1, -2], "outflow, is -2.0 for origin 1"),
        ([[0.1], [0.1]], [np.inf, 1], "outflow, is inf for origin 0"),
        ([[0.1], [0.1]], [1, 1, 1], r"outflow \(3,\), expected"),
    ],
)
def test_allocation_refuses_bad_values(p, outflow, message):
    with pytest.raises(ValueError, match=message):
        allocate(p, outflow)


def test_rounding_refuses_what_is_not_finite():
    with pytest.raises(ValueError, match=r"flows at \[0, 1\] is nan"):
        rounded([[1.0, np.nan]])
