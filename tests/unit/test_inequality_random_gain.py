"""Gains of likelihood of classes dealt out at random: a comparison that says: these places."""

import numba
import numpy as np
import pytest

from movelaws.inequality.likelihood import estimate_penalty, origin_log_likelihood, penalty_grid
from movelaws.inequality.random_gain import coarser, largest_gain, p_random_gain, random_gains
from movelaws.inequality.standard import standard
from movelaws.inequality.two_class import two_class
from movelaws.seeds import stream
from tests.unit.inequality_case import VARIABLES, built, moving, with_flow

FINE = penalty_grid(-7, -2, 8, advantage=True)
GRID = coarser(FINE)
FEW = coarser(FINE, 10)
ASKED = {"seed": 3, "job": ("t", "flood")}


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Thousands of runs of a small model: on busy cores threads would wait for each other."""
    before = numba.get_num_threads()
    numba.set_num_threads(1)
    yield
    numba.set_num_threads(before)


@pytest.fixture(scope="module")
def base():
    return built(n=30, seed=1, variables={"flood": VARIABLES["flood"]})


def planted(case, penalty, seed=0):
    people = np.round(0.05 * case.surroundings.mass)
    return moving(case, case.exact("flood")(penalty), people, seed)


def model(case):
    return lambda shape: lambda penalty: two_class(case.surroundings, shape > 0, penalty)


def test_every_fourth_penalty_away_from_0_is_kept():
    assert (coarser(np.array([-3, -2, -1, 0.0, 1, 2, 3, 4, 5]), 2) == [-2, 0, 2, 4]).all()
    assert np.isin(GRID, FINE).all()
    assert (GRID == 0).sum() == 1
    assert GRID.size == pytest.approx(FINE.size / 4, abs=2)
    assert (coarser(FINE, 1) == FINE).all()
    # as many penalties as advantages where the grid has them
    assert (GRID > 0).sum() == (GRID < 0).sum()


def test_the_largest_gain_is_that_of_the_profile(base):
    case = planted(base, 3e-4)
    found = largest_gain(case.surroundings, case.exact("flood"), GRID)
    profile = estimate_penalty(
        case.surroundings, case.exact("flood"), GRID, bootstraps=1, rng=np.random.default_rng(0)
    ).profile.set_index("delta_minus_1")["gain_per_person"]
    assert found == pytest.approx(profile[GRID].max(), rel=1e-9)
    fine = largest_gain(case.surroundings, case.exact("flood"), FINE)
    assert 0 < found <= fine


def test_random_gains_are_those_of_permutations(base):
    case = planted(base, 1e-4)
    shape, around = case.shapes["flood"], case.surroundings
    found = random_gains(around, model(case), shape, GRID, count=5, **ASKED)
    assert (found >= 0).all()
    null = origin_log_likelihood(around.flow, standard(around)).sum()
    for k, gain in enumerate(found):
        dealt = stream(3, "t", "flood", str(k)).permutation(shape)
        best = max(
            origin_log_likelihood(around.flow, two_class(around, dealt > 0, one)).sum()
            for one in GRID
        )
        assert gain == pytest.approx(max(best - null, 0) / around.flow.sum(), rel=1e-6, abs=1e-10)
    fewer = random_gains(around, model(case), shape, GRID, count=2, **ASKED)
    assert fewer.tolist() == found[:2].tolist()
    other = random_gains(around, model(case), shape, GRID, count=5, seed=4, job=("t", "flood"))
    assert other.tolist() != found.tolist()


def test_planted_places_gain_more_than_any_others(base):
    case = planted(base, 3e-4)
    shape = case.shapes["flood"]
    assert p_random_gain(case.surroundings, model(case), shape, GRID, count=39, **ASKED) == 1 / 40


def test_in_a_rough_world_any_class_gains_and_none_stands_out(base):
    """Worlds rougher than radiation, classes without meaning."""
    rng = np.random.default_rng(0)
    around = base.surroundings
    gains, p_values = [], []
    for seed in range(10):
        rough = standard(around) * rng.lognormal(0, 2.5, around.flow.shape)
        case = moving(base, rough, np.round(0.05 * around.mass), seed)
        shape = rng.permutation(base.shapes["flood"])
        gains.append(largest_gain(case.surroundings, model(case)(shape), FEW))
        p_values.append(
            p_random_gain(case.surroundings, model(case), shape, FEW, count=19, **ASKED)
        )
    # the standard model is the better one for hardly any
    assert np.count_nonzero(gains) >= 8
    # of 10 at a rate of 5 %, 4 or more have 0.1 %
    assert np.count_nonzero(np.array(p_values) <= 0.05) <= 3
    assert 0.2 < np.median(p_values) < 0.85


def test_a_class_of_nobody_gains_nothing_as_all_others_do(base):
    case = planted(base, 1e-4)
    nobody = np.zeros(30)
    assert largest_gain(case.surroundings, model(case)(nobody), GRID) == 0
    assert p_random_gain(case.surroundings, model(case), nobody, GRID, count=3, **ASKED) == 1


def test_without_random_classes_there_is_no_p_value(base):
    case = planted(base, 1e-4)
    shape = case.shapes["flood"]
    assert random_gains(case.surroundings, model(case), shape, GRID, count=0, **ASKED).size == 0
    assert np.isnan(p_random_gain(case.surroundings, model(case), shape, GRID, count=0, **ASKED))


def test_unusable_arguments_are_named(base):
    around, shape = base.surroundings, base.shapes["flood"]
    with pytest.raises(ValueError, match="count = -1"):
        random_gains(around, model(base), shape, GRID, count=-1, **ASKED)
    with pytest.raises(ValueError, match=r"0 .* must be among the penalties"):
        largest_gain(around, base.exact("flood"), GRID[GRID > 0])
    with pytest.raises(ValueError, match="every = 0"):
        coarser(GRID, 0)
    still = with_flow(base, np.zeros_like(around.flow))
    with pytest.raises(ValueError, match="nobody moves"):
        largest_gain(still.surroundings, still.exact("flood"), GRID)
