"""Points counted on square grids, coarser from level to level, kept as lists of filled cells."""

from typing import NamedTuple

import numba
import numpy as np

from movelaws.pairs.points import EARTH_RADIUS_M, Points


class Cells(NamedTuple):
    """Filled cells, row by row.

    Attributes
    ----------
    side : of a cell, metres.
    column : (n_cells,) int32, rising within a row.
    mass : (n_cells,) float64, weight in the cell.
    row_start : (n_rows + 1,) int64; row y has the cells row_start[y]:row_start[y + 1].
    n_columns : columns of the whole grid.
    """

    side: float
    column: np.ndarray
    mass: np.ndarray
    row_start: np.ndarray
    n_columns: int

    @property
    def n_rows(self) -> int:
        """Rows of the whole grid."""
        return self.row_start.size - 1


class Frame(NamedTuple):
    """Where the finest grid lies.

    Attributes
    ----------
    centre : of the projection, longitude and latitude in degrees; None in the plane.
    corner : x and y of its lower left corner, metres.
    size : width and height, metres.
    side : of a cell, metres.
    """

    centre: tuple[float, float] | None
    corner: tuple[float, float]
    size: tuple[float, float]
    side: float


def plane(points: Points, centre: tuple[float, float] | None = None) -> tuple[np.ndarray, ...]:
    """Coordinates in metres of a plane in which distances are nearly right.

    Points on the sphere are projected (Lambert's azimuthal equal-area projection) around
    ``centre``, longitude and latitude in degrees. Its distortion is no error of the counts, as it
    is measured together with that of the grid.
    """
    if points.metric == "euclidean":
        return points.x, points.y
    east, north = np.radians(points.x - centre[0]), np.radians(points.y)
    middle = np.radians(centre[1])
    cosine = np.sin(middle) * np.sin(north) + np.cos(middle) * np.cos(north) * np.cos(east)
    scale = EARTH_RADIUS_M * np.sqrt(2 / np.maximum(1 + cosine, 1e-9))
    return (
        scale * np.cos(north) * np.sin(east),
        scale * (np.cos(middle) * np.sin(north) - np.sin(middle) * np.cos(north) * np.cos(east)),
    )


def middle_of(points: Points) -> tuple[float, float] | None:
    """Longitude and latitude of the mean direction, degrees; None in the plane."""
    if points.metric == "euclidean":
        return None
    east, north = np.radians(points.x), np.radians(points.y)
    x, y = (np.cos(north) * np.cos(east)).mean(), (np.cos(north) * np.sin(east)).mean()
    return np.degrees(np.arctan2(y, x)), np.degrees(
        np.arctan2(np.sin(north).mean(), np.hypot(x, y))
    )


def make_cells(x: np.ndarray, y: np.ndarray, weight: np.ndarray | None, frame: Frame) -> Cells:
    """Cells of a grid that hold the points.

    Parameters
    ----------
    x, y : (n,) metres.
    weight : (n,) or None.
    frame : of the grid.
    """
    _, corner, size, side = frame
    n_columns, n_rows = (int(length // side) + 1 for length in size)
    key = ((y - corner[1]) / side).astype(np.int64) * n_columns
    key += ((x - corner[0]) / side).astype(np.int64)
    if weight is None:
        key, mass = np.unique(key, return_counts=True)
    else:
        order = np.argsort(key, kind="stable")
        key, first = np.unique(key[order], return_index=True)
        mass = np.add.reduceat(weight[order], first)
    return _cells(key, mass.astype(float), side, n_columns, n_rows)


def coarser(cells: Cells, factor: int) -> Cells:
    """The same points in cells ``factor`` times as wide."""
    n_columns, n_rows = (-(-n // factor) for n in (cells.n_columns, cells.n_rows))
    row = np.repeat(np.arange(cells.n_rows), np.diff(cells.row_start))
    key = row // factor * n_columns + cells.column // factor
    order = np.argsort(key, kind="stable")
    key, first = np.unique(key[order], return_index=True)
    mass = np.add.reduceat(cells.mass[order], first)
    return _cells(key, mass, cells.side * factor, n_columns, n_rows)


def _cells(key, mass, side, n_columns, n_rows):
    row_start = np.searchsorted(key, np.arange(n_rows + 1) * n_columns)
    return Cells(side, (key % n_columns).astype(np.int32), mass, row_start, n_columns)


@numba.njit(cache=True, error_model="numpy")
def fill(cells, column, row, out):
    """Write the cells from (column, row) on into ``out``, a block of zeros; any were filled."""
    found = False
    for r in range(max(row, 0), min(row + out.shape[0], cells.row_start.size - 1)):
        start, end = cells.row_start[r], cells.row_start[r + 1]
        at = start + np.searchsorted(cells.column[start:end], column)
        while at < end and cells.column[at] < column + out.shape[1]:
            out[r - row, cells.column[at] - column] = cells.mass[at]
            found = True
            at += 1
    return found
