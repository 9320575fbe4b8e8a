"""Counties with planted inequality: what the adapter reads is what the law was made from."""

import csv

import numpy as np
import pandas as pd
import pytest

from movelaws import adapters, seeds, synthetic
from movelaws.inequality.classes import beyond_percentile
from movelaws.synthetic import us_commuting, us_profiles
from movelaws.synthetic.unequal import shares
from tests.unit.synthetic_worlds import canonical, contents

SMALL = {"counties": 40, "states": 3, "commuters": 2_000_000}
RADIATION = {"law": {"model": "RM"}}


def planted(variable, scale=1e-5, percentile=80):
    unequal = {"variable": variable, "percentile": percentile, "Delta": scale}
    return SMALL | RADIATION | {"inequality": unequal}


@pytest.fixture(scope="module", params=us_commuting.VARIABLES)
def world(request, tmp_path_factory):
    """Options, folder, truth, canonical tables, and what the planting was given."""
    folder, options, seen = tmp_path_factory.mktemp("world"), planted(request.param), {}
    plant = us_commuting.planted_inequality

    def watched(unequal, zones, places, values):
        excess, share = plant(unequal, zones, places, values)
        seen.update(zone_id=zones["zone_id"], values=values, excess=excess)
        return excess, share

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(us_commuting, "planted_inequality", watched)
        truth = synthetic.write("us_commuting", folder, 1, options)
    return options, folder, truth, canonical("us_commuting", folder, truth, options), seen


def test_the_adapter_reads_the_values_that_were_planted(world):
    options, _, truth, tables, seen = world
    unequal = options["inequality"]
    values = pd.Series(seen["values"], index=seen["zone_id"].to_numpy()).sort_index()
    read = tables.zones.set_index("zone_id")[unequal["variable"]]
    pd.testing.assert_series_equal(read, values, check_names=False, check_exact=True)
    shape = beyond_percentile(read.to_numpy(), unequal["percentile"])
    excess = pd.Series(seen["excess"], index=seen["zone_id"].to_numpy()).sort_index()
    np.testing.assert_array_equal(unequal["Delta"] * shape, excess)
    worse = {code: e for code, e in excess.items() if e > 0}
    assert truth["inequality"] == unequal | {"penalised": len(worse), "excess": worse}
    assert len(worse) == 8 and shape.max() == 1


def test_the_trips_are_those_of_the_law_and_not_of_plain_radiation(world):
    """Pearson's chi-squared per pair, from the canonical tables alone."""
    options, _, truth, tables, _ = world
    unequal = options["inequality"]
    place = {zone: k for k, zone in enumerate(tables.zones["zone_id"])}
    flow = np.zeros((len(place), len(place)))
    ends = (tables.flows[end].map(place) for end in ("origin", "destination"))
    flow[tuple(ends)] = tables.flows["flow"]
    shape = beyond_percentile(tables.zones[unequal["variable"]].to_numpy(), unequal["percentile"])
    fits = {}
    for name, scale in (("planted", unequal["Delta"]), ("plain", 0)):
        share = shares(tables.zones, tables.places, scale * shape)
        expected = flow.sum(axis=1, keepdims=True) * share
        often = expected >= 10
        fits[name] = ((flow - expected)[often] ** 2 / expected[often]).mean()
    assert truth["trips_without_room"] == 0
    assert fits["plain"] > 3
    assert 0.8 < fits["planted"] < 1.2


def test_a_planted_world_has_the_files_of_the_attributes(world):
    options, folder, _, tables, _ = world
    names = synthetic.files_of("us_commuting", options)
    assert set(names) == {*us_commuting.FILES, "gini", "employment", "rent"}
    assert set(names.values()) <= set(contents(folder))
    assert not any(key.endswith("without a boundary") for key in tables.notes)
    adapters.check_request("us_commuting", names, {"flow_divisor": 2})
    zones = tables.zones
    assert zones["unemployment_percent"].equals(zones["unemployment_s2301_percent"])
    missing = zones["rent_to_income"].isna()
    assert missing.equals(zones["income_usd"].isna()) and missing.sum() <= 1
    assert zones["rent_usd"].dropna().between(300, 2500).all()


def test_the_files_of_a_world_without_inequality_are_the_old_ones():
    assert synthetic.files_of("us_commuting", {}) == us_commuting.FILES
    assert synthetic.files_of("us_commuting", {"inequality": None}) == us_commuting.FILES


def test_rents_are_drawn_apart_from_all_other_files(tmp_path, monkeypatch):
    """So that the other files are, byte for byte, those from before there were rents."""
    synthetic.write("us_commuting", tmp_path / "as_ever", 1, SMALL)
    truth = synthetic.write("us_commuting", tmp_path / "null", 1, SMALL | {"inequality": None})
    monkeypatch.setattr(us_commuting, "stream", lambda seed, *job: seeds.stream(seed + 1, *job))
    synthetic.write("us_commuting", tmp_path / "other_rents", 1, SMALL)
    as_ever, null, other = (contents(tmp_path / f) for f in ("as_ever", "null", "other_rents"))
    assert null == as_ever and "inequality" not in truth
    rent = us_commuting.EXTRA_FILES["rent"]
    assert {name for name in as_ever if as_ever[name] != other[name]} == {rent}
    rows = list(csv.reader(as_ever[rent].decode("latin-1").splitlines()))
    assert rows[0] == ["GEO.id", "GEO.id2", "GEO.display-label", "HD01_VD01", "HD02_VD01"]
    assert rows[1][3:] == ["Estimate; Median gross rent", "Margin of Error; Median gross rent"]
    assert [row[3:] for row in rows].count(["-", "**"]) == 1


def test_living_conditions_can_be_told_apart():
    for seed in range(20):
        conditions = us_profiles.told_apart(np.random.default_rng(seed), 200)
        ranks = conditions[list(us_commuting.VARIABLES)].corr("spearman").to_numpy()
        assert np.abs(ranks[np.triu_indices(4, 1)]).max() < 0.5
    assert conditions["poverty_percent"].between(1, 60).all()
    assert conditions["rent_to_income"].median() == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (planted("rents"), "inequality: variable = 'rents': choose one of gini, poverty_percent"),
        (planted("gini", percentile=100), "inequality: percentile = 100: must be a number from"),
        (planted("gini", scale=-1), "inequality: Delta = -1: must be a number from"),
        (
            planted("gini") | {"law": {"model": "OPS"}},
            "law: model = 'OPS': an inequality is planted",
        ),
        (SMALL | {"inequality": {"variable": "gini", "percentile": 90, "Delta": 1}}, "'GMExp'"),
        (SMALL | RADIATION | {"inequality": {"variable": "gini"}}, "inequality = .*give null"),
        (SMALL | RADIATION | {"inequality": "gini"}, "inequality = 'gini': give null"),
    ],
)
def test_an_inequality_that_cannot_be_planted_is_named(options, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        synthetic.write("us_commuting", tmp_path / "none", 1, options)
    assert not (tmp_path / "none").exists()
