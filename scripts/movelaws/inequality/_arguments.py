"""Checks of the arguments that the models share (private)."""

import numpy as np

from movelaws.inequality.surroundings import Surroundings

_ALLOWED = "the excess delta - 1 is finite and above -1, since benefits lie in [0, 1 / delta]"


def checked_excess(surroundings: Surroundings, excess: np.ndarray) -> np.ndarray:
    """(n,) excess of each zone as floats, or a ValueError that names the zone."""
    excess = np.asarray(excess, dtype=float)
    if excess.shape != (surroundings.n_zones,):
        raise ValueError(
            f"excess has shape {excess.shape}, expected ({surroundings.n_zones},): one a zone"
        )
    bad = ~(np.isfinite(excess) & (excess > -1))
    if bad.any():
        zone = int(np.argmax(bad))
        raise ValueError(
            f"excess of zone {surroundings.zone_ids[zone]!r} is {excess[zone]} "
            f"({np.count_nonzero(bad)} such zones): {_ALLOWED}"
        )
    return excess


def checked_common_excess(excess: float) -> float:
    """One excess as a float, or a ValueError."""
    value = np.asarray(excess, dtype=float)
    if value.shape != () or not (np.isfinite(value) and value > -1):
        raise ValueError(f"excess = {excess!r}: {_ALLOWED}")
    return float(value)


def checked_class(surroundings: Surroundings, penalised: np.ndarray) -> np.ndarray:
    """(n,) booleans, or a ValueError."""
    penalised = np.array(penalised)  # kernels would be compiled for read-only ones too
    if penalised.dtype != bool or penalised.shape != (surroundings.n_zones,):
        raise ValueError(
            f"penalised is {penalised.dtype} of shape {penalised.shape}, expected "
            f"({surroundings.n_zones},) booleans: one a zone"
        )
    return penalised
