"""Positions in metres to rows and columns of a lattice."""

from dataclasses import dataclass

import numpy as np

MOST_CELLS = 25_000_000
"""More than 5,000 x 5,000 cells are a wrong unit or an outlier, not a city."""
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
    if shape[0] * shape[1] > MOST_CELLS:
        raise ValueError(
            f"cell_m={cell_m:g}: x from {x.min():g} to {x.max():g} and y from {y.min():g} to "
            f"{y.max():g} would be {shape[0]:,} x {shape[1]:,} cells: leave outliers out, or give "
            "larger cells"
        )
    return Grid(west, south, cell_m, shape)


def of_centres(x: np.ndarray, y: np.ndarray, cell_m: float) -> Grid:
    """Grid whose cells have these centres.

    Raises
    ------
    ValueError
        If the centres are not on one grid of ``cell_m``.
    """
    for name, values in (("x", x), ("y", y)):
        steps = (values - values.min()) / cell_m
        off = np.abs(steps - np.round(steps)) > _OFF
        if off.any():
            raise ValueError(
                f"{name}={values[np.argmax(off)]:.17g} lies {steps[np.argmax(off)]:g} cells of "
                f"{cell_m:g} m from {name}={values.min():.17g} ({np.count_nonzero(off)} such "
                "centres): centres must lie on one grid; give its cell_m"
            )
    half = cell_m / 2
    shape = tuple(round(float(np.ptp(v)) / cell_m) + 1 for v in (y, x))
    if shape[0] * shape[1] > MOST_CELLS:
        raise ValueError(f"cell_m={cell_m:g}: {shape[0]:,} x {shape[1]:,} cells: is it too small?")
    return Grid(float(x.min()) - half, float(y.min()) - half, cell_m, shape)
