"""Deterrences: the part of a log weight that depends on the pair, and all that it needs.

Each states here, and nowhere else, how many parameters it takes and which columns it reads. The
compiled ones are computed in ``rows.py``; ``written`` takes a plain NumPy function instead.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from movelaws.allocation import rows
from movelaws.od import Pairs

BY_DISTANCE = frozenset({"distance_km", "log_distance"})
_READABLE = ("distance_km", "intervening", "circle")


@dataclass(frozen=True)
class Deterrence:
    """How the weight of a pair falls with its distance or with intervening opportunities.

    Attributes
    ----------
    code : branch of the kernels in ``rows.py``.
    parameters : how many it takes, the last ones of the model.
    columns : fields of ``prepared.Columns`` that it reads; the others are left empty.
    linear : whether the log weight is linear in the parameters.
    function : of a ``written`` deterrence, else None.
    """

    code: int
    parameters: int
    columns: tuple[str, ...]
    linear: bool
    function: Callable[..., np.ndarray] | None = None


NONE = Deterrence(rows.NONE, 0, (), linear=True)
POWER = Deterrence(rows.POWER, 1, ("log_distance",), linear=True)
EXPONENTIAL = Deterrence(rows.EXPONENTIAL, 1, ("distance_km",), linear=True)
STRETCHED = Deterrence(rows.STRETCHED, 1, ("log_distance",), linear=False)
SCALED_STRETCHED = Deterrence(rows.SCALED_STRETCHED, 2, ("log_distance",), linear=False)
RADIATION = Deterrence(rows.RADIATION, 0, ("intervening",), linear=True)
OPPORTUNITIES = Deterrence(rows.OPPORTUNITIES, 1, ("intervening",), linear=True)
PRIORITY = Deterrence(rows.PRIORITY, 0, ("intervening",), linear=True)
EXTENDED_RADIATION = Deterrence(
    rows.EXTENDED_RADIATION, 1, ("intervening", "log_inner", "log_ratio"), linear=False
)
CIRCLE = Deterrence(rows.CIRCLE, 0, ("circle",), linear=True)


def written(
    function: Callable[..., np.ndarray],
    reads: tuple[str, ...] = ("distance_km",),
    *,
    linear: bool = False,
) -> Deterrence:
    """A deterrence by a plain NumPy function, differentiated numerically: slower, but a few lines.

    Parameters
    ----------
    function : ``function(pairs, *parameters)`` returns the natural logarithm of the weight of
        every pair (n_pairs,), up to a term of the origin; -inf where the weight is 0. ``pairs``
        has ``origin``, ``destination``, ``mass`` and what is named in ``reads``. It is also called
        up to a five-hundredth of the search range beyond the bounds of a parameter, and must be
        smooth there.
    reads : which of ``pairs.distance_km`` (km), ``pairs.intervening`` and ``pairs.circle``
        (people) it uses.
    linear : the result is linear in all parameters: calibration by likelihood is then faster.
        ``calibrate`` refuses a model of which this is said and not true.

    Raises
    ------
    ValueError
        If ``reads`` names anything else, or the function takes its parameters by keyword.
    """
    if isinstance(reads, str) or not set(reads) <= set(_READABLE):
        raise ValueError(f"reads = {reads!r}: name some of {', '.join(_READABLE)}, as a tuple")
    signature = list(inspect.signature(function).parameters.values())
    by_place = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    if not signature or any(p.kind not in by_place for p in signature):
        raise ValueError(f"{function.__name__}: write it as function(pairs, first, second, ...)")
    return Deterrence(rows.WRITTEN, len(signature) - 1, tuple(reads), linear, function)


class ReadablePairs:
    """The pairs as a written deterrence sees them: without flows or what it does not declare."""

    def __init__(self, pairs: Pairs, model: str, reads: tuple[str, ...]):
        self.n_zones, self.n_pairs = pairs.n_zones, pairs.n_pairs
        self.zone_ids, self.mass = pairs.zone_ids, pairs.mass
        self.origin, self.destination = pairs.origin, pairs.destination
        self._model = model
        for name in reads:
            setattr(self, name, getattr(pairs, name))

    def __getattr__(self, name: str) -> np.ndarray:
        advice = f"add it to reads = ({name!r}, ...)" if name in _READABLE else "weights cannot"
        raise AttributeError(f"{self._model}: the weight reads pairs.{name}: {advice}")
