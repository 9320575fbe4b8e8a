"""The game's parameters: recovered against planted, or fitted beside the printed ones."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, colours, figure, panels, style
from movelaws.plotting.choice.crowding import (
    common_entries,
    interval,
    margin,
    on_edge,
    present,
    rows,
    stroke,
    symbol,
    tick,
)
from movelaws.plotting.colours import Look

COLUMNS = ["dataset", "model", "objective", "parameter", "value", "low", "high", "at_bound"]
OBJECTIVES = {
    "ssi": Look("#332288", "o"),
    "cpc": Look("#2C9FB8", "s"),
    "poisson": Look("#CC6677", "D"),
}
_OBJECTIVE_NAMES = {"ssi": "largest SSI", "cpc": "largest CPC", "poisson": "likelihood"}
SYMBOLS = {"alpha": r"$\alpha$", "beta": r"$\beta$", "gamma": r"$\gamma$"}
_TITLES = {"alpha": "Attraction", "beta": "Distance", "gamma": "Crowding"}
_RATIO = "ratio"
_TOP, _GUTTER, _RIGHT = 7.0, 5.0, 4.0
_ROW, _AXIS, _KEY = 7.6, 9.0, 8.0
_RING = {"marker": "o", "ms": 7.5, "mfc": "none", "mec": QUIET, "mew": 0.7, "ls": ""}
_NARROW_ROW, _SQUARE_GUTTER = 4.6, 12.0


@style()
def parameters(
    table: pd.DataFrame,
    *,
    labels: Mapping[str, str],
    confidence: float = 0.95,
    synthetic: bool = False,
) -> Figure:
    """Parameters of the game (DCG): recovered against planted where some were planted.

    Datasets whose parameters were planted are drawn against those, with the difference of every
    one below. Where none were, each dataset is a row with its values by every objective, beside
    the printed ones.

    Parameters
    ----------
    table : dataset, model, objective, parameter, value, low, high (of the interval; NaN where
        there is none, or infinite), at_bound and, where known, bound_high, published_value and
        planted_value; none has a unit. Rows of the model "DCG" are drawn.
    labels : name to show by dataset; its keys choose the datasets and their order, and may name
        some that have no rows.
    confidence : level of the intervals, between 0 and 1.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing, or no row of the model "DCG" is left to draw.
    """
    panels.require_columns(table, COLUMNS, "table")
    game = table[(table["model"] == "DCG") & table["parameter"].isin(list(SYMBOLS))]
    game = game.reindex(columns=[*COLUMNS, "bound_high", "published_value", "planted_value"])
    chosen = game[game["dataset"].isin(list(labels))]
    planted = chosen[chosen["planted_value"].notna() & (chosen["objective"] == "poisson")]
    if planted.empty:
        names = present(game, labels, "table: rows of model 'DCG'")
        made = _fitted(game, {name: labels[name] for name in names}, confidence)
    else:
        names = present(planted, labels, "table")
        made = _recovered(planted, {name: labels[name] for name in names}, confidence)
    panels.tag_synthetic(made, synthetic)
    return made


def _recovered(planted: pd.DataFrame, labels: Mapping[str, str], confidence: float) -> Figure:
    """Above, recovered against planted; below, the difference, whose rows name the symbols."""
    left = max(margin(list(labels.values())) + 4.0, 22.0)
    side = (WIDTH_DOUBLE - left - _RIGHT - 2 * _SQUARE_GUTTER) / 3
    side_tall = min(side, 46.0)
    below = _TOP + side_tall + _AXIS + 5.0
    height = _NARROW_ROW * len(labels)
    made = figure(WIDTH_DOUBLE, below + height + _AXIS + 5.5)
    looks = _looks(list(labels))
    edges = _NARROW_ROW * np.arange(len(labels) + 1)
    for number, parameter in enumerate(SYMBOLS):
        part = planted[planted["parameter"] == parameter].set_index("dataset")
        x = left + number * (side + _SQUARE_GUTTER)
        above = panels.axes_mm(made, x, _TOP, side, side_tall)
        _against(above, part, looks, SYMBOLS[parameter])
        panels.letter(above, number, _TITLES[parameter])
        lower = panels.axes_mm(made, x, below, side, height)
        rows(lower, edges, list(labels.values()) if number == 0 else [""] * len(labels))
        _differences(lower, part, looks, SYMBOLS[parameter])
        panels.letter(lower, number + len(SYMBOLS))
        if number == 0:
            _symbols_of_rows(lower, list(looks.values()), edges)
    entries = {
        f"{100 * confidence:g} % CI, likelihood": Line2D([], [], color=QUIET, lw=1.0),
        "recovered = planted": Line2D([], [], color=INK, lw=0.6),
    }
    gids = {artist.get_gid() for axes in made.axes for artist in axes.lines}
    if "ring" in gids:
        entries["fit on the edge of the box searched"] = Line2D([], [], **_RING)
    _key(made, entries | common_entries(gids - {"edge"}), 4)
    return made


def _looks(datasets: list[str]) -> dict[str, tuple[Look, bool]]:
    """Look of each dataset, and whether it is open: every second one of a place is."""
    seen: dict[Look, int] = {}
    looks = {}
    for name in datasets:
        look = colours.dataset(name)
        seen[look] = seen.get(look, -1) + 1
        looks[name] = (look, seen[look] % 2 == 1)
    return looks


def _against(
    axes: Axes, part: pd.DataFrame, looks: Mapping[str, tuple[Look, bool]], name: str
) -> None:
    ends = part[["value", "planted_value"]].to_numpy(float)
    low, high = np.nanmin(ends), np.nanmax(ends)
    pad = 0.12 * (high - low) or 0.2 * max(abs(high), 1.0)
    bars = part[["low", "high"]].to_numpy(float)
    bars = bars[(bars > low - 5 * pad) & (bars < high + 5 * pad)]
    limits = (
        min([low - pad, *(bars - 0.3 * pad)]),
        max([high + pad, *(bars + 0.3 * pad)]),
    )
    axes.plot(limits, limits, color=INK, lw=0.6, zorder=1)
    for dataset, (look, hollow) in looks.items():
        if dataset not in part.index:
            continue
        row = part.loc[dataset]
        bar = np.clip([row["low"], row["high"]], *limits)
        axes.plot([row["planted_value"]] * 2, bar, color=look.colour, lw=1.0, zorder=2)
        axes.plot(
            row["planted_value"],
            row["value"],
            look.marker,
            color=look.colour,
            mfc="white" if hollow else look.colour,
            ms=4.2,
            mew=0.9,
            zorder=3,
        )
    axes.set_xlim(*limits)
    axes.set_ylim(*limits)
    ticks = MaxNLocator(nbins=5, steps=[1, 2, 5, 10]).tick_values(*limits)
    ticks = [at for at in ticks if limits[0] <= at <= limits[1]]
    axes.set_xticks(ticks)
    axes.set_yticks(ticks)
    axes.set_xlabel(f"Planted {name} (no unit)")
    axes.set_ylabel(f"Recovered {name} (no unit)")


def _differences(
    axes: Axes, part: pd.DataFrame, looks: Mapping[str, tuple[Look, bool]], name: str
) -> None:
    shifted = part[["value", "low", "high"]].sub(part["planted_value"], axis=0)
    known = np.abs(shifted.to_numpy(float))
    known = known[np.isfinite(known)]
    limit = 1.15 * min(known.max(), 20 * np.median(known)) or 1.0
    axes.set_xlim(-limit, limit)
    axes.axvline(0, color=INK, lw=0.6, zorder=1)
    for number, (dataset, (look, hollow)) in enumerate(looks.items()):
        if dataset in part.index:
            values = tuple(shifted.loc[dataset, ["value", "low", "high"]])
            y = _NARROW_ROW * (number + 0.5)
            interval(axes, y, values, look, (-limit, limit), held=hollow)
            if on_edge(part.loc[dataset, "at_bound"]):
                axes.plot(np.clip(values[0], -limit, limit), y, gid="ring", **_RING)
    axes.set_xticks([-_round(limit), 0.0, _round(limit)])
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}".replace("-", "−"))
    axes.set_xlabel(f"Recovered − planted {name}")


def _round(limit: float) -> float:
    """Largest of 1, 2, 5 times a power of ten below ``limit``."""
    power = 10.0 ** np.floor(np.log10(limit))
    return float(power * max(step for step in (1, 2, 5) if step * power <= limit))


def _symbols_of_rows(axes: Axes, looks: list[tuple[Look, bool]], edges: np.ndarray) -> None:
    """The key: each row's symbol between its name and the panel."""
    axes.tick_params(axis="y", pad=13)
    for y, (look, hollow) in zip((edges[1:] + edges[:-1]) / 2, looks, strict=True):
        wide = axes.get_position().width * WIDTH_DOUBLE
        axes.plot(
            -2.4 / wide,
            y,
            look.marker,
            color=look.colour,
            mfc="white" if hollow else look.colour,
            ms=4.2,
            mew=0.9,
            transform=axes.get_yaxis_transform(),
            clip_on=False,
        )


def _fitted(game: pd.DataFrame, labels: Mapping[str, str], confidence: float) -> Figure:
    """A row per dataset: alpha, beta, gamma and alpha / (1 + gamma) by every objective."""
    left = margin(list(labels.values()))
    width = (WIDTH_DOUBLE - left - _RIGHT - 3 * _GUTTER) / 4
    made = figure(WIDTH_DOUBLE, _TOP + _ROW * len(labels) + _AXIS + _KEY)
    edges = _ROW * np.arange(len(labels) + 1)
    game = game[game["dataset"].isin(list(labels)) & game["objective"].isin(list(OBJECTIVES))]
    game = pd.concat([_held_together(game), _ratios(game)])
    heads = {**SYMBOLS, _RATIO: r"$\alpha/(1+\gamma)$"}
    titles = {**_TITLES, _RATIO: "Net attraction"}
    for number, (parameter, name) in enumerate(heads.items()):
        part = game[game["parameter"] == parameter]
        axes = panels.axes_mm(
            made, left + number * (width + _GUTTER), _TOP, width, _ROW * len(labels)
        )
        rows(axes, edges, list(labels.values()) if number == 0 else [""] * len(labels))
        limits = _limits(part)
        axes.set_xlim(*limits)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
        for row, dataset in enumerate(labels):
            _row(axes, part[part["dataset"] == dataset], edges[row], limits)
        axes.set_xlabel(f"{name} (no unit)")
        panels.letter(axes, number, titles[parameter])
    entries = {
        _OBJECTIVE_NAMES[name]: symbol(look)
        for name, look in OBJECTIVES.items()
        if (game["objective"] == name).any()
    }
    gids = {artist.get_gid() for axes in made.axes for artist in axes.lines}
    if "interval" in gids:
        entries[f"{100 * confidence:g} % CI"] = Line2D([], [], color=OBJECTIVES["poisson"].colour)
    if "tick" in gids:
        entries["printed"] = stroke()
    _key(made, entries | common_entries(gids), 5)
    return made


def _held_together(game: pd.DataFrame) -> pd.DataFrame:
    """Alpha and gamma trade off: where one is held by the box, the other is no estimate either."""
    held = game["at_bound"].map(on_edge)
    pair = game["parameter"].isin(["alpha", "gamma"])
    either = (held & pair).groupby([game["dataset"], game["objective"]]).transform("any")
    return game.assign(at_bound=held | (either & pair))


def _ratios(game: pd.DataFrame) -> pd.DataFrame:
    """Rows of alpha / (1 + gamma), which has no interval: the two are strongly correlated."""
    rows_ = []
    for (dataset, objective), part in game.groupby(["dataset", "objective"], sort=False):
        fit = part.set_index("parameter")
        if {"alpha", "gamma"} <= set(fit.index):
            value, printed = (
                fit.loc["alpha", column] / (1 + fit.loc["gamma", column])
                for column in ("value", "published_value")
            )
            held = any(on_edge(fit.loc[name, "at_bound"]) for name in ("alpha", "gamma"))
            rows_.append((dataset, objective, _RATIO, value, printed, held))
    names = ["dataset", "objective", "parameter", "value", "published_value", "at_bound"]
    return pd.DataFrame(rows_, columns=names).reindex(columns=game.columns)


def _limits(part: pd.DataFrame) -> tuple[float, float]:
    """From just below 0 to beyond all values; an interval may widen this, but not by much."""
    values = part[["value", "published_value"]].to_numpy(float)
    most = np.nanmax(values, initial=0.1)
    ends = part[["low", "high"]].to_numpy(float)
    wide = np.nanmax(np.where(np.isfinite(ends), ends, 0.0), initial=0.0)
    upper = 1.06 * max(most, min(wide, 1.4 * most))
    return -0.03 * upper, upper


def _row(axes: Axes, part: pd.DataFrame, top: float, limits: tuple[float, float]) -> None:
    for printed in part["published_value"].dropna().unique():
        tick(axes, printed, top + 0.5, top + _ROW - 0.5)
    step = (_ROW - 1.6) / len(OBJECTIVES)
    for number, (objective, look) in enumerate(OBJECTIVES.items()):
        for row in part[part["objective"] == objective].to_dict("records"):
            y = top + 0.8 + step * (number + 0.5)
            values = (row["value"], row["low"], row["high"])
            interval(axes, y, values, look, limits, held=on_edge(row["at_bound"]))


def _key(made: Figure, entries: Mapping[str, Line2D], columns: int) -> None:
    made.legend(
        list(entries.values()),
        list(entries),
        loc="lower center",
        ncols=columns,
        handletextpad=0.3,
        columnspacing=1.6,
        borderaxespad=0.2,
        labelspacing=0.3,
    )
