"""Susceptibilities against runs of the model from a perturbed start, and sums against matrices."""

import numpy as np
import pytest

from movelaws.lagrangian import susceptibility as module
from movelaws.lagrangian.model import simulate
from movelaws.lagrangian.stencil import neighbours
from tests.unit.lagrangian_small_fit import SHAPE, small_fit, walk

N = SHAPE[0] * SHAPE[1]


def perturbed(fit, start, b, size):
    """Path of the fitted model, with its own mu, from a start that is a little off at b."""
    state = fit.reference
    q0, v0 = state.q[0].copy(), state.v0.copy()
    (q0 if start == "q0" else v0)[b] += size
    return simulate(q0, v0, fit.gamma, fit.lam, state.mu, state.shape, state.dt, state.steps)


@pytest.mark.parametrize("start", module.STARTS)
@pytest.mark.parametrize("constant", [False, True])
def test_perturbed_runs(start, constant):
    fit = small_fit(constant=constant)
    chi, psi = module.matrices(fit, start)
    for b in (0, 8, 19):
        q, v = perturbed(fit, start, b, 0.5)
        np.testing.assert_allclose((q - fit.q) / 0.5, chi[:, :, b], atol=1e-9)
        np.testing.assert_allclose((v - fit.v) / 0.5, psi[:, :, b], atol=1e-8)


def test_starts_of_the_recursion():
    fit = small_fit()
    chi, psi = module.matrices(fit, "v0")
    np.testing.assert_array_equal(chi[0], 0)  # Eq. 33
    np.testing.assert_array_equal(psi[0], np.eye(N))  # Eq. 34
    chi, psi = module.matrices(fit, "q0")
    np.testing.assert_array_equal(chi[0], np.eye(N))
    np.testing.assert_array_equal(psi[0], 0)


def test_the_recursion_as_printed():
    """Eqs 31 and 32 with whole matrices, site by site in plain NumPy."""
    fit = small_fit()
    to, dt, steps = neighbours(SHAPE), fit.reference.dt, fit.reference.steps
    chi, psi = np.zeros((N, N)), np.eye(N)
    for n in range(steps):
        gamma, lam = np.zeros((N, N)), np.zeros((N, N))
        for link, others in enumerate(to):
            here = np.flatnonzero(others >= 0)
            gamma[here, others[here]] = fit.gamma[n, link, here]
            lam[here, others[here]] = fit.lam[n, link, here]
        psi = psi - gamma @ psi * dt - lam @ chi * dt
        chi = chi + psi * dt
    found = module.matrices(fit, "v0")
    np.testing.assert_allclose(found[0][-1], chi, atol=1e-12)
    np.testing.assert_allclose(found[1][-1], psi, atol=1e-12)


def test_maps_and_spreads_are_those_of_the_whole_matrices():
    fit = small_fit()
    maps, spreads = module.mean_maps(fit), module.spread(fit)
    assert tuple(maps) == module.MAPS == tuple(spreads)
    for start in module.STARTS:
        for name, whole in zip(module.RESPONSES, module.matrices(fit, start), strict=True):
            steps = fit.reference.steps
            printed = whole[1:].sum(axis=(0, 2)) / (N * steps)  # Eqs 35 and 36
            np.testing.assert_allclose(maps[f"{name}_{start}"], printed, atol=1e-12)
            np.testing.assert_allclose(
                spreads[f"{name}_{start}"], np.abs(whole).mean(axis=(1, 2)), rtol=1e-10, atol=1e-14
            )


def test_a_population_left_alone_keeps_what_it_was_given():
    fit = small_fit(scale=0.0)
    maps, spreads = module.mean_maps(fit), module.spread(fit)
    np.testing.assert_allclose(maps["chi_q0"], 1 / N)
    np.testing.assert_allclose(maps["psi_v0"], 1 / N)
    np.testing.assert_array_equal(maps["psi_q0"], 0)
    np.testing.assert_allclose(spreads["chi_v0"], np.linspace(0, 1, 13) / N)


def test_the_mean_velocity_response_is_the_response_at_the_end():
    fit = small_fit()
    maps = module.mean_maps(fit)
    for start in module.STARTS:
        chi, _ = module.response(fit, start, np.ones(N))
        np.testing.assert_allclose(maps[f"psi_{start}"], (chi[-1] - chi[0]) / N, atol=1e-13)


def test_shuffled_models_hold_the_same_parameters_elsewhere():
    population = walk()
    population[:, 1, 1] = 0
    fit = small_fit(population)
    dealt = module.shuffled(fit, np.random.default_rng(1))
    gone = neighbours(SHAPE) < 0
    for old, new in ((fit.gamma, dealt.gamma), (fit.lam, dealt.lam)):
        assert (new[:, gone] == 0).all()
        for link in range(5):
            np.testing.assert_array_equal(*(np.sort(p[3, link]) for p in (old, new)))
        np.testing.assert_array_equal(new[:, :, 6], old[:, :, 6])  # nobody lives there
        assert (new[:, 0] != old[:, 0]).mean() > 0.5
    together = {pair: None for pair in zip(fit.gamma[2, 3], fit.lam[5, 3], strict=True)}
    assert all(pair in together for pair in zip(dealt.gamma[2, 3], dealt.lam[5, 3], strict=True))


def test_of_a_large_lattice_some_sources_are_followed():
    assert module.sources(5).tolist() == [0, 1, 2, 3, 4]
    assert [module.sources(n).size for n in (400, 1600, 2500, 40_000)] == [400, 400, 256, 16]
    chosen = module.sources(40_000)
    assert chosen[0] == 0 and chosen[-1] == 39_999
    fit = small_fit()
    chi, _ = module.matrices(fit, "v0")
    some = np.array([0, 3, 11])
    mean = np.abs(chi[:, :, some]).mean(axis=(1, 2))
    np.testing.assert_allclose(module.spread(fit, some)["chi_v0"], mean, atol=1e-14)


def test_dataset_holds_maps_and_spreads_by_method():
    fits = [small_fit(), small_fit(seed=5, method="exact")]
    data = module.susceptibility_dataset(fits)
    assert data["method"].to_numpy().tolist() == ["printed", "exact"]
    assert data["psi_q0"].dims == ("method", "y", "x") and data["psi_q0"].shape == (2, *SHAPE)
    assert data["spread_chi_v0"].dims == ("method", "n")
    np.testing.assert_array_equal(
        data["chi_v0"].sel({"method": "exact"}).to_numpy().ravel(),
        module.mean_maps(fits[1])["chi_v0"],
    )


def test_a_start_that_there_is_not():
    with pytest.raises(ValueError, match="start = 'mu'"):
        module.response(small_fit(), "mu", np.ones(N))
