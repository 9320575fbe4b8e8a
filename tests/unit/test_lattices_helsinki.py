"""Dynamic population of Helsinki: percent brought to 100, a grid with holes, days that differ."""

import zipfile

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from movelaws.lattices import adapters, frames

HOURS = [f"H{hour}" for hour in range(24)]
CELLS = pd.DataFrame(
    {
        "YKR_ID": [11, 12, 13, 21, 23],  # the fourth cell of a 2 x 3 box has nobody to count
        "x_EPSG3067": 381_875.0 + 250 * np.array([0, 1, 2, 0, 2]),
        "y_EPSG3067": 6_697_875.0 - 250 * np.array([0, 0, 0, 1, 1]),
    }
)


def day(seed=1, cells=CELLS, empty=2):
    rng = np.random.default_rng(seed)
    values = rng.random((len(cells), 24))
    values[empty] = 0
    table = pd.DataFrame((100 * values / values.sum(axis=0)).round(5), columns=HOURS)
    return pd.concat([cells["YKR_ID"].reset_index(drop=True), table], axis=1)


@pytest.fixture
def files(tmp_path):
    CELLS.to_csv(tmp_path / "cells.csv", index=False)
    day().to_csv(tmp_path / "workdays.csv", index=False, float_format="%.5f")
    day(2, CELLS.iloc[:4]).to_csv(tmp_path / "saturday.csv", index=False, float_format="%.5f")
    return {role: tmp_path / f"{role}.csv" for role in ("workdays", "saturday", "cells")}


def read(files, **options):
    return adapters.read("helsinki_dynpop", files, options)


def test_cells_are_where_they_lie_and_hours_sum_to_100(files):
    made = read(files)
    assert made.shape == (2, 3) and made.days == ["workdays", "saturday"]
    assert (made.slots, made.slot_minutes, made.extensive) == (24, 60, False)
    assert (made.crs, made.unit) == ("EPSG:3067", "percent of the population")
    np.testing.assert_allclose(made.population.sum(axis=(1, 2)), 100, rtol=1e-12)
    # south first, so the northern row is the last one
    np.testing.assert_array_equal(made.mask, [[True, False, True], [True, True, True]])
    given = day().set_index("YKR_ID")
    raw = made.population[7] * given["H7"].sum() / 100
    np.testing.assert_allclose(raw[1], given.loc[[11, 12, 13], "H7"], atol=1e-9)
    np.testing.assert_allclose(raw[0, [0, 2]], given.loc[[21, 23], "H7"], atol=1e-9)
    assert made.y.tolist() == [6_697_625, 6_697_875] and made.x[2] == 382_375


def test_repairs_are_counted(files):
    notes = read(files).notes
    assert notes["saturday: cells missing, taken as empty"] == "1 (23)"
    assert notes["workdays: cells empty all day"] == 1 and notes["workdays: zeros"] == 24
    assert notes["cells"] == "5 of 6 in their box are filled"
    assert notes["workdays: hours brought to a sum of 100"] <= 24
    assert notes["workdays: farthest sum"].startswith(("99.9999", "100.0000"))


def test_an_hour_that_does_not_sum_to_100_is_refused_or_tolerated(files):
    table = pd.read_csv(files["workdays"])
    table["H5"] *= 0.99
    table.to_csv(files["workdays"], index=False)
    with pytest.raises(
        ValueError, match=r"workdays\.csv: H5 sums to 99\.\d+ instead of 100 \(1 suc"
    ):
        read(files)
    made = read(files, tolerance=2)
    np.testing.assert_allclose(made.population.sum(axis=(1, 2)), 100)


def test_the_published_archive_gives_the_same(files, tmp_path):
    apart = read(files)
    half = 125
    squares = [
        box(x - half, y - half, x + half, y + half)
        for x, y in CELLS[["x_EPSG3067", "y_EPSG3067"]].to_numpy()
    ]
    layer = gpd.GeoDataFrame({"YKR_ID": CELLS["YKR_ID"]}, geometry=squares, crs="EPSG:3067")
    layer.to_file(tmp_path / "grid.geojson", driver="GeoJSON", engine="pyogrio")
    with zipfile.ZipFile(tmp_path / "matrix.zip", "w") as archive:
        for name, path in {
            "HMA_Dynamic_population_24H_workdays.csv": files["workdays"],
            "HMA_Dynamic_population_24H_sat.csv": files["saturday"],
            "target_zones_grid250m_EPSG3067.geojson": tmp_path / "grid.geojson",
            "README.txt": files["cells"],
        }.items():
            archive.write(path, f"matrix/{name}")
    packed = read({"archive": tmp_path / "matrix.zip"})
    np.testing.assert_allclose(packed.population, apart.population)
    np.testing.assert_allclose(packed.x, apart.x, atol=0.01)
    layered = read({"workdays": files["workdays"], "cells": tmp_path / "grid.geojson"})
    np.testing.assert_allclose(layered.population, apart.population[:24])


def test_an_archive_that_climbs_or_holds_nothing_is_refused(tmp_path):
    path = tmp_path / "matrix.zip"
    for name, said in (("../evil.csv", "outside the archive"), ("other.csv", "none of HMA_")):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, "x")
        with pytest.raises(ValueError, match=rf"matrix\.zip.*{said}"):
            read({"archive": path})


def packed(path, **members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, source in members.items():
            archive.write(source, f"matrix/{name}")
    return path


def test_what_an_archive_lacks_may_lie_beside_it_and_is_named_else(files, tmp_path):
    table = packed(
        tmp_path / "table.zip",
        **{"HMA_Dynamic_population_24H_workdays.csv": files["workdays"]},
    )
    with pytest.raises(ValueError, match=r"table\.zip: target_zones.* give the role cells as well"):
        read({"archive": table})
    apart = read({"workdays": files["workdays"], "cells": files["cells"]})
    beside = read({"archive": table, "cells": files["cells"]})
    np.testing.assert_array_equal(beside.population, apart.population)
    squares = [
        box(x - 125, y - 125, x + 125, y + 125)
        for x, y in CELLS[["x_EPSG3067", "y_EPSG3067"]].to_numpy()
    ]
    layer = gpd.GeoDataFrame({"YKR_ID": CELLS["YKR_ID"]}, geometry=squares, crs="EPSG:3067")
    layer.to_file(tmp_path / "grid.geojson", driver="GeoJSON", engine="pyogrio")
    name = "target_zones_grid250m_EPSG3067.geojson"
    layered = packed(tmp_path / "layer.zip", **{name: tmp_path / "grid.geojson"})
    own = read({"archive": layered, "workdays": files["workdays"]})
    np.testing.assert_allclose(own.population, apart.population)
    with pytest.raises(ValueError, match=r"layer\.zip: none of HMA_.*roles workdays, saturday"):
        read({"archive": layered})


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (100_000, r"cells\.csv: 2 x 100,003 cells.* values, over .*farthest out is x=25382"),
        (1_000, r"cells\.csv: only 5 of the 2 x 1,003 cells.*farthest out is x=632375"),
    ],
)
def test_one_cell_far_away_does_not_fill_the_memory(files, columns, said, monkeypatch):
    monkeypatch.setattr(frames, "MOST_VALUES", 2_000_000)
    table = pd.read_csv(files["cells"])
    table.loc[4, "x_EPSG3067"] += 250 * columns
    table.to_csv(files["cells"], index=False)
    with pytest.raises(ValueError, match=said):
        read(files)


def changed(files, role, change):
    table = pd.read_csv(files[role])
    change(table).to_csv(files[role], index=False)
    return files


@pytest.mark.parametrize(
    ("role", "change", "said"),
    [
        ("workdays", lambda t: t.assign(H3=-1.0), r"workdays.csv: line 2, column 'H3'.*below 0"),
        ("workdays", lambda t: t.assign(H3=np.inf), r"line 2, column 'H3'.*is not a number"),
        ("workdays", lambda t: t.assign(H3=0.0), r"workdays.csv: H3 sums to 0: nobody is anywhere"),
        ("workdays", lambda t: t.assign(YKR_ID=t["YKR_ID"] + 0.5), "'11.5' is no whole number"),
        (
            "cells",
            lambda t: t.assign(x_EPSG3067=24.8, y_EPSG3067=60.2),
            r"cells.csv: columns x and y: 24.8, 60.2 look like degrees",
        ),
        (
            "cells",
            lambda t: t.assign(x_EPSG3067=t["y_EPSG3067"], y_EPSG3067=t["x_EPSG3067"]),
            r"cells.csv: EPSG:3067 .*are x and y swapped",
        ),
        ("workdays", lambda t: t.drop(columns="H23"), "no column 'H23'"),
        ("workdays", lambda t: pd.concat([t, t]), r"line 7, column 'YKR_ID'.*an earlier line"),
        ("cells", lambda t: t.iloc[1:], r"cells.csv: 1 cells of the tables have no place.*11"),
        ("cells", lambda t: pd.concat([t, t]), "YKR_ID 11 occurs twice"),
        ("cells", lambda t: t.assign(x_EPSG3067=t["x_EPSG3067"] * 1.1), "on one grid"),
        (
            "cells",
            lambda t: t.assign(
                x_EPSG3067=2 * t["x_EPSG3067"] - 381_875, y_EPSG3067=2 * t["y_EPSG3067"]
            ),
            r"cells.csv: the centres lie 2 cells of 250 m apart \(500 m\)",
        ),
        ("cells", lambda t: t.assign(x_EPSG3067=381_875.0), "has the place of another one"),
    ],
)
def test_tables_that_cannot_be_used_are_named(files, role, change, said):
    with pytest.raises(ValueError, match=said):
        read(changed(files, role, change))


def test_a_day_and_the_places_are_needed():
    for roles in (["cells"], ["workdays"]):
        with pytest.raises(ValueError, match="give one at least of the file roles"):
            adapters.check_request("helsinki_dynpop", roles, {})
    adapters.check_request("helsinki_dynpop", ["archive"], {"tolerance": 0.1})
