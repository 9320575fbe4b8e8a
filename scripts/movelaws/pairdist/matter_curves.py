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
    "below", "below_error", "crossing_m", "peak_m", "peak", "peak_error", "trough", "shows",
    "published",
)  # fmt: skip
CORE = 0.85
"""Share of the diameter that counts as under one: disks of unequal size have a soft edge."""

_SURE = 2.0
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
    """One row of ORDER_COLUMNS: lack of near neighbours and first peak.

    ``below`` is the largest g (with its error) in the bins under ``CORE`` diameters, ``peak`` the
    largest between there and two diameters. The oscillation ``shows`` if below + 2 errors < 1 <
    peak - 2 errors.

    Places of a dataset have no known diameter: without one, the distance at which g first rises
    to 1 on its way to its largest value stands for it, and nan if it never does. What the bins
    cannot tell (too wide, too few pairs expected) is nan, and then nothing shows.
    """
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
    row |= {"diameter_m": diameter, "diameter_from": diameter_from}
    unknown = dict.fromkeys(
        ("below", "below_error", "peak_m", "peak", "peak_error", "trough"), np.nan
    )
    known = np.isfinite(curve.g)
    inner = known & (curve.edges[1:] <= CORE * diameter)
    outer = known & (curve.edges[:-1] >= CORE * diameter) & (curve.edges[1:] <= 2 * diameter)
    if not (inner.any() and outer.any()):
        return {column: (row | unknown | {"shows": False})[column] for column in ORDER_COLUMNS}
    seen = oscillation(curve.edges, curve.g, diameter, core=CORE)
    error = np.nan_to_num(curve.error)
    most = int(np.argmax(np.where(inner, curve.g, -np.inf)))
    top = int(np.searchsorted(curve.edges, seen.peak_r) - 1)
    row |= {
        "below": seen.below,
        "below_error": curve.error[most],
        "peak_m": seen.peak_r,
        "peak": seen.peak,
        "peak_error": curve.error[top],
        "trough": seen.trough,
        "shows": bool(seen.below + _SURE * error[most] < 1 < seen.peak - _SURE * error[top]),
    }
    return {column: row[column] for column in ORDER_COLUMNS}


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
