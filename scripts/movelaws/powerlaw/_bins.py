"""Probabilities of distance bins when pairs are spread over them and moves cost a power of r.

A bin holds pairs (their mass q, spread evenly over its metres), of which a share proportional to
the cost pi(r) moves: P(bin) ~ q * mean of pi over the bin. With one bin per piece of the law,
t = ln(r / reference) and pi ~ e^(-a t), the bin integral is that of e^((1 - a) t) over t.
"""

import dataclasses

import numpy as np

from movelaws.powerlaw import _bounded


@dataclasses.dataclass(frozen=True)
class Pieces:
    """Bins cut where the law changes; each piece belongs to one bin and one side of the law.

    bin, side : (n_pieces,) integers; start, width : (n_pieces,) in t; log_pairs : (n_pieces,)
    ln of the pairs per metre. Pieces lie in the order of their bins.
    """

    bin: np.ndarray
    side: np.ndarray
    start: np.ndarray
    width: np.ndarray
    log_pairs: np.ndarray
    first: np.ndarray


def single(edges: np.ndarray, pairs: np.ndarray, reference: float) -> Pieces:
    """Bins under one law."""
    n = pairs.size
    return _pieces(edges, pairs, reference, np.arange(n), np.zeros(n, dtype=int))


def split(edges: np.ndarray, pairs: np.ndarray, radius: float) -> Pieces:
    """Bins under a law that changes at ``radius``; a bin around it is cut in two."""
    inside = int(np.searchsorted(edges, radius))
    owner = np.arange(pairs.size)
    cut = edges
    if 0 < inside < edges.size and edges[inside] != radius:
        cut = np.insert(edges, inside, radius)
        owner = np.insert(owner, inside, inside - 1)
        pairs = np.insert(pairs * 1.0, inside, pairs[inside - 1])
        widths = np.diff(edges)[owner]
        pairs = pairs * np.diff(cut) / widths
    side = (cut[:-1] >= radius).astype(int)
    return _pieces(cut, pairs, radius, owner, side)


def _pieces(edges, pairs, reference, owner, side):
    t = np.log(edges / reference)
    with np.errstate(divide="ignore"):
        log_pairs = np.log(pairs / np.diff(edges))
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    return Pieces(owner, side, t[:-1], np.diff(t), log_pairs, first)


def log_shares(pieces: Pieces, slopes: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """ln P of each piece and of each bin, and ln of the total before normalisation.

    slopes : 1 - exponent of each side.
    """
    slope = slopes[pieces.side]
    log_mass = (
        pieces.log_pairs
        + slope * pieces.start
        + np.log(pieces.width)
        + _bounded.log_mean_exp(slope * pieces.width)
    )
    # Sums of logarithms: a bin far down a steep law keeps a finite logarithm.
    log_bin = np.logaddexp.reduceat(log_mass, pieces.first)
    total = float(np.logaddexp.reduce(log_bin))
    return log_mass - total, log_bin - total, total


def moments(
    pieces: Pieces, slopes: np.ndarray, shares: tuple[np.ndarray, np.ndarray, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Mean of t (on its side, else 0) within each bin, (n_bins, n_sides), and second moments.

    ``shares`` are the log_shares of the same slopes. The second value is E[t_s t_s'] over the whole
    law, (n_sides, n_sides); sides exclude one another, so it is diagonal.
    """
    log_piece, log_bin, _ = shares
    step = slopes[pieces.side] * pieces.width
    mean = pieces.start + pieces.width * _bounded.mean_share(step)
    variance = pieces.width**2 * _bounded.variance_share(step)
    n_bins, n_sides = log_bin.size, slopes.size
    # An empty bin has no moments; whatever they are, nothing falls into it.
    within = np.exp(log_piece - np.where(np.isfinite(log_bin), log_bin, 0)[pieces.bin])
    cell = pieces.bin * n_sides + pieces.side
    by_bin = np.bincount(cell, within * mean, n_bins * n_sides).reshape(n_bins, n_sides)
    second = np.bincount(pieces.side, np.exp(log_piece) * (mean**2 + variance), n_sides)
    return by_bin, np.diag(second)
