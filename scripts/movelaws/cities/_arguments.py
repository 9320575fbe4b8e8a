"""Checks of arguments that several models of cities share (private)."""

import math

import numpy as np


def positive(value: float, name: str) -> float:
    """``value`` as a float > 0, or a ValueError that names it."""
    number = _real(value, name)
    if not (math.isfinite(number) and number > 0):
        raise ValueError(f"{name} = {value!r}: a finite number > 0 is needed")
    return number


def whole(value: int, name: str, least: int = 1) -> int:
    """``value`` as an integer of at least ``least``, or a ValueError that names it."""
    number = _real(value, name)
    if number != int(number) or number < least:
        raise ValueError(f"{name} = {value!r}: a whole number of at least {least} is needed")
    return int(number)


def vector(values: np.ndarray, name: str, size: int | None = None) -> np.ndarray:
    """``values`` as one row of finite floats (contiguous), or a ValueError that names the bad."""
    row = np.ascontiguousarray(values, dtype=float)
    if row.ndim != 1 or (size is not None and row.size != size):
        expected = "(n,)" if size is None else f"({size},)"
        raise ValueError(f"{name} has shape {row.shape}, expected {expected}")
    bad = ~np.isfinite(row)
    if bad.any():
        at = int(np.argmax(bad))
        raise ValueError(f"{name}[{at}] = {row[at]}: finite numbers are needed")
    return row


def positives(values: np.ndarray, name: str, size: int | None = None) -> np.ndarray:
    """``values`` as one row of finite floats > 0, or a ValueError that names the bad one."""
    row = vector(values, name, size)
    if (row <= 0).any():
        at = int(np.argmax(row <= 0))
        raise ValueError(f"{name}[{at}] = {row[at]}: numbers > 0 are needed")
    return row


def rising(edges: np.ndarray, name: str = "edges") -> np.ndarray:
    """Bin edges as floats that rise from >= 0; the last may be infinite."""
    row = np.ascontiguousarray(edges, dtype=float)
    if row.ndim != 1 or row.size < 2:
        raise ValueError(f"{name} has shape {row.shape}: at least two edges in a row are needed")
    if np.isnan(row).any() or row[0] < 0:
        raise ValueError(f"{name} starts at {row[0]} or holds nan: edges are numbers >= 0")
    falls = np.diff(row) <= 0
    if falls.any():
        at = int(np.argmax(falls))
        raise ValueError(
            f"{name}[{at + 1}] = {row[at + 1]} does not exceed {name}[{at}] = {row[at]}"
        )
    return row


def generator(rng: np.random.Generator) -> np.random.Generator:
    """``rng`` if it is a Generator, or a TypeError that says where to get one."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng = {rng!r}: pass movelaws.seeds.stream(seed, job)")
    return rng


def _real(value: float, name: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} = {value!r}: a number is needed") from error
