"""The ridge along which attraction and crowding trade off."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator
from scipy.interpolate import LinearNDInterpolator

from movelaws.plotting import INK, figure, panels, style

COLUMNS = ["alpha", "gamma", "value"]
_WIDTH = 100.0
_LEFT, _TOP, _SIDE, _BAR_GAP, _BAR, _BOTTOM, _KEY = 11.0, 7.0, 68.0, 2.5, 3.0, 9.5, 9.0
_COLOURS = "cividis"
_SHARES = (0.8, 0.9, 0.95)  # of the best value: the lines of the ridge
_BANDS = 25
_FINE = 301
_ALIGNMENT = 3.0  # prefers neighbours of equal alpha / (1 + gamma)
_HALO = [withStroke(linewidth=1.8, foreground="white")]
_EQUAL = {"color": INK, "lw": 0.9, "ls": (0, (5, 3))}


@style()
def ridge(
    surface: pd.DataFrame,
    optimum: Mapping[str, float],
    *,
    label: str = "",
    published: Mapping[str, float] | None = None,
    planted: Mapping[str, float] | None = None,
    measure: str = "SSI",
    synthetic: bool = False,
) -> Figure:
    """Value of the best beta over gamma and alpha, with lines at shares of the best value.

    Parameters
    ----------
    surface : columns alpha, gamma, value on a full grid, >= 2 of each; NaN is left grey.
    optimum : alpha and gamma of the best fit; further keys are not used.
    label : name of the dataset.
    published, planted : alpha and gamma printed in the paper, or put into a synthetic world.
    measure : name of ``value``.
    synthetic : add a tag that says so.

    Raises
    ------
    ValueError
        If a column is missing, the grid has holes, repeats or fewer than two lines, no value is
        finite, or a point lacks alpha or gamma.
    """
    points = {"optimum": optimum, "published": published, "planted": planted}
    points = {
        name: _point(name, point) for name, point in points.items() if point or name == "optimum"
    }
    gamma, alpha, value = _grid(surface)
    made = figure(_WIDTH, _TOP + _SIDE + _BOTTOM + _KEY)
    axes = panels.axes_mm(made, _LEFT, _TOP, _SIDE, _SIDE)
    bar = panels.axes_mm(made, _LEFT + _SIDE + _BAR_GAP, _TOP, _BAR, _SIDE)
    axes.set_facecolor("#d8d8d8")
    low, high = float(np.nanmin(value)), float(np.nanmax(value))
    gamma, alpha, known = _finer(gamma, alpha, value)
    levels = MaxNLocator(_BANDS).tick_values(low, high)
    filled = axes.contourf(gamma, alpha, known, levels, cmap=_COLOURS)
    filled.set_edgecolor("face")  # no white seams between the bands in a vector file
    _lines(axes, gamma, alpha, known, high)
    axes.plot(gamma, 1 + gamma, **_EQUAL)  # what arrives follows the attraction
    axes.set_xlim(gamma[0], gamma[-1])
    axes.set_ylim(alpha[0], alpha[-1])
    handles = _marks(axes, points, measure)
    axes.set_xlabel(r"Strength of crowding, $\gamma$ (no unit)")
    axes.set_ylabel(r"Exponent of attraction, $\alpha$ (no unit)")
    for spine in axes.spines.values():
        spine.set_visible(True)
    ticks = MaxNLocator(6).tick_values(levels[0], levels[-1])
    ticks = ticks[(ticks >= levels[0] - 1e-12) & (ticks <= levels[-1] + 1e-12)]
    made.colorbar(filled, cax=bar, ticks=ticks, format="%g").outline.set_linewidth(0.4)
    bar.set_ylabel(f"{measure} at the best $\\beta$ (no unit)")
    bar.minorticks_off()
    axes.set_title(label, loc="left", pad=4)
    made.legend(
        handles,
        [handle.get_label() for handle in handles],
        loc="lower left",
        bbox_to_anchor=(_LEFT / _WIDTH, 0.0),
        ncols=2,
        borderaxespad=0.2,
        columnspacing=1.6,
        labelspacing=0.3,
    )
    panels.tag_synthetic(made, synthetic)
    return made


def _point(name: str, point: Mapping[str, float]) -> tuple[float, float]:
    """Gamma and alpha of a point, as it lies in the panel."""
    missing = [key for key in ("alpha", "gamma") if key not in point]
    if missing:
        raise ValueError(
            f"{name}: no {' and no '.join(missing)}; there are {', '.join(map(str, point))}"
        )
    return float(point["gamma"]), float(point["alpha"])


def _grid(surface: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gammas, alphas, and the values (alphas by gammas)."""
    panels.require_columns(surface, COLUMNS, "surface")
    if surface.duplicated(["alpha", "gamma"]).any():
        raise ValueError("surface: a point of alpha and gamma is there twice")
    grid = surface.pivot(index="alpha", columns="gamma", values="value").sort_index(axis=1)
    if min(grid.shape) < 2 or grid.size != len(surface):
        raise ValueError(
            f"surface: {len(surface)} rows on {grid.shape[0]} alphas and {grid.shape[1]} gammas: "
            "give a full grid of at least 2 x 2"
        )
    if not np.isfinite(grid.to_numpy()).any():
        raise ValueError("surface: no value is finite")
    return grid.columns.to_numpy(float), grid.index.to_numpy(float), grid.to_numpy(float)


def _finer(
    gamma: np.ndarray, alpha: np.ndarray, value: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ma.MaskedArray]:
    """Values on a finer grid, interpolated along the ridge instead of across it.

    The ridge runs askew through the grid and may be narrower than its cells: interpolated cell by
    cell it would fall apart into beads. Along alpha / (1 + gamma) it is straight.
    """
    fine = [np.linspace(axis[0], axis[-1], _FINE) for axis in (gamma, alpha)]
    given, wanted = (np.meshgrid(*axes) for axes in ((gamma, alpha), fine))
    aligned, targets = (
        np.column_stack([np.log1p(g).ravel(), _ALIGNMENT * (a / (1 + g)).ravel()])
        for g, a in (given, wanted)
    )
    found = LinearNDInterpolator(aligned, value.ravel())(targets)
    return *fine, np.ma.masked_invalid(found.reshape(_FINE, _FINE))


def _lines(
    axes: Axes, gamma: np.ndarray, alpha: np.ndarray, value: np.ma.MaskedArray, high: float
) -> None:
    shares = [share for share in _SHARES if value.min() < share * high < high]
    if not shares:
        return
    drawn = axes.contour(
        gamma, alpha, value, [share * high for share in shares], colors=INK, linewidths=0.45
    )
    names = {share * high: f"{100 * share:g} %" for share in shares}
    places = [
        place
        for k, level in enumerate(drawn.levels)
        if (place := _above_the_ridge(gamma, alpha, value, level, 0.35 + 0.12 * k)) is not None
    ]
    if places:
        axes.clabel(drawn, fmt=names, fontsize=6, inline_spacing=1.5, manual=places)


def _above_the_ridge(
    gamma: np.ndarray, alpha: np.ndarray, value: np.ma.MaskedArray, level: float, share: float
) -> tuple[float, float] | None:
    """Where a line of the ridge is named: its upper side, well inside the panel, or not at all."""
    for column in range(int(share * (len(gamma) - 1)), 0, -1):
        inside = np.flatnonzero((value[:, column] >= level).filled(False))
        if len(inside) and inside[-1] < len(alpha) - 2:
            return float(gamma[column]), float(alpha[inside[-1]])
    return None


def _marks(axes: Axes, points: Mapping[str, tuple[float, float]], measure: str) -> list[Line2D]:
    """The points, and for the key all that is drawn."""
    looks = {
        "optimum": ("best fit", {"marker": "o", "ms": 4.2, "mfc": "white", "mec": INK}),
        "published": ("published", {"marker": "D", "ms": 5.5, "mfc": "none", "mec": "#BB2255"}),
        "planted": ("planted", {"marker": "D", "ms": 7.5, "mfc": "none", "mec": INK}),
    }
    handles = []
    for name, (gamma, alpha) in points.items():
        text, look = looks[name]
        options = {**look, "ls": "", "mew": 0.9, "label": text, "path_effects": _HALO}
        axes.plot(gamma, alpha, clip_on=False, zorder=5, gid=name, **options)
        handles.append(Line2D([], [], **options))
    handles.append(Line2D([], [], label=r"$\alpha=1+\gamma$", **_EQUAL))
    text = f"share of the best {measure}"
    handles.append(Line2D([], [], color=INK, lw=0.45, label=text))
    return handles
