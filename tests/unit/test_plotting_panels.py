"""What panels share: labels, ticks, colours and densities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb

from movelaws import plotting
from movelaws.plotting import colours, panels
from movelaws.plotting.curve_labels import leaving
from movelaws.plotting.decay import distance_density, log_edges
from tests.unit.drawn_world import lab, predicted_flows, square_zones


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_labels_are_moved_apart_in_their_order(places):
    places = np.array(places)
    moved = panels.spread(places, 0.1)
    order = np.argsort(places, kind="stable")
    assert np.all(np.diff(moved[order]) >= 0.1 - 1e-9)
    assert moved.mean() == pytest.approx(places.mean(), abs=1e-9)


def test_labels_that_do_not_touch_stay():
    np.testing.assert_allclose(panels.spread(np.array([0.9, 0.1, 0.5]), 0.1), [0.9, 0.1, 0.5])


@pytest.mark.parametrize(
    ("limits", "labels"),
    [
        ((100, 400_000), ["100", "1,000", "10,000", "100,000"]),
        ((1150, 2500), ["1,500", "2,000"]),
        ((1, 10), ["1", "10"]),
        ((7e-7, 6e-6), ["$10^{-6}$", r"$3\times10^{-6}$"]),
        ((1e-7, 3e-5), ["$10^{-7}$", "$10^{-6}$", "$10^{-5}$"]),
    ],
)
def test_log_axes_have_decades_or_round_numbers_between(limits, labels):
    axes = plotting.figure(89, 80).subplots()
    axes.set_xscale("log")
    axes.set_xlim(*limits)
    panels.decades(axes.xaxis)
    assert [text.get_text() for text in axes.get_xticklabels()] == labels


def test_powers_of_ten():
    assert panels.power_of_ten(1e-3) == "$10^{-3}$"
    assert panels.power_of_ten(5e-7) == r"$5\times10^{-7}$"


def test_models_and_datasets_have_looks_of_their_own():
    looks = list(colours.MODELS.values())
    assert (
        len({look.colour for look in looks}) == len({look.marker for look in looks}) == len(looks)
    )
    assert len({look.colour for look in colours.PLACES.values()}) == len(colours.PLACES)
    assert colours.dataset("us_county_commuting") == colours.dataset("us_migration")
    assert colours.dataset("usual") == colours.dataset("usual") != colours.dataset("us_migration")
    assert colours.model("flow") == colours.OBSERVED
    assert colours.model("my_own") == colours.model("my_own")


def test_known_models_all_have_a_look():
    from movelaws.allocation.models import MODELS

    assert set(MODELS) <= set(colours.MODELS)


def test_density_times_width_sums_to_one():
    table = predicted_flows(square_zones())
    distance = table["distance_km"].to_numpy()
    edges = log_edges(distance)
    density = distance_density(distance, table["flow"].to_numpy(), edges)
    assert (density * np.diff(edges)).sum() == pytest.approx(1)
    assert edges[0] <= distance.min()
    assert edges[-1] > distance.max()
    np.testing.assert_allclose(np.diff(np.log10(edges)), 0.1)


@pytest.mark.parametrize("limits", [(1150, 2600), (330, 900), (2000, 2900), (1000, 1100), (1, 9)])
def test_short_log_axes_have_as_many_labels_as_wanted(limits):
    axes = plotting.figure(89, 80).subplots()
    axes.set_xscale("log")
    axes.set_xlim(*limits)
    panels.decades(axes.xaxis, least=3)
    ticks = axes.xaxis.get_majorticklocs()
    assert 3 <= len(ticks) <= 7
    assert limits[0] <= ticks.min() and ticks.max() <= limits[1]


@given(st.lists(st.floats(-1, 2), min_size=1, max_size=10))
def test_labels_stay_where_there_is_room(places):
    moved = np.sort(panels.spread(np.array(places), 0.1, 0.05, 0.95))
    assert moved[0] >= 0.05 - 1e-9 and moved[-1] <= 0.95 + 1e-9
    assert np.all(np.diff(moved) >= 0.1 - 1e-9)


@pytest.mark.parametrize(
    ("heights", "place"),
    [
        ([0.5, 0.4, 0.3], ("right", 0.3)),
        ([0.5, -0.5, -1.0], ("bottom", 0.25)),
        ([0.5, 0.5, -np.inf], ("bottom", 0.5)),
        ([-1.0, 0.5, 1.5], ("top", 0.75)),
        ([-1.0, -1.0, -1.0], ("bottom", 0.0)),
    ],
)
def test_curves_leave_by_the_side_where_they_end(heights, place):
    side, where = leaving(np.array([0.0, 0.5, 1.0]), np.array(heights))
    assert (side, where) == (place[0], pytest.approx(place[1]))


# Machado et al. 2009, IEEE Trans. Vis. Comput. Graph. 15:1291, severity 1, for linear RGB.
VISION = {
    "normal": np.eye(3),
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
}


@pytest.mark.parametrize("vision", VISION)
def test_models_differ_in_colour_for_colour_blind_readers(vision):
    looks = [colours.OBSERVED, *colours.MODELS.values()]
    shades = lab(to_rgb_rows(looks), np.array(VISION[vision]))
    apart = np.linalg.norm(shades[:, None] - shades, axis=2)[np.triu_indices(len(looks), 1)]
    assert apart.min() > 18


def to_rgb_rows(looks):
    return np.array([to_rgb(look.colour) for look in looks])
