"""The full model passes through any data, by parameters of least norm."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize

from movelaws.lagrangian.exact import fit_exact
from movelaws.lagrangian.interpolation import _nearest, fit_interpolation
from movelaws.lagrangian.onestep import neighbour_values, velocities
from movelaws.lagrangian.state import reference
from movelaws.lagrangian.stencil import neighbours
from tests.unit.lagrangian_small_fit import SHAPE, walk


def day(seed=1, steps=12):
    return reference(walk(steps, seed=seed))


def features(data):
    """(T, 10, N) what the parameters of a step multiply, and (T, N) what they must give."""
    v = velocities(data)
    x = neighbour_values(data.q[:-1] - data.mu, data.shape)
    both = np.concatenate([neighbour_values(v[:-1], data.shape), x], axis=1)
    return both, (v[:-1] - v[1:]) / data.dt


def nearest(f, p, y, bound):
    p = p.copy()
    binds, reached = _nearest(f, p, y, bound, np.empty(2 * f.size))
    return p, binds, reached


@pytest.mark.parametrize("variant", ["full", "full_no_inertia"])
def test_the_model_passes_through_the_data(variant):
    data = day()
    fit = fit_interpolation(data, bound=1e6, variant=variant)
    assert fit.rms < 1e-9
    assert fit.settings["out_of_reach"] == fit.settings["at_bound"] == 0
    assert fit.error.size == fit.seconds.size == 2
    assert fit.error[1] < fit.error[0]
    assert not np.any(fit.lam[:, neighbours(SHAPE) < 0])


def test_the_parameters_are_those_of_least_norm():
    data = day()
    fit = fit_interpolation(data, bound=1e6)
    f, y = features(data)
    found = np.concatenate([fit.gamma, fit.lam], axis=1)
    for n, a in ((0, 0), (3, 7), (11, 19)):
        expected = np.linalg.pinv(f[n, :, a][np.newaxis]) @ y[n, a, np.newaxis]
        assert found[n, :, a] == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_it_is_the_limit_of_the_exact_fit_without_a_ridge():
    data = day(steps=5)
    limit = fit_interpolation(data, bound=1e3)
    fit = fit_exact(data, bound=1e3, ridge=1e-7, start="zero", iterations=4000, tolerance=1e-9)
    assert fit.rms < 1e-2
    assert fit.lam == pytest.approx(limit.lam, abs=0.05 * np.abs(limit.lam).max())


def test_within_the_box_the_nearest_solution_is_that_of_a_general_solver():
    rng = np.random.default_rng(5)
    bound, bound_met = 1.0, 0
    for _ in range(30):
        f = rng.normal(size=6)
        p = rng.uniform(-bound, bound, size=6)
        y = rng.uniform(-0.95, 0.95) * np.abs(f).sum() * bound
        found, binds, reached = nearest(f, p, y, bound)
        assert reached
        assert f @ found == pytest.approx(y, abs=1e-12)
        assert np.abs(found).max() <= bound
        other = minimize(
            lambda x, p=p: np.sum((x - p) ** 2),
            p,
            jac=lambda x, p=p: 2 * (x - p),
            bounds=[(-bound, bound)] * 6,
            constraints={"type": "eq", "fun": lambda x, f=f, y=y: f @ x - y},
            method="SLSQP",
            options={"ftol": 1e-14, "maxiter": 500},
        )
        assert found == pytest.approx(other.x, abs=1e-5)
        bound_met += binds
    assert 5 < bound_met < 30


def test_out_of_reach_all_parameters_are_at_the_bound():
    f = np.array([1.0, -2.0, 0.0])
    found, binds, reached = nearest(f, np.zeros(3), 100.0, 2.0)
    assert found.tolist() == [2.0, -2.0, 0.0]
    assert binds
    assert not reached
    assert nearest(np.zeros(3), np.zeros(3), 1.0, 2.0)[1:] == (False, False)
    assert nearest(np.zeros(3), np.zeros(3), 0.0, 2.0)[1:] == (False, True)


def test_after_a_step_that_fell_short_the_model_returns_to_the_data():
    data = day(steps=20)
    q = data.q.copy()
    q[5, 7] += 0.5
    data = replace(data, q=q)
    fit = fit_interpolation(data, bound=25.0)
    off = np.abs(fit.q - data.q)
    assert fit.settings["out_of_reach"] > 0
    assert off[:6].max() < 1e-6
    assert off[6].max() > 0.01
    assert off[7:11].max() < 1e-6
    assert np.abs(fit.gamma).max() <= 25.0
    assert np.abs(fit.lam).max() <= 25.0


def test_smooth_parameters_solve_the_whole_problem():
    data = day(steps=6)
    smoothness = 0.003
    fit = fit_interpolation(data, bound=1e6, smoothness=smoothness)
    plain = fit_interpolation(data, bound=1e6)
    assert fit.rms < 1e-8
    found = np.concatenate([fit.gamma, fit.lam], axis=1)
    f, y = features(data)
    change = np.diff(np.eye(6), axis=0)
    penalty = data.dt * np.eye(6) + smoothness / data.dt * change.T @ change
    a = 7
    inside = np.tile(neighbours(SHAPE)[:, a] >= 0, 2)
    size = inside.sum()
    # The same problem in one piece: its optimality conditions as a dense linear system.
    rows = np.zeros((6, 6 * size))
    for n in range(6):
        rows[n, n * size : (n + 1) * size] = f[n, inside, a]
    system = np.block([[np.kron(penalty, np.eye(size)), rows.T], [rows, np.zeros((6, 6))]])
    expected = np.linalg.solve(system, np.append(np.zeros(6 * size), y[:, a]))[: 6 * size]
    assert found[:, inside, a].ravel() == pytest.approx(expected, rel=1e-4, abs=1e-6)

    def roughness(one):
        return np.sum(np.diff(one.gamma, axis=0) ** 2) + np.sum(np.diff(one.lam, axis=0) ** 2)

    assert roughness(fit) < roughness(plain)


def test_any_data_are_interpolated_so_the_fit_proves_nothing():
    rng = np.random.default_rng(3)
    noise = reference(np.exp(3 + 0.3 * rng.normal(size=(13, *SHAPE))))
    assert fit_interpolation(noise, bound=1e6).rms < 1e-6


@pytest.mark.parametrize(
    "given, message",
    [
        ({"bound": 0}, "bound = 0"),
        ({"smoothness": -1.0}, "smoothness = -1.0"),
        ({"variant": "homogeneous"}, "constant parameters interpolate nothing"),
        ({"variant": "none"}, "variant = 'none'"),
    ],
)
def test_what_cannot_be_interpolated_is_named(given, message):
    with pytest.raises(ValueError, match=message):
        fit_interpolation(day(), **given)
