"""A planner's page: where arrivals change, who loses, and what that adds up to."""

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from movelaws.plotting import (
    INK,
    MM_PER_INCH,
    QUIET,
    WIDTH_DOUBLE,
    figure,
    maps,
    panels,
    style,
)
from movelaws.plotting.choice import change_maps
from movelaws.plotting.choice import counterfactual_words as words
from movelaws.plotting.choice.change_maps import GAIN, LOSS

_EDGE, _GAP, _LINE = 1.0, 5.0, 3.6  # mm
_KEY, _LETTER = 13.0, 6.0
_LIST, _FACTS = 104.0, 72.0  # widths of the lower panels
_TALLEST_MAP = 92.0
_APART = 10.5  # mm, of the column without crowding
_GAINERS, _FLOWS = 8, 5
_LEAST_PRICE = 1.0005  # times as far; less is written as 1
_ROUNDING = 1e-6  # of the solver: a smaller share that changes is no change
_NEEDED = {
    "destinations": ["zone_id", "name", "before", "after", "change", "change_percent"],
    "origins": ["zone_id", "name", "outflow_before", "equivalent_distance_factor"],
    "flows": [
        "origin",
        "destination",
        "origin_name",
        "destination_name",
        "before",
        "after",
        "change",
    ],
    "summary": ["quantity", "before", "after", "change", "unit"],
}


@style()
def counterfactual_page(
    zones: gpd.GeoDataFrame,
    destinations: pd.DataFrame,
    origins: pd.DataFrame,
    flows: pd.DataFrame,
    summary: pd.DataFrame,
    *,
    sensitivity: pd.DataFrame | None = None,
    title: str = "",
    unit: str = "people",
    synthetic: bool = False,
    calibration: str = "",
    warning: str = "",
) -> Figure:
    """Maps of the change in arrivals and of the loss by origin, destinations that gain, totals.

    Parameters
    ----------
    zones : canonical zones, (n_zones,): polygons are coloured, points become circles.
    destinations, origins, flows, summary : tables of
        :class:`movelaws.choice.counterfactual_tables.Counterfactual`.
    sensitivity : table of :func:`movelaws.choice.counterfactual.sensitivity`: the range of other
        parameters that fit as well stands beside each response, that without crowding apart.
    title : of the counterfactual, over the page.
    unit : of the flows, such as "commuters".
    synthetic : add a tag that says so.
    calibration, warning : what the parameters are and why not to trust them, see
        :func:`movelaws.plotting.choice.counterfactual_words.calibration_line` and
        ``calibration_warning``; lines of the heading, empty for none.

    Raises
    ------
    ValueError
        If a table lacks a column, or the zones of a table are not those of ``zones``.
    """
    given = {"destinations": destinations, "origins": origins, "flows": flows, "summary": summary}
    for name, table in given.items():
        panels.require_columns(table, _NEEDED[name], name)
    flows = _labelled(flows, destinations)
    destinations, origins = (_in_order(zones, given[n], n) for n in ("destinations", "origins"))
    changed = destinations["intervention"].fillna("").ne("").to_numpy()
    points = bool((zones.geometry.geom_type == "Point").all())
    under = maps.ground(zones, margin=0.06 if points else 0.02)
    lines = words.header(
        title, destinations, origins, summary, sensitivity, unit, calibration, warning
    )
    top = _EDGE + _LINE * len(lines) + 2.5
    width = (WIDTH_DOUBLE - 2 * _EDGE - _GAP) / 2
    aspect = (under.bounds[2] - under.bounds[0]) / (under.bounds[3] - under.bounds[1])
    height = min(width / aspect, _TALLEST_MAP)
    lists = top + _LETTER + height + _KEY + _LETTER
    rows = _rows(destinations, changed)
    responses = words.responses(summary, sensitivity)
    priced = int((rows["price"] > 1).sum())
    deep = _LINE * max(len(rows) + priced + 2, 12.5 + len(responses))
    made = figure(WIDTH_DOUBLE, lists + deep + _EDGE)
    _write_header(made, lines)
    layers = (
        change_maps.arrivals_layer(destinations, changed),
        change_maps.factor_layer(origins),
    )
    titles = ("Change in arrivals", "Who loses, by place of departure")
    if np.nanmax(layers[1].shown, initial=1.0) <= 1:
        titles = (titles[0], "Who gains, by place of departure")
    for number, layer in enumerate(layers):
        left = _EDGE + number * (width + _GAP)
        box = (left + (width - height * aspect) / 2, top + _LETTER, height * aspect, height)
        axes = panels.axes_mm(made, *box)
        change_maps.draw(axes, under, layer, changed, destinations["name"], box[2])
        place = panels.axes_mm(made, left, top + _LETTER, width, height)
        place.set_axis_off()
        place.set_zorder(-1)
        panels.letter(place, number, titles[number])
        change_maps.key(made, layer, (left, top + _LETTER + height + 2.5, width), points)
    _destination_list(_sheet(made, _EDGE, lists, _LIST, deep), rows, unit)
    facts = _sheet(made, WIDTH_DOUBLE - _EDGE - _FACTS, lists, _FACTS, deep)
    _facts(facts, words.totals(summary, unit), responses, flows)
    panels.tag_synthetic(made, synthetic)
    return made


def _in_order(zones: gpd.GeoDataFrame, table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Rows of the table in the order of the zones; ids for names that several zones share."""
    if "intervention" not in table:
        raise ValueError(f"{name}: no column 'intervention'; there are {', '.join(table.columns)}")
    at = pd.Index(table["zone_id"].astype(str)).get_indexer(zones["zone_id"].astype(str))
    if (at < 0).any() or len(table) != len(zones):
        missing = zones["zone_id"].iloc[int(np.argmin(at))]
        raise ValueError(f"{name}: {len(table)} rows for {len(zones)} zones, zone {missing!r}")
    table = table.iloc[at].reset_index(drop=True)
    shared = table["name"].duplicated(keep=False)
    return table.assign(name=table["name"].mask(shared, table["zone_id"]))


def _labelled(flows: pd.DataFrame, zones: pd.DataFrame) -> pd.DataFrame:
    """Flows with ids for the names that several zones share."""
    shared = set(zones.loc[zones["name"].duplicated(keep=False), "name"])
    return flows.assign(
        **{
            f"{end}_name": flows[f"{end}_name"].mask(flows[f"{end}_name"].isin(shared), flows[end])
            for end in ("origin", "destination")
        }
    )


def _write_header(made: Figure, lines: list[tuple[str, dict]]) -> None:
    tall = made.get_figheight() * MM_PER_INCH
    for number, (text, look) in enumerate(lines):
        y = 1 - (_EDGE + _LINE * (number + 0.75)) / tall
        made.text(_EDGE / WIDTH_DOUBLE, y, text, va="baseline", **look)


def _sheet(made: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes without a frame whose data are millimetres from the upper left corner."""
    axes = panels.axes_mm(made, left, top, width, height)
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.set_axis_off()
    return axes


def _rows(destinations: pd.DataFrame, changed: np.ndarray) -> pd.DataFrame:
    """Changed destinations, the rest together where many, then those that gain most elsewhere."""
    columns = ["name", "before", "after", "change", "price"]
    priced = destinations.get("shadow_as_distance_factor", pd.Series(1.0, destinations.index))
    destinations = destinations.assign(price=priced.where(priced >= _LEAST_PRICE, 1.0))
    touched = destinations.loc[changed, columns]
    touched = touched.sort_values("change", key=lambda c: -c.abs(), kind="stable")
    if len(touched) > words.NAMED:
        touched, rest = touched.iloc[: words.NAMED - 1], touched.iloc[words.NAMED - 1 :]
        total = rest[["before", "after", "change"]].sum()
        name = f"{len(rest)} more changed zones"
        touched = pd.concat([touched, pd.DataFrame([{"name": name, **total, "price": 1.0}])])
    others = destinations.loc[~changed, columns]
    gain = others["change"] if (others["change"] > 0).any() else others["change"].abs()
    largest = others.loc[
        gain[gain > _ROUNDING * others["before"]].sort_values(ascending=False, kind="stable").index
    ]
    return pd.concat(
        [touched.assign(changed=True), largest.head(_GAINERS).assign(changed=False)],
        ignore_index=True,
    )


def _destination_list(axes: Axes, rows: pd.DataFrame, unit: str) -> None:
    """Name, bar of the change, before and after, price; bars of the unchanged share one scale."""
    others = rows[~rows["changed"]]
    gains = bool((others["change"] >= 0).all())
    what = "those that gain most" if gains else "the largest changes elsewhere"
    panels.letter(axes, 2, "Changed destinations" + (f", and {what}" if len(others) else ""))
    names, bars, right = 38.0, 26.0, _LIST
    longest = others["change"].abs().max() if len(others) else 1.0
    axes.text(right, 2.4, f"{unit} before → after (change)", ha="right", color=QUIET)
    y = 2.4
    for row, first in zip(
        rows.itertuples(), ~rows["changed"] & rows["changed"].shift(fill_value=True), strict=True
    ):
        y += _LINE * (1.5 if first else 1)
        weight = "bold" if row.changed else "normal"
        axes.text(names, y, _short(row.name), ha="right", va="baseline", fontweight=weight)
        if not row.changed:
            long = bars * abs(row.change) / longest
            axes.barh(y - 0.9, long, 2.0, left=names + 1.5, color=GAIN if row.change > 0 else LOSS)
        percent = 100 * row.change / row.before if row.before > 0 else np.nan
        text = f"{row.before:,.0f} → {row.after:,.0f}  ({words.signed(percent)} %)"
        axes.text(right, y, text, ha="right", va="baseline", fontweight=weight)
        if row.price > 1:  # of a full destination
            y += _LINE
            axes.text(right, y, words.price(row.price), ha="right", va="baseline")


def _facts(
    axes: Axes,
    said: list[tuple[str, str]],
    responses: list[tuple[str, str, str]],
    flows: pd.DataFrame,
) -> None:
    """Totals before and after, responses with their ranges, the single flows that grow most."""
    panels.letter(axes, 3, "In all")
    axes.text(_FACTS, 2.4, "before → after", ha="right", color=QUIET)
    y = 2.4
    for name, value in said:
        y += _LINE
        axes.text(0, y, name, va="baseline")
        axes.text(_FACTS, y, value, ha="right", va="baseline")
    y += 0.5 * _LINE
    apart = _APART if any(without for *_, without in responses) else 0.0
    for number, (name, value, without) in enumerate(responses):
        y += _LINE
        look = {"va": "baseline", "color": INK if number else QUIET}
        axes.text(0, y, name, **look)
        axes.text(_FACTS - apart, y, value, ha="right", **look)
        axes.text(_FACTS, y, without, ha="right", **look)
    grown = flows[flows["change"] > _ROUNDING * flows["before"]].nlargest(_FLOWS, "change")
    if grown.empty:
        return
    y += 1.5 * _LINE
    axes.text(0, y, "Single flows that grow most", va="baseline", color=QUIET)
    for flow in grown.itertuples():
        y += _LINE
        axes.text(0, y, _way(flow.origin_name, flow.destination_name), va="baseline")
        axes.text(_FACTS, y, f"{flow.before:,.0f} → {flow.after:,.0f}", ha="right", va="baseline")


def _way(origin: str, destination: str, most: int = 32) -> str:
    """Origin and destination; the longer name gives way first."""
    first = min(len(origin), max(most // 2, most - len(destination)))
    return f"{_short(origin, first)} → {_short(destination, most - first)}"


def _short(name: str, most: int = 25) -> str:
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"
