"""Successive averages as printed, and the spectrum that says when they converge."""

import numpy as np
import pytest

from movelaws.game import Game, Term, solve, stability, successive_averages
from movelaws.game.reduced import Reduced
from tests.unit.test_game_solver import CONGESTION, random_game

LOG = Term("logarithmic")


def logarithmic(gamma, seed=0, n=9, m=9):
    rng = np.random.default_rng(seed)
    return Game(rng.uniform(1, 40, n), rng.normal(0, 1.5, (n, m)), LOG, Term("logarithmic", gamma))


@pytest.mark.parametrize("crowding", [Term("logarithmic", 2.0), Term("linear", 0.03)])
@pytest.mark.parametrize("phi", [0.25, "1/n"])
def test_averages_find_the_same_equilibrium(phi, crowding):
    game = random_game(3, crowding=crowding)
    averaged = successive_averages(game, phi=phi, threshold=1e-4)
    assert averaged.converged
    assert averaged.residual < 1e-4
    np.testing.assert_allclose(averaged.flow, solve(game).flow, atol=1e-3)


@pytest.mark.parametrize("congestion", [Term("linear", 0.5), Term("power", 0.3, 1.5)])
def test_averages_with_ways_that_stay_empty(congestion):
    game = random_game(3, congestion=congestion, crowding=Term("linear", 0.03))
    averaged = successive_averages(game, phi=0.2, threshold=1e-8)
    assert averaged.converged
    np.testing.assert_allclose(averaged.flow, solve(game).flow, atol=1e-6)


def test_first_two_steps_are_as_printed():
    game = logarithmic(1.7)
    weight = np.exp(game.value)
    flow = game.outflow[:, None] * weight / weight.sum(axis=1, keepdims=True)
    for _ in range(2):
        crowded = weight * flow.sum(axis=0) ** -1.7
        new = game.outflow[:, None] * crowded / crowded.sum(axis=1, keepdims=True)
        residual = np.abs(new - flow).max()
        flow = 0.75 * flow + 0.25 * new
    found = successive_averages(game, phi=0.25, max_iterations=2)
    np.testing.assert_allclose(found.flow, flow, rtol=1e-12)
    assert found.residual == pytest.approx(residual, rel=1e-12)
    assert not found.converged


def test_without_crowding_the_first_flows_are_the_equilibrium():
    game = random_game(1, crowding=Term())
    found = successive_averages(game)
    assert found.iterations == 1
    np.testing.assert_allclose(found.flow, solve(game).flow, rtol=1e-12)


def test_averages_converge_below_the_limit_and_oscillate_above():
    game = logarithmic(6.0)
    limit = stability(game, solve(game)).phi_limit
    assert 2 / 7 < limit < 0.9
    below = successive_averages(game, phi=0.97 * limit, threshold=1e-8, max_iterations=5000)
    above = successive_averages(game, phi=1.03 * limit, threshold=1e-8, max_iterations=5000)
    assert below.converged
    assert not above.converged
    assert above.iterations == 5000
    assert above.residual > 1e-3
    assert above.utility_spread > 1e-3


@pytest.mark.parametrize("phi", [0.05, 0.25])
def test_observed_rates_are_those_of_the_spectrum(phi):
    game = logarithmic(4.0)
    found = solve(game, tolerance=1e-12)
    spectrum = stability(game, found, phi=phi)
    history = successive_averages(game, phi=phi, threshold=1e-9).history
    observed = (history[-1] / history[-11]) ** 0.1
    assert observed == pytest.approx(spectrum.rate_averaging, rel=0.02)
    plain = solve(game, memory=0).history
    assert (plain[-1] / plain[-6]) ** 0.2 == pytest.approx(spectrum.rate_fixed_point, rel=0.02)


@pytest.mark.parametrize("congestion", CONGESTION)
@pytest.mark.parametrize("crowding", [Term("logarithmic", 2.0), Term("linear", 0.1)])
def test_spectrum_agrees_with_finite_differences(congestion, crowding):
    n = 12
    rng = np.random.default_rng(1)
    # values so close that every way is used: a way that opens has no derivative
    game = Game(rng.uniform(20, 40, n), rng.uniform(0, 0.01, (n, n)), congestion, crowding)
    found = solve(game, tolerance=1e-12)
    assert (found.flow > 0).all()
    reduced = Reduced(game)

    def derivative(function, x):
        step = 1e-5 * np.abs(x)
        columns = [(function(x + h) - function(x - h)) / (2 * h.sum()) for h in np.diag(step)]
        return np.column_stack(columns)

    feedback = derivative(
        lambda d: reduced.flow(reduced.crowding_cost(d)).sum(axis=0), found.arrivals
    )
    mu = -np.linalg.eigvals(feedback).real
    spectrum = stability(game, found, phi=0.1)
    assert spectrum.mu_max == pytest.approx(mu.max(), rel=1e-4)
    assert spectrum.phi_limit == pytest.approx(2 / (1 + mu.max()), rel=1e-4)
    assert spectrum.rate_averaging == pytest.approx(np.abs(1 - 0.1 * (1 + mu)).max(), rel=1e-3)
    best = np.abs(1 - spectrum.phi_best * np.array([1, 1 + mu.max()])).max()
    for other in (0.9, 1.1):
        step = other * spectrum.phi_best
        assert np.abs(1 - step * np.array([1, 1 + mu.max()])).max() > best
    balanced = derivative(lambda cost: reduced.step(cost)[0], found.crowding_cost)
    rate = np.linalg.eigvals(balanced).real.max()
    assert spectrum.rate_fixed_point == pytest.approx(rate, rel=1e-4)


@pytest.mark.parametrize("gamma", [0.5, 3.0, 30.0])
def test_logarithms_bound_the_feedback(gamma):
    game = logarithmic(gamma, seed=2)
    spectrum = stability(game, solve(game))
    assert 0 < spectrum.mu_max <= gamma
    # a common change of all costs moves nobody, so balancing shrinks it by this much exactly
    assert spectrum.rate_fixed_point == pytest.approx(gamma / (1 + gamma), rel=1e-9)


def test_spectrum_of_many_zones_is_found_by_iteration(monkeypatch):
    game = logarithmic(3.0, n=90, m=90)
    found = solve(game)
    dense = stability(game, found)
    monkeypatch.setattr("movelaws.game.spectrum._FEW", 10)
    iterated = stability(game, found)
    assert iterated.mu_max == pytest.approx(dense.mu_max, rel=1e-6)
    assert iterated.rate_fixed_point == pytest.approx(dense.rate_fixed_point, rel=1e-6)


def test_without_crowding_there_is_no_feedback():
    game = logarithmic(1.0)
    game = Game(game.outflow, game.value, LOG, Term())
    spectrum = stability(game, solve(game))
    assert (spectrum.mu_max, spectrum.phi_limit, spectrum.rate_fixed_point) == (0, 2, 0)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"phi": 0.0}, "phi = 0.0"),
        ({"phi": 1.5}, "phi = 1.5"),
        ({"phi": np.nan}, "phi = nan"),
        ({"phi": "n"}, "phi = 'n'"),
        ({"threshold": 0.0}, "threshold = 0.0"),
        ({"max_iterations": 0}, "max_iterations = 0"),
    ],
)
def test_settings_of_averages_that_cannot_be_used(settings, message):
    with pytest.raises(ValueError, match=message):
        successive_averages(random_game(), **settings)


def test_averages_and_spectrum_know_no_capacities():
    free = random_game(7)
    arrivals = solve(free).arrivals
    capacity = np.where(arrivals == arrivals.max(), 0.9 * arrivals, np.inf)
    game = random_game(7, capacity=capacity)
    with pytest.raises(ValueError, match="successive averages know no capacities"):
        successive_averages(game)
    with pytest.raises(ValueError, match="capacity: reached"):
        stability(game, solve(game))


def test_spectrum_of_no_equilibrium_is_refused():
    game = random_game(7)
    with pytest.raises(ValueError, match="did not converge"):
        stability(game, solve(game, max_iterations=1))
    with pytest.raises(ValueError, match="phi = 2"):
        stability(game, solve(game), phi=2)
    with pytest.raises(ValueError, match=r"flows are \(6, 5\), the game is \(7, 5\)"):
        stability(random_game(7, n=7), solve(game))
