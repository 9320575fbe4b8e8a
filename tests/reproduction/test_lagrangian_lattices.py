"""The real data of paper 1: cells, users, cabs, and what is wrong with them."""

import numpy as np
import pytest

from movelaws.lattices import adapters, coarsen

HELSINKI = {
    "workdays": "helsinki_dynpop/HMA_Dynamic_population_24H_workdays.csv",
    "saturday": "helsinki_dynpop/HMA_Dynamic_population_24H_sat.csv",
    "cells": "helsinki_dynpop/DERIVED_cells_250m_centroids.csv",
}
YJMOB = {
    "records": "yjmob100k_sample/df_all_1k.csv",
    "activity": "yjmob100k_sample/yjmob100k_activity_all_days.csv",
}
CABS = {"traces": "sf_cabspotting/cabspottingdata.tar.xz"}


@pytest.fixture(scope="module")
def read(mirror):
    def read(name, files, **options):
        return adapters.read(name, {role: mirror / path for role, path in files.items()}, options)

    return read


def test_helsinki_has_a_grid_with_holes_and_a_cell_less_on_saturday(read):
    made = read("helsinki_dynpop", HELSINKI)
    assert made.shape == (131, 169) and made.mask.sum() == 13_231
    assert made.days == ["workdays", "saturday"] and made.slots == 24
    assert made.notes["saturday: cells missing, taken as empty"] == "1 (5818072)"
    assert made.notes["workdays: cells empty all day"] == 380
    assert made.notes["workdays: zeros"] == 12_696  # 4 % of the values
    assert made.notes["workdays: farthest sum"] == "100.00140 (H17)"
    np.testing.assert_allclose(made.population.sum(axis=(1, 2)), 100)
    # total variation from hour to hour
    moved = np.abs(np.diff(made.population[:24], axis=0)).sum(axis=(1, 2)) / 200
    assert [round(float(m), 2) for m in (moved.min(), moved.max())] == [0.02, 0.11]
    paper = coarsen.case(made, side=10, population=1e4, pad=True)
    assert paper.population.shape == (2, 24, 10, 10)
    assert paper.attrs["repairs"]["empty rows and columns of cells added"] == "9 and 1"


def test_the_sample_of_yjmob100k_holds_a_thousand_users_of_a_hundred_records(read):
    made = read("yjmob100k", YJMOB)
    assert len(made.days) == 40 and made.shape == (200, 200)
    assert made.notes["records read"] == made.notes["records of the days"] == 100_000
    assert made.notes["users of a day"] == "1 to 931 (day 2)"
    assert "records were not in order of user, day and slot" not in made.notes
    totals = made.population.sum(axis=(1, 2)).reshape(40, 48)
    # everybody seen on a day is somewhere in all its slots; the sample ends users after day 4
    assert (totals == totals[:, :1]).all()
    assert totals[:8, 0].tolist() == [907, 912, 931, 906, 858, 768, 617, 453]
    assert made.notes["published records per cell"] == "111,535,175 in 34,032"
    assert made.notes["rank correlation of the raster with them"] > 0.7
    seen = read("yjmob100k", YJMOB, days=[0, 1, 2, 3, 4], carry="none")
    assert seen.population.sum(axis=(1, 2)).max() == 521
    # seven days in ten of a user begin where the day before ended
    over = read("yjmob100k", YJMOB, days=[0, 1, 2, 3, 4], carry="over_midnight")
    begun = [over.notes[note] for note in over.notes if note.startswith("user-days")]
    assert begun == [4514, 3136, 870]
    assert over.population.sum(axis=(1, 2))[::48].tolist() == [907, 912, 931, 906, 858]
    np.testing.assert_array_equal(over.population[:48], made.population[:48])


def test_san_francisco_has_23_whole_days_with_two_failures(read):
    made = read("active_cabs", CABS)
    assert made.days[0] == "2008-05-18" and made.days[-1] == "2008-06-09"
    assert len(made.days) == 23 and made.notes["points"] == 11_220_058
    assert made.notes["first point"] == "2008-05-17 03:00:04 PDT"
    totals = made.population.sum(axis=(1, 2)).reshape(23, 48)
    silent = {(made.days[d], int(slot)) for d, slot in np.argwhere(totals == 0)}
    assert silent == {("2008-05-20", 15), ("2008-05-20", 16), ("2008-05-21", 23)}
    assert totals.max() == 430
    # most cabs fall silent before noon of the last day
    assert made.notes["slots with under half of the cabs usual at their time"] == (
        "2008-05-20: 2, 2008-05-21: 1, 2008-06-09: 24"
    )
    with pytest.raises(ValueError, match="day '2008-05-20': slot 15 is missing or empty"):
        coarsen.case(made, side=8, pad=True, days=["2008-05-20"])
