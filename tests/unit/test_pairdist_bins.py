"""Published bins: the two readings of an exponent, other laws, and how far readings move."""

import numpy as np
import pandas as pd
import pytest

from movelaws.pairdist.published_bins import in_range, planted_draws, read_cases, table_1
from movelaws.pairdist.published_bins_laws import curves, fits, laws, table_2
from movelaws.pairdist.published_bins_sensitivity import readings, sensitivity, summary
from movelaws.plotting.pairdist.published_cost import published_cost
from movelaws.plotting.pairdist.sensitivity import sensitivity as drawn_sensitivity
from tests.unit.drawn_world import texts


def words_of(figure):
    return [text.get_text() for text in texts(figure)]


EDGES = np.geomspace(10, 1e5, 61)
N = 200_000


def bins(case="denmark", exponent=1.2, kind="density", seed=1, n=N, second=None):
    """Bins of moves with a cost r^-exponent (r^-second beyond 2 km) through known pairs."""
    r = (EDGES[1:] + EDGES[:-1]) / 2
    fine = np.geomspace(1, EDGES[1] / EDGES[0], 201)[None] * EDGES[:-1, None]
    cost = np.where(fine < 2000, (fine / 2000) ** -exponent, (fine / 2000) ** -(second or exponent))
    density = r**0.7 * np.exp(-r / 4e4)
    pairs = density * np.diff(EDGES)
    expected = density * np.trapezoid(cost, fine, axis=1)
    moves = np.random.default_rng(seed).multinomial(n, expected / expected.sum()).astype(float)
    width = 1.0 if kind == "mass" else np.diff(EDGES)
    table = pd.DataFrame({"r_m": r, "moves": moves / n / width, "pairs": pairs / width})
    ratio = (table["moves"] / table["pairs"]).where(moves > 0)
    return table.assign(case=case, kind=kind, ratio=ratio)


SETTINGS = {"denmark": {"moves": N}}
TOLD = pd.DataFrame(
    {"dataset": ["denmark"], "kind": ["residential"], "xmin_m": [10], "xmax_m": [1e5],
     "exponent": [1.2], "ks": [0.01], "p": [0.9]}
)  # fmt: skip


@pytest.fixture(scope="module")
def cases():
    return read_cases(bins(), SETTINGS)


@pytest.mark.parametrize("kind", ["density", "mass"])
def test_moves_are_brought_back_to_their_number(kind):
    (case,) = read_cases(bins(kind=kind), SETTINGS)
    assert case.n == N
    assert np.allclose(case.counts, np.round(case.counts), atol=1e-6)
    np.testing.assert_allclose(case.bins.edges, EDGES[: case.bins.edges.size])


def test_heights_are_numbers_where_no_number_of_moves_is_given():
    table = bins(kind="mass")
    table["moves"] *= N
    (case,) = read_cases(table, {})
    assert case.n == N


def test_both_readings_find_the_planted_exponent_within_their_own_errors(cases):
    row = table_1(cases, TOLD, {"denmark": 1.2}, draws=30, seed=1).iloc[0]
    assert abs(row["exponent"] - 1.2) < 4 * row["exponent_error"]
    assert row["cost_low"] < 1.2 < row["cost_high"]
    assert row["cost_error"] < row["exponent_error"] / 3
    # The interval of the likelihood is that of repeated draws.
    assert (row["cost_high"] - row["cost_low"]) / 3.92 == pytest.approx(row["cost_error"], rel=0.5)
    assert row["cost_p"] > 0.05
    assert row["p"] > 0.05
    assert (row["planted"], row["published_exponent"]) == (1.2, 1.2)


def test_a_cost_that_bends_is_told_from_a_power_law_though_few_observations_would_not_tell():
    (case,) = read_cases(bins(exponent=0.9, second=1.3), SETTINGS)
    row = table_1([case], pd.DataFrame(), draws=30, few=20, seed=1).iloc[0]
    assert row["cost_p"] == pytest.approx(1 / 31)
    assert row["p_few"] > 0.5
    assert np.isnan(row["published_exponent"])
    fitted = laws([case])
    table = table_2([case], fitted, draws=5, seed=1).set_index("law")
    assert table.loc["two_pieces", "aic_difference"] < -100
    assert table.loc["two_pieces", "p"] == pytest.approx(1 / 6)
    assert table.loc["two_pieces", "exponent"] == pytest.approx(0.9, abs=0.03)
    assert table.loc["two_pieces", "outside"] == pytest.approx(1.3, abs=0.05)
    assert table.loc["two_pieces", "radius_m"] == pytest.approx(2000, rel=0.2)


def test_no_other_form_beats_a_true_power_law(cases):
    fitted = laws(cases)
    table = table_2(cases, fitted, seed=1).set_index("law")
    assert table.loc["exponential", "aic_difference"] > 1000
    assert (table.loc[["lognormal", "weibull"], "aic_difference"] > -6).all()
    assert table.loc["two_pieces", "ratio"] <= 1e-6
    assert table.loc["two_pieces", "aic_difference"] > -10
    assert np.isnan(table.loc["two_pieces", "p"])


def test_fits_hold_every_law_with_intervals(cases):
    first = table_1(cases, TOLD, draws=5, seed=1)
    table = fits(cases, laws(cases), first).set_index("model")
    assert list(table.index) == ["power_law", "power_law_of_ratio", "lognormal", "exponential",
                                 "weibull", "two_pieces"]  # fmt: skip
    for model in ("power_law", "power_law_of_ratio", "two_pieces"):
        row = table.loc[model]
        assert row["exponent_low"] < row["exponent"] < row["exponent_high"]
    assert (table["xmin"] == cases[0].bins.edges[0]).all()
    assert table.loc["power_law", "aic"] == pytest.approx(2 - 2 * table.loc["power_law", "loglik"])


def test_draws_are_the_same_for_the_same_seed_and_unbiased(cases):
    read, fitted = planted_draws(cases[0], 0.8, 40, np.random.default_rng(3))
    again, _ = planted_draws(cases[0], 0.8, 40, np.random.default_rng(3))
    np.testing.assert_array_equal(read, again)
    for values in (read[:, 0], fitted[:, 0]):
        assert abs(values.mean() - 0.8) < 4 * values.std() / np.sqrt(40) + 1e-3


def test_readings_and_ranges_agree_on_a_true_power_law(cases):
    table = sensitivity(cases, TOLD, {"denmark": 1.2})
    assert set(table["range"]) >= {"range read", "all bins", "published range", "upper half"}
    good = table[table["estimator"].isin(["moves and pairs"])]
    assert good["exponent"].between(1.15, 1.25).all()
    # Without widths the densities of distances are taken for those of a law per metre.
    wrong = table[(table["estimator"] == "truncated") & (table["weights"] == "ratio")]
    assert (wrong["exponent"] > 2).all()
    row = summary(cases, table, TOLD).iloc[0]
    assert row["lowest_likelihood"] <= row["likelihood"] <= row["highest_likelihood"]
    assert 0.5 < row["first_decade"] < 1
    assert row["published_exponent"] == 1.2


def test_scatter_of_readings_shows_which_use_all_moves(cases):
    table = readings(cases, draws=12, seed=1).set_index(["estimator", "weights"])
    best = table.loc[("moves and pairs", "moves"), "sd"]
    # Weighting squares by moves comes to the same; by nothing or by the ratio it does not.
    assert best < 1.3 * table["sd"].min()
    assert best < table.loc[("sample space", "ratio"), "sd"] / 2
    assert abs(table.loc[("moves and pairs", "moves"), "mean"] - 1) < 0.01


def test_bad_bins_are_named():
    table = bins()
    with pytest.raises(ValueError, match="lack the column pairs"):
        read_cases(table.drop(columns="pairs"), {})
    with pytest.raises(ValueError, match="settings name the case 'sweden'"):
        read_cases(table, {"sweden": {}})
    with pytest.raises(ValueError, match="case denmark: kind"):
        read_cases(table.assign(kind="height"), {})
    with pytest.raises(ValueError, match="holds the centres of 0 bins"):
        read_cases(table, {"denmark": {"low": 1e6, "high": 2e6}})
    with pytest.raises(ValueError, match="three are needed"):
        in_range(read_cases(table, {})[0].whole, 100, 110, "denmark")
    with pytest.raises(ValueError, match="draws = 1"):
        table_1(read_cases(table, SETTINGS), TOLD, draws=1, seed=1)


def test_curves_have_integral_one_and_the_laws_run_through_them(cases):
    table = curves(cases, laws(cases), TOLD)
    width = table["high_m"] - table["low_m"]
    assert (table["moves"] * width).sum() == pytest.approx(1)
    assert (table["pairs"] * width).sum() == pytest.approx(1)
    seen = table[table["cost"].notna() & (table["error"] < 0.02)]
    assert np.allclose(np.log(seen["power_law"] / seen["cost"]), 0, atol=0.1)


def test_figures_show_what_is_published_planted_and_found(cases):
    first = table_1(cases, TOLD, {"denmark": 1.2}, draws=5, seed=1)
    made = published_cost(curves(cases, laws(cases), TOLD), first, synthetic=True)
    words = words_of(made)
    assert {"published 1.20", "planted 1.20", "synthetic data"} <= set(words)
    table = sensitivity(cases, TOLD, {"denmark": 1.2})
    drawn = drawn_sensitivity(table, readings(cases, draws=3, seed=1))
    assert any(word.endswith("▸") for word in words_of(drawn))
    with pytest.raises(ValueError, match="no column"):
        published_cost(pd.DataFrame({"case": []}), first)
    with pytest.raises(ValueError, match="no row of the case"):
        published_cost(curves(cases, laws(cases), TOLD), first.assign(case="x"))
