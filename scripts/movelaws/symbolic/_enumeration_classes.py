"""Classes of equal expressions: which members are kept.

A member is a row of two hashes of its values and the bits of its domain (see
`_enumeration_domains`), (n, 3) uint64 for n members. A class has equal hashes. Kept are members
whose domain lies in that of no other; of equal domains that with the fewest constants, the first.
Nearly always that is one member, which is finite wherever any of the class is.
"""

import numpy as np
from numba import njit

_MIX = np.uint64(0x9E3779B97F4A7C15)


def fresh(members: np.ndarray, n_constants: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Rows, rising, of the members to keep beside those already ``seen``.

    Hashes 0, 0 mark a constant, which is no row's. ``seen`` is sorted, see ``merged``.
    """
    rows = _first_of_each(members, n_constants)
    rows = rows[(members[rows, :2] != 0).any(axis=1)]
    rows = rows[np.argsort(members[rows, 0], kind="stable")]
    found = members[rows]
    begin = np.searchsorted(seen[:, 0], found[:, 0], side="left")
    end = np.searchsorted(seen[:, 0], found[:, 0], side="right")
    return np.sort(rows[~_dominated(found, seen, begin, end)])


def merged(seen: np.ndarray, members: np.ndarray) -> np.ndarray:
    """Both, sorted by the first hash."""
    together = np.concatenate([seen, members])
    return together[np.argsort(together[:, 0], kind="stable")]


def _first_of_each(members: np.ndarray, n_constants: np.ndarray) -> np.ndarray:
    """One row of each class and domain: that with the fewest constants, the first."""
    key = members[:, 0] ^ (members[:, 2] * _MIX)
    order = np.argsort(key, kind="stable")
    ordered = members[order]
    begins = np.ones(len(order), dtype=bool)
    begins[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    begins = np.flatnonzero(begins)
    if not begins.size:
        return begins
    rank = (n_constants[order].astype(np.int64) << 40) | order
    return np.minimum.reduceat(rank, begins) & ((1 << 40) - 1)


@njit(cache=True, error_model="numpy")
def _dominated(found, seen, begin, end):
    """(n,) whether another member of a class, seen or found, is finite wherever this one is.

    ``found`` is sorted by its first hash and has no two equal rows.
    """
    out = np.zeros(found.shape[0], dtype=np.bool_)
    first = 0
    for i in range(found.shape[0]):
        if found[i, 0] != found[first, 0]:
            first = i
        own = found[i, 2]
        for j in range(begin[i], end[i]):
            if seen[j, 1] == found[i, 1] and seen[j, 2] & own == own:
                out[i] = True
        j = first
        while not out[i] and j < found.shape[0] and found[j, 0] == found[i, 0]:
            same = j != i and found[j, 1] == found[i, 1]
            if same and found[j, 2] != own and found[j, 2] & own == own:
                out[i] = True
            j += 1
    return out
