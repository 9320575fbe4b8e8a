"""The synthetic South Sudan: formats, bytes, and a planted inequality that can be found again."""

import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely

from movelaws import adapters, synthetic
from movelaws.inequality.allocation import allocate
from movelaws.inequality.classes import most_affected
from movelaws.inequality.standard import standard
from movelaws.inequality.surroundings import surroundings
from movelaws.inequality.two_class import two_class
from movelaws.od import build_pairs
from movelaws.synthetic import south_sudan, south_sudan_hardship, south_sudan_map

SMALL = {
    "counties": 14,
    "people": 4000,
    "residents": 2_000_000,
    "inequality": {"variable": "flood", "share": 0.2, "delta_minus_1": 1e-5},
}
REGISTERS = {role: name for role, name in south_sudan.FILES.items() if role.startswith("register")}


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def canonical(folder, **options):
    files = {role: folder / name for role, name in south_sudan.FILES.items()}
    return adapters.read("south_sudan", files, options)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    return folder, synthetic.write("south_sudan", folder, 1, SMALL)


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """The world as it is by default: canonical tables and truth."""
    folder = tmp_path_factory.mktemp("full")
    truth = synthetic.write("south_sudan", folder, 3, {})
    return canonical(folder), truth


@pytest.fixture(scope="module")
def sheets(small):
    """First sheet of each register, as text and numbers."""
    folder, _ = small
    tables = {}
    for role, name in REGISTERS.items():
        rows = openpyxl.load_workbook(folder / name, read_only=True).worksheets[0].values
        header = next(rows)
        tables[role] = pd.DataFrame(rows, columns=header)
    return tables


def test_a_seed_makes_the_same_bytes_whatever_the_folder(small, tmp_path):
    folder, truth = small
    again = synthetic.write("south_sudan", tmp_path / "again", 1, SMALL)
    assert again == truth
    assert contents(tmp_path / "again") == contents(folder)
    assert set(contents(folder)) == set(south_sudan.FILES.values())


def test_another_seed_makes_other_bytes(small, tmp_path):
    synthetic.write("south_sudan", tmp_path, 2, SMALL)
    other = contents(tmp_path)
    same = [name for name, data in contents(small[0]).items() if other[name] == data]
    assert same in ([], ["SS_adm2.prj"])


def test_registers_have_the_published_columns_and_kinds_of_rows(sheets):
    assert len(sheets) == 24
    widths = {role: table.shape[1] for role, table in sheets.items()}
    assert {role for role, width in widths.items() if width != 46} == {"register_2021_02"}
    assert widths["register_2021_02"] == 53
    for role, table in sheets.items():
        assert (table["interview.month"] == f"{role[9:13]}-{role[14:]}-01").all()
    table = pd.concat(sheets.values())
    assert set(table["direction"]) == {"Internal", "Incoming", "Outgoing", "Transit"}
    ages = table.filter(regex=r"^(fe)?male\.").sum(axis=1)
    assert (ages == table["total.ind"]).all()
    nationalities = table[[f"nationality.{k}.ind" for k in ("first", "second", "third")]]
    assert (nationalities.sum(axis=1) == table["total.ind"]).all()
    inside = table[table["direction"] == "Internal"]
    ends = [set(inside[f"{end}.adm2.pcode"]) for end in ("dep", "dest")]
    assert all({"SS1101", "Unknown"} < codes for codes in ends)
    assert (inside["nationality.ssd.ind"] == 0).any()
    assert (inside["dep.adm2.pcode"] == inside["dest.adm2.pcode"]).any()


def test_an_independent_count_of_the_registers_gives_the_truth(sheets, small):
    table = pd.concat(sheets.values())
    left_out = ["SS1101", "Unknown"]
    ours = table[
        (table["direction"] == "Internal")
        & (table["nationality.ssd.ind"] > 0)
        & (table["dep.adm2.pcode"] != table["dest.adm2.pcode"])
        & ~table["dep.adm2.pcode"].isin(left_out)
        & ~table["dest.adm2.pcode"].isin(left_out)
    ]
    flow = ours.groupby(["dep.adm2.pcode", "dest.adm2.pcode"])["nationality.ssd.ind"].sum()
    assert len(flow) == small[1]["n_pairs"]
    assert flow.sum() == small[1]["total_flow"] == SMALL["people"]


def test_the_adapter_gives_the_truth_back(full):
    tables, truth = full
    zones = tables.zones
    assert len(zones) == truth["n_zones"] == 78
    assert len(tables.flows) == truth["n_pairs"]
    assert tables.flows["flow"].sum() == truth["total_flow"] == 157_000
    assert zones["residential_population"].sum() == truth["residential_population"] == 11_700_000
    assert zones["workplace_population"].sum() == truth["workplace_population"]
    assert zones["flood_displaced"].sum() == truth["flood_displaced"]
    assert zones["conflict_deaths"].sum() == truth["conflict_deaths"]
    assert zones["conflict_deaths"].isna().sum() == south_sudan_hardship.UNLISTED
    assert tables.notes["polygons of Abyei left out"] == 1


def test_the_law_acts_at_the_points_that_the_adapter_gives_back():
    rng = np.random.default_rng(1)
    land = south_sudan_map.draw(rng, 30)
    places = south_sudan_map.settlements(rng, land)
    zones = south_sudan_map.law_zones(land, places, np.ones(30))
    assert zones["zone_id"].is_monotonic_increasing
    for k, shape in enumerate(land.shape):
        own = places[places["county"] == k]
        assert shape.contains(shapely.points(own[["longitude", "latitude"]])).all()
    assert south_sudan_map.ABYEI_CODE not in land.codes


@pytest.mark.parametrize("name", ["flood", "conflict"])
def test_counties_hit_hardest_are_the_same_by_number_and_by_rate(full, name):
    zones = full[0].zones
    number, rate = {
        "flood": ("flood_displaced", "flood_displaced_percent"),
        "conflict": ("conflict_deaths", "conflict_deaths_per_100k"),
    }[name]
    by_number, by_rate = (most_affected(zones[c].to_numpy(), 0.1) for c in (number, rate))
    assert (by_number == by_rate).all()
    assert by_rate.sum() == 8


def test_the_planted_inequality_is_found_and_conflict_is_no_signal(full):
    tables, truth = full
    pairs = build_pairs(
        tables.zones, tables.flows, tables.places, population="residential", support="all"
    )
    around = surroundings(pairs)
    seen = around.flow > 0

    def log_likelihood(p):
        share = allocate(p, np.ones(around.n_zones))
        with np.errstate(divide="ignore"):
            return (around.flow[seen] * np.log(share[seen])).sum()

    def of_class(penalised, excess=1e-5):
        return log_likelihood(two_class(around, penalised, excess))

    zones, planted = tables.zones, truth["inequality"]
    flood, conflict = (
        most_affected(zones[name].to_numpy(), 0.1) > 0
        for name in ("flood_displaced_percent", "conflict_deaths_per_100k")
    )
    assert dict.fromkeys(zones["zone_id"][flood], 1e-5) == planted["excess"]
    assert planted["penalised"] == 8
    best, even = of_class(flood), log_likelihood(standard(around))
    assert best > even + 100
    assert best > of_class(flood, 1e-6) + 100
    assert best > of_class(flood, 1e-4) + 100
    assert best > of_class(conflict) + 100
    rng = np.random.default_rng(0)
    drawn = [of_class(rng.permutation(flood)) for _ in range(50)]
    assert best > max(drawn) + 100
    assert of_class(conflict) < even


def test_each_year_follows_the_law_by_itself(small):
    folder, truth = small
    flow = [
        canonical(folder, months=[f"{year}-01", f"{year}-12"])
        .flows.set_index(["origin", "destination"])["flow"]
        for year in (2020, 2021)
    ]  # fmt: skip
    first, second = flow[0].align(flow[1], fill_value=0)
    assert first.sum() + second.sum() == truth["total_flow"]
    # Given the sum of the two, each is binomial with a half.
    score = (first - second) ** 2 / (first + second)
    assert score.mean() == pytest.approx(1, abs=5 * np.sqrt(2 / len(score)))


def test_without_inequality_the_law_is_the_one_given(tmp_path):
    options = SMALL | {"inequality": None, "law": {"model": "GMExp", "parameters": {"b": 0.01}}}
    truth = synthetic.write("south_sudan", tmp_path, 1, options)
    assert truth["law"]["model"] == "GMExp"
    assert "inequality" not in truth


def test_conflict_can_be_planted_instead_and_in_many_classes(tmp_path):
    option = {"variable": "conflict", "percentile": 50, "Delta": 1e-5}
    truth = synthetic.write("south_sudan", tmp_path, 1, SMALL | {"inequality": option})
    assert option.items() <= truth["inequality"].items()
    zones = canonical(tmp_path, months=["2020-01", "2020-01"]).zones.set_index("zone_id")
    assert (
        zones["conflict_deaths_per_100k"].idxmax()
        == max(truth["inequality"]["excess"].items(), key=lambda e: e[1])[0]
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"counties": 79}, r"counties = 79: must be a whole number from 12 to 78"),
        ({"people": 10}, r"people = 10: must be a whole number from 1560 to"),
        ({"residents": 10.5}, r"residents = 10.5: must be a whole number from 780000"),
        ({"dispersion": -1}, r"dispersion = -1: must be a number from 0 to 10"),
        ({"law": {"model": "Radiation"}}, r"law: model = 'Radiation' is unknown"),
        (
            {"law": {"model": "GMExp", "parameters": {"b": 0.1}}},
            r"law: model = 'GMExp': an inequality is planted in the radiation model",
        ),
        ({"inequality": {"variable": "flood"}}, r"inequality = .*: give null"),
        (
            {"inequality": {"variable": "gini", "percentile": 90, "Delta": 1e-7}},
            r"inequality: variable = 'gini': choose one of flood, conflict",
        ),
        (
            {"inequality": {"variable": "flood", "share": 0.003, "delta_minus_1": 1e-5}},
            r"inequality: share = 0.003 of 78 places, 78 with a value, penalises none",
        ),
        ({"county": 20}, r"option 'county' is unknown; did you mean 'counties'"),
    ],
)
def test_bad_options_are_named(options, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        synthetic.write("south_sudan", tmp_path / "none", 1, options)
    assert not (tmp_path / "none").exists()
