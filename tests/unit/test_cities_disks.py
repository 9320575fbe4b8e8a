import numpy as np
import pytest
from scipy.spatial import cKDTree
from scipy.stats import kstest

from movelaws.cities import sampling
from movelaws.cities._cells import overlapping
from movelaws.cities._collisions import separate
from movelaws.cities.disks import (
    Disks,
    attractive_hard_disks,
    doors,
    place_without_overlap,
    power_pareto_radii,
    resolve_overlaps,
)
from movelaws.seeds import stream


def overlap(disks):
    """Largest overlap per sum of radii, of all pairs."""
    i, j = np.triu_indices(disks.x.size, 1)
    r = np.hypot(disks.x[i] - disks.x[j], disks.y[i] - disks.y[j])
    reach = disks.radius[i] + disks.radius[j]
    return np.max((reach - r) / reach)


def disk_of(radius):
    return lambda n, rng: sampling.in_disk(n, radius, rng)


@pytest.mark.parametrize("spread", [0.0, 0.3, 1.0, 2.5])
def test_cells_find_the_pairs_of_brute_force(spread):
    rng = stream(1, "cells")
    x, y = rng.normal(0, 20, (2, 400))
    x[:20], y[:20] = x[20:40], y[20:40]
    x[40:60] = 3.0
    radius = np.exp(rng.normal(0, spread, 400))
    pairs = overlapping(x, y, radius)
    i, j = np.triu_indices(400, 1)
    near = (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2 < (radius[i] + radius[j]) ** 2
    expected = set(zip(i[near].tolist(), j[near].tolist(), strict=True))
    found = [tuple(sorted(pair)) for pair in pairs.tolist()]
    assert len(found) == len(set(found))
    assert set(found) == expected


def test_cells_find_few_pairs_in_a_wide_land():
    x, y = np.array([0.0, 1e9, 1e9 + 0.5, -1e9]), np.array([0.0, 1e9, 1e9, 5.0])
    assert overlapping(x, y, np.full(4, 0.3)).tolist() == [[1, 2]]
    assert overlapping(x[:1], y[:1], np.ones(1)).shape == (0, 2)
    assert overlapping(np.zeros(3), np.zeros(3), np.ones(3)).shape == (3, 2)


@pytest.mark.parametrize("exponent", [None, 4.0], ids=["equal", "heterogeneous"])
def test_overlap_resolution_ends_without_overlaps(exponent):
    city = attractive_hard_disks(400, 50.0, 5.0, stream(1, "city"), exponent=exponent)
    assert city.x.size == city.y.size == city.radius.size == 400
    assert overlap(city) <= 1e-3
    assert overlap(city) == pytest.approx(city.overlap, abs=1e-12)
    assert city.updates > 10
    assert np.isfinite([city.x, city.y]).all()


def test_disks_that_overlapped_touch_in_the_end():
    x, y = sampling.ideal_gas(300, 60.0, stream(2, "gas"))
    city = resolve_overlaps(x, y, np.full(300, 5.0), tolerance=1e-3)
    nearest = cKDTree(np.c_[city.x, city.y]).query(np.c_[city.x, city.y], k=2)[0][:, 1]
    crowded = np.hypot(city.x, city.y) < 60
    assert np.median(nearest[crowded]) == pytest.approx(10.0, rel=0.01)


def test_disks_apart_stay_where_they_are():
    x, y = np.array([0.0, 10.0, 30.0]), np.array([0.0, 0.0, 4.0])
    same = resolve_overlaps(x, y, np.array([4.0, 5.0, 2.0]))
    assert (same.x == x).all()
    assert (same.y == y).all()
    assert same.updates == 0
    assert resolve_overlaps([], [], []).x.size == 0


def test_a_pair_parts_along_its_line_of_centres_by_mass():
    pair = resolve_overlaps([0, 3], [0, 4], [2, 4], strength=2, tolerance=1e-12, max_updates=2)
    # Masses 4 and 16: of the metre that is missing the small one moves 0.8 m, the other 0.2 m.
    np.testing.assert_allclose([pair.x[0], pair.y[0]], [-0.8 * 0.6, -0.8 * 0.8], rtol=1e-12)
    np.testing.assert_allclose([pair.x[1], pair.y[1]], [3 + 0.2 * 0.6, 4 + 0.2 * 0.8], rtol=1e-12)


def test_disks_on_one_spot_part_too():
    stack = resolve_overlaps(np.zeros(12), np.zeros(12), 1.0)
    assert overlap(stack) <= 1e-3


def test_no_disk_moves_further_than_its_radius_per_update():
    x, y = sampling.in_disk(200, 5.0, stream(3, "dense"))
    radius = power_pareto_radii(200, 3.0, stream(3, "radii"))
    with pytest.raises(RuntimeError, match=r"still overlap by .* after 1 updates"):
        resolve_overlaps(x, y, radius, max_updates=1)
    moved_x, moved_y = x.copy(), y.copy()
    separate(moved_x, moved_y, radius, 2.0, 1e-3, 1)
    assert (np.hypot(moved_x - x, moved_y - y) <= radius * (1 + 1e-12)).all()


def test_equal_seeds_give_equal_cities():
    one, other = (attractive_hard_disks(200, 50.0, 5.0, stream(1, "same")) for _ in range(2))
    assert one.x.tobytes() == other.x.tobytes()
    assert one.x.tobytes() != attractive_hard_disks(200, 50.0, 5.0, stream(2, "same")).x.tobytes()


def test_radii_follow_the_power_pareto_density():
    radius = power_pareto_radii(20_000, 7.0, stream(4, "radii"), exponent=5.0)
    core = 7.0 / (0.4 * 6 / 7 + 0.6 * 4 / 3)

    def cumulative(z):
        z = np.asarray(z) / core
        return np.where(z < 1, 0.4 * z**6, 1 - 0.6 * np.maximum(z, 1) ** -4.0)

    assert kstest(radius, cumulative).pvalue > 0.01
    assert radius.mean() == pytest.approx(7.0, rel=0.02)


def test_towns_are_placed_without_overlap():
    radius = power_pareto_radii(300, 20.0, stream(5, "radii"))
    towns = place_without_overlap(radius, disk_of(1000.0), stream(5, "places"))
    assert overlap(towns) <= 0
    assert (towns.radius == radius).all()
    assert (np.hypot(towns.x, towns.y) <= 1000).all()
    again = place_without_overlap(radius, disk_of(1000.0), stream(5, "places"))
    assert again.x.tobytes() == towns.x.tobytes()


def test_points_without_size_are_placed_at_random():
    towns = place_without_overlap(np.full(4000, 1e-9), disk_of(10.0), stream(6, "places"))
    assert kstest((towns.x**2 + towns.y**2) / 100, "uniform").pvalue > 0.01


def test_a_shape_that_is_full_is_named():
    with pytest.raises(RuntimeError, match=r"no place for disk \d+ of radius 3 in \d+ attempts"):
        place_without_overlap(np.full(50, 3.0), disk_of(5.0), stream(1), max_attempts=1000)


def test_doors_lie_within_or_on_the_rim():
    disks = Disks(np.arange(3000) * 10.0, np.zeros(3000), np.linspace(1, 4, 3000))
    x, y = doors(disks, stream(7, "rim"), "rim")
    out = np.hypot(x - disks.x, y - disks.y) / disks.radius
    np.testing.assert_allclose(out, 1, rtol=1e-9)
    x, y = doors(disks, stream(7, "within"), "within")
    out = np.hypot(x - disks.x, y - disks.y) / disks.radius
    assert kstest(out**2, "uniform").pvalue > 0.01


def test_what_are_no_disks_is_named():
    with pytest.raises(ValueError, match=r"radius\[1\] = -1"):
        resolve_overlaps([0, 1], [0, 1], [1, -1])
    with pytest.raises(ValueError, match=r"x\[0\] = nan"):
        resolve_overlaps([np.nan, 1], [0, 1], 1)
    with pytest.raises(ValueError, match=r"y has shape \(1,\), expected \(2,\)"):
        resolve_overlaps([0, 1], [0], 1)
    with pytest.raises(ValueError, match=r"strength = 2\.5"):
        resolve_overlaps([0, 1], [0, 1], 1, strength=2.5)
    with pytest.raises(ValueError, match="tolerance = 0"):
        resolve_overlaps([0, 1], [0, 1], 1, tolerance=0)
    with pytest.raises(ValueError, match="exponent = 2"):
        power_pareto_radii(3, 1.0, stream(1), exponent=2)
    with pytest.raises(ValueError, match="x of draw has shape"):
        place_without_overlap([1.0, 1.0], lambda n, rng: (np.zeros(1), np.zeros(1)), stream(1))
    with pytest.raises(ValueError, match="where = 'roof'"):
        doors(Disks(np.zeros(1), np.zeros(1), np.ones(1)), stream(1), "roof")
