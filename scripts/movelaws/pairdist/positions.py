"""Where towns lie: at random on the land but for their own ground? (Figs 2e, 22; claim P9).

The centres of towns are set beside an ideal gas in the same land, towns as points at random, and
beside hard disks as large as the towns that may not overlap. Many draws of both give bands: what
chance alone does to so many towns.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial.distance import pdist

from movelaws.cities._arguments import positive, whole
from movelaws.cities.disks import place_without_overlap
from movelaws.cities.sampling import Sampler, polygon_sampler
from movelaws.pairs import Points, pair_counts
from movelaws.settlements import town_outlines

OBSERVED, IDEAL, DISKS, PLACES = "observed", "ideal_gas", "hard_disks", "places"
PLAIN, WEIGHTED = "towns", "pairs"
_BAND = (0.025, 0.975)
_FEWEST = 5
_FAR = 5.0
_HULL_M = 500.0


@dataclass(frozen=True)
class Towns:
    """Towns as disks: x, y, radius (m), houses (places in each) and name, each (n,).

    x and y are the centroid of the outline, radius that of a disk of its area (SI 7.5.3).
    """

    x: np.ndarray
    y: np.ndarray
    radius: np.ndarray
    houses: np.ndarray
    name: np.ndarray

    def table(self) -> pd.DataFrame:
        """One row per town."""
        return pd.DataFrame(
            {"town": self.name, "x": self.x, "y": self.y, "radius_m": self.radius,
             "houses": self.houses}
        )  # fmt: skip


@dataclass(frozen=True)
class Settings:
    """draws : of the ideal gas and of the disks. bins : of the distance, equal in logarithm.

    least : houses that make a town. far : distance (m) beyond which g should be 1; None for five
    times the mean distance of nearest neighbours.
    """

    draws: int = 200
    bins: int = 18
    least: int = 30
    far: float | None = None

    def __post_init__(self):
        whole(self.draws, "draws", 20)
        whole(self.bins, "bins", 4)
        whole(self.least, "least", 3)
        if self.far is not None:
            positive(self.far, "far")


def towns_as_disks(points: Points, number: np.ndarray, names: np.ndarray, least: int) -> Towns:
    """Towns of at least ``least`` places with an outline.

    Parameters
    ----------
    points : places, m. number : (n,) town of each, -1 for none. names : (n_towns,) by number.

    Raises
    ------
    ValueError
        If fewer than five towns remain: their distances would say nothing.
    """
    size = np.bincount(number[number >= 0], minlength=len(names))
    kept = np.where(np.append(size, 0)[number] >= least, number, -1)
    outlines = town_outlines(points, kept)
    if len(outlines) < _FEWEST:
        raise ValueError(
            f"{len(outlines)} towns of at least {least} places have an outline, {_FEWEST} are "
            "needed: lower `least`, or define towns in another way"
        )
    order = sorted(outlines)
    centres = shapely.get_coordinates(shapely.centroid([outlines[k] for k in order]))
    area = shapely.area([outlines[k] for k in order])
    return Towns(
        centres[:, 0], centres[:, 1], np.sqrt(area / np.pi), size[order], np.asarray(names)[order]
    )


def land_of(land: gpd.GeoDataFrame, points: Points) -> tuple[shapely.Geometry, str]:
    """The land as one shape, and whether it was "given" or is a "hull" of the places."""
    if not land.empty:
        return shapely.union_all(land.geometry.to_numpy()), "given"
    hull = shapely.concave_hull(shapely.MultiPoint(np.column_stack([points.x, points.y])), 0.2)
    return hull.buffer(_HULL_M), "hull"


@dataclass(frozen=True)
class Positions:
    """curves : weight ("towns" or "pairs"), model ("observed", "ideal_gas", "hard_disks"),
    r_low, r_high (m), density (per m), g, low and high (95 % of the draws; nan for observed).

    summary : one row per weight, what claim P9 asks (see :func:`_summary`).
    """

    curves: pd.DataFrame
    summary: pd.DataFrame


def positions(
    towns: Towns, land: shapely.Geometry, settings: Settings, rng: np.random.Generator
) -> Positions:
    """Pair distribution of towns beside those of chance, each pair once and by its houses.

    Parameters
    ----------
    towns : from :func:`towns_as_disks`. land : polygon(s) in which centres are drawn, m.
    settings : of the comparison. rng : of the draws.

    Returns
    -------
    Positions

    Raises
    ------
    RuntimeError
        If the disks find no place in the land.

    References
    ----------
    Paper 3, Fig. 2e, Methods 4.4, SI 7.3 and 7.5.3 (Fig. 22).
    """
    draw = polygon_sampler(land)
    seen = pdist(np.column_stack([towns.x, towns.y]))
    gas = np.array([_drawn(draw, towns.x.size, rng) for _ in range(settings.draws)])
    disks = np.array([_placed(draw, towns.radius, rng) for _ in range(settings.draws)])
    west, south, east, north = land.bounds
    furthest = max(seen.max(), np.hypot(east - west, north - south))
    edges = np.geomspace(0.5 * np.min(seen), furthest * (1 + 1e-9), settings.bins + 1)
    near, far = 2 * float(towns.radius.mean()), settings.far or _far(towns)
    first, second = np.triu_indices(towns.x.size, 1)
    product = towns.houses[first] * towns.houses[second].astype(float)
    reach = towns.radius[first] + towns.radius[second]
    common = {
        "overlaps": int((seen < reach).sum()),
        "overlaps_gas": float((gas < reach).sum(axis=1).mean()),
        "overlaps_p": float(((gas < reach).sum(axis=1) <= (seen < reach).sum()).mean()),
    }
    curves, rows = [], []
    for name, weight in ((PLAIN, np.ones(seen.size)), (WEIGHTED, product)):
        shares = {
            OBSERVED: _shares(seen[None], weight, edges),
            IDEAL: _shares(gas, weight, edges),
            DISKS: _shares(disks, weight, edges),
        }
        curves += [
            _curves(name, model, share, shares[IDEAL], edges) for model, share in shares.items()
        ]
        distances = {OBSERVED: seen[None], IDEAL: gas, DISKS: disks}
        inner = {m: ((r < near) * weight).sum(axis=1) for m, r in distances.items()}
        rows.append(_summary(name, shares, edges, (near, inner), far, towns) | common)
    return Positions(pd.concat(curves, ignore_index=True), pd.DataFrame(rows))


def places_curve(points: Points, curves: pd.DataFrame) -> pd.DataFrame:
    """Pair distribution of all places in the bins of ``curves``, which the weighted towns should
    come near (SI 7.5.3): rows of weight "pairs" and model "places", without g."""
    bins = curves[(curves["weight"] == WEIGHTED) & (curves["model"] == OBSERVED)]
    edges = np.append(bins["r_low"].to_numpy(), bins["r_high"].to_numpy()[-1])
    found = pair_counts(points, edges, progress=False)
    return bins.assign(
        model=PLACES, density=found["density"].to_numpy(), g=np.nan, low=np.nan, high=np.nan
    )


def _drawn(draw: Sampler, n: int, rng: np.random.Generator) -> np.ndarray:
    return pdist(np.column_stack(draw(n, rng)))


def _placed(draw: Sampler, radius: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    placed = place_without_overlap(radius, draw, rng)
    return pdist(np.column_stack([placed.x, placed.y]))


def _far(towns: Towns) -> float:
    distance = np.hypot(towns.x[:, None] - towns.x, towns.y[:, None] - towns.y)
    np.fill_diagonal(distance, np.inf)
    return _FAR * float(distance.min(axis=1).mean())


def _shares(distances: np.ndarray, weight: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """(n_draws, n_bins) share of all (weighted) pairs; those outside the edges are in no bin."""
    slots = edges.size
    shares = np.empty((len(distances), slots - 1))
    for k, row in enumerate(distances):
        at = np.searchsorted(edges, row, side="right")
        shares[k] = np.bincount(at, weight, slots + 1)[1:slots]
    return shares / weight.sum()


def _curves(name, model, share, gas, edges) -> pd.DataFrame:
    expected = gas.mean(axis=0)
    empty = expected <= 0
    safe = np.where(empty, 1.0, expected)
    mean = share.mean(axis=0)
    low, high = np.full((2, mean.size), np.nan)
    if model != OBSERVED:
        low, high = np.quantile(share, _BAND, axis=0) / safe
    table = pd.DataFrame(
        {
            "r_low": edges[:-1],
            "r_high": edges[1:],
            "density": mean / np.diff(edges),
            "g": np.where(empty, np.nan, mean / safe),
            "low": np.where(empty, np.nan, low),
            "high": np.where(empty, np.nan, high),
        }
    )
    table.insert(0, "model", model)
    table.insert(0, "weight", name)
    return table


def _summary(name, shares, edges, within_near, far, towns) -> dict:
    """What claim P9 asks, with the chance that the draws do the same.

    near_m : mean sum of two radii of towns. near_g : pairs nearer than that over those of the
    ideal gas; near_low and near_high : 95 % of its draws, which say little where it has hardly a
    pair (near_pairs : its mean number or weight of them); near_p : share of the ideal gases with no
    more such pairs; near_disks : g of the hard disks. far_m : five mean distances of nearest
    neighbours unless set; far_g, far_off : mean g of the bins beyond, by the pairs expected, and
    the root mean square of g - 1; far_p : share of the ideal gases that are off by as much.
    within : share of the bins beyond near_m that lie in the band of the ideal gas, within_disks :
    of the hard disks. peak_m, peak : largest g beyond near_m; peak_p : share of the ideal gases
    with a largest g as high. overlaps : pairs of towns nearer than the sum of their own radii;
    overlaps_gas : mean of the ideal gases; overlaps_p : share of the ideal gases with no more.
    """
    gas = shares[IDEAL].mean(axis=0)
    known = gas > 0
    g = {m: np.divide(s, gas, out=np.full_like(s, np.nan), where=known) for m, s in shares.items()}
    near, counts = within_near
    under, beyond = edges[1:] <= near, edges[:-1] >= far
    rest = ~under & known
    expected = float(counts[IDEAL].mean())
    inner = {m: n / expected if expected > 0 else n * np.nan for m, n in counts.items()}
    low, high = np.quantile(inner[IDEAL], _BAND)
    weight = np.where(known, gas, 0) * beyond
    off = {m: np.sqrt(_mean((np.nan_to_num(v) - 1) ** 2, weight)) for m, v in g.items()}
    peaks = np.where(rest, np.nan_to_num(g[IDEAL]), 0).max(axis=1)
    top = int(np.argmax(np.where(rest, np.nan_to_num(g[OBSERVED][0]), -1)))
    return {
        "weight": name,
        "towns": towns.x.size,
        "draws": len(shares[IDEAL]),
        "near_m": near,
        "near_pairs": expected,
        "near_g": float(inner[OBSERVED][0]),
        "near_low": float(low),
        "near_high": float(high),
        "near_p": float((inner[IDEAL] <= inner[OBSERVED][0]).mean()),
        "near_disks": float(inner[DISKS].mean()),
        "far_m": far,
        "far_g": float(_mean(np.nan_to_num(g[OBSERVED]), weight)[0]),
        "far_off": float(off[OBSERVED][0]),
        "far_p": float((off[IDEAL] >= off[OBSERVED][0]).mean()),
        "within": _inside(g[OBSERVED][0], g[IDEAL], rest),
        "within_disks": _inside(g[OBSERVED][0], g[DISKS], rest),
        "peak_m": float(np.sqrt(edges[top] * edges[top + 1])),
        "peak": float(g[OBSERVED][0][top]),
        "peak_p": float((peaks >= g[OBSERVED][0][top]).mean()),
    }


def _mean(values: np.ndarray, weight: np.ndarray) -> np.ndarray:
    total = weight.sum()
    return values @ weight / total if total > 0 else np.full(len(values), np.nan)


def _inside(g: np.ndarray, draws: np.ndarray, bins: np.ndarray) -> float:
    low, high = np.quantile(draws[:, bins], _BAND, axis=0)
    return float(((g[bins] >= low) & (g[bins] <= high)).mean())
