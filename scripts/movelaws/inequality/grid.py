"""The verdict grid: every variable at every penalty, tested and held against random classes."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import numpy as np
import pandas as pd

from movelaws.inequality.allocation import allocate, rounded
from movelaws.inequality.case import Case
from movelaws.inequality.classes import TWO_CLASSES
from movelaws.inequality.comparison import against_random, compare, false_discovery, verdict
from movelaws.inequality.information import (
    akaike_multinomial,
    akaike_squares,
    akaike_wrong_pairs,
)
from movelaws.inequality.standard import standard

STABLE = [
    "variable",
    "delta_or_Delta",
    "U",
    "p_mw",
    "hamming",
    "p_binomial",
    "U_random_q05",
    "hamming_random_q05",
    "significant",
]
"""First columns of ``tests.csv``; later versions keep them."""

DRAWN = {
    "U": "u",
    "effect_mw": "effect_mw",
    "hamming": "hamming",
    "weighted_hamming": "weighted_hamming",
}


def evaluate(case: Case, exponents: Sequence[float], *, drop_exact: bool) -> pd.DataFrame:
    """Statistics of the modified against the standard model, one row per variable and penalty.

    Parameters
    ----------
    case : dataset and variables.
    exponents : n of the penalties 10^n.
    drop_exact : leave pairs that both models get right out of the Mann-Whitney test.

    Returns
    -------
    DataFrame: variable, label, exponent, scale, delta_or_Delta, n_penalised, the fields of
    :class:`movelaws.inequality.comparison.Comparison` (U, hamming, ...), criteria of Akaike
    (``aic_<version>_<model>``) and clipped_share.

    Raises
    ------
    ValueError
        If an observed flow is not a whole number.
    """
    around = case.surroundings
    observed = np.rint(around.flow).astype(np.int64).ravel()
    if (np.abs(observed - around.flow.ravel()) > 1e-6).any():
        worst = float(around.flow.ravel()[np.argmax(np.abs(observed - around.flow.ravel()))])
        raise ValueError(
            f"flows must be whole numbers for tests of exactness, found {worst}: give counts"
        )
    baseline = case.standard().ravel()
    even = np.ones(around.n_zones)
    known = allocate(standard(around), even).ravel()
    rows = []
    for variable, shape in case.shapes.items():
        for exponent in exponents:
            scale = 10.0**exponent
            p, clipped = case.weights(shape, scale)
            predicted = rounded(allocate(p, case.leaving.outflow)).ravel()
            share = np.minimum(allocate(p, even).ravel(), 1.0)
            found = asdict(compare(observed, baseline, predicted, drop_exact=drop_exact))
            criteria = {
                "flows": akaike_multinomial(observed, np.minimum(known, 1.0), share),
                "squares": akaike_squares(observed, baseline, predicted),
                "wrong_pairs": akaike_wrong_pairs(observed, baseline, predicted),
            }
            rows.append(
                {
                    "variable": variable,
                    "label": case.labels[variable],
                    "exponent": exponent,
                    "scale": scale,
                    "delta_or_Delta": 1 + scale if case.model == TWO_CLASSES else scale,
                    "n_penalised": int(np.count_nonzero(shape)),
                    "U": found.pop("u"),
                    **found,
                    **{
                        f"aic_{name}_{which}": getattr(value, which)
                        for name, value in criteria.items()
                        for which in ("standard", "modified")
                    },
                    "clipped_share": clipped / observed.size,
                }
            )
    return pd.DataFrame(rows)


def judge(table: pd.DataFrame, draws: pd.DataFrame, level: float) -> pd.DataFrame:
    """Add what random classes say, the false discovery rates and the paper's verdict.

    Parameters
    ----------
    table : of :func:`evaluate`; a column ``share`` beside the variable is kept apart.
    draws : variable, exponent, draw, u, effect_mw, hamming, weighted_hamming (and ``share``).
    level : of the tests and of the quantile of the random classes.

    Returns
    -------
    ``table`` with, first, the columns ``STABLE``; ``x_random_q05`` is the quantile of statistic x
    at ``level``. ``significant`` asks both tests to be significant and better than random. Where
    pairs that both models predict exactly are dropped, the size n of the samples differs between
    draws and U, which grows with n^2, cannot be compared: ``p_random_U``, ``better_U`` and
    ``significant`` are by U / n^2 (the same as U where nothing is dropped),
    ``significant_printed`` by U itself.

    Raises
    ------
    ValueError
        If a row has no draws.
    """
    keys = [name for name in ("share", "variable", "exponent") if name in table]
    by_row: Mapping = dict(iter(draws.groupby(keys)))
    rows = []
    for _, row in table.iterrows():
        key = tuple(row[name] for name in keys)
        if key not in by_row:
            raise ValueError(
                f"no random classes were drawn for {dict(zip(keys, key, strict=True))}"
            )
        drawn = by_row[key]
        beside = {
            name: against_random(row[name], drawn[column].to_numpy(), level)
            for name, column in DRAWN.items()
        }
        by_size = beside.pop("effect_mw")
        printed = verdict(row["p_mw"], row["p_binomial"], beside["U"], beside["hamming"], level)
        ahead = verdict(row["p_mw"], row["p_binomial"], by_size, beside["hamming"], level)
        rows.append(
            {f"{name}_random_q05": one.quantile for name, one in beside.items()}
            | {"effect_mw_random_q05": by_size.quantile}
            | {f"p_random_{name}": one.p_random for name, one in beside.items()}
            | {
                "p_random_U": by_size.p_random,
                "n_draws": len(drawn),
                "better_U": by_size.better,
                "better_hamming": beside["hamming"].better,
                "significant_U": ahead.mann_whitney,
                "significant_hamming": ahead.hamming,
                "significant": ahead.overall,
                "significant_printed": printed.overall,
            }
        )
    judged = pd.concat([table.reset_index(drop=True), pd.DataFrame(rows)], axis=1)
    for name, p in (("mw", "p_mw"), ("binomial", "p_binomial"), ("z", "p_z")):
        judged[f"q_{name}"] = false_discovery(judged[p].to_numpy())
    for name in ("U", "hamming"):
        judged[f"q_random_{name}"] = false_discovery(judged[f"p_random_{name}"].to_numpy())
    first = [name for name in ("share", *STABLE) if name in judged]
    return judged[[*first, *(name for name in judged.columns if name not in first)]]
