"""Pair distribution of a point set over all distances, and how steeply it grows at each.

>>> import pandas as pd
>>> corners = pd.DataFrame({"x": [0.0, 300, 0, 300], "y": [9e5, 9e5, 900_400, 900_400]})
>>> pair_table(corners)["count"].sum()
6.0
"""

import math

import numpy as np
import pandas as pd

from movelaws.pairs import Points, checked_points, default_edges, log_edges, pair_counts

COLUMNS = ("r_low", "r_high", "count", "density", "relative_error")
# Bins that hold fewer pairs give no slope: it would be noise.
_FEWEST_PAIRS = 25
# Below this share of places on top of others, addresses and buildings are the same to any digit.
_STACKED = 0.01


def weighted_points(points: pd.DataFrame) -> Points:
    """Places of a canonical table with their weights; none where every weight is 1.

    Parameters
    ----------
    points : x, y (m) and perhaps weight (> 0).

    Raises
    ------
    ValueError
        As :func:`movelaws.pairs.checked_points`.
    """
    weight = points["weight"].to_numpy(float) if "weight" in points else np.ones(len(points))
    given = None if (weight == 1).all() else weight
    return checked_points(points["x"].to_numpy(float), points["y"].to_numpy(float), given)


def stacked(points: pd.DataFrame) -> pd.DataFrame:
    """One row per position: x, y, weight (sum), places (number of rows), town of the first.

    Buildings are addresses at one position, as in paper 3 ("buildings are simply addresses that
    stack on top of each other").
    """
    table = pd.DataFrame(
        {
            "x": points["x"].to_numpy(float),
            "y": points["y"].to_numpy(float),
            "weight": points["weight"].to_numpy(float) if "weight" in points else 1.0,
            "places": 1,
            "town": points["town"].to_numpy(object) if "town" in points else "",
        }
    )
    rules = {"weight": "sum", "places": "sum", "town": "first"}
    return table.groupby(["x", "y"], as_index=False, sort=False).agg(rules)


def countings(positions: pd.DataFrame, place: str = "places") -> dict[str, pd.DataFrame]:
    """Ways to count the places of :func:`stacked`, which differ by their weights.

    Parameters
    ----------
    positions : of :func:`stacked`.
    place : what one place is called where hardly any two share a position.

    Returns
    -------
    "addresses" (a position weighs as much as what stands there) and "buildings" (each position
    counts once), or only ``place`` where these are the same but for one in a hundred.
    """
    once = positions.assign(weight=1.0)
    if positions["weight"].sum() - len(positions) <= _STACKED * len(positions):
        # As they are: the few that do share a position stay two places.
        return {place: positions if (positions["weight"] >= 1).all() else once}
    return {"addresses": positions, "buildings": once}


def pair_table(points: pd.DataFrame, *, accuracy: float = 0.005, seed: int = 0) -> pd.DataFrame:
    """Pairs of places by distance: 1 m bins to 2 km, then equal ratios to 1,500 km.

    Parameters
    ----------
    points : canonical points (x, y in metres, weight).
    accuracy : relative error asked of a bin that is not counted exactly.
    seed : of the random pairs for far bins.

    Returns
    -------
    DataFrame with r_low, r_high (m), count (weighted number of pairs), density (share of all pairs
    per metre) and relative_error (0 where exact). Bins beyond the last pair are left out.

    Raises
    ------
    ValueError
        As :func:`movelaws.pairs.checked_points`.

    References
    ----------
    Paper 3, Eq. 1 and SI 7.5; there, pairs beyond short distances are sampled.
    """
    table = pair_counts(weighted_points(points), default_edges(), accuracy=accuracy, seed=seed)[
        [*COLUMNS]
    ]
    table["count"] = table["count"].astype(float)
    last = int(np.flatnonzero(table["count"].to_numpy() > 0)[-1])
    return table.iloc[: last + 1].reset_index(drop=True)


def regimes(pairs: pd.DataFrame, per_decade: int = 12) -> pd.DataFrame:
    """The pair distribution in equal ratios, with its local growth exponent d ln p / d ln r.

    Parameters
    ----------
    pairs : of :func:`pair_table`.
    per_decade : bins in a factor of ten. Bins narrower than those of ``pairs`` are joined.

    Returns
    -------
    DataFrame with r_low, r_high (m), r (geometric middle, m), count, density (per metre),
    relative_error (largest of the bins joined), and exponent: the slope between the neighbours of
    a bin, nan at the ends and where a bin holds too few pairs.
    """
    low, high = pairs["r_low"].to_numpy(), pairs["r_high"].to_numpy()
    wanted = log_edges(1.0, max(high[-1], 10.0), per_decade)
    # Edges of the joined bins are edges of the bins that there are.
    at = np.unique(np.searchsorted(high, wanted[wanted <= high[-1]]))
    ends = np.append(at, low.size - 1) + 1
    ends = np.unique(np.clip(ends, 1, low.size))
    starts = np.append(0, ends[:-1])
    upto = np.concatenate([[0.0], np.cumsum(pairs["count"].to_numpy())])
    share = np.concatenate([[0.0], np.cumsum(pairs["density"].to_numpy() * (high - low))])
    count = upto[ends] - upto[starts]
    table = pd.DataFrame({"r_low": low[starts], "r_high": high[ends - 1]})
    table["r"] = np.sqrt(np.maximum(table["r_low"], 0.5) * table["r_high"])
    table["count"] = count
    table["density"] = (share[ends] - share[starts]) / (table["r_high"] - table["r_low"])
    error = pairs["relative_error"].to_numpy()
    table["relative_error"] = [error[a:b].max() for a, b in zip(starts, ends, strict=True)]
    table["exponent"] = _slopes(table)
    return table


def _slopes(table: pd.DataFrame) -> np.ndarray:
    exponent = np.full(len(table), math.nan)
    enough = table["count"].to_numpy() >= _FEWEST_PAIRS
    ln_r = np.log(table["r"].to_numpy())
    with np.errstate(divide="ignore"):
        ln_p = np.log(table["density"].to_numpy())
    for k in range(1, len(table) - 1):
        if enough[k - 1] and enough[k + 1]:
            exponent[k] = (ln_p[k + 1] - ln_p[k - 1]) / (ln_r[k + 1] - ln_r[k - 1])
    return exponent
