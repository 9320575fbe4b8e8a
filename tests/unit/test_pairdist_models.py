"""Gravity, radiation and the pair distribution on the same places."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from movelaws.distance_cost import compare_models, simulate_moves
from movelaws.pairdist.geographies_places import placed
from movelaws.pairdist.models import growth_spread, models, zipf_between_towns
from movelaws.pairs import log_edges, pair_counts
from movelaws.plotting.pairdist.models import models as draw
from movelaws.pointsets import frames
from movelaws.powerlaw.binned import fit_binned
from tests.unit.drawn_world import assert_texts_apart, texts

CRS = "EPSG:25832"
SETTINGS = {
    "exponent": 1.0,
    "origins": 300,
    "low_m": 20.0,
    "per_decade": 10,
    "growth_range_m": (30, 500),
    "towns": {"reach_m": 300.0, "min_places": 10},
    "seed": 1,
}


def towns(moves=0, exponent=1.0):
    """Four towns of 300, 200, 100 and 80 places, uniform in disks, 8 km and more apart."""
    rng = np.random.default_rng(3)
    size = np.array([300, 200, 100, 80])
    town = np.repeat(np.arange(4), size)
    middle = np.array([[0, 12_000, 3000, 15_000], [0, 2000, 9000, 14_000]], dtype=float)
    radius = 40 * np.sqrt(size)[town] * np.sqrt(rng.random(town.size))
    angle = 2 * np.pi * rng.random(town.size)
    points = pd.DataFrame(
        {
            "place_id": np.arange(town.size).astype(str),
            "x": 6e5 + middle[0, town] + radius * np.cos(angle),
            "y": 6.2e6 + middle[1, town] + radius * np.sin(angle),
            "town": [f"T{k}" for k in town],
        }
    )
    pointset = frames.assemble(points, CRS)
    if moves:
        drawn = simulate_moves(placed(pointset), exponent, moves, 5, low=20.0)
        table = pd.DataFrame({"origin": drawn.origin, "destination": drawn.destination})
        pointset = frames.assemble(points, CRS, moves=table)
    return frames.check(pointset)


@pytest.fixture(scope="module")
def found():
    return models(towns(moves=8000), **SETTINGS)


def test_gravity_is_the_pair_distribution_times_its_cost(found):
    curves = found.curves
    centre = np.sqrt(curves["r_low"] * curves["r_high"])
    ratio = curves["gravity"] / (curves["pair_density"] / centre)
    seen = curves["pair_density"] > 0
    assert np.ptp(ratio[seen]) < 1e-9 * ratio[seen].max()
    width = curves["r_high"] - curves["r_low"]
    for name in ("gravity", "radiation", "radiation_average", "observed"):
        assert (curves[name] * width).sum() == pytest.approx(1)


def test_moves_of_a_planted_gravity_are_read_as_such(found):
    row = found.numbers.iloc[0]
    assert abs(row["fitted_exponent"] - 1) < 4 * row["fitted_error"]
    assert row["moves"] == 8000
    assert row["aic_gravity"] < row["aic_radiation"]


def test_radiation_and_gravity_cannot_agree_where_pairs_grow(found):
    row = found.numbers.iloc[0]
    assert row["agreeing_growth"] == -0.5
    assert row["growth"] > row["agreeing_growth"] + 2 * row["growth_spread"]
    assert row["radiation_exponent"] > 1.5
    assert 10 < row["placed_differently_percent"] < 100


def test_the_range_of_growth_is_kept_to_the_metre(found):
    assert {30.0, 500.0} <= set(found.curves["r_low"])
    points = placed(towns())
    pairs = pair_counts(points, log_edges(30, 500, 10), progress=False)
    assert found.numbers["growth"].iloc[0] == pytest.approx(
        -_slope(pairs), abs=1e-6
    )  # the same pairs alone
    uniform = pairs.assign(count=np.diff(np.append(pairs["r_low"], 500.0) ** 2))
    assert growth_spread(uniform, 30, 500) < 1e-6
    assert np.isnan(growth_spread(uniform, 30, 50))


def _slope(pairs):
    edges = np.append(pairs["r_low"], pairs["r_high"].iloc[-1])
    return fit_binned(edges, pairs["count"].to_numpy()).exponent


def test_without_moves_nothing_is_said_of_them():
    found = models(towns(), **SETTINGS)
    assert "moves" not in found.numbers
    assert found.curves["observed"].isna().all()


def test_gravity_between_towns_is_the_product_of_their_sizes(found):
    pointset = towns()
    points = placed(pointset)
    pairs = pair_counts(points, log_edges(20, 25_000, 10), progress=False)
    compared = compare_models(points, pairs, n_origins=50, seed=1)
    town = pd.factorize(pointset.points["town"])[0]
    share, facts = zipf_between_towns(points, town, compared, pairs)
    assert facts["towns"] == 4
    # towns lie far apart: the continuous law between them is that of Zipf
    assert facts["zipf_differently_percent"] < 20
    centre = pointset.points.groupby(town)[["x", "y"]].mean().to_numpy()
    size = np.bincount(town)
    expected = np.zeros(len(pairs))
    for i, j in combinations(range(4), 2):
        r = np.hypot(*(centre[i] - centre[j]))
        at = int(((pairs["r_low"] <= r) & (r < pairs["r_high"])).to_numpy().argmax())
        expected[at] += size[i] * size[j] / r
    flow = np.nan_to_num(share) * (pairs["r_high"] - pairs["r_low"]).to_numpy()
    np.testing.assert_allclose(flow / flow.sum(), expected / expected.sum(), atol=1e-12)


def test_one_town_above_all_others_has_no_such_law():
    points = placed(towns())
    pairs = pair_counts(points, log_edges(20, 25_000, 10), progress=False)
    town = np.where(np.arange(len(points)) < 600, 0, 1)
    share, facts = zipf_between_towns(points, town, None, pairs)
    assert np.isnan(share).all()
    assert facts == {"towns": 2}


@pytest.mark.parametrize("town", [-1, 0])
def test_fewer_than_two_towns_have_no_such_law(town):
    points = placed(towns())
    pairs = pair_counts(points, log_edges(20, 25_000, 10), progress=False)
    share, facts = zipf_between_towns(points, np.full(len(points), town), None, pairs)
    assert np.isnan(share).all()
    assert facts == {"towns": 0}


def test_equal_seeds_give_equal_tables(found):
    again = models(towns(moves=8000), **SETTINGS)
    pd.testing.assert_frame_equal(found.curves, again.curves)


@pytest.mark.parametrize("observed", [True, False])
def test_the_figure_draws_the_tables(found, observed):
    given = found if observed else models(towns(), **SETTINGS)
    made = draw(given.curves, given.numbers.iloc[0], synthetic=True)
    assert_texts_apart(made)
    assert any("at other distances" in text.get_text() for text in texts(made))
    lines = [line for axes in made.axes for line in axes.lines if line.get_gid() == "observed"]
    assert sum(len(line.get_xdata()) > 0 for line in lines) == 2 * observed
    with pytest.raises(ValueError, match="no column 'zipf'"):
        draw(given.curves.drop(columns="zipf"), given.numbers.iloc[0])
    with pytest.raises(ValueError, match="numbers: no column 'growth'"):
        draw(given.curves, given.numbers.iloc[0].drop("growth"))


def test_a_distance_beyond_the_places_is_an_error_that_says_so():
    with pytest.raises(ValueError, match=r"low_m = 1e\+06 m: no two places.*metres"):
        models(towns(), **(SETTINGS | {"low_m": 1e6}))


def at(x, y, moves=None):
    """Places at these positions, metres from a corner."""
    points = pd.DataFrame({"place_id": np.arange(len(x)).astype(str)})
    points = points.assign(x=6e5 + np.array(x, float), y=6.2e6 + np.array(y, float))
    return frames.assemble(points, CRS, moves=moves)


def test_places_at_two_spots_are_no_index_error():
    with pytest.raises(ValueError, match="low_m = 20 m: no two places"):
        models(at([0, 15, 0, 15], [0, 10, 0, 10]), **SETTINGS)
    with pytest.raises(ValueError, match=r"pairs of 4 places .* fill 1 bins .*leave the set out"):
        models(at([0, 90, 0, 90], [0, 0, 0, 0]), **SETTINGS)


def test_moves_of_one_distance_leave_the_exponent_out(capsys):
    places = towns().points
    shifted = np.concatenate([places["x"], places["x"] + 21]), np.tile(places["y"], 2)
    n = len(places)
    moves = pd.DataFrame({"origin": np.arange(n), "destination": np.arange(n) + n})
    pointset = at(shifted[0] - 6e5, shifted[1] - 6.2e6, moves)
    settings = SETTINGS | {"origins": 20, "towns": SETTINGS["towns"] | {"named": False}}
    found = models(pointset, **settings)
    assert "no exponent is fitted to the moves" in capsys.readouterr().out
    assert "fitted_exponent" not in found.numbers
    assert found.curves["observed"].notna().any()


def test_a_reversed_range_and_a_power_without_measure_are_refused():
    with pytest.raises(ValueError, match=r"growth_range_m.*shorter distance first"):
        models(towns(), **(SETTINGS | {"growth_range_m": (500, 30)}))
    with pytest.raises(ValueError, match="exponent = 50: from -10 to 10"):
        models(towns(), **(SETTINGS | {"exponent": 50.0}))


def test_a_range_outside_the_places_is_told(capsys):
    found = models(towns(), **(SETTINGS | {"growth_range_m": (1e6, 2e6), "origins": 20}))
    assert np.isnan(found.numbers["growth"].iloc[0])
    assert "growth_range_m = [1000000.0, 2000000.0]: fewer than two bins" in capsys.readouterr().out
