"""Growth of the pair distribution of patchy cities (paper 3, Figs 2f, 23 to 25)."""

import numpy as np
import pandas as pd
import pytest

from movelaws.pairdist.patches import SIMULATED, Independent, patches

CITIES = [
    {"branching": 9, "packing": 0.6, "layers": 4, "unit": 5.0},
    {"branching": 4, "packing": 0.75, "layers": 5, "unit": 5.0},
]
SMALL = Independent(patches=3000, repeats=3)


@pytest.fixture(scope="module")
def found():
    return patches(CITIES, SMALL, repeats=2, shape=2.0, seed=1)


def test_nested_patches_grow_as_predicted(found):
    """Claim P8."""
    nested = found.growth[found.growth["model"] == "nested"]
    assert nested["within"].all()
    assert (nested["growth"] < 1).all()
    exact = nested[nested["form"] != SIMULATED]
    np.testing.assert_allclose(exact["growth"], exact["predicted"], atol=1e-3)
    predicted = 1 + 2 * np.log(nested["packing"]) / np.log(nested["branching"] / nested["packing"])
    np.testing.assert_allclose(nested["predicted"], predicted)


def test_the_range_of_the_fit_matters(found):
    simulated = found.growth.query("model == 'nested' and form == @SIMULATED")
    assert simulated[["expected", "to_city", "doubled"]].notna().all(axis=None)
    # Near the size of the city, p(r) bends down; the sum of few layers lies lower still.
    assert (simulated["to_city"] < simulated["growth"]).all()
    assert (simulated["expected"] < simulated["growth"]).all()


def test_patches_far_apart_need_many_decades_of_sizes(found):
    rows = found.growth[found.growth["model"] == "independent"]
    exact = rows[(rows["form"] == "disk") & (rows["span"] < 1e10)].sort_values("span")
    assert exact["growth"].is_monotonic_increasing
    assert exact["growth"].iloc[0] < 0.45
    unlimited = rows[rows["span"] > 1e10]
    np.testing.assert_allclose(unlimited["growth"], 4 - 3.33, atol=1e-3)
    simulated = rows[rows["form"] == SIMULATED].iloc[0]
    assert simulated["growth"] == pytest.approx(simulated["expected"], abs=0.1)


def test_the_areas_have_the_predicted_tail(found):
    row = found.areas.iloc[0]
    assert row["predicted"] == pytest.approx(4.33 / 2)
    assert row["exponent"] == pytest.approx(row["predicted"], abs=4 * row["exponent_error"])


def test_layers_add_up_to_the_exact_sum(found):
    total = found.layers.groupby("r")["density"].sum()
    curve = found.curves[(found.curves["case"] == 0) & (found.curves["form"] == "gamma")]
    at = np.interp(np.log(curve["r"]), np.log(total.index), np.log(total))
    # Bins reach down to half a house, where both are straight.
    np.testing.assert_allclose(np.exp(at), curve["density"], rtol=5e-3)


def test_curves_are_densities(found):
    first = found.curves[found.curves["case"] == 0]
    for form in (SIMULATED, "disk", "gamma"):
        curve = first[first["form"] == form]
        total = np.trapezoid(curve["density"] * curve["r"], np.log(curve["r"]))
        assert total == pytest.approx(1, abs=0.02)
    assert len(found.city) == 9**4
    assert found.city["patch"].value_counts().tolist() == [9**3] * 9


def test_equal_seeds_give_equal_patches():
    one, other = (
        patches(CITIES[1:], Independent(patches=300, repeats=1), repeats=1, shape=2.0, seed=2)
        for _ in range(2)
    )
    pd.testing.assert_frame_equal(one.growth, other.growth)
    pd.testing.assert_frame_equal(one.city, other.city)


@pytest.mark.parametrize(
    ("cities", "independent", "message"),
    [
        ([], SMALL, "nested is empty"),
        ([CITIES[0] | {"layers": 2}], SMALL, "layers = 2"),
        (CITIES[1:], Independent(largest=50.0), "largest = 50"),
        (CITIES[1:], Independent(exponent=3.0), "exponent = 3"),
    ],
)
def test_patches_without_a_law_are_named(cities, independent, message):
    with pytest.raises(ValueError, match=message):
        patches(cities, independent, repeats=1, shape=2.0, seed=1)
