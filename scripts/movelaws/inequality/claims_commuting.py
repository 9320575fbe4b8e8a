"""Claims I7-I10 of paper 4, on commuting between the counties of the United States."""

from collections.abc import Mapping

import pandas as pd

from movelaws.claims import Finding, not_testable, statement
from movelaws.inequality.evidence import (
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
        why=_the_other_way(case),
    )
    if len(case.of(UNEMPLOYMENT)):
        found.append(never_significant("I8", name, case, UNEMPLOYMENT, "unemployment"))
    else:
        found.append(not_testable("I8", name, lacking(UNEMPLOYMENT, absent)))
    return [
        *found,
        *planted_penalty("I7", name, case),
        _fraction(name, case),
        _most_changed(name, case),
    ]


def _the_other_way(case: Evidence) -> str:
    """Which variables pass both tests if places with large values are taken to be better off."""
    if case.readings is None:
        return ""
    rows = case.readings[case.readings["reading"] == REVERSED]
    passed = rows[(rows["p_mw"] < LEVEL) & (rows["p_binomial"] < LEVEL)]
    if passed.empty:
        return "nor does any variable pass both tests with the penalty reversed"
    first = passed.sort_values("penalty", ascending=False).groupby("label", sort=False).first()
    seen = [f"{label} from {row['penalty']:.0e} on" for label, row in first.iterrows()]
    return (
        "reversed, so that counties with large values are better off, the model passes both tests "
        f"against the standard one with {listed(seen)} (readings.csv)"
    )


def _fraction(name: str, case: Evidence) -> Finding:
    row = case.outflow.iloc[0]
    return statement(
        "I9",
        name,
        "one fraction of the population commutes out of the county",
        f"{100 * row['fraction']:.2f} % of the population, R2 = {row['r_squared']:.3f}",
        bool(row["r_squared"] > 0),
        criterion="R2 > 0, better than the same number for every county (the printed fraction and "
        "R2 are lost in the text)",
        reason="the same number for every county would be nearer to the counts",
        evidence=f"inequality/{name}/outflow.csv",
        synthetic=case.synthetic,
    )


def _most_changed(name: str, case: Evidence) -> Finding:
    """Most predicted flows are long and too large, so the ten must be so more often than those."""
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
    shown = case.shown
    return statement(
        "I10",
        name,
        "what changes most are overestimated long-range flows to or from penalised places",
        f"of {len(rows)} flows {int(over.sum())} are overestimated, {int(far.sum())} longer than "
        f"{100 * LONG_RANGE:g} % of the trips ({beyond:.0f} km), {int(worse.sum())} to or from "
        f"penalised places, {int((over & far & worse).sum())} all of it ({shown['variable']}, "
        f"penalty 1e{shown['exponent']:g}); of all predicted flows {100 * usual:.0f} % are "
        "overestimated and as long",
        share > max(0.5, usual),
        criterion="all three of more than half of the flows, and of a larger share than the first "
        "two are of all flows",
        reason="the flows that change most are of another kind",
        evidence=f"inequality/{name}/changes.csv",
        synthetic=case.synthetic,
    )


def _long_range(flows: pd.DataFrame) -> float:
    """Kilometres that all but the longest tenth of the observed trips stay within."""
    trips = flows[flows["flow"] > 0].sort_values("distance_km")
    last = trips["flow"].cumsum().searchsorted(LONG_RANGE * trips["flow"].sum())
    return float(trips["distance_km"].iloc[int(last)])
