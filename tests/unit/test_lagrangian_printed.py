"""The printed schedule against a plain transcription on dense matrices, and its readings."""

import numba
import numpy as np
import pytest

from movelaws.lagrangian import _sweep, printed
from movelaws.lagrangian.fit import error_of
from movelaws.lagrangian.printed import fit_printed
from movelaws.lagrangian.state import reference
from movelaws.lagrangian.stencil import LINKS, neighbours


def populations(seed: int, shape: tuple[int, int], points: int) -> np.ndarray:
    """Agents that move smoothly between two random lattices, with some empty cells."""
    rng = np.random.default_rng(seed)
    first, last = rng.lognormal(3, 1, (2, *shape))
    time = np.linspace(0, 1, points)[:, None, None]
    wave = np.sin(np.pi * time) * rng.uniform(-0.5, 0.5, shape)
    population = first ** (1 - time) * last**time * np.exp(wave)
    population[:, 0, 0] = 0
    return population


def smoothed(theta: np.ndarray, how: str, last_step: str) -> np.ndarray:
    """Eqs 19 to 22 along axis 0, one entry after the other."""
    if how == "none":
        return theta
    new = theta.copy()
    back = new if how == "in_place" else theta
    steps = len(theta)
    new[0] = (theta[0] + theta[1]) / 2
    for n in range(1, steps - 1):
        new[n] = (2 * theta[n] + back[n - 1] + theta[n + 1]) / 4
    ends = {
        "mean": (theta[-1] + back[-2]) / 2,
        "keep": theta[-1],
        "zero": (2 * theta[-1] + back[-2]) / 4,
    }
    new[-1] = ends[last_step]
    return new


def transcription(
    data,
    iterations,
    rate=(0.001, 0.0015),
    rate_index="iteration",
    bound=None,
    smoothing="simultaneous",
    last_step="mean",
):
    """Eqs 12 to 24 with full matrices; Gamma and Lambda (T, N, N) after each iteration, and E."""
    steps, sites, dt = data.steps, data.sites, data.dt
    bound = sites if bound is None else bound
    y, x = np.divmod(np.arange(sites), data.shape[1])
    linked = np.abs(y[:, None] - y) + np.abs(x[:, None] - x) <= 1
    gamma, lam = np.zeros((2, steps, sites, sites))
    errors = []
    for k in range(iterations):
        q, v = data.q[0].copy(), data.v0.copy()
        error = 0.5 * np.sum((q - data.q[0]) ** 2)
        for n in range(steps):
            v_next = v - gamma[n] @ v * dt - lam[n] @ (q - data.mu) * dt
            q_next = q + v_next * dt
            away = q_next - data.q[n + 1]
            error += 0.5 * np.sum(away**2)
            gradient_gamma = -np.outer(away, v) * dt * linked
            gradient_lam = -np.outer(away, q - data.mu) * dt * linked
            eta = rate[0] + rate[1] * (k if rate_index == "iteration" else n)
            gamma[n] -= eta * gradient_gamma
            lam[n] -= eta * gradient_lam
            q, v = q_next, v_next
        gamma = np.clip(smoothed(gamma, smoothing, last_step), -bound, bound)
        lam = np.clip(smoothed(lam, smoothing, last_step), -bound, bound)
        errors.append(dt * error)
    return gamma, lam, np.array(errors)


def by_link(dense: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """(T, 5, N) entries of (T, N, N) matrices that sit on links."""
    table = neighbours(shape)
    values = np.stack([dense[:, np.arange(table.shape[1]), ends] for ends in table], axis=1)
    return np.where(table >= 0, values, 0)


OPTIONS = [
    {},
    {"smoothing": "in_place"},
    {"smoothing": "none", "bound": 0.5},
    {"last_step": "keep", "rate_index": "step", "rate": (0.01, 0.4)},
    {"last_step": "zero", "bound": 1.5},
    {"smoothing": "in_place", "last_step": "zero"},
]


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("iterations", [1, 2, 40])
def test_the_schedule_is_the_printed_one(options, iterations):
    data = reference(populations(1, (3, 4), 7))
    fit = fit_printed(data, iterations=iterations, **options)
    gamma, lam, errors = transcription(data, iterations, **options)
    for mine, dense in ((fit.gamma, gamma), (fit.lam, lam)):
        assert np.abs(dense).max() > 0
        np.testing.assert_allclose(mine, by_link(dense, data.shape), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(fit.error[:-1], errors, rtol=1e-12)


@pytest.mark.parametrize("shape", [(2, 2), (1, 7), (5, 3), (13, 45), (2, 300)])
def test_chunks_and_borders_change_nothing(shape):
    data = reference(populations(2, shape, 11))
    fit = fit_printed(data, iterations=2)
    gamma, lam, errors = transcription(data, 2)
    np.testing.assert_allclose(fit.gamma, by_link(gamma, shape), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(fit.lam, by_link(lam, shape), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(fit.error[:-1], errors, rtol=1e-12)


def test_threads_change_no_bit(monkeypatch):
    data = reference(populations(3, (19, 70), 12))
    alone = fit_printed(data, iterations=7)
    monkeypatch.setattr(printed, "_MANY_SITES", 1)
    before = numba.get_num_threads()
    try:
        for threads in range(1, numba.config.NUMBA_NUM_THREADS + 1):
            numba.set_num_threads(threads)
            shared = fit_printed(data, iterations=7)
            assert np.array_equal(shared.gamma, alone.gamma)
            assert np.array_equal(shared.lam, alone.lam)
            assert np.array_equal(shared.error, alone.error)
    finally:
        numba.set_num_threads(before)


def test_the_first_update_goes_downhill():
    """The printed gradient has the sign of the exact one: a small step lowers each e_{n+1}."""
    data = reference(populations(4, (4, 4), 9))
    fit = fit_printed(data, iterations=1, rate=(1e-4, 0.0), smoothing=False)
    assert fit.error[1] < fit.error[0]


def test_the_error_falls_and_is_that_of_the_trajectory():
    data = reference(populations(5, (5, 5), 25))
    fit = fit_printed(data, iterations=300)
    assert fit.error.shape == (301,) == fit.seconds.shape
    assert np.all(np.diff(fit.seconds) >= 0)
    assert fit.error[-1] < 0.5 * fit.error[0]
    assert fit.error[-1] == error_of(fit.q, data)
    assert fit.rms == pytest.approx(np.sqrt(2 * fit.error[-1] / data.sites))


def test_no_iteration_is_free_flight():
    data = reference(populations(6, (3, 3), 5))
    fit = fit_printed(data, iterations=0)
    time = np.arange(data.steps + 1)[:, None] * data.dt
    np.testing.assert_allclose(fit.q, data.q[0] + data.v0 * time)
    assert not fit.gamma.any() and not fit.lam.any()


def test_parameters_stay_in_the_bound_and_on_the_lattice():
    data = reference(populations(7, (4, 5), 9))
    fit = fit_printed(data, iterations=200, bound=0.3)
    outside = neighbours(data.shape) < 0
    for values in (fit.gamma, fit.lam):
        assert np.abs(values).max() == 0.3
        assert not values[:, outside].any()
        assert values.shape == (8, len(LINKS), 20)
    assert fit.settings["bound"] == 0.3


def test_the_bound_of_the_paper_is_the_number_of_sites():
    assert fit_printed(reference(populations(8, (3, 3), 5)), iterations=1).settings["bound"] == 9


def test_an_empty_city_that_stays_is_fitted_at_once():
    still = np.repeat(populations(9, (3, 3), 1), 6, axis=0)
    fit = fit_printed(reference(still), iterations=3)
    assert fit.error.max() == 0


def test_progress_counts_all_iterations():
    done = []
    fit_printed(reference(populations(1, (3, 3), 5)), iterations=120, progress=done.append)
    assert sum(done) == 120


def test_a_rate_that_diverges_is_an_error():
    data = reference(populations(1, (3, 3), 30))
    with pytest.raises(ValueError, match="left the range of numbers by iteration"):
        fit_printed(data, iterations=400, rate=(1e9, 0), bound=1e300, smoothing=False)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"iterations": -1}, "iterations = -1"),
        ({"rate": (1.0, -2.0)}, r"rate = \(1.0, -2.0\)"),
        ({"rate_index": "sweep"}, "rate_index = 'sweep'"),
        ({"bound": 0}, "bound = 0"),
        ({"smoothing": "box"}, "smoothing = 'box'"),
        ({"last_step": "wrap"}, "last_step = 'wrap'"),
    ],
)
def test_bad_options_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        fit_printed(reference(populations(1, (3, 3), 5)), **options)


def test_work_keeps_outside_sites_at_zero():
    data = reference(populations(2, (3, 4), 6))
    work = _sweep.Work.of(data)
    work.run(np.full((5, 5), 0.1), np.tile((0.5, 0.25, 0.25), (5, 1)), False, 9.0, False)
    assert not work.theta.reshape(2, 5, 5, 3, 5)[..., -1].any()
    assert work.theta.any()
