"""The ledger: claims and findings joined, so that no claim is passed over in silence."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from movelaws.claims.findings import (
    VERDICTS,
    Finding,
    check_findings,
    read_text_table,
    require_columns,
)
from movelaws.claims.verdicts import not_testable

LEDGER_COLUMNS = (
    "id",
    "paper",
    "where",
    "dataset",
    "claim",
    "published",
    "reproduced",
    "tolerance",
    "verdict",
    "reason",
    "evidence",
)
_CLAIM_COLUMNS = ("id", "paper", "where", "dataset", "claim", "expected")


def read_claims(path: str | Path) -> pd.DataFrame:
    """Read the published claims (id, paper, where, dataset, claim, expected), all as text.

    Raises
    ------
    ValueError
        If a column is missing or an id is empty or stands twice.
    """
    table = read_text_table(path)
    require_columns(table, _CLAIM_COLUMNS, path)
    _check_claim_ids(table)
    return table[list(_CLAIM_COLUMNS)]


def ledger(
    claims: pd.DataFrame,
    findings: Iterable[Finding],
    left_out: Mapping[str, str],
) -> pd.DataFrame:
    """Join claims and findings; every claim has at least one row.

    Parameters
    ----------
    claims : table as from :func:`read_claims`; its order is the order of the ledger.
    findings : what the papers' chapters found, in any order.
    left_out : claim id or paper -> why this run does not check it; the id goes before the paper.

    Returns
    -------
    DataFrame of text with the columns ``LEDGER_COLUMNS``.

    Raises
    ------
    ValueError
        If a finding names an unknown claim or verdict, stands twice for the same claim and
        dataset, or differs or is not testable without a reason; if a claim has neither a finding
        nor a reason in ``left_out``; if ``left_out`` names an unknown claim or paper.
    """
    _check_claim_ids(claims)
    findings = list(findings)
    check_findings(findings)
    known = set(claims["id"])
    for finding in findings:
        if finding.id not in known:
            raise ValueError(
                f"finding {finding.id!r} on {finding.dataset!r}: no such claim in claims.csv"
            )
    strangers = set(left_out) - known - set(claims["paper"])
    if strangers:
        raise ValueError(f"left_out names {sorted(strangers)}: neither claim ids nor papers")
    by_claim: dict[str, list[Finding]] = {}
    for finding in findings:
        by_claim.setdefault(finding.id, []).append(finding)
    rows = []
    for claim in claims.to_dict("records"):
        mine = by_claim.get(claim["id"]) or [_unchecked(claim, left_out)]
        rows += [_row(claim, finding) for finding in mine]
    return pd.DataFrame(rows, columns=list(LEDGER_COLUMNS))


def to_markdown(table: pd.DataFrame) -> str:
    """The ledger as Markdown: the counts, then one table per paper."""
    counts = table["verdict"].value_counts()
    lines = ["# Claims ledger", ""]
    lines += [", ".join(f"{int(counts.get(verdict, 0))} {verdict}" for verdict in VERDICTS) + "."]
    shown = [column for column in table.columns if column != "paper"]
    for paper, rows in table.groupby("paper", sort=False):
        lines += ["", f"## {paper}", ""]
        lines += ["| " + " | ".join(shown) + " |", "|" + " --- |" * len(shown)]
        for row in rows[shown].itertuples(index=False):
            lines.append("| " + " | ".join(_markdown_cell(cell) for cell in row) + " |")
    return "\n".join(lines) + "\n"


def _row(claim: dict[str, str], finding: Finding) -> tuple[str, ...]:
    published = finding.published or _expected_text(claim["expected"], claim["where"])
    return (
        claim["id"],
        claim["paper"],
        claim["where"],
        finding.dataset,
        claim["claim"],
        published,
        finding.reproduced,
        finding.tolerance,
        finding.verdict,
        finding.reason,
        finding.evidence,
    )


def _unchecked(claim: dict[str, str], left_out: Mapping[str, str]) -> Finding:
    reason = left_out.get(claim["id"]) or left_out.get(claim["paper"])
    if not reason:
        raise ValueError(
            f"claim {claim['id']} of {claim['paper']} has no finding: "
            f"check it, or give the reason under {claim['id']!r} or {claim['paper']!r} in left_out"
        )
    return not_testable(claim["id"], claim["dataset"], reason)


def _expected_text(expected: str, where: str) -> str:
    """What readers see of an expected value: the printed table instead of the file with its values.

    Files are those of ``config/published``.
    """
    return re.sub(r"(?<!\S)\w+\.csv(?!\S)", f"{where} (values in the repository)", expected)


def _check_claim_ids(claims: pd.DataFrame) -> None:
    ids = claims["id"]
    if (ids == "").any():
        raise ValueError(f"claims.csv: empty id in data row {int((ids == '').argmax()) + 1}")
    if ids.duplicated().any():
        raise ValueError(f"claims.csv: id {ids[ids.duplicated()].iloc[0]!r} stands twice")


def _markdown_cell(text: str) -> str:
    plain = " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|")
    return plain.replace("<", "&lt;").replace(">", "&gt;")
