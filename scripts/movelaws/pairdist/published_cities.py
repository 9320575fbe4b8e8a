"""The paper's cities: exponents inside and outside, mobility radii, and how the arrays were drawn.

Exponents are positive where the cost falls, pi ~ r^-a; the published arrays hold -a.
"""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import gammaln, xlogy

from movelaws import seeds
from movelaws.pairdist.published_bins import share_above
from movelaws.powerlaw.radii import radius_table

QUANTITIES = ("inside", "outside", "radius_m")
_SHOWN = 8
# A sample without repeats hides no smaller pool: a pool this many times larger looks the same.
_LARGEST_POOL = 1e4


def values_of(cities: pd.DataFrame) -> dict[str, np.ndarray]:
    """The three quantities, exponents with the sign that falls.

    Parameters
    ----------
    cities : inside, outside (as published, negative) and radius_m (m). The columns are independent
        of one another: a row is no city.

    Raises
    ------
    ValueError
        If a column is missing, fewer than five values are given, a value is not finite or a radius
        is not positive.
    """
    values = {}
    for name in QUANTITIES:
        if name not in cities:
            raise ValueError(f"cities lack the column {name}; there are {', '.join(cities)}")
        column = cities[name].dropna().to_numpy(float)
        if column.size < 5 or not np.isfinite(column).all():
            raise ValueError(f"cities.{name}: {column.size} values: five finite ones are needed")
        values[name] = column if name == "radius_m" else -column
    if (values["radius_m"] <= 0).any():
        raise ValueError(f"cities.radius_m = {values['radius_m'].min()}: radii are positive")
    return values


def statistics(
    cities: pd.DataFrame,
    published: pd.DataFrame | None = None,
    planted: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Mean, spread and quantiles of the exponents and radii (Figs 3h and 3i).

    Parameters
    ----------
    cities : as in ``values_of``.
    published : quantity, mean, sd, median of the paper; may be missing.
    planted : by quantity, what it was drawn around.

    Returns
    -------
    DataFrame with quantity, n, mean, sd (n - 1), standard_error, q05, median, q95, planted,
    published_mean, published_sd, published_median.
    """
    told = {} if published is None else published.set_index("quantity").to_dict("index")
    rows = []
    for name, values in values_of(cities).items():
        low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
        sd = float(values.std(ddof=1))
        rows.append(
            {
                "quantity": name, "n": values.size, "mean": float(values.mean()), "sd": sd,
                "standard_error": sd / math.sqrt(values.size),
                "q05": low, "median": middle, "q95": high,
                "planted": (planted or {}).get(name, math.nan),
            }
            | {f"published_{key}": told.get(name, {}).get(key, math.nan)
               for key in ("mean", "sd", "median")}
        )  # fmt: skip
    return pd.DataFrame(rows)


def repeats(cities: pd.DataFrame) -> pd.DataFrame:
    """How often values repeat, beside a sample drawn with replacement.

    An exponent fitted to a city has many digits: that two cities share all of them does not happen.
    If a column was drawn with replacement from a pool of N cities, the number of distinct values
    tells N, and the number that occur k times is N times a Poisson probability of mean n / N.

    Returns
    -------
    DataFrame with quantity (the two exponents: radii lie on a grid and repeat anyway), n, distinct,
    pool (N; NaN if nothing repeats), times (k from 1 to 8), observed, expected (values occurring k
    times), and correlation with the next column (inside with outside, outside with radius_m).
    """
    values = values_of(cities)
    follows = {"inside": "outside", "outside": "radius_m"}
    rows = []
    for name, other in follows.items():
        column = values[name]
        _, times = np.unique(column, return_counts=True)
        n, distinct = column.size, times.size
        pool = _pool(n, distinct)
        seen = np.bincount(times, minlength=_SHOWN + 1)
        paired = values[other].size == n
        correlation = float(np.corrcoef(column, values[other])[0, 1]) if paired else math.nan
        for k in range(1, _SHOWN + 1):
            expected = pool * _poisson(k, n / pool) if math.isfinite(pool) else math.nan
            rows.append(
                {
                    "quantity": name, "n": n, "distinct": distinct, "pool": pool,
                    "correlated_with": other, "correlation": correlation,
                    "times": k, "observed": int(seen[k]), "expected": expected,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def _pool(n: int, distinct: int) -> float:
    """Size of the pool from which n draws with replacement show this many distinct values."""

    def short(size: float) -> float:
        return -size * math.expm1(n * math.log1p(-1 / size)) - distinct

    if distinct == n or distinct < 2:
        return math.nan
    return brentq(short, max(distinct, 2.0), n * _LARGEST_POOL)


def radius_laws(cities: pd.DataFrame, published: Mapping[str, float] | None = None) -> pd.DataFrame:
    """Laws of the mobility radii, with the cities at the smallest radius and without (Fig 3i).

    Parameters
    ----------
    cities : as in ``values_of``.
    published : the paper's AIC by law.

    Returns
    -------
    DataFrame with set ("all", "without the smallest radius"), cities, law, free, loglik, aic, aicc
    (corrected for small samples, which is what the paper prints), difference (of aicc from the best
    of the set), tail, core, peak, mu, sigma, low, published_aic.
    """
    radii = values_of(cities)["radius_m"]
    tables = []
    for name, some in (
        ("all", radii),
        ("without the smallest radius", radii[radii > radii.min()]),
    ):
        table = radius_table(some)
        table["difference"] = table["aicc"] - table["aicc"].min()
        table.insert(0, "set", name)
        table.insert(1, "cities", some.size)
        told = (published or {}) if name == "all" else {}
        table["published_aic"] = [told.get(law, math.nan) for law in table["law"]]
        tables.append(table.sort_values("aicc", kind="stable"))
    return pd.concat(tables, ignore_index=True)


def radius_tail(
    cities: pd.DataFrame, start: float | None = None, *, draws: int, seed: int
) -> pd.DataFrame:
    """A power law of the largest radii (last row of Table 1).

    Radii lie on a grid: p is the share of samples from the law, brought to that grid, whose
    distance of Kolmogorov and Smirnov is at least the observed one.

    Parameters
    ----------
    cities : as in ``values_of``.
    start : a start of the tail, m, beside the one that makes the distance smallest.
    draws, seed : number of samples for p, and their seed.

    Returns
    -------
    DataFrame with start ("published", "smallest distance"), low_m, n, exponent, error, ks, p.
    """
    radii = np.sort(values_of(cities)["radius_m"])
    grid = np.unique(radii)
    # The last few starts leave too few radii to speak of a law.
    usable = grid[np.searchsorted(radii, grid) <= radii.size - 50] if radii.size > 60 else grid[:1]
    best = min(usable, key=lambda low: _tail(radii[radii >= low], low)[1])
    starts = {} if start is None else {"published": start}
    rows = []
    for name, low in (starts | {"smallest distance": float(best)}).items():
        kept = radii[radii >= low]
        if np.unique(kept).size < 3:
            continue
        exponent, ks = _tail(kept, low)
        rng = seeds.stream(seed, "radius_tail", name)
        drawn = np.array(
            [_tail(_snapped(_draw(low, exponent, kept.size, rng), grid), low)[1]
             for _ in range(draws)]
        )  # fmt: skip
        rows.append(
            {
                "start": name, "low_m": low, "n": kept.size, "exponent": exponent,
                "error": (exponent - 1) / math.sqrt(kept.size), "ks": ks,
                "p": share_above(drawn, ks),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _tail(radii: np.ndarray, low: float) -> tuple[float, float]:
    """Exponent of the density r^-a beyond ``low`` and the KS distance at the distinct radii."""
    values, counts = np.unique(np.maximum(radii, low), return_counts=True)
    logs = counts @ np.log(values / low) / radii.size
    if logs <= 0:
        return math.inf, 1.0
    exponent = 1 + 1 / logs
    below = np.cumsum(counts) / radii.size
    cdf = 1 - (values / low) ** (1 - exponent)
    gap = max(np.max(np.abs(below - cdf)), np.max(np.abs(cdf[1:] - below[:-1]), initial=0.0))
    return float(exponent), float(gap)


def _draw(low: float, exponent: float, n: int, rng: np.random.Generator) -> np.ndarray:
    return low * (1 - rng.random(n)) ** (-1 / (exponent - 1))


def _poisson(k: int, mean: float) -> float:
    return float(np.exp(xlogy(k, mean) - gammaln(k + 1) - mean))


def _snapped(radii: np.ndarray, grid: np.ndarray) -> np.ndarray:
    """Radii at the nearest value of the grid, continued beyond its end; off a grid as they are."""
    if grid.size > radii.size / 2:
        return radii
    step = float(np.median(np.diff(np.log(grid))))
    return np.exp(np.round((np.log(radii) - math.log(grid[0])) / step) * step + math.log(grid[0]))
