"""Arrows of the flows that change most: as wide as the error, listed with their numbers."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from movelaws.plotting import INK
from movelaws.plotting.inequality.change_arrows import change_arrows
from movelaws.plotting.inequality.settlements import PENALISED_TEXT
from movelaws.plotting.inequality.ways import OVER, UNDER
from tests.unit.drawn_world import drawn_texts, square_zones, texts


def tables():
    zones = square_zones()
    observed = np.array([3.0, 50, 10, 0, 1200])
    standard = observed + np.array([40, -30, 12, 5, 800])
    modified = observed + np.array([0, -45, 2, 0, -100])
    changes = pd.DataFrame({
        "origin": ["Z000", "Z035", "Z005", "Z010", "Z011"],
        "destination": ["Z035", "Z000", "Z030", "Z011", "Z010"],
        "origin_name": [f"County {i}" for i in (0, 35, 5, 10, 11)],
        "destination_name": [f"County {i}" for i in (35, 0, 30, 11, 10)],
        "distance_km": [70.0, 70, 71, 10, 10], "flow": observed, "standard": standard,
        "modified": modified, "error_standard": standard - observed,
        "error_modified": modified - observed,
        "change_percent": 100 * (modified / standard - 1),
        "penalised_origin": [True, False, False, False, False],
        "penalised_destination": [False, True, False, False, False],
    })  # fmt: skip
    classes = pd.DataFrame({"zone_id": zones["zone_id"], "shape_rent": 0.0})
    classes.loc[0, "shape_rent"] = 0.4
    return zones, changes, classes


def drawn(axes):
    return {
        artist.get_gid(): artist
        for artist in axes.patches
        if str(artist.get_gid()).startswith("flow")
    }


def test_arrows_have_the_width_and_colour_of_their_error_and_the_list_its_numbers():
    made = change_arrows(*tables(), variable="rent", unit="commuters")
    standard, modified = drawn(made.axes[0]), drawn(made.axes[1])
    assert list(standard) == [f"flow {n}" for n in (5, 1, 2, 3, 4)]  # the widest first
    signs = [to_hex(standard[f"flow {n}"].get_facecolor()) for n in range(1, 6)]
    assert signs == [OVER, UNDER, OVER, OVER, OVER]
    wide = {name: arrow.get_arrowstyle().tail_width for name, arrow in standard.items()}
    assert wide["flow 5"] > wide["flow 1"] >= wide["flow 2"] and wide["flow 4"] > 0.3
    later = modified["flow 5"].get_arrowstyle().tail_width
    assert later / wide["flow 5"] == pytest.approx(100 / 800)  # one scale for both maps
    words = [t.get_text().strip() for t in texts(made)]
    for text in ("Standard model: 887 commuters wrong in these flows",
                 "Modified model: 147 commuters wrong in these flows", "a", "b",
                 "1,200", "2,000", "+800", "1,100", "−100", "−93", "County 35", "→"):  # fmt: skip
        assert text in words, text


def test_an_exact_flow_has_no_arrow_and_no_number_on_the_map():
    made = change_arrows(*tables(), variable="rent")
    assert sorted(drawn(made.axes[1])) == ["flow 2", "flow 3", "flow 5"]
    assert "no arrow: error 0 (flows 1 and 4 in b)" in [t.get_text() for t in texts(made)]
    zones, changes, classes = tables()
    every = change_arrows(zones, changes.assign(error_modified=3.0), classes, variable="rent")
    assert not any("no arrow" in t.get_text() for t in texts(every))
    numbers = [[t.get_text() for t in axes.texts if t.get_text().isdigit()] for axes in made.axes]
    assert sorted(numbers[0]) == list("12345") and sorted(numbers[1]) == list("235")


def test_penalised_names_are_orange():
    made = change_arrows(*tables(), variable="rent")
    colour = {
        (t.get_text(), to_hex(t.get_color())) for t in texts(made) if "County" in t.get_text()
    }
    assert ("County 0", PENALISED_TEXT) in colour and ("County 35", INK) in colour


@pytest.mark.parametrize("synthetic", [True, False])
def test_no_text_leaves_the_page_or_meets_another(synthetic):
    zones, changes, classes = tables()
    name = "A county with a name, New Hampshire"
    changes = changes.assign(origin_name=name, destination_name=name)
    made = change_arrows(zones, changes, classes, variable="rent", synthetic=synthetic)
    boxes = drawn_texts(made)
    assert ("synthetic data" in [t.get_text() for t, _ in boxes]) == synthetic
    for at, (text, box) in enumerate(boxes):
        assert box.x0 > -1 and box.x1 < made.bbox.x1 + 1 and box.y0 > -1, text.get_text()
        for other, beside in boxes[at + 1 :]:
            assert not box.padded(-1).overlaps(beside.padded(-1)), (text, other)


def test_models_without_error_and_infinite_changes_are_drawn():
    zones, changes, classes = tables()
    still = changes.assign(error_standard=0.0, error_modified=0.0, change_percent=np.inf)
    made = change_arrows(zones, still, classes, variable="rent")
    assert "∞" in [t.get_text() for t in texts(made)]


def test_what_cannot_be_drawn_is_named():
    zones, changes, classes = tables()
    with pytest.raises(ValueError, match="changes: no rows"):
        change_arrows(zones, changes.iloc[:0], classes, variable="rent")
    with pytest.raises(ValueError, match="changes: origin 'Z000' is no zone"):
        change_arrows(zones.iloc[1:], changes, classes, variable="rent")
    with pytest.raises(ValueError, match="changes: no column 'change_percent'"):
        change_arrows(zones, changes.drop(columns="change_percent"), classes, variable="rent")
    with pytest.raises(ValueError, match="classes: no column 'shape_gini'"):
        change_arrows(zones, changes, classes, variable="gini")
