"""A fitted model: parameters, trajectory and history of its error, and the file that keeps it."""

import json
import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import xarray as xr

from movelaws import files
from movelaws.lagrangian.model import simulate
from movelaws.lagrangian.state import Reference
from movelaws.lagrangian.stencil import LINKS

_COMPRESSION = {"zlib": True, "complevel": 2, "shuffle": True}


@dataclass(frozen=True)
class Fit:
    """A model fitted to a reference.

    Attributes
    ----------
    method : "printed", "exact", "interpolation", ...
    gamma, lam : (T, 5, N) or (1, 5, N) parameters by step, link (as ``LINKS``) and site.
    q, v : (T + 1, N) trajectory of the model.
    error : (iterations + 1,) E of Eq. 11 before the first iteration, after it, ... , at the end.
    rms : root mean square of q - q_ref over sites and n >= 1, at the end.
    seconds : (iterations + 1,) wall time when each error was reached, None where not measured; it
        is not kept in files, which are equal for equal fits.
    reference : what was fitted.
    settings : options of the method, for the record (numbers, texts, booleans, None).
    """

    method: str
    gamma: np.ndarray
    lam: np.ndarray
    q: np.ndarray
    v: np.ndarray
    error: np.ndarray
    rms: float
    seconds: np.ndarray | None
    reference: Reference
    settings: dict = field(default_factory=dict)


def error_of(q: np.ndarray, reference: Reference) -> float:
    """E = dt sum_n e_n, e_n = sum_a (q_a(n) - q~_a(n))^2 / 2 (Eqs 11 and 14)."""
    return float(0.5 * reference.dt * np.sum((q - reference.q) ** 2))


def rms_of(q: np.ndarray, reference: Reference, sites: np.ndarray | None = None) -> float:
    """Root mean square of q - q~ over sites and the time points n >= 1.

    Parameters
    ----------
    q : (T + 1, N).
    sites : (N,) bool, those that count (default: all); nan where there are none.
    """
    apart = (q[1:] - reference.q[1:])[:, slice(None) if sites is None else sites]
    return float(np.sqrt(np.mean(apart**2))) if apart.size else math.nan


def fitted(
    method: str,
    reference: Reference,
    gamma: np.ndarray,
    lam: np.ndarray,
    error: np.ndarray,
    seconds: np.ndarray | None = None,
    settings: dict | None = None,
) -> Fit:
    """Fit of given parameters: the trajectory is that of Eqs 12 and 13, its E the last error.

    Parameters
    ----------
    error : (iterations,) errors before the last, may be empty.
    """
    q, v = simulate(
        reference.q[0],
        reference.v0,
        gamma,
        lam,
        reference.mu,
        reference.shape,
        reference.dt,
        reference.steps,
    )
    return Fit(
        method=method,
        gamma=gamma,
        lam=lam,
        q=q,
        v=v,
        error=np.append(error, error_of(q, reference)),
        rms=rms_of(q, reference),
        seconds=seconds,
        reference=reference,
        settings=dict(settings or {}),
    )


def write_fit(fit: Fit, path: str | Path) -> None:
    """Write a fit as NetCDF: equal bytes for equal fits (wall times are left out)."""
    data = fit.reference
    ny, nx = data.shape
    lattice = ("n", "y", "x")
    parameters = ("step", "link", "y", "x")
    variables = {
        "gamma": (parameters, fit.gamma.reshape(-1, len(LINKS), ny, nx)),
        "lambda": (parameters, fit.lam.reshape(-1, len(LINKS), ny, nx)),
        "q": (lattice, fit.q.reshape(-1, ny, nx)),
        "v": (lattice, fit.v.reshape(-1, ny, nx)),
        "q_reference": (lattice, data.q.reshape(-1, ny, nx)),
        "population": (lattice, data.population.reshape(-1, ny, nx)),
        "v0": (("y", "x"), data.v0.reshape(ny, nx)),
        "mu": (("y", "x"), data.mu.reshape(ny, nx)),
        "error": (("iteration",), fit.error),
    }
    if fit.gamma.shape[0] != fit.lam.shape[0]:
        variables["lambda"] = (("step_lambda", *parameters[1:]), variables["lambda"][1])
    attributes = {
        "method": fit.method,
        "rms": fit.rms,
        "dt": data.dt,
        "floor": data.floor,
        "touched": data.touched,
        "settings": json.dumps(fit.settings, sort_keys=True),
        "source": "movelaws.lagrangian, parameters and trajectory of paper Eqs 12 and 13",
    }
    dataset = xr.Dataset(variables, coords={"link": list(LINKS)}, attrs=attributes)
    encoding = {name: {**_COMPRESSION, "_FillValue": None} for name in variables}
    with files.replacing(path) as temporary:
        dataset.to_netcdf(temporary, engine="netcdf4", encoding=encoding)


def read_fit(path: str | Path) -> Fit:
    """Fit written by :func:`write_fit`; ``seconds`` is None.

    Raises
    ------
    ValueError
        If the file lacks a variable or attribute of a fit.
    """
    with xr.open_dataset(path, engine="netcdf4") as dataset:
        dataset = dataset.load()
    try:
        ny, nx = (int(side) for side in dataset["mu"].shape)
        flat = {name: array.to_numpy().astype(float) for name, array in dataset.data_vars.items()}
        attributes = dict(dataset.attrs)
        data = Reference(
            q=flat["q_reference"].reshape(-1, ny * nx),
            v0=flat["v0"].ravel(),
            mu=flat["mu"].ravel(),
            population=flat["population"].reshape(-1, ny * nx),
            shape=(ny, nx),
            dt=float(attributes["dt"]),
            floor=float(attributes["floor"]),
            touched=int(attributes["touched"]),
        )
        return Fit(
            method=str(attributes["method"]),
            gamma=flat["gamma"].reshape(-1, len(LINKS), ny * nx),
            lam=flat["lambda"].reshape(-1, len(LINKS), ny * nx),
            q=flat["q"].reshape(-1, ny * nx),
            v=flat["v"].reshape(-1, ny * nx),
            error=flat["error"],
            rms=float(attributes["rms"]),
            seconds=None,
            reference=data,
            settings=json.loads(attributes["settings"]),
        )
    except KeyError as missing:
        raise ValueError(f"{path}: no {missing} in it; it is no fit, make it again") from missing
