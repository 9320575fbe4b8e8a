"""Numbers as the caller gave them, refused with their name where they are none (private)."""

import math
from numbers import Integral
from typing import Any

import numpy as np

_LARGEST_EXPONENT = 1e8


def label(name: Any) -> str:
    """A name or an index as it is written, not as the NumPy scalar that holds it."""
    return repr(name.item() if isinstance(name, np.generic) else name)


def real_number(name: str, value: Any) -> float:
    """The number, where it is one: no text, no complex number, no array.

    Raises
    ------
    ValueError
        Names the argument and its value.
    """
    number = real_array(name, value)
    if number.ndim:
        raise ValueError(f"{name} has shape {number.shape}, expected one number")
    return float(number)


def real_array(name: str, values: Any) -> np.ndarray:
    """Real numbers as float64, where they are; texts and complex numbers are not made to fit.

    Raises
    ------
    ValueError
        Names the argument and the first value that is no real number.
    """
    try:
        array = np.asarray(values)
    except ValueError:
        raise ValueError(f"{name}: rows are of unequal length") from None
    if array.dtype.kind in "biuf":
        return np.asarray(array, dtype=float)
    for value in array.ravel().tolist():
        if not _is_real(value):
            raise ValueError(
                f"{name} holds {value!r}, a {type(value).__name__}: real numbers are needed"
            )
    return array.astype(float)


def _is_real(value: Any) -> bool:
    """Whether float() takes it, and not because it reads text."""
    if value is None or isinstance(value, str | bytes | complex):
        return False
    try:
        float(value)
    except (TypeError, ValueError, OverflowError):
        return False
    return True


def check_exponent(name: str, value: float) -> float:
    """An exponent >= 0 that leaves digits to what it is applied to, or a ValueError."""
    value = real_number(name, value)
    if not 0 <= value <= _LARGEST_EXPONENT:
        raise ValueError(
            f"{name} = {value}: exponents are >= 0 and at most {_LARGEST_EXPONENT:g}, beyond "
            "which rounding decides where people go"
        )
    return value


def check_settings(tolerance: float, max_iterations: int, memory: int) -> None:
    """Raise a ValueError that names the setting of an iteration that cannot be used."""
    if not 0 < real_number("tolerance", tolerance) < math.inf:
        raise ValueError(f"tolerance = {tolerance} must be finite and > 0")
    for name, value, least in (("max_iterations", max_iterations, 1), ("memory", memory, 0)):
        if not isinstance(value, Integral) or value < least:
            raise ValueError(f"{name} = {value!r}: a whole number, at least {least}, is needed")
