"""Findings: what one run says about one claim on one dataset, checked, written and read."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import pandas as pd

REPRODUCED = "reproduced"
DIFFERS = "differs"
NOT_TESTABLE = "not testable"
VERDICTS = (REPRODUCED, DIFFERS, NOT_TESTABLE)
SYNTHETIC = "(synthetic)"


@dataclass(frozen=True)
class Finding:
    """What a run says about one claim on one dataset; all fields are text.

    ``evidence`` is the path, below the results folder of the run, of the figure or table that
    shows it; ``reason`` says why a claim differs or cannot be tested.
    """

    id: str
    dataset: str
    published: str
    reproduced: str
    tolerance: str
    verdict: str
    reason: str = ""
    evidence: str = ""


FINDING_COLUMNS = tuple(field.name for field in fields(Finding))


def write_findings(findings: Iterable[Finding], path: str | Path) -> None:
    """Write the findings of one paper as CSV, one row each, after checking them."""
    findings = list(findings)
    check_findings(findings)
    table = pd.DataFrame([astuple(finding) for finding in findings], columns=FINDING_COLUMNS)
    table.to_csv(path, index=False)


def read_findings(path: str | Path) -> list[Finding]:
    """Read the findings written by :func:`write_findings`; every cell stays text."""
    table = read_text_table(path)
    require_columns(table, FINDING_COLUMNS, path)
    return [Finding(*row) for row in table[list(FINDING_COLUMNS)].itertuples(index=False)]


def check_findings(findings: list[Finding]) -> None:
    """Raise a ValueError that names the first flawed or repeated finding."""
    seen = set()
    for finding in findings:
        check_finding(finding)
        if (finding.id, finding.dataset) in seen:
            raise ValueError(f"finding {finding.id} on {finding.dataset!r} stands twice")
        seen.add((finding.id, finding.dataset))


def check_finding(finding: Finding) -> None:
    """Raise a ValueError if a finding is incomplete or its evidence lies outside the run."""
    where = f"finding {finding.id} on {finding.dataset!r}"
    for field in FINDING_COLUMNS:
        if not isinstance(getattr(finding, field), str):
            raise ValueError(f"{where}: {field} = {getattr(finding, field)!r} is not text")
    if not finding.id or not finding.dataset:
        raise ValueError(f"{where}: id and dataset must not be empty")
    if finding.verdict not in VERDICTS:
        raise ValueError(f"{where}: verdict {finding.verdict!r} is none of {', '.join(VERDICTS)}")
    if finding.verdict != REPRODUCED and not finding.reason.strip():
        raise ValueError(f"{where}: {finding.verdict!r} needs a reason")
    if finding.published.startswith("planted ") and not finding.dataset.endswith(SYNTHETIC):
        raise ValueError(f"{where}: a planted value belongs to a dataset marked {SYNTHETIC}")
    path = Path(finding.evidence)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(
            f"{where}: evidence {finding.evidence!r} must be a path below the results of the run"
        )


def read_text_table(path: str | Path) -> pd.DataFrame:
    """Read a CSV with every cell as the text that stands there."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def require_columns(table: pd.DataFrame, columns: tuple[str, ...], path: str | Path) -> None:
    """Raise a ValueError that names the columns a file lacks."""
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise ValueError(f"{path}: missing columns {', '.join(missing)}")
