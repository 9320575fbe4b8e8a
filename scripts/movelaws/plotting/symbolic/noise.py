"""Is the law behind noisy flows found again? By generator and noise (paper 2, Fig. 5, S8)."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, colours, figure, panels, style
from movelaws.plotting.symbolic import parts

NOISE = ("model", "alpha", "sample", "rmse", "rmse_generator", "recovered")
CPC = ("model", "alpha", "cpc", "cpc_low", "cpc_high")
_LEFT, _TOP, _PANEL, _AXIS, _KEY = 11.0, 7.0, 40.0, 10.0, 5.5
_SMALL, _GAP, _BETWEEN = 36.0, 3.0, 14.0
_BETTER, _WORSE = "#CFCFCF", "#FFFFFF"


@style()
def noise(
    table: pd.DataFrame,
    cpc: pd.DataFrame,
    *,
    comparable: float | None = 0.5,
    real_cpc: float | None = None,
    synthetic: bool = False,
) -> Figure:
    """Samples in which the generator was found (a-c), and how noisy they are (d).

    A sample in which another law was found counts as grey if that law fits the noisy flows
    better than the generator does: the noise has then moved the best law, and the search did not
    fail.

    Parameters
    ----------
    table : model (that generated), alpha (dispersion, no unit), sample, rmse, rmse_generator and
        recovered; up to four models.
    cpc : model, alpha, cpc, cpc_low, cpc_high (range over the samples) of noisy against expected
        flows and, where known, published_cpc.
    comparable : dispersion at which the noise is that of real data, drawn dashed.
    real_cpc : of the best existing model on real data, drawn dashed.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing or there are more than four models.
    """
    parts.checked(table, NOISE, "noise")
    parts.checked(cpc, CPC, "noise_cpc")
    if table.empty:
        return parts.nothing("No noisy flows were drawn.", synthetic=synthetic)
    models = [name for name in parts.MODELS if name in set(table["model"])]
    models += [name for name in table["model"].unique() if name not in models]
    if len(models) > 4:
        raise ValueError(f"noise: {len(models)} models ({', '.join(models)}); at most 4 are drawn")
    made = figure(WIDTH_DOUBLE, _TOP + _PANEL + _AXIS + _KEY)
    room = (WIDTH_DOUBLE - _LEFT - 2 - _BETWEEN - 44.0) - _GAP * (len(models) - 1)
    small = min(_SMALL, room / len(models))
    most = int(table.groupby(["model", "alpha"])["sample"].nunique().max())
    for number, model in enumerate(models):
        axes = panels.axes_mm(made, _LEFT + number * (small + _GAP), _TOP, small, _PANEL)
        _bars(axes, table[table["model"] == model], colours.model(model).colour)
        axes.set_ylim(0, most * 1.03)
        axes.set_yticks(range(most + 1), range(most + 1) if number == 0 else [""] * (most + 1))
        axes.set_xlabel(r"Noise, $\alpha$ (no unit)")
        if comparable is not None:
            axes.axvline(comparable, color=INK, lw=0.8, ls=(0, (3, 2)), zorder=4, gid="real")
        panels.letter(axes, number, model)
        if number == 0:
            axes.set_ylabel(f"Samples out of {most}")
    left = _LEFT + len(models) * (small + _GAP) - _GAP + _BETWEEN
    axes = panels.axes_mm(made, left, _TOP, WIDTH_DOUBLE - left - 2, _PANEL)
    _discrepancy(axes, cpc, models, comparable, real_cpc)
    panels.letter(axes, len(models), "Noisy against expected flows")
    _key(made, cpc, comparable is not None or real_cpc is not None)
    panels.tag_synthetic(made, synthetic)
    return made


def counts(part: pd.DataFrame) -> pd.DataFrame:
    """Samples by alpha: recovered, better (another law that fits better) and all."""
    found = parts.flags(part["recovered"])
    better = ~found & (part["rmse"] < part["rmse_generator"])
    return (
        pd.DataFrame({"alpha": part["alpha"], "recovered": found, "better": better, "all": True})
        .groupby("alpha")
        .sum()
        .astype(int)
    )


def _bars(axes: Axes, part: pd.DataFrame, colour: str) -> None:
    table = counts(part)
    alpha = table.index.to_numpy(float)
    wide = 0.72 * (np.diff(alpha).min() if alpha.size > 1 else 0.25)
    bottom = np.zeros(alpha.size)
    for kind, height, fill in (
        ("recovered", table["recovered"], colour),
        ("better", table["better"], _BETTER),
        ("worse", table["all"] - table["recovered"] - table["better"], _WORSE),
    ):
        axes.bar(alpha, height, wide, bottom, color=fill, edgecolor=INK, linewidth=0.4, gid=kind)
        bottom += height.to_numpy(float)
    axes.set_xlim(alpha.min() - wide, alpha.max() + wide)


def _discrepancy(
    axes: Axes,
    cpc: pd.DataFrame,
    models: list[str],
    comparable: float | None,
    real: float | None,
) -> None:
    step = 0.025
    for number, model in enumerate(models):
        part = cpc[cpc["model"] == model].sort_values("alpha")
        look = colours.model(model)
        x = part["alpha"].to_numpy(float) + step * (number - (len(models) - 1) / 2)
        axes.vlines(x, part["cpc_low"], part["cpc_high"], color=look.colour, lw=0.8)
        axes.plot(
            x,
            part["cpc"],
            look.marker,
            ls="-",
            lw=0.6,
            color=look.colour,
            ms=3,
            mew=0,
            label=model,
            gid="cpc",
        )
        if "published_cpc" in part:
            axes.plot(
                x,
                part["published_cpc"],
                "D",
                mfc="none",
                mec=INK,
                mew=0.5,
                ms=5,
                gid="published",
                zorder=4,
            )
    if comparable is not None:
        axes.axvline(comparable, color=INK, lw=0.8, ls=(0, (3, 2)), zorder=1)
    if real is not None:
        axes.axhline(real, color=INK, lw=0.8, ls=(0, (3, 2)), zorder=1)
    axes.set_xlabel(r"Noise, $\alpha$ (no unit)")
    axes.set_ylabel("CPC (no unit)")
    axes.legend(loc="upper right", borderaxespad=0.1, handletextpad=0.3, labelspacing=0.3)


def _key(made: Figure, cpc: pd.DataFrame, line: bool) -> None:
    entries = {
        "generator found": Rectangle((0, 0), 1, 1, fc=QUIET, ec=INK, lw=0.4),
        "another law, better fit": Rectangle((0, 0), 1, 1, fc=_BETTER, ec=INK, lw=0.4),
        "another law, worse fit": Rectangle((0, 0), 1, 1, fc=_WORSE, ec=INK, lw=0.4),
    }
    if line:
        entries["as far off as exponential gravity"] = Line2D(
            [], [], color=INK, lw=0.8, ls=(0, (3, 2))
        )
    if "published_cpc" in cpc and cpc["published_cpc"].notna().any():
        entries["published"] = Line2D([], [], ls="", marker="D", mfc="none", mec=INK, mew=0.5)
    parts.key(made, entries, 5)
