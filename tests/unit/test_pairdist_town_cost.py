"""The cost of distance from single towns: planted pieces, islands, forms, and the figures."""

import numpy as np
import pandas as pd
import pytest

from movelaws.distance_cost import simulate_moves
from movelaws.pairdist import town_cost
from movelaws.pairdist.cost import decade_edges, places_of
from movelaws.pairdist.town_cost_forms import fit_exponential_core
from movelaws.pairs import checked_points
from movelaws.plotting.pairdist.cost_towns import PER_PAGE, island, towns
from movelaws.plotting.pairdist.cost_towns_tests import ratios
from movelaws.pointsets import frames
from tests.unit.drawn_world import assert_texts_apart, texts

CRS = "EPSG:25832"
SETTINGS = {"low": 10, "per_decade": 10, "fewest_moves": 150, "most_towns": 2, "draws": 19,
            "level": 0.95, "seed": 5}  # fmt: skip
RADIUS = 1200.0


def country(law, seed=3):
    """Towns on a mainland and one, "Island", 60 km off."""
    rng = np.random.default_rng(seed)
    centres = {"Alby": (0, 0), "Beby": (9000, 4000), "Ceby": (4000, 15000), "Island": (70000, 0)}
    sizes = {"Alby": 300, "Beby": 150, "Ceby": 120, "Island": 80}
    parts = []
    for name, (x, y) in centres.items():
        dx, dy = rng.normal(0, 35 * np.sqrt(sizes[name]), (2, sizes[name]))
        parts.append(pd.DataFrame({"x": 5e5 + x + dx, "y": 6e6 + y + dy, "town": name}))
    field = pd.DataFrame(rng.uniform(0, 18000, (60, 2)), columns=["x", "y"])
    field += [5e5, 6e6]
    table = pd.concat([*parts, field.assign(town="")], ignore_index=True)
    table["place_id"] = table.index.astype(str)
    points = places_of(frames.assemble(table, CRS))
    drawn = simulate_moves(points, law, 6000, seed, low=10.0)
    moves = pd.DataFrame({"origin": drawn.origin, "destination": drawn.destination})
    return frames.check(frames.assemble(table, CRS, moves))


def two(r):
    return (r / RADIUS) ** -np.where(r < RADIUS, 0.6, 2.0)


@pytest.fixture(scope="module")
def found():
    return town_cost.town_costs(
        country(two), "toy", truth={"inside": 0.6, "outside": 2.0, "radii_m": {"Alby": RADIUS}},
        **SETTINGS,
    )  # fmt: skip


@pytest.fixture(scope="module")
def found_one():
    return town_cost.town_costs(country(1.0), "toy", truth={"exponent": 1.0}, **SETTINGS)


def test_planted_pieces_are_found(found):
    fits = found[0]
    assert tuple(fits.columns) == town_cost.FITS
    row = fits.set_index("town").loc["Alby"]
    assert row["inside"] == pytest.approx(0.6, abs=0.12)
    assert row["outside"] == pytest.approx(2.0, abs=0.35)
    assert row["radius_low"] < RADIUS < row["radius_high"]
    assert row["p"] == 0.05
    assert row["verdict"] != "one power law does"
    assert row["ratio"] > 50
    assert row["planted_radius"] == RADIUS and row["planted_inside"] == 0.6


def test_one_law_is_not_taken_for_two(found_one):
    fits = found_one[0]
    assert (fits["p"] > 0.05).all()
    assert set(fits["verdict"]) == {"one power law does"}
    assert fits["single"].to_numpy() == pytest.approx(1.0, abs=0.15)
    assert (fits["planted_outside"] == 1.0).all() and fits["planted_radius"].isna().all()


def test_the_island_is_added_and_its_gap_lies_over_the_sea(found):
    fits = found[0].set_index("town")
    assert list(fits.index) == ["Alby", "Beby", "Island"]
    gap = fits.loc["Island"]
    assert gap["gap_low"] < 10000 and 40000 < gap["gap_high"] <= 60000
    assert gap["gap_high"] / gap["gap_low"] >= town_cost.LEAST_GAP


def test_pairs_of_a_town_join_its_places_with_all():
    rng = np.random.default_rng(1)
    points = checked_points(*rng.uniform(1000, 9000, (2, 80)))
    rows, edges = np.arange(10, 25), decade_edges(10, 9000, 10)
    pairs = town_cost.relative_pairs(points, rows, edges, seed=1)
    r = np.hypot(points.x[rows, None] - points.x, points.y[rows, None] - points.y).ravel()
    kept = np.append(pairs["r_low"], pairs["r_high"].iloc[-1])
    np.testing.assert_array_equal(pairs["count"], np.histogram(r, kept)[0])
    assert pairs["count"].iloc[0] > 0 and pairs["count"].iloc[-1] > 0


def test_small_gaps_and_gaps_within_the_town_are_chance():
    edges = decade_edges(10, 10000, 10)
    table = pd.DataFrame({"r_low": edges[:-1], "r_high": edges[1:], "count": 5.0})
    town = checked_points(*np.random.default_rng(1).normal(1e5, 100, (2, 50)))
    assert np.isnan(town_cost.gap_of(table, town)).all()
    one = table.copy()
    one.loc[25, "count"] = 0
    assert np.isnan(town_cost.gap_of(one, town)).all()
    near = table.copy()
    near.loc[2:6, "count"] = 0
    assert np.isnan(town_cost.gap_of(near, town)).all()
    near.loc[22:24, "count"] = 0
    near.loc[26:28, "count"] = 0
    low, high = town_cost.gap_of(near, town)
    assert (low, high) == (edges[22], edges[25])


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ((0.4, 9.0, 0.01, 9.0, 0.01), "one power law does"),
        ((0.01, 9.0, 0.01, 9.0, 0.01), "two pieces"),
        ((0.01, 9.0, 0.2, 9.0, 0.01), "two pieces or log-normal"),
        ((0.01, -9.0, 0.01, 9.0, 0.01), "log-normal"),
        ((0.01, -9.0, 0.01, -9.0, 0.01), "log-normal or exponential core"),
        ((0.01, -1.0, 0.5, -1.0, 0.5), town_cost.BENDING),
    ],
)
def test_verdicts(row, said):
    names = ("p", "lognormal_ratio", "lognormal_p", "exponential_ratio", "exponential_p")
    assert town_cost.verdict(dict(zip(names, row, strict=True))) == said


def test_an_exponential_core_is_found():
    edges = decade_edges(10, 1e5, 20)
    r, width = np.sqrt(edges[1:] * edges[:-1]), np.diff(edges)
    pairs = r * width
    law = np.where(r < 2000, np.exp(-1.8 * (r / 2000 - 1)), (r / 2000) ** -2.2)
    shares = pairs * law / (pairs * law).sum()
    counts = np.random.default_rng(2).multinomial(60_000, shares).astype(float)
    found = fit_exponential_core(edges, counts, pairs, 3000.0)
    assert found.core == pytest.approx(1.8, rel=0.1)
    assert found.tail == pytest.approx(2.2, abs=0.05)
    assert found.radius == pytest.approx(2000, rel=0.1)
    assert found.aic == 6 - 2 * found.loglik
    assert np.exp(found.log_shares).sum() == pytest.approx(1)
    # No worse than the truth itself.
    assert found.loglik >= float(counts @ np.log(shares)) - 1e-6 * counts.sum()
    pairs[3] = 0
    with pytest.raises(ValueError, match="no pair"):
        fit_exponential_core(edges, np.ones(counts.size), pairs, 3000.0)


def test_curves_hold_the_densities_and_both_laws(found):
    fits, curves = found
    assert tuple(curves.columns) == town_cost.CURVES
    for name, part in curves.groupby("town"):
        width = part["r_high"] - part["r_low"]
        seen = part["p"] > 0
        for form in ("two_pieces", "one_law"):
            assert part[form].notna().all()
            expected = float((part[form] * part["p"] * width)[seen].sum())
            assert expected == pytest.approx(float((part["f"] * width).sum())), name
    assert set(curves["town"]) == set(fits["town"])


def test_equal_seeds_give_equal_tables():
    small = SETTINGS | {"most_towns": 1, "per_decade": 5, "fewest_moves": 1000}
    first, again = (town_cost.town_costs(country(1.0), "toy", **small) for _ in range(2))
    pd.testing.assert_frame_equal(again[0], first[0])
    pd.testing.assert_frame_equal(again[1], first[1])
    assert len(first[0]) == 1


def test_too_few_draws_are_refused():
    with pytest.raises(ValueError, match="at least 19"):
        town_cost.town_costs(country(1.0), "toy", **(SETTINGS | {"draws": 18}))


def test_no_town_has_enough_moves():
    fits, curves = town_cost.town_costs(country(1.0), "toy", **(SETTINGS | {"fewest_moves": 1e9}))
    assert fits.empty and curves.empty
    assert tuple(fits.columns) == town_cost.FITS and tuple(curves.columns) == town_cost.CURVES
    for made in (towns(curves, fits), island(curves, fits), ratios(fits)):
        assert any("No town" in t.get_text() for t in texts(made))


def test_figures_of_towns(found):
    fits, curves = found
    many = pd.concat([fits.assign(town=[f"{t} {k}" for t in fits["town"]]) for k in range(3)])
    drawn = pd.concat([curves.assign(town=curves["town"] + f" {k}") for k in range(3)])
    made = towns(drawn, many, synthetic=True)
    assert len(made.axes) == 9
    assert_texts_apart(made)
    made = island(curves, fits, synthetic=True)
    assert_texts_apart(made)
    assert any("Island: moves" in t.get_text() for t in texts(made))
    made = ratios(fits, published={"inside": (0.6, 0.2), "outside": (2.02, 0.22)}, synthetic=True)
    assert_texts_apart(made)
    with pytest.raises(ValueError, match="at most"):
        towns(drawn, pd.concat([fits] * PER_PAGE))


def test_without_a_gap_there_is_no_island(found):
    fits, curves = found
    made = island(curves, fits.assign(gap_low=np.nan, gap_high=np.nan))
    assert any("No town lies on an island" in t.get_text() for t in texts(made))
