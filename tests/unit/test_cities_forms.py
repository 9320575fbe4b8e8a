import numpy as np
import pytest
import shapely
from scipy.integrate import quad
from scipy.stats import gengamma, kstest

from movelaws.cities import sampling
from movelaws.cities.forms import (
    Disk,
    Erlang,
    ErlangPairs,
    GeneralisedGamma,
    Parabola,
    Ring,
    Square,
)
from movelaws.seeds import stream

FORMS = [
    Disk(3.0),
    Parabola(3.0),
    GeneralisedGamma(3.0, 1.3),
    GeneralisedGamma(3.0, 4.0),
    Erlang(2.0),
    ErlangPairs(2.0),
    Ring(5.0),
    Square(2.0),
]


def distances(first, second):
    return np.hypot(first[0] - second[0], first[1] - second[1])


@pytest.mark.parametrize("form", FORMS, ids=repr)
def test_densities_integrate_to_one_and_to_their_mean(form):
    end = min(form.reach, 300.0)
    middle = [2.0] if isinstance(form, Square) else None
    assert quad(form.density, 0, end, limit=400, points=middle)[0] == pytest.approx(1, abs=1e-9)
    mean = quad(lambda r: r * form.density(r), 0, end, limit=400, points=middle)[0]
    assert mean == pytest.approx(form.mean, rel=1e-9)


@pytest.mark.parametrize("form", FORMS, ids=repr)
def test_the_cumulative_share_is_the_integral_of_the_density(form):
    for share in (0.01, 0.3, 0.8, 0.99):
        r = share * min(form.reach, 10.0)
        kink = [2.0] if isinstance(form, Square) and r > 2 else None
        expected = quad(form.density, 0, r, limit=400, points=kink)[0]
        assert form.cumulative(r) == pytest.approx(expected, abs=1e-9)
    edges = np.linspace(0, min(form.reach, 500), 60)
    assert form.mass(edges).sum() == pytest.approx(1, abs=1e-12)
    np.testing.assert_allclose(form.mass(edges), np.diff(form.cumulative(edges)), atol=1e-12)


@pytest.mark.parametrize("form", FORMS, ids=repr)
def test_nothing_lies_outside_the_reach(form):
    outside = np.array([-1.0, 1.0001 * form.reach]) if np.isfinite(form.reach) else [-1.0, np.inf]
    assert (form.density(outside) == 0).all()
    assert form.cumulative(outside).tolist() == [0, 1]
    assert np.isnan(form.density(np.nan))
    assert form.density(np.zeros((2, 3))).shape == (2, 3)


def test_bins_of_a_thin_tail_keep_their_mass():
    mass = GeneralisedGamma(1.0, 2.0).mass([7.0, 8.0, 9.0])
    np.testing.assert_allclose(mass, np.exp([-49.0, -64.0]) - np.exp([-64.0, -81.0]), rtol=1e-9)
    assert ErlangPairs(1.0).mass([600.0, 650.0])[0] > 0


@pytest.mark.parametrize(
    ("form", "draw"),
    [
        (Disk(700.0), lambda n, rng: sampling.in_disk(n, 700.0, rng)),
        (Square(400.0), lambda n, rng: sampling.in_square(n, 400.0, rng)),
        (ErlangPairs(90.0), lambda n, rng: sampling.ideal_gas(n, 90.0, rng)),
    ],
    ids=["disk", "square", "ideal gas"],
)
def test_forms_are_those_of_random_points(form, draw):
    rng = stream(1, "forms")
    r = distances(draw(20_000, rng), draw(20_000, rng))
    assert kstest(r, form.cumulative).pvalue > 0.01


def test_the_ideal_gas_lies_around_the_centre_as_erlang():
    x, y = sampling.ideal_gas(20_000, 90.0, stream(2, "gas"))
    assert kstest(np.hypot(x, y), Erlang(90.0).cumulative).pvalue > 0.01


def test_arcs_on_a_ring_are_equally_likely():
    rng = stream(3, "ring")
    chord = distances(sampling.on_ring(20_000, 10.0, rng), sampling.on_ring(20_000, 10.0, rng))
    arc = 10.0 / np.pi * np.arcsin(np.minimum(chord / 2 / (10.0 / (2 * np.pi)), 1.0))
    assert kstest(arc, Ring(10.0).cumulative).pvalue > 0.01


def test_the_generalised_gamma_is_the_one_of_scipy():
    form, other = GeneralisedGamma(3.0, 1.3), gengamma(2 / 1.3, 1.3, scale=3.0)
    r = np.geomspace(1e-3, 60, 50)
    np.testing.assert_allclose(form.density(r), other.pdf(r), rtol=1e-10)
    np.testing.assert_allclose(form.log_density(r), other.logpdf(r), rtol=1e-10)
    np.testing.assert_allclose(form.cumulative(r), other.cdf(r), rtol=1e-10)


def test_the_tail_of_shape_two_is_that_of_normal_points():
    x, y = stream(4, "normal").standard_normal((2, 20_000))
    assert kstest(distances((x[::2], y[::2]), (x[1::2], y[1::2])),
                  GeneralisedGamma(2.0, 2.0).cumulative).pvalue > 0.01  # fmt: skip


def test_points_fill_a_polygon_evenly():
    shape = shapely.Polygon([(0, 0), (4, 0), (0, 4)], [[(1, 1), (1.5, 1), (1, 1.5)]])
    x, y = sampling.polygon_sampler(shape)(30_000, stream(5, "polygon"))
    assert x.size == y.size == 30_000
    assert shapely.contains_xy(shape, x, y).all()
    left = shape.intersection(shapely.box(0, 0, 1, 4)).area / shape.area
    assert np.mean(x < 1) == pytest.approx(left, abs=0.01)


@pytest.mark.parametrize("bad", [0, -1.0, np.nan, np.inf, "wide", None])
def test_lengths_are_positive(bad):
    with pytest.raises(ValueError, match="radius of Disk ="):
        Disk(bad)
    with pytest.raises(ValueError, match="radius ="):
        sampling.in_disk(3, bad, stream(1))


def test_what_cannot_be_sampled_is_named():
    with pytest.raises(ValueError, match=r"n = 1\.5"):
        sampling.in_disk(1.5, 1.0, stream(1))
    with pytest.raises(TypeError, match=r"rng = 7: pass movelaws\.seeds\.stream"):
        sampling.ideal_gas(3, 1.0, 7)
    with pytest.raises(ValueError, match="a shapely polygon with an area"):
        sampling.polygon_sampler(shapely.Point(0, 0))
    bow = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 3)])
    with pytest.raises(ValueError, match="polygon is not valid"):
        sampling.polygon_sampler(bow)
    for edges, message in (([1], "at least two"), ([2, 2], r"edges\[1\]"), ([-1, 2], "starts at")):
        with pytest.raises(ValueError, match=message):
            Disk(1.0).mass(edges)
