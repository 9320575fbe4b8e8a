"""Pair distributions of places: how many pairs of places lie how far apart.

>>> import numpy as np
>>> from movelaws.pairs import checked_points, pair_counts
>>> corners = checked_points([0, 300, 0, 300], [0, 0, 400, 400])
>>> pair_counts(corners, np.array([0.0, 350.0, 450.0, 550.0]))["count"].tolist()
[2.0, 2.0, 2.0]
"""

from movelaws.pairs.edges import bin_names, checked_edges, default_edges, linear_edges, log_edges
from movelaws.pairs.engine import pair_counts
from movelaws.pairs.points import Points, checked_points

__all__ = [
    "Points",
    "bin_names",
    "checked_edges",
    "checked_points",
    "default_edges",
    "linear_edges",
    "log_edges",
    "pair_counts",
]
