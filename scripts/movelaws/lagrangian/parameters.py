"""How the inferred Gamma and Lambda are distributed (Fig. 3): an exponential about zero or not?

Every value of a step, site and link counts once. They are no independent draws (neighbouring steps
were smoothed into each other), so a difference of log-likelihoods ranks two laws and is no test.

Two kinds of values follow from the algorithm and not from the data: those at the bound and exact
zeros (a site that never departs from its target, mu, gets no Lambda). ``inner_*`` leaves both out,
with laws that end at the bound where values were clipped, and asks for the exponent c of
exp(-|x / s|^c): 1 exponential, 2 normal, below 1 a heavier tail than exponential. The normal laws
have a mean of their own, the exponential ones have their peak at zero: the odds are the normal's.
"""

import math

import numpy as np
import pandas as pd
from scipy import optimize, special

from movelaws.lagrangian.fit import Fit
from movelaws.lagrangian.stencil import LINKS, neighbours

PARAMETERS = ("gamma", "lambda")
KINDS = ("self", "link", "all")
BINS = 81
"""Odd: zero lies in the middle of a bin."""
_AT_BOUND = 1 - 1e-9
_EXPONENTS = (0.05, 10.0)
_FINE = 5_000
"""Values that an exponent is fitted to at most: equally spaced quantiles of them all."""

COLUMNS = (
    "case",
    "method",
    "parameter",
    "link_kind",
    "n",
    "median_abs",
    "mean",
    "sd",
    "laplace_loglik",
    "normal_loglik",
    "share_at_bound",
    "laplace_scale",
    "laplace_location",
    "laplace_free_loglik",
    "share_zero",
    "inner_n",
    "inner_laplace_loglik",
    "inner_normal_loglik",
    "inner_exponent",
)


def values_of(fit: Fit, parameter: str, kind: str = "all") -> np.ndarray:
    """Inferred values over steps, sites and the links that do not leave the lattice.

    Parameters
    ----------
    parameter : "gamma" or "lambda".
    kind : "self" (b = a), "link" (b a neighbour of a) or "all".

    Returns
    -------
    (n,) in units of 1 / time (gamma) or 1 / time^2 (lambda), the whole period being 1.

    Raises
    ------
    ValueError
        If there is no such parameter or kind.
    """
    if parameter not in PARAMETERS:
        raise ValueError(f"parameter = {parameter!r}: one of {', '.join(PARAMETERS)} is needed")
    if kind not in KINDS:
        raise ValueError(f"kind = {kind!r}: one of {', '.join(KINDS)} is needed")
    given = fit.gamma if parameter == "gamma" else fit.lam
    here = neighbours(fit.reference.shape) >= 0
    own = np.array([name == "self" for name in LINKS])
    if kind != "all":
        here = here & (own if kind == "self" else ~own)[:, None]
    return given[:, here].ravel()


def parameter_table(fit: Fit, case: str, *, bound: float | None = None) -> pd.DataFrame:
    """One row per parameter and kind of link.

    Parameters
    ----------
    bound : of the parameters' magnitude; that in the fit's settings if None, else none.

    Returns
    -------
    DataFrame with COLUMNS. Log-likelihoods are in nats, for an exponential (Laplace) about zero,
    one about the median ("free") and a normal with its own mean; nan where all values are equal.
    """
    bound = bound_of(fit) if bound is None else bound
    rows = [
        {"case": case, "method": fit.method, "parameter": parameter, "link_kind": kind}
        | described(values_of(fit, parameter, kind), bound)
        for parameter in PARAMETERS
        for kind in KINDS
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def parameter_histogram(fit: Fit, case: str, *, bins: int = BINS) -> pd.DataFrame:
    """Densities of all values in equal bins about zero, as wide as the values reach.

    Returns
    -------
    DataFrame with case, method, parameter, low, high, density (its integral is 1). No rows for a
    parameter that is zero throughout.
    """
    parts = []
    for parameter in PARAMETERS:
        values = values_of(fit, parameter)
        reach = np.abs(values).max()
        if reach == 0:
            continue
        density, edges = np.histogram(values, bins, (-reach, reach), density=True)
        parts.append(pd.DataFrame({"parameter": parameter, "low": edges[:-1], "high": edges[1:],
                                   "density": density}))  # fmt: skip
    columns = ["case", "method", "parameter", "low", "high", "density"]
    if not parts:
        return pd.DataFrame(columns=columns)
    table = pd.concat(parts, ignore_index=True).assign(case=case, method=fit.method)
    return table[columns]


def bound_of(fit: Fit) -> float:
    """Largest magnitude that the fit allowed its parameters, infinite where it set none."""
    bound = fit.settings.get("bound")
    return math.inf if bound is None else float(bound)


def described(values: np.ndarray, bound: float = math.inf) -> dict[str, float]:
    """Numbers of one set of values: COLUMNS from n on, see :func:`parameter_table`.

    Parameters
    ----------
    values : (n,) finite.
    bound : largest magnitude that a value could take.

    Raises
    ------
    ValueError
        If there is no value, or one is not finite.
    """
    values = np.asarray(values, dtype=float)
    if not values.size:
        raise ValueError("values is empty: a lattice has at least one site and step")
    if not np.isfinite(values).all():
        wrong = values[~np.isfinite(values)][0]
        raise ValueError(f"values holds {wrong}: the fit diverged, lower its rate or its bound")
    size = np.abs(values)
    location = float(np.median(values))
    clipped = size >= bound * _AT_BOUND
    inner = values[~clipped & (size > 0)]
    return {
        "n": values.size,
        "median_abs": float(np.median(size)),
        "mean": float(values.mean()),
        "sd": float(values.std()),
        "laplace_loglik": laplace_loglik(values),
        "normal_loglik": normal_loglik(values),
        "share_at_bound": float(clipped.mean()),
        "laplace_scale": float(size.mean()),
        "laplace_location": location,
        "laplace_free_loglik": laplace_loglik(values - location),
        "share_zero": float((size == 0).mean()),
    } | _inner(inner, bound if clipped.any() else math.inf)


def laplace_loglik(values: np.ndarray) -> float:
    """Largest log-likelihood of exp(-|x| / s) / 2s, at s = mean |x|; nan where all x are 0."""
    scale = float(np.abs(values).mean())
    return -values.size * (math.log(2 * scale) + 1) if scale > 0 else math.nan


def normal_loglik(values: np.ndarray, bound: float = math.inf) -> float:
    """Largest log-likelihood of a normal law that ends at +-bound, over its mean and sd.

    nan where all x are equal.
    """
    mean, sd = float(values.mean()), float(values.std())
    if sd == 0:
        return math.nan
    if bound == math.inf:
        return -values.size * (math.log(sd * math.sqrt(2 * math.pi)) + 0.5)

    def loss(at):
        centre, width = at[0], math.exp(at[1])
        inside = special.ndtr((bound - centre) / width) - special.ndtr((-bound - centre) / width)
        far = (sd**2 + (mean - centre) ** 2) / (2 * width**2)
        return at[1] + far + math.log(max(inside, 1e-300))

    found = optimize.minimize(
        loss, (mean, math.log(sd)), method="Nelder-Mead",
        bounds=((-3 * bound, 3 * bound), (math.log(sd), math.log(sd) + 8)),
        options={"xatol": 1e-6, "fatol": 1e-9},
    )  # fmt: skip
    return float(-values.size * (found.fun + math.log(2 * math.pi) / 2))


def power_loglik(size: np.ndarray, exponent: float, bound: float = math.inf) -> float:
    """Largest log-likelihood of a symmetric exp(-|x / s|^c), that ends at +-bound, over s.

    Parameters
    ----------
    size : (n,) |x|, > 0 and below ``bound``.
    exponent : c > 0.

    Notes
    -----
    With u = |x / s|^c the law of u is gamma with shape 1 / c; cut at the bound it is divided by
    P(1 / c, (bound / s)^c), the regularised incomplete gamma function.
    """
    shape = 1 / exponent
    power = float((size**exponent).mean())
    least = (exponent * power) ** shape  # the best s where nothing is cut off
    norm = size.size * (math.log(exponent / 2) - special.gammaln(shape))

    def loss(log_scale):
        scale = math.exp(log_scale)
        inside = 1.0 if bound == math.inf else special.gammainc(shape, (bound / scale) ** exponent)
        if inside <= 0:
            return math.inf
        each = log_scale + math.log(inside) + power / scale**exponent
        return size.size * each

    if bound == math.inf:
        return float(norm - loss(math.log(least)))
    # Cut values look shorter than they are: the scale lies above, up to flat inside the bound.
    found = optimize.minimize_scalar(
        loss, bounds=(math.log(least), math.log(least) + 8), method="bounded",
        options={"xatol": 1e-6},
    )  # fmt: skip
    return float(norm - found.fun)


def _inner(values, bound):
    """Laws of the values off the bound and off zero."""
    size = np.abs(values)
    if size.size < 2 or np.ptp(size) == 0:
        found = (math.nan,) * 3
    else:
        found = power_loglik(size, 1.0, bound), normal_loglik(values, bound), _exponent(size, bound)
    names = ("inner_laplace_loglik", "inner_normal_loglik", "inner_exponent")
    return {"inner_n": size.size} | dict(zip(names, found, strict=True))


def _exponent(size, bound):
    if size.size > _FINE:
        # The exponent needs the shape of the sample only: its quantiles carry that.
        size = np.quantile(size, (np.arange(_FINE) + 0.5) / _FINE)
    size, bound = size / size.max(), bound / size.max()  # high powers of large values overflow
    found = optimize.minimize_scalar(
        lambda c: -power_loglik(size, math.exp(c), bound),
        bounds=tuple(math.log(c) for c in _EXPONENTS),
        method="bounded",
        options={"xatol": 1e-4},
    )
    return float(math.exp(found.x))
