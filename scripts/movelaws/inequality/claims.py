"""Claims I1-I10 of paper 4 held against the tables of a run."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from movelaws.claims import Finding, not_testable, statement
from movelaws.inequality.claims_commuting import commuting
from movelaws.inequality.claims_migration import migration
from movelaws.inequality.evidence import Evidence
from movelaws.inequality.two_cities import LARGE, SMALL

CHECKED = tuple(f"I{k}" for k in range(1, 11))
MIGRATION, COMMUTING = "south_sudan", "us_commuting"
"""Cases of the config that the claims are about."""

_ABOUT = {
    MIGRATION: (migration, ("I2", "I3", "I4", "I5", "I6")),
    COMMUTING: (commuting, ("I7", "I8", "I9", "I10")),
}

__all__ = ["CHECKED", "COMMUTING", "MIGRATION", "Evidence", "findings"]


def findings(
    cases: Mapping[str, Evidence], crossings: pd.DataFrame, absent: Mapping[str, str]
) -> list[Finding]:
    """What a run says about claims I1-I10; each has a finding, whatever the run holds.

    Parameters
    ----------
    cases : by name in the config; those the paper does not have are passed over.
    crossings : of :func:`movelaws.inequality.two_cities.crossings`.
    absent : variables or cases that cannot be had, each with the reason.
    """
    found = [_crossing(crossings)]
    for name, (checks, claims) in _ABOUT.items():
        if name not in cases:
            why = absent.get(name, "the case is not part of the run")
            found += [not_testable(claim, name, why) for claim in claims]
        elif cases[name].source == "own":
            why = "the claim is about the paper's dataset"
            found += [not_testable(claim, name, why) for claim in claims]
        else:
            found += checks(name, cases[name], absent)
    return found


def _crossing(crossings: pd.DataFrame) -> Finding:
    cities = f"n1 = {SMALL:g}, n2 = {LARGE:g}, uniform benefits"
    row = crossings[
        (crossings["benefit"] == "uniform")
        & np.isclose(crossings["n1"], SMALL)
        & np.isclose(crossings["n2"], LARGE)
    ]
    if row.empty:
        return not_testable("I1", "two cities", f"the run has no crossing for {cities}")
    at = float(row["delta_minus_1"].iloc[0])
    holds = bool(np.isfinite(at) and at > 0)
    return statement(
        "I1",
        "two cities",
        "p21 exceeds p12 once delta is large enough",
        f"from delta - 1 = {at:.3g} on" if holds else "p12 and p21 do not cross",
        holds,
        criterion=f"p12 = p21 at some delta > 1 ({cities})",
        reason="p21 stays below p12 at every delta that was tried",
        evidence="inequality/crossings.csv",
    )
