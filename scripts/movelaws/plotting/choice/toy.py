"""Fig. 1: two origins, three destinations, and what crowding at the destinations changes."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch

from movelaws.plotting import INK, POINTS_PER_MM, QUIET, WIDTH_DOUBLE, figure, panels, style

COLUMNS = ["case", "origin", "destination", "payoff", "cost", "flow", "arrivals", "utility"]
FORMULAS = {
    "congestion and crowding": "utility = payoff − cost − flow − arrivals",
    "congestion only": "utility = payoff − cost − flow",
}

_ORIGIN_COLOURS = ("#33658A", "#E0A03E", "#7A9E7E", "#8E5572")
_WAY = "#9aa3ab"
_TOP, _BOTTOM, _STEP = 13.0, 4.5, 19.0  # mm: header, note below, between destinations
_LEFT_OF_WAYS, _RIGHT_OF_WAYS = 17.0, 15.5
_WIDEST_WAY = 3.4  # mm
_LARGEST_DISC = 4.4  # mm, radius
_LABEL_AT = 0.26  # share of the way, before the ways of two origins cross


@style()
def toy(table: pd.DataFrame) -> Figure:
    """The choice (a), and its equilibrium in each case of the table (b, c): who goes where.

    Parameters
    ----------
    table : columns case, origin, destination, payoff, cost, flow, arrivals, utility; a row per
        case and way, as ``movelaws.choice.toy.table`` makes it. Payoffs and costs are the same in
        all cases.

    Returns
    -------
    Figure 183 mm wide. The width of a way is its flow, the area of a disc what arrives.

    Raises
    ------
    ValueError
        If a column is missing, the table is empty, or a way is there twice or not at all.
    """
    panels.require_columns(table, COLUMNS, "table")
    cases = _cases(table)
    first = next(iter(cases.values()))["flow"]
    tall = _STEP * (max(first.shape) - 1) + 2 * _LARGEST_DISC + 2.0
    made = figure(WIDTH_DOUBLE, _TOP + tall + _BOTTOM)
    wide = WIDTH_DOUBLE / (1 + len(cases))
    scales = {
        "flow": _WIDEST_WAY / max(case["flow"].to_numpy().max() for case in cases.values()),
        "disc": _LARGEST_DISC / np.sqrt(max(case["arrivals"].max() for case in cases.values())),
    }
    scene = _Panel(made, 0, wide, tall, first)
    scene.title("The choice")
    scene.header("numbers on the ways: cost of the trip")
    scene.scene(next(iter(cases.values())))
    for number, (name, case) in enumerate(cases.items(), start=1):
        panel = _Panel(made, number, wide, tall, case["flow"])
        panel.title(name[:1].upper() + name[1:])
        panel.header(FORMULAS.get(name, ""), "numbers on the ways: travellers")
        panel.equilibrium(case, scales)
    return made


def _cases(table: pd.DataFrame) -> dict[str, dict[str, pd.DataFrame]]:
    """Flow, cost and utility (origins by destinations), payoff and arrivals, by case."""
    if table.empty:
        raise ValueError("table: no rows; there should be one per case, origin and destination")
    twice = table.duplicated(["case", "origin", "destination"])
    if twice.any():
        row = table[twice].iloc[0]
        raise ValueError(
            f"table: case {row['case']!r} has the way {row['origin']} to {row['destination']} twice"
        )
    found = {}
    for name, part in table.groupby("case", sort=False):
        case = {
            column: part.pivot(index="origin", columns="destination", values=column)
            for column in ("flow", "cost", "utility")
        }
        if case["flow"].isna().to_numpy().any():
            raise ValueError(f"table: case {name!r} has no row for some pairs of places")
        by_destination = part.groupby("destination")
        case["payoff"], case["arrivals"] = (
            by_destination[column].first() for column in ("payoff", "arrivals")
        )
        found[str(name)] = case
    return found


class _Panel:
    """One drawing of the places in millimetres, the origins on the left."""

    def __init__(self, made: Figure, number: int, wide: float, tall: float, flow: pd.DataFrame):
        self.axes: Axes = panels.axes_mm(made, number * wide, _TOP, wide, tall + _BOTTOM)
        self.axes.set_xlim(0, wide)
        self.axes.set_ylim(-_BOTTOM, tall)
        self.axes.set_axis_off()
        self.number, self.flow = number, flow
        middle = tall / 2
        self.origins = self._column(_LEFT_OF_WAYS, flow.index, middle)
        self.destinations = self._column(wide - _RIGHT_OF_WAYS, flow.columns, middle)
        self.colours: Mapping[object, str] = {
            origin: _ORIGIN_COLOURS[k % len(_ORIGIN_COLOURS)] for k, origin in enumerate(flow.index)
        }

    @staticmethod
    def _column(x: float, places: pd.Index, middle: float) -> dict[object, tuple[float, float]]:
        high = middle + _STEP * (len(places) - 1) / 2
        return {place: (x, high - _STEP * k) for k, place in enumerate(places)}

    def title(self, text: str) -> None:
        # The axes begin at the edge of the paper: the letter stands two millimetres in.
        high = self.axes.get_ylim()[1] + _TOP - 4.0
        self.axes.text(2, high, chr(ord("a") + self.number), fontsize=8, fontweight="bold")
        self.axes.text(5.8, high, text)

    def header(self, *lines: str) -> None:
        high = self.axes.get_ylim()[1] + _TOP - 4.0
        for row, line in enumerate(filter(None, lines), start=1):
            self.axes.text(5.8, high - 3.5 * row, line, color=QUIET)

    def scene(self, case: dict[str, pd.DataFrame]) -> None:
        for origin, destination, cost in _ways(case["cost"]):
            start, end = self.origins[origin], self.destinations[destination]
            self.axes.plot(*zip(start, end, strict=True), color=_WAY, lw=0.8, zorder=1)
            self._number(start, end, cost, self.colours[origin])
        for origin, leaving in case["flow"].sum(axis=1).items():
            self._origin(origin, f"{_short(leaving)}", "travellers")
        for destination, payoff in case["payoff"].items():
            self._destination(destination, 3.2, f"{_short(payoff)}", "payoff")

    def equilibrium(self, case: dict[str, pd.DataFrame], scales: Mapping[str, float]) -> None:
        for origin, destination, flow in sorted(_ways(case["flow"]), key=lambda way: -way[2]):
            start, end = self.origins[origin], self.destinations[destination]
            used = flow > 0
            self.axes.plot(
                *zip(start, end, strict=True),
                color=self.colours[origin] if used else _WAY,
                lw=flow * scales["flow"] * POINTS_PER_MM if used else 0.7,
                ls="-" if used else (0, (2, 2)),
                solid_capstyle="butt",
                zorder=1,
                gid="way",
            )
        for origin, destination, flow in _ways(case["flow"]):
            start, end = self.origins[origin], self.destinations[destination]
            self._number(start, end, flow, self.colours[origin])
        for origin in case["flow"].index:
            used = case["flow"].loc[origin] > 0
            common = case["utility"].loc[origin][used].mean()
            self._origin(origin, _short(common), "utility")
        for destination, arrivals in case["arrivals"].items():
            radius = max(scales["disc"] * np.sqrt(arrivals), 1.7)
            self._destination(destination, radius, _short(arrivals), "arrive")
        unused = [
            f"{origin} to {destination}: nobody goes, utility there {_short(utility)}"
            for origin, destination, utility in _ways(case["utility"])
            if case["flow"].loc[origin, destination] <= 0
        ]
        if unused:
            text = unused[0] if len(unused) == 1 else f"{unused[0]} (and {len(unused) - 1} more)"
            self.axes.text(5.8, -_BOTTOM + 1.2, text, color=QUIET)

    def _number(self, start: tuple, end: tuple, value: float, colour: str) -> None:
        x, y = (a + _LABEL_AT * (b - a) for a, b in zip(start, end, strict=True))
        self.axes.text(
            x,
            y,
            _short(value),
            ha="center",
            va="center",
            zorder=4,
            bbox={
                "boxstyle": "round,pad=0.12",
                "facecolor": "white",
                "edgecolor": colour,
                "linewidth": 0.5,
            },
        )

    def _origin(self, origin: object, value: str, unit: str) -> None:
        x, y = self.origins[origin]
        half = 2.6
        self.axes.add_patch(
            FancyBboxPatch(
                (x - half, y - half),
                2 * half,
                2 * half,
                boxstyle="round,pad=0,rounding_size=0.6",
                facecolor=self.colours[origin],
                edgecolor="white",
                linewidth=0.8,
                zorder=3,
            )
        )
        self._name(origin, x, y, "white")
        self._beside(x - half - 1.0, y, value, unit, "right")

    def _destination(self, destination: object, radius: float, value: str, unit: str) -> None:
        x, y = self.destinations[destination]
        self.axes.add_patch(
            Circle((x, y), radius, facecolor="#f0f0f0", edgecolor=INK, linewidth=0.7, zorder=3)
        )
        self._name(destination, x, y, INK)
        self._beside(x + _LARGEST_DISC + 1.0, y, value, unit, "left")

    def _name(self, place: object, x: float, y: float, colour: str) -> None:
        self.axes.text(
            x,
            y,
            str(place),
            color=colour,
            fontweight="bold",
            ha="center",
            va="center_baseline",
            zorder=4,
        )

    def _beside(self, x: float, y: float, value: str, unit: str, side: str) -> None:
        self.axes.text(x, y + 0.4, value, ha=side, va="bottom", fontweight="bold")
        self.axes.text(x, y - 0.4, unit, ha=side, va="top", color=QUIET)


def _ways(matrix: pd.DataFrame) -> list[tuple[object, object, float]]:
    return [(i, j, float(matrix.loc[i, j])) for i in matrix.index for j in matrix.columns]


def _short(value: float) -> str:
    """One decimal, none where it is zero: 38.9 and 45."""
    rounded = round(float(value), 1) + 0.0
    return f"{rounded:g}".replace("-", "−")
