"""All laws that were looked at: accuracy of every distinct expression by its complexity."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, colours, figure, panels, style
from movelaws.plotting.symbolic import parts
from movelaws.plotting.symbolic.formulas import formula, width
from movelaws.plotting.symbolic.landscape_labels import ROW, label_rows, write_laws

LANDSCAPE = ("complexity", "rmse", "state", "certified")
FRONT = ("complexity", "expression", "rmse", "certified")
MODELS = ("model", "complexity", "rmse")
STATES = ("exact", "upper", "lower")
_COLUMN = {
    "exact": (-0.42, 0.42),
    "upper": (0.26, 0.21),
    "lower": (0.7, 0.17),
    "alone": (0.0, 0.85),
}
# centre and half the width of a column of points, in units of complexity
_GOLDEN = (np.sqrt(5) - 1) / 2
_LEFT, _RIGHT, _TOP, _AXIS, _KEY = 16.5, 20.0, 7.0, 10.0, 9.0
_WORST = 6.0  # times the worst model: laws that err more are of no interest
_PANEL = 92.0  # mm
_SHADE = "#F1EFE8"
_BOUND = {"upper": "#D8A86F", "lower": "#B9B5AB"}
_DENSITY = LinearSegmentedColormap.from_list("density", ["#C6D4E8", "#8FA9CC", "#3F5F93"])


@style()
def landscape(
    table: pd.DataFrame,
    front: pd.DataFrame,
    models: pd.DataFrame,
    *,
    label: str = "",
    dataset: str = "",
    unit: str = "commuters",
    synthetic: bool = False,
) -> Figure:
    """Every distinct expression as a point, the front on top with its laws written out.

    Points are spread within the column of their complexity so that crowds show; they are an
    image inside the vector file. Beside the column of the exact values stand those of expressions
    of which only an upper or a lower bound is known.

    Parameters
    ----------
    table : complexity, rmse, state and certified of every expression; infinite values are left
        out. The state says what the RMSE is: "exact", the least that the expression can have;
        "upper", that with constants fitted on some origins; "lower", that on some origins alone.
    front : complexity, expression, rmse, certified.
    models : existing models: model, complexity, rmse.
    label : name of the dataset to show.
    dataset : its key, which chooses the colour of the front.
    unit : of the flows.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a table lacks a column or a state is unknown.
    """
    parts.checked(table, LANDSCAPE, "landscape")
    parts.checked(front, FRONT, "front")
    parts.checked(models, MODELS, "models")
    unknown = sorted(set(table["state"]) - set(STATES))
    if unknown:
        raise ValueError(f"landscape: state {unknown[0]!r} is unknown: use one of {list(STATES)}")
    table = table[np.isfinite(table["rmse"]) & (table["rmse"] > 0)]
    if table.empty or not np.isfinite(front["rmse"]).any():
        return parts.nothing("No expression has a finite error.", synthetic=synthetic)
    made = figure(WIDTH_DOUBLE, _TOP + _PANEL + _AXIS + _KEY)
    axes = panels.axes_mm(made, _LEFT, _TOP, WIDTH_DOUBLE - _LEFT - _RIGHT, _PANEL)
    best = parts.pareto(front[np.isfinite(front["rmse"])])
    last = int(max(table["complexity"].max(), best["complexity"].max(), 11))
    axes.set_xlim(2, last + 1)
    axes.set_xticks(np.arange(3, last + 1, 2))
    axes.set_yscale("log")
    placed = label_rows(
        best["complexity"].to_numpy(float),
        [width(f"${formula(text)}$") for text in best["expression"]],
        (WIDTH_DOUBLE - _LEFT - _RIGHT) / (last - 1),
        (2.0, last + 1.0),
    )
    rows = max([row for _, row in placed if row >= 0], default=0) + 1
    low, high = _limits(table, best, models, rows)
    axes.set_ylim(low, high)
    _certified(axes, table)
    colour_bar = _points(axes, table)
    _front(axes, best, colours.dataset(dataset) if dataset else colours.OBSERVED)
    write_laws(axes, best, placed, _PANEL)
    _models(axes, models, high)
    panels.decades(axes.yaxis, least=4)
    axes.set_xlabel("Complexity (no unit)")
    axes.set_ylabel(f"RMSE ({unit})")
    axes.set_title(f"{label + ': ' if label else ''}{_counts(table['state'])}", loc="left")
    _density_key(made, colour_bar)
    _key(made, table, best)
    panels.tag_synthetic(made, synthetic)
    return made


def _counts(states: pd.Series) -> str:
    """How many laws there are, and of how many only a bound is known."""
    numbers = states.value_counts()
    bounds = [
        f"{numbers[state]:,} by {words} bound only"
        for state, words in (("upper", "an upper"), ("lower", "a lower"))
        if state in numbers
    ]
    return ", ".join([f"{len(states):,} laws", *bounds])


def jittered(complexity: np.ndarray, crowd: np.ndarray, centre: float, half: float) -> np.ndarray:
    """Complexity plus an even, deterministic spread in the order of the rows.

    Parameters
    ----------
    complexity : (n,).
    crowd : (n,) number of neighbours: the spread grows with its square root, so that a column of
        points has the outline of its distribution.
    centre, half : of a column and its greatest half width, in units of complexity.

    Returns
    -------
    (n,), at most ``half`` away from ``complexity + centre``.
    """
    spread = 2 * ((np.arange(1, len(complexity) + 1) * _GOLDEN) % 1.0) - 1
    most = pd.Series(crowd).groupby(np.asarray(complexity)).transform("max").to_numpy(float)
    return complexity + centre + half * spread * np.sqrt(crowd / most)


def _limits(
    table: pd.DataFrame, best: pd.DataFrame, models: pd.DataFrame, rows: int
) -> tuple[float, float]:
    """Up to where most points lie; below the front, room for its labels."""
    bottom = min(best["rmse"].min(), table["rmse"].min())
    shown = max(models["rmse"].max(), best["rmse"].max())
    top = max(min(table["rmse"].quantile(0.98), _WORST * shown), shown) * 1.08
    share = (ROW * rows + 4.0) / _PANEL
    span = np.log(top / bottom)
    return float(np.exp(np.log(bottom) - span * share / (1 - share))), float(top)


def _certified(axes: Axes, table: pd.DataFrame) -> None:
    """Shade the complexities at which nothing better can exist."""
    whole = parts.flags(table["certified"]).groupby(table["complexity"]).all()
    for complexity in whole.index[whole]:
        axes.axvspan(complexity - 1, complexity + 1, color=_SHADE, lw=0, zorder=0, gid="certified")


def _points(axes: Axes, table: pd.DataFrame) -> LogNorm:
    """Exact values, the densest last, and bounds to their right; all as one image."""
    size = 2.2 if len(table) < 20000 else 0.9
    drawn = {"rasterized": True, "zorder": 1, "linewidths": 0, "s": size}
    of_state = {
        state: table.loc[table["state"] == state, ["complexity", "rmse"]].to_numpy(float).T
        for state in STATES
    }
    for state, colour in _BOUND.items():
        x, y = of_state[state]
        places = jittered(x, _crowd(x, y), *_COLUMN[state])
        axes.scatter(places, y, c=colour, gid=state, **drawn)
    x, y = of_state["exact"]
    crowd = _crowd(x, y)
    places = jittered(x, crowd, *_COLUMN["alone" if len(x) == len(table) else "exact"])
    order = np.argsort(crowd, kind="stable")
    norm = LogNorm(1, max(10.0, crowd.max(initial=1.0)))
    shown = {"c": crowd[order], "cmap": _DENSITY, "norm": norm, "gid": "exact"}
    axes.scatter(places[order], y[order], **shown, **drawn)
    return norm


def _crowd(complexity: np.ndarray, rmse: np.ndarray) -> np.ndarray:
    """Number of expressions of the same complexity within the same 2 % of RMSE."""
    if rmse.size == 0:
        return np.zeros(0)
    cell = np.column_stack([complexity, np.floor(np.log(rmse) / 0.02)])
    _, at, count = np.unique(cell, axis=0, return_inverse=True, return_counts=True)
    return count[at.ravel()].astype(float)


def _front(axes: Axes, best: pd.DataFrame, look: colours.Look) -> None:
    x, y = best["complexity"].to_numpy(float), best["rmse"].to_numpy(float)
    axes.step(
        np.append(x, x[-1] + 1),
        np.append(y, y[-1]),
        where="post",
        color=look.colour,
        lw=0.9,
        zorder=3,
    )
    known = parts.flags(best["certified"]).to_numpy()
    for some, fill, gid in ((known, look.colour, "front"), (~known, "white", "front, evolved")):
        axes.plot(
            x[some],
            y[some],
            look.marker,
            color=look.colour,
            mfc=fill,
            ms=4.2,
            mew=0.9,
            zorder=5,
            gid=gid,
        )


def _models(axes: Axes, models: pd.DataFrame, high: float) -> None:
    """Crosses with names beside them, moved apart where they would touch."""
    low = axes.get_ylim()[0]
    mm = np.log(high / low) / _PANEL
    for complexity, group in models.dropna(subset="rmse").groupby("complexity"):
        group = group.sort_values("rmse")
        places = panels.spread(np.log(group["rmse"].to_numpy(float)), 3.0 * mm)
        for name, value, place in zip(group["model"], group["rmse"], places, strict=True):
            colour = colours.model(name).colour
            halo = [withStroke(linewidth=1.6, foreground="white")]
            axes.plot(
                complexity,
                value,
                "x",
                color=colour,
                ms=5,
                mew=1.2,
                zorder=7,
                gid="model",
                path_effects=halo,
            )
            axes.plot(
                [complexity, complexity + 0.2],
                [value, np.exp(place)],
                color=colour,
                lw=0.5,
                zorder=6,
            )
            axes.text(
                complexity + 0.24,
                np.exp(place),
                name,
                color=colour,
                va="center_baseline",
                zorder=8,
                path_effects=halo,
            )


def _density_key(made: Figure, norm: LogNorm) -> None:
    axes = panels.axes_mm(made, WIDTH_DOUBLE - 16.5, _TOP + 8, 2.0, 40.0)
    bar = made.colorbar(ScalarMappable(norm, _DENSITY), cax=axes)
    bar.outline.set_linewidth(0.3)
    bar.set_label("Laws within 2 % of RMSE")
    panels.decades(axes.yaxis)


def _key(made: Figure, table: pd.DataFrame, best: pd.DataFrame) -> None:
    line = {"color": QUIET, "marker": "o", "ms": 4.2, "mew": 0.9, "lw": 0.9}
    entries = {"front, certified": Line2D([], [], **line)}
    if not parts.flags(best["certified"]).all():
        entries["front, evolved"] = Line2D([], [], mfc="white", **line)
    entries["existing model"] = Line2D([], [], ls="", marker="x", color=INK, ms=5, mew=1.2)
    point = {"ls": "", "marker": "o", "ms": 3}
    entries["exact"] = Line2D([], [], color="#8FA9CC", **point)
    for state, colour in _BOUND.items():
        if (table["state"] == state).any():
            entries[f"{state} bound"] = Line2D([], [], color=colour, **point)
    if parts.flags(table["certified"]).any():
        entries["search complete"] = Rectangle((0, 0), 1, 1, fc=_SHADE, ec=QUIET, lw=0.3)
    parts.key(made, entries, 7)
