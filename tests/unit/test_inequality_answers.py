"""The results of paper 4 in short follow the tests, whichever way they went."""

import numpy as np
import pandas as pd
import pytest

from movelaws.inequality.answer_words import distinct, exponents, fewest, meaning, penalty, symbol
from movelaws.inequality.answers import COLUMNS, Tables, answers
from movelaws.inequality.grid import evaluate, judge
from movelaws.inequality.linearisation import against_exact
from movelaws.inequality.model_answers import Struck
from movelaws.inequality.random_classes import drawn
from movelaws.inequality.verdict_answers import better, elsewhere, other_measures, robust
from movelaws.inequality.what_if import what_if
from tests.unit.inequality_case import built

LABELS = {"a": "Here"}
LEVEL = 0.05
EXPONENTS = [-7, -6, -5, -4]
BETTER, ELSEWHERE = (
    "Is the modified model better than the standard one?",
    "Would any other places have done as well?",
)


def verdicts(hamming, significant=False, p=0.5, p_random=0.5, variable="flood", label="Flood"):
    """Tests of one variable, one row per exponent; scalars hold for all."""
    table = pd.DataFrame({"exponent": EXPONENTS, "hamming": hamming})
    table = table.assign(variable=variable, label=label, scale=10.0 ** table["exponent"])
    table["delta_or_Delta"] = 1 + table["scale"]
    table = table.assign(p_mw=p, p_binomial=p, significant=significant, n_pairs=6006)
    return table.assign(
        hamming_standard=2707,
        hamming_random_q05=2434.95,
        p_random_hamming=p_random,
        n_draws=99,
        n_penalised=8,
    )


def both(first, second):
    return pd.concat([first, second], ignore_index=True)


def told(tables, synthetic=(), labels=LABELS):
    found = answers(tables, labels, synthetic)
    assert list(found.columns) == COLUMNS
    return dict(zip(found["question"], found["answer"], strict=True))


def test_nothing_is_answered_without_tables():
    assert told(Tables()) == {}
    empty = {"a": pd.DataFrame()}
    parts = ("tests", "sensitivity", "likelihood", "profiles", "exact", "benefits", "heldout")
    assert told(Tables(**dict.fromkeys(parts, empty))) == {}


def test_a_case_without_a_label_is_refused_by_name():
    with pytest.raises(ValueError, match=r"exact has case 'z': labels has \['a'\]"):
        answers(Tables(exact={"z": pd.DataFrame()}), LABELS, ())


def test_variables_that_beat_both_are_named_with_their_penalties():
    won = verdicts([2700, 2500, 2410, 2410], [False, True, True, True], p=0.01)
    lost = verdicts([2300, 2710, 2600, 2600], variable="war", label="War")
    said = " ".join(better(both(won, lost), LEVEL))
    assert "delta = 1 + 10^n, beats both" in said
    assert "with Flood (n = -6 to -4); not with War" in said
    # a variable that random places match is not what the model has at best
    assert "2,707 wrong; the modified one has, where it beats both, at best, 2,410 (Flood, " in said
    assert "n = -5)" in said
    # without what is significant, and the last penalty of each but once
    assert "Of the other 4 distinct results of variable and n, 1 passes both tests" in said


def test_a_gain_over_the_standard_model_alone_is_said_to_be_no_more():
    said = better(verdicts([2700, 2500, 2410, 2410], p=[0.4, 0.01, 0.01, 0.01]), LEVEL)
    assert "at no n with Flood" in said[0]
    assert said[2].startswith("Of the 3 distinct results of variable and n, 2 pass both tests")
    assert said[2].endswith("but not against random places")


def test_no_gain_at_all_is_said_too():
    said = better(verdicts([2800, 2707, 2900, 2950]), LEVEL)
    assert "at best, 2,707 (Flood, n = -6)" in said[1]
    assert said[2].startswith("None of the 4 distinct results")


def test_a_model_that_is_always_better_leaves_no_others():
    said = better(verdicts([2600, 2500, 2410, 2400], True, p=0.01), LEVEL)
    assert "with Flood (n = -7 to -4)" in said[0]
    assert len(said) == 2


def test_results_that_many_tests_leave_are_named():
    won = verdicts([2700, 2500, 2410, 2410], [False, True, True, True], p=0.01)
    lost = verdicts([2300, 2710, 2600, 2600], [True, False, False, False], 0.01, variable="war")
    table = both(won, lost.assign(label="War"))
    assert "false discoveries" not in " ".join(better(table, LEVEL))
    kept = table["significant"] & (table["variable"] == "flood")
    said = better(table.assign(significant_fdr=kept), LEVEL)
    assert said[2] == (
        "With the false discoveries among the 6 distinct results held at 5 %, that still holds "
        "with Flood, no longer with War"
    )
    assert "5 %, none of that holds" in better(table.assign(significant_fdr=False), LEVEL)[2]
    all_kept = better(table.assign(significant_fdr=table["significant"]), LEVEL)
    assert all_kept[2].endswith("with Flood and War")
    unknown = better(table.assign(significant_fdr=[*[True] * 4, *[np.nan] * 4]), LEVEL)
    assert unknown[2].endswith("with Flood, no longer with War")
    silent = table.assign(significant=False, significant_fdr=False)
    assert "false discoveries" not in " ".join(better(silent, LEVEL))


def test_neighbouring_places_are_told_for_the_best_significant_results():
    table = verdicts([2300, 2500, 2410, 2410], [False, True, True, True], p=0.01)
    said = better(table.assign(p_near_hamming=[0.9, 0.8, 0.125, 0.7]), LEVEL)
    assert said[2] == (
        "Of groups of neighbouring places of the same number, 12.5 % do as well as Flood (n = -5)"
    )
    for unknown in (
        table.assign(p_near_hamming=np.nan),
        table.assign(significant=False, p_near_hamming=0.1),
    ):
        assert "neighbouring" not in " ".join(better(unknown, LEVEL))


def measured(table, z, spearman, weighted):
    return table.assign(
        z=z,
        spearman=spearman,
        spearman_standard=0.5,
        weighted_hamming=weighted,
        weighted_hamming_standard=100.0,
    )


def test_other_measures_are_told_at_what_is_significant():
    won = verdicts([2700, 2500, 2410, 2410], [False, True, True, True], p=0.01)
    table = measured(won, [9, -1.5, 2.0, 2.0], [0.9, 0.6, 0.4, 0.4], [9, 90, 80, 80])
    values, agreeing = other_measures(table)
    assert values.startswith("In the 2 distinct results that beat both the standard model and ran")
    assert "the mean error is smaller in 1 of 2 results (z -1.5 to 2)" in values
    assert "the rank correlation is higher in 1 of 2 results (0.4 to 0.6 against 0.5)" in values
    assert values.endswith("distance is lower in all 2 results (80 to 90 against 100)")
    assert agreeing == (
        "All of these call the modified model better for Flood (n = -6); only the weighted "
        "Hamming distance calls the modified model better for Flood (n = -5)"
    )


def test_without_a_significant_result_the_fewest_wrong_pairs_are_measured():
    table = measured(verdicts([2700, 2500, 2410, 2410]), 1.0, 0.4, 120.0)
    values, agreeing = other_measures(table)
    assert values.startswith("Nothing beats both the standard model and random places; at the few")
    assert "in 0 of 1 result (z 1)" in values
    assert agreeing == "None of these calls the modified model better for Flood (n = -5)"
    assert other_measures(table.assign(spearman=np.nan)) == []
    assert other_measures(verdicts(2500)) == other_measures(pd.DataFrame()) == []
    only = other_measures(table[["z", *verdicts(2500).columns]].assign(z=-1.0, significant=True))
    assert "rank correlation" not in only[0]


def test_draws_as_good_are_counted_without_the_class_itself():
    rare = verdicts([2700, 2600, 2500, 2400], p_random=[0.9, 0.5, 0.1, 0.01])
    common = verdicts([2700, 2650, 2640, 2640], p_random=0.3, variable="war", label="War")
    said = elsewhere(both(rare, common), LEVEL)
    assert "in 0 of 99 draws with Flood and 29 of 99 draws with War" in said[0]
    assert said[0].endswith("below 5 % with Flood")
    # 5 % below 2,434.95 is 2,434 at most, counts being whole
    assert "at most 2,434 (8 places) wrong; the standard model has 2,707" in said[1]
    assert "at n = -7, 89.9 % of the draws of 8 places have at most 2,700" in said[2]


def test_random_places_that_do_worse_are_not_said_to_do_well():
    said = elsewhere(verdicts([2700, 2600, 2500, 2400], p_random=0.02), LEVEL)
    assert len(said) == 2
    none = elsewhere(verdicts([2800, 2800, 2800, 2800], p_random=1.0), LEVEL)
    assert none[0].endswith("below 5 % with none")
    assert len(none) == 2


def test_quantiles_are_those_of_each_number_of_places():
    more = verdicts(2000, variable="war", label="War").assign(
        n_penalised=16, hamming_random_q05=2200.0
    )
    said = elsewhere(both(verdicts(2500), more), LEVEL)
    assert "at most 2,200 (16 places) to 2,434 (8 places) wrong" in said[1]


def shares(**verdict_at):
    """Sensitivity at 5, 10 and 20 %: by variable, whether anything is significant."""
    tables = [
        verdicts(2500, [False, False, False, yes], variable=name, label=name.title()).assign(
            share=share
        )
        for name, found in verdict_at.items()
        for share, yes in zip((0.05, 0.1, 0.2), found, strict=True)
    ]
    return pd.concat(tables, ignore_index=True)


def test_verdicts_that_hold_are_told_from_those_that_change():
    table = shares(flood=[True] * 3, war=[False] * 3, both=[True, False, True])
    said = " ".join(robust(table))
    assert "shares 5 %, 10 % and 20 %" in said
    assert "for 2 of 3 variables: always with Flood; never with War" in said
    assert "changes with the share for Both (yes at 5 % and 20 %)" in said
    assert "changes" not in " ".join(robust(shares(flood=[True] * 3)))
    assert "for 0 of 1 variable" in robust(shares(flood=[True, False, False]))[1]


def test_one_share_is_no_comparison():
    assert robust(shares(flood=[True] * 3).query("share == 0.1")) == []


def test_made_cases_say_so_and_others_do_not():
    tables = Tables(tests={"a": verdicts(2500), "b": verdicts(2500)})
    labels = {"a": "Here", "b": "There"}
    found = told(tables, ["b"], labels)
    assert found[f"{BETTER[:-1]} (Here)?"].startswith("The modified model")
    assert found[f"{BETTER[:-1]} (There)?"].startswith("In this synthetic run, the modified model")
    assert found[f"{ELSEWHERE[:-1]} (There)?"].startswith("In this synthetic run, at the n")
    assert list(told(Tables(tests={"a": verdicts(2500)}))) == [BETTER, ELSEWHERE]


def test_what_belongs_to_no_case_says_which_part_is_made():
    summary = pd.DataFrame(
        [
            ("places struck", 1, ""),
            ("delta - 1", 1e-5, ""),
            ("people who move", 200.0, "people"),
            ("go elsewhere", 50.0, ""),
            ("arrivals lost by the places struck", 40.0, ""),
            ("arrivals of the places struck before", 90.0, ""),
            ("mean distance before", 10.0, ""),
            ("mean distance after", 12.0, ""),
        ],
        columns=["quantity", "value", "unit"],
    )
    one = Tables(what_ifs={"x": Struck("A flood", summary, pd.DataFrame())})
    labels = {"a": "Here", "b": "There"}
    (real,) = told(one, (), labels).values()
    (made,) = told(one, ["a", "b"], labels).values()
    (mixed,) = told(one, ["a"], labels).values()
    assert real.startswith("Of 200 people, 50 (25 %) go elsewhere")
    assert made.startswith("In this synthetic run, of 200 people")
    assert mixed.startswith("In this run, which is synthetic in part, of 200 people")


def test_exponents_are_a_range_only_without_gaps():
    assert exponents([-6], EXPONENTS) == "n = -6"
    assert exponents([-5, -7, -6], EXPONENTS) == "n = -7 to -5"
    assert exponents([-7, -6, -4], EXPONENTS) == "n = -7, -6 and -4"


def test_the_penalty_is_called_what_the_model_calls_it():
    two = verdicts(2500)
    many = two.assign(delta_or_Delta=two["scale"])
    assert (symbol(two), meaning(two)) == ("delta - 1", "delta = 1 + 10^n")
    assert (symbol(many), meaning(many)) == ("Delta", "Delta = 10^n")
    assert symbol(pd.DataFrame()) == "delta - 1"
    assert [penalty(v) for v in (1e-5, -5.07e-7, 0.0)] == ["1×10⁻⁵", "-5.1×10⁻⁷", "0"]


def test_penalties_that_change_nothing_more_are_one_result():
    table = verdicts([2600, 2500, 2500, 2500]).iloc[::-1]
    assert distinct(table)["exponent"].tolist() == [-7, -6]
    assert len(distinct(table.assign(U=[1.0, 2.0, 2.0, 3.0]))) == 3
    assert len(distinct(both(table, table.assign(variable="war")))) == 4


def test_the_smallest_of_equally_good_penalties_is_the_best():
    table = verdicts([2600, 2500, 2500, 2500]).iloc[::-1]
    assert fewest(table)["exponent"].tolist() == [-6]


@pytest.mark.parametrize("model", ["two_class", "linear"])
def test_the_tables_of_the_chapter_are_read_as_they_are(model):
    case = built(model, n=10)
    draws = drawn(
        case, [-5, -4], first=0, count=9, seed=1, job=("answers",), drop_exact=False
    )  # fmt: skip
    tests = judge(evaluate(case, [-5, -4], drop_exact=False), draws, LEVEL)
    parts = {"tests": {"a": tests}}
    if model == "linear":
        parts["exact"] = {"a": against_exact(case, [-5, -4], drop_exact=False)}
    found = what_if(case, ["Zone 1"], 1e-4, "people")
    struck = {"x": Struck("A flood", found.summary, found.destinations, found.range)}
    said = told(Tables(**parts, what_ifs=struck))
    assert len(said) == (5 if model == "linear" else 4)
    assert not any("nan" in answer or "–" in answer for answer in said.values())
    wrong = np.count_nonzero(case.standard() != case.surroundings.flow)
    assert f"Of 90 pairs, the standard model has {wrong} wrong" in said[BETTER]
