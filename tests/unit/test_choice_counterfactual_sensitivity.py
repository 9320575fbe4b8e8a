"""Counterfactuals under all that fits about as well: which rows of a profile make the range."""

import numpy as np
import pandas as pd
import pytest

from movelaws.choice.counterfactual import sensitivity
from tests.unit.counterfactual_world import EVERY, world

PROFILE = pd.DataFrame(
    {
        "objective": "ssi",
        "gamma": [4.0, 0.0, 0.5, 1.0, np.inf],
        "alpha": [5.0, 1.0, 1.5, 2.0, np.inf],
        "beta": 1.5,
        "value": [0.795, 0.7, 0.78, 0.793, 0.8],
    }
)


def test_only_what_fits_about_as_well_makes_the_range():
    table = sensitivity(*world(), PROFILE, [EVERY["charge"]])
    assert table["gamma"].to_list() == [0.0, 1.0, 4.0]
    assert table["case"].to_list() == ["without crowding", "fits as well", "fits as well"]
    assert table["largest_tried"].to_list() == [False, False, True]
    assert table["value"].to_list() == [0.7, 0.793, 0.795]
    wider = sensitivity(*world(), PROFILE, [EVERY["charge"]], within=0.2)
    assert wider["gamma"].to_list() == [0.0, 0.5, 1.0, 4.0]
    assert set(wider["case"]) == {"fits as well"}
    only = sensitivity(*world(), PROFILE, [EVERY["charge"]], within=0.0)
    assert only["case"].to_list() == ["without crowding"]  # the limit alone is best


def test_stronger_crowding_moves_fewer_people():
    table = sensitivity(*world(), PROFILE, [EVERY["charge"]])
    assert table["moved_share"].is_monotonic_decreasing
    change = 100 * (table["arrivals_after"] / table["arrivals_before"] - 1)
    np.testing.assert_allclose(table["arrivals_change_percent"], change)
    assert (change < 0).all() and change.is_monotonic_increasing
    grown = sensitivity(*world(), PROFILE, [EVERY["growth"]])
    assert grown["arrivals_change_percent"].isna().all()


@pytest.mark.parametrize(
    ("profile", "within", "message"),
    [
        (PROFILE.drop(columns="beta"), 0.01, "profile: no column 'beta'"),
        (PROFILE.drop(columns="value"), 0.01, "profile: no column 'value'"),
        (PROFILE, -0.1, "within = -0.1: give a share"),
        (PROFILE.assign(objective="poisson"), 0.01, "objective poisson: give one, ssi or cpc"),
        (pd.concat([PROFILE, PROFILE.assign(objective="cpc")]), 0.01, "cpc, ssi: give one"),
        (PROFILE.tail(1), 0.01, "0 rows of finite gamma"),
        (PROFILE.assign(value=np.nan), 0.01, "best value nan"),
    ],
)
def test_a_profile_that_says_nothing_is_named(profile, within, message):
    with pytest.raises(ValueError, match=message):
        sensitivity(*world(), profile, [EVERY["charge"]], within=within)
