"""Records of a file in any order, distributed over one file per day, which are sorted one by one.

A record is 16 bytes on disk: its user, and its slot and cell in one number. (Users may be named by
hashes of 63 bits, which leave no room for the rest beside them.)
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np


def add(
    folder: Path, uid: np.ndarray, day: np.ndarray, slot: np.ndarray, x: np.ndarray, y: np.ndarray,
    cells: int,
) -> None:  # fmt: skip
    """Add records to the files of their days.

    Parameters
    ----------
    folder : of these files.
    uid, day, slot, x, y : (n,) integers, x and y from 1 to ``cells``.
    cells : along an edge of the lattice.
    """
    order = np.argsort(day, kind="stable")
    moment = slot * cells**2 + (y - 1) * cells + x - 1
    key = np.stack([uid, moment], axis=1)[order]
    found, first = np.unique(day[order], return_index=True)
    for name, rows in zip(found, np.split(key, first)[1:], strict=True):
        with (folder / str(name)).open("ab") as file:
            rows.tofile(file)


def ordered(folder: Path, days: Sequence[int], cells: int) -> list[np.ndarray]:
    """Columns uid, day, slot, x and y of some days, sorted by user, day and slot."""
    parts = [(day, folder / str(day)) for day in days if (folder / str(day)).is_file()]
    keys = [np.fromfile(path, dtype=np.int64).reshape(-1, 2) for _, path in parts]
    day = np.repeat([day for day, _ in parts], [len(key) for key in keys]).astype(np.int64)
    key = np.concatenate([*keys, np.empty((0, 2), dtype=np.int64)])
    order = np.lexsort((key[:, 1], day, key[:, 0]))
    uid, moment = key[order].T
    slot, cell = np.divmod(moment, cells**2)
    y, x = np.divmod(cell, cells)
    return [np.ascontiguousarray(column) for column in (uid, day[order], slot, x + 1, y + 1)]
