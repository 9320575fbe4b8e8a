"""Living conditions of US counties on raw files of a few lines, and on the real ones."""

import zipfile

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from movelaws import frames
from movelaws.adapters import _us_attributes as us
from tests.unit.raw_files import read, write, zipped_layer

PROFILE = """CensusId,State,County,TotalPop,Income,Poverty,Unemployment,Employed
1001,Alabama,Autauga,100,48000,12.9,7.6,40
1003,Alabama,Baldwin,200,,13.4,7.5,90
46102,South Dakota,Oglala Lakota,300,24000,50.1,20.5,70
"""
SDOH = ["COUNTYFIPS", "ACS_GINI_INDEX", "ACS_PCT_INC50", "ACS_MEDIAN_RENT", "ACS_MEDIAN_HH_INC"]
SDOH_ROWS = [
    ("01001", 0.45, 6.5, 900, 50000, 8.5),
    ("01003", 0.46, 7.5, 800, 40000, 9.5),
    ("46102", 0.47, 8.5, -666666666, 30000, 10.5),
    ("72001", 0.48, 9.5, 500, 20000, 11.5),
]


def factfinder(path, codes, *rows):
    """Two header rows; the columns ``codes`` behind the three of geography."""
    lines = [f"GEO.id,GEO.id2,GEO.display-label,{codes}", f"Id,Id2,Geography,{codes}"]
    lines += [f'0500000US{row[0]},{row[0]},"Doña {row[0]}",{",".join(row[1:])}' for row in rows]
    return write(path, "\n".join(lines) + "\n", "latin-1")


def gini(tmp_path, *rows):
    rows = rows or [("01001", "0.42"), ("01003", "0.43"), ("46102", "0.44")]
    return factfinder(tmp_path / "gini.csv", "HD01_VD01", *rows)


def employment(tmp_path, *rows):
    rows = rows or [("01001", "7.1"), ("01003", "(X)"), ("46102", "21.5")]
    return factfinder(tmp_path / "jobs.csv", "HC04_EST_VC01", *rows)


def rent(tmp_path, *rows):
    rows = rows or [("01001", "850", "20"), ("01003", "900", "30"), ("46102", "-", "**")]
    return factfinder(tmp_path / "rent.csv", "HD01_VD01,HD02_VD01", *rows)


def poverty(tmp_path, *rows):
    rows = rows or [("01001", "400", "30"), ("01003", "0", "0"), ("46102", "50", "20")]
    return factfinder(tmp_path / "poverty.csv", "HD01_VD01,HD01_VD02", *rows)


def sdoh(tmp_path, header=SDOH, rows=SDOH_ROWS, sheet="Data", first="Layout"):
    table = pd.DataFrame(rows, columns=[*header, "ACS_PCT_UNEMPLOY"])
    path = tmp_path / "SDOH_2015_COUNTY_1_0.xlsx"
    with pd.ExcelWriter(path, engine="openpyxl") as book:
        pd.DataFrame({"Variable": ["COUNTYFIPS"]}).to_excel(book, sheet_name=first, index=False)
        table.assign(YEAR=2015).to_excel(book, sheet_name=sheet, index=False)
    return path


@pytest.fixture
def files(tmp_path):
    layer = gpd.GeoDataFrame(
        {"GEOID": ["01001", "01003", "46102", "02158"], "NAME": list("ABCD")},
        geometry=[box(x, 32, x + 1, 33) for x in (-88, -87, -100, -160)],
        crs="EPSG:4269",
    )
    rows = [("01001", "001001", 60), ("01001", "001003", 8), ("46102", "001001", 4)]
    pd.DataFrame(rows, columns=["OFIPS", "DFIPS", "FLOW"]).to_parquet(tmp_path / "flows.parquet")
    return {
        "flows": tmp_path / "flows.parquet",
        "boundaries": zipped_layer(tmp_path / "cb.zip", layer),
        "population": write(tmp_path / "acs.csv", PROFILE),
    }


def attributes(adapter, files, **more):
    given = files | more
    if adapter == "us_counties":
        del given["flows"]
    canonical = read(adapter, given)
    return canonical.zones.set_index("zone_id"), canonical.notes


ADAPTERS = ("us_counties", "us_commuting")


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_rent_to_income_is_a_year_of_rent_by_a_year_of_income(adapter, files, tmp_path):
    zones, notes = attributes(adapter, files, rent=rent(tmp_path))
    assert zones.loc["01001", "rent_to_income"] == 12 * 850 / 48000
    assert zones["rent_usd"].tolist()[:2] == [850, 900]
    # One county has no income, one no rent.
    assert zones["rent_to_income"].isna().tolist() == [False, True, True]
    assert notes["counties without rent_to_income"] == 2
    assert notes["counties without rent_usd"] == 1
    assert notes["rent_usd"] == "FactFinder B25064"


def test_rents_at_the_ends_of_the_scale_are_those_ends_and_counted(files, tmp_path):
    table = rent(tmp_path, ("01001", '"3,500+"', "***"), ("01003", "100-", "***"), ("46102", "40"))
    zones, notes = attributes("us_commuting", files, rent=table)
    assert zones["rent_usd"].tolist() == [3500, 100, 40]
    assert notes["counties with a median rent at an end of the scale"] == 2


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_unemployment_is_that_of_s2301_where_given(adapter, files, tmp_path):
    zones, notes = attributes(adapter, files)
    assert zones["unemployment_percent"].tolist() == [7.6, 7.5, 20.5]
    assert notes["unemployment_percent"] == "county profile, ACS 2011-2015"
    assert "unemployment_s2301_percent" not in zones

    zones, notes = attributes(adapter, files, employment=employment(tmp_path))
    assert zones.loc[["01001", "46102"], "unemployment_percent"].tolist() == [7.1, 21.5]
    # No estimate there: that of another year and method does not stand in.
    assert np.isnan(zones.loc["01003", "unemployment_percent"])
    assert notes["unemployment_percent"] == "FactFinder S2301"
    assert notes["counties without unemployment_percent"] == 1


def test_half_of_the_poverty_line_is_a_share_of_the_people_counted(files, tmp_path):
    zones, notes = attributes("us_commuting", files, poverty=poverty(tmp_path))
    assert zones.loc[["01001", "46102"], "poverty_half_percent"].tolist() == [7.5, 40]
    assert np.isnan(zones.loc["01003", "poverty_half_percent"])
    assert zones["poverty_percent"].tolist() == [12.9, 13.4, 50.1]
    assert notes["poverty_half_percent"] == "FactFinder C17002"


@pytest.mark.parametrize("form", ["workbook", "csv", "other names"])
def test_the_source_of_the_paper_goes_before_all_others(form, files, tmp_path):
    if form == "other names":
        path = sdoh(tmp_path, ["FIPSCODE", *SDOH[1:4], "ACS_MEDIAN_HH_INCOME"])
    else:
        path = sdoh(tmp_path)
    if form == "csv":
        text = pd.read_excel(path, sheet_name="Data", dtype={"COUNTYFIPS": str})
        path = write(tmp_path / "sdoh.csv", text.to_csv(index=False))
    more = {"gini": gini(tmp_path), "employment": employment(tmp_path), "rent": rent(tmp_path)}
    zones, notes = attributes("us_commuting", files, sdoh=path, **more)
    assert zones["gini"].tolist() == [0.45, 0.46, 0.47]
    assert zones["poverty_half_percent"].tolist() == [6.5, 7.5, 8.5]
    assert zones["unemployment_percent"].tolist() == [8.5, 9.5, 10.5]
    assert zones["income_usd"].tolist() == [50000, 40000, 30000]
    assert zones["rent_to_income"].tolist()[:2] == [12 * 900 / 50000, 12 * 800 / 40000]
    assert np.isnan(zones.loc["46102", "rent_to_income"])
    assert zones["poverty_percent"].tolist() == [12.9, 13.4, 50.1]
    assert notes["gini"] == notes["rent_usd"] == "AHRQ, social determinants of health"
    assert not any(key.endswith("without a boundary") for key in notes)


def test_that_source_needs_no_profile(files, tmp_path):
    del files["population"]
    zones, _ = attributes("us_commuting", files, sdoh=sdoh(tmp_path))
    assert zones["rent_to_income"].notna().sum() == 2
    assert "poverty_percent" not in zones and zones["residential_population"].isna().all()


def test_without_the_files_commuting_is_what_it_was(files, tmp_path):
    everything = {"gini": gini(tmp_path), "rent": rent(tmp_path), "poverty": poverty(tmp_path)}
    plain, full = read("us_commuting", files), read("us_commuting", files | everything)
    contract = list(frames.ZONE_COLUMNS)
    pd.testing.assert_frame_equal(plain.zones[contract], full.zones[contract])
    pd.testing.assert_frame_equal(plain.flows, full.flows)
    pd.testing.assert_frame_equal(plain.places, full.places)
    of_profile = {"employed", "income_usd", "poverty_percent", "unemployment_percent"}
    assert set(plain.zones) - set(contract) == of_profile
    del files["population"]
    assert list(read("us_commuting", files).zones) == contract


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_codes_of_another_year_are_missing_and_counted(adapter, files, tmp_path):
    """46113 became 46102 in 2015, 02270 became 02158, which lies in a state left out."""
    old = gini(tmp_path, ("01001", "0.42"), ("1003", "0.43"), ("46113", "0.44"), ("02270", "0.4"))
    zones, notes = attributes(adapter, files, gini=old)
    assert zones["gini"].tolist()[:2] == [0.42, 0.43]
    assert np.isnan(zones.loc["46102", "gini"])
    assert notes["codes of gini without a boundary"] == 1
    assert notes["counties without gini"] == 1


WRONG = {
    "gini above 1": (gini, [("01001", "42.1")], "line 3, column 'HD01_VD01': '42.1' is above 1"),
    "percent above 100": (employment, [("01001", "107")], "'107' is above 100"),
    "no rent": (rent, [("01001", "850", "1"), ("01003", "0", "1")], "line 4, .*'0' is no rent"),
    "gini as rent": (rent, [("01001", "0.45", "1")], r"'0\.45' is the highest rent, below 50 doll"),
    "people as rent": (rent, [("01001", "55000", "1")], "'55000' is above 10000"),
    "rent as gini": (gini, [("01001", "850")], "'850' is above 1"),
    "negative rent": (rent, [("01001", "-850", "1")], "'-850' is below 0"),
    "rent in words": (rent, [("01001", "high", "1")], "'high' is not a number"),
    "county twice": (gini, [("01001", "0.4"), ("1001", "0.4")], "'1001' occurs more than once"),
    "no county": (gini, [("01", "0.4")], "'01' is no county FIPS code: give four or five"),
    "tracts": (rent, [("01001020100", "850", "1")], "'01001020100' is no county FIPS code"),
    "other counties": (gini, [("06001", "0.4")], "none of its 1 codes, such as '06001', is a co"),
    "more poor than people": (poverty, [("01001", "9", "10")], "'10' is more than all people"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_tables_are_refused(case, files, tmp_path):
    make, rows, message = WRONG[case]
    with pytest.raises(ValueError, match=message) as error:
        attributes("us_commuting", files, **{make.__name__: make(tmp_path, *rows)})
    assert str(tmp_path) in str(error.value)


def test_wrong_columns_and_roles_are_named(files, tmp_path):
    with pytest.raises(ValueError, match=r"no column 'HC04_EST_VC01' among \['GEO.id', 'GEO.id2'"):
        attributes("us_commuting", files, employment=gini(tmp_path))
    with pytest.raises(ValueError, match=r"file role 'rents' is unknown; did you mean 'rent'"):
        attributes("us_commuting", files, rents=rent(tmp_path))
    del files["population"]
    with pytest.raises(ValueError, match="needs the income: give the file role 'population' too"):
        attributes("us_commuting", files, rent=rent(tmp_path))


def test_wrong_workbooks_are_refused(files, tmp_path):
    with pytest.raises(ValueError, match=r"no sheet 'Data' among \['Layout', 'Table'\]"):
        attributes("us_commuting", files, sdoh=sdoh(tmp_path, sheet="Table"))
    with pytest.raises(ValueError, match="no column 'ACS_MEDIAN_RENT' or 'ACS_MDN_GROSS_RENT'"):
        attributes("us_commuting", files, sdoh=sdoh(tmp_path, [*SDOH[:3], "RENT", SDOH[4]]))
    rows = [SDOH_ROWS[0], ("01003", 0.4, 100.5, 1, 1, 1)]
    with pytest.raises(ValueError, match=r"row 3, column 'ACS_PCT_INC50': '100.5' is above 100"):
        attributes("us_commuting", files, sdoh=sdoh(tmp_path, rows=rows))
    broken = write(tmp_path / "broken.xlsx", "no workbook")
    with pytest.raises(ValueError, match=r"broken\.xlsx"):
        attributes("us_commuting", files, sdoh=broken)
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr("a.txt", "no workbook")
    for role in ("sdoh", "flows"):
        with pytest.raises(ValueError, match=r"broken\.xlsx: cannot be read as a workbook"):
            attributes("us_commuting", files, **{role: broken})


def test_every_role_has_a_reader_and_a_source():
    assert set(us.ROLES) | {"population"} == set(us._READERS)
    assert list(us._READERS)[-1] == "sdoh"


def test_the_real_tables_cover_the_counties_of_the_paper(mirror):
    paths = {
        "flows": "us_commuting_2015/commute_data_2011-2015.gz.parquet",
        "boundaries": "us_counties/cb_2016_us_county_500k.zip",
        "population": "us_counties/acs2015_county_data.csv",
        "gini": "us_counties/ACS_15_5YR_B19083_with_ann.csv",
        "employment": "us_counties/ACS_15_5YR_S2301_with_ann.csv",
    }
    files = {role: mirror / path for role, path in paths.items()}
    canonical = read("us_commuting", files, flow_divisor=2)
    zones = canonical.zones.set_index("zone_id")
    assert len(zones) == 3108 and len(canonical.flows) == 131391
    missing = {key: n for key, n in canonical.notes.items() if key.startswith("counties without")}
    assert missing == {"counties without population": 0, "counties without income_usd": 1}
    assert zones.index[zones["income_usd"].isna()].tolist() == ["48301"]
    assert not any(key.endswith("without a boundary") for key in canonical.notes)
    assert zones["gini"].between(0.3, 0.7).all()
    assert zones.loc["01001", ["gini", "unemployment_percent"]].tolist() == [0.4227, 7.6]
    assert zones.loc["46102", "gini"] > 0 and "rent_to_income" not in zones
    ranks = zones[["gini", "poverty_percent", "unemployment_percent"]].corr("spearman")
    assert ranks.to_numpy()[np.triu_indices(3, 1)].min() > 0.2
