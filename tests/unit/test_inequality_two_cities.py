"""Fig. 1d in closed form and simulated, and the small network up to its limit."""

import numpy as np
import pandas as pd
import pytest

from movelaws.inequality import limits, two_cities
from movelaws.inequality.benefits import Empirical, Exponential, Pareto, Uniform
from movelaws.inequality.quadrature import probabilities
from movelaws.inequality.standard import standard
from movelaws.inequality.two_class import two_class

N1, N2 = 1e4, 1e6
BENEFITS = [Uniform(), Exponential(), Pareto(1.5), Pareto(3.0)]
BENEFITS += [Empirical(np.random.default_rng(2).lognormal(size=300))]


@pytest.fixture(scope="module")
def around():
    return limits.network_surroundings(limits.network())


@pytest.fixture(scope="module")
def penalised():
    return limits.network()["penalised"].to_numpy()


@pytest.mark.parametrize("benefit", BENEFITS)
def test_without_penalty_the_large_city_draws_more_as_in_the_radiation_model(benefit):
    p12, p21 = two_cities.probabilities(N1, N2, [0.0], benefit)
    assert p12[0] == pytest.approx(N2 / (N1 + N2), rel=1e-9)
    assert p21[0] == pytest.approx(N1 / (N1 + N2), rel=1e-9)


@pytest.mark.parametrize("benefit", BENEFITS)
def test_one_of_the_two_cities_offers_more_and_penalties_favour_the_other(benefit):
    p12, p21 = two_cities.probabilities(N1, N2, np.logspace(-8, 3, 40), benefit)
    np.testing.assert_allclose(p12 + p21, 1.0, rtol=1e-9)
    assert (np.diff(p12) <= 1e-12).all()
    assert p21[0] < p12[0] and p21[-1] > p12[-1]


def test_the_closed_form_of_uniform_benefits_is_the_integral():
    excess = np.logspace(-7, -2, 12)
    p12, p21 = two_cities.probabilities(N1, N2, excess, Uniform())
    np.testing.assert_allclose(
        two_cities._one_way(N1, N2, excess, Uniform()), p12, rtol=1e-9, atol=1e-38
    )
    back = two_cities._one_way(N2, N1, -excess / (1 + excess), Uniform())
    np.testing.assert_allclose(back, p21, rtol=1e-9)


@pytest.mark.parametrize("benefit", BENEFITS[1:4])
def test_simulated_cities_agree(benefit):
    draws = 400_000
    log_u = np.log(np.random.default_rng(4).random((2, draws)))
    best = benefit.isf(-np.expm1(log_u / np.array([[N1], [N2]])))
    excess = two_cities.crossing(N1, N2, benefit)
    p12, _ = two_cities.probabilities(N1, N2, [excess, 0.6 * excess], benefit)
    for value, expected in zip((excess, 0.6 * excess), p12, strict=True):
        share = np.mean(best[1] / (1 + value) > best[0])
        assert share == pytest.approx(expected, abs=5 * 0.5 / np.sqrt(draws))


@pytest.mark.parametrize("benefit", BENEFITS)
def test_at_the_crossing_as_many_go_either_way(benefit):
    p12, p21 = two_cities.probabilities(N1, N2, [two_cities.crossing(N1, N2, benefit)], benefit)
    assert p12[0] == pytest.approx(0.5, abs=1e-8)
    assert p21[0] == pytest.approx(0.5, abs=1e-8)


def test_what_a_penalty_means_depends_on_the_distribution():
    """Bounded benefits notice 1/n; exponential ones ln n2 / ln n1; Pareto ones a power of n2/n1."""
    at = [two_cities.crossing(N1, N2, benefit) for benefit in BENEFITS[:4]]
    assert at[0] == pytest.approx(np.log(2) / N1, rel=0.02)
    assert at[1] == pytest.approx(np.log(N2 / N1) / np.log(N1), rel=0.05)
    assert at[2] == pytest.approx((N2 / N1) ** (1 / 1.5) - 1, rel=1e-3)
    assert at[3] == pytest.approx((N2 / N1) ** (1 / 3) - 1, rel=1e-3)


def test_only_bounded_benefits_cross_at_one_over_the_population():
    kinds = {"uniform": Uniform(), "Pareto": Pareto(2.0)}
    table = two_cities.crossings([1e3, 1e5], benefits=kinds)
    assert list(table.columns) == ["benefit", "n1", "n2", "delta_minus_1"]
    assert (table["n2"] == 100 * table["n1"]).all()
    ratios = table.groupby("benefit")["delta_minus_1"].agg(lambda at: at.iloc[1] / at.iloc[0])
    assert ratios["uniform"] == pytest.approx(0.01, rel=1e-3)
    assert ratios["Pareto"] == pytest.approx(1.0, rel=1e-2)


def test_the_curves_are_a_row_per_distribution_and_penalty():
    excess = np.array([1e-6, 1e-3, 1.0])
    table = two_cities.curves(excess=excess)
    assert list(table.columns) == ["benefit", "n1", "n2", "delta_minus_1", "p12", "p21"]
    assert table.groupby("benefit").size().to_dict() == dict.fromkeys(two_cities.BENEFITS, 3)
    p12, p21 = two_cities.probabilities(N1, N2, excess, Exponential())
    part = table[table["benefit"] == "exponential"]
    np.testing.assert_array_equal(part[["p12", "p21"]], np.column_stack([p12, p21]))


def test_a_better_off_large_city_draws_even_more():
    for benefit in BENEFITS:
        p12, p21 = two_cities.probabilities(N1, N2, [-1e-5, -0.5], benefit)
        assert (p12 >= N2 / (N1 + N2) - 1e-12).all()
        np.testing.assert_allclose(p12 + p21, 1.0, rtol=1e-9)


def test_cities_that_cannot_cross_are_refused():
    with pytest.raises(ValueError, match=r"n2 = 10 is not above n1 = 10: p21 > p12 without"):
        two_cities.crossing(10, 10, Uniform())
    with pytest.raises(ValueError, match=r"n1 = 0: a city has a finite number of people"):
        two_cities.crossing(0, 10, Uniform())
    with pytest.raises(ValueError, match=r"not finite and above -1"):
        two_cities.probabilities(10, 20, [0.1, -1.0], Exponential())
    with pytest.raises(ValueError, match=r"do not cross for delta - 1 from 1e-16 to 1e\+12"):
        two_cities.crossing(1, 1e6, Pareto(0.2))


def test_a_strong_penalty_reaches_the_limit(around, penalised):
    limit = limits.two_class_limit(around, penalised)
    np.testing.assert_allclose(two_class(around, penalised, 0.05), limit, rtol=1e-12, atol=1e-100)
    assert np.abs(two_class(around, penalised, 1e-5) - limit).max() > 0.1


@pytest.mark.parametrize("benefit", [*BENEFITS[1:4], BENEFITS[4]])
def test_the_limit_is_that_of_every_distribution(around, penalised, benefit):
    found, _ = probabilities(around, np.where(penalised, 1e12, 0.0), benefit)
    np.testing.assert_allclose(found, limits.two_class_limit(around, penalised), atol=1e-6)


def test_in_the_limit_penalised_zones_are_gone_for_the_others(around, penalised):
    limit = limits.two_class_limit(around, penalised)
    kept = limits.network()[~penalised]
    alone = standard(limits.network_surroundings(kept))
    to_others = ~penalised[around.order]
    found = [limit[i][to_others[i]] for i in np.flatnonzero(~penalised)]
    np.testing.assert_allclose(found, alone, rtol=1e-14)
    assert (limit[~penalised][~to_others[~penalised]] == 0).all()


def test_in_the_limit_everybody_leaves_a_penalised_zone_for_the_nearest_better_one(
    around, penalised
):
    limit = limits.two_class_limit(around, penalised)
    for i in np.flatnonzero(penalised):
        assert limit[i].sum() == pytest.approx(1.0, rel=1e-14)
        first = np.argmax(~penalised[around.order[i]])
        assert limit[i, first] > 0 and (limit[i, first + 1 :] == 0).all()


def test_with_no_zone_or_all_zones_penalised_the_limit_is_the_radiation_model(around):
    for everywhere in (False, True):
        limit = limits.two_class_limit(around, np.full(around.n_zones, everywhere))
        np.testing.assert_allclose(limit, standard(around), rtol=1e-14)


def test_empty_zones_have_no_limit_but_zero():
    cities = limits.network()
    cities.loc[[1, 3], "population"] = 0
    around = limits.network_surroundings(cities)
    limit = limits.two_class_limit(around, cities["penalised"].to_numpy())
    assert np.isfinite(limit).all()
    assert (limit[[1, 3]] == 0).all() and (limit[np.isin(around.order, [1, 3])] == 0).all()


def test_shares_of_the_network_run_from_the_standard_model_to_the_limit():
    table = limits.fluxes(excess=np.array([1e-14, 1e-5, 0.1]))
    assert len(table) == 5 * 4 * 3
    by_origin = table.groupby(["origin", "delta_minus_1"])[["share", "standard", "limit"]].sum()
    np.testing.assert_allclose(by_origin, 1.0, rtol=1e-12)
    first, _, last = (part for _, part in table.groupby("delta_minus_1"))
    np.testing.assert_allclose(first["share"], first["standard"], rtol=1e-6)
    np.testing.assert_allclose(last["share"], last["limit"], rtol=1e-6, atol=1e-30)
    kinds = table[["origin_penalised", "destination_penalised"]].drop_duplicates()
    assert len(kinds) == 4


def test_tables_of_cities_are_checked():
    cities = limits.network()
    with pytest.raises(ValueError, match="cities: no column penalised"):
        limits.fluxes(cities.drop(columns="penalised"))
    with pytest.raises(ValueError, match="cities: no column x_km, population"):
        limits.network_surroundings(cities.drop(columns=["x_km", "population"]))
    lonely = cities.assign(penalised=cities["city"] != "A")
    with pytest.raises(ValueError, match="cities: 1 not penalised: at least 2"):
        limits.fluxes(lonely)
    twice = pd.concat([cities, cities.head(1)])
    with pytest.raises(ValueError, match="'A' appears more than once"):
        limits.network_surroundings(twice)
