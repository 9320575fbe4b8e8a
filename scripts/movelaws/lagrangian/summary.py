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
from dataclasses import dataclass

import numpy as np
import pandas as pd

from movelaws.lagrangian.clusters import correlation, moran
from movelaws.lagrangian.fit import Fit
from movelaws.lagrangian.observables import REFERENCE, inhabited, observables, reference_observables
from movelaws.lagrangian.parameters import PARAMETERS
from movelaws.lagrangian.stencil import neighbours
from movelaws.lagrangian.susceptibility import MAPS, RESPONSES, mean_maps
from movelaws.seeds import stream

COLUMNS = ("case", "method", "quantity", "value", "low", "high", "n")
_LEVELS = 1001
"""Quantiles between which the median of a resample is interpolated: to 0.1 % of the values."""


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


@dataclass(frozen=True)
class Blocks:
    """Squares of a lattice, and which of them each resample draws, made by :func:`blocks`.

    Attributes
    ----------
    label : (N,) block of each site.
    draws : (replicates, n_blocks) how often a resample holds a block.
    level : of the intervals, such as 0.95.
    """

    label: np.ndarray
    draws: np.ndarray
    level: float

    def interval(self, values: np.ndarray) -> tuple[float, float]:
        """Percentiles of the replicates that have a value; nan if fewer than half have."""
        values = np.asarray(values, dtype=float)
        values = values[np.isfinite(values)]
        if values.size < max(1, self.draws.shape[0] / 2):
            return math.nan, math.nan
        low, high = np.quantile(values, [(1 - self.level) / 2, (1 + self.level) / 2])
        return float(low), float(high)


def blocks(
    shape: tuple[int, int], block: int, *, replicates: int, level: float, seed: int
) -> Blocks:
    """Squares of ``block`` x ``block`` sites (smaller at the far edges), and resamples of them.

    Raises
    ------
    ValueError
        If the squares are not at least two, replicates < 1 or level is not within (0, 1).
    """
    if block < 1 or replicates < 1 or not 0 < level < 1:
        raise ValueError(
            f"block = {block}, replicates = {replicates}, level = {level}: block and replicates "
            "are at least 1, the level lies between 0 and 1"
        )
    rows, columns = (-(-side // block) for side in shape)
    count = rows * columns
    if count < 2:
        raise ValueError(
            f"block = {block} covers the whole lattice {shape}: two blocks are needed to resample"
        )
    y, x = np.indices(shape)
    label = (y // block * columns + x // block).ravel()
    rng = stream(seed, "lagrangian", "blocks")
    draws = rng.multinomial(count, np.full(count, 1 / count), size=replicates)
    return Blocks(label, draws, level)


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
        ends = drawn.interval([take(values[k]) for k in _resamples(label, drawn.draws)])
        rows.append(_row(name, _of(values, take), ends, values.size))
    flow, time, label = _running(found, drawn.label)
    each = [flow_weighted_time(flow[k], time[k]) for k in _resamples(label, drawn.draws)]
    value = flow_weighted_time(flow, time)
    return [*rows, _row("flow_weighted_time", value, drawn.interval(each), flow.size)]


def _parameter_rows(fit, drawn):
    rows = []
    for name in PARAMETERS:
        values, site = _sizes(fit, name)
        ends = drawn.interval(_weighted_medians(values, drawn.label[site], drawn.draws))
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
        known = np.isfinite(one.ravel()) & np.isfinite(other.ravel())
        pair = np.stack([one.ravel()[known], other.ravel()[known]])
        each = [_pearson(pair[:, k]) for k in _resamples(drawn.label[known], drawn.draws)]
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


def _row(quantity, value, ends, n):
    low, high = ends or (math.nan, math.nan)
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


def _resamples(label, draws):
    """Positions of the sites of each resample; those that hold no site are left out."""
    order = np.argsort(label, kind="stable")
    first = np.searchsorted(label[order], np.arange(draws.shape[1] + 1))
    members = [order[first[b] : first[b + 1]] for b in range(draws.shape[1])]
    for times in draws:
        chosen = np.concatenate([members[b] for b in np.repeat(np.arange(times.size), times)])
        if chosen.size:
            yield chosen


def _weighted_medians(values, label, draws):
    """Median of each resample, from counts of each block between quantiles of all values.

    A lattice of 200 x 200 has ten million parameters: they are sorted once, not once per resample.
    """
    levels = np.unique(np.quantile(values, np.linspace(0, 1, _LEVELS)))
    if levels.size < 2:
        return np.full(draws.shape[0], levels[0])
    inside = np.clip(np.searchsorted(levels, values, side="right") - 1, 0, levels.size - 2)
    size = (draws.shape[1], levels.size - 1)
    counts = np.bincount(label * size[1] + inside, minlength=size[0] * size[1]).reshape(size)
    below = np.cumsum(draws @ counts, axis=1)
    medians = np.empty(draws.shape[0])
    for k, sums in enumerate(below):
        medians[k] = np.interp(sums[-1] / 2, np.append(0, sums), levels)
    return medians


def _pearson(pair):
    one, other = pair - pair.mean(axis=1, keepdims=True)
    size = math.sqrt((one**2).sum()) * math.sqrt((other**2).sum())
    return float((one * other).sum()) / size if size > 0 else math.nan
