"""Intrinsic cost of distance from published bins: the paper's reading of them and the likelihood.

The paper's exponents follow from its bins if the ratio f / p at each bin centre is taken for the
number of times that this centre was seen (``sample_space``). Here that reading stands beside the
likelihood of the moves given the pairs, and both are judged by moves drawn from a power law through
the same pairs, in the number that there were: what chance alone does to the exponent and to the
distance of Kolmogorov and Smirnov.
"""

import dataclasses
import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from movelaws import seeds
from movelaws.powerlaw.binned import BinnedPowerLaw, fit_cost
from movelaws.powerlaw.binned_alternatives import BinnedAlternative
from movelaws.powerlaw.piecewise import PiecewiseLaw
from movelaws.powerlaw.sample_space import SampleSpaceLaw, fit_sample_space, sample_space_p
from movelaws.powerlaw.slopes import CostBins, cost_bins

COLUMNS = ("case", "r_m", "moves", "pairs", "ratio", "kind")
KINDS = ("density", "mass")


@dataclasses.dataclass(frozen=True)
class Case:
    """One set of bins and the range of them that is read.

    Attributes
    ----------
    name : of the case.
    whole : all bins from the first to the last with moves.
    bins : those whose centre lies in the range read.
    counts : (n_bins,) moves per bin of ``bins`` as numbers; 0 where there are no pairs.
    """

    name: str
    whole: CostBins
    bins: CostBins
    counts: np.ndarray

    @property
    def n(self) -> int:
        """Number of moves within the range read."""
        return round(float(self.counts.sum()))


def read_cases(table: pd.DataFrame, settings: Mapping[str, Mapping[str, float]]) -> list[Case]:
    """The cases of a table of bins.

    Parameters
    ----------
    table : case, r_m (centre of the bin, m), moves, pairs, ratio (NaN where not given) and kind
        ("density": heights per metre, "mass": heights per bin).
    settings : by case: ``moves``, the number of moves behind the bins (without it the heights are
        numbers themselves), and ``low`` and ``high``, the range of centres to read, m (all of them
        without it). Cases that are not named are read whole.

    Returns
    -------
    list of Case, in the order of the table.

    Raises
    ------
    ValueError
        If a column is missing, a kind is unknown or not the same throughout a case, a setting
        is for no case, a range holds fewer than three bins, or bins are unusable (``cost_bins``).
    """
    missing = [column for column in COLUMNS if column not in table.columns]
    if missing:
        raise ValueError(f"bins lack the column {missing[0]}; there are {', '.join(table.columns)}")
    known = list(dict.fromkeys(table["case"]))
    for name in settings:
        if name not in known:
            raise ValueError(f"settings name the case {name!r}; the bins have {', '.join(known)}")
    return [_case(name, table[table["case"] == name], settings.get(name, {})) for name in known]


def _case(name: str, rows: pd.DataFrame, setting: Mapping[str, float]) -> Case:
    kinds = set(rows["kind"])
    if len(kinds) != 1 or not kinds <= set(KINDS):
        raise ValueError(f"case {name}: kind {sorted(kinds)}: all bins are one of {KINDS}")
    rows = rows.sort_values("r_m")

    def heights(column: str) -> pd.DataFrame:
        given = rows[["r_m", column]].dropna()
        return given.set_axis(["x", "y"], axis=1)

    ratio = heights("ratio")
    whole = cost_bins(
        heights("moves"),
        heights("pairs"),
        None if ratio.empty else ratio,
        mass=kinds == {"mass"},
    )
    bins = in_range(whole, setting.get("low"), setting.get("high"), name)
    counts = np.where(bins.pairs > 0, bins.moves, 0.0)
    if setting.get("moves") is not None:
        counts = counts / counts.sum() * float(setting["moves"])
    return Case(name, whole, bins, counts)


def in_range(bins: CostBins, low: float | None, high: float | None, name: str = "bins") -> CostBins:
    """The bins whose centre lies in [low, high], from the first to the last of them.

    Raises
    ------
    ValueError
        If there are fewer than three.
    """
    low = bins.centre[0] if low is None else low
    high = bins.centre[-1] if high is None else high
    inside = np.flatnonzero((bins.centre >= low) & (bins.centre <= high))
    if inside.size < 3:
        raise ValueError(
            f"{name}: [{low}, {high}] m holds the centres of {inside.size} bins, three are needed; "
            f"they go from {bins.centre[0]:.6g} to {bins.centre[-1]:.6g} m"
        )
    kept = slice(inside[0], inside[-1] + 1)
    return CostBins(
        bins.edges[inside[0] : inside[-1] + 2],
        bins.centre[kept],
        bins.moves[kept],
        bins.pairs[kept],
        bins.ratio[kept],
    )


def read_ratio(bins: CostBins) -> SampleSpaceLaw:
    """The paper's reading: the ratio as the number of times that each bin centre was seen."""
    filled = bins.ratio > 0
    return fit_sample_space(bins.centre[filled], bins.ratio[filled])


def distance_of(law: BinnedPowerLaw | BinnedAlternative | PiecewiseLaw) -> float:
    """Largest difference of observed and expected shares of the moves below an edge."""
    expected = law.n * np.exp(law.log_shares())
    return float(np.abs(np.cumsum(law.counts - expected)).max()) / law.n


def planted_draws(
    case: Case, exponent: float, draws: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Both readings of moves drawn from r^-exponent through the pairs of a case.

    Returns
    -------
    (ratio, cost), each (draws, 2) : exponent and KS distance of the paper's reading and of the
        likelihood of the moves.
    """
    edges, pairs = case.bins.edges, case.bins.pairs
    law = fit_cost(edges, case.counts, pairs)
    share = np.exp(law.log_shares(exponent))
    read, fitted = np.empty((draws, 2)), np.empty((draws, 2))
    for k in range(draws):
        counts = rng.multinomial(case.n, share / share.sum()).astype(float)
        ratio = np.divide(counts, pairs, out=np.zeros(pairs.size), where=pairs > 0)
        one = read_ratio(CostBins(edges, case.bins.centre, counts, pairs, ratio))
        other = fit_cost(edges, counts, pairs)
        read[k] = one.exponent, one.ks
        fitted[k] = other.exponent, distance_of(other)
    return read, fitted


def table_1(
    cases: Sequence[Case],
    published: pd.DataFrame,
    planted: Mapping[str, float] | None = None,
    *,
    draws: int = 100,
    few: int = 20,
    level: float = 0.95,
    seed: int,
) -> pd.DataFrame:
    """Exponents of the intrinsic cost, published beside both readings (Table 1, Figs 3b and 4).

    Parameters
    ----------
    cases : sets of bins.
    published : dataset, kind, xmin_m, xmax_m, exponent, ks, p of the paper; may be empty.
    planted : exponent behind the moves of a case, where it is known.
    draws : samples of moves from each law fitted, for errors and p.
    few : number of draws for ``p_few``, the p of a paper that takes bins for so few observations.
    level : of the intervals.
    seed : of the draws.

    Returns
    -------
    DataFrame, a row per case:
        moves (number in the range), bins, low_m, high_m (edges of the range);
        exponent, exponent_error, ks, ks_chance, p, p_few : the paper's reading; error and the KS
        distance that chance makes (its median) from draws, p their share with at least this
        distance;
        cost_exponent, cost_low, cost_high, cost_ks, cost_ks_chance, cost_p : likelihood of the
        moves given the pairs;
        planted; published_exponent, published_ks, published_p, published_xmin_m, published_xmax_m.

    Raises
    ------
    ValueError
        If draws < 2.
    """
    if draws < 2:
        raise ValueError(f"draws = {draws}: at least 2 are needed for an error")
    rows = []
    for case in cases:
        ratio, cost = read_ratio(case.bins), fit_cost(case.bins.edges, case.counts, case.bins.pairs)
        stream = seeds.stream(seed, "published_bins", case.name)
        read, _ = planted_draws(case, ratio.exponent, draws, stream)
        _, fitted = planted_draws(case, cost.exponent, draws, stream)
        low, high = cost.interval(level)
        observed = distance_of(cost)
        told = told_of(published, case.name)
        rows.append(
            {
                "case": case.name,
                "kind": told.get("kind", ""),
                "moves": case.n,
                "bins": case.bins.centre.size,
                "low_m": case.bins.edges[0],
                "high_m": case.bins.edges[-1],
                "exponent": ratio.exponent,
                "exponent_error": read[:, 0].std(ddof=1),
                "ks": ratio.ks,
                "ks_chance": float(np.median(read[:, 1])),
                "p": share_above(read[:, 1], ratio.ks),
                "p_few": sample_space_p(
                    ratio, few, replicates=draws, seed=seeds.number(seed, "few", case.name)
                ),
                "cost_exponent": cost.exponent,
                "cost_low": low,
                "cost_high": high,
                "cost_error": fitted[:, 0].std(ddof=1),
                "cost_ks": observed,
                "cost_ks_chance": float(np.median(fitted[:, 1])),
                "cost_p": share_above(fitted[:, 1], observed),
                "planted": (planted or {}).get(case.name, math.nan),
            }
            | {
                f"published_{name}": told.get(name, math.nan)
                for name in ("exponent", "ks", "p", "xmin_m", "xmax_m")
            }
        )
    return pd.DataFrame(rows)


def told_of(published: pd.DataFrame, name: str) -> dict[str, float | str]:
    """The row of a case in the paper's table (column dataset), or nothing."""
    if "dataset" not in published:
        return {}
    rows = published[published["dataset"] == name].to_dict("records")
    return rows[0] if rows else {}


def share_above(drawn: np.ndarray, observed: float) -> float:
    """p = (k + 1) / (n + 1), k of n draws being at least as far as what was observed."""
    reached = int(np.count_nonzero(drawn >= observed * (1 - 1e-12)))
    return (reached + 1) / (drawn.size + 1)
