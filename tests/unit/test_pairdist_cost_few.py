"""The cost of sets with few moves, or strange ones: what cannot be fitted is empty or named."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from movelaws.pairdist import cost, cost_fits
from movelaws.pairdist.town_cost import town_costs
from movelaws.plotting.pairdist import cost as figure
from movelaws.pointsets import frames
from tests.unit.drawn_world import texts
from tests.unit.test_pairdist_cost import CRS, SETTINGS, moved, places

FITTED = ["exponent", "ks", "aic"]


def few(number, times=None):
    pointset = moved(places(200), n=300)
    moves = pointset.moves.head(number)
    if times is not None:
        moves = moves.assign(moves=np.resize(times, len(moves)))
    return replace(pointset, moves=moves)


def fitted(pointset, name="mine"):
    data = cost.counted(pointset, low=10, per_decade=20, seed=1)
    return cost_fits.fits(data, name, **SETTINGS)


@pytest.mark.parametrize(("number", "empty"), [(1, "sample_space"), (5, "piecewise")])
def test_a_law_that_few_moves_do_not_determine_is_empty_and_the_reason_printed(
    number, empty, capsys
):
    table = fitted(few(number)).set_index("model")
    assert list(table.index) == list(cost_fits.MODELS)
    assert f"mine: {empty} is left empty" in capsys.readouterr().out
    assert table.loc[empty, FITTED].isna().all()
    assert np.isfinite(table.loc["power_law", "exponent"])
    of_origins = table.loc[["power_law", "joint"], ["origins_low", "origins_high"]]
    assert of_origins.isna().all(axis=None) == (number == 1)


def test_moves_of_one_distance_name_the_set_and_what_to_do():
    spots = np.arange(40) * 25.0
    points = pd.DataFrame({"place_id": np.arange(40).astype(str), "x": 5e5 + spots, "y": 6e6})
    moves = pd.DataFrame({"origin": np.arange(39), "destination": np.arange(1, 40)})
    with pytest.raises(ValueError, match=r"^mine: its 39 moves .* leave it out of pairdist\.cost"):
        fitted(frames.assemble(points, CRS, moves=moves))


@pytest.mark.parametrize("times", [[1e-9, 1e9], [1e-9]])
def test_weights_of_any_size_are_fitted_or_named(times):
    try:
        table = fitted(few(300, times)).set_index("model")
    except ValueError as error:
        assert str(error).startswith("mine: its ")
    else:
        assert np.isfinite(table.loc["power_law", "exponent"])


def test_moves_that_are_missing_name_the_set():
    pointset = frames.assemble(places(50), CRS)
    with pytest.raises(ValueError, match=r"^mine: moves has no rows.*pairdist\.town_cost\.dataset"):
        town_costs(
            pointset, "mine", low=10, per_decade=10, fewest_moves=1, most_towns=1, draws=19,
            level=0.95, seed=1,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("low", "why"),
    [(1e6, "no move of 1e.06 m .*the longest has 900 m: are x"), (10, "places fill 1 bins")],
)
def test_why_nothing_can_be_counted_is_told(low, why):
    points = pd.DataFrame({"place_id": ["a", "b"], "x": [5e5, 5e5 + 900], "y": 6e6})
    moves = pd.DataFrame({"origin": [0], "destination": [1]})
    with pytest.raises(ValueError, match=why):
        cost.counted(frames.assemble(points, CRS, moves=moves), low=low, per_decade=20, seed=1)


def test_the_figure_of_few_moves_leaves_out_what_is_not_fitted():
    data = cost.counted(few(1), low=10, per_decade=20, seed=1)
    table = cost.cost_by_distance(data, "mine", replicates=5, level=0.95, seed=1)
    fits = cost_fits.fits(data, "mine", **SETTINGS)
    fits.loc[fits["model"] == "joint", "exponent"] = np.nan
    made = figure.cost(table, fits, {"mine": "Mine"})
    lines = {line.get_gid() for axes in made.axes for line in axes.lines}
    assert "power_law" in lines
    assert "joint" not in lines
    assert not any("nan" in text.get_text() for text in texts(made))
