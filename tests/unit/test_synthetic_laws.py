"""Allocation laws planted in synthetic worlds come back from the raw files."""

import numpy as np
import pytest

from movelaws import synthetic
from movelaws.calibrate import calibrate
from tests.unit.synthetic_worlds import SMALL, canonical, made_in, planted_pairs

WORLDS = ("england_commuting", "us_commuting", "us_migration")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return made_in(tmp_path_factory, WORLDS)


@pytest.mark.parametrize("world", WORLDS)
def test_calibration_recovers_the_planted_parameter(world, made):
    folder, truth = made[world]
    pairs = planted_pairs(canonical(world, folder, truth), truth)
    ((name, value),) = truth["law"]["parameters"].items()
    found = calibrate(truth["law"]["model"], pairs, "rmse", interval=None)
    # Pairs without a flow are not observed, which moves the optimum by less than 1 %.
    assert found.parameters[name] == pytest.approx(value, rel=0.01)
    assert found.rmse < 1.5 * np.sqrt(pairs.flow.mean())


def test_with_all_pairs_the_likelihood_is_unbiased(made):
    folder, truth = made["us_commuting"]
    pairs = planted_pairs(canonical("us_commuting", folder, truth), truth, support="all")
    found = calibrate("GMExp", pairs, "poisson", interval=None)
    assert found.parameters["b"] == pytest.approx(0.04, rel=0.005)


@pytest.mark.parametrize("model", ["RM", "IO", "OPS", "PWO"])
@pytest.mark.parametrize("world", ["us_commuting", "england_commuting"])
def test_any_model_can_be_planted_opportunities_and_circles_included(world, model, tmp_path):
    law = {"model": model, "parameters": {"b": 3e-6} if model == "IO" else {}}
    truth = synthetic.write(world, tmp_path, 5, {**SMALL[world], "law": law})
    pairs = planted_pairs(canonical(world, tmp_path, truth), truth)
    planted = calibrate(model, pairs, "rmse", interval=None)
    assert planted.rmse < 1.5 * np.sqrt(pairs.flow.mean())
    assert planted.rmse < 0.2 * calibrate("GMZipf", pairs, "rmse", interval=None).rmse
    assert planted.cpc > 0.95


@pytest.mark.parametrize("world", WORLDS)
def test_noise_is_added_on_request(world, made, tmp_path):
    folder, truth = made[world]
    noisy = synthetic.write(world, tmp_path, 1, {**SMALL[world], "dispersion": 0.3})
    cpc = [
        calibrate(
            truth["law"]["model"], planted_pairs(canonical(world, f, t), t), interval=None
        ).cpc
        for f, t in ((folder, truth), (tmp_path, noisy))
    ]
    assert cpc[1] < cpc[0] - 0.1


@pytest.mark.parametrize("world", ["abidjan_d4d", "denmark_moves", "sf_taxi"])
def test_other_laws_can_be_planted_in_the_worlds_of_the_game(world, tmp_path):
    law = {"model": "GMPow", "parameters": {"b": 1.4}}
    truth = synthetic.write(world, tmp_path, 5, {**SMALL[world], "law": law})
    pairs = planted_pairs(canonical(world, tmp_path, truth), truth, support="all")
    found = calibrate("GMPow", pairs, "poisson", interval=None)
    assert found.parameters["b"] == pytest.approx(1.4, rel=0.03)
