"""Tables of a case that claims are held against, and what all cases of paper 4 are asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from movelaws.claims import Finding, not_testable, statement

PENALTY_TOLERANCE = 0.05  # some intervals are narrower than their bootstrap of few origins is true
SIGNIFICANT = "both tests at 5 % and better than 95 % of random classes"
BY_SIZE = (
    f"{SIGNIFICANT}; random classes are compared by U / n^2, because pairs that both models get "
    "right are dropped, so that n differs from class to class"
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
    readings, exact : ``readings.csv`` and ``exact.csv``, or None.
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
    readings: pd.DataFrame | None = None
    exact: pd.DataFrame | None = None

    @property
    def synthetic(self) -> bool:
        """Whether the world was made."""
        return self.source == "synthetic"

    @property
    def planted(self) -> str | None:
        """The variable that penalises places in a synthetic world; None where none does."""
        inequality = (self.truth or {}).get("inequality")
        return inequality["variable"] if inequality else None

    def of(self, variable: str) -> pd.DataFrame:
        """The tests of one variable."""
        return self.tests[self.tests["variable"] == variable]


def never_significant(
    claim: str,
    name: str,
    case: Evidence,
    variable: str,
    words: str,
    *,
    why: str = "",
    criterion: str = SIGNIFICANT,
) -> Finding:
    """A variable does not improve the predictions at any penalty, unless it was planted.

    Parameters
    ----------
    claim, name : its id and the case.
    variable, words : in the table, and for readers.
    why : the data at hand may say something else; not given for a synthetic world.
    criterion : of a significant result, in words.
    """
    should = case.synthetic and case.planted == variable
    rows = case.of(variable)
    said = f"{words} {'significant for at least one n' if should else 'never significant'}"
    return statement(
        claim,
        name,
        said + (f" ({case.planted or 'nothing'} penalised)" if case.synthetic else ""),
        f"{words}: significant {where(rows)}{_printed(case, [variable])}",
        bool(rows["significant"].any()) == should,
        criterion=criterion,
        reason=_reason(case, [variable], why),
        evidence=f"inequality/{name}/tests.csv",
        synthetic=case.synthetic,
    )


def each_significant(
    claim: str,
    name: str,
    case: Evidence,
    variables: Sequence[str],
    *,
    absent: Mapping[str, str],
    unions: Mapping[str, Sequence[str]] | None = None,
    note: str = "",
    why: str = "",
    criterion: str = SIGNIFICANT,
) -> list[Finding]:
    """Each of several variables improves the predictions at some penalty.

    In a synthetic world the one that was planted does; if none of them was, none does, those aside
    that hold the planted one among others.

    Parameters
    ----------
    claim, name : its id and the case.
    variables : that the paper names.
    absent : reasons why one of them is not in the run.
    unions : members of those variables that are unions.
    note : to be added to what is seen in other than synthetic data.
    why : the data at hand may say something else; not given for a synthetic world.
    criterion : of a significant result, in words.

    Returns
    -------
    The finding on those that are there, and one not testable for each that is not.
    """
    there = [variable for variable in variables if len(case.of(variable))]
    missing = [variable for variable in variables if variable not in there]
    gaps = [
        not_testable(claim, f"{name}, {variable}", lacking(variable, absent))
        for variable in missing
    ]
    if not there:
        return gaps
    holds = {variable: bool(case.of(variable)["significant"].any()) for variable in there}
    if not case.synthetic:
        asked, should = there, True
        said = f"{' and '.join(there)} significant for at least one n each"
    elif case.planted in there:
        asked, should = [case.planted], True
        said = f"{case.planted} penalised, so {case.planted} significant"
    else:
        asked = [v for v in there if case.planted not in (unions or {}).get(v, ())]
        should = False
        said = f"{case.planted or 'nothing'} penalised, so {' and '.join(asked)} never significant"
    seen = "; ".join(f"{variable} {where(case.of(variable))}" for variable in there)
    finding = statement(
        claim,
        name,
        said,
        f"significant: {seen}{'' if case.synthetic else note}{_printed(case, there)}",
        all(holds[variable] == should for variable in asked),
        criterion=criterion,
        reason=_reason(case, [v for v in asked if holds[v] != should], why),
        evidence=f"inequality/{name}/tests.csv",
        synthetic=case.synthetic,
    )
    return [finding, *gaps]


def planted_penalty(claim: str, name: str, case: Evidence) -> list[Finding]:
    """In a synthetic world: does the likelihood find the penalty that was planted?"""
    if case.planted is None or case.likelihood is None:
        return []
    rows = case.likelihood[case.likelihood["variable"] == case.planted]
    if rows.empty:
        return []
    row, law = rows.iloc[0], case.truth["inequality"]
    value = float(law.get("delta_minus_1", law.get("Delta")))
    return [
        statement(
            claim,
            f"{name}, penalty of {case.planted}",
            f"penalty {value:.3g}",
            f"{row['delta_minus_1']:.3g} (95 % interval {row['low']:.3g} to {row['high']:.3g})",
            bool(
                row["low"] <= value <= row["high"]
                or abs(row["delta_minus_1"] / value - 1) <= PENALTY_TOLERANCE
            ),
            criterion=f"within the bootstrap interval, or within {100 * PENALTY_TOLERANCE:g} %",
            reason="the interval misses the planted value",
            evidence=f"inequality/{name}/likelihood.csv",
            synthetic=True,
        )
    ]


def where(rows: pd.DataFrame, column: str = "significant") -> str:
    """Exponents at which the rows are significant, in words."""
    at = rows.loc[rows[column].astype(bool), "exponent"]
    if at.empty:
        return "at no n"
    return f"at n = {', '.join(f'{n:g}' for n in sorted(at))}"


def _printed(case: Evidence, variables: Sequence[str]) -> str:
    """What comparing U itself with the draws, as printed, says where it says something else."""
    if "significant_printed" not in case.tests:
        return ""
    told = []
    for variable in variables:
        rows = case.of(variable)
        if (rows["significant_printed"].astype(bool) != rows["significant"].astype(bool)).any():
            told.append(f"{variable} {where(rows, 'significant_printed')}")
    return f"; by the printed rule, U itself: {'; '.join(told)}" if told else ""


def lacking(variable: str, absent: Mapping[str, str]) -> str:
    """Why a run has no such variable."""
    return absent.get(variable, f"the run has no variable called {variable}")


def _reason(case: Evidence, variables: Sequence[str], why: str) -> str:
    """By which of the tests each variable is ahead, and what the data may have to do with it."""
    by_test = "; ".join(
        f"{variable} ahead by Mann-Whitney {where(case.of(variable), 'significant_U')}, "
        f"by wrong pairs {where(case.of(variable), 'significant_hamming')}"
        for variable in variables
    )
    if case.synthetic:
        why = "the tests see another effect than the one that was planted"
    return "; ".join(part for part in (by_test, why) if part)
