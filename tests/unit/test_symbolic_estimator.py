"""The estimator keeps the conventions of scikit-learn and allocates what it is given."""

import doctest
import pickle
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from movelaws.symbolic import estimator
from movelaws.symbolic.estimator import FlowLawRegressor
from movelaws.symbolic.estimator_tables import observations_of
from movelaws.symbolic.evolution import EvolutionSettings
from movelaws.symbolic.hall_of_fame import Law

SIZES = {"populations": 4, "population_size": 32, "cycles_per_iteration": 60}
SETTINGS = EvolutionSettings(**SIZES)


def law(**changes):
    parameters = {"complexity_max": 5, "exhaustive": 0, "iterations": 6, "settings": SETTINGS}
    return FlowLawRegressor(**{**parameters, **changes})


@pytest.fixture(scope="module")
def od():
    """Planted w_j / 1.06^d, rows in no order."""
    random = np.random.default_rng(5)
    origins, destinations = 15, 14
    n = origins * destinations
    od = pd.DataFrame(
        {
            "origin": np.repeat([f"o{k}" for k in range(origins)], destinations),
            "destination": np.tile([f"z{k}" for k in range(destinations)], origins),
            "w_j": random.uniform(1, 9, n),
            "d": random.uniform(1, 60, n),
        }
    )
    f = od["w_j"] / 1.06 ** od["d"]
    outflow = random.uniform(100, 900, origins)
    od["flow"] = np.repeat(outflow, destinations) * f / f.groupby(od["origin"]).transform("sum")
    return od.sample(frac=1, random_state=1, ignore_index=True)


@pytest.fixture(scope="module")
def fitted(od):
    return law(seed=1).fit(od)


def test_the_planted_law_is_found(fitted, od):
    assert fitted.best_.complexity == 5
    assert fitted.score(od) == pytest.approx(1, abs=1e-6)
    np.testing.assert_allclose(fitted.predict(od), od["flow"], rtol=1e-4, atol=1e-6)
    assert fitted.n_features_in_ == 2
    assert list(fitted.feature_names_in_) == ["w_j", "d"]
    assert list(fitted.front_["complexity"]) == sorted(fitted.front_["complexity"])
    assert (fitted.front_["rmse"].diff().dropna() < 0).all()


def test_predictions_add_up_to_the_outflow(fitted, od):
    totals = {origin: 10.0 * (k + 1) for k, origin in enumerate(od["origin"].unique())}
    by_argument = fitted.predict(od.drop(columns="flow"), outflow=totals)
    sums = pd.Series(by_argument).groupby(od["origin"]).sum()
    for origin, total in totals.items():
        assert sums[origin] == pytest.approx(total)
    with_column = od.drop(columns="flow").assign(outflow=od["origin"].map(totals))
    np.testing.assert_allclose(fitted.predict(with_column), by_argument)


def test_rows_of_origins_without_outflow_are_left_out_and_get_nothing(od, fitted):
    more = pd.concat([od, od.head(3).assign(origin="empty", flow=0.0)], ignore_index=True)
    again = law(seed=1).fit(more)
    assert again.expression_ == fitted.expression_
    np.testing.assert_array_equal(again.predict(more)[-3:], 0)


def test_the_constructor_only_stores():
    regressor = FlowLawRegressor(complexity_max=-3, selection="best")
    assert regressor.get_params()["complexity_max"] == -3
    assert clone(regressor).get_params() == regressor.get_params()
    assert regressor.set_params(seed=7).seed == 7


def test_clones_give_equal_fronts(fitted, od):
    pd.testing.assert_frame_equal(clone(fitted).fit(od).front_, fitted.front_)


def test_fitted_laws_travel(fitted, od):
    np.testing.assert_array_equal(
        pickle.loads(pickle.dumps(fitted)).predict(od), fitted.predict(od)
    )


def test_predicting_before_fitting(od):
    with pytest.raises(NotFittedError):
        law().predict(od)


def test_selection_by_complexity(od):
    assert law(seed=1, selection=3).fit(od).best_.complexity <= 3


def test_exhaustive_search_seeds(od):
    pytest.importorskip("movelaws.symbolic.exhaustive")
    found = law(exhaustive=5, iterations=0).fit(od)
    assert found.score(od) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop(columns="flow"), "'flow'"),
        (lambda t: t.drop(columns="origin"), "origin"),
        (lambda t: t.drop(columns="destination"), "'destination'"),
        (lambda t: t.assign(d="far"), "'d' of od must hold numbers"),
        (lambda t: t.assign(d=np.nan), "'d' of od is nan"),
        (lambda t: t.assign(flow=-1.0), "'flow' of od is < 0"),
        (lambda t: t.assign(flow=0.0), "nothing to search"),
        (lambda t: pd.concat([t, t.head(1)]), "pair of origin and destination of row 210 twice"),
        (lambda t: t.assign(destination=t["destination"].where(t.index > 4)), "missing in row 0"),
        (lambda t: pd.concat([t, t[["d"]]], axis=1), r"\['d'\] more than once"),
        (lambda t: pd.concat([t, t[["flow"]]], axis=1), "'flow' 2 times"),
        (lambda t: pd.concat([t, t[["origin"]]], axis=1), "'origin' 2 times"),
        (lambda t: t[["origin", "destination", "flow"]], "no variables"),
        (lambda t: t.to_numpy(), "ndarray"),
        (lambda t: t.head(0), "no rows"),
        (lambda t: t.drop_duplicates("origin"), "one destination .15 rows."),
        (lambda t: t.head(1), "one destination .1 rows."),
    ],
)
def test_bad_tables_are_refused(od, change, message):
    with pytest.raises(ValueError, match=message):
        law().fit(change(od))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"complexity_max": 0}, "complexity_max = 0"),
        ({"iterations": -1}, "iterations = -1"),
        ({"selection": "best"}, "selection = 'best'"),
        ({"selection": True}, "selection = True"),
        ({"seed": "a"}, "seed = 'a'"),
        ({"seed": -1}, "seed = -1"),
        ({"seed": None}, "seed = None"),
        ({"complexity_max": True}, "complexity_max = True"),
        ({"settings": {"population": 2, "cycles": 3}}, r"unknown names \['population', 'cycles'\]"),
        ({"settings": {"populations": "two"}}, "populations = 'two'"),
        ({"settings": 3}, "settings = 3"),
        ({"exhaustive": 3, "loss": "poisson"}, "exhaustive = 3"),
    ],
)
def test_bad_parameters_are_refused_by_fit(od, wrong, message):
    with pytest.raises(ValueError, match=message):
        law(**wrong).fit(od)


def test_settings_may_be_given_by_their_names(fitted, od):
    again = law(seed=1, settings=SIZES).fit(od)
    pd.testing.assert_frame_equal(again.front_, fitted.front_)
    assert clone(again).get_params()["settings"] == SIZES


@pytest.mark.parametrize(
    ("name", "proposed"),
    [
        ("Distance", "distance"),
        ("D", "d_2"),
        ("d2", "d_2"),
        ("x1", "x_1"),
        ("my dist", "my_dist"),
        ("Köln", "koln"),
        ("1st", "x_1_st"),
        (3, "x_3"),
        ("ln", "ln_2"),
        ("", "x"),
        (("a", "b"), "a_b"),
    ],
)
def test_columns_that_cannot_name_variables_are_refused_before_the_search(od, name, proposed):
    table = od.copy()
    table[name] = 1.0
    with pytest.raises(ValueError, match=r"lower-case letters.*od\.rename") as caught:
        law().fit(table)
    assert f"{{{name!r}: {proposed!r}}}" in str(caught.value)
    table = table.rename(columns={name: proposed})
    assert proposed in law(iterations=1).fit(table).names_


def test_names_of_observations_are_checked_too(od):
    data = replace(observations_of(od), names=("W", "d"))
    with pytest.raises(ValueError, match=r"\['W'\] of od cannot name"):
        law().fit(data)


def test_an_exact_simplest_law_is_chosen_in_silence(od):
    flat = od.assign(flow=7.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = law(iterations=1).fit(flat)
    np.testing.assert_allclose(found.predict(flat), 7.0)
    exact = [Law(1, 0.0, found.best_.program), Law(3, 0.0, found.best_.program)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert estimator._selected(exact, "elbow") is exact[0]


def test_variables_that_tell_no_destinations_apart_are_told_to_the_user(od):
    table = od.assign(d=1.0, w_j=2.0)
    with pytest.warns(UserWarning, match=r"none of the variables \['w_j', 'd'\] differs"):
        found = law(iterations=1).fit(table)
    shares = table.groupby("origin")["flow"].transform("mean")
    np.testing.assert_allclose(found.predict(table), shares)


def test_missing_outflows_are_named(fitted, od):
    with pytest.raises(ValueError, match="outflow lacks the origins"):
        fitted.predict(od, outflow={"o1": 3.0})


@pytest.mark.parametrize("value", [np.nan, np.inf, -1.0, "a", None, True, 1j, [3.0]])
def test_outflows_that_are_no_amounts_are_named(fitted, od, value):
    totals = dict.fromkeys(od["origin"], 10.0) | {"o3": value}
    with pytest.raises(ValueError, match=r"outflow of origin 'o3' is .* >= 0 is needed"):
        fitted.predict(od, outflow=totals)


def test_outflows_may_be_a_series(fitted, od):
    totals = od.groupby("origin")["flow"].sum()
    np.testing.assert_allclose(fitted.predict(od, outflow=totals), fitted.predict(od))
    with pytest.raises(ValueError, match="the origin 'o0' more than once"):
        fitted.predict(od, outflow=pd.concat([totals, totals.head(1)]))
    with pytest.raises(ValueError, match="outflow is a float"):
        fitted.predict(od, outflow=10.0)
    with pytest.raises(ValueError, match="Observations carry theirs"):
        fitted.predict(observations_of(od), outflow=totals)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.assign(outflow=np.arange(len(t)) + 1.0), "an origin has one outflow"),
        (lambda t: t.assign(outflow=-3.0), "'outflow' of od is < 0 in row 0"),
        (lambda t: t.assign(outflow=np.nan), "'outflow' of od is nan in row 0"),
        (lambda t: t.assign(flow=-3.0), "'flow' of od is < 0 in row 0"),
        (lambda t: pd.concat([t, t[["d"]]], axis=1), "'d' 2 times"),
        (lambda t: t.rename(columns={"d": 3}), "lacks the column 'd'"),
        (lambda t: t.assign(origin=t["origin"].where(t.index > 4)), "'origin' of od is missing"),
    ],
)
def test_bad_tables_are_refused_by_predict(fitted, od, change, message):
    with pytest.raises(ValueError, match=message):
        fitted.predict(change(od))


def test_the_example_of_the_docstring_runs():
    results = doctest.testmod(estimator)
    assert results.attempted > 5
    assert results.failed == 0
