"""From a lattice to a case: nothing is lost in blocks, and every repair is counted."""

import numpy as np
import pytest

from movelaws.lattices import coarsen, frames, whole_days


def lattice(shape=(12, 20), slots=4, days=("a",), mask=None, population=None, **changes):
    rng = np.random.default_rng(11)
    mask = np.ones(shape, dtype=bool) if mask is None else mask
    moments = len(days) * slots
    people = rng.integers(20, 30, (moments, *shape)).astype(np.float32)
    fields = {
        "population": np.where(mask, people, 0) if population is None else population,
        "mask": mask,
        "day": np.repeat(np.array(days), slots),
        "slot": np.tile(np.arange(slots), len(days)),
        "x": 1000.0 + 500 * np.arange(shape[1]),
        "y": 2000.0 + 500 * np.arange(shape[0]),
        "cell_m": 500.0,
        "crs": "",
        "source": "nowhere",
        "unit": "users",
        "slots": slots,
        "slot_minutes": 60.0,
        "extensive": True,
    }
    return frames.check(frames.Lattice(**(fields | changes)))


def part(made, kept):
    return frames.check(
        frames.Lattice(
            **{
                name: getattr(made, name)[kept]
                if name in ("population", "day", "slot")
                else getattr(made, name)
                for name in made.__dataclass_fields__
            }
        )
    )


def test_blocks_that_fit_are_sums_of_their_cells():
    made = lattice()
    blocks = coarsen.coarsened(made, 4)
    assert (blocks.cells, blocks.padded, blocks.corner) == ((3, 5), (0, 0), (750.0, 1750.0))
    by_hand = made.population[2, 3:6, 15:20].sum()
    assert blocks.population.shape == (4, 4, 4) and blocks.population[2, 1, 3] == by_hand


@pytest.mark.parametrize("side", [2, 3, 5, 7, None])
@pytest.mark.parametrize("extent", ["box", "all"])
@pytest.mark.parametrize("blocks", ["fitted", "square"])
def test_totals_are_those_of_the_cells(side, extent, blocks):
    mask = np.zeros((17, 23), dtype=bool)
    mask[2:16, 4:21] = np.random.default_rng(2).random((14, 17)) < 0.6
    made = lattice((17, 23), mask=mask)
    coarse = coarsen.coarsened(made, side, pad=True, extent=extent, blocks=blocks)
    totals = made.population.sum(axis=(1, 2), dtype=float)
    np.testing.assert_array_equal(coarse.population.sum(axis=(1, 2)), totals)
    if side is not None:
        assert coarse.population.shape[1:] == (side, side)
        if blocks == "square":
            assert coarse.cells[0] == coarse.cells[1]


def test_every_cell_stays_where_it_is():
    shape = (7, 9)
    plane = np.zeros(shape)
    plane[6, 0] = 5
    made = lattice(shape, population=np.tile(plane, (4, 1, 1)))
    blocks = coarsen.coarsened(made, 4, pad=True)
    assert (blocks.cells, blocks.padded) == ((2, 3), (1, 3))
    row, column = np.argwhere(blocks.population[0])[0]
    # the centre of the cell, from the corner of the blocks
    assert row == (made.y[6] - blocks.corner[1]) // 1000
    assert column == (made.x[0] - blocks.corner[0]) // 1500


def test_a_side_that_does_not_divide_the_lattice_is_refused_and_said_how_to_pad():
    with pytest.raises(
        ValueError, match=r"12 x 20 cells.*pad: true, which adds 3 empty rows and 0"
    ):
        coarsen.coarsened(lattice(), 5)
    with pytest.raises(ValueError, match=r"into equal squares.*adds 8 empty rows and 0 empty col"):
        coarsen.coarsened(lattice(), 4, blocks="square")
    with pytest.raises(ValueError, match=r"side=13: the box of the mask has 12 x 20 cells: .* 12"):
        coarsen.coarsened(lattice(), 13, pad=True)


def test_counts_stay_as_they_are_or_are_scaled_at_every_moment():
    made = lattice(days=("a", "b"))
    counted = coarsen.case(made, side=4)
    assert counted.attrs["repairs"] == {} and counted.days == ["a", "b"]
    totals = made.population.sum(axis=(1, 2), dtype=float).reshape(2, 4)
    np.testing.assert_array_equal(counted.population.sum(axis=(2, 3)), totals)
    scaled = coarsen.case(made, side=4, population=1e4, days=["b"])
    np.testing.assert_allclose(scaled.population.sum(axis=(2, 3)), 1e4)
    np.testing.assert_allclose(
        scaled.population[0], 1e4 * counted.population[1] / totals[1][:, None, None]
    )
    said = scaled.attrs["repairs"]["totals of the moments before they were scaled"]
    assert said == f"{totals[1].min():.6g} to {totals[1].max():.6g} users"
    assert (scaled.attrs["side"], scaled.attrs["cell_x_m"], scaled.attrs["cell_y_m"]) == (
        4, 2500.0, 1500.0,
    )  # fmt: skip
    assert scaled.attrs["total"] == pytest.approx(1e4)


def test_days_come_in_the_order_asked_for_and_numbers_name_them_too():
    made = lattice(days=("0", "7"))
    backward = coarsen.case(made, side=4, days=[7, 0])
    forward = coarsen.case(made, side=4)
    assert backward.days == ["7", "0"]
    np.testing.assert_array_equal(backward.population, forward.population[::-1])


def test_padding_is_counted():
    made = coarsen.case(lattice(), side=5, pad=True)
    assert made.attrs["repairs"] == {"empty rows and columns of cells added": "3 and 0"}


def test_missing_and_empty_slots_are_refused_or_filled_and_counted():
    whole = lattice(slots=16)
    whole.population[14] = 0
    kept = np.setdiff1d(np.arange(16), [0, 3, 15])
    made = part(whole, kept)
    said = r"day 'a': slot 0 is missing or empty \(4 of 16 slots are; slots count from 0\)"
    with pytest.raises(ValueError, match=said):
        coarsen.case(made, side=4)
    given = coarsen.coarsened(whole, 4).population
    carried = coarsen.case(made, side=4, fill="carry")
    assert carried.attrs["repairs"]["slots of day a filled (carry)"] == 4
    last = [1, 1, 2, 2, *range(4, 14), 13, 13]
    np.testing.assert_array_equal(carried.population[0], given[last])
    line = coarsen.case(made, side=4, fill="interpolate").population[0]
    np.testing.assert_allclose(line[3], (given[2] + given[4]) / 2)
    seen = np.setdiff1d(np.arange(16), [3])
    np.testing.assert_array_equal(line[seen], given[[1, 1, 2, *range(4, 14), 13, 13]])
    with pytest.raises(ValueError, match=r"5 of 16 slots \(0 to 15, .*fill=carry makes up 25 %"):
        coarsen.case(part(made, np.arange(1, 13)), side=4, fill="carry")


def test_padding_that_would_make_whole_blocks_empty_is_refused():
    mask = np.ones((17, 23), dtype=bool)
    with pytest.raises(ValueError, match=r"12 x 12 blocks of 17 x 23 cells 3 whole rows and 0 who"):
        coarsen.coarsened(lattice((17, 23), mask=mask), 12, pad=True)
    with pytest.raises(ValueError, match=r"fits is 7; 2, 3, 4, 6, 12 need no padding"):
        coarsen.coarsened(lattice((12, 12)), 10, pad=True)
    with pytest.raises(ValueError, match=r"the largest side below that fits is 9$"):
        coarsen.coarsened(lattice((17, 23)), 10, pad=True)
    made = coarsen.coarsened(lattice((17, 23)), 9, pad=True).population
    assert made.sum(axis=(0, 1)).all() and made.sum(axis=(0, 2)).all()
    # to be square is what was asked for, along the longer edge alone nothing may be empty
    square = coarsen.coarsened(lattice((6, 24)), 6, pad=True, blocks="square")
    assert square.cells == (4, 4) and not square.population[:, 0].any()
    with pytest.raises(ValueError, match="0 whole rows and 5 whole columns"):
        coarsen.coarsened(lattice((17, 21)), 16, pad=True, blocks="square")


def test_a_day_too_short_for_two_steps_is_refused_even_if_slots_may_be_filled():
    with pytest.raises(ValueError, match=r"has 2 points in time: at least 3 \(two steps\)"):
        coarsen.case(lattice(slots=2), side=4)
    made = part(lattice(slots=8), np.arange(8) < 2)
    with pytest.raises(ValueError, match="day 'a' has 2 slots with anybody in it, of 8"):
        coarsen.case(made, side=4, fill="carry")


def test_a_day_is_closed_with_the_first_slot_of_the_next_one_by_the_calendar():
    made = lattice(days=("7", "9", "8", "10"))
    open_days = coarsen.case(made, side=4)
    closed = coarsen.case(made, side=4, days=["9", "7"], closed_with="next_day")
    assert closed.population.shape == (2, 5, 4, 4)
    for day, following, n in (("9", "10", 0), ("7", "8", 1)):
        np.testing.assert_array_equal(closed.population[n, :4], open_days.day(day))
        np.testing.assert_array_equal(closed.population[n, 4], open_days.day(following)[0])
    assert closed.attrs["repairs"]["days closed with the first slot of the next day"] == 2
    scaled = coarsen.case(made, side=4, days=["7"], population=1e4, closed_with="next_day")
    np.testing.assert_allclose(scaled.population.sum(axis=(2, 3)), 1e4)


def test_an_average_day_is_closed_with_its_own_first_slot():
    made = part(lattice(slots=16, days=("workdays",)), np.arange(1, 16))
    closed = coarsen.case(made, side=4, fill="carry", closed_with="same_day")
    assert closed.population.shape == (1, 17, 4, 4)
    # the first slot is missing and is filled before it closes the day
    np.testing.assert_array_equal(closed.population[0, 16], closed.population[0, 1])
    assert closed.attrs["repairs"] == {
        "slots of day workdays filled (carry)": 1,
        "days closed with the first slot of the same day": 1,
    }


def test_the_name_of_a_day_tells_which_one_follows():
    following = {"0": "1", "9": "10", "099": "100", "2022-06-07": "2022-06-08",
                 "2024-02-28": "2024-02-29", "2022-12-31": "2023-01-01", "20220630": "20220701",
                 "2022-13-01": None, "99999999": "100000000", "workdays": None, "day 1": None,
                 "-1": None, "": None}  # fmt: skip
    assert {name: whole_days.day_after(name) for name in following} == following
    assert whole_days.closing(["workdays", "4", "1"], "next_day") == ["5", "2"]
    assert whole_days.closing(["4", "1"], "same_day") == whole_days.closing(["4"], None) == []


def test_days_that_cannot_be_closed_are_named():
    made = lattice(days=("2022-06-07", "2022-06-08", "sunday"))
    said = (
        r"day '2022-06-08' would be closed with the first slot of day '2022-06-09', which the "
        r"lattice does not have: add that day to the option days.*closed_with to same_day or null"
    )
    with pytest.raises(ValueError, match=said):
        coarsen.case(made, side=4, days=["2022-06-08"], closed_with="next_day")
    with pytest.raises(ValueError, match="day 'sunday' is no number and no date"):
        coarsen.case(made, side=4, closed_with="next_day", days=["sunday"])
    late = part(made, np.setdiff1d(np.arange(12), [4]))  # slot 0 of 8 June
    with pytest.raises(ValueError, match="'2022-06-08', which is missing or empty: leave out"):
        coarsen.case(late, side=4, days=["2022-06-07"], closed_with="next_day", fill="carry")


def test_shares_need_a_number_of_agents():
    made = lattice(extensive=False, unit="percent of the population")
    with pytest.raises(ValueError, match=r"population=None.*shares \(percent of the population\)"):
        coarsen.case(made, side=4)
    assert coarsen.case(made, side=4, population=90120).attrs["total"] == pytest.approx(90120)


@pytest.mark.parametrize(
    ("days", "said"),
    [(["z"], "there is no day 'z'.*there are a"), ([], "at least one day"), (["a", "a"], "twice")],
)
def test_days_that_cannot_be_had_are_named(days, said):
    with pytest.raises(ValueError, match=said):
        coarsen.case(lattice(), side=4, days=days)


def test_the_summary_counts_empty_cells():
    said = coarsen.summary(coarsen.case(lattice(), side=5, pad=True))
    assert "1 days (a) of 4 points on 5 x 5 blocks of 2000 x 1500 m" in said
    assert '"empty rows and columns of cells added": "3 and 0"' in said


def test_populations_that_cannot_be_added_up_are_refused():
    made = lattice(population=np.full((4, 12, 20), 1e306))
    for population in (None, 1e4):
        with pytest.raises(ValueError, match=r"a cell holds .*, more than can be added up"):
            coarsen.case(made, side=4, population=population)
