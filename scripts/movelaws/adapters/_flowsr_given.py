"""Given distances and opportunities of FlowSR: held against those computed, or carried along."""

from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from movelaws import frames
from movelaws.od import build_pairs

DISTANCE = "distance_km"
COLUMNS = {
    "distances": DISTANCE,
    "opportunities_residential": "opportunities_residential",
    "opportunities_workplace": "opportunities_workplace",
}
"""Column of the flows that carries the file of each role."""

_TOLERANCE = 0.01
_FAR_OFF = 50.0


def chosen(
    carry: str, values: Collection[str], located: bool, finer: bool, level: str
) -> list[str]:
    """Which of the given columns take the place of computed ones."""
    if carry != "needed":
        return list(values) if carry == "always" else []
    # Paper 2 sums the population of sub-districts: for counties without them nothing else can.
    computable = located and (finer or level == "subdistrict")
    return [name for name in values if not (located if name == DISTANCE else computable)]


def of_pairs(tables: frames.Canonical, ids: pd.Index, square: np.ndarray) -> np.ndarray:
    """(n_pairs,) the value of each flow, from a matrix in the order of ``ids``."""
    ends = (ids.get_indexer(tables.flows[end]) for end in ("origin", "destination"))
    return square[tuple(ends)]


def held_against(
    tables: frames.Canonical,
    values: Mapping[str, np.ndarray],
    paths: Mapping[str, Path],
    *,
    carried: Collection[str],
    located: bool,
) -> frames.Canonical:
    """Tables with the carried columns, and notes on how far given values are from computed ones.

    Raises
    ------
    ValueError
        If a carried value is missing, a distance is 0, or a unit is wrong by its size.
    """
    notes = dict(tables.notes)
    path = {COLUMNS[role]: file for role, file in paths.items()}
    for column, given in values.items():
        _check(column, given, tables.flows, path[column], column in carried)
    if values and not tables.flows.empty:
        for column, computed in _computed(tables, values).items():
            _compare(column, values[column], computed, path[column], located, notes)
    flows = tables.flows.assign(**{column: values[column] for column in carried})
    result = frames.assemble(tables.zones, flows, tables.places, notes)
    for column in values:
        kept = column in result.flows
        result.notes[f"given {column}"] = "used" if kept else "checked, not used"
    return result


def _computed(tables: frames.Canonical, wanted: Collection[str]) -> dict[str, np.ndarray]:
    found = {}
    for population in ("residential", "workplace"):
        if tables.zones[f"{population}_population"].isna().any():
            continue
        pairs = build_pairs(tables.zones, tables.flows, tables.places, population=population)
        found[DISTANCE] = pairs.distance_km
        found[f"opportunities_{population}"] = pairs.intervening
    return {column: found[column] for column in wanted if column in found}


def _check(column: str, given: np.ndarray, flows: pd.DataFrame, path: Path, carried: bool) -> None:
    missing = np.isnan(given)
    rules = [(missing, "is missing: add it, or give coordinates and places")] if carried else []
    if column == DISTANCE:
        rules.append((given == 0, "is 0 between two zones: merge them, or correct it"))
    for bad, rule in rules:
        if bad.any():
            origin, destination = flows.loc[np.argmax(bad), ["origin", "destination"]]
            raise ValueError(
                f"{path}: {column} of [{origin!r}][{destination!r}], which has a flow, {rule} "
                f"({np.count_nonzero(bad)} such pairs)"
            )


def _compare(
    column: str,
    given: np.ndarray,
    computed: np.ndarray,
    path: Path,
    located: bool,
    notes: dict[str, int | float | str],
) -> None:
    both = np.isfinite(given) & (given > 0) & (computed > 0)
    if not both.any():
        return
    ratio = float(np.median(given[both] / computed[both]))
    if not 1 / _FAR_OFF < ratio < _FAR_OFF:
        option = "distance_unit" if column == DISTANCE else "opportunity_unit or population_unit"
        raise ValueError(
            f"{path}: {column} is {ratio:.3g} times what the coordinates and populations give: "
            f"set the option {option}"
        )
    off = np.abs(given - computed) > _TOLERANCE * np.maximum(given, computed)
    off &= np.isfinite(given)
    label = "coordinates" if located else "reconstructed points"
    notes[f"given {column}, pairs more than 1 % from the {label}"] = int(off.sum())
    if off.any():
        print(
            f"warning: {path.name}: {column} differs by more than 1 % from what the {label} give "
            f"for {int(off.sum()):,} of {off.size:,} pairs (median ratio {ratio:.4g})"
        )
