"""Forecasts of another day and of the rest of a day."""

import numpy as np
import pytest

from movelaws.lagrangian.exact import fit_exact
from movelaws.lagrangian.fit import Fit
from movelaws.lagrangian.prediction import (
    CHANGE,
    FARTHEST,
    PERSISTENCE,
    PREVIOUS,
    chosen_ridge,
    predicted,
    predictions,
    rule,
)
from movelaws.lagrangian.prediction_tasks import day_task, hours_task
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
    return {"monday": planted(1), "tuesday": planted(2)}


@pytest.fixture(scope="module")
def table(days):
    tasks = [
        day_task("monday", "tuesday", days, 1.0),
        hours_task("tuesday", days, 1.0, 0.6, earlier="monday"),
    ]
    return predictions(
        tasks,
        "city",
        variants=["homogeneous", "homogeneous_no_inertia"],
        ridges=[1e-9],
        exact=EXACT,
        **SCORING,
    )


def test_a_planted_law_predicts_another_day(table):
    rows = table[1].query("task == 'day'").set_index("variant")
    assert rows.loc["homogeneous", "skill"] > 0.8
    assert rows.loc["homogeneous", "low"] > 0.5
    assert rows.loc["homogeneous", "rms"] < rows.loc["homogeneous_no_inertia", "rms"]
    assert rows.loc[PERSISTENCE, "skill"] == 0


def test_every_method_is_scored_on_the_same_slots(table):
    curves, summary = table
    for task, first in (("day", 1), ("hours", 14)):
        rows = curves[curves["task"] == task]
        assert set(rows["variant"]) == set(summary.loc[summary["task"] == task, "variant"])
        for _, one in rows.groupby("variant"):
            assert list(one["n"]) == list(range(first + 1, STEPS + 1))
    whole = curves.groupby(["task", "variant"])["rms"].agg(lambda r: np.sqrt(np.mean(r**2)))
    for row in summary.itertuples():
        assert row.rms == pytest.approx(whole[row.task, row.variant])


def test_a_forecast_does_not_know_what_comes(days):
    """Later slots of the predicted day, its end above all, change no forecast."""
    other = {name: day.copy() for name, day in days.items()}
    other["tuesday"][2:] *= np.random.default_rng(5).uniform(0.5, 2, other["tuesday"][2:].shape)
    fits = []
    for data in (days, other):
        task = day_task("monday", "tuesday", data, 1.0)
        fit = fit_exact(task.fitted, variant="homogeneous", ridge=1e-6, **EXACT)
        fits.append(np.concatenate([predicted(task, fit)[2:], rule(task, CHANGE)[2:]]))
    assert np.array_equal(*fits)

    other = {name: day.copy() for name, day in days.items()}
    other["tuesday"][15:] *= 3
    both = []
    for data in (days, other):
        task = hours_task("tuesday", data, 1.0, 0.6)
        fit = fit_exact(task.fitted, variant="homogeneous", ridge=1e-6, window=task.window, **EXACT)
        both.append(predicted(task, fit)[15:])
    assert np.array_equal(*both)


def test_a_penalty_is_chosen_without_the_day_that_is_predicted(days):
    task = day_task("monday", "tuesday", days, 1.0)
    ridges = [1e-9, 1e3]
    assert chosen_ridge(task, "homogeneous", ridges, EXACT) == 1e-9
    other = days | {"tuesday": days["tuesday"][::-1].copy()}
    again = day_task("monday", "tuesday", other, 1.0)
    assert chosen_ridge(again, "homogeneous", ridges, EXACT) == 1e-9


def test_simple_rules_are_what_they_say(days):
    task = day_task("monday", "tuesday", days, 1.0)
    scale = days["monday"][0].sum() / days["tuesday"][0].sum()
    truth = np.log(days["tuesday"] * scale).reshape(STEPS + 1, -1)
    monday = np.log(days["monday"]).reshape(STEPS + 1, -1)
    assert np.allclose(rule(task, PERSISTENCE)[1:], truth[1])
    assert np.allclose(rule(task, PREVIOUS)[2:], monday[2:])
    assert np.allclose(rule(task, CHANGE)[2:], truth[1] + monday[2:] - monday[1])
    for name in (PERSISTENCE, PREVIOUS, CHANGE):
        assert np.array_equal(rule(task, name)[:2], task.truth[:2])
    alone = hours_task("monday", days, 1.0, 0.5)
    assert rule(alone, PREVIOUS) is None and rule(alone, CHANGE) is None


def test_a_forecast_that_runs_away_stays_a_number(days):
    task = day_task("monday", "tuesday", days, 1.0)
    wild = -500.0 * (neighbours((SIDE, SIDE)) >= 0)[np.newaxis]
    fit = Fit("exact", wild, wild, task.truth, task.truth, np.zeros(1), 0.0, None, task.fitted)
    path = predicted(task, fit)
    assert np.isfinite(path).all()
    assert np.abs(path - task.truth[task.first]).max() <= FARTHEST


@pytest.mark.parametrize("share", [0.01, 0.99])
def test_too_short_a_part_is_refused_with_the_key(days, share):
    with pytest.raises(ValueError, match="hours_share"):
        hours_task("monday", days, 1.0, share)
