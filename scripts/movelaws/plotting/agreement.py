"""Published accuracy of the flow models beside ours."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, colours, figure, panels, style

COLUMNS = ["dataset", "model", "rmse", "cpc", "published_rmse", "published_cpc"]
_ROW, _FRAME, _TOP = 4.0, 15.0, 5.0
_BEYOND = 8  # times the tolerance: differences further out are put at the edge with their value


@style()
def agreement(
    baselines: pd.DataFrame,
    labels: Mapping[str, str],
    *,
    tolerance_percent: Mapping[str, float] | None = None,
    planted: Mapping[str, str] | None = None,
    unit: str = "commuters",
    synthetic: bool = False,
) -> Figure:
    """RMSE, CPC and, where values are published, the difference in RMSE: one row per dataset.

    Parameters
    ----------
    baselines : columns dataset, model, rmse, cpc, published_rmse, published_cpc (NaN where
        nothing is published).
    labels : name to show by dataset; its keys choose the datasets and their order.
    tolerance_percent : half width of the band of agreement by dataset.
    planted : the model that generated a synthetic dataset, by dataset: named in bold.
    unit : of the RMSE.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing, or a dataset has no rows.
    """
    panels.require_columns(baselines, COLUMNS, "baselines")
    parts = {name: baselines[baselines["dataset"] == name] for name in labels}
    for name, part in parts.items():
        if part.empty:
            there = ", ".join(map(str, baselines["dataset"].unique()))
            raise ValueError(f"baselines: no rows of dataset {name!r}; there are {there}")
    printed = any(part["published_rmse"].notna().any() for part in parts.values())
    heights = [_ROW * len(part) + _FRAME for part in parts.values()]
    made = figure(WIDTH_DOUBLE, sum(heights) + _TOP, constrained=True)
    grid = made.subplots(
        len(parts), 3 if printed else 2, squeeze=False, gridspec_kw={"height_ratios": heights}
    )
    for row, (name, part) in enumerate(parts.items()):
        first, second, *third = grid[row]
        _accuracy(first, part, "rmse", (planted or {}).get(name))
        first.set_xscale("log")
        first.set_xlim(first.get_xlim())
        panels.decades(first.xaxis, least=3)
        first.set_xlabel(f"RMSE ({unit})")
        _accuracy(second, part, "cpc", None)
        second.set_yticklabels([])
        second.set_xlim(0, 1)
        second.set_xlabel("CPC (share of flows in common)")
        if third and part["published_rmse"].notna().any():
            _difference(third[0], part, (tolerance_percent or {}).get(name))
        elif third:
            third[0].set_axis_off()
        panels.letter(first, row, labels[name])
    _key(grid[0, 1], printed)
    panels.tag_synthetic(made, synthetic)
    return made


def _accuracy(axes: Axes, part: pd.DataFrame, measure: str, planted: str | None) -> None:
    _rows(axes, part, planted)
    at = np.arange(len(part))
    axes.plot(
        part[f"published_{measure}"], at, "o", ms=6.5, mfc="none", mec=INK, mew=0.7, gid="published"
    )
    for y, model, value in zip(at, part["model"], part[measure], strict=True):
        look = colours.model(model)
        axes.plot(value, y, look.marker, color=look.colour, ms=3.6, mew=0)


def _difference(axes: Axes, part: pd.DataFrame, tolerance: float | None) -> None:
    _rows(axes, part, None)
    axes.set_yticklabels([])
    difference = 100 * (part["rmse"] / part["published_rmse"] - 1).to_numpy()
    largest = np.nanmax(np.abs(difference))
    limit = 1.15 * largest or 1.0
    if tolerance:
        limit = max(2 * tolerance, min(limit, _BEYOND * tolerance))
        axes.axvspan(-tolerance, tolerance, color="#e3e8ee", lw=0, zorder=0)
        axes.annotate(
            f"±{tolerance:g} %",
            (0, 1),
            (0, 2),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha="center",
            color=QUIET,
            annotation_clip=False,
        )
    axes.axvline(0, color=QUIET, lw=0.5, zorder=1)
    axes.set_xlim(-limit, limit)
    for y, (model, value) in enumerate(zip(part["model"], difference, strict=True)):
        look = colours.model(model)
        if abs(value) > limit:
            side = np.sign(value)
            axes.plot(side * 0.96 * limit, y, ">" if side > 0 else "<", color=look.colour, ms=4)
            axes.text(
                side * 0.88 * limit,
                y,
                f"{value:+.1f} %".replace("-", "−"),
                ha="right" if side > 0 else "left",
                va="center",
            )
        else:
            axes.plot(value, y, look.marker, color=look.colour, ms=3.6, mew=0)
    axes.set_xlabel("RMSE, ours against published (%)")


def _rows(axes: Axes, part: pd.DataFrame, planted: str | None) -> None:
    names = [f"{model} (planted)" if model == planted else model for model in part["model"]]
    axes.set_yticks(np.arange(len(part)), names)
    axes.set_ylim(len(part) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", color="#e6e6e6", lw=0.4)
    axes.set_axisbelow(True)
    for text in axes.get_yticklabels():
        text.set_fontweight("bold" if text.get_text().endswith("(planted)") else "normal")


def _key(axes: Axes, printed: bool) -> None:
    if not printed:
        return
    ours = axes.plot([], [], "o", ms=3.6, color=QUIET, mew=0)[0]
    theirs = axes.plot([], [], "o", ms=6.5, mfc="none", mec=INK, mew=0.7)[0]
    axes.legend(
        [theirs, ours],
        ["published", "this run"],
        ncols=2,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        borderaxespad=0.2,
        handletextpad=0.2,
        columnspacing=1.2,
    )
