"""Maps: honest lines, projections, scales and thresholds."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import LogNorm
from pyproj import CRS

from movelaws import plotting
from movelaws.plotting import maps
from movelaws.plotting.flow_map import default_threshold, flow_map
from tests.unit.drawn_world import lab, predicted_flows, square_zones, texts


def test_lines_are_those_at_or_over_the_threshold_and_the_largest_lies_on_top():
    zones = square_zones()
    table = predicted_flows(zones)
    made = flow_map(zones, table, ["flow", "RM"], threshold=50)
    for axes, name in zip(made.axes, ["flow", "RM"], strict=False):
        (lines,) = axes.findobj(lambda artist: artist.get_gid() == "flows")
        assert lines.get_rasterized()
        assert len(lines.get_segments()) == (table[name] >= 50).sum() > 0
        assert np.all(np.diff(lines.get_linewidths()) >= 0)
        largest = table.loc[table[name].idxmax()]
        ends = zones.set_index("zone_id").loc[
            [largest["origin"], largest["destination"]], ["x", "y"]
        ]
        np.testing.assert_allclose(lines.get_segments()[-1], ends.to_numpy())


def test_the_map_says_what_it_draws():
    zones = square_zones()
    table = predicted_flows(zones)
    said = " ".join(
        t.get_text() for t in texts(flow_map(zones, table, ["flow", "RM"], threshold=50))
    )
    assert f"{(table['flow'] >= 50).sum():,} pairs drawn" in said
    assert "flows under 50 are not drawn" in said
    assert f"{len(table):,} pairs" in said
    assert re.search(r"RMSE [\d,.]+ commuters, CPC 0\.\d{3}", said)
    assert "Projection: Transverse Mercator (EPSG:27700)" in said


@pytest.mark.parametrize(
    ("tall", "count", "columns"),
    [(1, 1, 1), (1, 2, 2), (1, 3, 3), (1, 4, 2), (0.5, 1, 1), (0.5, 3, 2), (0.5, 4, 2)],
)
def test_panels_are_arranged_by_their_number_and_the_shape_of_the_land(tall, count, columns):
    zones = square_zones()
    zones["y"] = zones["y"] * tall
    zones["geometry"] = zones.scale(1, tall, origin=(0, 0))
    names = ["flow", "GMExp", "RM", "IO"][:count]
    made = flow_map(zones, predicted_flows(zones), names)
    boxes = [axes.get_position() for axes in made.axes[:count]]
    assert len({round(box.x0, 6) for box in boxes}) == columns
    assert len({round(box.y0, 6) for box in boxes}) == -(-count // columns)
    assert made.get_figheight() * plotting.MM_PER_INCH <= 201
    assert np.ptp([box.width for box in boxes]) < 1e-9


def test_headers_break_where_a_panel_is_too_narrow():
    zones = square_zones()
    label = "A name that is far too long for a third of the width"
    said = [t.get_text() for t in texts(
        flow_map(zones, predicted_flows(zones), ["flow", "RM", "IO"], label=label)
    )]  # fmt: skip
    assert {"Observed:", label} <= set(said)
    said = [t.get_text() for t in texts(
        flow_map(zones, predicted_flows(zones), ["flow", "RM", "IO"], label="Short")
    )]  # fmt: skip
    assert "Observed: Short" in said


def test_projections_are_named():
    assert maps.crs_name(CRS.from_epsg(5070)) == "Albers Equal Area (EPSG:5070)"
    town = maps.map_crs(square_zones(crs="EPSG:4326", west=-122.6, south=37.6, step=0.02))
    name = "Lambert Azimuthal Equal Area (centre 37.7° N, 122.5° W)"
    assert maps.crs_name(town) == name


def test_the_largest_flows_are_told_apart_and_none_is_black():
    shades = lab(maps.flow_colours()(np.linspace(0, 1, 9))[:, :3])
    assert np.all(np.diff(shades[:, 0]) < 0)
    assert np.linalg.norm(np.diff(shades, axis=0), axis=1).min() > 10
    assert np.linalg.norm(shades - [0, 0, 0], axis=1).min() > 50


def test_a_flow_to_nowhere_is_named():
    zones = square_zones()
    with pytest.raises(ValueError, match="predictions: origin 'Z035' is no zone"):
        flow_map(zones.iloc[:-1], predicted_flows(zones), ["flow"])


def test_point_zones_can_be_mapped():
    zones = square_zones(points=True)
    assert len(flow_map(zones, predicted_flows(zones), ["flow"]).axes) == 2


def centre(crs):
    """Latitude and longitude of the origin of a projection."""
    return tuple(p.value for p in crs.coordinate_operation.params[:2])


def test_projections():
    assert maps.map_crs(square_zones()).to_epsg() == 27700
    us = square_zones(crs="EPSG:4269", west=-120, south=30, step=8)
    us["y"] = us["y"].clip(upper=49)
    assert maps.map_crs(us).to_epsg() == 5070
    town = square_zones(crs="EPSG:4326", west=-122.6, south=37.6, step=0.02)
    assert maps.map_crs(town).coordinate_operation.method_name == "Lambert Azimuthal Equal Area"
    assert centre(maps.map_crs(town)) == pytest.approx((37.66, -122.54), abs=0.01)
    with pytest.raises(ValueError, match="no coordinate reference system"):
        maps.map_crs(square_zones(crs=None))


def test_islands_across_the_antimeridian_stay_together():
    zones = square_zones(crs="EPSG:4326", west=177, south=-20, step=1)
    zones["x"] = (zones["x"] + 180) % 360 - 180
    assert abs(centre(maps.map_crs(zones))[1]) == pytest.approx(180, abs=0.1)


def test_scale_bar_is_true_to_the_map():
    under = maps.ground(square_zones())
    axes = plotting.figure(89, 80).subplots()
    maps.base_map(axes, under)
    length_km = maps.scale_bar(axes, under)
    (bar,) = axes.lines
    assert np.ptp(bar.get_xdata()) == pytest.approx(1000 * length_km)
    assert length_km == 10
    assert [t.get_text() for t in axes.texts] == ["10 km"]


@given(st.floats(1e-3, 1e6))
def test_round_lengths_are_round_and_fit(longest):
    length = maps.round_length(longest)
    assert 0.39 * longest < length <= longest * (1 + 1e-12)
    assert f"{length:e}"[0] in "125"


@given(
    st.lists(st.tuples(st.floats(0.5, 1e6), st.floats(0.1, 50)), min_size=1, max_size=100),
    st.floats(0, 500),
)
def test_threshold_spends_at_most_so_much_ink_and_is_the_smallest_round_one(lines, most):
    flow, length = np.array(lines).T
    threshold = default_threshold(flow, length, most)
    assert length[flow >= threshold].sum() <= most + 1e-9
    below = maps.round_length(threshold * 0.99)
    assert below < flow.min() or length[flow >= below].sum() > most - 1e-9


def test_nothing_to_draw_is_an_error():
    with pytest.raises(ValueError, match="no positive flow"):
        default_threshold(np.zeros(3), np.ones(3), 10.0)


def test_flow_lines_grow_with_the_flow():
    look = maps.line_look(np.array([1.0, 10.0, 1e4, 1e9]), LogNorm(1, 1e4))
    assert np.all(np.diff(look["linewidths"][:3]) > 0)
    assert np.all(np.diff(look["colors"][:3, 3]) > 0)
    assert look["linewidths"][3] == look["linewidths"][2]
