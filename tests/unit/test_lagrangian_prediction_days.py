"""Which days a forecast may know, and what it makes of them."""

import numpy as np
import pytest

from movelaws.lagrangian.prediction import rule
from movelaws.lagrangian.prediction_days import history, in_order, third_day
from movelaws.lagrangian.prediction_rules import AVERAGE, DAMPED_AVERAGE, HALVING, PREVIOUS
from movelaws.lagrangian.prediction_tasks import AHEAD, DAY, day_tasks, hours_task

WEEK = ("2", "0", "1", "3", "9", "10", "11")
PAIRS = [("2", "9"), ("3", "10"), ("0", "1"), ("1", "2"), ("10", "11")]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("2", "10", "9", "2"), ["2", "9", "10"]),
        (("2008-06-03", "2008-05-22"), ["2008-05-22", "2008-06-03"]),
        (("workdays", "saturday"), ["workdays", "saturday"]),
        (("workdays", "10", "9"), ["workdays", "10", "9"]),
    ],
)
def test_days_are_in_the_order_of_time(given, expected):
    assert in_order(given) == expected


def test_history_is_of_fitted_days_before_the_predicted_one():
    assert history("2", "9", PAIRS, WEEK) == ("0", "1", "2", "3")
    assert history("1", "2", PAIRS, WEEK) == ("0", "1")
    assert history("0", "1", PAIRS, WEEK) == ("0",)
    assert history("10", "11", PAIRS, WEEK) == ("0", "1", "2", "3", "10")
    for fitted, predicted in PAIRS:
        days = history(fitted, predicted, PAIRS, WEEK)
        assert fitted in days
        assert max(map(int, days)) < int(predicted)


def test_the_day_that_is_fitted_is_known_wherever_it_lies():
    pairs = [("3", "2"), ("0", "2"), ("1", "2")]
    assert history("3", "2", pairs, ("0", "1", "2", "3")) == ("0", "1", "3")


def test_no_case_has_a_history_of_single_days_only():
    assert (
        history("workdays", "saturday", [("workdays", "saturday")], ("workdays", "saturday")) == ()
    )
    assert history("0", "1", [("0", "1"), ("0", "2")], ("0", "1", "2")) == ()


def test_a_penalty_is_chosen_on_no_later_day():
    found = {pair: third_day(*pair, PAIRS, WEEK) for pair in PAIRS}
    assert found == {
        ("2", "9"): "1",
        ("3", "10"): "2",
        ("0", "1"): None,
        ("1", "2"): "0",
        ("10", "11"): "3",
    }
    assert third_day("a", "b", [("a", "b")], "ab") is None
    assert third_day("a", "b", [("a", "b"), ("a", "c")], "abc") is None  # c comes later
    assert third_day("a", "c", [("a", "b"), ("a", "c")], "abc") == "b"  # by then it is known
    assert third_day("a", "c", [("a", "c"), ("b", "c")], "abc") == "b"


@pytest.fixture(scope="module")
def days():
    rng = np.random.default_rng(2)
    mean = rng.uniform(2, 30, (13, 4, 4))
    return {str(day): rng.poisson(mean * (day + 1)) for day in range(5)}


def of_day(days, **options):
    found = day_tasks("3", "4", days, 1.0, 0.5, history=("1", "2", "3"), hour=0.5, **options)
    return {task.task: task for task in found}


def q_of(days, day, like):
    scaled = days[day] * (days[like][0].sum() / days[day][0].sum())
    return np.log(np.maximum(scaled, 1.0)).reshape(13, -1)


def test_the_average_is_of_q_at_the_agents_of_the_fitted_day(days):
    task = of_day(days)[DAY]
    mean = np.mean([q_of(days, day, "3") for day in "123"], axis=0)
    truth = q_of(days, "4", "3")
    assert np.allclose(rule(task, AVERAGE)[2:], mean[2:])
    fading = 0.5 ** (3 * 0.5 / HALVING)
    assert np.allclose(rule(task, DAMPED_AVERAGE)[4], mean[4] + fading * (truth[1] - mean[1]))
    rest = hours_task("4", days, 1.0, 0.5, "3", history=("1", "2", "3"))
    mean = np.mean([q_of(days, day, "4") for day in "123"], axis=0)
    assert np.allclose(rule(rest, AVERAGE)[7:], mean[7:])


def test_a_trial_leaves_its_own_day_out_of_the_average(days):
    trial = of_day(days, other="1")[DAY].trial
    assert np.allclose(trial.average, np.mean([q_of(days, d, "3") for d in "23"], axis=0))
    alone = day_tasks("3", "4", days, 1.0, 0.5, history=("1",), other="1")[0].trial
    assert alone.average is None


def test_the_average_of_one_day_is_the_previous_day(days):
    task = day_tasks("3", "4", days, 1.0, 0.5, history=("3",))[0]
    assert np.allclose(rule(task, AVERAGE), rule(task, PREVIOUS))


def test_the_mean_of_many_days_of_one_mean_beats_one_of_them(days):
    """Independent scatter about the same mean: the squared error goes from 2 to 1 + 1/n parts."""
    rng = np.random.default_rng(4)
    same = {str(day): rng.poisson(np.full((13, 12, 12), 200.0)) for day in range(9)}
    task = day_tasks("7", "8", same, 1.0, 0.5, history=[*map(str, range(8))])[0]
    errors = {name: np.mean((rule(task, name)[2:] - task.truth[2:]) ** 2)
              for name in (AVERAGE, PREVIOUS)}  # fmt: skip
    assert errors[AVERAGE] / errors[PREVIOUS] == pytest.approx((1 + 1 / 8) / 2, rel=0.1)


def test_with_two_days_a_trial_is_of_the_fitted_day_alone(days):
    """Slots of its rest are predicted there; the day that is predicted has no part in it."""
    other = days | {"4": days["4"][::-1].copy()}
    for trial in (of_day(given)[AHEAD].trial for given in (days, other)):
        assert np.array_equal(trial.truth, q_of(days, "3", "3"))
        assert trial.lesson.window == trial.origins[0] == 7
        assert np.array_equal(trial.lesson.data.mu, trial.truth[trial.lesson.mu_at])
        assert trial.average is None and trial.previous is None
