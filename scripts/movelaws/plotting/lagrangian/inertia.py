"""Inertia against dissipation, cell by cell (Fig. 4)."""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.lagrangian.diverged import MARKED, entry, left_out, without
from movelaws.plotting.lagrangian.layout import KEY_MM, key, of_case
from movelaws.plotting.lagrangian.looks import METHODS, Look, case, known, of_kind
from movelaws.plotting.lagrangian.parameters import KINDS

OBSERVABLES = ["case", "method", "inertia_ratio"]
SUMMARY = ["case", "method", "quantity", "value", "low", "high"]
SEEDS = ["case", "resampled", "quantity", "value"]
QUANTITY = "median_inertia_ratio"
NULLS = {
    "shuffled": ("D", "time-shuffled days"),
    "planted": ("^", "planted dynamics"),
}
"""What the printed schedule finds where no movement of people is to be found; hollow marks."""
SAME_ORDER = (0.1, 10.0)
"""Of claim L4: the same order of magnitude."""
_BAND = "#E9EEF3"
_LEFT, _RIGHT, _GAP, _TOP, _PANEL, _ROW = 14.0, 2.0, 14.0, 6.0, 46.0, 3.1
_NULL = 1.9  # mm that a null adds to the row of a case
_CLOSE = 0.75  # of a row, taken by the marks of a case
_BINS_PER_DECADE = 5, 40  # fewest and most


@style()
def inertia(
    observables: pd.DataFrame,
    summary: pd.DataFrame,
    labels: Mapping[str, str],
    kinds: Mapping[str, str],
    *,
    method: str = "printed",
    seeds: pd.DataFrame | None = None,
    diverged: Collection[str] = (),
    synthetic: bool = False,
) -> Figure:
    """P(I_a) of the cells by case, and below the medians by every method with their intervals.

    Hollow grey marks are medians of NULLS, where ``seeds`` has them, from lowest to highest.

    Parameters
    ----------
    observables : OBSERVABLES, a row per cell. summary : SUMMARY; median_inertia_ratio is read.
    labels : of the cases, in order. kinds : "reference" or "city", by case.
    method : whose cells are counted in the upper panels.
    seeds : SEEDS, a row per realisation; rows of NULLS are read.
    diverged : cases whose printed schedule ran away: what it gives there is left out.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column or the rows of a case are missing, or a case has no kind.
    """
    panels.require_columns(observables, OBSERVABLES, "observables")
    panels.require_columns(summary, SUMMARY, "summary")
    groups = {kind: of_kind(labels, kinds, kind) for kind in KINDS}
    groups = {kind: names for kind, names in groups.items() if names}
    nulls = _nulls(seeds, labels)
    ways = [way for way in NULLS if (nulls["resampled"] == way).any()]
    strip = (_ROW + _NULL * len(ways)) * max(map(len, groups.values())) + 2
    gone = {name: labels[name] for name in labels if name in diverged}
    lines = 1 + bool(ways) + bool(gone and not ways)
    made = figure(WIDTH_DOUBLE, _TOP + _PANEL + 2 + strip + 6 + 4 * lines + KEY_MM)
    width = (WIDTH_DOUBLE - _LEFT - _RIGHT - _GAP * (len(groups) - 1)) / len(groups)
    lost = left_out(diverged, labels, method)
    cells = observables[(observables["method"] == method) & ~observables["case"].isin(lost)]
    medians = without(summary[summary["quantity"] == QUANTITY], diverged)
    limits = _limits(cells, np.append(medians[["low", "high"]].to_numpy().ravel(), nulls["value"]))
    for column, (kind, names) in enumerate(groups.items()):
        left = _LEFT + column * (width + _GAP)
        upper = panels.axes_mm(made, left, _TOP, width, _PANEL)
        lower = panels.axes_mm(made, left, _TOP + _PANEL + 2, width, strip)
        looks = {name: case(name, labels) for name in names}
        _shares(upper, cells, looks, limits, lost)
        _medians(lower, medians, nulls, looks, gone)
        for axes in (upper, lower):
            axes.axvspan(*SAME_ORDER, color=_BAND, lw=0, zorder=0)
            axes.axvline(1, color=INK, lw=0.4, zorder=0.5)
            axes.set_xscale("log")
            axes.set_xlim(*limits)
            panels.decades(axes.xaxis)
        upper.tick_params(labelbottom=False)
        lower.set_xlabel("Inertia over dissipation, $I_a$ (no unit)")
        if column == 0:
            upper.set_ylabel("Share of cells per decade")
        panels.letter(upper, column, KINDS[kind][0].upper() + KINDS[kind][1:])
    _key(made, known(medians["method"]), ways, bool(gone))
    panels.tag_synthetic(made, synthetic)
    return made


def _nulls(seeds: pd.DataFrame | None, labels: Mapping[str, str]) -> pd.DataFrame:
    if seeds is None:
        return pd.DataFrame(columns=SEEDS)
    panels.require_columns(seeds, SEEDS, "seeds")
    chosen = (seeds["quantity"] == QUANTITY) & seeds["resampled"].isin(list(NULLS))
    return seeds[chosen & seeds["case"].isin(list(labels))]


def _limits(cells: pd.DataFrame, others: np.ndarray) -> tuple[float, float]:
    """Nearly all cells, all medians and intervals, and the band of the claim."""
    ratio = cells["inertia_ratio"].to_numpy()
    ratio = ratio[np.isfinite(ratio) & (ratio > 0)]
    most = np.quantile(ratio, [0.002, 0.998]) if ratio.size else []
    ends = np.concatenate([most, np.asarray(others, dtype=float), SAME_ORDER])
    ends = ends[np.isfinite(ends) & (ends > 0)]
    return float(ends.min() / 1.6), float(ends.max() * 1.6)


def _shares(
    axes: Axes,
    cells: pd.DataFrame,
    looks: Mapping[str, Look],
    limits: tuple[float, float],
    lost: Collection[str],
) -> None:
    per_decade = _fineness(cells[cells["case"].isin(list(looks))])
    count = int(np.ceil(np.log10(limits[1] / limits[0]) * per_decade))
    edges = limits[0] * 10 ** (np.arange(count + 1) / per_decade)
    for name, look in looks.items():
        if name in lost:
            axes.plot([], [], color=look.colour, ls=look.dash, lw=1.1, label=f"{look.name} (×)")
            continue
        ratio = of_case(cells, name, "observables")["inertia_ratio"].to_numpy()
        seen = np.clip(ratio[np.isfinite(ratio)], edges[0], edges[-1])
        share = np.histogram(seen, edges)[0] / max(len(seen), 1) * per_decade
        axes.stairs(share, edges, color=look.colour, ls=look.dash, lw=1.1, label=look.name,
                    baseline=None, gid=f"histogram {name}")  # fmt: skip
    axes.set_ylim(0, axes.get_ylim()[1] * 1.15)
    axes.legend(loc="best", borderaxespad=0.4, labelspacing=0.3, handlelength=2.2)


def _fineness(cells: pd.DataFrame) -> int:
    """Bins per decade: those of Freedman and Diaconis for a case of middling width."""
    widths = []
    for _, ratio in cells.groupby("case")["inertia_ratio"]:
        seen = np.log10(ratio[np.isfinite(ratio) & (ratio > 0)].to_numpy())
        if len(seen):
            spread = np.subtract(*np.quantile(seen, [0.75, 0.25]))
            widths.append(2 * spread / np.cbrt(len(seen)))
    fewest, most = _BINS_PER_DECADE
    middle = float(np.median(widths)) if widths else 1.0
    return int(np.clip(np.round(1 / max(middle, 1e-9)), fewest, most))


def _medians(
    axes: Axes,
    medians: pd.DataFrame,
    nulls: pd.DataFrame,
    looks: Mapping[str, Look],
    gone: Collection[str],
) -> None:
    for row, (name, look) in enumerate(looks.items()):
        part = medians[medians["case"] == name].set_index("method")
        own = nulls[nulls["case"] == name]
        shown = known([*part.index, *(["printed"] if name in gone else [])])
        ways = [way for way in NULLS if (own["resampled"] == way).any()]
        count = len(shown) + len(ways)
        heights = row + _CLOSE * ((np.arange(count) + 0.5) / count - 0.5)
        for method, y in zip(shown, heights, strict=False):
            if method not in part.index:
                axes.text(0.02, y, MARKED, transform=axes.get_yaxis_transform(), va="center",
                          color=QUIET, fontsize=6, gid="diverged")  # fmt: skip
                continue
            one = part.loc[method]
            axes.plot([one["low"], one["high"]], [y, y], color=look.colour, lw=1.0, zorder=2)
            axes.plot(one["value"], y, METHODS[method].marker, color=look.colour, ms=3.2, zorder=3,
                      mec=look.colour, mew=0.8, mfc=_fill(method, look),
                      gid=f"median {name}")  # fmt: skip
        for way, y in zip(ways, heights[len(shown) :], strict=True):
            values = own.loc[own["resampled"] == way, "value"].to_numpy(dtype=float)
            values = values[np.isfinite(values)]
            if values.size:
                axes.plot([values.min(), values.max()], [y, y], color=QUIET, lw=0.8, zorder=2)
                axes.plot(np.median(values), y, zorder=3, gid=f"{way} {name}", **_null(way))
    axes.set_ylim(len(looks) - 0.4, -0.6)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


def _null(way: str) -> dict[str, object]:
    return {"marker": NULLS[way][0], "color": QUIET, "ls": "", "ms": 3.0, "mec": QUIET,
            "mew": 0.8, "mfc": "white"}  # fmt: skip


def _fill(method: str, look: Look) -> str:
    return look.colour if method == "printed" else "white"


def _key(made: Figure, methods: list[str], ways: list[str], gone: bool) -> None:
    entries = {
        f"median and interval, {METHODS[one].name}": Line2D(
            [], [], color=INK, lw=1.0, marker=METHODS[one].marker, ms=3.2, mec=INK, mew=0.8,
            mfc=INK if one == "printed" else "white")
        for one in methods
    }  # fmt: skip
    entries |= {
        f"{METHODS['printed'].name}, {NULLS[way][1]}": Line2D([], [], **_null(way)) for way in ways
    }
    entries["0.1 to 10: the same order (claim L4)"] = Patch(fc=_BAND, lw=0)
    entries |= entry() if gone else {}
    key(made, entries, 3 if ways or gone else None)
