"""Joint likelihood of individual moves, given all places they could have gone to.

A move from i to j has the probability pi(d_ij) w_j / sum_k pi(d_ik) w_k, the sum being over all
places k in range: no bin of distances, and no pair distribution of the whole country, enters. Where
places send moves at rates of their own, f(r) / p(r) is biased, as places in dense surroundings see
larger sums; this likelihood is not.

>>> import numpy as np
>>> from movelaws.distance_cost.joint import fit_joint
>>> from movelaws.distance_cost.simulate import simulate_moves
>>> from movelaws.pairs import checked_points
>>> x, y = np.random.default_rng(1).random((2, 300)) * 5000
>>> places = checked_points(x, y)
>>> moves = simulate_moves(places, 1.0, 20_000, seed=1, start="places", low=20.0)
>>> round(fit_joint(places, moves, low=20.0).exponent, 1)
1.0
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtri  # the quantile of the normal law

from movelaws.distance_cost import _seen
from movelaws.distance_cost.laws import SLACK, checked_range
from movelaws.distance_cost.moves import Moves, checked_indices
from movelaws.distance_cost.simulate import distances
from movelaws.pairs.points import Points, embedded
from movelaws.powerlaw._checks import checked_level
from movelaws.powerlaw._intervals import likelihood_interval

BINS_PER_DECADE = 32
LARGEST_EXPONENT = 20.0

# Up to so many pairs of an origin and a place each distance is kept: 32 MB.
_KEPT_SINGLY = 1 << 21


@dataclass(frozen=True)
class JointMoves:
    """Moves and what each of their origins sees, made by :func:`joint_moves`.

    Attributes
    ----------
    low, high : range of distances, metres.
    origin : (n_origins,) rows of the places where moves start.
    moves : (n_origins,) weighted number of moves of each in range.
    log_sum : (n_origins,) sum of ln(r / low) over the moves of each.
    log_weight : sum of ln w of the destinations of all moves.
    mass, mean, variance : (n_origins, n_bins) weight of the places in each bin of ln r, and mean
        and variance of their ln(r / low).
    step : width of the bins in ln r, 0 where each place is a bin of its own.
    bin_moves : (n_bins,) moves in each bin; empty where step is 0.
    left_out : weighted number of moves outside the range.
    """

    low: float
    high: float
    origin: np.ndarray
    moves: np.ndarray
    log_sum: np.ndarray
    log_weight: float
    mass: np.ndarray
    mean: np.ndarray
    variance: np.ndarray
    step: float
    bin_moves: np.ndarray
    left_out: float

    @property
    def n(self) -> float:
        """Weighted number of moves in range."""
        return float(self.moves.sum())

    def loglik(self, exponent: float) -> float:
        """Log-likelihood of all moves under pi ~ r^-exponent."""
        log_z = _seen.moments(self.mass, self.mean, self.variance, float(exponent))[:, 0]
        height = -exponent * self.log_sum - self.moves * log_z
        return float(height.sum()) + self.log_weight

    def scores(self, exponent: float) -> tuple[np.ndarray, np.ndarray]:
        """Derivative of the log-likelihood of each origin, and information; each (n_origins,)."""
        moments = _seen.moments(self.mass, self.mean, self.variance, float(exponent))
        return self.moves * moments[:, 1] - self.log_sum, self.moves * moments[:, 2]

    def log_z_error(self, exponent: float) -> float:
        """Bound of the error of ln Z of any origin that the bins make, (a h)^3 e^(a h) / 24.

        h is the width of the bins in ln r: of the series of e^(-a t) around the mean of a bin, the
        first two terms are kept, and the mean of |t - mean|^3 is at most h^3 / 4.
        """
        reach = abs(exponent) * self.step
        return reach**3 * math.exp(reach) / 24


@dataclass(frozen=True)
class JointFit:
    """Exponent of the intrinsic cost from the joint likelihood.

    Attributes
    ----------
    exponent : estimate.
    standard_error : from the information of the likelihood (moves independent).
    robust_error : from the scores of the origins (sandwich): moves of one origin may hang together.
    loglik, n, n_origins : log-likelihood, moves and origins used.
    low, high : range of distances, metres.
    left_out : moves outside the range.
    log_z_error : bound of the error of ln Z that binning makes.
    joint : the moves.
    """

    exponent: float
    standard_error: float
    robust_error: float
    loglik: float
    n: float
    n_origins: int
    low: float
    high: float
    left_out: float
    log_z_error: float
    joint: JointMoves

    @property
    def aic(self) -> float:
        """Akaike's criterion with one parameter."""
        return 2 - 2 * self.loglik

    def interval(self, level: float = 0.95, robust: bool = False) -> tuple[float, float]:
        """Ends of the profile-likelihood interval, or of the sandwich interval by origin."""
        if robust:
            reach = ndtri((1 + checked_level(level)) / 2) * self.robust_error
            return self.exponent - reach, self.exponent + reach
        return likelihood_interval(self.joint.loglik, self.exponent, self.standard_error, level)


def joint_moves(
    points: Points,
    moves: Moves,
    *,
    low: float = 1.0,
    high: float | None = None,
    bins_per_decade: int = BINS_PER_DECADE,
) -> JointMoves:
    """What each origin sees, once, so that any cost is evaluated in a time ~ origins x bins.

    Work is origins that occur x places (some 10 ns each), memory 12 bytes per origin and bin: up to
    about 10^5 places all origins, beyond that as many origins as time allows. Small sets keep each
    distance and have no binning error.

    Parameters
    ----------
    points : the places, all of them candidates; weights count (1 each if there are none).
    moves : with origin and destination, rows of ``points``; r is not read.
    low, high : metres; moves and candidates nearer than ``low``, or ``high`` or more away, are left
        out. None: no upper limit.
    bins_per_decade : fineness of the bins.

    Raises
    ------
    ValueError
        If the range is none, a number names no place, moves come without places, no move is in
        range or ``bins_per_decade`` < 1.
    """
    if moves.origin is None or moves.destination is None:
        raise ValueError("moves have no origin and destination: the joint likelihood needs both")
    if bins_per_decade < 1:
        raise ValueError(f"bins_per_decade = {bins_per_decade}: at least 1 is needed")
    axes = embedded(points)
    low, high = checked_range(low, _extent(axes) if high is None else high)
    origin = checked_indices(moves.origin, len(points), "origin")
    destination = checked_indices(moves.destination, len(points), "destination")
    r = distances(points, origin, destination)
    inside = (r >= low * (1 - SLACK)) & (r < high * (1 - SLACK)) & (origin != destination)
    if not inside.any():
        raise ValueError(f"no move between two places is from {low:g} to {high:g} m long")
    places, row = np.unique(origin[inside], return_inverse=True)
    times, t = moves.times[inside], np.log(r[inside] / low)
    counts = np.bincount(row, times)
    weight = None if points.weight is None else points.weight.astype(float)
    log_weight = 0.0 if weight is None else float(times @ np.log(weight[destination[inside]]))
    seen, step = _seen_from(axes, weight, places, low, high, bins_per_decade)
    bin_moves = np.empty(0)
    if step:
        bins = np.clip((t / step).astype(np.int64), 0, seen[0].shape[1] - 1)
        bin_moves = np.bincount(bins, times, seen[0].shape[1])
    left_out = float(moves.times[~inside].sum())
    return JointMoves(low, high, places, counts, np.bincount(row, times * t), log_weight, *seen,
                      step, bin_moves, left_out)  # fmt: skip


def fit_joint(
    points: Points,
    moves: Moves,
    *,
    low: float = 1.0,
    high: float | None = None,
    bins_per_decade: int = BINS_PER_DECADE,
) -> JointFit:
    """Exponent of the intrinsic cost by the joint likelihood of all moves.

    The log-likelihood is concave in the exponent; its one score equation is solved. Arguments and
    errors as :func:`joint_moves`.

    Raises
    ------
    ValueError
        If all moves are the shortest, or all the longest, that their origins allow: the exponent
        is infinite.
    """
    joint = joint_moves(points, moves, low=low, high=high, bins_per_decade=bins_per_decade)
    return fit(joint)


def fit(joint: JointMoves) -> JointFit:
    """Exponent from moves that are prepared; see :func:`fit_joint`."""
    if not joint.scores(0.0)[1].any():
        raise ValueError("all places that the moves could reach are equally far: no exponent")
    lower, upper = -1.0, 2.0
    while _slope(joint, lower) < 0 or _slope(joint, upper) > 0:
        if upper > LARGEST_EXPONENT:
            raise ValueError(
                f"the exponent lies beyond +-{LARGEST_EXPONENT:g}: all moves are the shortest, or "
                "the longest, that their origins allow"
            )
        lower, upper = lower * 2, upper * 2
    exponent = brentq(lambda a: _slope(joint, a), lower, upper, xtol=1e-10)
    scores, information = joint.scores(exponent)
    total = float(information.sum())
    return JointFit(
        exponent,
        1 / math.sqrt(total),
        math.sqrt(float((scores**2).sum())) / total,
        joint.loglik(exponent),
        joint.n,
        joint.origin.size,
        joint.low,
        joint.high,
        joint.left_out,
        joint.log_z_error(exponent),
        joint,
    )


def _slope(joint, exponent):
    return float(joint.scores(exponent)[0].sum())


def _extent(axes):
    """A distance that no two of the places reach; half a circle is at most pi / 2 of its chord."""
    diagonal = math.sqrt(sum(float(np.ptp(axis)) ** 2 for axis in axes))
    return max(diagonal * (math.pi / 2 if len(axes) == 3 else 1), 1e-6) * (1 + 1e-6)


def _seen_from(axes, weight, places, low, high, bins_per_decade):
    x, y, curved = axes[0], axes[1], len(axes) == 3
    z = axes[2] if curved else np.zeros(x.size)
    weight = np.ones(x.size) if weight is None else weight
    start, end = math.log(low), math.log(high)
    ends = start - SLACK, end - SLACK
    if places.size * x.size <= _KEPT_SINGLY:
        mass, mean = np.empty((2, places.size, x.size))
        _seen.singly(x, y, z, curved, weight, places, start, *ends, mass, mean)
        return (mass, mean, np.zeros_like(mass)), 0.0
    n_bins = max(1, math.ceil(bins_per_decade * (end - start) / math.log(10)))
    seen = tuple(np.empty((places.size, n_bins), dtype=np.float32) for _ in range(3))
    step = (end - start) / n_bins
    _seen.binned(x, y, z, curved, weight, places, start, step, *ends, *seen)
    return seen, step
