"""Euler-Cromer and Runge-Kutta on the parameters of a fit."""

import numpy as np
import pytest
from scipy.linalg import expm

from movelaws.lagrangian.fit import fitted
from movelaws.lagrangian.integrators import COLUMNS, INTEGRATORS, compare_integrators, integrate
from movelaws.lagrangian.model import simulate
from movelaws.lagrangian.stencil import LINKS, neighbours
from tests.unit.lagrangian_small_fit import SHAPE, parameters, small_fit

SITES = SHAPE[0] * SHAPE[1]


def given(fit):
    data = fit.reference
    return data.q[0], data.v0, fit.gamma, fit.lam, data.mu, data.shape, data.dt, data.steps


def dense(values):
    """(N, N) matrix of (5, N) parameters."""
    table, matrix = neighbours(SHAPE), np.zeros((SITES, SITES))
    for link in range(len(LINKS)):
        for a in np.flatnonzero(table[link] >= 0):
            matrix[a, table[link, a]] = values[link, a]
    return matrix


def exact_path(fit):
    """Solution in continuous time, by the matrix exponential of each step."""
    data = fit.reference
    state = np.concatenate([data.q[0] - data.mu, data.v0])
    path = [state]
    for n in range(data.steps):
        top = np.hstack([np.zeros((SITES, SITES)), np.eye(SITES)])
        bottom = np.hstack([-dense(fit.lam[n]), -dense(fit.gamma[n])])
        path.append(expm(data.dt * np.vstack([top, bottom])) @ path[-1])
    return np.array(path)[:, :SITES] + data.mu


def test_one_step_of_euler_cromer_is_that_of_the_model():
    fit = small_fit()
    for got, own in zip(
        integrate(*given(fit), integrator="euler_cromer"), (fit.q, fit.v), strict=True
    ):
        assert got == pytest.approx(own, rel=1e-12)


@pytest.mark.parametrize("integrator, order", [("euler_cromer", 1), ("rk4", 4)])
def test_the_error_falls_with_the_order_of_the_method(integrator, order):
    fit = small_fit(scale=4.0)
    truth = exact_path(fit)
    errors = [
        np.abs(integrate(*given(fit), integrator=integrator, factor=k)[0] - truth).max()
        for k in (4, 8, 16)
    ]
    measured = np.log2(np.array(errors[:-1]) / errors[1:])
    assert measured == pytest.approx([order, order], abs=0.15)


def test_the_table_measures_both_from_the_finest_solution():
    fit = small_fit(scale=4.0)
    table = compare_integrators(fit, (1, 2, 4))
    assert tuple(table.columns) == COLUMNS
    assert table["integrator"].tolist() == [name for name in INTEGRATORS for _ in range(3)]
    by = table.set_index(["integrator", "steps_factor"])["max_difference_q"]
    truth = exact_path(fit)
    assert by["euler_cromer", 1] == pytest.approx(np.abs(fit.q - truth).max(), rel=1e-3)
    assert by["rk4", 1] < by["euler_cromer", 1] / 10
    assert by["rk4"].is_monotonic_decreasing


def test_a_path_that_leaves_the_numbers_is_infinitely_far():
    fit = small_fit()
    wild = np.zeros((1, len(LINKS), SITES))
    wild[:, 0] = -1e5
    data = fit.reference
    gamma = np.zeros_like(wild)
    stable = np.zeros((data.steps, *wild.shape[1:])) + 0.0
    assert np.isfinite(simulate(*given(fit)[:2], gamma, stable, *given(fit)[4:])[0]).all()
    exploding = fitted("printed", data, np.repeat(wild, data.steps, axis=0), stable, np.array([]))
    assert (compare_integrators(exploding, (64, 128))["max_difference_q"] == np.inf).all()


def test_constant_parameters_are_those_of_every_step():
    fit = small_fit(constant=True)
    data = fit.reference
    longer = [np.repeat(part, data.steps, axis=0) for part in (fit.gamma, fit.lam)]
    args = given(fit)
    one, two = (
        integrate(*args[:2], *pair, *args[4:], factor=2)[0]
        for pair in ((fit.gamma, fit.lam), longer)
    )
    assert np.array_equal(one, two)


def test_what_cannot_be_integrated_is_named():
    fit = small_fit()
    with pytest.raises(ValueError, match="integrator = 'leapfrog': one of euler_cromer, rk4"):
        integrate(*given(fit), integrator="leapfrog")
    with pytest.raises(ValueError, match="factor = 0"):
        integrate(*given(fit), factor=0)
    with pytest.raises(ValueError, match="factors is empty"):
        compare_integrators(fit, ())
    rng = np.random.default_rng(0)
    wrong = parameters(rng, 3)
    with pytest.raises(ValueError, match="gamma has shape"):
        integrate(*given(fit)[:2], wrong, *given(fit)[3:])
