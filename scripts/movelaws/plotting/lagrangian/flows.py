"""Flows, dissipations and characteristic times of the cells (Fig. 5)."""

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from movelaws.plotting import INK, QUIET, panels, style
from movelaws.plotting.lagrangian.diverged import entry, left_out, say_names
from movelaws.plotting.lagrangian.layout import grid, key_in_columns, line, of_case
from movelaws.plotting.lagrangian.looks import Look, case, of_kind
from movelaws.plotting.lagrangian.parameters import KINDS

COLUMNS = ["case", "method", "dissipation", "flow", "time"]
TIMES = {"reference": (0.0, 0.4), "city": (0.35, 0.65)}
"""Of claims L8 and L9: where the median time lies."""
_BAND = "#E9EEF3"
_BINS = 24
_LINE = 0.09  # of a panel's height, a line of small words
_APART = 0.055  # of the width, least distance of ticks


class _Quantity(NamedTuple):
    column: str
    name: str
    place: Callable[[pd.DataFrame], "_Axis"]


class _Axis(NamedTuple):
    """A stretched axis: bins are equally wide where values are drawn."""

    limits: tuple[float, float]
    scale: str
    options: dict

    def with_medians(self, data: pd.DataFrame, column: str) -> "_Axis":
        """A log axis that also reaches to the medians of the data."""
        medians = data.groupby("case")[column].median()
        medians = medians[np.isfinite(medians) & (medians > 0)]
        if self.scale != "log" or medians.empty:
            return self
        low, high = self.limits
        low, high = min(low, medians.min() / 2), max(high, medians.max() * 2)
        return self._replace(limits=(float(low), float(high)))

    def edges(self) -> np.ndarray:
        """Bins equally wide on the axis, between the limits."""
        low, high = self.limits
        if self.scale == "log":
            return np.geomspace(low, high, _BINS + 1)
        if self.scale == "asinh":
            unit = self.options["linear_width"]
            between = np.linspace(np.arcsinh(low / unit), np.arcsinh(high / unit), _BINS + 1)
            return unit * np.sinh(between)
        return np.linspace(low, high, _BINS + 1)


@style()
def flows(
    observables: pd.DataFrame,
    labels: Mapping[str, str],
    kinds: Mapping[str, str],
    *,
    method: str = "printed",
    diverged: Collection[str] = (),
    synthetic: bool = False,
) -> Figure:
    """Share of cells by flow, dissipation and characteristic time; triangles mark the medians.

    Hollow triangles are the medians of the data themselves, rows of the method "reference".

    Flows have a log axis and dissipations, of both signs, one that is linear up to the median
    magnitude and logarithmic beyond, so that their heavy tails are seen; bins are equally wide as
    drawn. Values beyond the axis count in the last bin.

    Parameters
    ----------
    observables : COLUMNS, a row per cell.
    labels : of the cases, in order. kinds : "reference" or "city", by case.
    method : whose cells are counted.
    diverged : cases whose printed schedule ran away: of them only the data are drawn.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column or the rows of a case are missing, or a case has no kind.
    """
    panels.require_columns(observables, COLUMNS, "observables")
    cells = observables[observables["method"] == method]
    data = observables[observables["method"] == "reference"]
    groups = {kind: of_kind(labels, kinds, kind) for kind in KINDS}
    groups = {kind: names for kind, names in groups.items() if names}
    columns = len(groups)
    gone = left_out(diverged, labels, method)
    cells = cells[~cells["case"].isin(gone)]
    made, axes = grid(3 * columns, columns, 36, across=14, down=15, below=15)
    for row, quantity in enumerate(_QUANTITIES):
        for column, (kind, names) in enumerate(groups.items()):
            axis = quantity.place(cells[cells["case"].isin(names)])
            axis = axis.with_medians(data[data["case"].isin(names)], quantity.column)
            at = axes[row * columns + column]
            if quantity.column == "time":
                at.axvspan(*TIMES[kind], color=_BAND, lw=0, zorder=0, gid="claim")
            looks = {name: case(name, labels) for name in names}
            _panel(at, cells, data, quantity, axis, looks, gone)
            if column == 0:
                at.set_ylabel("Share of cells")
            panels.letter(at, row * columns + column, KINDS[kind][0].upper() + KINDS[kind][1:])
    columns = [{labels[n]: line(case(n, labels)) for n in names} for names in groups.values()]
    marks = {
        name: Line2D([], [], ls="", marker="v", ms=3.4, mec=QUIET, mew=0.7, mfc=fill)
        for name, fill in (("median of the model", QUIET), ("median of the data", "white"))
    }
    key_in_columns(made, [*columns, marks | (entry() if gone else {})])
    panels.tag_synthetic(made, synthetic)
    return made


def _panel(
    axes: Axes,
    cells: pd.DataFrame,
    data: pd.DataFrame,
    quantity: _Quantity,
    axis: _Axis,
    looks: Mapping[str, Look],
    gone: Collection[str],
) -> None:
    axes.set_xscale(axis.scale, **axis.options)
    axes.set_xlim(*axis.limits)
    edges = axis.edges()
    for name, look in looks.items():
        known = data[data["case"] == name][quantity.column].to_numpy()
        _median(axes, axis, known[np.isfinite(known)], look, filled=False)
        if name in gone:
            continue
        value = of_case(cells, name, "observables")[quantity.column].to_numpy()
        value = value[np.isfinite(value)]
        share = np.histogram(np.clip(value, *axis.limits), edges)[0] / max(len(value), 1)
        axes.stairs(share, edges, color=look.colour, ls=look.dash, lw=1.0, baseline=None,
                    gid=f"histogram {name}")  # fmt: skip
        _median(axes, axis, value, look, filled=True)
    told = [look.name for name, look in looks.items() if name in gone]
    axes.set_ylim(0, axes.get_ylim()[1] * (1.15 + _LINE * len(told)))
    say_names(axes, told, 0.89, _LINE)
    axes.set_xlabel(quantity.name)
    if axis.scale == "log":
        panels.decades(axes.xaxis)
    elif axis.scale == "asinh":
        axes.axvline(0, ymax=0.8 if told else 1.0, color=INK, lw=0.4, zorder=0)
        _signed_decades(axes, axis)


def _median(axes: Axes, axis: _Axis, value: np.ndarray, look: Look, *, filled: bool) -> None:
    if len(value) == 0:
        return
    axes.plot(np.clip(np.median(value), *axis.limits), 0.98 if filled else 0.93, "v", ms=3.4,
              mec=look.colour, mew=0.7, mfc=look.colour if filled else "white", zorder=5,
              transform=axes.get_xaxis_transform(),
              gid="median" if filled else "median of the data")  # fmt: skip


def _signed_decades(axes: Axes, axis: _Axis) -> None:
    """Zero and powers of ten of both signs, from the outermost inwards while there is room."""
    unit, (low, high) = axis.options["linear_width"], axis.limits
    span = np.arcsinh(high / unit) - np.arcsinh(low / unit)
    powers = 10.0 ** np.arange(np.floor(np.log10(unit)), np.floor(np.log10(max(-low, high))) + 1)
    ticks = [0.0]
    for side in (-1, 1):
        last = np.inf
        for power in powers[::-1]:
            at = np.arcsinh(power / unit) / span
            inside = low <= side * power <= high
            if inside and last - at > _APART and at > _APART:
                ticks.append(side * power)
                last = at
    axes.set_xticks(sorted(ticks))
    axes.set_xticks([], minor=True)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _power(value)))


def _power(value: float) -> str:
    if value == 0:
        return "0"
    sign = "−" if value < 0 else ""
    if 0.01 <= abs(value) <= 1000:
        return f"{sign}{abs(value):,g}"
    return sign + panels.power_of_ten(abs(value))


def _flow_axis(cells: pd.DataFrame) -> _Axis:
    value = cells["flow"].to_numpy()
    value = value[np.isfinite(value) & (value > 0)]
    if len(value) == 0:
        return _Axis((1e-3, 1.0), "log", {})
    low, high = np.quantile(value, [0.005, 1.0])
    return _Axis((max(low, high * 1e-14) / 2, high * 2), "log", {})


def _dissipation_axis(cells: pd.DataFrame) -> _Axis:
    value = cells["dissipation"].to_numpy()
    value = value[np.isfinite(value)]
    unit = float(np.median(np.abs(value))) if len(value) else 1.0
    low, high = np.quantile(value, [0.002, 0.998]) if len(value) else (-1.0, 1.0)
    unit = unit or 1.0
    return _Axis((min(low, -unit) * 1.5, max(high, unit) * 1.5), "asinh", {"linear_width": unit})


def _time_axis(cells: pd.DataFrame) -> _Axis:
    return _Axis((0.0, 1.0), "linear", {})


_QUANTITIES = (
    _Quantity("flow", r"Flow, $\Phi_a$ (no unit)", _flow_axis),
    _Quantity("dissipation", r"Dissipation, $\gamma_a$ (no unit)", _dissipation_axis),
    _Quantity("time", r"Characteristic time, $\tau_a$ (share of the period)", _time_axis),
)
