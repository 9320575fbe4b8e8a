"""Concentric circles of places: what one place sees, what all see, what is observed (Fig. 1a-d).

>>> x, y, circle = concentric_circles()
>>> len(x), int(circle.max())
(378, 5)
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.spatial.distance import pdist

from movelaws.distance_cost import simulate_moves
from movelaws.pairs import checked_points
from movelaws.seeds import number

COSTS = (0.0, 1.0, 2.0)
"""Exponents a of the three potential costs pi(r) = 1, 1/r and 1/r^2."""

CIRCLES, SPACING_M, RADIUS_M = 5, 50.0, 1000.0
_BIN_M = 50.0


@dataclass(frozen=True)
class Circles:
    """The example of Fig. 1a-d.

    Attributes
    ----------
    places : x, y (metres), circle (0 for the place in the middle).
    seen : view ("centre", "rim": from the place in the middle or one on the outermost circle;
        "all": all pairs, the mean over all places), r_low, r_high, count, density (per metre).
    moves : exponent (planted), r_low, r_high, moves (drawn), observed (share per metre), low, high
        (95 %, of the draw), expected (p(r) pi(r), the same share from all pairs, exactly).
    """

    places: pd.DataFrame
    seen: pd.DataFrame
    moves: pd.DataFrame


def concentric_circles() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x, y (metres) and circle of places 50 m apart along five circles around one in the middle."""
    parts = [np.zeros((3, 1))]
    for ring in range(1, CIRCLES + 1):
        radius = RADIUS_M * ring / CIRCLES
        n = round(2 * math.pi * radius / SPACING_M)
        angle = 2 * math.pi * (np.arange(n) + 0.5 * (ring % 2)) / n
        parts.append(np.stack([radius * np.cos(angle), radius * np.sin(angle), np.full(n, ring)]))
    x, y, circle = np.concatenate(parts, axis=1)
    return x, y, circle.astype(int)


def circles(moves: int, seed: int) -> Circles:
    """Distances seen from the middle, the rim and everywhere, and moves under three costs.

    Parameters
    ----------
    moves : drawn for each cost.
    seed : of the draws.

    Raises
    ------
    ValueError
        If ``moves`` < 1.
    """
    x, y, circle = concentric_circles()
    # Circles lie in the middle of bins.
    edges = np.arange(_BIN_M / 2, 2 * RADIUS_M + _BIN_M, _BIN_M)
    between = pdist(np.column_stack([x, y]))
    rim = int(np.argmax(circle == CIRCLES))
    views = {
        "centre": np.hypot(x[1:], y[1:]),
        "rim": np.delete(np.hypot(x - x[rim], y - y[rim]), rim),
        "all": between,
    }
    seen = [_binned(r, edges).assign(view=view) for view, r in views.items()]
    points = checked_points(x, y)
    drawn = []
    for exponent in COSTS:
        job = number(seed, "circles", repr(exponent))
        made = simulate_moves(points, exponent, moves, job, low=1.0)
        expected = np.histogram(between, edges, weights=between**-exponent)[0]
        expected /= (between**-exponent).sum() * np.diff(edges)
        count = np.histogram(made.r, edges)[0]
        share = count / len(made)
        reach = 1.96 * np.sqrt(share * (1 - share) / len(made)) / np.diff(edges)
        observed = share / np.diff(edges)
        columns = {"exponent": exponent, "r_low": edges[:-1], "r_high": edges[1:], "moves": count}
        columns |= {"observed": observed, "low": observed - reach, "high": observed + reach}
        drawn.append(pd.DataFrame(columns | {"expected": expected}))
    places = pd.DataFrame({"x": x, "y": y, "circle": circle})
    return Circles(places, pd.concat(seen), pd.concat(drawn, ignore_index=True))


def _binned(r: np.ndarray, edges: np.ndarray) -> pd.DataFrame:
    count = np.histogram(r, edges)[0]
    density = count / r.size / np.diff(edges)
    table = {"r_low": edges[:-1], "r_high": edges[1:], "count": count, "density": density}
    return pd.DataFrame(table)
