import pandas as pd
import pytest

from movelaws.symbolic.sensitivity import AGREES, UNEXPLAINED, differences


def reasons(published: dict, ours: dict, readings: list[tuple]) -> dict[str, str]:
    """Reasons by model; readings are (model, reading, rmse, standard deviation)."""
    table = pd.DataFrame(readings, columns=["model", "reading", "rmse", "rmse_sd"])
    reference = pd.DataFrame({"model": list(ours), "rmse": list(ours.values())})
    reference["published_rmse"] = reference["model"].map(published)
    reference["rmse_difference_percent"] = 0.0
    found = differences(table, reference).set_index("model")["reason"]
    assert set(found.index) == set(published)  # models without a published number have no row
    return found.to_dict()


@pytest.mark.parametrize(("published", "ours"), [(1309.9, 1309.92), (2370.0, 2370.049)])
def test_numbers_equal_in_every_printed_digit_agree(published, ours):
    found = reasons({"RM": published}, {"RM": ours, "PWO": 1.0}, [("RM", "moved", 1.0, 5.0)])
    assert found == {"RM": AGREES}


def test_a_random_move_explains_up_to_two_standard_deviations():
    moved = [("GMPow", "moved_zones", 1340.0, 0.8)]
    assert (
        "1.5 standard deviations of 'moved zones'"
        in (reasons({"GMPow": 1337.7}, {"GMPow": 1338.9}, moved)["GMPow"])
    )
    moved = [("GMPow", "moved_zones", 1340.0, 0.5)]
    assert reasons({"GMPow": 1337.7}, {"GMPow": 1338.9}, moved)["GMPow"] == UNEXPLAINED


def test_a_fixed_reading_counts_only_if_it_suits_all_models_together():
    published, ours = {"GMPow": 1337.7, "GMExp": 1309.9}, {"GMPow": 1338.9, "GMExp": 1309.9}
    both = [("GMPow", "other", 1337.8, float("nan")), ("GMExp", "other", 1309.9, float("nan"))]
    assert "'other' gives 1337.80" in reasons(published, ours, both)["GMPow"]
    one = [("GMPow", "other", 1337.8, float("nan")), ("GMExp", "other", 1320.0, float("nan"))]
    assert reasons(published, ours, one)["GMPow"] == UNEXPLAINED
