"""Values between zones in the three forms of FlowSR: nested dictionaries, matrices, tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from pathlib import Path

import numpy as np
import pandas as pd

from movelaws import readers, restricted_pickle

_VALUES = ["geodesic_dist", "distance", "dist", "opportunity", "flow", "value"]


@dataclass(frozen=True)
class Entries:
    """Values of pairs of zones in one file.

    Attributes
    ----------
    path : of the file.
    origin, destination : (n,) str, codes of zones.
    value : (n,) float.
    """

    path: Path
    origin: np.ndarray
    destination: np.ndarray
    value: np.ndarray

    def error(self, bad: np.ndarray, rule: str) -> ValueError:
        """Error for the first pair where ``bad`` is True."""
        row = int(np.argmax(bad))
        more = f" ({np.count_nonzero(bad)} such pairs)" if np.count_nonzero(bad) > 1 else ""
        pair = f"[{self.origin[row]!r}][{self.destination[row]!r}]"
        return ValueError(f"{self.path}: {pair} = {self.value[row]:g} {rule}{more}")

    def check_numbers(self, low: float) -> None:
        """Raise an error unless every value is finite and at least ``low``."""
        for bad, rule in (
            (~np.isfinite(self.value), "is not finite: correct it or leave out the pair"),
            (self.value < low, f"is below {low:g}: correct it or leave out the pair"),
        ):
            if bad.any():
                raise self.error(bad, rule)


def read_entries(path: Path, numbers: Mapping[int, str] | None) -> Entries:
    """Read one file of values between zones; its ending decides the form.

    Parameters
    ----------
    path : .pkl, .npy or a table (.csv, .parquet, .xlsx).
    numbers : zone of each row of a matrix.

    Raises
    ------
    ValueError
        Naming the file and the pair: no nested dictionary of numbers, no square matrix, a zone
        that is no code, a pair that occurs twice.
    restricted_pickle.UnsafePickleError
        If a pickle holds anything but plain data.
    """
    ending = path.suffix.lower()
    if ending == ".pkl":
        entries = _nested(path)
    elif ending == ".npy":
        entries = _matrix(path, numbers)
    else:
        entries = _table(path)
    # Numbers stand for the codes: pairs of text would take minutes for 4 million.
    origin, destination = (pd.factorize(end)[0] for end in (entries.origin, entries.destination))
    twice = pd.Series(origin * (int(destination.max(initial=0)) + 1) + destination).duplicated()
    if twice.any():
        raise entries.error(twice.to_numpy(), "is a pair that occurs before: drop one of the two")
    return entries


def read_numbers(path: Path) -> dict[int, str]:
    """Zone by row of the matrices, from a pickle {0: code, 1: code, ...}."""
    content = restricted_pickle.load(path)
    if not isinstance(content, dict) or not content:
        raise ValueError(f"{path}: must be a dictionary from the row of a matrix to its zone")
    strange = [key for key in content if not isinstance(key, Integral) or isinstance(key, bool)]
    if strange:
        raise ValueError(f"{path}: row {strange[0]!r} is no whole number, such as 0")
    numbers = {int(row): zone_label(zone, path) for row, zone in content.items()}
    codes = pd.Series(numbers)
    if codes.duplicated().any():
        zone = codes[codes.duplicated()].iloc[0]
        raise ValueError(f"{path}: zone {zone!r} stands for {int((codes == zone).sum())} rows")
    return numbers


def zone_label(key: object, path: Path) -> str:
    """Code of a zone as text: 440103, 440103.0 and "440103" are one zone."""
    if isinstance(key, str) and key.strip():
        return key.strip().removesuffix(".0")
    number = isinstance(key, Real) and not isinstance(key, (bool, np.bool_))
    if number and np.isfinite(key) and key == int(key):
        return str(int(key))
    raise ValueError(f"{path}: {key!r} is no code of a zone: give whole numbers or text")


def square(entries: Entries, ids: pd.Index, notes: dict[str, int | float | str]) -> np.ndarray:
    """(n_zones, n_zones) values in the order of ``ids``, NaN where the file has none.

    Pairs with a zone that is not among the ids are left out and counted.
    """
    origin, destination = ids.get_indexer(entries.origin), ids.get_indexer(entries.destination)
    known = (origin >= 0) & (destination >= 0)
    if not known.all():
        notes[f"{entries.path.name}: pairs of unknown zones left out"] = int((~known).sum())
    kept = Entries(
        entries.path, entries.origin[known], entries.destination[known], entries.value[known]
    )
    apart = kept.origin != kept.destination
    # What a zone is to itself is never used: some files write 0 there, others NaN.
    Entries(
        kept.path, kept.origin[apart], kept.destination[apart], kept.value[apart]
    ).check_numbers(low=0)
    values = np.full((len(ids), len(ids)), np.nan)
    values[origin[known], destination[known]] = kept.value
    return values


def _nested(path: Path) -> Entries:
    content = restricted_pickle.load(path)
    if not isinstance(content, dict) or not content:
        kind = type(content).__name__
        raise ValueError(
            f"{path}: holds {'nothing' if content == {} else f'a {kind}'}: it must be a nested "
            "dictionary, value[origin][destination]"
        )
    labels: dict[object, str] = {}

    def label(key: object) -> str:
        if key not in labels:
            labels[key] = zone_label(key, path)
        return labels[key]

    origins, destinations, values = [], [], []
    for key, row in content.items():
        origin = label(key)
        if not isinstance(row, dict):
            raise ValueError(
                f"{path}: [{origin!r}] is a {type(row).__name__}: it must be a dictionary of "
                "values by destination"
            )
        origins.append(np.full(len(row), origin, dtype=object))
        destinations.append(np.array([label(other) for other in row], dtype=object))
        values.append(_numbers(path, origin, row))
    return Entries(path, *map(np.concatenate, (origins, destinations, values)))


def _numbers(path: Path, origin: str, row: dict) -> np.ndarray:
    # Types first and all at once: a check of every value would take minutes for 4 million.
    if all(issubclass(kind, Real) and kind is not bool for kind in set(map(type, row.values()))):
        try:
            return np.fromiter(row.values(), dtype=float, count=len(row))
        except OverflowError:
            raise ValueError(f"{path}: [{origin!r}]: a number is too large for a float") from None
    other, value = next(
        (k, v) for k, v in row.items() if not isinstance(v, Real) or isinstance(v, bool)
    )
    raise ValueError(
        f"{path}: [{origin!r}][{zone_label(other, path)!r}] = {value!r} is not a number: write "
        "numbers, and leave out pairs without one"
    )


def _matrix(path: Path, numbers: Mapping[int, str] | None) -> Entries:
    if numbers is None:
        raise ValueError(
            f"{path}: a matrix needs the role 'zone_numbers', a pickle of the zone of each row"
        )
    try:
        # Mapped into memory, so that a size that the header merely claims is never allocated.
        matrix = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise ValueError(f"{path}: no NumPy matrix of numbers ({error})") from None
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.dtype.kind not in "iuf":
        raise ValueError(
            f"{path}: shape {matrix.shape} of {matrix.dtype}: it must be a square matrix of numbers"
        )
    n = len(matrix)
    missing = [row for row in range(n) if row not in numbers]
    if missing:
        raise ValueError(
            f"{path}: row {missing[0]} of {n} has no zone in zone_numbers ({len(missing)} such "
            "rows): give the mapping that belongs to this matrix"
        )
    zones = np.array([numbers[row] for row in range(n)], dtype=object)
    return Entries(path, np.repeat(zones, n), np.tile(zones, n), np.asarray(matrix, float).ravel())


def _table(path: Path) -> Entries:
    names = {"origin": ["o_id", "origin"], "destination": ["d_id", "destination"], "value": _VALUES}
    table = readers.read_table(path, names)
    ends = (
        table.identifier(end).str.removesuffix(".0").to_numpy(dtype=object)
        for end in ("origin", "destination")
    )
    return Entries(path, *ends, table.number("value", missing=True).to_numpy())
