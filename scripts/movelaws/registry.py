"""The registry of datasets: which file of which dataset lies where, and how to recognise it."""

import csv
import dataclasses
import difflib
import functools
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Literal, NamedTuple

import jsonschema
import yaml
from jsonschema.protocols import Validator

SCHEMA = Path(__file__).resolve().parents[2] / "workflow" / "schemas" / "datasets.schema.yaml"
PLAIN_HTTP = "plain http"

_REMEDIES = {
    "dataset": "use lower case letters, digits and underscores",
    "version": "use lower case letters, digits and underscores",
    "file": "give the bare file name: no folders, no leading dot",
    "url": "give an https address that serves exactly this file, or leave it empty",
    "mirror_path": "give a path below the mirror, such as folder/file.csv, or leave it empty",
    "sha256": "give 64 lower case hexadecimal digits, or leave it empty",
    "bytes": "give a whole number of at least 1, or leave it empty",
    "licence": "say under which terms the file may be used",
    "publisher": "say who publishes the file",
    "access": "use open, restricted or unavailable",
}


class RegistryError(ValueError):
    """The registry breaks its own rules; the text names row, column, value and remedy."""


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One file of one version of a dataset, as ``config/datasets.csv`` describes it."""

    dataset: str
    version: str
    file: str
    url: str
    mirror_path: str
    sha256: str
    bytes: int | None
    licence: str
    publisher: str
    access: Literal["open", "restricted", "unavailable"]
    note: str

    @property
    def name(self) -> str:
        """The file's full name, ``dataset/version/file``."""
        return f"{self.dataset}/{self.version}/{self.file}"

    @property
    def plain_http(self) -> bool:
        """Whether the address is not encrypted (allowed only where the note says so)."""
        return self.url.startswith("http://")

    @property
    def content(self) -> str:
        """What says which bytes the file holds: its digest, or its address if none is known."""
        return self.sha256 or self.url

    def path(self, raw: str | Path) -> Path:
        """Where the file lies below the folder of raw data."""
        return Path(raw) / self.dataset / self.version / self.file

    def as_params(self) -> dict[str, str | int | None]:
        """The row as a plain dict in the order of the columns, for Snakemake's ``params``."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}

    @classmethod
    def from_params(cls, params: Mapping[str, str | int | None]) -> "Row":
        """The inverse of ``as_params``."""
        return cls(**params)


COLUMNS = tuple(field.name for field in dataclasses.fields(Row))


class Status(NamedTuple):
    """Where a file can be had from, and a sentence that says so."""

    kind: Literal["local", "mirror", "url", "restricted", "unavailable"]
    reason: str

    @property
    def available(self) -> bool:
        """Whether retrieval has something to try."""
        return self.kind in ("local", "mirror", "url")


class Registry:
    """All rows of a registry, checked, in the order of the file."""

    def __init__(self, rows: tuple[Row, ...]):
        self.rows = rows
        self._by_name = {(row.dataset, row.version, row.file): row for row in rows}

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def files(self, dataset: str, version: str) -> tuple[Row, ...]:
        """All files of one version of a dataset; a RegistryError names the near misses."""
        found = tuple(r for r in self.rows if (r.dataset, r.version) == (dataset, version))
        if not found:
            known = sorted({f"{row.dataset}/{row.version}" for row in self.rows})
            raise RegistryError(_unknown("dataset and version", f"{dataset}/{version}", known))
        return found

    def find(self, dataset: str, version: str, file: str) -> Row:
        """The row of one file; a RegistryError names the near misses."""
        row = self._by_name.get((dataset, version, file))
        if row is None:
            known = [row.file for row in self.files(dataset, version)]
            raise RegistryError(_unknown(f"file of {dataset}/{version}", file, known))
        return row


def load(path: str | Path, schema: str | Path = SCHEMA) -> Registry:
    """Read and check a registry.

    Parameters
    ----------
    path : CSV file (UTF-8) with exactly the columns of ``COLUMNS``.
    schema : JSON schema (YAML) of one row.

    Raises
    ------
    RegistryError
        Lists every fault with its row in the file, column, value and remedy.
    """
    path = Path(path)
    validator = _validator(Path(schema))
    rows: list[Row] = []
    faults: list[str] = []
    seen: dict[tuple[str, str, str], int] = {}
    with path.open(newline="", encoding="utf-8") as stream:
        reader = csv.DictReader(stream, strict=True)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise RegistryError(
                f"{path}, row 1: the columns are {', '.join(reader.fieldnames or ('none',))}; "
                f"they must be {', '.join(COLUMNS)}, in this order"
            )
        for cells in reader:
            where = f"{path}, row {reader.line_num}"
            if None in cells or None in cells.values():
                faults.append(
                    f"{where}: not {len(COLUMNS)} cells; quote cells that contain a comma"
                )
                continue
            record = {name: cells[name].strip() for name in COLUMNS}
            record["bytes"] = _whole_number(record["bytes"])
            found = _faults(record, validator)
            faults += [f"{where}, {fault}" for fault in found]
            key = (record["dataset"], record["version"], record["file"])
            if key in seen:
                faults.append(
                    f"{where}, column file: {record['file']!r} is already in row {seen[key]} "
                    f"of {key[0]}/{key[1]}; remove one of the two"
                )
            seen.setdefault(key, reader.line_num)
            if not found:
                rows.append(Row(**record))
    if faults:
        raise RegistryError("\n".join(faults))
    return Registry(tuple(rows))


def find(registry: Registry, dataset: str, version: str, file: str) -> Row:
    """The row of one file; a RegistryError names the near misses."""
    return registry.find(dataset, version, file)


def status(row: Row, mirror: str | Path | None, raw: str | Path) -> Status:
    """Where a file can be had from, in the order in which retrieval tries.

    Parameters
    ----------
    row : the file.
    mirror : folder with copies of the files, or None.
    raw : folder of raw data, in which files put by hand are found (``resources/raw``).
    """
    local = row.path(raw)
    if local.is_file():
        return Status("local", f"{row.name} lies at {local}.")
    if mirror is not None and row.mirror_path:
        copy = Path(mirror) / row.mirror_path
        if copy.is_file():
            return Status("mirror", f"{row.name} is copied from {copy}.")
    if row.access == "open" and row.url:
        return Status("url", f"{row.name} is downloaded from {row.url}.")
    kind = "restricted" if row.access == "restricted" else "unavailable"
    what = {
        "restricted": "is not public",
        "unavailable": "is not given out",
        "open": "has no known direct address",
    }[row.access]
    return Status(kind, f"{row.name} {what}. {_sentence(row.note)}")


def _faults(record: dict, validator: Validator) -> list[str]:
    faults = []
    for error in sorted(validator.iter_errors(record), key=lambda error: list(error.path)):
        column = str(error.path[0]) if error.path else "?"
        remedy = _REMEDIES.get(column, "see workflow/schemas/datasets.schema.yaml")
        faults.append(f"column {column}: {record.get(column)!r} is not allowed; {remedy}")
    if faults:
        return faults
    if record["url"].startswith("http://") and PLAIN_HTTP not in record["note"]:
        faults.append(
            f"column url: {record['url']!r} is not encrypted; use https, or say {PLAIN_HTTP!r} "
            "and why in the note"
        )
    if any(part in ("..", ".") for part in PurePosixPath(record["mirror_path"]).parts):
        faults.append(
            f"column mirror_path: {record['mirror_path']!r} leaves the mirror; "
            f"{_REMEDIES['mirror_path']}"
        )
    by_hand = record["access"] != "open" or not (record["url"] or record["mirror_path"])
    if by_hand and not record["note"]:
        faults.append(
            "column note: '' although the file cannot be downloaded; say where to ask for it"
        )
    return faults


def _whole_number(text: str) -> int | str | None:
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() else text


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if not text or text.endswith(".") else text + "."


def _unknown(what: str, value: str, known: list[str]) -> str:
    near = difflib.get_close_matches(value, known, n=3) or known[:8]
    return f"{value!r} is no {what} of the registry; there is {', '.join(near)}"


@functools.cache
def _validator(schema: Path) -> Validator:
    with schema.open(encoding="utf-8") as stream:
        document = yaml.safe_load(stream)
    jsonschema.Draft202012Validator.check_schema(document)
    return jsonschema.Draft202012Validator(document)
