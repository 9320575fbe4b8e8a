"""Tables of a calibrated dataset that its figures read: predictions, distances, arrivals."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from movelaws.choice.fits import Fit
from movelaws.od import Pairs

OBSERVED = "flow"
BINS_PER_DECADE = 10


@dataclass(frozen=True, eq=False)
class SavedTables:
    """What is saved of the models calibrated on one dataset.

    Attributes
    ----------
    predictions : origin, destination, distance_km, flow, then one column per model; the pairs
        with an observed flow.
    distances : low_km, high_km, model ("flow" is the observed one) and share, of all trips over
        all pairs, by logarithmic bin of distance.
    arrivals : zone_id, name, flow (observed arrivals), then one column per model.
    """

    predictions: pd.DataFrame
    distances: pd.DataFrame
    arrivals: pd.DataFrame


def saved_tables(pairs: Pairs, fits: Iterable[Fit], names: Iterable[str]) -> SavedTables:
    """Tables of these fits, one per model (by SSI, for the figures of the paper).

    Only one model's flows over all pairs are held at a time.

    Parameters
    ----------
    pairs : of the fits.
    fits : one per model.
    names : (n_zones,) of the zones, in the order of the pairs' zones.

    Raises
    ------
    ValueError
        If two fits are of the same model.
    """
    seen = np.flatnonzero(pairs.flow > 0)
    predictions = pd.DataFrame(
        {
            "origin": pairs.zone_ids[pairs.origin[seen]].astype(str),
            "destination": pairs.zone_ids[pairs.destination[seen]].astype(str),
            "distance_km": pairs.distance_km[seen],
            OBSERVED: pairs.flow[seen],
        }
    )
    arrivals = pd.DataFrame({"zone_id": pairs.zone_ids.astype(str), "name": list(names)})
    edges = distance_edges(pairs.distance_km)
    bins = np.searchsorted(edges, pairs.distance_km, side="right") - 1
    shares = {}

    def add(name: str, flows: np.ndarray) -> None:
        arrivals[name] = np.bincount(pairs.destination, weights=flows, minlength=pairs.n_zones)
        counts = np.bincount(bins, weights=flows, minlength=edges.size - 1)
        shares[name] = counts / counts.sum()

    add(OBSERVED, pairs.flow)
    for found in fits:
        if found.model in shares:
            raise ValueError(f"fits holds {found.model} twice: choose one objective")
        flows = found.flows(pairs)
        predictions[found.model] = flows[seen]
        add(found.model, flows)
    distances = pd.concat(
        [
            pd.DataFrame(
                {"low_km": edges[:-1], "high_km": edges[1:], "model": name, "share": share}
            )
            for name, share in shares.items()
        ],
        ignore_index=True,
    )
    return SavedTables(predictions, distances, arrivals)


def distance_edges(distance_km: np.ndarray) -> np.ndarray:
    """Edges 10^(k / 10) km that enclose all distances, the last one above the largest."""
    low = np.floor(BINS_PER_DECADE * np.log10(distance_km.min()))
    high = np.floor(BINS_PER_DECADE * np.log10(distance_km.max())) + 1
    edges = 10.0 ** (np.arange(low, high + 1) / BINS_PER_DECADE)
    # a distance that is itself an edge must not fall out by a rounding of the power
    edges[0] = min(edges[0], distance_km.min())
    edges[-1] = max(edges[-1], np.nextafter(distance_km.max(), np.inf))
    return edges
