"""Users who stay in their last cell until they are seen in another one, counted in one pass.

Only changes are written: +1 where a user enters a cell and -1 where he leaves it, at that slot; the
running sum over the slots then gives the users in each cell. So the cost is one step per record
and no user is in memory but the last one, whose last record is all that the next day needs.
"""

import numba
import numpy as np

UID, DAY, SLOT, CELL, SINCE, USED = range(6)
"""What is known of the last record; SINCE is the slot from which its cell counts, USED whether
there was one."""
OUTSIDE, UNUSABLE, REPEATED, RECORDS, OVERNIGHT, BACKWARD, COUNTERS = range(7)
"""Counters: records off the grid, with a cell missing or a slot that there is not, of a user who
has another one in the same slot, and counted; days of a user that begin in his last cell of the day
before, and in that of their own first record, which comes later. COUNTERS is their number."""
NOWHERE, WITHIN_DAY, OVER_MIDNIGHT = range(3)
"""Where users are carried: their records count alone, from one to the next within a day (the first
one back to midnight), or from the day before too."""
UNWANTED, BEFORE = -1, -2
"""Rows of days that are not in the raster; on a day BEFORE one, last cells are kept."""


def start() -> np.ndarray:
    """State before the first record."""
    return np.zeros(6, dtype=np.int64)


# Arrow's columns are read-only, sorted ones are not: one signature that takes both, compiled once.
_COLUMN = numba.types.Array(numba.int64, 1, "C", readonly=True)
_SIGNATURE = (
    *(_COLUMN,) * 5,
    numba.int64[::1],
    numba.int64[::1],
    numba.int64,
    numba.int64,
    numba.float32[:, :, ::1],
    numba.int64[::1],
    numba.int64[::1],
    numba.int64[::1],
)


@numba.njit(numba.int64(*_SIGNATURE), cache=True, error_model="numpy")
def add(uid, day, slot, x, y, number, strides, edge, carry, population, users, state, counts):
    """Add records, sorted by user, day and slot, to ``population`` as changes.

    Of several records of a user in one slot the one in the highest cell counts, which does not
    depend on their order.

    Parameters
    ----------
    uid, day, slot, x, y : (n,) integers, x and y from 1 to ``edge``.
    number : row of a day in ``population``, or else UNWANTED or BEFORE.
    strides : of x and y in the number of a cell.
    population : (days, slots, cells) float32, changed.
    carry : NOWHERE, WITHIN_DAY or OVER_MIDNIGHT.
    users : (days,) users seen, added to.
    state, counts : see above, changed.

    Returns
    -------
    Row of the first record that breaks the order, -1 if none does.
    """
    slots = population.shape[1]
    for row in range(uid.size):
        if day[row] < 0 or slot[row] < 0 or slot[row] >= slots or uid[row] < 0:
            counts[UNUSABLE] += 1
            continue
        if x[row] < 1 or x[row] > edge or y[row] < 1 or y[row] > edge:
            counts[OUTSIDE] += 1
            continue
        here = number[day[row]] if day[row] < number.size else UNWANTED
        if here == UNWANTED:
            continue
        cell = (x[row] - 1) * strides[0] + (y[row] - 1) * strides[1]
        same = state[USED] and uid[row] == state[UID] and day[row] == state[DAY]
        if same and slot[row] == state[SLOT]:
            counts[REPEATED] += here >= 0
            if cell > state[CELL]:
                if here >= 0:
                    population[here, state[SINCE], state[CELL]] -= 1
                    population[here, state[SINCE], cell] += 1
                state[CELL] = cell
            continue
        if state[USED] and (
            uid[row] < state[UID]
            or (uid[row] == state[UID] and day[row] < state[DAY])
            or (same and slot[row] < state[SLOT])
        ):
            return row
        since = slot[row]
        if here >= 0:
            if same:
                if carry != NOWHERE:
                    population[here, since, state[CELL]] -= 1
            else:
                users[here] += 1
                if carry != NOWHERE and since > 0:
                    if (
                        carry == OVER_MIDNIGHT
                        and state[USED]
                        and uid[row] == state[UID]
                        and day[row] == state[DAY] + 1
                    ):
                        population[here, 0, state[CELL]] += 1
                        population[here, since, state[CELL]] -= 1
                        counts[OVERNIGHT] += 1
                    else:
                        since = 0
                        counts[BACKWARD] += 1
            population[here, since, cell] += 1
            counts[RECORDS] += 1
        state[UID], state[DAY], state[SLOT] = uid[row], day[row], slot[row]
        state[CELL], state[SINCE], state[USED] = cell, since, 1
    return -1


def finish(population: np.ndarray, carry: int) -> None:
    """Changes to populations, in place."""
    if carry != NOWHERE:
        for slot in range(1, population.shape[1]):
            population[:, slot] += population[:, slot - 1]
