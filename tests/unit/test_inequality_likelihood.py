"""The penalty by maximum likelihood: what was planted is found, with an honest interval."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import binom, multinomial

from movelaws.inequality.likelihood import (
    estimate_penalty,
    origin_log_likelihood,
    penalty_grid,
)
from movelaws.inequality.many_class import many_class
from movelaws.inequality.standard import standard
from movelaws.inequality.two_class import two_class
from tests.unit.inequality_case import VARIABLES, built, moving, with_flow

FLOOD = {"flood": VARIABLES["flood"]}
GRID = penalty_grid(-7, -2, 8, advantage=True)


@pytest.fixture(scope="module")
def base():
    return built(n=30, seed=1, variables=FLOOD)


def estimated(case, grid=GRID, seed=0, bootstraps=200, **changes):
    weights = case.exact("flood")
    rng = np.random.default_rng(seed)
    return estimate_penalty(
        case.surroundings, weights, grid, bootstraps=bootstraps, rng=rng, **changes
    )


def planted(case, penalty, seed=0, share=0.05):
    people = np.round(share * case.surroundings.mass)
    return moving(case, case.exact("flood")(penalty), people, seed)


def test_the_grid_is_geometric_and_holds_the_standard_model():
    grid = penalty_grid(-4, -2, 5)
    assert grid[0] == 0
    assert grid.size == 12
    assert np.allclose(np.log10(grid[1:]), np.linspace(-4, -2, 11), atol=1e-12)


def test_an_advantage_is_the_reciprocal_of_a_penalty():
    grid = penalty_grid(-4, 1, 2, advantage=True)
    assert (np.diff(grid) > 0).all()
    null = np.flatnonzero(grid == 0)[0]
    worse, better = grid[null + 1 :], grid[:null][::-1]
    assert worse.size == better.size == 11
    assert np.allclose((1 + worse) * (1 + better), 1, rtol=1e-14)
    assert better.min() > -1
    assert (penalty_grid(-4, 1, 2) == grid[null:]).all()


@pytest.mark.parametrize("arguments", [(-3, -3, 4), (-2, -3, 4), (-5, -3, 0)])
def test_a_grid_that_does_not_rise_is_an_error(arguments):
    with pytest.raises(ValueError, match=f"lowest = {arguments[0]}, highest = {arguments[1]}"):
        penalty_grid(*arguments)


def test_log_likelihood_is_the_multinomial_but_for_a_constant(base):
    case = planted(base, 1e-4)
    flow, around = case.surroundings.flow, case.surroundings
    found, reference = [], []
    for p in (standard(around), case.exact("flood")(1e-4)):
        q = p / p.sum(axis=1, keepdims=True)
        found.append(origin_log_likelihood(flow, p))
        reference.append(multinomial.logpmf(flow, flow.sum(axis=1).astype(int), q))
    assert np.allclose(found[1] - found[0], reference[1] - reference[0], rtol=1e-8, atol=1e-7)
    assert np.allclose(origin_log_likelihood(flow, 7 * p), found[1], rtol=1e-12)


def test_impossible_flows_are_minus_infinity_and_never_no_number():
    p = np.array([[0.5, 0.5], [1, 0], [1, 0], [0, 0], [0, 0]])
    flow = np.array([[1.0, 3], [2, 0], [2, 1], [0, 0], [1, 0]])
    found = origin_log_likelihood(flow, p)
    assert found.tolist() == [pytest.approx(4 * np.log(0.5)), 0, -np.inf, 0, -np.inf]


@pytest.mark.parametrize("penalty", [3e-5, 1e-3, -5e-4])
def test_a_planted_penalty_of_two_classes_is_recovered(base, penalty):
    found = estimated(planted(base, penalty))
    assert found.low <= penalty <= found.high
    assert found.penalty == pytest.approx(penalty, rel=0.3)
    assert found.low <= found.penalty <= found.high
    assert 0.3 < found.low / penalty < 3
    assert found.gain_per_person > 0
    assert (found.share_positive, found.share_negative) == ((1, 0) if penalty > 0 else (0, 1))


def test_a_planted_penalty_of_many_classes_is_recovered():
    case = built("linear", n=30, seed=1, variables=FLOOD)
    found = estimated(planted(case, 3e-4), grid=penalty_grid(-6, -2, 6))
    assert found.low <= 3e-4 <= found.high
    assert found.penalty == pytest.approx(3e-4, rel=0.3)
    p = many_class(case.surroundings, 3e-4 * case.shapes["flood"])
    assert (case.exact("flood")(3e-4) == p).all()


def test_without_a_penalty_the_interval_holds_0_at_its_rate(base):
    """20 worlds at 95 %: 16 or more with 99.7 % probability, also for the percentile bootstrap."""
    within = 0
    for seed in range(20):
        found = estimated(planted(base, 0.0, seed), seed=seed, bootstraps=100)
        within += found.low <= 0 <= found.high
        assert abs(found.penalty) < 1e-5
        assert 0 <= found.gain_per_person < 1e-3
    assert within >= binom.ppf(0.003, 20, 0.95)


@pytest.mark.parametrize("penalty", [2e-4, -3e-4])
def test_the_maximum_between_grid_points_is_that_of_a_search(base, penalty):
    case = planted(base, penalty)
    around, weights = case.surroundings, case.exact("flood")
    null = origin_log_likelihood(around.flow, weights(0.0)).sum()

    def loss(log_size):
        value = np.copysign(np.exp(log_size), penalty)
        return null - origin_log_likelihood(around.flow, weights(value)).sum()

    centre = np.log(abs(penalty))
    best = minimize_scalar(loss, bounds=(centre - 1, centre + 1), method="bounded")
    found = estimated(case, bootstraps=1)
    assert found.penalty not in GRID
    assert found.penalty == pytest.approx(np.copysign(np.exp(best.x), penalty), rel=0.02)
    gain = -best.fun / around.flow.sum()
    assert found.gain_per_person == pytest.approx(gain, rel=1e-3)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("away", [-0.4, 0.0, 0.3])
def test_a_parabola_is_met_exactly_whichever_its_sign(base, sign, away):
    """Weights of two destinations whose log-likelihood is a parabola in the log of the penalty."""
    exponents = np.array([-5.0, -4, -3, -2.5])
    grid = np.sort(sign * np.r_[0.0, 10.0**exponents])
    target = sign * 10.0 ** (away - 3)
    around = replace(base.surroundings, flow=np.zeros_like(base.surroundings.flow))
    around.flow[:, 0] = 1

    def weights(penalty):
        distance = 9.0
        if penalty != 0:
            distance = (np.log10(abs(penalty)) + 3 - away) ** 2
        p = np.zeros_like(around.flow)
        p[:, 0] = np.exp(-distance)
        p[:, 1] = 1 - p[:, 0]
        return p

    found = estimate_penalty(
        around, weights, grid, bootstraps=5, rng=np.random.default_rng(0), confidence=0.9
    )
    assert found.penalty == pytest.approx(target, rel=1e-9)
    assert found.gain_per_person == pytest.approx(9, rel=1e-9)
    assert (found.low, found.high) == (pytest.approx(target), pytest.approx(target))


def test_a_maximum_at_an_end_stays_there_and_of_equals_the_standard_model_is_taken(base):
    case = planted(base, 1e-3)
    short = penalty_grid(-7, -5, 2)
    found = estimated(case, grid=short)
    assert found.penalty == short[-1]
    assert (found.low, found.high) == (short[-1], short[-1])
    nobody = replace(case, shapes={"flood": np.zeros(30)})
    flat = estimated(nobody)
    assert (flat.penalty, flat.low, flat.high, flat.gain_per_person) == (0, 0, 0, 0)
    assert flat.share_positive == flat.share_negative == 0


def test_the_profile_is_the_gain_at_each_penalty(base):
    case = planted(base, 1e-4)
    profile = estimated(case, bootstraps=1).profile
    assert np.isin(GRID, profile["delta_minus_1"]).all()
    assert profile["delta_minus_1"].is_monotonic_increasing
    flow = case.surroundings.flow
    for k in (3, len(profile) // 2, -5):
        penalty = profile["delta_minus_1"].iloc[k]
        p = two_class(case.surroundings, case.shapes["flood"] == 1, penalty)
        beyond = origin_log_likelihood(flow, p) - origin_log_likelihood(
            flow, standard(case.surroundings)
        )
        assert profile["gain_per_person"].iloc[k] == pytest.approx(
            beyond.sum() / flow.sum(), rel=1e-6, abs=1e-9
        )


def test_a_penalty_that_makes_a_flow_impossible_is_passed_over(base):
    case = planted(base, 1e-4)
    weights = case.exact("flood")

    def forbidding(penalty):
        p = weights(penalty)
        if penalty > 1.5e-4:
            p[case.surroundings.flow == case.surroundings.flow.max()] = 0
        return p

    found = estimate_penalty(
        case.surroundings, forbidding, GRID, bootstraps=50, rng=np.random.default_rng(0)
    )
    tried, gains = (found.profile[name].to_numpy() for name in found.profile)
    assert (gains[tried > 1.5e-4] == -np.inf).all()
    assert np.isfinite(gains[tried < 1.5e-4]).all()
    assert 0 < found.penalty < 1.5e-4
    assert np.isfinite([found.low, found.high, found.gain_per_person]).all()


def test_a_coarse_grid_is_divided_where_the_interval_is_narrow(base):
    case = planted(base, 1e-4)
    coarse = penalty_grid(-6, -2, 1)
    found = estimate_penalty(
        case.surroundings, case.exact("flood"), coarse, bootstraps=50, rng=np.random.default_rng(0)
    )
    fine = estimate_penalty(
        case.surroundings,
        case.exact("flood"),
        penalty_grid(-6, -2, 40),
        bootstraps=50,
        rng=np.random.default_rng(0),
    )
    assert len(found.profile) > len(coarse)
    assert np.log10(found.penalty) == pytest.approx(np.log10(fine.penalty), abs=0.01)
    assert np.log10([found.low, found.high]) == pytest.approx(
        np.log10([fine.low, fine.high]), abs=0.03
    )


def test_flows_of_zones_without_people_say_nothing(base):
    case = planted(base, 1e-4)
    mass = case.surroundings.mass.copy()
    mass[[4, 9]] = 0
    empty = replace(case, surroundings=_with_mass(case.surroundings, mass))
    lived_in = mass > 0
    kept = lived_in[:, None] & lived_in[empty.surroundings.order]
    assert empty.surroundings.flow[~kept].sum() > 0
    found = estimated(empty)
    known = estimated(with_flow(empty, empty.surroundings.flow * kept))
    assert (found.penalty, found.low, found.high) == (known.penalty, known.low, known.high)
    assert found.gain_per_person == known.gain_per_person > 0
    assert np.isfinite(found.profile).all(axis=None)
    nobody = with_flow(empty, np.where(kept, 0.0, 1.0))
    with pytest.raises(ValueError, match="nobody moves between zones with people"):
        estimated(nobody)


def _with_mass(around, mass):
    nearer = np.array(
        [
            [mass[row[:count]].sum() for count in counts]
            for row, counts in zip(around.order, around.nearer, strict=True)
        ]
    )
    return replace(around, mass=mass, intervening=nearer)


def test_equal_seeds_give_equal_intervals_and_more_confidence_a_wider_one(base):
    case = planted(base, 1e-4, share=0.005)
    first, again, other = (estimated(case, seed=seed) for seed in (1, 1, 2))
    assert (first.low, first.high) == (again.low, again.high)
    assert (first.low, first.high) != (other.low, other.high)
    assert first.penalty == other.penalty
    narrow = estimated(case, seed=1, confidence=0.5)
    assert first.low < narrow.low < narrow.high < first.high


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"grid": np.array([0.0, 1e-4, 1e-5])}, "grid: penalties must rise"),
        ({"grid": np.array([1e-5, 1e-4])}, "and 0 .* be among them"),
        ({"bootstraps": 0}, "bootstraps = 0, confidence = 0.95"),
        ({"confidence": 95}, "bootstraps = 200, confidence = 95"),
    ],
)
def test_unusable_arguments_are_named(base, changes, message):
    with pytest.raises(ValueError, match=message):
        estimated(base, **changes)
