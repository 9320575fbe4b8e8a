"""Claims P1-P4 and P11: the authors' bins and arrays, and the country made of its towns."""

from typing import Any

import pandas as pd

from movelaws.claims import Finding, compare_many, statement

PRINTED_DIGIT = 0.005
"""Half a unit of the second decimal, the last that the paper prints."""

PLANTED_TOLERANCE = 0.02
AIC_TOLERANCE = 0.01
WANTED, ALLOWED = 1.0, 0.05
SIMULATED, AUTHORS = "simulated", "the paper's curve"
_POWER, _LOGNORMAL = "power_pareto", "lognormal"


def bins_findings(tables: Any, synthetic: set[str], known: set[str]) -> list[Finding]:
    """Findings on the bins of a run; nothing on bins that are the user's own."""
    found: list[Finding] = []
    for dataset, table in tables.table1.items():
        if dataset in synthetic:
            found += _planted(dataset, table)
        elif dataset in known:
            found += _printed(dataset, table, tables.sensitivity.get(dataset))
    for dataset, table in tables.cities.items():
        if dataset in known:
            found.append(_cities(dataset, table, dataset in synthetic))
    for dataset, table in tables.city_radii.items():
        if dataset in known:
            found.append(_radii(dataset, table, dataset in synthetic))
    for dataset, table in tables.aggregate.items():
        if dataset in known:
            found += _aggregate(dataset, table)
    return found


def _cases(table: pd.DataFrame, reference: str) -> list[tuple[str, pd.DataFrame]]:
    """Rows of P1 (Denmark) and P2 (the others) that have a value to be held against."""
    table = table[table[reference].notna()].set_index("case")
    here = table.index == "denmark"
    parts = (("P1", table[here]), ("P2", table[~here]))
    return [(claim, rows) for claim, rows in parts if not rows.empty]


def _planted(dataset: str, table: pd.DataFrame) -> list[Finding]:
    return [
        compare_many(
            claim,
            dataset,
            {
                case: (row["planted"], round(row["cost_exponent"], 4))
                for case, row in rows.iterrows()
            },
            absolute=PLANTED_TOLERANCE,
            evidence=f"pairdist/{dataset}/table1.csv",
            synthetic=True,
        )
        for claim, rows in _cases(table, "planted")
    ]


def _printed(dataset: str, table: pd.DataFrame, sensitivity: pd.DataFrame | None) -> list[Finding]:
    """The printed exponents by the paper's reading, in the printed range, and by the moves."""
    found = []
    for claim, rows in _cases(table, "published_exponent"):
        printed = {case: f"{value:.2f}" for case, value in rows["published_exponent"].items()}
        found.append(
            compare_many(
                claim,
                dataset,
                {case: (printed[case], round(rows.loc[case, "exponent"], 4)) for case in printed},
                absolute=PRINTED_DIGIT,
                reason="the reading takes the bin centres for the only distances there are and the "
                "ratio for how often each was seen, over the bins whose KS distance is that of the "
                "authors' own test files",
                evidence=f"pairdist/{dataset}/table1.csv",
            )
        )
        found += _in_printed_range(claim, dataset, printed, sensitivity)
        misfit = ", ".join(f"{case} p = {row['cost_p']:.2g}" for case, row in rows.iterrows())
        found.append(
            compare_many(
                claim,
                f"{dataset}, likelihood of the moves",
                {
                    case: (printed[case], round(rows.loc[case, "cost_exponent"], 4))
                    for case in printed
                },
                absolute=PRINTED_DIGIT,
                reason="the likelihood of the moves given the pairs weighs every move alike, the "
                "paper's reading the first decade of distance; neither is a power law as far as "
                f"so many moves can tell ({misfit})",
                evidence=f"pairdist/{dataset}/table1.csv",
            )
        )
    return found


def _in_printed_range(
    claim: str, dataset: str, printed: dict[str, str], sensitivity: pd.DataFrame | None
) -> list[Finding]:
    if sensitivity is None:
        return []
    rows = sensitivity[
        (sensitivity["range"] == "published range")
        & (sensitivity["estimator"] == "sample space")
        & (sensitivity["weights"] == "ratio")
    ].set_index("case")["exponent"]
    numbers = {c: (printed[c], round(float(rows[c]), 4)) for c in printed if c in rows.index}
    if not numbers:
        return []
    return [
        compare_many(
            claim,
            f"{dataset}, printed ranges",
            numbers,
            absolute=PRINTED_DIGIT,
            reason="with the ends of the range that Table 1 prints; the French number needs the "
            "bins beyond the printed end too",
            evidence=f"pairdist/{dataset}/sensitivity.csv",
        )
    ]


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


def _aggregate(dataset: str, table: pd.DataFrame) -> list[Finding]:
    """P11: the slope over random towns between the smallest and largest radius; is it straight?"""
    rows = table.set_index("model")
    if SIMULATED not in rows.index:
        return []
    towns, evidence = rows.loc[SIMULATED], f"pairdist/{dataset}/aggregate.csv"
    own = [name for name in rows.index if name not in (SIMULATED, "base", AUTHORS)]
    others = rows.loc[own, "between_radii"].dropna()
    mean_field = rows.loc["base", "between_radii"]
    slope = statement(
        "P11",
        "simulation",
        "exponent 1.0",
        f"random towns {towns['between_radii']:.3f} ± {towns['spread']:.3f}, mean field "
        f"{mean_field:.3f}; {others.min():.2f} to {others.max():.2f} under other assumptions",
        abs(towns["between_radii"] - WANTED) <= ALLOWED,
        criterion=f"± {ALLOWED} for random towns, between the smallest and the largest radius",
        reason="the slope depends on how the costs of towns are put on one scale, which Eq. 156 "
        "leaves open: here every address makes as many moves",
        evidence=evidence,
    )
    low, high = float(towns["lowest_local"]), float(towns["highest_local"])
    straight = statement(
        "P11",
        "simulation, local exponents",
        "one exponent at all distances",
        f"{low:.2f} to {high:.2f} between the smallest and the largest radius",
        high - low <= 2 * ALLOWED,
        criterion=f"all within {2 * ALLOWED:g} of one another",
        reason="the aggregate bends from the exponent inside towns to that outside: it is 1 on "
        "average only",
        evidence=evidence,
    )
    return [slope, straight]
