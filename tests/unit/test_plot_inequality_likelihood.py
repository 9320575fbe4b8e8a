"""Likelihood of penalties: what is marked where, the mirrored axis, and degenerate profiles."""

import numpy as np
import pandas as pd
import pytest

from movelaws.plotting import MM_PER_INCH
from movelaws.plotting.inequality.likelihood import LOOKS, likelihood
from tests.unit.drawn_world import assert_texts_apart

PEAKS = {"flood": (1e-5, 0.2), "both": (6e-7, 0.02), "conflict": (0.0, 0.0)}


def tables(mirrored=True, peaks=PEAKS, per_decade=8):
    grid = np.logspace(-9, -2, 7 * per_decade + 1)
    grid = np.concatenate([-grid[::-1] if mirrored else [], [0.0], grid])
    rows, profiles = [], []
    for name, (best, gain) in peaks.items():
        # x - x^2 / 2 has its maximum at the best penalty; without one the gain falls both ways
        x = grid / best if best else 0 * grid
        curve = 2 * gain * (x - x**2 / 2) if best else -1e3 * np.abs(grid)
        curve = np.where(np.abs(grid) > 2e-3, -np.inf, curve)
        profiles.append(
            pd.DataFrame({"variable": name, "delta_minus_1": grid, "gain_per_person": curve})
        )
        rows.append(
            {
                "variable": name,
                "label": name.capitalize(),
                "delta_minus_1": best,
                "low": 0.9 * best if best else (-1e-8 if mirrored else 0.0),
                "high": 1.2 * best if best else 3e-8,
                "gain_per_person": gain,
            }
        )
    return pd.DataFrame(rows), pd.concat(profiles, ignore_index=True)


def marked(axes, gid):
    return [line for line in axes.lines if line.get_gid() == gid]


@pytest.mark.parametrize("mirrored", [True, False])
@pytest.mark.parametrize("planted", [{}, {"flood": 1e-5}, {"flood": 2e-9}])
@pytest.mark.parametrize("scale", [1.0, 1e-6])
def test_no_word_is_cut_off_or_meets_another(mirrored, planted, scale):
    peaks = {name: (best, gain * scale) for name, (best, gain) in PEAKS.items()}
    made = likelihood(*tables(mirrored, peaks), planted=planted, synthetic=bool(planted))
    assert made.get_figwidth() * MM_PER_INCH == pytest.approx(183)
    assert_texts_apart(made)


def test_estimates_and_intervals_are_where_the_table_says():
    rows, profiles = tables()
    first, second = likelihood(rows, profiles, planted={}).axes
    for gid, axes, column in (("maximum", first, "gain_per_person"), ("estimate", second, None)):
        x, y = np.array([line.get_xydata()[0] for line in marked(axes, gid)]).T
        np.testing.assert_allclose(x, rows["delta_minus_1"])
        np.testing.assert_allclose(y, rows[column] if column else np.arange(3))
    ends = np.array([line.get_xdata() for line in marked(second, "interval")])
    np.testing.assert_allclose(ends, rows[["low", "high"]])


def test_curves_pass_through_the_maximum_and_all_of_it_is_in_view():
    rows, profiles = tables(per_decade=2)
    first = likelihood(rows, profiles, planted={}).axes[0]
    (low, high), (left, right) = first.get_ylim(), first.get_xlim()
    for line, row in zip(marked(first, "profile"), rows.itertuples(), strict=True):
        x, y = line.get_data()
        assert np.isfinite(y).all() and (np.diff(x) >= 0).all()
        assert np.any((x == row.delta_minus_1) & (y == row.gain_per_person))
        assert low < row.gain_per_person < high and left < row.low and row.high < right
        seen = x[y >= low]
        assert left < seen.min() and seen.max() < right
    assert low == pytest.approx(-0.2) and high == pytest.approx(0.24)


@pytest.mark.parametrize("per_decade", [2, 10])
def test_tried_penalties_are_dots(per_decade):
    rows, profiles = tables(per_decade=per_decade)
    first = likelihood(rows, profiles, planted={}).axes[0]
    for line, name in zip(marked(first, "profile"), rows["variable"], strict=True):
        assert line.get_marker() == "." and line.get_markersize() > 2
        tried = profiles[(profiles["variable"] == name) & np.isfinite(profiles["gain_per_person"])]
        assert set(tried["delta_minus_1"]) <= set(line.get_xdata())
        assert len(line.get_xdata()) == len(tried) + 1  # and the estimate, under its own mark


@pytest.mark.parametrize("mirrored", [True, False])
def test_the_better_off_side_is_there_if_it_was_tried(mirrored):
    axes = likelihood(*tables(mirrored), planted={}).axes[1]
    assert (axes.get_xlim()[0] < -1e-8) == mirrored
    assert ("better off" in axes.get_xlabel()) == mirrored
    assert "worse off" in axes.get_xlabel()
    to_paper = axes.get_xaxis_transform().transform
    at = [to_paper((x, 0))[0] for x in (1e-9, 1e-8, 1e-7, 1e-6, 0.0)]
    np.testing.assert_allclose(np.diff(at[:4]), at[1] - at[0], rtol=1e-6)
    if mirrored:
        assert to_paper((-1e-8, 0))[0] - at[4] == pytest.approx(at[4] - at[1])


def test_the_planted_penalty_is_drawn_for_its_variable_only():
    rows, profiles = tables()

    def planted(values):
        made = likelihood(rows, profiles, planted=values)
        return [c for axes in made.axes for c in axes.collections if c.get_gid() == "planted"]

    assert planted({}) == [] and planted({"rent": 1e-6}) == []
    drawn = planted({"flood": 2e-5})
    assert len(drawn) == 2
    assert all((c.get_segments()[0][:, 0] == 2e-5).all() for c in drawn)


def test_profiles_without_any_gain_can_be_drawn():
    rows, profiles = tables(False, {"conflict": (0.0, 0.0), "rent": (0.0, 1e-15)})
    made = likelihood(rows, profiles, planted={})
    low, high = made.axes[0].get_ylim()
    assert low < 0 < high
    gains = [t.get_text() for t in made.axes[1].texts if t.get_gid() == "gain"]
    assert gains == ["0", "0"]


def test_tables_that_cannot_be_drawn_say_why():
    rows, profiles = tables()
    with pytest.raises(ValueError, match="likelihood: no column 'low'"):
        likelihood(rows.drop(columns="low"), profiles, planted={})
    with pytest.raises(ValueError, match="profiles: no column 'variable'"):
        likelihood(rows, profiles.drop(columns="variable"), planted={})
    with pytest.raises(ValueError, match="likelihood: no rows"):
        likelihood(rows.iloc[:0], profiles, planted={})
    lost = profiles[profiles["variable"] != "both"]
    with pytest.raises(ValueError, match=r"no finite gain of variable 'both'; there are \['conf"):
        likelihood(rows, lost, planted={})
    many = pd.concat([rows.iloc[:1]] * (len(LOOKS) + 1))
    with pytest.raises(ValueError, match="likelihood: 9 variables, at most 8"):
        likelihood(many, profiles, planted={})
