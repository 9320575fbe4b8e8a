"""Laws that a Bayesian machine scientist arrives at, beside the front (paper 2, Table S9)."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from movelaws.plotting import QUIET, WIDTH_DOUBLE, colours, figure, panels, style
from movelaws.plotting.symbolic import parts
from movelaws.plotting.symbolic.formulas import lines

CHAINS = ("chain", "expression", "complexity", "description_length", "rmse_log")
TRACES = ("chain", "step", "description_length")
COLOURS = ("#332288", "#AA4499", "#117733", "#882255", "#999933", "#44AA99", "#555555")
MARKERS = "osD^vPX"
MOST = len(COLOURS)
_LEFT, _TOP, _PANEL, _AXIS, _GAP = 16.0, 7.0, 50.0, 11.0, 20.0
_LINE, _PAD, _HEAD = 4.0, 1.4, 4.2
_POINTS = 1500  # of a trace at most: more are not told apart in print


@style()
def scientist(
    table: pd.DataFrame,
    traces: pd.DataFrame,
    front: pd.DataFrame | None = None,
    *,
    label: str = "",
    dataset: str = "",
    unit: str = "commuters",
    synthetic: bool = False,
) -> Figure:
    """Description length along the chains (a), their laws against the front (b), the laws (c).

    Parameters
    ----------
    table : chain, expression, complexity, description_length (nats) and rmse_log (of ln of the
        flows); with a column rmse (in flows) the laws are comparable with the front's.
    traces : chain, step, description_length.
    front : complexity and the same measure, rmse or rmse_log; if it lacks the measure of
        ``table``, no front is drawn and the panel says so.
    label, dataset : name to show, and the key that chooses the front's colour.
    unit : of the flows.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing or there are more than seven chains.
    """
    parts.checked(table, CHAINS, "scientist")
    parts.checked(traces, TRACES, "scientist_traces")
    if table.empty:
        return parts.nothing("The machine scientist was not run.", synthetic=synthetic)
    table = table.sort_values("description_length", kind="stable").drop_duplicates("chain")
    chains = sorted(set(table["chain"]) | set(traces["chain"]))
    if len(chains) > MOST:
        raise ValueError(f"scientist: {len(chains)} chains; at most {MOST} are drawn")
    looks = {
        chain: colours.Look(*look)
        for chain, look in zip(chains, zip(COLOURS, MARKERS, strict=True), strict=False)
    }
    laws = [lines(law, WIDTH_DOUBLE - 52) for law in table["expression"]]
    deep = _HEAD + sum(_tall(text) for text, _ in laws)
    made = figure(WIDTH_DOUBLE, _TOP + _PANEL + _AXIS + _TOP + deep + 2)
    wide = (WIDTH_DOUBLE - _LEFT - _GAP - 3) / 2
    axes = panels.axes_mm(made, _LEFT, _TOP, wide, _PANEL)
    _traces(axes, traces, looks)
    panels.letter(axes, 0, label)
    axes = panels.axes_mm(made, _LEFT + wide + _GAP, _TOP, wide, _PANEL)
    _against(axes, table, front, looks, colours.dataset(dataset) if dataset else None, unit)
    under = panels.axes_mm(made, 1.0, 2 * _TOP + _PANEL + _AXIS, WIDTH_DOUBLE - 2, deep)
    panels.letter(under, 2, "Law of each chain, the shortest description first")
    _table(parts.sheet(under, WIDTH_DOUBLE - 2, deep), table, laws, looks)
    panels.tag_synthetic(made, synthetic)
    return made


def _traces(axes: Axes, traces: pd.DataFrame, looks: dict) -> None:
    """Lines of the chains; the start, far above, is cut so that the rest shows."""
    for chain, part in traces.groupby("chain"):
        part = part.sort_values("step")
        part = part.iloc[:: max(1, len(part) // _POINTS)]
        axes.plot(
            part["step"], part["description_length"], lw=0.6, color=looks[chain].colour, gid="trace"
        )
    values = traces["description_length"].to_numpy(float)
    values = values[np.isfinite(values)]
    if values.size:
        low, high = values.min(), np.quantile(values, 0.98)
        pad = 0.06 * (high - low) or 1.0
        axes.set_ylim(low - pad, high + pad)
    axes.set_xlim(0, max(1, traces["step"].max()) * 1.05 if len(traces) else 1)
    parts.thousands(axes.xaxis)
    parts.thousands(axes.yaxis)
    axes.set_xlabel("Step of the chain")
    axes.set_ylabel("Description length (nats)")


def _against(
    axes: Axes,
    table: pd.DataFrame,
    front: pd.DataFrame | None,
    looks: dict,
    look: colours.Look | None,
    unit: str,
) -> None:
    shared = [
        measure
        for measure in ("rmse", "rmse_log")
        if measure in table and front is not None and measure in front
    ]
    measure = shared[0] if shared else "rmse" if "rmse" in table else "rmse_log"
    handles = {}
    if shared:
        best = front.sort_values("complexity")
        best = best.loc[best.groupby("complexity")[measure].idxmin()]
        look = look or colours.OBSERVED
        axes.step(best["complexity"], best[measure], where="post", color=look.colour, lw=0.9)
        handles["front"] = axes.plot(
            best["complexity"],
            best[measure],
            look.marker,
            color=look.colour,
            ms=3.6,
            mew=0,
            gid="front",
        )[0]
    for row in table.to_dict("records"):
        colour, marker = looks[row["chain"]]
        axes.plot(
            row["complexity"],
            row[measure],
            marker,
            color=colour,
            ms=4.6,
            mfc="white",
            mew=1.1,
            gid="chain",
        )
    handles["chains"] = Line2D([], [], ls="", marker="o", mfc="white", color=QUIET, mew=1.1)
    values = table[measure].to_numpy(float)
    if np.isfinite(values).all() and (values > 0).all() and values.max() > 5 * values.min():
        axes.set_yscale("log")
        panels.decades(axes.yaxis, least=3)
    else:
        parts.thousands(axes.yaxis)
    axes.margins(y=0.12)
    axes.set_xlabel("Complexity (no unit)")
    panels.letter(
        axes,
        1,
        "Laws of the chains and the front" if shared else "Laws (the front has no such error)",
    )
    axes.set_ylabel(f"RMSE ({unit})" if measure == "rmse" else "RMSE of ln of the flow (no unit)")
    if shared:
        axes.legend(list(handles.values()), list(handles), loc="best", handletextpad=0.3)


def _tall(text: str) -> float:
    return _LINE * (text.count("\n") + 1) + _PAD


def _table(axes: Axes, table: pd.DataFrame, laws: list, looks: dict) -> None:
    drawn = {"va": "center_baseline"}
    heads = ((0.0, "Chain", "left"), (14.0, "Law", "left"), (160.0, "$C$", "right"))
    for at, text, side in (*heads, (180.0, "Descr. length", "right")):
        axes.text(at, _HEAD / 2, text, ha=side, color=QUIET, **drawn)
    top = _HEAD
    for row, (text, size) in zip(table.to_dict("records"), laws, strict=True):
        y = top + _tall(text) / 2
        top += _tall(text)
        colour, marker = looks[row["chain"]]
        axes.plot(4.0, y, marker, color=colour, ms=4.6, mfc="white", mew=1.1)
        axes.text(7.0, y, f"{row['chain']}", ha="left", **drawn)
        axes.text(14.0, y, text, fontsize=size, va="center", linespacing=1.3, gid="law")
        axes.text(160.0, y, f"{row['complexity']}", ha="right", **drawn)
        length = f"{row['description_length']:,.1f}".replace("-", "−")
        axes.text(180.0, y, length, ha="right", **drawn)
