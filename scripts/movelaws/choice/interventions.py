"""What a planner changes: charges, distances, capacities, closures and growth, from the config.

An intervention is a mapping with one action and the zones it concerns::

    destinations: {within_km: 1.5, of: [-122.401, 37.791]}
    farther: 1.5

Actions on ``destinations``, each zone of the selection on its own:

``farther``         every trip there seems that many times as far (cost beta ln factor, in utility);
                    under 1 it is an improvement, such as a new line
``charge``          payoff lost by going there, in utility; a negative charge is a subsidy
``closed``          true: nobody goes there
``capacity``        most people that can arrive, in the unit of the flows; it is held against the
                    model's arrivals, and a note says so where the observed ones decide otherwise
``capacity_share``  the same, as a share of the model's arrivals before the change
``attraction_factor``  A_j becomes that many times what it was, such as a new shopping street
                    (gain alpha ln factor, in utility)

The first three may also name ``origins``: then they hold for trips from these only, such as a line
between two districts. On ``origins`` alone acts ``outflow_factor``: so many times as many leave.

Zones are chosen by one of ``zones`` (ids), ``names``, ``largest`` (that many, by observed arrivals)
or ``within_km`` with ``of`` (longitude and latitude in degrees; great circle from the zones' x, y).
"""

import math
import numbers
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import combinations
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from movelaws.geo import great_circle_km

COSTS = ("farther", "charge")
CAPACITIES = ("capacity", "capacity_share")
ACTIONS = (*COSTS, "closed", *CAPACITIES, "attraction_factor", "outflow_factor")
SELECTORS = ("zones", "names", "largest", "within_km")
_KEYS = ("destinations", "origins", *ACTIONS)
_RULES = {
    "farther": (lambda v: 0 < v <= 1000, "a number > 0 and at most 1000, such as 1.5"),
    # Beyond, nobody would go there and the exponential of the utility leaves the numbers.
    "charge": (
        lambda v: v != 0 and abs(v) <= 500,
        "a number in units of utility other than 0, from -500 to 500; where nobody may go, "
        "use closed: true",
    ),
    "capacity": (lambda v: v > 0, "a number of people > 0 (or closed: true)"),
    "capacity_share": (
        lambda v: 0 < v <= 10,
        "a share > 0 and at most 10: 0.8, not 80 (or closed: true)",
    ),
    "attraction_factor": (
        lambda v: 0 < v <= 1000,
        "a number > 0 and at most 1000, such as 1.2 (or closed: true)",
    ),
    "outflow_factor": (lambda v: 0 < v <= 1000, "a number > 0 and at most 1000, such as 1.2"),
}
_SHOWN = 6
_LONGEST = 40  # characters of a value that a message repeats


@dataclass(frozen=True, eq=False)
class Intervention:
    """One action on chosen zones.

    Attributes
    ----------
    action : one of :data:`ACTIONS`.
    amount : of the action; infinite for a closure.
    origins, destinations : indices of zones, sorted, or None for all of them.
    """

    action: str
    amount: float
    origins: np.ndarray | None = None
    destinations: np.ndarray | None = None

    def meets(self, other: "Intervention") -> np.ndarray:
        """(k,) zones on which the two cannot both hold: destinations, or origins that grow."""
        kinds = {_kind(self.action), _kind(other.action)}
        if "outflow_factor" in kinds:
            return _common(self.origins, other.origins) if len(kinds) == 1 else np.empty(0, int)
        everywhere = self.origins is None and other.origins is None
        closed_from_some = "closed" in kinds and "cost" not in kinds and not everywhere
        if len(kinds) == 2 and ("closed" not in kinds or closed_from_some):
            return np.empty(0, int)
        if not everywhere and _common(self.origins, other.origins).size == 0:
            return np.empty(0, int)
        return _common(self.destinations, other.destinations)


def check_form(interventions: Sequence[Mapping[str, Any]]) -> None:
    """Hold interventions against their form; looks at no zones, so a run can stop before any job.

    Parameters
    ----------
    interventions : as the config gives them, see the module.

    Raises
    ------
    ValueError
        Naming the intervention (counted from 1), the key and what is allowed.
    """
    if isinstance(interventions, Mapping | str) or not isinstance(interventions, Sequence):
        raise ValueError(f"interventions = {interventions!r}: give a list of interventions")
    for number, one in enumerate(interventions, start=1):
        where = f"intervention {number}"
        if not isinstance(one, Mapping):
            raise ValueError(f"{where} = {one!r}: give a mapping with zones and an action")
        _known_keys(one, _KEYS, where)
        actions = [key for key in ACTIONS if key in one]
        if len(actions) != 1:
            raise ValueError(
                f"{where} has {len(actions)} actions ({_listed(actions) or 'none'}): give exactly "
                f"one of {_listed(ACTIONS)}; several actions are several interventions"
            )
        _check_amount(one[actions[0]], actions[0], where)
        _check_ends(one, actions[0], where)
        for end in ("origins", "destinations"):
            if end in one:
                _check_selection(one[end], f"{where}, {end}")


def check_interventions(
    interventions: Sequence[Mapping[str, Any]],
    zones: gpd.GeoDataFrame,
    arrivals: np.ndarray | None = None,
) -> tuple[Intervention, ...]:
    """Interventions with their zones found, each allowed and none against another.

    Parameters
    ----------
    interventions : as the config gives them, see the module.
    zones : (n_zones,) canonical zones; zone_id, name, and x, y in a CRS where a distance chooses.
    arrivals : (n_zones,) observed arrivals in the order of ``zones``; needed by ``largest``.

    Returns
    -------
    (n_interventions,) in the order given.

    Raises
    ------
    ValueError
        See :func:`check_form`; for a zone or name that is unknown (with the nearest one) or not
        unique, a selection without zones, or two interventions that contradict each other on a
        zone.
    """
    check_form(interventions)
    found = []
    for number, one in enumerate(interventions, start=1):
        action = next(key for key in ACTIONS if key in one)
        chosen = {
            end: _chosen(one[end], zones, arrivals, f"intervention {number}, {end}")
            for end in ("origins", "destinations")
            if end in one
        }
        amount = math.inf if action == "closed" else float(one[action])
        found.append(Intervention(action, amount, **chosen))
    _check_agreement(found, zones)
    return tuple(found)


def cost(action: str, amount: float, alpha: float, beta: float) -> float:
    """Utility that a trip loses by an action on destinations; infinite where it cannot be made."""
    if action == "attraction_factor":
        return -alpha * math.log(amount)
    return beta * math.log(amount) if action == "farther" else amount


def _kind(action: str) -> str:
    return "cost" if action in COSTS else "capacity" if action in CAPACITIES else action


def _common(one: np.ndarray | None, other: np.ndarray | None) -> np.ndarray:
    if one is None or other is None:
        return np.asarray(other if one is None else one)
    return np.intersect1d(one, other)


def _check_agreement(found: Sequence[Intervention], zones: pd.DataFrame) -> None:
    for (a, one), (b, other) in combinations(enumerate(found, start=1), 2):
        both = one.meets(other)
        if both.size:
            zone = zones.iloc[int(both[0])]
            raise ValueError(
                f"interventions {a} ({one.action}) and {b} ({other.action}) contradict each other "
                f"on zone {zone['zone_id']!r} ({zone['name']}) and {both.size - 1} more: keep one "
                "of them there (charges and distances of one trip are joined into one number)"
            )


def _check_amount(value: Any, action: str, where: str) -> None:
    if action == "closed":
        if value is not True:
            raise ValueError(f"{where}, closed = {value!r}: give true, or drop the intervention")
        return
    allowed, give = _RULES[action]
    if not (_is_number(value) and allowed(value)):
        raise ValueError(f"{where}, {action} = {_shown(value)}: give {give}")


def _check_ends(one: Mapping[str, Any], action: str, where: str) -> None:
    needed, barred = "destinations", "origins"
    if action == "outflow_factor":
        needed, barred = barred, needed
    if needed not in one:
        raise ValueError(f"{where}, {action}: {needed} are missing: say which zones")
    if barred in one and action in (*CAPACITIES, "attraction_factor", "outflow_factor"):
        raise ValueError(f"{where}, {action}: it concerns {needed} only, drop {barred}")


def _check_selection(choice: Any, where: str) -> None:
    if not isinstance(choice, Mapping):
        raise ValueError(f"{where} = {choice!r}: give a mapping with one of {_listed(SELECTORS)}")
    _known_keys(choice, (*SELECTORS, "of"), where)
    given = [key for key in SELECTORS if key in choice]
    if len(given) != 1:
        raise ValueError(f"{where} = {dict(choice)!r}: give exactly one of {_listed(SELECTORS)}")
    value, key = choice[given[0]], given[0]
    if ("of" in choice) != (key == "within_km"):
        raise ValueError(f"{where}: within_km and of belong together, {dict(choice)!r} has one")
    if key in ("zones", "names"):
        listed = isinstance(value, list | tuple) and all(isinstance(v, str) for v in value)
        if not listed or not value:
            raise ValueError(f"{where}, {key} = {value!r}: give a list of texts (in quotes)")
    elif key == "largest":
        if not isinstance(value, numbers.Integral) or isinstance(value, bool) or value < 1:
            raise ValueError(f"{where}, largest = {value!r}: give a whole number > 0")
    else:
        if not (_is_number(value) and value > 0):
            raise ValueError(f"{where}, within_km = {value!r}: give a distance > 0 in km")
        _check_point(choice["of"], where)


def _check_point(point: Any, where: str) -> None:
    paired = isinstance(point, list | tuple) and len(point) == 2 and all(map(_is_number, point))
    if not paired or abs(point[0]) > 180 or abs(point[1]) > 90:
        raise ValueError(f"{where}, of = {point!r}: give [longitude, latitude] in degrees")


def _chosen(
    choice: Mapping[str, Any], zones: gpd.GeoDataFrame, arrivals: np.ndarray | None, where: str
) -> np.ndarray:
    if "zones" in choice:
        return _named(choice["zones"], zones["zone_id"], f"{where}, zones")
    if "names" in choice:
        return _named(choice["names"], zones["name"], f"{where}, names")
    if "largest" in choice:
        return _largest(choice["largest"], arrivals, len(zones), where)
    return _within(choice["within_km"], choice["of"], zones, where)


def _named(wanted: Sequence[str], known: pd.Series, where: str) -> np.ndarray:
    places = known.reset_index(drop=True)
    rows = []
    for name in wanted:
        at = np.flatnonzero(places == name)
        if at.size == 0:
            raise ValueError(f"{where}: {name!r} is unknown; {_nearest(name, places)}")
        if at.size > 1:
            raise ValueError(
                f"{where}: {name!r} is the name of {at.size} zones: choose by zones (ids) instead"
            )
        rows.append(int(at[0]))
    if len(set(rows)) < len(rows):
        twice = next(name for name in wanted if list(wanted).count(name) > 1)
        raise ValueError(f"{where}: {twice!r} is listed more than once")
    return np.sort(rows)


def _nearest(name: str, known: pd.Series) -> str:
    folded = {str(one).casefold(): str(one) for one in known}
    close = get_close_matches(name.casefold(), folded, n=1)
    if close:
        return f"did you mean {folded[close[0]]!r}?"
    more = ", ..." if len(known) > _SHOWN else ""
    return f"there are {', '.join(map(str, known[:_SHOWN]))}{more}"


def _largest(count: int, arrivals: np.ndarray | None, n_zones: int, where: str) -> np.ndarray:
    if count > n_zones:
        raise ValueError(f"{where}, largest = {count}: there are only {n_zones} zones")
    if arrivals is None or np.shape(arrivals) != (n_zones,):
        raise ValueError(
            f"{where}, largest: needs the observed arrivals of all {n_zones} zones, found "
            f"{None if arrivals is None else np.shape(arrivals)}"
        )
    return np.sort(np.argsort(-np.asarray(arrivals, dtype=float), kind="stable")[:count])


def _within(
    radius: float, point: Sequence[float], zones: gpd.GeoDataFrame, where: str
) -> np.ndarray:
    points = gpd.GeoSeries.from_xy(zones["x"], zones["y"], crs=zones.crs).to_crs("EPSG:4326")
    away = great_circle_km(points.x, points.y, point[0], point[1])
    chosen = np.flatnonzero(away <= radius)
    if chosen.size == 0:
        near = int(np.argmin(away))
        raise ValueError(
            f"{where}: no zone within {radius:g} km of {list(point)}; the nearest is "
            f"{zones['zone_id'].iloc[near]!r} ({zones['name'].iloc[near]}) at {away[near]:.3g} km"
        )
    return chosen


def _known_keys(given: Mapping, known: Sequence[str], where: str) -> None:
    for key in given:
        if key not in known:
            close = get_close_matches(str(key), known, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"there are {_listed(known)}"
            raise ValueError(f"{where}: key {key!r} is unknown; {hint}")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)


def _is_number(value: Any) -> bool:
    if not isinstance(value, numbers.Real) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer beyond all floats
        return False


def _shown(value: Any) -> str:
    try:
        text = repr(value)
    except ValueError:  # Python refuses to write thousands of digits
        return "a number of thousands of digits"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text)} characters)"
