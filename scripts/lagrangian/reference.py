"""Grow a city and move its people to the centre: populations of one reference dynamics."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from movelaws.lagrangian.growth import grow
from movelaws.lagrangian.reference_dynamics import BOOKKEEPINGS, Movement, move
from movelaws.lattices import populations
from movelaws.lattices.populations import Populations
from movelaws.log import logged


def reference(
    *,
    alpha: float,
    h: float,
    side: int,
    agents: int,
    steps: int,
    c: float,
    radius: int,
    bookkeeping: str,
    seed: int,
) -> tuple[Populations, pd.DataFrame]:
    """Populations, and the total agents with each way of book-keeping.

    Arguments are those of ``growth.grow`` and ``reference_dynamics.move``: all cases with one seed
    start from the same city.
    """
    start = grow(side, agents, seed=seed, c=c, radius=radius)
    moved = {
        kind: move(start, alpha=alpha, h=h, steps=steps, bookkeeping=kind)
        for kind in dict.fromkeys([*BOOKKEEPINGS, bookkeeping])
    }
    attrs = {
        "slot_minutes": 0,
        "cell_m": 1.0,
        "crs": "",
        "unit": "agents",
        "source": f"reference dynamics, alpha = {alpha:g}, h = {h:g}, {bookkeeping} bookkeeping",
        "total": float(agents),
        "side": side,
        "repairs": {},
    }
    made = Populations(moved[bookkeeping].population[None], ["0"], attrs)
    return made, pd.concat([_drift(kind, moved[kind]) for kind in BOOKKEEPINGS])


def _drift(bookkeeping: str, moved: Movement) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "bookkeeping": bookkeeping,
            "n": range(moved.total.size),
            "total": moved.total,
            "drift": moved.drift,
        }
    )


def run(dynamics: Mapping[str, Any], seed: int, made: Mapping[str, Any]) -> None:
    """Write both files and say how far the totals drift."""
    found, drift = reference(**dynamics, seed=seed)
    populations.write(found, made["populations"])
    drift.to_csv(made["drift"], index=False)
    print(drift.groupby("bookkeeping")["drift"].agg(["min", "max"]).to_string())


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        run(dict(snakemake.params.dynamics), snakemake.params.seed, snakemake.output)
