"""Patches of houses: nested ones and independent ones of many sizes, and how fast p(r) grows.

>>> city = NestedPatches(branching=9, packing=0.6, layers=4, unit=5.0)
>>> round(city.growth, 3)
0.623
"""

import math
from dataclasses import dataclass

import numpy as np

from movelaws.cities._arguments import generator, positive, positives, rising, vector, whole
from movelaws.cities._collisions import separate_groups
from movelaws.cities.disks import Disks, resolve_overlaps
from movelaws.cities.forms import Disk, Form, GeneralisedGamma, Parabola
from movelaws.cities.sampling import in_disk

FORMS = ("disk", "parabola", "gamma")
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(128)


def form_of_patch(form: str, radius: float, shape: float = 2.0) -> Form:
    """p(r; R) of a patch: "disk", "parabola" or "gamma" (with ``shape`` m).

    Raises
    ------
    ValueError
        If the form is none of these or a length is not > 0.
    """
    if form == "disk":
        return Disk(radius)
    if form == "parabola":
        return Parabola(radius)
    if form == "gamma":
        return GeneralisedGamma(radius, shape)
    raise ValueError(f"form = {form!r}: one of {', '.join(FORMS)}")


@dataclass(frozen=True)
class NestedPatches:
    """City of patches in patches (Methods 4.5.1, SI 7.7).

    branching : b, sub-patches per patch; those of the lowest layer are houses.
    packing : phi in (0, 1), share of a patch's area that its sub-patches fill.
    layers : n, so that the city has b^n houses.
    unit : radius R_0 of a house, m; R_{l+1} = R_l sqrt(b / phi).
    """

    branching: int
    packing: float
    layers: int
    unit: float = 1.0

    def __post_init__(self):
        whole(self.branching, "branching", 2)
        whole(self.layers, "layers")
        positive(self.unit, "unit")
        if not 0 < self.packing < 1:
            raise ValueError(f"packing = {self.packing}: a number between 0 and 1 is needed")

    @property
    def radii(self) -> np.ndarray:
        """(layers + 1,) radii R_l of a house (l = 0) and of the patches of each layer."""
        ratio = math.sqrt(self.branching / self.packing)
        return self.unit * ratio ** np.arange(self.layers + 1)

    @property
    def growth(self) -> float:
        """Exponent 1 + 2 ln(phi) / ln(b / phi) of p(r) between R_1 and R_n (Eq. 24, SI 124)."""
        return 1 + 2 * math.log(self.packing) / math.log(self.branching / self.packing)

    @property
    def weights(self) -> np.ndarray:
        """(layers,) share of all pairs that meet in a patch of layer 1 ... n.

        b^(n - l) patches of layer l, each with b (b - 1) / 2 pairs of sub-patches of b^(l - 1)
        houses: ~ b^(n + l) (Eq. 22, SI 108 and 109).
        """
        share = float(self.branching) ** (np.arange(1, self.layers + 1) - self.layers)
        return share / share.sum()

    def density(self, r: np.ndarray, form: str = "gamma", shape: float = 2.0) -> np.ndarray:
        """p(r) = sum_l w_l p(r; R_l), per m; any shape of ``r`` (Eq. 23, SI 110 and 111).

        As if the houses of each sub-patch lay at its centre, so right for r >> R_0 only.
        Layers that are not there would add a share ~ phi^k at R_(n - k): ``density`` grows as
        ``growth`` only far below R_n, in cities of many layers. Simulated patches do so up to
        R_(n - 1), as sub-patches that may not overlap keep houses of different ones apart.
        """
        parts = [form_of_patch(form, radius, shape) for radius in self.radii[1:]]
        return sum(w * p.density(r) for w, p in zip(self.weights, parts, strict=True))

    def simulate(
        self, rng: np.random.Generator, *, strength: float = 1.0, tolerance: float = 1e-2
    ) -> Disks:
        """Random city: b^n houses as disks of radius R_0, without overlaps.

        In each patch of radius R_l the centres of its b sub-patches are uniform in the disk that
        keeps them inside; then the sub-patches of each patch are pushed apart, and in the end all
        houses of the city.

        Raises
        ------
        RuntimeError
            If the overlaps do not resolve.
        """
        x, y = np.zeros(1), np.zeros(1)
        radii, b = self.radii, int(self.branching)
        for layer in range(self.layers, 0, -1):
            inner = radii[layer - 1]
            dx, dy = in_disk(x.size * b, radii[layer] - inner, generator(rng))
            left = separate_groups(dx, dy, b, inner, strength, tolerance, 100_000)
            if left > tolerance:
                raise RuntimeError(
                    f"patches of layer {layer - 1} still overlap by {left:.3g} of their distance: "
                    "raise the tolerance or lower the packing"
                )
            x, y = np.repeat(x, b) + dx, np.repeat(y, b) + dy
        return resolve_overlaps(
            x, y, np.full(x.size, self.unit), strength=strength, tolerance=tolerance
        )


@dataclass(frozen=True)
class IndependentPatches:
    """Patches far apart whose radii follow a power law (Methods 4.5.2, SI 7.6).

    Radii R ~ R^-mu between ``smallest`` and ``largest`` (m), n ~ R^2 houses in each; distances
    between houses of different patches do not count.

    exponent : mu > 3.
    """

    exponent: float
    smallest: float
    largest: float

    def __post_init__(self):
        if not 3 < self.exponent < math.inf:
            raise ValueError(
                f"exponent = {self.exponent}: p(r) grows as r^(4 - mu) for mu > 3 only"
            )
        if not positive(self.smallest, "smallest") < positive(self.largest, "largest"):
            raise ValueError(f"largest = {self.largest} does not exceed smallest = {self.smallest}")

    @property
    def growth(self) -> float:
        """Exponent 4 - mu of p(r) between the smallest and the largest diameter (Eq. 29)."""
        return 4 - self.exponent

    @property
    def area_exponent(self) -> float:
        """Exponent (mu + 1) / 2 of the density A^-((mu + 1) / 2) of the areas (Eqs 30, 31)."""
        return (self.exponent + 1) / 2

    def density(self, r: np.ndarray, form: str = "disk", shape: float = 2.0) -> np.ndarray:
        """p(r) ~ int R^(4 - mu) p(r; R) dR per m, normalised, by Gauss-Legendre in ln R.

        Any shape of ``r``.
        """
        unit = form_of_patch(form, 1.0, shape)
        r = np.asarray(r, dtype=float)
        # Patches smaller than r / reach hold no such pair: the integrand has a kink there.
        low = np.log(np.clip(r / unit.reach, self.smallest, self.largest))[..., None]
        half = (math.log(self.largest) - low) / 2
        size = np.exp(low + half * (_NODES + 1))
        summed = half * size ** (4 - self.exponent) * unit.density(r[..., None] / size) * _WEIGHTS
        return summed.sum(axis=-1) / self._pairs()

    def radii(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """(n,) radii drawn from R^-mu between the smallest and the largest, m."""
        power = 1 - self.exponent
        low, high = self.smallest**power, self.largest**power
        return (low + (high - low) * generator(rng).random(whole(n, "n"))) ** (1 / power)

    def simulate(
        self, n: int, houses_per_area: float, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """x, y and the number of its patch of each house in ``n`` random disks.

        Poisson counts of ``houses_per_area`` (per m^2) pi R^2, uniform in the disk. The patches
        lie on a square grid so wide that houses of different ones are at least twice the largest
        radius apart: pairs below that distance belong to one patch.

        A patch has ~ R^4 pairs, so below mu = 5 the few largest patches hold most of them, and
        p(r) of one draw scatters around ``density`` however many patches it has.
        """
        radius = self.radii(n, rng)
        density = positive(houses_per_area, "houses_per_area")
        houses = rng.poisson(density * math.pi * radius**2)
        patch = np.repeat(np.arange(radius.size), houses)
        x, y = in_disk(patch.size, 1.0, rng)
        columns, pitch = math.ceil(math.sqrt(radius.size)), 4 * self.largest
        x = x * radius[patch] + pitch * (patch % columns)
        return x, y * radius[patch] + pitch * (patch // columns), patch

    def _pairs(self):
        """int R^(4 - mu) dR between the two sizes."""
        power = 5 - self.exponent
        if power == 0:
            return math.log(self.largest / self.smallest)
        return (self.largest**power - self.smallest**power) / power


def fitted_growth(
    r: np.ndarray, density: np.ndarray, low: float, high: float
) -> tuple[float, float]:
    """Exponent of p(r) between ``low`` and ``high`` and its standard error.

    Least squares of ln p on ln r, each point with equal weight: give points that are evenly
    spaced in ln r, and for nested patches a range of whole periods R_k to R_l, as p(r) oscillates
    around its power law from layer to layer.

    Parameters
    ----------
    r, density : (n,) distances > 0 and p(r) >= 0, any unit; points of density 0 are left out.

    Raises
    ------
    ValueError
        If fewer than three points of positive density lie in the range.
    """
    r, density = positives(r, "r"), vector(density, "density", np.size(r))
    low, high = rising(np.array([low, high], dtype=float), "low, high")
    used = (r >= low) & (r <= high) & (density > 0)
    if np.count_nonzero(used) < 3:
        raise ValueError(f"{np.count_nonzero(used)} points between {low} and {high}: 3 are needed")
    a, b = np.log(r[used]), np.log(density[used])
    centred = a - a.mean()
    slope = float(centred @ b / (centred @ centred))
    left = b - b.mean() - slope * centred
    error = math.sqrt(float(left @ left) / (a.size - 2) / float(centred @ centred))
    return slope, error
