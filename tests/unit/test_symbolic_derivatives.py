"""Exact derivatives of the loss against finite differences and against their definitions."""

import numpy as np
import pytest

from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.tokens import (
    ADD,
    BASE,
    CONSTANT,
    DIVIDE,
    EXP,
    LOG,
    MULTIPLY,
    POWER,
    SUBTRACT,
    Program,
)
from tests.unit.symbolic_worlds import program, random_code, world

W_I, W_J, D, S = range(4)
LOSSES = [("mse", 0.0), ("poisson", 0.0), ("negbin", 0.3)]

# Every operation with the constant on either side, of a column and of a subexpression.
PROGRAMS = {
    "base": program([W_J, CONSTANT, D, BASE, DIVIDE], 0.04),
    "base of values": program([W_J, CONSTANT, D, LOG, BASE, MULTIPLY], -1.3),
    "base by values": program([W_J, D, CONSTANT, MULTIPLY, W_I, BASE, DIVIDE], 0.002),
    "exponent of column": program([W_J, D, CONSTANT, POWER, DIVIDE], 1.7),
    "whole exponent": program([W_J, D, CONSTANT, POWER, DIVIDE], 2.0),
    "exponent 0": program([W_J, D, CONSTANT, POWER, DIVIDE], 0.0),
    "exponent of values": program([W_J, D, S, ADD, CONSTANT, POWER, DIVIDE], 1.2),
    "constant in the base": program([W_J, D, CONSTANT, ADD, D, LOG, POWER, DIVIDE], 30.0),
    "tiny flows": program([W_J, CONSTANT, D, BASE, DIVIDE], 1.0),
    "constant as base": program([W_J, CONSTANT, D, POWER, DIVIDE], 1.05),
    "scalar over values": program([W_J, CONSTANT, D, DIVIDE, EXP, MULTIPLY], 4.0),
    "values over scalar": program([W_J, D, CONSTANT, DIVIDE, EXP, DIVIDE], 20.0),
    "scalar minus values": program([CONSTANT, D, SUBTRACT, W_J, MULTIPLY], 300.0),
    "values minus scalar": program([W_J, D, CONSTANT, SUBTRACT, DIVIDE], -4.0),
    "logarithm": program([W_J, D, CONSTANT, MULTIPLY, LOG, CONSTANT, ADD, DIVIDE], 2.0, 3.0),
    "folded": program([W_J, D, CONSTANT, CONSTANT, MULTIPLY, POWER, DIVIDE], 1.3, 0.9),
    "folded deeper": program(
        [W_J, D, CONSTANT, EXP, CONSTANT, DIVIDE, POWER, DIVIDE, CONSTANT, LOG, D, ADD, MULTIPLY],
        0.2,
        1.4,
        50.0,
    ),
    "three": program(
        [W_J, D, CONSTANT, POWER, CONSTANT, W_I, MULTIPLY, ADD, CONSTANT, POWER, DIVIDE],
        1.86,
        67.7,
        0.9,
    ),
    "zero base": program([S, CONSTANT, POWER, CONSTANT, D, BASE, MULTIPLY, W_J, ADD], 0.7, -0.03),
    "quotient of values": program([W_J, CONSTANT, ADD, D, CONSTANT, ADD, DIVIDE], 2.0, 5.0),
    "product of values": program([W_J, CONSTANT, ADD, D, CONSTANT, POWER, MULTIPLY], 2.0, -1.5),
    "power of values": program([W_J, CONSTANT, ADD, D, CONSTANT, MULTIPLY, POWER], 0.2, -0.02),
    "difference of values": program(
        [W_J, CONSTANT, POWER, D, CONSTANT, MULTIPLY, EXP, SUBTRACT], 1.2, -0.5
    ),
    "no influence": program([CONSTANT, W_J, D, DIVIDE, MULTIPLY], 3.0),
    "nothing but a constant": program([CONSTANT], 3.0),
}


def _numerical(function, at, c):
    """Central differences, extrapolated from two widths."""
    width = 1e-4 * max(abs(at[c]), 0.05)

    def slope(h):
        up, down = at.copy(), at.copy()
        up[c] += h
        down[c] -= h
        return (function(up) - function(down)) / (2 * h)

    return (4 * slope(width / 2) - slope(width)) / 3


def _assert_exact(evaluator, one):
    loss, gradient, curvature = evaluator.derivatives(one)
    assert loss == pytest.approx(evaluator.loss(one), rel=1e-11)
    observed = evaluator.observations
    flows = evaluator.predict(one)
    jacobian = np.array(
        [
            _numerical(lambda at: evaluator.predict(Program(one.code, at)), one.constants, c)
            for c in range(one.constants.size)
        ]
    )
    if evaluator.loss_name == "mse":
        score, weight = 2 * (flows - observed.flow), np.full(flows.size, 2.0)
    else:
        weight = 1 / (flows * (1 + evaluator.dispersion * flows))
        score = (flows - observed.flow) * weight
    # Of gradients that cancel only the size of their terms is known.
    terms = np.abs(jacobian) @ np.abs(score)
    nothing = 1e-11 * evaluator.data.size / np.maximum(np.abs(one.constants), 0.02)
    np.testing.assert_array_less(np.abs(gradient - jacobian @ score), 1e-6 * terms + nothing)
    expected = (jacobian * weight) @ jacobian.T
    size = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    nothing = np.outer(nothing, nothing) / (1e-11 * evaluator.data.size)
    np.testing.assert_array_less(np.abs(curvature - expected), 1e-5 * size + nothing)


@pytest.mark.parametrize(("loss", "alpha"), LOSSES)
@pytest.mark.parametrize("name", PROGRAMS)
def test_derivatives_are_those_of_the_predicted_flows(name, loss, alpha):
    evaluator = Evaluator(world(seed=21), loss, alpha)
    if name == "difference of values" and loss != "mse":
        pytest.skip("predicts flows below 0, which have no likelihood")
    _assert_exact(evaluator, PROGRAMS[name])


def test_derivatives_of_random_programs_are_exact():
    rng = np.random.default_rng(22)
    evaluator = Evaluator(world(seed=23))
    tried, undefined = 0, 0
    while tried < 60:
        code = random_code(rng, int(rng.integers(5, 13)), 4)
        k = int((code == CONSTANT).sum())
        one = Program(code, rng.uniform(0.3, 2.0, k))
        f = evaluator.weights(one)
        if k == 0 or not np.isfinite(f).all() or not (np.abs(f) > 1e-20).all():
            continue
        if (f < 0).any() or (f > 1e20).any() or not np.isfinite(evaluator.loss(one)):
            continue
        jumps = [evaluator.loss(Program(code, one.constants * (1 + h))) for h in (-1e-3, 1e-3)]
        if not np.isfinite(jumps).all():
            continue
        tried += 1
        # Where a part overflows and the whole does not, the derivative is 0 times infinity.
        if not np.isfinite(evaluator.derivatives(one)[1]).all():
            undefined += 1
            continue
        _assert_exact(evaluator, one)
    assert undefined <= 6


def test_the_gradient_is_that_of_the_loss():
    for loss, alpha in LOSSES:
        evaluator = Evaluator(world(seed=24), loss, alpha)
        one = PROGRAMS["three"]
        _, gradient, _ = evaluator.derivatives(one)
        for c in range(one.constants.size):
            slope = _numerical(
                lambda at, e=evaluator, code=one.code: e.loss(Program(code, at)), one.constants, c
            )
            assert gradient[c] == pytest.approx(slope, rel=1e-5)


def test_a_factor_that_cancels_has_no_derivative():
    evaluator = Evaluator(world(seed=25))
    _, gradient, curvature = evaluator.derivatives(PROGRAMS["no influence"])
    base = evaluator.derivatives(PROGRAMS["three"])[2]
    assert abs(gradient[0]) < 1e-9 * base.max()
    assert abs(curvature[0, 0]) < 1e-9 * base.max()


def test_curvature_is_symmetric_and_not_negative():
    for loss, alpha in LOSSES:
        evaluator = Evaluator(world(seed=26), loss, alpha)
        for name in ("three", "folded deeper", "zero base"):
            curvature = evaluator.derivatives(PROGRAMS[name])[2]
            np.testing.assert_array_equal(curvature, curvature.T)
            assert np.linalg.eigvalsh(curvature).min() >= -1e-12 * curvature.max()
