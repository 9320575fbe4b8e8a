"""Sublinear growth of the pair distribution in patchy cities (Figs 2f, 23 to 25; claim P8).

Which numbers of sub-patches and packings the paper drew is lost in the text at hand; they are
settings here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from movelaws.cities._arguments import positive, whole
from movelaws.cities.patches import FORMS, IndependentPatches, NestedPatches, fitted_growth
from movelaws.pairs import checked_points, log_edges, pair_counts
from movelaws.powerlaw.truncated import fit_power_law
from movelaws.seeds import stream

SIMULATED = "simulated"
TOLERANCE = 0.1
"""How near the fitted exponent must come to the predicted one (claim P8)."""

_PER_DECADE = 60
_MANY_LAYERS = 60
_WIDEST = 1e14
_INNER = 5.0
_SPANS = (30.0, 100.0, 1e3, 1e4, 1e6)
_NESTED = ("branching", "packing", "layers", "unit")


@dataclass(frozen=True)
class Independent:
    """Settings of the patches far apart: those of ``IndependentPatches``, their number, and houses.

    exponent : mu of the density R^-mu of the radii. smallest, largest : radii, m.
    patches : number of them in a draw. houses_per_area : per m^2. repeats : draws.
    """

    exponent: float = 3.33
    smallest: float = 10.0
    largest: float = 300.0
    patches: int = 6000
    houses_per_area: float = 0.005
    repeats: int = 3

    @property
    def model(self) -> IndependentPatches:
        """Their distribution."""
        return IndependentPatches(self.exponent, self.smallest, self.largest)


@dataclass(frozen=True)
class Patches:
    """What both models show.

    growth : model ("nested" or "independent"), branching, packing, layers, exponent_mu, form
        (disk, parabola, gamma: the exact sum; "simulated": points), growth (fitted exponent),
        growth_error (standard deviation over repeats where simulated), expected (exponent of the
        exact sum over the same range and layers or radii, of gammas or disks), to_city, doubled
        (nested and simulated: fitted from R_1 to R_n and from 2 R_1 to 2 R_(n-1) instead of from
        R_1 to R_(n-1)), predicted (by the paper's formula), difference, within (of
        ``TOLERANCE``), r_from, r_to (m, range of the fit), span (largest over smallest radius),
        repeats, houses.
    curves : model ("unlimited" for independent patches of any size), case (its number), form,
        r (m), density (per m).
    layers : case, layer, r, density: what each layer of the first city adds (Fig. 24).
    areas : the tail of the areas of independent patches: exponent, error, predicted, n.
    city : x, y (m) of the houses of the first city and radius; patch, the largest patch each is in.
    """

    growth: pd.DataFrame
    curves: pd.DataFrame
    layers: pd.DataFrame
    areas: pd.DataFrame
    city: pd.DataFrame


def patches(
    nested: Sequence[dict], independent: Independent, *, repeats: int, shape: float, seed: int
) -> Patches:
    """Growth of p(r) of nested and of independent patches, simulated and as exact sums.

    Parameters
    ----------
    nested : branching, packing, layers and unit (m) of each city of nested patches.
    independent : settings of the others.
    repeats : cities drawn of each kind of nested patches.
    shape : m of the gamma form.
    seed : of the run.

    Returns
    -------
    Patches; the same for equal arguments.

    Raises
    ------
    ValueError
        If no city is given or its numbers are out of range.

    References
    ----------
    Paper 3, Methods 4.5.1 and 4.5.2, SI 7.6 and 7.7.
    """
    if not nested:
        raise ValueError("nested is empty: give at least one city of nested patches")
    whole(repeats, "repeats")
    positive(shape, "shape")
    growth, curves = [], []
    city = layers = None
    for case, options in enumerate(nested):
        model = NestedPatches(**{key: options[key] for key in _NESTED})
        rows, tables, drawn = _nested(model, case, repeats, shape, seed)
        growth += rows
        curves += tables
        if case == 0:
            city, layers = _map(model, drawn), _layers(model, shape)
    rows, tables = _independent(independent, len(nested), shape, seed)
    return Patches(
        pd.DataFrame([*growth, *rows]),
        pd.concat([*curves, *tables], ignore_index=True),
        layers,
        pd.DataFrame([_areas(independent, seed)]),
        city,
    )


def _nested(model: NestedPatches, case: int, repeats: int, shape: float, seed: int):
    """Rows of growth, tables of curves and the first city of nested patches."""
    radii = model.radii
    edges = log_edges(model.unit / 2, 3 * radii[-1], _PER_DECADE)
    low, high = _whole_periods(radii)
    others = {"to_city": (low, float(radii[-1])), "doubled": (2 * low, 2 * high)}
    drawn, densities, slopes = [], [], []
    elsewhere = {name: [] for name in others}
    for k in range(repeats):
        city = model.simulate(stream(seed, "pairdist", "nested", str(case), str(k)))
        drawn.append(city)
        r, density = _counted(city.x, city.y, edges)
        densities.append(density)
        slopes.append(fitted_growth(r, density, low, high)[0])
        for name, ends in others.items():
            elsewhere[name].append(fitted_growth(r, density, *ends)[0])
    names = {
        "model": "nested",
        "case": case,
        "branching": model.branching,
        "packing": model.packing,
        "layers": model.layers,
        "exponent_mu": np.nan,
    }
    rows = [
        _row(names, SIMULATED, slopes, model.growth, (low, high))
        | {"houses": model.branching**model.layers}
        | {"expected": fitted_growth(r, model.density(r, "gamma", shape), low, high)[0]}
        | {name: float(np.mean(found)) for name, found in elsewhere.items()}
    ]
    tables = [_table("nested", case, SIMULATED, r, np.mean(densities, axis=0))]
    # The exponent is that of many layers; their range is what whole periods of them span.
    many = NestedPatches(model.branching, model.packing, _MANY_LAYERS, model.unit)
    ends = many.radii[4], many.radii[14]
    fine = np.geomspace(*ends, 1000, endpoint=False)
    for form in FORMS:
        slope, _ = fitted_growth(fine, many.density(fine, form, shape), *ends)
        rows.append(_row(names, form, [slope], model.growth, ends))
        tables.append(_table("nested", case, form, r, model.density(r, form, shape)))
    return rows, tables, drawn[0]


def _independent(settings: Independent, case: int, shape: float, seed: int):
    """Rows of growth and tables of curves of patches far apart."""
    model = settings.model
    names = {
        "model": "independent",
        "case": case,
        "branching": np.nan,
        "packing": np.nan,
        "layers": np.nan,
        "exponent_mu": model.exponent,
    }
    # Pairs of one patch are no further apart than twice the largest radius, those of two are.
    edges = log_edges(settings.smallest / 10, 2 * settings.largest, _PER_DECADE)
    low, high = _inner_range(settings)
    densities, slopes, houses = [], [], []
    for k in range(settings.repeats):
        rng = stream(seed, "pairdist", "independent", str(k))
        x, y, patch = model.simulate(settings.patches, settings.houses_per_area, rng)
        size = np.bincount(patch).astype(float)
        r, density = _counted(x, y, edges, pairs=float((size * (size - 1)).sum() / 2))
        densities.append(density)
        houses.append(x.size)
        slopes.append(fitted_growth(r, density, low, high)[0])
    expected, _ = fitted_growth(r, model.density(r), low, high)
    span = settings.largest / settings.smallest
    rows = [
        _row(names, SIMULATED, slopes, model.growth, (low, high))
        | {"houses": int(np.mean(houses)), "expected": expected, "span": span}
    ]
    rows += [_finite(settings, names, wide) for wide in _SPANS]
    tables = [_table("independent", case, SIMULATED, r, np.mean(densities, axis=0))]
    wide = IndependentPatches(model.exponent, settings.smallest, settings.smallest * _WIDEST)
    ends = 300 * settings.smallest, 30_000 * settings.smallest
    fine = np.geomspace(*ends, 300)
    for form in FORMS:
        slope, _ = fitted_growth(fine, wide.density(fine, form, shape), *ends)
        rows.append(_row(names, form, [slope], model.growth, ends) | {"span": _WIDEST})
        tables.append(_table("independent", case, form, r, model.density(r, form, shape)))
        tables.append(_wide_table(wide, case, form, shape))
    return rows, tables


def _finite(settings: Independent, names: dict, span: float) -> dict:
    """Growth between radii that span a finite factor: the law needs more decades than that."""
    ends = settings.smallest, settings.smallest * span / _INNER
    model = IndependentPatches(settings.exponent, settings.smallest, settings.smallest * span)
    r = np.geomspace(*ends, 200)
    slope, _ = fitted_growth(r, model.density(r), *ends)
    return _row(names, "disk", [slope], model.growth, ends) | {"expected": slope, "span": span}


def _wide_table(model: IndependentPatches, case: int, form: str, shape: float) -> pd.DataFrame:
    """p(r) of patches of unlimited size, as the paper draws it (Fig. 23)."""
    r = np.geomspace(model.smallest / 10, model.smallest * 3e5, 200)
    return _table("unlimited", case, form, r, model.density(r, form, shape))


def _whole_periods(radii: np.ndarray) -> tuple[float, float]:
    """From the lowest patches to the largest that others surround: p(r) waves layer by layer."""
    if radii.size < 4:
        raise ValueError(f"layers = {radii.size - 1}: growth shows in cities of at least 3 layers")
    return float(radii[1]), float(radii[-2])


def _inner_range(settings: Independent) -> tuple[float, float]:
    """Distances well between the smallest and the largest patch, where the power law holds."""
    low, high = settings.smallest, settings.largest / _INNER
    if not low < high / 2:
        raise ValueError(
            f"largest = {settings.largest}: radii must span more than a factor of 10 from "
            f"smallest = {settings.smallest} for a power law between them"
        )
    return low, high


def _counted(
    x: np.ndarray, y: np.ndarray, edges: np.ndarray, pairs: float | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Middles (m) and density per m of all pairs of places."""
    points = checked_points(x, y, allow_small=True)
    count = pair_counts(points, edges, progress=False)["count"].to_numpy()
    pairs = points.x.size * (points.x.size - 1) / 2 if pairs is None else pairs
    return np.sqrt(edges[1:] * edges[:-1]), count / pairs / np.diff(edges)


def _row(names: dict, form: str, slopes: list, predicted: float, ends: tuple) -> dict:
    growth = float(np.mean(slopes))
    difference = growth - predicted
    return names | {
        "form": form,
        "growth": growth,
        "growth_error": float(np.std(slopes, ddof=1)) if len(slopes) > 1 else np.nan,
        "expected": np.nan,
        "to_city": np.nan,
        "doubled": np.nan,
        "predicted": predicted,
        "difference": difference,
        "within": bool(abs(difference) <= TOLERANCE),
        "r_from": ends[0],
        "r_to": ends[1],
        "span": np.nan,
        "repeats": len(slopes) if form == SIMULATED else np.nan,
        "houses": np.nan,
    }


def _table(model: str, case: int, form: str, r: np.ndarray, density: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"model": model, "case": case, "form": form, "r": r, "density": density})


def _layers(model: NestedPatches, shape: float) -> pd.DataFrame:
    """What the pairs that meet in each layer add to p(r)."""
    r = np.geomspace(model.unit / 2, 3 * model.radii[-1], 300)
    whole_sum = model.weights
    tables = []
    for layer, (radius, weight) in enumerate(zip(model.radii[1:], whole_sum, strict=True), 1):
        # A city of one layer with these patches as its largest has the form alone.
        one = NestedPatches(model.branching, model.packing, 1, radius * model.unit / model.radii[1])
        tables.append(
            pd.DataFrame(
                {"layer": layer, "r": r, "density": weight * one.density(r, "gamma", shape)}
            )
        )
    return pd.concat(tables, ignore_index=True)


def _map(model: NestedPatches, city) -> pd.DataFrame:
    """Places of the first city, each with the number of the largest patch that it lies in."""
    largest = np.repeat(np.arange(model.branching), model.branching ** (model.layers - 1))
    return pd.DataFrame({"x": city.x, "y": city.y, "radius": city.radius, "patch": largest})


def _areas(settings: Independent, seed: int) -> dict:
    """Exponent of the areas of the patches drawn, by maximum likelihood on their range."""
    rng = stream(seed, "pairdist", "independent", "0")
    radius = settings.model.radii(settings.patches, rng)
    area = np.pi * radius**2
    low, high = np.pi * settings.smallest**2, np.pi * settings.largest**2
    found = fit_power_law(np.clip(area, low, high), low, high)
    return {
        "exponent": found.exponent,
        "exponent_error": found.standard_error,
        "predicted": settings.model.area_exponent,
        "patches": settings.patches,
        "smallest_m2": low,
        "largest_m2": high,
    }
