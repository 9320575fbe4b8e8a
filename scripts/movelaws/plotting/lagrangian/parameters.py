"""Distributions of the inferred parameters beside the Laplace and normal laws (Fig. 3)."""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from movelaws.plotting import INK, QUIET, panels, style
from movelaws.plotting.lagrangian.diverged import MARKED, left_out
from movelaws.plotting.lagrangian.layout import grid, number, of_case
from movelaws.plotting.lagrangian.looks import METHODS, Look, case, for_words, of_kind

HISTOGRAM = ["case", "method", "parameter", "low", "high", "density"]
FITS = ["case", "method", "parameter", "link_kind", "n", "mean", "sd", "laplace_loglik",
        "normal_loglik", "share_at_bound", "laplace_scale"]  # fmt: skip
PARAMETERS = {"gamma": r"$\Gamma_{ab}$", "lambda": r"$\Lambda_{ab}$"}
KINDS = {"reference": "the paper's dynamics", "city": "cities"}
_LINE = 0.057  # of a panel's height, a line of its text


@style()
def parameters(
    histogram: pd.DataFrame,
    fits: pd.DataFrame,
    labels: Mapping[str, str],
    kinds: Mapping[str, str],
    *,
    method: str = "printed",
    diverged: Collection[str] = (),
    synthetic: bool = False,
) -> Figure:
    """P(Gamma) and P(Lambda) of all cases, with the Laplace law of each (thin).

    Numbers give the gain in log-likelihood per value of the Laplace law, centred on zero, over
    the normal law, and the share of values at the bound.

    Parameters
    ----------
    histogram : HISTOGRAM. fits : FITS; rows whose link_kind is "all" are read.
    labels : of the cases, in order. kinds : "reference" or "city", by case.
    method : whose parameters are shown.
    diverged : cases whose printed schedule ran away: they are named and not drawn.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column or the rows of a case are missing, or a case has no kind.
    """
    panels.require_columns(histogram, HISTOGRAM, "histogram")
    panels.require_columns(fits, FITS, "fits")
    groups = {kind: of_kind(labels, kinds, kind) for kind in KINDS}
    groups = {kind: names for kind, names in groups.items() if names}
    columns = len(groups)
    gone = left_out(diverged, labels, method)
    made, axes = grid(2 * columns, columns, 58, across=14, down=15, below=8.5)
    histogram = histogram[histogram["method"] == method]
    fits = fits[(fits["method"] == method) & (fits["link_kind"] == "all")]
    for row, parameter in enumerate(PARAMETERS):
        for column, (kind, names) in enumerate(groups.items()):
            place = row * columns + column
            part = histogram[(histogram["parameter"] == parameter)]
            own = fits[fits["parameter"] == parameter]
            _panel(axes[place], part, own, {name: case(name, labels) for name in names}, gone)
            axes[place].set_xlabel(f"{PARAMETERS[parameter]} (no unit)")
            if column == 0:
                axes[place].set_ylabel("Probability density")
            panels.letter(axes[place], place, f"{PARAMETERS[parameter]}, {KINDS[kind]}")
    _words(made, method)
    panels.tag_synthetic(made, synthetic)
    return made


def _panel(
    axes: Axes,
    histogram: pd.DataFrame,
    fits: pd.DataFrame,
    looks: Mapping[str, Look],
    gone: Collection[str],
) -> None:
    drawn, told = {}, []
    for name, look in looks.items():
        if name in gone:
            told.append((f"{look.name}: {MARKED}", "", QUIET))
            continue
        part = of_case(histogram, name, "histogram").sort_values("low")
        fit = of_case(fits, name, "fits").iloc[0]
        density = part["density"].where(part["density"] > 0).to_numpy()
        edges = np.append(part["low"].to_numpy(), part["high"].iloc[-1])
        drawn[name] = edges, density
        axes.stairs(density, edges, color=look.colour, ls=look.dash, lw=1.0, baseline=None,
                    gid=f"histogram {name}")  # fmt: skip
        told.append((f"{look.name}: {_verdict(fit)}", _at_bound(fit), for_words(look.colour)))
    positive = [density[np.isfinite(density)] for _, density in drawn.values()]
    positive = np.concatenate([*positive, [] if drawn else [1.0]])
    low, high = positive.min(), positive.max()
    axes.set_yscale("log")
    room = _LINE * (len(told) + 0.6)  # above the peak, for the words
    axes.set_ylim(low / 1.5, low / 1.5 * (1.5 * high / low) ** (1 / (1 - min(room, 0.5))))
    reach = max((abs(edges[[0, -1]]).max() for edges, _ in drawn.values()), default=1.0)
    axes.set_xlim(-reach * 1.03, reach * 1.03)
    for name in drawn:
        look = looks[name]
        scale = of_case(fits, name, "fits")["laplace_scale"].iloc[0]
        x = np.linspace(*axes.get_xlim(), 401)
        with np.errstate(under="ignore", divide="ignore", invalid="ignore"):
            law = np.exp(-np.abs(x) / scale) / (2 * scale)
        law[law < axes.get_ylim()[0] / 10] = np.nan
        axes.plot(x, law, color=look.colour, lw=0.5, zorder=1, gid=f"laplace {name}")
    panels.decades(axes.yaxis)
    for place, (verdict, clipped, colour) in enumerate(told):
        for x, side, words in ((0.995, "right", verdict), (0.015, "left", clipped)):
            axes.text(x, 0.99 - _LINE * place, words, color=colour, ha=side, va="top",
                      transform=axes.transAxes, fontsize=6)  # fmt: skip
    _bound(axes, fits, {name: edges for name, (edges, _) in drawn.items()})


def _verdict(fit: pd.Series) -> str:
    """Which law is the better one, and by how much log-likelihood per value."""
    gain = (fit["laplace_loglik"] - fit["normal_loglik"]) / fit["n"]
    law = "Laplace" if gain > 0 else "normal"
    return f"{law} +{number(abs(gain))}"


def _at_bound(fit: pd.Series) -> str:
    share = 100 * fit["share_at_bound"]
    return f"{number(share)} % at the bound" if share > 0 else "none at the bound"


def _bound(axes: Axes, fits: pd.DataFrame, edges: Mapping[str, np.ndarray]) -> None:
    """Where the parameters of a case were clipped: the ends of its histogram."""
    clipped = fits.set_index("case")["share_at_bound"]
    ends = {abs(edge[[0, -1]]).max() for name, edge in edges.items() if clipped[name] > 0}
    for end in sorted(ends):
        for side in (-end, end):
            axes.axvline(side, ymax=0.12, color=INK, lw=0.8, gid="bound")


def _words(made: Figure, method: str) -> None:
    look = METHODS[method]
    lines = (
        f"{look.name[0].upper()}{look.name[1:]}. Steps: inferred values; thin lines: Laplace laws "
        "with the mean magnitude of each case; black ticks: bound.",
        "Numbers behind a law: its gain in log-likelihood per value over the other law, Laplace or "
        "normal.",
    )
    made.text(0.5, 0.004, "\n".join(lines), ha="center", va="bottom", color=QUIET)
