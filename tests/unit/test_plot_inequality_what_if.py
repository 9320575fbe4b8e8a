"""The map of a what-if: struck zones, the largest changes, and what they add up to."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from movelaws import plotting
from movelaws.plotting.inequality.what_if_map import GAIN, LOSS, what_if_map
from tests.unit.drawn_world import drawn_texts, square_zones, texts


def tables(points=False, seed=0):
    zones = square_zones(points=points)
    n, rng = len(zones), np.random.default_rng(seed)
    before = rng.uniform(50, 4000, n).round()
    change = rng.normal(0, 40, n).round()
    change[[7, 8]] = [-3000, -900]
    before[[7, 8]] = [3500, 1000]
    names = np.array([f"Town {i}" for i in range(n)])
    destinations = pd.DataFrame({
        "zone_id": zones["zone_id"], "name": names, "struck": np.isin(np.arange(n), [7, 8]),
        "before": before, "after": before + change, "change": change,
        "change_percent": 100 * change / before,
    }).sort_values("change")  # fmt: skip
    origin, destination = np.arange(20), np.arange(10, 30)
    flows = pd.DataFrame({
        "origin": zones["zone_id"].to_numpy()[origin], "origin_name": names[origin],
        "destination": zones["zone_id"].to_numpy()[destination],
        "destination_name": names[destination], "distance_km": 30.0, "before": 100.0,
        "change": 10.0 * np.arange(20) - 100,
    })  # fmt: skip
    summary = pd.DataFrame(
        [("places struck", 2), ("delta - 1", 1e-5), ("people who move", 80_000),
         ("go elsewhere", 4000), ("mean distance before", 30.25), ("mean distance after", 31.0)],
        columns=["quantity", "value"],
    )  # fmt: skip
    return zones, destinations, flows, summary.assign(unit="")


def named(made, gid):
    return made.findobj(lambda artist: artist.get_gid() == gid)


def test_the_page_says_what_the_tables_say(tmp_path):
    zones, destinations, flows, summary = tables()
    made = what_if_map(zones, destinations, flows, summary, title="More floods", unit="movers")
    words = [t.get_text() for t in texts(made)]
    prose = " ".join(words)
    assert "More floods" in words and "synthetic data" not in words
    assert "Of 80,000 movers, 4,000 (5.0 %)" in prose
    assert "lose 3,900 of 4,500 arrivals." in prose.replace("\n", " ")
    assert "30.2 km before, 31.0 km" in prose and "$10^{-5}$" in prose
    ranked = destinations["change"].to_numpy()
    assert {"−3,000", "−900", f"+{ranked[-1]:.0f}", destinations["name"].iloc[-1]} <= set(words)
    assert "Town 0 → Town 10" in words  # the largest change of a flow
    plotting.save(made, [tmp_path / "a.svg"])
    assert (tmp_path / "a.svg").stat().st_size < 2e6


def test_the_map_has_struck_zones_and_arrows_by_the_sign_of_their_change():
    made = what_if_map(*tables(), title="More floods")
    (struck,) = named(made, "struck")
    assert len(struck.get_paths()) == 2 and struck.get_hatch()
    arrows = named(made, "change")
    assert len(arrows) == 15
    assert [to_hex(a.get_facecolor()) for a in arrows].count(LOSS) == 8  # all but ±20 and less
    wide = [arrow.get_arrowstyle().tail_width for arrow in arrows]
    assert wide == sorted(wide, reverse=True)
    (zones,) = named(made, "zones")
    colours, change = zones.get_facecolor(), tables()[1].sort_values("zone_id")["change"].to_numpy()
    assert (np.sign(colours[:, 2] - colours[:, 0]) == np.sign(change))[np.abs(change) > 5].all()
    assert len(named(made, "fewer")) == len(named(made, "more")) == 5
    assert {to_hex(bar.get_facecolor()) for bar in named(made, "more")} == {GAIN}


@pytest.mark.parametrize("points", [False, True])
@pytest.mark.parametrize("synthetic", [False, True])
def test_no_text_leaves_the_page_or_meets_another(points, synthetic):
    zones, destinations, flows, summary = tables(points)
    long = destinations.assign(name="A county with a name, New Hampshire")
    made = what_if_map(zones, long, flows, summary, title="A title", synthetic=synthetic)
    boxes = drawn_texts(made)
    assert ("synthetic data" in [t.get_text() for t, _ in boxes]) == synthetic
    for at, (text, box) in enumerate(boxes):
        assert box.x0 > -1 and box.x1 < made.bbox.x1 + 1 and box.y0 > -1, text.get_text()
        for other, beside in boxes[at + 1 :]:
            assert not box.padded(-1).overlaps(beside.padded(-1)), (text, other)


def test_distances_have_two_digits_below_ten_and_are_left_out_if_they_are_equal():
    zones, destinations, flows, summary = tables()

    def said(before, after):
        given = summary.assign(value=[*summary["value"][:4], before, after])
        made = what_if_map(zones, destinations, flows, given, title="T")
        return " ".join(t.get_text() for t in texts(made))

    assert "1.4 km before, 0.85 km" in said(1.44, 0.853)
    assert "Mean distance" not in said(1.41, 1.44) and "Mean distance" in said(1.4, 1.5)


def test_places_that_gain_and_no_change_can_be_drawn():
    zones, destinations, flows, summary = tables()
    better = destinations.assign(change=destinations["change"].abs())
    made = what_if_map(zones, better, flows, summary, title="Aid")
    assert "gain 3,900 beside" in " ".join(t.get_text() for t in texts(made))
    assert not named(made, "fewer")
    still = destinations.assign(change=0.0)
    made = what_if_map(zones, still, flows.assign(change=0.0), summary, title="Nothing")
    assert not named(made, "change") and "nan" not in " ".join(t.get_text() for t in texts(made))


def test_what_cannot_be_drawn_is_named():
    zones, destinations, flows, summary = tables()
    for broken, message in (
        ((destinations[destinations["zone_id"] != "Z000"], flows, summary), "none for zone 'Z000'"),
        ((destinations.drop(columns="struck"), flows, summary), "destinations: no column 'struck'"),
        ((destinations.assign(struck=False), flows, summary), "destinations: no zone is struck"),
        ((destinations, flows.assign(origin="here"), summary), "flows: origin 'here' is no zone"),
        ((destinations, flows, summary.iloc[:3]), "summary: no quantity 'go elsewhere'"),
    ):
        with pytest.raises(ValueError, match=message):
            what_if_map(zones, *broken, title="T")
