"""Boxes of predicted against observed flows."""

import numpy as np
import pandas as pd
import pytest

from movelaws.choice.flux import (
    LEAST_PAIRS,
    QUANTILES,
    boxes,
    classes,
    share_on_diagonal,
    shares_on_diagonal,
)


def test_classes_hold_every_flow_and_are_the_same_number_in_a_decade():
    flow = np.array([1.0, 10.0, 316.3, 10000.0])
    edges = classes(flow)
    assert edges[0] <= 1 and edges[-1] > 10000
    assert edges[1:] / edges[:-1] == pytest.approx(10**0.25)
    assert np.isclose(edges, 10.0).any()
    assert len(classes(flow, per_decade=2)) == 2 * 4 + 1 + 1


def test_flows_of_one_size_are_one_class():
    assert len(classes(np.full(9, 7.0))) == 2
    assert boxes(np.full(9, 7.0), np.arange(9.0))["pairs"].tolist() == [9]


@pytest.mark.parametrize("flow", [np.array([]), np.array([1.0, 0.0]), np.array([-1.0])])
def test_classes_of_flows_that_are_not_positive_are_refused(flow):
    with pytest.raises(ValueError, match="flow: classes are of positive flows"):
        classes(flow)


def test_boxes_hold_each_pair_once_with_its_quantiles():
    rng = np.random.default_rng(4)
    flow, predicted = rng.lognormal(3, 2, 500), rng.lognormal(3, 2, 500)
    table = boxes(flow, predicted)
    assert table["pairs"].sum() == 500
    assert ((table["low"] <= table["mean"]) & (table["mean"] < table["high"])).all()
    assert (table["mean"] * table["pairs"]).sum() == pytest.approx(flow.sum())
    row = table.loc[table["pairs"].idxmax()]
    inside = predicted[(flow >= row["low"]) & (flow < row["high"])]
    wanted = np.quantile(inside, QUANTILES)
    assert row[["q09", "q25", "q50", "q75", "q91"]].tolist() == pytest.approx(wanted.tolist())


def test_a_flow_on_an_edge_belongs_to_the_class_above():
    table = boxes(np.array([1.0, 10.0, 100.0]), np.ones(3))
    assert table["low"].tolist() == pytest.approx([1.0, 10.0, 100.0])


def world(factor) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    flow = np.repeat(10.0 ** np.arange(1, 5), 50) * rng.uniform(1.0, 1.1, 200)
    return pd.DataFrame({"flow": flow, "DCG": flow * factor(rng, flow)})


def test_a_prediction_that_scatters_about_the_flow_is_on_the_diagonal():
    scattered = world(lambda rng, flow: rng.lognormal(0, 0.5, flow.size))
    assert share_on_diagonal(scattered) == 1.0


def test_a_prediction_that_is_twice_the_flow_is_off_the_diagonal():
    assert share_on_diagonal(world(lambda rng, flow: 2.0)) == 0.0


def test_half_of_the_classes_off_is_a_share_of_one_half():
    half = world(lambda rng, flow: np.where(flow < 500, 1, 5) * rng.lognormal(0, 0.3, flow.size))
    assert share_on_diagonal(half) == pytest.approx(0.5)


def test_classes_of_few_pairs_do_not_count():
    few = pd.DataFrame({"flow": [1e6] * (LEAST_PAIRS - 1), "DCG": [1.0] * (LEAST_PAIRS - 1)})
    scattered = world(lambda rng, flow: rng.lognormal(0, 0.5, flow.size))
    assert share_on_diagonal(pd.concat([scattered, few])) == 1.0


def test_another_model_can_be_asked_for():
    table = world(lambda rng, flow: rng.lognormal(0, 0.5, flow.size))
    table["RM"] = table["flow"] / 9
    assert share_on_diagonal(table, "RM") == 0.0


def test_every_model_of_a_table_has_its_share():
    table = world(lambda rng, flow: rng.lognormal(0, 0.5, flow.size)).assign(origin="a")
    table["RM"] = table["flow"] / 9
    assert shares_on_diagonal(table) == {"DCG": 1.0, "RM": 0.0}
    assert shares_on_diagonal(table[["origin", "flow"]]) == {}


def test_without_a_class_of_enough_pairs_there_is_no_share():
    assert np.isnan(shares_on_diagonal(world(lambda rng, flow: 1.0).iloc[:2])["DCG"])
