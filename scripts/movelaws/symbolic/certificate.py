"""What an exhaustive search found, and the counts that say how far it can be trusted."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from movelaws.files import replacing
from movelaws.symbolic.tokens import CONSTANT, END, Program

SAME = 1e-7  # laws whose RMSE differ by less, relatively, allocate alike

# What the RMSE of a law in the landscape is.
EXACT = 0  # its minimum: no constants, or constants fitted on all rows
UPPER = 1  # its value on all rows with constants fitted on a sample: the minimum is not above it
LOWER = 2  # unknown: only the lower bound from the sample is there

COUNTS = (
    "trees",
    "generated",
    "distinct",
    "with_constants",
    "screened",
    "invalid_on_sample",
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
    "starts_factor",
)


class Level(NamedTuple):
    """All laws of one complexity.

    codes : (n, complexity) int8.
    constants : (n, K) float64, the best found; 1 where a law has fewer.
    rmse : (n,) on all rows at these constants, nan where that was not asked for.
    lower : (n,) lower bound of the RMSE, given that the fit on the sample found the minimum.
    status : (n,) int8, EXACT, UPPER or LOWER.
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

    def save(self, path: str | Path, key: str) -> None:
        """Write to ``path``, marked with the ``key`` of the search it belongs to."""
        with replacing(path) as temporary, temporary.open("wb") as stream:
            np.savez(stream, key=np.array(key), **self._asdict())

    @classmethod
    def load(cls, path: str | Path, key: str) -> "Level":
        """Read what `save` wrote.

        Raises
        ------
        ValueError
            If the file is of another search, or of none.
        """
        with np.load(path, allow_pickle=False) as stored:
            missing = [name for name in ("key", *cls._fields) if name not in stored]
            if missing:
                raise ValueError(f"{path} is no level of a certified search: it lacks {missing}")
            if str(stored["key"]) != key:
                raise ValueError(
                    f"{path} is of a search on other data or with other settings: remove it or "
                    "give another checkpoint folder"
                )
            return cls(*(stored[name] for name in cls._fields))


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
        """One row per complexity: `COUNTS`, the variables and the RMSE of the last law kept.

        ``excluded_by_bound`` = excluded on either tier; ``third_rmse`` is that of the last law
        kept, the threshold.
        """
        rows = []
        for complexity, level in self.levels.items():
            counts = dict(zip(COUNTS, level.counts, strict=True))
            row = {"complexity": complexity, "variables": " ".join(self.names)}
            for name, value in counts.items():
                row[name] = value if name.endswith("_share") else int(value)
            row["excluded_by_bound"] = row["excluded_on_tier_1"] + row["excluded_on_tier_2"]
            last = level.ranked[level.rank == level.rank.max(initial=0)]
            row["third_rmse"] = float(level.rmse[last[0]]) if last.size else np.inf
            rows.append(row | self.settings)
        return pd.DataFrame(rows)

    @property
    def landscape(self) -> pd.DataFrame:
        """One row per distinct law.

        Columns: complexity, n_constants, rmse (on all rows; for ``status`` "upper" with constants
        fitted on a sample only; nan for "lower"), lower (bound), exact, status, row (within the
        level's codes).
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
                        "exact": level.status == EXACT,
                        "status": np.array(["exact", "upper", "lower"])[level.status],
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
