"""Which place belongs to which town: as given, or by the density of the places.

A postal town or a municipality holds the farms around it; the paper's towns end where houses are
more than 200 m apart (the definition of Danmarks Statistik), which density clustering follows.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from movelaws.pairs import checked_points
from movelaws.settlements.clustering import dbscan_towns

DEFINITIONS = ("given", "density")
OUTSIDE = ""


def towns_of(
    positions: pd.DataFrame, definition: str, density: Mapping[str, float]
) -> np.ndarray | None:
    """Name of the town of each position, "" outside towns.

    Parameters
    ----------
    positions : x, y (m), weight, town.
    definition : "given" (the column town) or "density" (DBSCAN of the positions).
    density : reach (m), min_places, and perhaps snap (m), as
        :func:`movelaws.settlements.clustering.dbscan_towns`; fewest, positions that a cluster
        needs to be a town.

    Returns
    -------
    (n,) str, or None where the data name no town. A cluster bears the commonest name of its
    places; where the largest cluster of a name has it already, with a number behind it.

    Raises
    ------
    ValueError
        If the definition is unknown.
    """
    if definition not in DEFINITIONS:
        raise ValueError(f"definition = {definition!r}: one of {', '.join(DEFINITIONS)}")
    given = positions["town"].to_numpy(object)
    if definition == "given":
        return given if (given != OUTSIDE).any() else None
    points = checked_points(positions["x"].to_numpy(float), positions["y"].to_numpy(float))
    label = dbscan_towns(
        points,
        reach=density["reach"],
        min_places=density["min_places"],
        snap=density.get("snap"),
    )
    return _named(label, given, density["fewest"])


def sizes(town: np.ndarray) -> pd.Series:
    """Positions by town, the largest first, those of equal size by name."""
    counts = pd.Series(town[town != OUTSIDE], dtype=object).value_counts()
    return counts.sort_index().sort_values(ascending=False, kind="stable")


def _named(label: np.ndarray, given: np.ndarray, fewest: int) -> np.ndarray:
    number = np.bincount(label[label >= 0]) if (label >= 0).any() else np.zeros(0, int)
    order = np.argsort(-number, kind="stable")
    names = np.full(number.size + 1, OUTSIDE, dtype=object)  # the last for label -1
    common = _commonest(label, given)
    taken: dict[str, int] = {}
    for rank, cluster in enumerate(order):
        if number[cluster] < fewest:
            break
        name = common.get(cluster, OUTSIDE)
        if name == OUTSIDE:
            names[cluster] = f"Town {rank + 1}"
            continue
        taken[name] = taken.get(name, 0) + 1
        names[cluster] = name if taken[name] == 1 else f"{name} {taken[name]}"
    return names[label]


def _commonest(label: np.ndarray, given: np.ndarray) -> dict[int, str]:
    inside = (label >= 0) & (given != OUTSIDE)
    table = pd.DataFrame({"label": label[inside], "town": given[inside]})
    counts = table.value_counts().reset_index(name="n")
    counts = counts.sort_values(["n", "town"], ascending=[False, True], kind="stable")
    best = counts.drop_duplicates("label")
    return dict(zip(best["label"].astype(int), best["town"], strict=True))
