"""Laws of the mobility radii of towns: a core below a peak and a power-law tail, or a log-normal.

Peak and exponents are fitted by maximum likelihood, to radii taken as exact or as known to lie in
the cells of a grid.
"""

import dataclasses
import math

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from movelaws.powerlaw._checks import checked_edges, checked_sample
from movelaws.powerlaw._radius_forms import FORMS, RadiusForm

RADIUS_LAWS = tuple(FORMS)


@dataclasses.dataclass(frozen=True)
class RadiusLaw:
    """A law of radii on (0, inf).

    Attributes
    ----------
    name : one of RADIUS_LAWS.
    parameters : by name; ``peak`` is where core and tail meet (unit of r), ``tail`` the exponent a
        of (peak / r)^a beyond it, ``core`` the exponent b of (r / peak)^b or the rate of
        exp(-core (r / peak - 1)) before it; mu, sigma of ln r; ``low`` the smallest radius.
    free : number of fitted parameters.
    loglik, n : log-likelihood and number of radii.
    """

    name: str
    parameters: dict[str, float]
    free: int
    loglik: float
    n: int

    @property
    def aic(self) -> float:
        """Akaike's criterion, 2 k - 2 ln L."""
        return 2 * self.free - 2 * self.loglik

    @property
    def aicc(self) -> float:
        """Akaike's criterion corrected for small samples."""
        return self.aic + 2 * self.free * (self.free + 1) / (self.n - self.free - 1)

    def logpdf(self, r: np.ndarray) -> np.ndarray:
        """ln of the density at r, per unit of r."""
        return FORMS[self.name].logpdf(np.asarray(r, dtype=float), **self.parameters)

    def cdf(self, r: np.ndarray) -> np.ndarray:
        """Share of radii not above r."""
        return FORMS[self.name].cdf(np.asarray(r, dtype=float), **self.parameters)


def fit_radius_law(name: str, r: np.ndarray, cells: np.ndarray | None = None) -> RadiusLaw:
    """Maximum likelihood of one law of radii.

    Parameters
    ----------
    name : one of RADIUS_LAWS.
    r : (n,) radii, finite and > 0, at least four different ones.
    cells : increasing edges of the cells that the radii are known to lie in, for radii taken from
        a grid: the likelihood is then that of the cells (up to the unit of r). As exact values if
        None.

    Returns
    -------
    RadiusLaw

    Raises
    ------
    ValueError
        If the name is unknown, a radius is not allowed, fewer than four differ, or one lies
        outside the cells.

    References
    ----------
    Maier (2023), arXiv:2309.09589; Kotz, Kozubowski, Podgorski (2001), The Laplace Distribution
    and Generalizations, section 3.5.
    """
    if name not in RADIUS_LAWS:
        raise ValueError(f"name = {name!r}: the laws are {', '.join(RADIUS_LAWS)}")
    r = checked_sample(r)
    if np.unique(r).size < 4:
        raise ValueError(f"{np.unique(r).size} different radii: at least four are needed")
    form = FORMS[name]
    parameters = form.fit(np.sort(r))
    if cells is None:
        loglik = float(form.logpdf(r, **parameters).sum())
        return RadiusLaw(name, parameters, form.count, loglik, r.size)
    return _fit_cells(name, form, parameters, r, checked_edges(cells))


def radius_table(r: np.ndarray, cells: np.ndarray | None = None) -> pd.DataFrame:
    """Every law fitted to the same radii, the best first.

    Returns
    -------
    DataFrame with law, free, loglik, aic, aicc, difference (of aic from the best), and the
    parameters tail, core, peak, mu, sigma, low (nan where a law has none).

    Raises
    ------
    ValueError
        As ``fit_radius_law``.
    """
    laws = [fit_radius_law(name, r, cells) for name in RADIUS_LAWS]
    rows = [
        {"law": law.name, "free": law.free, "loglik": law.loglik, "aic": law.aic, "aicc": law.aicc}
        | {key: law.parameters.get(key, math.nan)
           for key in ("tail", "core", "peak", "mu", "sigma", "low")}
        for law in laws
    ]  # fmt: skip
    table = pd.DataFrame(rows).sort_values("aic", ignore_index=True)
    table.insert(5, "difference", table["aic"] - table["aic"].min())
    return table


def _fit_cells(
    name: str, form: RadiusForm, start: dict[str, float], r: np.ndarray, cells: np.ndarray
) -> RadiusLaw:
    counts = np.histogram(r, cells)[0]
    if counts.sum() != r.size:
        raise ValueError(f"{r.size - counts.sum()} radii lie outside the cells")
    filled = counts > 0
    counts, below, above = counts[filled], cells[:-1][filled], cells[1:][filled]
    fixed = {"low": float(below[0])} if "low" in start else {}

    def law(theta):
        return form.tied(dict(zip(form.names, map(float, theta), strict=True)) | fixed)

    def loss(theta):
        parameters = law(theta)
        if not form.allowed(parameters):
            return np.inf
        share = form.cdf(above, **parameters) - form.cdf(below, **parameters)
        return -counts @ np.log(share) if (share > 0).all() else np.inf

    options = {"xatol": 1e-8, "fatol": 1e-9, "maxiter": 20_000, "maxfev": 20_000}
    first = np.array([start[key] for key in form.names])
    best = minimize(loss, first, method="Nelder-Mead", options=options)
    return RadiusLaw(name, law(best.x), form.count, -float(best.fun), r.size)
