"""The numbers that the claims of the chapter are about, with intervals, one table per case.

Intervals are percentiles of a block bootstrap over sites: neighbouring sites move together, so
squares of the lattice are drawn with replacement, not single sites. They say how much a number
hangs on which places the lattice happens to hold, for one given fit; other seeds and other days
are a matter of their own (``movelaws.lagrangian.resampling``).

Only sites that hold people count, and parameters only of links between two of them: the schedule
never changes the others from 0, whatever the data.
"""

import math
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from movelaws.lagrangian.blocks import Blocks, blocks, resampled_medians, resamples
from movelaws.lagrangian.clusters import correlation, moran
from movelaws.lagrangian.fit import Fit
from movelaws.lagrangian.observables import REFERENCE, inhabited, observables, reference_observables
from movelaws.lagrangian.parameters import PARAMETERS
from movelaws.lagrangian.stencil import neighbours
from movelaws.lagrangian.susceptibility import MAPS, RESPONSES, STARTS, mean_maps, shuffled
from movelaws.seeds import stream

COLUMNS = ("case", "method", "quantity", "value", "low", "high", "n")
SHUFFLES, FEW_SHUFFLES = 99, 19
"""Models with the parameters of a fit at other sites, on small lattices and on large ones."""
_LARGE = 2500


def _spread(values):
    return np.subtract(*np.percentile(values, [75, 25]))


def _negative(values):
    return np.mean(values < 0)


OF_SITES: dict[str, tuple[str, Callable[[np.ndarray], float]]] = {
    "median_inertia_ratio": ("inertia_ratio", np.median),
    "variance_inertia_ratio": ("inertia_ratio", np.var),
    "iqr_inertia_ratio": ("inertia_ratio", _spread),
    "median_dissipation": ("dissipation", np.median),
    "share_negative_dissipation": ("dissipation", _negative),
    "median_flow": ("flow", np.median),
    "median_time": ("time", np.median),
}
"""Quantity of the summary: the observable, and what is taken of it over the sites."""


def summary(
    fits: list[Fit],
    case: str,
    *,
    block: int,
    replicates: int,
    level: float,
    permutations: int,
    seed: int,
) -> pd.DataFrame:
    """Every quantity of every fit, and flow and time of the data themselves (method REFERENCE).

    Parameters
    ----------
    fits : of one and the same reference.
    block, replicates, level : of the bootstrap over sites, see :func:`blocks`.
    permutations : of Moran's I.
    seed : of both.

    Returns
    -------
    DataFrame with COLUMNS; n is the number of sites (of values for the parameters) with a value.
    ``pearson_p_*`` and ``pearson_effective_*`` come from the effective number of sites,
    ``moran_p_*`` from permutations; these and Moran's I have no interval (nan).
    ``pearson_shuffled_*`` is the median |r| of models whose parameters were dealt out anew among
    the sites, with their own range, and ``pearson_shuffled_p_*`` the share of them in which |r| is
    as large as in the fit: one mode of the dynamics rules both maps, whatever the city.
    """
    drawn = blocks(fits[0].reference.shape, block, replicates=replicates, level=level, seed=seed)
    rows = _site_rows(
        reference_observables(fits[0].reference), drawn, ("inertia_ratio", "dissipation")
    )
    parts = [pd.DataFrame(rows).assign(method=REFERENCE)]
    for fit in fits:
        rows = [
            *_site_rows(observables(fit), drawn),
            *_parameter_rows(fit, drawn),
            *_map_rows(maps_of(fit), drawn),
            *_moran_rows(maps_of(fit), permutations, stream(seed, "lagrangian", "moran")),
            *_shuffled_rows(fit, level, stream(seed, "lagrangian", "shuffles")),
        ]
        parts.append(pd.DataFrame(rows).assign(method=fit.method))
    table = pd.concat(parts, ignore_index=True).assign(case=case)
    return table[list(COLUMNS)]


def point_values(fit: Fit, *, permutations: int, rng: np.random.Generator) -> dict[str, float]:
    """Quantities of :func:`summary` without intervals, for repeated fits."""
    found = observables(fit)
    values = {name: _of(found[of], take) for name, (of, take) in OF_SITES.items()}
    values["flow_weighted_time"] = flow_weighted_time(found["flow"], found["time"])
    for name in PARAMETERS:
        values[f"median_abs_{name}"] = float(np.median(_sizes(fit, name)[0]))
    maps = maps_of(fit)
    for response in RESPONSES:
        both = correlation(maps[f"{response}_q0"], maps[f"{response}_v0"])
        values[f"pearson_{response}"] = both.r
        values[f"pearson_p_{response}"] = both.p
        values[f"pearson_effective_{response}"] = both.effective
    for row in _moran_rows(maps, permutations, rng):
        values[row["quantity"]] = row["value"]
    return values


def flow_weighted_time(flow: np.ndarray, time: np.ndarray) -> float:
    """Time of the flow of the whole lattice, sum Phi_a tau_a / sum Phi_a; nan without flow."""
    running = np.isfinite(time)
    total = flow[running].sum()
    return float((flow[running] * time[running]).sum() / total) if total > 0 else math.nan


def maps_of(fit: Fit) -> dict[str, np.ndarray]:
    """Averaged susceptibilities as (ny, nx) maps.

    They are nan where nobody lives (all such sites answer alike, which would count as a cluster)
    and where they have left the range of numbers.
    """
    here = inhabited(fit.reference)
    return {
        name: np.where(here & np.isfinite(values), values, np.nan).reshape(fit.reference.shape)
        for name, values in mean_maps(fit).items()
    }


def _site_rows(found: Mapping[str, np.ndarray], drawn: Blocks, absent=()):
    rows = []
    for name, (of, take) in OF_SITES.items():
        values, label = _known(found[of], drawn.label)
        if of in absent:
            continue
        ends = drawn.interval([take(values[k]) for k in resamples(label, drawn.draws)])
        rows.append(_row(name, _of(values, take), ends, values.size))
    flow, time, label = _running(found, drawn.label)
    each = [flow_weighted_time(flow[k], time[k]) for k in resamples(label, drawn.draws)]
    value = flow_weighted_time(flow, time)
    return [*rows, _row("flow_weighted_time", value, drawn.interval(each), flow.size)]


def _parameter_rows(fit, drawn):
    rows = []
    for name in PARAMETERS:
        values, site = _sizes(fit, name)
        ends = drawn.interval(resampled_medians(values, drawn.label[site], drawn.draws))
        rows.append(_row(f"median_abs_{name}", float(np.median(values)), ends, values.size))
    return rows


def _sizes(fit, name):
    """|parameter| of all steps and links between inhabited sites, and the site of each."""
    to, here = neighbours(fit.reference.shape), inhabited(fit.reference)
    link, site = np.nonzero((to >= 0) & here & here[to])
    given = fit.gamma if name == "gamma" else fit.lam
    return np.abs(given[:, link, site]).ravel(), np.tile(site, given.shape[0])


def _map_rows(maps, drawn):
    rows = []
    for response in RESPONSES:
        one, other = maps[f"{response}_q0"], maps[f"{response}_v0"]
        both = correlation(one, other)
        pair = np.stack([one.ravel(), other.ravel()])
        label = np.where(np.isfinite(pair).all(axis=0), drawn.label, -1)
        each = [_pearson(pair[:, k]) for k in resamples(label, drawn.draws)]
        rows += [
            _row(f"pearson_{response}", both.r, drawn.interval(each), both.sites),
            _row(f"pearson_p_{response}", both.p, None, both.sites),
            _row(f"pearson_effective_{response}", both.effective, None, both.sites),
        ]
    return rows


def _moran_rows(maps, permutations, rng):
    rows = []
    for name in MAPS:
        found = moran(maps[name], permutations=permutations, rng=rng)
        rows += [
            _row(f"moran_{name}", found.moran, None, found.sites),
            _row(f"moran_p_{name}", found.p, None, found.sites),
        ]
    return rows


def _shuffled_rows(fit, level, rng):
    """|r| of the two maps where each site has the parameters of another."""
    drawn: dict[str, list[float]] = {response: [] for response in RESPONSES}
    for _ in range(SHUFFLES if fit.reference.sites <= _LARGE else FEW_SHUFFLES):
        found = _both_r(shuffled(fit, rng))
        for response in RESPONSES:
            drawn[response].append(abs(found[response]))
    observed, rows = _both_r(fit), []
    for response in RESPONSES:
        r = np.array(drawn[response])
        r = r[np.isfinite(r)]
        ends = np.quantile(r, [(1 - level) / 2, (1 + level) / 2]) if r.size else None
        as_large = (1 + np.count_nonzero(r >= abs(observed[response]))) / (1 + r.size)
        rows += [
            _row(f"pearson_shuffled_{response}", _of(r, np.median), ends, r.size),
            _row(f"pearson_shuffled_p_{response}", as_large, None, r.size),
        ]
    return rows


def _both_r(fit):
    maps = maps_of(fit)
    return {
        response: _pearson(np.stack([maps[f"{response}_{start}"] for start in STARTS]))
        for response in RESPONSES
    }


def _row(quantity, value, ends, n):
    low, high = (math.nan, math.nan) if ends is None else ends
    return {"quantity": quantity, "value": value, "low": low, "high": high, "n": n}


def _of(values, take):
    values = values[np.isfinite(values)]
    return float(take(values)) if values.size else math.nan


def _known(values, label):
    known = np.isfinite(values)
    return values[known], label[known]


def _running(found, label):
    known = np.isfinite(found["time"])
    return found["flow"][known], found["time"][known], label[known]


def _pearson(pair):
    """r of two maps (2, ...), over what both have; nan where one is constant."""
    pair = pair.reshape(2, -1)
    pair = pair[:, np.isfinite(pair).all(axis=0)]
    if pair.shape[1] < 3:
        return math.nan
    pair = pair / np.maximum(np.abs(pair).max(axis=1, keepdims=True), np.finfo(float).tiny)
    one, other = pair - pair.mean(axis=1, keepdims=True)
    size = math.sqrt((one**2).sum()) * math.sqrt((other**2).sum())
    return float((one * other).sum()) / size if size > 0 else math.nan
