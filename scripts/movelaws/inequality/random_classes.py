"""The comparison of a case with random classes, all its variables in one batch."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from movelaws.inequality.case import Case
from movelaws.inequality.draws import RandomClasses


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
    scales = np.array([10.0**n for n in exponents])
    tables = []
    for variable, shape in case.shapes.items():
        table = random.draws(
            shape, scales, model=case.model, first=first, count=count, seed=seed,
            job=(*job, variable), drop_exact=drop_exact,
        )  # fmt: skip
        at = np.tile(np.arange(len(scales)), count)
        exponent = np.asarray(exponents, dtype=float)[at]
        tables.append(table.assign(variable=variable, exponent=exponent))
    columns = ["variable", "exponent", "draw", "u", "effect_mw", "hamming", "weighted_hamming"]
    return pd.concat(tables, ignore_index=True)[columns]
