"""The papers of the report: order, titles, introductions and parts, from ``sections.yaml``."""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

_KEYS = {"key", "name", "title", "introduction"}
_OPTIONAL = {"authors", "links", "parts"}
_PART_KEYS = {"key", "title"}


@dataclass(frozen=True)
class Part:
    """One subheading of a chapter; ``text``, reStructuredText, leads to what stands below it."""

    key: str
    title: str
    text: str = ""


@dataclass(frozen=True)
class Paper:
    """One paper: ``key`` of the workflow, short ``name`` for the navigation, and what to show."""

    key: str
    name: str
    title: str
    introduction: str
    authors: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    parts: tuple[Part, ...] = ()


def read_sections(path: str | Path) -> list[Paper]:
    """Read the papers in the order of the report.

    Raises
    ------
    ValueError
        If a key is missing or unknown, a paper or a part stands twice, the key of a part is no
        name, or a link is not https.
    """
    document = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    if not isinstance(document, dict) or set(document) != {"papers"}:
        raise ValueError(f"{path}: expected one key, papers, with a list of papers")
    papers = [_paper(entry, path) for entry in document["papers"]]
    keys = [paper.key for paper in papers]
    if len(set(keys)) < len(keys):
        raise ValueError(f"{path}: a paper stands twice among {', '.join(keys)}")
    return papers


def _paper(entry: dict, path: str | Path) -> Paper:
    where = f"{path}: paper {entry.get('key')!r}"
    missing = sorted(_KEYS - set(entry))
    unknown = sorted(set(entry) - _KEYS - _OPTIONAL)
    if missing or unknown:
        raise ValueError(f"{where}: missing keys {missing}, unknown keys {unknown}")
    links = []
    for link in entry.get("links", ()):
        if set(link) != {"label", "url"} or not link["url"].startswith("https://"):
            raise ValueError(f"{where}: a link has a label and an https url, not {link}")
        links.append((link["label"], link["url"]))
    return Paper(
        key=entry["key"],
        name=entry["name"],
        title=entry["title"],
        introduction=entry["introduction"],
        authors=tuple(entry.get("authors", ())),
        links=tuple(links),
        parts=_parts(entry.get("parts", ()), where),
    )


def _parts(entries: list[dict], where: str) -> tuple[Part, ...]:
    parts: list[Part] = []
    for entry in entries:
        if not _PART_KEYS <= set(entry) <= _PART_KEYS | {"text"}:
            raise ValueError(f"{where}: a part has a key, a title and perhaps a text, not {entry}")
        if not re.fullmatch(r"[a-z0-9_]+", entry["key"]):
            raise ValueError(f"{where}: part {entry['key']!r}: small letters, digits, underscores")
        if entry["key"] in [part.key for part in parts]:
            raise ValueError(f"{where}: part {entry['key']!r} stands twice")
        parts.append(Part(**entry))
    return tuple(parts)
