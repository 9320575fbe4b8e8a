"""Laws of the flows from one census region to each region, certified (Sec. 3.2, Fig. 4)."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.fronts import usual_form
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.parsing import parse
from movelaws.symbolic.programs import from_program, to_program
from movelaws.symbolic.regions import (
    Subset,
    distance_bins,
    distance_shares,
    read_census_regions,
    region_rows,
    region_subsets,
    zone_regions,
)
from movelaws.symbolic.searches import exhaust, hall_of

SHOWN = 5  # complexity of the laws of Fig. 4


def subsets_from(observations: Observations, census: str | Path, region: str) -> list[Subset]:
    """Flows out of one region, by region of the destination."""
    regions = zone_regions(observations.zone_ids, read_census_regions(census))
    return [s for s in region_subsets(observations, regions) if s.origin_region == region]


def search_subset(
    subset: Subset, complexity: int, keep: int, starts: Sequence[int], seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Best laws of one subset up to a complexity, and the distances that the law shown predicts.

    Returns
    -------
    rows of regions.csv, one per complexity at which the front improves, ``shown`` true for the
    most accurate of at most complexity 5; and rows of regions_distances.csv.
    """
    observations = subset.observations
    shared = observations.n_rows > observations.n_origins
    if shared:
        front = hall_of(exhaust(observations, complexity, keep, starts, seed), keep).front()
        laws = [usual_form(from_program(law.program, observations.names)) for law in front]
    else:
        laws = [parse("w_j")]  # each origin has one destination: every law is exact
    shown = max(n for n, law in enumerate(laws) if law.complexity <= SHOWN)
    table = pd.DataFrame(region_rows(subset, laws))
    if not shared:
        table["better_percent"] = 0.0
    table["shown"] = [n == shown for n in range(len(laws))]
    flows = Evaluator(observations).predict(to_program(laws[shown], observations.names))
    edges = distance_bins(subset.observations)
    return table, distance_shares(subset, flows, edges)


def search_region(
    observations: Observations,
    census: str | Path,
    region: str,
    complexity: int,
    keep: int,
    starts: Sequence[int],
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both tables for all flows out of one region; empty if it has no zones with flows."""
    parts = [
        search_subset(subset, complexity, keep, starts, seed)
        for subset in subsets_from(observations, census, region)
    ]
    laws = [laws for laws, _ in parts]
    distances = [shares for _, shares in parts]
    return (
        pd.concat(laws, ignore_index=True) if laws else pd.DataFrame(),
        pd.concat(distances, ignore_index=True) if distances else pd.DataFrame(),
    )
