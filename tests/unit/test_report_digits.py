"""Digits of the page: three or four, never fewer than a comparison needs, files untouched."""

import math

import numpy as np
import pytest

from movelaws.report.digits import cells, prose, rounded


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("2105.8534", "2,106"),
        ("12345678.9", "12,345,679"),
        ("16373535481551.06", "1.64×10¹³"),
        ("9.9996", "10.00"),
        ("999.96", "1,000"),
        ("0.40700247", "0.407"),
        ("0.99996", "1.00"),
        ("1.0003", "1.000"),
        ("-0.0013456789", "-0.00135"),
        ("1.2345678e-05", "1.23×10⁻⁵"),
        ("0.33", "0.33"),
        ("3.0", "3"),
        ("131391", "131,391"),
        ("06037", "06037"),
        ("0.041987;2.51234", "0.0420; 2.512"),
        ("inf", "∞"),
        ("", "–"),
        ("w_j^0.999247 / 1.04^d", "w_j^0.999247 / 1.04^d"),
        ("37.72 N 122.42 W", "37.72 N 122.42 W"),
    ],
)
def test_numbers_have_three_or_four_digits_and_other_text_stays(raw, shown):
    assert cells({"x": [raw]})["x"] == [shown]


def test_a_rounded_number_is_near_the_number():
    values = np.random.default_rng(1).lognormal(0, 6, 400)
    for value in values:
        assert math.isclose(float(rounded(repr(float(value)))), value, rel_tol=6e-3)


def test_rounding_keeps_the_order():
    """So a value never leaves its interval."""
    values = np.sort(np.random.default_rng(2).lognormal(0, 0.01, 500))
    shown = [float(rounded(repr(float(value)))) for value in values]
    assert shown == sorted(shown)


def test_what_stands_beside_a_published_number_has_the_digits_to_compare_them():
    raw = {
        "rmse": ["2222.41234"],
        "rmse_low": ["2222.31234"],
        "published_rmse": ["2222.4"],
        "cpc": ["0.54123"],
        "published_cpc": [""],
        "shift_percent": ["16.0624"],
        "year": ["2016"],
    }
    assert cells(raw) == {
        "rmse": ["2,222.41"],
        "rmse_low": ["2,222.31"],
        "published_rmse": ["2,222.4"],
        "cpc": ["0.541"],
        "published_cpc": ["–"],
        "shift_percent": ["+16.1"],
        "year": ["2016"],
    }


def test_the_interval_of_a_published_parameter_keeps_its_digits_too():
    raw = {"parameter": ["0.0419876"], "low": ["0.0419812"], "published_parameter": ["0.042"]}
    assert cells(raw)["low"] == ["0.04198"]
    del raw["published_parameter"]
    assert cells(raw)["low"] == ["0.0420"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("9.96e-06 (9.63e-06 to 1.01E-5).", "9.96×10⁻⁶ (9.63×10⁻⁶ to 1.01×10⁻⁵)."),
        ("at a penalty of 1e-06", "at a penalty of 1×10⁻⁶"),
        ("-1e+05", "-1×10⁵"),
        ("16373535481551.06 against 1.38", "1.64×10¹³ against 1.38"),
        ("a1e5 file/1e-05 1e-05.csv 2e3x 0.54 2016", "a1e5 file/1e-05 1e-05.csv 2e3x 0.54 2016"),
    ],
)
def test_texts_have_powers_of_ten(text, shown):
    assert prose(text) == shown
