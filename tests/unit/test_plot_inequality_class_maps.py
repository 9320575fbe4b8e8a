"""Maps of the variables: shaded by value, the penalised zones outlined, unions as classes only."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from movelaws import plotting
from movelaws.plotting.inequality.class_maps import OUTLINE, class_maps
from tests.unit.drawn_world import drawn_texts, lab, square_zones, texts

LABELS = {"gini": "Gini index", "both": "Conflict or flood"}


def classes(zones):
    values = np.linspace(0.3, 0.6, len(zones))
    values[3] = np.nan
    return pd.DataFrame({
        "zone_id": zones["zone_id"], "name": zones["zone_id"], "value_gini": values,
        "shape_gini": np.clip((values - 0.55) / 0.05, 0, 1),
        "shape_both": (np.arange(len(zones)) % 9 == 0) * 1.0,
    }).fillna({"shape_gini": 0.0})  # fmt: skip


def named(axes, gid):
    return axes.findobj(lambda artist: artist.get_gid() == gid)


def maps_of(made):
    return [axes for axes in made.axes if named(axes, "zones") or named(axes, "penalised")]


def said(made):
    return [t.get_text() for t in texts(made)]


def test_every_variable_has_its_map_its_bar_and_its_numbers():
    zones = square_zones()
    table = classes(zones).sample(frac=1, random_state=1)  # any order of rows
    made = class_maps(zones, table, LABELS, synthetic=True)
    words, (gini, both) = said(made), maps_of(made)
    bad = int((table["shape_gini"] > 0).sum())
    assert f"penalised: {bad} of 36" in words and words.count("unknown: 1") == 1
    assert "penalised: 4 of 36" in words and "synthetic data" in words
    assert words.count("Gini index") == 2  # the panel and its colour bar
    assert words.count("Conflict or flood") == 1
    assert len(named(gini, "zones")[0].get_paths()) == 36
    (outlines,) = named(gini, "penalised")
    assert len(outlines.get_paths()) == bad
    np.testing.assert_allclose(outlines.get_edgecolor()[0, :3], to_rgb(OUTLINE))
    assert not named(both, "zones") and len(named(both, "penalised")[0].get_paths()) == 4
    assert "synthetic data" not in said(class_maps(zones, table, LABELS))


@pytest.mark.parametrize("skewed", [False, True])
def test_larger_values_are_darker_and_the_unknown_is_apart(skewed):
    zones = square_zones()
    table = classes(zones)
    if skewed:
        table["value_gini"] = (table["value_gini"] - 0.3) ** 5
    colours = named(maps_of(class_maps(zones, table, LABELS))[0], "zones")[0].get_facecolor()
    known = table["value_gini"].notna().to_numpy()
    shades = lab(colours[:, :3])
    assert (np.diff(shades[known, 0]) <= 1e-6).all()
    gaps = np.linalg.norm(shades[known] - shades[~known], axis=1)
    assert gaps.min() > 8
    steps = np.linalg.norm(np.diff(shades[known], axis=0), axis=1)
    assert steps.max() < (60 if skewed else 5)  # no jump that the values do not have


@pytest.mark.parametrize("name", ["Rent", "A name of a variable that leaves no room for more"])
def test_a_scale_that_is_not_linear_says_so(name):
    zones = square_zones()
    table = classes(zones)
    labels = {"gini": name, "both": "Both", "two": "Two"}
    table["shape_two"] = table["shape_both"]
    assert not any("square-root" in text for text in said(class_maps(zones, table, labels)))
    table["value_gini"] = (table["value_gini"] - 0.3) ** 5
    words = said(class_maps(zones, table, labels))
    short = len(name) < 10
    assert (f"{name}, square-root scale" if short else "square-root scale") in words


def test_a_variable_without_range_shows_the_classes_only():
    zones = square_zones()
    made = class_maps(zones, classes(zones).assign(value_gini=1.0), LABELS)
    assert not named(made, "zones") and len(named(made, "penalised")) == 2
    assert said(made).count("Gini index") == 1


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("points", [False, True])
def test_no_text_leaves_the_page_or_meets_another(count, points, tmp_path):
    zones = square_zones(points=points)
    table = classes(zones)
    for n in range(count):
        table[[f"value_v{n}", f"shape_v{n}"]] = table[["value_gini", "shape_gini"]]
    labels = {f"v{n}": "People displaced by floods" for n in range(count)}
    made = class_maps(zones, table, labels)
    boxes = drawn_texts(made)
    for at, (text, box) in enumerate(boxes):
        assert box.x0 > -1 and box.x1 < made.bbox.x1 + 1 and box.y0 > -1, text.get_text()
        for other, beside in boxes[at + 1 :]:
            assert not box.padded(-1).overlaps(beside.padded(-1)), (text, other)
    if count == 1:
        plotting.save(made, [tmp_path / "a.svg"])
        assert (tmp_path / "a.svg").stat().st_size < 2e6


def test_what_cannot_be_drawn_is_named():
    zones = square_zones()
    with pytest.raises(ValueError, match="labels: no variable"):
        class_maps(zones, classes(zones), {})
    with pytest.raises(ValueError, match="classes: no column 'shape_rent'"):
        class_maps(zones, classes(zones), {"rent": "Rent"})
    with pytest.raises(ValueError, match="classes: 0 rows, none for zone 'Z000'"):
        class_maps(zones, classes(zones).iloc[:0], LABELS)
