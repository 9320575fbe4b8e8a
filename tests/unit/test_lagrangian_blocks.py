"""Squares of a lattice that are resampled: sizes at the edges, equal draws, and refusals."""

import numpy as np
import pytest

from movelaws.lagrangian.blocks import blocks, resampled_medians, resamples

SETTINGS = {"replicates": 50, "level": 0.9, "seed": 3}


def test_every_site_has_a_square_and_every_resample_as_many_squares():
    made = blocks((5, 7), 2, **SETTINGS)
    assert np.bincount(made.label).tolist() == [4, 4, 4, 2, 4, 4, 4, 2, 2, 2, 2, 1]
    assert made.draws.shape == (50, 12) and (made.draws.sum(axis=1) == 12).all()
    np.testing.assert_array_equal(made.draws, blocks((5, 7), 2, **SETTINGS).draws)


def test_medians_from_counts_are_those_of_the_sites_drawn():
    made = blocks((6, 6), 2, **SETTINGS)
    values = np.random.default_rng(2).normal(size=36)
    by_hand = [np.median(values[sites]) for sites in resamples(made.label, made.draws)]
    found = resampled_medians(values, made.label, made.draws)
    assert np.abs(found - by_hand).max() < 0.25 and abs(np.mean(found - by_hand)) < 0.05


def test_an_interval_needs_half_of_the_resamples():
    made = blocks((6, 6), 2, **SETTINGS)
    assert made.interval(np.arange(50.0)) == pytest.approx((2.45, 46.55))
    few = np.where(np.arange(50) < 24, 1.0, np.nan)
    assert np.isnan(made.interval(few)).all()


@pytest.mark.parametrize(
    ("block", "changes", "said"),
    [
        (4, {}, r"block = 4 covers the whole lattice \(3, 4\).*set lagrangian.summary.block below"),
        (0, {}, "block = 0, replicates = 50"),
        (2, {"replicates": 0}, "replicates = 0"),
        (2, {"level": 1.0}, r"level = 1\.0"),
    ],
)
def test_what_cannot_be_resampled_is_named(block, changes, said):
    with pytest.raises(ValueError, match=said):
        blocks((3, 4), block, **(SETTINGS | changes))
