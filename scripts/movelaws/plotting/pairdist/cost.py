"""Moves, pairs and the intrinsic cost of distance by dataset (paper 3, Figs 3a, 3b, 4)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, figure, panels, style

PER_PAGE = 4
COST = ("dataset", "r_low", "r_high", "moves", "f", "p", "cost", "moves_low", "moves_high",
        "origins_low", "origins_high")  # fmt: skip
FITS = ("dataset", "model", "exponent", "exponent_low", "exponent_high", "origins_low",
        "origins_high", "published", "planted")  # fmt: skip
PAIRS, GIVEN_PAIRS, JOINT, PAPER = "#4477AA", "#CC3311", "#009988", "#AA3377"
_BAND_MOVES, _BAND_ORIGINS = "#8A8A8A", "#D6D6D6"
_LEFT, _TOP, _ROW, _PANEL, _WIDTH, _GAP = 15.0, 7.0, 54.0, 39.0, 71.0, 18.0
_BELOW = 15.0  # labels of the last axes and the key
_LAWS = {
    "power_law": ("given the pairs", GIVEN_PAIRS, "-"),
    "joint": ("given all places", JOINT, (0, (5, 1.5))),
}


@style()
def cost(
    table: pd.DataFrame,
    fits: pd.DataFrame,
    labels: Mapping[str, str],
    *,
    units: Mapping[str, str] | None = None,
    synthetic: bool = False,
) -> Figure:
    """A row of two panels per dataset: f(r) and p(r), then pi(r) = f(r) / p(r) with its fits.

    Bands of pi are those of the bootstraps over moves (dark) and over origins with all their moves
    (light). All lines are scaled to the number of moves; the guide is 1 / r.

    Parameters
    ----------
    table : COST, bins of distance (m) of at most PER_PAGE datasets, densities in 1/m.
    fits : FITS, of the same datasets.
    labels : of the datasets, in the order of the rows.
    units : what moves of a dataset are called; "moves" by default.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing or there are more datasets than fit on a page.
    """
    panels.require_columns(table, list(COST), "cost")
    panels.require_columns(fits, list(FITS), "fits")
    if len(labels) > PER_PAGE:
        raise ValueError(f"cost: {len(labels)} datasets, at most {PER_PAGE} fit on a page")
    made = figure(WIDTH_DOUBLE, _TOP + _ROW * (len(labels) - 1) + _PANEL + _BELOW)
    for row, (dataset, label) in enumerate(labels.items()):
        part = table[table["dataset"] == dataset]
        own = fits[fits["dataset"] == dataset].set_index("model")
        top = _TOP + row * _ROW
        left = panels.axes_mm(made, _LEFT, top, _WIDTH, _PANEL)
        right = panels.axes_mm(made, _LEFT + _WIDTH + _GAP, top, _WIDTH, _PANEL)
        densities(left, part, (units or {}).get(dataset, "moves"))
        _ratio(right, part, own)
        panels.letter(left, 2 * row, label)
        panels.letter(right, 2 * row + 1, "Intrinsic cost of distance")
        for axes in (left, right):
            axes.set_xlabel("Distance $r$ (m)")
    _key(made, fits)
    panels.tag_synthetic(made, synthetic)
    return made


def densities(axes: Axes, part: pd.DataFrame, unit: str) -> None:
    """f(r) as points and p(r) as a line, both per metre, named beside their ends."""
    r = middle(part)
    f, p = (part[name].where(part[name] > 0).to_numpy() for name in ("f", "p"))
    # Points as well: a bin between two that hold no pair is no line.
    look = {"color": PAIRS, "lw": 1.0, "ms": 1.3, "mew": 0, "gid": "pairs"}
    axes.plot(r, p, "o-", label="pairs of places, $p(r)$", **look)
    axes.plot(r, f, "o", color=INK, ms=1.9, mew=0, label=f"{unit}, $f(r)$", gid="observed")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(part["r_low"].min(), part["r_high"].max())
    # Room above for the two names.
    both = np.concatenate([f, p])
    low, high = np.nanmin(both), np.nanmax(both)
    axes.set_ylim(low / 1.5, high * (high / low) ** 0.28)
    axes.set_ylabel("Share per metre (1/m)")
    panels.decades(axes.xaxis)
    panels.decades(axes.yaxis)
    axes.legend(loc="upper right", borderaxespad=0.0, labelspacing=0.3, handletextpad=0.5)


def middle(part: pd.DataFrame) -> np.ndarray:
    """Geometric middles of the bins, m."""
    return np.sqrt(part["r_low"].to_numpy() * part["r_high"].to_numpy())


def law(part: pd.DataFrame, exponent: float) -> np.ndarray:
    """r^-exponent at the middles of the bins, scaled so that it predicts all moves in the bins."""
    r, width = middle(part), (part["r_high"] - part["r_low"]).to_numpy()
    shape = r**-exponent
    p = part["p"].fillna(0).to_numpy()
    return shape * float(part["f"].to_numpy() @ width) / float((p * width) @ shape)


def _ratio(axes: Axes, part: pd.DataFrame, own: pd.DataFrame) -> None:
    r = middle(part)
    seen = (part["moves"] > 0).to_numpy()
    value = part["cost"].to_numpy()
    for over, colour in (("origins", _BAND_ORIGINS), ("moves", _BAND_MOVES)):
        ends = [part[f"{over}_{end}"].where(seen).to_numpy() for end in ("low", "high")]
        least = np.nanmin(value[seen]) / 10
        axes.fill_between(r, np.maximum(ends[0], least), ends[1], color=colour, lw=0, gid=over)
    axes.plot(r[seen], value[seen], "o", color=INK, ms=1.9, mew=0, zorder=4, gid="cost")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(part["r_low"].min(), part["r_high"].max())
    low, high = np.nanmin(value[seen]), np.nanmax(value[seen])
    if low == high:  # one bin
        low, high = low / 30, high * 30
    axes.plot(r, law(part, 1.0), color=QUIET, lw=0.9, ls=(0, (1, 1.5)), zorder=2, gid="guide")
    told = []
    for model, (name, colour, dashes) in _LAWS.items():
        if model not in own.index or np.isnan(own.loc[model, "exponent"]):
            continue
        fit = own.loc[model]
        drawn = law(part, fit["exponent"])
        axes.plot(r, drawn, color=colour, lw=1.0, ls=dashes, zorder=5, gid=model)
        told.append((f"{name}: {_told(fit)}", colour))
    known = own.loc["power_law"]
    for name, dashes in (("published", (0, (4, 1, 1, 1))), ("planted", (0, (4, 1, 1, 1)))):
        if np.isfinite(known[name]):
            drawn = law(part, known[name])
            axes.plot(r, drawn, color=PAPER, lw=0.8, ls=dashes, zorder=3, gid=name)
            told.append((f"{name}: {known[name]:.3g}", PAPER))
    axes.set_ylim(low / 2, high * (high / low) ** 0.15)
    axes.set_ylabel(r"$\pi(r) = f(r) / p(r)$ (no unit)")
    panels.decades(axes.xaxis)
    panels.decades(axes.yaxis)
    for number, (words, colour) in enumerate(told):
        axes.text(0.99, 0.985 - 0.1 * number, words, color=colour, ha="right", va="top",
                  transform=axes.transAxes)  # fmt: skip


def _told(fit: pd.Series) -> str:
    """Exponent with the interval in which moves of one origin may hang together, if it has one."""
    low, high = fit["origins_low"], fit["origins_high"]
    if np.isnan(low):
        low, high = fit["exponent_low"], fit["exponent_high"]
    return f"{fit['exponent']:.3f} ({low:.3f} to {high:.3f})".replace("-", "−")


def _key(made: Figure, fits: pd.DataFrame) -> None:
    entries = {
        name: Line2D([], [], color=colour, lw=1.0, ls=dashes)
        for name, colour, dashes in _LAWS.values()
    }
    for name in ("published", "planted"):
        if fits[name].notna().any():
            entries[name] = Line2D([], [], color=PAPER, lw=0.8, ls=(0, (4, 1, 1, 1)))
    entries |= {
        "$1/r$": Line2D([], [], color=QUIET, lw=0.9, ls=(0, (1, 1.5))),
        "bootstrap of moves": Patch(fc=_BAND_MOVES, lw=0),
        "of origins": Patch(fc=_BAND_ORIGINS, lw=0),
    }
    made.legend(list(entries.values()), list(entries), loc="lower center", ncols=len(entries),
                handletextpad=0.5, columnspacing=1.4, borderaxespad=0.2)  # fmt: skip
