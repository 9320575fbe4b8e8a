"""Figures of paper 1 on what was not fitted: skill, horizons, parsimony."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from movelaws.lagrangian.tables import forecasts
from movelaws.lagrangian.variants import VARIANTS
from movelaws.plotting.lagrangian import looks
from movelaws.plotting.lagrangian.horizon import MODELS, horizon
from movelaws.plotting.lagrangian.parsimony import parsimony
from movelaws.plotting.lagrangian.prediction import WORST, prediction
from movelaws.plotting.lagrangian.scores import best, chosen, scores, shared
from tests.unit import lagrangian_drawn as drawn
from tests.unit.drawn_world import assert_texts_apart
from tests.unit.lagrangian_drawn import all_cases, found, words


@pytest.fixture(scope="module")
def summary():
    return all_cases(drawn.prediction_summary)


@pytest.fixture(scope="module")
def cities(summary):
    return prediction(summary, drawn.CITIES, synthetic=True)


def test_every_variant_is_a_point_or_an_arrow_with_its_number(summary, cities):
    shown = scores(summary, drawn.CITIES)
    shown = shown[shown["variant"].isin(looks.VARIANTS)]
    inside = int((shown["skill"] >= WORST).sum())
    assert 0 < inside < len(shown)
    assert len(found(cities, "skill")) == inside
    assert len(found(cities, "beyond")) == len(shown) - inside
    assert len(found(cities, "persistence")) == 4
    assert_texts_apart(cities)


def test_columns_are_leads_and_tasks(cities):
    names = [text.get_text() for text in cities.axes[0].get_xticklabels()]
    assert names == ["1 h", "2 h", "4 h", "8 h", "whole day", "rest of a day", "rest of a day"]
    assert {"from its first part", "from an earlier day"} <= {
        text.get_text() for text in cities.axes[0].texts
    }


def test_the_best_rule_and_the_one_that_knows_the_end_are_lines(summary, cities):
    columns = 4 * 7
    damped = found(cities, "rule damped")
    assert len(damped) == len(found(cities, "rule line_to_end")) == columns
    assert not found(cities, "rule previous_day")
    assert all(line.get_ydata()[0] == pytest.approx(0.5) for line in damped)


def test_the_variant_chosen_beforehand_is_ringed_and_named(summary, cities):
    """By the error where penalties were chosen, not by the one that is drawn."""
    own = summary[summary["case"] == "japan"].copy()
    named = own["variant"] == "homogeneous_no_dissipation"
    own.loc[named, "validation"] = 0.01
    made = prediction(own, {"japan": "Japan"})
    skills = scores(own, {"japan": "Japan"}).query("variant == 'homogeneous_no_dissipation'")
    rings = sorted(float(ring.get_ydata()[0]) for ring in found(made, "chosen"))
    assert rings == pytest.approx(sorted(skills["skill"]))
    assert words(made).count("2 numbers") == 7 + 0
    assert "4 numbers" not in words(made).replace("2 or 4 numbers", "")
    part = scores(own, {"japan": "Japan"}).query("task == 'day'")
    assert chosen(part)["variant"] == "homogeneous_no_dissipation"
    assert chosen(part.assign(validation=np.nan)) is None
    nothing = own.assign(validation=np.nan)
    assert "no variant was chosen beforehand" in words(prediction(nothing, {"japan": "Japan"}))
    assert len(found(cities, "chosen")) <= 4 * 7


def test_the_title_counts_where_the_chosen_variant_wins(summary):
    own = summary[summary["case"] == "japan"].copy()
    model = own["variant"] == "homogeneous"
    own.loc[model, "validation"] = 0.01
    for skill, said in ((0.2, "in 7 of 7 columns, the best rule too in none"),
                        (0.7, "in 7 of 7 columns, the best rule too in 7"),
                        (-0.2, "in none of 7 columns")):  # fmt: skip
        own.loc[model, ["skill", "low", "high"]] = [skill, skill - 0.1, skill + 0.1]
        assert said in words(prediction(own, {"japan": "Japan"}))


def test_a_key_of_all_rules_is_inside_the_figure(summary):
    """Another rule is the best in each column."""
    own = summary[(summary["case"] == "japan") & (summary["task"] == "ahead")].copy()
    rules = [name for name in looks.RULES if name not in looks.ORACLES]
    for name, hours in zip(rules, (1.0, 2.0, 4.0, 7.6), strict=False):
        own.loc[(own["variant"] == name) & (own["hours"] == hours), "skill"] = 0.65
    day = summary[(summary["case"] == "japan") & (summary["task"] == "day")].copy()
    day.loc[day["variant"] == rules[-1], "skill"] = 0.65
    made = prediction(pd.concat([own, day]), {"japan": "Japan"})
    assert all(found(made, f"rule {name}") for name in looks.RULES)
    assert_texts_apart(made)


def test_counting_noise_stands_below_the_columns(summary):
    own = summary[summary["case"] == "japan"]
    said = words(prediction(own, {"japan": "Japan"}))
    assert "counting noise" in said
    for share in ("over 100 %", "80 %", "40 %", "21 %"):
        assert share in said
    assert said.count("25 %") == 3
    assert "counting" not in words(prediction(own.drop(columns="counting"), {"japan": "Japan"}))


def test_every_variant_is_named_with_its_own_number_of_parameters():
    names = {name: looks.variant(name).name for name in looks.VARIANTS}
    for name, words_of in names.items():
        if name.startswith("homogeneous"):
            count = VARIANTS[name].count((4, 4), 10)
            assert words_of.startswith({2: "two numbers", 4: "four numbers"}[count])
        else:
            assert "numbers" not in words_of
    assert len({*names.values()}) == len(names)


def test_where_no_rule_beats_it_the_best_rule_is_that_nothing_moves(summary):
    worse = summary.copy()
    worse.loc[worse["variant"].isin(looks.RULES) & ~worse["oracle"], "skill"] = -0.3
    made = prediction(worse, {"japan": "Japan"})
    assert words(made).count("nothing moves") == 7 + 1  # and in the title
    assert "nothing\nmoves" in {text.get_text() for text in made.axes[0].texts}  # the line
    assert not found(made, "rule previous_day")


def test_what_is_persistence_by_construction_is_left_out(summary):
    table = scores(summary, drawn.CITIES)
    hours = table[table["task"] == "hours"]
    assert not hours["variant"].str.endswith("no_inertia").any()
    assert table[table["task"] == "day"]["variant"].str.endswith("no_inertia").any()


def test_flags_are_read_from_files_with_gaps(summary, tmp_path):
    own = summary[summary["case"] == "helsinki"]
    gaps = own.astype({"by_construction": object, "oracle": object})
    gaps.loc[gaps["variant"] == "persistence", ["by_construction", "oracle"]] = np.nan
    gaps.to_csv(tmp_path / "summary.csv", index=False)
    read = pd.read_csv(tmp_path / "summary.csv")
    again, first = scores(read, drawn.CITIES), scores(own, drawn.CITIES)
    assert list(again["variant"]) == list(first["variant"])


def test_means_are_over_the_same_pairs_of_days_for_all(summary):
    table = scores(summary, drawn.CITIES).query("case == 'helsinki'")
    assert set(table[table["task"] == "hours"]["pairs"]) == {1}
    assert set(table[table["task"] == "day"]["pairs"]) == {2}
    rows = forecasts({"helsinki": drawn.prediction_summary("helsinki")})
    one = rows.query("task == 'day' and variant == 'full'")["skill"].iloc[0]
    assert table.query("task == 'day' and variant == 'full'")["skill"].iloc[0] == one
    curves = drawn.prediction("helsinki").query("task == 'hours'")
    assert set(shared(curves)["test_day"]) == {"b"}


def test_the_best_is_a_variant_and_no_oracle(summary):
    part = scores(summary, drawn.CITIES).query("case == 'helsinki' and task == 'day'")
    winner = best(part)
    assert winner["variant"] in looks.VARIANTS
    assert winner["skill"] == part[part["variant"].isin(looks.VARIANTS)]["skill"].max()
    assert best(part, list(looks.RULES))["variant"] == "damped"
    assert best(part[part["variant"] == "previous_day"]) is None


def test_predictions_that_diverge_are_drawn(summary):
    broken = summary.copy()
    broken.loc[broken["variant"] == "full", ["rms", "skill", "low", "high"]] = [
        np.inf, -np.inf, np.nan, np.nan]  # fmt: skip
    two = {"japan": "Japan", "madrid": "Madrid"}
    made = prediction(broken, two)
    assert "−∞" in words(made)
    assert_texts_apart(made)
    assert_texts_apart(parsimony(broken, two))


def test_cases_without_clocks_and_with_one_task_are_drawn(summary):
    made = prediction(summary, drawn.REFERENCES)
    assert len(made.axes) == 4
    assert [text.get_text() for text in made.axes[0].get_xticklabels()] == ["rest of a day"]
    assert_texts_apart(made)


def test_horizons_show_models_and_rules_by_the_time_ahead(summary):
    curves = all_cases(drawn.prediction)
    minutes = dict.fromkeys(drawn.CITIES, 60.0)
    made = horizon(curves, summary, drawn.CITIES, slot_minutes=minutes)
    assert len(made.axes) == 12
    assert len(found(made, "persistence")) == len(found(made, "line_to_end")) == 12
    assert len(found(made, "full")) == 12
    # by construction nothing in the rest of a day
    assert len(found(made, "homogeneous_no_inertia")) == 8
    assert {line.get_xdata()[0] for line in found(made, "homogeneous")} == {1.0}
    assert set(MODELS) <= set(looks.VARIANTS)
    assert_texts_apart(made)


def test_the_key_of_horizons_is_inside_the_figure(summary):
    made = horizon(all_cases(drawn.prediction), summary, drawn.LABELS)
    made.canvas.draw()
    box = made.legends[0].get_window_extent()
    assert 0 <= box.x0 < box.x1 <= made.bbox.width


def test_parsimony_joins_fitted_and_another_day(summary):
    made = parsimony(summary, drawn.LABELS)
    assert len(found(made, "fitted")) == len(found(made, "held out")) == 9 * 4
    assert all(to_hex(p.get_markerfacecolor()) == "#ffffff" for p in found(made, "fitted"))
    assert_texts_apart(made)


def test_predictions_name_what_is_missing(summary):
    with pytest.raises(ValueError, match="no column 'skill'"):
        prediction(summary.drop(columns="skill"), drawn.LABELS)
    with pytest.raises(ValueError, match="no row"):
        parsimony(summary, {"mars": "Mars"})
    with pytest.raises(ValueError, match="no row for japan"):
        horizon(drawn.prediction("helsinki"), summary, {"japan": "Japan"})
