"""Population, deaths and floods by county of South Sudan; and the published files."""

import numpy as np
import pytest

from movelaws import adapters
from tests.unit.raw_files import read, write
from tests.unit.south_sudan_files import (
    BASELINE,
    COUNTIES,
    DEATHS,
    DISPLACED,
    PEOPLE,
    counties,
    raw_files,
    sheet,
)


@pytest.fixture
def files(tmp_path):
    return raw_files(tmp_path)


def column(canonical, name):
    return canonical.zones.set_index("zone_id")[name].to_dict()


def test_inhabitants_by_code_as_in_cod_ps(files, tmp_path):
    rows = [("#adm2+name", "#adm2+code", "#population")]
    rows += [(name, code, 10 * n) for n, (code, name, *_) in enumerate(COUNTIES, 1)]
    header = ("ADM2_EN", "ADM2_PCODE", "T_TL")
    files["population"] = sheet(tmp_path / "cod.xlsx", [header, *rows], before=("ADM1",))
    canonical = read("south_sudan", files)
    assert canonical.zones["residential_population"].tolist() == [10, 20, 30, 40]
    assert canonical.notes["residential_population"] == "inhabitants, COD-PS"
    lines = [header, *rows]
    text = "".join(",".join(map(str, line)) + "\n" for line in lines)
    files["population"] = write(tmp_path / "cod.csv", text)
    assert read("south_sudan", files).zones["residential_population"].sum() == 100


def test_inhabitants_of_totals_and_abyei_are_left_out(files):
    notes = read("south_sudan", files).notes
    assert notes["inhabitants"] == 3500.5
    assert notes["rows of population without a county dropped"] == 1
    assert notes["rows of population of Abyei dropped"] == 1


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (PEOPLE[1:], r"people\.xlsx: no population of Kajo-keji: add"),
        ([*PEOPLE, PEOPLE[0]], "row 8, column 'County': 'Kajo-Keji' occurs more than once"),
        (
            [*PEOPLE, ("Jonglei", 1, "Lunakpiny Nasir", 1, 1)],
            r"'Lunakpiny Nasir' \(nearest: Luakpiny/Nasir SS0704",
        ),
        ([("Lakes", *PEOPLE[0][1:]), *PEOPLE[1:]], "'Kajo-Keji' lies in central equatoria by"),
        ([(*PEOPLE[0][:4], -1), *PEOPLE[1:]], "'-1' is below 0"),
        ([(*PEOPLE[0][:4], None), *PEOPLE[1:]], "row 2, .* is missing"),
        ([PEOPLE[-1]], "no row names a county"),
    ],
)
def test_a_bad_table_of_inhabitants_is_refused(files, rows, message):
    sheet(files["population"], [BASELINE, *rows])
    with pytest.raises(ValueError, match=message):
        read("south_sudan", files)


def test_a_table_in_no_known_layout_is_refused(files, tmp_path):
    files["population"] = write(tmp_path / "p.csv", "a;b\n1;2\n")
    with pytest.raises(
        ValueError, match=r"p\.csv: no columns \['ADM2_PCODE', 'T_TL'\] or .*separated by a semi"
    ):
        read("south_sudan", files)


def test_without_state_names_only_the_county_counts(files, tmp_path):
    path = tmp_path / "plain.gpkg"
    counties().drop(columns="ADM1_EN").to_file(path)
    files = {r: f for r, f in files.items() if "boundaries" not in r} | {"boundaries": path}
    assert read("south_sudan", files).zones["residential_population"].sum() == 3500.5


def test_deaths_are_summed_over_the_months_asked_for(files, tmp_path):
    files["deaths"] = write(tmp_path / "ucdp.csv", DEATHS)
    canonical = read("south_sudan", files, deaths_from="2020-01", deaths_to="2020-02")
    deaths = column(canonical, "conflict_deaths")
    assert [deaths[code] for code in ("SS0102", "SS0304", "SS0902")] == [0, 3, 7]
    assert np.isnan(deaths["SS0704"])
    assert canonical.notes["counties unknown to the table of deaths"] == "Luakpiny/Nasir"
    rate = column(canonical, "conflict_deaths_per_100k")
    assert rate["SS0304"] == pytest.approx(150)
    assert rate["SS0902"] == pytest.approx(7000)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (DEATHS, r"no month 2020-04 \(21 of 24 are missing; it has 2019-12 to 2020-03\)"),
        (DEATHS + "2020-03-15,1,1,1,1\n", "line 6, .*'2020-03-15' is a month that occurs more"),
        (DEATHS.replace("Raja", "Raga,Raja", 1), r"line 2 has|columns \['Raga', 'Raja'\] are one"),
        (DEATHS.replace("Raja", "Rajah"), r"the header: no county .*'Rajah' \(nearest: Raja"),
        (
            DEATHS.replace("2020-01-31", "31/01/2020"),
            "'31/01/2020' is no month: write months as 20",
        ),
        (DEATHS.replace("2.5", "-1"), "line 3, column 'Canal-Pigi': '-1' is below 0"),
        ("x" + DEATHS, r"neither the columns \['event_date'.* of ACLED nor a first column"),
    ],
)
def test_a_bad_table_of_deaths_is_refused(files, tmp_path, text, message):
    files["deaths"] = write(tmp_path / "ucdp.csv", text)
    period = {} if text == DEATHS else {"deaths_from": "2020-01", "deaths_to": "2020-02"}
    with pytest.raises(ValueError, match=message):
        read("south_sudan", files, **period)


def test_months_of_deaths_are_in_order(files, tmp_path):
    files["deaths"] = write(tmp_path / "ucdp.csv", DEATHS)
    with pytest.raises(ValueError, match="deaths_from='2021-01' is later than"):
        read("south_sudan", files, deaths_from="2021-01", deaths_to="2020-01")


EVENTS = [
    ("event_date", "country", "admin2", "fatalities", "event_type"),
    ("31 December 2021", "South Sudan", "Kajo-Keji", 4, "Violence against civilians"),
    ("2020-01-01", "South Sudan", "Kajo Keji", 3, "Violence against civilians"),
    ("2019-12-31", "South Sudan", "Raja", 9, "Violence against civilians"),
    ("2020-05-01", "South Sudan", "Raja", 8, "Battles"),
    ("2020-05-01", "South Sudan", "", 7, "Violence against civilians"),
    ("2020-05-01", "South Sudan", "Abyei", 6, "Violence against civilians"),
    ("2020-05-01", "Sudan", "Kadugli", 5, "Violence against civilians"),
]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_deaths_of_acled_are_those_of_violence_against_civilians(files, tmp_path, suffix):
    path = tmp_path / f"acled.{suffix}"
    if suffix == "xlsx":
        sheet(path, EVENTS)
    else:
        write(path, "".join(",".join(map(str, row)) + "\n" for row in EVENTS))
    canonical = read("south_sudan", files | {"deaths": path})
    assert canonical.zones["conflict_deaths"].tolist() == [7, 0, 0, 0]
    assert canonical.notes["rows of events without a county dropped"] == 1
    both = ["Battles", "Violence against civilians"]
    canonical = read("south_sudan", files | {"deaths": path}, event_types=both)
    assert canonical.zones["conflict_deaths"].tolist() == [7, 0, 0, 8]
    with pytest.raises(ValueError, match=r"no event of type 'riots'.*there are"):
        read("south_sudan", files | {"deaths": path}, event_types=["Riots"])
    for unfit in ("Battles", []):
        with pytest.raises(ValueError, match=r"option 'event_types' = .* a list of event types"):
            read("south_sudan", files | {"deaths": path}, event_types=unfit)
    later = {"deaths_from": "2023-01", "deaths_to": "2023-02"}
    with pytest.raises(
        ValueError,
        match=r"no event .* 2023-01 to .* from 2019-12-31 to 2021-12-31 in South Sudan, S",
    ):
        read("south_sudan", files | {"deaths": path}, **later)


def test_people_displaced_by_floods_at_the_nearest_report(files, tmp_path):
    files["displacement"] = write(tmp_path / "dtm.csv", DISPLACED)
    canonical = read("south_sudan", files)
    assert canonical.zones["flood_displaced"].tolist() == [50, 0, 0, 20]
    share = column(canonical, "flood_displaced_percent")
    assert share["SS0102"] == pytest.approx(100 * 50 / 1000.5)
    assert canonical.notes["flood_displaced"].startswith("people displaced, Natural disaster, DTM")
    assert "2020-12-31" in canonical.notes["flood_displaced"]
    assert canonical.notes["rows of displacement without a county dropped"] == 1
    later = read("south_sudan", files, flood_reported="2021-09")
    assert later.zones["flood_displaced"].tolist() == [0, 0, 0, 7]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (DISPLACED.replace("Natural", "Other"), "no county has a row with the reason 'Natural di"),
        (DISPLACED.replace("SS0102", "SS0192"), r"'SS0192' \(nearest: .*SS0102"),
        (DISPLACED.replace(",10,", ",-10,"), "line 4, .*'-10' is below 0"),
        (DISPLACED.replace("2020-12-31T", "31/12/20T"), "line 2, .* is no date such as"),
        (DISPLACED.replace("Kajo-keji,SS0102,40", "Raja,SS0102,40"), "not the county 'Raja' that"),
        (
            DISPLACED.replace(",40,", ",4000,"),
            r"dtm\.csv: 4,010 people .* Kajo-keji SS0102, of 1,0\d\d inh.*are populations in thou",
        ),
        ("a,b\n1,2\n", r"no columns \['reportingDate'.*\] or \['ADM2_PCODE', 'People affected'\]"),
    ],
)
def test_a_bad_table_of_displacement_is_refused(files, tmp_path, text, message):
    files["displacement"] = write(tmp_path / "dtm.csv", text)
    with pytest.raises(ValueError, match=message):
        read("south_sudan", files)


def test_a_report_of_another_season_is_refused(files, tmp_path):
    files["displacement"] = write(tmp_path / "dtm.csv", DISPLACED)
    with pytest.raises(
        ValueError, match=r"flood_reported='2021-05'.* there are those of 2020-12-31, 2021-11-30"
    ):
        read("south_sudan", files, flood_reported="2021-05")


def test_a_row_of_dtm_that_is_repeated_is_refused(files, tmp_path):
    """Rows that differ in their origin or details alone are others, though the people agree."""
    lines = [f"{line},SS03,1" for line in DISPLACED.splitlines()]
    lines[0] = DISPLACED.splitlines()[0] + ",idpOriginAdmin1Pcode,roundNumber"
    other = [lines[2].replace("SS03", "SS04"), lines[2].replace("SS03,1", "SS03,2")]
    files["displacement"] = write(tmp_path / "dtm.csv", "\n".join([*lines, *other]))
    assert read("south_sudan", files).zones["flood_displaced"].tolist() == [130, 0, 0, 20]
    write(tmp_path / "dtm.csv", "\n".join([*lines, lines[2]]))
    with pytest.raises(ValueError, match=r"line 10, .*'SS0102' has a row that occurs before"):
        read("south_sudan", files)


def test_people_affected_by_floods_by_county(files, tmp_path):
    rows = [("County", "People Affected"), ("Raga", 50), ("Abyei", 5), ("Grand Total", 55)]
    files["displacement"] = sheet(tmp_path / "floods.xlsx", rows)
    canonical = read("south_sudan", files)
    assert canonical.zones["flood_displaced"].tolist() == [0, 0, 0, 50]
    assert canonical.notes["flood_displaced"].startswith("people affected by floods")
    sheet(tmp_path / "floods.xlsx", [*rows, ("Raja", 1)])
    with pytest.raises(ValueError, match="'Raja' occurs more than once"):
        read("south_sudan", files)


def test_a_county_where_nobody_lives_has_no_rate(files, tmp_path):
    sheet(files["population"], [BASELINE, *PEOPLE[:4], (*PEOPLE[4][:4], 0)])
    files["displacement"] = write(tmp_path / "dtm.csv", DISPLACED)
    canonical = read("south_sudan", files)
    assert np.isnan(column(canonical, "flood_displaced_percent")["SS0902"])
    assert canonical.notes["zones without residential population"] == 1
    unknown = "counties without inhabitants, flood_displaced_percent unknown"
    assert canonical.notes[unknown] == "Raja"
    sheet(files["population"], [BASELINE, *PEOPLE])
    assert unknown not in read("south_sudan", files).notes


@pytest.fixture(scope="module")
def published(mirror):
    """The files at hand, and both years of the registers, each read once."""
    context = mirror / "south_sudan_context"
    files = {
        "boundaries": context / "SS_adm2.shp",
        "boundaries_shx": context / "SS_adm2.shx",
        "boundaries_dbf": context / "SS_adm2.dbf",
        "boundaries_prj": context / "SS_adm2.prj",
        "settlements": context / "output_settlements.csv",
        "population": context / "demographics_2020.xlsx",
        "deaths": context / "ucdp_deaths_by_county_month.csv",
        "displacement": context / "displacement_dtm.csv",
    }
    for year in (2020, 2021):
        for month in range(1, 13):
            name = f"DTM_SSD_FMR_summary_{year}{month:02}.xlsx"
            files[f"register_{year}_{month:02}"] = mirror / "south_sudan_fmr" / name
    periods = (["2020-01", "2020-12"], ["2021-01", "2021-12"])
    return [adapters.read("south_sudan", files, {"months": months}) for months in periods]


def test_the_published_registers(published):
    flows = [
        canonical.flows.set_index(["origin", "destination"])["flow"] for canonical in published
    ]
    assert [len(flow) for flow in flows] == [822, 607]
    both = flows[0].add(flows[1], fill_value=0)
    assert len(both) == 965  # published
    assert both.sum() == 157_449
    assert sum(canonical.notes["rows of the registers"] for canonical in published) == 151_056


def test_the_published_context(published):
    zones, notes = published[0].zones, published[0].notes
    assert len(zones) == 78
    assert zones["residential_population"].sum() == pytest.approx(11_703_108, abs=1)
    assert zones["flood_displaced"].sum() == 237_947
    assert (zones["flood_displaced"] > 0).sum() == 33
    absent = "Luakpiny/Nasir, Manyo, Ulang"
    assert notes["counties unknown to the table of deaths"] == absent
    assert ", ".join(zones.loc[zones["conflict_deaths"].isna(), "name"]) == absent
    assert notes["counties without settlements, at the centroid of their polygon"] == 0
    assert notes["settlements"] == 10_959
    assert zones["area_km2"].sum() == pytest.approx(632_000, rel=0.01)
