import numba
import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from movelaws.distance_cost import (
    Moves,
    distances,
    fit_joint,
    joint_cost,
    joint_moves,
    simulate_moves,
)
from movelaws.distance_cost.joint import fit
from movelaws.pairs import checked_points
from movelaws.seeds import stream


def world(n=120, seed=1, weighted=True):
    rng = stream(seed, "world")
    weight = rng.random(n) + 0.2 if weighted else None
    x, y = rng.random(n) * 2000, rng.random(n) * 1000
    x[: n // 3] = x[: n // 3] * 0.1 + 8000
    return checked_points(x, y, weight)


def brute_loglik(points, moves, exponent, low, high=np.inf):
    """Sum over moves of ln pi w / sum pi w, one by one."""
    n = len(points)
    weight = np.ones(n) if points.weight is None else points.weight
    total = 0.0
    for i, j, times in zip(moves.origin, moves.destination, moves.times, strict=True):
        r = distances(points, np.full(n, i), np.arange(n))
        if not low <= r[j] < high or i == j:
            continue
        seen = (r >= low) & (r < high) & (np.arange(n) != i)
        each = weight[seen] * r[seen] ** -exponent
        total += times * np.log(weight[j] * r[j] ** -exponent / each.sum())
    return total


@pytest.mark.parametrize("metric", ["euclidean", "great_circle"])
@pytest.mark.parametrize("weighted", [True, False])
@pytest.mark.parametrize("high", [None, 3000.0])
def test_likelihood_and_fit_agree_with_brute_force(metric, weighted, high):
    points, low = world(weighted=weighted), 50.0
    if metric == "great_circle":
        x, y = points.x / 60_000, 50 + points.y / 100_000
        points = checked_points(x, y, points.weight, metric)
    moves = simulate_moves(points, 1.3, 400, 2, low=10.0)
    moves = Moves(moves.r, moves.origin, moves.destination, stream(3, "times").random(400) + 0.5)
    joint = joint_moves(points, moves, low=low, high=high)
    top = np.inf if high is None else high
    for exponent in (-0.7, 0.0, 1.0, 3.0):
        expected = brute_loglik(points, moves, exponent, low, top)
        assert joint.loglik(exponent) == pytest.approx(expected, rel=1e-10)
    result = fit(joint)
    best = minimize_scalar(
        lambda a: -brute_loglik(points, moves, a, low, top), bracket=(0.5, 2.0), tol=1e-8
    )
    assert result.exponent == pytest.approx(best.x, abs=1e-6)
    inside = (moves.r >= low) & (moves.r < top)
    assert result.n == pytest.approx(moves.times[inside].sum())
    assert result.left_out == pytest.approx(moves.times[~inside].sum())
    assert result.log_z_error == 0
    ends = result.interval()
    drop = [2 * (result.loglik - brute_loglik(points, moves, end, low, top)) for end in ends]
    np.testing.assert_allclose(drop, 3.841459, rtol=1e-5)


def test_scores_are_the_derivatives_of_the_likelihood():
    points = world(2000)
    joint = joint_moves(points, simulate_moves(points, 1.0, 3000, 1, low=5.0), low=5.0)
    assert joint.step > 0
    for exponent in (-1.0, 0.5, 2.0):
        h = 1e-4
        above, at, below = (joint.loglik(exponent + d) for d in (h, 0, -h))
        scores, information = joint.scores(exponent)
        assert scores.sum() == pytest.approx((above - below) / (2 * h), rel=1e-5)
        assert information.sum() == pytest.approx(-(above - 2 * at + below) / h**2, rel=1e-3)


@pytest.mark.parametrize("bins_per_decade", [8, 32])
def test_binned_sums_stay_within_the_stated_bound(bins_per_decade):
    points = world(2000)
    moves = simulate_moves(points, 1.0, 3000, 1, low=5.0)
    joint = joint_moves(points, moves, low=5.0, bins_per_decade=bins_per_decade)
    assert joint.step > 0
    for exponent in (-2.0, 1.0, 3.0):
        expected = brute_loglik(points, moves.subset(slice(60)), exponent, 5.0)
        part = joint_moves(points, moves.subset(slice(60)), low=5.0)
        assert part.step == 0
        assert part.loglik(exponent) == pytest.approx(expected, rel=1e-9)
        whole = brute_loglik(points, moves.subset(slice(300)), exponent, 5.0)
        some = joint_moves(
            points, Moves(moves.r, moves.origin, moves.destination,
                          np.where(np.arange(3000) < 300, 1.0, 1e-12)),
            low=5.0, bins_per_decade=bins_per_decade,
        )  # fmt: skip
        assert abs(some.loglik(exponent) - whole) < 300 * some.log_z_error(exponent) + 1e-3


@pytest.mark.parametrize("exponent", [-0.5, 0.0, 1.0, 2.0])
@pytest.mark.parametrize("start", ["pairs", "places"])
def test_planted_exponents_are_recovered(exponent, start):
    points = world(1500)
    moves = simulate_moves(points, exponent, 20_000, 4, start=start, low=5.0)
    result = fit_joint(points, moves, low=5.0)
    assert abs(result.exponent - exponent) < 4.5 * result.standard_error
    assert result.robust_error == pytest.approx(result.standard_error, rel=0.15)
    low, high = result.interval(robust=True)
    assert low < result.exponent < high
    assert result.aic == pytest.approx(2 - 2 * result.loglik)


def test_intervals_hold_the_truth_as_often_as_they_say():
    points = world(100)
    held = 0
    for seed in range(60):
        moves = simulate_moves(points, 1.0, 300, seed, start="places", low=5.0)
        low, high = fit_joint(points, moves, low=5.0).interval(0.9)
        held += low <= 1.0 <= high
    assert 47 <= held <= 59


def test_sandwich_widens_when_moves_of_an_origin_hang_together():
    points = world(1000)
    first = simulate_moves(points, 1.0, 1000, 5, start="places", low=5.0)
    again = np.repeat(np.arange(1000), 20)
    result = fit_joint(points, first.subset(again), low=5.0)
    alone = fit_joint(points, first, low=5.0)
    assert result.exponent == pytest.approx(alone.exponent, abs=1e-9)
    assert result.standard_error == pytest.approx(alone.standard_error / np.sqrt(20))
    assert result.robust_error == pytest.approx(alone.robust_error, rel=1e-9)


def test_stepwise_cost_follows_any_planted_form():
    points = world(3000, weighted=False)
    planted = lambda r: 1 / (200 + r)  # noqa: E731
    moves = simulate_moves(points, planted, 60_000, 6, start="places", low=20.0, high=2000.0)
    table = joint_cost(joint_moves(points, moves, low=20.0, high=2000.0), 2)
    assert table["moves"].sum() == 60_000
    np.testing.assert_allclose(table["cost"] * table["exposure"], table["moves"], rtol=1e-6)
    ratio = table["cost"] / planted(np.sqrt(table["r_low"] * table["r_high"]))
    scale = np.average(ratio, weights=table["moves"])
    assert (np.abs(ratio / scale - 1) < 5 / np.sqrt(table["moves"]) + 0.01).all()


def moves_of(origin, destination):
    return Moves(np.zeros(len(origin)), np.array(origin), np.array(destination))


@pytest.mark.parametrize(
    ("moves", "options", "message"),
    [
        (Moves(np.ones(3)), {}, "no origin and destination"),
        (moves_of([0], [500]), {}, r"destination\[0\] = 500"),
        (moves_of([0], [1]), {"low": 0.0}, "low = 0.0"),
        (moves_of([0], [1]), {"bins_per_decade": 0}, "bins_per_decade = 0"),
        (moves_of([0], [0]), {}, "no move between two places"),
        (moves_of([0], [1]), {"low": 9e5, "high": 1e6}, "no move between two places"),
    ],
)
def test_bad_moves_are_named(moves, options, message):
    with pytest.raises(ValueError, match=message):
        fit_joint(world(), moves, **options)


def test_exponents_without_end_are_refused():
    points = checked_points([0.0, 300.0, 900.0], np.zeros(3))
    with pytest.raises(ValueError, match="all moves are the shortest"):
        fit_joint(points, moves_of([0, 0], [1, 1]))
    with pytest.raises(ValueError, match="equally far"):
        fit_joint(points, moves_of([1, 1], [0, 0]), high=500.0)


def test_stepwise_cost_needs_bins():
    points = world()
    joint = joint_moves(points, simulate_moves(points, 1.0, 100, 1))
    with pytest.raises(ValueError, match="keeps each place singly"):
        joint_cost(joint)


def test_results_do_not_depend_on_the_number_of_threads():
    points = world(2000)
    moves = simulate_moves(points, 1.0, 3000, 1, low=5.0)
    before, found = numba.get_num_threads(), []
    try:
        for threads in (1, before):
            numba.set_num_threads(threads)
            joint = joint_moves(points, moves, low=5.0)
            found.append((fit(joint).exponent, joint_cost(joint)["cost"].tolist()))
    finally:
        numba.set_num_threads(before)
    assert found[0] == found[1]
