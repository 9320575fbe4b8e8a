"""A case: from canonical tables to surroundings, classes, outflows and both models."""

import numpy as np
import pandas as pd
import pytest

from movelaws.inequality.allocation import allocate, rounded
from movelaws.inequality.case import build
from movelaws.inequality.classes import beyond_percentile, most_affected
from movelaws.inequality.linear import linear
from movelaws.inequality.many_class import many_class
from movelaws.inequality.ranks import LARGEST_ERROR
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
    with pytest.raises(ValueError, match="variable 'deaths': too few values: 0 of 20 zones"):
        from_tables(*with_column(deaths=np.nan))
    with pytest.raises(ValueError, match=r"variable 'flood': .* cannot be told apart"):
        from_tables(*with_column(flooded=0.0))
    zones, flows, places = with_column(residential_population=0.0)
    with pytest.raises(ValueError, match="all populations are 0"):
        from_tables(zones, flows, places, outflow="regression")
    with pytest.raises(ValueError, match="same point"):
        from_tables(*with_column(x=0.0, y=0.0))


def test_people_from_zones_without_population_are_counted_and_said(capsys):
    zones, flows, places = tables()
    assert from_tables(zones, flows, places).without_population == 0
    assert "left out" not in capsys.readouterr().out
    zones.loc[[3, 5], "residential_population"] = 0
    left = flows.loc[flows["origin"].isin(["z003", "z005"]), "flow"].sum()
    case = from_tables(zones, flows, places)
    assert case.without_population == left > 0
    said = f"people from zones without population, left out of the predictions: {left:.0f}\n"
    assert said in capsys.readouterr().out
    missing = (
        case.leaving.outflow.sum()
        - allocate(standard(case.surroundings), case.leaving.outflow).sum()
    )
    assert missing == pytest.approx(left)
    # a fraction of nobody is nobody
    assert from_tables(zones, flows, places, outflow="regression").without_population == 0


def test_a_case_in_which_everybody_leaves_zones_without_population_is_an_error():
    zones, flows, places = tables()
    flows = flows[flows["origin"] == "z003"]
    zones.loc[3, "residential_population"] = 0
    with pytest.raises(ValueError, match=f"all {flows['flow'].sum():.0f} people leave zones witho"):
        from_tables(zones, flows, places)


def test_ties_that_leave_fewer_penalised_are_said(capsys):
    from_tables(*tables(), share=0.5)
    assert "told apart" not in capsys.readouterr().out
    flooded = np.where(np.arange(20) < 6, np.arange(20) + 1.0, 0.0)
    case = from_tables(*with_column(flooded=flooded), share=0.5)
    assert case.shapes["flood"].sum() == 6
    said = capsys.readouterr().out
    assert "variable flood: share 0.5 of 20 wants 10 places, 6 can be told apart" in said
    assert "variable deaths" not in said


@pytest.mark.parametrize("model", ["two_class", "linear"])
def test_a_variable_known_in_less_than_half_of_the_zones_is_an_error(model):
    deaths = np.where(np.arange(20) < 10, np.arange(20.0), np.nan)
    from_tables(*with_column(deaths=deaths), model=model)
    deaths[9] = np.nan
    with pytest.raises(ValueError, match=r"'deaths': too few values: 9 of 20 .* at least half"):
        from_tables(*with_column(deaths=deaths), model=model)


def test_flows_are_whole_or_an_error_that_names_the_pair():
    zones, flows, places = tables()
    near = flows.assign(flow=flows["flow"] + 1e-7)
    case = from_tables(zones, near, places)
    assert (case.surroundings.flow == from_tables(zones, flows, places).surroundings.flow).all()
    flows.loc[4, "flow"] = 2.5
    pair = "from '{origin}' to '{destination}'".format(**flows.loc[4])
    with pytest.raises(ValueError, match=rf"flow {pair} is 2\.5: .* whole .*\(1 are not\)"):
        from_tables(zones, flows, places)


def test_flows_that_the_statistics_cannot_take_name_the_pair_and_the_remedy():
    zones, flows, places = tables()
    pair = "from '{origin}' to '{destination}'".format(**flows.loc[4])
    large = flows.assign(flow=flows["flow"].where(flows.index != 4, LARGEST_ERROR + 1.0))
    with pytest.raises(ValueError, match=f"the flow {pair} is {LARGEST_ERROR + 1}: .* rescale"):
        from_tables(zones, large, places)
    # each flow is small enough, but the model sends nearly all of them to one place
    huge = flows.assign(flow=3e7)
    crowded = zones.assign(
        residential_population=np.where(np.arange(20) == 7, 1e12, 1.0), x=zones["x"], y=zones["y"]
    )
    case = from_tables(crowded, huge, places)
    with pytest.raises(ValueError, match=r"a model's flow, .* to 'z007' is \d+: .* rescale"):
        case.standard()
