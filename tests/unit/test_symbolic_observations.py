"""What a search looks at: variables from canonical tables, subsets, files."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from movelaws import frames
from movelaws.symbolic.observations import Observations, load
from movelaws.symbolic.variables import observations, observe
from tests.unit.random_world import random_pairs
from tests.unit.symbolic_worlds import world

WORK = ("w_i", "w_j", "d", "s_w")
HOME = ("r_i", "r_j", "d", "s_r")


def canonical(n: int = 8, **populations) -> frames.Canonical:
    rng = np.random.default_rng(2)
    x, y = rng.uniform(4e5, 5e5, (2, n))
    ids = [f"z{k}" for k in range(n)]
    zones = gpd.GeoDataFrame(
        {"zone_id": ids, "name": ids, "area_km2": 1.0, "x": x, "y": y},
        geometry=[Point(p) for p in zip(x, y, strict=True)],
        crs="EPSG:27700",
    )
    for population in ("residential", "workplace"):
        people = populations.get(population, rng.integers(1000, 9000, n).astype(float))
        zones[f"{population}_population"] = people
    places = pd.DataFrame(zones.drop(columns="geometry")).assign(place_id=ids)
    rows = [(a, b, float(rng.integers(1, 50))) for a in ids[:-1] for b in ids[1:] if a != b]
    flows = pd.DataFrame(rows, columns=["origin", "destination", "flow"])
    return frames.check(frames.assemble(zones, flows, places))


def test_variables_are_in_kilometres_and_tens_of_thousands():
    pairs = random_pairs(6)
    seen = observations(pairs, variables=WORK)
    w_i, w_j, d, s_w = seen.columns
    assert np.array_equal(w_i, pairs.mass[pairs.origin] / 1e4)
    assert np.array_equal(w_j, pairs.mass[pairs.destination] / 1e4)
    assert np.array_equal(d, pairs.distance_km)
    assert np.array_equal(s_w, pairs.intervening / 1e4)
    assert np.array_equal(seen.outflow, pairs.outflow)


def test_the_two_populations_stand_side_by_side():
    work = random_pairs(6)
    home = replace(work, mass=work.mass + 7.0, intervening=work.intervening + 3.0)
    seen = observations(work, home)
    assert seen.names == ("w_i", "w_j", "r_i", "r_j", "d", "s_w", "s_r")
    assert np.allclose(seen.columns[3] - seen.columns[1], 7e-4)
    assert np.allclose(seen.columns[6] - seen.columns[5], 3e-4)
    assert seen.origin_only.tolist() == [True, False, True, False, False, False, False]


def test_origins_without_outflow_disappear():
    pairs = random_pairs(6)
    flow = pairs.flow.copy()
    flow[pairs.start[2] : pairs.start[3]] = 0
    seen = observations(replace(pairs, flow=flow), variables=WORK)
    assert seen.zone.tolist() == [0, 1, 3, 4, 5]
    assert seen.n_rows == 25
    with pytest.raises(ValueError, match="no flow is positive"):
        observations(replace(pairs, flow=flow * 0), variables=WORK)


def test_a_variable_that_cannot_be_had_is_named():
    with pytest.raises(ValueError, match=r"\['x_j'\] are unknown"):
        observations(random_pairs(4), variables=("x_j", "d"))
    with pytest.raises(ValueError, match="'s_r' needs a population"):
        observations(random_pairs(4), variables=("w_j", "s_r"))


def test_a_dataset_gives_every_variable_that_its_populations_allow():
    assert observe(canonical(), "observed").names[-2:] == ("s_w", "s_r")
    unknown = np.r_[np.nan, np.full(7, 5000.0)]
    seen = observe(canonical(workplace=unknown), "observed")
    assert seen.names == ("r_i", "r_j", "d", "s_r")
    with pytest.raises(ValueError, match="neither workplace_population nor residential"):
        observe(canonical(workplace=unknown, residential=unknown), "observed")


def test_all_zones_or_the_observed_ones_share_an_outflow():
    data = canonical()
    assert observe(data, "observed").n_rows == len(data.flows)
    assert observe(data, "all").n_rows == 7 * 7


def test_a_file_gives_the_same_back_and_equal_bytes(tmp_path):
    seen = world(1)
    for name in ("a.npz", "b.npz"):
        seen.save(tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    again = load(tmp_path / "a.npz")
    assert again.names == seen.names
    for part in ("columns", "start", "flow", "zone", "destination", "zone_ids"):
        assert np.array_equal(getattr(again, part), getattr(seen, part))


def test_subsets_keep_rows_with_their_origin():
    seen = world(1, sizes=[3, 1, 4])
    some = seen.of_origins(np.array([2, 0]))
    assert some.start.tolist() == [0, 4, 7]
    assert np.array_equal(some.flow, np.r_[seen.flow[4:], seen.flow[:3]])
    kept = np.array([True, False, True, False, False, True, False, False])
    pairs = seen.of_pairs(kept)
    assert pairs.zone.tolist() == [0, 2]
    assert pairs.start.tolist() == [0, 2, 3]
    assert np.array_equal(pairs.columns, seen.columns[:, kept])
    assert seen.of_variables(["d", "w_j"]).names == ("d", "w_j")
    assert np.array_equal(seen.of_variables(["d"]).columns[0], seen.columns[2])
    with pytest.raises(ValueError, match=r"\['r_j'\] are unknown"):
        seen.of_variables(["r_j"])


def test_the_simplest_gravity_law_is_the_reference():
    seen = world(1, flow=lambda c: c[1] / c[2])
    assert seen.reference_rmse == pytest.approx(0, abs=1e-9)
    assert world(1).reference_rmse > 1
    assert np.isnan(seen.of_variables(["w_j", "s_w"]).reference_rmse)
    assert np.isnan(seen.of_variables(["d"]).reference_rmse)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"flow": np.full(8, -1.0)}, "flow must be finite and >= 0"),
        ({"flow": np.full(8, np.nan)}, "flow must be finite and >= 0"),
        ({"flow": np.ones(7)}, "columns has shape"),
        ({"start": np.array([0, 3, 3, 8])}, "at least one row"),
        ({"start": np.array([0, 3, 4, 7])}, "rise from 0 to the number of rows, 8"),
        ({"zone": np.arange(2)}, "zone has shape"),
        ({"columns": np.full((4, 8), np.inf)}, "variable 'w_i' is not finite"),
    ],
)
def test_what_does_not_fit_is_named(change, message):
    seen = world(1, sizes=[3, 1, 4])
    fields = {name: getattr(seen, name) for name in Observations.__dataclass_fields__}
    with pytest.raises(ValueError, match=message):
        Observations(**fields | change)


@pytest.mark.parametrize(
    ("notes", "named", "kept"),
    [
        ({}, (), WORK),
        ({}, ("w_j", "r_j"), WORK),
        ({}, ("r_j", "d"), HOME),
        ({"populations": "the residential population serves as both"}, (), HOME),
        ({"populations": "the residential population serves as both"}, ("d", "s_w"), WORK),
        ({"populations": "the workplace population serves as both"}, (), WORK),
    ],
)
def test_a_population_that_stands_for_both_counts_once(capsys, notes, named, kept):
    people = np.arange(1000.0, 9000.0, 1000.0)
    data = replace(canonical(workplace=people, residential=people), notes=notes)
    seen = observe(data, "observed", named)
    assert seen.names == kept
    assert "left out: equal to" in capsys.readouterr().out
    assert len(observe(canonical(), "observed").names) == 7
