"""Radii of towns: their tail, and the growth of p(r) that patches of such sizes would give.

Patches of radii ~ R^-mu make p(r) grow like r^(4 - mu) and have areas ~ A^-((mu + 1) / 2)
(Methods 4.5.2), which ties the radii of towns to the growth at the scale of neighbourhoods.
"""

import math

import numpy as np

from movelaws.powerlaw.goodness import scan_bootstrap_p, scan_low

FEWEST = 30
_FEWEST_IN_TAIL = 10
_CANDIDATES = 40
# As good as no upper end, for exponents well above 1.
_FAR = 1e4


def radius_tail(
    radius: np.ndarray, *, replicates: int, seed: int, low: float | None = None
) -> dict[str, float]:
    """Exponent mu of the tail R^-mu, by the method of Clauset, Shalizi and Newman.

    Parameters
    ----------
    radius : (n,) m.
    replicates : of the bootstrap of p; 0 for none.
    seed : of the bootstrap.
    low : m, where the tail begins; None: where the KS distance is smallest, at least ten radii
        being beyond.

    Returns
    -------
    towns (number), mean_m, median_m, tail_from_m, in_tail, mu, standard_error, ks, p, growth
        (4 - mu) and area_exponent ((mu + 1) / 2); those of the tail are nan with fewer than 30
        towns.

    References
    ----------
    Paper 3, SI 7.5.2, Fig. 21; Clauset, Shalizi, Newman (2009), SIAM Review 51, 661.
    """
    r = np.sort(np.asarray(radius, float))
    found = {"towns": r.size} | dict.fromkeys(
        ("mean_m", "median_m", "tail_from_m", "in_tail", "mu", "standard_error", "ks", "p",
         "growth", "area_exponent"), math.nan
    )  # fmt: skip
    if r.size == 0:
        return found
    found |= {"mean_m": float(r.mean()), "median_m": float(np.median(r))}
    if r.size < FEWEST or np.unique(r[-_FEWEST_IN_TAIL:]).size < 2:
        return found
    high, p = _FAR * r[-1], math.nan
    if low is None:
        candidates = np.unique(np.quantile(r[:-_FEWEST_IN_TAIL], np.linspace(0, 1, _CANDIDATES)))
        law, ks = scan_low(r, high, candidates)
        if replicates:
            law, ks, p = scan_bootstrap_p(r, high, candidates, replicates=replicates, seed=seed)
    else:
        law, ks = scan_low(r, high, np.array([low]))
    return found | {
        "tail_from_m": law.low,
        "in_tail": int(law.n),
        "mu": law.exponent,
        "standard_error": law.standard_error,
        "ks": ks,
        "p": p,
        "growth": 4 - law.exponent,
        "area_exponent": (law.exponent + 1) / 2,
    }
