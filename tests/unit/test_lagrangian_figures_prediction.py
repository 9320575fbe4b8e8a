"""Figures of paper 1 on what was not fitted: skill, horizons, parsimony."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from movelaws.plotting.lagrangian import looks
from movelaws.plotting.lagrangian.horizon import horizon
from movelaws.plotting.lagrangian.parsimony import parsimony
from movelaws.plotting.lagrangian.prediction import averaged, best, prediction
from tests.unit import lagrangian_drawn as drawn
from tests.unit.drawn_world import assert_texts_apart
from tests.unit.lagrangian_drawn import all_cases, found, words


@pytest.fixture(scope="module")
def summary():
    return all_cases(drawn.prediction_summary)


def test_skill_left_of_the_panel_is_an_arrow_with_its_number(summary):
    made = prediction(summary, drawn.LABELS)
    shown = averaged(summary).query("variant != 'persistence'")
    inside = int((shown["skill"] >= -1).sum())
    assert len(found(made, "skill")) == inside < len(shown)
    assert words(made).count("−") >= len(shown) - inside
    assert len(found(made, "persistence")) == 2
    assert_texts_apart(made)


def test_predictions_of_cities_alone_have_their_key_below(summary):
    made = prediction(summary, drawn.CITIES, synthetic=True)
    assert "nothing moves" in words(made)
    assert_texts_apart(made)


def test_pairs_of_days_are_averaged():
    one = drawn.prediction_summary("helsinki").assign(skill=0.0)
    both = pd.concat([one, one.assign(skill=1.0)])
    assert (averaged(both)["skill"] == 0.5).all()


def test_the_best_is_a_variant_of_the_model():
    part = drawn.prediction_summary("helsinki").query("task == 'day'")
    winner = best(part)
    assert winner["variant"] in looks.VARIANTS
    assert winner["skill"] == part[part["variant"].isin(looks.VARIANTS)]["skill"].max()
    assert best(part[part["variant"] == "previous_day"]) is None


def test_predictions_that_diverge_are_drawn(summary):
    broken = summary.copy()
    broken.loc[broken["variant"] == "full", ["rms", "skill", "low", "high"]] = [
        np.inf, -np.inf, np.nan, np.nan]  # fmt: skip
    for made in (prediction(broken, drawn.CITIES), parsimony(broken, drawn.CITIES)):
        assert_texts_apart(made)


def test_horizons_show_three_variants_and_the_rules(summary):
    curves = all_cases(drawn.prediction)
    minutes = dict.fromkeys(drawn.CITIES, 60.0)
    made = horizon(curves, summary, drawn.LABELS, slot_minutes=minutes)
    assert len(made.axes) == 12
    assert len(found(made, "persistence")) == 12
    assert len(found(made, "previous_day")) == 4
    models = [line for name in looks.VARIANTS for line in found(made, name)]
    assert len(models) == 36
    assert_texts_apart(made)


def test_parsimony_joins_fitted_and_held_out(summary):
    made = parsimony(summary, drawn.LABELS)
    assert len(found(made, "fitted")) == len(found(made, "held out")) == 9 * 12
    assert all(to_hex(p.get_markerfacecolor()) == "#ffffff" for p in found(made, "fitted"))
    assert_texts_apart(made)


def test_predictions_name_what_is_missing(summary):
    with pytest.raises(ValueError, match="no column 'skill'"):
        prediction(summary.drop(columns="skill"), drawn.LABELS)
    with pytest.raises(ValueError, match="no row"):
        parsimony(summary, {"mars": "Mars"})
