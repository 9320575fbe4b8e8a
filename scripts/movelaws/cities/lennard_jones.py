"""Houses as Lennard-Jones particles in a linear potential: molecular dynamics.

Mass 1; lengths in metres, energies in units of mass x (m / time)^2.

>>> from movelaws.seeds import stream
>>> houses = LennardJones()
>>> run = simulate(houses, 50, steps=100, rng=stream(1, "houses"), progress=False)
>>> run.x.size
50
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from tqdm import tqdm

from movelaws.cities._arguments import generator, positive, vector, whole
from movelaws.cities._dynamics import advance, near_pairs
from movelaws.cities._dynamics import forces as _forces
from movelaws.cities.disks import resolve_overlaps
from movelaws.cities.forms import Erlang
from movelaws.cities.sampling import ideal_gas
from movelaws.cities.thermostat import StochasticBerendsen

# Steps per call of the kernel: often enough to show progress. Fixed, as the order of the sums of
# forces, and with it the last bits, follow from when neighbours are looked up.
_CHUNK = 4096


@dataclass(frozen=True)
class LennardJones:
    """Interaction and external potential (Eqs 11, 12, 18; SI 7.1.5).

    V(r) = 4 e ((s / r)^12 - (s / r)^6) - V_cut below ``cutoff`` s and 0 beyond, V_cut such that V
    is continuous; external potential g |x|, linear in the distance to the centre.

    The values of the paper's run are lost in the text at hand; the defaults are those of a public
    example of its authors' simulation, with s = 10 m.

    sigma : s, length at which V without its shift is 0, m; the minimum lies at 2^(1/6) s.
    epsilon : e, depth of the well, energy; 0 for the ideal gas.
    slope : g, energy per m.
    cutoff : in units of s.
    """

    sigma: float = 10.0
    epsilon: float = 20.0
    slope: float = 0.15
    cutoff: float = 3.0

    def __post_init__(self):
        positive(self.sigma, "sigma")
        positive(self.slope, "slope")
        if not (math.isfinite(self.epsilon) and self.epsilon >= 0):
            raise ValueError(f"epsilon = {self.epsilon}: a finite number >= 0 is needed")
        if not 1.2 <= self.cutoff < math.inf:
            raise ValueError(
                f"cutoff = {self.cutoff}: it must lie beyond the minimum at 2^(1/6), at 1.2 or more"
            )

    @property
    def diameter(self) -> float:
        """Distance 2^(1/6) s of the minimum: the diameter of the disks that stand for houses."""
        return 2 ** (1 / 6) * self.sigma

    def scale(self, temperature: float) -> float:
        """Scale l = kT / g of the ideal gas, m: half the radius of the city (Eq. 17)."""
        return positive(temperature, "temperature") / self.slope

    def nucleus_radius(self, n: int, temperature: float) -> float:
        """Radius of the crystal expected at the centre of n particles, m; 0 for none.

        Within it the ideal gas has more particles, n (1 - (1 + x / l) exp(-x / l)), than disks of
        the model's diameter D fit in hexagonal packing, pi / (2 sqrt 3) (2 x / D)^2: so from
        n D^2 > 8 l^2 pi / (2 sqrt 3) on (SI 7.1.4, Eqs 69 to 77).
        """
        gas = Erlang(self.scale(temperature))
        room = math.pi / (2 * math.sqrt(3)) * (2 / self.diameter) ** 2

        def excess(x: float) -> float:
            return float(n * gas.cumulative(x)) / x**2 - room

        nearest, furthest = 1e-3 * gas.scale, 2 * math.sqrt(whole(n, "n") / room)
        if excess(nearest) <= 0:
            return 0.0
        return float(brentq(excess, nearest, max(furthest, 2 * nearest)))

    def energy(self, x: np.ndarray, y: np.ndarray) -> float:
        """Potential energy of particles at x, y, each (n,), m."""
        return float(sum(self._evaluated(x, y)[:2]))

    def forces(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """(2, n) forces on particles at x, y, each (n,): minus the gradient of the energy."""
        return self._evaluated(x, y)[2]

    def _evaluated(self, x, y):
        x = vector(x, "x")
        y = vector(y, "y", x.size)
        cutoff, force = self.cutoff * self.sigma, np.empty((2, x.size))
        pairs = near_pairs(x, y, cutoff) if x.size else np.empty((0, 2), dtype=np.int64)
        interaction, external = _forces(
            pairs, x, y, self.sigma, self.epsilon, cutoff, self.slope, force[0], force[1]
        )
        return interaction, external, force


@dataclass(frozen=True)
class Run:
    """State at the end of a simulation and the energies on the way.

    x, y : (n,) positions, m. u, v : (n,) velocities, m per unit of time.
    energies : table with a row per record: time, kinetic, interaction, external, total (their
        sum), heat (taken from the thermostat so far), temperature (kT = kinetic / n). What is
        conserved, up to the error of the time step, is total - heat.
    """

    x: np.ndarray
    y: np.ndarray
    u: np.ndarray
    v: np.ndarray
    energies: pd.DataFrame


def start(
    model: LennardJones,
    n: int,
    rms_speed: float,
    rng: np.random.Generator,
    *,
    tolerance: float = 1e-2,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Positions x, y and velocities u, v, each (n,), of low potential energy (SI 7.1.5).

    The ideal gas of scale kT / g with kT = rms_speed^2 / 2, overlaps of disks of the model's
    diameter resolved; velocities normal with standard deviation rms_speed / sqrt 2 per direction.

    Raises
    ------
    ValueError, RuntimeError
        As ``ideal_gas`` and ``resolve_overlaps``.
    """
    n, rms_speed = whole(n, "n", 2), positive(rms_speed, "rms_speed")
    x, y = ideal_gas(n, model.scale(rms_speed**2 / 2), rng)
    if model.epsilon > 0:
        placed = resolve_overlaps(x, y, np.full(n, model.diameter / 2), tolerance=tolerance)
        x, y = placed.x, placed.y
    u, v = generator(rng).standard_normal((2, n)) * (rms_speed / math.sqrt(2))
    return x, y, u, v


def simulate(
    model: LennardJones,
    n: int | None = None,
    *,
    steps: int,
    rng: np.random.Generator,
    rms_speed: float = 5.0,
    step: float = 0.01,
    relaxation: float | None = 1.0,
    record_every: int = 100,
    state: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray] | None = None,
    progress: bool = True,
) -> Run:
    """Molecular dynamics by velocity-Verlet, with or without thermostat.

    Parameters
    ----------
    model : the potentials.
    n : number of particles, placed by :func:`start`; leave it out if ``state`` is given.
    steps : time steps to make.
    rng : source of the start and of the thermostat's noise.
    rms_speed : root mean square speed that sets the temperature kT = rms_speed^2 / 2.
    step : time step.
    relaxation : time of the stochastic Berendsen thermostat; None for constant energy.
    record_every : steps between two records of the energies.
    state : x, y, u, v, each (n,), to start from.
    progress : show a progress bar on a terminal.

    Returns
    -------
    Run; bit-identical for equal arguments and an equal generator.

    Raises
    ------
    ValueError
        If arguments are out of range or the energy stopped being finite (time step too long).

    References
    ----------
    Paper 3, Methods 4.3.1 and SI 7.1.5.
    """
    steps, every = whole(steps, "steps"), whole(record_every, "record_every")
    step, rms_speed = positive(step, "step"), positive(rms_speed, "rms_speed")
    if (n is None) == (state is None):
        raise ValueError("give either n or state")
    if state is None:
        state = start(model, n, rms_speed, rng)
    x, y, u, v = _checked_state(state)
    temperature, decay, thermostat = 0.0, 0.0, None
    if relaxation is not None:
        temperature = rms_speed**2 / 2
        thermostat = StochasticBerendsen(temperature, relaxation)
        decay = thermostat.decay(step)
    records, heat = [], 0.0
    with tqdm(total=steps, desc="Lennard-Jones", disable=None if progress else True) as bar:
        for done in range(0, steps, _CHUNK):
            length = min(_CHUNK, steps - done)
            noise = np.zeros((length, 2))
            if thermostat is not None:
                noise = thermostat.noise(length, 2 * x.size, rng)
            record, heat = advance(
                x, y, u, v, model.sigma, model.epsilon, model.cutoff * model.sigma, model.slope,
                step, temperature, decay, noise, done, every, heat,
            )  # fmt: skip
            if not np.isfinite([x, y, u, v]).all():
                raise ValueError(
                    f"positions are no longer finite after {done + length} steps of {step}: "
                    "choose a shorter step or a state of lower energy"
                )
            records.append(record)
            bar.update(length)
    return Run(x, y, u, v, _table(np.concatenate(records), x.size, step * every))


def _checked_state(state):
    if len(state) != 4:
        raise ValueError(f"state has {len(state)} parts: x, y, u and v are needed")
    x = vector(state[0], "x of state").copy()
    if x.size < 2:
        raise ValueError(f"state holds {x.size} particles: at least two are needed")
    rest = (
        vector(s, f"{c} of state", x.size).copy() for c, s in zip("yuv", state[1:], strict=True)
    )
    return x, *rest


def _table(records, n, interval):
    names = ["kinetic", "interaction", "external", "heat"]
    table = pd.DataFrame(records, columns=names)
    table.insert(0, "time", interval * np.arange(1, len(table) + 1))
    table["total"] = table["kinetic"] + table["interaction"] + table["external"]
    table["temperature"] = table["kinetic"] / n
    return table
