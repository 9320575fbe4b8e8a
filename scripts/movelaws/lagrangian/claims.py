"""Claims L1-L12 of paper 1 held against the tables of a run."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from movelaws.claims import Finding, not_testable
from movelaws.lagrangian.claims_cases import case_findings
from movelaws.lagrangian.claims_cities import city_findings
from movelaws.lagrangian.claims_forecast import forecast_findings

CHECKED = tuple(f"L{number}" for number in range(1, 13))

ByCase = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Tables:
    """Tables of one run by case; what is empty was not made.

    Attributes
    ----------
    methods, convergence, summary, parameters : of every case.
    sensitivity, prediction, planted : of some of them.
    energy, integrators, observables : of every case.
    drift : of the reference dynamics.
    seeds : of all cases, one table.
    """

    methods: ByCase = field(default_factory=dict)
    convergence: ByCase = field(default_factory=dict)
    summary: ByCase = field(default_factory=dict)
    parameters: ByCase = field(default_factory=dict)
    sensitivity: ByCase = field(default_factory=dict)
    prediction: ByCase = field(default_factory=dict)
    planted: ByCase = field(default_factory=dict)
    energy: ByCase = field(default_factory=dict)
    integrators: ByCase = field(default_factory=dict)
    observables: ByCase = field(default_factory=dict)
    drift: ByCase = field(default_factory=dict)
    seeds: pd.DataFrame = field(default_factory=pd.DataFrame)


def findings(
    tables: Tables,
    reference: set[str],
    synthetic: set[str],
    published: set[str],
    absent: Mapping[str, str],
) -> list[Finding]:
    """What a run says about claims L1-L12.

    Parameters
    ----------
    tables : of the run.
    reference : cases of the reference dynamics (Section II), which are the paper's own in any run.
    synthetic, published : city cases whose truth was planted, and those of the real data; lattices
        of the user's own are held against nothing.
    absent : by case of the paper that cannot be had, the reason.

    Returns
    -------
    One finding or more for every claim; not testable where the run has nothing to test it on.
    """
    found = [
        *case_findings(tables, reference, synthetic, published),
        *city_findings(tables, synthetic, published),
        *forecast_findings(tables, synthetic, published),
    ]
    seen = {finding.id for finding in found}
    why = "; ".join(f"{case}: {reason}" for case, reason in absent.items())
    lacks = "this run has no case on which the claim could be tested"
    return found + [
        not_testable(claim, "-", f"{lacks}; {why}" if why else lacks)
        for claim in CHECKED
        if claim not in seen
    ]
