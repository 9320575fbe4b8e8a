"""The learning rate by trial: the least error, the edge of what was tried, and divergence."""

import numpy as np
import pytest

from movelaws.lagrangian import tuning as module
from movelaws.lagrangian.printed import RATE, fit_printed
from movelaws.lagrangian.state import reference
from tests.unit.lagrangian_small_fit import walk

SCHEDULE = {"iterations": 60, "bound": 1e300, "smoothing": "none"}


@pytest.fixture(scope="module")
def state():
    return reference(walk(), 1.0)


def error_at(state, factor, **options):
    return fit_printed(state, rate=module.times(None, factor), **SCHEDULE | options).error[-1]


def test_options_of_other_runs_are_no_arguments():
    given = {"iterations": 3, "long_iterations": 30, "rate_factors": [1, 3], "bound": None}
    assert module.schedule_of(given) == {"iterations": 3, "bound": None}
    assert module.times(None, 2) == tuple(2 * part for part in RATE)


def test_the_best_of_the_rates_inside_and_at_the_edge(state):
    factors = (0.01, 0.1, 1)
    errors = [error_at(state, factor) for factor in factors]
    assert errors[0] > errors[1] > errors[2]
    fit, note = module.tuned(state, SCHEDULE, factors)
    assert fit.error[-1] == errors[2]
    assert note == f"rate times 1; {module.EDGE}"


def test_runs_that_diverge_are_passed_over_and_end_the_range(state, capsys):
    fit, note = module.tuned(state, SCHEDULE, (0.1, 1, 1e150))
    assert fit.error[-1] == error_at(state, 1)
    assert note == "rate times 1; 1e+150 diverged"
    assert "use a smaller rate" in capsys.readouterr().out
    assert module.tuned(state, SCHEDULE, (1e150, 1e151)) is None
    assert module.tuned(state, SCHEDULE, ()) is None


def test_a_run_that_is_finite_but_no_population_any_more_diverged(state, capsys):
    wild = {"iterations": 40, "rate": (1e9, 0.0), "bound": 400.0}
    fit = fit_printed(state, **wild)
    assert np.isfinite(fit.error[-1]) and fit.rms > np.log(1000) and module.ran_away(fit)
    assert module.printed_or_none(state, wild) is None
    assert "diverged, to an RMS of" in capsys.readouterr().out
    assert module.tuned(state, wild, (1,), fit) is None
    calm = fit_printed(state, iterations=40)
    assert not module.ran_away(calm)


def test_a_fit_at_hand_is_not_made_again(state):
    given = fit_printed(state, **SCHEDULE)
    assert module.tuned(state, SCHEDULE, (0.01, 1), given)[0] is given


def test_an_error_that_is_no_divergence_stays(state):
    with pytest.raises(ValueError, match="rate_index = 'day'"):
        module.tuned(state, {"iterations": 2, "rate_index": "day"}, (1,))


def test_where_the_best_factor_lies():
    assert module.best_factor({1: 3.0, 3: 2.0, 10: 4.0}) == (3, False)
    assert module.best_factor({1: 3.0, 3: 2.0, 10: np.inf}) == (3, False)
    assert module.best_factor({10: 1.0, 1: 3.0, 3: 2.0}) == (10, True)
    assert module.best_factor({1: 1.0, 3: np.nan}) == (1, True)
    with pytest.raises(ValueError, match="every run diverged, at the factors 1, 3"):
        module.best_factor({1: np.inf, 3: np.nan})
