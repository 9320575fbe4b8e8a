"""The penalty of each variable by maximum likelihood: how much better it predicts, and how sure."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from movelaws.plotting import HAIRLINE, QUIET, WIDTH_DOUBLE, figure, panels, style
from movelaws.plotting.colours import Look

COLUMNS = ["variable", "label", "delta_minus_1", "low", "high", "gain_per_person"]
PROFILE_COLUMNS = ["variable", "delta_minus_1", "gain_per_person"]
LOOKS = (
    Look("#0072B2", "o"),
    Look("#D55E00", "s"),
    Look("#009E73", "D"),
    Look("#CC79A7", "^"),
    Look("#222222", "v"),
    Look("#56B4E9", "P"),
    Look("#8A6D00", "X"),
    Look("#6A3D9A", "p"),
)
"""Of variables in the order of their table: Okabe & Ito's colours, told apart by all."""

_LEFT, _RIGHT, _TOP, _TALL, _BETWEEN, _ROW, _BOTTOM = 31.0, 27.0, 9.5, 48.0, 5.0, 5.6, 10.0  # mm
_NOTHING = 0.8  # decades on paper between 0 and the smallest penalty
_COARSE = 40  # points of a profile below which its dots are large
_DASHES = ("-", (0, (4, 1.5)), (0, (1.2, 1.2)), (0, (5, 1.5, 1.2, 1.5)))


@style()
def likelihood(
    likelihood: pd.DataFrame,
    profiles: pd.DataFrame,
    *,
    planted: Mapping[str, float],
    scale_name: str = "δ − 1",
    synthetic: bool = False,
) -> Figure:
    """Gain in log-likelihood against the penalty (a), and the best penalty with its interval (b).

    The axis is logarithmic on both sides of 0, where the standard model is; the left side, zones
    of the class being better off, is drawn if the profiles have it.

    Parameters
    ----------
    likelihood : a row per variable: variable, label, delta_minus_1 (the estimate), low and high
        (bootstrap interval), gain_per_person.
    profiles : variable, delta_minus_1, gain_per_person (log-likelihood less that of the standard
        model, per person; -inf where a flow became impossible).
    planted : penalty behind synthetic data, by variable; may be empty.
    scale_name : what the penalty is, "δ − 1" or "Δ".
    synthetic : add a tag that says so.

    Returns
    -------
    Figure 183 mm wide.

    Raises
    ------
    ValueError
        If a column is missing, there is no variable, one has no finite profile, or there are more
        variables than can be told apart.
    """
    shapes = _checked(likelihood, profiles)
    rows = len(likelihood)
    made = figure(WIDTH_DOUBLE, _TOP + _TALL + _BETWEEN + rows * _ROW + _BOTTOM)
    wide = WIDTH_DOUBLE - _LEFT - _RIGHT
    first = panels.axes_mm(made, _LEFT, _TOP, wide, _TALL)
    second = panels.axes_mm(made, _LEFT, _TOP + _TALL + _BETWEEN, wide, rows * _ROW)
    limits = _limits(likelihood, profiles)
    for axes in (first, second):
        _penalty_axis(axes, _range(likelihood, shapes, limits[0], planted))
    first.set_ylim(*limits)
    if limits[1] < 1e-3:
        first.yaxis.set_major_formatter(FuncFormatter(_signed_power))
    first.axhline(0, color=QUIET, lw=HAIRLINE, zorder=1, gid="standard")
    first.annotate(
        "standard\nmodel", (1, 0), (4, 0), xycoords=first.get_yaxis_transform(),
        textcoords="offset points", va="center", color=QUIET, linespacing=1.1,
    )  # fmt: skip
    for at, (row, look) in enumerate(zip(likelihood.itertuples(index=False), LOOKS, strict=False)):
        part = _through_maximum(shapes[row.variable], row)
        first.plot(
            part["delta_minus_1"], part["gain_per_person"], color=look.colour,
            ls=_DASHES[at % len(_DASHES)], gid="profile", zorder=3,
            marker=".", ms=3.8 if len(part) < _COARSE else 3.2, mew=0, lw=0.8,
        )  # fmt: skip
        marked = {"marker": look.marker, "color": look.colour, "mec": "white", "mew": 0.5, "ms": 5}
        first.plot(row.delta_minus_1, row.gain_per_person, zorder=5, gid="maximum", **marked)
        second.plot([row.low, row.high], [at, at], color=look.colour, lw=1.4, gid="interval")
        second.plot(row.delta_minus_1, at, zorder=4, gid="estimate", clip_on=False, **marked)
        _row_words(second, at, row, look)
        if row.variable in planted:
            first.annotate(
                "planted", (planted[row.variable], 1), (0, 3), ha="center", color=look.colour,
                xycoords=first.get_xaxis_transform(), textcoords="offset points",
            )  # fmt: skip
            for axes, low, high in ((first, *limits), (second, at - 0.5, at + 0.5)):
                value = planted[row.variable]
                axes.vlines(
                    value, low, high, color=look.colour, lw=0.9, ls=(0, (2, 1.5)), zorder=2,
                    gid="planted",
                )  # fmt: skip
    _finish(first, second, rows, scale_name, bool(planted))
    panels.tag_synthetic(made, synthetic)
    return made


def _checked(likelihood: pd.DataFrame, profiles: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Finite part of the profile of each variable, by rising penalty."""
    panels.require_columns(likelihood, COLUMNS, "likelihood")
    panels.require_columns(profiles, PROFILE_COLUMNS, "profiles")
    if likelihood.empty:
        raise ValueError("likelihood: no rows; there should be one per variable")
    if len(likelihood) > len(LOOKS):
        raise ValueError(
            f"likelihood: {len(likelihood)} variables, at most {len(LOOKS)} can be told apart"
        )
    finite = profiles[np.isfinite(profiles["gain_per_person"])].sort_values("delta_minus_1")
    shapes = {name: finite[finite["variable"] == name] for name in likelihood["variable"]}
    for name, part in shapes.items():
        if part.empty:
            there = sorted(set(finite["variable"]))
            raise ValueError(f"profiles: no finite gain of variable {name!r}; there are {there}")
    return shapes


def _limits(likelihood: pd.DataFrame, profiles: pd.DataFrame) -> tuple[float, float]:
    """So that the largest gain can be read, though profiles fall without end."""
    largest = float(likelihood["gain_per_person"].max())
    if largest > 1e-12:
        return -largest, 1.2 * largest
    loss = profiles["gain_per_person"].where(lambda gain: np.isfinite(gain) & (gain < -1e-12))
    typical = float(-loss.median()) if loss.notna().any() else 1.0
    return -typical, 0.3 * typical


def _through_maximum(profile: pd.DataFrame, row: tuple) -> pd.DataFrame:
    """The profile with the estimate, which lies between the penalties that were tried."""
    best = {name: [getattr(row, name)] for name in ("delta_minus_1", "gain_per_person")}
    return pd.concat([profile, pd.DataFrame(best)]).sort_values("delta_minus_1")


def _range(
    likelihood: pd.DataFrame,
    shapes: Mapping[str, pd.DataFrame],
    least: float,
    planted: Mapping[str, float],
) -> np.ndarray:
    """Penalties to be seen: where a gain is in view, the intervals, and what was planted.

    The size of the smallest that was tried comes with them, as that is where the axis turns linear.
    """
    tried = pd.concat(list(shapes.values()))
    sizes = tried["delta_minus_1"].abs()
    small = float(sizes[sizes > 0].min()) if (sizes > 0).any() else 1e-9
    seen = 2 * tried.loc[tried["gain_per_person"] >= least, "delta_minus_1"].to_numpy()
    given = [value for name, value in planted.items() if name in shapes]
    ends = likelihood[["delta_minus_1", "low", "high"]].to_numpy(dtype=float).ravel()
    return np.array([small, *seen, *ends, *given])


def _penalty_axis(axes: Axes, values: np.ndarray) -> None:
    """Logarithmic both ways from the smallest penalty, with 0 between."""
    small = 10.0 ** np.floor(np.log10(np.abs(values[0])) + 1e-9)
    left, right = float(-values.min()), max(float(values.max()), 10 * small)
    mirrored = left > 0
    left = max(left, 10 * small) if mirrored else 0.0
    axes.set_xscale("symlog", linthresh=small, linscale=_NOTHING)
    powers = 10.0 ** np.arange(
        np.log10(small).round(), np.floor(np.log10(max(left, right)) + 1e-9) + 1
    )
    every = 2 if mirrored and len(powers) > 4 else 1
    ticks, names, minor = [0.0], ["0"], []
    for sign, end in (("-", left), ("", right)):
        factor = -1 if sign else 1
        for power in powers[powers <= end * (1 + 1e-9)]:
            exponent = round(np.log10(power))
            named = (exponent - round(np.log10(small))) % every == 0
            ticks.append(factor * power)
            names.append(rf"${sign}10^{{{exponent}}}$" if named else "")
            minor.extend(factor * power * k for k in range(2, 10) if power * k < end)
    axes.set_xticks(ticks, names)
    axes.set_xticks(minor, minor=True)
    axes.set_xlim(-1.2 * left if mirrored else -0.3 * small, 1.2 * right)
    axes.axvline(0, color=QUIET, lw=HAIRLINE, zorder=1)


def _row_words(axes: Axes, at: int, row: tuple, look: Look) -> None:
    """Name at the left, gain at the right."""
    beside = {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points"}
    axes.annotate(
        row.label, (0, at), (-4, 0), ha="right", va="center_baseline", color=look.colour, **beside
    )
    axes.annotate(
        _gain(row.gain_per_person), (1, at), (4, 0), va="center_baseline", gid="gain", **beside
    )


def _signed_power(value: float, _: int) -> str:
    if abs(value) < 1e-15:
        return "0"
    sign = "−" if value < 0 else ""
    return sign + panels.power_of_ten(float(f"{abs(value):.2g}"))


def _gain(value: float) -> str:
    if value < 1e-12:  # what rounding leaves of none
        return "0"
    if value < 1e-3:
        return panels.power_of_ten(float(f"{value:.1e}"))
    return f"{value:.0f}" if value >= 9.95 else f"{value:#.2g}"


def _finish(first: Axes, second: Axes, rows: int, scale: str, planted: bool) -> None:
    first.tick_params(labelbottom=False)
    first.set_ylabel("Gain over the standard model\n(log-likelihood per person, nats)")
    second.set_ylim(rows - 0.5, -0.5)
    second.set_yticks([])
    second.spines["left"].set_visible(False)
    for at in range(0, rows, 2):
        second.axhspan(at - 0.5, at + 0.5, color="#f3f4f6", lw=0, zorder=0)
    left = "better off ←     " if (second.get_xticks() < 0).any() else ""
    second.set_xlabel(f"{left}Penalty, {scale} (no unit)     → worse off")
    panels.letter(
        first,
        0,
        "Likelihood by penalty (dots: penalties that were tried)",
        above_mm=5.0 if planted else 1.5,
    )
    panels.letter(second, 1, "Best penalty and 95 % bootstrap interval", above_mm=0.9)
    second.annotate(
        "largest gain (nats)", (1, 1), (4, 2.5), xycoords="axes fraction",
        textcoords="offset points", va="baseline",
    )  # fmt: skip
