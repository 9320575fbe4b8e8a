"""Intervals of constants and refits under other losses."""

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import minimize, minimize_scalar

from movelaws.calibrate import calibrate
from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.parsing import parse
from movelaws.symbolic.profiles import _end, constants_table, profile_constants, refine
from movelaws.symbolic.programs import to_program
from movelaws.symbolic.refits import (
    fitted,
    likeliest_dispersion,
    losses_table,
    refit,
)
from movelaws.symbolic.tokens import Program
from tests.unit.law_world import planted, with_flow
from tests.unit.random_world import random_pairs

NAMES = ("w_i", "w_j", "d", "s_w")


def program(text):
    return to_program(parse(text), NAMES)


@pytest.fixture(scope="module")
def world():
    return planted(lambda w_i, w_j, d: w_j / d**1.6, 30, noise=0.5)


@pytest.fixture(scope="module")
def power(world):
    return fitted(program("w_j / d^2"), Evaluator(world), 0)


def test_the_sandwich_is_that_of_the_calibration(world, power):
    table = profile_constants(power, Evaluator(world))
    pairs = random_pairs(30, seed=1)
    pairs.flow[:] = world.flow
    found = calibrate("GMPow", pairs, "rmse", interval="sandwich")
    assert table["value"][0] == pytest.approx(found.parameters["b"], rel=1e-5)
    assert table["sandwich_low"][0] == pytest.approx(found.low["b"], rel=1e-3)
    assert table["sandwich_high"][0] == pytest.approx(found.high["b"], rel=1e-3)
    assert table["effective_origins"][0] == pytest.approx(found.effective_origins, rel=1e-3)


def test_the_ends_lie_where_the_scaled_loss_reaches_the_quantile(world, power):
    evaluator = Evaluator(world)
    table = profile_constants(power, evaluator, 0.9)
    b, step = power.constants[0], 1e-3

    def sse(c):
        return evaluator.loss(program(f"w_j / d^{c}"))

    bend = (sse(b + step) - 2 * sse(b) + sse(b - step)) / step**2
    half = (table["sandwich_high"][0] - table["sandwich_low"][0]) / 2
    for end in (table["low"][0], table["high"][0]):
        # 2 (L - L0) / H, in units of the squared half width of the sandwich, is 1
        assert 2 * (sse(end) - sse(b)) / bend == pytest.approx(half**2, rel=0.01)
    assert table["low"][0] < b < table["high"][0]
    assert not table["at_bound"][0]


def test_other_constants_are_fitted_again_along_a_profile(world):
    evaluator = Evaluator(world)
    law = fitted(program("(w_j / d^1.5)^1.1"), evaluator, 0)
    table = profile_constants(law, evaluator)
    assert table["constant"].tolist() == [1, 2]
    fixed = table["low"][0]
    best = minimize_scalar(
        lambda q: evaluator.loss(program(f"(w_j / d^{fixed})^{q}")),
        bounds=(0.2, 3),
        method="bounded",
        options={"xatol": 1e-9},
    )
    assert best.fun < evaluator.loss(program(f"(w_j / d^{fixed})^{table['value'][1]}"))
    along = refine(
        program(f"(w_j / d^{fixed})^{table['value'][1]}"), evaluator, np.array([0, 1]) > 0
    )
    assert evaluator.loss(along) == pytest.approx(best.fun, rel=1e-9)
    assert along.constants[0] == fixed


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    hits, n = 0, 40
    for seed in range(n):
        o = planted(lambda w_i, w_j, d: w_j / d**1.6, 30, seed=seed, noise=0.3)
        law = refine(program("w_j / d^1.6"), Evaluator(o), np.array([True]))
        row = profile_constants(law, Evaluator(o)).iloc[0]
        hits += row["low"] <= 1.6 <= row["high"]
    assert hits >= 33


def test_a_base_is_given_as_it_is_written():
    evaluator = Evaluator(planted(lambda w_i, w_j, d: w_j * np.exp(-0.03 * d), 30, noise=0.2))
    law = fitted(program("w_j / 1.02^d"), evaluator, 0)
    row = profile_constants(law, evaluator).iloc[0]
    assert row["value"] == pytest.approx(np.exp(law.constants[0]))
    assert 1 < row["low"] < row["value"] < row["high"]


def test_a_constant_that_cancels_has_no_interval(world):
    row = profile_constants(program("3.0 * w_j / d"), Evaluator(world)).iloc[0]
    assert row["at_bound"]
    assert np.isnan(row["low"]) or np.isinf(row["low"])


class Cliff:
    """A loss in a and b with two valleys: b = 1, and b = -1 where it is higher by 0.5.

    The cliff between them, at b = a - 0.6, reaches the first valley at a = 1.6. The first is the
    profile of a up to there, so that the loss has risen by 1 at a = 1.
    """

    def loss(self, program):
        return self.derivatives(program)[0]

    def derivatives(self, program):
        a, b = program.constants
        first = b > a - 0.6
        valley = 1.0 if first else -1.0
        loss = a**2 + 10 * (b - valley) ** 2 + (0.0 if first else 0.5)
        return loss, np.array([2 * a, 20 * (b - valley)]), np.diag([2.0, 20.0])


def test_a_profile_that_slips_into_another_minimum_finds_its_way_back():
    """Doubling the step from 0.9 ends in the second valley, from where a = 0.9 has risen by 1.3."""
    cliff, law = Cliff(), program("w_j / (d^0 + 1)")
    slipped = refine(Program(law.code, np.array([1.8, 1.0])), cliff, np.array([0, 1]) > 0)
    assert slipped.constants[1] == pytest.approx(-1)
    back = Program(law.code, np.array([0.9, slipped.constants[1]]))
    assert cliff.loss(refine(back, cliff, np.array([0, 1]) > 0)) == pytest.approx(0.81 + 0.5)
    best = Program(law.code, np.array([0.0, 1.0]))
    assert _end(best, cliff, 0, 0.9, 0.5, 1.0) == pytest.approx(1.0, rel=1e-5)
    assert _end(best, cliff, 0, -0.9, 0.5, 1.0) == pytest.approx(-1.0, rel=1e-5)


def test_a_profile_is_asked_once_at_each_point():
    """Asked again, the other constants start from elsewhere and could answer otherwise."""

    class Fickle(Cliff):
        """Far worse wherever it is asked about a value of a that it has left before."""

        def __init__(self):
            self.path = []

        def derivatives(self, program):
            a = program.constants[0]
            if self.path[-1:] != [a]:
                self.path.append(a)
            loss, gradient, curvature = super().derivatives(program)
            return loss + 100.0 * (self.path.count(a) - 1), gradient, curvature

    law = program("w_j / (d^0 + 1)")
    best = Program(law.code, np.array([0.0, 1.0]))
    assert _end(best, Fickle(), 0, 0.7, 0.5, 1.0) == pytest.approx(1.0, rel=1e-5)


def test_the_likelihoods_have_profiles_too(world, power):
    law = refit(power, world, "poisson").program
    row = profile_constants(law, Evaluator(world, "poisson")).iloc[0]
    assert row["low"] < law.constants[0] < row["high"]


def test_a_law_without_constants_has_no_rows(world, power):
    evaluator = Evaluator(world)
    assert profile_constants(program("w_j / d"), evaluator).empty
    table = constants_table([(3, 1, program("w_j / d")), (5, 1, power)], evaluator)
    assert table[["complexity", "rank", "constant"]].to_numpy().tolist() == [[5, 1, 1]]
    assert constants_table([], evaluator).empty


def test_impossible_profiles_are_refused(world):
    with pytest.raises(ValueError, match="confidence = 1"):
        profile_constants(program("w_j / d^2"), Evaluator(world), 1.0)
    with pytest.raises(ValueError, match="program is invalid"):
        profile_constants(program("(w_j - 1e9)^0.5"), Evaluator(world))


def test_a_planted_dispersion_is_found():
    rng = np.random.default_rng(1)
    mean = np.exp(rng.normal(4, 1, 20_000))
    flow = rng.poisson(mean * rng.gamma(2, 0.5, mean.size)).astype(float)
    assert likeliest_dispersion(flow, mean) == pytest.approx(0.5, rel=0.05)
    assert likeliest_dispersion(np.round(mean), mean) < 1e-4
    with pytest.raises(ValueError, match="mean must be > 0"):
        likeliest_dispersion(flow, 0 * mean)


def test_refits_are_joint_maxima(world):
    rng = np.random.default_rng(2)
    counts = with_flow(world, rng.poisson(rng.gamma(2, 0.5 * world.flow)).astype(float))
    found = refit(program("w_j / d^2"), counts, "negbin")
    squares = Evaluator(counts)

    def minus(point):
        mean = squares.predict(program(f"w_j / d^{point[0]}"))
        return -stats.nbinom.logpmf(
            counts.flow, np.exp(-point[1]), 1 / (1 + np.exp(point[1]) * mean)
        ).sum()

    best = minimize(minus, [1.5, 0.0], method="Nelder-Mead", options={"xatol": 1e-6})
    assert found.value == pytest.approx(best.fun, rel=1e-7)
    assert found.program.constants[0] == pytest.approx(best.x[0], rel=1e-3)
    assert found.dispersion == pytest.approx(np.exp(best.x[1]), rel=1e-2)
    single = refit(program("w_j / d^2"), counts, "poisson")
    assert single.value > found.value


def test_each_loss_has_its_own_winner_in_the_table(world, power):
    table = losses_table([power, program("w_j / 1.02^d")], world)
    assert table["loss"].tolist() == ["mse"] * 2 + ["poisson"] * 2 + ["negbin"] * 2
    by = table.set_index(["loss", "expression"])
    assert np.isfinite(table["value"]).all()
    assert (table.loc[table["loss"] == "negbin", "dispersion"] > 0).all()
    rmse = table[table["complexity"] == 5].groupby("loss")["rmse"].min()
    assert rmse["mse"] <= rmse.min() + 1e-9
    assert by.shape[0] == 6


def test_a_law_without_likelihood_says_so(world):
    for loss in ("poisson", "negbin"):
        hopeless = refit(program("w_j * w_j - w_j"), world, loss)
        assert hopeless.value == np.inf
        assert np.isnan(hopeless.cpc)
    with pytest.raises(ValueError, match="loss = 'mae'"):
        refit(program("w_j"), world, "mae")
