import pandas as pd
import pytest

from movelaws.symbolic.sensitivity import AGREES, UNEXPLAINED, differences


def reason(published: float, ours: float, lowest: float, highest: float) -> str:
    readings = pd.DataFrame(
        [("GMPow", "moved_zones", lowest, highest)],
        columns=["model", "reading", "rmse_lowest", "rmse_highest"],
    )
    reference = pd.DataFrame(
        {
            "model": ["GMPow", "PWO"],
            "rmse": [ours, 1.0],
            "published_rmse": [published, None],
            "rmse_difference_percent": [100 * (ours / published - 1), None],
        }
    )
    table = differences(readings, reference)
    assert table["model"].tolist() == ["GMPow"]  # nothing is printed for PWO
    return table["reason"].item()


@pytest.mark.parametrize(("published", "ours"), [(1309.9, 1309.92), (2370.0, 2370.049)])
def test_numbers_equal_in_every_printed_digit_agree(published, ours):
    assert reason(published, ours, 1000.0, 3000.0) == AGREES


def test_a_random_reading_explains_what_its_range_takes_in():
    found = reason(1337.7, 1338.9, 1330.0, 1350.0)
    assert "'moved zones' gives 1330.00 to 1350.00" in found


def test_a_single_reading_explains_if_it_comes_clearly_closer():
    assert "which is closer" in reason(1337.7, 1338.9, 1338.1, 1338.1)
    assert reason(1337.7, 1338.9, 1338.85, 1338.85) == UNEXPLAINED


def test_a_difference_that_nothing_explains_is_said_to_be_unexplained():
    assert reason(1337.7, 1400.0, 1390.0, 1410.0) == UNEXPLAINED
