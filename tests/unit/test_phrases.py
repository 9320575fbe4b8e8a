"""Words that answers are put together from."""

import doctest

import pandas as pd

from movelaws import phrases


def test_the_examples_of_the_phrases_hold():
    assert doctest.testmod(phrases).failed == 0


def test_a_range_of_one_value_is_that_value():
    assert phrases.between(pd.Series([2.0, 2.0])) == "2"
    assert phrases.between(pd.Series([2.0, 3.0])) == "2 to 3"


def test_the_first_sentence_says_that_the_data_are_made():
    assert phrases.sentences(["Two win", "", "One loses"], True) == (
        "In this synthetic run, two win. One loses."
    )
    assert phrases.sentences([], True) == ""
