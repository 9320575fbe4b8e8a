"""Fig. S2: ranks, bins, pairs predicted to be empty, and that all words fit."""

import numpy as np
import pandas as pd
import pytest

from movelaws.plotting import MM_PER_INCH
from movelaws.plotting.inequality.rank_comparison import FEWEST, bins, rank_comparison, ranked
from tests.unit.drawn_world import drawn_texts


def flows(n=1500, size=3.0, seed=2):
    rng = np.random.default_rng(seed)
    true = np.exp(rng.normal(1.0, size, n))
    table = pd.DataFrame(
        {
            "flow": rng.poisson(true),
            "standard": np.floor(true * rng.lognormal(0, 0.4, n) + 0.5).astype(int),
            "modified": np.floor(true * rng.lognormal(0, 0.9, n) + 0.5).astype(int),
        }
    )
    return table[(table > 0).any(axis=1)]


def lines(axes, gid):
    return [line for line in axes.lines if line.get_gid() == gid]


@pytest.mark.parametrize("size", [0.6, 2.0, 3.5])
@pytest.mark.parametrize("synthetic", [False, True])
def test_no_word_is_cut_off_or_meets_another(size, synthetic):
    label = "modified (Conflict or flood per resident, $10^{-4}$)"
    made = rank_comparison(flows(size=size), unit="commuters", synthetic=synthetic, label=label)
    assert made.get_figwidth() * MM_PER_INCH == pytest.approx(183)
    boxes = drawn_texts(made)
    width, height = made.bbox.size
    for k, (text, box) in enumerate(boxes):
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, text
        for other, another in boxes[k + 1 :]:
            assert not box.overlaps(another), (text, other)
    assert label in [text.get_text() for text, _ in boxes]
    assert made.axes[0].get_ylabel() == "Flow (commuters)"


def test_curves_fall_and_hold_every_flow_above_nothing():
    table = flows()
    axes = rank_comparison(table, unit="people").axes[0]
    for column in ("flow", "standard", "modified"):
        (line,) = lines(axes, column)
        rank, value = line.get_data()
        np.testing.assert_array_equal(rank, np.arange(1, len(rank) + 1))
        np.testing.assert_array_equal(value, ranked(table[column]))
        assert value.sum() == table[column].sum() and value.min() > 0
        low, high = axes.get_ylim()
        assert (np.diff(value) <= 0).all() and low < value.min() and value.max() < high


def test_bins_are_octaves_and_few_pairs_join_those_below():
    observed = np.repeat([1.0, 2, 3, 4, 7, 8, 9, 40], [9, 5, 3, 4, 4, 6, 1, 2])
    found = bins(observed)
    sets = [set(observed[found == k]) for k in np.unique(found)]
    assert sets == [{1}, {2, 3}, {4, 7}, {8, 9, 40}]
    many = flows()["flow"].to_numpy(dtype=float)
    many = many[many > 0]
    assert np.bincount(bins(many))[np.unique(bins(many))].min() >= FEWEST
    assert (np.diff(bins(np.sort(many))) >= 0).all()


def test_medians_are_those_of_the_bins_and_a_perfect_model_lies_on_the_line():
    table = flows().query("flow > 0").assign(modified=lambda t: t["flow"])
    axes = rank_comparison(table, unit="people").axes[1]
    which = bins(table["flow"].to_numpy(dtype=float))
    for column in ("standard", "modified"):
        (marks,) = lines(axes, f"{column} median")
        expected = table.groupby(which)[column].median()
        np.testing.assert_allclose(marks.get_ydata(), np.maximum(expected, 0.35))
    x, y = lines(axes, "modified median")[0].get_data()
    assert np.abs(np.log2(y / x)).max() < 0.75
    (identity,) = lines(axes, "identity")
    np.testing.assert_array_equal(*identity.get_data())


def test_pairs_seen_empty_though_people_move_are_counted():
    table = pd.DataFrame(
        {"flow": [5, 4, 3, 0, 9], "standard": [0, 4, 0, 2, 8], "modified": [0, 0, 0, 0, 9]}
    )
    axes = rank_comparison(table, unit="people").axes[1]
    assert [text.get_text() for text in axes.texts if text.get_gid() == "count"] == [
        "Pairs where people move: 4",
        "standard predicts 0 in 2",
        "modified predicts 0 in 3",
    ]


def test_tables_that_cannot_be_drawn_say_why():
    table = flows()
    with pytest.raises(ValueError, match="flows: no column 'modified'"):
        rank_comparison(table.drop(columns="modified"), unit="people")
    with pytest.raises(ValueError, match="flows: flow is -1; it must be at least 0"):
        rank_comparison(table.assign(flow=-1), unit="people")
    with pytest.raises(ValueError, match="flows: standard is nan"):
        rank_comparison(table.assign(standard=np.nan), unit="people")
    with pytest.raises(ValueError, match="flows: standard is 0 everywhere"):
        rank_comparison(table.assign(standard=0), unit="people")
