"""Short-range order of two models of houses and of real places (Fig. 2d)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from movelaws.plotting import WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.pairdist import matter_parts as parts
from movelaws.plotting.panels import letter, require_columns

COLUMNS = ["source", "reference", "place", "r_low", "r_high", "neighbours", "ideal", "g", "g_error"]
_HEIGHT = 68.0
_MOST = 4


@style()
def correlation(
    curves: pd.DataFrame, *, labels: Mapping[str, str] | None = None, synthetic: bool = False
) -> Figure:
    """Neighbours per metre of distance, in models and places, and the pair correlation of both.

    Parameters
    ----------
    curves : ``COLUMNS``; models have the reference "potential", places "local" or "town".
    labels : names of the datasets.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    require_columns(curves, COLUMNS, "curves")
    labels = labels or {}
    reach = float(curves["r_high"].max())
    made = figure(WIDTH_DOUBLE, _HEIGHT, constrained=True)
    models, places, both = made.subplots(1, 3, width_ratios=(1, 1, 1.35))
    _neighbours(models, _of_models(curves), labels, reach)
    letter(models, 0, "Models")
    real = curves[curves["place"] == "place"]
    real = real[real["source"].isin(list(dict.fromkeys(real["source"]))[:_MOST])]
    if real.empty:
        parts.nothing_to_say(places, "no places in this run")
    else:
        _neighbours(places, real, labels, reach)
    letter(places, 1, "Places")
    top = 0.0
    local = real[real["reference"] == "local"]
    for source, curve in [
        *_of_models(curves).groupby("source", sort=False),
        *local.groupby("source", sort=False),
    ]:
        name, colour = parts.name_and_colour(source, labels)
        parts.draw_g(both, curve, colour, label=name)
        top = max(top, float(np.nanmax(curve["g"])))
    of_towns = real[real["reference"] == "town"]
    for source, curve in of_towns.groupby("source", sort=False):
        colour = parts.name_and_colour(source, labels)[1]
        both.plot(parts.middle(curve), curve["g"], color=colour, lw=0.8, ls=parts.IDEAL["town"])
        top = max(top, float(np.nanmax(curve["g"])))
    if not of_towns.empty:
        both.plot(
            [], [], color=parts.QUIET, lw=0.8, ls=parts.IDEAL["town"],
            label="against gases of towns",
        )  # fmt: skip
    parts.finish_g(both, reach, 1.25 * top)
    parts.key(both, loc="upper right")
    letter(both, 2, "Against an ideal gas")
    panels.tag_synthetic(made, synthetic)
    return made


def _of_models(curves: pd.DataFrame) -> pd.DataFrame:
    return curves[(curves["place"] == "centre") & (curves["reference"] == "potential")]


def _neighbours(axes, curves, labels, reach) -> None:
    for (source, reference), curve in curves.groupby(["source", "reference"], sort=False):
        name, colour = parts.name_and_colour(source, labels)
        r = parts.middle(curve)
        if reference in ("potential", "local"):
            axes.plot(r, curve["neighbours"], color=colour, lw=1.0, label=name)
        axes.plot(r, curve["ideal"], color=colour, lw=0.8, ls=parts.IDEAL[reference])
    axes.plot([], [], color=parts.QUIET, lw=0.8, ls=":", label="ideal gas")
    if (curves["reference"] == "town").any():
        axes.plot([], [], color=parts.QUIET, lw=0.8, ls=parts.IDEAL["town"], label="gases of towns")
    axes.set_xlim(0, reach)
    axes.set_ylim(0, 1.35 * float(curves[["neighbours", "ideal"]].max().max()))
    axes.set_xlabel("Distance r (m)")
    axes.set_ylabel("Neighbours of a place (1/m)")
    parts.key(axes, loc="upper left")
