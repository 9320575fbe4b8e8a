"""Claims I2-I6 of paper 4, on migration in South Sudan."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from movelaws.claims import Finding, compare, not_testable, statement
from movelaws.inequality.evidence import (
    Evidence,
    each_significant,
    lacking,
    never_significant,
    planted_penalty,
    where,
)
from movelaws.phrases import listed

PRINTED_FLOWS = "965"
CONFLICT, FLOOD, BOTH = "conflict", "flood", "both"
PRINTED_EXPONENT = -4.0
"""Of the penalty in Fig. 2b, c."""

# Why South Sudan at hand differs from the print; the sensitivity table shows it.
STAND_INS = (
    "deaths are those of UCDP where the paper has ACLED; for OCHA's people affected by floods in "
    "2021, and a figure read by eye for 2020, stand people displaced by natural disasters in "
    "December 2020 (DTM), counted in the county where they are (their hosts), not people flooded "
    "there: Juba is among the top eight; the share of counties penalised is lost in the text, and "
    "as many counties drawn at random cut the number of wrong flows by about as much"
)


def _further(case: Evidence) -> str:
    """Other variables of the case that pass, such as another measure of the floods."""
    others = case.tests[~case.tests["variable"].isin([CONFLICT, FLOOD, BOTH])]
    passed = [
        f"{rows['label'].iloc[0]} {where(rows)}"
        for _, rows in others.groupby("variable", sort=False)
        if rows["significant"].any()
    ]
    return f"of the other readings of the run, significant: {listed(passed)}" if passed else ""


def migration(name: str, case: Evidence, absent: Mapping[str, str]) -> list[Finding]:
    """Findings on I2-I6.

    Parameters
    ----------
    name, case : in the config, and its tables.
    absent : variables that cannot be had, each with the reason.
    """
    if len(case.of(CONFLICT)):
        alone = never_significant("I3", name, case, CONFLICT, "conflict alone", why=STAND_INS)
    else:
        alone = not_testable("I3", name, lacking(CONFLICT, absent))
    floods = each_significant(
        "I4", name, case, (FLOOD, BOTH), absent=absent, unions={BOTH: (CONFLICT, FLOOD)},
        why="; ".join(part for part in (_further(case), STAND_INS) if part),
    )  # fmt: skip
    return [
        _counted(name, case),
        alone,
        *floods,
        *planted_penalty("I4", name, case),
        _more_exact(name, case, absent),
        _robust(name, case),
    ]


def _counted(name: str, case: Evidence) -> Finding:
    printed = str(case.truth["n_pairs"]) if case.synthetic else PRINTED_FLOWS
    return compare(
        "I2", name, printed, float(case.outflow["pairs"].iloc[0]), absolute=0,
        evidence=f"inequality/{name}/outflow.csv", synthetic=case.synthetic,
    )  # fmt: skip


def _more_exact(name: str, case: Evidence, absent: Mapping[str, str]) -> Finding:
    """The paper claims a rise and no more. Most classes bring one: how many is said beside it."""
    rows = case.of(BOTH)
    if rows.empty:
        return not_testable("I5", name, lacking(BOTH, absent))
    rows = rows[rows["exponent"] == PRINTED_EXPONENT]
    if rows.empty:
        return not_testable("I5", name, f"the case has no penalty 1e{PRINTED_EXPONENT:g}")
    if case.synthetic and case.planted is None:
        return not_testable("I5", name, "no inequality was planted, so no rise is to be expected")
    row = rows.iloc[0]
    before, after = 100 * row["exact_share_standard"], 100 * row["exact_share"]
    return statement(
        "I5",
        name,
        "the share of flows that are right rises with the modified model",
        f"{before:.1f} % with the standard, {after:.1f} % with the modified model; "
        f"as many as {100 * row['p_random_hamming']:.3g} % of random classes of the same size rise "
        "as much",
        bool(after > before),
        criterion=f"{row['label']}, delta = 1 + 1e{PRINTED_EXPONENT:g}: share of right pairs, "
        "whatever random classes reach",
        reason="the modified model gets no more pairs right",
        evidence=f"inequality/{name}/tests.csv",
        synthetic=case.synthetic,
    )


def _robust(name: str, case: Evidence) -> Finding:
    """The paper's variables at the thresholds next to that of the case, where any passes there."""
    if case.sensitivity is None or case.share is None or case.sensitivity["share"].nunique() < 2:
        return not_testable("I6", name, "the case asks for no other shares (sensitivity)")
    table = case.sensitivity[case.sensitivity["variable"].isin([CONFLICT, FLOOD, BOTH])]
    if table.empty:
        return not_testable("I6", name, f"no shares were tried with {CONFLICT}, {FLOOD} or {BOTH}")
    found = table["significant"].astype(bool)
    by_test = found.groupby([table["share"], table["variable"], table["exponent"]]).any()
    single = by_test.unstack(["variable", "exponent"])
    verdicts = by_test.groupby(["share", "variable"]).any().unstack("variable")
    shares = verdicts.index.to_numpy()
    here = int(np.argmin(np.abs(shares - case.share)))
    near = [k for k in (here - 1, here + 1) if 0 <= k < shares.size]
    beside = ", ".join(f"{100 * shares[k]:g}" for k in near)
    if not verdicts.iloc[here].any():
        reason = (
            f"of {', '.join(verdicts.columns)} nothing is significant at the share that stands for "
            f"the paper's, {100 * shares[here]:g} %, so no verdict could be robust"
        )
        reason = "; ".join(part for part in (reason, _further_shares(case.sensitivity)) if part)
        return not_testable("I6", name, reason, f"inequality/{name}/sensitivity.csv")
    changed = [
        f"{variable} at {100 * shares[k]:g} %"
        for k in near
        for variable in verdicts.columns[_other(verdicts, k, here)]
    ]
    others = sum(int(_other(single, k, here).sum()) for k in near)
    return statement(
        "I6",
        name,
        "the verdicts hold for neighbouring thresholds",
        ("all verdicts hold" if not changed else f"another verdict for {', '.join(changed)}")
        + f"; of single penalties {others} of {len(near) * single.shape[1]} differ",
        not changed,
        criterion=f"whether any n is significant, at {beside} % beside {100 * shares[here]:g} %",
        reason="which counties are penalised decides; see the table of the thresholds",
        evidence=f"inequality/{name}/sensitivity.csv",
        synthetic=case.synthetic,
    )


def _further_shares(table: pd.DataFrame) -> str:
    """At which shares the variables that the paper does not have are significant."""
    others = table[~table["variable"].isin([CONFLICT, FLOOD, BOTH])]
    told = []
    for _, rows in others.groupby("variable", sort=False):
        at = sorted(rows.loc[rows["significant"].astype(bool), "share"].unique())
        places = ", ".join(f"{100 * share:g}" for share in at)
        told.append(f"{rows['label'].iloc[0]} at {f'{places} %' if places else 'no share'}")
    return f"further variables, significant: {'; '.join(told)}" if told else ""


def _other(verdicts: pd.DataFrame, one: int, another: int) -> np.ndarray:
    return verdicts.iloc[one].to_numpy() != verdicts.iloc[another].to_numpy()
