"""What reading the raw data of each dataset repaired, dropped or assumed, as small tables."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from movelaws.report.items import Item
from movelaws.tables import format_text


@dataclass(frozen=True)
class Repairs:
    """Documented repairs and readings of one dataset as (what, how many or how)."""

    dataset: str
    label: str
    entries: tuple[tuple[str, str], ...]


def read_notes(paths: Iterable[str | Path]) -> dict[str, dict]:
    """Notes of several datasets, each from ``<dataset>/notes.json``.

    Raises
    ------
    ValueError
        If a file does not hold a JSON object, or two belong to one dataset.
    """
    notes: dict[str, dict] = {}
    for path in map(Path, paths):
        content = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(content, dict):
            raise ValueError(f"{path}: expected an object of notes, found {type(content).__name__}")
        if path.parent.name in notes:
            raise ValueError(f"{path}: there are notes on {path.parent.name} already")
        notes[path.parent.name] = content
    return notes


def repairs(
    notes: Mapping[str, Mapping[str, object]],
    items: Sequence[Item],
    labels: Mapping[str, str],
) -> list[Repairs]:
    """Notes by dataset for readers, under ``labels`` or those that the items give the datasets."""
    labels = {item.dataset: item.label for item in items if item.label} | dict(labels)
    return [
        Repairs(
            dataset,
            labels.get(dataset, dataset),
            tuple((_sentence(name), _value(value)) for name, value in entries.items()),
        )
        for dataset, entries in notes.items()
        if entries
    ]


def _sentence(name: str) -> str:
    words = re.sub(r"(?<=\w)_(?=\w)", " ", name)
    return words[:1].upper() + words[1:]


def _value(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return format_text(str(value))
