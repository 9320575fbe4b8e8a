import functools

import numba
import numpy as np
import pytest
from scipy.stats import chi2

from movelaws.distance_cost import (
    checked_moves,
    cost_exponent,
    distances,
    fit_joint,
    simulate_moves,
)
from movelaws.distance_cost.laws import law_table
from movelaws.pairs import checked_points, log_edges, pair_counts
from movelaws.seeds import stream
from movelaws.settlements import (
    checked_geography,
    disk_geography,
    plain_disk,
    plain_ring,
    plain_square,
    uniform_geography,
)


def small_world(n=150, weighted=True):
    rng = stream(1, "small")
    weight = rng.random(n) + 0.1 if weighted else None
    return checked_points(rng.random(n) * 1000, rng.random(n) * 3000, weight)


def towns():
    """Some thousand places in towns of differing size and density, and in the open country."""
    rng = stream(2, "towns")
    size = np.array([900, 600, 400, 300, 200, 150, 100, 80, 60, 50])
    town = np.repeat(np.arange(10), size)
    middle = rng.random((2, 10)) * 40_000
    spread = (4.0 * np.sqrt(size) * rng.uniform(1, 4, 10))[town]
    x, y = middle[:, town] + spread * rng.normal(size=(2, town.size))
    rural = rng.random((2, 300)) * 40_000
    points = checked_points(np.append(x, rural[0]), np.append(y, rural[1]))
    return checked_geography(points, np.append(town, np.full(300, -1)))


def probabilities(points, cost, low, high=np.inf):
    """(n, n) pi(d_ij) w_j by brute force."""
    r = np.hypot(points.x - points.x[:, None], points.y - points.y[:, None])
    np.fill_diagonal(r, np.inf)
    weight = np.ones(len(points)) if points.weight is None else points.weight
    inside = (r >= low) & (r < high)
    return np.where(inside, cost(np.where(inside, r, 1.0)), 0) * weight


def chi_squared_p(counts, expected):
    """P value of the counts, cells that expect few taken together."""
    few = expected < 5
    counts = np.append(counts[~few], counts[few].sum())
    expected = np.append(expected[~few], expected[few].sum())
    used = expected > 0
    assert counts[~used].sum() == 0
    value = ((counts[used] - expected[used]) ** 2 / expected[used]).sum()
    return chi2.sf(value, np.count_nonzero(used) - 1)


LAWS = {
    "inverse": (1.0, lambda r: 1 / r),
    "steep": (2.5, lambda r: r**-2.5),
    "rising": (-1.0, lambda r: r),
    "exponential": (lambda r: np.exp(-r / 300), lambda r: np.exp(-r / 300)),
    "hump": (lambda r: r * np.exp(-r / 200), lambda r: r * np.exp(-r / 200)),
}


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("weighted", [True, False])
def test_destinations_follow_the_cost_exactly(name, weighted):
    points = small_world(weighted=weighted)
    cost, law = LAWS[name]
    n = 40_000
    moves = simulate_moves(points, cost, n, 3, origins=np.full(n, 7), low=20.0, high=2500.0)
    assert (moves.origin == 7).all()
    expected = probabilities(points, law, 20.0, 2500.0)[7]
    counts = np.bincount(moves.destination, minlength=len(points))
    assert chi_squared_p(counts, n * expected / expected.sum()) > 1e-4
    np.testing.assert_array_equal(moves.r, distances(points, moves.origin, moves.destination))


@pytest.mark.parametrize("start", ["pairs", "places"])
def test_pairs_follow_their_joint_probability(start):
    points = small_world(60)
    n = 100_000
    moves = simulate_moves(points, 1.0, n, 4, start=start, low=1.0)
    expected = probabilities(points, lambda r: 1 / r, 1.0)
    if start == "places":
        expected /= expected.sum(axis=1, keepdims=True)
    expected *= points.weight[:, None]
    counts = np.zeros_like(expected)
    np.add.at(counts, (moves.origin, moves.destination), 1)
    assert chi_squared_p(counts.ravel(), n * expected.ravel() / expected.sum()) > 1e-4


def test_great_circle_moves_follow_the_cost():
    rng = stream(3, "sphere")
    points = checked_points(rng.random(100) * 20, 50 + rng.random(100) * 10, None, "great_circle")
    n = 50_000
    moves = simulate_moves(points, 1.0, n, 5, origins=np.zeros(n, dtype=int), low=1000.0)
    r = distances(points, np.zeros(99, dtype=int), np.arange(1, 100))
    expected = np.append(0, 1 / r)
    counts = np.bincount(moves.destination, minlength=100)
    assert chi_squared_p(counts, n * expected / expected.sum()) > 1e-4


@functools.cache
def geographies():
    real, rng = towns(), stream(5, "geographies")
    return {
        "real": real,
        "disk": disk_geography(real, rng),
        "uniform": uniform_geography(real, rng),
        "plain disk": plain_disk(3000, 10_000.0, rng),
        "ring": plain_ring(3000, 50_000.0, rng),
        "square": plain_square(3000, 20_000.0, rng),
    }


@pytest.mark.parametrize("name", geographies())
def test_one_cost_is_recovered_in_every_geography(name):
    """Claim P10: 1.00 +- 0.02 in each, though the observed moves differ."""
    points = geographies()[name].points
    pairs = pair_counts(points, log_edges(5.0, 100_000.0, 40), progress=False)
    moves = simulate_moves(points, 1.0, 40_000, 6, low=5.0)
    law = cost_exponent(moves, pairs)
    assert law.exponent == pytest.approx(1.0, abs=0.02)
    assert abs(law.exponent - 1) < 4.5 * law.standard_error
    joint = fit_joint(points, moves.subset(slice(10_000)), low=5.0)
    assert abs(joint.exponent - 1) < 4.5 * joint.standard_error


def test_observed_exponents_without_geography_differ():
    """The same cost shows other distances on a ring than in towns."""
    world = geographies()
    median = {
        name: np.median(simulate_moves(world[name].points, 1.0, 5000, 7, low=5.0).r)
        for name in ("real", "ring")
    }
    assert median["ring"] > 1.5 * median["real"]


def test_moves_by_place_bias_the_ratio_but_not_the_joint_likelihood():
    """Places in dense towns see larger sums: f / p is no longer pi where each sends the same."""
    points = towns().points
    pairs = pair_counts(points, log_edges(5.0, 100_000.0, 40), progress=False)
    moves = simulate_moves(points, 1.0, 30_000, 8, start="places", low=5.0)
    assert cost_exponent(moves, pairs).exponent < 0.95
    joint = fit_joint(points, moves, low=5.0)
    assert abs(joint.exponent - 1) < 4.5 * joint.standard_error


def test_equal_seeds_give_equal_moves_on_any_number_of_threads():
    points = small_world()
    before = numba.get_num_threads()
    try:
        moves = []
        for threads in (1, before):
            numba.set_num_threads(threads)
            moves.append(simulate_moves(points, 1.0, 2000, 9))
    finally:
        numba.set_num_threads(before)
    np.testing.assert_array_equal(moves[0].origin, moves[1].origin)
    np.testing.assert_array_equal(moves[0].destination, moves[1].destination)
    assert not np.array_equal(simulate_moves(points, 1.0, 2000, 10).origin, moves[0].origin)


def test_places_that_see_no_other_send_no_moves():
    x = np.append(np.arange(50.0) * 10, 1e6)
    points = checked_points(x, np.zeros(51))
    moves = simulate_moves(points, 1.0, 5000, 1, start="places", low=5.0, high=1000.0)
    assert 50 not in moves.origin
    with pytest.raises(ValueError, match="place 50 has no other place from 5 to 1000 m"):
        simulate_moves(points, 1.0, 1, 1, origins=np.array([50]), low=5.0, high=1000.0)


def test_duplicates_are_not_in_reach():
    points = checked_points(np.repeat([0.0, 400.0, 900.0], 30), np.zeros(90))
    moves = simulate_moves(points, 1.0, 1000, 1)
    assert moves.r.min() == 400.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n": 0}, "n = 0"),
        ({"start": "towns"}, "start = 'towns'"),
        ({"low": 0.0}, "low = 0.0"),
        ({"low": 10.0, "high": 5.0}, "high = 5.0"),
        ({"low": 1e5, "high": 1e6}, "no two places"),
        ({"low": 1e5, "high": 1e6, "start": "places"}, "hardly any place"),
        ({"cost": np.nan}, "cost = nan"),
        ({"cost": lambda r: -r}, r"cost\(1 m\) = -1"),
        ({"cost": lambda r: 0 * r}, "cost is 0 at all"),
        ({"cost": lambda r: r[:2]}, "cost gives shape"),
        ({"origins": np.array([500])}, r"origins\[0\] = 500"),
        ({"origins": np.array([1, 2])}, "origins has shape"),
        ({"origins": np.array([1.5])}, "origins holds float64"),
    ],
)
def test_bad_arguments_are_named(change, message):
    arguments = {"cost": 1.0, "n": 1, "seed": 1} | change
    with pytest.raises(ValueError, match=message):
        simulate_moves(small_world(), **arguments)


def test_points_must_be_checked():
    with pytest.raises(TypeError, match="checked_points"):
        simulate_moves(np.zeros((3, 2)), 1.0, 1, 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([],), "shape"),
        (([1.0, -1.0],), r"r\[1\] = -1"),
        (([1.0], [-1]), r"origin\[0\] = -1"),
        (([1.0], [1, 2]), "origin has shape"),
        (([1.0], None, None, [0.0]), r"weight\[0\] = 0"),
    ],
)
def test_bad_moves_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        checked_moves(*arguments)


def test_a_power_law_needs_two_nodes_only():
    assert law_table(1.3, 1.0, 1e5).values.size == 2
    assert law_table(lambda r: r**-1.3, 1.0, 1e5).values.size > 2000
