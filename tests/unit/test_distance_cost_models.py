import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from movelaws.distance_cost import (
    compare_models,
    cost_exponent,
    distances,
    fit_joint,
    radiation_from,
    simulate_moves,
    zone_moves,
    zone_places,
)
from movelaws.pairs import checked_points, log_edges, pair_counts
from movelaws.seeds import stream


def cloud(n=1500, weighted=False, seed=1):
    rng = stream(seed, "cloud")
    weight = rng.integers(1, 5, n) if weighted else None
    x, y = rng.normal(0, 5000, (2, n))
    return checked_points(x, y, weight)


@pytest.mark.parametrize("weighted", [True, False])
def test_radiation_telescopes_over_bins(weighted):
    """Bins hold the sum over places of Simini's m_i m_j / ((m_i + s)(m_i + m_j + s))."""
    points = cloud(200, weighted)
    weight = np.ones(200) if points.weight is None else points.weight
    edges = np.append(0.0, log_edges(100.0, 30_000.0, 5))
    shares = radiation_from(points, edges, np.arange(200))
    for i in (0, 7, 199):
        r = distances(points, np.full(200, i), np.arange(200))
        order = np.argsort(r)[1:]
        m, s = weight[i], np.cumsum(weight[order]) - weight[order]
        each = m * weight[order] / ((m + s) * (m + weight[order] + s))
        np.testing.assert_allclose(shares[i], np.histogram(r[order], edges, weights=each)[0])
        mass = weight.sum()
        assert shares[i].sum() == pytest.approx(1 - m / mass)


def test_first_bin_may_start_away_from_the_origin():
    points = cloud(200)
    edges = log_edges(100.0, 30_000.0, 5)
    whole = radiation_from(points, np.append(0.0, edges), np.array([3, 5]))
    np.testing.assert_allclose(radiation_from(points, edges, np.array([3, 5])), whole[:, 1:])


def test_gravity_and_radiation_cannot_agree_on_growing_pairs():
    """Claim P13: uniform places have p ~ r, radiation's cost r^-4, far from 1 / r."""
    rng = stream(2, "plain")
    points = checked_points(*(rng.random((2, 15_000)) * 20_000))
    pairs = pair_counts(points, log_edges(100.0, 28_000.0, 10), progress=False)
    result = compare_models(points, pairs, growth_range=(100.0, 3000.0), n_origins=500, seed=1)
    assert result.agreeing_growth == -0.5
    assert result.growth == pytest.approx(1.0, abs=0.1)
    assert result.shared < 0.3
    assert result.n_origins == 500
    meso = result.table["r_low"].between(600, 3000)
    assert result.table.loc[meso, "radiation_cost_exponent"].mean() == pytest.approx(4, abs=0.25)
    assert result.radiation_exponent > 2
    width = result.table["r_high"] - result.table["r_low"]
    for name in ("gravity", "radiation", "radiation_average"):
        assert (result.table[name] * width).sum() == pytest.approx(1)


def test_they_agree_where_pairs_fall_as_the_root_of_distance():
    """Around one place, n(r) ~ r^(1/2) gives each place the radiation cost 1 / r (Eq. 148)."""
    r = 10.0 * np.arange(1, 40_000.0) ** 2 / 400
    points = checked_points(np.append(0.0, r), np.zeros(r.size + 1))
    edges = log_edges(1000.0, 1e6, 5)
    share = radiation_from(points, edges, np.array([0]))[0]
    cost = share / np.histogram(r, edges)[0]
    slope = np.polyfit(np.log(np.sqrt(edges[:-1] * edges[1:])), np.log(cost), 1)[0]
    assert slope == pytest.approx(-1, abs=0.02)


def test_a_range_without_bins_has_no_growth():
    points = cloud(300)
    pairs = pair_counts(points, log_edges(1000.0, 30_000.0, 5), progress=False)
    assert np.isnan(compare_models(points, pairs, seed=1).growth)
    with pytest.raises(ValueError, match="n_origins = 0"):
        compare_models(points, pairs, n_origins=0, seed=1)


def zones():
    """A lattice of 60 zones with uneven populations."""
    rng = stream(3, "zones")
    corner = [(x * 9000.0, y * 7000.0) for x in range(10) for y in range(6)]
    shapes = [shapely.box(x, y, x + rng.uniform(4e3, 9e3), y + rng.uniform(3e3, 7e3))
              for x, y in corner]  # fmt: skip
    table = {"zone_id": [f"z{k}" for k in range(60)], "population": rng.integers(500, 50_000, 60)}
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:25832")


def flows_of(table, moves):
    pair = {"origin": table["zone_id"].to_numpy()[moves.origin],
            "destination": table["zone_id"].to_numpy()[moves.destination]}  # fmt: skip
    return pd.DataFrame(pair).value_counts().rename("flow").reset_index()


def test_planted_cost_between_zones_is_recovered():
    table = zones()
    places = zone_places(table)
    planted = simulate_moves(places, 1.0, 50_000, 4, start="places")
    moves = zone_moves(places, table["zone_id"], flows_of(table, planted))
    assert moves.times.sum() == 50_000
    result = fit_joint(places, moves)
    assert abs(result.exponent - 1) < 4.5 * result.standard_error
    assert result.n == 50_000
    assert result.n_origins == 60
    pairs = pair_counts(places, log_edges(3000.0, 150_000.0, 20), progress=False)
    by_pairs = simulate_moves(places, 1.0, 50_000, 5)
    law = cost_exponent(zone_moves(places, table["zone_id"], flows_of(table, by_pairs)), pairs)
    assert law.exponent == pytest.approx(1.0, abs=0.03)


def test_moves_within_a_zone_are_left_out():
    table = zones()
    flows = pd.DataFrame({"origin": ["z0", "z0", "z1"], "destination": ["z0", "z1", "z0"],
                          "flow": [1000, 3, 0]})  # fmt: skip
    moves = zone_moves(zone_places(table), table["zone_id"], flows)
    assert (moves.origin.tolist(), moves.destination.tolist()) == ([0], [1])
    assert moves.times.tolist() == [3]


def test_degrees_are_measured_along_the_sphere():
    table = zones()
    flat, round_ = zone_places(table), zone_places(table.to_crs("EPSG:4326"))
    assert round_.metric == "great_circle"
    i, j = np.triu_indices(60, 1)
    np.testing.assert_allclose(distances(round_, i, j), distances(flat, i, j), rtol=0.01)


@pytest.mark.parametrize(
    ("flows", "message"),
    [
        ({"origin": ["z0"], "destination": ["z1"]}, "flows lacks flow"),
        ({"origin": ["z0"], "destination": ["q"], "flow": [1]}, "destination 'q' is no zone"),
        ({"origin": ["z0"], "destination": ["z1"], "flow": [-1]}, r"flow\[0\] = -1"),
        ({"origin": ["z0"], "destination": ["z0"], "flow": [5]}, "no move joins two different"),
    ],
)
def test_bad_flows_are_named(flows, message):
    table = zones()
    with pytest.raises(ValueError, match=message):
        zone_moves(zone_places(table), table["zone_id"], pd.DataFrame(flows))


def test_bad_zones_are_named():
    table = zones()
    places = zone_places(table)
    flows = pd.DataFrame({"origin": ["z0"], "destination": ["z1"], "flow": [1]})
    with pytest.raises(ValueError, match="no column 'people'"):
        zone_places(table, "people")
    with pytest.raises(ValueError, match="2 names for 60 zones"):
        zone_moves(places, ["z0", "z1"], flows)
    with pytest.raises(ValueError, match="repeats 'z0'"):
        zone_moves(places, ["z0"] * 60, flows)
