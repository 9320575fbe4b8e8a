"""Which places offer worse living conditions, and by how much: variables into classes.

A place of class c has benefits scaled by 1 / delta_c, delta_c = 1 + excess_c. The *shape* of a
variable gives each place a number in [0, 1]; its excess is the shape times a scale, which the paper
calls delta - 1 (two classes) or Delta (many classes). A place whose value is unknown is in the
first class: nobody says that it is worse off.
"""

from collections.abc import Iterable

import numpy as np

TWO_CLASSES, MANY_CLASSES = "two_class", "linear"
"""Names of the two ways in which the paper forms classes, each with the model it uses."""


def most_affected(values: np.ndarray, share: float) -> np.ndarray:
    """Shape of two classes: 1 for the share of places with the largest values, else 0.

    The number of penalised places is at most ``share`` times the number of places, rounded half
    up. Equal values stay together: a group of equal values that would exceed the number is left
    out as a whole. The places with the smallest known value are never penalised, so that those
    without any casualty are not taken for want of others, however few values are known.

    Parameters
    ----------
    values : (n,) larger is worse; NaN is unknown.
    share : of all places, those of unknown value included, in (0, 1).

    Returns
    -------
    (n,) float, 0 or 1.

    Raises
    ------
    ValueError
        If the share is out of range, or it selects no place.

    References
    ----------
    Boldini et al., section "Analysis of South Sudan migration data".
    """
    values = _checked(values)
    _check_share(share, "share")
    wanted = number_wanted(values.size, share)
    known = np.sort(values[~np.isnan(values)])[::-1]
    if wanted < 1 or known.size == 0:
        raise ValueError(
            f"share = {share:g} of {values.size} places, {known.size} with a value, penalises none"
        )
    threshold = known[min(wanted, known.size) - 1]
    with np.errstate(invalid="ignore"):
        chosen = values >= threshold
        if np.count_nonzero(chosen) > wanted or threshold == known[-1]:
            chosen = values > threshold
    if not chosen.any():
        raise ValueError(
            f"share = {share:g} penalises no place: {np.count_nonzero(values == threshold)} of "
            f"{values.size} have the largest value, {threshold:g}, so they cannot be told apart"
        )
    return chosen.astype(float)


def number_wanted(n: int, share: float) -> int:
    """How many of n places the share asks for, rounded half up; ties may leave fewer."""
    # 0.29 of 50 places is 14.5, but the product of the two floats lies just below
    return int(np.floor(round(share * n, 9) + 0.5))


def beyond_percentile(values: np.ndarray, percentile: float) -> np.ndarray:
    """Shape of many classes: from 0 at a percentile linearly to 1 at the largest value.

    Parameters
    ----------
    values : (n,) larger is worse; NaN is unknown.
    percentile : in (0, 100), over the places with a value, linear between ranks.

    Returns
    -------
    (n,) in [0, 1]; 0 at and below the percentile.

    Raises
    ------
    ValueError
        If the percentile is out of range or no value lies beyond it.

    References
    ----------
    Boldini et al., section "Analysis of US commuting data".
    """
    values = _checked(values)
    _check_share(percentile / 100, "percentile / 100")
    known = values[~np.isnan(values)]
    if known.size == 0 or known.max() <= (threshold := np.percentile(known, percentile)):
        raise ValueError(
            f"no value lies beyond percentile {percentile:g} of {known.size} known values: "
            "choose a lower percentile, or a variable with more than one value"
        )
    shape = (values - threshold) / (known.max() - threshold)
    return np.where(np.isnan(shape), 0.0, np.clip(shape, 0.0, 1.0))


def union(shapes: Iterable[np.ndarray]) -> np.ndarray:
    """Penalised by any of several variables: the largest of their shapes, (n,).

    Raises
    ------
    ValueError
        If there are none.
    """
    shapes = list(shapes)
    if not shapes:
        raise ValueError("a union needs at least one variable")
    return np.max(shapes, axis=0)


def _checked(values: np.ndarray) -> np.ndarray:
    values = np.asarray(values, dtype=float)
    if values.ndim != 1 or values.size < 2:
        raise ValueError(f"values has shape {values.shape}: give one value for each of the places")
    if np.isinf(values).any():
        raise ValueError(f"values[{int(np.argmax(np.isinf(values)))}] is infinite")
    return values


def _check_share(share: float, name: str) -> None:
    if not 0 < share < 1:
        raise ValueError(f"{name} = {share:g}: must lie between 0 and 1")
