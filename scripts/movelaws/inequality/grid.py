"""The verdict grid: every variable at every penalty, tested and held against random classes."""

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import pandas as pd

from movelaws.inequality.allocation import allocate, rounded
from movelaws.inequality.case import Case
from movelaws.inequality.classes import TWO_CLASSES
from movelaws.inequality.comparison import (
    CONTIGUOUS,
    SCATTERED,
    against_random,
    compare,
    false_discovery,
    verdict,
)
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

_FOUR = ["p_mw", "p_binomial", "p_random_U", "p_random_hamming"]
_ALIKE = ["hamming", "U", "p_random_U", "p_random_hamming"]


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
    draws : variable, exponent, draw, u, effect_mw, hamming, weighted_hamming (and ``share``); a
        column ``null`` tells scattered from contiguous random classes, without it all are
        scattered.
    level : of the tests, of the quantile of the random classes and of the false discovery rate.

    Returns
    -------
    ``table`` with, first, the columns ``STABLE``; ``x_random_q05`` is the quantile of statistic x
    at ``level``. ``significant`` asks both tests to be significant and better than random. Where
    pairs that both models predict exactly are dropped, the size n of the samples differs between
    draws and U, which grows with n^2, cannot be compared: ``p_random_U``, ``better_U`` and
    ``significant`` are by U / n^2 (the same as U where nothing is dropped),
    ``significant_printed`` by U itself.

    Contiguous random classes give ``p_near_U`` (by U / n^2), ``p_near_hamming``,
    ``hamming_near_q05`` and their number ``n_near``; NaN and 0 where none were drawn. The paper's
    verdict does not ask them.

    ``p_all`` is the largest P value of both tests and of both comparisons with scattered classes:
    all four must hold, so it is a valid P value of the row's verdict; NaN if one of them is.
    ``q_all`` is its false discovery rate (Benjamini and Hochberg) over the distinct rows: where
    rows of one variable agree in U, the Hamming distance and both random P values, a penalty
    beyond which nothing changes would else count many times. ``significant_fdr`` is
    q_all < level.

    Raises
    ------
    ValueError
        If a row has no scattered draws.
    """
    keys = [name for name in ("share", "variable", "exponent") if name in table]
    null = draws["null"] if "null" in draws else pd.Series(SCATTERED, index=draws.index)
    scattered, near = (
        dict(iter(draws[null == which].groupby(keys))) for which in (SCATTERED, CONTIGUOUS)
    )
    rows = []
    for _, row in table.iterrows():
        key = tuple(row[name] for name in keys)
        if key not in scattered:
            raise ValueError(
                f"no random classes were drawn for {dict(zip(keys, key, strict=True))}"
            )
        rows.append(
            _beside_scattered(row, scattered[key], level) | _beside_near(row, near.get(key), level)
        )
    judged = pd.concat([table.reset_index(drop=True), pd.DataFrame(rows)], axis=1)
    for name, p in (("mw", "p_mw"), ("binomial", "p_binomial"), ("z", "p_z")):
        judged[f"q_{name}"] = false_discovery(judged[p].to_numpy())
    for name in ("U", "hamming"):
        judged[f"q_random_{name}"] = false_discovery(judged[f"p_random_{name}"].to_numpy())
    judged["p_all"] = judged[_FOUR].max(axis=1, skipna=False)
    judged["q_all"] = _distinct_discovery(judged, [*keys[:-1], *_ALIKE])
    judged["significant_fdr"] = judged["q_all"] < level
    first = [name for name in ("share", *STABLE) if name in judged]
    return judged[[*first, *(name for name in judged.columns if name not in first)]]


def _beside_scattered(row: pd.Series, drawn: pd.DataFrame, level: float) -> dict:
    """Columns of one row beside random classes, and the verdict."""
    beside = {
        name: against_random(row[name], drawn[column].to_numpy(), level)
        for name, column in DRAWN.items()
    }
    by_size = beside.pop("effect_mw")
    printed = verdict(row["p_mw"], row["p_binomial"], beside["U"], beside["hamming"], level)
    ahead = verdict(row["p_mw"], row["p_binomial"], by_size, beside["hamming"], level)
    return (
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


def _beside_near(row: pd.Series, drawn: pd.DataFrame | None, level: float) -> dict:
    """Columns of one row beside contiguous random classes."""
    if drawn is None:
        absent = dict.fromkeys(("p_near_U", "p_near_hamming", "hamming_near_q05"), np.nan)
        return absent | {"n_near": 0}
    effect = against_random(row["effect_mw"], drawn["effect_mw"].to_numpy(), level)
    hamming = against_random(row["hamming"], drawn["hamming"].to_numpy(), level)
    return {
        "p_near_U": effect.p_random,
        "p_near_hamming": hamming.p_random,
        "hamming_near_q05": hamming.quantile,
        "n_near": len(drawn),
    }


def _distinct_discovery(judged: pd.DataFrame, alike: list[str]) -> np.ndarray:
    """q-values of ``p_all`` over rows that differ in a column of ``alike``, for every row."""
    group = judged.groupby(alike, dropna=False, sort=False)
    distinct = false_discovery(judged.loc[group.cumcount() == 0, "p_all"].to_numpy())
    return distinct[group.ngroup().to_numpy()]
