"""Exact gradient of the trajectory and the fits that it leads to."""

from dataclasses import replace

import numpy as np
import pytest

from movelaws.lagrangian.adjoint import Adjoint
from movelaws.lagrangian.exact import fit_exact
from movelaws.lagrangian.fit import error_of
from movelaws.lagrangian.model import simulate
from movelaws.lagrangian.objective import AROUND, Objective
from movelaws.lagrangian.search import minimise
from movelaws.lagrangian.state import reference
from movelaws.lagrangian.stencil import neighbours
from movelaws.lagrangian.variants import VARIANTS
from tests.unit.lagrangian_small_fit import SHAPE, parameters, walk


def day(seed=1, steps=8, shape=SHAPE):
    return reference(walk(steps, shape, seed=seed))


def still_rms(data):
    return np.sqrt(np.mean((data.q[1:] - data.q[0]) ** 2))


def random_free(objective, seed=3):
    rng = np.random.default_rng(seed)
    free = rng.normal(scale=0.5, size=objective.parts)
    if objective.variant.form != "homogeneous":
        free *= neighbours(objective.shape) >= 0
    return free


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("variant", VARIANTS)
def test_the_gradient_is_that_of_finite_differences(variant, around):
    objective = Objective(
        [day(1), day(2)], VARIANTS[variant], ridge=0.3, smoothness=0.002, window=6, around=around
    )
    free = random_free(objective)
    _, slope = objective.gradient(free)
    slope = slope.copy()
    rng = np.random.default_rng(4)
    direction = random_free(objective, 5)
    places = [np.unravel_index(i, free.shape) for i in rng.integers(free.size, size=12)]
    unit = [np.zeros(free.shape) for _ in places]
    for one, place in zip(unit, places, strict=True):
        one[place] = 1.0 if direction[place] else 0.0
    for along in [direction, *unit]:
        # Five points: the error of the difference is far below what is asked.
        h = 1e-2
        j = {k: objective.value(free + k * h * along) for k in (-2, -1, 1, 2)}
        found = (8 * (j[1] - j[-1]) - (j[2] - j[-2])) / (12 * h)
        assert found == pytest.approx(slope @ along.ravel(), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("form", ["full", "time_independent", "homogeneous"])
def test_a_ridge_around_rest_means_the_same_with_and_without_inertia(form):
    """The first-order model is the one with inertia at Gamma_aa = 1 / dt, Lambda = K / dt."""
    data = day()
    with_, without = (
        Objective([data], VARIANTS[name], ridge=0.7, around="still")
        for name in (form, f"{form}_no_inertia")
    )
    k = random_free(without)
    both = with_.still.copy()
    both[1] = k[0] / data.dt
    assert with_.value(both) == pytest.approx(without.value(k), rel=1e-12)
    assert with_.value(with_.still) == pytest.approx(with_.error(with_.still), rel=1e-12)
    rest = 0.5 * data.dt * np.sum((data.q[1:] - data.q[0]) ** 2)
    assert with_.error(with_.still) == pytest.approx(rest, rel=1e-12)


def test_a_ridge_around_rest_has_no_unit():
    """Populations that vary three times as much have the same fit at the same ridge."""
    data = day()
    wide = replace(
        data, q=data.q[0] + 3 * (data.q - data.q[0]), v0=3 * data.v0,
        mu=data.q[0] + 3 * (data.mu - data.q[0]),
    )  # fmt: skip
    one, two = (
        Objective([each], VARIANTS["homogeneous"], ridge=0.1, around="still")
        for each in (data, wide)
    )
    free = random_free(one)
    assert two.value(free) == pytest.approx(9 * one.value(free), rel=1e-10)


def test_without_penalties_it_does_not_matter_what_they_pull_to():
    zero, still = (
        fit_exact(day(), variant="homogeneous", around=around, iterations=20) for around in AROUND
    )
    assert np.array_equal(zero.gamma, still.gamma)
    assert np.array_equal(zero.lam, still.lam)


def test_the_error_is_that_of_the_simulated_trajectory():
    data = day()
    rng = np.random.default_rng(0)
    gamma, lam = parameters(rng, data.steps), parameters(rng, data.steps)
    q, _ = simulate(data.q[0], data.v0, gamma, lam, data.mu, SHAPE, data.dt, data.steps)
    assert Adjoint([data]).error(gamma, lam) == pytest.approx(error_of(q, data), rel=1e-12)
    part = Objective([data], VARIANTS["full"], window=3)
    free = np.stack([gamma[:3], lam[:3]])
    assert part.error(free) == pytest.approx(
        0.5 * data.dt * np.sum((q[1:4] - data.q[1:4]) ** 2), rel=1e-12
    )


def test_an_exploding_trajectory_has_a_finite_error_above_the_start_and_its_own_gradient():
    data = day()
    objective = Objective([data], VARIANTS["time_independent"])
    zero = np.zeros(objective.parts)
    objective.adjoint.guard(*objective.parameters(zero))
    start = objective.value(zero)
    wild = -1e3 * random_free(objective)
    value, slope = objective.gradient(wild)
    assert np.isfinite(value)
    assert np.isfinite(slope).all()
    assert value > 10 * start
    h = 1e-4
    along = random_free(objective, 9)
    ahead, behind = (objective.value(wild + sign * h * along) for sign in (1, -1))
    assert (ahead - behind) / (2 * h) == pytest.approx(slope @ along.ravel(), rel=1e-4)


def test_the_full_model_follows_the_data_from_zero_parameters():
    data = day(steps=12)
    fit = fit_exact(data, start="zero", iterations=300)
    assert fit.rms < 0.1 * still_rms(data)
    assert fit.error[0] == pytest.approx(
        Adjoint([data]).error(*(np.zeros((1, 5, data.sites)),) * 2), rel=1e-12
    )
    assert (np.diff(fit.error) <= 0).all()
    assert fit.error[-1] == pytest.approx(error_of(fit.q, data), rel=1e-9)
    assert fit.seconds.shape == fit.error.shape
    assert not np.any(fit.lam[:, neighbours(SHAPE) < 0])


def test_equal_fits_are_equal_to_the_bit():
    one, two = (fit_exact(day(), start="zero", iterations=40) for _ in range(2))
    assert np.array_equal(one.gamma, two.gamma)
    assert np.array_equal(one.lam, two.lam)


def test_a_penalty_makes_parameters_smaller_and_smoother():
    data = day(steps=12)
    free, ridge, smooth = (
        fit_exact(data, iterations=200, **penalty)
        for penalty in ({}, {"ridge": 1e-3}, {"ridge": 1e-6, "smoothness": 1e-4})
    )
    assert np.sum(ridge.lam**2 + ridge.gamma**2) < 0.9 * np.sum(free.lam**2 + free.gamma**2)
    assert np.sum(np.diff(smooth.lam, axis=0) ** 2) < 0.5 * np.sum(np.diff(free.lam, axis=0) ** 2)


@pytest.mark.parametrize("variant", ["full", "time_independent", "homogeneous_no_inertia"])
def test_parameters_keep_within_the_bound(variant):
    data = day(steps=12)
    bound = 0.7
    fit = fit_exact(data, variant=variant, bound=bound, iterations=100)
    k = fit.lam * (1 if VARIANTS[variant].inertia else data.dt)
    assert np.abs(k).max() <= bound * (1 + 1e-12)
    if VARIANTS[variant].inertia:
        assert np.abs(fit.gamma).max() <= bound * (1 + 1e-12)


def test_a_large_problem_that_meets_its_bound_stays_within_it_and_falls():
    data = day(steps=30, shape=(6, 6))
    fit = fit_exact(data, bound=2.0, start="zero", iterations=60)
    assert fit.settings["parameters"] > 5000
    assert fit.settings["at_bound"] > 0
    assert np.abs(fit.gamma).max() <= 2.0
    assert np.abs(fit.lam).max() <= 2.0
    assert fit.error[-1] < fit.error[0] / 10
    assert fit.error[-1] == pytest.approx(error_of(fit.q, data), rel=1e-9)


@pytest.mark.parametrize(
    "variant, planted",
    [
        ("homogeneous", (3.0, -0.4, 20.0, -3.0)),
        ("homogeneous_no_inertia", (2.0, -0.3)),
        ("homogeneous_no_dissipation", (15.0, -2.0)),
    ],
)
def test_planted_homogeneous_parameters_are_found_on_two_days(variant, planted):
    kind = VARIANTS[variant]
    steps, days = 24, []
    for seed in (1, 2):
        start = day(seed, steps)
        free = np.reshape(planted, kind.parts(SHAPE, steps))
        parameters_ = kind.unpack(free, SHAPE, start.dt)
        q, _ = simulate(start.q[0], start.v0, *parameters_, start.mu, SHAPE, start.dt, steps)
        days.append(replace(start, q=q))
    fit = fit_exact(days, variant=variant, iterations=100, tolerance=1e-6)
    assert fit.rms < 1e-3
    found = kind.pack(fit.gamma, fit.lam, SHAPE, days[0].dt).ravel()
    assert found == pytest.approx(planted, rel=0.02, abs=0.02)
    assert fit.settings["days"] == 2


def test_more_freedom_never_fits_worse():
    data = day(steps=12)
    rms = {name: fit_exact(data, variant=name, iterations=150).rms for name in VARIANTS}
    assert rms["full"] < rms["time_independent"] < rms["homogeneous"]
    for form in ("time_independent", "homogeneous"):
        assert rms[form] <= rms[f"{form}_no_inertia"] * 1.01
        assert rms[form] <= rms[f"{form}_no_dissipation"] * 1.01
    assert rms["homogeneous_no_inertia"] <= still_rms(data) * (1 + 1e-9)


def test_a_window_ignores_what_comes_later_and_holds_its_last_parameters():
    data = day(steps=12)
    later = data.q.copy()
    later[8:] += 1.0
    fits = [fit_exact(one, window=7, iterations=30) for one in (data, replace(data, q=later))]
    assert np.array_equal(fits[0].lam, fits[1].lam)
    assert fits[0].lam.shape[0] == 12
    assert (fits[0].lam[7:] == fits[0].lam[6]).all()
    assert fits[0].settings["parameters"] == VARIANTS["full"].count(SHAPE, 7)


def test_a_start_that_explodes_is_refused():
    objective = Objective([day(steps=12)], VARIANTS["homogeneous"])
    with pytest.raises(ValueError, match="the start explodes"):
        minimise(objective, np.full(4, -1e200), bound=1e300, iterations=5, tolerance=0.0)


@pytest.mark.parametrize(
    "given, message",
    [
        ({"variant": "fuller"}, "variant = 'fuller': one of full"),
        ({"ridge": -1.0}, "ridge = -1.0"),
        ({"smoothness": np.inf}, "smoothness = inf"),
        ({"bound": 0.0}, "bound = 0.0"),
        ({"iterations": 0}, "iterations = 0"),
        ({"window": 9}, "window = 9: 1 to 8"),
        ({"around": "there"}, "around = 'there': one of zero, still"),
        ({"start": "onestep"}, "start = 'onestep' with 'full'"),
    ],
)
def test_what_cannot_be_fitted_is_named(given, message):
    with pytest.raises(ValueError, match=message):
        fit_exact(day(), **given)


def test_days_of_different_size_are_refused():
    with pytest.raises(ValueError, match="references differ"):
        fit_exact([day(steps=8), day(steps=9)])
    with pytest.raises(ValueError, match="references is empty"):
        fit_exact([])
