"""Laws between the regions of a country, beside the better gravity model (paper 2, Fig. 4b)."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.symbolic import parts
from movelaws.plotting.symbolic.formulas import lines
from movelaws.symbolic.parsing import parse
from movelaws.symbolic.printing import text

COLUMNS = (
    "origin_region",
    "destination_region",
    "flow",
    "complexity",
    "expression",
    "exponential_b",
    "power_b",
    "rmse_exponential",
    "rmse_power",
    "better",
    "direction",
    "better_percent",
    "same_as",
)
SAME = "#E2E2E2"
_DIRECTIONS = {"decays": "", "grows": "grows with distance", "flat": "distance hardly matters"}
_SHADES = 0.28  # of the scheme, either way: text stays readable on them
_LEFT, _TOP, _CELL, _KEY, _BEST = 21.0, 12.0, 23.0, 15.0, 20.0


@style()
def regions(table: pd.DataFrame, *, order: Sequence[str] = (), synthetic: bool = False) -> Figure:
    """A cell per origin (row) and destination (column) region with its law.

    Red cells: the law's RMSE is smaller than that of the better gravity model, which stands in
    parentheses; blue ones: larger; grey ones: they are the same law. The percentage is written as
    well, so that nothing rests on colour; red and blue of this scheme (ColorBrewer RdBu) are
    apart under every common colour blindness. Words say where that gravity model is no decay and
    where the other one errs as little.

    Parameters
    ----------
    table : origin_region, destination_region, flow, complexity, expression, exponential_b and
        power_b (of the gravity models, 1/km and no unit), their rmse_exponential and rmse_power,
        better ("exponential", "power" or "tie") and direction ("decays", "grows" or "flat", with
        distance, of the better one), better_percent (RMSE of the better one over ours, in percent
        above) and same_as ("exponential", "power" or nothing).
    order : of the regions; by default as they come.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing, ``order`` lacks a region, two rows share their regions, or a
        direction is unknown.
    """
    parts.checked(table, COLUMNS, "regions")
    if table.empty:
        return parts.nothing("No flows between regions were fitted.", synthetic=synthetic)
    there = list(dict.fromkeys([*table["origin_region"], *table["destination_region"]]))
    names = list(order) or there
    if set(there) - set(names):
        raise ValueError(f"order: {sorted(set(there) - set(names))[0]!r} is missing in {names}")
    pairs = table[["origin_region", "destination_region"]]
    if pairs.duplicated().any():
        twice = pairs[pairs.duplicated()].iloc[0].tolist()
        raise ValueError(f"regions: more than one row from {twice[0]!r} to {twice[1]!r}")
    for direction in set(table["direction"]) - set(_DIRECTIONS):
        raise ValueError(f"regions: direction {direction!r}: use {', '.join(_DIRECTIONS)}")
    wide = (WIDTH_DOUBLE - _LEFT) / len(names)
    made = figure(WIDTH_DOUBLE, _TOP + _CELL * len(names) + _KEY)
    axes = panels.axes_mm(made, 0, _TOP, WIDTH_DOUBLE, _CELL * len(names))
    parts.sheet(axes, WIDTH_DOUBLE, _CELL * len(names))
    most = float(np.nanmax(np.abs(table["better_percent"]), initial=1.0))
    norm = Normalize(-min(most, _BEST), min(most, _BEST))
    for at, name in enumerate(names):
        axes.text(_LEFT - 2, (at + 0.5) * _CELL, name, ha="right", va="center", fontweight="bold")
        axes.text(_LEFT + (at + 0.5) * wide, -1.5, name, ha="center", fontweight="bold")
    axes.text(_LEFT + wide * len(names) / 2, -6.5, "Workplace in", ha="center", color=QUIET)
    axes.text(_LEFT - 2, -1.5, "Residence in", ha="right", color=QUIET)
    for row in table.to_dict("records"):
        left = _LEFT + names.index(row["destination_region"]) * wide
        top = names.index(row["origin_region"]) * _CELL
        _cell(axes, row, (left, top, wide), norm, row["flow"] / table["flow"].sum())
    _bar(made, norm, most, len(names))
    panels.tag_synthetic(made, synthetic)
    return made


def gravity(row: dict) -> str:
    """The gravity model with the smaller RMSE, as printed."""
    if row["rmse_exponential"] <= row["rmse_power"]:
        return text(parse(f"w_j / {math.exp(row['exponential_b'])!r}^d"), 3)
    return text(parse(f"w_j / d^{float(row['power_b'])!r}"), 3)


def remark(row: dict) -> str:
    """What a reader would not expect of the gravity model with the smaller RMSE."""
    said = ["tie" * (row["better"] == "tie"), _DIRECTIONS[row["direction"]]]
    return "; ".join(words for words in said if words)


def _cell(axes: Axes, row: dict, place: tuple, norm: Normalize, share: float) -> None:
    left, top, wide = place
    same = isinstance(row["same_as"], str) and row["same_as"] != ""
    colour = SAME if same else colormaps["RdBu_r"](0.5 + _SHADES * _position(row, norm))
    axes.add_patch(
        Rectangle((left + 0.4, top + 0.4), wide - 0.8, _CELL - 0.8, fc=colour, lw=0, gid="cell")
    )
    middle = left + wide / 2
    law, size = lines(row["expression"], wide - 3)
    drawn = {"ha": "center", "va": "center", "color": INK}
    axes.text(
        middle,
        top + (9.0 if same else 5.6),
        law,
        fontsize=size,
        linespacing=1.25,
        gid="law",
        **drawn,
    )
    if not same:
        other, size = lines(gravity(row), wide - 6)
        axes.text(middle, top + 12.0, f"({other})", fontsize=size, gid="gravity", **drawn)
    axes.text(middle, top + 15.6, remark(row), gid="remark", **drawn)
    better = "same law" if same else _signed(row["better_percent"])
    axes.text(left + 2, top + _CELL - 3.2, better, va="center_baseline")
    axes.text(
        left + wide - 2,
        top + _CELL - 3.2,
        f"{100 * share:.2g} % of flow" if share < 0.1 else f"{100 * share:.1f} % of flow",
        ha="right",
        va="center_baseline",
        color=QUIET if same else INK,
    )


def _position(row: dict, norm: Normalize) -> float:
    """From -1 (worse) to 1 (better)."""
    value = row["better_percent"]
    return float(np.clip(value / norm.vmax, -1, 1)) if np.isfinite(value) else 0.0


def _signed(value: float) -> str:
    if not np.isfinite(value):
        return "no value"
    return f"{value:+.1f} %".replace("-", "−")


def _bar(made: Figure, norm: Normalize, most: float, count: int) -> None:
    axes = panels.axes_mm(made, WIDTH_DOUBLE / 2 - 30, _TOP + _CELL * count + 3.0, 60, 2.2)
    scheme = colormaps["RdBu_r"].resampled(256)
    pale = ListedColormap(scheme(np.linspace(0.5 - _SHADES, 0.5 + _SHADES, 256)))
    bar = made.colorbar(
        ScalarMappable(norm, pale),
        cax=axes,
        orientation="horizontal",
        extend="both" if most > _BEST else "neither",
    )
    bar.outline.set_linewidth(0.3)
    bar.set_label("RMSE of the better gravity model (in parentheses) above the law’s (%)")
