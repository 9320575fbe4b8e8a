"""The ledger as the report shows it: rows that sort, filter and lead on, the untestable folded."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from movelaws.claims import DIFFERS, LEDGER_COLUMNS, NOT_TESTABLE, REPRODUCED, SYNTHETIC, VERDICTS
from movelaws.report.items import Item, stem
from movelaws.report.sections import Paper

RECOVERED = "recovered"  # what readers see of a planted value that came back
_NUMBER = re.compile(r"[-+−]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_SENTENCE = re.compile(r"(?<=\.)\s+(?=[A-Z])")
_SHORT = 140  # characters of a reason that stand in a row without folding


@dataclass(frozen=True)
class Look:
    """How a verdict is shown: key in the page, words, what it means, symbol and style."""

    key: str
    words: str
    meaning: str
    symbol: str
    css: str


LOOKS = {
    look.key: look
    for look in (
        Look(
            REPRODUCED,
            "reproduced",
            "the number or statement of the paper came out here, within the tolerance of its row",
            "✓",
            "reproduced",
        ),
        Look(
            RECOVERED,
            "recovered (synthetic)",
            "a value that was planted in a synthetic world came back; the paper's own number "
            "was not tested",
            "◆",
            "recovered",
        ),
        Look(
            DIFFERS,
            "differs",
            "it came out otherwise; the row says by how much and, where known, why",
            "≠",
            "differs",
        ),
        Look(
            NOT_TESTABLE,
            "not testable",
            "this run cannot decide; the row says what is missing",
            "–",
            "untestable",
        ),
    )
}


@dataclass(frozen=True)
class Row:
    """One row of the ledger with what the page needs beside its text."""

    anchor: str
    text: Mapping[str, str]
    order: int
    paper_name: str
    paper_order: int
    synthetic: bool
    look: Look
    reason: tuple[str, str]
    published_key: str
    reproduced_key: str
    target: str
    target_name: str

    @property
    def verdict_order(self) -> int:
        """Place among the verdicts, by which the page sorts."""
        return list(LOOKS).index(self.look.key)


@dataclass(frozen=True)
class Fold:
    """Untestable rows of one paper with one reason: a line that opens."""

    summary: str
    reason: tuple[str, str]
    paper: str
    paper_order: int
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Tally:
    """Counts by verdict of one paper (or of all), and the spans of its bar in percent."""

    name: str
    key: str
    counts: tuple[tuple[Look, int], ...]
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
        synthetic = text["dataset"].endswith(SYNTHETIC)
        found.append(
            Row(
                anchor=anchor,
                text={**text, "dataset": text["dataset"].removesuffix(SYNTHETIC).strip()},
                order=position,
                paper_name=names[text["paper"]],
                paper_order=order[text["paper"]],
                synthetic=synthetic,
                look=LOOKS[_displayed(text["verdict"], synthetic)],
                reason=first_sentence(text["reason"]),
                published_key=sort_key(text["published"]),
                reproduced_key=sort_key(text["reproduced"]),
                target=item.anchor if item else "",
                target_name=number,
            )
        )
    return sorted(found, key=lambda row: row.verdict_order)


def folded(ledger_rows: Sequence[Row]) -> tuple[list[Row], list[Fold]]:
    """Rows that stand by themselves, and the untestable ones folded by paper and reason.

    A reason that occurs once in a paper leaves its row as it is.
    """
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in ledger_rows:
        if row.text["verdict"] == NOT_TESTABLE:
            groups.setdefault((row.text["paper"], row.text["reason"]), []).append(row)
    many = [group for group in groups.values() if len(group) > 1]
    within = {row.anchor for group in many for row in group}
    alone = [row for row in ledger_rows if row.anchor not in within]
    return alone, [_fold(group) for group in many]


def _fold(group: list[Row]) -> Fold:
    first = group[0]
    claims = len({row.text["id"] for row in group})
    counted = f"{claims} claim{'s' if claims > 1 else ''}"
    if len(group) > claims:
        datasets = len({row.text["dataset"] for row in group})
        counted += f" on {datasets} dataset{'s' if datasets > 1 else ''}"
    summary = f"{counted} of {first.paper_name}"
    return Fold(summary, first.reason, first.text["paper"], first.paper_order, tuple(group))


def first_sentence(text: str) -> tuple[str, str]:
    """A long text as its first sentence (or part, up to ``;``) and the rest; a short one whole."""
    if len(text) <= _SHORT:
        return text, ""
    lead = _SENTENCE.split(text, maxsplit=1)[0]
    if len(lead) > _SHORT and "; " in lead:
        lead = lead.partition("; ")[0] + ";"
    return lead, text[len(lead) :].strip()


def sort_key(text: str) -> str:
    """The first number of a text, by which a column of numbers and words is sorted; or ''."""
    found = _NUMBER.search(text)
    return str(float(found.group().replace("−", "-"))) if found else ""


def tallies(ledger_rows: Sequence[Row], papers: Sequence[Paper]) -> list[Tally]:
    """Counts by verdict for every paper, then for all together (last).

    Recovered values have a count only where the run holds a synthetic world.
    """
    planted = any(row.synthetic for row in ledger_rows)
    looks = [look for look in LOOKS.values() if planted or look.key != RECOVERED]
    found = []
    for paper in papers:
        mine = [row for row in ledger_rows if row.text["paper"] == paper.key]
        found.append(_tally(paper.name, paper.key, mine, looks))
    return [*found, _tally("All papers", "", list(ledger_rows), looks)]


def _tally(name: str, key: str, mine: list[Row], looks: list[Look]) -> Tally:
    counts, spans, left = [], [], 0.0
    for look in looks:
        count = sum(row.look.key == look.key for row in mine)
        counts.append((look, count))
        share = 100 * count / len(mine) if mine else 0.0
        if share:
            spans.append((look.css, round(left, 3), round(share, 3)))
        left += share
    return Tally(name, key, tuple(counts), tuple(spans), len(mine))


def _displayed(verdict: str, synthetic: bool) -> str:
    return RECOVERED if synthetic and verdict == REPRODUCED else verdict
