"""Figures of the search for laws: fronts, landscape, maps; what they draw is in the tables."""

import numpy as np
import pandas as pd
import pytest

from movelaws.plotting.symbolic import parts
from movelaws.plotting.symbolic.formulas import atoms, formula, lines, width
from movelaws.plotting.symbolic.fronts import PER_PAGE, fronts
from movelaws.plotting.symbolic.landscape import jittered, label_rows, landscape
from movelaws.plotting.symbolic.law_map import law_map
from movelaws.plotting.symbolic.losses import form, losses
from tests.unit.drawn_world import (
    SIX,
    assert_texts_apart,
    predicted_flows,
    square_zones,
    texts,
)

LAWS = {
    3: ("w_j / d", "distance decay; destination attraction"),
    5: ("w_j / 1.04^d", "distance decay; destination attraction"),
    7: ("w_j / exp(d^0.42)", "distance decay; destination attraction"),
    9: ("(w_j / (d * d + r_i))^1.19", "distance decay; destination attraction; origin"),
    11: ("(w_j - 6.2e-07 * r_j) / (d + w_i)^2.07", "distance decay; competition"),
    13: ("w_j^2 / r_j * 1.24^d", "distance decay"),
    15: (
        "(w_j / (d + w_i * exp(r_j / s_w))^2.07)^1.21 / (d + 0.31 * r_j)"
        " + exp((d + r_j / w_j)^0.43) - 2.3 * s_r",
        "distance decay; origin",
    ),
}
RATIO = dict(zip(LAWS, (1.0, 0.62, 0.565, 0.55, 0.54, 0.545, 0.53), strict=True))


def front(scale=2105.9, published=True):
    rows = [
        {
            "complexity": complexity,
            "rank": rank,
            "expression": text,
            "rmse": scale * RATIO[complexity] * (1 + 0.01 * (rank - 1)),
            "cpc": 0.7,
            "certified": complexity <= 7,
            "normalised_rmse": RATIO[complexity] * (1 + 0.01 * (rank - 1)),
            "effects": effects,
            "published_rmse": scale * RATIO[complexity] * 1.02
            if published and complexity <= 11 and rank == 1
            else np.nan,
        }
        for complexity, (text, effects) in LAWS.items()
        for rank in (1, 2)
    ]
    return pd.DataFrame(rows)


def models(scale=2105.9):
    ratio = np.array([1.0, 0.635, 0.622, 1.055, 0.823, 1.125])
    return pd.DataFrame(
        {
            "model": SIX,
            "complexity": [3, 5, 5, 11, 9, 7],
            "rmse": scale * ratio,
            "normalised_rmse": ratio,
        }
    )


def points(count=5000, bounds=True):
    rng = np.random.default_rng(2)
    complexity = rng.choice([3, 5, 7, 9], count)
    least = 2105.9 * np.array([RATIO[c] for c in complexity])
    return pd.DataFrame(
        {
            "complexity": complexity,
            "rmse": least * np.exp(rng.gamma(2.0, 0.3, count)),
            "state": np.where(
                (complexity < 7) | ~np.array(bounds),
                "exact",
                rng.choice(["exact", "upper", "lower"], count),
            ),
            "certified": complexity <= 7,
        }
    )


def words(figure):
    return {text.get_text() for text in texts(figure)}


def drawn(figure, gid):
    return [line for axes in figure.axes for line in axes.lines if line.get_gid() == gid]


def scattered(figure, gid):
    (found,) = [c for axes in figure.axes for c in axes.collections if c.get_gid() == gid]
    return found


@pytest.mark.parametrize(
    ("text", "typeset"),
    [
        ("w_j / 1.04^d", r"w_{j}\,/\,1.04^{d}"),
        ("(w_i + s_r)^-1.91", "(w_{i} + s_{r})^{-1.91}"),
        ("10.2 w_j - r_j", r"10.2\,w_{j} - r_{j}"),
        ("d * 1.02^d", r"d{\cdot}1.02^{d}"),
        ("6.2e-07 * r_j", r"6.2{\times}10^{-7}\,r_{j}"),
        ("4.9e-14^w_j", r"(4.9{\times}10^{-14})^{w_{j}}"),
        ("w_j^0.9 / 2.79^d^0.496", r"w_{j}^{0.9}\,/\,2.79^{d^{0.496}}"),
        ("exp(d^(0.5 + c1))", r"\mathrm{exp}(d^{0.5 + c_{1}})"),
    ],
)
def test_printed_expressions_become_mathtext_on_one_line(text, typeset):
    assert formula(text) == typeset
    assert width(f"${typeset}$") > 0


def test_what_cannot_be_typeset_is_named():
    with pytest.raises(ValueError, match=r"'w_j % 2'.*'%'"):
        formula("w_j % 2")
    with pytest.raises(ValueError, match="empty"):
        formula("  ")


def test_long_laws_are_broken_and_lose_nothing():
    law = LAWS[15][0]
    text, size = lines(law, 50.0)
    rows = text.split("\n")
    assert len(rows) > 1
    assert size == 7
    assert all(width(row) <= 50.5 for row in rows)
    joined = "".join(row.strip("$") for row in rows).replace(" ", "")
    assert joined == "".join(atoms(law)).replace(" ", "")
    assert lines("w_j / d", 50.0) == (r"$w_{j}\,/\,d$", 7)


def test_effects_decide_the_class():
    assert parts.effect_class("distance decay") == "decay"
    assert parts.effect_class("intervening opportunities") == "decay"
    assert parts.effect_class("distance decay; destination attraction") == "attraction"
    assert parts.effect_class("distance decay; competition") == "forms"
    assert parts.effect_class("competition; origin") == "origin"
    assert parts.effect_class(np.nan) == "decay"


def test_the_front_leaves_out_what_a_shorter_law_beats():
    assert list(parts.pareto(front())["complexity"]) == [3, 5, 7, 9, 11, 15]


def test_fronts_draw_the_table():
    (page,) = fronts({"us_county_commuting": front()}, {"us_county_commuting": models()}, labels={})
    (known,), (found,) = drawn(page, "certified"), drawn(page, "evolved")
    np.testing.assert_allclose(known.get_xydata(), [[3, 1.0], [5, 0.62], [7, 0.565]])
    np.testing.assert_allclose(found.get_xydata(), [[9, 0.55], [11, 0.54], [15, 0.53]])
    assert found.get_markerfacecolor() == "white"
    np.testing.assert_allclose(
        drawn(page, "published")[0].get_ydata(), [1.02 * RATIO[c] for c in (3, 5, 7, 9, 11)]
    )
    crosses = [line.get_xydata()[0] for line in drawn(page, "model")]
    inside = [(3, 1), (5, 0.622), (5, 0.635), (9, 0.823), (11, 1.055)]
    np.testing.assert_allclose(sorted(map(tuple, crosses)), inside)
    assert [line.get_xdata()[0] for line in drawn(page, "beyond")] == [7]
    assert "OPS\n1.12" in words(page)
    assert sum(text.get_gid() == "law" for text in texts(page)) == 6
    assert "2,105.9" in words(page)
    assert_texts_apart(page)


def gains(gain, low, high):
    unseen = {"heldout_gain": gain, "heldout_gain_low": low, "heldout_gain_high": high}
    return front().assign(**unseen)


@pytest.mark.parametrize(
    ("gain", "shown"),
    [
        ((9.4017, 0.4954, 17.53), "9.4 (0.5 to 18)"),
        ((-59.69, -86.02, -38.14), "−60 (−86 to −38)"),
        ((9.97, -1.47, 19.8), "10 (−1.5 to 20)"),
        ((5e-6, -8e-6, -0.0), "0"),
        ((-1234.0, -2000.0, -900.0), "< −100"),
    ],
)
def test_the_gain_held_out_stands_in_the_table(gain, shown):
    (made,) = fronts({"us": gains(*gain)}, {"us": models()}, labels={"us": "US"})
    assert {shown, "held-out gain (%)"} <= words(made)
    assert_texts_apart(made)


def test_a_gain_that_is_not_known_takes_no_room():
    for table in (front(), gains(np.nan, np.nan, np.nan)):
        (made,) = fronts({"us": table}, {"us": models()}, labels={"us": "US"})
        assert "held-out gain (%)" not in words(made)


@pytest.mark.parametrize("count", [1, 5])
def test_pages_hold_every_dataset(count):
    names = [f"place_{number}" for number in range(count)]
    pages = fronts(
        {name: front(published=number % 2 == 0) for number, name in enumerate(names)},
        dict.fromkeys(names, models()),
        labels={name: f"Place {name[-1]}" for name in names},
        synthetic=True,
    )
    assert len(pages) == -(-count // PER_PAGE)
    assert sum(len(drawn(page, "certified")) for page in pages) == count
    letters = [chr(ord("a") + number) for number in range(2 * count)]
    assert set(letters) <= set().union(*map(words, pages))
    for page in pages:
        assert "synthetic data" in words(page)
        assert_texts_apart(page)


def test_a_front_without_laws_says_so():
    (page,) = fronts({"us": front().head(0)}, {"us": models()}, labels={})
    assert "no law found" in words(page)


def test_fronts_name_what_is_missing():
    with pytest.raises(ValueError, match="no dataset"):
        fronts({}, {}, labels={})
    with pytest.raises(ValueError, match=r"tables\['us'\]: no column 'effects'"):
        fronts({"us": front().drop(columns="effects")}, {"us": models()}, labels={})
    with pytest.raises(ValueError, match="no table of dataset 'us'"):
        fronts({"us": front()}, {"england": models()}, labels={})


@pytest.mark.parametrize("bounds", [True, False])
def test_the_landscape_draws_every_law_as_one_image(bounds):
    table = points(bounds=bounds)
    made = landscape(table, front(), models(), label="US", dataset="us_county_commuting")
    columns = []
    for state in ("exact", "upper", "lower"):
        shown = scattered(made, state)
        assert shown.get_rasterized()
        drawn_rmse = np.sort(shown.get_offsets()[:, 1])
        np.testing.assert_allclose(drawn_rmse, np.sort(table.loc[table["state"] == state, "rmse"]))
        places = shown.get_offsets()[:, 0]
        columns.append(places[np.abs(places - 7) < 1])
    if bounds:  # each state has a column of its own
        assert columns[0].max() < columns[1].min()
        assert columns[1].max() < columns[2].min()
        assert any("by a lower bound only" in text for text in words(made))
    np.testing.assert_allclose(drawn(made, "front")[0].get_xdata(), [3, 5, 7])
    shaded = [p for axes in made.axes for p in axes.patches if p.get_gid() == "certified"]
    assert len(shaded) == 3
    assert len(drawn(made, "model")) == 6
    assert r"$w_{j}\,/\,1.04^{d}$" in words(made)
    assert_texts_apart(made)


def test_an_empty_landscape_says_so():
    empty = points().assign(rmse=np.inf)
    assert "No expression has a finite error." in words(landscape(empty, front(), models()))
    with pytest.raises(ValueError, match="landscape: no column 'state'"):
        landscape(points().drop(columns="state"), front(), models())
    with pytest.raises(ValueError, match="state 'bound' is unknown"):
        landscape(points().assign(state="bound"), front(), models())


def test_columns_of_points_stay_apart_and_repeat():
    complexity = np.repeat([3, 5], 500)
    crowd = np.tile(np.arange(1, 501.0), 2)
    once = jittered(complexity, crowd, 0.0, 0.85)
    assert (np.abs(once - complexity) <= 0.85).all()
    np.testing.assert_array_equal(once, jittered(complexity, crowd, 0.0, 0.85))
    assert np.abs(once[:50] - 3).max() < np.abs(once[450:500] - 3).max()


def test_labels_keep_clear_of_leaders():
    x, long = np.array([3.0, 5, 7, 9, 11]), [12.0, 30, 50, 20, 70]
    placed = label_rows(x, long, 8.0, (2.0, 12.0))
    assert placed[4][1] == -1
    spans = [
        (at - 0.1, at + wide / 8 + 0.1, row) for (at, row), wide in zip(placed, long, strict=True)
    ]
    for number, (_, _, row) in enumerate(spans[:4]):
        for other, (low, high, level) in enumerate(spans[:4]):
            if other != number and level < row:
                assert not low < x[number] < high


def test_law_maps_carry_the_laws():
    zones = square_zones()
    flows = predicted_flows(zones, ["complexity_5", "complexity_7"])
    made = law_map(zones, flows, front(), label="England", synthetic=True)
    said = " ".join(words(made))
    assert r"$w_{j}\,/\,1.04^{d}$" in said
    assert r"$w_{j}\,/\,\mathrm{exp}(d^{0.42})$" in said
    assert_texts_apart(made)
    with pytest.raises(ValueError, match=r"no law of complexity 4; there are 3, 5"):
        law_map(zones, flows.assign(complexity_4=1.0), front(), complexities=(4,))
    with pytest.raises(ValueError, match="no column 'complexity_9'"):
        law_map(zones, flows, front(), complexities=(9,))


def test_law_maps_of_a_short_search_show_what_it_has():
    zones = square_zones()
    flows = predicted_flows(zones, ["complexity_3"])
    said = " ".join(words(law_map(zones, flows, front(), label="England")))
    assert "Complexity 3" in said
    assert "Complexity 5" not in said


def test_losses_mark_the_forms_that_stay():
    table = pd.concat(
        front().assign(loss=loss, value=lambda t: t["rmse"]) for loss in ("mse", "poisson")
    )
    other = (table["loss"] == "poisson") & (table["complexity"] == 5)
    table.loc[other, "expression"] = "w_j / d^2.05"
    table.loc[(table["loss"] == "poisson") & (table["complexity"] == 7), "expression"] = (
        "w_j / exp(d^0.5)"
    )
    made = losses(table, label="US")
    same = [p for axes in made.axes for p in axes.patches if p.get_gid() == "same"]
    assert len(same) == len(LAWS) - 1
    np.testing.assert_allclose(
        drawn(made, "rmse")[0].get_ydata(), [2105.9 * RATIO[c] for c in LAWS]
    )
    assert_texts_apart(made)
    assert form("w_j / 1.04^d") == form("w_j / 1.11^d") != form("w_j / d^1.04")
    with pytest.raises(ValueError, match="loss 'huber'"):
        losses(table.assign(loss="huber"))
    assert "No law has a finite loss." in words(losses(table.head(0)))


def test_a_negative_factor_is_no_difference():
    assert formula("1.05^d + w_j * -0.0018") == "1.05^{d} + w_{j}(-0.0018)"
    assert formula("w_j * -3e-5^d") == r"w_{j}(-3{\times}10^{-5})^{d}"
    assert formula("-2 * d") == r"-2\,d"
