"""From the piecewise cost of single towns to the cost of a whole country (SI 8.5, Fig. 27).

The cost of a country is that of all its towns together, weighted by their pairs (Eqs 153 and 156):

    pi(r) = sum_c f_c(r) / sum_c p_c(r),    f_c(r) = p_c(r) pi_c(r),

with the number of addresses N_c ~ R_c^2, the relative pair distribution p_c of a town (gamma inside
its radius, linear beyond: Eq. 154) and its cost pi_c, (r / R_c)^-a1 inside and (r / R_c)^-a2 beyond
(Eq. 152). This is a mean field: outside a town every direction looks the same and the country has
no edge. The paper's text does not say how the costs of different towns compare, which decides the
outcome; ``NORMS`` has the readings.

If p is linear and towns of radius R carry the weight W(R) ~ R^-b, the cost of the country falls as
r^-(b - 1) for a1 < b - 1 < a2: 1/r comes out for b = 2, not for any set of towns.
"""

import dataclasses
import math

import numpy as np
import pandas as pd

from movelaws.powerlaw.radii import fit_radius_law

NORMS = ("moves per address", "one at the radius", "integral of the cost")
PAIRS = ("sum of towns", "assumed growth")
RADII = ("as given", "lognormal", "power_pareto")
_INVERTED = 4000


@dataclasses.dataclass(frozen=True)
class Towns:
    """What the towns of a country have in common.

    Attributes
    ----------
    inside, outside : exponents of the cost, pi ~ r^-a.
    shape : m of the gamma form inside the radius, exp(-(r / R)^m).
    background : density of addresses beyond the radius over that in the middle of a town; e^-1
        continues the linear growth that the town has at its radius.
    norm : one of NORMS. "moves per address": each address makes equally many moves. "one at the
        radius": Eq. 152 as printed, two addresses at the distance R cost the same in every town.
        "integral of the cost": pi_c is a distribution over r.
    pairs : one of PAIRS: p is the sum of p_c, or grows as r^growth up to the largest radius and
        linearly beyond (Eq. 155, whose formula is lost).
    growth : of the assumed p.
    """

    inside: float = 0.6
    outside: float = 2.0
    shape: float = 2.0
    background: float = math.exp(-1)
    norm: str = NORMS[0]
    pairs: str = PAIRS[0]
    growth: float = 0.69

    def __post_init__(self):
        for name, known in (("norm", NORMS), ("pairs", PAIRS)):
            if getattr(self, name) not in known:
                raise ValueError(f"{name} = {getattr(self, name)!r}: use one of {', '.join(known)}")
        if not (self.shape > 0 and self.background > 0):
            raise ValueError(
                f"shape = {self.shape}, background = {self.background}: both are positive"
            )


def town_cost(r: np.ndarray, radius: np.ndarray, towns: Towns) -> np.ndarray:
    """(n_towns, n_r) pi_c(r), 1 at the radius (Eq. 152)."""
    t = np.log(r[None, :] / radius[:, None])
    return np.exp(-np.where(t < 0, towns.inside, towns.outside) * t)


def relative_pairs(r: np.ndarray, radius: np.ndarray, towns: Towns) -> np.ndarray:
    """(n_towns, n_r) addresses per metre around an address of each town (Eq. 154).

    r exp(-(r / R)^m) inside the radius, linear beyond it with the slope of the background,
    continuous at the radius; in units of the density in the middle of a town, times 2 pi.
    """
    r, radius = r[None, :], radius[:, None]
    within = r * np.exp(-((np.minimum(r, radius) / radius) ** towns.shape))
    beyond = radius * math.exp(-1) + towns.background * (r - radius)
    return np.where(r < radius, within, beyond)


def mean_field(edges: np.ndarray, radius: np.ndarray, towns: Towns) -> pd.DataFrame:
    """Cost of the country (Eqs 156 and 157).

    Parameters
    ----------
    edges : (n_bins + 1,) increasing, m.
    radius : (n_towns,) mobility radii, m.
    towns : their common properties.

    Returns
    -------
    DataFrame with r_m (geometric middle), moves and pairs (per metre, of integral 1), cost (their
    ratio) and exponent (local, -d ln cost / d ln r).

    Raises
    ------
    ValueError
        If a radius or an edge is not positive, or edges do not increase.
    """
    edges, radius = checked_edges(edges), checked_radii(radius)
    r = np.sqrt(edges[1:] * edges[:-1])
    pairs = radius[:, None] ** 2 * relative_pairs(r, radius, towns)
    return combined(edges, pairs, radius, towns)


def combined(
    edges: np.ndarray, pairs: np.ndarray, radius: np.ndarray, towns: Towns
) -> pd.DataFrame:
    """The cost of a country from the pairs of each of its towns, (n_towns, n_bins) per metre."""
    r, width = np.sqrt(edges[1:] * edges[:-1]), np.diff(edges)
    cost = town_cost(r, radius, towns)
    if towns.norm == "moves per address":
        # Moves of a town are in proportion to its addresses, N ~ R^2.
        cost = cost * (radius**2 / ((pairs * cost) @ width))[:, None]
    elif towns.norm == "integral of the cost":
        cost = cost / (cost @ width)[:, None]
    moves, total = (pairs * cost).sum(axis=0), pairs.sum(axis=0)
    if towns.pairs == "assumed growth":
        largest = radius.max()
        total = np.where(r < largest, (r / largest) ** towns.growth, r / largest)
    seen = (moves > 0) & (total > 0)
    moves, total = moves / (moves @ width), total / (total @ width)
    value = np.divide(moves, total, out=np.full(r.size, np.nan), where=seen)
    return pd.DataFrame(
        {"r_m": r, "moves": moves, "pairs": total, "cost": value, "exponent": local(r, value)}
    )


def local(r: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """(n,) local exponent -d ln cost / d ln r by central differences; nan where a cost is."""
    return -np.gradient(np.log(cost), np.log(r))


def radii_of(radius: np.ndarray, law: str, n: int) -> np.ndarray:
    """Quantiles of the radii, or of a law fitted to them by maximum likelihood.

    Parameters
    ----------
    radius : (n_towns,) m.
    law : one of RADII.
    n : number of quantiles, at (k - 1/2) / n; radii as given that are no more are taken whole.

    Returns
    -------
    (n,) radii, m, increasing; fewer if no more are given.

    Raises
    ------
    ValueError
        If the law is unknown, n < 2, or the radii do not allow a fit.
    """
    radius = checked_radii(radius)
    if law not in RADII or n < 2:
        raise ValueError(f"law = {law!r}, n = {n}: use one of {', '.join(RADII)}, at least 2")
    level = (np.arange(n) + 0.5) / n
    if law == "as given" and radius.size <= n:
        return np.sort(radius)
    if law == "as given":
        return np.quantile(radius, level)
    fitted = fit_radius_law(law, radius)
    tried = np.geomspace(radius.min() / 1e3, radius.max() * 1e3, _INVERTED)
    return np.exp(np.interp(level, fitted.cdf(tried), np.log(tried)))


def slope(r: np.ndarray, cost: np.ndarray, low: float, high: float) -> float:
    """Exponent of the cost over [low, high] by least squares of its logarithm, each bin alike.

    NaN if fewer than three bins with a cost lie there.
    """
    used = (r >= low) & (r <= high) & np.isfinite(cost) & (cost > 0)
    if np.count_nonzero(used) < 3:
        return math.nan
    return -float(np.polyfit(np.log(r[used]), np.log(cost[used]), 1)[0])


def exponents(curve: pd.DataFrame, radius: np.ndarray) -> dict[str, float]:
    """Exponent of a curve over ranges that the radii set, and over each decade.

    Returns
    -------
    between_radii : from the smallest to the largest radius, where the paper finds 1/r;
    lowest_local, highest_local : of the local exponent (over a third of a decade) there;
    middle_radii : from the 5 % to the 95 % quantile of the radii;
    whole : of all distances; decade_1 ... decade_5 : from 10 m to 100 m, ... to 1000 km.
    """
    r, cost = curve["r_m"].to_numpy(), curve["cost"].to_numpy()
    low, high = float(np.min(radius)), float(np.max(radius))
    third = 10 ** (1 / 6)
    pieces = [slope(r, cost, at / third, at * third) for at in r if low <= at <= high]
    known = [v for v in pieces if math.isfinite(v)]
    found = {
        "between_radii": slope(r, cost, low, high),
        "lowest_local": min(known, default=math.nan),
        "highest_local": max(known, default=math.nan),
        "middle_radii": slope(r, cost, *np.quantile(radius, (0.05, 0.95))),
        "whole": slope(r, cost, float(r[0]), float(r[-1])),
    }
    return found | {f"decade_{k}": slope(r, cost, 10.0**k, 10.0 ** (k + 1)) for k in range(1, 6)}


def checked_edges(edges: np.ndarray) -> np.ndarray:
    """Edges as floats, positive and increasing, at least three bins."""
    edges = np.asarray(edges, dtype=float)
    if edges.ndim != 1 or edges.size < 4 or not (np.diff(edges) > 0).all() or not edges[0] > 0:
        raise ValueError(
            f"edges {edges[:4]}...: at least four, positive and increasing, are needed"
        )
    return edges


def checked_radii(radius: np.ndarray) -> np.ndarray:
    """Radii as floats, finite and positive."""
    radius = np.asarray(radius, dtype=float)
    if radius.ndim != 1 or radius.size < 2 or not (np.isfinite(radius) & (radius > 0)).all():
        raise ValueError(f"radius has shape {radius.shape}: at least two positive radii are needed")
    return radius
