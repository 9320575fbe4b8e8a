"""Fig. 1d: a small city, a large and penalised one, and who moves which way.

The probabilities are those of Eq. 2 before they are normalised: with one other city in the world,
normalising would make both 1. With nobody in between, p12 is the chance that the best of n2
benefits in city 2 exceeds the best of n1 in city 1, and p21 that of the opposite. One of the two
happens, so p12 + p21 = 1, and they cross at one half.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from movelaws.inequality.benefits import Benefit, Exponential, Pareto, Uniform
from movelaws.inequality.quadrature import Origin, integrate

SMALL, LARGE = 1e4, 1e6
"""People in city 1 and in city 2 (penalised), as in the paper."""
BENEFITS: Mapping[str, Benefit] = MappingProxyType(
    {
        "uniform": Uniform(),
        "exponential": Exponential(),
        "Pareto, a = 3": Pareto(3.0),
        "Pareto, a = 1.5": Pareto(1.5),
    }
)
EXCESS = np.logspace(-7, 3, 201)
"""Values of delta - 1 of the curves: from where no distribution notices them to where all have."""
SIZES = (1e2, 1e3, 1e4, 1e5, 1e6, 1e7)
"""People in city 1 for the crossings; city 2 keeps the ratio of the paper."""

_SEARCHED = np.logspace(-16, 12, 29)
_TOLERANCE = 1e-10


def probabilities(
    n1: float, n2: float, excess: np.ndarray, benefit: Benefit
) -> tuple[np.ndarray, np.ndarray]:
    """p12 and p21 for several penalties of city 2.

    Parameters
    ----------
    n1, n2 : people in the two cities, > 0.
    excess : (m,) delta - 1 of city 2, > -1.
    benefit : distribution of benefits; the uniform one in closed form (>= 0 only), others by
        quadrature to a relative error of 1e-10.

    Returns
    -------
    (m,) p12 and (m,) p21.

    Raises
    ------
    ValueError
        If a city has no people, or an excess is not finite or not above -1.
    """
    excess = np.atleast_1d(np.asarray(excess, dtype=float))
    _check_people(n1, n2)
    if not (np.isfinite(excess) & (excess > -1)).all():
        raise ValueError("excess has values that are not finite and above -1")
    if isinstance(benefit, Uniform) and (excess >= 0).all():
        p12 = np.exp(-n1 * np.log1p(excess)) * (n2 / (n1 + n2))
        return p12, 1.0 - p12
    return (
        _one_way(n1, n2, excess, benefit),
        _one_way(n2, n1, -excess / (1.0 + excess), benefit),
    )


def crossing(n1: float, n2: float, benefit: Benefit) -> float:
    """The delta* - 1 from which on more people of the large city move to the small one.

    Parameters
    ----------
    n1, n2 : people in city 1 and in the penalised city 2, n2 > n1 > 0.
    benefit : distribution of benefits.

    Returns
    -------
    delta* - 1 > 0, where p12 = p21. So the same delta means little or much by the distribution:
    the uniform one crosses at (2 n2 / (n1 + n2))^(1 / n1) - 1, of the order of 1 / n1 people, the
    exponential one at about ln(n2 / n1) / ln(n1), a Pareto at about (n2 / n1)^(1 / a) - 1 however
    many people there are. An empirical one ends at the largest value of its sample, and large
    cities see little more than that end.

    Raises
    ------
    ValueError
        If a city has no people, n2 is not above n1 (p21 is the larger one without any penalty), or
        the two do not cross between 1e-16 and 1e12.
    """
    _check_people(n1, n2)
    if not n2 > n1:
        raise ValueError(f"n2 = {n2:g} is not above n1 = {n1:g}: p21 > p12 without any penalty")
    if isinstance(benefit, Uniform):
        return float(np.expm1(np.log(2.0 * n2 / (n1 + n2)) / n1))

    def above_half(log_excess: float) -> float:
        return float(_one_way(n1, n2, np.exp([log_excess]), benefit)[0]) - 0.5

    # p12 falls with the penalty, whatever the distribution.
    still_more = np.flatnonzero(_one_way(n1, n2, _SEARCHED, benefit) > 0.5)
    if still_more.size in (0, _SEARCHED.size):
        low, high = _SEARCHED[[0, -1]]
        raise ValueError(f"p12 and p21 do not cross for delta - 1 from {low:g} to {high:g}")
    low, high = np.log(_SEARCHED[still_more[-1] : still_more[-1] + 2])
    return float(np.exp(brentq(above_half, low, high, xtol=_TOLERANCE)))


def curves(
    n1: float = SMALL,
    n2: float = LARGE,
    *,
    excess: np.ndarray = EXCESS,
    benefits: Mapping[str, Benefit] = BENEFITS,
) -> pd.DataFrame:
    """p12 and p21 against the penalty of city 2, for each distribution.

    Returns
    -------
    DataFrame: benefit, n1, n2, delta_minus_1, p12, p21; a row per distribution and excess.
    """
    parts = []
    for name, benefit in benefits.items():
        p12, p21 = probabilities(n1, n2, excess, benefit)
        columns = {"benefit": name, "n1": n1, "n2": n2, "delta_minus_1": excess}
        parts.append(pd.DataFrame(columns | {"p12": p12, "p21": p21}))
    return pd.concat(parts, ignore_index=True)


def crossings(
    sizes: Iterable[float] = SIZES,
    ratio: float = LARGE / SMALL,
    *,
    benefits: Mapping[str, Benefit] = BENEFITS,
) -> pd.DataFrame:
    """Where p12 = p21, for each distribution and for cities of several sizes.

    Parameters
    ----------
    sizes : people in city 1.
    ratio : n2 / n1 > 1.

    Returns
    -------
    DataFrame: benefit, n1, n2, delta_minus_1.
    """
    rows = [
        (name, n1, ratio * n1, crossing(n1, ratio * n1, benefit))
        for name, benefit in benefits.items()
        for n1 in sizes
    ]
    return pd.DataFrame(rows, columns=["benefit", "n1", "n2", "delta_minus_1"])


def _one_way(origin: float, destination: float, excess: np.ndarray, benefit: Benefit) -> np.ndarray:
    """Probabilities to a destination for several excesses relative to the origin's class."""
    count = len(excess)
    rivals = Origin(
        mass=origin,
        nearer=np.zeros((count, count)),
        destination_mass=np.full(count, destination),
        destination_class=np.arange(count),
        excess=np.asarray(excess, dtype=float),
    )
    name = f"a city of {origin:g} people"
    return integrate(rivals, benefit, relative=_TOLERANCE, name=name)[0]


def _check_people(n1: float, n2: float) -> None:
    for name, people in (("n1", n1), ("n2", n2)):
        if not (np.isfinite(people) and people > 0):
            raise ValueError(f"{name} = {people}: a city has a finite number of people > 0")
