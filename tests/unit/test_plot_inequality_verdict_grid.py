"""Figs 2d and 3a: fills follow the tests, words stay in their cells and on the paper."""

import numpy as np
import pandas as pd
import pytest

from movelaws.plotting import MM_PER_INCH
from movelaws.plotting.inequality import verdict_grid as module
from movelaws.plotting.inequality.verdict_grid import verdict_grid
from tests.unit.drawn_world import assert_texts_apart, drawn_texts

NAMES = ("Conflict", "Flood", "Conflict or flood", "Flood per resident", "Either per resident")


def table(variables=3, exponents=8, draws=200):
    """Verdicts of every kind: none, either half, both, and such as many tests would not bear."""
    rng = np.random.default_rng(4)
    rows = []
    for name in NAMES[:variables]:
        for n in range(-exponents, 0):
            p = rng.choice([0.49, 0.0085, 0.031, 3e-8, 4e-28, 1.0], size=2)
            share = rng.integers(0, draws, size=2) * rng.integers(0, 2, size=2)
            row = {
                "variable": name.lower(),
                "label": name,
                "exponent": n,
                "p_mw": p[0],
                "p_binomial": p[1],
                "q_mw": 3 * p[0],
                "q_binomial": 3 * p[1],
                "U": 100.0,
                "hamming": 50,
                "better_U": bool(share[0] < 0.05 * draws),
                "better_hamming": bool(share[1] < 0.05 * draws),
                "p_random_U": (share[0] + 1) / (draws + 1),
                "p_random_hamming": (share[1] + 1) / (draws + 1),
                "q_random_U": 0.06,
                "q_random_hamming": 0.01,
                "n_draws": draws,
            }
            row["significant"] = bool((p < 0.05).all() and (share < 0.05 * draws).all())
            rows.append(row)
    return pd.DataFrame(rows)


def fills(axes, gid):
    return [p for p in axes.patches if p.get_gid() == gid]


def words_of(axes):
    return [text.get_text() for text in axes.texts[2:]]  # after letter and title


@pytest.mark.parametrize(("variables", "exponents"), [(3, 8), (5, 8), (4, 6), (1, 1)])
@pytest.mark.parametrize("synthetic", [False, True])
def test_no_word_is_cut_off_or_meets_another(variables, exponents, synthetic):
    made = verdict_grid(table(variables, exponents), synthetic=synthetic)
    assert made.get_figwidth() * MM_PER_INCH == pytest.approx(183)
    assert_texts_apart(made)


def test_halves_and_cells_are_filled_where_the_conditions_hold():
    tests = table(5, 8)
    made = verdict_grid(tests)
    for axes, (p, statistic) in zip(
        made.axes, (("p_mw", "U"), ("p_binomial", "hamming")), strict=False
    ):
        left = tests[p] < 0.05
        right = tests[f"better_{statistic}"]
        assert len(fills(axes, "left")) == (left & ~right).sum()
        assert len(fills(axes, "right")) == (right & ~left).sum()
        assert len(fills(axes, "both")) == (left & right).sum()
    verdicts = made.axes[2]
    assert len(fills(verdicts, "both")) == tests["significant"].sum()
    assert sum(word.startswith("yes") for word in words_of(verdicts)) == tests["significant"].sum()


def test_cells_lie_where_their_variable_and_exponent_say():
    tests = table(3, 4)
    tests = tests.assign(p_mw=0.9, significant=False, better_U=False)
    tests.loc[(tests["variable"] == "flood") & (tests["exponent"] == -3), "p_mw"] = 0.01
    drawn = fills(verdict_grid(tests.sample(frac=1, random_state=1)).axes[0], "left")
    names = list(tests.sample(frac=1, random_state=1)["variable"].unique())
    assert [patch.get_xy() for patch in drawn] == [(1.0, names.index("flood"))]


def test_shares_do_not_count_the_variable_itself():
    tests = table(1, 1, draws=200).assign(p_random_U=21 / 201, p_random_hamming=1 / 201)
    made = verdict_grid(tests)
    assert "10 %" in words_of(made.axes[0])[1]
    assert words_of(made.axes[1])[1].startswith("<0.5 %")
    more = verdict_grid(tests.assign(n_draws=1000, p_random_U=1 / 1001, q_random_U=0.01))
    assert words_of(more.axes[0])[1] == "<0.1 %"


def test_missing_rows_and_tests_are_hatched_and_only_then_explained():
    def said(made):
        return [text.get_text() for text, _ in drawn_texts(made)]

    whole = table()
    note = "no test: the numbers could not be computed"
    assert note not in said(verdict_grid(whole))
    tests = whole.drop(index=3)
    tests.loc[0, "p_mw"] = np.nan
    made = verdict_grid(tests)
    assert [len(fills(axes, "absent")) for axes in made.axes[:3]] == [2, 1, 2]
    assert note in said(made)


def test_the_dagger_marks_what_many_tests_do_not_bear():
    tests = table(1, 1).assign(p_mw=0.03, q_mw=0.09, p_binomial=0.03, q_binomial=0.04)
    tests = tests.assign(better_hamming=True, better_U=True)
    made = verdict_grid(tests)
    marked = [[t.get_gid() for t in axes.texts if t.get_text() == "†"] for axes in made.axes[:2]]
    assert marked == [["lost 0", "lost 1"], []]  # of P and of the share of random classes
    assert words_of(made.axes[0])[0] == words_of(made.axes[1])[0] == "0.03"
    corner, number = made.axes[0].texts[3], made.axes[0].texts[2]
    assert corner.get_position()[1] < number.get_position()[1]  # above it, for y goes down
    assert any("false discovery" in text.get_text() for text, _ in drawn_texts(made))
    calm = tests.assign(q_mw=0.01, q_random_U=0.01)
    assert not any("†" in text.get_text() for text, _ in drawn_texts(verdict_grid(calm)))


@pytest.mark.parametrize(
    ("p", "wide", "narrow"),
    [
        (0.4932, "0.49", "0.49"),
        (0.0047, "0.0047", "0.005"),
        (4.2e-28, r"$4\!\cdot\!10^{-28}$", "<$10^{-27}$"),
        (4.3e-7, r"$4\!\cdot\!10^{-7}$", "<$10^{-6}$"),
        (1e-7, "$10^{-7}$", "<$10^{-6}$"),
        (1e-320, "<$10^{-300}$", "<$10^{-300}$"),
    ],
)
def test_numbers_are_short(p, wide, narrow):
    assert module.compact(p) == wide
    assert module.compact(p, factor=False) == narrow


def test_tables_that_cannot_be_drawn_say_why():
    tests = table()
    with pytest.raises(ValueError, match="tests: no column 'p_mw'"):
        verdict_grid(tests.drop(columns="p_mw"))
    with pytest.raises(ValueError, match="tests: no rows"):
        verdict_grid(tests.iloc[:0])
    with pytest.raises(ValueError, match="'conflict' has exponent -8 more than once"):
        verdict_grid(pd.concat([tests, tests.iloc[:1]]))
    with pytest.raises(ValueError, match="level = 5"):
        verdict_grid(tests, level=5)
