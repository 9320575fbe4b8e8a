"""A case: from canonical tables to surroundings, classes, outflows and both models."""

import numpy as np
import pandas as pd
import pytest

from movelaws.inequality.allocation import allocate, rounded
from movelaws.inequality.case import build
from movelaws.inequality.classes import beyond_percentile, most_affected
from movelaws.inequality.linear import linear
from movelaws.inequality.many_class import many_class
from movelaws.inequality.standard import standard
from movelaws.inequality.surroundings import surroundings
from movelaws.inequality.two_class import two_class
from movelaws.od import build_pairs
from tests.unit.inequality_case import THRESHOLD, VARIABLES, built, square, tables

DEATHS = {"deaths": VARIABLES["deaths"]}


def from_tables(zones, flows, places, model="two_class", **changes):
    settings = {"variables": VARIABLES, "model": model, "population": "residential"}
    return build(zones, flows, places, **(settings | THRESHOLD.get(model, {}) | changes))


def test_a_case_holds_what_the_tables_say():
    zones, flows, places = tables()
    case = from_tables(zones, flows, places)
    around = case.surroundings
    assert list(around.zone_ids) == zones["zone_id"].tolist()
    assert list(case.names) == zones["name"].tolist()
    assert (around.mass == zones["residential_population"]).all()
    observed = flows.pivot(index="origin", columns="destination", values="flow")
    observed = observed.reindex(index=zones["zone_id"], columns=zones["zone_id"]).fillna(0)
    assert (square(around, around.flow) == observed.to_numpy()).all()
    assert list(case.shapes) == list(case.labels) == ["deaths", "flood", "either"]
    assert case.labels["either"] == "Either"
    assert list(case.measured) == ["deaths", "flood"]
    assert (case.measured["flood"] == zones["flooded"]).all()
    assert (case.leaving.outflow == observed.sum(axis=1).to_numpy()).all()


@pytest.mark.parametrize("model", ["two_class", "linear"])
def test_shapes_are_those_of_the_variables_and_their_union(model):
    zones, *_ = tables()
    case = built(model)
    shapes = [
        most_affected(zones[column], 0.2)
        if model == "two_class"
        else beyond_percentile(zones[column], 80)
        for column in ("deaths", "flooded")
    ]
    assert (case.shapes["deaths"] == shapes[0]).all()
    assert (case.shapes["flood"] == shapes[1]).all()
    assert (case.shapes["either"] == np.maximum(*shapes)).all()


def test_a_union_may_stand_before_its_variables_and_hold_a_union():
    turned = {name: VARIABLES[name] for name in ("either", "flood", "deaths")}
    turned["same"] = {"label": "Same", "union": ["either", "deaths"]}
    case = built(variables=turned)
    assert list(case.shapes) == ["either", "flood", "deaths", "same"]
    assert (case.shapes["either"] == built().shapes["either"]).all()
    assert (case.shapes["same"] == case.shapes["either"]).all()


@pytest.mark.parametrize("penalty", [1e-6, 1e-4])
def test_weights_are_those_of_the_models(penalty):
    two, many = built("two_class"), built("linear")
    p, clipped = two.weights(two.shapes["either"], penalty)
    assert (p == two_class(two.surroundings, two.shapes["either"] == 1, penalty)).all()
    assert clipped == 0
    p, clipped = many.weights(many.shapes["either"], penalty)
    found = linear(many.surroundings, penalty * many.shapes["either"])
    assert (p == found.p).all()
    assert clipped == found.n_low + found.n_high
    assert (clipped > 0) == (penalty == 1e-4)


@pytest.mark.parametrize("model", ["two_class", "linear"])
def test_modified_flows_are_the_outflows_shared_out_and_rounded(model):
    case = built(model)
    p, clipped = case.weights(case.shapes["flood"], 1e-5)
    flows, found = case.modified("flood", 1e-5)
    assert found == clipped
    assert (flows == rounded(allocate(p, case.surroundings.outflow))).all()
    assert flows.dtype == np.int64
    equal = rounded(allocate(standard(case.surroundings), case.surroundings.outflow))
    assert (case.standard() == equal).all()
    assert (case.modified("flood", 0.0)[0] == equal).all()
    assert (flows != equal).any()


def test_the_exact_models_agree_with_each_other_and_without_penalty_with_radiation():
    two, many = built("two_class"), built("linear")
    assert np.allclose(
        two.exact("flood")(1e-3),
        many_class(two.surroundings, 1e-3 * two.shapes["flood"]),
        rtol=1e-10,
        atol=1e-200,
    )
    for case in (two, many):
        assert np.allclose(case.exact("flood")(0.0), standard(case.surroundings), rtol=1e-12)
    # the linearised model is the exact one to first order
    exact, (near, _) = many.exact("flood")(1e-9), many.weights(many.shapes["flood"], 1e-9)
    assert np.allclose(near, exact, rtol=1e-6)
    assert (two.exact("flood")(-1e-4) != two.exact("flood")(1e-4)).any()


def test_regressed_outflows_are_one_fraction_of_the_population():
    case = built("linear", outflow="regression")
    around = case.surroundings
    fraction = (around.mass @ around.outflow) / (around.mass @ around.mass)
    assert case.leaving.fraction == pytest.approx(fraction, rel=1e-12)
    assert np.allclose(case.leaving.outflow, fraction * around.mass, rtol=1e-12)
    totals = allocate(standard(around), case.leaving.outflow).sum(axis=1)
    assert np.allclose(totals, fraction * around.mass)


def test_the_population_asked_for_is_the_mass():
    zones, flows, places = tables()
    case = from_tables(zones, flows, places, population="workplace")
    assert (case.surroundings.mass == zones["workplace_population"]).all()
    # the other population may be unknown, as in South Sudan
    zones["workplace_population"] = np.nan
    assert from_tables(zones, flows, places).surroundings.mass.sum() > 0


def test_zones_are_the_opportunities_even_where_finer_places_are_known():
    zones, flows, places = tables()
    halves = pd.concat(
        [
            places.assign(place_id=places["place_id"] + half, x=places["x"] + shift)
            for half, shift in (("a", -30_000.0), ("b", 30_000.0))
        ],
        ignore_index=True,
    )
    halves[["residential_population", "workplace_population"]] /= 2
    case = from_tables(zones, flows, halves)
    expected = surroundings(build_pairs(zones, flows, places, population="residential",
                                        support="all"))  # fmt: skip
    assert (case.surroundings.intervening == expected.intervening).all()


def test_columns_of_any_type_of_number_serve():
    zones, flows, places = tables()
    plain = from_tables(zones, flows, places)
    zones["deaths"] = zones["deaths"].astype("Int64")
    zones["flooded"] = zones["flooded"].astype(np.int32)
    case = from_tables(zones, flows, places)
    assert (case.shapes["either"] == plain.shapes["either"]).all()
    zones.loc[zones["deaths"].idxmax(), "deaths"] = pd.NA
    case = from_tables(zones, flows, places)
    assert np.isnan(case.measured["deaths"]).sum() == 1
    assert case.shapes["deaths"][np.isnan(case.measured["deaths"])] == 0
    zones["struck"] = zones["flooded"] > 300
    marked = from_tables(
        zones, flows, places, variables={"s": {"label": "S", "column": "struck"}}, share=0.5
    )
    assert (marked.shapes["s"] == zones["struck"]).all()


def with_column(**columns):
    zones, flows, places = tables()
    return zones.assign(**columns), flows, places


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"variables": {"gini": {"label": "Gini", "column": "gini"}}},
            "variable 'gini': the zones have no column 'gini'; there are area_km2, "
            "residential_population, workplace_population, x, y, deaths, flooded: correct",
        ),
        (
            {"variables": {"n": {"label": "N", "column": "name"}}},
            "variable 'n': column 'name' of the zones is not numeric but ",
        ),
        (
            {"variables": DEATHS | {"u": {"label": "U", "union": ["deaths", "floods"]}}},
            "variable 'u': union names 'floods', .*; there are deaths",
        ),
        (
            {"variables": DEATHS | {"u": {"label": "U", "union": ["u"]}}},
            "variable 'u': union names 'u'",
        ),
        ({"variables": {"u": {"label": "U"}}}, "variable 'u': give either a column"),
        (
            {"variables": DEATHS | {"u": {"label": "U", "column": "x", "union": ["deaths"]}}},
            "variable 'u': give either a column",
        ),
        ({"variables": {}}, "variables: at least one"),
        ({"model": "gravity"}, "model = 'gravity': choose 'two_class' or 'linear'"),
        ({"outflow": "all"}, "outflow = 'all': choose 'observed' or 'regression'"),
        ({"population": "night"}, "population = 'night'"),
        ({"share": None}, "model = 'two_class' needs share"),
        ({"model": "linear", "percentile": None}, "model = 'linear' needs percentile"),
        ({"share": 0.01}, "variable 'deaths': share = 0.01 of 20 places"),
        ({"model": "linear", "percentile": 100}, "variable 'deaths': percentile / 100 = 1"),
    ],
)
def test_unusable_settings_are_named(changes, message):
    with pytest.raises(ValueError, match=message):
        from_tables(*tables(), **({"percentile": 80} | changes))


def test_unusable_tables_are_named():
    with pytest.raises(ValueError, match="residential_population of zone_id 'z000' is nan"):
        from_tables(*with_column(residential_population=np.nan))
    with pytest.raises(ValueError, match=r"variable 'deaths': .* 0 with a value"):
        from_tables(*with_column(deaths=np.nan))
    with pytest.raises(ValueError, match=r"variable 'flood': .* cannot be told apart"):
        from_tables(*with_column(flooded=0.0))
    zones, flows, places = with_column(residential_population=0.0)
    with pytest.raises(ValueError, match="all populations are 0"):
        from_tables(zones, flows, places, outflow="regression")
    with pytest.raises(ValueError, match="same point"):
        from_tables(*with_column(x=0.0, y=0.0))
