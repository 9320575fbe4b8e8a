"""The claims ledger: what five papers state, what came out here, and whether the two agree.

A *claim* is a row of ``config/published/claims.csv``. A *finding* is what one run has to say about
a claim on one dataset. The ledger joins them.
"""

from movelaws.claims.findings import (
    DIFFERS,
    FINDING_COLUMNS,
    NOT_TESTABLE,
    REPRODUCED,
    SYNTHETIC,
    VERDICTS,
    Finding,
    read_findings,
    write_findings,
)
from movelaws.claims.ledger import LEDGER_COLUMNS, ledger, read_claims, to_markdown
from movelaws.claims.verdicts import compare, compare_many, not_testable, statement

__all__ = [
    "DIFFERS",
    "FINDING_COLUMNS",
    "LEDGER_COLUMNS",
    "NOT_TESTABLE",
    "REPRODUCED",
    "SYNTHETIC",
    "VERDICTS",
    "Finding",
    "compare",
    "compare_many",
    "ledger",
    "not_testable",
    "read_claims",
    "read_findings",
    "statement",
    "to_markdown",
    "write_findings",
]
