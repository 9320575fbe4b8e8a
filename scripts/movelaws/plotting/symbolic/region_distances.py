"""How far people commute within and between regions, observed and predicted (paper 2, Fig. 4a)."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.symbolic import parts

COLUMNS = ("origin_region", "destination_region", "low_km", "high_km", "observed", "predicted")
LOOKS = (
    ("#4477AA", "o"),
    ("#CC3311", "s"),
    ("#228833", "D"),
    ("#AA3377", "^"),
    ("#997700", "v"),
    ("#0099BB", "P"),
    ("#555555", "X"),
)
"""Of regions, in their order (Paul Tol's schemes, the pale ones darkened)."""
_LEFT, _GAP_X, _GAP_Y, _TOP, _PANEL, _AXIS = 15.0, 10.0, 15.0, 6.5, 38.0, 9.5
_SHOWN = ("observed", "predicted")


@style()
def region_distances(
    table: pd.DataFrame,
    *,
    order: Sequence[str] = (),
    unit: str = "commuters",
    synthetic: bool = False,
) -> Figure:
    """Share of the flow per decade of distance: within regions, then out of each region.

    Per decade, not per kilometre: under a logarithmic axis of distance equal areas are then
    equal shares, and a hump of long journeys is as tall as it is heavy.

    Parameters
    ----------
    table : origin_region, destination_region, low_km and high_km of a bin, observed and predicted
        share of the flow per kilometre (1/km).
    order : of the regions; by default as they come.
    unit : of the flows.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing, ``order`` lacks a region, there are more than seven, or a bin has
        no positive lower edge.
    """
    parts.checked(table, COLUMNS, "regions_distances")
    if table.empty:
        return parts.nothing("No flows between regions were fitted.", synthetic=synthetic)
    there = list(dict.fromkeys([*table["origin_region"], *table["destination_region"]]))
    names = list(order) or there
    if set(there) - set(names):
        raise ValueError(f"order: {sorted(set(there) - set(names))[0]!r} is missing in {names}")
    if len(names) > len(LOOKS):
        raise ValueError(f"regions_distances: {len(names)} regions; at most {len(LOOKS)} are drawn")
    wrong = table.loc[~((table["low_km"] > 0) & (table["high_km"] > table["low_km"])), "low_km"]
    if len(wrong):
        raise ValueError(
            f"regions_distances: low_km {wrong.iloc[0]}: bins start above 0 km and end higher"
        )
    looks = dict(zip(names, LOOKS, strict=False))
    columns = 3
    deep = -(-(len(names) + 1) // columns)
    width = (WIDTH_DOUBLE - _LEFT - 3 - (columns - 1) * _GAP_X) / columns
    foot = 5.0
    made = figure(WIDTH_DOUBLE, _TOP + deep * _PANEL + (deep - 1) * _GAP_Y + _AXIS + foot)
    limits = (table["low_km"].min(), table["high_km"].max())
    within = table["origin_region"] == table["destination_region"]
    subsets = [("Within each region", table[within], "destination_region")]
    subsets += [
        (f"From {name} to", table[~within & (table["origin_region"] == name)], "destination_region")
        for name in names
    ]
    for number, (title, part, by) in enumerate(subsets):
        row, column = divmod(number, columns)
        axes = panels.axes_mm(
            made,
            _LEFT + column * (width + _GAP_X),
            _TOP + row * (_PANEL + _GAP_Y),
            width,
            _PANEL,
        )
        axes.set_xscale("log")
        axes.set_xlim(*limits)
        panels.decades(axes.xaxis)
        panels.letter(axes, number, title)
        _curves(axes, part, by, looks)
        if number + columns >= len(subsets):
            axes.set_xlabel("Distance (km)")
        if column == 0:
            axes.set_ylabel(f"Share of {unit}\nper decade of distance (no unit)")
    entries = {
        name: Line2D([], [], color=colour, marker=marker, ms=2.6, mew=0)
        for name, (colour, marker) in looks.items()
    }
    entries["observed"] = Line2D([], [], color=QUIET)
    entries["predicted"] = Line2D([], [], color=QUIET, ls=(0, (3, 1.5)))
    parts.key(made, entries, len(entries))
    panels.tag_synthetic(made, synthetic)
    return made


def per_decade(part: pd.DataFrame, column: str) -> np.ndarray:
    """Share of the flow per decade of distance in each bin, from the share per kilometre."""
    low, high = part["low_km"].to_numpy(float), part["high_km"].to_numpy(float)
    return part[column].to_numpy(float) * (high - low) / np.log10(high / low)


def _curves(axes: Axes, part: pd.DataFrame, by: str, looks: dict) -> None:
    if part.empty:
        axes.text(0.5, 0.5, "no flows", transform=axes.transAxes, ha="center", color=QUIET)
        axes.set_yticks([])
        return
    for region, bins in part.groupby(by, sort=False):
        bins = bins.sort_values("low_km")
        middle = np.sqrt(bins["low_km"] * bins["high_km"]).to_numpy()
        colour, marker = looks[region]
        for column, drawn in zip(
            _SHOWN,
            ({"marker": marker, "ms": 2.2, "mew": 0, "markevery": 3}, {"ls": (0, (3, 1.5))}),
            strict=True,
        ):
            axes.plot(middle, per_decade(bins, column), color=colour, lw=0.9, gid=column, **drawn)
    axes.set_ylim(0, axes.get_ylim()[1])
    axes.axhline(0, color=INK, lw=0.5)
