"""Pair-correlation function g(r) = p(r) / p_ideal(r) and the oscillation it shows."""

from dataclasses import dataclass

import numpy as np

from movelaws.cities._arguments import positive, rising, vector
from movelaws.cities.forms import Form


def pair_correlation(
    edges: np.ndarray,
    counts: np.ndarray,
    ideal: Form | np.ndarray,
    *,
    pairs: float | None = None,
    ideal_pairs: float | None = None,
) -> np.ndarray:
    """g of each bin: its share of all pairs against the share in the ideal gas.

    Parameters
    ----------
    edges, counts : (n_bins + 1,) rising, m; (n_bins,) pairs per bin.
    ideal : form of p_ideal, or (n_bins,) pairs per bin of the ideal gas in the same domain or
        potential.
    pairs, ideal_pairs : number (or weight) of all pairs, n (n - 1) / 2, in the bins or not; by
        default the sum of the counts, for bins that cover every distance.

    Returns
    -------
    (n_bins,) >= 0; nan where the ideal gas has no pairs.

    Raises
    ------
    ValueError
        If shapes differ, counts are negative or exceed the number of all pairs.

    References
    ----------
    Paper 3, Fig. 2d and e.
    """
    edges = rising(edges)
    share = _shares(counts, edges.size - 1, pairs, "counts", "pairs")
    if isinstance(ideal, Form):
        expected = ideal.mass(edges)
    else:
        expected = _shares(ideal, edges.size - 1, ideal_pairs, "ideal", "ideal_pairs")
    empty = expected <= 0
    return np.where(empty, np.nan, share / np.where(empty, 1.0, expected))


@dataclass(frozen=True)
class Oscillation:
    """Short-range order of a configuration.

    below : largest g under one diameter (up to ``core`` diameters).
    peak_r, peak : place (m) and height of the first peak, the largest g between ``core`` and two
        diameters.
    trough : least g between the peak and two diameters.
    """

    below: float
    peak_r: float
    peak: float
    trough: float

    @property
    def shows(self) -> bool:
        """Whether g stays below 1 under one diameter and peaks above 1 near it (claim P7)."""
        return self.below < 1 < self.peak


def oscillation(
    edges: np.ndarray, g: np.ndarray, diameter: float, *, core: float = 0.9
) -> Oscillation:
    """Lack of near neighbours and first peak of g(r).

    Parameters
    ----------
    edges, g : (n_bins + 1,) rising, m; (n_bins,).
    diameter : of the disks, m; the median where they differ, as a tail of large ones moves the
        mean beyond the first peak.
    core : share of the diameter that counts as under one diameter.

    Raises
    ------
    ValueError
        If no bin lies under ``core`` diameters or none between there and two diameters.
    """
    edges, diameter = rising(edges), positive(diameter, "diameter")
    g = np.asarray(g, dtype=float)
    if g.shape != (edges.size - 1,):
        raise ValueError(f"g has shape {g.shape}, expected ({edges.size - 1},)")
    known = np.isfinite(g)
    inner = known & (edges[1:] <= core * diameter)
    outer = known & (edges[:-1] >= core * diameter) & (edges[1:] <= 2 * diameter)
    if not inner.any() or not outer.any():
        raise ValueError(
            f"edges from {edges[0]} to {edges[-1]} leave no bins under {core * diameter:.6g} or "
            f"none from there to {2 * diameter:.6g}: give finer ones"
        )
    at = int(np.argmax(np.where(outer, g, -np.inf)))
    after = outer & (np.arange(g.size) >= at)
    middle = (edges[at] + edges[at + 1]) / 2
    return Oscillation(float(g[inner].max()), float(middle), float(g[at]), float(g[after].min()))


def _shares(counts, n_bins, pairs, name, name_of_pairs):
    counts = vector(counts, name, n_bins)
    if (counts < 0).any():
        at = int(np.argmax(counts < 0))
        raise ValueError(f"{name}[{at}] = {counts[at]}: counts are >= 0")
    total = positive(counts.sum() if pairs is None else pairs, name_of_pairs)
    if total < counts.sum() * (1 - 1e-9):
        raise ValueError(f"{name_of_pairs} = {total}: {name} holds {counts.sum()} pairs")
    return counts / total
