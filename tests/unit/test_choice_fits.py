"""Fits recover what was planted, agree with the metrics, and refuse what cannot be fitted."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from movelaws import metrics
from movelaws.choice.fits import agreement, fit, fit_models, fits_table, parameters_table
from movelaws.choice.masses import attraction_notes, choice_pairs, observed_arrivals
from movelaws.choice.predictors import MODELS
from movelaws.choice.readings import attraction_readings
from movelaws.choice.saved import distance_edges, saved_tables
from tests.unit.crowded_world import TRUTH, country, played, table, with_flow


@pytest.fixture(scope="module")
def world():
    zones, flows = country(16)
    return zones, played(zones, flows)


@pytest.fixture(scope="module")
def pairs(world):
    return choice_pairs(*world)


@pytest.fixture(scope="module")
def fits(pairs):
    return fit_models(pairs, MODELS, ("ssi",), 1)


def test_ssi_recovers_parameters_planted_on_an_independent_mass(world):
    pairs = choice_pairs(*world, attraction="workplace")
    found = fit(pairs, "DCG", "ssi", 1)
    np.testing.assert_allclose(found.theta, TRUTH, atol=0.25)
    assert found.value > 0.9
    assert found.converged
    assert not found.at_bound
    assert found.intervals is None


@pytest.mark.parametrize("objective", ["ssi", "cpc", "poisson"])
def test_no_fit_of_the_game_ends_below_gravity_2(pairs, objective):
    gravity, game = fit_models(pairs, ("GMPow2", "DCG"), (objective,), 1)
    assert game.value >= gravity.value
    assert (gravity.model, game.model) == ("GMPow2", "DCG")


def test_the_likelihood_of_gravity_is_that_of_the_game_without_crowding(pairs):
    gravity = fit(pairs, "GMPow2", "poisson")
    bounds = {"gamma": (0.0, 1e-9)}
    game = fit(pairs, "DCG", "poisson", bounds=bounds)
    np.testing.assert_allclose(game.theta[:2], gravity.theta, atol=1e-5)
    assert game.value == pytest.approx(gravity.value, rel=1e-9)


def test_agreement_is_that_of_the_metrics(pairs, fits):
    flows = fits[0].flows(pairs)
    at = agreement(pairs, flows)
    seen = pairs.flow > 0
    assert at["ssi"] == metrics.ssi(pairs.flow, flows, pairs.n_zones) == fits[0].agreement["ssi"]
    n_seen = np.count_nonzero(seen)
    # pairs without an observed flow add 0 to both sums
    assert at["ssi_nonzero"] == pytest.approx(at["ssi"] * pairs.n_zones**2 / n_seen)
    assert set(at) == {"ssi", "ssi_nonzero", "cpc", "ks_distance", "ks_attraction"}


def test_relabelled_zones_and_other_units_change_nothing(world):
    zones, flows = world
    turned = zones.iloc[::-1].reset_index(drop=True)
    once = fit(choice_pairs(zones, flows), "DCG", "poisson")
    again = fit(choice_pairs(turned, flows), "DCG", "poisson")
    np.testing.assert_allclose(again.theta, once.theta, atol=1e-4)
    many = fit(choice_pairs(zones, flows.assign(flow=flows["flow"] * 7)), "GMPow2", "ssi", 1)
    few = fit(choice_pairs(zones, flows), "GMPow2", "ssi", 1)
    np.testing.assert_allclose(many.theta, few.theta, atol=1e-4)


def test_tables_hold_one_row_per_fit_and_per_parameter(fits):
    one = fits_table("here", fits)
    assert list(one["model"]) == list(MODELS)
    assert {"dataset", "objective", "ssi", "converged", "iterations", "seconds"} <= set(one)
    assert json.loads(one["parameters"][0]) == fits[0].parameters
    each = parameters_table("here", fits)
    assert len(each) == sum(len(found.parameters) for found in fits)
    assert {"bound_low", "bound_high", "at_bound", "low", "high"} <= set(each)
    assert each["low"].isna().all()  # ssi has no derivatives, so no intervals
    empty = parameters_table("here", [f for f in fits if not f.parameters])
    assert list(empty.columns) == list(each.columns)


def test_models_without_parameters_are_fitted_once(pairs):
    found = fit_models(pairs, ("PWO", "RM"), ("ssi", "poisson"), 1)
    assert [(f.model, f.objective) for f in found] == [("PWO", "ssi"), ("RM", "ssi")]
    assert found[0].certificate.method == "no parameters"


def test_saved_tables_add_up(pairs, fits, world):
    saved = saved_tables(pairs, fits, world[0]["name"])
    assert len(saved.predictions) == np.count_nonzero(pairs.flow)
    assert list(saved.predictions)[:4] == ["origin", "destination", "distance_km", "flow"]
    assert set(saved.predictions) >= set(MODELS)
    shares = saved.distances.groupby("model")["share"].sum()
    np.testing.assert_allclose(shares, 1)
    arrived = saved.arrivals.set_index("zone_id")
    np.testing.assert_allclose(arrived[[*MODELS]].sum(), pairs.flow.sum())
    np.testing.assert_allclose(arrived["flow"], pairs.mass)
    np.testing.assert_allclose(arrived["GMPowDC"], pairs.mass, rtol=1e-8)
    with pytest.raises(ValueError, match="DCG twice"):
        saved_tables(pairs, [fits[0], fits[0]], world[0]["name"])


def test_distance_bins_enclose_every_distance():
    for values in ([1.0, 10.0], [3.3], [0.1, 999.99], [1e-3, 1e3]):
        edges = distance_edges(np.array(values))
        assert edges[0] <= min(values)
        assert edges[-1] > max(values)
        np.testing.assert_allclose(np.diff(np.log10(edges)), 0.1, atol=1e-9)


def test_crowding_shows_where_the_attraction_is_independent(world):
    zones, flows = world
    constant = zones.assign(residential_population=5.0)
    table_, skipped = attraction_readings(constant, flows, objectives=("poisson",), seed=1)
    assert list(table_["attraction"].unique()) == ["arrivals", "workplace"]
    assert skipped == {"residential": "residential population is 5 in every zone"}
    own = table_.query("attraction == 'workplace' and model == 'DCG'").iloc[0]
    assert own["gamma_low"] > 0
    assert own["p_value"] < 1e-6
    assert own["difference_low"] < TRUTH[0] - TRUTH[2] < own["difference_high"]
    gravity = table_.query("attraction == 'workplace' and model == 'GMPow2'").iloc[0]
    assert gravity["gamma"] == 0
    assert gravity["alpha_low"] < gravity["alpha"] < gravity["alpha_high"]


def test_no_crowding_is_found_where_none_was_planted(world):
    zones, flows = world
    flat = played(zones, flows, "GMPow2", [0.9, 1.3], seed=2)
    table_, skipped = attraction_readings(
        zones.assign(residential_population=np.nan), flat, objectives=("poisson",), seed=1
    )
    assert skipped == {"residential": "residential population is unknown for 16 of 16 zones"}
    own = table_.query("attraction == 'workplace' and model == 'DCG'").iloc[0]
    assert own["p_value"] > 0.01


def test_arrivals_named_workplace_are_no_second_reading(world):
    zones, flows = world
    same = zones.assign(workplace_population=observed_arrivals(zones, flows))
    _, skipped = attraction_readings(same, flows, objectives=("poisson",))
    assert skipped == {"workplace": "workplace population is the observed arrivals themselves"}


def test_a_zone_where_nobody_arrives_receives_nobody(world):
    zones, flows = world
    pairs = choice_pairs(zones, flows[flows["destination"] != "z03"])
    notes = attraction_notes(pairs)
    assert notes["zones without attraction (receive nobody)"] == 1
    assert notes["zones without observed departures (send nobody)"] == 0
    for model in ("DCG", "GMPow2", "GMPowDC", "IO", "PWO"):
        flow = fit(pairs, model, "ssi", 1, coarse_points=16, local_runs=1).flows(pairs)
        assert flow[pairs.destination == 3].sum() == 0


def test_unusable_attractions_are_named_with_the_remedy(world):
    zones, flows = world
    lost = zones.assign(
        residential_population=zones["residential_population"].where(zones.index != 4)
    )
    with pytest.raises(ValueError, match=r"residential.* zone 'z04' is nan .*choose attraction"):
        choice_pairs(lost, flows, attraction="residential")
    with pytest.raises(ValueError, match="is 0 for every zone"):
        choice_pairs(zones.assign(workplace_population=0.0), flows, attraction="workplace")
    with pytest.raises(ValueError, match="attraction = 'jobs'"):
        choice_pairs(zones, flows, attraction="jobs")
    with pytest.raises(ValueError, match="give at least two zones"):
        choice_pairs(zones.iloc[:1], flows.iloc[:0])
    single = zones.assign(workplace_population=np.where(zones["zone_id"] == "z02", 9.0, 0.0))
    with pytest.raises(ValueError, match="origin 'z02' has trips, but no zone other than itself"):
        choice_pairs(single, flows, attraction="workplace")


def test_flows_that_cannot_be_fitted_are_refused(pairs, capsys):
    with pytest.raises(ValueError, match="no zone sends anybody out"):
        fit(with_flow(pairs, np.zeros(pairs.n_pairs)), "DCG")
    with pytest.raises(ValueError, match="origins: a likelihood fit"):
        fit(pairs, "DCG", "poisson", origins=np.ones(pairs.n_zones, dtype=bool))
    crowded = replace(pairs, mass=np.where(np.arange(pairs.n_zones) == 0, 1e9, pairs.mass))
    with pytest.raises(ValueError, match="is to receive"):
        fit(crowded, "GMPowDC")
    left = fit_models(crowded, ("GMPow", "GMPowDC"), ("ssi",))
    assert [found.model for found in left] == ["GMPow"]
    assert "GMPowDC left out" in capsys.readouterr().out


def test_the_drawn_flows_come_back_from_their_table(pairs, world):
    again = table(pairs, pairs.flow)
    pd.testing.assert_frame_equal(again, world[1], check_dtype=False)


@pytest.mark.parametrize("model", ["RM", "PWO"])
def test_models_of_opportunities_take_zones_where_nobody_arrives(world, model):
    """The radiation weight of the nearest zone is infinite there; its limit is not."""
    zones, flows = world
    deserted = zones["zone_id"].iloc[[0, 1]]
    pairs = choice_pairs(zones, flows[~flows["destination"].isin(deserted)])
    assert (pairs.mass[:2] == 0).all()
    found = fit(pairs, model, "ssi")
    flow = found.flows(pairs)
    sent = np.bincount(pairs.origin, weights=flow, minlength=pairs.n_zones)
    np.testing.assert_allclose(sent, pairs.outflow, rtol=1e-8)
    arrived = np.bincount(pairs.destination, weights=flow, minlength=pairs.n_zones)
    assert (arrived[:2] == 0).all()
