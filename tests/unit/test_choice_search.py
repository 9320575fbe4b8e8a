"""The search finds the optimum a dense grid finds, says how, and repeats itself."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from movelaws.choice.masses import choice_pairs
from movelaws.choice.predictors import MODELS, predictor
from movelaws.choice.search import Target, maximise
from movelaws.game import NotConvergedError
from movelaws.metrics import cpc, ssi
from tests.unit.crowded_world import country, played


@pytest.fixture(scope="module")
def pairs():
    zones, flows = country(14)
    return choice_pairs(zones, played(zones, flows, theta=[2.6, 1.1, 1.4]))


def test_the_objectives_are_those_of_the_metrics(pairs):
    for model, theta in (("DCG", [2.0, 1.2, 0.7]), ("GMPow2", [1.1, 0.9]), ("PWO", [])):
        found = predictor(model, pairs)
        flows = found.flows(np.array(theta))
        at = {o: Target(found, o).at(np.array(theta)) for o in ("ssi", "cpc", "poisson")}
        assert at["ssi"] == pytest.approx(ssi(pairs.flow, flows, pairs.n_zones), rel=1e-9)
        assert at["cpc"] == pytest.approx(cpc(pairs.flow, flows), rel=1e-9)
        seen = pairs.flow > 0
        if (flows[seen] > 0).all():
            likely = pairs.flow[seen] @ np.log(flows[seen])
            assert at["poisson"] == pytest.approx(likely, rel=1e-12)


def test_the_search_reaches_the_best_of_a_dense_grid(pairs):
    target = Target(predictor("DCG", pairs), "ssi")
    found = maximise(target, 1)
    axes = np.linspace(0.0, 4.0, 9), np.linspace(0.6, 1.6, 6), np.linspace(0.0, 4.0, 9)
    assert found.value >= max(target.at(np.array(t), 1e-6) for t in product(*axes))


@pytest.mark.parametrize("model", ["GMPow", "GMPowDC", "IO"])
def test_one_parameter_is_found_as_on_a_fine_grid(pairs, model):
    target = Target(predictor(model, pairs), "cpc")
    found = maximise(target, 1)
    u = target.unit(found.theta)[0] + np.linspace(-0.05, 0.05, 81)
    assert found.value >= max(target.value(np.array([x]), 1e-9) for x in np.clip(u, 0, 1)) - 1e-9
    assert found.certificate.bounds_hit == ()


def test_the_certificate_tells_what_was_done(pairs):
    target = Target(predictor("DCG", pairs), "ssi")
    certificate = maximise(target, 1, coarse_points=32, local_runs=3).certificate
    assert certificate.coarse_points == 32
    assert len(certificate.local_values) == 3
    assert certificate.local_values[0] >= certificate.coarse_best
    assert certificate.local_spread == certificate.local_values[0] - certificate.local_values[-1]
    assert 32 < certificate.evaluations == target.evaluations
    assert certificate.not_converged == 0
    assert set(certificate.as_dict()) >= {"method", "evaluations", "bounds_hit"}


def test_a_bound_that_is_hit_is_named_and_met_exactly(pairs):
    found = maximise(Target(predictor("GMPow2", pairs, {"b": (2.5, 4.0)}), "ssi"), 1)
    assert found.certificate.bounds_hit == ("b",)
    assert found.theta[1] == 2.5


def test_the_same_seed_gives_the_same_result(pairs):
    runs = [
        maximise(Target(predictor("DCG", pairs), "ssi"), seed, coarse_points=32)
        for seed in (4, 4, 5)
    ]
    assert np.array_equal(runs[0].theta, runs[1].theta)
    assert runs[0].certificate == runs[1].certificate
    assert runs[2].value == pytest.approx(runs[0].value, abs=1e-4)


def test_the_order_of_evaluations_does_not_matter(pairs):
    thetas = [np.array(t) for t in ([1.0, 1.0, 0.0], [9.0, 0.3, 8.0], [2.0, 2.0, 1.0])]
    seen = np.flatnonzero(pairs.flow)
    game, back = predictor("DCG", pairs), predictor("DCG", pairs)
    forth = [game.flows_at(theta, seen) for theta in thetas]
    for theta, there in zip(thetas[::-1], forth[::-1], strict=True):
        np.testing.assert_allclose(back.flows_at(theta, seen), there, rtol=1e-9)
        np.testing.assert_allclose(back.flows(theta)[seen], there, rtol=1e-9)


def test_every_model_keeps_the_outflows_and_its_choice_of_pairs(pairs):
    index = np.array([3, 50, 7])
    for model in MODELS:
        found = predictor(model, pairs)
        theta = np.array([np.sqrt(max(p.low, 1e-9) * p.high) for p in found.parameters])
        flows = found.flows(theta)
        sums = np.add.reduceat(flows, pairs.start[:-1])
        np.testing.assert_allclose(sums, pairs.outflow, rtol=1e-9, err_msg=model)
        np.testing.assert_allclose(found.flows_at(theta, index), flows[index], rtol=1e-8)


def test_the_game_without_crowding_is_gravity_2_and_far_beyond_doubly_constrained(pairs):
    game = predictor("DCG", pairs)
    gravity = predictor("GMPow2", pairs).flows(np.array([1.2, 0.9]))
    np.testing.assert_allclose(game.flows(np.array([1.2, 0.9, 0.0])), gravity, rtol=1e-9)
    limit = predictor("GMPowDC", pairs).flows(np.array([0.9]))
    far = game.flows(np.array([1e5 + 1, 0.9, 1e5]), tolerance=1e-6)
    np.testing.assert_allclose(far, limit, rtol=2e-3)


def test_points_without_equilibrium_are_counted_not_used(pairs, monkeypatch):
    game = predictor("DCG", pairs)
    solved = game.flows_at

    def fragile(theta, index, tolerance=1e-11):
        if theta[2] > 5:
            raise NotConvergedError("no equilibrium")
        return solved(theta, index, tolerance)

    monkeypatch.setattr(game, "flows_at", fragile)
    found = maximise(Target(game, "ssi"), 1, coarse_points=32)
    assert found.certificate.not_converged >= 16
    assert found.theta[2] <= 5


def test_unusable_requests_are_refused(pairs):
    game = predictor("DCG", pairs)
    with pytest.raises(ValueError, match="objective = 'rmse': choose one of ssi"):
        Target(game, "rmse")
    with pytest.raises(ValueError, match="nothing to calibrate"):
        Target(game, "ssi", np.zeros(pairs.n_zones, dtype=bool))
    with pytest.raises(ValueError, match="needs starts"):
        maximise(Target(game, "ssi"), 1, coarse_points=0)
    with pytest.raises(ValueError, match="model = 'OPS': choose one of DCG"):
        predictor("OPS", pairs)
    with pytest.raises(ValueError, match="bounds names 'b'"):
        predictor("DCG", pairs, {"b": (0, 1)})
    with pytest.raises(ValueError, match="need finite low < high"):
        predictor("DCG", pairs, {"beta": (2, 1)})
    with pytest.raises(ValueError, match="takes gamma >= 0"):
        predictor("DCG", pairs, {"gamma": (-1, 1)})
    with pytest.raises(ValueError, match=r"pairs\.circle"):
        predictor("PWO", replace(pairs, circle=None))
