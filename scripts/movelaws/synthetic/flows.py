"""Trips drawn from a planted law, so that the masses counted from them are those it was given."""

import importlib
from collections.abc import Callable
from dataclasses import replace

import geopandas
import numpy as np
import pandas as pd

from movelaws.allocation import MODELS, predict
from movelaws.od import Pairs, build_pairs
from movelaws.synthetic.options import DCG, Law

PLAYED = "movelaws.synthetic.played"
"""The module behind worlds in which a game is planted."""

_ROUNDS = 200
_GAME_ROUNDS = 50


def planted_allocation(
    law: Law,
    zones: geopandas.GeoDataFrame,
    places: pd.DataFrame,
    wanted: np.ndarray,
    room: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Outflows that fit, and where trips go by the planted law.

    Distances and opportunities are those of ``movelaws.od.build_pairs`` over all pairs of zones.
    In the game the share of a destination depends on the outflows of all origins, so outflows
    that are lowered for want of room give another equilibrium: both are repeated until they
    agree, and the shares are those of the outflows returned.

    Parameters
    ----------
    law : the planted law.
    zones, places : tables as ``build_pairs`` takes them; ``workplace_population`` is the mass A_j.
    wanted : (n_zones,) trips that would leave each zone if all found room.
    room : (n_zones,) most that may arrive (expected); None for no limit.

    Returns
    -------
    outflow : (n_zones,) int, at most ``wanted``.
    share : (n_zones, n_zones) rows that sum to 1, with an empty diagonal.
    """
    share_of = _allocation(law, zones, places)
    if room is None:
        outflow = np.floor(wanted).astype(np.int64)
        return outflow, share_of(outflow)
    share = share_of(wanted)
    outflow = feasible_outflow(wanted, share, room)
    if law.model != DCG:
        return outflow, share
    for _ in range(_GAME_ROUNDS):
        share = share_of(outflow)
        lowered = feasible_outflow(outflow, share, room)
        if (lowered == outflow).all():
            return outflow, share
        outflow = lowered
    return outflow, share_of(outflow)


def _allocation(
    law: Law, zones: geopandas.GeoDataFrame, places: pd.DataFrame
) -> Callable[[np.ndarray], np.ndarray]:
    """Probability that a trip that leaves zone i ends in zone j, given the outflows (n_zones,)."""
    circle = law.model != DCG and MODELS[law.model].needs_circle
    nothing = pd.DataFrame({"origin": [], "destination": [], "flow": []}).astype({"flow": float})
    pairs = build_pairs(zones, nothing, places, support="all", circle=circle)
    if law.model == DCG:
        # By name, so that a change of the game's code rewrites the worlds of the game only.
        shares = importlib.import_module(PLAYED).shares
        return lambda outflow: _square(pairs, shares(law, pairs, outflow))
    even = replace(pairs, flow=np.full(pairs.n_pairs, 1 / (pairs.n_zones - 1)))
    share = _square(pairs, predict(law.model, even, law.parameters))
    return lambda outflow: share


def _square(pairs: Pairs, values: np.ndarray) -> np.ndarray:
    square = np.zeros((pairs.n_zones, pairs.n_zones))
    square[pairs.origin, pairs.destination] = values
    return square


def feasible_outflow(wanted: np.ndarray, share: np.ndarray, room: np.ndarray) -> np.ndarray:
    """Largest outflows found, at most as wanted, that overfill no destination.

    A small place beside a large city would receive more workers than it has work. Origins that
    send to overfilled places send less, until the expected inflows fit.

    Parameters
    ----------
    wanted : (n_origins,) outflow of each origin without that limit.
    share : (n_origins, n_destinations) allocation, rows sum to 1.
    room : (n_destinations,) most that may arrive.

    Returns
    -------
    (n_origins,) int.
    """
    outflow = np.asarray(wanted, dtype=float).copy()
    for _ in range(_ROUNDS):
        filled = (outflow @ share) / room
        if filled.max() <= 1:
            break
        outflow /= share @ np.maximum(filled, 1)
    else:
        outflow /= max(1.0, float(((outflow @ share) / room).max()))
    return np.floor(outflow).astype(np.int64)


def draw_flows(
    rng: np.random.Generator, outflow: np.ndarray, share: np.ndarray, dispersion: float = 0.0
) -> np.ndarray:
    """Whole trips between zones: (n_origins, n_destinations) int.

    Each origin shares its outflow out by a multinomial draw. With ``dispersion`` a > 0 each flow
    is negative binomial instead, of mean mu and variance mu + a mu^2, and the outflows vary.
    """
    if dispersion == 0:
        return np.array([rng.multinomial(o, p) for o, p in zip(outflow, share, strict=True)])
    mean = outflow[:, None] * share
    return rng.poisson(mean * rng.gamma(1 / dispersion, dispersion, mean.shape))


def thinned(rng: np.random.Generator, flow: np.ndarray, room: np.ndarray) -> tuple[np.ndarray, int]:
    """Send home, at random, the trips that arrive beyond the room of their destination.

    Returns
    -------
    The flows that fit, and how many trips were taken out.
    """
    kept = flow.copy()
    for j in np.flatnonzero(flow.sum(axis=0) > room):
        kept[:, j] = take(rng, flow[:, j], int(room[j]))
    return kept, int(flow.sum() - kept.sum())


def take(rng: np.random.Generator, available: np.ndarray, n: int) -> np.ndarray:
    """``n`` of the available things, without putting back; counts by kind."""
    return rng.multivariate_hypergeometric(available, n, method="marginals")


def whole_shares(total: int, weight: np.ndarray, least: int = 0) -> np.ndarray:
    """Split a whole number in proportion to weights, at least ``least`` each.

    The largest remainders are rounded up (Hamilton's method).
    """
    if total < least * len(weight):
        raise ValueError(f"{total} cannot be split into {len(weight)} parts of at least {least}")
    exact = least + (total - least * len(weight)) * np.asarray(weight) / np.sum(weight)
    parts = np.floor(exact).astype(np.int64)
    short = total - int(parts.sum())
    parts[np.argsort(parts - exact, kind="stable")[:short]] += 1
    return parts
