"""What the linearised model for many classes does at penalties where it no longer holds."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from movelaws.plotting import MM_PER_INCH, QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.inequality.likelihood import LOOKS

COLUMNS = [
    "variable",
    "label",
    "exponent",
    "clipped_low_share",
    "clipped_high_share",
    "moved_share",
    "hamming_standard",
    "hamming_linear",
    "hamming_exact",
]
_LEFT, _GAP, _RIGHT, _TOP, _TALL, _BOTTOM, _KEY = 13.5, 17.0, 2.5, 6.5, 46.0, 10.0, 5.0  # mm
_BROKEN = (0, (4, 1.6))


@style()
def linearisation(exact: pd.DataFrame, *, synthetic: bool = False) -> Figure:
    """Clipped pairs (a), people sent elsewhere than by the exact model (b), and wrong pairs (c).

    Parameters
    ----------
    exact : one row per variable and exponent, see ``COLUMNS``; shares are between 0 and 1, of
        pairs (clipped) and of people (moved).
    synthetic : add a tag that says so.

    Returns
    -------
    Figure 183 mm wide.

    Raises
    ------
    ValueError
        If a column is missing, there is no row, a variable has an exponent twice, or there are
        more variables than can be told apart.
    """
    parts = _checked(exact)
    made = figure(WIDTH_DOUBLE, _TOP + _TALL + _BOTTOM + _KEY)
    wide = (WIDTH_DOUBLE - _LEFT - 2 * _GAP - _RIGHT) / 3
    first, second, third = (
        panels.axes_mm(made, _LEFT + k * (wide + _GAP), _TOP, wide, _TALL) for k in range(3)
    )
    for (_, part), look in zip(parts.items(), LOOKS, strict=False):
        x = 10.0 ** part["exponent"].to_numpy(dtype=float)
        marked = {"color": look.colour, "marker": look.marker, "ms": 3.6, "mew": 0.5}
        solid = marked | {"mec": "white"}
        broken = marked | {"ls": _BROKEN, "mfc": "white", "mec": look.colour}
        first.plot(x, 100 * part["clipped_low_share"], gid="low", **solid)
        first.plot(x, 100 * part["clipped_high_share"], gid="high", **broken)
        moved = part["moved_share"].where(part["moved_share"] > 0)
        second.plot(x, 100 * moved, gid="moved", **solid)
        third.plot(x, part["hamming_linear"], gid="linear", **solid)
        third.plot(x, part["hamming_exact"], gid="exact", **broken)
    _standard(third, exact)
    exponents = sorted(float(n) for n in exact["exponent"].unique())
    for axes in (first, second, third):
        _penalty_axis(axes, exponents)
    _clipped_axis(first, exact)
    _moved_axis(second, exact)
    _counts_axis(third, exact)
    for number, (axes, title) in enumerate(
        (
            (first, "Probabilities clipped to [0, 1]"),
            (second, "Linear against exact model"),
            (third, "Wrong flows"),
        )
    ):
        panels.letter(axes, number, title)
    _kinds(first, "below 0", "above 1")
    _kinds(third, "linear", "exact", "standard model")
    _key(made, parts)
    panels.tag_synthetic(made, synthetic)
    return made


def _checked(exact: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Rows of each variable by rising exponent, by label."""
    panels.require_columns(exact, COLUMNS, "exact")
    if exact.empty:
        raise ValueError("exact: no rows; there should be one per variable and exponent")
    twice = exact.duplicated(["variable", "exponent"])
    if twice.any():
        row = exact[twice].iloc[0]
        raise ValueError(
            f"exact: variable {row['variable']!r} has exponent {row['exponent']:g} more than once"
        )
    names = dict(zip(exact["variable"], exact["label"].astype(str), strict=True))
    if len(names) > len(LOOKS):
        raise ValueError(f"exact: {len(names)} variables, at most {len(LOOKS)} can be told apart")
    return {
        label: exact[exact["variable"] == variable].sort_values("exponent")
        for variable, label in names.items()
    }


def _penalty_axis(axes: Axes, exponents: list[float]) -> None:
    axes.set_xscale("log")
    axes.set_xlim(10.0 ** (exponents[0] - 0.3), 10.0 ** (exponents[-1] + 0.3))
    panels.decades(axes.xaxis)
    axes.set_xlabel("Penalty, Δ (no unit)")


def _clipped_axis(axes: Axes, exact: pd.DataFrame) -> None:
    """Logarithmic down to the smallest share, with 0 below."""
    shares = 100 * exact[["clipped_low_share", "clipped_high_share"]].to_numpy(dtype=float)
    some = shares[shares > 0]
    low = 10.0 ** np.floor(np.log10(some.min())) if some.size else 0.1
    high = max(some.max() if some.size else 1.0, 10 * low)
    axes.set_yscale("symlog", linthresh=low, linscale=0.5)
    axes.set_ylim(-0.25 * low, high * 2)
    powers = 10.0 ** np.arange(np.log10(low).round(), np.floor(np.log10(high * 2)) + 1)
    axes.set_yticks([0, *powers], ["0", *(f"{power:g}" for power in powers)])
    minor = np.multiply.outer(powers, np.arange(2, 10)).ravel()
    axes.set_yticks(minor[minor < high * 2], minor=True)
    axes.set_ylabel("Pairs of zones (%)")


def _moved_axis(axes: Axes, exact: pd.DataFrame) -> None:
    shares = 100 * exact["moved_share"].to_numpy(dtype=float)
    some = shares[shares > 0]
    axes.set_yscale("log")
    axes.set_ylim(*((some.min() / 2, some.max() * 2) if some.size else (0.01, 100)))
    panels.decades(axes.yaxis)
    axes.set_ylabel("People sent elsewhere (%)")


def _standard(axes: Axes, exact: pd.DataFrame) -> None:
    for value in exact["hamming_standard"].unique():
        axes.axhline(value, color=QUIET, lw=0.8, zorder=0, gid="standard")


def _counts_axis(axes: Axes, exact: pd.DataFrame) -> None:
    counts = exact[["hamming_standard", "hamming_linear", "hamming_exact"]].to_numpy(dtype=float)
    low, high = counts.min(), counts.max()
    margin = 0.08 * max(high - low, 1.0)
    axes.set_ylim(low - margin, high + margin)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_ylabel("Pairs with a wrong flow (number)")


def _key(made: Figure, parts: dict[str, pd.DataFrame]) -> None:
    """Variables by colour and symbol."""
    handles = [
        Line2D([], [], color=look.colour, marker=look.marker, mec="white", mew=0.5, label=label)
        for label, look in zip(parts, LOOKS, strict=False)
    ]
    tall = made.get_figheight() * MM_PER_INCH
    made.legend(
        handles=handles, loc="lower center", bbox_to_anchor=(0.5, 0.8 / tall), ncols=len(handles),
        borderaxespad=0.0, borderpad=0.0, columnspacing=2.2, handlelength=2.8,
    )  # fmt: skip


def _kinds(axes: Axes, full: str, broken: str, thin: str = "") -> None:
    """What full and broken lines are in this panel, where curves that rise leave room."""
    drawn = {"color": QUIET, "marker": "o", "ms": 3.6, "mew": 0.5}
    handles = [
        Line2D([], [], mec="white", label=full, **drawn),
        Line2D([], [], label=broken, **(drawn | {"mfc": "white", "mec": QUIET, "ls": _BROKEN})),
    ]
    if thin:
        handles.append(Line2D([], [], color=QUIET, lw=0.8, label=thin))
    axes.legend(handles=handles, loc="upper left", borderaxespad=0.4, handlelength=2.8)
