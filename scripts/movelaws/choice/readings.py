"""Is there crowding when the attraction is measured independently of the arrivals?

With A_j = observed arrivals, gamma mends what alpha overdoes: both only move D_j towards A_j. A
population counted elsewhere is free of that, and the likelihood ratio of gamma is then a test.
Beyond the paper.
"""

from collections.abc import Iterable, Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.stats import chi2

from movelaws.choice.fits import Fit, fit_models
from movelaws.choice.intervals import DIFFERENCE
from movelaws.choice.masses import ATTRACTIONS, choice_pairs, observed_arrivals

PARAMETERS = ("alpha", "beta", "gamma")

_NAMES = {"DCG": PARAMETERS, "GMPow2": ("a", "b")}


def attraction_readings(
    zones: gpd.GeoDataFrame,
    flows: pd.DataFrame,
    *,
    objectives: Iterable[str] = ("ssi", "poisson"),
    seed: int = 0,
    bounds: Mapping[str, Mapping[str, tuple[float, float]]] | None = None,
    confidence: float = 0.95,
) -> tuple[pd.DataFrame, dict[str, str]]:
    """The game and gravity 2 under every attraction that the dataset knows.

    Returns
    -------
    table : DataFrame with a row per attraction, objective and model: alpha, beta and gamma (0 for
        gravity 2), each with _low and _high; difference (alpha - gamma) with _low and _high;
        value; at_bound (names); reason (why an interval is open or missing). For the game by
        "poisson" also likelihood_ratio = 2 (ln L(DCG) - ln L(gravity 2)), scale (the variance of
        the scores over that of multinomial flows) and p_value, of likelihood_ratio / scale
        against no crowding: half the tail of chi-square with one degree of freedom, gamma = 0
        being the end of its range. nan where a column does not apply.
    skipped : {attraction: why it was left out}.
    """
    tables, skipped = [], {}
    objectives = tuple(objectives)
    for attraction in ATTRACTIONS:
        why = _unusable(zones, flows, attraction)
        if why:
            skipped[attraction] = why
            continue
        pairs = choice_pairs(zones, flows, attraction=attraction, circle=False)
        fits = fit_models(
            pairs, ("GMPow2", "DCG"), objectives, seed, bounds=bounds, confidence=confidence
        )
        by_name = {(found.objective, found.model): found for found in fits}
        for (objective, model), found in by_name.items():
            row = {"attraction": attraction, "model": model, "objective": objective}
            row |= _columns(found)
            if model == "DCG" and objective == "poisson":
                row |= crowding_test(found, by_name[objective, "GMPow2"])
            tables.append(row)
    return pd.DataFrame(tables), skipped


def crowding_test(game: Fit, gravity: Fit) -> dict[str, float]:
    """Likelihood ratio of gamma, its scale and p value; see ``attraction_readings``.

    References
    ----------
    Self & Liang (1987), J. Am. Stat. Assoc. 82, 605 (end of the range); Rotnitzky & Jewell (1990),
    Biometrika 77, 485 (scaled by the mean of the variance ratios).
    """
    ratio = max(0.0, 2 * (game.value - gravity.value))
    scale = game.intervals.scale
    return {
        "likelihood_ratio": ratio,
        "scale": scale,
        "p_value": float(chi2.sf(ratio / scale, 1) / 2) if scale > 0 else np.nan,
    }


def _columns(found: Fit) -> dict[str, float | str]:
    known, row = found.intervals, {}
    own = dict(zip(PARAMETERS, _NAMES[found.model], strict=False))
    for name in PARAMETERS:
        row[name] = found.parameters[own[name]] if name in own else 0.0
        for end in ("low", "high"):
            has = known is not None and name in own
            row[f"{name}_{end}"] = getattr(known, end)[own[name]] if has else np.nan
    row["difference"] = row["alpha"] - row["gamma"]
    for end in ("low", "high"):
        row[f"difference_{end}"] = getattr(known, end).get(DIFFERENCE, np.nan) if known else np.nan
    row["value"] = found.value
    row["at_bound"] = " ".join(found.bounds_hit)
    row["reason"] = "; ".join(f"{n}: {why}" for n, why in known.reason.items()) if known else ""
    return row


def _unusable(zones: pd.DataFrame, flows: pd.DataFrame, attraction: str) -> str:
    """Why an attraction says nothing of its own, or ''."""
    arrivals = observed_arrivals(zones, flows)
    if attraction == "arrivals":
        return ""
    value = zones[f"{attraction}_population"].to_numpy(dtype=float, na_value=np.nan)
    missing = int(np.count_nonzero(~np.isfinite(value)))
    if missing:
        return f"{attraction} population is unknown for {missing} of {value.size} zones"
    if np.ptp(value) == 0:
        return f"{attraction} population is {value[0]:g} in every zone"
    if np.array_equal(value, arrivals):
        return f"{attraction} population is the observed arrivals themselves"
    return ""
