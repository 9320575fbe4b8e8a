"""Constants: planted ones come back from far starts, whatever the loss and the threads."""

import math

import numba
import numpy as np
import pytest
from scipy.optimize import minimize

from movelaws.symbolic import kernels
from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.fitting import (
    fit_constants,
    points_of_cube,
    screen,
    starting_constants,
)
from movelaws.symbolic.tokens import (
    ADD,
    BASE,
    CONSTANT,
    DIVIDE,
    EXP,
    MULTIPLY,
    POWER,
    Program,
    stacked,
)
from tests.unit.symbolic_worlds import program, reference, world

W_I, W_J, D, S = range(4)
EXPONENTIAL = program([W_J, CONSTANT, D, BASE, DIVIDE], 0.083)

PLANTED = {
    "exponential": EXPONENTIAL,
    "power": program([W_J, D, CONSTANT, POWER, DIVIDE], 2.6),
    "stretched": program([W_J, D, CONSTANT, POWER, EXP, DIVIDE], 0.43),
    "addend": program([W_J, D, CONSTANT, ADD, D, MULTIPLY, DIVIDE], 25.0),
    "power and factor": program(
        [W_J, D, CONSTANT, POWER, CONSTANT, W_I, MULTIPLY, ADD, DIVIDE], 2.3, 67.0
    ),
    "power of a sum": program([W_J, D, S, ADD, CONSTANT, ADD, CONSTANT, POWER, DIVIDE], 30.0, 3.1),
    "scaled stretched": program(
        [W_J, D, CONSTANT, MULTIPLY, CONSTANT, POWER, EXP, DIVIDE], 0.04, 1.6
    ),
    "three": program(
        [W_J, CONSTANT, POWER, D, CONSTANT, POWER, CONSTANT, D, BASE, MULTIPLY, DIVIDE],
        0.8,
        0.7,
        0.02,
    ),
}


def _planted(one, seed=31):
    return world(seed, flow=lambda columns: reference(one, columns))


@pytest.mark.parametrize("name", PLANTED)
def test_planted_constants_come_back_from_starts_by_role(name):
    one = PLANTED[name]
    observed = _planted(one)
    evaluator = Evaluator(observed)
    found, losses = screen(evaluator, one.code[None], seed=5)
    assert losses[0] < 1e-12 * (observed.flow**2).sum()
    np.testing.assert_allclose(found[0, : one.constants.size], one.constants, rtol=1e-4)


@pytest.mark.parametrize(("loss", "alpha"), [("poisson", 0.0), ("negbin", 0.2)])
def test_likelihoods_have_the_planted_constants_as_well(loss, alpha):
    for name in ("exponential", "power and factor"):
        one = PLANTED[name]
        evaluator = Evaluator(_planted(one), loss, alpha)
        found, losses = screen(evaluator, one.code[None], seed=6)
        assert losses[0] == pytest.approx(evaluator.data.floor[0], rel=1e-9)
        np.testing.assert_allclose(found[0, : one.constants.size], one.constants, rtol=1e-4)


def test_levenberg_marquardt_comes_from_far():
    evaluator = Evaluator(_planted(EXPONENTIAL))
    for start in (0.5, 0.01, -0.02, 0.0):
        found, losses, converged = fit_constants(
            evaluator, EXPONENTIAL.code[None], np.array([[[start]]]), iterations=100
        )
        assert found[0, 0] == pytest.approx(EXPONENTIAL.constants[0], rel=1e-6), start
        assert converged[0]
        assert losses[0] < 1e-12 * evaluator.data.size


def test_noisy_fits_end_where_an_independent_method_ends():
    observed = world(seed=33)
    for loss, alpha in (("mse", 0.0), ("poisson", 0.0), ("negbin", 0.2)):
        evaluator = Evaluator(observed, loss, alpha)
        for name in ("exponential", "power", "power and factor"):
            code = PLANTED[name].code
            found, losses = screen(evaluator, code[None], seed=7)
            other = minimize(
                lambda at, e=evaluator, c=code: e.loss(Program(c, at)),
                found[0] * 1.05,
                method="Nelder-Mead",
                options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 2000},
            )
            assert losses[0] <= other.fun + 1e-9 * abs(other.fun)


def test_the_best_start_is_found_and_never_made_worse():
    observed = world(seed=34)
    evaluator = Evaluator(observed)
    programs = list(PLANTED.values())
    codes, _ = stacked(programs)
    starts = starting_constants(evaluator, codes, 12, seed=8)
    found, losses, _ = fit_constants(evaluator, codes, starts, refine=1, iterations=10)
    np.testing.assert_array_equal(evaluator.losses(codes, found), losses)
    for s in range(starts.shape[1]):
        before = evaluator.losses(codes, np.ascontiguousarray(starts[:, s]))
        assert (losses <= before).all()
    more = fit_constants(evaluator, codes, starts, refine=4, iterations=30)[1]
    assert (more <= losses * (1 + 1e-12)).all()


def test_programs_that_no_start_makes_valid_lose_everything():
    evaluator = Evaluator(world(seed=35))
    code = program([D, D, DIVIDE, D, D, DIVIDE, CONSTANT, MULTIPLY, DIVIDE], 1.0).code
    hopeless = np.array([[[0.0], [math.nan], [math.inf]]])
    found, losses, converged = fit_constants(evaluator, code[None], hopeless)
    assert losses[0] == math.inf
    assert not converged[0]
    assert found.shape == (1, 1)


def test_programs_without_constants_are_only_evaluated():
    evaluator = Evaluator(world(seed=36))
    code = program([W_J, D, DIVIDE]).code
    _, losses = screen(evaluator, code[None])
    assert losses[0] == evaluator.loss(program(code))
    _, low = screen(evaluator, code[None], limit=losses[0] / 1e3)
    assert losses[0] / 1e3 < low[0] <= losses[0]


def test_a_lonely_kernel_call_refines_in_place():
    evaluator = Evaluator(_planted(EXPONENTIAL))
    constants = np.array([0.05])
    work = kernels.scratch(evaluator.data)
    loss, converged = kernels.fit(EXPONENTIAL.code, constants, evaluator.data, work, 50)
    assert converged
    assert loss < 1e-12 * evaluator.data.size
    assert constants[0] == pytest.approx(EXPONENTIAL.constants[0], rel=1e-7)


def test_starts_cover_the_ranges_of_their_roles():
    observed = world(seed=37)
    evaluator = Evaluator(observed)
    d = np.median(observed.columns[D])

    def starts(*code):
        return starting_constants(evaluator, program(code).code[None], 64, seed=9)[0, :, 0]

    exponents = starts(W_J, D, CONSTANT, POWER, DIVIDE)
    assert (np.abs(exponents) >= 0.25).all()
    assert (np.abs(exponents) <= 4).all()
    assert 20 <= (exponents > 0).sum() <= 44
    rates = np.abs(starts(W_J, CONSTANT, D, BASE, DIVIDE)) * d
    assert rates.min() < 0.1
    assert 10 < rates.max() < 100
    addends = starts(W_J, D, CONSTANT, ADD, DIVIDE)
    assert (addends > 0).mean() > 0.6
    assert np.abs(addends).min() < 0.1 * d
    assert np.abs(addends).max() > 10 * d
    factors = np.abs(starts(W_J, D, W_I, CONSTANT, MULTIPLY, ADD, DIVIDE))
    ratio = d / np.median(observed.columns[W_I])
    assert factors.min() < 0.1 * ratio
    assert factors.max() > 10 * ratio


def test_screening_equals_starts_and_fits():
    evaluator = Evaluator(world(seed=38))
    codes, _ = stacked(list(PLANTED.values()))
    starts = starting_constants(evaluator, codes, 24, seed=10)
    a = fit_constants(evaluator, codes, starts, refine=2, iterations=30)
    b = screen(evaluator, codes, n_starts=24, seed=10, refine=2, iterations=30)
    np.testing.assert_array_equal(a[0], b[0])
    np.testing.assert_array_equal(a[1], b[1])
    by_observations = starting_constants(evaluator.observations, codes, 24, seed=10)
    np.testing.assert_array_equal(by_observations, starts)
    assert (starting_constants(evaluator, codes, 24, seed=11) != starts).any()


def test_bits_do_not_depend_on_threads():
    evaluator = Evaluator(world(seed=39))
    codes, _ = stacked(list(PLANTED.values()) * 3)
    before = numba.get_num_threads()
    found = []
    try:
        for threads in (1, min(2, numba.config.NUMBA_NUM_THREADS)):
            numba.set_num_threads(threads)
            constants, losses = screen(evaluator, codes, seed=12)
            found.append(constants.tobytes() + losses.tobytes())
    finally:
        numba.set_num_threads(before)
    assert found[0] == found[1]


def test_points_fill_the_cube_evenly():
    points = points_of_cube(2, 64, seed=3)
    counts = np.histogram2d(*points.T, bins=8, range=[[0, 1]] * 2)[0]
    assert counts.max() == 1
    assert points_of_cube(3, 5, seed=3).shape == (5, 3)


def test_bad_arguments_are_refused():
    evaluator = Evaluator(world(seed=1))
    code = EXPONENTIAL.code[None]
    with pytest.raises(ValueError, match=r"starts has shape \(1, 4, 0\)"):
        fit_constants(evaluator, code, np.ones((1, 4, 0)))
    with pytest.raises(ValueError, match="no start"):
        fit_constants(evaluator, code, np.ones((1, 0, 1)))
    with pytest.raises(ValueError, match="refine = 0"):
        fit_constants(evaluator, code, np.ones((1, 1, 1)), refine=0)
    with pytest.raises(ValueError, match="n_starts = 0"):
        starting_constants(evaluator, code, 0, seed=1)
    with pytest.raises(ValueError, match="is no program"):
        screen(evaluator, np.array([[W_J, D]]))
