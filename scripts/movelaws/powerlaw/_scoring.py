"""Fisher scoring of the slopes of a bin law, from counts per bin or from distances themselves."""

import numpy as np

from movelaws.powerlaw import _bins

_TOLERANCE = 1e-10


def fit_counts(
    pieces: _bins.Pieces, counts: np.ndarray, start: np.ndarray
) -> tuple[np.ndarray, float, np.ndarray]:
    """Slopes that maximise sum n_k ln P_k; log-likelihood and information there."""
    n = counts.sum()
    seen = counts > 0

    def height(shares, _):
        return float(counts[seen] @ shares[1][seen])

    def score(shares, slopes):
        means, _ = _bins.moments(pieces, slopes, shares)
        share = np.exp(shares[1])
        expected = share @ means
        spread = (means - expected) * np.sqrt(share)[:, None]
        return counts @ means - n * expected, n * spread.T @ spread

    return _climb(pieces, height, score, start)


def fit_sums(
    pieces: _bins.Pieces, n: float, sums: np.ndarray, start: np.ndarray
) -> tuple[np.ndarray, float, np.ndarray]:
    """Slopes for n distances whose t add up to ``sums`` on each side.

    The log-likelihood leaves out sum ln(pairs per metre), which no slope changes, and has
    pi = e^(-a t): the caller adds what the data contribute to it.
    """

    def height(shares, slopes):
        return float((slopes - 1) @ sums - n * shares[2])

    def score(shares, slopes):
        means, second = _bins.moments(pieces, slopes, shares)
        expected = np.exp(shares[1]) @ means
        return sums - n * expected, n * (second - np.outer(expected, expected))

    return _climb(pieces, height, score, start)


def _climb(pieces, height_of, score, start):
    """Newton steps with the expected information, shortened until the likelihood rises."""
    slopes = np.array(start, dtype=float)
    shares = _bins.log_shares(pieces, slopes)
    height = height_of(shares, slopes)
    for _ in range(200):
        gradient, information = score(shares, slopes)
        try:
            step = np.linalg.solve(information, gradient)
        except np.linalg.LinAlgError:
            step = np.full_like(slopes, np.nan)
        if not np.isfinite(step).all() or np.abs(slopes).max() > 1e3:
            raise ValueError(
                "the exponent cannot be told from these counts: they fill a single bin or side"
            )
        # Far from the maximum one step must not leave the range where the shares are finite.
        step *= min(1.0, 2.0 / max(np.abs(step).max(), 1e-300))
        length = 1.0
        while length > 1e-10:
            candidate = slopes + length * step
            shares = _bins.log_shares(pieces, candidate)
            reached = height_of(shares, candidate)
            if reached >= height - 1e-13 * abs(height):
                break
            length /= 2
        slopes, height = candidate, reached
        # Scoring closes in by a factor per step: the next step would be smaller still.
        if np.abs(length * step).max() < _TOLERANCE * (1 + np.abs(slopes).max()):
            return slopes, height, information
    raise ValueError("the fit of the exponents did not converge; are counts and pairs consistent?")
