"""Do towns found by density match the official ones? (Paper 3, SI 9: Tables 3, 4, Figs 36, 37)

The paper chooses the parameters of HDBSCAN so that the agreement with the official units, by which
it then judges, is as large as possible. Here that number stands beside an honest one: parameters
chosen on one half of the towns, agreement measured on the other. What the paper does with places in
no town it does not say, so every reading is shown, the printed numbers beside the two that it could
mean: all places, or those that have an official unit.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from movelaws.pairdist.definition_clusters import ALGORITHMS, RULE, Clustering, clusterings
from movelaws.pairdist.definition_scores import (
    NO_TOWN,
    READINGS,
    Contingency,
    Ground,
    contingency,
    ground,
    looked_at,
    matched,
    scores,
)
from movelaws.pairdist.definition_units import MERGED, SEPARATE, Version, versions
from movelaws.pairs.points import checked_points
from movelaws.pointsets.frames import town_numbers
from movelaws.seeds import stream

PAPER_READINGS = ("all", "official")
MAP_READING = "all"
PARAMETERS = ["reach_m", "min_places", "min_cluster_size", "min_samples"]
FEWEST_TOWNS = 4
"""Official units that can be parted into halves with something to choose in each."""

_HELD_OUT = ["half_nmi", "heldout_nmi", "heldout_low", "heldout_high"]
_COLUMNS = [
    "dataset",
    "units",
    "kind",
    "reading",
    "algorithm",
    "chosen",
    *PARAMETERS,
    "cell_m",
    "nmi",
    "published_nmi",
    "nmi_arithmetic",
    "ami",
    "published_ami",
    "homogeneity",
    "completeness",
    *_HELD_OUT,
    "places",
    "towns_found",
    "towns_official",
    "planted_towns",
    "towns_matched",
    "noise_share",
    "rural_share",
    "note",
]


class Definition(NamedTuple):
    """Agreement of the chosen clusterings, of all that were tried, and the labels for a map."""

    table: pd.DataFrame
    scan: pd.DataFrame
    clusters: pd.DataFrame


def compare(
    points: pd.DataFrame,
    dataset: str,
    settings: Mapping[str, object],
    *,
    published: pd.DataFrame | None = None,
    planted: bool = False,
    seed: int = 0,
) -> Definition:
    """Cluster the places in every way asked for and hold the towns found against the official ones.

    Parameters
    ----------
    points : canonical places: x, y (m) and town, "" where none.
    dataset : its name, for the tables and the random halves.
    settings : hdbscan, dbscan, rule, most_places (see ``clusterings``), built_up (within_m, least),
        merged, merge and cut (see ``versions``), splits (number of random halvings of the towns).
    published : copenhagen, algorithm, nmi, ami as printed in Tables 3 and 4.
    planted : whether the official units are those that the places were made from.
    seed : of the halves.

    Returns
    -------
    Definition. Rows of the table: units ("merged" or "separate", see ``versions``), kind ("towns",
    or "districts" where they cover the countryside too and no clustering can agree with them),
    reading (see ``looked_at``), algorithm, how its parameters were chosen ("nmi": the largest in
    that reading; for "both" that of "official", as a clustering that leaves out all that is
    doubtful would win otherwise; "fixed": not at all), agreement, and over random halves of the
    towns the mean NMI of the half that chose (half_nmi) and of the other one (heldout_nmi, with its
    5 and 95 % quantiles). Units that do not exist have one row with a note, and so has HDBSCAN
    where there are fewer places than every value that should be tried.

    Raises
    ------
    ValueError
        If no place has an official unit, or a setting is out of its range.
    """
    town, names = town_numbers(points)
    if names.size == 0:
        raise ValueError(
            f"{dataset}: column 'town' is empty for all {len(points)} places: leave this dataset "
            "out of pairdist: definition: datasets"
        )
    xy = points[["x", "y"]].to_numpy(dtype=float)
    built_up = settings["built_up"]
    given = ground(xy, town, built_up["within_m"], int(built_up["least"]))
    units = versions(xy, given, names, settings, seed)
    tried = clusterings(
        checked_points(xy[:, 0], xy[:, 1], allow_small=True),
        settings["hdbscan"],
        settings["dbscan"],
        settings["rule"],
        int(settings["most_places"]),
    )
    kind = "towns" if (given.town == NO_TOWN).any() else "districts"
    rows, scans = [], []
    for name, (under, how) in units.items():
        tables = [contingency(under, c.cluster) for c in tried]
        scan = _scan(tried, tables)
        scans.append(scan.assign(units=name, dataset=dataset))
        rng = stream(seed, "pairdist", "definition", dataset, name)
        halves = _halves(under.n_towns, int(settings["splits"]), rng)
        rows += _rows(
            under, tried, tables, scan, halves, units=name, kind=kind, dataset=dataset, note=how
        )
    table = pd.DataFrame(rows)
    if SEPARATE not in units:
        note = f"left out: {units[MERGED].how.removeprefix('as given: ')}"
        table = pd.concat(
            [table, pd.DataFrame([{"dataset": dataset, "units": SEPARATE, "note": note}])],
            ignore_index=True,
        )
    if not any(c.algorithm == "HDBSCAN" for c in tried):
        why = f"left out: there are only {len(points)} places, fewer than each value to try"
        row = {"dataset": dataset, "units": MERGED, "algorithm": "HDBSCAN", "note": why}
        table = pd.concat([table, pd.DataFrame([row])], ignore_index=True)
    table = _beside(table, published, planted, given.n_towns).reindex(columns=_COLUMNS)
    return Definition(
        table, pd.concat(scans, ignore_index=True), _labels(xy, given, units, tried, table)
    )


def _scan(tried: Sequence[Clustering], tables: Sequence[Contingency]) -> pd.DataFrame:
    """Agreement of every clustering in every reading; ``number`` is its place among those tried."""
    rows = []
    for number, (c, table) in enumerate(zip(tried, tables, strict=True)):
        about = {"number": number, "algorithm": c.algorithm, "cell_m": c.cell_m}
        about |= {name: getattr(c, name) for name in PARAMETERS}
        about |= {"towns_found": int(c.cluster.max()) + 1}
        about |= {"noise_share": float(np.mean(c.cluster == NO_TOWN))}
        rows += [about | {"reading": r} | (scores(table, r) or {"nmi": np.nan}) for r in READINGS]
    return pd.DataFrame(rows)


def _halves(n_towns: int, splits: int, rng: np.random.Generator) -> np.ndarray:
    """(2 splits, n_towns) bool: random halves of the towns, each followed by the other half."""
    if n_towns < FEWEST_TOWNS:
        return np.zeros((0, n_towns), dtype=bool)
    rank = rng.permuted(np.tile(np.arange(n_towns), (splits, 1)), axis=1)
    first = rank < n_towns / 2
    return np.stack([first, ~first], axis=1).reshape(-1, n_towns)


def _rows(under, tried, tables, scan, halves, **about) -> list[dict]:
    rows = []
    for reading in READINGS:
        by = "official" if reading == "both" else reading
        for algorithm in (*ALGORITHMS, RULE):
            candidates = scan[(scan["algorithm"] == algorithm) & (scan["reading"] == by)]
            if candidates["nmi"].isna().all():
                continue
            best = int(candidates.loc[candidates["nmi"].idxmax(), "number"])
            fixed = algorithm == RULE
            row = {**about, "reading": reading, "algorithm": algorithm}
            row |= {"chosen": "fixed" if fixed else "nmi"}
            row |= {name: getattr(tried[best], name) for name in (*PARAMETERS, "cell_m")}
            row |= _agreement(under, tried[best].cluster, tables[best], reading)
            if not fixed:
                some = [tables[number] for number in candidates["number"]]
                row |= _held_out(some, by, reading, halves)
            rows.append(row)
    return rows


def _agreement(under: Ground, cluster: np.ndarray, table: Contingency, reading: str) -> dict:
    # slow to load, and figures load this module too
    from sklearn.metrics import adjusted_mutual_info_score

    kept = looked_at(under, cluster, reading)
    return {
        **(scores(table, reading) or {}),
        "ami": float(adjusted_mutual_info_score(under.town[kept], cluster[kept])),
        "places": int(kept.sum()),
        "towns_found": int(np.unique(cluster[kept & (cluster != NO_TOWN)]).size),
        "towns_official": int(np.unique(under.town[kept & (under.town != NO_TOWN)]).size),
        "towns_matched": matched(table),
        "noise_share": float(np.mean(cluster == NO_TOWN)),
        "rural_share": float(np.mean(under.town == NO_TOWN)),
    }


def _held_out(tables, by, reading, halves) -> dict[str, float]:
    """NMI of the towns of a half that chose, and of the other half by that choice."""
    nmi = {r: np.array([_of_half(tables, r, half) for half in halves]) for r in {by, reading}}
    pairs = []
    for k in range(len(halves)):
        if np.isfinite(nmi[by][k]).any():
            best = int(np.nanargmax(nmi[by][k]))
            pairs.append((nmi[reading][k, best], nmi[reading][k ^ 1, best]))
    pairs = np.array(pairs).reshape(-1, 2)
    pairs = pairs[np.isfinite(pairs).all(axis=1)]
    if len(pairs) == 0:
        return dict.fromkeys(_HELD_OUT, np.nan)
    own, other = pairs.T
    found = own.mean(), other.mean(), *np.quantile(other, [0.05, 0.95])
    return dict(zip(_HELD_OUT, map(float, found), strict=True))


def _of_half(tables, reading, half) -> list[float]:
    return [(scores(table, reading, half) or {}).get("nmi", np.nan) for table in tables]


def _beside(
    table: pd.DataFrame, published: pd.DataFrame | None, planted: bool, n_planted: int
) -> pd.DataFrame:
    """Add the printed numbers, to the readings that the paper could mean, and the planted towns."""
    table = table.assign(published_nmi=np.nan, published_ami=np.nan, planted_towns=np.nan)
    if planted:
        table["planted_towns"] = float(n_planted)
    if published is not None:
        printed = published.set_index(["copenhagen", "algorithm"])
        for at, row in table[table["reading"].isin(PAPER_READINGS)].iterrows():
            key = (row["units"], row["algorithm"])
            if key in printed.index:
                table.loc[at, "published_nmi"] = printed.loc[key, "nmi"]
                table.loc[at, "published_ami"] = printed.loc[key, "ami"]
    return table


def _labels(
    xy: np.ndarray,
    given: Ground,
    units: Mapping[str, Version],
    tried: Sequence[Clustering],
    table: pd.DataFrame,
) -> pd.DataFrame:
    """Places with official units and the clusters chosen on all places, the city being one."""
    made = {
        "x": xy[:, 0],
        "y": xy[:, 1],
        "official": given.town.astype(np.int32),
        "merged": units[MERGED].under.town.astype(np.int32),
        "built_up": given.built_up,
    }
    for algorithm in ALGORITHMS:
        made[_column(algorithm)] = np.full(len(xy), NO_TOWN, dtype=np.int32)
    chosen = table[(table["reading"] == MAP_READING) & (table["units"] == MERGED)]
    chosen = chosen.set_index("algorithm")
    for c in tried:
        row = chosen.loc[c.algorithm]
        if all(_same(row[name], getattr(c, name)) for name in PARAMETERS):
            made[_column(c.algorithm)] = c.cluster
    return pd.DataFrame(made)


def _column(algorithm: str) -> str:
    return algorithm.lower().replace(" ", "_")


def _same(a: float, b: float) -> bool:
    return a == b or (np.isnan(a) and np.isnan(b))
