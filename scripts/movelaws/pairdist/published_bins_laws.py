"""Other forms of the cost on the same bins, and every fit in one table."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from movelaws import seeds
from movelaws.pairdist.published_bins import Case, distance_of, read_ratio, told_of
from movelaws.powerlaw.alternatives import ALTERNATIVES
from movelaws.powerlaw.binned import fit_cost
from movelaws.powerlaw.binned_alternatives import (
    BinnedAlternative,
    compare_cost,
    fit_cost_alternative,
)
from movelaws.powerlaw.piecewise import PiecewiseLaw, fit_piecewise, single_law_p

PARAMETERS = ("exponent", "outside", "radius_m", "mu", "sigma", "shape", "scale")
_NORMAL_95 = 1.959964


def laws(cases: Sequence[Case]) -> dict[str, dict[str, BinnedAlternative | PiecewiseLaw]]:
    """By case and name: log-normal, exponential, Weibull and two pieces, by maximum likelihood."""
    fitted = {}
    for case in cases:
        given = case.bins.edges, case.counts, case.bins.pairs
        fitted[case.name] = {name: fit_cost_alternative(name, *given) for name in ALTERNATIVES} | {
            "two_pieces": fit_piecewise(*given)
        }
    return fitted


def table_2(
    cases: Sequence[Case],
    fitted: Mapping[str, Mapping[str, BinnedAlternative | PiecewiseLaw]],
    *,
    draws: int = 0,
    seed: int,
) -> pd.DataFrame:
    """The power law against other forms of the cost (Table 2).

    Moves are multinomial given the pairs, so that ratio and AIC are those of the moves. Two pieces
    contain the power law: their p is the share of samples from one power law that gain as much.

    Parameters
    ----------
    cases, fitted : the cases and ``laws`` of them.
    draws : samples for the p of the two pieces, NaN if 0.
    seed : of the samples.

    Returns
    -------
    DataFrame with case, law, ratio (ln of the likelihood of the power law over that of the other;
    positive for the power law), normalised_ratio and p (Vuong), aic, aic_difference (other minus
    power law: negative if the other does better), and the parameters exponent, outside, radius_m,
    mu, sigma, shape, scale (those that the law has).
    """
    rows = []
    for case in cases:
        power = fit_cost(case.bins.edges, case.counts, case.bins.pairs)
        for name, other in fitted[case.name].items():
            if isinstance(other, PiecewiseLaw):
                ratio, normalised, p = power.loglik - other.loglik, math.nan, math.nan
                if draws:
                    one = seeds.number(seed, "two_pieces", case.name)
                    p = single_law_p(other, replicates=draws, seed=one)
            else:
                ratio, normalised, p = compare_cost(power, other)
            rows.append(
                {
                    "case": case.name, "law": name, "ratio": ratio,
                    "normalised_ratio": normalised, "p": p,
                    "aic": other.aic, "aic_difference": other.aic - power.aic,
                }
                | _parameters(other)
            )  # fmt: skip
    return pd.DataFrame(rows)


def fits(
    cases: Sequence[Case],
    fitted: Mapping[str, Mapping[str, BinnedAlternative | PiecewiseLaw]],
    table: pd.DataFrame,
) -> pd.DataFrame:
    """Every law fitted to every case: a stable output of the project.

    Parameters
    ----------
    cases, fitted : the cases and ``laws`` of them.
    table : of ``table_1``, which has p and errors.

    Returns
    -------
    DataFrame with dataset (the case), model, exponent (``inside`` of two pieces), outside,
    radius_m, mu, sigma, shape, scale, each of the first three with ends _low and _high of its 95 %
    interval, xmin, xmax (m), n, ks, p, loglik, aic. The model ``power_law`` is the likelihood of
    the moves given the pairs, ``power_law_of_ratio`` the paper's reading.
    """
    rows, known = [], table.set_index("case")
    for case in cases:
        row, told = {"dataset": case.name}, known.loc[case.name]
        ends = {"xmin": case.bins.edges[0], "xmax": case.bins.edges[-1], "n": case.n}
        power, ratio = (
            fit_cost(case.bins.edges, case.counts, case.bins.pairs),
            read_ratio(case.bins),
        )
        low, high = power.interval()
        rows.append(
            row | {"model": "power_law", "exponent": power.exponent, "exponent_low": low,
                   "exponent_high": high, "ks": told["cost_ks"], "p": told["cost_p"],
                   "loglik": power.loglik, "aic": power.aic} | ends
        )  # fmt: skip
        wide = _NORMAL_95 * told["exponent_error"]
        rows.append(
            row | {"model": "power_law_of_ratio", "exponent": ratio.exponent,
                   "exponent_low": ratio.exponent - wide, "exponent_high": ratio.exponent + wide,
                   "ks": ratio.ks, "p": told["p"]} | ends
        )  # fmt: skip
        for name, law in fitted[case.name].items():
            found = {"loglik": law.loglik, "aic": law.aic, "ks": distance_of(law)}
            rows.append(row | {"model": name} | _parameters(law) | _ends(law) | ends | found)
    columns = ["dataset", "model"]
    for name in PARAMETERS:
        columns += [name, f"{name}_low", f"{name}_high"] if name in PARAMETERS[:3] else [name]
    columns += ["xmin", "xmax", "n", "ks", "p", "loglik", "aic"]
    return pd.DataFrame(rows).reindex(columns=columns)


def curves(
    cases: Sequence[Case],
    fitted: Mapping[str, Mapping[str, BinnedAlternative | PiecewiseLaw]],
    published: pd.DataFrame,
) -> pd.DataFrame:
    """Densities, cost and laws at the centres of all bins, for the figure (Figs 3a, 3b, 4).

    Returns
    -------
    DataFrame with case, r_m, low_m, high_m (edges), read (whether the bin lies in the range), moves
    and pairs (density per metre, of integral 1 over the bins), cost (moves over pairs), ratio (as
    published, brought to the same height), error (of ln cost, from the number of moves), and the
    laws ratio_law, power_law, pieces_law, published_law: expected moves over pairs, the last and
    the paper's reading as straight lines through the geometric middle of the bins.
    """
    tables = []
    for case in cases:
        whole, width = case.whole, np.diff(case.whole.edges)
        moves, pairs = (v / v.sum() / width for v in (whole.moves, whole.pairs))
        with np.errstate(divide="ignore", invalid="ignore"):
            cost = np.where((moves > 0) & (pairs > 0), moves / pairs, np.nan)
            ratio = np.where(whole.ratio > 0, whole.ratio, np.nan)
            counts = case.n * whole.moves / case.bins.moves.sum()
            error = np.where(counts > 0, 1 / np.sqrt(counts), np.nan)
        read = (whole.centre >= case.bins.centre[0]) & (whole.centre <= case.bins.centre[-1])
        good = read & np.isfinite(cost) & np.isfinite(ratio)
        ratio = ratio * np.exp(np.mean(np.log(cost[good] / ratio[good])))
        power = fit_cost(case.bins.edges, case.counts, case.bins.pairs)
        scale = float(whole.moves[read].sum() / whole.moves.sum())
        table = pd.DataFrame(
            {
                "case": case.name, "r_m": whole.centre, "low_m": whole.edges[:-1],
                "high_m": whole.edges[1:], "read": read, "moves": moves, "pairs": pairs,
                "cost": cost, "ratio": ratio, "error": error,
            }
        )  # fmt: skip
        for name, law in (("power", power), ("pieces", fitted[case.name]["two_pieces"])):
            table[f"{name}_law"] = np.nan
            expected = np.exp(law.log_shares()) * scale / width[read]
            with np.errstate(divide="ignore", invalid="ignore"):
                drawn = np.where(pairs[read] > 0, expected / pairs[read], np.nan)
            table.loc[read, f"{name}_law"] = drawn
        t, v = np.log(whole.centre), np.log(cost)
        for name, exponent in (
            ("ratio", read_ratio(case.bins).exponent),
            ("published", told_of(published, case.name).get("exponent", math.nan)),
        ):
            table[f"{name}_law"] = np.exp(v[good].mean() - exponent * (t - t[good].mean()))
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _parameters(law: BinnedAlternative | PiecewiseLaw) -> dict[str, float]:
    if isinstance(law, PiecewiseLaw):
        values = {"exponent": law.inside, "outside": law.outside, "radius_m": law.radius}
    else:
        values = dict(law.law.parameters)
    return {name: values.get(name, math.nan) for name in PARAMETERS}


def _ends(law: BinnedAlternative | PiecewiseLaw) -> dict[str, float]:
    if not isinstance(law, PiecewiseLaw):
        return {}
    low, high = law.radius_interval()
    ends = {"radius_m_low": low, "radius_m_high": high}
    for name, value, error in (
        ("exponent", law.inside, law.inside_error),
        ("outside", law.outside, law.outside_error),
    ):
        ends |= {f"{name}_low": value - _NORMAL_95 * error}
        ends |= {f"{name}_high": value + _NORMAL_95 * error}
    return ends
