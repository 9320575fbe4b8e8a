"""Users who stay in their last cell until they are seen in another one, counted in one pass.

Only changes are written: +1 where a user enters a cell and -1 where he leaves it, at that slot; the
running sum over the slots then gives the users in each cell. So the cost is one step per record
and no user is in memory but the last one.
"""

import numba
import numpy as np

UID, DAY, SLOT, CELL, SINCE, USED = range(6)
"""What is known of the last record; SINCE is the slot from which its cell counts, USED whether
there was one."""
OUTSIDE, UNUSABLE, REPEATED, RECORDS = range(4)
"""Counters: records off the grid, with a cell missing or a slot that there is not, of a user who
has another one in the same slot, and counted."""


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
    numba.boolean,
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
    number : row of a day in ``population``, -1 for days not wanted.
    strides : of x and y in the number of a cell.
    population : (days, slots, cells) float32, changed.
    carry : whether users stay; else each record counts in its own slot only.
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
        here = number[day[row]] if day[row] < number.size else -1
        if here < 0:
            continue
        cell = (x[row] - 1) * strides[0] + (y[row] - 1) * strides[1]
        same = state[USED] and uid[row] == state[UID] and day[row] == state[DAY]
        if same and slot[row] == state[SLOT]:
            counts[REPEATED] += 1
            if cell > state[CELL]:
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
        since = slot[row] if same or not carry else 0
        if same and carry:
            population[here, since, state[CELL]] -= 1
        elif not same:
            users[here] += 1
        population[here, since, cell] += 1
        counts[RECORDS] += 1
        state[UID], state[DAY], state[SLOT] = uid[row], day[row], slot[row]
        state[CELL], state[SINCE], state[USED] = cell, since, 1
    return -1


def finish(population: np.ndarray, carry: bool) -> None:
    """Changes to populations, in place."""
    if carry:
        for slot in range(1, population.shape[1]):
            population[:, slot] += population[:, slot - 1]
