"""Claims I7-I10 of paper 4, on commuting between the counties of the United States."""

from collections.abc import Mapping

import pandas as pd

from movelaws.claims import Finding, not_testable, statement
from movelaws.inequality.evidence import (
    BY_SIZE,
    Evidence,
    each_significant,
    lacking,
    never_significant,
    planted_penalty,
)
from movelaws.inequality.readings import REVERSED
from movelaws.phrases import listed

GINI, POVERTY, RENT = "gini", "poverty", "rent"
UNEQUAL, UNEMPLOYMENT = (GINI, POVERTY, RENT), "unemployment"
LEVEL = 0.05
LEAST_R_SQUARED = 0.5
PRINTED_SHOWN = RENT, -7.0
"""Variable and exponent of the paper's ten flows."""
LONG_RANGE = 0.9
"""Share of the trips that are shorter than a long-range one."""


def commuting(name: str, case: Evidence, absent: Mapping[str, str]) -> list[Finding]:
    """Findings on I7-I10.

    Parameters
    ----------
    name, case : in the config, and its tables.
    absent : variables that cannot be had, each with the reason.
    """
    note = " (the poverty rate stands in for income under half the poverty line)"
    found = each_significant(
        "I7",
        name,
        case,
        UNEQUAL,
        absent=absent,
        note=note if len(case.of(POVERTY)) else "",
        why="; ".join(part for part in (_exactly(case), _the_other_way(case)) if part),
        criterion=BY_SIZE,
    )
    if len(case.of(UNEMPLOYMENT)):
        found.append(
            never_significant("I8", name, case, UNEMPLOYMENT, "unemployment", criterion=BY_SIZE)
        )
    else:
        found.append(not_testable("I8", name, lacking(UNEMPLOYMENT, absent)))
    return [
        *found,
        *planted_penalty("I7", name, case),
        _fraction(name, case),
        _most_changed(name, case),
    ]


def _exactly(case: Evidence) -> str:
    """Where the exact model has smaller errors, which the linear form and its clipping hide."""
    if case.exact is None:
        return ""
    better = case.exact[
        (case.exact["p_mw_exact"] < LEVEL)
        & (case.exact["hamming_exact"] < case.exact["hamming_standard"])
    ]
    if better.empty:
        return "nor does the exact model of many classes err less at any penalty"
    first = better.sort_values("exponent").groupby("label", sort=False).first()
    seen = [f"{label} from n = {row['exponent']:g} on" for label, row in first.iterrows()]
    return (
        "where the linear form is clipped, the exact model of many classes errs less than the "
        f"standard one with {listed(seen)} (exact.csv; random classes were not drawn for it)"
    )


def _the_other_way(case: Evidence) -> str:
    """Which variables pass both tests if places with large values are taken to be better off."""
    if case.readings is None:
        return ""
    rows = case.readings[case.readings["reading"] == REVERSED]
    passed = rows[(rows["p_mw"] < LEVEL) & (rows["p_binomial"] < LEVEL)]
    if passed.empty:
        return "nor does any variable pass both tests with the penalty reversed"
    first = passed.sort_values("penalty", ascending=False).groupby("label", sort=False).first()
    seen = [
        f"{label} from {row['penalty']:.0e} on{_as_many(row)}" for label, row in first.iterrows()
    ]
    return (
        "reversed, so that counties with large values are better off, the model passes both tests "
        f"against the standard one with {listed(seen)} (readings.csv)"
    )


def _as_many(row: pd.Series) -> str:
    share = row.get("p_random_hamming")
    return "" if pd.isna(share) else f" (as many as {100 * share:.3g} % of random classes do)"


def _fraction(name: str, case: Evidence) -> Finding:
    """The print is lost, so what is found stands alone; a made world has one fraction planted."""
    row, evidence = case.outflow.iloc[0], f"inequality/{name}/outflow.csv"
    seen = f"{100 * row['fraction']:.2f} % of the population, R2 = {row['r_squared']:.3f}"
    if not case.synthetic:
        lost = "the printed fraction and R2 are lost with the formulas"
        return not_testable("I9", name, f"{lost}; here {seen}{_beside_the_counts(row)}", evidence)
    return statement(
        "I9",
        name,
        "one fraction of the population commutes out of the county",
        f"{seen}{_beside_the_counts(row)}",
        bool(row["r_squared"] > LEAST_R_SQUARED),
        criterion=f"R2 > {LEAST_R_SQUARED:g}",
        reason="one fraction explains less than half of the differences between counties",
        evidence=evidence,
        synthetic=True,
    )


def _beside_the_counts(row: pd.Series) -> str:
    """How many leave in fact, which a regression through the origin need not meet."""
    told = []
    if pd.notna(row.get("observed_share")):
        told.append(f"{100 * row['observed_share']:.2f} % of the population leave in fact")
    if pd.notna(row.get("taken_share")):
        told.append(f"the regressed outflows are {100 * row['taken_share']:.1f} % of those counted")
    return "".join(f"; {part}" for part in told)


def _most_changed(name: str, case: Evidence) -> Finding:
    """Most predicted flows are long and too large, so the ten must be so more often than those.

    They must also come nearer to what is observed, without which the change is no improvement.
    """
    rows = case.changes[case.changes["change_percent"] != 0]
    if rows.empty:
        return not_testable("I10", name, "the modified model changes no flow")
    if not (case.flows["flow"] > 0).any():
        return not_testable("I10", name, "nobody moves, so no distance is long")
    beyond = _long_range(case.flows)
    over, far = rows["error_standard"] > 0, rows["distance_km"] > beyond
    worse = rows["penalised_origin"].astype(bool) | rows["penalised_destination"].astype(bool)
    share = float((over & far & worse).mean())
    predicted = case.flows[case.flows["standard"] > 0]
    usual = float(
        ((predicted["standard"] > predicted["flow"]) & (predicted["distance_km"] > beyond)).mean()
    )
    shown, nearer = case.shown, rows["error_modified"].abs() < rows["error_standard"].abs()
    return statement(
        "I10",
        name,
        "what changes most are overestimated long-range flows to or from penalised places",
        f"of {len(rows)} flows {int(over.sum())} are overestimated, {int(far.sum())} longer than "
        f"{100 * LONG_RANGE:g} % of the trips ({beyond:.0f} km), {int(worse.sum())} to or from "
        f"penalised places, {int((over & far & worse).sum())} all of it ({shown['variable']}, "
        f"penalty 1e{shown['exponent']:g}); the error of {int(nearer.sum())} is smaller under the "
        f"modified model; of all predicted flows {100 * usual:.0f} % are overestimated and as long"
        + _stands_in(case),
        share > max(0.5, usual) and float(nearer.mean()) > 0.5,
        criterion="all three of more than half of the flows, and of a larger share than the first "
        "two are of all flows; the errors of more than half shrink",
        reason="the flows that change most are of another kind"
        if share <= max(0.5, usual)
        else "most of the flows that change most come no nearer to the observed ones",
        evidence=f"inequality/{name}/changes.csv",
        synthetic=case.synthetic,
    )


def _stands_in(case: Evidence) -> str:
    """The flows shown need not be those of the variable that the paper shows."""
    variable, exponent = PRINTED_SHOWN
    shown = case.shown["variable"]
    if case.synthetic or shown == variable:
        return ""
    why = "stands in for it" if case.of(variable).empty else "is shown here"
    return f" (the paper shows {variable} at 1e{exponent:g}; {shown} {why})"


def _long_range(flows: pd.DataFrame) -> float:
    """Kilometres that all but the longest tenth of the observed trips stay within."""
    trips = flows[flows["flow"] > 0].sort_values("distance_km")
    last = trips["flow"].cumsum().searchsorted(LONG_RANGE * trips["flow"].sum())
    return float(trips["distance_km"].iloc[int(last)])
