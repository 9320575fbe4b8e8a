"""The comparison of a case with random classes, all its variables in one batch.

Two nulls: *scattered* deals the classes out to any zones; *contiguous* gives them to a zone and its
nearest neighbours, because places that are struck together lie together, and a patch changes flows
otherwise than as many scattered zones do.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from movelaws.inequality.case import Case
from movelaws.inequality.comparison import CONTIGUOUS
from movelaws.inequality.draws import RandomClasses
from movelaws.seeds import stream

_COLUMNS = ["variable", "exponent", "draw", "u", "effect_mw", "hamming", "weighted_hamming"]


def drawn(
    case: Case,
    exponents: Sequence[float],
    *,
    first: int,
    count: int,
    seed: int,
    job: tuple[str, ...],
    drop_exact: bool,
) -> pd.DataFrame:
    """Statistics of random assignments of each variable's classes to the zones.

    Parameters
    ----------
    case : dataset and variables.
    exponents : n of the penalties 10^n.
    first, count : numbers of the draws; any division into batches gives equal rows.
    seed, job : of the random streams.
    drop_exact : as for the tests of the case.

    Returns
    -------
    DataFrame: variable, exponent, draw, u, effect_mw (U / n^2), hamming, weighted_hamming.
    """
    random = RandomClasses(case.surroundings, case.leaving.outflow)
    scales = _scales(exponents)
    tables = []
    for variable, shape in case.shapes.items():
        table = random.draws(
            shape, scales, model=case.model, first=first, count=count, seed=seed,
            job=(*job, variable), drop_exact=drop_exact,
        )  # fmt: skip
        tables.append(_of_variable(table, variable, exponents))
    return pd.concat(tables, ignore_index=True)


def contiguous(
    case: Case,
    exponents: Sequence[float],
    *,
    count: int,
    seed: int,
    job: tuple[str, ...],
    drop_exact: bool,
) -> pd.DataFrame:
    """Statistics of each variable's classes given to a zone and its nearest neighbours.

    The zone has the largest value of the shape, the nearest other zone the second largest, and so
    on outward. Where the variable's own zones are such a patch, it is among those it is held
    against.

    Parameters
    ----------
    case : dataset and variables.
    exponents : n of the penalties 10^n.
    count : centres, at most; every zone where there are no more of them, else a choice at random,
        the same for all variables.
    seed, job : of the random stream that chooses.
    drop_exact : as for the tests of the case.

    Returns
    -------
    DataFrame as of :func:`drawn`; ``draw`` is the index of the zone in the centre.

    Raises
    ------
    ValueError
        If ``count`` is below 1.
    """
    if count < 1:
        raise ValueError(f"count = {count}: at least one zone must be a centre")
    order = case.surroundings.order
    n = case.surroundings.n_zones
    centres = np.arange(n)
    if n > count:
        rng = stream(seed, *job, CONTIGUOUS)
        centres = np.sort(rng.choice(n, count, replace=False))
    random = RandomClasses(case.surroundings, case.leaving.outflow)
    scales = _scales(exponents)
    tables = []
    for variable, shape in case.shapes.items():
        table = random.statistics(
            _patches(shape, order, centres), scales, model=case.model, drop_exact=drop_exact
        )
        table["draw"] = centres[table["draw"]]
        tables.append(_of_variable(table, variable, exponents))
    return pd.concat(tables, ignore_index=True)


def _patches(shape: np.ndarray, order: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """(n_centres, n) the values of the shape, largest first, from each centre outward."""
    falling = np.sort(shape)[::-1]
    outward = np.column_stack([centres, order[centres]])
    patches = np.empty(outward.shape)
    np.put_along_axis(patches, outward, np.broadcast_to(falling, outward.shape), axis=1)
    return patches


def _scales(exponents: Sequence[float]) -> np.ndarray:
    return np.array([10.0**n for n in exponents])


def _of_variable(table: pd.DataFrame, variable: str, exponents: Sequence[float]) -> pd.DataFrame:
    """With the exponent that made each scale: its logarithm may differ in the last digit."""
    at = np.tile(np.arange(len(exponents)), len(table) // len(exponents))
    exponent = np.asarray(exponents, dtype=float)[at]
    return table.assign(variable=variable, exponent=exponent)[_COLUMNS]
