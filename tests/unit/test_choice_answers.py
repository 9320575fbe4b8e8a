"""The results in short follow the tables, whichever way they went."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from movelaws.choice.answers import COLUMNS, Tables, answers
from movelaws.choice.phrases import leads, led
from movelaws.choice.what_if_answers import WhatIf, what_if
from movelaws.phrases import ends, sentences

LABELS = {"a": "Here", "b": "There"}
MODELS = ["DCG", "GMPow2", "GMPow", "IO", "RM", "PWO", "GMPowDC"]
CLOSE, CROWDING, FIXED, FOLLOW, APART, UNSEEN, SOLVED = range(7)
NOTHING = pd.DataFrame({"dataset": []})
EMPTY = Tables(*[NOTHING] * 7)


def scores(game, gravity, reference, dataset):
    numbers = [game, gravity, gravity - 0.01, 0.4, 0.3, 0.2, reference]
    return [(dataset, model, n) for model, n in zip(MODELS, numbers, strict=True)]


def statistics(*rows):
    table = pd.DataFrame([line for row in rows for line in scores(*row)])
    table.columns = ["dataset", "model", "ssi_nonzero"]
    table["ssi"] = table["ssi_nonzero"] / 2
    table["ks_distance"] = table["ks_attraction"] = 1 - table["ssi"]
    return table


def fits(*rows):
    table = statistics(*rows).assign(cpc=lambda t: t["ssi"], value=lambda t: 1e4 * t["ssi"])
    return pd.concat([table.assign(objective=o) for o in ("ssi", "cpc", "poisson")])


def whole(*rows):
    datasets = pd.DataFrame({"dataset": ["a", "b"], "attraction": "arrivals"})
    return replace(EMPTY, statistics=statistics(*rows), fits=fits(*rows), datasets=datasets)


def parameters(alpha, gamma, objective="ssi", planted=np.nan):
    names = ["alpha", "beta", "gamma"]
    table = pd.DataFrame({"parameter": names, "value": [alpha, 1.0, gamma]})
    table = table.assign(dataset="a", model="DCG", objective=objective, planted_value=planted)
    table = table.assign(low=table["value"] - 0.1, high=table["value"] + 0.1)
    table = table.assign(bound_low=0.0, bound_high=10.0)
    return table.assign(at_bound=table["value"].isin([0.0, 10.0]))


def told(tables, synthetic=False):
    found = answers(tables, LABELS, synthetic)
    assert list(found.columns) == COLUMNS
    return dict(zip(found["question"], found["answer"], strict=True))


def only(tables, **options):
    (answer,) = told(tables, **options).values()
    return answer


def test_a_question_without_its_table_is_left_out():
    assert answers(EMPTY, LABELS, False).empty


def test_the_lead_of_the_game_has_its_size_and_places():
    ahead = whole((0.9, 0.8, 0.7, "a"), (0.6, 0.5, 0.5, "b"))
    close = told(ahead)["How close do the models come?"]
    assert "0.6 (There) to 0.9 (Here)" in close
    assert "ahead of gravity 2 on all 2 datasets, by 12.5 % (Here) to 20.0 % (There)" in close
    assert "best of the opportunity models on all 2" in close


def test_a_game_that_is_behind_is_said_to_be_behind_and_the_search_to_have_failed():
    found = told(whole((0.7, 0.8, 0.7, "a"), (0.6, 0.5, 0.5, "b")))
    close = found["How close do the models come?"]
    assert "ahead of gravity 2 on 1 of 2 datasets and behind on 1" in close
    crowding = found["Is it crowding, or knowing the arrivals?"]
    assert crowding.endswith("where it is (Here), the search has failed.")


@pytest.mark.parametrize(
    ("reference", "count", "verdict"),
    [
        (0.9, "on all 2 datasets by SSI", "it is ahead more often than the game"),
        (0.1, "on none of 2 datasets by SSI", "the game is ahead more often"),
        (0.7, "on none of 2 datasets by SSI (level on 2)", "depends on the measure"),
    ],
)
def test_crowding_or_knowing_the_arrivals_goes_either_way(reference, count, verdict):
    tables = whole((0.7, 0.6, reference, "a"), (0.7, 0.6, reference, "b"))
    answer = told(tables)["Is it crowding, or knowing the arrivals?"]
    assert count in answer
    assert verdict in answer
    assert "is told the arrivals" in answer
    tables.datasets["attraction"] = "workplace"
    other = told(tables)["Is it crowding, or knowing the arrivals?"]
    assert "in proportion to attraction" in other


def test_edges_inner_optima_and_no_crowding_are_told_apart():
    upper = only(replace(EMPTY, parameters=parameters(10.0, 9.0)))
    assert "on 1 of 1 dataset by SSI" in upper
    assert "no optimum inside" in upper
    assert "alpha / (1 + gamma) is 1 (Here) by SSI" in upper
    inner = only(replace(EMPTY, parameters=parameters(2.0, 1.0)))
    assert "on 0 of 1 dataset" in inner
    assert "edge, alpha" not in inner
    assert "without crowding" in only(replace(EMPTY, parameters=parameters(1.0, 0.0)))


def test_planted_parameters_are_counted_where_there_is_an_interval():
    fitted = parameters(1.0, 1.0, "poisson", planted=1.05)
    fitted.loc[fitted["parameter"] == "beta", "planted_value"] = 3.0
    answer = only(replace(EMPTY, parameters=fitted), synthetic=True)
    assert answer.startswith("In this synthetic run, the fit")
    assert "2 of 3 intervals" in answer
    fitted.loc[fitted["parameter"] == "gamma", ["low", "high"]] = -np.inf, np.inf
    assert "1 of 2 intervals; 1 more have no" in only(replace(EMPTY, parameters=fitted))


def test_the_lowest_distance_between_distributions_is_counted():
    first = told(whole((0.7, 0.6, 0.9, "a"), (0.5, 0.6, 0.9, "b")))
    answer = first["Do distances and arrivals follow?"]
    assert answer.count("lowest of the paper's six models on 1 of 2 datasets") == 2


def readings(**change):
    row = {"dataset": "a", "attraction": "residential", "model": "DCG", "objective": "poisson"}
    row |= {"gamma": 0.5, "gamma_low": 0.2, "gamma_high": 0.8, "at_bound": np.nan, "p_value": 0.001}
    return replace(EMPTY, readings=pd.DataFrame([row | change]))


def test_crowding_apart_follows_the_interval_and_the_test():
    found = only(readings())
    assert "excludes 0 on 1 of 1 dataset (Here: 0.5, 0.2 to 0.8)" in found
    assert "rejects gamma = 0 in 1 of 1 reading" in found
    other = only(readings(gamma_low=-0.2, p_value=0.3))
    assert "excludes 0 on 0 of 1 dataset and includes 0 on 1 of 1" in other
    assert "in 0 of 1 reading" in other
    assert "edge of the box on 1 of 1 dataset (Here: 10)" in only(
        readings(gamma=10.0, at_bound="gamma")
    )
    assert "as wide as the box" in only(readings(gamma_low=-np.inf, gamma_high=np.inf))
    assert told(readings(attraction="arrivals")) == {}


def heldout(game, gravity, failed=False):
    rows = [
        {"dataset": "a", "attraction": "all", "fold": k, "model": m, "ssi_nonzero": v, "cpc": v}
        for k in (0, 1)
        for m, v in (("DCG", game), ("GMPow2", gravity))
    ]
    table = pd.DataFrame(rows)
    if failed:
        table.loc[2, ["ssi_nonzero", "cpc"]] = np.nan
    return replace(EMPTY, heldout=table)


def test_unseen_origins_name_the_best_and_the_lead():
    ahead = only(heldout(0.6, 0.5))
    assert "best by CPC is the game on 1 of 1 dataset; the game is ahead of gravity 2" in ahead
    assert "20.0 %" in ahead
    assert "training" not in ahead
    behind = only(heldout(0.4, 0.5))
    assert "is gravity 2 on 1 of 1 dataset; the game is behind gravity 2, by 20.0 %" in behind


def test_a_model_that_failed_in_a_fold_is_not_the_best():
    assert "is gravity 2 on 1 of 1" in only(heldout(0.6, 0.5, failed=True))


def solver(converged):
    table = pd.DataFrame({"method": ["anderson", "averaging 0.25"], "iterations": [9, 2000]})
    table = table.assign(dataset="a", converged=[True, converged], utility_spread=1e-11)
    table = table.assign(gamma=7.7, phi_limit=0.23)
    return replace(EMPTY, solver=table.assign(without_crowding=2e-14, fixed_attraction=3e-11))


def test_the_solver_that_does_not_converge_is_named_with_its_gamma():
    failed = only(solver(False))
    assert "converges on 0 of 1 dataset; not in 2,000 iterations on 1 (Here: gamma" in failed
    assert "gamma = 7.7 would need a step below 0.23" in failed
    came = only(solver(True))
    assert "converges on 1 of 1 dataset after 2,000 iterations" in came
    assert "gamma = " not in came


def counterfactual(after=80.0, factor=1.2, case=None):
    summary = pd.DataFrame(
        [
            ("arrivals at changed destinations", 100.0, after),
            ("equivalent distance factor", 1.0, factor),
            ("travellers who change destination", 0.0, 0.05),
        ],
        columns=["quantity", "before", "after"],
    )
    others = pd.DataFrame(
        {"moved_share": [0.01, 0.2], "arrivals_before": [90.0, 110.0]}
        | {"arrivals_after": [70.0, 85.0], "equivalent_distance_factor": [1.1, 1.5]}
    )
    others = others if case is None else others.assign(case=case)
    return WhatIf("A change", "Here", "trips", summary, others)


def test_a_counterfactual_has_its_numbers_and_their_ranges():
    found = only(replace(EMPTY, what_ifs={"x": counterfactual()}))
    assert "go from 100 to 80 trips (90 to 110 before and 70 to 85 after)" in found
    assert "5 % (1 % to 20 %) change destination" in found
    assert "loss of utility is that of distances 1.2 (1.1 to 1.5)" in found
    assert "also those that fit worse" in found
    assert list(told(replace(EMPTY, what_ifs={"x": counterfactual()}))) == [
        "What if: A change (Here)?"
    ]


def test_a_counterfactual_can_also_do_nothing_or_good():
    assert "stay what they are" in what_if(counterfactual(after=100.0))[0]
    assert "gain" in what_if(counterfactual(factor=0.9))[2]
    assert "nothing is lost" in what_if(counterfactual(factor=1.0))[2]
    assert not any("utility" in part for part in what_if(counterfactual(factor=np.nan)))


def test_only_parameters_that_fit_as_well_make_the_range():
    some = sentences(what_if(counterfactual(case=["fits as well", "fits worse"])), False)
    assert "(90 before and 70 after)" in some
    assert "over 1 strength" in some
    none = sentences(what_if(counterfactual(case="fits worse")), False)
    assert "(" not in none
    assert none.endswith("No other strength of crowding fits as well.")


def test_a_dataset_without_a_label_is_refused_by_name():
    with pytest.raises(ValueError, match=r"solver has dataset 'a': labels has \['z'\]"):
        answers(solver(True), {"z": "Z"}, False)


def test_leads_are_percent_where_both_have_a_score():
    game, rival = pd.Series({"a": 0.6, "b": 0.5, "c": 0.4}), pd.Series({"a": 0.5, "b": 0.0})
    lead = leads(game, rival)
    assert lead.to_dict() == pytest.approx({"a": 20.0})
    assert led(lead * 0, "it", LABELS) == "level with it on 1 of 1 dataset"
    assert led(-lead, "it", LABELS) == "behind it, by 20.0 % (Here)"
    assert ends(pd.Series({"a": 0.5, "b": 0.5}), LABELS) == "0.5"
