"""The laws of mobility radii: densities, distribution functions and maximum-likelihood fits.

With m = ln(peak), a power-Pareto law is an asymmetric Laplace law of ln r, so that its best
exponents given the peak are closed forms in the mean distances to m on either side. The peak is
scanned over the data, where the likelihood has its kinks, and refined in between.
"""

import dataclasses
import math
from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq, minimize, minimize_scalar
from scipy.special import ndtr

from movelaws.powerlaw import _bounded

# More peaks than this are not scanned: quantiles of the radii stand in for them. Under an
# exponential core each peak needs a search of its own.
_MOST_PEAKS = 400
_MOST_SEARCHED = 50


def _scan_peak(
    r: np.ndarray, at: Callable[[float], tuple[float, dict]], most: int = _MOST_PEAKS
) -> dict:
    """Parameters at the best peak; ``at`` gives the mean log-likelihood and the others there."""
    peaks = np.unique(r)[1:-1]
    if peaks.size > most:
        peaks = np.unique(np.quantile(r, np.linspace(0.002, 0.998, most), method="nearest"))
    heights = [at(peak)[0] for peak in peaks]
    best = int(np.argmax(heights))
    around = np.log(peaks[[max(best - 1, 0), min(best + 1, peaks.size - 1)]])
    refined = minimize_scalar(lambda v: -at(math.exp(v))[0], bounds=around, method="bounded",
                              options={"xatol": 1e-10})  # fmt: skip
    peak = math.exp(refined.x) if -refined.fun > heights[best] else peaks[best]
    return {**at(peak)[1], "peak": float(peak)}


def _power_core(choose: Callable[[float, float], tuple[float, float]]) -> Callable:
    """Fit of a power core and tail; ``choose`` gives the rates from the mean distances to m."""

    def fit(r):
        log_r = np.log(r)
        mean_log = log_r.mean()

        def at(peak):
            t = log_r - math.log(peak)
            left, right = np.maximum(-t, 0).mean(), np.maximum(t, 0).mean()
            rise, fall = choose(left, right)
            height = math.log(rise * fall / (rise + fall)) - rise * left - fall * right
            return height - mean_log, {"tail": float(fall + 1), "core": float(rise - 1)}

        return _scan_peak(r, at)

    return fit


def _free_rates(left, right):
    cross = math.sqrt(left * right)
    return 1 / (left + cross), 1 / (right + cross)


def _equal_rates(left, right):
    """core = tail = a: the root of 2 a / (a^2 - 1) - 1 / a = left + right."""
    total = left + right
    a = brentq(lambda v: 2 * v / (v * v - 1) - 1 / v - total, 1 + 1e-12, 2 + 2 / total)
    return a + 1, a - 1


def _flat_core(left, right):
    return 1.0, (math.sqrt(1 + 4 / right) - 1) / 2


def _log_power(r, tail, core, peak):
    t = np.log(r / peak)
    rise, fall = core + 1, tail - 1
    height = math.log(rise * fall / (rise + fall)) - np.log(r)
    return height + np.where(t < 0, rise * t, -fall * t)


def _cdf_power(r, tail, core, peak):
    t = np.log(r / peak)
    rise, fall = core + 1, tail - 1
    before = fall / (rise + fall) * np.exp(rise * np.minimum(t, 0))
    beyond = 1 - rise / (rise + fall) * np.exp(-fall * np.maximum(t, 0))
    return np.where(t < 0, before, beyond)


def _fit_exponential(equal: bool) -> Callable:
    def fit(r):
        def at(peak):
            inside = r[r <= peak] / peak - 1
            core_sum, tail_sum = inside.sum() / r.size, np.log(r[r > peak] / peak).sum() / r.size

            def loss(theta):
                core = 1 + math.exp(theta[0]) if equal else theta[1]
                log_norm = np.logaddexp(float(_bounded.log_mean_exp(core)), -theta[0])
                return log_norm + core * core_sum + (1 + math.exp(theta[0])) * tail_sum

            start = np.zeros(1) if equal else np.array([0.5, -1.0])
            best = minimize(loss, start, method="BFGS")
            tail = 1 + math.exp(best.x[0])
            core = tail if equal else float(best.x[1])
            return -float(best.fun) - math.log(peak), {"tail": float(tail), "core": core}

        return _scan_peak(r, at, _MOST_SEARCHED)

    return fit


def _log_exponential(r, tail, core, peak):
    norm_ = math.log(peak) + np.logaddexp(_bounded.log_mean_exp(core), -math.log(tail - 1))
    x = r / peak
    return np.where(x <= 1, -core * (x - 1), -tail * np.log(x)) - norm_


def _cdf_exponential(r, tail, core, peak):
    x = np.asarray(r, dtype=float) / peak
    inner = math.exp(float(_bounded.log_mean_exp(core)))
    total = inner + 1 / (tail - 1)
    before = inner * _bounded.share_below(np.clip(x, 0, 1), -core)
    beyond = total - np.maximum(x, 1) ** (1 - tail) / (tail - 1)
    return np.where(x <= 1, before, beyond) / total


def _fit_lognormal(r):
    return {"mu": float(np.log(r).mean()), "sigma": float(np.log(r).std())}


def _log_lognormal(r, mu, sigma):
    z = (np.log(r) - mu) / sigma
    return -(z**2) / 2 - math.log(math.sqrt(2 * math.pi)) - np.log(sigma) - np.log(r)


def _cdf_lognormal(r, mu, sigma):
    return ndtr((np.log(r) - mu) / sigma)


def _fit_pareto(r):
    return {"tail": 1 + 1 / float(np.log(r / r[0]).mean()), "low": float(r[0])}


def _log_pareto(r, tail, low):
    return np.where(r >= low, math.log((tail - 1) / low) - tail * np.log(r / low), -np.inf)


def _cdf_pareto(r, tail, low):
    return 1 - np.maximum(r / low, 1) ** (1 - tail)


@dataclasses.dataclass(frozen=True)
class RadiusForm:
    """How one law is fitted and evaluated.

    ``names`` are its free parameters apart from ``low``, ``tied`` adds those that follow from
    them, ``count`` is how many are fitted.
    """

    names: tuple[str, ...]
    fit: Callable
    logpdf: Callable
    cdf: Callable
    tied: Callable = dict
    count: int = 2

    def allowed(self, parameters: dict[str, float]) -> bool:
        """Whether the law is a distribution with these parameters."""
        return (
            parameters.get("tail", 2) > 1
            and parameters.get("peak", 1) > 0
            and parameters.get("sigma", 1) > 0
            and (self.logpdf is not _log_power or parameters["core"] > -1)
        )


def _core_is_tail(parameters):
    return parameters | {"core": parameters["tail"]}


def _core_is_flat(parameters):
    return parameters | {"core": 0.0}


FORMS = {
    "power_pareto": RadiusForm(
        ("tail", "core", "peak"), _power_core(_free_rates), _log_power, _cdf_power, count=3
    ),
    "power_pareto_equal": RadiusForm(
        ("tail", "peak"), _power_core(_equal_rates), _log_power, _cdf_power, _core_is_tail
    ),
    "uniform_pareto": RadiusForm(
        ("tail", "peak"), _power_core(_flat_core), _log_power, _cdf_power, _core_is_flat
    ),
    "exponential_pareto": RadiusForm(
        ("tail", "core", "peak"), _fit_exponential(False), _log_exponential, _cdf_exponential,
        count=3,
    ),
    "exponential_pareto_equal": RadiusForm(
        ("tail", "peak"), _fit_exponential(True), _log_exponential, _cdf_exponential, _core_is_tail
    ),
    "pareto": RadiusForm(("tail",), _fit_pareto, _log_pareto, _cdf_pareto),
    "lognormal": RadiusForm(("mu", "sigma"), _fit_lognormal, _log_lognormal, _cdf_lognormal),
}  # fmt: skip
