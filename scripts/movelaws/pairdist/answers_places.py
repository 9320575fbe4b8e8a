"""Sentences about how places lie: houses, towns and countries."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from movelaws.phrases import listed

PAPER = "0.69 addresses and 0.67 buildings of Denmark in the paper"


def growth_of_pairs(tables: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> list[str]:
    """Growth exponents of whole sets, and how they vary between towns."""
    said = []
    for dataset, table in tables.items():
        whole = table[table["scope"] == "all"].drop_duplicates("counted")
        if whole.empty:
            continue
        words = listed(
            f"counting {r.counted} {r.exponent:.2f} ({r.low:.2f} to {r.high:.2f})"
            for r in whole.itertuples()
        )
        towns = table[(table["scope"] == "town") & (table["counted"] == "addresses")]
        spread = ""
        if len(towns) > 2:
            one = towns[towns["definition"] == towns["definition"].iloc[0]]
            spread = f", its towns {one['exponent'].min():.2f} to {one['exponent'].max():.2f}"
        said.append(f"{labels[dataset]}, {words}{spread}")
    if not said:
        return []
    first = next(iter(tables.values())).iloc[0]
    span = f"{first['from_m']:g} and {first['to_m']:g} m"
    return [f"Exponents of growth between {span}: {'; '.join(said)}"]


def houses(matter: pd.DataFrame, labels: Mapping[str, str]) -> list[str]:
    """The short-range order of places."""
    if matter.empty:
        return []
    rows = matter[matter["reference"] == "local"]
    if rows.empty:
        return []
    said = [
        f"{labels[row.source]} "
        + (
            f"has fewer neighbours than at random below {row.crossing_m:.1f} m and "
            f"{row.peak:.1f} times as many at {row.peak_m:.1f} m"
            if row.shows
            else "shows no peak beyond chance that falls and rises again"
        )
        for row in rows.itertuples()
    ]
    return [f"Closer by, the order of places: {'; '.join(said)}"]


def town_forms(tables: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> list[str]:
    """How many towns the generalised gamma fits."""
    said = []
    for dataset, table in tables.items():
        rows = table[(table["source"] == "data") & table["well_inverted"].notna()]
        if not rows.empty:
            row = rows.iloc[0]
            said.append(
                f"{labels[dataset]} {100 * row['well_inverted']:.0f} % of {row['towns']:.0f} towns "
                f"({100 * row['well_fitted']:.0f} % by the density itself)"
            )
    lead = "The generalised gamma has a correlation above 0.95, as the paper measures it, for"
    return [f"{lead} {'; '.join(said)}"] if said else []


def towns_lie(tables: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> list[str]:
    """Whether towns keep apart, and whether that is more than chance."""
    said = []
    for dataset, table in tables.items():
        row = table[table["weight"] == "towns"].iloc[0]
        said.append(
            f"{labels[dataset]}: of {row['towns']:.0f} towns {row['overlaps']:.0f} pairs overlap, "
            f"of random ones {row['overlaps_gas']:.1f} (p = {row['overlaps_p']:.3f}); "
            f"beyond {row['far_m'] / 1000:.0f} km there are {row['far_g']:.2f} times as many as at "
            f"random (p = {row['far_p']:.3f})"
        )
    return said


def clusters(tables: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> list[str]:
    """Agreement of clusters with official units, chosen on them and on others."""
    said = []
    for dataset, table in tables.items():
        rows = table[
            (table["units"] == "merged") & (table["reading"] == "all") & (table["chosen"] == "nmi")
        ]
        if rows.empty:
            continue
        kind = rows["kind"].iloc[0]
        words = listed(f"{r.algorithm} {r.nmi:.2f}{_elsewhere(r)}" for r in rows.itertuples())
        said.append(f"official {kind} of {labels[dataset]}: {words}")
    return [f"Clusters agree with units by an NMI of: {'; '.join(said)}"] if said else []


def _elsewhere(row: Any) -> str:
    """Agreement on units that did not choose the parameters, where there are enough of them."""
    return "" if pd.isna(row.heldout_nmi) else f" ({row.heldout_nmi:.2f} on other units)"
