"""Synthetic traffic of Madrid: both raw formats, and the planted days in them."""

import numpy as np
import pandas as pd
import pytest

from movelaws import synthetic
from movelaws.lattices import adapters, coarsen
from movelaws.synthetic import madrid_traffic
from movelaws.synthetic.lagrangian_days import planted_shares
from tests.unit.synthetic_worlds import contents

FORMS = tuple(madrid_traffic.FILES_BY_FORM)
SMALL = {"side": 5, "days": 2, "contrast": 5}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Folder and truth by form."""
    worlds = {}
    for form in FORMS:
        folder = tmp_path_factory.mktemp(form)
        worlds[form] = folder, synthetic.write("madrid_traffic", folder, 1, SMALL | {"form": form})
    return worlds


def lattice(folder, form):
    names = synthetic.files_of("madrid_traffic", {"form": form})
    return adapters.read("madrid_traffic", {role: folder / f for role, f in names.items()}, {})


@pytest.mark.parametrize("form", FORMS)
def test_a_seed_makes_the_same_bytes_and_another_seed_other_ones(form, made, tmp_path):
    folder, truth = made[form]
    options = SMALL | {"form": form}
    assert synthetic.write("madrid_traffic", tmp_path / "again", 1, options) == truth
    assert contents(tmp_path / "again") == contents(folder)
    synthetic.write("madrid_traffic", tmp_path / "other", 2, options)
    other = contents(tmp_path / "other")
    assert all(other[name] != data for name, data in contents(folder).items())


def test_the_published_form_has_its_columns(made):
    folder, truth = made["published"]
    table = pd.read_csv(folder / "MTD_complete_data.csv", parse_dates=["date"])
    assert list(table.columns) == [
        "id", "date", "longitude", "latitude", "traffic_intensity", "day_type", "wind",
        "temperature", "precipitation", "original_point", "closest_point", "oneway", "lanes",
        "name", "highway", "maxspeed", "length",
    ]  # fmt: skip
    assert len(table) == truth["rows"] == truth["sensors"] * 48 == 4800
    assert table.groupby("id")["date"].nunique().eq(48).all()
    assert table["longitude"].between(-3.9, -3.5).all()
    assert table["latitude"].between(40.3, 40.6).all()
    assert table["traffic_intensity"].dtype == np.int64 and (table["traffic_intensity"] >= 0).all()


def test_the_form_of_the_city_has_its_columns(made):
    folder, truth = made["city"]
    first, second, *_ = (folder / "06-2022.csv").read_text().splitlines()
    assert first == (
        '"id";"fecha";"tipo_elem";"intensidad";"ocupacion";"carga";"vmed";"error";'
        '"periodo_integracion"'
    )
    assert second.split(";")[1] == '"2022-06-01 00:00:00"'
    table = pd.read_csv(folder / "06-2022.csv", sep=";", parse_dates=["fecha"])
    assert len(table) == truth["rows"] == truth["sensors"] * 2 * 96
    assert set(table["fecha"].dt.minute) == {0, 15, 30, 45}
    assert table["carga"].between(0, 100).all() and set(table["error"]) == {"N"}
    where = pd.read_csv(folder / "pmed_ubicacion_06-2022.csv", sep=";")
    assert list(where.columns) == [
        "tipo_elem", "distrito", "id", "cod_cent", "nombre", "utm_x", "utm_y", "longitud",
        "latitud",
    ]  # fmt: skip
    assert set(where["id"]) == set(table["id"]) and where["id"].is_unique


def test_both_forms_tell_of_the_same_traffic(made):
    hourly = pd.read_csv(made["published"][0] / "MTD_complete_data.csv", parse_dates=["date"])
    city = pd.read_csv(made["city"][0] / "06-2022.csv", sep=";", parse_dates=["fecha"])
    mean = city.groupby(["id", city["fecha"].dt.floor("h").rename("date")])["intensidad"].mean()
    found = hourly.set_index(["id", "date"])["traffic_intensity"] - mean
    assert found.abs().max() <= 0.5 + 1 / 8
    places = hourly.drop_duplicates("id").set_index("id")
    where = pd.read_csv(made["city"][0] / "pmed_ubicacion_06-2022.csv", sep=";").set_index("id")
    np.testing.assert_allclose(places["longitude"], where["longitud"], atol=1e-6)


def test_traffic_follows_the_hours_of_the_day(made):
    table = pd.read_csv(made["published"][0] / "MTD_complete_data.csv", parse_dates=["date"])
    total = table.groupby("date")["traffic_intensity"].sum()
    wanted = np.tile(madrid_traffic._BUSY, 2)
    np.testing.assert_allclose(total / total.mean(), wanted / wanted.mean(), rtol=0.01)
    assert table["traffic_intensity"].mean() == pytest.approx(400, rel=1e-3)


@pytest.mark.parametrize("form", FORMS)
def test_the_blocks_follow_the_planted_days(form, made):
    folder, truth = made[form]
    populations = coarsen.case(lattice(folder, form), side=5, population=1.0)
    assert list(populations.days) == truth["days"] == ["2022-06-01", "2022-06-02"]
    tolerance = 0.03 if form == "published" else 0.008
    for day in truth["days"]:
        np.testing.assert_allclose(populations.day(day), planted_shares(truth, day), rtol=tolerance)


def test_blocks_are_those_of_the_detectors(made):
    found = lattice(made["city"][0], "city")
    assert found.cell_m == 500 and found.shape == (10, 10) and found.mask.all()
    assert found.x[0] - 250 == 436_000 and found.y[0] - 250 == 4_469_000


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"form": "zip"}, "form = 'zip': choose one of published, city"),
        ({"side": 60}, "side = 60: must be a whole number from 4 to 50"),
        ({"across": 0}, "across = 0: must be a whole number from 1 to 10"),
        ({"days": 31}, "days = 31: must be a whole number from 1 to 30"),
        ({"intensity": 4}, "intensity = 4: must be a whole number from 50 to 10000"),
        ({"contrast": 0}, "contrast = 0: must be a number from 1 to 1000"),
        ({"gamma_self": 0.1}, "take a lower level or lambda_self, or a larger gamma_self"),
        ({"sides": 3}, "option 'sides' is unknown; did you mean 'side'"),
    ],
)
def test_bad_options_are_named(options, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        synthetic.write("madrid_traffic", tmp_path / "none", 1, options)
    assert not (tmp_path / "none").exists()
