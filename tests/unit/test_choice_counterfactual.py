"""Counterfactuals: nothing lost, nobody where it is closed, and the signs that theory demands."""

import numpy as np
import pandas as pd
import pytest

from movelaws.choice.counterfactual import counterfactual
from tests.unit.counterfactual_world import EVERY, FITTED, N, by_zone, matrix, one, row, run, world


def test_without_an_intervention_nothing_changes():
    result = run()
    assert (result.destinations["change"] == 0).all()
    assert (result.origins["utility_change"] == 0).all()
    assert result.flows.empty
    assert (
        result.summary.set_index("quantity").loc["travellers who change destination"]["after"] == 0
    )
    np.testing.assert_allclose(
        result.destinations["pivoted_after"], result.destinations["observed"]
    )


@pytest.mark.parametrize("name", EVERY)
def test_everybody_leaves_and_arrives_once(name):
    result = run(EVERY[name])
    destinations, origins = result.destinations, result.origins
    for column, total in (("before", "outflow_before"), ("after", "outflow_after")):
        assert destinations[column].sum() == pytest.approx(origins[total].sum(), rel=1e-9)
    assert destinations["pivoted_after"].sum() == pytest.approx(origins["outflow_after"].sum())
    grown = origins["outflow_after"] / origins["outflow_before"]
    assert set(np.round(grown, 12)) == ({1.0, 1.4} if name == "growth" else {1.0})
    np.testing.assert_allclose(
        destinations["change"], destinations["after"] - destinations["before"]
    )


@pytest.mark.parametrize("name", [name for name in EVERY if name != "capacity_share"])
def test_the_changes_are_equilibria_of_the_written_formula(name):
    """T_ij of the paper, with D_j from the result, gives back the flows."""
    pairs, zones = world()
    result = counterfactual(
        pairs, zones, FITTED, [EVERY[name]], largest_changes=N * N, most_flows=N * N
    )
    after = matrix(result.flows, "after")
    arrivals = by_zone(result)["after"].to_numpy()
    distance = np.full((N, N), np.inf)
    distance[pairs.origin, pairs.destination] = pairs.distance_km
    with np.errstate(divide="ignore"):
        weight = pairs.mass**1.2 * distance**-1.5 * np.where(arrivals > 0, arrivals, np.inf) ** -0.8
    j, rows = [3], range(N)
    if name in ("farther", "nearer", "line"):
        rows = [1, 2] if name == "line" else rows
        weight[np.ix_(rows, j)] *= EVERY[name]["farther"] ** -1.5
    elif name in ("charge", "subsidy"):
        j = [3, 7] if name == "charge" else j
        weight[:, j] *= np.exp(-EVERY[name]["charge"])
    expected = weight / weight.sum(axis=1, keepdims=True)
    expected *= result.origins["outflow_after"].to_numpy()[:, None]
    if name == "growth":  # flows that hardly change are listed too: the limit is all of them
        assert len(result.flows) == N * (N - 1)
    np.testing.assert_allclose(after, expected, rtol=1e-6)


def test_a_closed_destination_gets_nobody():
    result = run(EVERY["closed"])
    assert row(result.destinations)["after"] == 0
    assert row(result.destinations)["pivoted_after"] == 0
    assert (result.flows.query("destination == 'z003'")["after"] == 0).all()
    assert row(result.destinations)["intervention"] == "closed"
    assert row(result.destinations)["change_percent"] == -100


def test_closed_from_one_origin_only():
    result = run(one("closed", True, origins={"zones": ["z001"]}))
    into = result.flows.query("destination == 'z003'").set_index("origin")["after"]
    assert into["z001"] == 0
    assert (into.drop("z001") > 0).all()
    assert row(result.destinations)["intervention"] == "closed from Town 1"


def test_capacity_holds_and_has_a_price_only_where_it_binds():
    free = row(run().destinations)["before"]
    full = row(run(one("capacity", 0.5 * free)).destinations)
    assert full["after"] == pytest.approx(0.5 * free, rel=1e-8)
    assert full["capacity"] == pytest.approx(0.5 * free)
    assert full["shadow_price"] > 0
    assert full["shadow_as_distance_factor"] == pytest.approx(np.exp(full["shadow_price"] / 1.5))
    slack = run(one("capacity", 2 * free))
    assert row(slack.destinations)["shadow_price"] == 0
    assert row(slack.destinations)["shadow_as_distance_factor"] == 1
    np.testing.assert_allclose(slack.destinations["change"], 0, atol=1e-5)
    share = run(EVERY["capacity_share"]).destinations
    assert row(share)["after"] == pytest.approx(0.6 * row(share)["before"], rel=1e-8)


def test_a_shadow_price_is_the_charge_that_does_the_same():
    limited = run(EVERY["capacity_share"])
    charged = run(one("charge", row(limited.destinations)["shadow_price"]))
    np.testing.assert_allclose(by_zone(limited)["after"], by_zone(charged)["after"], rtol=1e-7)
    np.testing.assert_allclose(
        limited.origins["utility_change"], charged.origins["utility_change"], atol=1e-7
    )


@pytest.mark.parametrize("gamma", [0.0, 0.8, 5.0])
def test_a_charge_drives_people_away_and_nowhere_lowers_arrivals_elsewhere(gamma):
    result = run(one("charge", 0.7), fitted={**FITTED, "gamma": gamma})
    change = result.destinations.set_index("zone_id")["change"]
    assert change["z003"] < 0
    assert (change.drop("z003") > -1e-6).all()


@pytest.mark.parametrize("name", ["farther", "charge", "closed", "capacity_share"])
def test_all_lose_by_a_hindrance(name):
    origins = run(EVERY[name]).origins
    assert (origins["utility_change"] < 1e-9).all()
    assert (origins["equivalent_distance_factor"] >= 1 - 1e-9).all()


@pytest.mark.parametrize("name", ["nearer", "subsidy"])
def test_all_gain_by_an_improvement(name):
    origins = run(EVERY[name]).origins
    assert (origins["utility_change"] > -1e-9).all()
    assert (origins["equivalent_distance_factor"] <= 1 + 1e-9).all()


def test_farther_is_the_charge_beta_ln_f():
    far, charged = run(one("farther", 1.7)), run(one("charge", 1.5 * np.log(1.7)))
    for table in ("destinations", "origins", "flows"):
        first, second = (getattr(r, table).drop(columns="intervention", errors="ignore")
                         for r in (far, charged))  # fmt: skip
        pd.testing.assert_frame_equal(first, second, rtol=1e-9, atol=1e-7)
    assert row(far.destinations)["intervention"] == "1.7 times as far"
    assert row(charged.destinations)["intervention"].endswith("(as if 1.7 times as far)")


def test_everything_farther_moves_nobody_and_has_itself_as_equivalent():
    everywhere = [f"z{i:03d}" for i in range(N)]
    result = run(one("farther", 1.7, everywhere))
    np.testing.assert_allclose(result.destinations["change"], 0, atol=1e-5)
    np.testing.assert_allclose(result.origins["equivalent_distance_factor"], 1.7, rtol=1e-8)


def test_without_crowding_it_is_the_closed_form_of_the_logit():
    pairs, zones = world()
    fitted = {**FITTED, "gamma": 0.0}
    result = counterfactual(pairs, zones, fitted, [EVERY["charge"]], most_flows=N * N)
    weight = np.zeros((N, N))
    weight[pairs.origin, pairs.destination] = (
        pairs.mass[pairs.destination] ** 1.2 * pairs.distance_km**-1.5
    )
    charged = weight * np.exp(-0.5 * np.isin(np.arange(N), [3, 7]))
    for column, chosen in (("before", weight), ("after", charged)):
        expected = pairs.outflow @ (chosen / chosen.sum(axis=1, keepdims=True))
        np.testing.assert_allclose(by_zone(result)[column], expected, rtol=1e-9)
    gained = np.log(charged.sum(axis=1) / weight.sum(axis=1))
    np.testing.assert_allclose(result.origins["utility_change"], gained, rtol=1e-8)
    mean = (1 / weight.sum(axis=1)) * np.nansum(
        weight[pairs.origin, pairs.destination].reshape(N, N - 1)
        * pairs.distance_km.reshape(N, N - 1),
        axis=1,
    )
    np.testing.assert_allclose(result.origins["mean_distance_before_km"], mean, rtol=1e-9)


def test_growth_of_one_origin_crowds_the_others_out():
    result = run({"origins": {"zones": ["z004"]}, "outflow_factor": 2})
    lost = result.origins.set_index("zone_id")["utility_change"]
    assert (lost < 0).all()
    assert lost.idxmin() == "z004"
    assert row(result.origins, "z004")["intervention"] == "2 times as many leave"


def test_a_factor_of_the_attraction_is_that_attraction():
    pairs, zones = world()
    built = run(one("attraction_factor", 2.5))
    mass = pairs.mass * np.where(np.arange(N) == 3, 2.5, 1.0)
    anew = counterfactual(pairs, zones, FITTED, [], attraction=mass)
    np.testing.assert_allclose(by_zone(built)["after"], by_zone(anew)["before"], rtol=1e-8)
    assert row(built.destinations)["intervention"] == "attraction times 2.5"
    assert row(built.destinations)["change"] > 0
    assert (built.origins["utility_change"] > -1e-9).all()
