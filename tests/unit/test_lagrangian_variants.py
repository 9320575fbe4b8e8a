"""The nine variants, their parameters, forecasts and standard errors."""

from dataclasses import replace

import numpy as np
import pytest

from movelaws.lagrangian.exact import fit_exact
from movelaws.lagrangian.model import simulate
from movelaws.lagrangian.onestep import neighbour_values, one_step
from movelaws.lagrangian.state import reference
from movelaws.lagrangian.stencil import neighbours
from movelaws.lagrangian.uncertainty import homogeneous_errors
from movelaws.lagrangian.variants import FORMS, VARIANTS, forecast, variant_of
from tests.unit.lagrangian_small_fit import SHAPE, parameters, small_fit, walk

INSIDE = neighbours(SHAPE) >= 0
PLANTED = (3.0, -0.4, 20.0, -3.0)


def day(seed=1, steps=12, shape=SHAPE):
    return reference(walk(steps, shape, seed=seed))


def of_model(start, planted, variant="homogeneous"):
    kind = VARIANTS[variant]
    free = np.reshape(planted, kind.parts(start.shape, start.steps))
    pair = kind.unpack(free, start.shape, start.dt)
    return simulate(start.q[0], start.v0, *pair, start.mu, start.shape, start.dt, start.steps)[0]


def test_there_are_nine():
    assert len(VARIANTS) == 9
    assert {kind.form for kind in VARIANTS.values()} == set(FORMS)
    assert all(variant_of(name).name == name for name in VARIANTS)


def test_the_numbers_of_parameters():
    links = int(INSIDE.sum())
    counts = {name: kind.count(SHAPE, 12) for name, kind in VARIANTS.items()}
    assert counts["full"] == 2 * 12 * links
    assert counts["full_no_inertia"] == counts["full_no_dissipation"] == 12 * links
    assert counts["time_independent"] == 2 * links
    assert counts["time_independent_no_inertia"] == links
    assert counts["homogeneous"] == 4
    assert counts["homogeneous_no_dissipation"] == 2


@pytest.mark.parametrize("variant", VARIANTS)
def test_unpacking_undoes_packing_and_the_gradient_is_its_transpose(variant):
    kind, dt, rng = VARIANTS[variant], 0.1, np.random.default_rng(1)
    free = rng.normal(size=kind.parts(SHAPE, 6))
    if kind.form != "homogeneous":
        free *= INSIDE
    gamma, lam = kind.unpack(free, SHAPE, dt)
    assert not np.any(gamma[:, ~INSIDE])
    assert not np.any(lam[:, ~INSIDE])
    assert kind.pack(gamma, lam, SHAPE, dt) == pytest.approx(free, rel=1e-12)
    pull = [rng.normal(size=part.shape) * INSIDE for part in (gamma, lam)]
    fixed = kind.unpack(np.zeros_like(free), SHAPE, dt)
    moved = sum(
        np.vdot(p, part - at) for p, part, at in zip(pull, (gamma, lam), fixed, strict=True)
    )
    assert np.vdot(kind.pull(*pull, SHAPE, dt), free) == pytest.approx(moved, rel=1e-9)


def test_the_first_order_model_is_the_one_without_velocities():
    data, rng = day(), np.random.default_rng(2)
    k = parameters(rng, data.steps, scale=0.5)
    gamma, lam = VARIANTS["full_no_inertia"].unpack(k[np.newaxis], SHAPE, data.dt)
    q, _ = simulate(data.q[0], data.v0, gamma, lam, data.mu, SHAPE, data.dt, data.steps)
    plain = [data.q[0]]
    for n in range(data.steps):
        pull = np.sum(k[n] * neighbour_values(plain[-1] - data.mu, SHAPE), axis=0)
        plain.append(plain[-1] - data.dt * pull)
    assert q == pytest.approx(np.array(plain), rel=1e-10)


@pytest.mark.parametrize("variant", [name for name in VARIANTS if not name.startswith("full")])
def test_single_steps_of_the_model_give_its_parameters_back(variant):
    kind, rng = VARIANTS[variant], np.random.default_rng(4)
    # As many steps as a site has parameters, and more, and slow decay, so that they show.
    start = day(steps=40)
    free = 0.3 * rng.normal(size=kind.parts(SHAPE, 1))
    if kind.form == "homogeneous":
        planted = free
    else:
        planted = free * INSIDE
        planted[:, :, 0] += 2.0
    pair = kind.unpack(planted, SHAPE, start.dt)
    q, _ = simulate(start.q[0], start.v0, *pair, start.mu, SHAPE, start.dt, start.steps)
    found = one_step([replace(start, q=q)], kind, ridge=1e-14)
    off = np.abs(found - planted).max()
    if kind.form == "homogeneous":
        assert off < 1e-3
    gamma, lam = kind.unpack(found, SHAPE, start.dt)
    again, _ = simulate(start.q[0], start.v0, gamma, lam, start.mu, SHAPE, start.dt, start.steps)
    assert np.abs(again - q).max() < 1e-3


def test_a_forecast_begins_in_the_middle_of_the_day():
    fit = small_fit(scale=0.5)
    data = fit.reference
    q, v = forecast(fit, fit.q[5], fit.v[5], data.mu, SHAPE, data.dt, 7, first=5)
    assert q == pytest.approx(fit.q[5:], rel=1e-12)
    assert v == pytest.approx(fit.v[5:], rel=1e-9, abs=1e-9)


def test_beyond_the_fit_the_last_parameters_are_held():
    data, rng = day(), np.random.default_rng(3)
    gamma, lam = (parameters(rng, 4, scale=0.5) for _ in range(2))
    q, _ = forecast((gamma, lam), data.q[0], data.v0, data.mu, SHAPE, data.dt, 9)
    longer = [np.concatenate([part, np.repeat(part[-1:], 5, axis=0)]) for part in (gamma, lam)]
    expected, _ = simulate(data.q[0], data.v0, *longer, data.mu, SHAPE, data.dt, 9)
    assert np.array_equal(q, expected)
    constant = forecast((gamma[:1], lam[:1]), data.q[0], data.v0, data.mu, SHAPE, data.dt, 9)
    assert constant[0].shape == (10, data.sites)


@pytest.mark.parametrize("variant", ["homogeneous", "homogeneous_no_inertia"])
def test_the_sensitivities_are_those_of_finite_differences(variant):
    start = day(steps=15)
    planted = np.array(PLANTED if variant == "homogeneous" else (2.0, -0.3))
    rng = np.random.default_rng(1)
    q = of_model(start, planted, variant) + 0.01 * rng.normal(size=(16, start.sites))
    data = replace(start, q=np.concatenate([start.q[:1], q[1:]]))
    fit = fit_exact(data, variant=variant, tolerance=1e-9)
    table = homogeneous_errors(fit).set_index("parameter")
    free = table["value"].to_numpy()
    slopes = []
    for i in range(free.size):
        h = 1e-5 * np.eye(free.size)[i]
        ahead, behind = of_model(start, free + h, variant), of_model(start, free - h, variant)
        slopes.append((ahead - behind)[1:].ravel() / 2e-5)
    r = (fit.q - data.q)[1:].ravel()
    cov = r @ r / (r.size - free.size) * np.linalg.inv(np.array(slopes) @ np.array(slopes).T)
    assert table["sd_independent"].to_numpy() == pytest.approx(np.sqrt(np.diag(cov)), rel=1e-3)


def test_intervals_hold_the_planted_values():
    start = day(steps=20, shape=(7, 7))
    truth = of_model(start, PLANTED)
    inside, rng = 0, np.random.default_rng(8)
    for _ in range(25):
        q = truth + 0.02 * rng.normal(size=truth.shape)
        q[0] = start.q[0]
        fit = fit_exact(replace(start, q=q), variant="homogeneous", start="onestep")
        table = homogeneous_errors(fit)
        inside += table["low"].le(list(PLANTED)).mul(table["high"].ge(list(PLANTED))).sum()
        assert table["parameter"].tolist() == list(VARIANTS["homogeneous"].names)
    assert 0.88 <= inside / 100 <= 1.0


def test_what_has_no_interval_is_named():
    data = day()
    with pytest.raises(ValueError, match="a homogeneous one is needed"):
        homogeneous_errors(fit_exact(data, variant="time_independent", iterations=5))
    fit = fit_exact(data, variant="homogeneous", iterations=5)
    with pytest.raises(ValueError, match="references has 2 days, the fit 1"):
        homogeneous_errors(fit, [data, data])
    with pytest.raises(ValueError, match="level = 2"):
        homogeneous_errors(fit, level=2)


def test_an_unknown_variant_is_named():
    with pytest.raises(ValueError, match="variant = 'x': one of full, "):
        variant_of("x")
