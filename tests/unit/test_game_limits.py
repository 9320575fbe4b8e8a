"""What the game refuses, and when it says that no equilibrium was reached."""

from dataclasses import replace

import numpy as np
import pytest

from movelaws.game import (
    DestinationChoice,
    Game,
    NotConvergedError,
    Term,
    doubly_constrained,
    solve,
    successive_averages,
)
from movelaws.game.acceleration import fixed_point
from movelaws.game.balancing import LOGARITHMIC, _own_cost
from movelaws.game.reduced import Reduced
from movelaws.game.rooms import without_room
from movelaws.game.solver import report
from tests.unit.test_game_family import random_pairs

LOG = Term("logarithmic")
VALUE = [[1.0, 2.0, 3.0], [2.0, 1.0, 0.5]]


def small(**change) -> Game:
    arguments = {"outflow": [60.0, 40.0], "value": VALUE, "congestion": LOG, "crowding": LOG}
    return Game(**(arguments | change))


@pytest.mark.parametrize("exponent", [170.0, 200.0])
def test_congestion_beyond_all_numbers_is_refused(exponent):
    message = rf"exponent {exponent} costs .* outflow of origin 0, 60, takes one way"
    with pytest.raises(ValueError, match=message):
        small(congestion=Term("power", 1, exponent))


def test_the_bracket_of_a_crowding_cost_ends_even_without_numbers():
    _own_cost(np.full(3, np.nan), np.nan, 1.0, 2.0, LOGARITHMIC, 1.0, 1.0)
    assert np.isfinite(_own_cost(np.array([1e90]), 1e90, 1.0, 2.0, LOGARITHMIC, 1.0, 1.0))


@pytest.mark.parametrize(
    "change",
    [
        {"value": [[1e300, 1, 2], [1, 2, 3]]},
        {"congestion": Term("logarithmic", 1e-9)},
        {"congestion": Term("logarithmic", 1e-300)},
        {"crowding": Term("logarithmic", 1e6)},
        {"crowding": Term("logarithmic", 1e12)},
        {"crowding": Term("power", 1, 200)},
        {"congestion": Term("power", 1, 50), "crowding": Term("power", 1, 50)},
    ],
)
@pytest.mark.filterwarnings("ignore:overflow")
def test_convergence_is_claimed_only_of_equilibria(change):
    game = small(**change)
    found = solve(game, max_iterations=500)
    assert not found.converged
    assert found.residual > 1e-6
    assert np.isfinite(found.flow).all()


def test_a_way_nobody_wants_does_no_harm():
    found = solve(small(value=[[-1e300, 1, 2], [1, 2, 3]]))
    other = solve(small(value=[[-np.inf, 1, 2], [1, 2, 3]]))
    assert found.converged
    np.testing.assert_allclose(found.flow, other.flow, rtol=1e-6)


def test_rounding_ends_an_iteration_but_is_no_convergence():
    def stuck(x):
        return x * (1 + 1e-16), 5.0

    found = fixed_point(stuck, np.ones(3), tolerance=1e-10, max_iterations=50, memory=0)
    assert not found.converged
    assert found.history.size == 1
    assert fixed_point(stuck, np.ones(3), tolerance=5, max_iterations=9, memory=0).converged


def test_flows_that_are_none_are_not_reported():
    reduced = Reduced(small())
    nobody, history = np.zeros(3), np.zeros(1)
    with pytest.raises(NotConvergedError, match="too far apart"):
        report(reduced, np.full((2, 3), np.nan), nobody, 0.0, history, converged=True)
    found = report(reduced, np.full((2, 3), 25.0), nobody, 0.0, history, converged=True)
    assert not found.converged
    assert found.residual == np.inf


def test_people_without_room_are_counted():
    value = np.array([[0, 0, -np.inf], [0, 0, -np.inf], [0, 0, 0.0]])
    game = Game([60, 40, 10], value, LOG, LOG, capacity=[50, 45, np.inf])
    found = solve(game, max_iterations=200)
    assert not found.converged
    assert found.without_room == pytest.approx(5, abs=1e-6)
    enough = replace(game, capacity=[50, 50, 10])
    assert without_room(enough) == 0
    assert solve(game=small(), max_iterations=1).without_room == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"congestion": "log"}, "congestion = 'log' is no Term"),
        ({"crowding": None}, "crowding = None is no Term"),
        ({"outflow": ["60", "40"]}, "outflow holds '60', a str"),
        ({"value": np.array(VALUE) + 1j}, r"value holds \(1\+1j\), a complex"),
        ({"value": [[1, 2, 3], [1, 2]]}, "value: rows are of unequal length"),
        ({"value": [[None, 2, 3], [1, 2, 3]]}, "value holds None"),
        ({"value": [[np.nan, 2, 3], [1, 2, 3]]}, "value of 0 -> 0 is nan"),
        ({"outflow": [60, -1]}, "outflow of origin 1 is"),
        ({"outflow": [60, -1], "origins": np.array(["a", "b"])}, "outflow of origin 'b' is"),
        ({"outflow": [1e308, 1e308]}, "outflow: the sum"),
        ({"capacity": [[1, 2, 3]] * 3}, r"capacity has shape \(3, 3\)"),
        ({"capacity": [20, 30, 50 - 1e-6]}, r"100 people leave.*hold 99\.999999 together"),
    ],
)
def test_what_is_no_game_is_named(change, message):
    with pytest.raises(ValueError, match=message):
        small(**change)


@pytest.mark.parametrize("value", ["1", 1j, None, [1.0, 2.0]])
def test_terms_take_real_numbers(value):
    for arguments in ({"coefficient": value}, {"coefficient": 1.0, "exponent": value}):
        with pytest.raises(ValueError, match=f"{list(arguments)[-1]} of a power term"):
            Term("power", **arguments)


SETTINGS = [
    ({"tolerance": np.nan}, "tolerance = nan"),
    ({"tolerance": -1}, "tolerance = -1"),
    ({"tolerance": np.inf}, "tolerance = inf"),
    ({"tolerance": "small"}, "tolerance holds 'small'"),
    ({"max_iterations": 0}, "max_iterations = 0"),
    ({"max_iterations": 1.5}, "max_iterations = 1.5"),
    ({"memory": -1}, "memory = -1"),
    ({"memory": "5"}, "memory = '5'"),
    ({"start": "x"}, "start holds 'x'"),
]


@pytest.mark.parametrize(("settings", "message"), SETTINGS)
def test_settings_that_cannot_be_used_are_named(settings, message):
    game = DestinationChoice(random_pairs(5, seed=1))
    calls = [lambda: solve(small(), **settings), lambda: game.equilibrium(1, 1, 1, **settings)]
    if "start" not in settings:
        calls.append(lambda: game.doubly_constrained(1.0, **settings))
    for call in calls:
        with pytest.raises(ValueError, match=message):
            call()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"threshold": np.inf}, "threshold = inf"),
        ({"threshold": np.nan}, "threshold = nan"),
        ({"threshold": "1"}, "threshold holds '1'"),
        ({"phi": None}, "phi holds None"),
        ({"max_iterations": 0}, "max_iterations = 0"),
    ],
)
def test_settings_of_averages_are_named(settings, message):
    with pytest.raises(ValueError, match=message):
        successive_averages(small(), **settings)


@pytest.mark.parametrize("name", ["alpha", "beta", "gamma"])
@pytest.mark.parametrize("value", [1e9, 1e300, np.nan, -1.0, "1", None, 1j])
def test_exponents_of_the_family_are_bounded(name, value):
    game = DestinationChoice(random_pairs(5, seed=1))
    with pytest.raises(ValueError, match=name):
        game.equilibrium(**({"alpha": 1.0, "beta": 1.0, "gamma": 1.0} | {name: value}))


def test_the_largest_exponents_of_the_family_are_equilibria_or_say_so():
    pairs = random_pairs(30, seed=1)
    game = DestinationChoice(pairs)
    for alpha, gamma in ((1e8, 1.0), (1.0, 1e8), (1e8, 1e8)):
        found = game.equilibrium(alpha, 1.0, gamma, max_iterations=200)
        assert found.converged == (found.residual <= 1e-6)
        np.testing.assert_allclose(found.arrivals.sum(), pairs.flow.sum(), rtol=1e-6)


def test_sums_too_large_for_a_number_are_refused():
    pairs = random_pairs(5, seed=1)
    with pytest.raises(ValueError, match="attraction: the sum"):
        doubly_constrained(pairs, np.full(5, 1e308), 1.0)
    with pytest.raises(ValueError, match="attraction holds 'many'"):
        DestinationChoice(pairs, ["many"] * 5)
    with pytest.raises(ValueError, match="flow: the sum"):
        DestinationChoice(replace(pairs, flow=np.full(pairs.n_pairs, 1e307)))
