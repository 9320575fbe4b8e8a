"""The verdict grid: statistics, random classes, and what they find in worlds of known truth."""

from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, false_discovery_control, mannwhitneyu

from movelaws.inequality.comparison import compare
from movelaws.inequality.grid import STABLE, evaluate, judge
from movelaws.inequality.linear import linear
from movelaws.inequality.outflow import regressed
from movelaws.inequality.random_classes import drawn
from movelaws.inequality.standard import standard
from movelaws.inequality.two_class import two_class
from movelaws.seeds import stream
from tests.unit.inequality_case import VARIABLES, built, moving, with_flow

FLOOD = {"flood": VARIABLES["flood"]}
EXPONENTS = (-6, -4)
LEVEL = 0.05


def by_hand(case, variable, penalty):
    """Rounded flows of the modified model, written down again."""
    around, shape = case.surroundings, case.shapes[variable]
    if case.model == "two_class":
        p = two_class(around, shape == 1, penalty)
    else:
        p = linear(around, penalty * shape).p
    return np.floor(case.leaving.outflow[:, None] * p / p.sum(axis=1, keepdims=True) + 0.5)


@pytest.mark.parametrize("drop_exact", [False, True])
@pytest.mark.parametrize("model", ["two_class", "linear"])
def test_the_grid_holds_the_statistics_of_each_variable_and_penalty(model, drop_exact):
    case = built(model)
    table = evaluate(case, EXPONENTS, drop_exact=drop_exact)
    assert list(zip(table["variable"], table["exponent"], strict=True)) == [
        (variable, n) for variable in VARIABLES for n in EXPONENTS
    ]
    observed = case.surroundings.flow.ravel()
    before = case.standard().ravel()
    for _, row in table.iterrows():
        after = by_hand(case, row["variable"], 10.0 ** row["exponent"]).ravel()
        found = asdict(compare(observed, before, after, drop_exact=drop_exact))
        assert row["U"] == found.pop("u")
        assert row[list(found)].to_dict() == found
        errors = [np.abs(flow - observed) for flow in (after, before)]
        assert row["hamming"] == np.count_nonzero(errors[0])
        kept = (errors[0] + errors[1] > 0) if drop_exact else np.full(observed.size, True)
        test = mannwhitneyu(*(e[kept] for e in errors), alternative="less", method="asymptotic")
        assert row["U"] == test.statistic
        assert row["p_mw"] == pytest.approx(test.pvalue, rel=1e-9)
        chance = np.count_nonzero(errors[1]) / observed.size
        expected = binom.cdf(row["hamming"], observed.size, chance)
        assert row["p_binomial"] == pytest.approx(expected, rel=1e-9)


def test_penalties_and_clipping_are_told():
    two, many = built("two_class"), built("linear")
    table = evaluate(two, EXPONENTS, drop_exact=False)
    assert table["scale"].tolist() == 3 * [1e-6, 1e-4]
    assert table["delta_or_Delta"].tolist() == 3 * [1 + 1e-6, 1 + 1e-4]
    assert (table["clipped_share"] == 0).all()
    assert table["n_penalised"].tolist() == [
        k for name in VARIABLES for k in 2 * [two.shapes[name].sum()]
    ]
    table = evaluate(many, EXPONENTS, drop_exact=False)
    assert (table["delta_or_Delta"] == table["scale"]).all()
    for _, row in table.iterrows():
        found = linear(many.surroundings, row["scale"] * many.shapes[row["variable"]])
        assert row["clipped_share"] == (found.n_low + found.n_high) / found.p.size
        assert row["n_penalised"] == np.count_nonzero(many.shapes[row["variable"]])
    assert table["clipped_share"].max() > 0


def test_without_an_effect_nothing_is_better():
    table = evaluate(built(), [-14], drop_exact=False)
    n_pairs = 20 * 19
    assert (table["U"] == n_pairs**2 / 2).all()
    assert (table["hamming"] == table["hamming_standard"]).all()
    assert (table["p_mw"] >= 0.5).all()
    # the two parameters of the modified model are paid for
    gain = table["aic_flows_modified"] - table["aic_flows_standard"]
    assert np.allclose(gain, 4, atol=1e-6)
    assert np.allclose(table["aic_squares_modified"] - table["aic_squares_standard"], 4)


def test_the_criterion_of_the_flows_is_that_of_the_people_who_leave():
    case = built(variables=FLOOD)
    row = evaluate(case, [-5], drop_exact=False).iloc[0]
    flow = case.surroundings.flow
    for name, p, paid in (
        ("standard", standard(case.surroundings), 0),
        ("modified", two_class(case.surroundings, case.shapes["flood"] == 1, 1e-5), 4),
    ):
        log_p = np.log(p / p.sum(axis=1, keepdims=True))
        expected = -2 * (flow * log_p).sum() + paid
        assert row[f"aic_flows_{name}"] == pytest.approx(expected, rel=1e-12)


def test_the_grid_takes_the_outflows_of_the_case():
    case = built(variables=FLOOD, outflow="regression")
    assert evaluate(case, [-5], drop_exact=True)["hamming_standard"][0] == np.count_nonzero(
        case.standard() != case.surroundings.flow
    )
    around = case.surroundings
    counted = replace(case, leaving=regressed(around.outflow, around.mass))
    pd.testing.assert_frame_equal(
        evaluate(case, [-5], drop_exact=True), evaluate(counted, [-5], drop_exact=True)
    )


def test_flows_that_are_not_whole_cannot_be_met_exactly():
    case = built()
    halves = with_flow(case, case.surroundings.flow / 2)
    with pytest.raises(ValueError, match=r"whole numbers for tests of exactness, found \d*\.5"):
        evaluate(halves, [-5], drop_exact=False)


@pytest.mark.parametrize("model", ["two_class", "linear"])
def test_random_classes_are_the_shape_dealt_out_again(model):
    case = built(model)
    arguments = {"seed": 3, "job": ("a", "b"), "drop_exact": True}
    found = drawn(case, EXPONENTS, first=0, count=4, **arguments)
    parts = [drawn(case, EXPONENTS, first=k, count=2, **arguments) for k in (0, 2)]
    by = ["variable", "draw", "exponent"]
    pd.testing.assert_frame_equal(
        found.sort_values(by, ignore_index=True),
        pd.concat(parts).sort_values(by, ignore_index=True),
    )
    observed, before = case.surroundings.flow.ravel(), case.standard().ravel()
    for row in found[found["draw"].isin([0, 3])].itertuples():
        dealt = stream(3, "a", "b", row.variable, str(row.draw)).permutation(
            case.shapes[row.variable]
        )
        after = by_hand(replace(case, shapes={"dealt": dealt}), "dealt", 10.0**row.exponent)
        expected = compare(observed, before, after.ravel(), drop_exact=True)
        assert (row.u, row.hamming) == (expected.u, expected.hamming)
        assert row.effect_mw == pytest.approx(expected.effect_mw, rel=1e-14)
        assert row.weighted_hamming == pytest.approx(expected.weighted_hamming, rel=1e-12)


@pytest.fixture(scope="module")
def hand_made():
    """Three rows: better than all draws, as the best of them, and worse."""
    table = pd.DataFrame(
        {
            "variable": ["a", "a", "b"],
            "exponent": [-5, -4, -4],
            "delta_or_Delta": [1 + 1e-5, 1 + 1e-4, 1 + 1e-4],
            "U": [10.0, 21.0, 60.0],
            "effect_mw": [0.1, 0.21, 0.6],
            "hamming": [5, 11, 40],
            "weighted_hamming": [4.0, 10.5, 39.0],
            "p_mw": [0.01, 0.02, 0.03],
            "p_binomial": [0.001, 0.04, 0.2],
            "p_z": [0.01, np.nan, 0.3],
        }
    )
    k = np.arange(40)
    draws = [
        pd.DataFrame(
            {
                "variable": variable,
                "exponent": float(exponent),
                "draw": k,
                "u": 20.0 + k,
                "effect_mw": (20.0 + k) / 100,
                "hamming": 10 + k,
                "weighted_hamming": 9.5 + k,
            }
        )
        for variable, exponent in (("b", -4), ("a", -4), ("a", -5))
    ]
    return table, pd.concat(draws, ignore_index=True)


def test_quantiles_and_shares_of_random_classes(hand_made):
    judged = judge(*hand_made, LEVEL)
    # 5 % of the way from the least to the largest of 40 draws: 0.05 x 39 = 1.95 steps
    assert judged["U_random_q05"].tolist() == pytest.approx(3 * [21.95])
    assert judged["hamming_random_q05"].tolist() == pytest.approx(3 * [11.95])
    assert judged["weighted_hamming_random_q05"].tolist() == pytest.approx(3 * [11.45])
    assert judged["effect_mw_random_q05"].tolist() == pytest.approx(3 * [0.2195])
    # one and those at least as good, of one and all: 0, 2 (20 and 21) and 40 (31 for 10 to 40)
    assert judged["p_random_U"].tolist() == pytest.approx([1 / 41, 3 / 41, 1])
    assert judged["p_random_hamming"].tolist() == pytest.approx([1 / 41, 3 / 41, 32 / 41])
    assert (judged["n_draws"] == 40).all()
    assert list(judged.columns[: len(STABLE)]) == STABLE
    assert set(hand_made[0].columns) <= set(judged.columns)


@pytest.mark.parametrize(
    ("changes", "u", "hamming"),
    [
        ({}, True, True),
        ({"p_mw": 0.05}, False, True),
        ({"p_binomial": 0.05}, True, False),
        ({"effect_mw": 0.2195}, False, True),
        ({"effect_mw": 0.2194}, True, True),
        ({"hamming": 12}, True, False),
        ({"effect_mw": 0.3, "hamming": 30}, False, False),
        ({"p_mw": np.nan, "U": np.nan, "effect_mw": np.nan}, False, True),
    ],
)
def test_significant_is_both_tests_and_better_than_random_on_both(hand_made, changes, u, hamming):
    table, draws = hand_made
    row = judge(table.head(1).assign(**changes), draws, LEVEL).iloc[0]
    assert (row["significant_U"], row["significant_hamming"]) == (u, hamming)
    assert row["significant"] == (u and hamming)


def test_the_effect_takes_the_place_of_u_where_pairs_are_dropped(hand_made):
    table, draws = hand_made
    row = judge(table.head(1).assign(effect_mw=0.25), draws, LEVEL).iloc[0]
    assert not row["significant"]
    assert row["significant_printed"]
    row = judge(table.head(1).assign(U=25.0), draws, LEVEL).iloc[0]
    assert row["significant"]
    assert not row["significant_printed"]


def test_false_discovery_is_over_the_whole_table(hand_made):
    judged = judge(*hand_made, LEVEL)
    for name, p in (
        ("q_mw", "p_mw"),
        ("q_binomial", "p_binomial"),
        ("q_random_U", "p_random_U"),
        ("q_random_hamming", "p_random_hamming"),
    ):
        assert np.allclose(judged[name], false_discovery_control(judged[p]), rtol=1e-14)
    assert judged["q_z"].tolist() == pytest.approx([0.02, np.nan, 0.3], nan_ok=True)


def test_each_row_is_held_against_its_own_draws(hand_made):
    table, draws = hand_made
    lower = draws.assign(u=draws["u"] - 15 * (draws["variable"] == "b"))
    assert judge(table, lower, LEVEL)["U_random_q05"].tolist() == pytest.approx(
        [21.95, 21.95, 6.95]
    )
    shares = [
        (table.assign(share=share), draws.assign(share=share, u=draws["u"] + shift))
        for share, shift in ((0.1, 0.0), (0.2, 100.0))
    ]
    judged = judge(*(pd.concat(parts, ignore_index=True) for parts in zip(*shares, strict=True)),
                   LEVEL)  # fmt: skip
    assert list(judged.columns[:2]) == ["share", "variable"]
    assert judged["U_random_q05"].tolist() == pytest.approx(3 * [21.95] + 3 * [121.95])
    with pytest.raises(ValueError, match=r"no random classes .* \{'variable': 'a', 'exponent'"):
        judge(table, draws[draws["variable"] == "b"], LEVEL)


def test_a_saved_grid_is_judged_alike(tmp_path):
    case = built()
    table = evaluate(case, [-6, -4.3], drop_exact=False)
    table.to_csv(tmp_path / "grid.csv", index=False)
    draws = drawn(case, [-6, -4.3], first=0, count=9, seed=1, job=("t",), drop_exact=False)
    judged = judge(table, draws, LEVEL)
    again = judge(pd.read_csv(tmp_path / "grid.csv"), draws, LEVEL)
    pd.testing.assert_frame_equal(again, judged, rtol=1e-12)


FOUR = ["p_mw", "p_binomial", "p_random_U", "p_random_hamming"]


def test_one_p_value_of_a_row_is_the_largest_of_four(hand_made):
    judged = judge(*hand_made, LEVEL)
    assert judged["p_all"].tolist() == judged[FOUR].to_numpy().max(axis=1).tolist()
    assert np.allclose(judged["q_all"], false_discovery_control(judged["p_all"]), rtol=1e-14)
    assert judged["significant_fdr"].tolist() == (judged["q_all"] < LEVEL).tolist()
    table, draws = hand_made
    untested = judge(table.assign(p_mw=[np.nan, 0.02, 0.03]), draws, LEVEL)
    assert np.isnan(untested.loc[0, ["p_all", "q_all"]].astype(float)).all()
    assert not untested.loc[0, "significant_fdr"]
    others = untested.loc[1:, "p_all"]
    assert np.allclose(untested.loc[1:, "q_all"], false_discovery_control(others), rtol=1e-14)


def test_rows_that_nothing_tells_apart_count_once(hand_made):
    table, draws = hand_made
    exponents = [-3.0, -2.0, -1.0]
    row, own = (one[one["exponent"].eq(-4) & one["variable"].eq("a")] for one in (table, draws))
    again, more = ([one.assign(exponent=n) for n in exponents] for one in (row, own))
    few = judge(table, draws, LEVEL)
    many = judge(
        pd.concat([table, *again], ignore_index=True),
        pd.concat([draws, *more], ignore_index=True),
        LEVEL,
    )
    assert many["q_all"].tolist() == [*few["q_all"], *(3 * [few["q_all"][1]])]
    assert many["q_mw"].tolist() != [*few["q_mw"], *(3 * [few["q_mw"][1]])]
    # the same numbers for another variable are another finding
    renamed = judge(
        pd.concat([table, again[0].assign(variable="c", exponent=-4)], ignore_index=True),
        pd.concat([draws, more[0].assign(variable="c", exponent=-4.0)], ignore_index=True),
        LEVEL,
    )
    assert np.allclose(renamed["q_all"], false_discovery_control(renamed["p_all"]), rtol=1e-14)


def test_contiguous_classes_are_kept_apart_from_scattered_ones(hand_made):
    table, draws = hand_made
    plain = judge(table, draws, LEVEL)
    near = ["p_near_U", "p_near_hamming", "hamming_near_q05"]
    assert plain[near].isna().all(axis=None)
    assert (plain["n_near"] == 0).all()
    patches = draws[draws["draw"] < 20].assign(
        null="contiguous", hamming=lambda one: one["hamming"] - 8, effect_mw=0.1
    )
    both = judge(table, pd.concat([draws.assign(null="scattered"), patches]), LEVEL)
    pd.testing.assert_frame_equal(
        both.drop(columns=[*near, "n_near"]), plain.drop(columns=[*near, "n_near"])
    )
    # patches have 2 to 21 wrong pairs: 4 (2 to 5) are as good as 5, 10 as good as 11, all as 40
    assert both["p_near_hamming"].tolist() == pytest.approx([5 / 21, 11 / 21, 1])
    assert both["p_near_U"].tolist() == [1, 1, 1]
    assert both["hamming_near_q05"].tolist() == pytest.approx(3 * [2.95])
    assert (both["n_near"] == 20).all()
    with pytest.raises(ValueError, match="no random classes"):
        judge(table, patches, LEVEL)


def judged_world(case, exponent, seed, count):
    table = evaluate(case, [exponent], drop_exact=False)
    draws = drawn(
        case, [exponent], first=0, count=count, seed=seed, job=("world",), drop_exact=False
    )
    return judge(table, draws, LEVEL).iloc[0]


def test_a_planted_inequality_is_found():
    """In at least nine of ten worlds of 36 zones; the penalty is that of the world."""
    found = []
    for seed in range(10):
        case = built(n=36, seed=seed, variables=FLOOD)
        p = two_class(case.surroundings, case.shapes["flood"] == 1, 1e-4)
        people = np.round(0.05 * case.surroundings.mass)
        row = judged_world(moving(case, p, people, seed), -4, seed, count=99)
        assert row["hamming"] < row["hamming_standard"]
        found.append(row["significant"])
    assert sum(found) >= 9


@pytest.mark.parametrize(("noise", "helps"), [(0.0, False), (2.5, True)])
def test_an_absent_inequality_is_found_at_the_stated_rate_only(noise, helps):
    """100 worlds without classes: at a level of 5 %, 13 or fewer with 99.9 % probability.

    In worlds rougher than radiation (``noise``) any class whatever reduces the wrong pairs, as in
    South Sudan, so the binomial test alone sees an effect nearly always; the comparison with
    random classes takes that back.
    """
    base = built(n=30, seed=1, variables=FLOOD)
    around, rng = base.surroundings, np.random.default_rng(7)
    rows = []
    for seed in range(100):
        p = standard(around) * rng.lognormal(0, noise, around.flow.shape)
        case = moving(base, p, np.round(0.05 * around.mass), seed)
        case = replace(case, shapes={"flood": rng.permutation(base.shapes["flood"])})
        rows.append(judged_world(case, -4, seed, count=39))
    table = pd.DataFrame(rows)
    most = binom.ppf(0.999, 100, LEVEL)
    assert most == 13
    for name in ("p_random_U", "p_random_hamming"):
        # 40 ranks are equally likely if none are tied: p <= 2 / 40 in 5 %
        below = int((table[name] <= LEVEL).sum())
        assert 1 <= below <= most  # none at all has 0.6 %
        assert table[name].median() == pytest.approx(0.5, abs=0.17)
    assert table["significant"].sum() <= most
    assert ((table["p_binomial"] < LEVEL).sum() > 90) == helps


def test_the_inequality_is_found_for_the_variable_that_has_it():
    """Classes that have nothing to do with the planted ones are not."""
    case = built(n=36, seed=2)
    apart = case.shapes["deaths"] * (1 - case.shapes["flood"])
    case = replace(case, shapes={"flood": case.shapes["flood"], "deaths": apart})
    p = two_class(case.surroundings, case.shapes["flood"] == 1, 1e-4)
    case = moving(case, p, np.round(0.05 * case.surroundings.mass))
    table = evaluate(case, EXPONENTS, drop_exact=False)
    draws = drawn(case, EXPONENTS, first=0, count=99, seed=0, job=("t",), drop_exact=False)
    verdicts = judge(table, draws, LEVEL).groupby("variable")["significant"].any()
    assert verdicts.to_dict() == {"flood": True, "deaths": False}
