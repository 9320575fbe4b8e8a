"""Traffic of Madrid: both raw formats give the same lattice; silent sensors and bad readings."""

import numpy as np
import pandas as pd
import pytest
from pyproj import Transformer

from movelaws.lattices import adapters, frames
from movelaws.lattices.adapters import _stream

SENSORS = pd.DataFrame(
    {"id": [1001, 1002, 3840], "utm_x": [440_100.0, 440_300.0, 441_200.0], "utm_y": 4_474_250.0}
)
DATES = ["2022-06-01", "2022-06-02"]


def intensity():
    """(2 days, 24 hours, 3 sensors)."""
    return np.random.default_rng(8).integers(1, 900, (2, 24, 3)).astype(float)


def published(values):
    lon, lat = Transformer.from_crs(25830, 4326, always_xy=True).transform(
        SENSORS["utm_x"].to_numpy(), SENSORS["utm_y"].to_numpy()
    )
    rows = [
        (
            SENSORS["id"][k],
            f"{date} {hour:02d}:00:00",
            lon[k],
            lat[k],
            values[d, hour, k],
            "weekday",
        )
        for k in range(3)
        for d, date in enumerate(DATES)
        for hour in range(24)
    ]
    names = ["id", "date", "longitude", "latitude", "traffic_intensity", "day_type"]
    return pd.DataFrame(rows, columns=names)


def city(values):
    """Four readings per hour whose mean is the hour's intensity."""
    rows = [
        (SENSORS["id"][k], f"{date} {hour:02d}:{15 * q:02d}:00", "URB",
         values[d, hour, k] + (-3, -1, 1, 3)[q] * 0.25, 5, 20, 0, "N", 15)
        for d, date in enumerate(DATES)
        for hour in range(24)
        for q in range(4)
        for k in range(3)
    ]  # fmt: skip
    names = ["id", "fecha", "tipo_elem", "intensidad", "ocupacion", "carga", "vmed", "error"]
    return pd.DataFrame(rows, columns=[*names, "periodo_integracion"])


def write(tmp_path, table, name="records.csv"):
    is_city = "fecha" in table
    table.to_csv(tmp_path / name, index=False, sep=";" if is_city else ",", quoting=2 * is_city)
    if not is_city:
        return {"records": tmp_path / name}
    SENSORS.to_csv(tmp_path / "sensors.csv", index=False, sep=";", decimal=",")
    return {"records": tmp_path / name, "sensors": tmp_path / "sensors.csv"}


def read(files, **options):
    return adapters.read("madrid_traffic", files, options)


@pytest.mark.parametrize("form", [published, city])
def test_sensors_are_averaged_over_the_hour_and_summed_over_cells(form, tmp_path, monkeypatch):
    monkeypatch.setattr(_stream, "_BLOCK", 500)  # many batches
    values = intensity()
    made = read(write(tmp_path, form(values)))
    assert made.days == DATES and (made.slots, made.slot_minutes) == (24, 60)
    assert (made.shape, made.crs, made.unit) == ((1, 3), "EPSG:25830", "vehicles per hour")
    flat = values.reshape(48, 3)
    np.testing.assert_allclose(made.population[:, 0, 0], flat[:, 0] + flat[:, 1])
    np.testing.assert_allclose(made.population[:, 0, 2], flat[:, 2])
    assert made.mask.tolist() == [[True, False, True]]
    assert made.notes["sensors"] == 3


def test_days_and_slots_are_chosen(tmp_path):
    values = intensity()
    files = write(tmp_path, city(values))
    made = read(files, days=[DATES[1]], slot_minutes=15)
    assert made.days == [DATES[1]] and made.slots == 96
    np.testing.assert_allclose(
        made.population[:4, 0, 2], values[1, 0, 2] + np.array([-3, -1, 1, 3]) / 4
    )
    with pytest.raises(ValueError, match="no usable reading of 2022-06-05"):
        read(files, days=["2022-06-05"])


def test_short_gaps_are_bridged_and_sensors_with_long_ones_left_out(tmp_path):
    values = intensity()
    table = published(values)
    hour = table["date"].str[11:13].astype(int)
    first, third = table["id"] == 1001, table["id"] == 3840
    day = table["date"].str.startswith(DATES[0])
    table = table[~(first & day & hour.isin([4, 5])) & ~(third & day & (hour > 15))]
    made = read(write(tmp_path, table))
    line = values[0, 3, 0] + (values[0, 6, 0] - values[0, 3, 0]) / 3
    np.testing.assert_allclose(made.population[4, 0, 0], line + values[0, 4, 1])
    assert not made.population[:24, 0, 2].any() and made.population[24:, 0, 2].all()
    assert made.notes["sensor-slots without a reading bridged"] == 2
    assert made.notes["sensor-days left out for longer gaps"] == 1
    whole = read(write(tmp_path, table), max_missing=0.5)
    assert whole.notes["sensor-slots without a reading bridged"] == 2 + 8
    np.testing.assert_allclose(whole.population[16:24, 0, 2], values[0, 15, 2])


def test_flagged_and_negative_readings_are_left_out_and_counted(tmp_path):
    values = intensity()
    table = city(values)
    table.loc[0, ["intensidad", "error"]] = [99_999, "E"]
    table.loc[1, "error"] = "S"
    table.loc[2, "intensidad"] = -1
    files = write(tmp_path, table)
    made = read(files)
    assert made.notes["readings of the days with the flag E left out"] == 1
    assert made.notes["readings of the days with the flag S left out"] == 1
    assert made.notes["readings without a number >= 0 left out"] == 1
    assert made.notes["readings of the days"] == len(table) - 3
    # the others of the hour stand for them
    np.testing.assert_allclose(made.population[0, 0, 0], values[0, 0, :2].sum() + 2 * 0.25)
    assert read(files, errors=["N", "S"]).notes["readings of the days"] == len(table) - 2
    with pytest.raises(
        ValueError, match=r"records\.csv: of 576 readings 0 without a sensor.* 1 wi"
    ):
        read(files, max_unusable=0.001)


def test_sensors_outside_the_box_or_without_a_place(tmp_path):
    files = write(tmp_path, city(intensity()))
    lon, lat = Transformer.from_crs(25830, 4326, always_xy=True).transform(440_700, 4_474_250)
    made = read(files, box=[lon - 0.1, lat - 0.1, lon, lat + 0.1])
    assert made.shape == (1, 1) and made.notes["sensors outside the box left out"] == 1
    SENSORS.iloc[1:].to_csv(files["sensors"], index=False, sep=";")
    with pytest.raises(ValueError, match=r"sensors\.csv: 1 of 3 sensors.* no place.*'1001'"):
        read(files)
    assert read(files, max_unusable=0.5).notes["sensors without a place left out"] == 1
    with pytest.raises(ValueError, match="give the role sensors as well"):
        read({"records": files["records"]})


def test_sensors_of_the_published_file_need_places_too(tmp_path):
    table = published(intensity())
    lost = table["id"] == 1002
    for place in (np.nan, 0.0):
        files = write(tmp_path, table.mask(lost, table.assign(longitude=place, latitude=place)))
        said = r"records\.csv: 1 of 3 sensors .* no place \(such as id '1002'\), max_unusable=0.05"
        with pytest.raises(ValueError, match=said):
            read(files)
        assert read(files, max_unusable=0.5).notes["sensors without a place left out"] == 1


def test_one_sensor_far_away_does_not_fill_the_memory(tmp_path, monkeypatch):
    far = published(intensity())
    far.loc[far["id"] == 1002, ["longitude", "latitude"]] = [-3.7, 41.4]
    files = write(tmp_path, far)
    with pytest.raises(ValueError, match=r"records\.csv: only 3 of the \d+ x 3 cells.*y=458"):
        read(files)
    monkeypatch.setattr(frames, "MOST_VALUES", 10_000)
    with pytest.raises(ValueError, match=r"at 48 moments are .* values, over 10,000: .*y=458"):
        read(files)
    near = read(files, box=[-3.8, 40.2, -3.5, 40.6])
    assert near.notes["cells"] == "2 of 3 in their box are filled"


@pytest.mark.parametrize("form", [published, city])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_header_says_what_separates_the_columns(form, mark, tmp_path):
    files = write(tmp_path, form(intensity()))
    expected = read(files).population
    form(intensity()).to_csv(files["records"], index=False, sep=mark)
    np.testing.assert_array_equal(read(files).population, expected)


def test_what_cannot_be_read_is_named_by_its_column(tmp_path):
    table = city(intensity()).astype({"intensidad": object})
    table.loc[5, "intensidad"] = "12,5"
    with pytest.raises(ValueError, match="column 'intensidad': invalid value '12,5': give a numb"):
        read(write(tmp_path, table))
    table = city(intensity()).astype({"fecha": object})
    table.loc[5, "fecha"] = "1 June"
    with pytest.raises(ValueError, match="column 'fecha': invalid value '1 June': give a time"):
        read(write(tmp_path, table))


def test_positions_in_degrees_are_no_metres(tmp_path):
    files = write(tmp_path, city(intensity()))
    degrees = SENSORS.assign(utm_x=[-3.70, -3.69, -3.68], utm_y=40.4)
    degrees.to_csv(files["sensors"], index=False, sep=";")
    with pytest.raises(ValueError, match=r"sensors\.csv: columns 'utm_x' and 'utm_y'.*degrees"):
        read(files)
    SENSORS.assign(utm_x=[0, 440_300, 441_200], utm_y=[0, 4_474_250, 4_474_250]).to_csv(
        files["sensors"], index=False, sep=";"
    )
    with pytest.raises(ValueError, match="1 of 3 sensors with readings have no place"):
        read(files)


def test_what_lies_elsewhere_is_named(tmp_path):
    table = published(intensity())
    turned = table.assign(longitude=table["latitude"], latitude=table["longitude"])
    with pytest.raises(ValueError, match=r"records\.csv: EPSG:25830 .*swapped"):
        read(write(tmp_path, turned))
    files = write(tmp_path, city(intensity()))
    padded = SENSORS.assign(id=SENSORS["id"].map("{:06d}".format))
    padded.to_csv(files["sensors"], index=False, sep=";")
    with pytest.raises(ValueError, match=r"are called such as '1001', those of .* '001001': give"):
        read(files)
    # a sensor without a place is in no box
    table.loc[table["id"] == 1002, ["longitude", "latitude"]] = np.nan
    made = read(write(tmp_path, table), box=[-3.8, 40.2, -3.5, 40.6], max_unusable=0.5)
    assert made.notes["sensors without a place left out"] == 1
    assert made.notes["sensors outside the box left out"] == 0


def test_a_day_of_a_stray_reading_is_left_out_unless_it_is_asked_for(tmp_path):
    table = published(intensity())
    stray = table.iloc[:1].assign(date="2022-07-01 00:00:00")
    files = write(tmp_path, pd.concat([table, stray]))
    made = read(files)
    assert made.days == DATES and made.population.any(axis=(1, 2)).all()
    assert made.notes["days without a sensor of enough slots left out"] == 1
    asked = read(files, days=[DATES[0], "2022-07-01"])
    assert asked.days == [DATES[0], "2022-07-01"] and not asked.population[24:].any()


def test_flags_that_the_file_does_not_have_are_named(tmp_path):
    files = write(tmp_path, city(intensity()))
    with pytest.raises(ValueError, match=r"no usable reading .*the file has the flags N\)"):
        read(files, errors=["n"])
    with pytest.raises(ValueError, match="no reading has the flag 'X'; there are N"):
        read(files, errors=["N", "X"])
    read(files, errors=["N", "S"])  # a flag of the format that this month does without


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,when\n1,2\n", "no column 'date'"),
        ("id;fecha;intensidad\n1;2;3\n", "no column 'error'"),
        ("id,date,longitude,latitude,traffic_intensity\n1,June,0,0,5\n", "invalid value 'June'"),
        (
            "id,date,longitude,latitude,traffic_intensity\n1,2022-06-01,,,5\n",
            "no sensor has a place",
        ),
    ],
)
def test_files_of_neither_format_are_named(text, said, tmp_path):
    (tmp_path / "records.csv").write_text(text)
    (tmp_path / "sensors.csv").write_text("id;utm_x;utm_y\n1;2;3\n")
    roles = ("records", "sensors") if "fecha" in text else ("records",)
    with pytest.raises(ValueError, match=rf"records\.csv.*{said}"):
        read({role: tmp_path / f"{role}.csv" for role in roles})
