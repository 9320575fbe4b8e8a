"""What all tools count in the task ``pairs``: the bins, and how counts are told.

Runs in the peers' environment too, so it needs nothing but NumPy.
"""

from collections.abc import Mapping

import numpy as np

N_BINS = 120
# A little off whole centimetres, on which the places lie: no pair is exactly at an end, where
# rounding would decide.
LOW_M, HIGH_M = 1.000001, 500_000.000333
EDGES = np.geomspace(LOW_M, HIGH_M, N_BINS + 1)
"""(121,) metres, equal ratios."""


def places(world: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Coordinates in metres, read before the clock starts."""
    return {"x": world["x"], "y": world["y"]}


def counts(found: np.ndarray, world: Mapping[str, np.ndarray]) -> np.ndarray:
    """(120,) pairs of places in each bin, each pair once."""
    return np.asarray(found, dtype=float)
