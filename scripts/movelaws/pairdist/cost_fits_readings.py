"""Readings of the ratio of moves to pairs per bin, and how far a law is from the moves."""

import math
from collections.abc import Callable

import numpy as np

from movelaws.powerlaw.binned import BinnedPowerLaw
from movelaws.powerlaw.sample_space import SampleSpaceLaw, fit_sample_space


def ks_of(counts: np.ndarray, log_shares: np.ndarray) -> float:
    """Largest gap between the distribution functions of counts and of a law at the edges."""
    return float(np.abs(np.cumsum(counts / counts.sum() - np.exp(log_shares))).max())


def bootstrap_ks(
    power: BinnedPowerLaw,
    exponent: float,
    observed: float,
    ks: Callable[[np.ndarray], float],
    draws: int,
    rng: np.random.Generator,
) -> float:
    """p of a KS distance: moves drawn from r^-exponent through the pairs, each sample refitted.

    Parameters
    ----------
    power : has the bins, the pairs and the number of moves.
    exponent : of the law that moves are drawn from.
    observed : KS distance of the data.
    ks : KS distance of counts per bin, the law being fitted anew.
    draws : number of samples.
    """
    shares = np.exp(power.log_shares(exponent))
    drawn = rng.multinomial(round(power.n), shares / shares.sum(), size=draws)
    reached = sum(ks(counts) >= observed * (1 - 1e-12) for counts in drawn)
    return (reached + 1) / (draws + 1)


def read_sample_space(edges: np.ndarray, counts: np.ndarray, pairs: np.ndarray) -> SampleSpaceLaw:
    """The paper's own reading of moves and pairs per bin; bins without moves are left out."""
    seen = counts > 0
    centre = (edges[:-1] + edges[1:])[seen] / 2
    return fit_sample_space(centre, counts[seen] / pairs[seen])


def read_least_squares(
    edges: np.ndarray, counts: np.ndarray, pairs: np.ndarray
) -> tuple[float, float]:
    """Exponent of the line through ln(f / p) and its standard error, bins weighing the same."""
    seen = counts > 0
    x = np.log((edges[:-1] + edges[1:])[seen] / 2)
    y = np.log(counts[seen] / pairs[seen])
    if x.size < 2:
        return math.nan, math.nan
    slope, height = np.polyfit(x, y, 1)
    left = y - height - slope * x
    error = math.inf
    if x.size > 2:
        error = math.sqrt(float(left @ left) / (x.size - 2) / float(((x - x.mean()) ** 2).sum()))
    return -float(slope), error
