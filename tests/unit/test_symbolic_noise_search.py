"""Noisy flows of a known law searched again, and the level of noise."""

import numpy as np
import pandas as pd
import pytest

from movelaws.symbolic.noise_levels import comparable_alpha, cpc_table
from movelaws.symbolic.noise_search import _variables_that_matter, noise_levels
from movelaws.symbolic.parsing import parse
from tests.unit.random_world import random_pairs

SIZES = {"populations": 2, "size": 12, "iterations": 1, "cycles": 5, "batch_origins": 20}
SEARCH = {"smallest": 3.0, "certified": 5, "starts": (8, 12, 16, 16), "sizes": SIZES}


@pytest.fixture(scope="module")
def pairs():
    return random_pairs(16)


@pytest.fixture(scope="module")
def gravity(pairs):
    """Two samples searched, three measured."""
    return noise_levels(pairs, "GMExp", {"b": 0.03}, 1e-8, 2, 3, 1, SEARCH)


def test_a_law_without_noise_is_found_again(gravity):
    found, _ = gravity
    assert found["sample"].tolist() == [1, 2]
    assert (found["complexity"] == 5).all()
    assert found["recovered"].all()
    assert (found["recovered_at"] == 5).all()
    assert found["rmse"].tolist() == pytest.approx(found["rmse_generator"].tolist(), rel=1e-6)
    assert (found["cpc_noise"] > 0.98).all()
    assert (found["n_rows"] <= 240).all()


def test_samples_do_not_depend_on_how_many_are_drawn(pairs, gravity):
    found, measured = gravity
    one, four = noise_levels(pairs, "GMExp", {"b": 0.03}, 1e-8, 1, 4, 1, SEARCH)
    pd.testing.assert_frame_equal(one, found.iloc[:1])
    assert four["cpc"].tolist()[:3] == measured["cpc"].tolist()
    assert four["cpc"].nunique() == 4
    _, other = noise_levels(pairs, "GMExp", {"b": 0.03}, 1e-8, 1, 1, 2, SEARCH)
    assert other["cpc"][0] not in four["cpc"].tolist()


def test_more_samples_searched_than_measured_are_measured_too(gravity):
    assert gravity[1]["sample"].tolist() == [1, 2, 3]
    assert gravity[1]["cpc"].tolist()[:2] == gravity[0]["cpc_noise"].tolist()


def test_a_law_longer_than_what_is_tried_is_evolved(pairs):
    """Radiation has complexity 11; whether so short an evolution finds it is left open."""
    small = SEARCH | {"certified": 3}
    found, _ = noise_levels(pairs, "RM", None, 2.0, 1, 1, 1, small)
    row = found.iloc[0]
    assert row["complexity"] == 11
    assert row["recovered"] in (True, False)
    assert np.isfinite(row["rmse_generator"])
    assert row["cpc_noise"] < 0.9


def test_the_variables_of_the_best_law_are_searched_again():
    names = ("w_i", "w_j", "d", "s_w")
    best = {3: (9.0, parse("w_j / d")), 7: (4.0, parse("w_j / (s_w + w_i)^2"))}
    assert _variables_that_matter(best, names) == ["w_i", "w_j", "s_w"]


def test_the_tables_come_back_from_their_files(gravity, tmp_path):
    for table in gravity:
        table.to_csv(tmp_path / "noise.csv", index=False)
        again = pd.read_csv(tmp_path / "noise.csv")
        pd.testing.assert_frame_equal(again, table.reset_index(drop=True), check_dtype=False)


def samples() -> pd.DataFrame:
    rows = [
        (model, alpha, n, cpc + 0.01 * n)
        for model, cpcs in {"GMPow": (0.95, 0.75), "RM": (0.93, 0.77)}.items()
        for alpha, cpc in zip((1e-8, 0.5), cpcs, strict=True)
        for n in (-1, 0, 1)
    ]
    return pd.DataFrame(rows, columns=["model", "alpha", "sample", "cpc"])


def test_published_values_stand_only_beside_published_data():
    printed = pd.DataFrame(
        [("GMPow", 0.5, 0.76), ("RM", 2.0, 0.6)], columns=["model", "alpha", "cpc"]
    )
    table = cpc_table(samples(), printed).set_index(["model", "alpha"])
    assert table.loc[("GMPow", 0.5), "published_cpc"] == 0.76
    assert table["published_cpc"].notna().sum() == 1
    row = table.loc[("RM", 1e-8)]
    assert (row["cpc_low"], row["cpc"], row["cpc_high"]) == pytest.approx((0.92, 0.93, 0.94))
    assert row["samples"] == 3
    assert cpc_table(samples(), None)["published_cpc"].isna().all()


def test_noise_as_large_as_a_misfit_lies_between_the_levels():
    table = cpc_table(samples(), None)  # on average 0.94 at the lowest level, 0.76 at 0.5
    assert comparable_alpha(table, 0.85) == pytest.approx(0.25, rel=1e-6)
    assert comparable_alpha(table, 0.94) == pytest.approx(1e-8)
    assert comparable_alpha(table, 0.7) is None
    assert comparable_alpha(table, 0.97) is None
