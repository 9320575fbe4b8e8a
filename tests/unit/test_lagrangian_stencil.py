"""Sites and links of the lattice."""

import numpy as np
import pytest

from movelaws.lagrangian.stencil import LINKS, OFFSETS, checked_shape, neighbours


def test_links_of_a_small_lattice():
    table = neighbours((2, 3))  # rows 0 1 2 and, to the north, 3 4 5
    assert LINKS == ("self", "north", "south", "west", "east")
    assert table.tolist() == [
        [0, 1, 2, 3, 4, 5],
        [3, 4, 5, -1, -1, -1],
        [-1, -1, -1, 0, 1, 2],
        [-1, 0, 1, -1, 3, 4],
        [1, 2, -1, 4, 5, -1],
    ]


@pytest.mark.parametrize("shape", [(1, 2), (5, 1), (4, 7), (10, 10)])
def test_each_link_has_its_way_back(shape):
    table = neighbours(shape)
    for link, opposite in ((1, 2), (2, 1), (3, 4), (4, 3)):
        sites = np.flatnonzero(table[link] >= 0)
        assert np.array_equal(table[opposite, table[link, sites]], sites)
        assert OFFSETS[link] == tuple(-step for step in OFFSETS[opposite])
    ny, nx = shape
    assert np.count_nonzero(table[1:] >= 0) == 2 * (ny * (nx - 1) + nx * (ny - 1))


@pytest.mark.parametrize("shape", [(0, 3), (1, 1), (2.5, 2), (4,)])
def test_a_bad_shape_is_named(shape):
    with pytest.raises(ValueError, match="shape = "):
        checked_shape(shape)
