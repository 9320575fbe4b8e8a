"""Laws on origins that their constants have not seen."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar

from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.heldout import (
    COLUMNS,
    gain_interval,
    heldout_errors,
    heldout_rmse,
    heldout_table,
    origin_folds,
)
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.parsing import parse
from movelaws.symbolic.programs import to_program
from tests.unit.law_world import planted

NAMES = ("w_i", "w_j", "d", "s_w")


def program(text):
    return to_program(parse(text), NAMES)


@pytest.fixture(scope="module")
def world():
    return planted(lambda w_i, w_j, d: w_j / d**1.6, 30, noise=0.4)


def test_folds_are_a_partition_by_the_seed():
    folds = origin_folds(23, 5, seed=3)
    np.testing.assert_array_equal(np.sort(np.concatenate(folds)), np.arange(23))
    assert {len(fold) for fold in folds} == {4, 5}
    for first, again in zip(folds, origin_folds(23, 5, seed=3), strict=True):
        np.testing.assert_array_equal(first, again)
    assert not np.array_equal(folds[0], origin_folds(23, 5, seed=4)[0])


@pytest.mark.parametrize("folds", [1, 24])
def test_too_few_or_too_many_folds(folds):
    with pytest.raises(ValueError, match=f"folds = {folds}: from 2 to the number of origins, 23"):
        origin_folds(23, folds, seed=0)


def test_the_error_is_that_of_fits_by_hand(world):
    squared = 0.0
    for held in origin_folds(30, 3, seed=1):
        outside = Evaluator(world.of_origins(np.setdiff1d(np.arange(30), held)))
        best = minimize_scalar(
            lambda c, e=outside: e.rmse(program(f"w_j / d^{c}")),
            bounds=(0.5, 3),
            method="bounded",
            options={"xatol": 1e-9},
        ).x
        inside = Evaluator(world.of_origins(held))
        squared += inside.rmse(program(f"w_j / d^{best}")) ** 2 * inside.n_rows
    expected = np.sqrt(squared / world.n_rows)
    found = heldout_rmse([program("w_j / d^2")], world, 3, seed=1)
    assert found == pytest.approx([expected], rel=1e-6)


def test_without_constants_it_is_the_error_on_all_rows(world):
    laws = [program("w_j / d"), program("w_j")]
    expected = [Evaluator(world).rmse(law) for law in laws]
    np.testing.assert_allclose(heldout_rmse(laws, world, 4), expected)


def test_more_constants_than_needed_do_not_help_outside(world):
    evaluator = Evaluator(world)
    laws = [program("w_j / d^1.6"), program("w_j / (d^1.6 + 2.0 * w_i^1.0)")]
    outside = heldout_rmse(laws, world, 5)
    assert outside[0] >= 0.999 * evaluator.rmse(laws[0])
    assert np.isfinite(outside).all()


def test_an_exact_law_predicts_origins_it_has_not_seen():
    exact = planted(lambda w_i, w_j, d: w_j / d**1.6, 30)
    found = heldout_rmse([program("w_j / d^1.3"), program("w_j / 1.02^d")], exact, 5)
    assert found[0] < 1e-5 * exact.flow.mean()
    assert found[1] > 0.1 * exact.flow.mean()


def test_a_law_that_fails_on_one_fold_has_an_infinite_error(world):
    columns = world.columns.copy()
    columns[2, world.start[4]] = 0.0  # there w_j / d has no value
    broken = Observations(
        world.names, columns, world.start, world.flow, world.zone, world.destination, world.zone_ids
    )
    laws = [program("w_j / d"), program("w_j / 1.02^d")]
    found = heldout_rmse(laws, broken, 3)
    assert found[0] == np.inf
    assert np.isfinite(found[1])
    errors = heldout_errors(laws, broken, 3)[0]
    held = next(fold for fold in origin_folds(30, 3, 0) if 4 in fold)
    np.testing.assert_array_equal(np.flatnonzero(np.isinf(errors)), held)


def test_no_laws_no_errors(world):
    assert heldout_rmse([], world, 3).shape == (0,)


def test_constants_need_not_know_the_fold(world):
    """Constants far from any minimum end where good ones do: the folds have their own starts."""
    good, lost = program("w_j / d^1.6"), program("w_j / d^40")
    np.testing.assert_allclose(
        heldout_rmse([lost], world, 4), heldout_rmse([good], world, 4), rtol=1e-6
    )


def test_errors_by_origin_add_up(world):
    laws = [program("w_j / d^1.6"), program("w_j / 1.02^d")]
    errors = heldout_errors(laws, world, 3, seed=2)
    assert errors.shape == (2, 30)
    rmse = np.sqrt(errors.sum(axis=1) / world.n_rows)
    np.testing.assert_allclose(heldout_rmse(laws, world, 3, seed=2), rmse)
    held = origin_folds(30, 3, seed=2)[0]
    part = Evaluator(world.of_origins(held))
    bare = heldout_errors([program("w_j / d")], world, 3, seed=2)[0, held]
    np.testing.assert_allclose(bare, part.origin_losses(program("w_j / d")))


def test_the_gain_is_over_exponential_gravity(world):
    laws = [program("w_j / d^1.6"), program("w_j / 1.02^d"), program("w_j")]
    table = heldout_table(laws, world, 5, seed=1)
    assert tuple(table.columns) == COLUMNS
    power, exponential, none = table.itertuples()
    gain = 100 * (1 - power.heldout_rmse / exponential.heldout_rmse)
    assert power.heldout_gain == pytest.approx(gain, rel=1e-5)
    assert 0 < power.heldout_gain_low < gain < power.heldout_gain_high
    assert np.allclose(exponential[3:], 0, atol=1e-4)
    assert none.heldout_gain_high < 0
    again = heldout_table(laws, world, 5, seed=1)
    pd.testing.assert_frame_equal(table, again)


def test_without_distances_there_is_no_gain(world):
    poor = world.of_variables(["w_i", "w_j"])
    table = heldout_table([to_program(parse("w_j"), poor.names)], poor, 3)
    assert table["heldout_rmse"].notna().all()
    assert table[list(COLUMNS[1:])].isna().all(axis=None)


def test_the_interval_of_a_gain_is_that_of_means_of_many_origins():
    """Sums over many alike origins are nearly normal: the delta method gives their ratio."""
    random = np.random.default_rng(4)
    reference = random.gamma(4, 1, 3000)
    errors = 0.81 * reference + random.normal(0, 0.2, 3000) ** 2
    gain, low, high = gain_interval(errors, reference, seed=5)
    ratio = errors.sum() / reference.sum()
    assert gain == pytest.approx(100 * (1 - np.sqrt(ratio)))
    spread = np.std(errors - ratio * reference) * np.sqrt(3000) / reference.sum()
    half = 1.96 * 100 * spread / (2 * np.sqrt(ratio))
    assert gain - low == pytest.approx(half, rel=0.1)
    assert high - gain == pytest.approx(half, rel=0.1)
    assert (gain, low, high) == gain_interval(errors, reference, seed=5)
    narrow = gain_interval(errors, reference, 5, confidence=0.5)
    assert low < narrow[1] < gain < narrow[2] < high


def test_pairing_makes_equal_laws_equal_for_certain():
    errors = np.random.default_rng(1).gamma(0.1, 1e6, 40)
    assert gain_interval(errors, errors, 0) == (0.0, 0.0, 0.0)
    assert gain_interval(0.25 * errors, errors, 0) == pytest.approx((50.0, 50.0, 50.0))


def test_gains_that_are_not_defined():
    fine = np.ones(4)
    assert np.isnan(gain_interval(fine, np.zeros(4), 0)).all()
    assert np.isnan(gain_interval(np.full(4, np.inf), fine, 0)).all()
    with pytest.raises(ValueError, match="one value per origin"):
        gain_interval(fine, np.ones(3), 0)
    with pytest.raises(ValueError, match="confidence = 1"):
        gain_interval(fine, fine, 0, confidence=1)
