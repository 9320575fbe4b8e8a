"""Audit of an exhaustive search: were laws excluded because a fit missed its minimum? (private)

A bound is as good as the fit on the sample. Laws are fitted again from more starts, stratum by
stratum; what turns up is taken up. Of two strata only a part, drawn by chance, is looked at, from
which it follows how many of the rest may be wrong at most.
"""

import numpy as np
from scipy.special import betaincinv

from movelaws.symbolic._exhaustive_search import Search
from movelaws.symbolic.certificate import STRATA

_NEAR = 1.05**2  # laws whose RMSE is within 5 % of the threshold are audited, all of them
_SHARE = {"chance": 0.01, "no_start": 0.1}  # of the strata too large to audit
_AT_LEAST = 1000  # laws of each of them: 0 wrong of 1000 are below 0.4 % of all
_LOWER_MINIMUM = 1e-6  # relative; a smaller gain is one of convergence
_CONFIDENCE = 0.95


def audit(search: Search) -> dict[str, float]:
    """Fit again from more starts: does a lower minimum turn up, and does it matter?

    Strata: laws "near" the threshold, which the small sample excluded by little; a part by
    "chance" of the others that it excluded; a part of those with "no_start" valid on it; and those
    that "passed" it, which are asked on the larger sample.

    Returns
    -------
    Counts of each stratum (``<stratum>_laws``, ``_audited``, ``_lower`` minima, ``_wrong`` bounds,
    ``_changed``: laws of the front that came or went), their totals, and ``unaudited`` laws with
    ``unaudited_changed_high``, the most of them, with 95 % confidence, that would change the front.
    """
    strata = _strata(search)
    random = np.random.default_rng([search.settings.seed, search.codes.shape[1], search.round])
    rows = {name: _drawn(name, laws, random) for name, laws in strata.items()}
    counts: dict[str, float] = {}
    for name in STRATA:
        before = search.front()
        again = _again_on_second if name == "passed" else _again_on_first
        lower, wrong = again(search, rows[name])
        counts |= {
            f"{name}_laws": len(strata[name]),
            f"{name}_audited": len(rows[name]),
            f"{name}_lower": lower,
            f"{name}_wrong": wrong,
            f"{name}_changed": _changes(before, search.front()),
        }
    totals = {"audited": "audited", "lower_minima": "lower", "wrong_bounds": "wrong"}
    totals |= {"verdict_changed": "changed"}
    counts |= {total: sum(counts[f"{s}_{part}"] for s in STRATA) for total, part in totals.items()}
    left = {name: len(strata[name]) - len(rows[name]) for name in _SHARE}
    high = sum(
        n * highest_share(counts[f"{name}_changed"], len(rows[name]), 1 - (1 - _CONFIDENCE) / 2)
        for name, n in left.items()
        if n
    )
    return counts | {"unaudited": sum(left.values()), "unaudited_changed_high": np.floor(high)}


def highest_share(found: int, n: int, confidence: float) -> float:
    """Upper limit of a share of which ``found`` of ``n`` drawn by chance had a mark.

    Clopper and Pearson (1934), Biometrika 26, 404, one-sided; 3 / n for none found and 95 %.
    """
    return float(betaincinv(found + 1, n - found, confidence)) if found < n else 1.0


def _strata(search: Search) -> dict[str, np.ndarray]:
    """Rows of the laws with constants that may be valid, each in one stratum."""
    valid = np.isfinite(search.on_first)
    passed = valid & search.may_beat(search.on_first)
    near = valid & ~passed & (search.on_first <= _NEAR * search.threshold)
    masks = {"near": near, "chance": valid & ~passed & ~near, "no_start": ~valid, "passed": passed}
    return {
        name: np.flatnonzero(search.fitted & ~search.nowhere & mask) for name, mask in masks.items()
    }


def _drawn(name: str, rows: np.ndarray, random: np.random.Generator) -> np.ndarray:
    if name not in _SHARE:
        return rows
    n = min(max(round(_SHARE[name] * len(rows)), _AT_LEAST), len(rows))
    return np.sort(random.choice(rows, n, replace=False))


def _again_on_first(search: Search, rows: np.ndarray) -> tuple[int, int]:
    """Number of lower minima on the small sample, and of bounds that were wrong."""
    found, constants = search.screened(search.first, rows, search.effort(audit=True))
    lower = _lower(found, search.on_first[rows])
    search.note(rows[lower], found[lower], constants[lower])
    again = rows[lower & search.may_beat(found)]
    search.take_up(again[np.argsort(search.on_first[again], kind="stable")])
    return int(lower.sum()), len(again)


def _again_on_second(search: Search, rows: np.ndarray) -> tuple[int, int]:
    """The same on the larger sample; a bound was wrong if the law had not been fitted on all."""
    found, constants = search.screened(search.second, rows, search.effort(audit=True))
    lower = _lower(found, search.on_second[rows])
    again = lower & search.may_beat(found)
    wrong = int((again & search.excluded()[rows]).sum())
    search.on_second[rows[lower]] = found[lower]
    search.fit_on_all(rows[again], constants[again])
    return int(lower.sum()), wrong


def _lower(found: np.ndarray, before: np.ndarray) -> np.ndarray:
    return np.isfinite(found) & ~(found >= before * (1 - _LOWER_MINIMUM))


def _changes(before: np.ndarray, after: np.ndarray) -> int:
    """Number of laws of a front that another does not have."""
    same = np.isclose(after[:, None], before[None], rtol=_LOWER_MINIMUM, atol=0).any(axis=1)
    return max(int((~same).sum()), abs(len(after) - len(before)))
