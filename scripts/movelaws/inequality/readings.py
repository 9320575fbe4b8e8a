"""Other readings of a case: do the tests come out differently if the text is read another way?

Held against the standard model. Where places with large values are better off instead, the fast
comparison with random classes does not apply (it knows penalties only), so a few of them are run
in full.
"""

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from movelaws.inequality.case import Case, build
from movelaws.inequality.comparison import against_random, compare, false_discovery
from movelaws.seeds import stream

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
    draws: int = 0,
    seed: int = 0,
    job: tuple[str, ...] = (),
) -> pd.DataFrame:
    """Both tests of every variable and penalty under other readings.

    Parameters
    ----------
    zones, flows, places : canonical tables.
    settings : of :func:`movelaws.inequality.case.build`.
    exponents : n of the penalties 10^n.
    wanted : of ``READINGS``.
    drop_exact : as for the tests of the case.
    draws : random classes that the reversed reading is held against, the same for all penalties of
        a variable; each costs a run of the model for each of them.
    seed, job : of their random streams.

    Returns
    -------
    DataFrame: reading, variable, label, exponent, penalty (below 0 where reversed), p_mw, hamming,
    hamming_standard, p_binomial, z, p_z, p_random_hamming (NaN without draws and for readings
    other than reversed), and q_mw, q_binomial, false discovery rates over the whole table.

    Raises
    ------
    ValueError
        For an unknown reading, one that the tables have no population for, or draws below 0.
    """
    if draws < 0:
        raise ValueError(f"draws = {draws}: at least 0 random classes")
    tables = []
    for reading in wanted:
        if reading not in READINGS:
            raise ValueError(f"reading {reading!r} is unknown; choose of {', '.join(READINGS)}")
        changed = dict(settings)
        if reading in _OTHER:
            changed[reading] = _OTHER[reading][settings[reading]]
        case = build(zones, flows, places, **changed)
        sign = -1.0 if reading == REVERSED else 1.0
        dealt = {
            variable: [
                stream(seed, *job, variable, str(k)).permutation(shape)
                for k in range(draws if reading == REVERSED else 0)
            ]
            for variable, shape in case.shapes.items()
        }
        tables.append(_tested(case, exponents, sign, drop_exact, dealt).assign(reading=reading))
    table = pd.concat(tables, ignore_index=True)
    for name in ("mw", "binomial"):
        table[f"q_{name}"] = false_discovery(table[f"p_{name}"].to_numpy())
    return table[["reading", *(name for name in table.columns if name != "reading")]]


def _tested(
    case: Case,
    exponents: Sequence[float],
    sign: float,
    drop_exact: bool,
    dealt: Mapping[str, Sequence[np.ndarray]],
) -> pd.DataFrame:
    observed = np.rint(case.surroundings.flow).astype(np.int64).ravel()
    baseline = case.standard().ravel()
    rows = []
    for variable, shape in case.shapes.items():
        for exponent in exponents:
            penalty = sign * 10.0**exponent
            predicted = _predicted(case, shape, penalty)
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
                    "p_random_hamming": _beside(
                        case, dealt[variable], penalty, observed, found.hamming
                    ),
                }
            )
    return pd.DataFrame(rows)


def _predicted(case: Case, shape: np.ndarray, penalty: float) -> np.ndarray:
    return case.flows_of(case.weights(shape, penalty)[0]).ravel()


def _beside(
    case: Case,
    dealt: Sequence[np.ndarray],
    penalty: float,
    observed: np.ndarray,
    hamming: int,
) -> float:
    """P value of the number of wrong pairs among those of shapes dealt out at random."""
    if not dealt:
        return np.nan
    wrong = [np.count_nonzero(_predicted(case, shape, penalty) != observed) for shape in dealt]
    return against_random(hamming, np.array(wrong)).p_random
