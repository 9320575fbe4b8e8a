"""The p value of crowding: it says what the interval says, or why it says nothing."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import t as student

from movelaws.choice.intervals import Intervals
from movelaws.choice.readings import attraction_readings, crowding_test
from tests.unit.crowded_world import TRUTH, country, played


def fitted(gamma=0.5, error=0.1, origins=9.0, scale=4.0, ratio=None, bounds_hit=()):
    """Fits of the game and of gravity 2; the likelihood a parabola unless its ratio is given."""
    ratio = scale * (gamma / error) ** 2 if ratio is None else ratio
    known = Intervals(
        0.95,
        {},
        {},
        effective_origins={"gamma": origins},
        scale={"gamma": scale},
        standard_error={"gamma": error},
    )
    parameters = {"alpha": 10.0 if "alpha" in bounds_hit else 1.5, "beta": 1.0, "gamma": gamma}
    game = SimpleNamespace(
        value=-100 + ratio / 2, intervals=known, parameters=parameters, bounds_hit=bounds_hit
    )
    return game, SimpleNamespace(value=-100.0)


@pytest.mark.parametrize("origins", [2.0, 3.5, 40.0])
@pytest.mark.parametrize("errors", [0.5, 1.9, 2.3, 6.0])
def test_p_and_interval_are_one_verdict_where_the_likelihood_is_a_parabola(origins, errors):
    numbers, why = crowding_test(*fitted(0.1 * errors, origins=origins), "residential")
    assert why == ""
    assert numbers["p_value"] == pytest.approx(student.sf(errors, origins - 1))
    assert numbers["p_ratio"] == pytest.approx(numbers["p_value"])
    low = errors - student.ppf(0.975, origins - 1)
    assert (numbers["p_value"] < 0.025) == (low > 0)


def test_p_is_the_larger_of_both_where_the_likelihood_is_none():
    steep, _ = crowding_test(*fitted(error=0.4, ratio=400.0), "residential")
    assert steep["p_ratio"] < 1e-4
    assert steep["p_value"] == pytest.approx(student.sf(1.25, 8))
    shallow, _ = crowding_test(*fitted(error=0.05, ratio=4.0), "residential")
    assert shallow["p_value"] == shallow["p_ratio"] == pytest.approx(student.sf(1, 8))


@pytest.mark.parametrize(
    ("change", "attraction", "words"),
    [
        ({}, "arrivals", "the attraction is the arrivals"),
        ({"bounds_hit": ("alpha",)}, "residential", "alpha on the edge of the box"),
        ({"bounds_hit": ("gamma",), "gamma": 10.0}, "residential", "gamma on the edge"),
        ({"origins": 1.7}, "residential", "1.7 effective origins"),
        ({"scale": np.nan, "ratio": 9.0}, "workplace", "flat along a direction with gamma"),
    ],
)
def test_there_is_no_p_where_nothing_is_tested(change, attraction, words):
    numbers, why = crowding_test(*fitted(**change), attraction)
    assert words in why
    assert np.isnan([numbers["p_value"], numbers["p_ratio"]]).all()
    assert np.isfinite(numbers["likelihood_ratio"])


def test_a_fit_without_crowding_is_no_evidence_for_it():
    game, gravity = fitted(gamma=0.0, ratio=0.0, bounds_hit=("gamma",))
    game.intervals = replace(game.intervals, scale={"gamma": np.nan})
    numbers, why = crowding_test(game, gravity, "residential")
    assert (numbers["p_value"], why) == (1.0, "")


def test_readings_give_p_and_interval_that_agree_and_reasons_where_there_is_none():
    zones, flows = country(n=16)
    zones = zones.assign(residential_population=np.nan)
    for model, theta in (("DCG", TRUTH), ("GMPow2", [0.9, 1.3])):
        table, _ = attraction_readings(
            zones, played(zones, flows, model, theta), objectives=("poisson",)
        )
        game = table[table["model"] == "DCG"].set_index("attraction")
        assert np.isnan(game.loc["arrivals", "p_value"])
        assert "p_value: the attraction is the arrivals" in game.loc["arrivals", "reason"]
        own = game.loc["workplace"]
        assert "p_value" not in own["reason"]
        assert (own["p_value"] < 0.025) == (own["gamma_low"] > 0) == (model == "DCG")
        assert np.isnan(table.loc[table["model"] == "GMPow2", "p_value"]).all()
