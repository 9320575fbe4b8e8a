"""Are the susceptible places clustered, and do two maps agree more than smooth maps do by chance?

The paper says of Figs 6 and 7 that susceptible regions "are usually clustered" and that two maps
"are strongly correlated" (section VI A), by eye. Moran's I puts a number on the first. On the
second: two smooth maps without any tie between them correlate strongly by chance, because their
sites are no independent observations. The effective number of sites says how many they are worth.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import fft, special

_VALUES_AT_ONCE = 4_000_000
"""Of the permuted maps held in memory at a time."""


@dataclass(frozen=True)
class Clustering:
    """Moran's I of a map.

    Attributes
    ----------
    moran : about -1 / (n - 1) without clusters, towards 1 with; nan where the map is constant.
    p : share of the random permutations of the sites whose I is as large, one-sided.
    sites : number of sites that have a value.
    """

    moran: float
    p: float
    sites: int


@dataclass(frozen=True)
class Correlation:
    """Pearson r of two maps.

    Attributes
    ----------
    r : nan where a map is constant.
    p : two-sided, of r with ``effective`` independent sites; nan where these are two or fewer.
    effective : independent sites that the correlated ones are worth, 1 .. sites.
    sites : number of sites where both maps have a value.
    """

    r: float
    p: float
    effective: float
    sites: int


def moran(values: np.ndarray, *, permutations: int, rng: np.random.Generator) -> Clustering:
    """Moran's I with the next cells north, south, west and east (rook), and its permutation p.

    Parameters
    ----------
    values : (ny, nx) map; nan where there is no value (such sites are nobody's neighbours).
    permutations : random orders of the values over the sites that have one, at least 1.
    rng : their random numbers.

    Raises
    ------
    ValueError
        If the map is not two-dimensional, holds an infinite value, or permutations < 1.

    References
    ----------
    Moran (1950), Biometrika 37, 17-23; permutations as in Cliff & Ord (1981), Spatial Processes.
    """
    values, known = _checked(values, "values")
    if permutations < 1:
        raise ValueError(f"permutations = {permutations}: at least 1 is needed")
    sites = int(np.count_nonzero(known))
    first, second = _rook_pairs(known)
    if sites < 3 or not first.size or np.ptp(values[known]) == 0:
        return Clustering(math.nan, math.nan, sites)
    z = values[known] - values[known].mean()
    z /= np.abs(z).max()  # squares of very large susceptibilities would overflow
    observed = _moran(z[None], first, second)[0]
    reached, left = 0, permutations
    while left:
        batch = min(left, max(1, _VALUES_AT_ONCE // sites))
        shuffled = rng.permuted(np.broadcast_to(z, (batch, sites)), axis=1)
        # A tie must count as reached however its sum was rounded.
        reached += int(np.count_nonzero(_moran(shuffled, first, second) >= observed - 1e-12))
        left -= batch
    return Clustering(float(observed), (1 + reached) / (1 + permutations), sites)


def correlation(one: np.ndarray, other: np.ndarray) -> Correlation:
    """Pearson r of two maps with the effective number of sites under spatial autocorrelation.

    The variance of r between unrelated maps is sum_k N_k C_k C'_k / (n^2 s^2 s'^2) over classes k
    of distance between two sites, with N_k ordered pairs and the autocovariances C_k, C'_k of the
    maps; its inverse plus 1 is the effective number. Classes are whole numbers of cells, up to
    half the shorter side of the lattice: beyond, few pairs say little about the covariance.

    Parameters
    ----------
    one, other : (ny, nx) maps of the same lattice; nan where there is no value.

    Raises
    ------
    ValueError
        If the shapes differ, a map is not two-dimensional or holds an infinite value.

    References
    ----------
    Clifford, Richardson & Hemon (1989), Biometrics 45, 123-134.
    """
    one, known = _checked(one, "one")
    other, also = _checked(other, "other")
    if one.shape != other.shape:
        raise ValueError(f"one is {one.shape}, other {other.shape}: maps of one lattice are needed")
    known = known & also
    sites = int(np.count_nonzero(known))
    if sites < 3 or np.ptp(one[known]) == 0 or np.ptp(other[known]) == 0:
        return Correlation(math.nan, math.nan, math.nan, sites)
    z, w = (_standardised(values, known) for values in (one, other))
    r = float(np.clip((z * w).sum() / sites, -1, 1))
    pairs, lag = _autoproducts(known.astype(float)), _lags(one.shape)
    classes = np.rint(lag).astype(int).ravel()
    sums = [np.bincount(classes, part.ravel()) for part in (pairs, *map(_autoproducts, (z, w)))]
    near = min(sums[0].size, min(one.shape) // 2 + 1)
    count, cross, across = (part[:near] for part in sums)
    used = count > 0.5  # the transform leaves rounding errors where there is no pair
    variance = float((cross[used] * across[used] / count[used]).sum()) / sites**2
    effective = min(1 + 1 / variance, sites) if variance > 0 else float(sites)
    return Correlation(r, _p_of(r, effective), float(effective), sites)


def _p_of(r, effective):
    free = effective - 2
    if free <= 0:
        return math.nan
    if abs(r) >= 1:
        return 0.0
    return float(2 * special.stdtr(free, -abs(r) * math.sqrt(free / (1 - r * r))))


def _checked(values, name):
    values = np.asarray(values, dtype=float)
    if values.ndim != 2:
        raise ValueError(f"{name} has {values.ndim} dimensions: a map (ny, nx) is needed")
    if np.isinf(values).any():
        y, x = np.argwhere(np.isinf(values))[0]
        raise ValueError(f"{name}[{y}, {x}] = {values[y, x]}: values are finite, or nan for none")
    return values, np.isfinite(values)


def _rook_pairs(known):
    """Positions, among the known sites, of both ends of each pair of neighbours."""
    number = np.where(known, np.cumsum(known).reshape(known.shape) - 1, -1)
    first = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
    second = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
    both = (first >= 0) & (second >= 0)
    return first[both], second[both]


def _moran(z, first, second):
    """I of each row of centred values; a pair counts in both directions, as in the weights."""
    products = (z[:, first] * z[:, second]).sum(axis=1)
    return z.shape[1] / first.size * products / (z**2).sum(axis=1)


def _standardised(values, known):
    """Mean 0 and variance 1 over the known sites, 0 elsewhere."""
    z = np.zeros(values.shape)
    z[known] = values[known] - values[known].mean()
    z /= np.abs(z).max()
    return z / math.sqrt((z**2).sum() / np.count_nonzero(known))


def _autoproducts(z):
    """Sum of z_a z_b over the ordered pairs of sites of each lag (dy, dx), by Fourier transform."""
    size = [2 * side for side in z.shape]
    return fft.irfft2(np.abs(fft.rfft2(z, size)) ** 2, size)


def _lags(shape):
    """Length, in cells, of each lag of :func:`_autoproducts`."""
    dy, dx = (np.minimum(np.arange(2 * side), 2 * side - np.arange(2 * side)) for side in shape)
    return np.hypot(dy[:, None], dx[None, :])
