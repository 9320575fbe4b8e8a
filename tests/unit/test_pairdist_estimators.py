"""Estimators of the distance cost on moves whose cost is known."""

import numpy as np
import pandas as pd
import pytest

from movelaws.pairdist import estimators
from movelaws.plotting.pairdist import estimators as figure
from movelaws.pointsets import frames
from tests.unit.drawn_world import assert_texts_apart, texts

SETTINGS = {"exponents": [1, 2], "piecewise": {"inside": 0.6, "outside": 2.0, "radius": 800},
            "moves": 800, "repeats": 4, "most_places": 120, "low": 10, "per_decade": 15,
            "level": 0.95, "seed": 2}  # fmt: skip


def places(n=150):
    rng = np.random.default_rng(6)
    centre = rng.uniform(0, 6000, (6, 2))[rng.choice(6, n, p=[0.4, 0.2, 0.1, 0.1, 0.1, 0.1])]
    x, y = (centre + rng.normal(0, 250, (n, 2))).T + 5e5
    return frames.assemble(
        pd.DataFrame({"place_id": [f"{k}" for k in range(n)], "x": x, "y": y}), "EPSG:25832"
    )


@pytest.fixture(scope="module")
def drawn():
    return estimators.drawn_estimates(places(), "toy", **SETTINGS)


@pytest.fixture(scope="module")
def table(drawn):
    return estimators.summary(drawn, 800)


def test_every_estimator_reads_every_draw(drawn):
    assert tuple(drawn.columns) == estimators.DRAWN
    single = drawn[drawn["quantity"] == "exponent"]
    assert set(single["estimator"]) == {"sample_space", "least_squares", "power_law", "joint"}
    assert len(single) == 2 * 2 * 4 * 4
    assert len(drawn) == len(single) + 2 * 4 * 3


def test_where_all_pairs_compete_both_likelihoods_are_right(table):
    rows = table[(table["start"] == "pairs") & table["estimator"].isin(["power_law", "joint"])]
    assert (rows["bias"].abs() < 5 * rows["bias_error"] + 0.03).all()
    assert (rows["coverage"] >= 0.5).all()


def test_where_places_send_their_own_only_the_joint_likelihood_is_right(table):
    rows = table[(table["start"] == "places") & (table["planted"] == 2)].set_index("estimator")
    assert abs(rows["bias"]["joint"]) < 0.15
    assert rows["bias"]["power_law"] < -0.1
    assert rows["coverage"]["power_law"] < 0.5 < rows["coverage"]["joint"]


def test_two_pieces_are_read_where_pairs_compete(table):
    rows = table[(table["law"] == "two pieces") & (table["start"] == "pairs")]
    rows = rows.set_index("quantity")
    assert rows["mean"]["inside"] == pytest.approx(0.6, abs=0.2)
    assert rows["mean"]["radius"] == pytest.approx(800, rel=0.5)


def test_the_summary_is_that_of_the_draws(table, drawn):
    assert tuple(table.columns) == estimators.SUMMARY
    part = drawn[(drawn["law"] == "1") & (drawn["start"] == "pairs")]
    part = part[part["estimator"] == "joint"]
    row = table[(table["law"] == "1") & (table["start"] == "pairs")]
    row = row[row["estimator"] == "joint"].iloc[0]
    assert row["mean"] == pytest.approx(part["estimate"].mean())
    assert row["spread"] == pytest.approx(part["estimate"].std())
    held = (part["low"] <= 1) & (part["high"] >= 1)
    assert row["coverage"] == held.mean()
    space = table[table["estimator"] == "sample_space"]
    assert space["coverage"].isna().all()


def test_without_two_pieces_and_with_equal_seeds(drawn):
    again = estimators.drawn_estimates(places(), "toy", **(SETTINGS | {"piecewise": None}))
    expected = drawn[drawn["law"] != "two pieces"].reset_index(drop=True)
    pd.testing.assert_frame_equal(again, expected)


def test_too_few_repeats_are_refused():
    for change in ({"repeats": 1}, {"moves": 5}):
        with pytest.raises(ValueError, match="at least 2 and 10"):
            estimators.drawn_estimates(places(), "toy", **(SETTINGS | change))


def test_the_figure(table):
    made = figure.estimators(table, moves=800, synthetic=True)
    assert_texts_apart(made)
    words = " ".join(t.get_text() for t in texts(made))
    assert "Each place sends its own moves" in words and "800 moves, drawn 4 times" in words
    with pytest.raises(ValueError, match="no column 'bias'"):
        figure.estimators(table.drop(columns="bias"), moves=800)
