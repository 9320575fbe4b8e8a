"""The linearised beside the exact model: where they agree, what is counted where they do not."""

from dataclasses import replace

import numpy as np
import pytest

from movelaws.inequality.allocation import allocate, rounded
from movelaws.inequality.linear import linear
from movelaws.inequality.linearisation import against_exact
from movelaws.inequality.many_class import many_class
from tests.unit.inequality_case import built, moving, with_flow

EXPONENTS = [-9, -8, -7, -6, -5, -4]
COLUMNS = [
    "variable",
    "label",
    "exponent",
    "scale",
    "clipped_low_share",
    "clipped_high_share",
    "moved_share",
    "differing_pairs",
    "largest_difference",
    "hamming_standard",
    "hamming_linear",
    "U_linear",
    "p_mw_linear",
    "hamming_exact",
    "U_exact",
    "p_mw_exact",
]


@pytest.fixture(scope="module")
def case():
    plain = built("linear")
    people = np.round(0.05 * plain.surroundings.mass) + 5
    return moving(plain, plain.exact("deaths")(1e-5), people)


@pytest.fixture(scope="module")
def table(case):
    return against_exact(case, EXPONENTS, drop_exact=True)


def of(table, variable="deaths"):
    return table[table["variable"] == variable].set_index("exponent")


def test_there_is_a_row_per_variable_and_penalty(table):
    assert table.columns.tolist() == COLUMNS
    assert table["exponent"].tolist() == EXPONENTS * 3
    assert table["scale"].to_numpy() == pytest.approx(10.0 ** np.array(EXPONENTS * 3))
    assert table["label"].unique().tolist() == ["Deaths", "Flood", "Either"]


@pytest.mark.parametrize("variable", ["deaths", "flood", "either"])
def test_the_difference_vanishes_with_the_square_of_the_penalty(table, variable):
    one = of(table, variable)
    assert not one.loc[[-9, -8, -7], ["clipped_low_share", "clipped_high_share"]].any(axis=None)
    for column in ("largest_difference", "moved_share"):
        ratio = one[column].to_numpy()[1:3] / one[column].to_numpy()[:2]
        assert ratio == pytest.approx(100, rel=0.05)


def test_where_the_difference_is_small_no_rounded_flow_differs(table):
    one = of(table)
    assert one.loc[-9, "differing_pairs"] == 0
    assert one.loc[-9, "hamming_linear"] == one.loc[-9, "hamming_exact"]
    assert one.loc[-9, "U_linear"] == one.loc[-9, "U_exact"]
    assert one.loc[-4, "differing_pairs"] > 0


def test_both_models_are_evaluated_directly(case, table):
    around, scale = case.surroundings, 1e-5
    excess = scale * case.shapes["flood"]
    near, row = linear(around, excess), of(table, "flood").loc[-5]
    flows = [allocate(p, case.leaving.outflow) for p in (near.p, many_class(around, excess))]
    whole = [rounded(flow) for flow in flows]
    assert row["differing_pairs"] == np.count_nonzero(whole[0] != whole[1])
    assert row["largest_difference"] == np.abs(flows[0] - flows[1]).max()
    moved = np.abs(flows[0] - flows[1]).sum() / 2 / around.flow.sum()
    assert row["moved_share"] == pytest.approx(moved, rel=1e-9)
    assert row["hamming_linear"] == np.count_nonzero(whole[0] != around.flow)
    assert row["hamming_exact"] == np.count_nonzero(whole[1] != around.flow)
    assert row["hamming_standard"] == np.count_nonzero(case.standard() != around.flow)
    assert row["clipped_low_share"] == near.n_low / 380
    assert row["clipped_high_share"] == near.n_high / 380


def test_large_penalties_leave_the_range_at_the_far_end(table):
    one = of(table)
    shares = one["clipped_low_share"] + one["clipped_high_share"]
    assert shares.is_monotonic_increasing
    assert 0 < one.loc[-4, "clipped_low_share"] < 1
    assert (table[["clipped_low_share", "clipped_high_share", "moved_share"]] <= 1).all(axis=None)


def test_people_whom_clipping_leaves_nowhere_to_go_count_as_moved():
    """Every destination of the origin is far beyond the range of the linear form."""
    case = built("linear", n=4, variables={"deaths": {"label": "D", "column": "deaths"}})
    excess = {"deaths": np.array([0.0, 1.0, 1.0, 1.0])}
    flow = np.zeros((4, 3))
    flow[0] = [5, 3, 2]
    only = replace(with_flow(case, flow), shapes=excess)
    row = against_exact(only, [-3], drop_exact=False).iloc[0]
    assert row["clipped_low_share"] > 0
    assert row["moved_share"] == pytest.approx(1)


def test_nobody_moves_nobody_elsewhere(case):
    still = with_flow(case, np.zeros_like(case.surroundings.flow))
    assert (against_exact(still, [-6], drop_exact=False)["moved_share"] == 0).all()


def test_half_a_person_is_an_error(case):
    broken = with_flow(case, case.surroundings.flow + 0.5)
    with pytest.raises(ValueError, match="whole numbers"):
        against_exact(broken, [-6], drop_exact=False)
