"""The destination choice game: equal utilities, its potential, independent solvers, bad input."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from movelaws.game import FORMS, Game, Term, potential, solve
from movelaws.game.acceleration import fixed_point

LOG = Term("logarithmic")
CROWDED = Term("logarithmic", 2.0)
CONGESTION = (
    LOG,
    Term("logarithmic", 0.4),
    Term("linear", 0.3),
    Term("power", 0.1, 2.0),
    Term("power", 2.0, 0.5),
)
CROWDING = (
    Term(),
    Term("logarithmic", 2.5),
    Term("linear", 0.05),
    Term("power", 0.01, 1.5),
    Term("power", 0.7, 0.4),
)


def random_game(seed=0, n=6, m=5, congestion=LOG, crowding=CROWDED, **kwargs):
    rng = np.random.default_rng(seed)
    value = rng.normal(0, 3, (n, m))
    value[rng.random((n, m)) < 0.15] = -np.inf
    value[:, 0] = rng.normal(0, 3, n)
    return Game(rng.uniform(1, 40, n), value, congestion, crowding, **kwargs)


def utilities(game, found):
    with np.errstate(divide="ignore"):
        congested = game.congestion.value(found.flow)
    used = found.flow > 0
    u = np.full(game.value.shape, -np.inf)
    price = np.broadcast_to(found.crowding_cost, game.value.shape)
    u[used] = (game.value - price)[used] - congested[used]
    idle = ~used & np.isfinite(game.value)
    u[idle] = (game.value - price)[idle] - (np.inf if game.congestion.form == "logarithmic" else 0)
    return u


def assert_equilibrium(game, found, tolerance=1e-10):
    assert found.converged
    np.testing.assert_allclose(found.flow.sum(axis=1), game.outflow, rtol=1e-12)
    np.testing.assert_allclose(found.flow.sum(axis=0), found.arrivals, rtol=1e-12)
    assert (found.flow >= 0).all()
    assert found.utility_spread < tolerance
    u = utilities(game, found)
    moving = game.outflow > 0
    used = found.flow[moving] > 0
    best = np.where(used, u[moving], -np.inf).max(axis=1)
    worst = np.where(used, u[moving], np.inf).min(axis=1)
    assert (best - worst).max() < tolerance
    assert (u[moving].max(axis=1) - best).max() < tolerance
    np.testing.assert_allclose(found.utility[moving], best, rtol=0, atol=2 * tolerance)
    with np.errstate(divide="ignore"):
        own = game.crowding.value(found.arrivals)
    reached = found.arrivals > 0
    np.testing.assert_allclose(
        found.crowding_cost[reached], (own + found.shadow_price)[reached], atol=1e-12
    )


@pytest.mark.parametrize("crowding", CROWDING)
@pytest.mark.parametrize("congestion", CONGESTION)
def test_all_used_destinations_are_equally_good_whatever_the_terms(congestion, crowding):
    for seed in range(3):
        game = random_game(seed, congestion=congestion, crowding=crowding)
        assert_equilibrium(game, solve(game, tolerance=1e-12))


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    congestion=st.sampled_from(CONGESTION),
    crowding=st.sampled_from(CROWDING),
)
def test_no_shift_of_flows_raises_the_potential(seed, congestion, crowding):
    game = random_game(seed, congestion=congestion, crowding=crowding)
    found = solve(game, tolerance=1e-12)
    best = potential(game, found.flow)
    rng = np.random.default_rng(seed)
    for size in (1e-3, 0.1, 1.0):
        elsewhere = np.where(np.isfinite(game.value), rng.random(game.value.shape), 0)
        elsewhere *= (game.outflow / elsewhere.sum(axis=1))[:, None]
        moved = (1 - size) * found.flow + size * elsewhere
        assert potential(game, moved) <= best + 1e-10 * abs(best)


@pytest.mark.parametrize("congestion", [LOG, Term("linear", 0.3), Term("power", 0.1, 2.0)])
@pytest.mark.parametrize("crowding", CROWDING[1:4])
def test_utilities_are_the_slope_of_the_potential(congestion, crowding):
    game = random_game(4, congestion=congestion, crowding=crowding)
    flow = np.where(np.isfinite(game.value), 2.0 + np.arange(5), 0.0)
    found = marginal(game, flow)
    step = 1e-5
    for i, j in ((0, 0), (3, 0), (5, 0)):
        up, down = flow.copy(), flow.copy()
        up[i, j] += step
        down[i, j] -= step
        slope = (potential(game, up) - potential(game, down)) / (2 * step)
        assert slope == pytest.approx(found[i, j], rel=1e-6)


def marginal(game, flow):
    """Utilities at any flows, by the definition."""
    congested = np.where(flow > 0, game.congestion.value(np.where(flow > 0, flow, 1)), 0)
    return game.value - congested - game.crowding.value(flow.sum(axis=0))


def toy(crowding):
    """Two origins, three destinations, linear costs, as in the paper's Fig. 1."""
    value = np.array([[6.0, 4.0, 1.0], [2.0, 5.0, 3.0]])
    return Game([3.0, 2.0], value, Term("linear", 1.0), crowding)


def optimised(game, least=0.0):
    """Flows of a general optimiser, which knows the potential only."""
    shape = game.value.shape
    return minimize(
        lambda x: -potential(game, x.reshape(shape)),
        np.repeat(game.outflow / shape[1], shape[1]),
        jac=lambda x: -marginal(game, x.reshape(shape)).ravel(),
        bounds=[(least, None)] * game.value.size,
        constraints=[{"type": "eq", "fun": lambda x: x.reshape(shape).sum(axis=1) - game.outflow}],
        method="SLSQP",
        options={"ftol": 1e-15, "maxiter": 1000},
    ).x.reshape(shape)


@pytest.mark.parametrize("crowding", [Term(), Term("linear", 1.0), Term("linear", 0.2)])
def test_two_origins_and_three_destinations_agree_with_a_general_optimiser(crowding):
    game = toy(crowding)
    found = solve(game)
    assert_equilibrium(game, found)
    np.testing.assert_allclose(found.flow, optimised(game), atol=1e-6)


@pytest.mark.parametrize("crowding", CROWDING[1:])
def test_logarithmic_congestion_agrees_with_a_general_optimiser(crowding):
    value = np.array([[1.0, 0.5, 0.0], [0.2, 0.0, 1.0]])
    game = Game([30.0, 12.0], value, Term("logarithmic", 1.5), crowding)
    np.testing.assert_allclose(solve(game).flow, optimised(game, least=1e-3), rtol=1e-4)


def test_toy_without_crowding_by_hand():
    # from the first origin: 6 - a = 4 - b, a + b = 3, and 1 < u = 3.5: the third stays empty
    found = solve(toy(Term()))
    np.testing.assert_allclose(found.flow[0], [2.5, 0.5, 0.0], atol=1e-12)
    np.testing.assert_allclose(found.flow[1], [0.0, 2.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(found.utility, [3.5, 3.0], atol=1e-12)


@pytest.mark.parametrize("congestion", [LOG, Term("linear", 0.3), Term("power", 0.1, 2.0)])
@pytest.mark.parametrize("crowding", [Term("logarithmic", 2.5), Term("linear", 0.05)])
def test_acceleration_changes_the_number_of_rounds_only(congestion, crowding):
    game = random_game(1, n=12, m=9, congestion=congestion, crowding=crowding)
    fast = solve(game, tolerance=1e-12)
    plain = solve(game, tolerance=1e-12, memory=0, max_iterations=20_000)
    assert plain.converged
    assert fast.iterations <= plain.iterations
    np.testing.assert_allclose(fast.flow, plain.flow, rtol=1e-8, atol=1e-9)
    assert (np.diff(plain.history[5:]) <= 1e-12 + 1e-6 * plain.history[5:-1]).all()


@pytest.mark.parametrize("congestion", [LOG, Term("linear", 0.3)])
def test_order_of_zones_does_not_matter(congestion):
    game = random_game(2, n=8, m=7, congestion=congestion)
    rng = np.random.default_rng(0)
    rows, columns = rng.permutation(8), rng.permutation(7)
    other = replace(game, outflow=game.outflow[rows], value=game.value[np.ix_(rows, columns)])
    np.testing.assert_allclose(
        solve(other, tolerance=1e-12).flow,
        solve(game, tolerance=1e-12).flow[np.ix_(rows, columns)],
        rtol=1e-8,
        atol=1e-9,
    )


def test_logarithmic_costs_know_no_number_of_people():
    game = random_game(5)
    many = solve(replace(game, outflow=1000 * game.outflow))
    np.testing.assert_allclose(many.flow, 1000 * solve(game).flow, rtol=1e-9)


def test_currency_does_not_matter():
    game = random_game(5, congestion=Term("linear", 0.3), crowding=Term("power", 0.01, 1.5))
    cents = replace(
        game,
        value=100 * game.value,
        congestion=Term("linear", 30.0),
        crowding=Term("power", 1.0, 1.5),
    )
    one, other = solve(game), solve(cents)
    assert one.iterations == other.iterations
    np.testing.assert_allclose(one.flow, other.flow, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("congestion", CONGESTION)
@pytest.mark.parametrize("crowding", [Term(), Term("logarithmic", 1.0), Term("linear", 0.05)])
def test_capacities_hold_and_charge_only_where_they_are_reached(congestion, crowding):
    free = random_game(7, n=8, m=6, congestion=congestion, crowding=crowding)
    wanted = solve(free).arrivals
    capacity = np.full(6, np.inf)
    capacity[np.argsort(wanted)[-2:]] = 0.7 * np.sort(wanted)[-2:]
    capacity[np.argmin(wanted)] = 2 * wanted.min() + wanted.sum()
    game = replace(free, capacity=capacity)
    found = solve(game, tolerance=1e-12)

    assert_equilibrium(game, found, 1e-9)
    assert (found.arrivals <= capacity * (1 + 1e-9)).all()
    assert (found.shadow_price >= 0).all()
    charged = found.shadow_price > 0
    assert charged.sum() >= 2
    np.testing.assert_allclose(found.arrivals[charged], capacity[charged], rtol=1e-9)


def test_shadow_price_is_the_charge_that_keeps_them_out():
    game = random_game(8, crowding=Term("linear", 0.05))
    wanted = solve(game).arrivals
    capacity = np.where(wanted == wanted.max(), 0.6 * wanted, np.inf)
    limited = solve(replace(game, capacity=capacity), tolerance=1e-12)
    charged = solve(replace(game, value=game.value - limited.shadow_price), tolerance=1e-12)
    np.testing.assert_allclose(charged.flow, limited.flow, rtol=1e-8, atol=1e-9)


def test_a_closed_destination_is_one_that_cannot_be_reached():
    game = random_game(9)
    capacity = np.full(5, np.inf)
    capacity[2] = 0
    closed = solve(replace(game, capacity=capacity))
    value = game.value.copy()
    value[:, 2] = -np.inf
    np.testing.assert_allclose(closed.flow, solve(replace(game, value=value)).flow, rtol=1e-9)
    assert closed.shadow_price[2] == closed.crowding_cost[2] == np.inf
    assert closed.arrivals[2] == 0


@pytest.mark.parametrize("congestion", [LOG, Term("linear", 0.3)])
@pytest.mark.parametrize("crowding", CROWDING)
def test_destinations_nobody_reaches_and_origins_nobody_leaves(congestion, crowding):
    game = random_game(10, congestion=congestion, crowding=crowding)
    value, outflow = game.value.copy(), game.outflow.copy()
    value[:, 3], outflow[1] = -np.inf, 0
    found = solve(replace(game, value=value, outflow=outflow))
    assert found.converged
    assert found.arrivals[3] == found.crowding_cost[3] == 0
    assert np.isnan(found.utility).tolist() == (outflow == 0).tolist()
    for part in (found.flow, found.crowding_cost, found.shadow_price):
        assert np.isfinite(part).all()


def test_extreme_values_stay_finite():
    rng = np.random.default_rng(0)
    for value in (rng.normal(0, 2000, (5, 4)), 1e6 + rng.normal(0, 1, (5, 4))):
        for congestion in (LOG, Term("linear")):
            game = Game(np.full(5, 10.0), value, congestion, Term("logarithmic", 3.0))
            found = solve(game)
            assert np.isfinite(found.flow).all()
            np.testing.assert_allclose(found.flow.sum(axis=1), 10, rtol=1e-9)
            assert found.converged


def test_starting_at_the_equilibrium_takes_one_round():
    game = random_game(11)
    found = solve(game)
    again = solve(game, start=found)
    assert again.iterations <= 2
    assert solve(game, start=found.crowding_cost).iterations <= 2


def test_too_few_rounds_are_reported_not_raised():
    found = solve(random_game(11), max_iterations=2)
    assert not found.converged
    assert found.iterations == found.history.size == 2
    assert found.residual > 1e-10
    assert np.isfinite(found.flow).all()


def test_capacities_that_hold_everybody_but_not_where_they_can_go_do_not_converge():
    # the two first origins reach only the first two destinations, which hold 10 of their 12
    value = np.array([[0.0, 0.0, -np.inf], [0.0, 0.0, -np.inf], [-np.inf, 0.0, 0.0]])
    game = Game([6.0, 6.0, 3.0], value, LOG, Term(), capacity=[5.0, 5.0, 100.0])
    found = solve(game, max_iterations=200)
    assert not found.converged
    assert found.residual > 1e-3
    assert np.isfinite(found.flow).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"outflow": [-1.0, 2.0]}, "outflow of origin 'a' is -1.0"),
        ({"outflow": [np.nan, 2.0]}, "outflow of origin 'a' is nan"),
        ({"outflow": [1.0]}, "outflow has 1 entries, expected 2"),
        ({"outflow": [0.0, 0.0]}, "no origin sends anybody out"),
        ({"outflow": [[1.0, 1.0]]}, "expected \\(n,\\) and \\(n, m\\)"),
        ({"value": [[0, np.nan, 0], [0, 0, 0]]}, "value of 'a' -> 'y' is nan"),
        ({"value": [[0, 0, 0], [0, 0, np.inf]]}, "value of 'b' -> 'z' is inf"),
        ({"value": [[0, 0, 0], [-np.inf] * 3]}, "origin 'b' sends out 2 people.*set its outflow"),
        ({"capacity": [0, 0, 0]}, "can reach no open destination"),
        ({"capacity": [1.0, 0.5, 1.0]}, "3 people leave.*hold 2.5"),
        ({"capacity": [1.0, 1.0, -1.0]}, "capacity of 'z' is -1.0"),
        ({"capacity": [1.0, np.nan, 1.0]}, "capacity of 'y' is nan"),
        ({"capacity": [1.0, 5.0]}, "capacity has 2 entries"),
        (
            {"value": [[0, 0, 0], [0, -np.inf, -np.inf]], "capacity": [1.0, 9.0, 9.0]},
            "origin 'b' sends out 2 people, but all its destinations together hold 1",
        ),
        ({"congestion": Term()}, "does not grow"),
        ({"congestion": Term("linear", 0.0)}, "does not grow"),
        ({"destinations": ["x"]}, "destinations has 1 entries, expected 3"),
    ],
)
def test_games_that_cannot_be_played(change, message):
    arguments = {
        "outflow": [1.0, 2.0],
        "value": np.zeros((2, 3)),
        "congestion": LOG,
        "crowding": LOG,
        "origins": ["a", "b"],
        "destinations": ["x", "y", "z"],
    }
    with pytest.raises(ValueError, match=message):
        Game(**(arguments | change))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("cubic",), "form = 'cubic'"),
        (("linear", -1.0), "coefficient = -1.0"),
        (("linear", np.nan), "coefficient = nan"),
        (("power", 1.0, 0.0), "exponent = 0.0"),
        (("linear", 1.0, 2.0), "choose the form 'power'"),
    ],
)
def test_terms_that_mean_nothing(arguments, message):
    with pytest.raises(ValueError, match=message):
        Term(*arguments)


@pytest.mark.parametrize(
    ("settings_", "message"),
    [
        ({"tolerance": 0}, "tolerance = 0"),
        ({"max_iterations": 0}, "max_iterations = 0"),
        ({"memory": -1}, "memory = -1"),
        ({"start": np.zeros(2)}, "start has shape \\(2,\\)"),
        ({"start": np.full(5, np.nan)}, "not a number"),
    ],
)
def test_settings_that_cannot_be_used(settings_, message):
    with pytest.raises(ValueError, match=message):
        solve(random_game(), **settings_)


@pytest.mark.parametrize("form", FORMS)
def test_terms_are_consistent(form):
    term = Term(form, 0.7, 1.6 if form == "power" else 1.0)
    x, h = np.array([0.3, 2.0, 50.0]), 1e-6
    slope = (term.value(x + h) - term.value(x - h)) / (2 * h)
    np.testing.assert_allclose(term.slope(x), slope, rtol=1e-5)
    value = (term.integral(x + h) - term.integral(x - h)) / (2 * h)
    np.testing.assert_allclose(term.value(x), value, rtol=1e-5, atol=1e-8)
    assert term.integral(np.zeros(1))[0] == 0
    np.testing.assert_allclose(term.cost_at_log(np.log(x)), term.value(x), rtol=1e-12)
    drawn = np.array([-300.0, 0.2, 3.0, 500.0])
    left = term.balance(drawn, 0.4)
    np.testing.assert_allclose(left + term.cost_at_log(left) / 0.4, drawn, rtol=1e-9)


def test_acceleration_falls_back_where_it_does_not_help():
    def halving(x):
        g = np.where(np.abs(x) > 1, x - np.sign(x) * 0.5, x / 2)
        return g, float(np.abs(g - x).max())

    found = fixed_point(
        halving, np.array([40.0, -7.0, 3.0]), tolerance=1e-12, max_iterations=500, memory=5
    )
    assert found.converged
    np.testing.assert_allclose(found.x, 0, atol=1e-10)
