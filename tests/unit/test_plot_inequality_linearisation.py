"""Linearised beside exact: curves are the table's, zeros have a place, words fit."""

import numpy as np
import pandas as pd
import pytest

from movelaws.plotting import MM_PER_INCH
from movelaws.plotting.inequality.linearisation import linearisation
from tests.unit.drawn_world import assert_texts_apart, drawn_texts

NAMES = ("Gini index", "Poverty rate", "Rent to income", "Unemployment")


def table(variables=4, exponents=6, pairs=18413):
    rows = []
    for at, name in enumerate(NAMES[:variables]):
        for k, n in enumerate(range(-3 - exponents, -3)):
            rows.append(
                {
                    "variable": name.lower(),
                    "label": name,
                    "exponent": n,
                    "clipped_low_share": 0.02 * max(k - 2, 0) / (at + 1),
                    "clipped_high_share": 2e-5 * max(k - 3, 0) / (at + 1),
                    "moved_share": min(10.0 ** (2 * n + 10) * (at + 1), 0.4),
                    "hamming_standard": pairs,
                    "hamming_linear": int(pairs * (1 + 0.02 * k**2)) + at,
                    "hamming_exact": pairs - 30 * k - at,
                }
            )
    return pd.DataFrame(rows)


def curves(axes, gid):
    return [line for line in axes.lines if line.get_gid() == gid]


@pytest.mark.parametrize(("variables", "exponents"), [(4, 6), (1, 1), (2, 3)])
@pytest.mark.parametrize("pairs", [18413, 340797, 0])
@pytest.mark.parametrize("synthetic", [False, True])
def test_no_word_is_cut_off_or_meets_another(variables, exponents, pairs, synthetic):
    made = linearisation(table(variables, exponents, pairs), synthetic=synthetic)
    assert made.get_figwidth() * MM_PER_INCH == pytest.approx(183)
    assert_texts_apart(made)


def test_curves_are_the_columns_of_the_table_by_rising_penalty():
    exact = table()
    made = linearisation(exact.sample(frac=1, random_state=3))
    for number, gid, column, factor in (
        (0, "low", "clipped_low_share", 100),
        (0, "high", "clipped_high_share", 100),
        (1, "moved", "moved_share", 100),
        (2, "linear", "hamming_linear", 1),
        (2, "exact", "hamming_exact", 1),
    ):
        found = curves(made.axes[number], gid)
        assert len(found) == 4
        heights = {tuple(np.round(line.get_ydata(), 12)) for line in found}
        for _, part in exact.groupby("variable"):
            assert tuple(np.round(factor * part[column], 12)) in heights
        for line in found:
            np.testing.assert_allclose(np.log10(line.get_xdata()), np.arange(-9, -3))
        low, high = made.axes[number].get_ylim()
        assert all(low < y < high for ys in heights for y in ys)
    (standard,) = curves(made.axes[2], "standard")
    assert set(standard.get_ydata()) == {18413}


def test_each_panel_names_its_own_lines():
    made = linearisation(table())
    said = [[t.get_text() for t in a.get_legend().get_texts()] if a.get_legend() else []
            for a in made.axes]  # fmt: skip
    assert said == [["below 0", "above 1"], [], ["linear", "exact", "standard model"]]
    (key,) = made.legends
    assert [t.get_text() for t in key.get_texts()] == list(NAMES)


def test_no_clipping_and_no_difference_can_be_drawn():
    exact = table().assign(clipped_low_share=0.0, clipped_high_share=0.0, moved_share=0.0)
    made = linearisation(exact)
    drawn_texts(made)
    assert made.axes[0].get_ylim()[0] < 0
    for line in curves(made.axes[1], "moved"):
        assert np.isnan(line.get_ydata()).all()


def test_tables_that_cannot_be_drawn_say_why():
    exact = table()
    with pytest.raises(ValueError, match="exact: no column 'moved_share'"):
        linearisation(exact.drop(columns="moved_share"))
    with pytest.raises(ValueError, match="exact: no rows"):
        linearisation(exact.iloc[:0])
    with pytest.raises(ValueError, match="'gini index' has exponent -9 more than once"):
        linearisation(pd.concat([exact, exact.iloc[:1]]))
    names = [f"v{k}" for k in range(9)]
    with pytest.raises(ValueError, match="exact: 9 variables, at most 8"):
        linearisation(pd.concat([exact.iloc[:1].assign(variable=n, label=n) for n in names]))
