"""How fast the pair distribution grows at the scale of neighbourhoods: in towns, outside, overall.

Distances run from the places of a town to all places, not to its own only (SI 7.5.1), so that the
border of a town does not bend the curve. Uncertainty is that of compact blocks of places, left out
in turn: neighbouring places see nearly the same neighbours and are no independent observations.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from movelaws.pairdist.growth_counts import compact_blocks, neighbours
from movelaws.pairdist.growth_fits import METHODS, growth_exponent, jackknife, law
from movelaws.pairdist.pairs import countings, stacked
from movelaws.pairdist.settings import check_growth_range
from movelaws.pairdist.towns_found import OUTSIDE, sizes, towns_of

SCOPES = ("all", "towns", "outside", "town")
_STEP = 1.0


class Growth(NamedTuple):
    """Tables of :func:`growth`."""

    exponents: pd.DataFrame
    sensitivity: pd.DataFrame
    curves: pd.DataFrame


def growth(
    points: pd.DataFrame,
    *,
    low: float,
    high: float,
    ranges: Sequence[Sequence[float]],
    definitions: Sequence[str],
    density: Mapping[str, float],
    largest: int,
    blocks: int,
    town_blocks: int,
    place: str = "places",
    confidence: float = 0.95,
) -> Growth:
    """Growth exponents of a point set by part, way of counting and definition of towns.

    Parameters
    ----------
    points : canonical points.
    low, high : m, range of the fits (30 and 500 in the paper), in 1 m bins.
    ranges : further (low, high), for the sensitivity.
    definitions : of towns, out of :data:`movelaws.pairdist.towns_found.DEFINITIONS`; one that the
        data do not allow is passed over.
    density : of density clustering, see :func:`movelaws.pairdist.towns_found.towns_of`.
    largest : towns with the most positions that are fitted one by one.
    blocks, town_blocks : powers of two; blocks of the whole set (and of what lies outside towns),
        and of each town, for the jackknife.
    place : what one place is, where hardly any two share a position.
    confidence : of the intervals.

    Returns
    -------
    exponents : definition ("" for the whole set), counted ("addresses" and "buildings", or
        ``place`` where these are the same), scope, town, places (their weight), positions, blocks,
        exponent, standard_error, low, high, from_m, to_m, r_squared (of the density), deviation
        (largest |density / law - 1| in the range, bins of 10 m). Scope "all" is everything, "towns"
        the mean of the largest towns with their standard deviation in ``sd``, "outside" the places
        in no town, "town" one town.
    sensitivity : definition, counted, scope, town (the largest alone), method, from_m, to_m,
        exponent, sd (of towns).
    curves : definition, counted, scope, town, r_low, r_high, neighbours (weight per place and
        metre) and law (the fitted one, nan outside the range).

    Raises
    ------
    ValueError
        If a range is reversed or ends beyond 100 km.
    """
    check_growth_range("from_m, to_m", low, high)
    for number, one in enumerate(ranges):
        check_growth_range(f"ranges[{number}]", *one)
    positions = stacked(points)
    tried = {name: towns_of(positions, name, density) for name in definitions}
    towns = {name: town for name, town in tried.items() if town is not None}
    parts, n_blocks, label = _parts(positions, towns, largest, blocks, town_blocks)
    reach = max([high, *(r[1] for r in ranges)])
    edges = np.arange(round(reach / _STEP) + 1) * _STEP
    tables: dict[str, list] = {"exponents": [], "sensitivity": [], "curves": []}
    for counted, table in countings(positions, place).items():
        found = neighbours(table, label, n_blocks, edges)
        weight = np.bincount(label, table["weight"].to_numpy(float), n_blocks)
        number = np.bincount(label, minlength=n_blocks)
        for part in parts:
            one = _Part(part, counted, edges, found, weight, number)
            tables["exponents"].append(one.exponent(low, high, confidence))
            tables["curves"].append(one.curve(low, high))
            tables["sensitivity"] += one.sensitivity([(low, high), *map(tuple, ranges)])
    return Growth(
        _with_means(pd.DataFrame(tables["exponents"]), confidence),
        _joined_sensitivity(pd.DataFrame(tables["sensitivity"])),
        pd.concat(tables["curves"], ignore_index=True),
    )


def _parts(positions, towns, largest, blocks, town_blocks):
    """Parts of the set as lists of groups of cells, and the cell of each position.

    A cell is an intersection of one block of every part, so that all parts share one counting.
    """
    x, y = positions["x"].to_numpy(), positions["y"].to_numpy()
    keys = [compact_blocks(x, y, blocks)]
    asked = [{"definition": "", "scope": "all", "town": "", "key": 0, "of": range(blocks)}]
    for name, town in towns.items():
        key, first = np.full(len(positions), -1, dtype=np.int64), 0
        for scope, title, many in [
            ("outside", OUTSIDE, blocks),
            *(("town", t, town_blocks) for t in sizes(town).index[:largest]),
        ]:
            inside = np.flatnonzero(town == title)
            if inside.size < 2:
                continue
            key[inside] = first + compact_blocks(x[inside], y[inside], many)
            own = range(first, first + many)
            asked.append(
                {"definition": name, "scope": scope, "town": title, "key": len(keys), "of": own}
            )
            first += many
        keys.append(key)
    rows, cell = np.unique(np.column_stack(keys), axis=0, return_inverse=True)
    for part in asked:
        column = rows[:, part["key"]]
        groups = (np.flatnonzero(column == block) for block in part["of"])
        part["cells"] = [cells for cells in groups if cells.size]
    return asked, len(rows), cell.ravel()


class _Part:
    """Counts of one part of the set, by block."""

    def __init__(self, part, counted, edges, found, weight, number):
        self.name = {key: part[key] for key in ("definition", "scope", "town")}
        self.name |= {"counted": counted}
        self.edges = edges
        self.by_block = np.array([found[cells].sum(axis=0) for cells in part["cells"]])
        self.total = self.by_block.sum(axis=0)
        every = np.concatenate(part["cells"])
        self.weight, self.positions = float(weight[every].sum()), int(number[every].sum())

    def exponent(self, low, high, confidence):
        best = growth_exponent(self.edges, self.total, low, high)
        without = [
            growth_exponent(self.edges, self.total - block, low, high) for block in self.by_block
        ]
        error, least, most = jackknife(np.array(without), best, confidence)
        fitted, used = law(self.edges, self.total, low, high, best), self._used(low, high)
        n, f = self.total[used], fitted[used]
        tens = np.arange(0, n.size, 10)
        smooth = np.add.reduceat(n, tens) / np.add.reduceat(f, tens) if n.size else np.ones(1)
        return self.name | {
            "places": self.weight,
            "positions": self.positions,
            "blocks": len(self.by_block),
            "exponent": best,
            "sd": np.nan,
            "standard_error": error,
            "low": least,
            "high": most,
            "from_m": low,
            "to_m": high,
            "r_squared": 1 - float(((n - f) ** 2).sum() / ((n - n.mean()) ** 2).sum())
            if np.ptp(n) > 0
            else np.nan,
            "deviation": float(np.abs(smooth - 1).max()),
        }

    def sensitivity(self, ranges):
        return [
            self.name
            | {
                "method": method,
                "from_m": low,
                "to_m": high,
                "exponent": growth_exponent(self.edges, self.total, low, high, method),
            }
            for method in METHODS
            for low, high in ranges
        ]

    def curve(self, low, high):
        best = growth_exponent(self.edges, self.total, low, high)
        fitted = law(self.edges, self.total, low, high, best)
        unit = self.weight * np.diff(self.edges)
        return pd.DataFrame(
            self.name
            | {
                "r_low": self.edges[:-1],
                "r_high": self.edges[1:],
                "neighbours": self.total / unit,
                "law": np.where(self._used(low, high), fitted / unit, np.nan),
            }
        )

    def _used(self, low, high):
        return (self.edges[:-1] >= low - 1e-9) & (self.edges[1:] <= high + 1e-9)


def _with_means(table: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """The parts and, for each definition, the mean of its towns with their spread."""
    rows = []
    groups = table[table["scope"] == "town"].groupby(["definition", "counted"], sort=False)
    for (definition, counted), towns in groups:
        there = towns["exponent"].dropna()
        mean, sd, n = float(there.mean()), float(there.std(ddof=1)), there.size
        without = (n * mean - there.to_numpy()) / max(n - 1, 1)
        error, least, most = jackknife(without, mean, confidence)
        rows.append(
            {
                "definition": definition,
                "scope": "towns",
                "town": "",
                "counted": counted,
                "places": towns["places"].sum(),
                "positions": int(towns["positions"].sum()),
                "blocks": n,
                "exponent": mean,
                "sd": sd,
                "standard_error": error,
                "low": least,
                "high": most,
                "from_m": towns["from_m"].iloc[0],
                "to_m": towns["to_m"].iloc[0],
            }
        )
    table = pd.concat([table, pd.DataFrame(rows)], ignore_index=True) if rows else table
    return _ordered(table)


def _joined_sensitivity(table: pd.DataFrame) -> pd.DataFrame:
    """Sensitivity of the whole, of what lies outside, of the largest town and of the mean."""
    keys = ["definition", "counted", "method", "from_m", "to_m"]
    towns = table[table["scope"] == "town"].groupby(keys, sort=False)["exponent"]
    joined = towns.agg(exponent="mean", sd="std").reset_index().assign(scope="towns", town="")
    of_towns = table[table["scope"] == "town"]
    largest = of_towns.groupby(["definition", "counted"])["town"].transform("first")
    rest = pd.concat([table[table["scope"] != "town"], of_towns[of_towns["town"] == largest]])
    rest = rest.assign(sd=np.nan)
    joined = joined if len(joined) else rest.iloc[:0]
    return _ordered(pd.concat([rest, joined], ignore_index=True))


def _ordered(table: pd.DataFrame) -> pd.DataFrame:
    """By definition, way of counting and scope; towns stay in the order of their size."""
    rank = table["scope"].map({scope: number for number, scope in enumerate(SCOPES)})
    order = table.assign(_rank=rank).sort_values(["definition", "counted", "_rank"], kind="stable")
    first = ["definition", "counted", "scope", "town"]
    columns = first + [c for c in table.columns if c not in first]
    return order[columns].reset_index(drop=True)
