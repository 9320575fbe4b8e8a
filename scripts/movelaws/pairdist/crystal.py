"""When the centre of a city of Lennard-Jones houses freezes (SI 7.1.4, Fig. 14)."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from movelaws.cities._arguments import generator, vector, whole
from movelaws.cities.forms import Erlang
from movelaws.cities.lennard_jones import LennardJones, Run
from movelaws.cities.sampling import ideal_gas

HEXAGONAL = math.pi / (2 * math.sqrt(3))
"""Share of the plane that equal disks cover at most."""

_NEAREST = 6
_INNER = 0.25
_SURE = 2.0


def threshold_temperature(model: LennardJones, n: int) -> float:
    """kT under which a nucleus is expected: n D^2 = 8 l^2 pi / (2 sqrt 3), l = kT / g (SI 77)."""
    return model.slope * model.diameter * math.sqrt(whole(n, "n", 2) / (8 * HEXAGONAL))


def room(model: LennardJones, radius: np.ndarray) -> np.ndarray:
    """Disks that fit within ``radius`` (m, any shape) in hexagonal packing (SI Eqs 69, 70)."""
    return HEXAGONAL * (2 * np.asarray(radius, dtype=float) / model.diameter) ** 2


def bond_order(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(n,) |psi_6| = |mean over the six nearest particles of exp(6 i angle)|; 1 in a crystal.

    Raises
    ------
    ValueError
        If there are fewer than seven particles.
    """
    x = vector(x, "x")
    y = vector(y, "y", x.size)
    if x.size <= _NEAREST:
        raise ValueError(f"x: {x.size} particles, {_NEAREST + 1} are needed for six neighbours")
    places = np.column_stack([x, y])
    near = cKDTree(places).query(places, k=_NEAREST + 1)[1][:, 1:]
    angle = np.arctan2(y[near] - y[:, None], x[near] - x[:, None])
    return np.abs(np.exp(6j * angle).mean(axis=1))


def gas_order(n: int, rng: np.random.Generator, draws: int = 20) -> float:
    """Mean |psi_6| at the centre of ideal gases of ``n`` particles: what no order looks like."""
    generator(rng)
    return float(np.mean([_inner_order(*ideal_gas(n, 1.0, rng)) for _ in range(draws)]))


def nucleus_rows(
    model: LennardJones, runs: dict[float, Sequence[Run]], rng: np.random.Generator
) -> pd.DataFrame:
    """How ordered the centre is at each temperature.

    Parameters
    ----------
    model : of the runs.
    runs : the runs at each root mean square speed, all with the same number of particles.
    rng : of the ideal gas beside them.

    Returns
    -------
    One row per speed, the fastest first: rms_speed, temperature (kT), threshold (kT), scale_m (l),
    particles, runs, nucleus_m (radius expected, 0 for none), order and order_error (mean |psi_6|
    of the innermost quarter and its standard error over the runs), interaction_drift,
    external_drift and their errors (energy per house, mean of the last third of the records less
    that of the second, and its standard error over the runs), stationary (both drifts within two
    errors of 0; False where one run leaves the error unknown), gas_order.
    """
    rows = []
    for speed in sorted(runs, reverse=True):
        n = runs[speed][0].x.size
        each = np.array([_inner_order(run.x, run.y) for run in runs[speed]])
        error = each.std(ddof=1) / math.sqrt(each.size) if each.size > 1 else math.nan
        temperature = speed**2 / 2
        rows.append(
            {
                "rms_speed": speed,
                "temperature": temperature,
                "threshold": threshold_temperature(model, n),
                "scale_m": model.scale(temperature),
                "particles": n,
                "runs": each.size,
                "nucleus_m": model.nucleus_radius(n, temperature),
                "order": float(each.mean()),
                "order_error": float(error),
            }
            | drift_of(runs[speed])
        )
    gas = gas_order(rows[0]["particles"], rng)
    return pd.DataFrame(rows).assign(gas_order=gas)


def drift_of(runs: Sequence[Run]) -> dict[str, float | bool]:
    """Whether the energies of runs still move: the part of :func:`nucleus_rows` on it."""
    found, still = {}, True
    for part in ("interaction", "external"):
        each = np.array([_drift(run.energies[part].to_numpy(float)) / run.x.size for run in runs])
        error = each.std(ddof=1) / math.sqrt(each.size) if each.size > 1 else math.nan
        found |= {f"{part}_drift": float(each.mean()), f"{part}_drift_error": float(error)}
        still = still and bool(abs(each.mean()) <= _SURE * error)
    return found | {"stationary": still}


def _drift(energy: np.ndarray) -> float:
    """Mean of the last third of the records less that of the second; nan of fewer than three."""
    third = energy.size // 3
    if third == 0:
        return math.nan
    return float(energy[-third:].mean() - energy[-2 * third : -third].mean())


def profile_rows(
    model: LennardJones, runs: dict[float, Sequence[Run]], points: int = 60
) -> pd.DataFrame:
    """Particles within a radius: simulated, of the ideal gas, and as many as find room (Fig. 14).

    Returns
    -------
    rms_speed, radius_m, particles (mean over the runs), low and high (least and most of them),
    ideal, room.
    """
    tables = []
    for speed in sorted(runs, reverse=True):
        gas = Erlang(model.scale(speed**2 / 2))
        distances = [np.sort(np.hypot(run.x, run.y)) for run in runs[speed]]
        n = distances[0].size
        reach = max(6 * gas.scale, float(np.median([d[-1] for d in distances])))
        radius = np.linspace(0, reach, points + 1)[1:]
        within = np.array([np.searchsorted(d, radius, side="right") for d in distances])
        tables.append(
            pd.DataFrame(
                {
                    "rms_speed": speed,
                    "radius_m": radius,
                    "particles": within.mean(axis=0),
                    "low": within.min(axis=0),
                    "high": within.max(axis=0),
                    "ideal": n * gas.cumulative(radius),
                    "room": room(model, radius),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def _inner_order(x: np.ndarray, y: np.ndarray) -> float:
    distance = np.hypot(x, y)
    inner = distance <= np.quantile(distance, _INNER)
    return float(bond_order(x, y)[inner].mean())
