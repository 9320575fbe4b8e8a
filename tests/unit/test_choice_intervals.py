"""Intervals hold what was planted, and stay open where the flows say nothing."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t as student

from movelaws.choice.fits import fit
from movelaws.choice.intervals import DIFFERENCE, FEW_ORIGINS, likelihood_intervals
from movelaws.choice.likelihood import climb, hessian, scores
from movelaws.choice.masses import choice_pairs
from movelaws.choice.predictors import predictor
from tests.unit.crowded_world import TRUTH, country, drawn, played, with_flow


@pytest.fixture(scope="module")
def world():
    zones, flows = country()
    return zones, played(zones, flows)


@pytest.fixture(scope="module")
def pairs(world):
    return choice_pairs(*world, attraction="workplace")


@pytest.fixture(scope="module")
def consistent(world):
    """Pairs whose flows obey the game exactly with the arrivals as attraction.

    T = O A^0.8 d^-1.3 / Z with A = sum_i T: what any alpha - gamma = 0.8 gives.
    """
    pairs = choice_pairs(*world)
    game, arrivals = predictor("GMPow2", pairs), pairs.mass
    for _ in range(150):
        game = predictor("GMPow2", _with_mass(pairs, arrivals))
        flow = game.flows(np.array([0.8, 1.3]))
        arrivals = np.bincount(pairs.destination, weights=flow, minlength=pairs.n_zones)
    return with_flow(_with_mass(pairs, arrivals), flow)


def _with_mass(pairs, mass):
    return replace(pairs, mass=mass)


@pytest.mark.parametrize(
    ("model", "theta"),
    [("DCG", [2.0, 1.1, 0.7]), ("DCG", [1.2, 0.9, 0.0]), ("GMPowDC", [1.1])],
)
def test_the_gradient_is_that_of_the_likelihood(pairs, model, theta):
    found, theta, seen = predictor(model, pairs), np.array(theta), np.flatnonzero(pairs.flow)
    at = scores(found, theta)
    assert at.value == pytest.approx(found.log_likelihood(theta, seen), rel=1e-12)
    for a in range(theta.size):
        step = np.zeros(theta.size)
        step[a] = 1e-4
        ahead = [found.log_likelihood(theta + k * step, seen) for k in (0, 1, 2)]
        slope = (-1.5 * ahead[0] + 2 * ahead[1] - 0.5 * ahead[2]) / 1e-4
        total = at.gradient.sum(axis=0)
        assert slope == pytest.approx(total[a], abs=1e-5 * np.abs(total).max() + 0.1)


def test_information_is_the_expected_bend(pairs):
    game = predictor("DCG", pairs)
    expected = predictor("DCG", with_flow(pairs, game.flows(TRUTH)))
    at = scores(expected, TRUTH)
    np.testing.assert_allclose(at.gradient.sum(axis=0), 0, atol=1e-3)
    bend = -hessian(expected, TRUTH)
    np.testing.assert_allclose(bend, at.information, rtol=1e-4, atol=1e-4 * bend.max())


def test_scoring_ends_at_the_top_from_anywhere(pairs):
    game = predictor("DCG", pairs)
    ends = [climb(game, np.array(s)) for s in ([0.5, 0.5, 0.0], [9.0, 3.0, 9.0], [3.0, 1.0, 1.0])]
    assert all(end.settled and end.evaluations < 30 for end in ends)
    for end in ends[1:]:
        np.testing.assert_allclose(end.theta, ends[0].theta, atol=1e-4)
    held = climb(game, ends[0].theta, {2: 0.3})
    assert held.theta[2] == 0.3
    assert held.value < ends[0].value


def test_planted_parameters_lie_in_their_intervals(pairs):
    found = fit(pairs, "DCG", "poisson")
    assert found.converged
    assert found.intervals.reason == {}
    for name, truth in zip(found.parameters, TRUTH, strict=True):
        assert found.intervals.low[name] < truth < found.intervals.high[name]
        assert found.intervals.high[name] - found.intervals.low[name] < 0.5
    assert found.intervals.low[DIFFERENCE] < TRUTH[0] - TRUTH[2] < found.intervals.high[DIFFERENCE]
    scales = found.intervals.scale
    assert set(scales) == {"alpha", "beta", "gamma", DIFFERENCE}
    assert all(0.3 < scale < 3 for scale in scales.values())  # multinomial flows: about 1


def test_scale_and_error_of_each_parameter_are_those_of_the_sandwich(pairs):
    game, theta = predictor("DCG", pairs), fit(pairs, "DCG", "poisson").theta
    known = likelihood_intervals(game, theta)
    gradient, bread = scores(game, theta).gradient, np.linalg.inv(-hessian(game, theta))
    n = len(gradient)
    sandwich = bread @ gradient.T @ gradient @ bread * n / (n - 1)
    for name, w in (("gamma", [0, 0, 1]), ("alpha", [1, 0, 0]), (DIFFERENCE, [1, 0, -1])):
        w = np.array(w)
        variance = w @ sandwich @ w
        assert known.scale[name] == pytest.approx(variance / (w @ bread @ w), rel=1e-6)
        assert known.standard_error[name] == pytest.approx(np.sqrt(variance), rel=1e-6)
        pull = (gradient @ bread @ w) ** 2
        origins = pull.sum() ** 2 / (pull**2).sum()
        assert known.effective_origins[name] == pytest.approx(origins, rel=1e-6)
        half = known.standard_error[name] * student.ppf(0.975, origins - 1)
        assert known.high[name] - known.low[name] == pytest.approx(2 * half, rel=1e-6)


def test_an_interval_from_few_origins_names_their_number(pairs):
    flow = pairs.flow.copy()
    large = pairs.origin == 0
    flow[large] *= 3e3  # one origin decides
    known = fit(with_flow(pairs, flow), "DCG", "poisson").intervals
    assert known.effective_origins["beta"] < FEW_ORIGINS
    assert known.reason["beta"].endswith(f"{known.effective_origins['beta']:.1f} effective origins")
    gravity = fit(with_flow(pairs, flow), "GMPow2", "poisson").intervals
    assert gravity.reason["a"].startswith("at least 1.")


def test_intervals_hold_the_truth_about_as_often_as_they_say(pairs):
    game = predictor("DCG", pairs)
    mean, inside = game.flows(TRUTH), []
    for seed in range(12):
        drawn_pairs = with_flow(pairs, drawn(pairs, mean, seed))
        known = fit(drawn_pairs, "DCG", "poisson").intervals
        names = ("alpha", "beta", "gamma")
        inside += [known.low[n] < t < known.high[n] for n, t in zip(names, TRUTH, strict=True)]
    assert np.mean(inside) > 0.8


def test_with_arrivals_as_attraction_only_the_difference_is_identified(consistent):
    found = fit(consistent, "DCG", "poisson")
    known = found.intervals
    for name in set(("alpha", "gamma")) - set(found.bounds_hit):
        assert known.high[name] == np.inf
        assert known.reason[name].startswith("unidentified")
    assert found.parameters["alpha"] - found.parameters["gamma"] == pytest.approx(0.8, abs=1e-4)
    game = predictor("DCG", consistent)
    inner = likelihood_intervals(game, np.array([2.8, 1.3, 2.0]))
    for name in ("alpha", "gamma"):
        assert inner.high[name] == np.inf
        assert inner.reason[name].startswith("unidentified: the likelihood is flat")
    assert inner.low["gamma"] == -np.inf
    assert inner.low["alpha"] <= 0.8  # alpha = 0.8 + gamma, and gamma >= 0
    assert inner.low[DIFFERENCE] == pytest.approx(0.8, abs=1e-3)
    assert inner.high[DIFFERENCE] == pytest.approx(0.8, abs=1e-3)
    assert inner.low["beta"] == pytest.approx(1.3, abs=1e-3)
    assert "unidentified" not in inner.reason.get("beta", "")


def test_noise_does_not_make_up_an_interval_for_the_ridge(consistent):
    noisy = with_flow(consistent, drawn(consistent, consistent.flow, 2))
    arrivals = np.bincount(noisy.destination, weights=noisy.flow, minlength=noisy.n_zones)
    known = likelihood_intervals(
        predictor("DCG", _with_mass(noisy, arrivals)), np.array([2.8, 1.3, 2.0])
    )
    assert known.high["gamma"] - known.low["gamma"] > 5
    assert known.high[DIFFERENCE] - known.low[DIFFERENCE] < 0.2


def test_a_parameter_on_its_bound_has_no_interval_and_the_others_say_so(pairs):
    found = fit(pairs, "DCG", "poisson", bounds={"gamma": (0.0, 0.5)})
    assert found.bounds_hit == ("gamma",)
    assert found.at_bound
    known = found.intervals
    assert np.isnan(known.low["gamma"])
    assert known.reason["gamma"] == "on the bound 0.5 of the range searched"
    for name in ("alpha", "beta", DIFFERENCE):
        assert known.reason[name].startswith("holds along the edge of the box only (gamma = 0.5)")
    mirrored = [known.low["alpha"] - 0.5, known.high["alpha"] - 0.5]
    assert [known.low[DIFFERENCE], known.high[DIFFERENCE]] == pytest.approx(mirrored)
    assert np.isfinite([known.low["alpha"], known.high["alpha"]]).all()


def test_without_crowding_gamma_falls_to_zero(world):
    zones, flows = world
    flat = played(zones, flows, "GMPow2", [0.9, 1.2], seed=1)
    found = fit(choice_pairs(zones, flat, attraction="workplace"), "DCG", "poisson")
    low = found.intervals.low["gamma"]
    assert found.parameters["gamma"] < 0.05 or low < 0


def test_other_models_bring_the_intervals_of_their_own_calibration(pairs):
    found = fit(pairs, "GMPow2", "poisson")
    assert found.intervals.low["a"] < found.parameters["a"] < found.intervals.high["a"]
    pinned = fit(pairs, "GMPow2", "poisson", bounds={"b": (3.0, 4.0)})
    assert "bound" in pinned.intervals.reason["b"]


def test_unusable_requests_are_refused(pairs):
    with pytest.raises(ValueError, match="confidence = 1"):
        likelihood_intervals(predictor("DCG", pairs), TRUTH, 1.0)
    with pytest.raises(ValueError, match="has no equilibrium"):
        scores(predictor("GMPow", pairs), np.array([1.0]))
    empty = pairs.mass.copy()
    empty[pairs.destination[np.argmax(pairs.flow > 0)]] = 0
    with pytest.raises(ValueError, match="the likelihood is 0; give the destination"):
        scores(predictor("DCG", _with_mass(pairs, empty)), TRUTH)
