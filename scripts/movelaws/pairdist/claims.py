"""Claims P1-P13 of paper 3 held against the tables of a run."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from movelaws.claims import Finding, not_testable
from movelaws.pairdist.claims_cost import cost_findings
from movelaws.pairdist.claims_places import place_findings
from movelaws.pairdist.claims_published import bins_findings
from movelaws.pairdist.claims_simulated import simulated_findings

CHECKED = tuple(f"P{number}" for number in range(1, 14))

ByDataset = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Tables:
    """Tables of one run, by dataset where there are several; what is empty was not made.

    Attributes
    ----------
    growth, towns, radii, positions, definition, geographies, models, fits, town_fits : of point
        sets.
    table1, sensitivity, cities, city_radii, aggregate : of the authors' bins.
    matter, patches : of simulations.
    """

    growth: ByDataset = field(default_factory=dict)
    towns: ByDataset = field(default_factory=dict)
    radii: ByDataset = field(default_factory=dict)
    positions: ByDataset = field(default_factory=dict)
    definition: ByDataset = field(default_factory=dict)
    geographies: ByDataset = field(default_factory=dict)
    models: ByDataset = field(default_factory=dict)
    fits: ByDataset = field(default_factory=dict)
    town_fits: ByDataset = field(default_factory=dict)
    table1: ByDataset = field(default_factory=dict)
    sensitivity: ByDataset = field(default_factory=dict)
    cities: ByDataset = field(default_factory=dict)
    city_radii: ByDataset = field(default_factory=dict)
    aggregate: ByDataset = field(default_factory=dict)
    matter: pd.DataFrame = field(default_factory=pd.DataFrame)
    patches: pd.DataFrame = field(default_factory=pd.DataFrame)


def findings(
    tables: Tables, synthetic: set[str], published: set[str], absent: Mapping[str, str]
) -> list[Finding]:
    """What a run says about claims P1-P13.

    Parameters
    ----------
    tables : of the run.
    synthetic, published : datasets whose truth was planted, and those that are the real ones;
        data of the user's own are held against nothing.
    absent : by case of the paper that cannot be had, the reason.

    Returns
    -------
    One finding or more for every claim; not testable where the run has nothing to test it on.
    """
    known = synthetic | published
    found = [
        *bins_findings(tables, synthetic, known),
        *cost_findings(tables, synthetic, known),
        *place_findings(tables, synthetic, known),
        *simulated_findings(tables),
    ]
    seen = {finding.id for finding in found}
    why = "; ".join(f"{case}: {reason}" for case, reason in absent.items())
    lacks = "this run has no dataset on which the claim could be tested"
    return found + [
        not_testable(claim, "-", f"{lacks}; {why}" if why else lacks)
        for claim in CHECKED
        if claim not in seen
    ]
