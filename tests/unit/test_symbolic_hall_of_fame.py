"""Hall of fame: the best distinct laws per complexity, whatever the order they come in."""

import itertools

import numpy as np
import pandas as pd
import pytest

from movelaws.symbolic.hall_of_fame import HallOfFame, from_postfix, postfix
from movelaws.symbolic.tokens import ADD, BASE, CONSTANT, DIVIDE, EXP, MULTIPLY, POWER, Program

NAMES = ("w_j", "d", "r_i")
C = CONSTANT


def program(code, *constants):
    return Program(np.array(code, dtype=np.int8), np.array(constants, dtype=float))


LAWS = [
    (program([0, 1, DIVIDE]), 9.0),
    (program([0, C, 1, BASE, DIVIDE], 0.04), 4.0),
    (program([0, 1, C, POWER, DIVIDE], 2.05), 4.5),
    (program([0, 1, 1, MULTIPLY, DIVIDE]), 5.0),
    (program([0, 1, 2, ADD, DIVIDE]), 4.0 * (1 + 1e-9)),
    (program([0, 0, 1, DIVIDE, DIVIDE]), 8.0),
    (program([0, 1, EXP, DIVIDE, 0, MULTIPLY, 2, MULTIPLY]), 3.0),
]


def hall_of(laws, keep=3):
    hall = HallOfFame(keep)
    for law, loss in laws:
        hall.add(law, loss)
    return hall


def table_of(hall):
    return hall.to_table(NAMES).to_csv()


def test_the_best_distinct_laws_are_kept_in_order():
    hall = hall_of(LAWS)
    assert [law.loss for law in hall.at(5)] == [4.0 * (1 + 1e-9), 4.5, 5.0]
    assert [law.complexity for law in hall.laws] == [3, 5, 5, 5, 8 + 1]
    assert hall.at(7) == []


def test_of_equal_losses_the_one_with_fewer_constants_stays():
    for order in ([1, 4], [4, 1]):
        hall = hall_of([LAWS[k] for k in order])
        assert len(hall) == 1
        assert hall.laws[0].program.constants.size == 0


def test_order_does_not_matter():
    expected = table_of(hall_of(LAWS))
    for order in itertools.islice(itertools.permutations(LAWS), 0, None, 97):
        assert table_of(hall_of(order)) == expected


def test_merging_does_not_depend_on_the_order_of_runs():
    halls = [hall_of(LAWS[:3]), hall_of(LAWS[3:5]), hall_of(LAWS[5:])]
    tables = {table_of(a.merge(b, c)) for a, b, c in itertools.permutations(halls)}
    assert tables == {table_of(hall_of(LAWS))}
    assert len(halls[0]) == 3  # the merged halls stay as they were


@pytest.mark.parametrize("loss", [np.inf, -np.inf, np.nan])
def test_what_is_not_finite_never_enters(loss):
    hall = HallOfFame()
    assert not hall.add(LAWS[0][0], loss)
    assert len(hall) == 0
    assert hall.front() == []


def test_add_tells_whether_a_law_is_in():
    hall = hall_of([LAWS[1], LAWS[2]], keep=2)
    assert not hall.add(*LAWS[3])
    assert hall.add(*LAWS[4])


def test_the_hall_has_copies_of_its_own():
    law = program([0, C, 1, BASE, DIVIDE], 0.04)
    hall = hall_of([(law, 1.0)])
    law.constants[0] = 7
    assert hall.laws[0].program.constants[0] == 0.04


def test_the_front_only_gets_better():
    hall = hall_of([*LAWS, (program([0, 1, DIVIDE, 1, MULTIPLY, 1, DIVIDE]), 4.2)])
    front = hall.front()
    assert [law.complexity for law in front] == [3, 5, 9]
    assert (np.diff([law.loss for law in front]) < 0).all()


def test_negative_losses_have_a_front_too():
    hall = hall_of([(LAWS[0][0], -5.0), (LAWS[1][0], -7.0), (LAWS[6][0], -6.0)])
    assert [law.loss for law in hall.front()] == [-5.0, -7.0]


def test_tables_give_the_same_hall_back(tmp_path):
    hall = hall_of(LAWS)
    again = HallOfFame.from_table(hall.to_table(NAMES), NAMES)
    assert table_of(again) == table_of(hall)
    path = tmp_path / "hall.csv"
    hall.to_table(NAMES).to_csv(path, index=False)
    assert table_of(HallOfFame.from_table(pd.read_csv(path), NAMES)) == table_of(hall)


def test_postfix_reads_back():
    law = LAWS[1][0]
    words = postfix(law.code, NAMES)
    assert words == "w_j constant d base /"
    np.testing.assert_array_equal(from_postfix(words, "0.04", NAMES).code, law.code)


def test_errors_name_what_is_wrong():
    with pytest.raises(ValueError, match="keep = 0"):
        HallOfFame(0)
    with pytest.raises(ValueError, match="s_w"):
        from_postfix("w_j s_w /", "", NAMES)
    with pytest.raises(ValueError, match="1 constants, given are 2"):
        from_postfix("w_j constant *", "1;2", NAMES)
    with pytest.raises(ValueError, match="lacks the columns \\['loss'\\]"):
        HallOfFame.from_table(hall_of(LAWS).to_table(NAMES).drop(columns="loss"), NAMES)
