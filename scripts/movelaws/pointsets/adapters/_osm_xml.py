"""OpenStreetMap XML read piece by piece, by a parser that follows nothing.

The tree is never built. A document type, and with it any entity, is refused before it is read, so
that a file can neither expand itself nor name another one; the unpacked size is bounded by
``movelaws.archives``. Positions of nodes are kept in arrays: 16 bytes and an identifier each.
"""

from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.parsers import expat

import numpy as np

from movelaws import archives
from movelaws.pointsets.adapters import _columns

_CHUNK = 1 << 20
_DEEPEST = 8
_LONGEST_REMARK = 300


class _TooDeep(ValueError):
    """The document is no OpenStreetMap file, or one made to exhaust a reader."""


@dataclass
class Elements:
    """What a file holds.

    Attributes
    ----------
    node_id, latitude, longitude : (n_nodes,) all nodes with a position, sorted by node_id.
    nodes : tags of the nodes that are wanted, by identifier.
    ways : tags and nodes of the ways that are wanted, by identifier.
    counts : of what the file holds.
    """

    node_id: np.ndarray
    latitude: np.ndarray
    longitude: np.ndarray
    nodes: dict[int, dict[str, str]] = field(default_factory=dict)
    ways: dict[int, tuple[dict[str, str], list[int]]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def position(self, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Longitude and latitude of nodes by identifier; NaN where the file has none."""
        ids = np.asarray(ids, dtype=np.int64)
        longitude, latitude = np.full((2, ids.size), np.nan)
        if self.node_id.size:
            row = np.minimum(np.searchsorted(self.node_id, ids), self.node_id.size - 1)
            known = self.node_id[row] == ids
            longitude[known] = self.longitude[row[known]]
            latitude[known] = self.latitude[row[known]]
        return longitude, latitude


def read(path: Path, key: str, *, closed: bool) -> Elements:
    """Nodes with their positions, and the nodes and ways that have the tag ``key``.

    Parameters
    ----------
    path : .osm or .xml, plain, .gz, .bz2, .xz, or the only one in a .zip.
    key : of a tag, such as "addr:housenumber".
    closed : keep only ways that end where they begin.

    Raises
    ------
    ValueError
        If the file is empty, damaged, cut off by Overpass, too large when unpacked, no
        OpenStreetMap XML, has a document type, or elements without a usable identifier or position.
    """
    if path.stat().st_size == 0:
        raise ValueError(f"{path}: the file is empty")
    if path.name.lower().endswith((".pbf", ".o5m")):
        raise ValueError(
            f"{path}: binary OpenStreetMap data: convert it to XML (osmium cat -o x.osm)"
        )
    reader = _Reader(key, closed)
    try:
        with _columns.opened(path, (".osm", ".xml")) as stream:
            _parse(stream, reader)
    except archives.ArchiveError:
        raise
    except (expat.ExpatError, ValueError, OverflowError) as error:
        where = f"line {reader.parser.CurrentLineNumber}"
        raise ValueError(f"{path}: {where}: cannot be read as OpenStreetMap XML: {error}") from None
    if "error" in reader.remark:
        raise ValueError(
            f"{path}: the extract is not complete, Overpass ends it with {reader.remark.strip()!r}"
            ": fetch it again with a longer time limit ([timeout:600]) or in smaller pieces"
        )
    if not reader.seen_root:
        raise ValueError(f"{path}: no element <osm>: give OpenStreetMap XML")
    return reader.elements()


def _parse(stream: IO[bytes], reader: "_Reader") -> None:
    while chunk := stream.read(_CHUNK):
        reader.parser.Parse(chunk, False)
    reader.parser.Parse(b"", True)


class _Reader:
    """Handlers of the parser, and what they have found."""

    def __init__(self, key: str, closed: bool):
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self.parser.ExternalEntityRefHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.key, self.closed, self.seen_root, self.depth = key, closed, False, 0
        self.id, self.lat, self.lon = array("q"), array("d"), array("d")
        self.nodes: dict[int, dict[str, str]] = {}
        self.ways: dict[int, tuple[dict[str, str], list[int]]] = {}
        self.n_ways = self.n_open = self.n_relations = 0
        self.tags: dict[str, str] = {}
        self.refs: list[int] = []
        self.element = 0
        self.remark = ""  # with which Overpass ends an answer that it could not finish
        self.wanted = False

    def elements(self) -> Elements:
        """All that was found, nodes sorted; of a node that is there twice the last one counts."""
        ids = np.frombuffer(self.id, dtype=np.int64) if self.id else np.empty(0, dtype=np.int64)
        order = np.argsort(ids, kind="stable")
        last = np.append(np.diff(ids[order]) > 0, True) if ids.size else order.astype(bool)
        rows = order[last]
        counts = {"nodes in the file": int(ids.size), "ways in the file": self.n_ways}
        counts[f"open ways with {self.key} left out"] = self.n_open
        counts[f"relations with {self.key} left out"] = self.n_relations
        values = (np.asarray(column, dtype=float)[rows] for column in (self.lat, self.lon))
        return Elements(ids[rows], *values, self.nodes, self.ways, counts)

    def _refuse(self, *_) -> None:
        raise ValueError("a document type or an entity, which OpenStreetMap files do not have")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _TooDeep(f"elements nested more than {_DEEPEST} deep")
        if self.depth == 1:
            if name not in ("osm", "osmChange"):
                raise ValueError(f"the document is <{name}>, not <osm>")
            self.seen_root = True
        elif name == "tag":
            self.tags[attributes.get("k", "")] = attributes.get("v", "")
        elif name == "remark":
            self.parser.CharacterDataHandler = self._note
        elif name == "nd":
            self.refs.append(int(attributes.get("ref", "")))
        elif name in ("node", "way", "relation"):
            self.tags, self.refs = {}, []
            self.element = int(attributes.get("id", ""))
            self.wanted = attributes.get("visible", "true") != "false"
            if name == "node" and self.wanted:
                self._node(attributes)

    def _note(self, text: str) -> None:
        self.remark = (self.remark + text)[:_LONGEST_REMARK]

    def _node(self, attributes: dict[str, str]) -> None:
        lat, lon = float(attributes.get("lat", "nan")), float(attributes.get("lon", "nan"))
        if not (abs(lat) <= 90 and abs(lon) <= 180):
            raise ValueError(
                f"node {self.element}: lat {attributes.get('lat')!r}, lon "
                f"{attributes.get('lon')!r} is no position on the globe in degrees"
            )
        self.id.append(self.element)
        self.lat.append(lat)
        self.lon.append(lon)

    def _end(self, name: str) -> None:
        self.depth -= 1
        if name == "remark":
            self.parser.CharacterDataHandler = None
        if name == "way":
            self.n_ways += 1
        if name not in ("node", "way", "relation") or not self.wanted or self.key not in self.tags:
            return
        if name == "node":
            self.nodes[self.element] = self.tags
        elif name == "relation":
            self.n_relations += 1
        elif self.closed and (len(self.refs) < 4 or self.refs[0] != self.refs[-1]):
            self.n_open += 1
        elif self.refs:
            self.ways[self.element] = (self.tags, self.refs)
