"""Is there crowding when the attraction is measured independently of the arrivals?

With A_j = observed arrivals, gamma mends what alpha overdoes: both only move D_j towards A_j, and
A_j is itself the data, so nothing is tested. Only the residential population of commuting,
migration and moves is counted apart from the movements; there the likelihood ratio of gamma is a
test. A workplace population is mostly made of the same arrivals (England: their column sums with
those who work at home or nowhere fixed; US counties: all flows into the county), and the
populations of check-ins, calls and taxis are visits, visitors or pick-ups of the same records:
under these the test holds the attraction for known although it is not. Beyond the paper.
"""

from collections.abc import Iterable, Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.special import fdtrc, stdtr  # what lies above in Fisher's F, below in Student's t

from movelaws.choice.fits import Fit, fit_models
from movelaws.choice.intervals import DIFFERENCE
from movelaws.choice.masses import ATTRACTIONS, choice_pairs, observed_arrivals

PARAMETERS = ("alpha", "beta", "gamma")
MIN_ORIGINS = 2.0
"""Effective origins below which no p value is given: less than one degree of freedom is left."""

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
        value; at_bound (names); reason (why an interval is open or missing, what it holds for, and
        why there is no p_value). For the game by "poisson" also likelihood_ratio, scale,
        effective_origins (of gamma), p_ratio and p_value, see ``crowding_test``. nan where a
        column does not apply.
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
                test, why = crowding_test(found, by_name[objective, "GMPow2"], attraction)
                row |= test
                row["reason"] = "; ".join(filter(None, [row["reason"], why and f"p_value: {why}"]))
            tables.append(row)
    return pd.DataFrame(tables), skipped


def crowding_test(game: Fit, gravity: Fit, attraction: str) -> tuple[dict[str, float], str]:
    """Test of gamma = 0 (gravity 2) against gamma > 0 by the likelihood ratio.

    The ratio 2 (ln L(DCG) - ln L(gravity 2)) is that of multinomial flows. It is divided by how
    much more gamma varies by origin, [H^-1 J H^-1]_gg / [H^-1]_gg with H minus the second
    derivatives of ln L and J the variance of the scores by origin, and compared with
    F(1, G_eff - 1), the square of the Student's t of gamma's interval, G_eff being the origins
    that effectively decide on gamma. The tail is halved: gamma = 0 is the end of its range.

    Where ln L is a parabola from gamma = 0 to the optimum, this is the tail of gamma over its
    standard error, on which the interval rests. Along the ridge of alpha and gamma it is not: ln L
    falls steeply towards 0 and is flat beyond the optimum, and H and J there need not hold at 0.
    So the p value is the larger of the two tails: p < (1 - confidence) / 2 never stands beside an
    interval that holds 0.

    Parameters
    ----------
    game, gravity : fits of DCG and GMPow2 by "poisson" on the same pairs.
    attraction : of these pairs.

    Returns
    -------
    numbers : likelihood_ratio, scale, effective_origins, p_ratio (by the likelihood ratio alone)
        and p_value. Both p are 1 where the fit is gamma = 0: no likelihood ratio is below its 0.
    why : why there is no p, or '': the attraction is the arrivals, the fit stands on another
        bound of the box, the likelihood is flat along gamma, or less than two origins decide.

    References
    ----------
    Self & Liang (1987), J. Am. Stat. Assoc. 82, 605 (end of the range); Rotnitzky & Jewell (1990),
    Biometrika 77, 485 (the scale, for one parameter that is tested).
    """
    ratio = max(0.0, 2 * (game.value - gravity.value))
    scale = game.intervals.scale.get("gamma", np.nan)
    origins = game.intervals.effective_origins.get("gamma", np.nan)
    why = _untestable(game, attraction, scale, origins)
    p_ratio = p_value = np.nan
    if not why and "gamma" in game.bounds_hit:
        p_ratio = p_value = 1.0
    elif not why:
        p_ratio = float(fdtrc(1, origins - 1, ratio / scale) / 2)
        errors = game.parameters["gamma"] / game.intervals.standard_error["gamma"]
        p_value = max(p_ratio, float(stdtr(origins - 1, -errors)))
    return {
        "likelihood_ratio": ratio,
        "scale": scale,
        "effective_origins": origins,
        "p_ratio": p_ratio,
        "p_value": p_value,
    }, why


def _untestable(game: Fit, attraction: str, scale: float, origins: float) -> str:
    """Why there is no p value, or ''."""
    if attraction == "arrivals":
        return "the attraction is the arrivals that the game is to explain"
    held = [name for name in game.bounds_hit if (name, game.parameters[name]) != ("gamma", 0.0)]
    if held:
        return f"{' and '.join(held)} on the edge of the box"
    if game.bounds_hit:
        return ""
    if not scale > 0:
        return "the likelihood is flat along a direction with gamma"
    return f"{origins:.1f} effective origins" if origins < MIN_ORIGINS else ""


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
