"""Synthetic bins of pairs and moves, in the files that the authors of the paper published.

For each case a pair distribution that grows inside towns, falls beyond and rises again towards the
size of the country; moves follow f(r) ~ p(r) r^-a with an exponent of the case's own. Counts are
drawn (pairs too, which the authors sampled) and written as densities per metre, those of Houston as
mass per bin; the ratio has the bins that have both. Two towns are given in full, with a planted law
of two pieces and the least-squares segments through their ratio; of all towns the exponents inside
and outside and the radii, which lie at centres of bins and follow a power-Pareto law.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from movelaws.powerlaw.segments import fit_segments
from movelaws.seeds import stream
from movelaws.synthetic.files import csv_bytes, write_files
from movelaws.synthetic.options import check_number, check_whole


@dataclass(frozen=True)
class Case:
    """One of the published cases.

    edges : first and last edge (m) and number of bins. first : bins before it have no moves.
    moves, pairs : drawn. town_m, region_m : sizes of towns and country. growth : of p(r) in towns.
    town_share : of the pairs that lie within towns.
    """

    edges: tuple[float, float, int]
    moves: int
    pairs: int
    town_m: float
    region_m: float
    first: int = 0
    growth: float = 0.67
    town_share: float = 0.05
    mass: bool = False


CASES = {
    "dk": Case((10.0, 1e6, 99), 39_000_000, 10**14, 4e3, 1.5e5),
    "fr": Case((1.0, 2e6, 99), 40_000_000, 10**14, 8e3, 4.5e5, first=55),
    "houston": Case((10.5, 7.0e4, 96), 48_000, 10**12, 9e3, 2.6e4, town_share=0.3, mass=True),
    "san_francisco": Case((10.0, 5.3e4, 94), 112_000, 10**12, 3e3, 1.8e4, town_share=0.3),
    "singapore": Case((9.9, 8.4e4, 92), 80_000, 10**12, 5e3, 3.0e4, town_share=0.2),
}
"""The cases by the first part of their file names; bins like those published."""

TOWNS = {"84910847": (2_700, 1_900.0, 0.5, 2.1), "51018355": (35_000, 3_900.0, 0.65, 1.9)}
"""Moves, radius (m) and exponents inside and outside of the two towns given in full."""

EXPONENTS = {"dk": 1.0, "fr": 1.1, "houston": 0.9, "san_francisco": 0.95, "singapore": 0.85}
DEFAULTS = {
    "exponents": EXPONENTS,
    "towns": 1367,
    "inside": 0.6,
    "outside": 2.0,
    "radius_core": 0.7,
    "radius_tail": 3.0,
    "radius_peak_m": 2500.0,
}
"""Options of ``write`` and their values."""

ADAPTER = "authors_bins"
FILES = {
    **{f"{case}_{part}": f"{case}_{part}.csv" for case in CASES
       for part in ("moving", "pdd", "ratio")},
    "inside": "pw-exponents_1.npy",
    "outside": "pw-exponents-2.npy",
    "radii": "xmins.npy",
    **{f"town_{town}_bins": f"{town}_piecewise.csv" for town in TOWNS},
    **{f"town_{town}_ratio": f"{town}_piecewise_ratio.csv" for town in TOWNS},
}  # fmt: skip
"""File name of each role of ``movelaws.pointsets.bins``."""

EXTRA_FILES = {
    f"town_{town}_{part}": f"{town}_piecewise_{part}.{kind}"
    for town in TOWNS
    for part, kind in (("fit", "csv"), ("params", "npy"))
}
"""Files that come with the others and are not read."""

_TOWN_BINS = np.geomspace(10.0, 5e5, 100)
_SPREAD = {"inside": 0.2, "outside": 0.22}
_PER_BIN = 64


def write(
    folder: Path,
    seed: int,
    *,
    exponents: Mapping[str, float] = DEFAULTS["exponents"],
    towns: int = DEFAULTS["towns"],
    inside: float = DEFAULTS["inside"],
    outside: float = DEFAULTS["outside"],
    radius_core: float = DEFAULTS["radius_core"],
    radius_tail: float = DEFAULTS["radius_tail"],
    radius_peak_m: float = DEFAULTS["radius_peak_m"],
) -> dict[str, object]:
    """Write the raw files of one synthetic publication.

    Parameters
    ----------
    folder : where the files go; made if need be.
    seed : the same seed and options give the same bytes.
    exponents : a of pi(r) ~ r^-a of each case of ``CASES``; those not named keep their default.
    towns : with exponents and radius, 10 to 100,000.
    inside, outside : mean exponents of all towns.
    radius_core, radius_tail, radius_peak_m : of the power-Pareto law of the radii, density ~
        r^core up to the peak, r^-tail beyond.

    Returns
    -------
    The truth in plain numbers. Lengths in metres.

    Raises
    ------
    ValueError
        If an option is out of range; the message names it.
    """
    exponents = _checked_exponents(exponents)
    towns = check_whole("towns", towns, 10, 100_000)
    mean = {"inside": check_number("inside", inside, -2, 5),
            "outside": check_number("outside", outside, -2, 5)}  # fmt: skip
    core = check_number("radius_core", radius_core, -0.9, 20)
    tail = check_number("radius_tail", radius_tail, 1.1, 20)
    peak = check_number("radius_peak_m", radius_peak_m, 100, 50_000)
    rng = stream(seed, "synthetic", "authors_bins")
    content, truth = {}, {}
    for name, case in CASES.items():
        content |= _case(rng, name, case, exponents[name])
        truth |= {f"exponent_{name}": exponents[name], f"moves_{name}": case.moves}
    for name, value in mean.items():
        drawn = rng.normal(value, _SPREAD[name], towns)
        content[name] = _npy(-drawn)
        truth |= {name: value, f"{name}_drawn_mean": float(drawn.mean())}
        truth[f"{name}_drawn_sd"] = float(drawn.std())
    radii = _radii(rng, towns, core, tail, peak)
    content["radii"] = _npy(radii)
    truth |= {"towns": towns, "radius_core": core, "radius_tail": tail, "radius_peak_m": peak}
    truth |= {"radius_mean_m": float(radii.mean()), "radius_median_m": float(np.median(radii))}
    for name, planted in TOWNS.items():
        content |= _town(rng, name, *planted)
        keys = ("moves", "radius_m", "inside", "outside")
        truth |= {f"town_{name}_{k}": v for k, v in zip(keys, planted, strict=True)}
    write_files(folder, FILES | EXTRA_FILES, content)
    return {"world": "authors_bins", "seed": seed, "adapter_options": {}, **truth}


def _checked_exponents(exponents: object) -> dict[str, float]:
    if not isinstance(exponents, Mapping):
        raise ValueError(f"exponents = {exponents!r}: give one per case, such as {{dk: 1.0}}")
    for name in exponents:
        if name not in CASES:
            raise ValueError(f"exponents: {name!r} is no case; choose of {', '.join(CASES)}")
    checked = {k: check_number(f"exponents: {k}", v, -2, 5) for k, v in exponents.items()}
    return EXPONENTS | checked


def _case(rng, name, case, exponent) -> dict[str, bytes]:
    """The three files of a case."""
    first, last, bins = case.edges
    edges = np.geomspace(first, last, bins + 1)

    def density(r):
        return _density(r, case.town_m, case.region_m, case.growth, case.town_share)

    moved, pairs = _drawn(rng, edges, density, lambda r: r**-exponent, case, case.first)
    centre = (edges[1:] + edges[:-1]) / 2
    width = np.ones(bins) if case.mass else np.diff(edges)
    y_moves, y_pairs = moved / case.moves / width, pairs / case.pairs / width
    both = (moved > 0) & (pairs > 0)
    # Where moves begin at a later bin, their file does too.
    shown = slice(case.first, None) if case.first == 0 else np.flatnonzero(both)
    return {
        f"{name}_moving": _csv(centre[shown], y_moves[shown]),
        f"{name}_pdd": _csv(centre, y_pairs),
        f"{name}_ratio": _csv(centre[both], y_moves[both] / y_pairs[both]),
    }


def _town(rng, name, moves, radius, inside, outside) -> dict[str, bytes]:
    """Bins, ratio, segments and their parameters of one town against the whole country."""
    case = Case((10.0, 5e5, 99), moves, 10**12, radius, 1.3e5, town_share=0.01)

    def density(r):
        return _density(r, case.town_m, case.region_m, case.growth, case.town_share)

    def cost(r):
        return np.where(r < radius, (r / radius) ** -inside, (r / radius) ** -outside)

    moved, pairs = _drawn(rng, _TOWN_BINS, density, cost, case, 0)
    centre, width = (_TOWN_BINS[1:] + _TOWN_BINS[:-1]) / 2, np.diff(_TOWN_BINS)
    y_moves, y_pairs = moved / moves / width, pairs / case.pairs / width
    both = (moved > 0) & (pairs > 0)
    ratio = y_moves[both] / y_pairs[both]
    fit = fit_segments(centre[both], ratio)
    slope = np.where(centre < fit.radius, fit.inside, fit.outside)
    line = 10 ** (fit.height - slope * np.log10(centre / fit.radius))
    table = pd.DataFrame({"x_m": centre, "y_m": y_moves, "y_p": y_pairs})
    values = np.array([np.log10(fit.radius), fit.height, -fit.inside, -fit.outside])
    return {
        f"town_{name}_bins": csv_bytes(table),
        f"town_{name}_ratio": _csv(centre[both], ratio),
        f"town_{name}_fit": _csv(centre, line),
        f"town_{name}_params": _npy(values),
    }


def _density(r, town, region, growth, share) -> np.ndarray:
    """p(r), up to its norm: pairs within towns of about one size, and all over the country."""
    within = r**growth * np.exp(-((r / town) ** 1.5)) / town ** (growth + 1)
    return share * within + (1 - share) * r / region**2 * np.exp(-((r / region) ** 3))


def _drawn(rng, edges, density, cost, case, first) -> tuple[np.ndarray, np.ndarray]:
    """Moves and pairs in each bin; integrals over bins by the midpoint rule in ln r."""
    grid = np.linspace(0, 1, 2 * _PER_BIN + 1)[1::2]
    step = np.log(edges[1:] / edges[:-1])
    r = edges[:-1, None] * np.exp(step[:, None] * grid)
    p = density(r) * r * step[:, None] / _PER_BIN
    pairs, moved = p.sum(axis=1), (p * cost(r)).sum(axis=1)
    pairs = rng.multinomial(case.pairs, pairs / pairs.sum())
    moved[:first] = 0
    moved[pairs == 0] = 0  # nobody can move over a distance at which there is nothing
    return rng.multinomial(case.moves, moved / moved.sum()), pairs


def _radii(rng, n, core, tail, peak) -> np.ndarray:
    """Radii of a power-Pareto law, each at the nearest centre of the towns' bins."""
    rise, fall = core + 1, tail - 1
    u, low = rng.random(n), fall / (rise + fall)
    r = np.where(u < low, (np.minimum(u, low) / low) ** (1 / rise),
                 (np.maximum(1 - u, 1e-12) / (1 - low)) ** (-1 / fall))  # fmt: skip
    centre = (_TOWN_BINS[1:] + _TOWN_BINS[:-1]) / 2
    at = np.searchsorted(_TOWN_BINS, np.clip(r * peak, 11.0, 4.9e5), side="right") - 1
    return centre[at]


def _csv(x, y) -> bytes:
    return csv_bytes(pd.DataFrame({"x": x, "y": y}))


def _npy(values: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.save(out, np.asarray(values, dtype="<f8"), allow_pickle=False)
    return out.getvalue()
