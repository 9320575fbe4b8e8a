"""Checkpoints of evolution: everything that a run needs to go on as if it had never stopped."""

import hashlib
import logging
from pathlib import Path

import numpy as np

from movelaws.files import read_arrays, replacing
from movelaws.symbolic._evolution_settings import EvolutionSettings
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.tokens import Program, stacked

_LOG = logging.getLogger(__name__)

_GROWING = ("hall_", "tried_")  # arrays with a row per law; all others keep their shapes


def digest(
    observations: Observations, settings: EvolutionSettings, seeds: list[Program], seed: int
) -> str:
    """Fingerprint of a run: data, settings (all but the number of iterations), seeds."""
    parts = hashlib.sha256(f"{settings.identity()} {seed} {observations.names}".encode())
    arrays = [observations.columns, observations.start, observations.flow, *stacked(seeds)]
    for array in arrays:
        parts.update(f"{array.shape} {array.dtype}".encode())
        parts.update(np.ascontiguousarray(array).tobytes())
    return parts.hexdigest()


def save(path: str | Path, of: str, arrays: dict[str, np.ndarray]) -> None:
    """Write the arrays of a run with its digest, whole or not at all."""
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, digest=np.array(of), **arrays)


def load(
    path: str | Path, of: str, like: dict[str, np.ndarray], iterations: int
) -> dict[str, np.ndarray] | None:
    """The arrays of a checkpoint; None if there is none, or none that this run can go on from.

    A checkpoint of other data, settings or seeds, of more iterations than are asked for now, or
    one that is broken, is left out with a line in the log: the run then starts anew and replaces
    it. One of fewer iterations is gone on from: what an iteration does depends on its number, not
    on how many there will be.

    Parameters
    ----------
    path : file (npz).
    of : the `digest` of this run.
    like : the arrays of this run at its start: their names, types and widths are those needed.
    iterations : that this run is asked for.
    """
    path = Path(path)
    if not path.exists():
        return None
    try:
        arrays = read_arrays(path)
        if str(arrays.pop("digest", "")) != of:
            _LOG.warning("checkpoint %s is of other data, settings or seeds: starting anew", path)
            return None
        _check(arrays, like)
    except ValueError as error:
        _LOG.warning("checkpoint %s cannot be read (%s): starting anew", path, error)
        return None
    if int(arrays["iteration"]) > iterations:
        _LOG.warning(
            "checkpoint %s has %d iterations, %d are asked for: starting anew",
            path,
            int(arrays["iteration"]),
            iterations,
        )
        return None
    return arrays


def _check(arrays: dict[str, np.ndarray], like: dict[str, np.ndarray]) -> None:
    """Whether arrays are of the kinds of others; ValueError if not."""
    for name, model in like.items():
        if name not in arrays:
            raise ValueError(f"the array {name!r} is missing")
        found = arrays[name]
        if found.dtype != model.dtype or found.ndim != model.ndim:
            raise ValueError(f"the array {name!r} is {found.dtype} {found.shape}")
        if name.startswith("hall_"):  # as wide as the longest law
            continue
        first = 1 if name.startswith(_GROWING) else 0
        if found.shape[first:] != model.shape[first:]:
            raise ValueError(f"the array {name!r} has shape {found.shape}, not {model.shape}")
    for kind in _GROWING:
        rows = {len(arrays[name]) for name in like if name.startswith(kind)}
        if len(rows) > 1:
            raise ValueError(f"the arrays {kind}* have {sorted(rows)} rows")
