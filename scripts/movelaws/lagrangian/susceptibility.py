"""How small changes at the start move every site: chi and psi (section VI A, Eqs 29 to 36).

The recursion of Eqs 31 and 32 is the model itself with mu = 0: a change of the start travels as a
path that starts there. Summed over the sources b (Eqs 35, 36) it is one path, from 1 everywhere, so
that the averaged maps cost one run of the model, on a lattice of any size. Only the spread over
single sources needs them one by one.

The printed Eq. 36 carries another factor dt, that the mean on its right-hand side does not; the
maps here are the means. By Eq. 32 they telescope: the mean velocity response is the response of q
at the end, psi_a = sum_b (chi_ab(T) - chi_ab(0)) / N, and says nothing of the time before.
"""

from dataclasses import replace

import numpy as np
import xarray as xr

from movelaws.lagrangian.fit import Fit
from movelaws.lagrangian.model import simulate
from movelaws.lagrangian.observables import inhabited
from movelaws.lagrangian.stencil import neighbours

STARTS = ("q0", "v0")
RESPONSES = ("chi", "psi")
MAPS = tuple(f"{response}_{start}" for response in RESPONSES for start in STARTS)
SOURCES = 400
"""Single sources that are followed at most, on lattices of up to 1,600 sites."""
_FEWEST = 16


def response(fit: Fit, start: str, source: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Path of a small change of the start, in the fitted model.

    Parameters
    ----------
    start : "q0", a change of q_b(0), or "v0", of q'_b(0).
    source : (N,) size of the change at each site.

    Returns
    -------
    (T + 1, N) change of q (sum_b chi_ab(n) source_b) and of q' (sum_b psi_ab(n) source_b).

    Raises
    ------
    ValueError
        If there is no such start.
    """
    if start not in STARTS:
        raise ValueError(f"start = {start!r}: one of {', '.join(STARTS)} is needed")
    reference = fit.reference
    source = np.asarray(source, dtype=float)
    none = np.zeros(source.size)
    q0, v0 = (source, none) if start == "q0" else (none, source)
    steps = reference.q.shape[0] - 1
    return simulate(q0, v0, fit.gamma, fit.lam, none, reference.shape, reference.dt, steps)


def mean_maps(fit: Fit) -> dict[str, np.ndarray]:
    """Mean response of each site over steps 1 .. T and sources (Eqs 35, 36): MAPS, each (N,).

    A map ``chi_q0`` is the mean of d q_a(n) / d q_b(0), ``psi_v0`` that of d q'_a(n) / d q'_b(0).
    """
    sites = fit.reference.q.shape[1]
    found = {}
    for start in STARTS:
        for name, path in zip(RESPONSES, response(fit, start, np.ones(sites)), strict=True):
            found[f"{name}_{start}"] = path[1:].mean(axis=0) / sites
    return {name: found[name] for name in MAPS}


def shuffled(fit: Fit, rng: np.random.Generator) -> Fit:
    """The same model with its parameters dealt out anew among the sites where people are.

    Gamma and Lambda of a link go together, with all their steps, to another link of the same
    direction between two such sites: what the whole lattice holds stays, what is where goes. The
    path is that of the fit and no longer follows from the parameters.
    """
    here = inhabited(fit.reference)
    gamma, lam = fit.gamma.copy(), fit.lam.copy()
    for link, to in enumerate(neighbours(fit.reference.shape)):
        ends = np.flatnonzero((to >= 0) & here & here[to])
        dealt = rng.permutation(ends)
        gamma[:, link, ends] = fit.gamma[:, link, dealt]
        lam[:, link, ends] = fit.lam[:, link, dealt]
    return replace(fit, gamma=gamma, lam=lam)


def sources(sites: int) -> np.ndarray:
    """All sites, or as many at equal distances in their order as bear the work.

    These are 400 up to 1,600 sites, then fewer, 16 at least: what each costs grows with the sites.
    """
    most = min(SOURCES, max(_FEWEST, 4 * SOURCES**2 // sites))
    if sites <= most:
        return np.arange(sites)
    return np.unique(np.linspace(0, sites - 1, most).round().astype(np.int64))


def spread(fit: Fit, chosen: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """Mean |chi_ab(n)| and |psi_ab(n)| over sites a and sources b: MAPS, each (T + 1,).

    Parameters
    ----------
    chosen : sites that are sources; those of :func:`sources` if None.
    """
    points, sites = fit.reference.q.shape
    chosen = sources(sites) if chosen is None else chosen
    found = {name: np.zeros(points) for name in MAPS}
    for start in STARTS:
        for b in chosen:
            one = np.zeros(sites)
            one[b] = 1.0
            for name, path in zip(RESPONSES, response(fit, start, one), strict=True):
                found[f"{name}_{start}"] += np.abs(path).mean(axis=1) / chosen.size
    return found


def matrices(fit: Fit, start: str) -> tuple[np.ndarray, np.ndarray]:
    """Whole chi_ab(n) and psi_ab(n), each (T + 1, N, N): for small lattices."""
    sites = fit.reference.q.shape[1]
    pairs = [response(fit, start, one) for one in np.eye(sites)]
    return tuple(np.stack(paths, axis=2) for paths in zip(*pairs, strict=True))


def susceptibility_dataset(fits: list[Fit]) -> xr.Dataset:
    """Maps and spreads of several fits of one reference, as they are stored.

    Returns
    -------
    Dataset with chi_q0, chi_v0, psi_q0, psi_v0 (method, y, x), and spread_chi_q0 ... (method, n);
    time is in units of the whole period, so psi_q0 is per period and chi_v0 in periods.
    """
    shape = fits[0].reference.shape
    maps, spreads = [mean_maps(fit) for fit in fits], [spread(fit) for fit in fits]
    data = {
        name: (("method", "y", "x"), np.stack([found[name].reshape(shape) for found in maps]))
        for name in MAPS
    } | {
        f"spread_{name}": (("method", "n"), np.stack([found[name] for found in spreads]))
        for name in MAPS
    }
    attributes = {"sources": sources(shape[0] * shape[1]).size}
    return xr.Dataset(data, {"method": [fit.method for fit in fits]}, attributes)
