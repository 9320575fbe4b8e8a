"""The game of a dataset as a general game: its limits (C5, C6), and how fast it is solved."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from movelaws.allocation import predict
from movelaws.choice.convergence import compared, errors
from movelaws.choice.games import game_of
from movelaws.choice.identities import fixed_attraction, without_crowding
from movelaws.choice.masses import choice_pairs
from movelaws.game import DestinationChoice, Term, solve
from tests.unit.crowded_world import TRUTH, country, played, with_flow

ALPHA, BETA, GAMMA = TRUTH
METHODS = ["anderson", "fixed point", "averaging 0.25", "averaging 1/n"]


def world(n: int = 14, seed: int = 3):
    zones, flows = country(n, seed)
    return choice_pairs(zones, played(zones, flows), attraction="workplace", circle=False)


@pytest.fixture(scope="module")
def pairs():
    return world()


# ---------------------------------------------------------------- the general game


def test_the_general_game_and_the_fast_one_have_one_equilibrium(pairs):
    flow = solve(game_of(pairs, ALPHA, BETA, Term("logarithmic", GAMMA)), tolerance=1e-12).flow
    fast = DestinationChoice(pairs).flows(ALPHA, BETA, GAMMA, tolerance=1e-12)
    assert flow[pairs.origin, pairs.destination] == pytest.approx(fast, rel=1e-9)


def test_utilities_at_the_equilibrium_are_those_of_the_paper(pairs):
    """U_ij = alpha ln A_j - beta ln d_ij - gamma ln D_j - ln T_ij is one number per origin."""
    flow = solve(game_of(pairs, ALPHA, BETA, Term("logarithmic", GAMMA)), tolerance=1e-12).flow
    arrivals = flow.sum(axis=0)
    utility = (
        ALPHA * np.log(pairs.mass[pairs.destination])
        - BETA * np.log(pairs.distance_km)
        - GAMMA * np.log(arrivals[pairs.destination])
        - np.log(flow[pairs.origin, pairs.destination])
    )
    spread = pd.Series(utility).groupby(pairs.origin).agg(np.ptp)
    assert spread.max() < 1e-8


@pytest.mark.parametrize("alpha", [0.0, 1.5])
def test_a_zone_without_attraction_is_closed_whatever_alpha(pairs, alpha):
    mass = pairs.mass.copy()
    mass[2] = 0.0
    game = game_of(replace(pairs, mass=mass), alpha, BETA, Term("logarithmic", GAMMA))
    assert np.isneginf(game.value[:, 2]).all()
    found = solve(game)
    assert found.arrivals[2] == 0
    assert found.flow.sum(axis=1) == pytest.approx(pairs.outflow)


def test_nobody_stays_at_home_and_zones_are_named(pairs):
    game = game_of(pairs, ALPHA, BETA, Term("none"))
    assert np.isneginf(np.diag(game.value)).all()
    assert list(game.origins) == list(game.destinations) == list(pairs.zone_ids)


# ---------------------------------------------------------------- C5 and C6


@pytest.mark.parametrize("alpha", [0.0, 0.7, 3.0])
@pytest.mark.parametrize("beta", [0.0, 0.5, 2.5])
def test_without_crowding_the_game_is_gravity_2(pairs, alpha, beta):
    assert without_crowding(pairs, alpha, beta) < 1e-9


def test_with_crowding_it_is_not(pairs):
    """The identity is no identity of the code: a little crowding breaks it."""
    crowded = solve(game_of(pairs, ALPHA, BETA, Term("logarithmic", 0.05))).flow
    gravity = predict("GMPow2", pairs, {"a": ALPHA, "b": BETA})
    listed = crowded[pairs.origin, pairs.destination]
    assert np.abs(listed / gravity - 1).max() > 0.01


@pytest.mark.parametrize("beta", [0.0, 0.8, 2.5])
def test_with_fixed_arrivals_the_game_is_doubly_constrained_gravity(pairs, beta):
    assert fixed_attraction(pairs, beta) < 1e-6


def test_fixed_arrivals_do_not_depend_on_the_attraction(pairs):
    """alpha ln A_j goes into the shadow price, whatever A_j is."""
    other = replace(pairs, mass=np.linspace(1.0, 9.0, pairs.n_zones))
    assert fixed_attraction(other, 1.2) < 1e-6


def test_doubly_constrained_gravity_is_that_of_an_independent_balancing(pairs):
    """Furness by hand against the shadow prices of the game."""
    arrivals = np.bincount(pairs.destination, weights=pairs.flow, minlength=pairs.n_zones)
    weight = np.zeros((pairs.n_zones, pairs.n_zones))
    weight[pairs.origin, pairs.destination] = pairs.distance_km**-BETA
    for _ in range(2000):
        weight *= (pairs.outflow / weight.sum(axis=1))[:, None]
        weight *= arrivals / weight.sum(axis=0)
    game = game_of(pairs, 0.0, BETA, Term("none"), capacity=arrivals)
    assert solve(game, tolerance=1e-12).flow == pytest.approx(weight, rel=1e-7)


def test_zones_where_nobody_arrives_are_no_obstacle_to_the_identities(pairs):
    flow = np.where(pairs.destination == 3, 0.0, pairs.flow)
    empty = with_flow(pairs, flow)
    assert fixed_attraction(empty, BETA) < 1e-6


# ---------------------------------------------------------------- convergence


@pytest.fixture(scope="module")
def course(pairs):
    return errors(pairs, ALPHA, BETA, GAMMA)


def test_every_method_approaches_the_same_flows(course):
    assert course["method"].unique().tolist() == METHODS
    last = course.groupby("method", sort=False)["residual"].last()
    assert (last[METHODS[:3]] < 1e-10).all()
    assert last["averaging 1/n"] < course.groupby("method")["residual"].first()["averaging 1/n"]


def test_iterations_rise_and_no_method_is_run_beyond_its_end(course):
    for _, one in course.groupby("method"):
        assert (one["iteration"].diff().dropna() > 0).all()
        assert (one["residual"].iloc[:-1] >= 1e-12).all()


def test_the_accelerated_solver_needs_fewest_iterations(course):
    needed = course.groupby("method")["iteration"].last()
    assert needed["anderson"] < needed["fixed point"]
    assert needed["anderson"] < needed["averaging 0.25"] < needed["averaging 1/n"]


def test_the_report_has_a_row_per_method_run_to_its_own_end(pairs):
    table = compared("city", pairs, ALPHA, BETA, GAMMA).set_index("method")
    assert table.index.tolist() == METHODS[:3]
    assert table["converged"].all()
    assert (table.loc[METHODS[:2], "flow_error"] < 1e-8).all()
    assert (table["utility_spread"] < 0.1).all()
    assert (table["dataset"] == "city").all() and (table["gamma"] == GAMMA).all()
    assert table["phi_limit"].tolist() == pytest.approx((2 / (1 + table["mu_max"])).tolist())
    assert 0 < table["mu_max"].iloc[0] <= GAMMA * (1 + 1e-9)


def test_averaging_slows_down_as_its_rate_says(pairs):
    """Between two late checkpoints the error falls by the rate of the spectrum per iteration."""
    rate = compared("city", pairs, ALPHA, BETA, GAMMA)["rate_averaging"].iloc[0]
    late = errors(pairs, ALPHA, BETA, GAMMA).query("method == 'averaging 0.25' and iteration >= 20")
    first, last = late.iloc[0], late.query("residual > 1e-9").iloc[-1]
    per_step = (last["residual"] / first["residual"]) ** (
        1 / (last["iteration"] - first["iteration"])
    )
    assert per_step == pytest.approx(rate, rel=0.03)


def test_without_crowding_every_method_is_done_at_once(pairs):
    table = compared("city", pairs, ALPHA, BETA, 0.0).set_index("method")
    assert table["converged"].all()
    assert (table["flow_error"] < 1e-10).all()
    assert table["iterations"].max() <= 2
