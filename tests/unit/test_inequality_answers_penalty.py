"""What is said of the penalty's size, of the linear form and of what-ifs follows their tables."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from movelaws.inequality.answers import Tables, answers
from movelaws.inequality.heldout import out_of_sample
from movelaws.inequality.likelihood import estimate_penalty, penalty_grid
from movelaws.inequality.model_answers import Struck, by_itself, linear_form, struck
from movelaws.inequality.penalty_answers import next_period, pairs_and_people, size
from movelaws.inequality.two_cities import crossings
from tests.unit.inequality_case import built

LEVEL = 0.05
NOTHING = pd.DataFrame()
WORSE, BETTER, UNSURE = (4e-7, 2e-7, 6e-7), (-4e-7, -6e-7, -2e-7), (0.0, -1e-7, 2e-7)


def estimates(**found):
    rows = [(name, name.title(), *values) for name, values in found.items()]
    columns = ["variable", "label", "delta_minus_1", "low", "high"]
    gains = 0.01 * np.arange(1, 1 + len(rows))
    return pd.DataFrame(rows, columns=columns).assign(gain_per_person=gains)


def profile(gains, variable="flood"):
    return pd.DataFrame(
        {"delta_minus_1": gains.keys(), "gain_per_person": gains.values(), "variable": variable}
    )


def judged(significant, p=0.01, variable="flood", many=False):
    scale = np.array([1e-6, 1e-5, 1e-4])
    table = pd.DataFrame({"scale": scale, "delta_or_Delta": scale if many else 1 + scale})
    return table.assign(
        variable=variable,
        label=variable.title(),
        hamming=[2600, 2500, 2400],
        significant=significant,
        p_mw=p,
        p_binomial=p,
    )


def test_penalties_are_told_apart_by_the_sign_of_their_interval():
    said = size(estimates(flood=WORSE, war=BETTER, heat=UNSURE), NOTHING, NOTHING)
    above, below, neither = said[0].split("; ")
    assert "delta - 1 is above 0, the places worse off, with Flood: 4×10⁻⁷ (2×10⁻⁷ to 6×10" in above
    assert below.startswith("below 0, the places better off, with War: -4×10⁻⁷")
    assert neither.startswith("not told from 0 with Heat: 0 (-1×10⁻⁷")
    assert said[1].endswith("gains 0.01 (Flood) to 0.03 (Heat)")
    only = size(estimates(war=BETTER), NOTHING, judged(False, many=True))
    assert only[0].startswith("At the greatest likelihood, Delta is below 0")


def test_a_search_that_ends_at_its_edge_says_so():
    edge = profile({-4e-7: 0.1, 0.0: 0.0, 4e-7: 0.2})
    assert "edge of the penalties tried with Flood" in size(
        estimates(flood=WORSE), edge, NOTHING
    )[2]  # fmt: skip
    wide = profile({-1e-3: 0.1, 0.0: 0.0, 1e-3: 0.2})
    assert len(size(estimates(flood=WORSE), wide, NOTHING)) == 2


def test_zero_where_no_advantage_was_tried_is_qualified():
    tried = profile({0.0: 0.0, 1e-3: -0.2})
    said = size(estimates(flood=(0.0, 0.0, 0.0)), tried, NOTHING)
    assert "is at 0, where the values tried begin, with Flood: 0 (0 to 0)" in said[0]
    assert "not told from 0" not in said[0]
    assert said[2].startswith("Only values from 0 on were tried")
    inside = size(estimates(flood=(1e-7, 0.0, 2e-7)), tried, NOTHING)
    assert "not told from 0 with Flood" in inside[0]
    both_sides = profile({-1e-3: -0.1, 0.0: 0.0, 1e-3: -0.2})
    assert "not told from 0 with Flood" in size(
        estimates(flood=(0.0, 0.0, 0.0)), both_sides, NOTHING
    )[0]  # fmt: skip
    assert len(size(estimates(flood=WORSE), tried, NOTHING)) == 2


def test_an_interval_away_from_0_is_held_against_random_classes():
    found = estimates(flood=WORSE, war=BETTER, heat=UNSURE)
    said = size(found.assign(p_random_gain=[0.6, 0.02, 0.9]), NOTHING, NOTHING)
    assert said[2] == (
        "An interval away from 0 says little by itself: of random classes of the same size, as "
        "many as 60 % with Flood and 2 % with War gain as much (special is what fewer than 5 % "
        "reach: War)"
    )
    usual = size(found.assign(p_random_gain=[0.6, np.nan, 0.9]), NOTHING, NOTHING)
    assert "as many as 60 % with Flood gain as much" in usual[2]
    assert usual[2].endswith("reach: none)")
    assert len(size(found.assign(p_random_gain=np.nan), NOTHING, NOTHING)) == 2
    assert len(size(found.iloc[2:].assign(p_random_gain=0.9), NOTHING, NOTHING)) == 2


@pytest.mark.parametrize(
    ("gains", "expected"),
    [
        ((0.1, 0.1, 0.1), "is above that of the standard one in all 2 combinations"),
        ((0.1, -0.1, 0.1), "is below that of the standard one in 1 of 2 combinations"),
        ((0.1, -1, -np.inf), "in all 2 combinations"),
    ],
)
def test_pairs_and_people_may_agree_or_not(gains, expected):
    known = profile(dict(zip((1e-6, 1e-5, 1e-4), gains, strict=True)))
    tests = judged([False, True, True])
    said = pairs_and_people(tests, estimates(flood=WORSE), known, LEVEL)
    assert expected in said[0]
    assert "that beat the standard model and random places" in said[0]
    assert ("in 1 of them because an observed flow is impossible" in said[0]) == (
        gains[2] == -np.inf
    )
    assert said[1].endswith("delta - 1 = 1×10⁻⁴ and 4×10⁻⁷ with Flood")


def test_penalties_without_a_likelihood_are_not_counted():
    known = profile({1e-5: -0.1})
    said = pairs_and_people(judged([True] * 3), estimates(flood=WORSE), known, LEVEL)
    assert "in 1 of 1 combination of variable and n" in said[0]
    assert "(2 more: likelihood not computed)" in said[0]
    away = profile({1e-2: -0.1})
    assert pairs_and_people(judged([True] * 3), estimates(flood=WORSE), away, LEVEL) == []


def test_without_a_verdict_the_tests_against_the_standard_model_are_compared():
    known = profile({1e-6: 0.1, 1e-5: -0.1, 1e-4: -1})
    passed = pairs_and_people(
        judged(False, [0.5, 0.01, 0.01]), estimates(flood=WORSE), known, LEVEL
    )
    assert "in all 2 combinations of variable and n that pass both tests" in passed[0]
    many = pairs_and_people(judged(False, many=True), estimates(flood=WORSE), known, LEVEL)
    assert many[0].startswith("The likelihood of the exact model")
    assert "at Delta = " in many[1]


def test_where_no_test_passes_the_likelihood_is_told_alone():
    known, none = profile({1e-6: 0.1}), judged(False, 0.5)
    (yet,) = pairs_and_people(none, estimates(flood=WORSE, war=BETTER), known, LEVEL)
    assert yet.endswith("yet by likelihood the penalty is above 0 with Flood")
    drawn = estimates(flood=WORSE, war=BETTER).assign(p_random_gain=0.6)
    (yet,) = pairs_and_people(none, drawn, known, LEVEL)
    assert yet.endswith("above 0 with Flood (60 % of random classes gain as much)")
    (neither,) = pairs_and_people(none, estimates(war=BETTER), known, LEVEL)
    assert neither.endswith("the likelihood finds no penalty above 0 either")


def heldout(way, wrong, p=0.01, p_random=0.5, gain=0.1):
    return pd.DataFrame({"label": ["Flood", "War"], "variable": ["flood", "war"]}).assign(
        chosen_by=way,
        test_hamming=wrong,
        test_hamming_standard=100,
        p_mw=p,
        p_binomial=p,
        p_random_hamming=p_random,
        gain_per_person=gain,
    )


def test_another_period_is_better_worse_or_impossible():
    won = next_period(heldout("hamming", [80, 90], p_random=[0.01, np.nan]), LEVEL)
    assert won[0].startswith("Chosen on one period for the fewest wrong pairs, the penalty leaves")
    assert "80 (Flood) to 90 (War) wrong in the other, the standard model 100: fewer" in won[0]
    assert won[0].endswith("by both tests with 2, and beside random places with Flood")
    assert "with all 2 variables (gain per person 0.1)" in won[1]
    lost = next_period(heldout("likelihood", [100, 120], p=0.9, gain=[-0.1, -np.inf]), LEVEL)
    assert lost[0].endswith("fewer with none of 2 variables")
    assert "with none of 2 variables (gain per person -0.1 (Flood); an" in lost[1]
    assert lost[1].endswith("an observed flow is impossible with 1 of 2 variables)")
    some = next_period(heldout("likelihood", [99, 120], p=0.9), LEVEL)
    assert some[0].endswith("fewer with 1 of 2 variables, by both tests with none")


def linear(moved):
    rows = [
        ("flood", -7, 0.0, 0.0, 120),
        ("war", -7, 0.01, 0.02, 140),
        ("flood", -6, 0.1, 0.1, 900),
    ]
    table = pd.DataFrame(
        rows,
        columns=[
            "variable",
            "exponent",
            "clipped_low_share",
            "clipped_high_share",
            "hamming_linear",
        ],
    )
    return table.assign(moved_share=moved, hamming_exact=110, hamming_standard=100)


def test_the_linear_form_is_described_at_each_penalty():
    clipped, moved, wrong = linear_form(linear([0.0, 0.01, 0.5]))
    # clipped from the first penalty on, so all of them are told
    assert "clipped in 0 % to 3 % (n = -7) and 20 % (n = -6) of the pairs" in clipped
    assert "sends 0 % to 1 % (n = -7) and 50 % (n = -6) of the people" in moved
    assert "120 to 140 and 110 (n = -7); 900 and 110 (n = -6) wrong pairs" in wrong
    assert wrong.endswith("the standard model 100")


def test_penalties_at_which_the_linear_form_does_not_matter_are_one_sentence():
    table = linear([0.004, 0.01, 0.5])
    table.loc[table["exponent"] == -7, ["clipped_low_share", "clipped_high_share"]] = 0.0
    like, clipped, moved, wrong = linear_form(table)
    assert like == (
        "Up to Delta = 10^n with n = -7, the linear form is nowhere clipped and sends at most 1 % "
        "of the people elsewhere than the exact form"
    )
    assert "n = -7" not in clipped + moved + wrong
    assert "clipped in 20 % (n = -6) of the pairs" in clipped
    assert len(linear_form(table[table["exponent"] == -7])) == 1
    assert len(linear_form(table.assign(moved_share=0.011))) == 3


def test_the_size_of_a_penalty_depends_on_the_benefits():
    said = by_itself(crossings(sizes=(1e4, 1e5)), {}, {})
    assert "Between cities of 10,000 and 1,000,000 people" in said[0]
    assert "a mover from either is as likely to go to the other at delta" in said[0]
    assert "delta - 1 = 6.83×10⁻⁵ (uniform); 0.485 (exponential); 3.64 (Pareto, a = 3)" in said[0]
    assert said[1].endswith("by a factor of about 300,000")
    assert said[2].startswith("With ten times as many people in both, it is 6.83×10⁻⁶ (uniform)")
    alike = pd.DataFrame(
        {"benefit": ["x", "y"], "n1": 50.0, "n2": 60.0, "delta_minus_1": [1.0, 1.5]}
    )
    assert by_itself(alike, {}, {})[1:] == ["These 2 differ by less than a factor of 2"]


def test_other_benefits_in_a_case_are_named_and_marked_as_made():
    table = pd.DataFrame(
        {"benefit": ["uniform", "uniform", "pareto"], "delta_minus_1": [1e-6, 1e-5, 1.0]}
        | {"hamming": [120, 90, 110], "hamming_standard": 100}
    )
    tables = Tables(crossings=crossings(sizes=(1e4,)), benefits={"a": table})
    (real,) = answers(tables, {"a": "Here"}, ())["answer"]
    assert "in Here, the fewest wrong pairs are 90 at 1×10⁻⁵ (uniform) and 110 at 1 (Pa" in real
    (made,) = answers(tables, {"a": "Here"}, ["a"])["answer"]
    assert "tried in Here (synthetic), the fewest" in made
    assert made.startswith("Between cities")
    assert "; the standard model has 100, so no better than the standard model: Pareto;" in real
    assert real.endswith("random classes were not drawn for these.")
    (won,) = answers(
        Tables(crossings=crossings(sizes=(1e4,)), benefits={"a": table.assign(hamming=90)}),
        {"a": "Here"},
        (),
    )["answer"]
    assert "no better" not in won


def scenario(lost, change, after=12.0, places=1):
    values = {
        "places struck": places,
        "delta - 1": 1e-5 * np.sign(lost),
        "people who move": 200.0,
        "go elsewhere": abs(lost),
        "arrivals lost by the places struck": lost,
        "arrivals of the places struck before": 90.0,
        "mean distance before": 10.0,
        "mean distance after": after,
    }
    summary = pd.DataFrame({"quantity": values.keys(), "value": values.values(), "unit": "people"})
    destinations = pd.DataFrame({"name": ["P", "Q", "R", "S", "T"], "change": [-lost, *change]})
    return Struck("A flood", summary, destinations.assign(struck=[True] + [False] * 4))


def test_struck_places_lose_and_their_neighbours_gain():
    said = struck(scenario(40.0, [1.0, 30.0, 9.0, 0.1]))
    assert said[0].startswith("Of 200 people, 40 (20 %) go elsewhere")
    assert said[1] == "The place struck loses 40 arrivals, from 90, at delta - 1 = 1×10⁻⁵"
    assert said[2] == "Among the others, those that gain most are R (30), S (9) and Q (1)"
    assert said[3] == "The mean distance goes from 10 to 12 km"


def test_what_hangs_on_the_penalty_is_told():
    tried = pd.DataFrame(
        {"delta_minus_1": [1e-6, 1e-5], "lost": [4.0, 40.0], "go_elsewhere": [4.5, 45.0]}
    )
    one = scenario(40.0, [1.0, 30.0, 9.0, 0.1])
    said = struck(replace(one, range=tried))
    assert said[2] == (
        "The penalty is assumed: with delta - 1 from 1×10⁻⁶ to 1×10⁻⁵, 4 to 40 arrivals would be "
        "lost, and 4.5 to 45 go elsewhere"
    )
    assert said[:2] + said[3:] == struck(one) == struck(replace(one, range=tried[:1]))
    gained = struck(replace(one, range=tried.assign(lost=-tried["lost"])))
    assert "4 to 40 arrivals would be gained" in gained[2]


def test_an_advantage_draws_people_away_from_the_others():
    said = struck(scenario(-40.0, [-30.0, -9.0, -1.0, 0.0], after=10.0, places=2))
    assert said[1].startswith("The 2 places struck gain 40 arrivals")
    assert "those that lose most are Q (30), R (9) and S (1)" in said[2]
    assert said[3] == "The mean distance stays at 10 km"


def test_no_penalty_changes_nothing():
    said = struck(scenario(0.0, [0.0, 0.0, 0.0, 0.0], after=10.0))
    assert "0 (0 %) go elsewhere" in said[0]
    assert "at delta - 1 = 0" in said[1]
    assert len(said) == 3


def test_the_tables_of_the_chapter_are_read_as_they_are():
    case, grid = built(n=10), penalty_grid(-6, -3, 2, advantage=True)
    rng = np.random.default_rng(0)
    found = estimate_penalty(case.surroundings, case.exact("flood"), grid, bootstraps=9, rng=rng)
    likelihood = estimates(flood=(found.penalty, found.low, found.high))
    profiles = found.profile.assign(variable="flood")
    other = out_of_sample(
        case, case, grid, [-5, -4], draws=5, seed=0, job=("x",), drop_exact=False, rng=rng
    )
    tables = Tables(
        tests={}, likelihood={"a": likelihood}, profiles={"a": profiles}, heldout={"x": other}
    )
    said = answers(tables, {"a": "Here"}, ["a"])
    assert said["question"].tolist() == [
        "How large is the penalty?",
        "Does a penalty of one period help in the next?",
    ]
    assert said["answer"].str.startswith("In this synthetic run, ").all()
    assert not said["answer"].str.contains("nan|–", regex=True).any()
