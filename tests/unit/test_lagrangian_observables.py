"""Inertia, dissipation, flow and time of each site against sums written out and known paths."""

import numpy as np
import pytest

from movelaws.lagrangian import observables as module
from movelaws.lagrangian.fit import fitted
from movelaws.lagrangian.model import simulate
from movelaws.lagrangian.state import reference
from movelaws.lagrangian.stencil import neighbours
from tests.unit.lagrangian_small_fit import SHAPE, parameters, small_fit, walk, with_path


def test_sums_written_out():
    fit = small_fit()
    found = module.observables(fit)
    to, dt, steps = neighbours(SHAPE), fit.reference.dt, fit.reference.steps
    for a in (0, 7, 19):
        inertia = drag = power = 0.0
        for n in range(steps):
            force = sum(
                fit.gamma[n, link, a] * fit.v[n, to[link, a]]
                for link in range(5)
                if to[link, a] >= 0
            )
            inertia += dt * abs((fit.v[n + 1, a] - fit.v[n, a]) / dt)
            drag += dt * abs(force)
            power += dt * fit.v[n, a] * force
        m = np.exp(fit.q) / np.exp(fit.q).sum(axis=1, keepdims=True)
        flow = sum((m[n + 1, a] - m[n, a]) ** 2 / dt for n in range(steps))
        time = sum((n + 0.5) * dt * (m[n + 1, a] - m[n, a]) ** 2 / dt for n in range(steps)) / flow
        assert found["inertia_ratio"][a] == pytest.approx(inertia / drag)
        assert found["dissipation"][a] == pytest.approx(power)
        assert found["flow"][a] == pytest.approx(flow)
        assert found["time"][a] == pytest.approx(time)


def test_parameters_constant_in_time_are_those_of_every_step():
    one = small_fit(constant=True)
    steps = one.reference.steps
    same = fitted("printed", one.reference, *(np.repeat(p, steps, axis=0) for p in
                                              (one.gamma, one.lam)), np.array([]))  # fmt: skip
    for name, values in module.observables(one).items():
        np.testing.assert_allclose(values, module.observables(same)[name])


def test_friction_alone_has_inertia_equal_to_dissipation():
    state = reference(walk())
    gamma = parameters(np.random.default_rng(3), state.steps)
    fit = fitted("printed", state, gamma, np.zeros_like(gamma), np.array([]))
    np.testing.assert_allclose(module.observables(fit)["inertia_ratio"], 1)


def test_positive_friction_of_each_site_dissipates():
    state = reference(walk())
    gamma = np.zeros((state.steps, 5, state.sites))
    gamma[:, 0] = 2.0
    found = module.observables(fitted("printed", state, gamma, 0 * gamma, np.array([])))
    assert (found["dissipation"] > 0).all()
    gains = module.observables(fitted("printed", state, -gamma, 0 * gamma, np.array([])))
    assert (gains["dissipation"] < 0).all()


def test_both_rates_of_density_agree_for_short_steps():
    """Euler-Cromer of a smooth path: the difference shrinks with dt, and both add up to 0."""
    apart = []
    for steps in (50, 100, 200):
        state = reference(walk(steps=steps))
        rng = np.random.default_rng(4)
        gamma, lam = (np.tile(parameters(rng, 1), (steps, 1, 1)) for _ in range(2))
        fit = fitted("printed", state, gamma, lam, np.array([]))
        v0 = np.linspace(-1, 1, state.sites)
        q, v = simulate(walk()[0].ravel() / 100, v0, gamma, lam, state.mu, SHAPE, state.dt, steps)
        both = [module.density_rate(q, v, state.dt, rate) for rate in module.RATES]
        for rate in both:
            np.testing.assert_allclose(rate.sum(axis=1), 0, atol=1e-12)
        apart.append(np.abs(both[0] - both[1]).max() / np.abs(both[0]).max())
        path = with_path(fit, q, v)
        flow = [module.observables(path, rate)["flow"] for rate in module.RATES]
        assert np.abs(flow[0] / flow[1] - 1).max() < 8 * apart[-1]
    assert apart[0] < 0.25
    assert apart[1] < 0.6 * apart[0] and apart[2] < 0.6 * apart[1]


def test_all_flow_in_one_step_has_the_time_of_that_step():
    population = np.full((11, 2, 2), 100.0)
    population[4:, 0, 0] += 50
    population[4:, 0, 1] -= 50
    found = module.reference_observables(reference(population))
    np.testing.assert_allclose(found["time"][:2], 0.35)  # between n = 3 and 4 of 10 steps
    assert found["flow"][0] == pytest.approx((50 / 400) ** 2 * 10)
    assert np.isnan(found["time"][2:]).all() and (found["flow"][2:] == 0).all()


def test_sites_without_dissipation_or_people_have_no_number_and_are_counted(capsys):
    population = walk()
    population[:, 0, 0] = 0
    population[:, 0, 1] = 1.0  # as many as the floor: q stands still
    still = small_fit(population)
    table = module.observable_table([still], "toy")
    printed = table[table["method"] == "printed"]
    assert printed[list(module.QUANTITIES)].iloc[:2].isna().all(axis=None)
    assert printed[list(module.QUANTITIES)].iloc[2:].notna().all(axis=None)
    assert np.isfinite(printed["population_end"]).all()
    assert "toy, printed: inertia_ratio has no value at 2 of 20 sites" in capsys.readouterr().out
    zero = np.zeros_like(still.gamma)
    free = fitted("printed", still.reference, zero, zero, np.array([]))
    found = module.observables(free)
    assert np.isnan(found["inertia_ratio"]).all()
    assert (found["dissipation"][2:] == 0).all()
    assert module.undefined(found)["inertia_ratio"] == 20


def test_table_has_a_row_per_method_and_site_and_the_data():
    fits = [small_fit(), small_fit(seed=5, method="exact")]
    table = module.observable_table(fits, "toy")
    assert tuple(table.columns) == module.COLUMNS
    assert table["method"].value_counts().to_dict() == dict.fromkeys(
        ("reference", "printed", "exact"), 20
    )
    row = table[(table["method"] == "exact") & (table["y"] == 2) & (table["x"] == 3)].iloc[0]
    assert row["population_start"] == pytest.approx(walk()[0, 2, 3])
    assert row["flow"] == module.observables(fits[1])["flow"][2 * 5 + 3]
    data = table[table["method"] == "reference"]
    assert data["dissipation"].isna().all() and data["time"].between(0, 1).all()


def test_a_rate_that_there_is_not():
    with pytest.raises(ValueError, match="rate = 'slow'"):
        module.density_rate(np.zeros((3, 4)), np.zeros((3, 4)), 0.5, "slow")
