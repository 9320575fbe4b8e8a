"""Claims P10 and P13, and the planted cost: moves simulated or observed on the places of a run."""

from typing import Any

import pandas as pd

from movelaws.claims import Finding, compare_many, not_testable, statement

ALLOWED = 0.02
TOWN_TOLERANCE = 0.2
"""The standard deviation of the exponents over the towns of the paper. The outer one reads 0.1 too
steep even without noise (SI 8.4 takes all pairs of a town)."""

PAPER_COST = 1.0
_METHOD, _START = "binned", "pairs"


def cost_findings(tables: Any, synthetic: set[str], known: set[str]) -> list[Finding]:
    """Findings on moves through the places of a run."""
    found = [
        finding
        for dataset, table in tables.geographies.items()
        if dataset in known
        for finding in _geographies(dataset, table, dataset in synthetic)
    ]
    found += [
        _planted_cost(dataset, table)
        for dataset, table in tables.fits.items()
        if dataset in synthetic and table["planted"].notna().any()
    ]
    found += [
        _planted_towns(dataset, table)
        for dataset, table in tables.town_fits.items()
        if dataset in synthetic and not table.empty and _breaks(table)
    ]
    return found + [
        _models(dataset, table.iloc[0], dataset in synthetic)
        for dataset, table in tables.models.items()
        if dataset in known
    ]


def _geographies(dataset: str, table: pd.DataFrame, synthetic: bool) -> list[Finding]:
    """P10: one cost through three geographies; the moves differ, the cost does not.

    The paper has 1/r; where other costs were tried as well, each is a finding of its own.
    """
    where = f"{dataset} (synthetic)" if synthetic else dataset
    found = []
    for planted, rows in table[table["start"] == _START].groupby("planted"):
        law = where if planted == PAPER_COST else f"{where}, cost r^-{planted:g}"
        read = rows[rows["method"] == _METHOD]
        found.append(
            compare_many(
                "P10",
                law,
                {
                    row.geography: (f"{row.planted:.2f}", round(row.exponent, 4))
                    for row in read.itertuples()
                },
                absolute=ALLOWED,
                evidence=f"pairdist/{dataset}/geographies.csv",
            )
        )
        if planted == PAPER_COST:
            found += _observed(dataset, rows[rows["gap"].notna()], law)
    return found


def _observed(dataset: str, rows: pd.DataFrame, where: str) -> list[Finding]:
    """P10, the other half: moves as they are observed differ between geographies."""
    if rows.empty:
        return []
    gaps = ", ".join(
        f"{row.geography} {row.gap:.3f} (by chance up to {row.gap_by_chance:.3f})"
        for row in rows.itertuples()
    )
    return [
        statement(
            "P10",
            f"{where}, observed moves",
            "the observed laws differ between geographies",
            f"largest gap to the real geography's moves: {gaps}",
            bool((rows["gap"] > rows["gap_by_chance"]).all()),
            criterion="every gap larger than chance makes it in 99 % of draws",
            reason="chance makes gaps as large between moves through one geography",
            evidence=f"pairdist/{dataset}/geographies.csv",
        )
    ]


def _planted_cost(dataset: str, table: pd.DataFrame) -> Finding:
    """P1 in a synthetic world: the cost behind its moves, by two likelihoods."""
    rows = table.set_index("model")
    numbers = {
        words: (rows.loc[model, "planted"], round(rows.loc[model, "exponent"], 4))
        for model, words in (("power_law", "given the pairs"), ("joint", "given all places"))
        if model in rows.index and pd.notna(rows.loc[model, "planted"])
    }
    return compare_many(
        "P1",
        dataset,
        numbers,
        absolute=ALLOWED,
        evidence=f"pairdist/{dataset}/fits.csv",
        synthetic=True,
    )


def _breaks(table: pd.DataFrame) -> bool:
    """Whether the world planted two exponents, not one."""
    return bool((table["planted_inside"] != table["planted_outside"]).all())


def _planted_towns(dataset: str, table: pd.DataFrame) -> Finding:
    """P3 in a synthetic world: the mean exponents of its towns, as the paper has them."""
    return compare_many(
        "P3",
        dataset,
        {
            f"{side}, mean of {len(table)} towns": (
                float(table[f"planted_{side}"].mean()),
                round(float(table[side].mean()), 3),
            )
            for side in ("inside", "outside")
        },
        absolute=TOWN_TOLERANCE,
        evidence=f"pairdist/{dataset}/town_fits.csv",
        synthetic=True,
    )


def _models(dataset: str, row: pd.Series, synthetic: bool) -> Finding:
    """P13: gravity and radiation place the same moves elsewhere."""
    name = f"{dataset} (synthetic)" if synthetic else dataset
    if pd.isna(row["growth"]):
        why = "no pair of its places lies in the range in which growth is measured"
        return not_testable("P13", name, why, f"pairdist/{dataset}/models.csv")
    spread = row["growth_spread"]
    off = abs(row["growth"] - row["agreeing_growth"])
    halves = f"(halves of the range differ by ± {spread:.2f})"
    return statement(
        "P13",
        name,
        "gravity and continuous radiation cannot agree",
        f"they would if pairs grew as r^{row['agreeing_growth']:.2g}; they grow as "
        f"r^{row['growth']:.2f} {halves}; radiation reads as a cost r^-"
        f"{row['radiation_exponent']:.2f} and puts {row['placed_differently_percent']:.0f} % of "
        "the moves at other distances",
        bool(off > 2 * spread),
        criterion="the growth of pairs is off by more than twice what it varies between halves",
        reason="the growth of pairs does not exclude the one at which both agree",
        evidence=f"pairdist/{dataset}/models.csv",
    )
