"""A grid of squares around a point, in an equal-area projection of its own."""

from dataclasses import dataclass

import numpy as np
from pyproj import Transformer


@dataclass(frozen=True)
class SquareGrid:
    """Squares in metres, the origin of coordinates in the middle of the grid.

    Attributes
    ----------
    longitude, latitude : middle of the grid, degrees.
    columns, rows : number of squares each way.
    side_m : length of a side.
    """

    longitude: float
    latitude: float
    columns: int
    rows: int
    side_m: float

    @property
    def crs(self) -> str:
        """Lambert's azimuthal equal-area projection around the middle."""
        return (
            f"+proj=laea +lat_0={self.latitude} +lon_0={self.longitude} +datum=WGS84 "
            "+units=m +type=crs"
        )

    def nearest(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Centres x and y (m) of the ``n`` squares next to the middle, nearest first."""
        axes = [(np.arange(k) - (k - 1) / 2) * self.side_m for k in (self.columns, self.rows)]
        x, y = (a.ravel() for a in np.meshgrid(*axes))
        # Rounded, so that squares equally far come in the same order everywhere.
        near = np.lexsort((x, y, np.hypot(x, y).round(3)))[:n]
        return x[near], y[near]

    def degrees(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Longitude and latitude of points in metres."""
        return Transformer.from_crs(self.crs, "EPSG:4326", always_xy=True).transform(x, y)

    def box(self) -> list[float]:
        """West, south, east and north end of the grid along its middle lines, 4 digits."""
        across, up = self.columns * self.side_m / 2, self.rows * self.side_m / 2
        longitude, latitude = self.degrees([-across, across, 0, 0], [0, 0, -up, up])
        ends = (longitude[0], latitude[2], longitude[1], latitude[3])
        return [round(float(end), 4) for end in ends]
