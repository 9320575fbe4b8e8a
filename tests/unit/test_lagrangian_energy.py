"""Energy and entropy production along a path."""

from dataclasses import replace

import numpy as np
import pytest

from movelaws.lagrangian.energy import COLUMNS, energy
from movelaws.lagrangian.fit import fitted
from movelaws.lagrangian.state import reference
from movelaws.lagrangian.stencil import LINKS, neighbours
from tests.unit.lagrangian_small_fit import SHAPE, small_fit, walk

SITES = SHAPE[0] * SHAPE[1]
INSIDE = neighbours(SHAPE) >= 0


def path(steps, gamma, lam):
    """Fit whose parameters are functions of time, sampled at the beginning of each step."""
    data = reference(walk(2))
    q = np.repeat(data.q[:1], steps + 1, axis=0)
    rng = np.random.default_rng(2)
    data = replace(
        data, q=q, dt=1 / steps, mu=q[0] + rng.normal(size=SITES), v0=rng.normal(size=SITES),
        population=np.exp(q),
    )  # fmt: skip
    t = np.arange(steps) / steps
    sampled = (np.array([part(at) for at in t]) for part in (gamma, lam))
    return fitted("exact", data, *sampled, np.array([]))


def springs(asymmetry=0.0, seed=3):
    """(5, N) self 30, links about -3, symmetric up to ``asymmetry``."""
    rng = np.random.default_rng(seed)
    table, found = neighbours(SHAPE), np.zeros((len(LINKS), SITES))
    found[0] = 30.0
    opposite = (0, 2, 1, 4, 3)
    for link in (1, 4):
        for a in np.flatnonzero(table[link] >= 0):
            value = -3.0 + rng.normal()
            found[link, a] = value
            found[opposite[link], table[link, a]] = value
    return found + asymmetry * rng.normal(size=found.shape) * INSIDE * (np.arange(5) > 0)[:, None]


def none(t):
    return np.zeros((len(LINKS), SITES))


def friction(t):
    return 0.5 * springs(0.3, seed=5) / 10 * (1 + 0.5 * np.sin(3 * t))


def changing(t):
    return springs(1.0) * (1 + 0.5 * np.sin(4 * t))


def test_without_friction_and_change_the_energy_is_kept_as_steps_get_short():
    spread = []
    for steps in (100, 200, 400):
        table = energy(path(steps, none, lambda t: springs()))
        spread.append(np.ptp(table["hamiltonian"]) / table["hamiltonian"].mean())
        assert table["dissipated"].to_numpy() == pytest.approx(0.0)
        assert table["nonpotential"].to_numpy() == pytest.approx(0.0, abs=1e-9)
        assert table["injected"].to_numpy() == pytest.approx(0.0, abs=1e-9)
    assert np.log2(spread[0] / spread[1]) == pytest.approx(1.0, abs=0.2)
    assert np.log2(spread[1] / spread[2]) == pytest.approx(1.0, abs=0.2)


def test_the_balance_closes_as_steps_get_short():
    off = []
    for steps in (100, 200, 400, 800):
        table = energy(path(steps, friction, changing))
        off.append(table["imbalance"].abs().max() / table["hamiltonian"].abs().max())
    assert off[-1] < 0.01
    assert np.log2(np.array(off[:-1]) / off[1:]) == pytest.approx([1.0] * 3, abs=0.25)


def test_every_term_of_the_balance_is_needed():
    table = energy(path(3200, friction, changing))
    for power in ("dissipated", "nonpotential", "injected"):
        work = table[power].cumsum().abs().max() / 3200
        assert work > 5 * table["imbalance"].abs().max()


def test_the_terms_are_those_of_dense_matrices():
    fit = small_fit()
    table, n = energy(fit), 5
    matrix = {}
    for name, part in (("gamma", fit.gamma), ("lam", fit.lam), ("before", fit.lam[n - 1 :])):
        values = part[n] if name != "before" else part[0]
        matrix[name] = np.zeros((SITES, SITES))
        for link, row in enumerate(neighbours(SHAPE)):
            for a in np.flatnonzero(row >= 0):
                matrix[name][a, row[a]] = values[link, a]
    x, v, row = fit.q[n] - fit.reference.mu, fit.v[n], table.loc[n]
    lam = matrix["lam"]
    assert row["kinetic"] == pytest.approx(v @ v / 2)
    assert row["potential"] == pytest.approx(x @ (lam + lam.T) @ x / 4)
    assert row["hamiltonian"] == pytest.approx(row["kinetic"] + row["potential"])
    assert row["dissipated"] == pytest.approx(v @ matrix["gamma"] @ v)
    assert row["nonpotential"] == pytest.approx(-v @ (lam - lam.T) @ x / 2)
    jump = x @ (lam - matrix["before"]) @ x / 2
    assert row["injected"] == pytest.approx(jump / fit.reference.dt)


def test_entropy_production_is_the_fall_of_the_divergence_from_the_target():
    fit = path(2000, friction, changing)
    table = energy(fit)

    def density(q):
        return np.exp(q) / np.exp(q).sum(axis=-1, keepdims=True)

    m, target = density(fit.q), density(fit.reference.mu)
    divergence = np.sum(m * np.log(m / target), axis=1)
    produced = table["entropy_production"].to_numpy()
    integral = np.sum((produced[1:] + produced[:-1]) / 2) * fit.reference.dt
    assert integral == pytest.approx(divergence[0] - divergence[-1], rel=5e-3)
    step = np.sum(m[1:] * np.log(m[1:] / m[:-1]), axis=1)
    rate = 2 * step / fit.reference.dt**2
    assert table["information_rate"].to_numpy()[1:] == pytest.approx(rate, rel=0.05)
    assert (table["information_rate"] >= 0).all()


def test_relaxation_produces_entropy():
    # Strong friction and a pull to the target: a descent, which never goes back.
    fit = path(2000, lambda t: 4 * springs() * (np.arange(5) == 0)[:, None], lambda t: springs())
    late = energy(fit).iloc[200:]
    assert (late["entropy_production"] > 0).all()
    assert (late["dissipated"] > 0).all()


def test_constant_parameters_inject_nothing_and_all_points_have_a_row():
    fit = small_fit(constant=True)
    table = energy(fit)
    assert tuple(table.columns) == COLUMNS
    assert len(table) == fit.reference.steps + 1
    assert table["t"].iloc[-1] == pytest.approx(1.0)
    assert table["injected"].to_numpy() == pytest.approx(0.0, abs=1e-9)
    assert table["imbalance"].iloc[0] == 0
