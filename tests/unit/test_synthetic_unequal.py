"""The inequality that the worlds plant: shares of the model, excess of the zones, the option."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import movelaws
from movelaws.inequality.allocation import allocate
from movelaws.inequality.surroundings import surroundings
from movelaws.inequality.two_class import two_class
from movelaws.od import build_pairs
from movelaws.synthetic import unequal
from movelaws.synthetic.flows import planted_allocation
from movelaws.synthetic.inequality_law import (
    Inequality,
    checked_inequality,
    planted_inequality,
)
from movelaws.synthetic.options import Law
from movelaws.synthetic.travel import law_zones

N = 15
VARIABLES = ("flood", "gini")
TWO = {"variable": "flood", "share": 0.2, "delta_minus_1": 1e-4}
MANY = {"variable": "gini", "percentile": 60, "Delta": 1e-4}


@pytest.fixture(scope="module")
def tables():
    rng = np.random.default_rng(5)
    x, y = rng.uniform(0, 10, (2, N))
    people = np.ceil(rng.lognormal(10, 1, N))
    zones = law_zones([f"z{k:02}" for k in range(N)], x, y, people, "EPSG:4326")
    return zones, zones.assign(place_id=zones["zone_id"])


@pytest.fixture(scope="module")
def values():
    return np.random.default_rng(6).permutation(np.arange(1.0, N + 1))


def square(around, values):
    result = np.zeros((N, N))
    for origin in range(N):
        for rank, destination in enumerate(around.order[origin]):
            result[origin, destination] = values[origin, rank]
    return result


def test_without_excess_trips_follow_the_radiation_model(tables):
    _, radiation = planted_allocation(Law("RM", {}), *tables, np.full(N, 10.0))
    share = unequal.shares(*tables, np.zeros(N))
    np.testing.assert_allclose(share, radiation, rtol=1e-9)


def test_shares_are_a_distribution_over_the_other_zones(tables, values):
    share = unequal.shares(*tables, 1e-5 * values)
    np.testing.assert_allclose(share.sum(axis=1), 1, rtol=1e-12)
    assert (np.diag(share) == 0).all()
    assert (share >= 0).all()


def test_two_classes_agree_with_their_closed_form(tables, values):
    excess, share = planted_inequality(checked_inequality(TWO, VARIABLES), *tables, values)
    nothing = pd.DataFrame({"origin": [], "destination": [], "flow": []}, dtype=float)
    around = surroundings(build_pairs(tables[0], nothing, tables[1], support="all"))
    closed = allocate(two_class(around, excess > 0, 1e-4), np.ones(N))
    np.testing.assert_allclose(share, square(around, closed), rtol=1e-9, atol=1e-300)


def test_people_avoid_what_is_worse(tables, values):
    excess, share = planted_inequality(checked_inequality(MANY, VARIABLES), *tables, values)
    even = unequal.shares(*tables, np.zeros(N))
    good, bad = np.flatnonzero(excess == 0), np.flatnonzero(excess > 0)
    assert share[np.ix_(good, bad)].sum() < even[np.ix_(good, bad)].sum()


def test_the_share_with_the_largest_values_is_penalised(values):
    excess = unequal.planted_excess(values, "two_class", 0.2, 1e-5)
    assert set(excess) == {0, 1e-5}
    assert sorted(values[excess > 0]) == [13, 14, 15]


def test_excess_grows_linearly_beyond_the_percentile(values):
    excess = unequal.planted_excess(values, "linear", 50, 2.0)
    np.testing.assert_allclose(excess, 2 * np.clip((values - 8) / 7, 0, 1), rtol=1e-12)


def test_an_unknown_value_has_no_excess(values):
    unknown = np.where(values == N, np.nan, values)
    for kind, cut in (("two_class", 0.2), ("linear", 50)):
        assert unequal.planted_excess(unknown, kind, cut, 1e-5)[values == N] == 0


def test_the_option_is_read_and_given_back():
    assert checked_inequality(None, VARIABLES) is None
    two = checked_inequality(TWO, VARIABLES)
    assert two == Inequality("flood", "two_class", 0.2, 1e-4)
    assert two.option() == TWO
    assert checked_inequality(MANY, VARIABLES).option() == MANY


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("flood", r"inequality = 'flood': give null, \{variable: flood"),
        ({}, r"inequality = \{\}: give null"),
        ({"variable": "flood", "share": 0.1}, r"inequality = .*: give null, .* or"),
        (TWO | {"Delta": 1}, r"inequality = .*: give null, .* or"),
        (TWO | {"variable": "rain"}, r"inequality: variable = 'rain': choose one of flood, gini"),
        (TWO | {"share": 1.5}, r"inequality: share = 1.5: must be a number from 0.001 to 0.9"),
        (TWO | {"share": True}, r"inequality: share = True: must be a number"),
        (TWO | {"delta_minus_1": 0}, r"inequality: delta_minus_1 = 0: must be a number from 1e-12"),
        (TWO | {"delta_minus_1": float("nan")}, r"inequality: delta_minus_1 = nan: must be"),
        (MANY | {"percentile": 100}, r"inequality: percentile = 100: must be a number from 1.0"),
        (MANY | {"Delta": "large"}, r"inequality: Delta = 'large': must be a number"),
    ],
)
def test_options_that_cannot_be_planted_are_named(option, message):
    with pytest.raises(ValueError, match=message):
        checked_inequality(option, VARIABLES)


def test_an_inequality_that_penalises_no_zone_is_refused(tables, values):
    few = checked_inequality(TWO | {"share": 0.01}, VARIABLES)
    with pytest.raises(ValueError, match=r"inequality: share = 0.01 of 15 places.*none"):
        planted_inequality(few, *tables, values)
    with pytest.raises(ValueError, match=r"inequality: no value lies beyond percentile 60"):
        planted_inequality(checked_inequality(MANY, VARIABLES), *tables, np.ones(N))


def test_unknown_kinds_are_named(values):
    with pytest.raises(ValueError, match=r"kind = 'three': choose one of two_class, linear"):
        unequal.planted_excess(values, "three", 0.1, 1e-5)


def test_worlds_do_not_import_the_models_of_inequality():
    code = (
        "import sys, movelaws.synthetic.south_sudan; "
        "print([name for name in sys.modules if name.startswith('movelaws.inequality')])"
    )
    package = Path(movelaws.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=package, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
