"""The synthetic reference dynamics: a transcription, conservation, the drift and limits."""

import numpy as np
import pytest
from scipy.stats import poisson

from movelaws.lagrangian.growth import grow
from movelaws.lagrangian.reference_dynamics import choice, move

CASES = [(alpha, h) for alpha in (1.0, 10.0) for h in (0.0, 0.05)]


def transcription(start: np.ndarray, alpha: float, h: float, steps: int) -> np.ndarray:
    """Populations of Eqs 1 to 4 as printed, link by link."""
    side = len(start)
    sites = [(y, x) for y in range(side) for x in range(side)]
    goal = (side // 2, side // 2)
    away = {a: abs(a[0] - goal[0]) + abs(a[1] - goal[1]) for a in sites}
    near = {a: [b for b in sites if abs(a[0] - b[0]) + abs(a[1] - b[1]) == 1] for a in sites}
    p = {}
    for a in sites:
        weights = {b: np.exp(-alpha * (away[b] - away[a])) for b in near[a]}
        p |= {(a, b): weight / sum(weights.values()) for b, weight in weights.items()}
    load = {link: [0.0 if link[0] == goal else start[link[0]] / len(near[link[0]])] for link in p}
    flux = {link: [0.0] for link in p}
    population = [start.astype(float)]
    for n in range(1, steps + 1):
        for a, b in p:
            if a != goal:
                inflow = sum(flux[c, a][n - 1] for c in near[a] if c != goal)
                load[a, b].append(p[a, b] * inflow + load[a, b][n - 1] - flux[a, b][n - 1])
            else:
                load[a, b].append(0.0)
        for link, rho in load.items():
            out = rho[0] * poisson.pmf(n, side + h * rho[0])
            for m in range(1, n + 1):
                entered = rho[m] - (rho[m - 1] - flux[link][m - 1])
                out += entered * poisson.pmf(n - m, side + h * rho[m])
            flux[link].append(out)
        now = np.array([sum(load[a, b][n] for b in near[a]) for a in sites]).reshape(start.shape)
        now[goal] = population[-1][goal] + sum(flux[a, goal][n] for a in near[goal])
        population.append(now)
    return np.array(population)


@pytest.mark.parametrize(("alpha", "h"), CASES)
def test_the_equations_as_printed(alpha, h):
    start = grow(4, 300, seed=2)
    mine = move(start, alpha=alpha, h=h, steps=15).population
    np.testing.assert_allclose(mine, transcription(start, alpha, h, 15), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(("alpha", "h"), CASES)
def test_conserving_bookkeeping_keeps_all_agents(alpha, h):
    moved = move(grow(10, 10_000, seed=1), alpha=alpha, h=h, steps=100, bookkeeping="conserving")
    assert np.abs(moved.drift).max() < 1e-13
    assert moved.population.min() >= 0
    assert np.all(np.diff(moved.population[:, 5, 5]) >= 0)


@pytest.mark.parametrize(("alpha", "h"), CASES)
def test_printed_drift_is_what_arrives_at_the_moment(alpha, h):
    start = grow(10, 10_000, seed=1)
    moved = move(start, alpha=alpha, h=h, steps=100)
    np.testing.assert_allclose(moved.drift, moved.arrivals / 10_000, atol=1e-13)
    assert 0.003 < moved.drift.max() < 0.03
    conserving = move(start, alpha=alpha, h=h, steps=100, bookkeeping="conserving")
    assert np.array_equal(moved.load, conserving.load)
    counted_twice = conserving.population.copy()
    counted_twice[:, 5, 5] += moved.arrivals
    np.testing.assert_allclose(moved.population, counted_twice, rtol=1e-13)


def test_the_drift_is_gone_when_all_have_arrived():
    moved = move(grow(5, 1000, seed=1), alpha=3.0, h=0.0, steps=400)
    assert moved.drift.max() > 0.01
    assert abs(moved.drift[-1]) < 1e-10
    # All but what Eq. 4 would have let out at n = 0, exp(-L) of the first load.
    off_centre = 1000 - moved.population[0, 2, 2]
    assert moved.population[-1, 2, 2] == pytest.approx(1000 - off_centre * np.exp(-5), rel=1e-9)


def test_without_interaction_it_is_linear_in_the_agents():
    start = grow(6, 500, seed=4)
    once = move(start, alpha=1.0, h=0.0, steps=40).population
    thrice = move(3 * start, alpha=1.0, h=0.0, steps=40).population
    np.testing.assert_allclose(thrice, 3 * once, rtol=1e-12)
    loaded = move(3 * start, alpha=1.0, h=0.05, steps=40).population
    assert np.abs(loaded - 3 * once).max() > 1


def test_load_slows_drivers_down_and_preference_speeds_them_up():
    start = grow(10, 10_000, seed=1)
    arrived = {case: move(start, alpha=case[0], h=case[1], steps=100).population[-1, 5, 5]
               for case in CASES}  # fmt: skip
    for alpha in (1.0, 10.0):
        assert arrived[alpha, 0.0] > arrived[alpha, 0.05]
    for h in (0.0, 0.05):
        assert arrived[10.0, h] > arrived[1.0, h]


def test_choices_are_probabilities_with_known_limits():
    shape, goal = (5, 5), (2, 2)
    even = choice(shape, goal, 0.0)
    np.testing.assert_allclose(even.sum(axis=0), 1)
    assert sorted(set(np.round(even[even > 0], 12))) == [0.25, round(1 / 3, 12), 0.5]
    some = choice(shape, goal, 1.0)
    ratio = some[0, 12 - 5] / some[1, 12 - 5]  # just south of the goal: north nears it
    assert ratio == pytest.approx(np.exp(2))
    sure = choice(shape, goal, 1e4)
    assert np.isfinite(sure).all()
    assert sure[0, 2] == 1  # straight south of it there is one way only


def test_a_symmetric_city_stays_symmetric():
    start = np.add.outer(np.array([1, 2, 7, 2, 1]), np.array([3, 4, 8, 4, 3]))
    population = move(start, alpha=0.7, h=0.1, steps=30).population
    np.testing.assert_allclose(population, population[:, ::-1], rtol=1e-12)
    np.testing.assert_allclose(population, population[:, :, ::-1], rtol=1e-12)


def test_without_preference_the_destination_may_be_anywhere():
    """alpha = 0: moving the city and its destination by a quarter turn turns the result."""
    start = grow(6, 400, seed=9)
    one = move(start, alpha=0.0, h=0.02, steps=25, destination=(1, 4)).population
    turned = move(np.rot90(start), alpha=0.0, h=0.02, steps=25, destination=(1, 1)).population
    np.testing.assert_allclose(np.rot90(one, axes=(1, 2)), turned, rtol=1e-11, atol=1e-12)


def test_very_long_waits_do_not_leave_the_range_of_numbers():
    moved = move(grow(4, 100_000, seed=1), alpha=1.0, h=5.0, steps=50)
    assert np.isfinite(moved.population).all()
    assert moved.population[-1, 2, 2] < 1.5 * moved.population[0, 2, 2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"alpha": -1.0}, "alpha = -1"),
        ({"h": np.nan}, "h = nan"),
        ({"steps": 0}, "steps = 0"),
        ({"bookkeeping": "double"}, "bookkeeping = 'double'"),
        ({"destination": (4, 0)}, r"destination = \(4, 0\)"),
        ({"start": np.zeros((4, 4))}, "start: "),
        ({"start": -np.ones((4, 4))}, "start: "),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        move(**({"start": np.ones((4, 4)), "alpha": 1.0, "h": 0.0, "steps": 3} | arguments))
