"""Fig. S1: a small network, and who goes where as two of its cities are penalised."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from matplotlib.ticker import FixedLocator, LogLocator, NullFormatter

from movelaws.plotting import INK, QUIET, WIDTH_DOUBLE, figure, panels, style

CITY_COLUMNS = ["city", "x_km", "y_km", "population", "penalised"]
COLUMNS = ["origin", "destination", "destination_penalised", "delta_minus_1", "share"]
COLUMNS += ["standard", "limit"]

_COLOUR = {True: "#D1770A", False: "#3F5F7F"}  # by whether the city is penalised
_PALE = {True: "#F6DDB9", False: "#D5DEE8"}
_KIND = {True: "penalised", False: "not penalised"}
_LEFT, _TOP, _TALL, _BOTTOM = 2.0, 6.0, 42.0, 9.5
_MAP, _AXIS, _WIDE, _NAMES, _BEYOND = 47.0, 11.5, 33.0, 8.5, 6.5
_LARGEST = 6.0  # mm, radius of the most populous city
_MARGIN, _FOOT = _LARGEST + 1.0, 7.0  # mm around the centres of the cities, and below for the key
_LINE = 2.9  # mm from one line of text to the next
_STEPS = (1, 2, 5)  # of a scale bar


@style()
def small_network(
    cities: pd.DataFrame, fluxes: pd.DataFrame, origins: tuple[str, str] = ("B", "D")
) -> Figure:
    """The network (a), and the shares of two origins against the penalty (b, c).

    Parameters
    ----------
    cities : columns city, x_km, y_km, population, penalised, as
        ``movelaws.inequality.limits.network`` makes it.
    fluxes : columns origin, destination, destination_penalised, delta_minus_1, share, standard,
        limit, as ``movelaws.inequality.limits.fluxes`` makes it.
    origins : the two cities of panels b and c.

    Returns
    -------
    Figure 183 mm wide. Rings mark the standard radiation model on the left and the limit of an
    infinite penalty on the right.

    Raises
    ------
    ValueError
        If a column is missing or an origin has no rows.
    """
    panels.require_columns(cities, CITY_COLUMNS, "cities")
    panels.require_columns(fluxes, COLUMNS, "fluxes")
    made = figure(WIDTH_DOUBLE, _TOP + _TALL + _BOTTOM)
    scene = panels.axes_mm(made, _LEFT, _TOP, _MAP, _TALL)
    panels.letter(scene, 0, "Cities (people)")
    _map(scene, cities)
    penalised = cities.set_index("city")["penalised"]
    panel = _AXIS + _BEYOND + _WIDE + _BEYOND + _NAMES
    for number, origin in enumerate(origins):
        part = fluxes[fluxes["origin"] == origin]
        if part.empty:
            raise ValueError(
                f"fluxes: no rows of origin {origin!r}; there are {sorted(set(fluxes['origin']))}"
            )
        left = _LEFT + _MAP + number * panel + _AXIS + _BEYOND
        axes = panels.axes_mm(made, left, _TOP, _WIDE, _TALL)
        panels.letter(axes, number + 1, f"From {origin}, {_KIND[bool(penalised[origin])]}")
        _shares(axes, part)
        if number == 0:
            axes.set_ylabel("Share of those who leave (no unit)", labelpad=4)
    return made


def _map(axes: Axes, cities: pd.DataFrame) -> None:
    """Discs in the colour of their class, their area the population, in millimetres on paper."""
    axes.set_axis_off()
    axes.set_xlim(0, _MAP)
    axes.set_ylim(0, _TALL)
    x, y = (cities[f"{axis}_km"].to_numpy(dtype=float) for axis in "xy")
    wide, tall = np.ptp(x) or 1.0, np.ptp(y) or 1.0
    per_km = min((_MAP - 2 * _MARGIN) / wide, (_TALL - 2 * _MARGIN - _FOOT) / tall)
    at_x = _MARGIN + (x - x.min()) * per_km
    at_y = _FOOT + _MARGIN + (y - y.min()) * per_km
    radii = _LARGEST * np.sqrt(cities["population"] / cities["population"].max())
    for (_, city), right, up, radius in zip(cities.iterrows(), at_x, at_y, radii, strict=True):
        _city(axes, city, (right, up), radius, above=up > at_y.mean() + 1e-9)
    end = _scale_bar(axes, _round(wide / 4), per_km)
    for up, worse in ((4.2, True), (1.0, False)):
        drawn = {"ms": 5, "mfc": _PALE[worse], "mec": _COLOUR[worse], "mew": 0.9}
        axes.plot(end + 8.0, up, "o", **drawn)
        axes.text(end + 10.2, up, _KIND[worse], va="center_baseline")


def _city(
    axes: Axes, city: pd.Series, place: tuple[float, float], radius: float, *, above: bool
) -> None:
    """Disc, name inside, people above or below it."""
    worse = bool(city["penalised"])
    right, up = place
    drawn = {"facecolor": _PALE[worse], "edgecolor": _COLOUR[worse], "linewidth": 0.9}
    axes.add_patch(Circle(place, radius, **drawn))
    axes.text(right, up, city["city"], ha="center", va="center_baseline", fontweight="bold")
    axes.text(
        right,
        up + (radius + 0.8) * (1 if above else -1),
        f"{city['population']:,.0f}",
        ha="center",
        va="bottom" if above else "top",
        color=QUIET,
    )


def _scale_bar(axes: Axes, length: float, per_km: float) -> float:
    """Draw it in the lower left corner; the millimetre where it ends."""
    start, end = 2.0, 2.0 + length * per_km
    axes.plot([start, end], [1.0, 1.0], color=INK, lw=1.2)
    axes.text((start + end) / 2, 1.8, f"{length:g} km", ha="center", va="bottom")
    return end


def _shares(axes: Axes, part: pd.DataFrame) -> None:
    low, high = part["delta_minus_1"].min(), part["delta_minus_1"].max()
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.set_ylim(0, 1)
    ways = {
        name: (bool(way["destination_penalised"].iloc[0]), way)
        for name, way in part.groupby("destination", sort=True)
    }
    for worse, way in ways.values():
        dashes = (0, (4, 1.5)) if worse else "-"
        line = way.sort_values("delta_minus_1")
        axes.plot(
            line["delta_minus_1"], line["share"], color=_COLOUR[worse], ls=dashes, clip_on=False
        )
    _rings(axes, ways)
    _names(axes, ways)
    axes.spines["left"].set_position(("axes", -_BEYOND / _WIDE))
    axes.xaxis.set_major_locator(FixedLocator(_decades_between(low, high)))
    axes.xaxis.set_minor_locator(LogLocator(numticks=20))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel(r"Penalty, $\delta-1$ (no unit)")


def _rings(axes: Axes, ways: Mapping[str, tuple[bool, pd.DataFrame]]) -> None:
    """The two ends that a log axis has no room for: no penalty, and an infinite one."""
    outside = 0.6 * _BEYOND / _WIDE
    for column, across, text in (
        ("standard", -outside, "0"),
        ("limit", 1 + outside, r"$\infty$"),
    ):
        for worse, way in ways.values():
            drawn = {"ms": 3.4, "mfc": "white", "mec": _COLOUR[worse], "mew": 0.9, "gid": column}
            axes.plot(across, way[column].iloc[0], "o", **drawn, **_outside(axes), zorder=4)
        axes.annotate(
            text,
            (across, 0),
            (0, -5.8),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="center",
            va="top",
        )


def _names(axes: Axes, ways: Mapping[str, tuple[bool, pd.DataFrame]]) -> None:
    """Destinations beside their limits, moved apart where they would touch."""
    limits = np.array([way["limit"].iloc[0] for _, way in ways.values()])
    places = panels.spread(limits, _LINE / _TALL, 0.0, 1.0)
    start, end = 1 + 0.75 * _BEYOND / _WIDE, 1 + 1.1 * _BEYOND / _WIDE
    for (name, (worse, _)), limit, place in zip(ways.items(), limits, places, strict=True):
        drawn = {"color": _COLOUR[worse], **_outside(axes)}
        axes.plot([start, end], [limit, place], lw=0.5, **drawn)
        axes.text(
            end + 0.015, place, f"to {name}", va="center_baseline", gid="destination", **drawn
        )


def _outside(axes: Axes) -> dict[str, object]:
    """Options of what is drawn beside the panel, in shares of its width and height."""
    return {"transform": axes.transAxes, "clip_on": False}


def _round(value: float) -> float:
    """Largest of 1, 2, 5 times a power of ten that is not above ``value``."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(power * max(step for step in _STEPS if step * power <= value * (1 + 1e-9)))


def _decades_between(low: float, high: float) -> np.ndarray:
    """Powers of ten strictly inside: those at the ends would touch the 0 and the infinity."""
    inside = np.arange(np.floor(np.log10(low) + 1e-9) + 1, np.ceil(np.log10(high) - 1e-9))
    return 10.0**inside
