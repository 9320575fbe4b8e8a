"""The planner's page: what it says is in the tables, and nothing runs over anything."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from movelaws import plotting
from movelaws.plotting.choice import change_maps, counterfactual_words
from movelaws.plotting.choice.counterfactual import counterfactual_page
from tests.unit.drawn_world import drawn_texts, lab, square_zones, texts


def tables(zones, changed=(7,), seed=0, gain=False):
    rng = np.random.default_rng(seed)
    n = len(zones)
    names = [f"Town {i}" for i in range(n)]
    before = np.ceil(rng.lognormal(8, 1, n))
    percent = rng.uniform(0.5, 6, n)
    percent[list(changed)] = -40
    percent *= -1 if gain else 1
    touched = np.isin(np.arange(n), changed)
    destinations = pd.DataFrame(
        {
            "zone_id": zones["zone_id"],
            "name": names,
            "before": before,
            "after": before * (1 + percent / 100),
            "change": before * percent / 100,
            "change_percent": percent,
            "intervention": np.where(touched, "1.5 times as far", ""),
        }
    )
    origins = pd.DataFrame(
        {
            "zone_id": zones["zone_id"],
            "name": names,
            "outflow_before": before[::-1],
            "equivalent_distance_factor": rng.uniform(0.8, 0.99, n)
            if gain
            else rng.uniform(1.01, 1.2, n),
            "intervention": "",
        }
    )
    flows = pd.DataFrame(
        {
            "origin": "Z000",
            "destination": zones["zone_id"].iloc[1:7].to_numpy(),
            "origin_name": "Town 0",
            "destination_name": names[1:7],
            "before": 1000.0,
            "after": 1000.0 + np.arange(6),
            "change": np.arange(6.0),
        }
    )
    summary = pd.DataFrame(
        [
            ("travellers", 5e5, 5e5, 0, "people"),
            ("arrivals at changed destinations", 9e4, 5e4, -4e4, "people"),
            ("mean distance", 12.5, 12.25, -0.25, "km"),
            ("equivalent distance factor", 1, 0.9 if gain else 1.1, 0.1, "ratio"),
            ("travellers who change destination", 0, 0.0432, 0.0432, "share"),
            ("destinations at capacity", 0, 1, 1, "zones"),
        ],
        columns=["quantity", "before", "after", "change", "unit"],
    )
    return destinations, origins, flows, summary


def others(cases=("without crowding", "fits as well", "fits as well")):
    """Of a sensitivity to crowding."""
    return pd.DataFrame(
        {
            "case": cases,
            "gamma": [0.0, 1, 30],
            "largest_tried": [False, False, True],
            "moved_share": [0.12, 0.09, 0.02],
            "arrivals_change_percent": [-70.0, -60, -2],
            "equivalent_distance_factor": [1.04, 1.05, 29.9],
        }
    )


def said(made):
    return " | ".join(t.get_text() for t in texts(made))


def test_the_page_says_what_the_tables_say():
    zones = square_zones()
    destinations, origins, flows, summary = tables(zones)
    sensitivity = others()
    made = counterfactual_page(
        zones, destinations, origins, flows, summary, sensitivity=sensitivity,
        title="A toll", unit="commuters", synthetic=True,
    )  # fmt: skip
    words = said(made)
    assert "A toll" in words and "synthetic data" in words
    assert "Town 7: 1.5 times as far" in words
    assert "4.3 (2.0 to 9.0) % of 500,000 commuters go elsewhere" in words
    assert "as if all destinations were 1.1 (1.05 to 29.9) times as far" in words
    assert "In brackets: crowding that fits as well" in words
    assert "−44.4 (−60.0 to −2.0)" in words
    assert "90,000 → 50,000" in words and "12.50 → 12.25" in words
    assert "Town 0 → Town 6" in words
    assert "fitted (γ 1 to 30)" in words and "γ = 30 is the largest tried" in words
    assert "γ = 0" in words and "12.0" in words and "−70.0" in words and "1.04" in words
    best = destinations.drop(7).nlargest(8, "change")
    assert all(name in words for name in best["name"])
    assert "Who loses" in words
    assert made.get_figwidth() * plotting.MM_PER_INCH == pytest.approx(plotting.WIDTH_DOUBLE)


def test_no_crowding_is_part_of_the_range_where_it_fits_as_well():
    zones = square_zones()
    words = said(
        counterfactual_page(zones, *tables(zones), sensitivity=others(["fits as well"] * 3))
    )
    assert "fitted (γ 0 to 30)" in words and "4.3 (2.0 to 12.0)" in words
    assert "γ = 0" not in words
    alone = others(["without crowding"] * 3).head(1)
    words = said(counterfactual_page(zones, *tables(zones), sensitivity=alone))
    assert "4.3 % of" in words and "γ = 0" in words and "In brackets" not in words


def test_without_changed_destinations_or_distances_there_is_no_such_number():
    zones = square_zones()
    *given, summary = tables(zones, ())
    row = summary.set_index("quantity")
    row.loc["arrivals at changed destinations", ["before", "after"]] = 0
    row.loc["equivalent distance factor", "after"] = np.nan
    words = said(counterfactual_page(zones, *given, row.reset_index(), sensitivity=others()))
    assert "nan" not in words and "Arrivals at changed (%)" not in words


def test_the_rounding_of_the_solver_is_no_change():
    zones = square_zones()
    destinations, origins, flows, summary = tables(zones)
    still = destinations.assign(after=destinations["before"], change=1e-8, change_percent=1e-9)
    words = said(counterfactual_page(zones, still, origins, flows.assign(change=1e-8), summary))
    assert "(0 %)" in words and "gain most" not in words and "grow most" not in words


@pytest.mark.parametrize("points", [False, True])
@pytest.mark.parametrize("changed", [(7,), (0, 1, 2, 3, 4), ()])
@pytest.mark.parametrize("ranges", [False, True])
def test_no_text_leaves_the_page_or_meets_another(points, changed, ranges):
    zones = square_zones(points=points)
    made = counterfactual_page(
        zones, *tables(zones, changed), title="A long title " * 3,
        sensitivity=others() if ranges else None,
        calibration="Calibrated by likelihood", warning="A warning " * 20 if ranges else "",
    )  # fmt: skip
    page = made.bbox
    boxes = [(t.get_text(), box) for t, box in drawn_texts(made)]
    for word, box in boxes:
        assert page.x0 - 1 <= box.x0 and box.x1 <= page.x1 + 1, word
        assert page.y0 - 1 <= box.y0 and box.y1 <= page.y1 + 1, word
    for at, (word, box) in enumerate(boxes):
        for other, beside in boxes[at + 1 :]:
            assert not box.padded(-1).overlaps(beside.padded(-1)), (word, other)


def test_gains_are_called_gains():
    zones = square_zones()
    words = said(counterfactual_page(zones, *tables(zones, gain=True)))
    assert "Who gains" in words and "the largest changes elsewhere" in words


def test_the_scale_spans_the_zones_that_are_not_changed():
    destinations, *_ = tables(square_zones())
    changed = np.arange(36) == 7
    layer = change_maps.arrivals_layer(destinations, changed)
    assert (layer.norm.vmin, layer.norm.vmax) == (0, 6)
    assert layer.label == "Change in arrivals (%); outlined: −40.0"
    alone = change_maps.arrivals_layer(destinations.assign(change_percent=-12.0), np.full(36, True))
    assert (alone.norm.vmin, alone.norm.vmax) == (-15, 0)
    assert alone.label == "Change in arrivals (%)"
    still = change_maps.arrivals_layer(destinations.assign(change_percent=0.0), changed)
    assert (still.norm.vmin, still.norm.vmax) == (-1, 1)
    mixed = change_maps.arrivals_layer(destinations.assign(change_percent=[-6.0, 6] * 18), changed)
    assert mixed.norm.vmin == -mixed.norm.vmax


@pytest.mark.parametrize("sign", [1, -1])
def test_a_narrow_spread_fills_the_scale_and_the_changed_stand_apart(sign):
    destinations, *_ = tables(square_zones())
    changed = np.arange(36) == 7
    percent = sign * np.where(changed, -30.0, np.linspace(2.5, 2.7, 36))
    layer = change_maps.arrivals_layer(destinations.assign(change_percent=percent), changed)
    ends = sorted(sign * np.array([2.5, 2.7]))
    assert [layer.norm.vmin, layer.norm.vmax] == pytest.approx(ends)
    apart = layer.colours(layer.norm(percent[7]))[:3]
    assert apart == pytest.approx(to_rgb(change_maps.LOSS if sign > 0 else change_maps.GAIN))


def test_full_destinations_have_their_price_and_many_changed_ones_are_listed():
    zones = square_zones()
    destinations, *given = tables(zones, tuple(range(10)))
    priced = destinations.assign(
        shadow_as_distance_factor=np.where(destinations.index < 10, 1.571, 1.0)
    )
    words = said(counterfactual_page(zones, priced, *given))
    assert words.count("price: as if 1.57 times as far") == 7
    assert "3 more changed zones" in words
    largest = destinations.head(10).nsmallest(7, "change")["name"]
    assert all(f"| {name} |" in words for name in largest)
    eight = tables(zones, tuple(range(8)))
    words = said(counterfactual_page(zones, *eight))
    assert all(f"| Town {i} |" in words for i in range(8)) and "more changed" not in words
    assert "Town 0, Town 1, Town 2, Town 3, Town 4, Town 5, Town 6, Town 7: 1.5 times" in words


FACTS = {
    "objective": "poisson",
    "parameters": {"alpha": 2.4, "beta": 1.3, "gamma": 1.22},
    "at_edge": {},
    "attraction": "residential",
}


def test_the_page_says_what_it_was_calibrated_on_and_warns():
    line = counterfactual_words.calibration_line(FACTS)
    assert line == (
        "Calibrated by likelihood: α 2.4, β 1.3, γ 1.22; attraction: residential population"
    )
    assert counterfactual_words.calibration_warning(FACTS) == ""
    arrivals = FACTS | {"attraction": "arrivals"}
    warning = counterfactual_words.calibration_warning(arrivals)
    assert warning.startswith("Attraction is the observed arrivals: crowding cannot be told")
    both = counterfactual_words.calibration_warning(arrivals | {"at_edge": {"alpha": [0.0, 10.0]}})
    assert both.startswith("α stands at the edge of the box searched (0 to 10)")
    assert both.endswith("read the ranges")
    zones = square_zones()
    made = counterfactual_page(zones, *tables(zones), calibration=line, warning=warning)
    looks = {t.get_text(): t.get_color() for t in texts(made)}
    assert looks[line] == plotting.QUIET and looks[warning] == counterfactual_words.WARNING


def test_what_is_infinitely_far_is_called_closed():
    zones = square_zones()
    *given, summary = tables(zones)
    summary.loc[summary["quantity"] == "equivalent distance factor", "after"] = np.inf
    words = said(counterfactual_page(zones, *given, summary))
    assert "as if all destinations were practically closed" in words and "inf" not in words


@pytest.mark.parametrize(
    ("factors", "limits"),
    [
        ([1.01, 1.1, np.nan], (1, 1.1)),
        ([1.08, 1.1], (1.08, 1.1)),
        ([0.9, 0.99], (0.9, 1)),
        ([0.9, 1.05], (0.9, 1.1)),
        ([1.0, 1.0], (1, 1.001)),
        ([np.nan, np.nan], (1, 1.001)),
    ],
)
def test_factors_have_one_hue_unless_some_gain_and_some_lose(factors, limits):
    table = pd.DataFrame({"equivalent_distance_factor": factors, "outflow_before": 1.0})
    layer = change_maps.factor_layer(table)
    assert (layer.norm.vmin, layer.norm.vmax) == pytest.approx(limits)
    lightness = lab(layer.colours(np.linspace(0, 1, 11))[:, :3])[:, 0]
    one_way = np.diff(lightness)
    mixed = limits == (0.9, 1.1)
    assert mixed == bool((one_way > 0).any() and (one_way < 0).any())


def test_losses_and_gains_are_told_apart_without_red_or_green():
    """Simulation of deuteranopia by Machado et al. (2009)."""
    seen = np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
         [-0.011820, 0.042940, 0.968881]]
    )  # fmt: skip
    destinations = tables(square_zones())[0].assign(change_percent=[-6.0, 6] * 18)
    layer = change_maps.arrivals_layer(destinations, np.arange(36) == 7)
    ends = np.array([to_rgb(layer.colours(x)) for x in (0.1, 0.9)])
    assert np.linalg.norm(np.subtract(*lab(ends, seen))) > 40


def test_a_small_changed_place_is_magnified_where_its_surroundings_are_dense():
    full = square_zones(side=30)
    made = counterfactual_page(full, *tables(full, changed=(465,)))
    assert not any(axes.child_axes for axes in made.axes)  # it would hide zones
    column, row = np.arange(900) % 30, np.arange(900) // 30
    zones = full[(column > 10) | (row < 19)].reset_index(drop=True)
    at = int(np.flatnonzero(zones["zone_id"] == "Z465")[0])
    made = counterfactual_page(zones, *tables(zones, changed=(at,)))
    insets = [child for axes in made.axes for child in axes.child_axes]
    assert len(insets) == 2
    west, east = insets[0].get_xlim()
    x = zones["x"].iloc[at]
    assert west < x < east and (east - west) < 0.2 * np.ptp(zones["x"])
    coarse = square_zones()
    made = counterfactual_page(coarse, *tables(coarse))
    assert not any(axes.child_axes for axes in made.axes)


def test_zones_that_share_a_name_are_called_by_their_ids():
    zones = square_zones()
    given = tables(zones)
    for table in given[:2]:
        table["name"] = "Springfield"
    given[2]["destination_name"] = "Springfield"
    words = said(counterfactual_page(zones, *given))
    assert "Springfield" not in words and "Z007" in words


def test_what_cannot_be_drawn_is_named():
    zones = square_zones()
    destinations, origins, flows, summary = tables(zones)
    with pytest.raises(ValueError, match="origins: no column 'outflow_before'"):
        counterfactual_page(
            zones, destinations, origins.drop(columns="outflow_before"), flows, summary
        )
    with pytest.raises(ValueError, match="destinations: 35 rows for 36 zones, zone 'Z000'"):
        counterfactual_page(zones, destinations.iloc[1:], origins, flows, summary)
    with pytest.raises(ValueError, match="destinations: no column 'intervention'"):
        counterfactual_page(
            zones, destinations.drop(columns="intervention"), origins, flows, summary
        )


def test_equal_tables_give_equal_files(tmp_path):
    zones = square_zones()
    paths = [tmp_path / f"{i}.svg" for i in range(2)]
    for path in paths:
        plotting.save(counterfactual_page(zones, *tables(zones)), [path])
    assert paths[0].read_bytes() == paths[1].read_bytes()
