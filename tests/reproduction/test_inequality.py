"""Paper 4 on the real data of the mirror: counts, wrong pairs, and what random classes say."""

import numpy as np
import pytest

from movelaws import adapters
from movelaws.inequality.case import build
from movelaws.inequality.grid import evaluate, judge
from movelaws.inequality.likelihood import estimate_penalty, penalty_grid
from movelaws.inequality.random_classes import drawn

CONTEXT = {
    "boundaries": "SS_adm2.shp",
    "boundaries_dbf": "SS_adm2.dbf",
    "boundaries_prj": "SS_adm2.prj",
    "boundaries_shx": "SS_adm2.shx",
    "settlements": "output_settlements.csv",
    "population": "demographics_2020.xlsx",
    "deaths": "ucdp_deaths_by_county_month.csv",
    "displacement": "displacement_dtm.csv",
}
MONTHS = [(year, month) for year in (2020, 2021) for month in range(1, 13)]
SOUTH_SUDAN = {role: f"south_sudan_context/{file}" for role, file in CONTEXT.items()} | {
    f"register_{year}_{month:02}": f"south_sudan_fmr/DTM_SSD_FMR_summary_{year}{month:02}.xlsx"
    for year, month in MONTHS
}
US = {
    "flows": "us_commuting_2015/commute_data_2011-2015.gz.parquet",
    "boundaries": "us_counties/cb_2016_us_county_500k.zip",
    "population": "us_counties/acs2015_county_data.csv",
    "gini": "us_counties/ACS_15_5YR_B19083_with_ann.csv",
    "employment": "us_counties/ACS_15_5YR_S2301_with_ann.csv",
}
STRUCK = {
    "conflict": {"label": "Conflict", "column": "conflict_deaths_per_100k"},
    "flood": {"label": "Flood", "column": "flood_displaced"},
    "both": {"label": "Conflict or flood", "union": ["conflict", "flood"]},
    "flood_share": {"label": "Flood per resident", "column": "flood_displaced_percent"},
}


def read(mirror, name, files, **options):
    return adapters.read(name, {role: mirror / path for role, path in files.items()}, options)


# ---------------------------------------------------------------- South Sudan


@pytest.fixture(scope="module")
def registers(mirror):
    """All 24 monthly registers; reading them takes a minute."""
    return read(mirror, "south_sudan", SOUTH_SUDAN)


@pytest.fixture(scope="module")
def south_sudan(registers):
    return build(
        registers.zones,
        registers.flows,
        registers.places,
        STRUCK,
        model="two_class",
        population="residential",
        share=0.1,
    )


@pytest.fixture(scope="module")
def verdicts(south_sudan):
    """Every variable at delta = 1 + 1e-4, beside 100 random classes."""
    tests = evaluate(south_sudan, [-4], drop_exact=False)
    draws = drawn(
        south_sudan,
        [-4],
        first=0,
        count=100,
        seed=20260101,
        job=("reproduction",),
        drop_exact=False,
    )
    return judge(tests, draws, 0.05).set_index("variable")


def test_counties_flows_and_people_of_the_registers(registers):
    assert len(registers.zones) == 78
    assert len(registers.flows) == 965
    assert registers.flows["flow"].sum() == 157449


def test_pairs_that_the_standard_model_gets_wrong(verdicts):
    assert set(verdicts["n_pairs"]) == {78 * 77}
    assert set(verdicts["hamming_standard"]) == {2707}


@pytest.mark.parametrize(
    ("variable", "penalised", "wrong"),
    [
        ("conflict", 8, 2472),
        ("flood", 8, 2492),
        ("both", 16, 2289),
        ("flood_share", 8, 2410),
    ],
)
def test_pairs_that_the_modified_model_gets_wrong(verdicts, variable, penalised, wrong):
    assert verdicts.loc[variable, "n_penalised"] == penalised
    assert verdicts.loc[variable, "hamming"] == wrong


def test_fewer_wrong_pairs_are_no_evidence_by_themselves(verdicts):
    """Random places lower the number too; a test against the standard model alone passes."""
    assert (verdicts["hamming_random_q05"] < verdicts["hamming_standard"] - 200).all()
    assert (verdicts["p_binomial"] < 0.05).all()


def test_only_floods_by_resident_beat_random_places(verdicts):
    better = verdicts[["better_U", "better_hamming", "significant"]]
    assert better.loc["flood_share"].all()
    for variable in ("conflict", "flood", "both"):
        assert not better.loc[variable].any(), variable


@pytest.mark.parametrize(("variable", "sign"), [("conflict", 1), ("flood", -1)])
def test_the_likelihood_tells_conflict_from_floods(south_sudan, variable, sign):
    """Fewer go to places of conflict, more to where the displaced of floods are counted."""
    found = estimate_penalty(
        south_sudan.surroundings,
        south_sudan.exact(variable),
        penalty_grid(-8, -3, 5, advantage=True),
        bootstraps=200,
        rng=np.random.default_rng(0),
    )
    assert np.sign([found.penalty, found.low, found.high]).tolist() == [sign] * 3
    assert found.gain_per_person > 0


# ---------------------------------------------------------------- United States


@pytest.fixture(scope="module")
def united_states(mirror):
    canonical = read(mirror, "us_commuting", US, flow_divisor=2)
    return build(
        canonical.zones,
        canonical.flows,
        canonical.places,
        {"gini": {"label": "Gini index", "column": "gini"}},
        model="linear",
        population="residential",
        outflow="regression",
        percentile=90,
    )


def wrong_pairs(case, flows) -> int:
    return int(np.count_nonzero(flows != np.rint(case.surroundings.flow)))


def test_commuters_are_a_fraction_of_the_population(united_states):
    assert united_states.surroundings.n_zones == 3108
    assert united_states.leaving.fraction == pytest.approx(0.0775, abs=5e-5)
    assert united_states.leaving.r_squared == pytest.approx(0.486, abs=1e-3)


def test_counties_of_unequal_incomes_are_not_worse_off(united_states):
    """A penalty of theirs has more wrong pairs than the standard model; its reverse has fewer."""
    standard = wrong_pairs(united_states, united_states.standard())
    assert standard == 340797
    penalised, _ = united_states.modified("gini", 1e-8)
    assert wrong_pairs(united_states, penalised) > standard
    reversed_, _ = united_states.modified("gini", -1e-8)
    assert wrong_pairs(united_states, reversed_) - standard == -1340
