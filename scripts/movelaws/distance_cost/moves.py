"""Moves as distances, with the places they join where those are known."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Moves:
    """Moves, made by :func:`checked_moves`.

    Attributes
    ----------
    r : (n,) distances in metres, >= 0.
    origin, destination : (n,) integers, the places or zones that a move joins, or None.
    weight : (n,) number of times that each was seen, or None for once.
    """

    r: np.ndarray
    origin: np.ndarray | None = None
    destination: np.ndarray | None = None
    weight: np.ndarray | None = None

    def __len__(self) -> int:
        return self.r.size

    @property
    def times(self) -> np.ndarray:
        """(n,) weights, written out."""
        return np.ones(self.r.size) if self.weight is None else self.weight

    def subset(self, rows: np.ndarray) -> "Moves":
        """The moves at ``rows``: indices, a slice or a mask."""
        parts = (self.r, self.origin, self.destination, self.weight)
        return Moves(*(None if part is None else part[rows] for part in parts))


def checked_moves(
    r: np.ndarray,
    origin: np.ndarray | None = None,
    destination: np.ndarray | None = None,
    weight: np.ndarray | None = None,
) -> Moves:
    """Moves ready for the functions of this package.

    Parameters
    ----------
    r : (n,) distances in metres, finite and >= 0.
    origin, destination : (n,) whole numbers >= 0 that name places or zones.
    weight : (n,) finite and > 0.

    Raises
    ------
    ValueError
        If there is no move, shapes differ or a value is not allowed.
    """
    r = np.ascontiguousarray(r, dtype=float)
    if r.ndim != 1 or r.size == 0:
        raise ValueError(f"r has shape {r.shape}: a list of at least one distance is needed")
    bad = ~(np.isfinite(r) & (r >= 0))
    if bad.any():
        at = int(np.argmax(bad))
        raise ValueError(f"r[{at}] = {r[at]}: distances are finite and >= 0, in metres")
    if weight is not None:
        weight = np.ascontiguousarray(weight, dtype=float)
        _check_shape(weight, r.size, "weight")
        bad = ~(np.isfinite(weight) & (weight > 0))
        if bad.any():
            at = int(np.argmax(bad))
            raise ValueError(f"weight[{at}] = {weight[at]}: weights are finite and > 0")
    return Moves(r, _indices(origin, r.size, "origin"),
                 _indices(destination, r.size, "destination"), weight)  # fmt: skip


def checked_indices(values: np.ndarray, n_places: int, name: str) -> np.ndarray:
    """(n,) int64 rows of places, each in [0, n_places).

    Raises
    ------
    ValueError
        If a value is no whole number or names no place.
    """
    values = _indices(values, np.size(values), name)
    bad = values >= n_places
    if bad.any():
        at = int(np.argmax(bad))
        raise ValueError(f"{name}[{at}] = {values[at]}: there are {n_places} places (from 0)")
    return values


def _indices(values, n, name):
    if values is None:
        return None
    values = np.asarray(values)
    _check_shape(values, n, name)
    if values.dtype.kind not in "iu":
        raise ValueError(f"{name} holds {values.dtype}: whole numbers that name places are needed")
    if values.size and values.min() < 0:
        at = int(np.argmin(values))
        raise ValueError(f"{name}[{at}] = {values[at]}: numbers of places are >= 0")
    return np.ascontiguousarray(values, dtype=np.int64)


def _check_shape(values, n, name):
    if values.shape != (n,):
        raise ValueError(f"{name} has shape {values.shape}, expected ({n},)")
