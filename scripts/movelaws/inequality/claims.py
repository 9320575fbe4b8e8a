"""Claims I1-I10 of paper 4 held against the tables of a run."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from movelaws.claims import Finding, compare, not_testable, statement

CHECKED = tuple(f"I{k}" for k in range(1, 11))
MIGRATION, COMMUTING = "south_sudan", "us_commuting"
"""Cases of the config that the claims are about."""

_ABOUT = {
    MIGRATION: ("I2", "I3", "I4", "I5", "I6"),
    COMMUTING: ("I7", "I8", "I9", "I10"),
}
PRINTED_FLOWS = "965"
CONFLICT, FLOOD, BOTH = "conflict", "flood", "both"
POVERTY = "poverty"
UNEQUAL, UNEMPLOYMENT = ("gini", POVERTY, "rent"), "unemployment"
EXPLAINED = 0.5  # of the variance, above which one fraction for all counties says most

# Why South Sudan at hand differs from the print; the sensitivity table shows it.
STAND_INS = (
    "deaths are those of UCDP where the paper has ACLED, and the flooded are those displaced by "
    "natural disasters in December 2020 (DTM) where the paper has OCHA's people affected in 2021 "
    "and a figure read by eye for 2020; the share of counties penalised is lost in the text, and "
    "any eight counties, drawn at random, cut the number of wrong flows by nearly as much"
)


@dataclass(frozen=True)
class Evidence:
    """Tables of one case.

    Attributes
    ----------
    source : of the dataset: synthetic, published or own.
    tests : ``tests.csv``.
    outflow : one row, ``outflow.csv``.
    changes : ``changes.csv``.
    flows : ``flows.parquet``.
    sensitivity : or None.
    likelihood : or None.
    shown : variable and exponent whose flows are saved.
    share : of places that the case penalises, or None.
    truth : of a synthetic world, else None.
    """

    source: str
    tests: pd.DataFrame
    outflow: pd.DataFrame
    changes: pd.DataFrame
    flows: pd.DataFrame
    sensitivity: pd.DataFrame | None
    likelihood: pd.DataFrame | None
    shown: Mapping[str, object]
    share: float | None
    truth: Mapping[str, object] | None

    @property
    def synthetic(self) -> bool:
        """Whether the world was made."""
        return self.source == "synthetic"


def findings(
    cases: Mapping[str, Evidence], crossings: pd.DataFrame, absent: Mapping[str, str]
) -> list[Finding]:
    """What a run says about claims I1-I10.

    Parameters
    ----------
    cases : by name in the config; those the paper does not have are passed over.
    crossings : of :func:`movelaws.inequality.two_cities.crossings`.
    absent : variables or cases that cannot be had, each with the reason.
    """
    found = [_crossing(crossings)]
    for name, claims in _ABOUT.items():
        if name not in cases:
            why = absent.get(name, "the case is not part of the run")
            found += [not_testable(claim, name, why) for claim in claims]
        elif cases[name].source == "own":
            why = "the claim is about the paper's dataset"
            found += [not_testable(claim, name, why) for claim in claims]
        else:
            checks = _migration if name == MIGRATION else _commuting
            found += checks(name, cases[name])
    for variable, why in absent.items():
        if variable in UNEQUAL:
            found.append(not_testable("I7", f"{COMMUTING}, {variable}", why))
        elif variable == UNEMPLOYMENT:
            found.append(not_testable("I8", f"{COMMUTING}, {variable}", why))
    return found


def _crossing(crossings: pd.DataFrame) -> Finding:
    row = crossings[(crossings["benefit"] == "uniform") & (crossings["n1"] == 1e4)]
    at = float(row["delta_minus_1"].iloc[0]) if len(row) else np.nan
    return statement(
        "I1",
        "two cities",
        "p21 exceeds p12 once delta is large enough",
        f"from delta - 1 = {at:.3g} on",
        bool(np.isfinite(at) and at > 0),
        criterion="p12 = p21 at some delta > 1 (n1 = 1e4, n2 = 1e6, uniform benefits)",
        reason="p21 stays below p12 at every delta that was tried",
        evidence="inequality/crossings.csv",
    )


def _migration(name: str, case: Evidence) -> list[Finding]:
    there = set(case.tests["variable"])
    found = [_counted(name, case)]
    if CONFLICT in there:
        found.append(_never("I3", name, case, CONFLICT, "conflict alone"))
    else:
        found.append(not_testable("I3", name, "the run has no variable called conflict"))
    asked = [variable for variable in (FLOOD, BOTH) if variable in there]
    if asked:
        found.append(_some("I4", name, case, asked))
    else:
        found.append(not_testable("I4", name, "the run has no variable called flood or both"))
    return [*found, *_penalty("I4", name, case), _exact(name, case), _robust(name, case)]


def _counted(name: str, case: Evidence) -> Finding:
    printed = str(case.truth["n_pairs"]) if case.synthetic else PRINTED_FLOWS
    return compare(
        "I2", name, printed, float(case.outflow["pairs"].iloc[0]), absolute=0,
        evidence=f"inequality/{name}/outflow.csv", synthetic=case.synthetic,
    )  # fmt: skip


def _where(rows: pd.DataFrame) -> str:
    """Exponents at which the rows are significant, in words."""
    at = rows.loc[rows["significant"].astype(bool), "exponent"]
    if at.empty:
        return "at no n"
    return f"at n = {', '.join(f'{n:g}' for n in sorted(at))}"


def _never(claim: str, name: str, case: Evidence, variable: str, words: str) -> Finding:
    rows = case.tests[case.tests["variable"] == variable]
    planted = _planted_variable(case)
    should = case.synthetic and planted == variable
    seen = bool(rows["significant"].any())
    expected = f"{words} never significant" if not should else f"{words} significant somewhere"
    return statement(
        claim,
        name,
        expected + (f" ({planted} penalised)" if case.synthetic else ""),
        f"{words}: significant {_where(rows)}",
        seen == should,
        criterion="both tests at 5 % and better than 95 % of random classes",
        reason=_why_differs(name, case),
        evidence=f"inequality/{name}/tests.csv",
        synthetic=case.synthetic,
    )


def _some(claim: str, name: str, case: Evidence, variables: list[str]) -> Finding:
    words, holds = [], []
    for variable in variables:
        rows = case.tests[case.tests["variable"] == variable]
        words.append(f"{variable} {_where(rows)}")
        holds.append(bool(rows["significant"].any()))
    planted = _planted_variable(case)
    if case.synthetic:
        expected = planted in variables
        fulfilled = holds[variables.index(planted)] if expected else not any(holds)
        said = f"{planted or 'nothing'} penalised, so {planted if expected else 'none'} significant"
    else:
        fulfilled = all(holds)
        said = f"{' and '.join(variables)} significant for at least one n each"
    return statement(
        claim,
        name,
        said,
        "significant: " + "; ".join(words) + ("" if case.synthetic else _standing_in(variables)),
        fulfilled,
        criterion="both tests at 5 % and better than 95 % of random classes",
        reason=_why_differs(name, case),
        evidence=f"inequality/{name}/tests.csv",
        synthetic=case.synthetic,
    )


def _standing_in(variables: list[str]) -> str:
    if POVERTY not in variables:
        return ""
    return " (the poverty rate stands in for income under half the poverty line)"


def _penalty(claim: str, name: str, case: Evidence) -> list[Finding]:
    """In a synthetic world: does the likelihood find the penalty that was planted?"""
    planted = _planted_variable(case)
    if planted is None or case.likelihood is None:
        return []
    row = case.likelihood.set_index("variable").loc[planted]
    law = case.truth["inequality"]
    value = float(law.get("delta_minus_1", law.get("Delta")))
    return [
        statement(
            claim,
            f"{name}, penalty of {planted}",
            f"penalty {value:.3g}",
            f"{row['delta_minus_1']:.3g} (95 % interval {row['low']:.3g} to {row['high']:.3g})",
            bool(row["low"] <= value <= row["high"]),
            criterion="planted value within the bootstrap interval of the likelihood",
            reason="the interval misses the planted value",
            evidence=f"inequality/{name}/likelihood.csv",
            synthetic=True,
        )
    ]


def _exact(name: str, case: Evidence) -> Finding:
    tests, shown = case.tests, case.shown
    row = tests[
        (tests["variable"] == shown["variable"]) & (tests["exponent"] == shown["exponent"])
    ].iloc[0]
    before, after = 100 * row["exact_share_standard"], 100 * row["exact_share"]
    return statement(
        "I5",
        name,
        "the share of flows that are right rises with the modified model",
        f"{before:.1f} % with the standard, {after:.1f} % with the modified model; better than "
        f"{100 * (1 - row['p_random_hamming']):.0f} % of random classes",
        bool(after > before),
        criterion=f"{row['label']}, penalty 1e{shown['exponent']:g}: share of right pairs",
        reason="the modified model gets fewer pairs right",
        evidence=f"inequality/{name}/tests.csv",
        synthetic=case.synthetic,
    )


def _robust(name: str, case: Evidence) -> Finding:
    table = case.sensitivity
    if table is None or case.share is None or table["share"].nunique() < 2:
        return not_testable("I6", name, "the case asks for no other shares (sensitivity)")
    verdicts = table.groupby(["share", "variable"])["significant"].any().unstack()
    shares = sorted(verdicts.index)
    here = int(np.argmin(np.abs(np.array(shares) - case.share)))
    near = [shares[k] for k in (here - 1, here + 1) if 0 <= k < len(shares)]
    changed = [
        f"{variable} at {100 * share:g} %"
        for share in near
        for variable in verdicts.columns
        if verdicts.loc[share, variable] != verdicts.loc[shares[here], variable]
    ]
    listed = ", ".join(f"{100 * share:g}" for share in near)
    return statement(
        "I6",
        name,
        "the verdicts hold for neighbouring thresholds",
        "all verdicts hold" if not changed else f"another verdict for {', '.join(changed)}",
        not changed,
        criterion=f"whether any n is significant, at {listed} % beside {100 * shares[here]:g} %",
        reason="which counties are penalised decides; see the table of the thresholds",
        evidence=f"inequality/{name}/sensitivity.csv",
        synthetic=case.synthetic,
    )


def _commuting(name: str, case: Evidence) -> list[Finding]:
    there = set(case.tests["variable"])
    asked = [variable for variable in UNEQUAL if variable in there]
    found = []
    if asked:
        found.append(_some("I7", name, case, asked))
    else:
        found.append(not_testable("I7", name, "the run has none of the variables"))
    if UNEMPLOYMENT in there:
        found.append(_never("I8", name, case, UNEMPLOYMENT, "unemployment"))
    else:
        found.append(not_testable("I8", name, "the run has no variable called unemployment"))
    return [*found, *_penalty("I7", name, case), _fraction(name, case), _changed(name, case)]


def _fraction(name: str, case: Evidence) -> Finding:
    row = case.outflow.iloc[0]
    return statement(
        "I9",
        name,
        "one fraction of the population commutes out of the county",
        f"{100 * row['fraction']:.2f} % of the population, R2 = {row['r_squared']:.3f}",
        bool(row["r_squared"] >= EXPLAINED),
        criterion=f"R2 >= {EXPLAINED:g} (the printed numbers are lost in the text)",
        reason="one fraction for all counties leaves most of the variance",
        evidence=f"inequality/{name}/outflow.csv",
        synthetic=case.synthetic,
    )


def _changed(name: str, case: Evidence) -> Finding:
    rows = case.changes
    if rows.empty:
        return not_testable("I10", name, "the modified model changes no flow")
    people = case.flows[case.flows["flow"] > 0].sort_values("distance_km")
    half = people["flow"].cumsum().searchsorted(people["flow"].sum() / 2)
    median = float(people["distance_km"].iloc[int(half)])
    over = rows["error_standard"] > 0
    far = rows["distance_km"] > median
    worse = rows["penalised_origin"].astype(bool) | rows["penalised_destination"].astype(bool)
    n = len(rows)
    return statement(
        "I10",
        name,
        "what changes most are overestimated long-range flows to or from penalised places",
        f"of {n} flows {int(over.sum())} are overestimated, {int(far.sum())} longer than the "
        f"median trip ({median:.0f} km), {int(worse.sum())} to or from penalised places, "
        f"{int((over & far & worse).sum())} all of it",
        bool((over & far & worse).sum() > n / 2),
        criterion="all three of more than half of the flows",
        reason="the flows that change most are of another kind",
        evidence=f"inequality/{name}/changes.csv",
        synthetic=case.synthetic,
    )


def _planted_variable(case: Evidence) -> str | None:
    planted = (case.truth or {}).get("inequality")
    return planted.get("variable") if planted else None


def _why_differs(name: str, case: Evidence) -> str:
    if case.synthetic:
        return "the tests see another effect than the one that was planted"
    if name == MIGRATION:
        return STAND_INS
    return "see the table of tests: by which of the two tests, and against how many random classes"
