"""Which law the parameters follow: planted laws come back, clipped values and zeros are told."""

import math

import numpy as np
import pytest
from scipy import stats

from movelaws.lagrangian import parameters as module
from movelaws.lagrangian.fit import fitted
from movelaws.lagrangian.stencil import neighbours
from tests.unit.lagrangian_small_fit import SHAPE, small_fit

RNG = np.random.default_rng(1)


def test_values_are_those_of_links_that_stay_in_the_lattice():
    fit = small_fit()
    steps, sites = fit.reference.steps, fit.reference.sites
    inside = np.count_nonzero(neighbours(SHAPE) >= 0)
    assert module.values_of(fit, "gamma").size == steps * inside
    own = module.values_of(fit, "lambda", "self")
    np.testing.assert_array_equal(own, fit.lam[:, 0].ravel())
    link = module.values_of(fit, "lambda", "link")
    assert own.size == steps * sites and link.size == steps * (inside - sites)
    both = np.concatenate([own, link])
    np.testing.assert_array_equal(np.sort(both), np.sort(module.values_of(fit, "lambda")))
    assert (both != 0).all()


def test_log_likelihoods_are_those_of_scipy():
    values = RNG.laplace(0.3, 2, 500)
    found = module.described(values)
    size = np.abs(values).mean()
    assert found["laplace_scale"] == pytest.approx(size)
    assert found["laplace_loglik"] == pytest.approx(stats.laplace(0, size).logpdf(values).sum())
    location, scale = stats.laplace.fit(values)
    free = stats.laplace(location, scale).logpdf(values).sum()
    assert found["laplace_free_loglik"] == pytest.approx(free)
    assert found["laplace_free_loglik"] >= found["laplace_loglik"]
    normal = stats.norm(*stats.norm.fit(values)).logpdf(values).sum()
    assert found["normal_loglik"] == pytest.approx(normal)
    power = stats.gennorm(1.5, 0, stats.gennorm.fit(values, 1.5, f0=1.5, floc=0)[2])
    expected = power.logpdf(values).sum()
    assert module.power_loglik(np.abs(values), 1.5) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(
    ("exponent", "laplace_wins"), [(0.6, True), (1.0, True), (2.0, False), (3.0, False)]
)
def test_planted_exponents_come_back(exponent, laplace_wins):
    values = stats.gennorm(exponent, 0, 3.0).rvs(30_000, random_state=4)
    found = module.described(values)
    assert found["inner_exponent"] == pytest.approx(exponent, rel=0.05)
    assert (found["laplace_loglik"] > found["normal_loglik"]) is laplace_wins
    assert (found["inner_laplace_loglik"] > found["inner_normal_loglik"]) is laplace_wins


@pytest.mark.parametrize("exponent", [1.0, 2.0])
def test_values_at_the_bound_and_zeros_are_counted_and_do_not_decide(exponent):
    values = stats.gennorm(exponent, 0, 3.0).rvs(30_000, random_state=5)
    spoilt = np.concatenate([np.clip(values, -4, 4), np.zeros(10_000)])
    found = module.described(spoilt, bound=4.0)
    outside = np.mean(np.abs(values) >= 4)
    assert found["share_at_bound"] == pytest.approx(outside * 0.75)
    assert found["share_zero"] == pytest.approx(0.25)
    assert found["inner_n"] == pytest.approx(30_000 * (1 - outside))
    assert found["inner_exponent"] == pytest.approx(exponent, rel=0.1)
    laplace_wins = found["inner_laplace_loglik"] > found["inner_normal_loglik"]
    assert laplace_wins == (exponent == 1.0)
    inner = np.abs(values[np.abs(values) < 4])
    best = max(
        stats.laplace(0, s).logpdf(inner).sum()
        - inner.size * math.log(stats.laplace(0, s).cdf(4) - stats.laplace(0, s).cdf(-4))
        for s in np.linspace(1, 8, 300)
    )
    assert module.power_loglik(inner, 1.0, 4.0) == pytest.approx(best, rel=1e-4)


def test_cut_normal_laws_with_a_mean_of_their_own():
    values = RNG.normal(1.0, 2.0, 40_000)
    inner = values[np.abs(values) < 2.5]
    found = module.normal_loglik(inner, 2.5)
    law = stats.truncnorm((-2.5 - 1) / 2, (2.5 - 1) / 2, 1.0, 2.0)
    planted = law.logpdf(inner).sum()
    assert planted <= found < planted + 5
    assert found > stats.truncnorm(-1.25, 1.25, 0.0, 2.0).logpdf(inner).sum() + 100


def test_values_that_fill_the_bound_evenly():
    found = module.described(np.append(RNG.uniform(-1, 1, 5000), [1.0, -1.0]), bound=1.0)
    even = -found["inner_n"] * math.log(2)
    assert found["inner_laplace_loglik"] == pytest.approx(even, rel=0.01)
    assert found["inner_exponent"] > 3


def test_table_has_every_parameter_and_kind_and_the_bound_of_the_fit():
    fit = small_fit(bound=3.0)
    table = module.parameter_table(fit, "toy")
    assert tuple(table.columns) == module.COLUMNS
    assert len(table) == len(module.PARAMETERS) * len(module.KINDS)
    clipped = np.mean(np.abs(module.values_of(fit, "gamma")) >= 3.0 * (1 - 1e-9))
    assert table["share_at_bound"].iloc[2] == pytest.approx(clipped) and clipped > 0
    assert module.parameter_table(small_fit(), "toy")["share_at_bound"].max() == 0
    normal = table[table["link_kind"] == "all"]
    assert (normal["inner_exponent"] > 1.5).all()  # the small fit's parameters are normal
    assert (normal["inner_normal_loglik"] > normal["inner_laplace_loglik"]).all()
    assert (normal["inner_n"] == np.round(normal["n"] * (1 - normal["share_at_bound"]))
            - normal["n"] * normal["share_zero"]).all()  # fmt: skip


def test_histograms_hold_all_values_about_zero():
    table = module.parameter_histogram(small_fit(), "toy", bins=21)
    for _, part in table.groupby("parameter"):
        assert ((part["high"] - part["low"]) * part["density"]).sum() == pytest.approx(1)
        np.testing.assert_allclose(part["low"], -part["high"][::-1])
        assert ((part["low"] < 0) & (part["high"] > 0)).sum() == 1


def test_models_without_a_parameter():
    fit = small_fit()
    none = fitted("printed", fit.reference, np.zeros_like(fit.gamma), fit.lam, np.array([]))
    table = module.parameter_table(none, "toy").set_index(["parameter", "link_kind"])
    gone = table.loc[("gamma", "all")]
    assert gone["share_zero"] == 1 and gone["inner_n"] == 0
    assert np.isnan(gone[["laplace_loglik", "normal_loglik", "inner_exponent"]].astype(float)).all()
    assert module.parameter_histogram(none, "toy")["parameter"].unique().tolist() == ["lambda"]
    still = fitted("printed", fit.reference, 0 * fit.gamma, 0 * fit.lam, np.array([]))
    assert module.parameter_histogram(still, "toy").empty


def test_arguments_that_do_not_fit():
    fit = small_fit()
    with pytest.raises(ValueError, match="parameter = 'mu'"):
        module.values_of(fit, "mu")
    with pytest.raises(ValueError, match="kind = 'diagonal'"):
        module.values_of(fit, "gamma", "diagonal")
    with pytest.raises(ValueError, match="values is empty"):
        module.described(np.array([]))
    with pytest.raises(ValueError, match="values holds inf: the fit diverged"):
        module.described(np.array([1.0, np.inf]))
