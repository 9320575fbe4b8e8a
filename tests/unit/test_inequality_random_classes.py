"""Contiguous classes are a zone and its nearest neighbours, and a null that patches must beat."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from movelaws.inequality.comparison import compare
from movelaws.inequality.random_classes import contiguous, drawn
from tests.unit.inequality_case import VARIABLES, built, moving

EXPONENTS = (-6, -4.3)
ASKED = {"seed": 1, "job": ("t",), "drop_exact": False}


def patch(case, variable, centre):
    """The largest values of the shape nearest to the centre, zone by zone."""
    result = np.zeros(case.surroundings.n_zones)
    values = sorted(case.shapes[variable], reverse=True)
    near = [centre, *case.surroundings.order[centre]]
    for zone, value in zip(near, values, strict=True):
        result[zone] = value
    return result


@pytest.mark.parametrize("drop_exact", [False, True])
@pytest.mark.parametrize("model", ["two_class", "linear"])
def test_each_zone_and_its_neighbours_have_the_classes_once(model, drop_exact):
    case = built(model)
    found = contiguous(case, EXPONENTS, count=20, **(ASKED | {"drop_exact": drop_exact}))
    assert len(found) == len(VARIABLES) * 20 * len(EXPONENTS)
    rows = found.set_index(["variable", "exponent", "draw"])
    assert rows.index.is_unique
    observed, before = case.surroundings.flow.ravel(), case.standard().ravel()
    for variable, exponent, centre in (("flood", -6, 0), ("deaths", -4.3, 7), ("either", -6, 19)):
        dealt = patch(case, variable, centre)
        after = case.flows_of(case.weights(dealt, 10.0**exponent)[0]).ravel()
        expected = compare(observed, before, after, drop_exact=drop_exact)
        row = rows.loc[(variable, exponent, centre)]
        assert (row["u"], row["hamming"]) == (expected.u, expected.hamming)
        assert row["effect_mw"] == pytest.approx(expected.effect_mw, rel=1e-14)
        assert row["weighted_hamming"] == pytest.approx(expected.weighted_hamming, rel=1e-12)


def test_the_columns_are_those_of_scattered_classes():
    case = built()
    scattered = drawn(case, EXPONENTS, first=0, count=3, **ASKED)
    near = contiguous(case, EXPONENTS, count=3, **ASKED)
    assert near.columns.tolist() == scattered.columns.tolist()
    assert (near.dtypes == scattered.dtypes).all()


def test_of_many_zones_some_are_chosen_alike_for_all_variables():
    case = built()
    every = contiguous(case, EXPONENTS, count=20, **ASKED)
    some = contiguous(case, EXPONENTS, count=8, **ASKED)
    pd.testing.assert_frame_equal(contiguous(case, EXPONENTS, count=8, **ASKED), some)
    centres = some.groupby("variable")["draw"].unique()
    assert all(len(one) == 8 and (one == centres.iloc[0]).all() for one in centres)
    keys = ["variable", "exponent", "draw"]
    kept = every.merge(some[keys], on=keys)
    pd.testing.assert_frame_equal(kept, some)
    other = contiguous(case, EXPONENTS, count=8, **(ASKED | {"seed": 2}))
    assert set(other["draw"]) != set(some["draw"])
    # with room for all the seed does not matter
    pd.testing.assert_frame_equal(
        contiguous(case, EXPONENTS, count=99, **(ASKED | {"seed": 2})), every
    )


def test_a_class_that_is_a_patch_is_found_among_patches():
    """The planted patch has fewer wrong pairs than every patch around another zone."""
    case = built(n=36, seed=2, variables={"flood": VARIABLES["flood"]})
    planted = patch(case, "flood", 5)
    case = replace(case, shapes={"flood": planted})
    people = np.round(0.05 * case.surroundings.mass)
    case = moving(case, case.exact("flood")(1e-4), people)
    near = contiguous(case, [-4], count=36, **ASKED)
    same = [k for k in range(36) if (patch(case, "flood", k) == planted).all()]
    wrong = near.set_index("draw")["hamming"]
    assert 5 in same
    own = np.count_nonzero(case.modified("flood", 1e-4)[0] != case.surroundings.flow)
    assert (wrong[same] == own).all()
    assert (wrong.drop(same) > own).all()


def test_no_centre_is_an_error():
    with pytest.raises(ValueError, match="count = 0: at least one zone"):
        contiguous(built(), EXPONENTS, count=0, **ASKED)
