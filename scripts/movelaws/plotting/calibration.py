"""Accuracy along the parameter of every model that has one."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from movelaws.plotting import INK, MM_PER_INCH, QUIET, WIDTH_DOUBLE, colours, figure, panels, style

_HEIGHT, _LABEL_STRIP = 90.0, 4.0
_LINE = {"lw": 0.7, "ls": (0, (3, 2))}
_BAND = {"facecolor": "#22222222", "edgecolor": "#22222266", "lw": 0.5}
_MEASURES = ("rmse", "cpc")


@style()
def calibration(
    curves: pd.DataFrame,
    fits: pd.DataFrame,
    *,
    label: str = "",
    models: Sequence[str] | None = None,
    parameters: Mapping[str, str] | None = None,
    published: Mapping[str, float] | None = None,
    unit: str = "commuters",
    confidence: float = 0.95,
    synthetic: bool = False,
) -> Figure:
    """RMSE (above) and CPC (below) against the parameter, one column per model.

    The filled symbol is the optimum, the coloured strip its confidence interval; the broken line
    is the published parameter, the open circle the published accuracy there. A published
    parameter whose rounding is known is a grey band instead of a line.

    Parameters
    ----------
    curves : model, parameter, rmse, cpc along the parameter of each model.
    fits : one dataset's rows with model, parameter, rmse, cpc and, where known, low, high,
        published_rmse, published_cpc, published_parameter, and published_low, published_high:
        the values that round to the published parameter.
    label : name of the dataset.
    models : columns and their order; by default every model of ``curves``.
    parameters : name of the parameter with its unit by model, as the label of its axis.
    published : parameter by model, in the same unit; by default ``fits.published_parameter``.
    unit : of the RMSE.
    confidence : level of the interval from low to high, between 0 and 1.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing, a model has no curve or no fit, or ``confidence`` is no level.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence: {confidence} is not between 0 and 1 (0.95 means 95 %)")
    panels.require_columns(curves, ["model", "parameter", *_MEASURES], "curves")
    panels.require_columns(fits, ["model", "parameter", *_MEASURES], "fits")
    models = list(models or curves["model"].unique())
    for table, name in ((curves, "curves"), (fits, "fits")):
        absent = sorted(set(models) - set(table["model"]))
        if absent:
            raise ValueError(f"{name}: no rows of model {', '.join(map(repr, absent))}")
    fits = fits.set_index("model")
    made = figure(WIDTH_DOUBLE, _HEIGHT, constrained=True)
    grid = made.subplots(2, len(models), sharex="col", sharey="row", squeeze=False)
    for column, model in enumerate(models):
        curve, fit = curves[curves["model"] == model].sort_values("parameter"), fits.loc[model]
        printed = (published or {}).get(model, fit.get("published_parameter"))
        for axes, measure in zip(grid[:, column], _MEASURES, strict=True):
            _panel(axes, curve, fit, measure, printed)
        grid[0, column].set_title(_summary(fit, printed), loc="left", pad=3)
        panels.letter(grid[0, column], column, model, above_mm=11.5)
        grid[1, column].set_xlabel((parameters or {}).get(model, "parameter"))
    grid[0, 0].set_yscale("log")
    grid[0, 0].set_ylabel(f"RMSE ({unit})")
    grid[1, 0].set_ylabel("CPC (share in common)")
    for axes in grid[0]:
        panels.decades(axes.yaxis, least=3)
    for axes in grid[1]:
        if axes.dataLim.x0 > 0:
            axes.set_xscale("log")
            panels.decades(axes.xaxis)
    grid[1, 0].set_ylim(0, 1)
    _key(made, confidence)
    if label:
        panels.add_strip(made, _LABEL_STRIP)
        tall = made.get_figheight() * MM_PER_INCH
        made.text(0.005, 1 - 3.0 / tall, label, va="baseline")
    panels.tag_synthetic(made, synthetic)
    return made


def _panel(
    axes: Axes, curve: pd.DataFrame, fit: pd.Series, measure: str, printed: float | None
) -> None:
    look, best = colours.model(str(fit.name)), float(fit["parameter"])
    ends = curve["parameter"].iloc[[0, -1]]
    low, high = fit.get("low"), fit.get("high")
    if _known(low) and _known(high):
        low, high = np.clip([float(low), float(high)], *ends)
        axes.axvspan(low, high, color=look.colour, alpha=0.22, lw=0, gid="interval")
    axes.plot(curve["parameter"], curve[measure], color=look.colour, lw=1.1)
    rounded = [fit.get("published_low"), fit.get("published_high")]
    banded = all(map(_known, rounded))
    if banded:
        axes.axvspan(*np.clip(np.asarray(rounded, float), *ends), gid="published band", **_BAND)
    if _known(printed):
        if not banded:
            axes.axvline(printed, color=INK, gid="published", **_LINE)
        if _known(fit.get(f"published_{measure}")):
            axes.plot(
                printed,
                fit[f"published_{measure}"],
                "o",
                ms=6.5,
                mfc="none",
                mec=INK,
                mew=0.7,
                gid="published accuracy",
            )
    axes.plot(best, fit[measure], look.marker, color=look.colour, ms=4, mew=0, zorder=4)


def _key(made: Figure, confidence: float) -> None:
    """Below the panels: what the strip, the band, the line and the symbols mean, if drawn."""
    interval = Patch(facecolor=QUIET, alpha=0.3, lw=0)
    entries: dict[str, tuple[str | None, Artist]] = {
        f"{100 * confidence:g} % CI": ("interval", interval),
        "optimum": (None, Line2D([], [], marker="o", ls="", color=QUIET, ms=4, mew=0)),
        "published parameter": ("published", Line2D([], [], color=INK, **_LINE)),
        "published parameter, as rounded": ("published band", Patch(**_BAND)),
        "published accuracy": (
            "published accuracy",
            Line2D([], [], marker="o", ls="", ms=6.5, mfc="none", mec=INK, mew=0.7),
        ),
    }
    drawn = {artist.get_gid() for artist in made.findobj()}
    shown = {text: handle for text, (gid, handle) in entries.items() if gid in drawn}
    made.legend(
        list(shown.values()),
        list(shown),
        loc="outside lower center",
        ncols=len(shown),
        handletextpad=0.5,
        columnspacing=1.6,
        borderaxespad=0.2,
    )


def _summary(fit: pd.Series, printed: float | None) -> str:
    """Optimum, interval and published value, a line each, empty where nothing is known."""
    best, low, high = (float(fit.get(key, np.nan)) for key in ("parameter", "low", "high"))
    return "\n".join(
        [
            _written("{}", best),
            _written("[{}, {}]", low, high) if _known(low) and _known(high) else "",
            _written("published {}", printed) if _known(printed) else "",
        ]
    )


def _written(text: str, *values: float) -> str:
    """Values in ``text`` with four digits; small ones as multiples of one power of ten."""
    exponent = int(np.floor(np.log10(max(abs(value) for value in values) or 1.0)))
    if exponent >= -3:
        return text.format(*(f"{value:.4g}" for value in values))
    scaled = (f"{value / 10.0**exponent:.3g}" for value in values)
    return text.format(*scaled) + rf" $\times10^{{{exponent}}}$"


def _known(value: object) -> bool:
    return value is not None and not pd.isna(value)
