"""Maps of the average susceptibilities to initial populations and velocities (Figs 6 and 7)."""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colorbar import Colorbar
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.ticker import FuncFormatter

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.lagrangian.diverged import STACKED, left_out, say
from movelaws.plotting.lagrangian.layout import number, require_cases
from movelaws.plotting.maps import round_length

SUMMARY = ["method", "quantity", "value"]
MOST = 8
KINDS = {
    "psi": (r"$\psi_a$: velocity", r"$\langle\partial \dot q_a(n)/\partial q_b(0)\rangle$",
            r"$\langle\partial \dot q_a(n)/\partial \dot q_b(0)\rangle$"),
    "chi": (r"$\chi_a$: population", r"$\langle\partial q_a(n)/\partial q_b(0)\rangle$",
            r"$\langle\partial q_a(n)/\partial \dot q_b(0)\rangle$"),
}  # fmt: skip
SCALE = "RdBu_r"
_EMPTY = "#C4C4C4"
ROBUST = 0.98
"""Share of the cells within the limits of the colour scale."""
_LEFT, _MAP, _BAR, _BETWEEN, _PAIR, _TOP, _WORDS, _DOWN = 2.5, 30.5, 1.8, 11.7, 3.0, 12.0, 8.5, 13.0


@style()
def susceptibility(
    maps: Mapping[str, xr.Dataset],
    summaries: Mapping[str, pd.DataFrame],
    labels: Mapping[str, str],
    *,
    kind: str = "psi",
    method: str = "printed",
    cell_m: Mapping[str, float] | None = None,
    inhabited: Mapping[str, np.ndarray] | None = None,
    diverged: Collection[str] = (),
    synthetic: bool = False,
) -> Figure:
    """A pair of maps per case: mean response to all initial populations, and to all velocities.

    Colours are symmetric about zero, with limits that hold 98 % of the cells; north is up. Below
    each pair stands the correlation of its maps and Moran's I of each (with its p value).

    Parameters
    ----------
    maps : by case: <kind>_q0 and <kind>_v0 (method, y, x).
    summaries : by case: SUMMARY; pearson_<kind>, moran_<kind>_<to> and moran_p_<kind>_<to> are
        read, where they are.
    labels : of the cases, in order.
    kind : "psi", of velocities (Eq. 36), or "chi", of populations (Eq. 35).
    method : whose susceptibilities are shown.
    cell_m : side of a cell by case, metres, for a scale bar; none where it is not given or 0.
    inhabited : (y, x) bool by case, cells that hold people; others, whose parameters no data
        tell and which enter no number, are grey.
    diverged : cases whose printed schedule ran away: words stand in their empty maps.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If there are no cases or too many, the kind is unknown, or a case lacks a map or method.
    """
    require_cases(labels, MOST, "susceptibility")
    if kind not in KINDS:
        raise ValueError(f"susceptibility: kind {kind!r}: use 'psi' or 'chi'")
    rows = -(-len(labels) // 2)
    step = _MAP + _WORDS + _DOWN
    made = figure(WIDTH_DOUBLE, _TOP + rows * step - _DOWN + 1.5)
    gone = left_out(diverged, labels, method)
    for place, (case, label) in enumerate(labels.items()):
        row, column = divmod(place, 2)
        left = _LEFT + column * (2 * (_MAP + _BAR + _BETWEEN) + _PAIR)
        top = _TOP + row * step
        for side, to in enumerate(("q0", "v0")):
            at = left + side * (_MAP + _BAR + _BETWEEN)
            if case in gone:
                axes = _nothing(made, (at, top), KINDS[kind][1 + side])
                if side == 0:
                    panels.letter(axes, place, label, above_mm=5.2)
                continue
            values = _values(maps[case], f"{kind}_{to}", method, case)
            if case in (inhabited or {}):
                values = np.where(np.reshape(inhabited[case], values.shape), values, np.nan)
            axes = _map(made, values, (at, top), KINDS[kind][1 + side])
            if side == 0:
                panels.letter(axes, place, label, above_mm=5.2)
                scale_bar(axes, values.shape, (cell_m or {}).get(case, 0))
        if case not in gone:
            _below(made, left, top + _MAP, _words(summaries[case], kind, method))
    panels.tag_synthetic(made, synthetic)
    return made


def limit(values: np.ndarray) -> float:
    """Symmetric end of the colour scale: the quantile ROBUST of the magnitudes."""
    finite = np.abs(values[np.isfinite(values)])
    end = float(np.quantile(finite, ROBUST)) if finite.size else 0.0
    return end or float(finite.max(initial=0.0)) or 1.0


def _values(data: xr.Dataset, name: str, method: str, case: str) -> np.ndarray:
    if name not in data or method not in data["method"].to_numpy():
        raise ValueError(f"susceptibility of {case!r}: no {name!r} by {method!r} in the file")
    return data[name].sel({"method": method}).to_numpy().astype(float)


def _map(made: Figure, values: np.ndarray, corner: tuple[float, float], name: str) -> Axes:
    ny, nx = values.shape
    scale = _MAP / max(ny, nx)
    wide, tall = nx * scale, ny * scale
    left, top = corner[0] + (_MAP - wide) / 2, corner[1] + (_MAP - tall) / 2
    axes = panels.axes_mm(made, left, top, wide, tall)
    end = limit(values)
    image = axes.imshow(values, origin="lower", cmap=SCALE, norm=Normalize(-end, end),
                        interpolation="nearest", aspect="auto")  # fmt: skip
    axes.set_facecolor(_EMPTY)
    _frame(axes, name)
    _bar(made, image, values, end, corner)
    return axes


def _nothing(made: Figure, corner: tuple[float, float], name: str) -> Axes:
    axes = panels.axes_mm(made, *corner, _MAP, _MAP)
    _frame(axes, name)
    say(axes, STACKED)
    return axes


def _frame(axes: Axes, name: str) -> None:
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(True)
        spine.set_color(QUIET)
    axes.annotate(name, (0, 1), (0, 2.5), xycoords="axes fraction", textcoords="offset points",
                  annotation_clip=False, fontsize=6.5)  # fmt: skip


def _bar(
    made: Figure, image: AxesImage, values: np.ndarray, end: float, corner: tuple[float, float]
) -> None:
    finite = values[np.isfinite(values)]
    over, under = bool((finite > end).any()), bool((finite < -end).any())
    beyond = {(True, True): "both", (True, False): "max", (False, True): "min"}
    at = panels.axes_mm(made, corner[0] + _MAP + 1.0, corner[1] + 1.5, _BAR, _MAP - 3.0)
    bar = Colorbar(at, image, extend=beyond.get((over, under), "neither"), extendfrac=0.05)
    bar.outline.set_linewidth(0.4)
    bar.set_ticks([-end, 0, end])
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _short(value)))
    bar.ax.tick_params(labelsize=5.8, length=1.5, pad=1)


def _short(value: float) -> str:
    """Two digits in little room: 0.0012 becomes 1.2e-3."""
    if value == 0 or 0.01 <= abs(value) < 1e4:
        return number(value)
    factor, power = f"{value:.1e}".split("e")
    return f"{factor}e{int(power)}".replace("-", "−")


def scale_bar(axes: Axes, shape: tuple[int, int], cell_m: float) -> None:
    """Bar in the lower left corner, drawn over the map on a light ground."""
    if not cell_m > 0:
        return
    length_km = round_length(0.35 * shape[1] * cell_m / 1000)
    cells = length_km * 1000 / cell_m
    x, y = 0.3 - 0.5, 0.35 - 0.5
    axes.plot([x, x + cells], [y, y], color=INK, lw=1.4, solid_capstyle="butt", gid="scale bar")
    axes.annotate(f"{length_km:,g} km", (x, y), (0, 2), textcoords="offset points", fontsize=6,
                  bbox={"fc": "white", "ec": "none", "alpha": 0.75, "pad": 0.6})  # fmt: skip
    axes.set_xlim(-0.5, shape[1] - 0.5)
    axes.set_ylim(-0.5, shape[0] - 0.5)


def _words(summary: pd.DataFrame, kind: str, method: str) -> list[str]:
    """Correlation of the two maps, and how clustered each is."""
    panels.require_columns(summary, SUMMARY, "summary")
    own = summary[summary["method"] == method].set_index("quantity")["value"]
    lines = [f"$r$ = {number(own[f'pearson_{kind}'])}" if f"pearson_{kind}" in own else ""]
    for to in ("q0", "v0"):
        if f"moran_{kind}_{to}" not in own:
            lines.append("")
            continue
        p = own.get(f"moran_p_{kind}_{to}", np.nan)
        told = f" ($p$ {_chance(p)})" if np.isfinite(p) else ""
        value = f"{round(own[f'moran_{kind}_{to}'], 2) + 0.0:.2f}".replace("-", "−")
        lines.append(f"Moran's $I$ = {value}{told}")
    return lines


def _chance(p: float) -> str:
    if p < 0.001:
        return "< 0.001"
    return f"= {p:.2f}" if p >= 0.1 else f"= {number(p, 1 if p < 0.01 else 2)}"


def _below(made: Figure, left: float, bottom: float, words: list[str]) -> None:
    wide, tall = made.get_size_inches() * 25.4
    second = left + _MAP + _BAR + _BETWEEN
    for x, y, text in (
        (left + _MAP / 2, 3.0, words[1]),
        (second + _MAP / 2, 3.0, words[2]),
        ((left + second + _MAP) / 2, 6.4, f"between the maps {words[0]}" if words[0] else ""),
    ):
        made.text(x / wide, 1 - (bottom + y) / tall, text, ha="center", va="baseline",
                  fontsize=6.5)  # fmt: skip
