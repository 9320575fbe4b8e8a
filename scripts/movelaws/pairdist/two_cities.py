"""Two towns at a distance: when does their pair distribution become a product of masses (4.6).

Two disks of uniform density, radii R1 and R2, their centres d apart (Eq. 33). The distance between
an address of one and one of the other has the density p (Eq. 34), which for d far above both radii
is a peak at d (Eq. 35): moves under pi ~ r^-a are then N1 N2 d^-a, the gravity law. The error of
this mass product at any d is the mean of (r / d)^-a, to second order

    1 + a^2 (R1^2 + R2^2) / (8 d^2).
"""

import functools
import math

import numpy as np
import pandas as pd

from movelaws.cities._arguments import positive, rising
from movelaws.cities.forms import Disk

_NODES, _FEWER = 400, 80


def between(edges: np.ndarray, first: float, second: float, distance: float) -> np.ndarray:
    """Share of the pairs of two disks in each bin (Eq. 34).

    The distance s from an address of the first disk to the centre of the second, and from there
    to the addresses of the second, are arcs of circles in a disk: both are in closed form, and the
    integral over s is taken by Gauss's rule.

    Parameters
    ----------
    edges : (n_bins + 1,) increasing distances, at least 0.
    first, second : radii, > 0, in the unit of the edges.
    distance : of the centres, > 0.

    Returns
    -------
    (n_bins,) shares of all pairs; they sum to 1 over edges from d - R1 - R2 to d + R1 + R2.

    Raises
    ------
    ValueError
        If an argument is not positive or edges do not increase.
    """
    edges = rising(edges)
    s, weight = _distances_to_centre(positive(first, "first"), positive(distance, "distance"))
    below = _share_within(edges[:, None], s[None, :], positive(second, "second"))
    return np.diff(below @ weight)


def mean_power(first: float, second: float, distance: float, exponent: float) -> float:
    """Mean of (r / d)^-exponent over the pairs of two disks: moves over the product of masses.

    Infinite for exponents of 2 and more where the disks overlap and addresses meet.

    Raises
    ------
    ValueError
        If an argument is not positive.
    """
    if exponent >= 2 and distance < first + second:
        return math.inf
    s, outer = _distances_to_centre(
        positive(first, "first"), positive(distance, "distance"), _FEWER
    )
    total = 0.0
    for near, share in zip(s, outer, strict=True):
        r, weight = _distances_to_centre(positive(second, "second"), near, _FEWER)
        total += share * float(weight @ (r / distance) ** -exponent)
    return total


def second_order(first: float, second: float, distance: float, exponent: float) -> float:
    """1 + a^2 (R1^2 + R2^2) / (8 d^2)."""
    return 1 + exponent**2 * (first**2 + second**2) / (8 * distance**2)


def system(
    edges: np.ndarray,
    first: float,
    second: float,
    distance: float,
    numbers: tuple[float, float],
    exponent: float = 1.0,
) -> pd.DataFrame:
    """Pair distribution and moves of the two towns together (Figs 3d and 3e).

    Parameters
    ----------
    edges : (n_bins + 1,) increasing distances.
    first, second, distance : radii and distance of the centres, same unit.
    numbers : addresses of both towns.
    exponent : of the cost r^-exponent.

    Returns
    -------
    DataFrame with r, within (pairs inside either town), between, pairs (their sum), moves (pairs
    times the mean cost of the bin) per bin, and cost (moves over pairs; NaN without pairs).
    """
    edges = rising(edges)
    one, two = numbers
    within = one**2 / 2 * Disk(first).mass(edges) + two**2 / 2 * Disk(second).mass(edges)
    across = one * two * between(edges, first, second, distance)
    r = np.sqrt(np.maximum(edges[:-1], edges[1] * 1e-3) * edges[1:])
    pairs = within + across
    cost = r**-exponent
    return pd.DataFrame(
        {
            "r": r, "low": edges[:-1], "high": edges[1:], "within": within, "between": across,
            "pairs": pairs, "moves": pairs * cost, "cost": np.where(pairs > 0, cost, np.nan),
        }
    )  # fmt: skip


def errors(
    ratios: np.ndarray, exponents: tuple[float, ...] = (0.6, 1.0, 2.0), sizes: tuple = (1.0, 0.2)
) -> pd.DataFrame:
    """Error of the mass product as a function of the distance over the radius.

    Parameters
    ----------
    ratios : (n,) d over the larger radius R.
    exponents : of the cost.
    sizes : smaller radii over the larger.

    Returns
    -------
    DataFrame with exponent, size (R2 / R1), ratio (d / R1), error (of N1 N2 d^-a against the moves,
    in percent: negative where the product is too small, NaN where the moves are infinite),
    second_order (the same to second order), width (standard deviation of the distances over d) and
    touching (whether the disks meet).
    """
    rows = []
    for exponent in exponents:
        for size in sizes:
            for ratio in np.asarray(ratios, dtype=float):
                mean = mean_power(1.0, size, float(ratio), exponent)
                square = 1 + (1 + size**2) / 2 / ratio**2
                one = mean_power(1.0, size, float(ratio), -1.0)
                rows.append(
                    {
                        "exponent": exponent, "size": size, "ratio": ratio,
                        "error": 100 * (1 / mean - 1) if math.isfinite(mean) else math.nan,
                        "second_order":
                            100 * (1 / second_order(1.0, size, float(ratio), exponent) - 1),
                        "width": math.sqrt(max(square - one**2, 0.0)),
                        "touching": ratio <= 1 + size,
                    }
                )  # fmt: skip
    return pd.DataFrame(rows)


def shapes(ratios: tuple[float, ...], size: float = 1.0, bins: int = 200) -> pd.DataFrame:
    """Density of r / d between two disks at several distances, towards the Dirac peak (Eq. 35).

    Returns
    -------
    DataFrame with ratio (d / R1), size, x (r / d) and density (of integral 1).
    """
    tables = []
    for ratio in ratios:
        reach = 1 + size
        edges = np.linspace(max(ratio - reach, 0.0), ratio + reach, bins + 1)
        share = between(edges, 1.0, size, ratio)
        tables.append(
            pd.DataFrame(
                {
                    "ratio": ratio, "size": size, "x": (edges[1:] + edges[:-1]) / 2 / ratio,
                    "density": share / np.diff(edges) * ratio,
                }
            )
        )  # fmt: skip
    return pd.concat(tables, ignore_index=True)


@functools.cache
def _rule(nodes: int) -> tuple[np.ndarray, np.ndarray]:
    return np.polynomial.legendre.leggauss(nodes)


def _distances_to_centre(
    radius: float, distance: float, nodes: int = _NODES
) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights for the distance of a uniform point of a disk from a point outside it.

    Its density is 2 s / (pi R^2) times the half-angle of the arc of radius s in the disk. In s =
    d + R sin(phi) the ends, where the arc shrinks like a square root, are smooth.
    """
    x, w = _rule(nodes)
    low, high = abs(distance - radius), distance + radius
    middle, half = (low + high) / 2, (high - low) / 2
    phi = x * math.pi / 2
    s, jacobian = middle + half * np.sin(phi), half * np.cos(phi) * math.pi / 2
    cosine = (s**2 + distance**2 - radius**2) / (2 * s * distance)
    density = 2 * s / (math.pi * radius**2) * np.arccos(np.clip(cosine, -1, 1))
    weight = w * jacobian * density
    if distance < radius:
        # Whole circles fit into the disk up to R - d.
        inner = (radius - distance) * (x + 1) / 2
        s = np.concatenate([inner, s])
        weight = np.concatenate([w / 2 * (radius - distance) * 2 * inner / radius**2, weight])
    return s, weight / weight.sum()


def _share_within(r: np.ndarray, s: np.ndarray, radius: float) -> np.ndarray:
    """Share of a disk that lies within r of a point at s from its centre (area of a lens)."""
    r, s = np.broadcast_arrays(np.asarray(r, dtype=float), s)
    near, far = np.maximum(s, 1e-300), np.maximum(r, 1e-300)
    a = np.arccos(np.clip((near**2 + far**2 - radius**2) / (2 * near * far), -1, 1))
    b = np.arccos(np.clip((near**2 + radius**2 - far**2) / (2 * near * radius), -1, 1))
    product = (-s + r + radius) * (s + r - radius) * (s - r + radius) * (s + r + radius)
    lens = r**2 * a + radius**2 * b - np.sqrt(np.maximum(product, 0)) / 2
    area = math.pi * radius**2
    inside = np.where(s + radius <= r, area, np.where(s + r <= radius, math.pi * r**2, lens))
    return np.where(r <= s - radius, 0.0, inside) / area
