"""Sites of a lattice and the links on which the model's parameters sit (paper Sec. IV).

Site a = y * nx + x of a lattice of shape (ny, nx), y ascending to the north. A parameter theta_ab
exists for b = a and for the up to four neighbours b of a; arrays keep them by link, in this order.
"""

import numpy as np

LINKS = ("self", "north", "south", "west", "east")
OFFSETS = ((0, 0), (1, 0), (-1, 0), (0, -1), (0, 1))  # (dy, dx) from a to b


def checked_shape(shape: tuple[int, int]) -> tuple[int, int]:
    """(ny, nx) as whole numbers.

    Raises
    ------
    ValueError
        If there are not two sizes >= 1, or the lattice has a single site.
    """
    if len(shape) != 2 or min(shape) < 1 or any(int(side) != side for side in shape):
        raise ValueError(f"shape = {shape}: two whole numbers (ny, nx) >= 1 are needed")
    ny, nx = (int(side) for side in shape)
    if ny * nx < 2:
        raise ValueError(f"shape = {shape}: a lattice has at least 2 sites")
    return ny, nx


def neighbours(shape: tuple[int, int]) -> np.ndarray:
    """Site at the other end of each link.

    Parameters
    ----------
    shape : (ny, nx).

    Returns
    -------
    (5, N) int64, rows as ``LINKS``, the first each site itself; -1 where a link leaves the lattice.
    """
    ny, nx = checked_shape(shape)
    y, x = np.divmod(np.arange(ny * nx), nx)
    table = np.empty((len(LINKS), ny * nx), dtype=np.int64)
    for link, (dy, dx) in enumerate(OFFSETS):
        inside = (y + dy >= 0) & (y + dy < ny) & (x + dx >= 0) & (x + dx < nx)
        table[link] = np.where(inside, (y + dy) * nx + x + dx, -1)
    return table
