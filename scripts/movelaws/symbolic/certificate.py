"""What an exhaustive search found, and the counts that say how far it can be trusted."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from movelaws.files import clear_leftovers, read_arrays, replacing
from movelaws.symbolic.tokens import CONSTANT, END, Program

_LOG = logging.getLogger(__name__)

SAME = 1e-7  # laws whose RMSE differ by less, relatively, allocate alike

# What the RMSE of a law in the landscape is.
EXACT = 0  # its minimum: no constants, or constants fitted on all rows
UPPER = 1  # its value on all rows with constants fitted on a sample: the minimum is not above it
LOWER = 2  # unknown: only the lower bound from the sample is there
NO_START = 3  # unknown: no constants were found for which the law is valid
STATES = np.array(["exact", "upper", "lower", "no_start"])

MORE = 4  # times as many starts for the audit, and for a search that it refuted

# How the laws of an audit are told apart, see `_exhaustive_audit`.
STRATA = ("near", "chance", "no_start", "passed")

COUNTS = (
    "trees",
    "generated",
    "distinct",
    "with_constants",
    "screened",
    "invalid",
    "no_valid_start",
    "excluded_on_tier_1",
    "excluded_on_tier_2",
    "fitted_on_all",
    "sample_origins",
    "sample_rows",
    "sample_share",
    "second_origins",
    "second_rows",
    "second_share",
    "audited",
    "lower_minima",
    "wrong_bounds",
    "verdict_changed",
    "unaudited",
    "unaudited_changed_high",
    "starts_factor",
    *(f"{s}_{part}" for s in STRATA for part in ("laws", "audited", "lower", "wrong", "changed")),
)
"""Fates of the laws: ``invalid`` for all constants, if there are any; ``no_valid_start``: no valid
constants were found (nothing is known, no bound excludes them); excluded on a tier; fitted on all.

The audit is the last one: laws refitted, those that came out lower, those of them whose bound had
excluded them wrongly, and how many laws of the front changed by it. ``unaudited_changed_high`` is
the most laws among those not audited, with 95 % confidence, that would change the front.
"""


class Level(NamedTuple):
    """All laws of one complexity.

    codes : (n, complexity) int8.
    constants : (n, K) float64, the best found; 1 where a law has fewer.
    rmse : (n,) on all rows at these constants, nan where that was not asked for.
    lower : (n,) lower bound of the RMSE, given that the fit on the sample found the minimum; inf
        for an invalid law, nan for NO_START.
    status : (n,) int8, EXACT, UPPER, LOWER or NO_START.
    ranked : (m,) rows of the best laws, members of a class together.
    rank : (m,) from 1, equal for the members of one class.
    counts : (len(COUNTS),) float64.
    """

    codes: np.ndarray
    constants: np.ndarray
    rmse: np.ndarray
    lower: np.ndarray
    status: np.ndarray
    ranked: np.ndarray
    rank: np.ndarray
    counts: np.ndarray

    def program(self, row: int) -> Program:
        """Law of one row."""
        code = self.codes[row]
        code = code[code != END]
        return Program(code, self.constants[row, : int((code == CONSTANT).sum())].copy())

    def save(self, folder: str | Path, complexity: int, key: str) -> None:
        """Write to a folder, in place of the same complexity of any other search.

        ``key`` tells searches apart and is part of the file's name.
        """
        path = _path(folder, complexity, key)
        with replacing(path) as temporary, temporary.open("wb") as stream:
            np.savez(stream, **self._asdict())
        for other in path.parent.glob(f"complexity_{complexity}-*.npz"):
            if other != path:
                other.unlink(missing_ok=True)

    @classmethod
    def load(cls, folder: str | Path, complexity: int, key: str) -> "Level | None":
        """Read what `save` wrote; None if that search has not got there, or the file is broken."""
        path = _path(folder, complexity, key)
        clear_leftovers(path)
        if not path.exists():
            return None
        try:
            arrays = read_arrays(path)
            missing = [name for name in cls._fields if name not in arrays]
            if missing:
                raise ValueError(f"the arrays {missing} are missing")
            found = cls(*(arrays[name] for name in cls._fields))
            found._check(complexity)
        except ValueError as error:
            _LOG.warning("checkpoint %s cannot be read (%s): searching again", path, error)
            return None
        return found

    def _check(self, complexity: int) -> None:
        """Whether the arrays fit together; ValueError if not."""
        n, m = len(np.atleast_1d(self.codes)), len(np.atleast_1d(self.ranked))
        shapes = {
            "codes": (n, complexity),
            "constants": (n, self.constants.shape[-1] if self.constants.ndim else 0),
            **dict.fromkeys(("rmse", "lower", "status"), (n,)),
            **dict.fromkeys(("ranked", "rank"), (m,)),
            "counts": (len(COUNTS),),
        }
        for name, shape in shapes.items():
            array = getattr(self, name)
            kind = "iu" if name in ("codes", "status", "ranked", "rank") else "f"
            if array.shape != shape or array.dtype.kind not in kind:
                raise ValueError(f"the array {name!r} is {array.dtype} {array.shape}")
        if m and not 0 <= self.ranked.min() <= self.ranked.max() < n:
            raise ValueError(f"the array 'ranked' leaves the {n} laws")


def _path(folder: str | Path, complexity: int, key: str) -> Path:
    return Path(folder) / f"complexity_{complexity}-{key[:16]}.npz"


@dataclass(frozen=True)
class CertifiedLaw:
    """A law of the front with all that allocate like it.

    rank : among the distinct laws of its complexity, from 1.
    members : programs of the same complexity with the same RMSE (to 1e-7), the first is `program`.
    """

    complexity: int
    rank: int
    program: Program
    rmse: float
    members: tuple[Program, ...]


@dataclass(frozen=True, eq=False)
class CertifiedFront:
    """Best distinct laws of each complexity, out of all there are.

    names : variables, in the order of their tokens.
    n_rows : pairs of the observations.
    levels : complexity -> everything of that complexity.
    settings : what the search was asked for, as text.
    """

    names: tuple[str, ...]
    n_rows: int
    levels: dict[int, Level]
    settings: dict[str, str]

    @property
    def laws(self) -> list[CertifiedLaw]:
        """Laws by complexity and rank."""
        out = []
        for complexity, level in self.levels.items():
            for rank in np.unique(level.rank):
                rows = level.ranked[level.rank == rank]
                members = tuple(level.program(row) for row in rows)
                rmse = float(level.rmse[rows[0]])
                out.append(CertifiedLaw(complexity, int(rank), members[0], rmse, members))
        return out

    @property
    def certificate(self) -> pd.DataFrame:
        """One row per complexity: `COUNTS`, the variables, and what follows from them.

        ``excluded_by_bound`` = excluded on either tier; ``kept`` laws, the last of which has
        ``threshold_rmse``: what exceeds it is excluded; ``certified``: the last audit changed none.
        """
        rows = []
        for complexity, level in self.levels.items():
            counts = dict(zip(COUNTS, level.counts, strict=True))
            row = {"complexity": complexity, "variables": " ".join(self.names)}
            for name, value in counts.items():
                row[name] = value if name.endswith("_share") else int(value)
            row["excluded_by_bound"] = row["excluded_on_tier_1"] + row["excluded_on_tier_2"]
            last = level.ranked[level.rank == level.rank.max(initial=0)]
            row["kept"] = int(level.rank.max(initial=0))
            row["threshold_rmse"] = float(level.rmse[last[0]]) if last.size else np.inf
            row["certified"] = row["verdict_changed"] == 0
            rows.append(row | self.settings)
        return pd.DataFrame(rows)

    @property
    def landscape(self) -> pd.DataFrame:
        """One row per distinct law.

        Columns: complexity, n_constants, rmse (on all rows; for ``status`` "upper" with constants
        fitted on a sample only; nan for "lower" and "no_start"), lower (bound), status, row
        (within the level's codes).
        """
        parts = []
        for complexity, level in self.levels.items():
            parts.append(
                pd.DataFrame(
                    {
                        "complexity": complexity,
                        "n_constants": (level.codes == CONSTANT).sum(axis=1),
                        "rmse": level.rmse,
                        "lower": level.lower,
                        "status": STATES[level.status],
                        "row": np.arange(len(level.codes)),
                    }
                )
            )
        return pd.concat(parts, ignore_index=True)


def ranks(losses: np.ndarray, known: Sequence[float] | np.ndarray = ()) -> np.ndarray:
    """(n,) rank from 1 of squared-error losses, equal for equal laws; 0 for those in ``known``.

    ``losses`` must rise. Laws are equal if their losses differ by at most 2 `SAME` relatively,
    that is their RMSE by `SAME`; invalid laws (inf) have rank 0.
    """
    losses = np.asarray(losses, dtype=np.float64)
    rank = np.zeros(len(losses), dtype=np.int64)
    values = losses[np.isfinite(losses)]  # they come first
    if not values.size:
        return rank
    tolerance = 2 * SAME * values
    group = np.concatenate([[0], np.cumsum(np.diff(values) > tolerance[1:])])
    known = np.sort(np.asarray(known, dtype=np.float64))
    low = np.searchsorted(known, values - tolerance, side="left")
    high = np.searchsorted(known, values + tolerance, side="right")
    fresh = np.flatnonzero(~np.isin(group, group[high > low]))
    rank[fresh] = np.unique(group[fresh], return_inverse=True)[1] + 1
    return rank
