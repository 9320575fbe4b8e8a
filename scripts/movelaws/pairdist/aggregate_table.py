"""The aggregated cost under every reading of its assumptions."""

import dataclasses
import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from movelaws.pairdist.aggregate import (
    NORMS,
    PAIRS,
    Towns,
    checked_radii,
    exponents,
    mean_field,
    radii_of,
)
from movelaws.pairdist.aggregate_simulated import simulated

BASE = "base"
_BINS_PER_DECADE = 20


def edges_of(low: float = 10.0, high: float = 1e6) -> np.ndarray:
    """Logarithmic edges from low to high, 20 bins per decade, m."""
    decades = math.log10(high / low)
    return np.geomspace(low, high, round(decades * _BINS_PER_DECADE) + 1)


def variants(base: Towns) -> dict[str, tuple[Towns, str]]:
    """Name: towns and radius law, each differing from the base in one thing."""
    found = {BASE: (base, "as given")}
    for law in ("lognormal", "power_pareto"):
        found[f"radii: {law}"] = (base, law)
    # Standard deviations over the towns of the paper are 0.20 and 0.22.
    for name, value in (
        ("inside", base.inside - 0.2), ("inside", base.inside + 0.2),
        ("outside", base.outside - 0.22), ("outside", base.outside + 0.22),
        ("shape", 1.0), ("shape", 4.0), ("background", 0.1), ("background", 0.02),
    ):  # fmt: skip
        if not math.isclose(getattr(base, name), value):
            changed = dataclasses.replace(base, **{name: value})
            found[f"{name}: {value:.3g}"] = (changed, "as given")
    for name, known in (("norm", NORMS), ("pairs", PAIRS)):
        for value in known:
            if getattr(base, name) != value:
                changed = dataclasses.replace(base, **{name: value})
                found[f"{name}: {value}"] = (changed, "as given")
    return found


def sensitivity(radius: np.ndarray, base: Towns, *, quantiles: int) -> pd.DataFrame:
    """Curves of the mean field under every variant.

    Returns
    -------
    DataFrame with model, r_m, moves, pairs, cost, exponent.
    """
    edges, tables = edges_of(), []
    for name, (towns, law) in variants(base).items():
        curve = mean_field(edges, radii_of(radius, law, quantiles), towns)
        tables.append(curve.assign(model=name, replicate=0))
    return pd.concat(tables, ignore_index=True)


def curves(
    radius: np.ndarray, base: Towns, *, quantiles: int, simulation: Mapping[str, float], seed: int
) -> pd.DataFrame:
    """All curves: the mean field in every variant, and simulated countries.

    Parameters
    ----------
    radius : (n_towns,) mobility radii, m.
    base : the towns of the base.
    quantiles : radii that stand for a law in the mean field.
    simulation : towns (at most so many, by quantiles of the radii), area_km2 (of the country of all
        towns), packing, points (addresses sampled in all), replicates; none if replicates is 0.
    seed : of the simulation.

    Returns
    -------
    DataFrame with model ("base", "<property>: <value>", "simulated", "simulated, <norm>"),
    replicate, r_m, moves, pairs, cost, exponent.
    """
    radius = checked_radii(radius)
    tables = [sensitivity(radius, base, quantiles=quantiles)]
    if simulation["replicates"]:
        n = min(int(simulation["towns"]), radius.size)
        some = radii_of(radius, "as given", n)
        variants = {
            "simulated" if norm == base.norm else f"simulated, {norm}": dataclasses.replace(
                base, norm=norm
            )
            for norm in dict.fromkeys((base.norm, *NORMS[:2]))
        }
        table = simulated(
            edges_of(),
            some,
            variants,
            area_km2=simulation["area_km2"] * n / radius.size,
            packing=simulation["packing"],
            points=int(simulation["points"]),
            replicates=int(simulation["replicates"]),
            seed=seed,
        )
        tables.append(table)
    order = ["model", "replicate", "r_m", "moves", "pairs", "cost", "exponent"]
    return pd.concat(tables, ignore_index=True)[order]


def table(
    curve: pd.DataFrame, radius: np.ndarray, published: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Exponents of every curve (``exponents``), those of replicates averaged, with their spread.

    Parameters
    ----------
    curve : of ``curves``.
    radius : (n_towns,) mobility radii, m.
    published : r_m and cost of the paper's simulated curve; may be missing.

    Returns
    -------
    DataFrame with model, replicates, between_radii, spread (its standard deviation over the
    replicates), lowest_local, highest_local, middle_radii, whole, decade_1 ... decade_5.
    """
    rows = []
    for name, mine in curve.groupby("model", sort=False):
        found = pd.DataFrame([exponents(one, radius) for _, one in mine.groupby("replicate")])
        spread = found["between_radii"].std(ddof=1) if len(found) > 1 else math.nan
        row = {"model": name, "replicates": len(found)} | found.mean().to_dict()
        rows.append(row | {"spread": spread})
    if published is not None:
        rows.append({"model": "the paper's curve", "replicates": 1} | exponents(published, radius))
    made = pd.DataFrame(rows)
    made.insert(3, "spread", made.pop("spread"))
    return made
