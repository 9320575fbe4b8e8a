"""The chapters of the report: answers first, then figures and tables under their subheadings."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from markupsafe import Markup

from movelaws.report import figures, ledger_page, tables
from movelaws.report.answers import Answer, read_answers
from movelaws.report.captions import render_caption, render_rst
from movelaws.report.items import Item, LeftOut
from movelaws.report.sections import Paper, Part


@dataclass(frozen=True)
class Exhibit:
    """An item with its number, caption and content, ready for the page.

    ``like`` is the number of an exhibit above it with the same caption but for the dataset: the
    page folds the caption of such a one.
    """

    item: Item
    number: str
    caption: Markup
    picture: figures.Picture | None
    table: tables.View | None
    answers: tuple[Answer, ...]
    claims: tuple[ledger_page.Row, ...]
    like: str = ""


@dataclass(frozen=True)
class Group:
    """Exhibits under one subheading; without a part they stand right below the introduction."""

    anchor: str
    number: str
    part: Part | None
    text: Markup
    exhibits: tuple[Exhibit, ...]


@dataclass(frozen=True)
class Chapter:
    """One paper's part of the report."""

    paper: Paper
    number: int
    introduction: Markup
    tally: ledger_page.Tally
    answers: tuple[Exhibit, ...]
    groups: tuple[Group, ...]
    left_out: tuple[LeftOut, ...]
    reasons: tuple[ledger_page.Fold, ...]

    @property
    def exhibits(self) -> tuple[Exhibit, ...]:
        """All that the chapter shows, in its order."""
        return self.answers + tuple(e for group in self.groups for e in group.exhibits)


def arranged(items: Sequence[Item], papers: Sequence[Paper]) -> list[Item]:
    """Items in the order of the report: by paper, answers first, then part by part.

    Within a part, and before the first for items of none, the order stays as given.

    Raises
    ------
    ValueError
        If an item names a part that its paper does not have.
    """
    order = {}
    for place, paper in enumerate(papers):
        for number, key in enumerate(["", *(part.key for part in paper.parts)]):
            order[paper.key, key] = (place, number)
    for item in items:
        if (item.paper, item.part) not in order:
            known = [key for paper, key in order if paper == item.paper and key]
            raise ValueError(
                f"report item {item.path!r}: part {item.part!r} is none of those that "
                f"sections.yaml gives to {item.paper}: {', '.join(known) or 'none'}"
            )
    return sorted(
        items,
        key=lambda item: (
            order[item.paper, item.part][0],
            item.layout != "answers",
            order[item.paper, item.part][1],
        ),
    )


def numbers(items: Sequence[Item], papers: Sequence[Paper]) -> dict[str, str]:
    """Anchor of an item -> its number: Figure 2.1 is the first figure of the second paper.

    ``items`` are in the order of the report. Answers bear only the number of their chapter.
    """
    found, counts = {}, {}
    position = {paper.key: place for place, paper in enumerate(papers, start=1)}
    for item in items:
        if item.layout == "answers":
            found[item.anchor] = f"Answers {position[item.paper]}"
            continue
        counts[item.paper, item.kind] = counts.get((item.paper, item.kind), 0) + 1
        order = f"{position[item.paper]}.{counts[item.paper, item.kind]}"
        found[item.anchor] = f"{item.kind.capitalize()} {order}"
    return found


def exhibit(
    item: Item,
    number: str,
    rows: Sequence[ledger_page.Row],
    folder: Path,
    captions: Path,
    picture: figures.Picture | None,
) -> Exhibit:
    """Read what an item shows: its file below ``folder``, its caption in ``captions``.

    ``picture`` is that of a figure.
    """
    source = (captions / item.caption).read_text(encoding="utf-8")
    path = folder / item.path
    return Exhibit(
        item=item,
        number=number,
        caption=render_caption(source, item, item.caption),
        picture=picture,
        table=tables.view(path, item.columns, item.pivot, item.names)
        if item.kind == "table"
        else None,
        answers=read_answers(path) if item.layout == "answers" else (),
        claims=tuple(row for row in rows if row.target == item.anchor),
    )


def grouped(exhibits: Sequence[Exhibit], paper: Paper, number: int) -> tuple[Group, ...]:
    """Exhibits of one chapter under its subheadings; a part of which nothing is shown is left out.

    Parts are numbered as they are shown: 2.1 is the first of the second chapter.
    """
    groups = []
    loose = _alike([e for e in exhibits if not e.item.part])
    if loose:
        groups.append(Group("", "", None, Markup(""), loose))
    shown = [part for part in paper.parts if any(e.item.part == part.key for e in exhibits)]
    for place, part in enumerate(shown, start=1):
        mine = _alike([e for e in exhibits if e.item.part == part.key])
        text = render_rst(part.text, f"part {part.key} of {paper.key}")
        groups.append(Group(f"part-{paper.key}-{part.key}", f"{number}.{place}", part, text, mine))
    return tuple(groups)


def _alike(exhibits: Sequence[Exhibit]) -> tuple[Exhibit, ...]:
    """The same exhibits, those whose caption is another's told which."""
    first: dict[str, str] = {}
    found = []
    for entry in exhibits:
        like = first.setdefault(entry.item.caption, entry.number)
        found.append(replace(entry, like=like if like != entry.number else ""))
    return tuple(found)
