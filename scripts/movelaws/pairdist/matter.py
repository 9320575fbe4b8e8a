"""Houses as particles: Lennard-Jones houses and hard disks of unequal size (Figs 2d, 12 to 15).

Speeds, temperatures, numbers of particles and radii of the paper's runs are lost in the text at
hand; they are settings here, with the values of a public example of its authors as defaults.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from movelaws.cities._arguments import positive, whole
from movelaws.cities.disks import WHERE, Disks, attractive_hard_disks, doors
from movelaws.cities.forms import ErlangPairs
from movelaws.cities.lennard_jones import LennardJones, Run, simulate
from movelaws.pairdist.crystal import nucleus_rows, profile_rows
from movelaws.pairdist.matter_curves import Curve, from_samples, order_row
from movelaws.pairs import linear_edges
from movelaws.seeds import stream

LENNARD_JONES, HARD_DISKS = "lennard_jones", "hard_disks"
CENTRE = "centre"

_DOORS = 10


@dataclass(frozen=True)
class Settings:
    """Of the two models.

    particles : houses of a city. repeats : cities of each kind, with seeds of their own.
    steps : of molecular dynamics. speeds : root mean square speeds; the first is that of the city
        shown, the others look for the temperature at which its centre freezes.
    radius : mean radius of the hard disks, m; radius_exponent : of their power-law tail.
    reach : of the pair correlation, m, in bins of 1 m.
    """

    particles: int = 400
    repeats: int = 8
    steps: int = 6000
    speeds: tuple[float, ...] = (5.0, 3.5, 2.5)
    radius: float = 5.6
    radius_exponent: float = 4.0
    reach: float = 60.0
    model: LennardJones = field(default_factory=LennardJones)

    def __post_init__(self):
        whole(self.particles, "particles", 10)
        whole(self.repeats, "repeats")
        if not self.speeds:
            raise ValueError("speeds is empty: give at least the speed of the city shown")
        for k, speed in enumerate(self.speeds):
            positive(speed, f"speeds[{k}]")

    @property
    def edges(self) -> np.ndarray:
        """(n_bins + 1,) edges of 1 m."""
        return linear_edges(1.0, self.reach)

    @property
    def scale(self) -> float:
        """l of the ideal gas at the first speed, m."""
        return self.model.scale(self.speeds[0] ** 2 / 2)


@dataclass(frozen=True)
class Matter:
    """What the models show.

    configurations : source, rms_speed (nan for disks), x, y, radius (m): the last state of the
        first city of each kind. energies : rms_speed and the columns of
        :class:`movelaws.cities.lennard_jones.Run` of the same cities.
    curves, orders : CURVE_COLUMNS and ORDER_COLUMNS of :mod:`movelaws.pairdist.matter_curves`.
    nucleus, profiles : as :mod:`movelaws.pairdist.crystal` makes them.
    """

    configurations: pd.DataFrame
    energies: pd.DataFrame
    curves: pd.DataFrame
    orders: pd.DataFrame
    nucleus: pd.DataFrame
    profiles: pd.DataFrame


def matter(settings: Settings, seed: int) -> Matter:
    """Simulate both models and read their short-range order.

    Parameters
    ----------
    settings : of the models.
    seed : of the run; every city draws from a stream of its own.

    Returns
    -------
    Matter; the same for equal arguments.

    References
    ----------
    Paper 3, Figs 2d and 12 to 15, Methods 4.3, SI 7.1.4 to 7.1.6 and 7.4; claim P7.
    """
    runs = {
        speed: [_run(settings, speed, k, seed) for k in range(settings.repeats)]
        for speed in settings.speeds
    }
    cities = [_city(settings, k, seed) for k in range(settings.repeats)]
    shown = runs[settings.speeds[0]]
    diameter = settings.model.diameter
    median = float(np.median([2 * city.radius for city in cities]))
    curves = [(_curve(settings, LENNARD_JONES, shown), diameter, "model")]
    curves.append((_curve(settings, HARD_DISKS, cities), median, "median"))
    for where in WHERE:
        curves.append((_doors(settings, shown, where, seed), diameter, "model"))
    return Matter(
        _configurations(settings, runs, cities[0]),
        pd.concat([runs[s][0].energies.assign(rms_speed=s) for s in runs], ignore_index=True),
        pd.concat([curve.table() for curve, *_ in curves], ignore_index=True),
        pd.DataFrame([order_row(*given) for given in curves]),
        nucleus_rows(settings.model, runs, stream(seed, "pairdist", "crystal")),
        profile_rows(settings.model, runs),
    )


def short_counts(x: np.ndarray, y: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """(n_bins,) pairs of places in each bin; all are counted.

    By a tree of SciPy's, quicker for many small cities than an engine made for millions of places.
    """
    places = np.column_stack([x, y])
    first, second = cKDTree(places).query_pairs(edges[-1], output_type="ndarray").T
    r = np.hypot(*(places[first] - places[second]).T)
    return np.histogram(r, edges)[0].astype(float)


def _run(settings: Settings, speed: float, k: int, seed: int) -> Run:
    rng = stream(seed, "pairdist", LENNARD_JONES, repr(float(speed)), str(k))
    every = max(1, settings.steps // 200)
    return simulate(
        settings.model, settings.particles, steps=settings.steps, rng=rng, rms_speed=speed,
        record_every=every,
    )  # fmt: skip


def _city(settings: Settings, k: int, seed: int) -> Disks:
    rng = stream(seed, "pairdist", HARD_DISKS, str(k))
    return attractive_hard_disks(
        settings.particles, settings.scale, settings.radius, rng,
        exponent=settings.radius_exponent,
    )  # fmt: skip


def _doors(settings: Settings, runs: list[Run], where: str, seed: int) -> Curve:
    """Each city counts once, by the mean over draws of its doors."""
    counts = np.zeros((len(runs), settings.edges.size - 1))
    for k, run in enumerate(runs):
        houses = Disks(run.x, run.y, np.full(run.x.size, settings.model.diameter / 2))
        rng = stream(seed, "pairdist", "doors", where, str(k))
        for _ in range(_DOORS):
            counts[k] += short_counts(*doors(houses, rng, where), settings.edges) / _DOORS
    return _sampled(settings, LENNARD_JONES, where, counts)


def _curve(settings: Settings, source: str, cities: list[Run | Disks]) -> Curve:
    counts = np.array([short_counts(city.x, city.y, settings.edges) for city in cities])
    return _sampled(settings, source, CENTRE, counts)


def _sampled(settings: Settings, source: str, place: str, counts: np.ndarray) -> Curve:
    n = settings.particles
    ideal = n * (n - 1) / 2 * ErlangPairs(settings.scale).mass(settings.edges)
    return from_samples((source, "potential", place), settings.edges, counts, ideal, n)


def _configurations(settings: Settings, runs: dict[float, list[Run]], city: Disks) -> pd.DataFrame:
    tables = [pd.DataFrame({"source": HARD_DISKS, "x": city.x, "y": city.y, "radius": city.radius})]
    for speed, of_speed in runs.items():
        tables.append(
            pd.DataFrame(
                {
                    "source": LENNARD_JONES,
                    "rms_speed": speed,
                    "x": of_speed[0].x,
                    "y": of_speed[0].y,
                    "radius": settings.model.diameter / 2,
                }
            )
        )
    return pd.concat(tables, ignore_index=True)
