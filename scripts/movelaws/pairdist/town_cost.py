"""The intrinsic cost of distance seen from single towns (SI 8.4; Figs 3f, 3g, 26, 28-35).

Moves that begin in a town are set against the relative pair distribution: a place of the town and
any place of the country. Two power laws that meet at a radius compete with one, with a log-normal
and with an exponential core. A town on an island sees a gap in its pairs, where there is only sea.
"""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from movelaws.distance_cost import Moves, cost_table
from movelaws.pairdist.cost import decade_edges, moves_of, places_of
from movelaws.pairdist.town_cost_forms import fit_exponential_core
from movelaws.pairs import Points, pair_counts
from movelaws.pointsets.frames import PointSet, town_numbers
from movelaws.powerlaw.alternatives import likelihood_ratio
from movelaws.powerlaw.binned import fit_cost
from movelaws.powerlaw.binned_alternatives import fit_cost_alternative
from movelaws.powerlaw.piecewise import fit_piecewise, single_law_p
from movelaws.seeds import number

FITS = (
    "dataset",
    "town",
    "places",
    "moves",
    "inside",
    "inside_low",
    "inside_high",
    "outside",
    "outside_low",
    "outside_high",
    "radius",
    "radius_low",
    "radius_high",
    "single",
    "ratio",
    "p",
    "draws",
    "lognormal_ratio",
    "lognormal_p",
    "exponential_ratio",
    "exponential_p",
    "gap_low",
    "gap_high",
    "verdict",
    "planted_inside",
    "planted_outside",
    "planted_radius",
)
CURVES = ("dataset", "town", "r_low", "r_high", "moves", "f", "p", "cost", "cost_low", "cost_high",
          "two_pieces", "one_law")  # fmt: skip

LEAST_GAP = 1.5
"""Pairs lie on both sides of a gap if its ends differ by at least this factor."""

ALPHA = 0.05
BENDING = "any law that bends"
"""The verdict where two pieces, log-normal and exponential core cannot be told apart."""

_FEWEST_BINS = 8


def town_costs(
    pointset: PointSet,
    dataset: str,
    *,
    low: float,
    per_decade: int,
    fewest_moves: float,
    most_towns: int,
    draws: int,
    level: float,
    seed: int,
    truth: Mapping | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Piecewise cost of the towns with the most moves, and their curves.

    Parameters
    ----------
    pointset : places with towns, and moves.
    dataset : name, for the first column.
    low : m; shorter moves and pairs are left out.
    per_decade : bins in a factor of ten.
    fewest_moves : that must begin in a town.
    most_towns : those with the most moves; the town with the widest gap is added to them.
    draws : synthetic samples behind each p of one power law.
    level : of the intervals.
    seed : of the draws and bands.
    truth : of a synthetic world: ``inside``, ``outside`` and ``radii_m`` by town, or ``exponent``.

    Returns
    -------
    fits : one row per town, FITS, by falling number of moves. Exponents within and beyond the
        radius (m), that of one power law (single); ratio: twice the gain in log-likelihood of two
        pieces over one law, p: share of samples of the one law that gain as much. The other
        ratios: log-likelihood of two pieces less that of the form, positive in favour of two
        pieces, with p of Vuong's test. gap_low, gap_high (m): where no pair lies, nan without a
        gap. verdict in words. The planted exponents and radius where ``truth`` has them.
    curves : CURVES per town and bin of distance; two_pieces and one_law are the costs of the fits.

    Raises
    ------
    ValueError
        If the point set has no moves, or ``draws`` cannot tell the 5 % level.
    """
    if (draws + 1) * ALPHA < 1:
        raise ValueError(f"draws = {draws}: at least {round(1 / ALPHA) - 1} tell the 5 % level")
    points = places_of(pointset)
    moves = moves_of(pointset, points, f"{dataset}: ")
    town, names = town_numbers(pointset.points)
    begun = np.where(moves.r >= low, town[moves.origin], -1)
    total = np.bincount(begun[begun >= 0], moves.times[begun >= 0], names.size)
    able = np.flatnonzero(total >= fewest_moves)
    reach = math.hypot(np.ptp(points.x), np.ptp(points.y)) * (1 + 1e-9)
    edges = decade_edges(low, max(reach, low * 1.01), per_decade)
    seen = {}
    for one in able[np.argsort(-total[able], kind="stable")]:
        rows = np.flatnonzero(town == one)
        pairs = relative_pairs(points, rows, edges, seed)
        seen[one] = pairs, gap_of(pairs, points.subset(rows))
    widest = max(seen, key=lambda k: seen[k][1][1] / seen[k][1][0], default=None)
    chosen = list(seen)[:most_towns]
    if widest is not None and math.isfinite(seen[widest][1][0]) and widest not in chosen:
        chosen.append(widest)
    fits, curves = [], []
    for one in chosen:
        own = moves.subset(begun == one)
        pairs, gap = seen[one]
        fit, curve = _one_town(own, pairs, names[one], draws, level, seed)
        if fit is None:
            continue
        place = {"dataset": dataset, "town": names[one], "places": int((town == one).sum())}
        fit |= dict(zip(("gap_low", "gap_high"), gap, strict=True))
        fits.append(place | fit | planted(truth or {}, str(names[one])))
        curves.append(curve.assign(dataset=dataset, town=names[one]))
    table = pd.DataFrame(fits).reindex(columns=FITS)
    drawn = pd.concat(curves) if curves else pd.DataFrame(columns=CURVES)
    return table, drawn.reindex(columns=CURVES).reset_index(drop=True)


def relative_pairs(points: Points, rows: np.ndarray, edges: np.ndarray, seed: int) -> pd.DataFrame:
    """Pairs of a place of the town and any other place, from the first to the last bin with one.

    A pair within the town counts twice, once from each end: either can be where a move begins.

    Parameters
    ----------
    points : all places; rows : those of the town. edges : (n_bins + 1,) m, > 0.
    """
    pairs = pair_counts(points.subset(rows), edges, other=points, progress=False,
                        seed=number(seed, "town pairs"))  # fmt: skip
    filled = np.flatnonzero(pairs["count"] > 0)
    return pairs.iloc[filled[0] : filled[-1] + 1].reset_index(drop=True)


def gap_of(pairs: pd.DataFrame, town: Points) -> tuple[float, float]:
    """Ends (m) of the widest range of distances without a pair beyond the town itself.

    (nan, nan) unless the ends differ by ``LEAST_GAP``. A range that begins within the town, nearer
    than the root mean square distance of its places to their centre, is no gap but chance.
    """
    size = math.sqrt(float(np.var(town.x) + np.var(town.y)))
    empty = np.append(pairs["count"].to_numpy() == 0, False)
    best = (math.nan, math.nan)
    start = None
    for k, nothing in enumerate(empty):
        if nothing and start is None:
            start = k
        elif not nothing and start is not None:
            low, high = float(pairs["r_low"][start]), float(pairs["r_high"][k - 1])
            wider = not high / low <= best[1] / best[0]
            if low >= size and high / low >= LEAST_GAP and wider:
                best = low, high
            start = None
    return best


def planted(truth: Mapping, town: str) -> dict[str, float]:
    """Exponents and radius that a synthetic world planted in a town, as far as it did.

    Parameters
    ----------
    truth : inside, outside and radii_m (by town), or the exponent of one law for all.
    """
    if "exponent" in truth:
        return dict.fromkeys(("planted_inside", "planted_outside"), float(truth["exponent"]))
    found = {f"planted_{name}": truth[name] for name in ("inside", "outside") if name in truth}
    radii = truth.get("radii_m", {})
    return found | ({"planted_radius": float(radii[town])} if town in radii else {})


def verdict(row: dict) -> str:
    """Which form a town's moves speak for, in words, at the 5 % level.

    Parameters
    ----------
    row : p, lognormal_ratio, lognormal_p, exponential_ratio, exponential_p of the table.
    """
    if not row["p"] <= ALPHA:
        return "one power law does"
    others = {"log-normal": "lognormal", "exponential core": "exponential"}
    better = [n for n, k in others.items() if row[f"{k}_ratio"] < 0 and row[f"{k}_p"] <= ALPHA]
    if better:
        return " or ".join(better)
    open_ = [name for name, key in others.items() if row[f"{key}_p"] > ALPHA]
    return BENDING if len(open_) == len(others) else " or ".join(["two pieces", *open_])


def _one_town(own: Moves, pairs, name, draws, level, seed):
    edges = np.append(pairs["r_low"], pairs["r_high"].iloc[-1])
    count = pairs["count"].to_numpy(float)
    seen = (own.r >= edges[0]) & (own.r < edges[-1])
    counts = np.histogram(own.r[seen], edges, weights=own.times[seen])[0]
    if np.count_nonzero(counts) < _FEWEST_BINS:
        print(f"{name}: moves fill {np.count_nonzero(counts)} bins, too few for two pieces")
        return None, None
    # Of moves per bin, not of distances one by one: nearest doors are at few distances, and pairs
    # spread evenly over a bin would make a law of two pieces out of where in it they lie.
    law = fit_piecewise(edges, counts, count)
    single = fit_cost(edges, counts, count)
    inside, outside = law.exponent_intervals(level)
    radius_low, radius_high = law.radius_interval(level)
    row = {
        "moves": law.n,
        "inside": law.inside,
        "inside_low": inside[0],
        "inside_high": inside[1],
        "outside": law.outside,
        "outside_low": outside[0],
        "outside_high": outside[1],
        "radius": law.radius,
        "radius_low": radius_low,
        "radius_high": radius_high,
        "single": single.exponent,
        "ratio": law.ratio,
        "p": single_law_p(law, replicates=draws, seed=number(seed, "town", str(name))),
        "draws": draws,
    }
    forms = {
        "lognormal": fit_cost_alternative("lognormal", edges, counts, count).log_shares(),
        "exponential": fit_exponential_core(edges, counts, count, law.radius).log_shares,
    }
    for form, log_shares in forms.items():
        found = likelihood_ratio(law.log_shares(), log_shares, counts)
        row[f"{form}_ratio"], _, row[f"{form}_p"] = found
    row["verdict"] = verdict(row)
    curve = cost_table(own, pairs, level=level, seed=number(seed, "town band", str(name)))
    curve = curve.rename(columns={"observed": "f", "pair_density": "p"})
    r = np.sqrt(edges[:-1] * edges[1:])
    scale = law.n / (own.times.sum() * np.diff(edges) * pairs["density"].where(count > 0))
    for form, fitted, shape in (
        ("two_pieces", law, law.cost(r)),
        ("one_law", single, r**-single.exponent),
    ):
        drawn = np.exp(fitted.log_shares()) * scale
        # Where no pair lies, as over the sea, the law goes on: scaled at the first bin with pairs.
        curve[form] = drawn.where(count > 0, shape * (drawn.iloc[0] / shape[0]))
    return row, curve
