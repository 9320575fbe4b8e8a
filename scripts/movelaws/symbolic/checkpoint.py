"""Checkpoints of evolution: everything that a run needs to go on as if it had never stopped."""

import hashlib
import logging
import zipfile
from pathlib import Path

import numpy as np

from movelaws.files import replacing
from movelaws.symbolic._evolution_settings import EvolutionSettings
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.tokens import Program, stacked

_LOG = logging.getLogger(__name__)


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


def load(path: str | Path, of: str) -> dict[str, np.ndarray] | None:
    """The arrays of a checkpoint; None if there is none or it belongs to another run.

    A checkpoint of other data, settings or seeds, or one that cannot be read, is left out with a
    line in the log: the run then starts anew and replaces it.
    """
    path = Path(path)
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        _LOG.warning("checkpoint %s cannot be read (%s): starting anew", path, error)
        return None
    if str(arrays.pop("digest", "")) != of:
        _LOG.warning("checkpoint %s is of other data, settings or seeds: starting anew", path)
        return None
    return arrays
