"""Where trips go when zones differ in what they offer: the inequality-aware radiation model."""

import geopandas
import numpy as np
import pandas as pd

from movelaws.inequality.allocation import allocate
from movelaws.inequality.classes import beyond_percentile, most_affected
from movelaws.inequality.many_class import many_class
from movelaws.inequality.surroundings import surroundings
from movelaws.od import build_pairs
from movelaws.synthetic.inequality_law import LINEAR, TWO_CLASS
from movelaws.synthetic.options import check_choice

_SHAPES = {TWO_CLASS: most_affected, LINEAR: beyond_percentile}


def planted_excess(values: np.ndarray, kind: str, cut: float, scale: float) -> np.ndarray:
    """Excess delta - 1 of each zone, from a variable of which more is worse.

    Parameters
    ----------
    values : (n,) the variable; NaN is unknown and has no excess.
    kind : "two_class", the share ``cut`` of the zones with the largest values has the excess
        ``scale``; or "linear", from 0 at the percentile ``cut`` to ``scale`` at the maximum.
    cut : share of the zones in (0, 1), or percentile in (0, 100).
    scale : delta - 1 of the penalised zones, or Delta at the largest value.

    Returns
    -------
    (n,) >= 0.

    Raises
    ------
    ValueError
        If the kind is unknown, the cut out of range, or no zone is penalised.

    References
    ----------
    Boldini et al., sections on South Sudan (two classes) and on the United States (many).
    """
    return scale * _SHAPES[check_choice("kind", kind, tuple(_SHAPES))](values, cut)


def shares(zones: geopandas.GeoDataFrame, places: pd.DataFrame, excess: np.ndarray) -> np.ndarray:
    """Probability that a trip that leaves zone i ends in zone j, for any number of classes.

    The exact form for many classes is used for two as well, so that a world does not depend on
    the closed form that is later fitted to it.

    Parameters
    ----------
    zones, places : tables as ``movelaws.od.build_pairs`` takes them, the places being the zones;
        ``workplace_population`` is the population of the model.
    excess : (n_zones,) delta - 1 > -1 of each zone.

    Returns
    -------
    (n_zones, n_zones) rows that sum to 1, with an empty diagonal; a row of zeros where the model
    sends nobody anywhere.
    """
    nothing = pd.DataFrame({"origin": [], "destination": [], "flow": []}).astype({"flow": float})
    around = surroundings(build_pairs(zones, nothing, places, support="all"))
    n = around.n_zones
    share = np.zeros((n, n))
    weight = many_class(around, np.asarray(excess, dtype=float))
    share[np.arange(n)[:, None], around.order] = allocate(weight, np.ones(n))
    return share
