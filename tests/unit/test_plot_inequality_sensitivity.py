"""Other shares of penalised zones: cells, numbers, the panels' layout and tables that fail."""

import numpy as np
import pandas as pd
import pytest

from movelaws.plotting import MM_PER_INCH
from movelaws.plotting.inequality.sensitivity import sensitivity
from tests.unit.drawn_world import assert_texts_apart, drawn_texts


def table(variables=3, exponents=8, shares=(0.05, 0.1, 0.2, 0.3, 0.4), draws=100):
    rng = np.random.default_rng(5)
    rows = [
        {
            "share": share,
            "variable": f"v{number}",
            "label": f"Variable number {number}",
            "exponent": n,
            "hamming": int(rng.integers(80, 120)),
            "hamming_standard": 100,
            "p_random_hamming": (int(rng.integers(0, draws + 1)) + 1) / (draws + 1),
            "significant": bool(rng.random() < 0.3),
            "n_draws": draws,
        }
        for share in shares
        for number in range(variables)
        for n in range(-exponents, 0)
    ]
    return pd.DataFrame(rows)


def panels_of(made, variables):
    return made.axes[:variables]


def green(axes):
    return [patch.get_xy() for patch in axes.patches if patch.get_gid() == "both"]


@pytest.mark.parametrize(("variables", "exponents"), [(3, 8), (5, 8), (4, 6), (1, 2), (2, 12)])
@pytest.mark.parametrize("synthetic", [False, True])
def test_no_word_is_cut_off_or_meets_another(variables, exponents, synthetic):
    made = sensitivity(table(variables, exponents).iloc[:-2], synthetic=synthetic)
    assert made.get_figwidth() * MM_PER_INCH == pytest.approx(183)
    assert_texts_apart(made)


def test_cells_are_green_where_the_verdict_is_significant():
    found = table()
    made = sensitivity(found.sample(frac=1, random_state=0).sort_values("variable"))
    for number, axes in enumerate(panels_of(made, 3)):
        part = found[(found["variable"] == f"v{number}") & found["significant"]]
        shares = sorted(found["share"].unique())
        expected = [
            (n + 8, shares.index(s)) for n, s in zip(part["exponent"], part["share"], strict=True)
        ]
        assert sorted(green(axes)) == sorted(expected)


def test_numbers_are_the_per_cent_of_random_classes_at_least_as_good():
    one = table(1, 4, shares=(0.1,), draws=1000).assign(
        p_random_hamming=np.array([1, 5, 31, 1001]) / 1001,
        hamming=[90, 90, 100, 110],
        significant=[True, False, False, False],
    )
    words = panels_of(sensitivity(one), 1)[0].texts
    numbers = [text for text in words if text.get_text() in ("<0.1", "0.4", "3", "100")]
    assert [text.get_text() for text in numbers] == ["<0.1", "0.4", "3", "100"]
    assert [text.get_fontstyle() for text in numbers] == ["normal", "normal", "italic", "italic"]
    assert [text.get_fontweight() for text in numbers] == ["bold", *["normal"] * 3]
    plain = sensitivity(one.drop(columns="n_draws").assign(p_random_hamming=0.27)).axes[0]
    assert [text.get_text() for text in plain.texts].count("27") == 4


def test_missing_cells_are_hatched_and_only_then_explained():
    def hatched(made):
        return sum(p.get_gid() == "absent" for axes in made.axes[:3] for p in axes.patches)

    note = "no test: the numbers could not be computed"
    assert hatched(sensitivity(table())) == 0
    assert note not in [text.get_text() for text, _ in drawn_texts(sensitivity(table()))]
    holes = table().drop(index=[4, 30])
    holes.loc[7, "p_random_hamming"] = np.nan
    assert hatched(sensitivity(holes)) == 3
    assert note in [text.get_text() for text, _ in drawn_texts(sensitivity(holes))]


def test_tables_that_cannot_be_drawn_say_why():
    found = table()
    with pytest.raises(ValueError, match="table: no column 'share'"):
        sensitivity(found.drop(columns="share"))
    with pytest.raises(ValueError, match="table: no rows"):
        sensitivity(found.iloc[:0])
    with pytest.raises(ValueError, match=r"table, share 0.05: variable 'v0' has exponent -8 more"):
        sensitivity(pd.concat([found, found.iloc[:1]]))
    with pytest.raises(ValueError, match="level = 0"):
        sensitivity(found, level=0)
