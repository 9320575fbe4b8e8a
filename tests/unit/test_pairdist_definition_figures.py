"""Figures 36 and 37: what they show is in the tables, nothing lies outside the page."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from movelaws.pairdist.definition import compare
from movelaws.plotting.pairdist.definition_map import COLOURS, definition_map, neighbour_colours
from movelaws.plotting.pairdist.definition_scan import LOOKS, READINGS, definition_scan
from tests.unit.test_pairdist_definition import PUBLISHED, SETTINGS, country


@pytest.fixture(scope="module")
def found():
    return compare(country(), "made_up", SETTINGS, published=PUBLISHED, planted=True, seed=1)


@pytest.fixture(scope="module")
def land():
    return gpd.GeoDataFrame(
        geometry=[shapely.box(5.98e5, 6.098e6, 6.06e5, 6.104e6)], crs="EPSG:25832"
    )


def within_page(made):
    made.canvas.draw()
    wide, tall = made.bbox.width, made.bbox.height
    for text in [t for axes in made.axes for t in axes.texts] + made.texts:
        box = text.get_window_extent()
        assert box.x0 >= -1, text.get_text()
        assert box.x1 <= wide + 1, text.get_text()
        assert box.y0 >= -1, text.get_text()
        assert box.y1 <= tall + 1, text.get_text()


def test_the_map_shows_all_places_twice_and_the_largest_city(found, land):
    made = definition_map(found.clusters, found.table, land, synthetic=True)
    assert len(made.axes) == 4
    letters = [next(t.get_text() for t in axes.texts if len(t.get_text()) == 1)
               for axes in made.axes]  # fmt: skip
    assert sorted(letters) == list("abcd")
    said = " ".join(t.get_text() for axes in made.axes for t in axes.texts)
    rows = found.table[(found.table["units"] == "merged") & (found.table["reading"] == "all")]
    for row in rows[rows["algorithm"].isin(["DBSCAN", "HDBSCAN"])].to_dict("records"):
        assert f"{row['algorithm']}: {row['towns_found']:.0f} towns, NMI {row['nmi']:.2f}" in said
    drawn = [c.get_offsets() for c in made.axes[0].collections if len(c.get_offsets()) > 1]
    assert sum(map(len, drawn)) == len(found.clusters)
    assert any("synthetic" in t.get_text() for t in made.texts)
    within_page(made)


def test_the_city_is_framed_within_the_country(found, land):
    made = definition_map(found.clusters, found.table, land)
    whole, city = made.axes[0], made.axes[1]
    frame = next(p for p in whole.patches)
    x, y = frame.get_xy()
    np.testing.assert_allclose((x, x + frame.get_width()), city.get_xlim())
    np.testing.assert_allclose((y, y + frame.get_height()), city.get_ylim())
    assert whole.get_xlim()[0] <= x
    assert x + frame.get_width() <= whole.get_xlim()[1]


def test_the_map_needs_no_land(found):
    definition_map(
        found.clusters,
        found.table,
        gpd.GeoDataFrame(geometry=gpd.GeoSeries([], crs="EPSG:25832")),
    )


def test_neighbouring_towns_differ_in_colour():
    rng = np.random.default_rng(1)
    centres = rng.uniform(0, 100, (300, 2))
    colour = neighbour_colours(centres, len(COLOURS), 3)
    apart = np.hypot(*(centres[:, None] - centres).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    nearest = apart.argmin(axis=1)
    assert np.mean(colour != colour[nearest]) > 0.99
    assert set(colour) == set(range(len(COLOURS)))
    assert neighbour_colours(np.zeros((0, 2)), 3).size == 0
    assert neighbour_colours(np.zeros((1, 2)), 3).tolist() == [0]


def test_the_scan_shows_every_parameter_and_frames_the_best(found):
    made = definition_scan(found.scan, found.table, synthetic=True)
    maps, dots = made.axes[:4], made.axes[4:6]
    assert [axes.images[0].get_array().shape for axes in maps] == [(2, 1), (2, 2)] * 2
    scan = found.scan[found.scan["units"] == "merged"]
    for axes, (reading, algorithm) in zip(
        maps, [(r, a) for r in ("all", "official") for a in ("HDBSCAN", "DBSCAN")], strict=True
    ):
        tried = scan[(scan["reading"] == reading) & (scan["algorithm"] == algorithm)]
        assert axes.images[0].get_array().max() == tried["nmi"].max()
        assert len(axes.patches) == 1
    for axes, units in zip(dots, ("merged", "separate"), strict=True):
        rows = found.table[found.table["units"] == units]
        points = [line.get_xdata()[0] for line in axes.lines if len(line.get_xdata()) == 1]
        expected = [*rows["nmi"], *rows["heldout_nmi"].dropna()]
        np.testing.assert_allclose(sorted(points), sorted(expected))
        assert len(axes.get_yticks()) == len(READINGS)
    assert set(rows["algorithm"]) == set(LOOKS)
    within_page(made)


def test_units_that_do_not_exist_leave_a_panel_that_says_so(found):
    table = found.table[found.table["units"] == "merged"]
    lost = pd.DataFrame([{"units": "separate", "note": "left out"}])
    made = definition_scan(found.scan, pd.concat([table, lost], ignore_index=True))
    assert any("no such units" in t.get_text() for axes in made.axes for t in axes.texts)


def test_a_missing_column_is_named(found, land):
    with pytest.raises(ValueError, match="clusters: no column 'merged'"):
        definition_map(found.clusters.drop(columns="merged"), found.table, land)
    with pytest.raises(ValueError, match="scan: no column 'nmi'"):
        definition_scan(found.scan.drop(columns="nmi"), found.table)


def test_where_hdbscan_had_too_few_places_the_figures_say_so(land):
    grid = SETTINGS | {"hdbscan": {"min_cluster_size": [999], "min_samples": [5]}}
    few = compare(country(), "few", grid, seed=1)
    drawn = definition_map(few.clusters, few.table, land)
    said = " ".join(t.get_text() for axes in drawn.axes for t in axes.texts)
    assert "HDBSCAN: too few places" in said
    made = definition_scan(few.scan, few.table)
    said = [t.get_text() for axes in made.axes for t in axes.texts]
    assert said.count("too few places") == 2
    within_page(made)
