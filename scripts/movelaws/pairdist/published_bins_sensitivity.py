"""How far the exponent of one set of bins moves with the range, the weights and the estimator."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from movelaws import seeds
from movelaws.pairdist.published_bins import Case, told_of
from movelaws.powerlaw.planted import planted_readings
from movelaws.powerlaw.slopes import sensitivity_table

READ = "range read"
PAPER = ("sample space", "ratio")
LIKELIHOOD = ("moves and pairs", "moves")


def ranges(case: Case, told: Mapping[str, float] | None = None) -> dict[str, tuple[float, float]]:
    """Ranges of bin centres, m: the one read, the published one, all, and parts of the range read.

    Half ranges end at the geometric middle. A published range is there if both its ends are told
    (xmin_m, xmax_m).
    """
    x = case.bins.centre
    middle = math.sqrt(x[0] * x[-1])
    found = {READ: (x[0], x[-1]), "all bins": (case.whole.centre[0], case.whole.centre[-1])}
    low, high = ((told or {}).get(name, math.nan) for name in ("xmin_m", "xmax_m"))
    if low < high:
        # Ends are printed to the metre: a centre within a thousandth of one belongs.
        found["published range"] = (low * 0.999, high * 1.001)
    return found | {
        "without the first bin": (x[1], x[-1]),
        "from 10 times the lowest": (10 * x[0], x[-1]),
        "lower half": (x[0], middle),
        "upper half": (middle, x[-1]),
    }


def sensitivity(
    cases: Sequence[Case],
    published: pd.DataFrame,
    planted: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Every reading of every case over every range that leaves at least three bins with a ratio.

    Parameters
    ----------
    cases : sets of bins.
    published : dataset, xmin_m, xmax_m, exponent, ks of the paper; may be empty.
    planted : exponent behind the moves of a case, where it is known.

    Returns
    -------
    DataFrame with case, range, low, high (m), n_bins, estimator, weights, exponent, ks (sample
    space only), planted, published_exponent, published_ks. Estimators and weights are those of
    ``movelaws.powerlaw.slopes.sensitivity_table``.
    """
    tables = []
    for case in cases:
        told = told_of(published, case.name)
        filled = case.whole.centre[case.whole.ratio > 0]
        usable = {
            name: (low, high)
            for name, (low, high) in ranges(case, told).items()
            if np.count_nonzero((filled >= low) & (filled <= high)) >= 3
        }
        table = sensitivity_table(case.whole, usable)
        table.insert(0, "case", case.name)
        table["planted"] = (planted or {}).get(case.name, math.nan)
        for name in ("exponent", "ks"):
            table[f"published_{name}"] = told.get(name, math.nan)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def readings(
    cases: Sequence[Case], *, exponent: float = 1.0, draws: int, seed: int
) -> pd.DataFrame:
    """What every reading makes of moves whose cost is known: bias and scatter.

    Moves are drawn from r^-exponent through the pairs of each case, in the number that it has.

    Returns
    -------
    DataFrame with case, estimator, weights, true (the exponent), moves, mean, sd of the readings.
    """
    tables = []
    for case in cases:
        drawn = planted_readings(
            case.bins,
            case.n,
            exponent,
            replicates=draws,
            seed=seeds.number(seed, "readings", case.name),
        )
        table = (
            drawn.groupby(["estimator", "weights"], sort=False)["exponent"]
            .agg(["mean", "std"])
            .reset_index()
            .rename(columns={"std": "sd"})
        )
        table.insert(0, "case", case.name)
        table.insert(3, "true", exponent)
        table.insert(4, "moves", case.n)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def summary(cases: Sequence[Case], table: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """The table of sensitivity in one row per case.

    Returns
    -------
    DataFrame with case, paper_reading (over the range read), lowest_reading, highest_reading (of
    all estimators and weights over the range read), lowest_range, highest_range (of the paper's
    reading over all ranges), likelihood, lowest_likelihood, highest_likelihood (over all ranges),
    first_decade (share of the weight of the paper's reading within a factor 10 of the lowest
    centre), without_first_bin (the paper's reading), published_exponent, matching (readings over
    the range read that round to the published exponent).
    """
    rows = []
    for case in cases:
        mine = table[table["case"] == case.name]
        here = mine[mine["range"] == READ]
        paper, moves = (_of(mine, reading) for reading in (PAPER, LIKELIHOOD))
        x, ratio = case.bins.centre, case.bins.ratio
        exponent = float(told_of(published, case.name).get("exponent", math.nan))
        matching = here[here["exponent"].round(2) == exponent]
        rows.append(
            {
                "case": case.name,
                "paper_reading": float(paper[READ]),
                "lowest_reading": here["exponent"].min(),
                "highest_reading": here["exponent"].max(),
                "lowest_range": paper.min(),
                "highest_range": paper.max(),
                "likelihood": float(moves[READ]),
                "lowest_likelihood": moves.min(),
                "highest_likelihood": moves.max(),
                "first_decade": float(ratio[x <= 10 * x[0]].sum() / ratio.sum()),
                "without_first_bin": float(paper.get("without the first bin", math.nan)),
                "published_exponent": exponent,
                "matching": "; ".join(
                    f"{estimator}, {weights}"
                    for estimator, weights in zip(
                        matching["estimator"], matching["weights"], strict=True
                    )
                ),
            }
        )
    return pd.DataFrame(rows)


def _of(table: pd.DataFrame, reading: tuple[str, str]) -> pd.Series:
    """Exponent by range of one reading."""
    chosen = (table["estimator"] == reading[0]) & (table["weights"] == reading[1])
    return table[chosen].set_index("range")["exponent"]
