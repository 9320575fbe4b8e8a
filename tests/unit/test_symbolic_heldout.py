"""Laws on origins that their constants have not seen."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.heldout import heldout_rmse, origin_folds
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
    columns[2, world.origin == 4] += 1e4  # only there 5000 - d is negative
    broken = Observations(
        world.names, columns, world.start, world.flow, world.zone, world.destination, world.zone_ids
    )
    found = heldout_rmse([program("5000 - d"), program("w_j / d")], broken, 3)
    assert found[0] == np.inf
    assert np.isfinite(found[1])


def test_no_laws_no_errors(world):
    assert heldout_rmse([], world, 3).shape == (0,)
