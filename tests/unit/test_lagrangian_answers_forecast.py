"""Sentences about forecasts: winners by interval and rule, and what counting alone gives."""

import numpy as np
import pandas as pd
import pytest

from movelaws.lagrangian import answers_forecast as said
from movelaws.lagrangian import prediction_rules
from movelaws.lagrangian.answers_forecast import predicts
from movelaws.lagrangian.variants import VARIANTS
from tests.unit import lagrangian_found as made

LABELS = {"japan": "Japan", "helsinki": "Helsinki"}


def ahead(first, last):
    """Counting at 1 and 8 hours ahead."""
    table = made.prediction()
    return pd.concat(
        table.assign(task="ahead", hours=hours, counting=share)
        for hours, share in ((8.0, last), (1.0, first), (4.0, 0.5))
    )


def test_every_rule_and_variant_has_a_name():
    assert set(said.RULES) == set(prediction_rules.RULES)
    named = {*prediction_rules.RULES, *VARIANTS} - set(prediction_rules.ORACLES)
    assert named <= set(said._NAMES)


def test_winners_are_counted_against_no_movement_and_the_best_rule():
    tables = {"japan": made.prediction(), "helsinki": made.prediction(previous_day=0.05)}
    lead, japan, helsinki = predicts(tables, LABELS)
    assert "in all 2 forecasts, and a higher one than the best simple rule as well in 1" in lead
    assert japan.startswith(
        "Japan: skill of the model (of the best rule) 0.50 (0.00) over the whole"
    )
    assert "0.50 (0.75) over the whole of another day; chosen were four numbers" in helsinki
    assert helsinki.endswith("best rules the other day as it was")
    models = [name for name in made.prediction()["variant"] if name in VARIANTS]
    worse = made.prediction(**dict.fromkeys(models, 0.4))
    lead = predicts({"japan": worse}, LABELS)[0]
    assert "in 0 of 1 forecast, " in lead and lead.endswith("in none")


def test_counting_is_told_at_both_ends_of_the_leads():
    last = predicts({"japan": ahead(6.15, 1.67), "helsinki": ahead(0.9, 0.76)}, LABELS)[-1]
    assert "Japan 6.15 at 1 h and 1.67 at 8 h; Helsinki 0.90 at 1 h and 0.76 at 8 h" in last
    assert "0.50" not in last


@pytest.mark.parametrize("table", [made.prediction(), ahead(1.0, 1.0).assign(counting=np.nan)])
def test_nothing_is_said_of_counting_that_is_not_known(table):
    assert not any("counted anew" in one for one in predicts({"japan": table}, LABELS))
