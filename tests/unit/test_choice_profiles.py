"""Profiles and surfaces show the optimum where the search found it."""

from dataclasses import replace

import numpy as np
import pytest

from movelaws.choice.fits import fit
from movelaws.choice.masses import choice_pairs
from movelaws.choice.predictors import predictor
from movelaws.choice.profiles import FITTED, GIVEN, gamma_profile, surface
from movelaws.choice.search import Target
from tests.unit.crowded_world import TRUTH, country, played


@pytest.fixture(scope="module")
def pairs():
    zones, flows = country(14)
    return choice_pairs(zones, played(zones, flows), attraction="workplace")


@pytest.mark.parametrize("objective", ["ssi", "poisson"])
def test_a_profile_peaks_at_the_planted_gamma(pairs, objective):
    table = gamma_profile(pairs, objective, (0.0, 0.5, 1.0, 1.5, 3.0), seed=1)
    assert list(table) == ["objective", "gamma", "alpha", "beta", "ratio", "value", "limit"]
    finite = table[np.isfinite(table["gamma"])]
    assert finite.loc[finite["value"].idxmax(), "gamma"] == TRUTH[2]
    np.testing.assert_allclose(finite["ratio"], finite["alpha"] / (1 + finite["gamma"]))
    at_zero = fit(pairs, "GMPow2", objective, 1)
    assert finite["value"].iloc[0] == pytest.approx(at_zero.value, rel=1e-4)
    best = fit(pairs, "DCG", objective, 1)
    assert finite["value"].max() <= best.value * (1 + 1e-4)


def test_the_profile_ends_in_doubly_constrained_gravity(pairs):
    table = gamma_profile(pairs, "poisson", [300.0, 100.0])
    assert list(table["gamma"]) == [100.0, 300.0, np.inf, np.inf]
    assert list(table["limit"]) == ["", "", FITTED, GIVEN]
    limit = table.iloc[-1]
    assert (limit["alpha"], limit["ratio"]) == (np.inf, 1.0)
    assert limit["value"] == fit(pairs, "GMPowDC", "poisson").value


@pytest.mark.parametrize("objective", ["ssi", "poisson"])
def test_the_curve_leads_to_the_limit_whose_ratio_is_fitted(pairs, objective):
    table = gamma_profile(pairs, objective, [100.0, 1000.0], seed=1)
    near, fitted, given = (table.iloc[k] for k in (1, 2, 3))
    for column in ("ratio", "beta", "value"):
        assert fitted[column] == pytest.approx(near[column], rel=2e-2)
    assert fitted["value"] >= given["value"] - 1e-9 * abs(given["value"])
    assert abs(fitted["value"] - near["value"]) < 0.1 * abs(given["value"] - near["value"])
    assert abs(fitted["ratio"] - 1) > 0.05


def test_a_planted_power_of_the_attraction_is_found(pairs):
    planted = replace(pairs, mass=pairs.mass**0.7)
    flow = predictor("GMPowDC", planted).flows(np.array([1.3]))
    row = gamma_profile(replace(pairs, flow=flow), "ssi", [30.0], seed=1).iloc[1]
    assert (row["limit"], row["gamma"], row["alpha"]) == (FITTED, np.inf, np.inf)
    assert (row["ratio"], row["beta"]) == pytest.approx((0.7, 1.3), rel=1e-3)
    assert row["value"] == pytest.approx(np.mean(flow > 0) * len(flow) / pairs.n_zones**2, rel=1e-3)


def test_the_limit_is_left_out_where_it_cannot_be(pairs, capsys):
    mass = pairs.mass.copy()
    mass[0] = 100 * mass.sum()
    table = gamma_profile(replace(pairs, mass=mass), "poisson", [1.0])
    assert GIVEN not in set(table["limit"])
    assert "is to receive" in capsys.readouterr().out


def test_alpha_may_leave_the_papers_box_along_the_ridge(pairs):
    table = gamma_profile(pairs, "poisson", [20.0])
    assert table["alpha"].iloc[0] > 10


def test_a_surface_holds_the_best_beta_of_each_point(pairs):
    alphas, gammas = (1.0, 2.4, 4.0), (0.0, 1.0, 2.0)
    table = surface(pairs, alphas, gammas)
    assert len(table) == 9
    best = table.loc[table["value"].idxmax()]
    assert (best["alpha"], best["gamma"]) == (2.4, 1.0)
    assert best["beta"] == pytest.approx(TRUTH[1], abs=0.1)
    target = Target(predictor("DCG", pairs), "ssi")
    for row in table.itertuples():
        on_grid = [target.at(np.array([row.alpha, b, row.gamma])) for b in np.arange(0, 4, 0.2)]
        assert row.value >= max(on_grid) - 1e-3


def test_unusable_gammas_are_refused(pairs):
    for gammas in ([], [-1.0], [np.inf]):
        with pytest.raises(ValueError, match="finite and >= 0"):
            gamma_profile(pairs, "ssi", gammas)
