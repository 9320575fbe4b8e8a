"""Tables of a counterfactual: destinations, origins, flows and a summary, before and after."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd

from movelaws.choice.intervention_words import capacity_note, in_words
from movelaws.choice.interventions import CAPACITIES, Intervention
from movelaws.game import Equilibrium, Game

ARRIVALS = "arrivals at changed destinations"
FACTOR = "equivalent distance factor"
MOVED = "travellers who change destination"
"""Quantities of the summary."""

LARGEST_CHANGES = 200
MOST_FLOWS = 5000
# A price below this is the solver's rounding, not a queue at the door.
_FREE = 1e-9


@dataclass(frozen=True)
class Counterfactual:
    """What an intervention changes, as four tables.

    Attributes
    ----------
    destinations : (n_zones,) changed ones first, then by size of the change; zone_id, name;
        before, after, change (arrivals in the model, people), change_percent; observed and
        pivoted_after (arrivals, people); capacity (people, NaN without); shadow_price (utility
        that one more place is worth to those who come, 0 while there is room);
        shadow_as_distance_factor, exp(price / beta), the detour worth the same; intervention
        (text, with a note where it changes nothing, or a capacity binds on the arrivals in the
        model but not on the observed ones).
    origins : (n_zones,) in the order of the zones; zone_id, name; outflow_before,
        outflow_after (people); utility_change;
        equivalent_distance_factor, exp(-change / beta): as if everything were that many times as
        far; mean_distance_before_km, mean_distance_after_km; intervention. NaN where nobody leaves.
    flows : (n_listed,) origin, destination, origin_name, destination_name; before, after, change,
        observed, pivoted_after (people); distance_km; to_changed_destination. The largest changes
        and the flows into changed destinations, by size of the change.
    summary : quantity, before, after, change, unit. The mean utility is over travellers (weighted
        by the outflow before), and its equivalent distance factor exp(-change / beta), so that
        one origin's large loss is spread over all.
    notes : lines that a reader must know, empty if none.

    "people" is the unit of the flows, as the summary names it.
    """

    destinations: pd.DataFrame
    origins: pd.DataFrame
    flows: pd.DataFrame
    summary: pd.DataFrame
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class World:
    """Both equilibria and what the tables need to explain them; n zones, (n, n) matrices."""

    zones: gpd.GeoDataFrame
    beta: float
    interventions: Sequence[Intervention]
    distance: np.ndarray  # km, 0 where there is no pair
    observed: np.ndarray  # people
    games: tuple[Game, Game]
    equilibria: tuple[Equilibrium, Equilibrium]

    @property
    def before(self) -> np.ndarray:
        """(n, n) flows before, people."""
        return self.equilibria[0].flow

    @property
    def after(self) -> np.ndarray:
        """(n, n) flows after, people."""
        return self.equilibria[1].flow

    @cached_property
    def changed(self) -> np.ndarray:
        """(n,) whether an intervention acts on a destination."""
        touched = np.zeros(len(self.zones), dtype=bool)
        for one in self.interventions:
            if one.destinations is not None:
                touched[one.destinations] = True
        return touched

    @cached_property
    def utility_change(self) -> np.ndarray:
        """(n,) per traveller, NaN where nobody leaves."""
        leaves = self.games[0].outflow > 0
        change = np.full(leaves.size, np.nan)
        first, second = (np.asarray(e.utility) for e in self.equilibria)
        change[leaves] = second[leaves] - first[leaves]
        return change

    @cached_property
    def pivoted(self) -> np.ndarray:
        """(n, n) observed flows times the model's after / before, scaled to the outflow after.

        Where the model has no flow before, its ratio is 1, or 0 if the way is closed. An origin of
        which every observed destination closes is spread as the model spreads it.
        """
        closed = np.isfinite(self.games[0].value) & ~np.isfinite(self.games[1].value)
        ratio = np.where(closed, 0.0, 1.0)
        np.divide(self.after, self.before, out=ratio, where=self.before > 0)
        scaled = self.observed * ratio
        total, outflow = scaled.sum(axis=1), self.games[1].outflow
        known = total > 0
        scaled[known] *= (outflow[known] / total[known])[:, None]
        scaled[~known] = self.after[~known]
        return scaled


def tables(
    world: World,
    largest_changes: int = LARGEST_CHANGES,
    most_flows: int = MOST_FLOWS,
    unit: str = "people",
) -> Counterfactual:
    """Tables of a counterfactual, see :func:`movelaws.choice.counterfactual.counterfactual`."""
    return Counterfactual(
        _destinations(world),
        _origins(world),
        _flows(world, largest_changes, most_flows),
        _summary(world, unit),
        tuple(
            f"{world.zones['name'].iloc[zone]}: {note}"
            for one in world.interventions
            for zone, note in _notes(one, world).items()
        ),
    )


def distance_factor(utility_lost: np.ndarray, beta: float) -> np.ndarray:
    """How many times as far all would have to be for the same loss; NaN unless beta > 0."""
    if not beta > 0:
        return np.full(np.shape(utility_lost), np.nan)
    with np.errstate(over="ignore"):  # infinitely far is what it means
        return np.exp(utility_lost / beta)


def _destinations(world: World) -> pd.DataFrame:
    before, after = world.before.sum(axis=0), world.after.sum(axis=0)
    capacity = world.games[1].capacity
    price = np.asarray(world.equilibria[1].shadow_price, dtype=float)
    price = np.where(price > _FREE, price, 0.0)
    table = pd.DataFrame(
        {
            "zone_id": world.zones["zone_id"].to_numpy(),
            "name": world.zones["name"].to_numpy(),
            "before": before,
            "after": after,
            "change": after - before,
            "change_percent": 100 * _ratio(after - before, before),
            "observed": world.observed.sum(axis=0),
            "pivoted_after": world.pivoted.sum(axis=0),
            "capacity": np.nan
            if capacity is None
            else np.where(capacity < np.inf, capacity, np.nan),
            "shadow_price": price,
            "shadow_as_distance_factor": distance_factor(price, world.beta),
            "intervention": _texts(world, "destinations"),
        }
    )
    # The rows that a planner looks for stand first; equal ones keep the order of the zones.
    return table.iloc[np.lexsort((-np.abs(after - before), ~world.changed))].reset_index(drop=True)


def _origins(world: World) -> pd.DataFrame:
    lost = -world.utility_change
    return pd.DataFrame(
        {
            "zone_id": world.zones["zone_id"].to_numpy(),
            "name": world.zones["name"].to_numpy(),
            "outflow_before": world.games[0].outflow,
            "outflow_after": world.games[1].outflow,
            "utility_change": -lost,
            "equivalent_distance_factor": distance_factor(lost, world.beta),
            "mean_distance_before_km": _mean_distance(world, world.before),
            "mean_distance_after_km": _mean_distance(world, world.after),
            "intervention": _texts(world, "origins"),
        }
    )


def _flows(world: World, largest_changes: int, most_flows: int) -> pd.DataFrame:
    before, after = world.before, world.after
    size = np.abs(after - before)
    listed = np.zeros(size.shape, dtype=bool)
    listed.flat[_largest(np.where(size > 0, size, -1.0).ravel(), largest_changes)] = True
    into = np.where(world.changed[None, :] & ((before > 0) | (world.observed > 0)), size, -1.0)
    listed.flat[_largest(into.ravel(), most_flows)] = True
    origin, destination = np.nonzero(listed)
    ids, names = (world.zones[column].to_numpy() for column in ("zone_id", "name"))
    table = pd.DataFrame(
        {
            "origin": ids[origin],
            "destination": ids[destination],
            "origin_name": names[origin],
            "destination_name": names[destination],
            "before": before[listed],
            "after": after[listed],
            "change": after[listed] - before[listed],
            "observed": world.observed[listed],
            "pivoted_after": world.pivoted[listed],
            "distance_km": world.distance[listed],
            "to_changed_destination": world.changed[destination],
        }
    )
    order = np.argsort(-table["change"].abs().to_numpy(), kind="stable")
    return table.iloc[order].reset_index(drop=True)


def _largest(values: np.ndarray, count: int) -> np.ndarray:
    """Places of the ``count`` largest values >= 0; equal ones in their order."""
    allowed = np.flatnonzero(values >= 0)
    return allowed[np.argsort(-values[allowed], kind="stable")[:count]]


def _summary(world: World, unit: str) -> pd.DataFrame:
    flows = (world.before, world.after)
    people = [flow.sum() for flow in flows]
    trips_km = [(flow * world.distance).sum() for flow in flows]
    mean_km = [_ratio(km, count) for km, count in zip(trips_km, people, strict=True)]
    weight = world.games[0].outflow
    leaves = weight > 0
    utility = np.average(world.utility_change[leaves], weights=weight[leaves])
    rows = [
        ("travellers", *people, unit),
        (ARRIVALS, *(f[:, world.changed].sum() for f in flows), unit),
        ("total distance", *trips_km, "person-km" if unit == "people" else f"{unit} km"),
        ("mean distance", *mean_km, "km"),
        ("mean utility", math.nan, math.nan, "utility"),
        (FACTOR, 1.0, float(distance_factor(-utility, world.beta)), "ratio"),
        (MOVED, 0.0, _moved_share(world), "share"),
        ("destinations at capacity", 0, int(_full(world).sum()), "zones"),
        ("iterations", *(e.iterations for e in world.equilibria), "count"),
        ("residual", *(e.residual for e in world.equilibria), "ratio"),
        ("utility spread", *(e.utility_spread for e in world.equilibria), "utility"),
    ]
    table = pd.DataFrame(rows, columns=["quantity", "before", "after", "unit"])
    table.insert(3, "change", table["after"] - table["before"])
    # Utilities have no zero of their own: only their change means anything.
    table.loc[table["quantity"] == "mean utility", "change"] = utility
    table.loc[table["quantity"].isin(["iterations", "residual", "utility spread"]), "change"] = (
        math.nan
    )
    return table


def _moved_share(world: World) -> float:
    """Travellers whose destination must change: total variation of each origin's shares."""
    shares = [
        _ratio(flow, game.outflow[:, None])
        for flow, game in zip((world.before, world.after), world.games, strict=True)
    ]
    weight = world.games[0].outflow
    distance = np.abs(np.nan_to_num(shares[1] - shares[0])).sum(axis=1) / 2
    return float(weight @ distance / weight.sum())


def _full(world: World) -> np.ndarray:
    return np.asarray(world.equilibria[1].shadow_price) > _FREE


def _mean_distance(world: World, flow: np.ndarray) -> np.ndarray:
    return _ratio((flow * world.distance).sum(axis=1), flow.sum(axis=1))


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """part / whole, NaN where the whole is 0."""
    part, whole = np.broadcast_arrays(np.asarray(part, float), np.asarray(whole, float))
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole != 0)


def _texts(world: World, end: str) -> list[str]:
    """What is done to each zone, in words; empty where nothing is."""
    words: list[list[str]] = [[] for _ in range(len(world.zones))]
    capacity, names = world.games[1].capacity, world.zones["name"].to_numpy()
    for one in world.interventions:
        if (one.action == "outflow_factor") != (end == "origins"):
            continue
        notes = _notes(one, world)
        for zone in one.origins if end == "origins" else one.destinations:
            limit = math.inf if capacity is None else float(capacity[zone])
            said = in_words(one, names, world.beta, limit)
            words[zone].append(f"{said}, {notes[int(zone)]}" if int(zone) in notes else said)
    return ["; ".join(said) for said in words]


def _notes(one: Intervention, world: World) -> dict[int, str]:
    """By zone, that an action changes nothing there, or a capacity only the model's arrivals."""
    if one.action not in CAPACITIES:
        places = one.origins if one.action == "outflow_factor" else one.destinations
        notes = {int(zone): _idle(one, int(zone), world) for zone in places}
        return {zone: f"changes nothing: {note}" for zone, note in notes.items() if note}
    model, after = world.before.sum(axis=0), world.after.sum(axis=0)
    observed, full = world.observed.sum(axis=0), _full(world)
    notes = {
        zone: capacity_note(
            float(world.games[1].capacity[zone]),
            float(model[zone]),
            # A share is of the model's arrivals, so the observed ones are not held against it.
            float(observed[zone]) if one.action == "capacity" else 0.0,
            bool(full[zone]),
            float(after[zone]),
        )
        for zone in map(int, one.destinations)
        if one.action == "capacity" or not full[zone]
    }
    return {zone: note for zone, note in notes.items() if note}


def _idle(one: Intervention, zone: int, world: World) -> str:
    """Why an action leaves the game as it is at this zone; empty if it does not."""
    game = world.games[0]
    if one.action != "closed" and one.action != "charge" and one.amount == 1:
        return "it is as before"
    if one.action == "outflow_factor":
        return "" if game.outflow[zone] > 0 else "nobody leaves"
    rows = slice(None) if one.origins is None else one.origins
    if not np.isfinite(game.value[rows, zone]).any():
        return "these trips cannot be made"
    return (
        ""
        if (game.outflow[rows][np.isfinite(game.value[rows, zone])] > 0).any()
        else ("nobody leaves there")
    )
