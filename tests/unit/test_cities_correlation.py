import numpy as np
import pytest
from scipy.spatial import cKDTree

from movelaws.cities import sampling
from movelaws.cities.correlation import oscillation, pair_correlation
from movelaws.cities.disks import Disks, attractive_hard_disks, doors
from movelaws.cities.forms import Disk, ErlangPairs
from movelaws.cities.lennard_jones import LennardJones, simulate
from movelaws.seeds import stream

EDGES = np.arange(0.0, 101.0)
N = 600
PAIRS = N * (N - 1) / 2


def counted(x, y, edges=EDGES):
    tree = cKDTree(np.c_[x, y])
    return np.diff((tree.count_neighbors(tree, edges, cumulative=True) - x.size) / 2.0)


@pytest.fixture(scope="module")
def lennard_jones():
    model = LennardJones()
    run = simulate(model, N, steps=6000, rng=stream(1, "houses"))
    return model, run


def test_lennard_jones_houses_oscillate(lennard_jones):
    """Claim P7."""
    model, run = lennard_jones
    gas = ErlangPairs(model.scale(12.5))
    g = pair_correlation(EDGES, counted(run.x, run.y), gas, pairs=PAIRS)
    seen = oscillation(EDGES, g, model.diameter)
    assert seen.shows
    assert seen.peak > 1.5
    assert seen.peak_r == pytest.approx(model.diameter, abs=1.5)
    assert seen.trough < 0.8
    assert (g[:8] == 0).all()


def test_doors_blur_the_oscillation(lennard_jones):
    """SI 7.4: the sharp peak almost disappears, the onset is less abrupt."""
    model, run = lennard_jones
    gas = ErlangPairs(model.scale(12.5))
    disks = Disks(run.x, run.y, np.full(N, model.diameter / 2))
    centre = pair_correlation(EDGES, counted(run.x, run.y), gas, pairs=PAIRS)
    for where in ("within", "rim"):
        x, y = doors(disks, stream(1, "doors", where), where)
        g = pair_correlation(EDGES, counted(x, y), gas, pairs=PAIRS)
        assert g[9:14].max() < 0.7 * centre[9:14].max()
        assert g[3:8].mean() > 0.1


@pytest.mark.parametrize("exponent", [None, 4.0], ids=["equal", "heterogeneous"])
def test_hard_disks_oscillate(exponent):
    """Claim P7."""
    cities = [
        attractive_hard_disks(N, 80.0, 5.0, stream(seed, "disks"), exponent=exponent)
        for seed in range(3)
    ]
    counts = sum(counted(city.x, city.y) for city in cities)
    g = pair_correlation(EDGES, counts, ErlangPairs(80.0), pairs=3 * PAIRS)
    diameter = np.median([2 * city.radius for city in cities])
    seen = oscillation(EDGES, g, diameter, core=0.85)
    assert seen.shows
    assert seen.peak_r == pytest.approx(diameter, rel=0.25)
    assert (g[:3] < 0.1).all()


def test_different_sizes_widen_the_peak():
    peaks = {}
    for exponent in (None, 4.0):
        city = attractive_hard_disks(N, 80.0, 5.0, stream(2, "disks"), exponent=exponent)
        g = pair_correlation(EDGES, counted(city.x, city.y), ErlangPairs(80.0), pairs=PAIRS)
        peaks[exponent] = oscillation(EDGES, g, np.median(2 * city.radius)).peak
    assert peaks[None] > 2 * peaks[4.0]


def test_the_ideal_gas_has_no_correlation():
    x, y = sampling.ideal_gas(3000, 80.0, stream(3, "gas"))
    edges = np.arange(0.0, 400.0, 20.0)
    g = pair_correlation(edges, counted(x, y, edges), ErlangPairs(80.0), pairs=3000 * 2999 / 2)
    np.testing.assert_allclose(g, 1, atol=0.08)


def test_counts_of_an_ideal_gas_serve_as_well_as_its_form():
    edges = np.linspace(0, 20, 11)
    x, y = sampling.in_disk(2000, 10.0, stream(4, "disk"))
    counts, expected = counted(x, y, edges), 5e6 * Disk(10.0).mass(edges)
    one = pair_correlation(edges, counts, Disk(10.0))
    other = pair_correlation(edges, counts, expected)
    np.testing.assert_allclose(one, other, rtol=1e-12)
    np.testing.assert_allclose(one[:8], 1, atol=0.05)
    part = pair_correlation(edges[:5], counts[:4], expected[:4], pairs=counts.sum(),
                            ideal_pairs=5e6)  # fmt: skip
    np.testing.assert_allclose(part, one[:4], rtol=1e-9)


def test_bins_without_ideal_pairs_are_unknown():
    g = pair_correlation([0, 1, 2, 3], [1, 2, 1], [0, 2, 2])
    assert np.isnan(g[0])
    np.testing.assert_allclose(g[1:], [1, 0.5])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0, 1, 2], [1, 2, 3], [1, 1]), r"counts has shape \(3,\)"),
        (([0, 1, 2], [1, -2], [1, 1]), r"counts\[1\] = -2"),
        (([0, 1, 2], [1, 2], [1, 1, 1]), r"ideal has shape \(3,\)"),
        (([0, 1, 2], [0, 0], [1, 1]), "pairs = "),
        (([0, 1, 1], [1, 2], [1, 1]), r"edges\[2\]"),
    ],
)
def test_what_has_no_correlation_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        pair_correlation(*arguments)


def test_more_pairs_than_there_are_cannot_be_counted():
    with pytest.raises(ValueError, match=r"pairs = 2\.0: counts holds 3\.0"):
        pair_correlation([0, 1, 2], [1, 2], [1, 1], pairs=2)


def test_an_oscillation_needs_fine_bins():
    with pytest.raises(ValueError, match="leave no bins under 9"):
        oscillation([0, 10, 20], [1, 1], 10.0)
    with pytest.raises(ValueError, match=r"g has shape \(1,\)"):
        oscillation([0, 10, 20], [1], 10.0)
    flat = oscillation(np.arange(41.0), np.ones(40), 10.0)
    assert not flat.shows
