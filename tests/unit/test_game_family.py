"""The fast family: equilibria of the printed game, its limits, and both gravity models."""

from dataclasses import replace

import numba
import numpy as np
import pytest

from movelaws.allocation import predict
from movelaws.game import (
    DestinationChoice,
    Game,
    NotConvergedError,
    Term,
    doubly_constrained,
    solve,
)
from movelaws.game.support import lay_out, open_zones
from movelaws.od import Pairs
from tests.unit.random_world import random_pairs

PARAMETERS = [(0.8, 1.7, 0.3), (3.85, 1.07, 2.68), (4.45, 0.6, 2.88), (12.0, 2.5, 10.0)]
EXTREME = [(30.0, 20.0, 100.0), (30.0, 20.0, 0.0), (30.0, 20.0, 1e-3), (0.0, 20.0, 100.0)]


def arrivals(pairs: Pairs, flow: np.ndarray) -> np.ndarray:
    return np.bincount(pairs.destination, weights=flow, minlength=pairs.n_zones)


def departures(pairs: Pairs, flow: np.ndarray) -> np.ndarray:
    return np.bincount(pairs.origin, weights=flow, minlength=pairs.n_zones)


def matrix(pairs: Pairs, column: np.ndarray, empty: float) -> np.ndarray:
    out = np.full((pairs.n_zones, pairs.n_zones), empty)
    out[pairs.origin, pairs.destination] = column
    return out


def general(pairs: Pairs, alpha: float, beta: float, gamma: float, **kwargs) -> Game:
    value = alpha * np.log(pairs.mass)[pairs.destination] - beta * np.log(pairs.distance_km)
    crowding = Term("logarithmic", gamma) if gamma else Term()
    return Game(
        pairs.outflow, matrix(pairs, value, -np.inf), Term("logarithmic"), crowding, **kwargs
    )


def worlds() -> list[Pairs]:
    """Complete rows, incomplete ones, and origins that send nobody or have no pairs at all."""
    full = random_pairs(40, seed=1)
    quiet = np.where(full.origin == 3, 0, full.flow)
    return [
        full,
        random_pairs(40, seed=2, share=0.5),
        replace(full, flow=quiet).subset([k for k in range(40) if k != 7]),
    ]


@pytest.mark.parametrize("alpha, beta, gamma", PARAMETERS)
@pytest.mark.parametrize("world", range(3))
def test_every_used_destination_is_equally_good(world, alpha, beta, gamma):
    pairs = worlds()[world]
    flow = DestinationChoice(pairs).flows(alpha, beta, gamma, tolerance=1e-11)
    np.testing.assert_allclose(departures(pairs, flow), pairs.outflow, rtol=1e-12)
    moving = flow > 0
    to, i = pairs.destination[moving], pairs.origin[moving]
    assert (moving == (pairs.outflow[pairs.origin] > 0)).all()
    u = alpha * np.log(pairs.mass)[to] - beta * np.log(pairs.distance_km[moving])
    u -= gamma * np.log(arrivals(pairs, flow))[to] + np.log(flow[moving])
    assert max(np.ptp(u[i == k]) for k in np.unique(i)) < 1e-10


@pytest.mark.parametrize("alpha, beta, gamma", [*PARAMETERS, (1.3, 2.0, 0.0)])
@pytest.mark.parametrize("world", range(3))
def test_general_solver_agrees(world, alpha, beta, gamma):
    pairs = worlds()[world]
    game = DestinationChoice(pairs)
    found = game.equilibrium(alpha, beta, gamma)
    other = solve(general(pairs, alpha, beta, gamma))
    flow = other.flow[pairs.origin, pairs.destination]
    np.testing.assert_allclose(game.all_flows(found), flow, rtol=1e-8)
    np.testing.assert_allclose(found.arrivals, other.arrivals, rtol=1e-8)
    np.testing.assert_allclose(found.log_cost, other.crowding_cost, atol=1e-7)


@pytest.mark.parametrize("alpha, beta", [(0.0, 1.2), (0.7, 0.0), (1.4, 3.3), (5.0, 10.0)])
def test_without_crowding_it_is_gravity(alpha, beta):
    for pairs in worlds():
        flow = DestinationChoice(pairs).flows(alpha, beta, 0)
        gravity = predict("GMPow2", pairs, {"a": alpha, "b": beta})
        np.testing.assert_allclose(flow, gravity, rtol=1e-10)
        one = DestinationChoice(pairs).flows(1, beta, 0)
        np.testing.assert_allclose(one, predict("GMPow", pairs, {"b": beta}), rtol=1e-10)


def test_strong_crowding_is_doubly_constrained_gravity():
    pairs = random_pairs(30, seed=4)
    constrained = doubly_constrained(pairs, None, 1.5)
    np.testing.assert_allclose(departures(pairs, constrained), pairs.outflow, rtol=1e-9)
    share = pairs.mass / pairs.mass.sum()
    np.testing.assert_allclose(arrivals(pairs, constrained), share * pairs.outflow.sum(), rtol=1e-9)
    game = DestinationChoice(pairs)
    errors = []
    for gamma in (1e2, 1e4, 1e7):
        flow = game.flows(1 + gamma, 1.5, gamma)
        errors.append(np.abs(flow / constrained - 1).max())
    assert errors[1] == pytest.approx(errors[0] / 100, rel=0.1)
    assert errors[2] < 1e-6


def test_fixed_arrivals_are_doubly_constrained_gravity():
    # capacities equal to the arrivals bind everywhere: their prices play the part of b_j
    pairs = random_pairs(15, seed=5)
    wanted = pairs.mass / pairs.mass.sum() * pairs.outflow.sum()
    game = general(pairs, 0.4, 1.5, 0.0, capacity=wanted)
    limited = solve(game)
    assert limited.converged
    flow = limited.flow[pairs.origin, pairs.destination]
    np.testing.assert_allclose(flow, doubly_constrained(pairs, None, 1.5), rtol=1e-6)


def test_observed_arrivals_are_their_own_equilibrium():
    # data that obey the game with A = D tell alpha - gamma only
    pairs = random_pairs(20, seed=6)
    flow = doubly_constrained(pairs, None, 1.2)
    data = replace(pairs, flow=flow)
    for gamma in (0.5, 3.0):
        again = DestinationChoice(data, arrivals(pairs, flow))
        limit = again.all_flows(again.doubly_constrained(1.2))
        np.testing.assert_allclose(limit, flow, rtol=1e-8)
        game = DestinationChoice(data, arrivals(pairs, flow) * np.exp(_weight(again) / (1 + gamma)))
        np.testing.assert_allclose(game.flows(1 + gamma, 1.2, gamma), flow, rtol=1e-6)


def _weight(game: DestinationChoice) -> np.ndarray:
    """ln b_j: with A^(1 + gamma) = D^(1 + gamma) b / D, D is the equilibrium."""
    found = game.doubly_constrained(1.2)
    return found.log_weight - np.log(found.arrivals)


@pytest.mark.parametrize("alpha, beta, gamma", PARAMETERS[1:])
def test_acceleration_and_start_change_the_passes_only(alpha, beta, gamma):
    game = DestinationChoice(random_pairs(40, seed=1))
    fast = game.equilibrium(alpha, beta, gamma)
    plain = game.equilibrium(alpha, beta, gamma, memory=0)
    warm = game.equilibrium(alpha * 1.001, beta, gamma, start=fast)
    assert warm.iterations < fast.iterations < plain.iterations
    np.testing.assert_allclose(fast.arrivals, plain.arrivals, rtol=1e-8)
    again = game.equilibrium(alpha, beta, gamma, start=fast.arrivals)
    assert again.iterations <= 3


@pytest.mark.parametrize("alpha, beta, gamma", EXTREME)
def test_extreme_exponents_neither_overflow_nor_vanish(alpha, beta, gamma):
    pairs = random_pairs(60, seed=1)
    game = DestinationChoice(pairs)
    found = game.equilibrium(alpha, beta, gamma)
    flow = game.all_flows(found)
    assert found.converged
    np.testing.assert_allclose(departures(pairs, flow), pairs.outflow, rtol=1e-10)
    np.testing.assert_allclose(arrivals(pairs, flow), found.arrivals, rtol=1e-8, atol=1e-200)


def test_one_giant_beside_dwarfs_is_computed_from_logarithms():
    pairs = random_pairs(20, seed=3)
    mass = np.full(20, 1.0)
    mass[4] = 1e18
    flow = DestinationChoice(pairs, mass).flows(30, 2, 0)
    gravity = predict("GMPow2", replace(pairs, mass=mass), {"a": 30.0, "b": 2.0})
    np.testing.assert_allclose(flow, gravity, rtol=1e-9, atol=1e-290)


def test_flows_of_selected_pairs():
    for pairs in worlds():
        game = DestinationChoice(pairs)
        found = game.equilibrium(2.0, 1.5, 1.3)
        chosen = np.random.default_rng(0).permutation(pairs.n_pairs)[:50]
        np.testing.assert_allclose(
            game.flows_at(found, chosen), game.all_flows(found)[chosen], rtol=1e-12
        )


def test_order_and_number_of_people_do_not_matter():
    pairs = random_pairs(12, seed=8)
    order = np.random.default_rng(1).permutation(12)
    column = {
        name: matrix(pairs, getattr(pairs, name), 0.0)[np.ix_(order, order)][
            ~np.eye(12, dtype=bool)
        ]
        for name in ("flow", "distance_km", "intervening", "circle")
    }
    shuffled = replace(pairs, mass=pairs.mass[order], **column)
    flow = matrix(pairs, DestinationChoice(pairs).flows(2.0, 1.5, 1.3), 0.0)
    other = matrix(pairs, DestinationChoice(shuffled).flows(2.0, 1.5, 1.3), 0.0)
    np.testing.assert_allclose(other, flow[np.ix_(order, order)], rtol=1e-8)
    many = replace(pairs, flow=1000 * pairs.flow)
    many = matrix(pairs, DestinationChoice(many).flows(2.0, 1.5, 1.3), 0.0)
    np.testing.assert_allclose(many, 1000 * flow, rtol=1e-8)


def test_nobody_goes_where_nothing_attracts():
    pairs = random_pairs(10, seed=9)
    mass = pairs.mass.copy()
    mass[3] = 0
    game = DestinationChoice(pairs, mass)
    for found in (
        game.equilibrium(2, 1.5, 1.3),
        game.equilibrium(0, 1, 0),
        game.doubly_constrained(1),
    ):
        assert found.arrivals[3] == found.log_cost[3] == 0
        flow = game.all_flows(found)
        assert np.isfinite(flow).all()
        assert (flow[pairs.destination == 3] == 0).all()
        np.testing.assert_allclose(departures(pairs, flow), pairs.outflow, rtol=1e-9)


def test_threads_do_not_change_a_bit():
    pairs = random_pairs(400, seed=1)
    before = numba.get_num_threads()
    found = []
    try:
        for threads in {1, before}:
            numba.set_num_threads(threads)
            found.append(DestinationChoice(pairs).flows(2, 1.5, 1.3).tobytes())
    finally:
        numba.set_num_threads(before)
    assert len(set(found)) == 1


def test_too_few_passes_are_never_silent():
    game = DestinationChoice(random_pairs(20, seed=1))
    found = game.equilibrium(2, 1.5, 1.3, max_iterations=2)
    assert not found.converged
    assert found.iterations == found.history.size == 2
    with pytest.raises(NotConvergedError, match=r"residual .* after 3 passes"):
        doubly_constrained(game.pairs, None, 2.0, max_iterations=3)


def test_pairs_that_cannot_be_played():
    pairs = random_pairs(5, seed=1)
    for change, message in (
        ({"flow": np.zeros(20)}, "no zone sends anybody out"),
        ({"flow": np.full(20, -1.0)}, "flow of 'z000' -> 'z001' is -1.0"),
        ({"distance_km": np.zeros(20)}, "distance_km of 'z000' -> 'z001' is 0.0"),
    ):
        with pytest.raises(ValueError, match=message):
            DestinationChoice(replace(pairs, **change))
    for mass, message in (
        (np.ones(4), r"attraction has shape \(4,\)"),
        (np.array([1, 1, -2.0, 1, 1]), "attraction of zone 'z002' is -2.0"),
        (np.array([1, 1, np.nan, 1, 1]), "attraction of zone 'z002' is nan"),
        (np.array([0, 1.0, 0, 0, 0]), "origin 'z001' sends out .* none of its destinations"),
    ):
        with pytest.raises(ValueError, match=message):
            DestinationChoice(pairs, mass)


def test_exponents_and_starts_that_cannot_be_used():
    game = DestinationChoice(random_pairs(5, seed=1))
    for theta, message in (
        ((-1, 1, 1), "alpha = -1"),
        ((1, np.nan, 1), "beta = nan"),
        ((1, 1, np.inf), "gamma = inf"),
        ((1, 1e4, 1), "beta = 10000.0 is too large"),
    ):
        with pytest.raises(ValueError, match=message):
            game.equilibrium(*map(float, theta))
    for start, message in ((np.ones(3), "start has shape"), (np.zeros(5), "not all 0")):
        with pytest.raises(ValueError, match=message):
            game.equilibrium(1, 1, 1, start=start)


def test_margins_that_no_flows_have():
    pairs = random_pairs(5, seed=1)
    with pytest.raises(ValueError, match=r"zone 'z002' is to receive .* change its attraction"):
        doubly_constrained(pairs, np.array([1, 1, 1e6, 1, 1.0]), 1.0)
    alone = replace(pairs, flow=np.where(pairs.origin == 1, 1e7, pairs.flow))
    with pytest.raises(ValueError, match="zone 'z001' "):
        doubly_constrained(alone, np.array([1, 5, 1, 1, 1.0]), 1.0)


@pytest.mark.parametrize("share, senders, attracting", [(1, 12, 12), (1, 1, 9), (0.4, 6, 7)])
def test_support_is_what_the_pairs_say_one_by_one(share, senders, attracting):
    pairs = random_pairs(12, seed=2, share=share)
    rng = np.random.default_rng(3)
    sends = rng.permutation(12) < senders
    flow = rng.uniform(0, 1e5, pairs.n_pairs) * sends[pairs.origin]
    mass = np.where(rng.permutation(12) < attracting, pairs.mass, 0)
    whole = replace(pairs, flow=flow)
    for some in (whole, whole.subset(np.flatnonzero(sends))):
        rows, nearest = lay_out(some)
        away = np.log(matrix(some, some.distance_km, np.inf)).min(axis=1)
        np.testing.assert_array_equal(nearest, np.where(np.isfinite(away), away, 0))
        relative = np.log(some.distance_km) - nearest[some.origin]
        np.testing.assert_array_equal(rows.log_distance, relative)
        np.testing.assert_array_equal(rows.outflow, some.outflow)
        listed = np.split(some.destination, some.start[1:-1])
        others = [[j for j in range(12) if j != i] for i in range(12)]
        assert rows.complete.tolist() == [
            r.tolist() == o for r, o in zip(listed, others, strict=True)
        ]
        used = {j for i in range(12) if sends[i] for j in listed[i] if mass[j] > 0}
        assert open_zones(some, rows, mass).tolist() == sorted(used)


def test_a_row_out_of_order_is_not_complete():
    pairs = random_pairs(6, seed=1)
    swapped = pairs.destination.copy()
    swapped[[11, 12]] = swapped[[12, 11]]
    rows, _ = lay_out(replace(pairs, destination=swapped))
    assert rows.complete.tolist() == [True, True, False, True, True, True]


@pytest.mark.parametrize("column, allowed", [("flow", ">= 0"), ("distance_km", "> 0")])
@pytest.mark.parametrize("value", [np.nan, np.inf, -1.0])
def test_unusable_values_are_named_and_counted(column, allowed, value):
    pairs = random_pairs(6, seed=1)
    values = getattr(pairs, column).copy()
    values[[7, 29]] = value
    message = rf"{column} of 'z001' -> 'z003' is {value} \(2 such pairs\).* finite and {allowed}"
    with pytest.raises(ValueError, match=message):
        DestinationChoice(replace(pairs, **{column: values}))
