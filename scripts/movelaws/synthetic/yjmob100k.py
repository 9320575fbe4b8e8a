"""Synthetic users in the format of YJMob100K (Yabe et al. 2024): uid, d, t, x, y.

Days of 48 half hours on 200 x 200 cells of 500 m. The blocks of a coarser lattice follow a planted
Lagrangian dynamics; users are whole numbers and move only where a block has too many of them. A
user is recorded when he comes to another cell and at some random times, on each day at least once
before he moves for the first time, so that who keeps users where they were last seen (and on a day
before their first record where that finds them) knows where everybody is at every moment.

Rows are made for some thousand users at a time, so that memory grows with the moves, not the rows.
"""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal

import numpy as np
import pyarrow as pa
import pyarrow.csv

from movelaws.seeds import stream
from movelaws.synthetic import agents
from movelaws.synthetic.lagrangian_days import plant
from movelaws.synthetic.options import check_choice, check_number, check_whole

FILES_BY_FORM = {
    "plain": {
        "records": "yjmob100k-dataset1.csv",
        "activity": "yjmob100k_activity_all_days.csv",
    },
    "gzip": {
        "records": "yjmob100k-dataset1.csv.gz",
        "activity": "yjmob100k_activity_all_days.csv",
    },
}
"""File name of each role of the adapter ``yjmob100k`` by the option ``form``."""

FILES = FILES_BY_FORM["plain"]

DEFAULTS = {
    "form": "plain",
    "users": 30_000,
    "days": 4,
    "records": 1.0,
    "noise": "rounding",
    "side": 10,
    "gamma_self": 14.0,
    "gamma_link": -1.0,
    "lambda_self": 70.0,
    "lambda_link": -10.0,
    "level": 0.35,
    "contrast": 8.0,
}
"""Options of ``write`` and their values."""

CELLS, SLOTS = 200, 48
ADAPTER_OPTIONS: dict[str, object] = {}

_FEWEST_PER_BLOCK = 5
_ROWS_AT_ONCE = 1_000_000
_EMPTY, _SPREAD = 0.3, 1.0
_COLUMNS = ("uid", "d", "t", "x", "y")


def write(
    folder: Path,
    seed: int,
    *,
    form: Literal["plain", "gzip"] = DEFAULTS["form"],
    users: int = DEFAULTS["users"],
    days: int = DEFAULTS["days"],
    records: float = DEFAULTS["records"],
    noise: Literal["rounding", "multinomial"] = DEFAULTS["noise"],
    side: int = DEFAULTS["side"],
    gamma_self: float = DEFAULTS["gamma_self"],
    gamma_link: float = DEFAULTS["gamma_link"],
    lambda_self: float = DEFAULTS["lambda_self"],
    lambda_link: float = DEFAULTS["lambda_link"],
    level: float = DEFAULTS["level"],
    contrast: float = DEFAULTS["contrast"],
) -> dict[str, object]:
    """Write the records of the users of one synthetic city, and the records per cell.

    Parameters
    ----------
    folder : where the files go; made if need be.
    seed : the same seed and options give the same bytes.
    form : as a plain or as a compressed file.
    users : at least 5 per block, at most 1,000,000.
    days : 1 to 75.
    records : per user and day, at random times and beside those that are needed, 0 to 48.
    noise : "rounding", numbers of users are the nearest whole ones; "multinomial", drawn.
    side : blocks along an edge, a divisor of 200, at least 4 and at most 50.
    gamma_self, gamma_link, lambda_self, lambda_link : planted, per unit of time (1 is a day) and
        its square.
    level : standard deviation of the log populations from their target at the start of a day.
    contrast : population of the fullest block over that of the emptiest, at the target.

    Returns
    -------
    The truth: see ``lagrangian_days.Days.truth``, and users and rows.

    Raises
    ------
    ValueError
        If an option is out of range; the message names it.
    """
    check_choice("form", form, tuple(FILES_BY_FORM))
    check_choice("noise", noise, ("rounding", "multinomial"))
    side = check_whole("side", side, 4, 50)
    if CELLS % side:
        raise ValueError(f"side = {side}: must divide the {CELLS} cells along an edge")
    users = check_whole("users", users, _FEWEST_PER_BLOCK * side**2, 1_000_000)
    days = check_whole("days", days, 1, 75)
    records = check_number("records", records, 0, SLOTS)
    rng = stream(seed, "synthetic", "yjmob100k")
    planted = plant(
        rng,
        [str(day) for day in range(days)],
        side=side,
        slots=SLOTS,
        parameters={
            "gamma_self": gamma_self,
            "gamma_link": gamma_link,
            "lambda_self": lambda_self,
            "lambda_link": lambda_link,
        },
        level=level,
        contrast=contrast,
    )
    share = planted.share.reshape(days * SLOTS, side * side)
    if noise == "multinomial":
        count = rng.multinomial(users, share)
    else:
        count = agents.whole_numbers(share, users)
    moved = agents.moves(rng, count, _cells(rng, count.max(axis=0), side), side)

    names = FILES_BY_FORM[form]
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    activity = np.zeros(CELLS * CELLS, dtype=np.int64)
    with _opened(folder / names["records"], form) as file:
        file.write(",".join(_COLUMNS).encode() + b"\n")
        for table, cell in _rows(rng, moved, users, days, records):
            pyarrow.csv.write_csv(table, file, pyarrow.csv.WriteOptions(include_header=False))
            activity += np.bincount(cell, minlength=activity.size)
    _write_activity(folder / names["activity"], activity)
    return {
        "world": "yjmob100k",
        "seed": seed,
        "adapter_options": dict(ADAPTER_OPTIONS),
        **planted.truth(),
        "users": users,
        "rows": int(activity.sum()),
        "moves": moved.agent.size - users,
        "noise": noise,
    }


def _cells(rng: np.random.Generator, most: np.ndarray, side: int) -> np.ndarray:
    """Cell of the city, (x - 1) 200 + y - 1, of each seat."""
    fine = CELLS // side
    weight = rng.lognormal(0, _SPREAD, (side * side, fine * fine))
    # Sea and hills: cells where nobody ever is, but not all of a block.
    weight[:, 1:][rng.random((side * side, fine * fine - 1)) < _EMPTY] = 0
    seat = agents.seats(rng, most, weight / weight.sum(axis=1, keepdims=True))
    row, column = np.divmod(np.repeat(np.arange(side * side), most), side)
    y, x = np.divmod(seat, fine)
    return (column * fine + x) * CELLS + row * fine + y


def _rows(
    rng: np.random.Generator, moved: agents.Moves, users: int, days: int, records: float
) -> Iterator[tuple[pa.Table, np.ndarray]]:
    """Rows and their cells, sorted by user and time, for some users at a time."""
    moments = days * SLOTS
    at_once = max(1, int(_ROWS_AT_ONCE / (days * (records + 2))))
    for start in range(0, users, at_once):
        some = np.arange(start, min(start + at_once, users))
        rows = slice(*np.searchsorted(moved.agent, [some[0], some[-1] + 1]))
        # One number per user and moment, in which rows are sorted.
        event = moved.agent[rows] * moments + moved.moment[rows]
        drawn = _drawn(rng, event, some, days, records)
        came = event[moved.moment[rows] > 0]
        key = np.sort(np.concatenate([came, drawn]))
        key = key[np.diff(key, prepend=-1) > 0]
        cell = moved.cell[rows][np.searchsorted(event, key, side="right") - 1]
        uid, moment = np.divmod(key, moments)
        day, slot = np.divmod(moment, SLOTS)
        x, y = np.divmod(cell, CELLS)
        yield pa.table(dict(zip(_COLUMNS, (uid, day, slot, x + 1, y + 1), strict=True))), cell


def _drawn(
    rng: np.random.Generator, event: np.ndarray, users: np.ndarray, days: int, records: float
) -> np.ndarray:
    """Random moments of users: on each day one before the first move, and some others."""
    midnight = (users[:, None] * days + np.arange(days)).ravel() * SLOTS
    came = np.append(event, midnight[-1] + SLOTS)
    # The start of all days is an event but no move; a user who moves at midnight is seen then.
    first = np.searchsorted(came, midnight, side="right")
    before = np.minimum(came[first] - midnight, SLOTS)
    known = (np.searchsorted(came, midnight) < first) & (midnight % (days * SLOTS) > 0)
    early = midnight + np.where(known, 0, (rng.random(midnight.size) * before).astype(np.int64))
    number = np.floor(records + rng.random(midnight.size)).astype(np.int64)
    late = np.repeat(midnight, number)
    return np.concatenate([early, late + rng.integers(0, SLOTS, late.size)])


@contextmanager
def _opened(path: Path, form: str) -> Iterator[IO[bytes]]:
    """A file to write to, with no time and no name in the header of a compressed one."""
    with path.open("wb") as plain:
        if form == "gzip":
            with gzip.GzipFile(
                filename="", fileobj=plain, mode="wb", compresslevel=3, mtime=0
            ) as file:
                yield file
        else:
            yield plain


def _write_activity(path: Path, activity: np.ndarray) -> None:
    """Records per cell over all days, cells with none left out."""
    seen = np.flatnonzero(activity)
    x, y = np.divmod(seen, CELLS)
    lines = zip((x + 1).tolist(), (y + 1).tolist(), activity[seen].tolist(), strict=True)
    text = "".join(f"{x},{y},{count}\n" for x, y, count in lines)
    path.write_bytes(b"x,y,count\n" + text.encode())
