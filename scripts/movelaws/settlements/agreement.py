"""How well towns found by density match official units (Tables 3 and 4, Figs 36 and 37)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from movelaws.pairs.points import Points
from movelaws.settlements.clustering import NO_TOWN, dbscan_towns, hdbscan_towns

OVER = ("all", "official", "both")


def merged_units(official: np.ndarray, groups: Iterable[Sequence]) -> np.ndarray:
    """Official units with some of them joined, such as Copenhagen with its neighbours.

    Parameters
    ----------
    official : (n,) label of each place.
    groups : labels that become one unit, which has the first of them; any number of such groups.

    Returns
    -------
    (n,) labels.

    Raises
    ------
    ValueError
        If a label is in no place or in two groups.
    """
    official = np.asarray(official)
    merged = official.copy()
    taken: set = set()
    for group in groups:
        for label in group:
            if label in taken:
                raise ValueError(f"groups: {label!r} is there twice")
            taken.add(label)
            where = official == label
            if not np.any(where):
                raise ValueError(f"groups: no place has the label {label!r}")
            merged[where] = group[0]
    return merged


def agreement(
    found: np.ndarray,
    official: np.ndarray,
    *,
    rural: object = NO_TOWN,
    over: Literal["all", "official", "both"] = "all",
) -> dict[str, float]:
    """Mutual information of two ways to part places into towns.

    NMI is normalised by the geometric mean of the entropies, as in the paper; AMI subtracts what
    chance gives and has the arithmetic mean, the default of its reference (Vinh et al. 2010) in
    scikit-learn. Places in no town are a unit of their own where they are looked at.

    Parameters
    ----------
    found, official : (n,) labels.
    rural : label of places in no town, in both (``found`` has -1).
    over : places looked at: "all", those in an "official" unit, or those in a town of "both".

    Returns
    -------
    {"nmi", "ami", "places", "towns_found", "towns_official"}.

    Raises
    ------
    ValueError
        If shapes differ, ``over`` is unknown, or no place is looked at.
    """
    # slow to load, and figures load this module too
    from sklearn.metrics import adjusted_mutual_info_score, normalized_mutual_info_score

    found, official = np.asarray(found), np.asarray(official)
    if found.ndim != 1 or found.shape != official.shape:
        raise ValueError(f"found has shape {found.shape}, official {official.shape}")
    if over not in OVER:
        raise ValueError(f"over = {over!r}: one of {', '.join(OVER)}")
    used = np.ones(found.size, dtype=bool)
    if over != "all":
        used &= official != rural
    if over == "both":
        used &= found != NO_TOWN
    if not used.any():
        raise ValueError(f"no place is left with over = {over!r}")
    found, official = found[used], official[used]
    return {
        "nmi": float(normalized_mutual_info_score(official, found, average_method="geometric")),
        "ami": float(adjusted_mutual_info_score(official, found)),
        "places": int(used.sum()),
        "towns_found": _towns(found, NO_TOWN),
        "towns_official": _towns(official, rural),
    }


def definition_table(
    found: Mapping[str, np.ndarray],
    official: Mapping[str, np.ndarray],
    *,
    rural: object = NO_TOWN,
    over: Iterable[str] = OVER,
) -> pd.DataFrame:
    """Agreement of each clustering with each set of units, as Tables 3 and 4.

    Parameters
    ----------
    found : {"DBSCAN": labels, ...}. official : {"merged": labels, "separate": labels, ...}.
    rural, over : as in :func:`agreement`; one row for each entry of ``over``.

    Returns
    -------
    DataFrame with units, algorithm, over, nmi, ami, places, towns_found, towns_official.
    """
    rows = [
        {"units": units, "algorithm": name, "over": which}
        | agreement(labels, truth, rural=rural, over=which)
        for units, truth in official.items()
        for name, labels in found.items()
        for which in over
    ]
    return pd.DataFrame(rows)


def scan_hdbscan(
    points: Points,
    official: np.ndarray,
    min_cluster_sizes: Sequence[int],
    min_samples: Sequence[int],
    *,
    rural: object = NO_TOWN,
    over: Literal["all", "official", "both"] = "all",
) -> pd.DataFrame:
    """NMI and AMI over the parameters of HDBSCAN (Fig. 37), the best NMI first.

    Choosing parameters by the agreement makes it an upper end of what HDBSCAN finds unaided.
    """
    rows = [
        {"min_cluster_size": size, "min_samples": samples}
        | agreement(
            hdbscan_towns(points, min_cluster_size=size, min_samples=samples),
            official,
            rural=rural,
            over=over,
        )
        for size in min_cluster_sizes
        for samples in min_samples
    ]
    return _best_first(rows)


def scan_dbscan(
    points: Points,
    official: np.ndarray,
    reaches: Sequence[float],
    min_places: Sequence[int],
    *,
    snap: float | None = None,
    rural: object = NO_TOWN,
    over: Literal["all", "official", "both"] = "all",
) -> pd.DataFrame:
    """NMI and AMI over the parameters of DBSCAN, the best NMI first; see ``scan_hdbscan``."""
    rows = [
        {"reach": reach, "min_places": least}
        | agreement(
            dbscan_towns(points, reach=reach, min_places=least, snap=snap),
            official,
            rural=rural,
            over=over,
        )
        for reach in reaches
        for least in min_places
    ]
    return _best_first(rows)


def _best_first(rows):
    if not rows:
        raise ValueError("no parameters to scan: give at least one value of each")
    return pd.DataFrame(rows).sort_values("nmi", ascending=False, kind="stable", ignore_index=True)


def _towns(labels, rural):
    names = np.unique(labels)
    return int(np.count_nonzero(names != rural))
