"""The front of a dataset: laws of several searches merged, refitted and set out."""

import numpy as np
import pandas as pd
import pytest

from movelaws.symbolic.equivalence_table import equivalence_table
from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.fronts import (
    certified_levels,
    front_table,
    merged,
    models_table,
    prediction_table,
    refitted,
)
from movelaws.symbolic.hall_of_fame import SAME, HallOfFame
from movelaws.symbolic.heldout import heldout_table
from movelaws.symbolic.parsing import parse
from movelaws.symbolic.programs import to_program
from tests.unit.symbolic_worlds import world

PRINTED = ["complexity", "rank", "expression", "rmse", "cpc"]
NOTHING = pd.DataFrame(columns=PRINTED)


@pytest.fixture(scope="module")
def evaluator():
    return Evaluator(world(4, sizes=[8] * 30))


def hall(laws, names, evaluator, keep: int = 3) -> HallOfFame:
    """A hall of laws over ``names`` with the losses that they have."""
    found = HallOfFame(keep)
    own = Evaluator(evaluator.observations.of_variables(names))
    for law in laws:
        program = to_program(parse(law), names)
        found.add(program, own.loss(program))
    return found


@pytest.fixture(scope="module")
def front(evaluator):
    small, large = ("d", "w_j"), evaluator.observations.names
    halls = [
        hall(["w_j", "w_j / d", "w_j / 1.03^d", "w_j / d^1.3"], small, evaluator),
        hall(["w_j / d", "w_j / (d + s_w)", "w_j * w_j / (w_j * d^1.31)", "w_j / exp(d^0.3)"],
             large, evaluator),
    ]  # fmt: skip
    return merged(halls, [small, large], evaluator, 2)


def table_of(front, evaluator, certified=None, published=NOTHING) -> pd.DataFrame:
    return front_table(
        front,
        evaluator,
        certified or {},
        pd.DataFrame({"heldout_rmse": [1.0] * len(front)}),
        published,
    )


def test_merged_laws_are_distinct_over_all_complexities(front):
    losses = np.sort([law.loss for law in front.laws])
    assert (np.diff(losses) > SAME * losses[:-1]).all()
    assert max(len(front.at(complexity)) for complexity in (1, 3, 5, 7)) <= 2


def test_a_law_in_disguise_takes_its_shorter_form(front, evaluator):
    """w_j * w_j / (w_j * d^c) is w_j / d^c, which is there already."""
    assert [law.complexity for law in front.laws] == [3, 5, 5, 7]
    assert all(law.program.code.size == 5 for law in front.at(5))


def test_a_single_variable_is_no_law_and_nor_is_what_it_equals(evaluator):
    names = evaluator.observations.names
    one = hall(["w_j", "w_j / d", "w_i * w_j", "ln(exp(w_j))"], names, evaluator)
    found = merged([one], [names], evaluator, 3)
    assert [law.complexity for law in found.laws] == [3]
    assert found.laws[0].loss == evaluator.loss(to_program(parse("w_j / d"), names))


def test_refitting_never_worsens_a_law(front, evaluator):
    names = evaluator.observations.names
    laws = ["w_j / d", "w_j / 1.03^d", "w_j / d^1.3", "w_j / (d + 3)^1.5", "w_j - 1e9", "s_w"]
    programs = [to_program(parse(law), names) for law in laws]
    found = refitted(programs, evaluator)
    for before, (after, loss) in zip(programs, found, strict=True):
        assert after.code.tolist() == before.code.tolist()
        assert after.constants.shape == before.constants.shape
        assert loss <= evaluator.loss(before)
        assert loss == pytest.approx(evaluator.loss(after), rel=1e-9)
    assert found[1][1] < 0.99 * evaluator.loss(programs[1])
    assert refitted([], evaluator) == []
    assert refitted(programs[:1], evaluator)[0][1] == evaluator.loss(programs[0])


def test_an_invalid_law_is_no_law(evaluator):
    names = evaluator.observations.names
    invalid = HallOfFame(3)
    invalid.add(to_program(parse("w_j / d"), names), 1.0)
    invalid.add(to_program(parse("(s_w - 1000)^0.5"), names), 2.0)
    found = merged([invalid, HallOfFame(3)], [names, names], evaluator, 3)
    assert [law.complexity for law in found.laws] == [3]


def test_the_table_says_of_each_law_what_is_known(front, evaluator):
    table = table_of(front, evaluator, {3: True})
    assert table["certified"].tolist() == [True, False, False, False]
    assert table["rank"].tolist() == [1, 1, 2, 1]
    assert table["published_rmse"].isna().all()
    assert (table["published_expression"] == "").all()
    for row, law in zip(table.itertuples(), front.laws, strict=True):
        assert row.rmse == pytest.approx(evaluator.rmse(law.program))
        assert row.normalised_rmse == row.rmse / evaluator.observations.reference_rmse
        again = parse(row.full_expression)
        assert again.complexity == row.complexity
        assert ";".join(map(repr, again.constants)) == row.constants
        assert evaluator.rmse(to_program(again, evaluator.observations.names)) == pytest.approx(
            row.rmse, rel=1e-9
        )
    assert table["pareto"].tolist()[:3] == [True, True, False]
    assert table["effects"][0] == "distance decay; destination attraction"


def test_gains_on_held_out_origins_stand_in_the_table(front, evaluator):
    programs = [law.program for law in front.laws]
    unseen = heldout_table(programs, evaluator.observations, 3)
    table = front_table(front, evaluator, {}, unseen, NOTHING)
    for name in unseen:
        assert table[name].tolist() == unseen[name].tolist()
    assert table_of(front, evaluator)["heldout_gain"].isna().all()


def test_what_is_printed_stands_beside_the_same_place(front, evaluator):
    published = pd.DataFrame(
        [(3, 1, "w_j / d", 9.5, 0.4), (5, 2, "w_j / d^2", 8.5, 0.5), (9, 1, "d", 1.0, 1.0)],
        columns=PRINTED,
    )
    table = table_of(front, evaluator, published=published).set_index(["complexity", "rank"])
    assert table.loc[(3, 1), "published_rmse"] == 9.5
    assert table.loc[(5, 2), "published_expression"] == "w_j / d^2"
    assert table.loc[(5, 2), "published_cpc"] == 0.5
    assert table["published_rmse"].notna().sum() == 2


def test_negative_weights_are_counted(evaluator):
    names = evaluator.observations.names
    found = HallOfFame(3)
    program = to_program(parse("w_j - 0.2"), names)
    found.add(program, evaluator.loss(program))
    share = table_of(found, evaluator)["negative_share"][0]
    assert share == (evaluator.observations.columns[1] < 0.2).mean() > 0


def test_the_table_comes_back_from_its_file(front, evaluator, tmp_path):
    table = table_of(front, evaluator)
    table.to_csv(tmp_path / "front.csv", index=False)
    again = pd.read_csv(tmp_path / "front.csv", keep_default_na=False)
    for name in ("complexity", "pareto", "certified", "rmse", "full_expression", "expression"):
        assert again[name].tolist() == table[name].tolist()


def test_data_without_distance_have_no_reference(evaluator):
    names = ("w_i", "w_j", "s_w")
    poor = Evaluator(evaluator.observations.of_variables(names))
    found = merged([hall(["w_j / (1 + s_w)"], names, poor)], [names], poor, 2)
    table = table_of(found, poor)
    assert table["normalised_rmse"].isna().all()
    assert "distance_km" not in prediction_table(found, poor)


def test_predictions_keep_the_outflow_of_each_origin(front, evaluator):
    table = prediction_table(front, evaluator)
    assert list(table.columns[3:]) == ["distance_km", "complexity_5", "complexity_7"]
    sums = table.groupby("origin", observed=True)[["flow", "complexity_5", "complexity_7"]].sum()
    assert np.allclose(sums["flow"], sums["complexity_5"])
    assert np.allclose(sums["flow"], sums["complexity_7"])
    assert "complexity_9" not in prediction_table(front, evaluator, (9,))


def test_models_stand_at_their_complexity():
    fits = pd.DataFrame(
        [("GMExp", "rmse", 8.0, 0.7), ("GMExp", "cpc", 9.0, 0.8), ("RM", "rmse", 12.0, 0.5),
         ("PWO", "rmse", 1.0, 0.9)],
        columns=["model", "objective", "rmse", "cpc"],
    )  # fmt: skip
    table = models_table(fits, 10.0)
    assert table.values.tolist() == [["GMExp", 5, 8.0, 0.7, 0.8], ["RM", 11, 12.0, 0.5, 1.2]]
    assert models_table(fits[fits["model"] == "PWO"], 10.0).empty


def test_laws_that_share_out_alike_form_a_class(evaluator):
    laws = ["w_j / 1.02^d", "w_j * 0.97^d", "w_i * w_j / d", "w_j / d", "w_j", "d - 1e9 * s_w",
            "(s_w - 1000)^0.5", "(s_w - 2000)^0.5", "w_j / d"]  # fmt: skip
    table = equivalence_table([parse(law) for law in laws], evaluator)
    assert table["class"].tolist() == [1, 1, 2, 2]
    assert table.loc[table["class"] == 1, "expression"].str.contains("^d", regex=False).all()
    assert table.loc[table["class"] == 2, "expression"].tolist() == ["w_j / d", "w_i * w_j / d"]
    assert table["rmse"].is_monotonic_increasing
    assert equivalence_table([parse("w_j")], evaluator).empty


def test_a_better_law_from_elsewhere_refutes_a_certificate():
    code = to_program(parse("w_j / d"), ("w_j", "d"))
    exhaustive, merged_halls = HallOfFame(), HallOfFame()
    exhaustive.add(code, 9.0)
    merged_halls.add(code, 9.0 * (1 - 1e-9))
    assert certified_levels(merged_halls, exhaustive) == {3: True}
    merged_halls.add(to_program(parse("d / w_j"), ("w_j", "d")), 8.0)
    assert certified_levels(merged_halls, exhaustive) == {3: False}


def test_a_short_search_predicts_with_its_longest_law(evaluator):
    names = evaluator.observations.names
    short = hall(["w_j / d", "w_j"], names, evaluator)
    assert list(prediction_table(short, evaluator).columns[-1:]) == ["complexity_3"]
    longer = hall(["w_j / d", "w_j / d^2"], names, evaluator)
    drawn = [name for name in prediction_table(longer, evaluator) if "complexity" in name]
    assert drawn == ["complexity_5"]
    none = prediction_table(HallOfFame(2), evaluator)
    assert not [name for name in none if "complexity" in name]


def test_a_front_without_laws_has_its_columns(front, evaluator):
    empty = table_of(HallOfFame(2), evaluator)
    assert list(empty.columns) == list(table_of(front, evaluator).columns)
    assert empty.empty


def test_flows_that_the_simplest_law_gives_exactly_cannot_be_normalised():
    exact = Evaluator(world(2, sizes=[1, 1, 1]))
    assert exact.observations.reference_rmse == 0
    laws = hall(["w_j / d", "w_j / d^2"], exact.observations.names, exact)
    assert table_of(laws, exact)["normalised_rmse"].isna().all()
    fits = pd.DataFrame({"model": ["GMExp"], "objective": "rmse", "rmse": [0.0], "cpc": [1.0]})
    assert models_table(fits, 0.0)["normalised_rmse"].isna().all()
