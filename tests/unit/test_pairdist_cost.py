"""Moves, pairs and the intrinsic cost: tables, every fit of it, and the figure."""

import itertools

import numpy as np
import pandas as pd
import pytest

from movelaws.distance_cost import simulate_moves
from movelaws.pairdist import cost, cost_fits
from movelaws.plotting.pairdist import cost as figure
from movelaws.pointsets import frames
from movelaws.powerlaw.binned import fit_cost
from tests.unit.drawn_world import assert_texts_apart, texts

CRS = "EPSG:25832"
SETTINGS = {"draws": 9, "replicates": 30, "level": 0.95, "joint_pairs": 1e9, "seed": 4}


def places(n=600, weighted=False, seed=2):
    rng = np.random.default_rng(seed)
    centre = rng.uniform(0, 9000, (8, 2))[rng.integers(0, 8, n)]
    x, y = (centre + rng.normal(0, 500, (n, 2))).T + 5e5
    table = pd.DataFrame({"place_id": [f"p{k}" for k in range(n)], "x": x, "y": y})
    return table.assign(weight=rng.integers(1, 9, n).astype(float)) if weighted else table


def moved(table, law=1.0, n=6000, seed=3, **options):
    bare = cost.places_of(frames.assemble(table, CRS))
    drawn = simulate_moves(bare, law, n, seed, low=10.0, **options)
    moves = pd.DataFrame({"origin": drawn.origin, "destination": drawn.destination})
    return frames.check(frames.assemble(table, CRS, moves))


@pytest.fixture(scope="module")
def data():
    return cost.counted(moved(places(), seed=5), low=10, per_decade=12, seed=1)


@pytest.fixture(scope="module")
def fitted(data):
    return cost_fits.fits(data, "toy", planted=1.0, published=0.98, **SETTINGS)


@pytest.fixture(scope="module")
def table(data):
    return cost.cost_by_distance(data, "toy", replicates=60, level=0.95, seed=1)


def test_edges_are_those_of_all_point_sets():
    edges = cost.decade_edges(10, 1000, 20)
    assert edges.size == 41
    assert edges[[0, 20, 40]].tolist() == [10, 100, 1000]
    wider = cost.decade_edges(3, 5000, 20)
    assert wider[0] <= 3 < wider[1] and wider[-2] < 5000 <= wider[-1]
    assert set(edges) <= set(wider)
    with pytest.raises(ValueError, match="0 < low < high"):
        cost.decade_edges(10, 5, 20)
    with pytest.raises(ValueError, match="per_decade"):
        cost.decade_edges(10, 50, 0)


def test_weights_multiply_and_pairs_are_all_pairs():
    pointset = moved(places(60, weighted=True), n=200)
    data = cost.counted(pointset, low=10, per_decade=10, seed=1)
    x, y, w = (pointset.points[c].to_numpy() for c in ("x", "y", "weight"))
    expected = np.zeros(len(data.pairs))
    for i, j in itertools.combinations(range(60), 2):
        r = np.hypot(x[i] - x[j], y[i] - y[j])
        at = np.searchsorted(data.edges, r, side="right") - 1
        if 0 <= at < expected.size:
            expected[at] += w[i] * w[j]
    np.testing.assert_allclose(data.pair_count, expected)
    assert data.pair_count[0] > 0 and data.pair_count[-1] > 0
    assert data.counts.sum() == pointset.moves["moves"].sum()


def test_densities_and_cost(table, data):
    assert tuple(table.columns) == cost.COLUMNS
    width = table["r_high"] - table["r_low"]
    assert float((table["f"] * width).sum()) == pytest.approx(1)
    seen = table["pairs"] > 0
    np.testing.assert_allclose(table["cost"][seen], (table["f"] / table["p"])[seen])
    often = table["moves"] > 20
    for over in ("moves", "origins"):
        assert (table[f"{over}_low"] <= table["cost"])[often].all()
        assert (table["cost"] <= table[f"{over}_high"])[often].all()


def test_a_point_set_without_moves_is_refused():
    with pytest.raises(ValueError, match="moves has no rows"):
        cost.counted(frames.assemble(places(20), CRS), low=10, per_decade=10, seed=1)
    with pytest.raises(ValueError, match="no move of 1e"):
        cost.counted(moved(places(60), n=50), low=1e6, per_decade=10, seed=1)


def test_every_model_has_a_row_and_finds_what_was_planted(fitted):
    assert tuple(fitted.columns) == cost_fits.COLUMNS
    assert tuple(fitted["model"]) == cost_fits.MODELS
    rows = fitted.set_index("model")
    for model in ("power_law", "joint", "least_squares"):
        assert rows["exponent"][model] == pytest.approx(1.0, abs=0.06)
        assert rows["exponent_low"][model] < rows["exponent"][model] < rows["exponent_high"][model]
    assert rows["origins_low"]["joint"] <= 1 <= rows["origins_high"]["joint"]
    assert rows["p"]["power_law"] > 0.1
    assert rows["p"]["piecewise"] > 0.1
    assert rows["ratio"]["exponential"] > 100
    assert rows["ratio_p"]["exponential"] < 1e-6
    assert rows["ratio_p_origins"]["exponential"] < 1e-3
    assert rows["ratio"]["piecewise"] <= 0
    assert (rows["planted"].dropna() == 1).all() and rows["planted"].notna().sum() == 4
    assert rows["published"].notna().sum() == 4
    assert (rows["xmin"] < 20).all() and (rows["moves"] == 6000).all()


def test_power_law_is_that_of_the_library(fitted, data):
    law = fit_cost(data.edges, data.counts, data.pair_count)
    row = fitted.set_index("model").loc["power_law"]
    assert row["exponent"] == law.exponent
    assert row["aic"] == law.aic


def test_two_pieces_are_found_and_one_law_refused():
    def law(r):
        return (r / 900) ** -np.where(r < 900, 0.6, 2.0)

    data = cost.counted(moved(places(), law), low=10, per_decade=12, seed=1)
    rows = cost_fits.fits(data, "toy", **SETTINGS).set_index("model")
    two = rows.loc["piecewise"]
    assert two["exponent"] == pytest.approx(0.6, abs=0.1)
    assert two["outside"] == pytest.approx(2.0, abs=0.3)
    assert two["radius_low"] < 900 < two["radius_high"]
    assert two["p"] == 0.1 and rows["p"]["power_law"] == 0.1
    assert two["aic"] < rows["aic"]["power_law"]
    assert rows["planted"].isna().all()


def test_places_that_send_their_own_moves_need_the_joint_likelihood():
    """f / p is then no pi: dense places choose from more."""
    data = cost.counted(moved(places(), 1.5, start="places"), low=10, per_decade=12, seed=1)
    rows = cost_fits.fits(data, "toy", **SETTINGS).set_index("model")
    assert rows["exponent"]["joint"] == pytest.approx(1.5, abs=0.08)
    assert rows["exponent"]["power_law"] < 1.4


def test_origins_are_drawn_where_there_are_too_many(data):
    few = cost_fits.joint_sample(data.moves, 600, 600 * 40.0, seed=1)
    assert np.unique(few.origin).size == 40
    again = cost_fits.joint_sample(data.moves, 600, 600 * 40.0, seed=1)
    np.testing.assert_array_equal(few.origin, again.origin)
    assert cost_fits.joint_sample(data.moves, 600, 1e9, seed=1) is data.moves
    kept = np.isin(data.moves.origin, few.origin)
    assert len(few) == kept.sum()


def test_equal_seeds_give_equal_fits(data, fitted):
    again = cost_fits.fits(data, "toy", planted=1.0, published=0.98, **SETTINGS)
    pd.testing.assert_frame_equal(again, fitted)


def test_ks_distance_is_that_of_the_steps():
    shares = np.log([0.5, 0.25, 0.25])
    assert cost_fits.ks_of(np.array([2.0, 1.0, 1.0]), shares) == pytest.approx(0)
    assert cost_fits.ks_of(np.array([0.0, 0.0, 4.0]), shares) == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("truth", "exponent"),
    [({"exponent": 1}, 1.0), ({"inside": 0.6}, None), ({}, None), ({"exponent": "x"}, None)],
)
def test_the_planted_exponent_is_read(truth, exponent):
    assert cost.planted_exponent(truth) == exponent


def test_the_figure_shows_every_dataset(table, fitted):
    tables = pd.concat([table, table.assign(dataset="other")])
    fits = pd.concat([fitted, fitted.assign(dataset="other", published=np.nan)])
    labels = {"toy": "Toy, addresses", "other": "Other, zones"}
    made = figure.cost(tables, fits, labels, units={"other": "trips"}, synthetic=True)
    assert_texts_apart(made)
    words = {t.get_text() for t in texts(made)}
    assert {"Toy, addresses", "Other, zones", "synthetic data", "planted: 1"} <= words
    assert "published: 0.98" in words
    assert len(made.axes) == 4


def test_lines_predict_all_moves(table):
    for exponent in (0.5, 1.0, 2.0):
        width = (table["r_high"] - table["r_low"]).to_numpy()
        drawn = figure.law(table, exponent)
        total = np.nansum(drawn * table["p"].fillna(0) * width)
        assert total == pytest.approx((table["f"] * width).sum())


def test_a_page_holds_so_many_datasets(table, fitted):
    labels = {str(k): "x" for k in range(figure.PER_PAGE + 1)}
    with pytest.raises(ValueError, match="at most"):
        figure.cost(table, fitted, labels)
    with pytest.raises(ValueError, match="no column 'cost'"):
        figure.cost(table.drop(columns="cost"), fitted, {"toy": "Toy"})
