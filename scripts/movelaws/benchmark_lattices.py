"""Cities on lattices for timings of paper 1, and what is read off these timings."""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from movelaws.benchmarks import assemble, growth

STEPS = 100
ITERATIONS = 2000
"""Of the paper, on its lattice of 100 sites; larger lattices are timed with fewer."""

FEWEST_ITERATIONS = 40
GRADIENTS = 10
"""Gradients taken in a run."""

FULL_SITES, FULL_STEPS = 40_000, 48
"""Lattice and half hours of the whole YJMob100K."""

ROWS_PER_USER, DAYS, RECORDS = 200, 15, 16.0
"""Of the generated file of records: rows that are kept, days, records a day (and some more)."""

EXACT_TASKS = {"schedule": 1e-6, "gradient": 1e-9, "raster": 0.0}
"""Tasks whose results must agree, and how nearly."""


def moving_city(sites: int, seed: int, steps: int = STEPS) -> dict[str, np.ndarray]:
    """A city that breathes: people move to its centre and back within a day.

    Parameters
    ----------
    sites : a square number, at least 4.
    seed : of all random numbers.
    steps : T.

    Returns
    -------
    dict of population (steps + 1, L, L), 100 agents per site on average and none empty.

    Raises
    ------
    ValueError
        If ``sites`` is no square number or below 4.
    """
    side = math.isqrt(sites)
    if side * side != sites or side < 2:
        raise ValueError(f"sites = {sites}: a square number >= 4 is needed")
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(sites, 2)))
    y, x = np.mgrid[:side, :side] / side - 0.5
    time = np.linspace(0, 1, steps + 1)[:, None, None]
    width = 0.35 + 0.1 * np.cos(2 * np.pi * time)
    # Rough from site to site, so that neighbours differ however many there are.
    population = np.exp(-(x**2 + y**2) / (2 * width**2)) * rng.lognormal(0, 0.3, (side, side))
    return {"population": population * 100 * sites / population.sum(axis=(1, 2), keepdims=True)}


def iterations_of(sites: int) -> int:
    """Iterations on the clock: as much work on each lattice, but a few."""
    return max(FEWEST_ITERATIONS, ITERATIONS * 100 // sites)


def lattices_table(
    runs: pd.DataFrame, values: Mapping[tuple[str, str, int, int], np.ndarray]
) -> pd.DataFrame:
    """The table of all runs, with what a site and step, or a row, costs.

    Parameters
    ----------
    runs, values : as in ``benchmarks.assemble``; n_zones counts sites, or rows in the task raster.

    Returns
    -------
    DataFrame with size instead of n_zones, ns_each (nanoseconds per site and step, or per row),
    and in the notes of the schedule what the published lattices take with 2,000 iterations.
    """
    table = assemble(runs, values).drop(columns="n_pairs")
    raster = table["task"] == "raster"
    each = 1e9 * table["seconds"] / table["n_zones"]
    table["ns_each"] = each.where(raster, each / STEPS)
    for at, row in table[(table["task"] == "schedule") & table["seconds"].notna()].iterrows():
        table.loc[at, "note"] = _schedule_note(row)
    return table.rename(columns={"n_zones": "size"})


def lattices_growth(table: pd.DataFrame) -> pd.DataFrame:
    """Growth exponents with the number of sites or rows; see ``benchmarks.growth``."""
    renamed = table.rename(columns={"size": "n_zones"})
    return growth(renamed)


def disagreeing(table: pd.DataFrame) -> pd.DataFrame:
    """Rows whose result differs from ours by more than ``EXACT_TASKS`` allow."""
    return table[table["max_relative_difference"] > table["task"].map(EXACT_TASKS)]


def _schedule_note(row: pd.Series) -> str:
    said = [row["note"]] if row["note"] else []
    said.append(f"{ITERATIONS:,} iterations at this rate: {_time(row['seconds'] * ITERATIONS)}")
    if row["n_zones"] == FULL_SITES:
        share = FULL_STEPS / STEPS
        whole = _time(row["seconds"] * ITERATIONS * share)
        said.append(f"with the {FULL_STEPS} half hours of YJMob100K: {whole}")
    return "; ".join(said)


def _time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds < 100 else f"{seconds / 60:.1f} min"
