"""The authors' bins: read as published, aligned, and refused when they cannot be bins."""

import numpy as np
import pandas as pd
import pytest

from movelaws.pointsets import adapters, bins

R = [10.0, 12.0, 15.0, 20.0]


def curve(path, y, r=R, header="x,y"):
    path.write_text(header + "\n" + "\n".join(f"{a!r},{b!r}" for a, b in zip(r, y, strict=True)))
    return path


@pytest.fixture
def files(tmp_path):
    made = {
        "dk_moving": curve(tmp_path / "dk_moving.csv", [0.1, 0.0, 0.3, 0.2]),
        "dk_pdd": curve(tmp_path / "dk_pdd.csv", [1.0, 2.0, 0.0, 4.0]),
        "dk_ratio": curve(tmp_path / "dk_ratio.csv", [0.1, 0.05], R[::3]),
        "houston_pdd": curve(tmp_path / "houston_pdd.csv", [1.0] * 4),
        "houston_test": tmp_path / "houston_test.csv",
        "town_51018355_bins": tmp_path / "town.csv",
    }
    made["houston_test"].write_text("ks,p,ll\n0.05,0.7,3\n0.05,0.7,4\n")
    made["town_51018355_bins"].write_text("x_m,y_m,y_p\n10.5,1e-5,2e-8\n11.5,0.0,3e-8\n")
    for role, values in {"inside": [-0.5, -0.7], "radii": [800.0, 900.0, 1000.0]}.items():
        made[role] = tmp_path / f"{role}.npy"
        np.save(made[role], np.array(values))
    return made


def read(files):
    return adapters.read("authors_bins", files, {})


def test_the_parts_of_a_case_are_put_on_common_bins(files):
    table = read(files).bins
    denmark = table[table["case"] == "denmark"]
    assert denmark["r_m"].tolist() == R
    assert denmark["ratio"].isna().tolist() == [False, True, True, False]
    assert denmark["moves"].tolist() == [0.1, 0.0, 0.3, 0.2]
    houston = table[table["case"] == "houston"]
    assert set(houston["kind"]) == {"mass"} and set(denmark["kind"]) == {"density"}
    assert houston["moves"].isna().all()


def test_columns_of_cities_stay_independent_and_towns_are_named(files):
    made = read(files)
    assert made.cities["inside"].tolist()[:2] == [-0.5, -0.7]
    assert made.cities["radius_m"].tolist() == [800, 900, 1000]
    assert made.cities["outside"].isna().all() and made.notes["cities"] == 3
    assert made.towns["town"].tolist() == ["51018355"] * 2
    assert made.notes["authors' p of houston"] == 0.7


def test_bins_come_back_from_their_files_to_the_last_digit(files, tmp_path):
    curve(files["dk_pdd"], [1 / 3, 2e-300, 0.1 + 0.2, 4.0])
    made = read(files)
    bins.write(made, tmp_path / "out")
    again = bins.check(bins.read(tmp_path / "out"))
    for name in ("bins", "cities", "towns"):
        before, after = getattr(made, name).reset_index(drop=True), getattr(again, name)
        pd.testing.assert_frame_equal(before, after, check_exact=True, check_dtype=False)
    assert dict(again.notes) == dict(made.notes)
    (tmp_path / "out" / "towns.csv").unlink()
    with pytest.raises(FileNotFoundError, match=r"towns\.csv is missing"):
        bins.read(tmp_path / "out")


def test_without_towns_and_cities_the_tables_are_empty(files, tmp_path):
    made = read({"fr_moving": files["dk_moving"]})
    bins.write(made, tmp_path / "out")
    again = bins.check(bins.read(tmp_path / "out"))
    assert len(again.towns) == len(again.cities) == 0 and again.bins["case"].unique() == ["france"]


@pytest.mark.parametrize(
    ("y", "r", "said"),
    [
        ([0.1, -0.2, 0.3, 0.4], R, "line 3, column 'y': '-0.2' is below 0"),
        ([0.1, float("nan"), 0.3, 0.4], R, "line 3, column 'y'"),
        ([0.1, float("inf"), 0.3, 0.4], R, "line 3, column 'y': 'inf' is not a number"),
        ([0.1] * 4, [10.0, 15.0, 12.0, 20.0], "line 4, column 'x': '12.0' is no more than the one"),
        ([0.1] * 4, [10.0, 12.0, 12.0, 20.0], "line 4, .*sort the bins"),
        ([0.1] * 4, [0.0, 12.0, 15.0, 20.0], "line 2, .*no distance in metres > 0"),
    ],
)
def test_what_cannot_be_bins_names_file_line_and_remedy(files, y, r, said):
    curve(files["dk_moving"], y, r)
    with pytest.raises(ValueError, match=rf"dk_moving\.csv: {said}"):
        read(files)


def test_a_wrong_header_an_empty_file_and_no_bins_at_all_are_refused(files):
    with pytest.raises(ValueError, match="give one at least of the file roles 'dk_moving'"):
        read({"radii": files["radii"]})
    with pytest.raises(ValueError, match="role 'dk_move' is unknown; did you mean 'dk_moving'"):
        read({"dk_move": files["dk_moving"]})
    curve(files["dk_pdd"], [1.0] * 4, header="r,y")
    with pytest.raises(ValueError, match=r"dk_pdd\.csv: no column 'x'"):
        read(files)
    files["dk_pdd"].write_text("")
    with pytest.raises(ValueError, match=r"dk_pdd\.csv: the file is empty"):
        read(files)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (np.array([1.0, np.nan]), "value 1 is nan"),
        (np.array([[1.0, 2.0]]), "one row of numbers"),
        (np.array(["a"]), "one row of numbers"),
    ],
)
def test_arrays_that_are_no_numbers_are_refused(files, values, said):
    np.save(files["radii"], values)
    with pytest.raises(ValueError, match=rf"radii\.npy.*{said}"):
        read(files)


def test_a_pickled_object_is_never_opened(files, tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    np.save(files["inside"], np.array([Trap()], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match=r"inside\.npy: cannot be read as an array"):
        read(files)
    assert not (tmp_path / "sprung").exists()
    files["inside"].write_bytes(b"\x93NUMPY\x01\x00v\x00{'descr'")
    with pytest.raises(ValueError, match=r"inside\.npy: cannot be read as an array"):
        read(files)


def test_the_contract_names_what_breaks_it(files):
    made = read(files)
    for column, value, said in (
        ("moves", -1.0, "'moves'"),
        ("r_m", 1.0, "'r_m'"),
        ("kind", "x", "x"),
    ):
        table = made.bins.copy()
        table.loc[1, column] = value
        with pytest.raises(ValueError, match=said):
            bins.check(bins.Bins(table, made.cities, made.towns))
    with pytest.raises(ValueError, match="radii are finite and > 0"):
        bins.check(bins.Bins(made.bins, made.cities.assign(radius_m=0.0), made.towns))
    with pytest.raises(ValueError, match="column 'ratio' is missing"):
        bins.check(bins.Bins(made.bins.drop(columns="ratio"), made.cities, made.towns))
