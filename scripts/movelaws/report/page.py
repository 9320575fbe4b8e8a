"""Assembly of the report: one HTML file that needs nothing but itself."""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from movelaws.report import figures, ledger_page, tables
from movelaws.report.captions import render_caption, render_rst
from movelaws.report.items import Item, LeftOut
from movelaws.report.repairs import repairs
from movelaws.report.sections import Paper

TEMPLATES = Path(__file__).parent / "templates"
# A number of four digits or more that is no year, code, date, decimal or part of a path.
_LONG_NUMBER = re.compile(
    r"(?<![\w./:-])(?!(?:19|20)\d\d(?!\.?\d))[1-9]\d{3,}(?=\.?(?:\s|$|[,;:%)]|\d))"
)


@dataclass(frozen=True)
class Exhibit:
    """An item with its number, caption and content, ready for the page."""

    item: Item
    number: str
    caption: Markup
    picture: figures.Picture | None
    table: tables.View | None
    claims: tuple[ledger_page.Row, ...]


@dataclass(frozen=True)
class Section:
    """One paper's part of the report."""

    paper: Paper
    number: int
    introduction: Markup
    tally: ledger_page.Tally
    exhibits: tuple[Exhibit, ...]
    left_out: tuple[LeftOut, ...]
    reasons: tuple[ledger_page.Fold, ...]


def build(
    folder: str | Path,
    ledger: pd.DataFrame,
    items: Sequence[Item],
    left_out: Sequence[LeftOut],
    papers: Sequence[Paper],
    captions: str | Path,
    made: Mapping[str, str],
    versions: Mapping[str, str],
    notes: Mapping[str, Mapping[str, object]] | None = None,
    labels: Mapping[str, str] | None = None,
) -> str:
    """Write the report.

    Parameters
    ----------
    folder : results folder of the run; the paths of the items start there.
    ledger : claims ledger, columns ``movelaws.claims.LEDGER_COLUMNS``.
    items, left_out : what is shown and what is not; papers must be among ``papers``.
    papers : in the order of the report.
    captions : folder of the ``.rst`` captions.
    made : facts about the run, such as its name and seed, in the order shown.
    versions : package -> version.
    notes : by dataset, what reading its raw data repaired, dropped or assumed.
    labels : dataset -> its name for readers.

    Returns
    -------
    str, an HTML document. Equal inputs give equal text.

    Raises
    ------
    ValueError
        If an item or left-out case names an unknown paper, or a caption is not harmless text.
    FileNotFoundError
        If a figure, table or caption does not exist.
    """
    _check_papers([*items, *[case for case in left_out if case.paper]], papers)
    folder, captions = Path(folder), Path(captions)
    numbers = _numbers(items, papers)
    numbered = {item.stem: (item, numbers[item.anchor]) for item in items}
    rows = ledger_page.rows(ledger, papers, numbered)
    alone, folds = ledger_page.folded(rows)
    *by_paper, overall = ledger_page.tallies(rows, papers)
    sections = [
        Section(
            paper=paper,
            number=position,
            introduction=render_rst(paper.introduction, f"introduction of {paper.key}"),
            tally=tally,
            exhibits=tuple(
                _exhibit(item, numbers[item.anchor], rows, folder, captions)
                for item in items
                if item.paper == paper.key
            ),
            left_out=tuple(case for case in left_out if case.paper == paper.key),
            reasons=tuple(fold for fold in folds if fold.paper == paper.key),
        )
        for position, (paper, tally) in enumerate(zip(papers, by_paper, strict=True), start=1)
    ]
    sources = {item.source for item in items}
    own = sources == {"own"}
    if own:  # a paper of which nothing is shown has nothing to say about somebody's own data
        sections = [section for section in sections if section.exhibits]
    style, script = _asset("report.css"), _asset("report.js")
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            style=Markup(style),
            style_hash=_source_hash(style),
            script=Markup(script),
            script_hash=_source_hash(script),
            rows=alone,
            folds=folds,
            n_rows=len(rows),
            sections=sections,
            papers=papers,
            linked={section.paper.key for section in sections},
            overall=overall,
            planted=any(row.synthetic for row in rows),
            left_out=[case for case in left_out if not case.paper],
            repairs=repairs(notes or {}, items, labels or {}),
            made=made,
            versions=versions,
            own=own,
            sources=sources,
            max_rows=tables.MAX_ROWS,
        )
    )


def _exhibit(
    item: Item, number: str, rows: list[ledger_page.Row], folder: Path, captions: Path
) -> Exhibit:
    source = (captions / item.caption).read_text(encoding="utf-8")
    path = folder / item.path
    return Exhibit(
        item=item,
        number=number,
        caption=render_caption(source, item, item.caption),
        picture=figures.embed(path) if item.kind == "figure" else None,
        table=_table(path, item) if item.kind == "table" else None,
        claims=tuple(row for row in rows if row.target == item.anchor),
    )


def _table(path: Path, item: Item) -> tables.View:
    return tables.view(path, item.columns, item.pivot, item.names)


def _numbers(items: Sequence[Item], papers: Sequence[Paper]) -> dict[str, str]:
    """Anchor of an item -> its number: Figure 2.1 is the first figure of the second paper."""
    numbers, counts = {}, {}
    position = {paper.key: place for place, paper in enumerate(papers, start=1)}
    for item in items:
        counts[item.paper, item.kind] = counts.get((item.paper, item.kind), 0) + 1
        order = f"{position[item.paper]}.{counts[item.paper, item.kind]}"
        numbers[item.anchor] = f"{item.kind.capitalize()} {order}"
    return numbers


def _check_papers(entries: Sequence[Item | LeftOut], papers: Sequence[Paper]) -> None:
    known = [paper.key for paper in papers]
    for entry in entries:
        if entry.paper not in known:
            raise ValueError(f"{entry}: paper {entry.paper!r} is none of {', '.join(known)}")


def _breakable(text: str) -> Markup:
    """Let a long key or path break after underscores and slashes."""
    return Markup(re.sub(r"([_/])", r"\1<wbr>", str(escape(text))))


def _lines(text: str) -> Markup:
    """One line for each of several numbers."""
    return Markup("<br>").join(_thousands(text).split("; "))


def _thousands(text: str) -> str:
    """Separators in the long numbers of a text; years, dates, codes and paths stay."""
    return _LONG_NUMBER.sub(lambda found: f"{int(found.group()):,}", text)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"breakable": _breakable, "lines": _lines, "thousands": _thousands}
    return environment


def _asset(name: str) -> str:
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    if "</" in text:
        raise ValueError(f"{name}: '</' would end the element that it is embedded in")
    return text


def _source_hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"
