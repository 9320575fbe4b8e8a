"""Claims P5, P6, P9 and P12: how places lie in towns, and towns in a country."""

from typing import Any

import pandas as pd

from movelaws.claims import Finding, not_testable, statement

GROWTH = (0.6, 0.75)
FINITE_TOWN = 0.15
"""A town of finite size grows less than the nested patches that it is made of."""

MOST = 0.5
FEW_OVERLAPS = 3.0
NMI, NMI_TOLERANCE = 0.9, 0.05
_COUNTED = ("addresses", "buildings")
PAPER_READINGS = {"all": "all places", "official": "places in a town"}


def place_findings(tables: Any, synthetic: set[str], known: set[str]) -> list[Finding]:
    """Findings on the places of a run."""
    found: list[Finding] = []
    for dataset, table in tables.growth.items():
        if dataset in synthetic:
            found += _planted_growth(dataset, table)
        elif dataset in known:
            found += _growth(dataset, table)
    judged = (
        (tables.radii, _forms),
        (tables.positions, _positions),
        (tables.definition, _definition),
    )
    for by_dataset, judge in judged:
        for dataset, table in by_dataset.items():
            if dataset in known:
                found += judge(dataset, table, dataset in synthetic)
    return found


def _name(dataset: str, synthetic: bool) -> str:
    return f"{dataset} (synthetic)" if synthetic else dataset


def _growth(dataset: str, table: pd.DataFrame) -> list[Finding]:
    """P5: the exponent over the whole set."""
    whole = table[table["scope"] == "all"].drop_duplicates("counted").set_index("counted")
    rows = [(kind, whole.loc[kind]) for kind in _COUNTED if kind in whole.index]
    if not rows:
        return []
    ours = {kind: float(row["exponent"]) for kind, row in rows}
    beyond = [f"{kind} {value:.2f}" for kind, value in ours.items() if not _within(value)]
    largest = _largest_town(table)
    return [
        statement(
            "P5",
            dataset,
            "exponent 0.6 to 0.75",
            "; ".join(
                f"{kind} {row['exponent']:.3f} ({row['low']:.3f} to {row['high']:.3f})"
                for kind, row in rows
            )
            + largest,
            not beyond,
            criterion="every exponent of the whole set in the range",
            reason=f"outside the range: {', '.join(beyond)}; small towns end within 500 m, which "
            "lowers the exponent of a set of them, and in a city that fills the range it is that "
            "of a plane",
            evidence=f"pairdist/{dataset}/growth.csv",
        )
    ]


def _largest_town(table: pd.DataFrame) -> str:
    """The exponent of the largest town, in words; nothing where there is none."""
    towns = table[(table["scope"] == "town") & table["exponent"].notna()]
    if towns.empty:
        return ""
    row = towns.loc[towns["places"].idxmax()]
    return f"; {row['town']}, its largest town, {row['exponent']:.2f}"


def _within(value: float) -> bool:
    return GROWTH[0] <= round(value, 2) <= GROWTH[1]


def _planted_growth(dataset: str, table: pd.DataFrame) -> list[Finding]:
    """P5 in a synthetic world: nested patches were planted in towns, so the largest shows them."""
    towns = table[(table["scope"] == "town") & table["planted"].notna()]
    if towns.empty:
        return []
    row = towns.loc[towns["places"].idxmax()]
    off = abs(row["exponent"] - row["planted"])
    return [
        statement(
            "P5",
            _name(dataset, True),
            f"planted patches that grow as r^{row['planted']:.2f} in a town without an edge",
            f"{row['town']}, the largest town: {row['exponent']:.3f} ({row['low']:.3f} to "
            f"{row['high']:.3f})",
            bool(off <= FINITE_TOWN),
            criterion=f"± {FINITE_TOWN}, as a town ends",
            reason=f"off by {off:.2f}",
            evidence=f"pairdist/{dataset}/growth.csv",
        )
    ]


def _forms(dataset: str, table: pd.DataFrame, synthetic: bool) -> list[Finding]:
    """P6: the share of towns whose distances correlate with the fitted form (Eq. 21)."""
    rows = table[(table["source"] == "data") & table["well_inverted"].notna()]
    if rows.empty:
        return []
    shares = {
        f"{row.counted}, towns {row.definition}": float(row.well_inverted)
        for row in rows.itertuples()
    }
    plain = ", ".join(f"{100 * row.well_fitted:.0f} %" for row in rows.itertuples())
    seen = (
        "; ".join(f"{name}: {100 * share:.0f} %" for name, share in shares.items())
        + f" of the towns by Eq. 21; by the densities themselves {plain}"
    )
    evidence = f"pairdist/{dataset}/radii.csv"
    if synthetic:
        why = "its towns are nested patches, not clouds whose distances follow the form"
        return [not_testable("P6", _name(dataset, True), f"{why}; above 0.95 in {seen}", evidence)]
    return [
        statement(
            "P6",
            dataset,
            "correlation above 0.95 for most towns",
            seen,
            all(share > MOST for share in shares.values()),
            criterion="more than half of the towns, by Eq. 21, however towns are defined",
            reason="not most towns: "
            + ", ".join(name for name, share in shares.items() if not share > MOST),
            evidence=evidence,
        )
    ]


def _positions(dataset: str, table: pd.DataFrame, synthetic: bool) -> list[Finding]:
    """P9: fewer near towns than at random, and as many far ones, given what chance does."""
    row = table[table["weight"] == "towns"].iloc[0]
    far = bool(row["far_p"] > 0.05)
    near = bool(row["near_g"] < 1)
    certain = bool(min(row["near_p"], row["overlaps_p"]) <= 0.05)
    # Towns that do not overlap cannot be told from points at random if those would rarely overlap.
    hidden = row["near_low"] <= row["near_disks"] <= row["near_high"]
    powerless = bool(hidden and row["overlaps_gas"] < FEW_OVERLAPS)
    seen = (
        f"{row['towns']:.0f} towns: g = {row['near_g']:.2f} within {row['near_m'] / 1000:.1f} km "
        f"(at random {row['near_low']:.2f} to {row['near_high']:.2f}, p = {row['near_p']:.2f}); "
        f"{row['overlaps']:.0f} overlaps (at random {row['overlaps_gas']:.1f}, p = "
        f"{row['overlaps_p']:.3f}); {row['far_g']:.2f} beyond {row['far_m'] / 1000:.0f} km (p = "
        f"{row['far_p']:.3f})"
    )
    if not certain and (powerless or (near and far)):
        return [
            not_testable(
                "P9",
                _name(dataset, synthetic),
                f"too few towns to tell them from random ones: {seen}",
                f"pairdist/{dataset}/positions.csv",
            )
        ]
    return [
        statement(
            "P9",
            _name(dataset, synthetic),
            "below 1 at short range, 1 far away",
            seen,
            near and far,
            criterion="g below 1 near, and far away within the band of random towns",
            reason="there are not fewer near towns than at random"
            if not near
            else "far away there are more or fewer towns than at random; towns on the coast of an "
            "island lie further apart than random points in it",
            evidence=f"pairdist/{dataset}/positions.csv",
        )
    ]


def _definition(dataset: str, table: pd.DataFrame, synthetic: bool) -> list[Finding]:
    """P12: agreement of clusters with official towns, parameters chosen as in the paper.

    The paper does not say what it does with places in no town: the claim has to hold with all
    places and with those in an official town.
    """
    chosen = table[
        (table["units"] == "merged")
        & table["reading"].isin(PAPER_READINGS)
        & (table["chosen"] == "nmi")
    ]
    if chosen.empty:
        return []
    evidence = f"pairdist/{dataset}/definition.csv"
    seen = "; ".join(
        f"{row.algorithm}, {PAPER_READINGS[row.reading]}: NMI {row.nmi:.2f}"
        + ("" if pd.isna(row.heldout_nmi) else f", on other towns {row.heldout_nmi:.2f}")
        for row in chosen.itertuples()
    )
    if (chosen["kind"] != "towns").all():
        return [
            not_testable(
                "P12",
                _name(dataset, synthetic),
                f"its official units are {chosen['kind'].iloc[0]}, no towns ({seen}); the towns of "
                "Statistics Denmark are not public",
                evidence,
            )
        ]
    low = chosen[chosen["nmi"] < NMI - NMI_TOLERANCE]
    return [
        statement(
            "P12",
            _name(dataset, synthetic),
            "NMI about 0.9",
            seen,
            low.empty,
            criterion=f"at least {NMI - NMI_TOLERANCE:.2f} in both readings of places in no town",
            reason="less for "
            + ", ".join(
                f"{row.algorithm}, {PAPER_READINGS[row.reading]}" for row in low.itertuples()
            ),
            evidence=evidence,
        )
    ]
