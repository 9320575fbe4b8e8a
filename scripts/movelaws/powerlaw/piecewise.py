"""The local cost in two pieces: (r / R)^-a1 within the mobility radius R, (r / R)^-a2 beyond.

For a given R the two exponents are an exponential family and one Newton ascent finds them; R is
scanned over the edges of the bins and then refined between its neighbours, because the likelihood
has kinks and local maxima in R.
"""

import dataclasses
import math
from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import gammaincinv  # half the chi-squared quantile of one degree of freedom

from movelaws.powerlaw import _bins, _scoring
from movelaws.powerlaw._checks import (
    checked_amounts,
    checked_edges,
    checked_level,
    checked_sample,
)
from movelaws.powerlaw.binned import fit_cost, fit_cost_of_moves, used_bins

# Radii tried between the edges next to the best edge.
_NEAR = 16
# Steps between two radii scanned in which intervals of exponents are looked for.
_FINE = 4
_ONE_SIGMA = math.erf(math.sqrt(0.5))


@dataclasses.dataclass(frozen=True)
class PiecewiseLaw:
    """Intrinsic cost (r / radius)^-inside up to the radius, (r / radius)^-outside beyond it.

    Attributes
    ----------
    inside, outside : exponents (positive where the cost falls).
    radius : R, in the unit of the edges.
    loglik : sum of counts times ln P(bin), or of ln density for distances given one by one.
    loglik_single : that of one power law with the same data.
    n : number of moves used.
    edges, counts, pairs : the bins used.
    radii, profile : radii scanned and the log-likelihood at each, both exponents being refitted.
    exponents, errors : (n_radii, 2) these exponents, and their standard errors at each radius.
    """

    inside: float
    outside: float
    radius: float
    loglik: float
    loglik_single: float
    n: float
    edges: np.ndarray
    counts: np.ndarray
    pairs: np.ndarray
    radii: np.ndarray
    profile: np.ndarray
    exponents: np.ndarray
    errors: np.ndarray

    @property
    def inside_error(self) -> float:
        """Half the interval of one standard deviation of the exponent inside, at any radius."""
        return self._error(0)

    @property
    def outside_error(self) -> float:
        """Half the interval of one standard deviation of the exponent outside, at any radius."""
        return self._error(1)

    def _error(self, side: int) -> float:
        low, high = self.exponent_intervals(_ONE_SIGMA)[side]
        return (high - low) / 2

    @property
    def ratio(self) -> float:
        """Twice the gain in log-likelihood over one power law, >= 0.

        Two more parameters, but one of them means nothing if the exponents agree: chi-squared
        with two degrees of freedom is too small a yardstick. See ``single_law_p``.
        """
        return 2 * (self.loglik - self.loglik_single)

    @property
    def aic(self) -> float:
        """Akaike's criterion with three parameters."""
        return 6 - 2 * self.loglik

    def log_shares(self) -> np.ndarray:
        """(n_bins,) ln P(bin) under the law."""
        pieces = _bins.split(self.edges, self.pairs, self.radius)
        return _bins.log_shares(pieces, np.array([1 - self.inside, 1 - self.outside]))[1]

    def cost(self, r: np.ndarray) -> np.ndarray:
        """pi(r), 1 at the radius."""
        t = np.log(np.asarray(r, dtype=float) / self.radius)
        return np.exp(-np.where(t < 0, self.inside, self.outside) * t)

    def radius_interval(self, level: float = 0.95) -> tuple[float, float]:
        """Ends of the likelihood interval of the radius, the profile being linear in ln R
        between the radii scanned; an end that the scan does not reach is its last radius."""
        short = self.loglik - self.profile - gammaincinv(0.5, checked_level(level))
        kept = np.flatnonzero(short <= 0)
        if kept.size == 0:
            return float(self.radius), float(self.radius)
        ends = []
        for inner, outer in ((kept[0], kept[0] - 1), (kept[-1], kept[-1] + 1)):
            if not 0 <= outer < short.size:
                ends.append(float(self.radii[inner]))
                continue
            share = short[inner] / (short[inner] - short[outer])
            ends.append(float(self.radii[inner] * (self.radii[outer] / self.radii[inner]) ** share))
        return ends[0], ends[1]

    def exponent_intervals(self, level: float = 0.95) -> tuple[tuple[float, float], ...]:
        """(low, high) of the exponent inside, then outside, whatever the radius.

        Ends of the profile likelihood: an exponent belongs to the interval if at some radius the
        law with this exponent has lost no more than the quantile of chi-squared allows. At each
        radius the likelihood is taken for a parabola in the exponent. A nearer radius goes with a
        smaller exponent, so that the error at the best radius alone is too small by a third.
        """
        seen = np.isfinite(self.profile)
        rows = (np.log(self.radii), self.profile, *self.exponents.T, *self.errors.T)
        log_radii, profile, *curves = (row[seen] for row in rows)
        place = np.arange(log_radii.size)
        between = np.arange(0, log_radii.size - 1, 1 / _FINE)
        fine = np.union1d(log_radii, np.interp(between, place, log_radii))
        height = np.minimum(np.interp(fine, log_radii, profile), self.loglik)
        left = 2 * gammaincinv(0.5, checked_level(level)) - 2 * (self.loglik - height)
        kept = left >= 0
        reach = np.sqrt(left[kept])
        values = [np.interp(fine[kept], log_radii, row) for row in curves]
        lows = [np.min(values[k] - reach * values[k + 2]) for k in range(2)]
        highs = [np.max(values[k] + reach * values[k + 2]) for k in range(2)]
        return tuple((float(low), float(high)) for low, high in zip(lows, highs, strict=True))


def fit_piecewise(
    edges: np.ndarray,
    counts: np.ndarray,
    pairs: np.ndarray,
    low: float | None = None,
    high: float | None = None,
) -> PiecewiseLaw:
    """Radius and both exponents by the multinomial likelihood of moves per bin.

    P(bin) ~ pairs * mean of pi over the bin, as in ``fit_cost``; a bin around R is cut in two.

    Parameters
    ----------
    edges : (n_bins + 1,) increasing, > 0, m.
    counts : (n_bins,) moves per bin from the town (numbers).
    pairs : (n_bins,) pairs with one end in the town (mass, any factor).
    low, high : only bins wholly within [low, high] are used; all if None.

    Returns
    -------
    PiecewiseLaw

    Raises
    ------
    ValueError
        As ``fit_cost``, and if moves fill fewer than five bins (no radius leaves two on each side).

    References
    ----------
    Pair distribution paper, SI 8.4, Eq. 152.
    """
    edges, counts, pairs = used_bins(edges, counts, pairs, low, high)
    single = fit_cost(edges, counts, pairs)

    def at(radius, start):
        return _scoring.fit_counts(_bins.split(edges, pairs, radius), counts, start)

    return _scan(at, single, edges, counts, pairs)


def fit_piecewise_of_moves(
    r: np.ndarray, edges: np.ndarray, pairs: np.ndarray, weights: np.ndarray | None = None
) -> PiecewiseLaw:
    """The same from the moves' own distances, p(r) being constant within each bin of pairs.

    Parameters
    ----------
    r : (n,) distances of moves; those outside the edges are left out.
    edges, pairs : as in ``fit_piecewise``.
    weights : (n,) number of times that each distance was seen; once if None.

    Raises
    ------
    ValueError
        As ``fit_piecewise``.
    """
    r = checked_sample(r)
    weights = np.ones(r.size) if weights is None else checked_amounts(weights, r.shape, "weights")
    single = fit_cost_of_moves(r, checked_edges(edges), pairs, weights)
    edges, pairs, counts = single.edges, single.pairs, single.counts
    order = np.argsort(r, kind="stable")
    r, weights = r[order], weights[order]
    inside = (r >= edges[0]) & (r <= edges[-1])
    log_r, weights = np.log(r[inside]), weights[inside]
    number = np.concatenate([[0.0], np.cumsum(weights)])
    total = np.concatenate([[0.0], np.cumsum(weights * log_r)])
    filled = pairs > 0
    density = float(counts[filled] @ np.log(pairs[filled] / np.diff(edges)[filled]))

    def at(radius, start):
        log_radius = math.log(radius)
        below = int(np.searchsorted(log_r, log_radius))
        sums = np.array([total[below], total[-1] - total[below]])
        sums -= log_radius * np.array([number[below], number[-1] - number[below]])
        pieces = _bins.split(edges, pairs, radius)
        slopes, height, information = _scoring.fit_sums(pieces, number[-1], sums, start)
        return slopes, height + density - number[-1] * log_radius, information

    return _scan(at, single, edges, counts, pairs)


def single_law_p(law: PiecewiseLaw, *, replicates: int = 200, seed: int) -> float:
    """Share of samples from one power law that gain as much from a second piece.

    Counts are drawn from the single law that fits best and both laws are fitted to each draw.

    Parameters
    ----------
    law : a fit of ``fit_piecewise`` (or of moves, then tested on its bins).
    replicates, seed : number of draws and their seed.

    Returns
    -------
    p = (k + 1) / (replicates + 1); small if one power law does not do.

    Raises
    ------
    ValueError
        If replicates < 1.
    """
    if replicates < 1:
        raise ValueError(f"replicates = {replicates}: at least one is needed")
    single = fit_cost(law.edges, law.counts, law.pairs)
    share = np.exp(single.log_shares())
    observed = fit_piecewise(law.edges, law.counts, law.pairs).ratio
    reached = 0
    for stream in np.random.SeedSequence(seed).spawn(replicates):
        drawn = np.random.default_rng(stream).multinomial(round(law.n), share / share.sum())
        reached += fit_piecewise(law.edges, drawn, law.pairs).ratio >= observed
    return (reached + 1) / (replicates + 1)


def _scan(at: Callable, single, edges, counts, pairs) -> PiecewiseLaw:
    seen = np.flatnonzero(counts > 0)
    if seen.size < 5:
        raise ValueError(f"moves fill {seen.size} bins: two pieces need at least five")
    radii = edges[seen[1] + 1 : seen[-2] + 1]
    at = _bounded_only(at)
    start = np.full(2, 1 - single.exponent)
    tried = {}
    for radius in radii:
        tried[radius] = at(radius, start)
        start = tried[radius][0]
    profile = np.array([tried[radius][1] for radius in radii])
    best = int(np.argmax(profile))
    if not np.isfinite(profile[best]):
        raise ValueError(f"no radius from {radii[0]:g} to {radii[-1]:g} leaves finite exponents")
    start = tried[radii[best]][0]
    ends = radii[max(best - 1, 0)], radii[min(best + 1, radii.size - 1)]
    for radius in np.setdiff1d(np.geomspace(*ends, _NEAR + 1)[1:-1], radii):
        tried[radius] = at(radius, start)
    radii = np.array(sorted(tried))
    radius = _refined(at, start, radii, np.array([tried[one][1] for one in radii]))
    found, height, _ = tried[radius] = at(radius, start)
    radii = np.array(sorted(tried))
    slopes, profile, informations = zip(*(tried[one] for one in radii), strict=True)
    return PiecewiseLaw(
        *(float(v) for v in 1 - found), float(radius), height, single.loglik, single.n,
        edges, counts, pairs, radii, np.array(profile), 1 - np.array(slopes),
        np.array([_errors(one) for one in informations]),
    )  # fmt: skip


def _errors(information: np.ndarray | None) -> np.ndarray:
    """Standard errors of both slopes; nan where there are none."""
    if information is None:
        return np.full(2, np.nan)
    return np.sqrt(np.diag(np.linalg.inv(information)))


def _bounded_only(at: Callable) -> Callable:
    """The fit at a radius, a likelihood of 0 standing for one whose exponents run away.

    With a gap in the pairs (an island), moves of one side may all lie at one end of its pairs.
    """

    def tried(radius, start):
        try:
            return at(radius, start)
        except ValueError:
            return start, -math.inf, None

    return tried


def _refined(at: Callable, start: np.ndarray, radii: np.ndarray, profile: np.ndarray) -> float:
    """The best radius between the neighbours of the best one scanned."""
    best = int(np.argmax(profile))
    around = np.log(radii[[max(best - 1, 0), min(best + 1, radii.size - 1)]])
    if around[0] == around[1]:
        return float(radii[best])
    found = minimize_scalar(
        lambda v: -at(math.exp(v), start)[1],
        bounds=around,
        method="bounded",
        options={"xatol": 1e-7},
    )
    return math.exp(found.x) if -found.fun > profile[best] else float(radii[best])
