"""The two towns published in full: their cost in two pieces, by segments and by likelihood."""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from movelaws import seeds
from movelaws.powerlaw import _bins
from movelaws.powerlaw.alternatives import ALTERNATIVES
from movelaws.powerlaw.binned import fit_cost
from movelaws.powerlaw.binned_alternatives import fit_cost_alternative
from movelaws.powerlaw.piecewise import fit_piecewise
from movelaws.powerlaw.segments import fit_segments
from movelaws.powerlaw.slopes import log_edges_from_centres

COLUMNS = ("town", "r_m", "moves", "pairs", "ratio")
METHODS = ("segments", "likelihood")
_NORMAL_95 = 1.959964
_MOST_IN_SMALLEST = 20


class Town:
    """Bins of one town: edges and centres (m), moves as numbers, pairs as mass, ratio f / p."""

    def __init__(self, name: str, rows: pd.DataFrame):
        rows = rows.sort_values("r_m")
        self.name = name
        self.centre = rows["r_m"].to_numpy(float)
        self.edges = log_edges_from_centres(self.centre)
        width = np.diff(self.edges)
        self.pairs = rows["pairs"].fillna(0).to_numpy(float) * width
        mass = rows["moves"].fillna(0).to_numpy(float) * width
        self.moves = np.where(self.pairs > 0, numbers(mass), 0.0)
        divided = np.divide(self.moves, self.pairs, out=np.zeros(width.size), where=self.pairs > 0)
        given = rows["ratio"].to_numpy(float)
        self.ratio = np.nan_to_num(given) if np.isfinite(given).any() else divided


def read_towns(table: pd.DataFrame) -> list[Town]:
    """Towns of a table with town, r_m, moves, pairs (densities per metre) and ratio.

    Raises
    ------
    ValueError
        If a column is missing or bins of a town are not logarithmic.
    """
    missing = [column for column in COLUMNS if column not in table.columns]
    if missing:
        raise ValueError(f"towns lack the column {missing[0]}; there are {', '.join(table)}")
    names = dict.fromkeys(table["town"])
    return [Town(str(name), table[table["town"] == name]) for name in names]


def numbers(mass: np.ndarray) -> np.ndarray:
    """Numbers of moves behind shares of them, the smallest share being that of few moves.

    The smallest number in the smallest bin, up to 20, that makes all small shares whole.

    Raises
    ------
    ValueError
        If no such number is found: the shares are no numbers over their sum.
    """
    mass = np.asarray(mass, dtype=float)
    smallest = mass[mass > 0].min(initial=np.inf)
    small = mass[(mass > 0) & (mass < 10 * smallest)]
    for k in range(1, _MOST_IN_SMALLEST + 1):
        counts = small / smallest * k
        if np.all(np.abs(counts - np.round(counts)) < 0.02):
            return np.round(mass / smallest * k)
    raise ValueError(
        f"the shares of moves, the smallest being {smallest}, are no numbers over their sum"
    )


def town_fits(
    towns: list[Town],
    published: pd.DataFrame | None = None,
    planted: Mapping[str, Mapping[str, float]] | None = None,
    *,
    starts: tuple[float, ...] = (0.0, 50.0, 100.0, 300.0),
) -> pd.DataFrame:
    """Inside and outside exponent and mobility radius of each town, by both methods.

    Segments are two straight lines through the logarithms of the ratio, the method that gives back
    the published parameters; the likelihood is that of the moves given the pairs.

    Parameters
    ----------
    towns : bins of towns.
    published : town, inside, outside, radius_m of the paper; may be missing.
    planted : by town, the same three where they are known.
    starts : shortest distances that enter, m.

    Returns
    -------
    DataFrame with town, method, from_m, moves, bins (with a ratio), inside, inside_low,
    inside_high, outside, outside_low, outside_high, radius_m, radius_low_m, radius_high_m (95 %,
    likelihood only), gain (twice the gain in log-likelihood over one power law), and planted_ and
    published_ inside, outside, radius_m.
    """
    told = {}
    if published is not None and len(published):
        told = published.assign(town=published["town"].astype(str)).set_index("town")
        told = told.to_dict("index")
    rows = []
    for town in towns:
        known = {
            f"{kind}_{name}": float(source.get(town.name, {}).get(name, math.nan))
            for kind, source in (("planted", planted or {}), ("published", told))
            for name in ("inside", "outside", "radius_m")
        }
        for start in starts:
            used = town.edges[:-1] >= start * (1 - 1e-9)
            for method, fit in (("segments", _segments), ("likelihood", _likelihood)):
                found = fit(town, used)
                rows.append(
                    {"town": town.name, "method": method, "from_m": start,
                     "moves": float(town.moves[used].sum())} | found | known
                )  # fmt: skip
    return pd.DataFrame(rows)


def town_laws(towns: list[Town]) -> pd.DataFrame:
    """Two pieces against one power law and other forms, town by town (Figs 33 to 35).

    Returns
    -------
    DataFrame with town, law, parameters (number), loglik, aic, aic_difference from the best.
    """
    rows = []
    for town in towns:
        given = town.edges, town.moves, town.pairs
        laws = {"two_pieces": (3, fit_piecewise(*given)), "power_law": (1, fit_cost(*given))}
        for name in ALTERNATIVES:
            law = fit_cost_alternative(name, *given)
            laws[name] = (len(law.law.parameters), law)
        best = min(law.aic for _, law in laws.values())
        rows += [
            {"town": town.name, "law": name, "parameters": free, "loglik": law.loglik,
             "aic": law.aic, "aic_difference": law.aic - best}
            for name, (free, law) in laws.items()
        ]  # fmt: skip
    return pd.DataFrame(rows)


def town_recovery(
    towns: list[Town], law: Mapping[str, float], *, draws: int, seed: int
) -> pd.DataFrame:
    """What both methods make of a known cost, drawn through the pairs of each town.

    Parameters
    ----------
    law : inside, outside, radius_m.
    draws, seed : samples of as many moves as the town has; no rows if 0.

    Returns
    -------
    DataFrame with town, method, moves, quantity, true, mean, sd.
    """
    rows = []
    for town in towns if draws else []:
        pieces = _bins.split(town.edges, town.pairs, law["radius_m"])
        share = np.exp(
            _bins.log_shares(pieces, np.array([1 - law["inside"], 1 - law["outside"]]))[1]
        )
        rng, n = seeds.stream(seed, "town_recovery", town.name), int(town.moves.sum())
        found = {method: [] for method in METHODS}
        for _ in range(draws):
            moves = rng.multinomial(n, share / share.sum()).astype(float)
            seen = moves > 0
            one = fit_segments(town.centre[seen], moves[seen] / town.pairs[seen])
            other = fit_piecewise(town.edges, moves, town.pairs)
            for method, fit in zip(METHODS, (one, other), strict=True):
                found[method].append((fit.inside, fit.outside, fit.radius))
        for method, values in found.items():
            mean, sd = np.mean(values, axis=0), np.std(values, axis=0, ddof=int(draws > 1))
            for k, name in enumerate(("inside", "outside", "radius_m")):
                rows.append(
                    {"town": town.name, "method": method, "moves": n, "quantity": name,
                     "true": law[name], "mean": mean[k], "sd": sd[k]}
                )  # fmt: skip
    columns = ["town", "method", "moves", "quantity", "true", "mean", "sd"]
    return pd.DataFrame(rows, columns=columns)


def town_curves(towns: list[Town], fitted: pd.DataFrame) -> pd.DataFrame:
    """Densities, cost and both laws from the shortest distance on, for the figure (Figs 3f, 3g).

    Returns
    -------
    DataFrame with town, r_m, moves, pairs (density per metre), ratio, error (of ln ratio, from the
    number of moves), segments, likelihood (the laws at the height of the ratio).
    """
    tables = []
    for town in towns:
        width, shown = np.diff(town.edges), town.ratio > 0
        with np.errstate(divide="ignore"):
            error = np.where(town.moves > 0, 1 / np.sqrt(town.moves), np.nan)
        table = pd.DataFrame(
            {
                "town": town.name, "r_m": town.centre,
                "moves": town.moves / town.moves.sum() / width,
                "pairs": town.pairs / town.pairs.sum() / width,
                "ratio": np.where(shown, town.ratio, np.nan), "error": error,
            }
        )  # fmt: skip
        mine = fitted[(fitted["town"] == town.name) & (fitted["from_m"] == fitted["from_m"].min())]
        for method in METHODS:
            row = mine[mine["method"] == method].iloc[0]
            t = np.log(town.centre / row["radius_m"])
            line = -np.where(t < 0, row["inside"], row["outside"]) * t
            # Segments are fitted bin by bin, the likelihood move by move: each at its own height.
            weight = shown.astype(float) if method == "segments" else town.moves * shown
            gap = np.log(np.where(shown, town.ratio, 1)) - line
            table[method] = np.exp(line + weight @ gap / weight.sum())
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _segments(town: Town, used: np.ndarray) -> dict[str, float]:
    seen = used & (town.ratio > 0)
    found = fit_segments(town.centre[seen], town.ratio[seen])
    return {
        "bins": int(seen.sum()), "inside": found.inside, "outside": found.outside,
        "radius_m": found.radius,
    }  # fmt: skip


def _likelihood(town: Town, used: np.ndarray) -> dict[str, float]:
    first = int(np.argmax(used))
    found = fit_piecewise(town.edges[first:], town.moves[first:], town.pairs[first:])
    low, high = found.radius_interval()
    values = {"bins": int((used & (town.moves > 0)).sum())}
    for name, value, error in (
        ("inside", found.inside, found.inside_error),
        ("outside", found.outside, found.outside_error),
    ):
        values |= {name: value, f"{name}_low": value - _NORMAL_95 * error}
        values |= {f"{name}_high": value + _NORMAL_95 * error}
    return values | {
        "radius_m": found.radius, "radius_low_m": low, "radius_high_m": high, "gain": found.ratio,
    }  # fmt: skip
