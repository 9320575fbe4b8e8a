"""What a report shows: figures and tables with their captions, and the cases left out."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path, PurePosixPath

KINDS = ("figure", "table")
SOURCES = ("published", "synthetic", "own", "model")
LAYOUTS = ("", "answers")
_SUFFIXES = {"figure": (".svg", ".png"), "table": (".csv",)}


@dataclass(frozen=True)
class Item:
    """One figure or table of the report.

    Parameters
    ----------
    paper : key of the paper in ``sections.yaml``.
    kind : ``figure`` (an SVG with a PNG of the same name beside it, or a PNG) or ``table`` (CSV).
    path : path below the results folder of the run.
    caption : name of an ``.rst`` file in the captions folder.
    title : heading, without the number.
    dataset : key of the dataset, empty if the item covers several.
    synthetic : whether the numbers come from a synthetic world.
    part : key of the subheading of the chapter that it stands under, one of the paper's parts in
        ``sections.yaml``; empty for none.
    layout : ``answers`` for a table of questions and answers at the head of the chapter.
    label : name of the dataset for readers, by default its key.
    labels : further facts shown beside the title, such as ``{"population": "workplace"}``.
    columns : for tables, CSV column -> header with unit; only these are shown, in this order.
    pivot : for tables, ``{"index": [columns], "columns": column, "values": column}``: one row per
        index, one column per value of ``columns``; see :func:`movelaws.report.tables.view`.
    names : for tables, text of a cell -> what readers see, such as a dataset's name for its key.
    rule : name of the workflow's rule that made the file.
    source : where the data come from, one of ``SOURCES``; by default as ``synthetic`` says.
    unit : what the flows count, for captions.
    confidence : level of the intervals, for captions.
    min_flow : the smallest flow on record, for captions.
    models, readings : what is shown, for captions; empty if unknown, then all are explained.
    """

    paper: str
    kind: str
    path: str
    caption: str
    title: str
    dataset: str
    synthetic: bool
    part: str = ""
    layout: str = ""
    label: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    pivot: Mapping[str, object] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    rule: str = ""
    source: str = ""
    unit: str = "people"
    confidence: float = 0.95
    min_flow: float = 1
    models: Sequence[str] = ()
    readings: Sequence[str] = ()

    def __post_init__(self):
        where = f"report item {self.path!r}"
        if self.kind not in KINDS:
            raise ValueError(f"{where}: kind {self.kind!r} is none of {', '.join(KINDS)}")
        path = PurePosixPath(self.path)
        if path.is_absolute() or ".." in path.parts:
            raise ValueError(f"{where}: must be a path below the results of the run")
        if path.suffix not in _SUFFIXES[self.kind]:
            raise ValueError(f"{where}: a {self.kind} is {' or '.join(_SUFFIXES[self.kind])}")
        if Path(self.caption).name != self.caption or not self.caption.endswith(".rst"):
            raise ValueError(f"{where}: caption {self.caption!r} must be the name of an .rst file")
        if not isinstance(self.synthetic, bool):
            raise ValueError(f"{where}: synthetic = {self.synthetic!r} must be true or false")
        if self.layout not in LAYOUTS or (self.layout and self.kind != "table"):
            raise ValueError(
                f"{where}: layout {self.layout!r}: a table may have the layout 'answers'"
            )
        if not self.title:
            raise ValueError(f"{where}: the title is empty")
        if not self.source:
            object.__setattr__(self, "source", "synthetic" if self.synthetic else "published")
        if self.source not in SOURCES:
            raise ValueError(f"{where}: source {self.source!r} is none of {', '.join(SOURCES)}")
        if self.synthetic != (self.source == "synthetic"):
            raise ValueError(
                f"{where}: synthetic = {self.synthetic} contradicts source {self.source!r}"
            )
        if not 0 < self.confidence < 1:
            raise ValueError(f"{where}: confidence = {self.confidence} is not between 0 and 1")

    @property
    def stem(self) -> str:
        """Path without its suffix: what the SVG, PNG, CSV and Markdown of one result share."""
        return stem(self.path)

    @property
    def heading(self) -> str:
        """The title; without the paper's tables in brackets where the data are the user's own."""
        return (
            re.sub(r" \(Tables? [^)]*\)$", "", self.title) if self.source == "own" else self.title
        )

    @property
    def name(self) -> str:
        """Name of the dataset for readers; empty if the item covers several."""
        return self.label or self.dataset

    @property
    def anchor(self) -> str:
        """Identifier of the item in the page."""
        return "item-" + re.sub(r"[^A-Za-z0-9]+", "-", self.stem).strip("-")


@dataclass(frozen=True)
class LeftOut:
    """A case that this run does not hold, with the reason; ``paper`` may be empty."""

    case: str
    reason: str
    paper: str = ""

    def __post_init__(self):
        if not self.case or not self.reason:
            raise ValueError(f"left-out case {self.case!r}: case and reason must not be empty")


def stem(path: str) -> str:
    """``symbolic/figures/us_flow_map.svg`` -> ``symbolic/figures/us_flow_map``."""
    return str(PurePosixPath(path).with_suffix("")) if path else ""


def items_from(records: Iterable[Mapping], folder: str | Path) -> list[Item]:
    """Items from the dictionaries of the workflow, whose paths start with the results folder.

    Raises
    ------
    ValueError
        If a key is unknown or missing, a path lies outside ``folder``, or two items share a path.
    """
    items = [_record(Item, _below(record, Path(folder))) for record in records]
    seen: dict[str, str] = {}
    for item in items:
        if item.anchor in seen:
            raise ValueError(f"report items {seen[item.anchor]!r} and {item.path!r} collide")
        seen[item.anchor] = item.path
    return items


def left_out_from(records: Iterable[Mapping]) -> list[LeftOut]:
    """Left-out cases from the dictionaries of the workflow: case, reason, optional paper."""
    return [_record(LeftOut, record) for record in records]


def _below(record: Mapping, folder: Path) -> dict:
    path = Path(record.get("path", ""))
    if not path.is_relative_to(folder):
        raise ValueError(f"report item {str(path)!r} lies outside {str(folder)!r}")
    return {**record, "path": path.relative_to(folder).as_posix()}


def _record(kind: type, record: Mapping):
    allowed = {field.name for field in fields(kind)}
    unknown = sorted(set(record) - allowed)
    if unknown:
        raise ValueError(f"{kind.__name__} {dict(record)}: unknown keys {', '.join(unknown)}")
    try:
        return kind(**record)
    except TypeError as error:
        raise ValueError(f"{kind.__name__} {dict(record)}: {error}") from None
