"""Counterfactuals of the destination choice game: who goes elsewhere when a place changes.

Two equilibria of the model are compared, at the same fitted parameters: before and after the
interventions of :mod:`movelaws.choice.interventions`. So "before" is the model's flow, not the
observed one, and a change is free of the model's misfit only as far as it cancels between the two.
For use beside observed flows, ``pivoted_after`` scales these by the model's ratio after / before
(the pivot-point method of transport planning); it is no equilibrium and may exceed a capacity.

What a counterfactual holds fixed: the attractions A_j stay what they were, also where A_j is the
observed arrivals and these change (a place does not become less attractive because fewer come, nor
are jobs or homes built where more do), and so does how many leave each origin, both unless an
intervention says otherwise; so do the parameters. A charge counts as a loss only: what it yields,
and what is done with the yield, is not counted. Means over the travellers hide who they are.

How strong a response is, the flows hardly tell. D_j^(1 + gamma) = A_j^alpha S_j with the access
S_j, so that the arrivals answer to a charge about as 1 / (1 + gamma), while fits stay about as good
along a ridge on which gamma has no upper end: see :func:`sensitivity`, whose range belongs to every
number of a counterfactual.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from movelaws.choice.counterfactual_tables import (
    ARRIVALS,
    FACTOR,
    LARGEST_CHANGES,
    MOST_FLOWS,
    MOVED,
    Counterfactual,
    World,
    tables,
)
from movelaws.choice.interventions import Intervention, check_interventions, cost
from movelaws.game import Equilibrium, Game, Term, solve
from movelaws.od import Pairs

PARAMETERS = ("alpha", "beta", "gamma")
AS_GOOD, WITHOUT = "fits as well", "without crowding"
"""Cases of a sensitivity table."""

_MOST_SPREAD = 1e-6  # of the utility among the used destinations of an origin
_NAMED = 6  # destinations in a message


def counterfactual(
    pairs: Pairs,
    zones: gpd.GeoDataFrame,
    parameters: Mapping[str, float],
    interventions: Sequence[Mapping[str, Any]],
    *,
    attraction: np.ndarray | None = None,
    tolerance: float = 1e-10,
    max_iterations: int = 2000,
    largest_changes: int = LARGEST_CHANGES,
    most_flows: int = MOST_FLOWS,
    unit: str = "people",
) -> Counterfactual:
    """Equilibrium flows before and after interventions, and what they mean for people.

    U_ij = alpha ln A_j - beta ln d_ij - charge_ij - gamma ln D_j - ln T_ij, equal for all
    destinations used from i, at most the capacity arriving anywhere. The change of utility of an
    origin is that of the game, congestion ln T_ij included, so that growth of departures alone
    lowers it.

    Parameters
    ----------
    pairs : all pairs of zones (support "all"), with the observed flows; a pair that is not listed
        cannot be travelled.
    zones : (n_zones,) canonical zones in the order of ``pairs``.
    parameters : fitted alpha, beta and gamma of the DCG.
    interventions : see :mod:`movelaws.choice.interventions`; none leave all as it is.
    attraction : (n_zones,) A_j >= 0, by default ``pairs.mass``; nobody goes where it is 0.
    tolerance, max_iterations : of both equilibria, see :func:`movelaws.game.solve`.
    largest_changes : rows of ``flows`` whatever their destination.
    most_flows : most rows of ``flows`` into changed destinations.
    unit : of the flows, as the summary names it.

    Raises
    ------
    ValueError
        See :func:`movelaws.choice.interventions.check_interventions`; if zones and pairs differ, a
        parameter is missing or not finite, an origin keeps no destination, or the capacities leave
        too few places.
    RuntimeError
        If an equilibrium was not reached, with the residual.
    """
    parameters = _checked_parameters(parameters)
    _check_zones(pairs, zones)
    arrivals = np.bincount(pairs.destination, weights=pairs.flow, minlength=pairs.n_zones)
    found = check_interventions(interventions, zones, arrivals)
    game = _game(pairs, zones["name"], pairs.mass if attraction is None else attraction, parameters)
    options = {"tolerance": tolerance, "max_iterations": max_iterations}
    before = _solved(game, "before the change", **options)
    changed_game = _changed(game, found, before.arrivals, parameters)
    # Nothing but the interventions may differ, so an unchanged game is not solved anew.
    after = _solved(changed_game, "after the change", **options) if found else before
    world = World(
        zones=zones,
        beta=parameters["beta"],
        interventions=found,
        distance=_dense(pairs, pairs.distance_km),
        observed=_dense(pairs, pairs.flow),
        games=(game, changed_game),
        equilibria=(before, after),
    )
    return tables(world, largest_changes, most_flows, unit)


def sensitivity(
    pairs: Pairs,
    zones: gpd.GeoDataFrame,
    profile: pd.DataFrame,
    interventions: Sequence[Mapping[str, Any]],
    *,
    within: float = 0.01,
    interval: tuple[float, float] | None = None,
    **options: Any,
) -> pd.DataFrame:
    """The same interventions under the other parameters that fit about as well.

    Where A_j is the observed arrivals, the flows hardly tell gamma: if they obeyed the game
    exactly, D_j = A_j and only alpha - gamma and beta would matter; real flows do not, and fix
    about alpha / (1 + gamma) and beta. A response depends on gamma, though: the stronger the
    crowding, the less arrivals answer. This is the honest error bar of a counterfactual.

    Parameters
    ----------
    pairs, zones, interventions : as for :func:`counterfactual`.
    profile : (n,) gamma, alpha, beta, value (SSI or CPC), the profile along gamma; rows with an
        infinite gamma have no response to speak of and are left out, but count for the best value.
    within : share of the best value that a row may fall short of it.
    interval : (low, high) of gamma instead, such as the confidence interval of a likelihood fit;
        then the profile may be of the likelihood.
    options : of :func:`counterfactual`, such as ``attraction``.

    Returns
    -------
    (n_kept,) case ("fits as well", or "without crowding" for gamma = 0 where it does not), gamma,
    alpha, beta, value; largest_tried (whether gamma is the largest finite one of the profile, so
    that the range may go on beyond it); moved_share (of the travellers, who change destination);
    arrivals_before, arrivals_after (people, changed destinations); arrivals_change_percent (NaN
    without changed destinations); equivalent_distance_factor.

    Raises
    ------
    ValueError
        If a column is missing, ``within`` is not from 0 to 1, the profile has no finite value > 0
        or is of a likelihood or several objectives, or as :func:`counterfactual`.
    """
    rows = []
    for row in _as_good(profile, within, interval).to_dict("records"):
        parameters = {name: row[name] for name in PARAMETERS}
        result = counterfactual(pairs, zones, parameters, interventions, **options)
        found = result.summary.set_index("quantity")
        before, after = found.loc[ARRIVALS, ["before", "after"]]
        rows.append(
            row
            | {
                "moved_share": found.loc[MOVED, "after"],
                "arrivals_before": before,
                "arrivals_after": after,
                "arrivals_change_percent": 100 * (after / before - 1) if before > 0 else math.nan,
                "equivalent_distance_factor": found.loc[FACTOR, "after"],
            }
        )
    return pd.DataFrame(rows)


def _as_good(
    profile: pd.DataFrame, within: float, interval: tuple[float, float] | None
) -> pd.DataFrame:
    """Rows of finite gamma that fit as well, and that without crowding.

    A share of a log likelihood means nothing: without an interval only similarities are taken,
    and the best of them may be a limit.
    """
    for name in (*PARAMETERS, "value"):
        if name not in profile:
            raise ValueError(f"profile: no column {name!r}; there are {[*profile]}")
    if not 0 <= within <= 1:
        raise ValueError(f"within = {within}: give a share from 0 to 1")
    finite = profile[np.isfinite(profile["gamma"])].reset_index(drop=True)
    if interval is None:
        good = _near_the_best(profile, finite, within)
    else:
        good = finite["gamma"].between(*interval)
    kept = finite[good | (finite["gamma"] == 0)].sort_values("gamma")
    largest = finite["gamma"].max() if interval is None else math.inf
    return pd.DataFrame(
        {
            "case": np.where(good[kept.index], AS_GOOD, WITHOUT),
            **{name: kept[name] for name in ("gamma", "alpha", "beta", "value")},
            "largest_tried": kept["gamma"] == largest,
        }
    )


def _near_the_best(profile: pd.DataFrame, finite: pd.DataFrame, within: float) -> pd.Series:
    objectives = sorted(set(profile.get("objective", [])))
    if len(objectives) > 1 or "poisson" in objectives:
        raise ValueError(f"profile: objective {', '.join(objectives)}: give one, ssi or cpc")
    best = profile["value"].max()
    if finite.empty or not best > 0:
        raise ValueError(
            f"profile: {len(finite)} rows of finite gamma, best value {best}: need > 0"
        )
    return finite["value"] >= (1 - within) * best


def _checked_parameters(parameters: Mapping[str, float]) -> dict[str, float]:
    for name in PARAMETERS:
        if name not in parameters:
            raise ValueError(f"parameters: {name} is missing; there are {[*parameters]}")
        if not math.isfinite(parameters[name]):
            raise ValueError(f"parameters: {name} = {parameters[name]}: give a finite number")
    if parameters["gamma"] < 0:
        raise ValueError(f"parameters: gamma = {parameters['gamma']}: crowding is >= 0")
    return {name: float(parameters[name]) for name in PARAMETERS}


def _check_zones(pairs: Pairs, zones: pd.DataFrame) -> None:
    ids = zones["zone_id"].to_numpy(dtype=object)
    if not np.array_equal(ids, pairs.zone_ids):
        raise ValueError(
            f"zones: the {len(ids)} zones are not the {pairs.n_zones} of the pairs in their order"
        )


def _dense(pairs: Pairs, values: np.ndarray, empty: float = 0.0) -> np.ndarray:
    matrix = np.full((pairs.n_zones, pairs.n_zones), empty)
    matrix[pairs.origin, pairs.destination] = values
    return matrix


def _game(
    pairs: Pairs, names: pd.Series, attraction: np.ndarray, parameters: Mapping[str, float]
) -> Game:
    alpha, beta, gamma = (parameters[name] for name in PARAMETERS)
    attraction = np.asarray(attraction, dtype=float)
    good = np.isfinite(attraction) & (attraction >= 0)
    if attraction.shape != (pairs.n_zones,) or not good.all():
        at = "" if attraction.shape != good.shape or good.all() else f"[{int(np.argmin(good))}]"
        raise ValueError(
            f"attraction{at}: give one finite number >= 0 for each of the {pairs.n_zones} zones"
        )
    payoff = np.full(pairs.n_zones, -np.inf)
    payoff[attraction > 0] = alpha * np.log(attraction[attraction > 0])
    value = payoff[pairs.destination] - beta * np.log(pairs.distance_km)
    labels = [
        str(zone) if zone == name else f"{zone} {name}"
        for zone, name in zip(pairs.zone_ids, names, strict=True)
    ]
    return Game(
        outflow=pairs.outflow,
        value=_dense(pairs, value, -np.inf),
        congestion=Term("logarithmic", 1.0),
        crowding=Term("logarithmic", gamma) if gamma > 0 else Term("none"),
        capacity=None,
        origins=labels,
        destinations=labels,
    )


def _changed(
    game: Game,
    interventions: Sequence[Intervention],
    arrivals: np.ndarray,
    parameters: Mapping[str, float],
) -> Game:
    """The game with the interventions in it; ``arrivals`` before them scale capacity shares."""
    value, outflow = game.value.copy(), game.outflow.copy()
    capacity = np.full(len(arrivals), np.inf)
    everywhere = np.arange(len(outflow))
    for one in interventions:
        rows = everywhere if one.origins is None else one.origins
        if one.action == "outflow_factor":
            outflow[rows] *= one.amount
        elif one.action == "capacity":
            capacity[one.destinations] = one.amount
        elif one.action == "capacity_share":
            capacity[one.destinations] = one.amount * arrivals[one.destinations]
        else:
            lost = cost(one.action, one.amount, parameters["alpha"], parameters["beta"])
            value[np.ix_(rows, one.destinations)] -= lost
    limit = capacity if np.isfinite(capacity).any() else None
    try:
        return replace(game, outflow=outflow, value=value, capacity=limit)
    except ValueError as error:
        raise ValueError(f"with the interventions: {error}") from None


def _solved(game: Game, when: str, **options: float) -> Equilibrium:
    equilibrium = solve(game, **options)
    finite = bool(np.isfinite(equilibrium.flow).all())
    # Equal utilities are what the equilibrium means, so they are held against it on their own.
    if equilibrium.converged and finite and equilibrium.utility_spread <= _MOST_SPREAD:
        return equilibrium
    found = (
        f"the equilibrium {when} was not reached: residual {equilibrium.residual:.3g} after "
        f"{equilibrium.iterations} iterations, utilities of used destinations differ by "
        f"{equilibrium.utility_spread:.3g}{'' if finite else ', flows are not finite'}"
    )
    if game.capacity is None:
        raise RuntimeError(f"{found}; raise max_iterations or the tolerance")
    full = [game.destinations[j] for j in np.flatnonzero(np.isfinite(game.capacity))]
    more = f" and {len(full) - _NAMED} more" if len(full) > _NAMED else ""
    raise RuntimeError(
        f"{found}; the capacities of these destinations together leave too few places for those "
        f"who can only go there: {', '.join(full[:_NAMED])}{more}"
    )
