"""Origins held out are each predicted once, from flows that do not include theirs."""

import numpy as np
import pytest

from movelaws.choice.fits import fit
from movelaws.choice.heldout import held_out_origins, origin_folds
from movelaws.choice.masses import choice_pairs
from tests.unit.crowded_world import country, drawn, played, with_flow


@pytest.fixture(scope="module")
def world():
    zones, flows = country(12)
    return zones, played(zones, flows, attraction="workplace", theta=[2.0, 1.2, 1.0])


@pytest.fixture(scope="module")
def table(world):
    return held_out_origins(*world, ("GMPow2", "GMPow", "RM", "GMPowDC", "DCG"), folds=3, seed=2)


def test_every_origin_with_trips_is_held_out_once(world):
    pairs = choice_pairs(*world)
    masks = origin_folds(pairs, 4, 1)
    np.testing.assert_array_equal(np.sum(masks, axis=0), (pairs.outflow > 0).astype(int))
    again = origin_folds(pairs, 4, 1)
    assert all(np.array_equal(a, b) for a, b in zip(masks, again, strict=True))
    other = origin_folds(pairs, 4, 2)
    assert not all(np.array_equal(a, b) for a, b in zip(masks, other, strict=True))


def test_the_table_has_a_row_per_attraction_fold_and_model(world, table):
    assert len(table) == 2 * 3 * 5
    pairs = choice_pairs(*world)
    each = table.query("attraction == 'all' and model == 'RM'")
    assert each["n_pairs"].sum() == np.count_nonzero(pairs.flow)
    assert (table["note"] == "").all()
    assert table["ssi"].between(0, 1).all()
    assert (table["ssi_nonzero"] >= table["ssi"]).all()


def test_scores_of_a_model_without_parameters_are_those_of_its_rows(world, table):
    pairs = choice_pairs(*world)
    predicted = fit(pairs, "RM").flows(pairs)
    held = origin_folds(pairs, 3, 2)[0]
    test = np.repeat(held, np.diff(pairs.start))
    a, b = pairs.flow[test], predicted[test]
    row = table.query("attraction == 'all' and model == 'RM' and fold == 0").iloc[0]
    similar = 2 * np.minimum(a, b) / (a + b)
    assert row["ssi"] == pytest.approx(similar.sum() / (np.count_nonzero(held) * pairs.n_zones))
    assert row["ssi_nonzero"] == pytest.approx(similar[a > 0].mean())
    assert row["cpc"] == pytest.approx(2 * np.minimum(a, b).sum() / (a.sum() + b.sum()))


def test_the_planted_model_predicts_held_out_origins_best(table):
    means = table.groupby(["attraction", "model"])["cpc"].mean()
    assert means["all"]["GMPow2"] > means["all"]["RM"]
    assert means["all"]["DCG"] > 0.9
    assert means["training"]["GMPow2"] <= means["all"]["GMPow2"] + 0.01


def test_held_out_flows_do_not_reach_the_fit(world):
    """Other flows of the held-out origins, same outflows and attraction: the same fit."""
    pairs = choice_pairs(*world)
    held = origin_folds(pairs, 3, 2)[0]
    rows = np.repeat(held, np.diff(pairs.start))
    uniform = np.repeat(pairs.outflow / np.diff(pairs.start), np.diff(pairs.start))
    other = np.where(rows, drawn(pairs, uniform, 9), pairs.flow)
    for model in ("DCG", "GMPow2"):
        fits = [
            fit(p, model, "ssi", 1, origins=~held, coarse_points=16, local_runs=1)
            for p in (pairs, with_flow(pairs, other))
        ]
        np.testing.assert_allclose(fits[0].theta, fits[1].theta, atol=1e-9)


def test_a_model_that_cannot_be_used_costs_the_others_nothing(world):
    zones, flows = world
    # all but a few trips go to one zone, so no margins can be met without it in training
    lonely = flows.copy()
    lonely.loc[lonely["destination"] == "z00", "flow"] *= 1e6
    table = held_out_origins(
        zones, lonely, ("GMPowDC", "GMPow"), folds=12, attractions=("training",), seed=1
    )
    failed = table[table["ssi"].isna()]
    assert set(failed["model"]) <= {"GMPowDC"}
    assert (failed["note"] != "").all()
    assert table.query("model == 'GMPow'")["ssi"].notna().all()


def test_unusable_requests_are_refused(world):
    with pytest.raises(ValueError, match="folds = 1: at least 2"):
        held_out_origins(*world, folds=1)
    with pytest.raises(ValueError, match="attractions names 'some'"):
        held_out_origins(*world, attractions=("some",))
