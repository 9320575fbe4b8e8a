import numpy as np
import pytest
from scipy.integrate import quad, trapezoid
from scipy.spatial import cKDTree
from scipy.spatial.distance import pdist
from scipy.special import gamma, gammaincc

from movelaws.cities.forms import Disk, GeneralisedGamma, Parabola
from movelaws.cities.patches import (
    FORMS,
    IndependentPatches,
    NestedPatches,
    fitted_growth,
    form_of_patch,
)
from movelaws.seeds import stream


def pair_density(x, y, edges):
    tree = cKDTree(np.c_[x, y])
    counts = np.diff(tree.count_neighbors(tree, edges, cumulative=True)) / 2
    return np.sqrt(edges[1:] * edges[:-1]), counts / np.diff(edges)


def test_patches_are_self_similar():
    city = NestedPatches(branching=9, packing=0.6, layers=4, unit=5.0)
    np.testing.assert_allclose(city.radii, 5 * np.sqrt(15.0) ** np.arange(5))
    assert city.growth == pytest.approx(1 + 2 * np.log(0.6) / np.log(15))
    # b sub-patches of radius R_l fill the share phi of a patch of radius R_{l+1}.
    np.testing.assert_allclose(9 * city.radii[:-1] ** 2 / city.radii[1:] ** 2, 0.6)


def test_weights_are_the_pairs_that_meet_in_each_layer():
    city = NestedPatches(branching=3, packing=0.5, layers=4)
    leaf = np.arange(3**4)
    i, j = np.triu_indices(leaf.size, 1)
    meet = np.array([(leaf[i] // 3**k != leaf[j] // 3**k) for k in range(4)]).sum(axis=0)
    np.testing.assert_allclose(city.weights, np.bincount(meet, minlength=5)[1:] / i.size)
    # For a layer only the sum over the layers counts: ~ b^(n + l).
    np.testing.assert_allclose(city.weights[1:] / city.weights[:-1], 3)


@pytest.mark.parametrize("form", FORMS)
def test_the_density_of_nested_patches_is_one(form):
    city = NestedPatches(branching=4, packing=0.5, layers=3)
    total = quad(lambda r: city.density(r, form), 0, 20 * city.radii[-1], limit=800)[0]
    assert total == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("branching", "packing"), [(9, 0.6), (4, 0.75), (16, 0.57), (7, 0.4)])
def test_many_layers_grow_as_the_saddle_point_says(branching, packing, form):
    city = NestedPatches(branching, packing, layers=60)
    low, high = city.radii[[4, 14]]
    r = np.geomspace(low, high, 1000, endpoint=False)
    growth, _ = fitted_growth(r, city.density(r, form), low, high)
    assert growth == pytest.approx(city.growth, abs=2e-3)


@pytest.mark.parametrize(
    ("branching", "packing", "layers"), [(9, 0.6, 4), (4, 0.75, 6), (16, 0.57, 3)]
)
def test_simulated_nested_patches_grow_sublinearly(branching, packing, layers):
    """Claim P8."""
    city = NestedPatches(branching, packing, layers, unit=5.0)
    houses = city.simulate(stream(1, "nested"))
    assert houses.x.size == branching**layers
    assert (houses.radius == 5.0).all()
    near = cKDTree(np.c_[houses.x, houses.y]).query(np.c_[houses.x, houses.y], k=2)[0][:, 1]
    assert near.min() >= 10 * (1 - 0.01)
    edges = np.geomspace(2, 2 * city.radii[-1], 200)
    # Whole periods, as p(r) oscillates from layer to layer.
    growth, _ = fitted_growth(*pair_density(houses.x, houses.y, edges), *city.radii[[1, -2]])
    assert growth == pytest.approx(city.growth, abs=0.1)
    assert growth < 1


def test_equal_seeds_give_equal_patches():
    city = NestedPatches(5, 0.5, 3)
    one, other = city.simulate(stream(1, "a")), city.simulate(stream(1, "a"))
    assert one.x.tobytes() == other.x.tobytes()
    assert one.x.tobytes() != city.simulate(stream(1, "b")).x.tobytes()


def test_sub_patches_stay_in_and_about_their_patch():
    city = NestedPatches(8, 0.5, 4)
    houses = city.simulate(stream(2, "patch"))
    centres = np.array([houses.x, houses.y]).reshape(2, 8, -1).mean(axis=2)
    assert pdist(centres.T).min() > 1.2 * city.radii[3]
    spread = np.hypot(houses.x - houses.x.mean(), houses.y - houses.y.mean())
    assert spread.max() < 1.5 * city.radii[4]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("exponent", [3.4, 4.0, 5.0, 6.5])
def test_the_density_of_independent_patches_is_one(form, exponent):
    patches = IndependentPatches(exponent, smallest=5.0, largest=500.0)
    log = np.linspace(np.log(1e-4), np.log(2e4), 20_001)
    total = trapezoid(np.exp(log) * patches.density(np.exp(log), form), log)
    assert total == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("form", FORMS)
def test_the_density_is_the_mean_over_patches_by_pairs(form):
    patches = IndependentPatches(4.5, smallest=5.0, largest=500.0)
    size = np.geomspace(5.0, 500.0, 200_001)
    for r in (1.0, 8.0, 30.0, 400.0):
        parts = form_of_patch(form, 1.0).density(r / size) / size * size**-0.5
        expected = trapezoid(parts, size) / (500**0.5 - 5**0.5) * 0.5
        assert patches.density(r, form) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("shape", [1.0, 1.7])
def test_gamma_patches_have_a_closed_density(shape):
    """SI Eqs 95 to 98, with both ends of the radii kept."""
    mu, low, high = 3.6, 5.0, 5000.0
    r = np.geomspace(0.1, 2e4, 40)
    a = (mu - 3) / shape
    ends = gammaincc(a, (r / high) ** shape) - gammaincc(a, (r / low) ** shape)
    expected = r ** (4 - mu) * gamma(a) / gamma(2 / shape) * ends
    expected /= (high ** (5 - mu) - low ** (5 - mu)) / (5 - mu)
    found = IndependentPatches(mu, low, high).density(r, "gamma", shape)
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-12 * expected.max())


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("exponent", [3.4, 4.0, 5.0])
def test_independent_patches_grow_as_r_to_four_minus_mu(form, exponent):
    patches = IndependentPatches(exponent, smallest=1.0, largest=1e14)
    r = np.geomspace(300, 30_000, 100)
    growth, _ = fitted_growth(r, patches.density(r, form), 300, 30_000)
    assert growth == pytest.approx(4 - exponent, abs=0.01)
    assert patches.growth == pytest.approx(4 - exponent)
    assert patches.area_exponent == pytest.approx((exponent + 1) / 2)


def test_simulated_patches_are_uniform_disks_far_apart():
    patches = IndependentPatches(exponent=4.5, smallest=10.0, largest=200.0)
    x, y, patch = patches.simulate(2000, 0.02, stream(3, "patches"))
    # The radii are drawn first, so an equal stream gives them again.
    radius = patches.radii(2000, stream(3, "patches"))
    houses = np.bincount(patch, minlength=2000).astype(float)
    assert houses.sum() == pytest.approx(0.02 * np.pi * np.sum(radius**2), rel=0.02)
    edges = np.array([1e-9, 5, 10, 20, 40, 80, 160, 400])
    _, density = pair_density(x, y, edges)
    pairs = houses * (houses - 1) / 2
    assert np.round(density @ np.diff(edges)) == pairs.sum()
    expected = sum(n * Disk(r).mass(edges) for n, r in zip(pairs, radius, strict=True))
    np.testing.assert_allclose(density * np.diff(edges), expected, rtol=0.02, atol=60)


def test_radii_follow_the_power_law():
    patches = IndependentPatches(exponent=4.0, smallest=10.0, largest=300.0)
    radius = patches.radii(50_000, stream(4, "radii"))
    assert radius.min() >= 10
    assert radius.max() <= 300
    assert np.mean(radius > 40) == pytest.approx((40**-3 - 300**-3) / (10**-3 - 300**-3), rel=0.06)


def test_growth_is_fitted_within_its_range():
    r = np.geomspace(1, 1000, 61)
    density = np.where(r < 10, 1.0, r**0.66)
    growth, error = fitted_growth(r, density, 10, 1000)
    assert growth == pytest.approx(0.66)
    assert error < 1e-6
    noisy = density * np.exp(stream(5, "noise").normal(0, 0.1, r.size))
    growth, error = fitted_growth(r, noisy, 10, 1000)
    assert abs(growth - 0.66) < 4 * error


def test_forms_are_chosen_by_name():
    assert form_of_patch("disk", 3.0) == Disk(3.0)
    assert form_of_patch("parabola", 3.0) == Parabola(3.0)
    assert form_of_patch("gamma", 3.0, 1.5) == GeneralisedGamma(3.0, 1.5)
    with pytest.raises(ValueError, match="form = 'cone': one of disk, parabola, gamma"):
        form_of_patch("cone", 1.0)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: NestedPatches(1, 0.5, 3), "branching = 1"),
        (lambda: NestedPatches(3, 1.0, 3), r"packing = 1\.0"),
        (lambda: NestedPatches(3, 0.5, 0), "layers = 0"),
        (lambda: NestedPatches(3, 0.5, 2, unit=0), "unit = 0"),
        (lambda: IndependentPatches(3.0, 1, 2), r"exponent = 3\.0: p\(r\) grows"),
        (lambda: IndependentPatches(4, 2, 2), "largest = 2 does not exceed smallest = 2"),
        (lambda: IndependentPatches(4, 0, 2), "smallest = 0"),
        (lambda: IndependentPatches(4, 1, 2).simulate(3, 0, stream(1)), "houses_per_area = 0"),
        (lambda: fitted_growth([1, 2, 3], [1, 1, 1], 1.5, 2.5), "1 points between 1.5 and 2.5"),
        (lambda: fitted_growth([1, 2, 3], [1, 1], 1, 3), "density has shape"),
        (lambda: fitted_growth([1, 2, 3], [1, 1, 1], 3, 1), "low, high"),
    ],
)
def test_what_are_no_patches_is_named(build, message):
    with pytest.raises(ValueError, match=message):
        build()
