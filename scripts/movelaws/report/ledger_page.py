"""The first page of the report: the claims ledger as rows that sort, filter and lead on."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from movelaws.claims import DIFFERS, LEDGER_COLUMNS, NOT_TESTABLE, REPRODUCED, SYNTHETIC, VERDICTS
from movelaws.report.items import Item, stem
from movelaws.report.sections import Paper

SYMBOLS = {REPRODUCED: "✓", DIFFERS: "≠", NOT_TESTABLE: "–"}
CLASSES = {REPRODUCED: "reproduced", DIFFERS: "differs", NOT_TESTABLE: "untestable"}
_NUMBER = re.compile(r"[-+−]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


@dataclass(frozen=True)
class Row:
    """One row of the ledger with what the page needs beside its text."""

    anchor: str
    text: Mapping[str, str]
    order: int
    paper_name: str
    paper_order: int
    synthetic: bool
    symbol: str
    css: str
    verdict_order: int
    published_key: str
    reproduced_key: str
    target: str
    target_name: str


@dataclass(frozen=True)
class Tally:
    """Counts by verdict of one paper (or of all), and the spans of its bar in percent."""

    name: str
    key: str
    counts: tuple[tuple[str, str, int], ...]
    spans: tuple[tuple[str, float, float], ...]
    total: int


def rows(
    ledger: pd.DataFrame,
    papers: Sequence[Paper],
    numbered: Mapping[str, tuple[Item, str]],
) -> list[Row]:
    """Rows of the ledger, by verdict, each led to its figure or table where the report holds it.

    Parameters
    ----------
    ledger : table with the columns ``movelaws.claims.LEDGER_COLUMNS``.
    papers : in the order of the report.
    numbered : stem of an item's path -> (item, its number such as ``Figure 2.1``).

    Raises
    ------
    ValueError
        If a column is missing, or a paper or verdict is unknown.
    """
    missing = [column for column in LEDGER_COLUMNS if column not in ledger.columns]
    if missing:
        raise ValueError(f"claims ledger: missing columns {', '.join(missing)}")
    order = {paper.key: position for position, paper in enumerate(papers)}
    names = {paper.key: paper.name for paper in papers}
    found, taken = [], set()
    for position, text in enumerate(ledger.to_dict("records")):
        if text["paper"] not in order:
            raise ValueError(f"claim {text['id']}: paper {text['paper']!r} is not in sections.yaml")
        if text["verdict"] not in VERDICTS:
            raise ValueError(f"claim {text['id']}: unknown verdict {text['verdict']!r}")
        item, number = numbered.get(stem(text["evidence"]), (None, ""))
        anchor = f"claim-{text['id']}" if text["id"] not in taken else f"claim-row-{position}"
        taken.add(text["id"])
        found.append(
            Row(
                anchor=anchor,
                text={**text, "dataset": text["dataset"].removesuffix(SYNTHETIC).strip()},
                order=position,
                paper_name=names[text["paper"]],
                paper_order=order[text["paper"]],
                synthetic=text["dataset"].endswith(SYNTHETIC),
                symbol=SYMBOLS[text["verdict"]],
                css=CLASSES[text["verdict"]],
                verdict_order=VERDICTS.index(text["verdict"]),
                published_key=sort_key(text["published"]),
                reproduced_key=sort_key(text["reproduced"]),
                target=item.anchor if item else "",
                target_name=number,
            )
        )
    return sorted(found, key=lambda row: row.verdict_order)


def sort_key(text: str) -> str:
    """The first number of a text, by which a column of numbers and words is sorted; or ''."""
    found = _NUMBER.search(text)
    return str(float(found.group().replace("−", "-"))) if found else ""


def tallies(ledger_rows: Sequence[Row], papers: Sequence[Paper]) -> list[Tally]:
    """Counts by verdict for every paper, then for all together (last)."""
    found = []
    for paper in papers:
        mine = [row for row in ledger_rows if row.text["paper"] == paper.key]
        found.append(_tally(paper.name, paper.key, mine))
    return [*found, _tally("All papers", "", list(ledger_rows))]


def _tally(name: str, key: str, mine: list[Row]) -> Tally:
    counts, spans, left = [], [], 0.0
    for verdict in VERDICTS:
        count = sum(row.text["verdict"] == verdict for row in mine)
        counts.append((verdict, CLASSES[verdict], count))
        share = 100 * count / len(mine) if mine else 0.0
        if share:
            spans.append((CLASSES[verdict], round(left, 3), round(share, 3)))
        left += share
    return Tally(name, key, tuple(counts), tuple(spans), len(mine))
