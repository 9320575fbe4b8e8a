"""Moran's I and the correlation of two maps with few independent sites."""

import math

import numpy as np
import pytest
from scipy import ndimage

from movelaws.lagrangian.clusters import correlation, moran


def smooth(rng, shape=(20, 20), width=2.5):
    """A map without plan whose neighbouring sites are alike."""
    wide = rng.normal(size=[side + 40 for side in shape])
    return ndimage.gaussian_filter(wide, width)[20:-20, 20:-20]


def written_out(values):
    """Moran's I as in the textbook: a loop over all pairs of sites."""
    sites = [(y, x) for y, x in np.ndindex(values.shape) if np.isfinite(values[y, x])]
    z = {site: values[site] - np.nanmean(values) for site in sites}
    near = [(a, b) for a in sites for b in sites if abs(a[0] - b[0]) + abs(a[1] - b[1]) == 1]
    top = sum(z[a] * z[b] for a, b in near)
    return len(sites) / len(near) * top / sum(each**2 for each in z.values())


def test_moran_is_that_of_the_textbook_also_with_holes():
    rng = np.random.default_rng(3)
    values = rng.normal(size=(6, 5))
    options = {"permutations": 9, "rng": rng}
    assert moran(values, **options).moran == pytest.approx(written_out(values))
    values[2, 1:4] = np.nan
    values[0, 0] = np.nan
    found = moran(values, **options)
    assert found.moran == pytest.approx(written_out(values))
    assert found.sites == 26
    assert moran(1e200 * values, **options).moran == pytest.approx(found.moran)


def test_smooth_maps_are_clustered_and_chequered_ones_are_not():
    rng = np.random.default_rng(4)
    found = moran(smooth(rng), permutations=199, rng=rng)
    assert found.moran > 0.7 and found.p == 1 / 200
    chequered = (np.indices((8, 8)).sum(axis=0) % 2).astype(float)
    found = moran(chequered, permutations=199, rng=rng)
    assert found.moran == pytest.approx(-1) and found.p == 1


def test_p_of_maps_without_order_is_uniform():
    rng = np.random.default_rng(5)
    p = [moran(rng.normal(size=(8, 8)), permutations=99, rng=rng).p for _ in range(300)]
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.035)
    assert np.mean(p) == pytest.approx(0.5, abs=0.06)


def test_equal_seeds_give_equal_p():
    values = np.random.default_rng(6).normal(size=(9, 9))
    p = [moran(values, permutations=99, rng=np.random.default_rng(1)).p for _ in range(2)]
    assert p[0] == p[1]


def test_maps_of_which_nothing_can_be_said():
    rng = np.random.default_rng(7)
    flat = moran(np.ones((4, 4)), permutations=9, rng=rng)
    assert math.isnan(flat.moran) and math.isnan(flat.p) and flat.sites == 16
    apart = np.full((3, 3), np.nan)
    apart[[0, 0, 2, 2], [0, 2, 0, 2]] = [1.0, 2, 3, 4]
    assert math.isnan(moran(apart, permutations=9, rng=rng).moran)
    assert math.isnan(correlation(np.ones((4, 4)), rng.normal(size=(4, 4))).r)
    assert math.isnan(correlation(np.full((4, 4), np.nan), rng.normal(size=(4, 4))).r)


def test_r_is_that_of_pearson_over_the_sites_that_both_have():
    rng = np.random.default_rng(8)
    one, other = rng.normal(size=(2, 7, 9))
    other += one
    one[1, 2] = other[3, 4] = np.nan
    found = correlation(one, other)
    both = np.isfinite(one) & np.isfinite(other)
    assert found.r == pytest.approx(np.corrcoef(one[both], other[both])[0, 1])
    assert found.sites == 61
    assert correlation(one, -other).r == pytest.approx(-found.r)
    assert correlation(1e150 * one, other).r == pytest.approx(found.r)
    same = correlation(one, one)
    assert same.r == pytest.approx(1) and same.p < 1e-6


def test_sites_of_maps_without_order_are_worth_what_they_are():
    rng = np.random.default_rng(9)
    effective = [correlation(*rng.normal(size=(2, 20, 20))).effective for _ in range(20)]
    assert np.median(effective) > 300


def test_unrelated_smooth_maps_correlate_by_chance_and_the_effective_number_knows():
    rng = np.random.default_rng(10)
    pairs = [correlation(smooth(rng), smooth(rng)) for _ in range(300)]
    r = np.array([pair.r for pair in pairs])
    naive = np.abs(r) > 1.96 / math.sqrt(400)
    assert naive.mean() > 0.4  # as if the 400 sites were independent
    assert np.mean([pair.p < 0.05 for pair in pairs]) < 0.1
    worth = 1 + 1 / np.var(r)
    assert np.median([pair.effective for pair in pairs]) == pytest.approx(worth, rel=0.4)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.ones(4), "1 dimensions"),
        (np.array([[1.0, np.inf], [1, 2]]), r"values\[0, 1\] = inf"),
    ],
)
def test_maps_that_are_none(values, message):
    with pytest.raises(ValueError, match=message):
        moran(values, permutations=9, rng=np.random.default_rng(1))


def test_arguments_that_do_not_fit():
    with pytest.raises(ValueError, match="permutations = 0"):
        moran(np.eye(3), permutations=0, rng=np.random.default_rng(1))
    with pytest.raises(ValueError, match="maps of one lattice"):
        correlation(np.eye(3), np.eye(4))
