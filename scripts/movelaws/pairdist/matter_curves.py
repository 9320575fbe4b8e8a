"""Pair-correlation functions with their uncertainty, and what is read off them (claim P7)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from movelaws.cities.correlation import oscillation

CURVE_COLUMNS = (
    "source", "reference", "place", "r_low", "r_high", "neighbours", "ideal", "g", "g_error",
)  # fmt: skip
ORDER_COLUMNS = (
    "source", "reference", "place", "particles", "samples", "diameter_m", "diameter_from",
    "crossing_m", "tested_m", "below", "below_error", "peak_m", "peak", "peak_error",
    "trough_m", "trough", "trough_error", "rise_m", "rise", "rise_error",
    "dips", "peaks", "falls", "rises", "shows", "published",
)  # fmt: skip
CORE = 0.85
"""Share of the diameter that counts as under one: disks of unequal size have a soft edge."""

_SURE = 2.0
_SURE_OF_BEST = 3.5
"""Two errors, where the best of about a hundred pairs of bins is looked at (Bonferroni)."""
_FEWEST_EXPECTED = 1.0


@dataclass(frozen=True)
class Curve:
    """g(r) of one kind of places.

    source : model or dataset. reference : the ideal gas that it is measured against, "potential"
        (the same external potential), "local" (the same local density) or "town" (gases fitted to
        towns).
    place : where a particle is seen: "centre", "within" or "rim" (SI 7.4), "place" for data.
    edges : (n_bins + 1,) m. counts, ideal : (n_bins,) pairs and those of the ideal gas, per sample.
    g, error : (n_bins,) count / ideal, nan where no pair is expected, and its standard error.
    particles : places of one sample. samples : configurations, or parts of the data left out in
        turn, behind the error.
    """

    source: str
    reference: str
    place: str
    edges: np.ndarray
    counts: np.ndarray
    ideal: np.ndarray
    g: np.ndarray
    error: np.ndarray
    particles: int
    samples: int

    def table(self) -> pd.DataFrame:
        """CURVE_COLUMNS; neighbours are those of an average place, per metre of distance."""
        per_place = 2 / self.particles / np.diff(self.edges)
        table = pd.DataFrame(
            {
                "r_low": self.edges[:-1],
                "r_high": self.edges[1:],
                "neighbours": self.counts * per_place,
                "ideal": self.ideal * per_place,
                "g": self.g,
                "g_error": self.error,
            }
        )
        return table.assign(source=self.source, reference=self.reference, place=self.place)[
            [*CURVE_COLUMNS]
        ]


def from_samples(
    names: tuple[str, str, str],
    edges: np.ndarray,
    counts: np.ndarray,
    ideal: np.ndarray,
    particles: int,
) -> Curve:
    """Curve of independent configurations, its error their spread over the root of their number.

    Parameters
    ----------
    names : source, reference, place.
    edges, ideal : (n_bins + 1,) m; (n_bins,) pairs expected of one configuration.
    counts : (n_samples, n_bins) pairs.
    particles : per configuration.
    """
    counts, ideal = np.atleast_2d(np.asarray(counts, dtype=float)), np.asarray(ideal, dtype=float)
    samples = len(counts)
    each = _ratio(counts, ideal, samples)
    error = np.full(ideal.size, np.nan)
    if samples > 1:
        error = each.std(axis=0, ddof=1) / np.sqrt(samples)
    return Curve(
        *names, edges, counts.mean(axis=0), ideal, each.mean(axis=0), error, particles, samples
    )


def from_parts(
    names: tuple[str, str, str],
    edges: np.ndarray,
    counts: np.ndarray,
    ideal: np.ndarray,
    particles: int,
) -> Curve:
    """Curve of one configuration in parts; its error is that of the jackknife over them.

    Parameters
    ----------
    names, edges, particles : as for :func:`from_samples`.
    counts, ideal : (n_parts, n_bins) pairs of each part and those expected of it.
    """
    counts, ideal = np.asarray(counts, dtype=float), np.asarray(ideal, dtype=float)
    parts = len(counts)
    total, expected = counts.sum(axis=0), ideal.sum(axis=0)
    g = _ratio(total, expected)
    error = np.full(g.size, np.nan)
    if parts > 1:
        without = _ratio(total - counts, expected - ideal)
        around = without - without.mean(axis=0)
        error = np.sqrt((parts - 1) / parts * (around**2).sum(axis=0))
    return Curve(*names, edges, total, expected, g, error, particles, parts)


def order_row(curve: Curve, diameter: float | None = None, diameter_from: str = "") -> dict:
    """One row of ORDER_COLUMNS: lack of near neighbours, first peak, and what follows it.

    ``below`` is the largest g (with its error) in the bins up to ``tested_m``, ``CORE`` diameters;
    ``peak`` the largest between there and two diameters; ``trough`` the least from there to two
    distances of the peak, where the next would be; ``rise`` the largest from there to three. It
    ``dips`` if below + 2 errors < 1, ``peaks`` if peak - 2 errors > 1, ``falls`` if the trough is
    lower than the peak by two errors of their difference, and ``rises`` if g is higher again
    afterwards by 3.5. The oscillation of a model ``shows`` if it dips, peaks and falls.

    Places of a dataset have no known diameter: without one, the distance at which g first rises
    to 1 on its way to its largest value stands for it, and nan if it never does. That g is below 1
    nearer than that says nothing then, and clusters let g fall without any order: the oscillation
    of places shows if it peaks, falls and rises. What the bins cannot tell (too wide, too few
    pairs expected, one sample without an error) is nan, and then nothing shows.
    """
    given = diameter is not None
    crossing = crossing_distance(curve.edges, curve.g)
    row = {
        "source": curve.source,
        "reference": curve.reference,
        "place": curve.place,
        "particles": curve.particles,
        "samples": curve.samples,
        "crossing_m": crossing,
        "published": True,
    }
    if diameter is None:
        diameter, diameter_from = crossing, "g = 1"
    row |= {"diameter_m": diameter, "diameter_from": diameter_from, "tested_m": CORE * diameter}
    row |= dict.fromkeys(("dips", "peaks", "falls", "rises", "shows"), False)
    known = np.isfinite(curve.g)
    inner = known & (curve.edges[1:] <= CORE * diameter)
    outer = known & (curve.edges[:-1] >= CORE * diameter) & (curve.edges[1:] <= 2 * diameter)
    if not (inner.any() and outer.any()):
        return {column: row.get(column, np.nan) for column in ORDER_COLUMNS}
    seen = oscillation(curve.edges, curve.g, diameter, core=CORE)
    most = int(np.argmax(np.where(inner, curve.g, -np.inf)))
    top = int(np.searchsorted(curve.edges, seen.peak_r) - 1)
    row |= {
        "below": seen.below,
        "below_error": curve.error[most],
        "peak_m": seen.peak_r,
        "peak": seen.peak,
        "peak_error": curve.error[top],
        # Where no sample has a pair (g = 0) there may be no error.
        "dips": bool(seen.below + _SURE * np.nan_to_num(curve.error[most]) < 1),
        "peaks": bool(seen.peak - _SURE * curve.error[top] > 1),
    }
    row |= _after(curve, top)
    row["shows"] = row["peaks"] and row["falls"] and row["dips" if given else "rises"]
    return {column: row.get(column, np.nan) for column in ORDER_COLUMNS}


def _after(curve: Curve, top: int) -> dict:
    """The trough after the peak in bin ``top`` and the rise after that, as far as bins reach."""
    middle = (curve.edges[1:] + curve.edges[:-1]) / 2
    known = np.isfinite(curve.g) & (curve.edges[:-1] >= curve.edges[top + 1])
    near = known & (middle <= 2 * middle[top])
    if not near.any():
        return {}
    low = int(np.argmin(np.where(near, curve.g, np.inf)))
    found = {
        "trough_m": middle[low],
        "trough": curve.g[low],
        "trough_error": curve.error[low],
        "falls": _beyond(curve, top, low, _SURE),
    }
    far = known & (middle > middle[low]) & (middle <= 3 * middle[top])
    if not far.any():
        return found
    high = int(np.argmax(np.where(far, curve.g, -np.inf)))
    return found | {
        "rise_m": middle[high],
        "rise": curve.g[high],
        "rise_error": curve.error[high],
        "rises": _beyond(curve, high, low, _SURE_OF_BEST),
    }


def _beyond(curve: Curve, high: int, low: int, errors: float) -> bool:
    """Whether g is higher in one bin than in another by so many errors of the difference."""
    error = np.hypot(curve.error[high], curve.error[low])
    return bool(curve.g[high] - curve.g[low] > errors * error)


def crossing_distance(edges: np.ndarray, g: np.ndarray) -> float:
    """Distance (m) at which g last rises through 1 before its largest value; nan if it never does.

    Linear between the middles of bins. The last rise, as places at one spot (two numbers at one
    door) can lift g above 1 at no distance at all.
    """
    middle, known = (edges[1:] + edges[:-1]) / 2, np.isfinite(g)
    middle, g = middle[known], np.asarray(g, dtype=float)[known]
    if g.size == 0 or g.max() <= 1:
        return float("nan")
    top = int(np.argmax(g))
    under = np.flatnonzero(g[:top] < 1)
    if under.size == 0:
        return float("nan")
    k = int(under[-1])
    return float(middle[k] + (1 - g[k]) / (g[k + 1] - g[k]) * (middle[k + 1] - middle[k]))


def _ratio(counts: np.ndarray, ideal: np.ndarray, samples: int = 1) -> np.ndarray:
    """counts / ideal; nan where all samples together are expected to hold less than a pair."""
    few = ideal * samples < _FEWEST_EXPECTED
    return np.where(few, np.nan, counts / np.where(few, 1.0, ideal))
