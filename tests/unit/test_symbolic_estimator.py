"""The estimator keeps the conventions of scikit-learn and allocates what it is given."""

import doctest
import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from movelaws.symbolic import estimator
from movelaws.symbolic.estimator import FlowLawRegressor
from movelaws.symbolic.evolution import EvolutionSettings

SETTINGS = EvolutionSettings(populations=2, population_size=32, cycles_per_iteration=60)


def law(**changes):
    parameters = {"complexity_max": 5, "exhaustive": 0, "iterations": 3, "settings": SETTINGS}
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
        (lambda t: pd.concat([t, t.head(1)]), "twice"),
        (lambda t: t[["origin", "destination", "flow"]], "no variables"),
        (lambda t: t.to_numpy(), "ndarray"),
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
        ({"exhaustive": 3, "loss": "poisson"}, "exhaustive = 3"),
    ],
)
def test_bad_parameters_are_refused_by_fit(od, wrong, message):
    with pytest.raises(ValueError, match=message):
        law(**wrong).fit(od)


def test_missing_outflows_are_named(fitted, od):
    with pytest.raises(ValueError, match="outflow lacks the origins"):
        fitted.predict(od, outflow={"o1": 3.0})


def test_the_example_of_the_docstring_runs():
    results = doctest.testmod(estimator)
    assert results.attempted > 5
    assert results.failed == 0
