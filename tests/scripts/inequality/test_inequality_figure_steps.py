"""Maps of zones called NA, null and 01, and of settlements as their file may be written."""

import runpy
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from movelaws import frames
from tests.running import ROOT
from tests.scripts.inequality.steps import EVALUATION, TWO_CLASSES, run
from tests.unit.inequality_case import tables

CALLED = {"z000": "NA", "z001": "null", "z002": "01", "z003": "nan"}
NAMED = {f"Zone {k}": name for k, name in enumerate(["NA", "02", "None", "1e5"])}
PICTURE = {"svg": "f.svg", "png": "f.png"}
DRAWN = {"unit": "people", "source": "published"}


@pytest.fixture(scope="module")
def named(tmp_path_factory) -> dict:
    """Canonical tables with squares as zones."""
    zones, flows, _ = tables()
    zones = zones.set_geometry(zones.geometry.buffer(9000, cap_style="square"))
    zones = zones.replace({"zone_id": CALLED, "name": NAMED})
    flows = flows.replace({"origin": CALLED, "destination": CALLED})
    folder = tmp_path_factory.mktemp("named")
    frames.write(frames.check(frames.assemble(zones, flows)), folder)
    return {"zones": str(folder / "zones.parquet")}


@pytest.fixture(scope="module")
def case(named, tmp_path_factory):
    made = {name: f"{name}.csv" for name in ("changes", "classes", "outflow")}
    made |= {"grid": "grid.parquet", "flows": "flows.parquet"}
    asked = {"settings": TWO_CLASSES, "evaluation": EVALUATION}
    return run("case", tmp_path_factory.mktemp("case"), named, made, **asked)[0]


def drawn(name: str, folder: Path, given: dict, **params) -> str:
    out, log = run(f"figure_{name}", folder, given, PICTURE, **(DRAWN | params))
    assert "drawn" in log
    return Path(out.svg).read_text(encoding="utf-8")


def test_the_classes_of_any_zone_are_mapped(named, case, tmp_path):
    labels = {"conflict": "Conflict", "flood": "Flood", "both": "Either"}
    given = named | {"classes": case.classes}
    assert "Flood" in drawn("classes", tmp_path, given, labels=labels)


def test_the_changes_of_any_zone_are_mapped(named, case, tmp_path):
    changes = pd.read_csv(case.changes, dtype=str, keep_default_na=False)
    changes.loc[0, ["origin", "destination"]] = ["NA", "01"]
    changes.loc[0, ["origin_name", "destination_name"]] = ["NA", "None"]
    changes.to_csv(tmp_path / "changes.csv", index=False)
    given = named | {"classes": case.classes, "changes": str(tmp_path / "changes.csv")}
    drawn("changes", tmp_path, given, shown=EVALUATION["shown"])


def test_the_errors_of_any_zone_are_mapped_with_settlements(named, case, tmp_path):
    pd.read_parquet(case.grid).to_csv(tmp_path / "tests.csv", index=False)
    centres = gpd.read_parquet(named["zones"]).representative_point().to_crs("EPSG:4326")
    pd.DataFrame({" longitude": centres.x, "Latitude": centres.y}).to_excel(
        tmp_path / "settlements.xlsx", index=False
    )
    given = named | {"classes": case.classes, "flows": case.flows}
    given |= {
        "tests": str(tmp_path / "tests.csv"),
        "settlements": str(tmp_path / "settlements.xlsx"),
    }
    assert "20 settlements" in drawn("errors", tmp_path, given, shown=EVALUATION["shown"])


def test_what_ifs_of_any_zone_are_mapped(named, tmp_path):
    made = {"flows": "f.csv", "destinations": "d.csv", "summary": "s.csv"}
    made |= {"destinations_md": "d.md", "summary_md": "s.md", "range": "r.csv", "range_md": "r.md"}
    made |= {"largest": "l.csv", "largest_md": "l.md"}
    asked = {"settings": TWO_CLASSES, "penalty": 1e-4, "unit": "people", "others": []}
    out, _ = run("what_if", tmp_path, named, made, struck=["NA", "null", "01"], **asked)
    given = named | {"destinations": out.destinations, "changes": out.flows}
    title = "Three are struck"
    assert title in drawn("what_if", tmp_path, given | {"summary": out.summary}, title=title)


def test_settlements_are_found_under_any_case_and_checked(tmp_path):
    settlements = _step("figure_errors")["settlements"]
    path = tmp_path / "s.csv"
    path.write_text("latitude,Longitude,NAME\n5.5,30.25,NA\n6,31,\n")
    assert settlements(str(path)).to_dict("list") == {"lon": [30.25, 31.0], "lat": [5.5, 6.0]}
    path.write_text("LATITUDE,LONGITUDE\n5.5,300\n")
    with pytest.raises(ValueError, match=r"s\.csv: line 2, column 'LONGITUDE': '300' is above 180"):
        settlements(str(path))


def _step(name: str) -> dict:
    return runpy.run_path(str(ROOT / "scripts" / "inequality" / f"{name}.py"))


def test_who_leaves_zones_without_population_is_a_column_and_a_line(named, tmp_path):
    world = frames.read(Path(named["zones"]).parent)
    world.zones.loc[4, "residential_population"] = 0
    frames.write(frames.assemble(world.zones, world.flows), tmp_path / "od")
    left = world.flows.loc[world.flows["origin"] == world.zones.loc[4, "zone_id"], "flow"].sum()
    made = {name: f"{name}.csv" for name in ("changes", "classes", "outflow")}
    made |= {"grid": "grid.parquet", "flows": "flows.parquet"}
    asked = {"settings": TWO_CLASSES, "evaluation": EVALUATION}
    given = {"zones": str(tmp_path / "od" / "zones.parquet")}
    out, log = run("case", tmp_path / "case", given, made, **asked)
    assert pd.read_csv(out.outflow)["without_population"].tolist() == [left]
    assert f"left out of the predictions: {left:.0f}" in log
