"""Fig. 1d: what is drawn, that it stays on the paper, and tables that cannot be drawn."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from movelaws import plotting
from movelaws.inequality import two_cities as model
from movelaws.inequality.benefits import Exponential, Uniform
from movelaws.plotting import MM_PER_INCH
from movelaws.plotting.inequality.two_cities import two_cities
from tests.unit.drawn_world import texts

KINDS = {"uniform": Uniform(), "exponential": Exponential()}


@pytest.fixture(scope="module")
def tables():
    curves = model.curves(excess=np.logspace(-7, 3, 61), benefits=KINDS)
    return curves, model.crossings([1e3, 1e4, 1e5], benefits=KINDS)


@pytest.fixture(scope="module")
def drawn(tables):
    return two_cities(*tables)


def test_three_panels_two_columns_wide_with_every_word_on_the_paper(drawn):
    assert drawn.get_figwidth() * MM_PER_INCH == pytest.approx(183)
    assert len(drawn.axes) == 3
    canvas = FigureCanvasAgg(drawn)
    canvas.draw()
    wide, tall = canvas.get_width_height()
    for axes in drawn.axes:
        box = axes.get_tightbbox()
        assert box.x0 > -1 and box.y0 > -1 and box.x1 < wide + 1 and box.y1 < tall + 1


def test_words_in_a_panel_do_not_meet(drawn):
    FigureCanvasAgg(drawn).draw()
    for axes in drawn.axes:
        boxes = [text.get_window_extent() for text in axes.texts if text.get_text()]
        for k, box in enumerate(boxes):
            assert not any(box.overlaps(other) for other in boxes[k + 1 :])


def test_words_of_panel_a_stay_clear_of_its_curves(drawn):
    FigureCanvasAgg(drawn).draw()
    first = drawn.axes[0]
    curves = [line for line in first.lines if len(line.get_xdata()) > 2]
    assert len(curves) == 2
    for line in curves:
        points = first.transData.transform(line.get_xydata())
        for text in first.texts:
            box = text.get_window_extent()
            assert not box.count_contains(points)


def test_the_crossing_is_marked_and_written(tables, drawn):
    crossings = tables[1]
    at = crossings.query("benefit == 'uniform' and n1 == 1e4")["delta_minus_1"].item()
    (mark,) = (line for line in drawn.axes[0].lines if line.get_gid() == "crossing")
    assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (pytest.approx(at), 0.5)
    assert any(r"$6.8\times10^{-5}$" in text.get_text() for text in texts(drawn))


def test_the_size_of_the_other_panels_is_named(drawn):
    assert "$n_1$ of a and b" in [text.get_text() for text in drawn.axes[2].texts]


def test_every_distribution_is_named_and_its_numbers_are_those_of_the_tables(tables, drawn):
    curves, crossings = tables
    (key,) = drawn.legends
    assert [text.get_text() for text in key.get_texts()] == list(KINDS)
    for name in KINDS:
        part = curves[curves["benefit"] == name]
        assert any(np.array_equal(line.get_ydata(), part["p21"]) for line in drawn.axes[1].lines)
        part = crossings[crossings["benefit"] == name]
        assert any(
            np.array_equal(line.get_ydata(), part["delta_minus_1"]) for line in drawn.axes[2].lines
        )


def test_rows_in_any_order_draw_the_same(tables, tmp_path):
    files = [tmp_path / "first.png", tmp_path / "second.png"]
    plotting.save(two_cities(*tables), [files[0]])
    shuffled = [
        table.sample(frac=1, random_state=0).sort_values("benefit", ascending=False, kind="stable")
        for table in tables
    ]
    plotting.save(two_cities(*shuffled), [files[1]])
    assert files[0].read_bytes() == files[1].read_bytes()


def test_the_tables_survive_the_disk(tables, tmp_path):
    for number, table in enumerate(tables):
        table.to_csv(tmp_path / f"{number}.csv", index=False)
    two_cities(*(pd.read_csv(tmp_path / f"{number}.csv") for number in range(2)))


def test_tables_that_cannot_be_drawn_say_why(tables):
    curves, crossings = tables
    with pytest.raises(ValueError, match="curves: no column 'p21'"):
        two_cities(curves.drop(columns="p21"), crossings)
    with pytest.raises(ValueError, match="curves: no benefit 'uniform'"):
        two_cities(curves[curves["benefit"] != "uniform"], crossings)
    with pytest.raises(ValueError, match=r"crossings: benefits \['uniform'\]"):
        two_cities(curves, crossings[crossings["benefit"] == "uniform"])
    with pytest.raises(ValueError, match="crossings: none of 'uniform' for n1 = 10000"):
        two_cities(curves, crossings[crossings["n1"] != 1e4])
    with pytest.raises(ValueError, match="curves: 2 pairs of n1 and n2"):
        two_cities(pd.concat([curves, curves.assign(n1=5.0)]), crossings)
    many = pd.concat([curves.assign(benefit=name) for name in ["uniform", *"abcdef"]])
    with pytest.raises(ValueError, match="curves: 7 benefits, at most 6"):
        two_cities(many, crossings)
