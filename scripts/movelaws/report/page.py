"""Assembly of the report: one HTML file that needs nothing but itself."""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from movelaws.report import ledger_page, tables
from movelaws.report.captions import render_rst
from movelaws.report.chapters import Chapter, arranged, exhibit, grouped, numbers
from movelaws.report.digits import prose
from movelaws.report.figures import embed_all
from movelaws.report.items import Item, LeftOut
from movelaws.report.repairs import repairs
from movelaws.report.sections import Paper

TEMPLATES = Path(__file__).parent / "templates"
# A number of four digits or more that is no year, code, date, decimal or part of a path.
_LONG_NUMBER = re.compile(
    r"(?<![\w./:-])(?!(?:19|20)\d\d(?!\.?\d))[1-9]\d{3,}(?=\.?(?:\s|$|[,;:%)]|\d))"
)


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
    threads: int = 1,
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
    threads : pictures that are made lighter side by side.

    Returns
    -------
    str, an HTML document. Equal inputs give equal text.

    Raises
    ------
    ValueError
        If an item or left-out case names an unknown paper, an item an unknown part, or a caption is
        not harmless text.
    FileNotFoundError
        If a figure, table or caption does not exist.
    """
    _check_papers([*items, *[case for case in left_out if case.paper]], papers)
    folder, captions = Path(folder), Path(captions)
    items = arranged(items, papers)
    named = numbers(items, papers)
    numbered = {item.stem: (item, named[item.anchor]) for item in items}
    rows = ledger_page.rows(ledger, papers, numbered)
    alone, folds = ledger_page.folded(rows)
    *by_paper, overall = ledger_page.tallies(rows, papers)
    chapters = []
    drawn = {item.anchor: folder / item.path for item in items if item.kind == "figure"}
    pictures = embed_all([*dict.fromkeys(drawn.values())], threads)
    for position, (paper, tally) in enumerate(zip(papers, by_paper, strict=True), start=1):
        mine = [item for item in items if item.paper == paper.key]
        shown = [
            exhibit(
                item,
                named[item.anchor],
                rows,
                folder,
                captions,
                pictures.get(drawn.get(item.anchor)),
            )
            for item in mine
        ]
        short = tuple(entry for entry in shown if entry.item.layout == "answers")
        chapters.append(
            Chapter(
                paper=paper,
                number=position,
                introduction=render_rst(paper.introduction, f"introduction of {paper.key}"),
                tally=tally,
                answers=short,
                groups=grouped(shown[len(short) :], paper, position),
                left_out=tuple(case for case in left_out if case.paper == paper.key),
                reasons=tuple(fold for fold in folds if fold.paper == paper.key),
            )
        )
    sources = {item.source for item in items} - {"model"}
    own = sources == {"own"}
    if own:  # a paper of which nothing is shown has nothing to say about somebody's own data
        chapters = [chapter for chapter in chapters if chapter.exhibits]
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
            chapters=chapters,
            papers=papers,
            linked={chapter.paper.key for chapter in chapters},
            overall=overall,
            planted=any(row.synthetic for row in rows),
            left_out=[case for case in left_out if not case.paper],
            repairs=repairs(notes or {}, items, labels or {}),
            made=made,
            versions=versions,
            own=own,
            sources=sources,
            max_rows=tables.MAX_ROWS,
            first_rows=tables.FIRST_ROWS,
        )
    )


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
    """Separators in the long numbers of a text, powers of ten; years, dates, codes, paths stay."""
    return _LONG_NUMBER.sub(lambda found: f"{int(found.group()):,}", prose(text))


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
