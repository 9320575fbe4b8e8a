"""The model dynamics against dense matrices and closed forms; the reference it is fitted to."""

import numpy as np
import pytest

from movelaws.lagrangian.model import simulate
from movelaws.lagrangian.state import reference
from movelaws.lagrangian.stencil import neighbours


def drawn(seed: int, shape: tuple[int, int], steps: int):
    """Random parameters on the links of a lattice, and a random start."""
    rng = np.random.default_rng(seed)
    table = neighbours(shape)
    gamma, lam = rng.normal(0, 3, (2, steps, *table.shape)) * (table >= 0)
    q0, v0, mu = rng.normal(0, 1, (3, table.shape[1]))
    return q0, v0, gamma, lam, mu


def dense(theta: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """(N, N) matrix of (5, N) parameters."""
    table = neighbours(shape)
    matrix = np.zeros((table.shape[1],) * 2)
    for link, site in np.argwhere(table >= 0):
        matrix[site, table[link, site]] = theta[link, site]
    return matrix


@pytest.mark.parametrize("shape", [(3, 4), (1, 6), (5, 2)])
def test_steps_are_those_of_full_matrices(shape):
    steps, dt = 9, 0.1
    q0, v0, gamma, lam, mu = drawn(1, shape, steps)
    q, v = simulate(q0, v0, gamma, lam, mu, shape, dt, steps)
    assert np.array_equal(q[0], q0) and np.array_equal(v[0], v0)
    for n in range(steps):
        force = dense(gamma[n], shape) @ v[n] + dense(lam[n], shape) @ (q[n] - mu)
        np.testing.assert_allclose(v[n + 1], v[n] - dt * force, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(q[n + 1], q[n] + dt * v[n + 1], rtol=1e-12, atol=1e-12)


def test_constant_parameters_are_those_of_each_step():
    shape, steps = (3, 3), 6
    q0, v0, gamma, lam, mu = drawn(2, shape, 1)
    once = simulate(q0, v0, gamma, lam, mu, shape, 0.1, steps)
    each = simulate(
        q0, v0, np.repeat(gamma, steps, 0), np.repeat(lam, steps, 0), mu, shape, 0.1, steps
    )
    assert np.array_equal(once, each)


def test_without_parameters_all_fly_on():
    zero = np.zeros((1, 5, 4))
    q0, v0 = np.arange(4.0), np.array([1.0, -2.0, 0.0, 3.0])
    q, v = simulate(q0, v0, zero, zero, q0, (2, 2), 0.25, 4)
    np.testing.assert_allclose(q[-1], q0 + v0)
    assert (v == v0).all()


def test_a_damped_oscillator_comes_out_as_its_formula():
    """q'' = -g q' - k (q - mu) at each site, as dt goes to 0 (an error of first order)."""
    g, k, errors = 2.0, 40.0, []
    gamma, lam = np.zeros((2, 1, 5, 2))
    gamma[0, 0], lam[0, 0] = g, k
    for steps in (500, 1000):
        time = np.linspace(0, 1, steps + 1)[:, None]
        omega = np.sqrt(k - g**2 / 4)
        exact = np.exp(-g * time / 2) * (
            np.cos(omega * time) + g / (2 * omega) * np.sin(omega * time)
        )
        q, _ = simulate([2.0, 2.0], [0, 0], gamma, lam, [1.0, 1.0], (1, 2), 1 / steps, steps)
        errors.append(np.abs(q - 1 - exact).max())
    assert errors[0] < 0.02
    assert errors[1] == pytest.approx(errors[0] / 2, rel=0.05)


def test_parameters_outside_the_lattice_are_an_error():
    q0, v0, gamma, lam, mu = drawn(3, (3, 3), 4)
    lam[2, 3, 0] = 1
    with pytest.raises(ValueError, match="lam is not 0 on a link to the west"):
        simulate(q0, v0, gamma, lam, mu, (3, 3), 0.1, 4)


def test_shapes_that_do_not_fit_are_named():
    q0, v0, gamma, lam, mu = drawn(3, (3, 3), 4)
    with pytest.raises(ValueError, match=r"gamma has shape \(3, 5, 9\)"):
        simulate(q0, v0, gamma[:3], lam, mu, (3, 3), 0.1, 4)
    with pytest.raises(ValueError, match=r"v0 has shape \(8,\)"):
        simulate(q0, v0[:8], gamma, lam, mu, (3, 3), 0.1, 4)


def test_reference_of_a_population():
    population = np.array([[10, 0, 4, 6], [5, 0.5, 8, 6.5], [2, 0, 9, 9]]).reshape(3, 2, 2)
    data = reference(population)
    assert (data.steps, data.sites, data.shape, data.dt) == (2, 4, (2, 2), 0.5)
    assert data.touched == 3
    np.testing.assert_allclose(data.q[1], np.log([5, 1, 8, 6.5]))
    np.testing.assert_allclose(data.v0, [-1, 0, 2, 1 / 6])
    np.testing.assert_allclose(data.mu, data.q[-1])
    np.testing.assert_allclose(data.population[1], [5, 0.5, 8, 6.5])


def test_a_lower_floor_touches_fewer_cells():
    population = np.random.default_rng(0).exponential(1, (5, 4, 4))
    touched = [reference(population, floor).touched for floor in (0.01, 0.1, 1)]
    assert touched == [int(np.sum(population < floor)) for floor in (0.01, 0.1, 1)]


def test_another_target_may_be_given():
    population = np.random.default_rng(0).uniform(1, 2, (5, 4, 4))
    assert (reference(population, mu=np.full((4, 4), 3.0)).mu == 3).all()
    with pytest.raises(ValueError, match="mu has shape"):
        reference(population, mu=np.ones(3))


def lattice(**changed) -> np.ndarray:
    population = np.random.default_rng(0).uniform(1, 2, (5, 3, 4))
    for value in changed.values():
        population[3, 1, 2] = value
    return population


@pytest.mark.parametrize(
    ("population", "message"),
    [
        (lattice()[:2], "2 time points"),
        (lattice()[0], "shape"),
        (lattice(bad=-1.0), r"population\[3, 1, 2\] = -1.0"),
        (lattice(bad=np.nan), r"population\[3, 1, 2\] = nan"),
        (lattice(bad=np.inf), r"population\[3, 1, 2\] = inf"),
        (np.zeros((5, 3, 3)), "nobody is anywhere"),
        (np.eye(9)[[4] * 5].reshape(5, 3, 3), "all people are in one cell"),
    ],
)
def test_bad_populations_are_named(population, message):
    with pytest.raises(ValueError, match=message):
        reference(population)


@pytest.mark.parametrize("floor", [0, -1, np.inf, np.nan])
def test_a_bad_floor_is_named(floor):
    with pytest.raises(ValueError, match="floor = "):
        reference(lattice(), floor)


def test_shares_below_the_floor_are_no_population_that_stands_still():
    shares = lattice() / lattice().sum(axis=(1, 2), keepdims=True)
    with pytest.raises(ValueError, match=r"floor = 1: no cell .*shares\? set `population`.*lower"):
        reference(shares)
    shares[0, 0, 0] = 1.0  # one cell that reaches the floor is for the user to judge
    assert reference(shares).touched == shares.size - 1
    assert reference(shares / 10, 1e-3).touched == 0
