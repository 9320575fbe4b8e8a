"""Trips drawn from a planted law, so that the masses counted from them are those it was given."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import geopandas
import numpy as np
import pandas as pd

from movelaws.allocation import MODELS, parameter_vector, predict
from movelaws.od import build_pairs

_ROUNDS = 200


@dataclass(frozen=True)
class Law:
    """A flow model of ``movelaws.allocation.MODELS`` and the values of its parameters."""

    model: str
    parameters: dict[str, float]


def checked_law(law: Mapping[str, object]) -> Law:
    """Read the option ``law``, {"model": "GMExp", "parameters": {"b": 0.04}}.

    Raises
    ------
    ValueError
        If a key is unknown or missing, the model unknown, or a parameter missing or impossible.
    """
    if not isinstance(law, Mapping) or not {"model"} <= set(law) <= {"model", "parameters"}:
        raise ValueError(
            f"law = {law!r}: give a model and its parameters, "
            'such as {"model": "GMExp", "parameters": {"b": 0.04}}'
        )
    name, parameters = law["model"], law.get("parameters") or {}
    if name not in MODELS:
        raise ValueError(f"law: model = {name!r} is unknown; choose one of {', '.join(MODELS)}")
    if not isinstance(parameters, Mapping):
        raise ValueError(f"law: parameters = {parameters!r} must give each parameter by name")
    try:
        values = parameter_vector(MODELS[name], parameters)
    except (TypeError, ValueError) as error:
        raise ValueError(f"law: {error}") from error
    names = [parameter.name for parameter in MODELS[name].parameters]
    return Law(str(name), dict(zip(names, values.tolist(), strict=True)))


def check_whole(name: str, value: object, low: int, high: int) -> int:
    """The option as an integer between ``low`` and ``high``, or a ValueError that names it."""
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or not low <= value <= high:
        raise ValueError(f"{name} = {value!r}: must be a whole number from {low} to {high}")
    return int(value)


def check_number(name: str, value: object, low: float, high: float) -> float:
    """The option as a float between ``low`` and ``high``, or a ValueError that names it."""
    number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    if not number or not low <= value <= high:
        raise ValueError(f"{name} = {value!r}: must be a number from {low} to {high}")
    return float(value)


def allocation_matrix(law: Law, zones: geopandas.GeoDataFrame, places: pd.DataFrame) -> np.ndarray:
    """Probability that a trip that leaves zone i ends in zone j, by the planted law.

    Distances and opportunities are those of ``movelaws.od.build_pairs`` over all pairs of zones.

    Parameters
    ----------
    law : the planted law.
    zones, places : tables as ``build_pairs`` takes them, with ``workplace_population``.

    Returns
    -------
    (n_zones, n_zones) rows that sum to 1, with an empty diagonal.
    """
    nothing = pd.DataFrame({"origin": [], "destination": [], "flow": []}).astype({"flow": float})
    pairs = build_pairs(
        zones, nothing, places, support="all", circle=MODELS[law.model].needs_circle
    )
    even = replace(pairs, flow=np.full(pairs.n_pairs, 1 / (pairs.n_zones - 1)))
    share = np.zeros((pairs.n_zones, pairs.n_zones))
    share[pairs.origin, pairs.destination] = predict(law.model, even, law.parameters)
    return share


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
