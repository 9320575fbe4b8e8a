"""Tables for readers: sensible digits, the same in Markdown and HTML, never beyond an interval."""

import doctest
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from movelaws import tables


def test_tables_set_published_beside_ours_and_keep_full_precision(tmp_path):
    table = pd.DataFrame(
        {
            "model": ["GM|Zipf", "RM"],
            "rmse": [2105.8534, 1e6 / 3],
            "median_area_km2": [1616.0, np.nan],
            "published_rmse": [2105.9, np.nan],
            "parameter": ["0.041950146;2.5", ""],
            "shift_percent": [-3.7e-9, 0.08934],
        }
    )
    csv, markdown = tmp_path / "t.csv", tmp_path / "t.md"
    tables.write_table(table, csv, markdown, units={"rmse": "commuters"})
    absent = {"rmse": "", "published_rmse": "", "median_area_km2": ""}
    again = pd.read_csv(csv, keep_default_na=False, na_values=absent)
    pd.testing.assert_frame_equal(again, table)
    head, rule, first, second = (
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in markdown.read_text(encoding="utf-8").splitlines()
    )
    assert head == [
        "model",
        "RMSE (commuters)",
        "RMSE, published",
        "median area (km²)",
        "parameter",
        "shift (%)",
    ]
    assert [cell.endswith(":") for cell in rule] == [False, True, True, True, True, True]
    assert first == [r"GM\|Zipf", "2,105.85", "2,105.9", "1,616", "0.04195; 2.5", "0"]
    assert second == ["RM", "333,333", "–", "–", "–", "+0.089"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (131391, "131,391"),
        (0.40700247, "0.4070"),
        (12870.04, "12,870"),
        (5.94e-7, "5.94×10⁻⁷"),
        (1.250872982e-6, "1.251×10⁻⁶"),
        (-728.58, "-728.58"),
        (728.71, "728.71"),
        (0.0, "0"),
        (float("nan"), "–"),
        (float("inf"), "∞"),
    ],
)
def test_numbers_have_sensible_digits(value, text):
    assert tables.format_number(value) == text


def test_the_examples_of_the_module_hold():
    assert doctest.testmod(tables).failed == 0


def shown(text):
    plain = text.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")).replace(",", "")
    return float(plain.replace("×10", "e"))


POSITIVE = st.floats(1e-12, 1e12)


@given(st.tuples(POSITIVE, POSITIVE, POSITIVE).map(sorted), st.sampled_from(["", "0.039", "2.05"]))
def test_a_value_stays_inside_its_interval_when_rounded(three, published):
    names = ("low", "parameter", "high")
    texts = {name: [repr(value)] for name, value in zip(names, three, strict=True)}
    cells = tables.format_columns(texts | {"published_parameter": [published]})
    low, value, high = (shown(cells[name][0]) for name in names)
    assert low <= value <= high


@given(st.floats(-1e12, 1e12).filter(bool))
def test_a_shown_number_is_near_its_value_and_adds_no_digits(value):
    assert shown(tables.format_number(value)) == pytest.approx(value, rel=5.1e-4)
    assert tables.format_text(repr(value)) == tables.format_number(value)


def test_codes_years_and_printed_digits_stay():
    cells = tables.format_columns(
        {
            "zone_id": ["36061", "06037"],
            "units": ["3108", "324"],
            "published_units": ["3108.0", "324.0"],
            "rmse": ["2370.07", "12.5"],
            "published_rmse": ["2370.0", "12.25"],
            "rmse_lowest": ["2369.98", ""],
        }
    )
    assert cells == {
        "zone_id": ["36061", "06037"],
        "units": ["3,108", "324"],
        "published_units": ["3,108", "324"],
        "rmse": ["2,370.07", "12.5"],
        "published_rmse": ["2,370.0", "12.25"],
        "rmse_lowest": ["2,369.98", "–"],
    }


@pytest.mark.parametrize(
    ("value", "text"),
    [(-3.7e-9, "0"), (0.00049, "0"), (0.0893, "+0.089"), (-9.456, "-9.46"), (1234.5, "+1,234")],
)
def test_percentages_show_no_noise(value, text):
    assert tables.format_percent(value, signed=True) == text


def test_identifiers_and_names_stay_text(tmp_path):
    (tmp_path / "t.csv").write_text("zone_id,name,flow\n01,NA,1.5\n02,null,\n")
    table = tables.read_texts(tmp_path / "t.csv", ("zone_id", "name", "absent"))
    assert table["zone_id"].tolist() == ["01", "02"]
    assert table["name"].tolist() == ["NA", "null"]
    assert table["flow"].iloc[0] == 1.5
    assert table["flow"].isna().iloc[1]
