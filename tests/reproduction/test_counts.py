"""The published counts and medians of the datasets, from the raw files of the mirror."""

import pandas as pd
import pytest

from movelaws import adapters, frames

US = {
    "flows": "us_commuting_2015/commute_data_2011-2015.gz.parquet",
    "boundaries": "us_counties/cb_2016_us_county_500k.zip",
    "population": "us_counties/acs2015_county_data.csv",
}
ENGLAND = {
    "flows": "england_commuting_2011/wu01ew_lad_pairs_union.csv",
    "msoa_flows": "england_commuting_2011/wu01ew_msoa_pairs_union.csv.gz",
    "boundaries": "england_commuting_2011/lad11_bsc.json",
    "msoa_points": "england_commuting_2011/msoa11_metadata.csv",
    "residents": "england_commuting_2011/lad11_usual_residents_2011.csv",
}
MIGRATION = {
    "flows": "us_migration_irs/stateoutflow1415.csv",
    "capitals": "us_migration_irs/us-state-capitals.json",
}


@pytest.fixture(scope="module")
def prepared(mirror):
    def read(name, files, **options):
        files = {role: mirror / path for role, path in files.items()}
        return frames.check(adapters.read(name, files, options))

    return read


@pytest.fixture(scope="module")
def table_1(root):
    table = pd.read_csv(root / "config/published/symbolic_table1_datasets.csv")
    return table.set_index("dataset")


@pytest.fixture(scope="module")
def us(prepared):
    return prepared("us_commuting", US, flow_divisor=2)


@pytest.fixture(scope="module")
def england(prepared):
    return prepared("england_commuting", ENGLAND)


def test_us_counties_and_pairs_are_as_published(us, table_1):
    published = table_1.loc["us_county_commuting"]
    assert len(us.zones) == published["units"] == 3108
    assert len(us.flows) == published["observations"] == 131391
    assert us.flows["flow"].sum() == 39485956
    assert us.places["place_id"].equals(us.zones["zone_id"])


def test_us_medians_are_as_published(us, table_1):
    """Area of the generalised polygon in an equal-area projection, total population."""
    published = table_1.loc["us_county_commuting"]
    assert round(us.zones["area_km2"].median()) == published["median_area_km2"]
    median = us.zones["residential_population"].median()
    assert median == pytest.approx(published["median_population"], abs=0.5)


def test_workers_of_the_us_include_those_within_their_county(us):
    total = us.flows["flow"].sum() + us.notes["commuters within their county"]
    assert us.zones["workplace_population"].sum() == total


def test_english_districts_and_pairs_are_as_published(england, table_1):
    published = table_1.loc["england_mlad_commuting"]
    assert len(england.zones) == published["units"] == 324
    assert len(england.flows) == published["observations"] == 57591
    assert england.flows["flow"].min() == 3
    assert len(england.places) == 6791


def test_english_medians_are_as_published(england, table_1):
    """Area in an equal-area projection of the simplified boundaries, usual residents."""
    published = table_1.loc["england_mlad_commuting"]
    assert round(england.zones["area_km2"].median()) == published["median_area_km2"]
    assert england.zones["residential_population"].median() == published["median_population"]


def test_english_msoas_hold_the_workers_of_their_districts(england):
    by_district = england.places.groupby("zone_id")["workplace_population"].sum()
    expected = england.zones.set_index("zone_id")["workplace_population"]
    pd.testing.assert_series_equal(by_district, expected, check_names=False)


def test_msoa_pairs_alone_give_the_same_districts(prepared, england):
    files = {role: path for role, path in ENGLAND.items() if role != "msoa_flows"}
    files["flows"] = ENGLAND["msoa_flows"]
    summed = prepared("england_commuting", files)
    pd.testing.assert_frame_equal(summed.flows, england.flows)
    pd.testing.assert_frame_equal(summed.places, england.places)


def test_all_msoas_of_england_and_wales_can_be_zones(prepared):
    files = {"flows": ENGLAND["msoa_flows"], "msoa_points": ENGLAND["msoa_points"]}
    options = {"level": "msoa", "countries": ["E", "W"], "min_flow": 1}
    assert len(prepared("england_commuting", files, **options).zones) == 7201


def test_migration_between_states_is_as_published(prepared, root):
    published = pd.read_csv(root / "config/published/choice_table1_datasets.csv")
    published = published.set_index("dataset").loc["us_migration"]
    canonical = prepared("us_migration", MIGRATION)
    assert len(canonical.zones) == published["locations"] == 51
    assert canonical.flows["flow"].sum() == published["movements"] == 2498464
    assert len(canonical.flows) == 2513
    assert canonical.notes["suppressed flows counted as 0"] == 37


def test_county_attributes_are_complete_but_for_one_income(prepared):
    files = {
        "boundaries": US["boundaries"],
        "population": US["population"],
        "gini": "us_counties/ACS_15_5YR_B19083_with_ann.csv",
        "employment": "us_counties/ACS_15_5YR_S2301_with_ann.csv",
        "internal_points": "us_counties/tiger2015_county_intpt_centroid.csv",
    }
    zones = prepared("us_counties", files).zones.set_index("zone_id")
    assert len(zones) == 3108
    assert zones.index[zones["income_usd"].isna()].tolist() == ["48301"]
    assert zones[["gini", "poverty_percent", "unemployment_percent"]].notna().all(axis=None)
    assert (zones["unemployment_percent"] - zones["unemployment_s2301_percent"]).abs().max() < 0.11
