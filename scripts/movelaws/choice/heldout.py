"""Origins held out: calibrate on the flows of some origins, predict those of the others.

Beyond the paper, which fits and judges on the same flows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd

from movelaws import metrics
from movelaws.choice.fits import Fit, fit
from movelaws.choice.masses import choice_pairs
from movelaws.choice.predictors import MODELS
from movelaws.game import NotConvergedError
from movelaws.od import Pairs
from movelaws.seeds import stream

READINGS = ("all", "training")

_COARSE_POINTS = 32


def held_out_origins(
    zones: gpd.GeoDataFrame,
    flows: pd.DataFrame,
    models: Iterable[str] = MODELS,
    *,
    fitted: Mapping[str, Fit] | None = None,
    folds: int = 5,
    attractions: Iterable[str] = READINGS,
    seed: int = 0,
) -> pd.DataFrame:
    """Agreement with the flows of origins that the calibration (by SSI) did not see.

    Each origin with trips is held out once. Its outflow O_i stays known, as every model takes the
    outflows as given; in the game its travellers crowd the destinations while the others' flows
    are fitted. The arrivals A_j, the attraction, are those of all origins ("all": as the paper
    uses them, so they hold something of the flows to be predicted) or of the training origins only
    ("training", also for the opportunities of IO, RM and PWO).

    Parameters
    ----------
    zones, flows : canonical tables.
    models : names.
    fitted : fits on all flows by model. They serve as one of the starts of each fold's search,
        beside 32 points that cover the box: a convenience that moves where the search begins,
        not what it maximises.
    folds : number of groups of origins, at least 2.
    attractions : of "all" and "training".
    seed : of the folds and of the searches.

    Returns
    -------
    DataFrame: attraction, fold, model, ssi (mean over all pairs of the held-out origins, zones
    without a flow counting 0), ssi_nonzero, cpc, n_pairs (held-out pairs with an observed flow)
    and note, why a model has no value in a fold.

    Raises
    ------
    ValueError
        If there are fewer origins with trips than folds, or a name is unknown.
    """
    models, attractions = list(models), list(attractions)
    unknown = [name for name in attractions if name not in READINGS]
    if unknown:
        raise ValueError(f"attractions names {unknown[0]!r}: choose from {', '.join(READINGS)}")
    known = choice_pairs(zones, flows)
    rows = []
    for fold, held in enumerate(origin_folds(known, folds, seed)):
        for attraction in attractions:
            pairs = known if attraction == "all" else _seen_from_training(zones, flows, known, held)
            for model in models:
                start = (fitted or {}).get(model)
                scores = _fold_scores(pairs, held, model, start, seed)
                rows.append({"attraction": attraction, "fold": fold, "model": model, **scores})
    return pd.DataFrame(rows)


def origin_folds(pairs: Pairs, folds: int, seed: int) -> list[np.ndarray]:
    """Masks (n_zones,) of the origins held out in each fold; each origin with trips in one."""
    sending = np.flatnonzero(pairs.outflow > 0)
    if folds < 2 or sending.size < 2:
        raise ValueError(
            f"folds = {folds}: at least 2 are needed, and as many origins with trips; there are "
            f"{sending.size}"
        )
    if folds > sending.size:
        print(f"only {sending.size} origins have trips: each is held out alone")
        folds = sending.size
    shuffled = stream(seed, "held-out origins").permutation(sending)
    masks = []
    for group in np.array_split(shuffled, folds):
        masks.append(np.isin(np.arange(pairs.n_zones), group))
    return masks


def _seen_from_training(
    zones: gpd.GeoDataFrame, flows: pd.DataFrame, known: Pairs, held: np.ndarray
) -> Pairs:
    """Masses and opportunities from the flows of training origins, flows from all."""
    training = ~flows["origin"].isin(known.zone_ids[held])
    return replace(choice_pairs(zones, flows[training]), flow=known.flow)


def _fold_scores(
    pairs: Pairs, held: np.ndarray, model: str, start: Fit | None, seed: int
) -> dict[str, float | str]:
    test = np.repeat(held, np.diff(pairs.start))
    flow = pairs.flow[test]
    seen = flow > 0
    result = {"ssi": np.nan, "ssi_nonzero": np.nan, "cpc": np.nan}
    result |= {"n_pairs": int(np.count_nonzero(seen)), "note": ""}
    try:
        found = fit(
            pairs,
            model,
            "ssi",
            seed,
            origins=~held,
            starts=[] if start is None else [start.theta],
            coarse_points=_COARSE_POINTS,
            local_runs=1,
        )
        predicted = found.flows(pairs)[test]
    except (ValueError, NotConvergedError) as error:
        # one model that cannot do with the training attraction must not cost the others theirs
        return result | {"note": str(error)}
    rows = np.count_nonzero(held)
    # metrics.ssi divides by n^2 of the zones, here only the rows of the held-out origins are meant
    share = metrics.ssi(flow, predicted, pairs.n_zones) * pairs.n_zones / rows
    result["ssi"] = share
    result["ssi_nonzero"] = metrics.ssi_nonzero(flow[seen], predicted[seen])
    result["cpc"] = metrics.cpc(flow, predicted)
    return result
