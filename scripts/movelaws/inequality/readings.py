"""Other readings of a case: do the tests come out differently if the text is read another way?

Held against the standard model only: random classes cost a thousand times as much and answer
another question.
"""

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from movelaws.inequality.case import Case, build
from movelaws.inequality.comparison import compare

AS_READ, REVERSED = "as read", "reversed"
OUTFLOW, POPULATION = "outflow", "population"
READINGS = (AS_READ, REVERSED, OUTFLOW, POPULATION)
"""As in the config; the penalty the other way round (places with large values are better off);
the other kind of outflows; the other population."""

_OTHER = {
    OUTFLOW: {"observed": "regression", "regression": "observed"},
    POPULATION: {"residential": "workplace", "workplace": "residential"},
}


def readings(
    zones: gpd.GeoDataFrame,
    flows: pd.DataFrame,
    places: pd.DataFrame,
    settings: Mapping,
    exponents: Sequence[float],
    wanted: Sequence[str],
    *,
    drop_exact: bool,
) -> pd.DataFrame:
    """Both tests of every variable and penalty under other readings.

    Parameters
    ----------
    zones, flows, places : canonical tables.
    settings : of :func:`movelaws.inequality.case.build`.
    exponents : n of the penalties 10^n.
    wanted : of ``READINGS``.
    drop_exact : as for the tests of the case.

    Returns
    -------
    DataFrame: reading, variable, label, exponent, penalty (below 0 where reversed), p_mw, hamming,
    hamming_standard, p_binomial, z, p_z.

    Raises
    ------
    ValueError
        For an unknown reading, or one that the tables have no population for.
    """
    tables = []
    for reading in wanted:
        if reading not in READINGS:
            raise ValueError(f"reading {reading!r} is unknown; choose of {', '.join(READINGS)}")
        changed = dict(settings)
        if reading in _OTHER:
            changed[reading] = _OTHER[reading][settings[reading]]
        case = build(zones, flows, places, **changed)
        sign = -1.0 if reading == REVERSED else 1.0
        tables.append(_tested(case, exponents, sign, drop_exact).assign(reading=reading))
    table = pd.concat(tables, ignore_index=True)
    return table[["reading", *(name for name in table.columns if name != "reading")]]


def _tested(case: Case, exponents: Sequence[float], sign: float, drop_exact: bool) -> pd.DataFrame:
    observed = np.rint(case.surroundings.flow).astype(np.int64).ravel()
    baseline = case.standard().ravel()
    rows = []
    for variable, shape in case.shapes.items():
        for exponent in exponents:
            penalty = sign * 10.0**exponent
            predicted = case.flows_of(case.weights(shape, penalty)[0]).ravel()
            found = compare(observed, baseline, predicted, drop_exact=drop_exact)
            rows.append(
                {
                    "variable": variable,
                    "label": case.labels[variable],
                    "exponent": exponent,
                    "penalty": penalty,
                    "p_mw": found.p_mw,
                    "hamming": found.hamming,
                    "hamming_standard": found.hamming_standard,
                    "p_binomial": found.p_binomial,
                    "z": found.z,
                    "p_z": found.p_z,
                }
            )
    return pd.DataFrame(rows)
