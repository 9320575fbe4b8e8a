"""Does a power law fit: the Kolmogorov-Smirnov distance and how often chance alone makes it larger.

Each replicate has a random stream of its own, so that p does not depend on the number of threads.
Sorted uniform numbers come from exponential gaps, which spares every replicate its sort.
"""

import math
from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np

from movelaws.powerlaw import _bounded
from movelaws.powerlaw._checks import checked_amounts, checked_sample
from movelaws.powerlaw.truncated import PowerLaw, fit_power_law, from_mean_log


def ks_distance(r: np.ndarray, law: PowerLaw, weights: np.ndarray | None = None) -> float:
    """Largest difference between the distribution of the distances in range and the law.

    Parameters
    ----------
    r : (n,) distances in any order; those outside [law.low, law.high] are left out.
    law : the law to compare with, usually fitted to ``r``.
    weights : (n,) number of times that each distance was seen; once if None.

    Returns
    -------
    float in [0, 1]. Equal distances enter together.

    Raises
    ------
    ValueError
        If a distance or weight is not allowed or no distance lies in the range.
    """
    r = checked_sample(r)
    unweighted = weights is None
    inside = (r >= law.low) & (r <= law.high)
    if not unweighted:
        weights = checked_amounts(weights, r.shape, "weights")
        inside &= weights > 0
    if not inside.any():
        raise ValueError(f"none of the {r.size} distances lies in [{law.low}, {law.high}]")
    # Of equal distances the first has the largest gap before it and the last the largest after it,
    # so that they enter together without being counted as one.
    if unweighted:
        r = np.sort(r[inside])
        return _largest_gap(law.cdf(r), np.arange(1, r.size + 1) / r.size)
    order = np.argsort(r[inside], kind="stable")
    below = np.cumsum(weights[inside][order])
    return _largest_gap(law.cdf(r[inside][order]), below / below[-1])


def bootstrap_p(
    r: np.ndarray,
    law: PowerLaw,
    weights: np.ndarray | None = None,
    *,
    replicates: int = 1000,
    seed: int,
) -> tuple[float, float]:
    """KS distance of a fitted law and its bootstrap p.

    Each replicate draws as many distances as were seen from the fitted law, fits the exponent
    anew on the same range and takes its own KS distance; p is the share of replicates whose
    distance is at least the observed one, (k + 1) / (replicates + 1).

    Parameters
    ----------
    r, law, weights : as in ``ks_distance``; ``law`` fitted to them. Weights must be counts: their
        sum is the size of a replicate.
    replicates : number of synthetic samples, at least 1; p is known to 0.5 / sqrt(replicates).
    seed : of the replicates.

    Returns
    -------
    (ks, p); a small p speaks against the law (Clauset et al. reject at p <= 0.1).

    Raises
    ------
    ValueError
        As ``ks_distance``, and if replicates < 1.

    References
    ----------
    Clauset, Shalizi, Newman (2009), SIAM Review 51, 661, section 4.1.
    """
    observed = ks_distance(r, law, weights)
    distances = replicate_distances(law, round(law.n), replicates, seed)
    return observed, _p_value(distances, observed)


def replicate_distances(law: PowerLaw, n: int, replicates: int, seed: int) -> np.ndarray:
    """(replicates,) KS distances of samples of n distances from ``law``, each fitted anew."""
    if replicates < 1:
        raise ValueError(f"replicates = {replicates}: at least one is needed")
    if n < 2:
        raise ValueError(f"n = {n}: a replicate needs at least two distances")
    streams = np.random.SeedSequence(seed).spawn(replicates)
    with ThreadPoolExecutor(numba.get_num_threads()) as pool:
        return np.array(list(pool.map(lambda s: _replicate(law, n, s), streams)))


def scan_low(
    r: np.ndarray, high: float, candidates: np.ndarray, weights: np.ndarray | None = None
) -> tuple[PowerLaw, float]:
    """Law and KS distance of the lower end, out of the candidates, that makes it smallest.

    Raises
    ------
    ValueError
        As ``fit_power_law``, and if no candidate leaves two different distances in range.

    References
    ----------
    Clauset, Shalizi, Newman (2009), SIAM Review 51, 661, section 3.3.
    """
    r = checked_sample(r)
    best: tuple[PowerLaw, float] | None = None
    for low in np.asarray(candidates, dtype=float):
        inside = np.unique(r[(r >= low) & (r <= high)])
        if low >= high or inside.size < 2:
            continue
        law = fit_power_law(r, low, high, weights)
        distance = ks_distance(r, law, weights)
        if best is None or distance < best[1]:
            best = law, distance
    if best is None:
        raise ValueError(f"no candidate leaves two different distances below high = {high}")
    return best


def scan_bootstrap_p(
    r: np.ndarray, high: float, candidates: np.ndarray, *, replicates: int = 1000, seed: int
) -> tuple[PowerLaw, float, float]:
    """Law with the lower end of ``scan_low``, its KS distance, and its semi-parametric bootstrap p.

    A replicate draws each distance from the law with the observed share of the range, and else
    from the distances seen below it, and chooses its own lower end.

    References
    ----------
    Clauset, Shalizi, Newman (2009), SIAM Review 51, 661, section 4.1.
    """
    r = checked_sample(r)
    r = r[r <= high]
    law, observed = scan_low(r, high, candidates)
    if replicates < 1:
        raise ValueError(f"replicates = {replicates}: at least one is needed")
    core = r[r < law.low]

    def replicate(stream: np.random.SeedSequence) -> float:
        rng = np.random.default_rng(stream)
        in_core = rng.binomial(r.size, core.size / r.size)
        drawn = rng.choice(core, in_core) if in_core else core[:0]
        sample = np.concatenate([drawn, law.sample(r.size - in_core, rng)])
        return scan_low(sample, high, candidates)[1]

    # Compiled sums inside may use threads of their own: replicates run one after the other.
    distances = [replicate(s) for s in np.random.SeedSequence(seed).spawn(replicates)]
    return law, observed, _p_value(np.array(distances), observed)


def _replicate(law: PowerLaw, n: int, stream: np.random.SeedSequence) -> float:
    gaps = np.random.default_rng(stream).standard_exponential(n + 1)
    uniform = np.cumsum(gaps)
    uniform = uniform[:-1] / uniform[-1]
    x = _bounded.quantile(uniform, (1 - law.exponent) * law.log_range)
    refit = from_mean_log(float(x.mean()) * law.log_range, n, law.low, law.high)
    cdf = _bounded.share_below(x, (1 - refit.exponent) * law.log_range)
    return _largest_gap(cdf, np.arange(1, n + 1) / n)


def _largest_gap(cdf: np.ndarray, below: np.ndarray) -> float:
    """Largest distance of the law's cdf from a step function, before and after each step."""
    before = np.concatenate([[0.0], below[:-1]])
    return float(max(np.max(below - cdf), np.max(cdf - before)))


def _p_value(distances: np.ndarray, observed: float) -> float:
    # A replicate equal up to rounding counts as at least as far.
    reached = int(np.count_nonzero(distances >= observed * (1 - 1e-12)))
    return (reached + 1) / (distances.size + 1) if math.isfinite(observed) else math.nan
