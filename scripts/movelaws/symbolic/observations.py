"""What a search for a flow law looks at: variables and flows of pairs, origin after origin."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from movelaws.files import replacing
from movelaws.metrics import rmse

ORIGIN_ONLY = ("r_i", "w_i")
VARIABLES = ("w_i", "w_j", "r_i", "r_j", "d", "s_w", "s_r")


@dataclass(frozen=True, eq=False)
class Observations:
    """Variables and flows of the pairs of a dataset, sorted by origin.

    Attributes
    ----------
    names : names of the variables, such as ``("w_i", "w_j", "d")``.
    columns : (n_variables, n_rows) float64, one row of the array per variable.
    start : (n_origins + 1,) int64; the rows of origin i are start[i]:start[i + 1], at least one.
    flow : (n_rows,) float64 >= 0.
    zone : (n_origins,) index of the zone of each origin.
    destination : (n_rows,) index of the destination zone.
    zone_ids : (n_zones,) identifiers of all zones.
    """

    names: tuple[str, ...]
    columns: np.ndarray
    start: np.ndarray
    flow: np.ndarray
    zone: np.ndarray
    destination: np.ndarray
    zone_ids: np.ndarray

    def __post_init__(self) -> None:
        n_origins, n_rows = len(self.start) - 1, len(self.flow)
        expected = {
            "columns": (len(self.names), n_rows),
            "zone": (n_origins,),
            "destination": (n_rows,),
        }
        for name, shape in expected.items():
            if np.shape(getattr(self, name)) != shape:
                raise ValueError(f"{name} has shape {np.shape(getattr(self, name))}, not {shape}")
        if n_origins < 1 or self.start[0] != 0 or self.start[-1] != n_rows:
            raise ValueError(f"start must rise from 0 to the number of rows, {n_rows}")
        if (np.diff(self.start) < 1).any():
            raise ValueError("every origin needs at least one row")
        if not np.isfinite(self.flow).all() or (self.flow < 0).any():
            raise ValueError("flow must be finite and >= 0 in every row")
        for name, column in zip(self.names, self.columns, strict=True):
            if not np.isfinite(column).all():
                raise ValueError(f"variable {name!r} is not finite in every row")

    @property
    def n_rows(self) -> int:
        """Number of pairs."""
        return len(self.flow)

    @property
    def n_origins(self) -> int:
        """Number of origins."""
        return len(self.start) - 1

    @property
    def origin(self) -> np.ndarray:
        """(n_rows,) index of the origin of each row, from 0 to n_origins - 1."""
        return np.repeat(np.arange(self.n_origins), np.diff(self.start))

    @property
    def outflow(self) -> np.ndarray:
        """(n_origins,) sum of the flows of each origin."""
        return np.add.reduceat(self.flow, self.start[:-1])

    @property
    def origin_only(self) -> np.ndarray:
        """(n_variables,) whether a variable is the same in all rows of every origin.

        Read from the names, not from the values: a law must not depend on chance ties.
        """
        return np.array([name in ORIGIN_ONLY for name in self.names], dtype=bool)

    def of_origins(self, origins: np.ndarray) -> "Observations":
        """The rows of some origins, given by their indices, in the order given."""
        origins = np.asarray(origins)
        sizes = np.diff(self.start)[origins]
        start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        rows = np.repeat(self.start[origins] - start[:-1], sizes) + np.arange(start[-1])
        return self._rows(rows, start, self.zone[origins])

    def of_pairs(self, kept: np.ndarray) -> "Observations":
        """The rows where ``kept`` (n_rows,) is true; origins without any disappear."""
        sizes = np.add.reduceat(kept.astype(np.int64), self.start[:-1])
        start = np.concatenate([[0], np.cumsum(sizes[sizes > 0])]).astype(np.int64)
        return self._rows(np.flatnonzero(kept), start, self.zone[sizes > 0])

    def of_variables(self, names: Sequence[str]) -> "Observations":
        """The same rows with some of the variables only, in the order given.

        Raises
        ------
        ValueError
            If a name is unknown; the message lists those there are.
        """
        unknown = [name for name in names if name not in self.names]
        if unknown:
            raise ValueError(f"variables {unknown} are unknown: choose from {list(self.names)}")
        columns = np.ascontiguousarray(self.columns[[self.names.index(name) for name in names]])
        return Observations(
            tuple(names),
            columns,
            self.start,
            self.flow,
            self.zone,
            self.destination,
            self.zone_ids,
        )

    @property
    def reference_rmse(self) -> float:
        """RMSE of the simplest gravity law m_j / d, by which Fig. 3 normalises; nan without d."""
        mass = next((name for name in ("w_j", "r_j") if name in self.names), None)
        if mass is None or "d" not in self.names:
            return float("nan")
        weight = self.columns[self.names.index(mass)] / self.columns[self.names.index("d")]
        share = weight / np.repeat(np.add.reduceat(weight, self.start[:-1]), np.diff(self.start))
        return float(rmse(self.flow, share * np.repeat(self.outflow, np.diff(self.start))))

    def save(self, path: str | Path) -> None:
        """Write to a NumPy archive, whole; equal observations give equal bytes."""
        arrays = {field.name: np.asarray(getattr(self, field.name)) for field in fields(self)}
        arrays |= {name: arrays[name].astype(str) for name in ("names", "zone_ids")}
        with replacing(path) as temporary, temporary.open("wb") as stream:
            np.savez(stream, **arrays)

    def _rows(self, rows: np.ndarray, start: np.ndarray, zone: np.ndarray) -> "Observations":
        return Observations(
            self.names,
            np.ascontiguousarray(self.columns[:, rows]),
            start,
            self.flow[rows],
            zone,
            self.destination[rows],
            self.zone_ids,
        )


def load(path: str | Path) -> Observations:
    """Read what :meth:`Observations.save` wrote."""
    with np.load(path, allow_pickle=False) as arrays:
        read = {field.name: arrays[field.name] for field in fields(Observations)}
    return Observations(**read | {"names": tuple(str(name) for name in read["names"])})
