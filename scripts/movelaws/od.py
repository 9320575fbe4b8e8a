"""Origin-destination pairs: flows, distances, masses and opportunities, row after row."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import geopandas
import numpy as np
import pandas as pd

from movelaws.geo import Embedding, distance_kind, embed, pair_distance_km
from movelaws.opportunities import circle_population, intervening, resolution_km

Population = Literal["workplace", "residential"]
Support = Literal["observed", "all"]

_MOST_PAIRS = 4e8


@dataclass(frozen=True, eq=False)
class Pairs:
    """Origin-destination pairs in compressed rows: sorted by origin, then destination.

    Attributes
    ----------
    zone_ids : (n_zones,) str.
    start : (n_zones + 1,) int64; the pairs of origin i are start[i]:start[i + 1].
    destination : (n_pairs,) int32, index of the destination zone.
    flow : (n_pairs,) recorded flow, people; 0 where nothing was recorded.
    distance_km : (n_pairs,) > 0.
    mass : (n_zones,) population of the zones, people.
    intervening : (n_pairs,) s_ij, people; see :func:`movelaws.opportunities.intervening`.
    circle : (n_pairs,) S_ji, people, or None; see
        :func:`movelaws.opportunities.circle_population`.
    """

    zone_ids: np.ndarray
    start: np.ndarray
    destination: np.ndarray
    flow: np.ndarray
    distance_km: np.ndarray
    mass: np.ndarray
    intervening: np.ndarray
    circle: np.ndarray | None = None

    def __post_init__(self) -> None:
        n_zones, n_pairs = len(self.zone_ids), len(self.destination)
        expected = {"start": n_zones + 1, "mass": n_zones, "flow": n_pairs}
        expected |= {"distance_km": n_pairs, "intervening": n_pairs}
        if self.circle is not None:
            expected["circle"] = n_pairs
        for name, length in expected.items():
            if np.shape(getattr(self, name)) != (length,):
                raise ValueError(
                    f"{name} has shape {np.shape(getattr(self, name))}, expected ({length},) for "
                    f"{n_zones} zones and {n_pairs} pairs"
                )
        if self.start[0] != 0 or self.start[-1] != n_pairs or (np.diff(self.start) < 0).any():
            raise ValueError(f"start must rise from 0 to the number of pairs, {n_pairs}")

    @property
    def n_zones(self) -> int:
        """Number of zones, those without pairs included."""
        return len(self.zone_ids)

    @property
    def n_pairs(self) -> int:
        """Number of pairs."""
        return len(self.destination)

    @property
    def origin(self) -> np.ndarray:
        """(n_pairs,) int32, index of the origin zone of each pair."""
        return np.repeat(np.arange(self.n_zones, dtype=np.int32), np.diff(self.start))

    @property
    def outflow(self) -> np.ndarray:
        """(n_zones,) sum of the flows that leave each zone, people; 0 without pairs."""
        return np.bincount(self.origin, weights=self.flow, minlength=self.n_zones)

    def subset(self, origins: Sequence[int] | np.ndarray) -> "Pairs":
        """The pairs that leave the given zones; zones and masses are kept whole.

        Parameters
        ----------
        origins : indices of origin zones, in any order and each once, or (n_zones,) booleans.

        Returns
        -------
        Pairs with the same zones; the rows of all other origins are empty.

        Raises
        ------
        ValueError
            If an index is out of range or repeated, or a mask has the wrong length.
        """
        kept = self._origin_mask(np.asarray(origins))
        pair = np.repeat(kept, np.diff(self.start))
        counts = np.where(kept, np.diff(self.start), 0)
        rows = {"destination", "flow", "distance_km", "intervening", "circle"}
        columns = {name: getattr(self, name) for name in rows}
        return replace(
            self,
            start=_row_starts(counts),
            **{name: None if c is None else c[pair] for name, c in columns.items()},
        )

    def _origin_mask(self, origins: np.ndarray) -> np.ndarray:
        if origins.dtype == bool:
            if origins.shape != (self.n_zones,):
                raise ValueError(f"origins is a mask of {origins.size}, not {self.n_zones} zones")
            return origins
        mask = np.zeros(self.n_zones, dtype=bool)
        if origins.size == 0:
            return mask
        if not np.issubdtype(origins.dtype, np.integer):
            raise ValueError(f"origins are indices or booleans, not {origins.dtype}")
        if origins.min() < 0 or origins.max() >= self.n_zones:
            raise ValueError(
                f"origins must be between 0 and {self.n_zones - 1}, found "
                f"{origins.min()} to {origins.max()}"
            )
        mask[origins] = True
        if np.count_nonzero(mask) != origins.size:
            values, counts = np.unique(origins, return_counts=True)
            raise ValueError(f"origins names zone {values[counts > 1][0]} more than once")
        return mask


def build_pairs(
    zones: geopandas.GeoDataFrame,
    flows: pd.DataFrame,
    places: pd.DataFrame,
    *,
    population: Population = "workplace",
    support: Support = "observed",
    circle: bool = False,
) -> Pairs:
    """Turn canonical tables into pairs with distances, masses and opportunities.

    Parameters
    ----------
    zones : zone_id, x, y and the two population columns; the CRS says how distances are measured.
    flows : origin, destination (zone ids, not equal) and flow >= 0, one row per pair.
    places : zone_id, x, y and the two population columns, in the CRS of the zones. A place whose
        zone is not among the zones counts as an opportunity between any two of them.
    population : which population is the mass, "workplace" or "residential".
    support : "observed", one pair per row of the flows, or "all" n (n - 1) ordered pairs with flow
        0 where nothing was recorded.
    circle : also sum the population within the circle around the destination (S_ji).

    Returns
    -------
    Pairs, zones in the order of the table.

    Raises
    ------
    ValueError
        If an id is repeated or unknown, a pair is repeated or stays in its zone, a flow or a
        population is negative or not finite, a point cannot be measured from, two zones of a
        pair share one point, or all pairs are more than 4e8 (about 8 bytes each a column).
    """
    if support not in ("observed", "all"):
        raise ValueError(f"support = {support!r} is neither 'observed' nor 'all'")
    if population not in ("workplace", "residential"):
        raise ValueError(f"population = {population!r} is neither 'workplace' nor 'residential'")
    ids = _checked_ids(zones)
    if support == "all":
        _check_number(ids.size)
    points, place_points = _embedded(zones, places)
    mass = _checked_population(zones, f"{population}_population", "zones", "zone_id")
    place_mass = _checked_population(places, f"{population}_population", "places", "place_id")
    start, destination, flow = _rows(ids, flows, support)
    distance = pair_distance_km(points, start, destination)
    _check_apart(ids, start, destination, distance, resolution_km(points, place_points))
    s = intervening(
        points, start, destination, distance,
        place_points, ids.get_indexer(places["zone_id"]), place_mass,
    )  # fmt: skip
    around = circle_population(points, start, destination, distance, mass) if circle else None
    return Pairs(ids.to_numpy(dtype=object), start, destination, flow, distance, mass, s, around)


def _checked_ids(zones: pd.DataFrame) -> pd.Index:
    ids = pd.Index(zones["zone_id"])
    if ids.hasnans:
        raise ValueError(f"zones: zone_id of row {int(np.argmax(ids.isna()))} is missing")
    if not ids.is_unique:
        raise ValueError(f"zones: zone_id {ids[ids.duplicated()][0]!r} appears more than once")
    return ids


def _check_number(n: int) -> None:
    """Raise before so many pairs are allocated that no memory holds them."""
    if n * (n - 1) > _MOST_PAIRS:
        raise ValueError(
            f"zones: {n:,} zones make {n * (n - 1):.3g} pairs, more than {_MOST_PAIRS:g}: join "
            "zones (squares, clusters), raise min_trips, or choose support='observed'"
        )


def _embedded(zones: geopandas.GeoDataFrame, places: pd.DataFrame) -> tuple[Embedding, Embedding]:
    crs = getattr(zones, "crs", None)
    other = getattr(places, "crs", None)
    if other is not None and other != crs:
        raise ValueError(
            f"places are in {other.name!r}, zones in {getattr(crs, 'name', None)!r}: "
            "convert the places with places.to_crs(zones.crs) and set their x and y again"
        )
    kind = distance_kind(crs)
    return (
        embed(zones["x"].to_numpy(dtype=float), zones["y"].to_numpy(dtype=float), kind, "zones"),
        embed(places["x"].to_numpy(dtype=float), places["y"].to_numpy(dtype=float), kind, "places"),
    )


def _checked_population(table: pd.DataFrame, column: str, name: str, key: str) -> np.ndarray:
    # a copy, as pandas may hand out what is read-only, and kernels would be compiled for both
    values = table[column].to_numpy(dtype=float, na_value=np.nan, copy=True)
    bad = ~(np.isfinite(values) & (values >= 0))
    if bad.any():
        row = int(np.argmax(bad))
        label = table[key].iloc[row] if key in table else row
        raise ValueError(
            f"{name}: {column} of {key} {label!r} is {values[row]} ({np.count_nonzero(bad)} such "
            "rows); populations are finite and >= 0: supply the number, drop the row, or choose "
            "the other population"
        )
    return values


def _rows(
    ids: pd.Index, flows: pd.DataFrame, support: Support
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    origin, destination = (_zone_index(ids, flows[end], end) for end in ("origin", "destination"))
    flow = flows["flow"].to_numpy(dtype=float, na_value=np.nan)
    for bad, what in (
        (origin == destination, "stays in its zone: drop flows within a zone"),
        (~(np.isfinite(flow) & (flow >= 0)), "is not finite and >= 0: correct or drop it"),
    ):
        if bad.any():
            row = int(np.argmax(bad))
            raise ValueError(
                f"flows: {_pair_name(ids, origin[row], destination[row])} with flow {flow[row]} "
                f"{what} ({np.count_nonzero(bad)} such rows)"
            )
    n = ids.size
    code = origin * n + destination
    order = np.argsort(code, kind="stable")
    repeated = np.flatnonzero(np.diff(code[order]) == 0)
    if repeated.size:
        row = order[repeated[0]]
        raise ValueError(
            f"flows: {_pair_name(ids, origin[row], destination[row])} appears more than once "
            f"({repeated.size} repeated rows): sum them or drop the copies"
        )
    if support == "observed":
        start = _row_starts(np.bincount(origin, minlength=n))
        return start, destination[order].astype(np.int32), flow[order]
    everything = np.zeros(n * max(n - 1, 0))
    # Row i lists all zones but i, so those behind i move up by one place.
    everything[origin * (n - 1) + destination - (destination > origin)] = flow
    return _row_starts(np.full(n, max(n - 1, 0))), _all_destinations(n), everything


def _all_destinations(n: int) -> np.ndarray:
    """All zones but i, for each i; shape (n (n - 1),)."""
    square = np.broadcast_to(np.arange(n, dtype=np.int32), (n, n))
    return square[~np.eye(n, dtype=bool)]


def _row_starts(counts: np.ndarray) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _zone_index(ids: pd.Index, named: pd.Series, end: str) -> np.ndarray:
    index = ids.get_indexer(named)
    unknown = index < 0
    if unknown.any():
        examples = pd.unique(named.to_numpy()[unknown])
        raise ValueError(
            f"flows: {end} {examples[0]!r} is not among the zones ({examples.size} unknown zones "
            f"in {np.count_nonzero(unknown)} rows): add the zones or drop these flows"
        )
    return index.astype(np.int64)


def _pair_name(ids: pd.Index, origin: int, destination: int) -> str:
    return f"{ids[origin]!r} -> {ids[destination]!r}"


def _check_apart(
    ids: pd.Index, start: np.ndarray, destination: np.ndarray, distance: np.ndarray, step: float
) -> None:
    if distance.size == 0 or distance.min() > step:
        return
    together = np.flatnonzero(distance <= step)
    origin = np.searchsorted(start, together[0], side="right") - 1
    raise ValueError(
        f"zones {ids[origin]!r} and {ids[destination[together[0]]]!r} have the same point, so "
        f"their distance is 0 ({together.size} such pairs): merge the zones, move one "
        "point, or drop the pairs"
    )
