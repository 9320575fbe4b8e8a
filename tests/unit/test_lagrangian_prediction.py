"""Forecasts of another day, of hours ahead and of the rest of a day."""

import numpy as np
import pytest

from movelaws.lagrangian.exact import fit_exact
from movelaws.lagrangian.fit import Fit
from movelaws.lagrangian.prediction import SUMMARY, predicted, predictions, rule
from movelaws.lagrangian.prediction_penalty import Learner
from movelaws.lagrangian.prediction_rules import (
    AVERAGE,
    CHANGE,
    DAMPED,
    DAMPED_AVERAGE,
    HALVING,
    LINE,
    PERSISTENCE,
    PREVIOUS,
    RULES,
    WITH_HISTORY,
    rule_path,
)
from movelaws.lagrangian.prediction_scores import FARTHEST
from movelaws.lagrangian.prediction_tasks import (
    AHEAD,
    DAY,
    EARLIER,
    HOURS,
    day_tasks,
    hours_task,
)
from movelaws.lagrangian.stencil import neighbours
from movelaws.synthetic.lagrangian_days import plant

SIDE, STEPS = 5, 23
PARAMETERS = {"gamma_self": 12.0, "gamma_link": -0.8, "lambda_self": 60.0, "lambda_link": -8.0}
EXACT = {"smoothness": 0.0, "iterations": 150, "bound": 1000.0}
SCORING = {"block": 2, "replicates": 60, "level": 0.9, "seed": 3}


def planted(number: int) -> np.ndarray:
    """Agents of one of three days of homogeneous dynamics, each from a start of its own."""
    days = plant(
        np.random.default_rng(0),
        ("0", "1", "2"),
        side=SIDE,
        slots=STEPS + 1,
        parameters=PARAMETERS,
        level=0.35,
        contrast=8.0,
    )
    return 1e5 * np.exp(days.q[number])


@pytest.fixture(scope="module")
def days():
    return {"monday": planted(1), "tuesday": planted(2), "sunday": planted(0)}


def of_day(days, name=DAY, **options):
    tasks = day_tasks("monday", "tuesday", days, 1.0, 0.6, **options)
    return next(task for task in tasks if task.task == name)


def still_fit(task, **options):
    options = {"variant": "homogeneous", "ridge": 1e-9} | EXACT | options
    return fit_exact(task.fitted, window=task.window, around="still", **options)


HISTORY = ("sunday", "monday")
VARIED = ["homogeneous", "homogeneous_no_inertia"]


@pytest.fixture(scope="module")
def table(days):
    tasks = [
        *day_tasks("monday", "tuesday", days, 1.0, 0.6, history=HISTORY, hour=0.5),
        hours_task("tuesday", days, 1.0, 0.6, earlier="monday", history=HISTORY, hour=0.5),
        hours_task("monday", days, 1.0, 0.6, hour=0.5),
    ]
    return predictions(
        tasks,
        "city",
        variants=VARIED,
        ridges=[1e-9],
        exact=EXACT,
        leads_hours=[0.1, 0.5, 2, 4, 100],
        **SCORING,
    )


@pytest.mark.parametrize("task", [DAY, EARLIER])
def test_a_planted_law_predicts_another_day(table, task):
    rows = table[1].query("task == @task").set_index("variant")
    assert rows.loc["homogeneous", "skill"] > 0.8
    assert rows.loc["homogeneous", "low"] > 0.5
    assert rows.loc["homogeneous", "tv_skill"] > 0.7
    assert rows.loc["homogeneous", "rms"] < rows.loc["homogeneous_no_inertia", "rms"]
    assert rows.loc[PERSISTENCE, "skill"] == rows.loc[PERSISTENCE, "tv_skill"] == 0


def test_hours_ahead_have_a_row_for_the_nearest_step(table):
    curves, summary = table
    rows = summary.query("task == 'ahead'")
    assert set(rows["variant"]) == {*RULES, *VARIED}
    for _, part in rows.groupby("variant"):
        assert list(part["hours"]) == [0.5, 2, 4]
        of = curves.query("task == 'ahead' and variant == @part.variant.iloc[0]").set_index("n")
        assert list(of.index) == list(range(1, STEPS))
        assert np.allclose(of["hours"], of.index * 0.5)
        assert np.allclose(of.loc[[1, 4, 8], ["rms", "tv"]], part[["rms", "tv"]])
    best = rows[rows["variant"] == "homogeneous"]
    assert (best["low"] > 0.5).all()
    assert summary.loc[summary["task"] != AHEAD, "hours"].isna().all()


def test_errors_ahead_are_those_of_single_forecasts(days, table):
    """The simple rules by hand, from every origin."""
    task = of_day(days, AHEAD, history=HISTORY, hour=0.5)
    q, before, mean, lead = task.truth, task.previous, task.average, 4
    origins = np.arange(1, STEPS - lead + 1)
    then, now = q[origins + lead], q[origins]
    left = (STEPS - origins)[:, np.newaxis]
    expected = {
        PERSISTENCE: now,
        PREVIOUS: before[origins + lead],
        CHANGE: now + before[origins + lead] - before[origins],
        DAMPED: before[origins + lead] + 0.5 ** (2 / HALVING) * (now - before[origins]),
        AVERAGE: mean[origins + lead],
        DAMPED_AVERAGE: mean[origins + lead] + 0.5 ** (2 / HALVING) * (now - mean[origins]),
        LINE: now + lead / left * (q[-1] - now),
    }
    found = table[1].query("task == 'ahead' and hours == 2").set_index("variant")["rms"]
    for name, path in expected.items():
        assert found[name] == pytest.approx(np.sqrt(np.mean((path - then) ** 2))), name


def test_every_method_is_scored_on_the_same_slots(table):
    curves, summary = table
    assert list(summary.columns) == list(SUMMARY)
    for task, first in ((DAY, 1), (HOURS, 14), (EARLIER, 14)):
        rows = curves[(curves["task"] == task) & (curves["test_day"] == "tuesday")]
        for _, one in rows.groupby("variant"):
            assert list(one["n"]) == list(range(first + 1, STEPS + 1))
            assert np.allclose(one["hours"], (one["n"] - first) * 0.5)
    single = curves[curves["task"] != AHEAD]
    whole = single.groupby(["task", "test_day", "variant"])["rms"].agg(
        lambda r: np.sqrt(np.mean(r**2))
    )
    for row in summary[summary["task"] != AHEAD].itertuples():
        assert row.rms == pytest.approx(whole[row.task, row.test_day, row.variant])


def test_what_is_no_fair_comparison_is_marked(table):
    rows = table[1]
    assert set(rows.loc[~rows["common"], "variant"]) == {PERSISTENCE, LINE, *VARIED}
    assert set(rows.loc[rows["oracle"], "variant"]) == {LINE}
    equal = rows[rows["by_construction"]]
    assert set(equal["task"]) == {HOURS}
    assert set(equal["variant"]) == {"homogeneous_no_inertia"}
    assert (equal["skill"] == 0).all()
    assert rows.loc[rows["variant"] == LINE, "validation"].isna().all()
    assert rows.loc[rows["variant"].isin([PERSISTENCE, *VARIED]), "validation"].notna().all()


def test_a_forecast_does_not_know_what_comes(days):
    """Later slots of the predicted day, its end above all, change no forecast."""
    other = {name: day.copy() for name, day in days.items()}
    other["tuesday"][2:] *= np.random.default_rng(5).uniform(0.5, 2, other["tuesday"][2:].shape)
    fits = []
    for data in (days, other):
        task = of_day(data, history=HISTORY)
        rules = [rule(task, name) for name in RULES if name != LINE]
        paths = [predicted(task, still_fit(task)), *rules]
        fits.append(np.concatenate([path[2:] for path in paths]))
    assert np.array_equal(*fits)

    other = {name: day.copy() for name, day in days.items()}
    other["tuesday"][15:] *= 3
    both = []
    for data in (days, other):
        task = hours_task("tuesday", data, 1.0, 0.6)
        both.append(predicted(task, still_fit(task))[15:])
    assert np.array_equal(*both)


def test_a_penalty_is_chosen_without_what_is_predicted(days):
    ridges = [1e-9, 1e3]
    other = days | {"tuesday": days["tuesday"][::-1].copy()}
    late = {name: day.copy() for name, day in days.items()}
    late["tuesday"][15:] *= np.linspace(1, 5, 9)[:, np.newaxis, np.newaxis]
    for third in (None, "sunday"):
        found = [
            Learner("homogeneous", ridges, EXACT).choose(of_day(data, other=third))
            for data in (days, other)
        ]
        assert found[0].penalty == found[1].penalty == 1e-9
        assert found[0].validation == found[1].validation < 0.1
    found = [
        Learner("homogeneous", ridges, EXACT).choose(hours_task("tuesday", data, 1.0, 0.6))
        for data in (days, late)
    ]
    assert found[0].validation == found[1].validation


def test_a_choice_at_an_edge_is_said_where_it_matters(days):
    task = of_day(days, other="sunday")
    assert Learner("homogeneous", [1e-2, 1e3], EXACT).choose(task).at_edge
    assert not Learner("homogeneous", [1e-12, 1e-10, 1e3], EXACT).choose(task).at_edge
    # Beyond the upper end nothing moves any more: that is no edge.
    backwards = days | {"sunday": days["sunday"][::-1].copy()}
    turned = Learner("homogeneous_no_inertia", [1e-9, 1e6], EXACT)
    choice = turned.choose(of_day(backwards, other="sunday"))
    assert choice.penalty == 1e6 and not choice.at_edge


def test_a_strong_penalty_means_that_nothing_moves(days):
    task = of_day(days)
    for variant in ("homogeneous", "time_independent", "full", "full_no_inertia"):
        fit = still_fit(task, variant=variant, ridge=1e9, bound=1e4)
        assert np.allclose(predicted(task, fit), rule(task, PERSISTENCE), atol=1e-5)


def test_simple_rules_are_what_they_say(days):
    task = of_day(days, history=HISTORY)
    scale = days["monday"][0].sum() / days["tuesday"][0].sum()
    truth = np.log(days["tuesday"] * scale).reshape(STEPS + 1, -1)
    monday = np.log(days["monday"]).reshape(STEPS + 1, -1)
    assert np.allclose(rule(task, PERSISTENCE)[1:], truth[1])
    assert np.allclose(rule(task, PREVIOUS)[2:], monday[2:])
    assert np.allclose(rule(task, CHANGE)[2:], truth[1] + monday[2:] - monday[1])
    assert np.allclose(rule(task, DAMPED)[5], monday[5] + 0.5 * (truth[1] - monday[1]))
    assert np.allclose(rule(task, LINE)[[1, -1]], truth[[1, -1]])
    assert np.allclose(np.diff(rule(task, LINE)[1:], n=2, axis=0), 0)
    for name in RULES:
        assert np.array_equal(rule(task, name)[:2], task.truth[:2])
    alone = hours_task("monday", days, 1.0, 0.5)
    for name in (PREVIOUS, CHANGE, DAMPED, *WITH_HISTORY):
        assert rule(alone, name) is None
    for name in WITH_HISTORY:
        assert rule(of_day(days), name) is None
    with pytest.raises(ValueError, match="rule = 'guess'"):
        rule_path("guess", task.truth, None, None, 1, 1, 1.0)


def test_a_forecast_that_runs_away_stays_a_number(days):
    task = of_day(days)
    wild = -500.0 * (neighbours((SIDE, SIDE)) >= 0)[np.newaxis]
    fit = Fit("exact", wild, wild, task.truth, task.truth, np.zeros(1), 0.0, None, task.fitted)
    path = predicted(task, fit)
    assert np.isfinite(path).all()
    assert np.abs(path - task.truth[task.first]).max() <= FARTHEST


@pytest.mark.parametrize("share", [0.01, 0.99])
def test_too_short_a_part_is_refused_with_the_key(days, share):
    with pytest.raises(ValueError, match="hours_share"):
        hours_task("monday", days, 1.0, share)
    with pytest.raises(ValueError, match="hours_share"):
        day_tasks("monday", "tuesday", days, 1.0, share)


def test_what_can_not_choose_is_named(days):
    with pytest.raises(ValueError, match="other = 'monday'"):
        of_day(days, other="monday")
    with pytest.raises(ValueError, match="history: 'tuesday'"):
        of_day(days, history=("monday", "tuesday"))
    with pytest.raises(ValueError, match="history: 'monday'"):
        hours_task("monday", days, 1.0, 0.6, history=("monday",))
    with pytest.raises(ValueError, match="ridges is empty"):
        Learner("homogeneous", [], EXACT)
