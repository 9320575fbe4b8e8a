"""Positions in metres to rows and columns of a lattice."""

from dataclasses import dataclass

import numpy as np

from movelaws.lattices import frames

MOST_CELLS = 25_000_000
"""More than 5,000 x 5,000 cells are a wrong unit or an outlier, not a city."""
LEAST_FILLED = 0.01
"""Of the cells of the box: Madrid's sensors are in a third of theirs, Helsinki fills 60 %."""
_OFF = 0.01


@dataclass(frozen=True, eq=False)
class Grid:
    """Square cells, row 0 in the south.

    Attributes
    ----------
    west, south : corner in metres.
    cell_m : edge of a cell.
    shape : rows and columns.
    """

    west: float
    south: float
    cell_m: float
    shape: tuple[int, int]

    @property
    def x(self) -> np.ndarray:
        """(nx,) centres of the columns."""
        return self.west + (np.arange(self.shape[1]) + 0.5) * self.cell_m

    @property
    def y(self) -> np.ndarray:
        """(ny,) centres of the rows."""
        return self.south + (np.arange(self.shape[0]) + 0.5) * self.cell_m

    @property
    def corners(self) -> tuple[np.ndarray, np.ndarray]:
        """x and y of the centres of the four cells at the corners."""
        ends_x, ends_y = self.x[[0, -1]], self.y[[0, -1]]
        return np.tile(ends_x, 2), np.repeat(ends_y, 2)

    def cells(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """(n,) int64 number of the cell of each position (row * nx + column), -1 off the grid."""
        column = np.floor((np.asarray(x) - self.west) / self.cell_m)
        row = np.floor((np.asarray(y) - self.south) / self.cell_m)
        ny, nx = self.shape
        with np.errstate(invalid="ignore"):
            inside = (column >= 0) & (column < nx) & (row >= 0) & (row < ny)
        return np.where(inside, np.where(inside, row, 0) * nx + column, -1).astype(np.int64)


def around(x: np.ndarray, y: np.ndarray, cell_m: float) -> Grid:
    """Grid of whole multiples of ``cell_m`` around positions.

    Raises
    ------
    ValueError
        If it would have more cells than any city.
    """
    west, south = (float(np.floor(v.min() / cell_m) * cell_m) for v in (x, y))
    shape = tuple(int((v.max() - low) // cell_m) + 1 for v, low in ((y, south), (x, west)))
    return _checked(Grid(west, south, cell_m, shape), x, y)


def of_centres(x: np.ndarray, y: np.ndarray, cell_m: float) -> Grid:
    """Grid whose cells have these centres.

    Raises
    ------
    ValueError
        If the centres are not on one grid of ``cell_m``, are two or more cells apart throughout,
        or if it would have more cells than any city.
    """
    numbers = []
    for name, values in (("x", x), ("y", y)):
        steps = (values - values.min()) / cell_m
        numbers.append(np.round(steps))
        off = np.abs(steps - np.round(steps)) > _OFF
        if off.any():
            raise ValueError(
                f"{name}={values[np.argmax(off)]:.17g} lies {steps[np.argmax(off)]:g} cells of "
                f"{cell_m:g} m from {name}={values.min():.17g} ({np.count_nonzero(off)} such "
                "centres): centres must lie on one grid; give its cell_m"
            )
    apart = spacing(*numbers)
    if 1 < apart < np.inf:
        # Then no cell has a neighbour, and people could go nowhere.
        raise ValueError(
            f"the centres lie {apart:g} cells of {cell_m:g} m apart ({apart * cell_m:g} m): the "
            "edge of a cell must be the distance of neighbouring centres"
        )
    half = cell_m / 2
    shape = tuple(round(float(np.ptp(v)) / cell_m) + 1 for v in (y, x))
    return _checked(Grid(float(x.min()) - half, float(y.min()) - half, cell_m, shape), x, y)


def spacing(x: np.ndarray, y: np.ndarray) -> float:
    """Smallest distance of two different coordinates along an axis, inf if there is none."""
    steps = np.concatenate([np.diff(np.unique(v)) for v in (x, y)])
    return float(steps.min(initial=np.inf))


def check_room(grid: Grid, moments: int, x: np.ndarray, y: np.ndarray, remedy: str) -> None:
    """Refuse populations that no memory holds, before any is taken.

    Parameters
    ----------
    moments : of all days.
    x, y : (n,) the places that the grid is drawn around.
    remedy : what the caller's user may do beside looking at the place farthest out.

    Raises
    ------
    ValueError
        Naming the size and the place farthest from the others.
    """
    values = moments * grid.shape[0] * grid.shape[1]
    if values > frames.MOST_VALUES:
        raise ValueError(
            f"{grid.shape[0]:,} x {grid.shape[1]:,} cells of {grid.cell_m:g} m at {moments:,} "
            f"moments are {values:,} values, over {frames.MOST_VALUES:,}: {_farthest(x, y)}: is it "
            f"wrong (leave it out)? else {remedy}"
        )


def filled(grid: Grid, number: int, x: np.ndarray, y: np.ndarray, remedy: str) -> str:
    """How many cells of a grid have anything, for the notes.

    Raises
    ------
    ValueError
        If they are nearly none, which an outlier or a wrong size of the cells does.
    """
    size = grid.shape[0] * grid.shape[1]
    if number < LEAST_FILLED * size:
        raise ValueError(
            f"only {number:,} of the {grid.shape[0]:,} x {grid.shape[1]:,} cells of "
            f"{grid.cell_m:g} m in their box are filled, under {100 * LEAST_FILLED:g} %: "
            f"{_farthest(x, y)}: is it wrong (leave it out)? else {remedy}"
        )
    return f"{number:,} of {size:,} in their box are filled"


def _checked(grid: Grid, x: np.ndarray, y: np.ndarray) -> Grid:
    if grid.shape[0] * grid.shape[1] > MOST_CELLS:
        raise ValueError(
            f"cell_m={grid.cell_m:g}: x from {x.min():g} to {x.max():g} and y from {y.min():g} to "
            f"{y.max():g} would be {grid.shape[0]:,} x {grid.shape[1]:,} cells: "
            f"{_farthest(x, y)}: leave outliers out, or give larger cells"
        )
    return grid


def _farthest(x: np.ndarray, y: np.ndarray) -> str:
    middle = float(np.median(x)), float(np.median(y))
    at = int(np.argmax(np.hypot(x - middle[0], y - middle[1])))
    return (
        f"the place farthest out is x={x[at]:.12g}, y={y[at]:.12g}, the median x={middle[0]:.12g}, "
        f"y={middle[1]:.12g}"
    )
