"""Claims P1-P4 and P11: the authors' bins and arrays, and the country made of its towns."""

from typing import Any

import pandas as pd

from movelaws.claims import Finding, compare_many, statement

PRINTED_DIGIT = 0.005
"""Half a unit of the second decimal, the last that the paper prints."""

PLANTED_TOLERANCE = 0.02
AIC_TOLERANCE = 0.01
WANTED, ALLOWED = 1.0, 0.05
_POWER, _LOGNORMAL = "power_pareto", "lognormal"


def bins_findings(tables: Any, synthetic: set[str], known: set[str]) -> list[Finding]:
    """Findings on the bins of a run; nothing on bins that are the user's own."""
    found: list[Finding] = []
    for dataset, table in tables.table1.items():
        if dataset in known:
            found += _exponents(dataset, table, dataset in synthetic)
    for dataset, table in tables.cities.items():
        if dataset in known:
            found.append(_cities(dataset, table, dataset in synthetic))
    for dataset, table in tables.city_radii.items():
        if dataset in known:
            found.append(_radii(dataset, table, dataset in synthetic))
    return found + [_aggregate(d, table) for d, table in tables.aggregate.items() if d in known]


def _exponents(dataset: str, table: pd.DataFrame, synthetic: bool) -> list[Finding]:
    """P1 (Denmark) and P2 (the others), by the reading that gives the paper's numbers."""
    found = []
    for claim, cases in (
        ("P1", table[table["case"] == "denmark"]),
        ("P2", table[table["case"] != "denmark"]),
    ):
        reference = "planted" if synthetic else "published_exponent"
        cases = cases[cases[reference].notna()].set_index("case")
        if cases.empty:
            continue
        ours = cases["cost_exponent" if synthetic else "exponent"]
        likelihood = ", ".join(
            f"{case} {row.cost_exponent:.3f} ({row.cost_low:.3f} to {row.cost_high:.3f})"
            for case, row in cases.iterrows()
        )
        tolerance = PLANTED_TOLERANCE if synthetic else PRINTED_DIGIT
        found.append(
            compare_many(
                claim,
                dataset,
                {
                    case: (
                        cases.loc[case, reference]
                        if synthetic
                        else f"{cases.loc[case, reference]:.2f}",
                        round(float(ours[case]), 4),
                    )
                    for case in cases.index
                },
                absolute=tolerance,
                reason="the reading takes the bin centres for the only distances there are and "
                "the ratio for their numbers, as the paper's numbers follow from the bins; the "
                f"likelihood of the moves given the pairs says {likelihood}",
                evidence=f"pairdist/{dataset}/table1.csv",
                synthetic=synthetic,
            )
        )
    return found


def _cities(dataset: str, table: pd.DataFrame, synthetic: bool) -> Finding:
    """P3: mean and standard deviation of both exponents over the towns."""
    rows = table.set_index("quantity")
    numbers: dict[str, tuple[float | str, float]] = {}
    for name in ("inside", "outside"):
        row = rows.loc[name]
        if synthetic:
            numbers[f"{name}, mean"] = (row["planted"], round(row["mean"], 4))
        else:
            numbers[f"{name}, mean"] = (f"{row['published_mean']:.2f}", round(row["mean"], 4))
            numbers[f"{name}, SD"] = (f"{row['published_sd']:.2f}", round(row["sd"], 4))
    return compare_many(
        "P3",
        dataset,
        numbers,
        absolute=PLANTED_TOLERANCE if synthetic else PRINTED_DIGIT,
        evidence=f"pairdist/{dataset}/cities.csv",
        synthetic=synthetic,
    )


def _radii(dataset: str, table: pd.DataFrame, synthetic: bool) -> Finding:
    """P4: the information criteria of the laws of the radii, all towns."""
    every = table[table["set"] == "all"].set_index("law")
    evidence = f"pairdist/{dataset}/radii.csv"
    if synthetic:
        best = every["aicc"].idxmin()
        gap = every.loc[_LOGNORMAL, "aicc"] - every.loc[_POWER, "aicc"]
        return statement(
            "P4",
            dataset,
            "radii from a power-Pareto law",
            f"{best} has the least AICc; the log-normal is {gap:.1f} above the power-Pareto",
            best == _POWER,
            criterion="the planted law has the least AICc",
            reason=f"{best} has the least AICc",
            evidence=evidence,
            synthetic=True,
        )
    return compare_many(
        "P4",
        dataset,
        {
            law: (f"{every.loc[law, 'published_aic']:.2f}", round(every.loc[law, "aicc"], 3))
            for law in (_POWER, _LOGNORMAL)
        },
        absolute=AIC_TOLERANCE,
        reason="compared is AICc, the criterion with the correction for few data",
        evidence=evidence,
    )


def _aggregate(dataset: str, table: pd.DataFrame) -> Finding:
    """P11: the slope between the smallest and the largest radius, and how straight it is."""
    base = table.set_index("model").loc["base"]
    slope = float(base["between_radii"])
    others = table["between_radii"].dropna()
    straight = f"local exponents from {base['lowest_local']:.2f} to {base['highest_local']:.2f}"
    return statement(
        "P11",
        "simulation",
        "exponent 1.0",
        f"{slope:.3f} between the smallest and the largest radius, {straight}; "
        f"{others.min():.2f} to {others.max():.2f} under other assumptions",
        abs(slope - WANTED) <= ALLOWED,
        criterion=f"± {ALLOWED}",
        reason="the aggregate bends from the exponent inside to that outside, it is no power law: "
        "the slope depends on the range and on how the costs of towns are put on one scale, which "
        "Eq. 156 leaves open",
        evidence=f"pairdist/{dataset}/aggregate.csv",
    )
