"""Laws within and between the four census regions of the United States (Sec. 3.2, Fig. 4)."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from movelaws.symbolic.equivalence import same_family
from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.expressions import Expression
from movelaws.symbolic.fitting import fit_constants
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.parsing import parse
from movelaws.symbolic.printing import latex, text
from movelaws.symbolic.programs import to_program

REGIONS = ("Northeast", "Midwest", "South", "West")
GRAVITY = {"exponential": parse("w_j / 2^d"), "power": parse("w_j / d^2")}
TIE = 1e-3  # relative: two RMSE that differ by no more are called equal
# Between far regions flows may grow with distance, so both decays may be of either sign.
_STARTS = {
    "exponential": np.concatenate([-np.geomspace(1e-6, 0.1, 24), [0], np.geomspace(1e-6, 1, 48)]),
    "power": np.linspace(-10, 20, 61),
}


class Gravity(NamedTuple):
    """Gravity calibrated by RMSE: w_j exp(-b d), b in 1/km, or w_j d^-b; b < 0 grows with d."""

    b: float
    rmse: float


class Subset(NamedTuple):
    """Flows from one region to one region; outflows are sums within the subset."""

    origin_region: str
    destination_region: str
    observations: Observations


def read_census_regions(path: str | Path) -> pd.Series:
    """Region by two-digit FIPS code of the state, from a table as config/published has it.

    The table follows the Census Bureau's "Census Regions and Divisions of the United States",
    https://www2.census.gov/geo/pdfs/maps-data/maps/reference/us_regdiv.pdf

    Raises
    ------
    ValueError
        If a column is missing, a code is no two digits or repeated, or a region is unknown.
    """
    table = pd.read_csv(path, dtype=str)
    missing = {"state_fips", "region"} - set(table.columns)
    if missing:
        raise ValueError(f"{path}: column {min(missing)!r} is missing")
    for code in table["state_fips"][~table["state_fips"].str.fullmatch(r"\d\d", na=False)]:
        raise ValueError(f"{path}: state_fips = {code!r} is no code of two digits")
    for code in table["state_fips"][table["state_fips"].duplicated()]:
        raise ValueError(f"{path}: state_fips = {code!r} occurs more than once")
    for name in table["region"][~table["region"].isin(REGIONS)]:
        raise ValueError(f"{path}: region = {name!r}: allowed are {', '.join(REGIONS)}")
    return table.set_index("state_fips")["region"]


def zone_regions(zone_ids: np.ndarray, census: pd.Series) -> np.ndarray:
    """(n_zones,) region of each county, whose id begins with the FIPS code of its state.

    Raises
    ------
    ValueError
        If a code is not in the table; the message names the zone.
    """
    states = pd.Series(np.asarray(zone_ids).astype(str)).str[:2]
    regions = states.map(census)
    if regions.isna().any():
        zone = zone_ids[int(np.argmax(regions.isna()))]
        raise ValueError(
            f"zone {str(zone)!r}: no census region for a state {str(zone)[:2]!r}; ids of counties "
            "must begin with the two digits of the state's FIPS code"
        )
    return regions.to_numpy()


def region_subsets(observations: Observations, region: np.ndarray) -> list[Subset]:
    """The subsets that hold flows, at most 16, by region of origin, then of destination.

    Parameters
    ----------
    region : (n_zones,) region of every zone.

    Raises
    ------
    ValueError
        If ``region`` does not name one of the four regions for every zone.
    """
    origin, destination = _ends(observations, region)
    found = []
    for start in REGIONS:
        for end in REGIONS:
            kept = (origin == start) & (destination == end)
            if not observations.flow[kept].any():
                continue
            subset = observations.of_pairs(kept)
            positive = np.flatnonzero(subset.outflow > 0)
            if positive.size < subset.n_origins:
                subset = subset.of_origins(positive)
            found.append(Subset(start, end, subset))
    return found


def region_totals(observations: Observations, region: np.ndarray) -> pd.DataFrame:
    """Pairs, flow (people) and share of all flow (from 0 to 1) of the 16 subsets, empty ones too.

    The share within regions (claim S14) is that of the rows where both regions are the same.
    """
    origin, destination = _ends(observations, region)
    rows = []
    for start in REGIONS:
        for end in REGIONS:
            kept = (origin == start) & (destination == end)
            rows.append((start, end, int(kept.sum()), observations.flow[kept].sum()))
    columns = ["origin_region", "destination_region", "n_pairs", "flow"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(share=table["flow"] / observations.flow.sum())


def gravity(observations: Observations) -> dict[str, Gravity]:
    """Exponential and power-law gravity of the least RMSE on these rows, by name.

    Raises
    ------
    ValueError
        If w_j or d is not among the variables.
    """
    evaluator = Evaluator(observations)
    found = {}
    for name, law in GRAVITY.items():
        code = to_program(law, observations.names).code[None]
        starts = _STARTS[name][None, :, None]
        values, losses, _ = fit_constants(evaluator, code, starts, refine=4)
        found[name] = Gravity(float(values[0, 0]), float(np.sqrt(losses[0] / observations.n_rows)))
    return found


def better_gravity(models: Mapping[str, Gravity]) -> str:
    """``exponential`` or ``power``, whichever errs less, or ``tie`` if they agree to `TIE`."""
    exponential, power = models["exponential"].rmse, models["power"].rmse
    if abs(exponential - power) <= TIE * min(exponential, power):
        return "tie"
    return "exponential" if exponential < power else "power"


def gravity_direction(models: Mapping[str, Gravity], without: float) -> str:
    """What the better gravity model says about distance.

    A model whose constant may have either sign is a decay only if the flows it predicts fall with
    distance; and a constant that hardly lowers the error says nothing either way.

    Parameters
    ----------
    models : both calibrated gravity models.
    without : RMSE of w_j alone, without any distance.

    Returns
    -------
    ``flat`` if w_j alone errs as little, to `TIE`, else ``decays`` or ``grows``.
    """
    best = min(models.values(), key=lambda model: model.rmse)
    if without <= best.rmse * (1 + TIE):
        return "flat"
    return "decays" if best.b > 0 else "grows"


def region_rows(subset: Subset, laws: Sequence[Expression]) -> list[dict[str, object]]:
    """Rows of regions.csv: laws with their constants beside gravity calibrated on the subset.

    Returns
    -------
    For each law a dict with origin_region, destination_region, n_pairs, flow, complexity,
    expression, latex, rmse, rmse_exponential, rmse_power (flow units), exponential_b (1/km),
    power_b, better (exponential, power or tie: the gravity model that errs less), direction
    (decays, grows or flat: how flows under that model change with distance), better_percent (by how
    much the RMSE of the better gravity model exceeds that of the law; negative where the law is
    worse) and same_as (exponential, power or empty).
    """
    observations = subset.observations
    evaluator, models = Evaluator(observations), gravity(observations)
    best = min(model.rmse for model in models.values())
    masses = evaluator.rmse(to_program(parse("w_j"), observations.names))
    shared = {"better": better_gravity(models), "direction": gravity_direction(models, masses)}
    rows = []
    for law in laws:
        error = evaluator.rmse(to_program(law, observations.names))
        same = [name for name, form in GRAVITY.items() if same_family(law, form)]
        rows.append(
            {
                "origin_region": subset.origin_region,
                "destination_region": subset.destination_region,
                "n_pairs": observations.n_rows,
                "flow": float(observations.flow.sum()),
                "complexity": law.complexity,
                "expression": text(law, 3),
                "latex": latex(law, 3),
                "rmse": error,
                "rmse_exponential": models["exponential"].rmse,
                "rmse_power": models["power"].rmse,
                "exponential_b": models["exponential"].b,
                "power_b": models["power"].b,
                **shared,
                "better_percent": 100 * (best / error - 1) if error > 0 else np.inf,
                "same_as": same[0] if same else "",
            }
        )
    return rows


def regions_table(
    subsets: list[Subset], laws: Mapping[tuple[str, str], Sequence[Expression]]
) -> pd.DataFrame:
    """regions.csv: ``region_rows`` of all subsets, laws by (origin region, destination region).

    Raises
    ------
    ValueError
        If a subset has no law.
    """
    for subset in subsets:
        if not laws.get(subset[:2]):
            raise ValueError(f"laws: there is none from {subset[0]} to {subset[1]}")
    return pd.DataFrame([row for s in subsets for row in region_rows(s, laws[s[:2]])])


def distance_bins(observations: Observations, per_decade: int = 10) -> np.ndarray:
    """Edges (km) of bins of equal ratio, at whole steps of a decade, that hold all distances."""
    distance = observations.columns[observations.names.index("d")]
    low, high = np.log10(distance[observations.flow > 0]).min(), np.log10(distance.max())
    first, last = np.floor(low * per_decade), np.floor(high * per_decade) + 1
    return 10.0 ** (np.arange(first, last + 1) / per_decade)


def distance_shares(subset: Subset, predicted: np.ndarray, edges: np.ndarray) -> pd.DataFrame:
    """regions_distances.csv: how far people go, observed and predicted (Fig. 4a).

    Parameters
    ----------
    predicted : (n_rows,) flows of a law.
    edges : (n_bins + 1,) km, rising.

    Returns
    -------
    DataFrame: origin_region, destination_region, distance_km (geometric centre of the bin),
    low_km, high_km, observed and predicted (share of the flow per km; times the width of the bins
    both sum up to 1 if the edges hold all distances).

    Raises
    ------
    ValueError
        If ``predicted`` does not fit the rows or the edges do not rise.
    """
    observations, edges = subset.observations, np.asarray(edges, dtype=float)
    if np.shape(predicted) != (observations.n_rows,):
        raise ValueError(f"predicted has shape {np.shape(predicted)}, not {observations.n_rows}")
    if edges.size < 2 or not (np.diff(edges) > 0).all():
        raise ValueError("edges must rise and hold at least one bin")
    distance = observations.columns[observations.names.index("d")]
    width = np.diff(edges)
    shares = {
        name: np.histogram(distance, edges, weights=flow)[0] / flow.sum() / width
        for name, flow in (("observed", observations.flow), ("predicted", np.asarray(predicted)))
    }
    return pd.DataFrame(
        {
            "origin_region": subset.origin_region,
            "destination_region": subset.destination_region,
            "distance_km": np.sqrt(edges[:-1] * edges[1:]),
            "low_km": edges[:-1],
            "high_km": edges[1:],
            **shares,
        }
    )


def _ends(observations: Observations, region: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    region = np.asarray(region)
    if region.shape != (len(observations.zone_ids),):
        raise ValueError(f"region has shape {region.shape}, not {len(observations.zone_ids)} zones")
    unknown = ~np.isin(region, REGIONS)
    if unknown.any():
        raise ValueError(f"region {region[unknown][0]!r}: allowed are {', '.join(REGIONS)}")
    return (
        np.repeat(region[observations.zone], np.diff(observations.start)),
        region[observations.destination],
    )
