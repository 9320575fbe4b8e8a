"""One complexity of an exhaustive search: from a small sample of origins to all rows (private)."""

from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from movelaws.symbolic import certificate
from movelaws.symbolic._exhaustive_fits import BLOCK, Effort, polished, screened
from movelaws.symbolic._exhaustive_nowhere import valid_nowhere
from movelaws.symbolic.certificate import EXACT, LOWER, NO_START, UPPER
from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.sample import Tier
from movelaws.symbolic.tokens import CONSTANT

_SLACK = 1 + 1e-9  # rounding of sums of squares
_CHUNK, _FEW = 512, 32  # laws taken up and fitted on all rows together
_FATES = ("invalid", "no_valid_start", "excluded_on_tier_1", "excluded_on_tier_2", "fitted_on_all")


@dataclass(frozen=True)
class Settings:
    """What a search was asked for, see ``certified_search``."""

    keep: int
    n_starts: dict[int, int]
    seed: int
    tier_rows: tuple[int, ...]
    landscape_max: int
    refine: int


class Search:
    """Laws of one complexity and what is known about each.

    Attributes
    ----------
    on_first, on_second : (n,) least loss found on the samples; inf where no start was valid, nan
        on the second where that was not asked for.
    on_all : (n,) loss on all rows at ``constants``, nan where that was not asked for.
    status : (n,) whether ``on_all`` is the least (EXACT), see `certificate`.
    nowhere : (n,) whether it is proved that no constants make a law valid.
    threshold : loss of the last law to keep, of those that are known.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        codes: np.ndarray,
        first: Tier,
        second: Tier,
        known: np.ndarray,
        settings: Settings,
        progress: bool,
    ):
        self.evaluator, self.codes, self.known = evaluator, codes, known
        self.settings, self.progress = settings, progress
        of = evaluator.observations.of_origins
        self.first, self.second = Evaluator(of(first.origins)), Evaluator(of(second.origins))
        self.n_constants = (codes == CONSTANT).sum(axis=1)
        self.fitted = self.n_constants > 0
        n, most = len(codes), max(int(self.n_constants.max(initial=0)), 1)
        self.constants = np.ones((n, most))
        self.on_first, self.on_second = np.full(n, np.inf), np.full(n, np.nan)
        self.on_all = np.full(n, np.nan)
        self.status = np.full(n, LOWER, dtype=np.int8)
        self.nowhere = np.zeros(n, dtype=bool)
        self.threshold = np.inf
        self.round = -1

    def run(self) -> None:
        """One round: every law from the small sample on, with more starts than the one before."""
        self.round += 1
        rows = np.flatnonzero(self.fitted & ~self.nowhere)
        rows = np.arange(len(self.codes)) if self.round == 0 else rows
        losses, constants = self.screened(self.first, rows, self.effort())
        self.note(rows, losses, constants)
        lost = np.flatnonzero(self.fitted & np.isinf(self.on_first) & ~self.nowhere)
        columns = self.first.observations.columns
        self.nowhere[lost] = valid_nowhere(self.codes[lost], columns)
        if self.round == 0 and self.codes.shape[1] <= self.settings.landscape_max:
            self._evaluate_all()
        order = np.argsort(self.on_first, kind="stable")
        order = order[np.isfinite(self.on_first[order])]
        with self._bar(len(order), "taken up") as bar:
            for begin in range(0, len(order), _CHUNK):
                chunk = order[begin : begin + _CHUNK]
                chunk = chunk[self.may_beat(self.on_first[chunk])]
                if not chunk.size:
                    break
                self.take_up(chunk)
                bar.update(_CHUNK)

    def effort(self, audit: bool = False) -> Effort:
        """That of this round, or of its audit."""
        s = self.settings
        factor = certificate.MORE ** (self.round + audit)
        return Effort(s.n_starts, factor, s.refine + 2 * audit, s.seed + 2 * self.round + audit)

    def screened(self, evaluator: Evaluator, rows: np.ndarray, effort: Effort):
        """Losses (m,) and constants (m, K) of rows, fitted from many starts."""
        with self._bar(len(rows), "screened") as bar:
            return screened(
                evaluator, self.codes[rows], effort, self.constants.shape[1], bar.update
            )

    def note(self, rows: np.ndarray, losses: np.ndarray, constants: np.ndarray) -> None:
        """Keep what was found on the small sample where it is lower than before."""
        lower = losses < self.on_first[rows]
        rows, losses, constants = rows[lower], losses[lower], constants[lower]
        self.on_first[rows] = losses
        tried = np.isfinite(self.on_second[rows])
        again = self.second.losses(self.codes[rows[tried]], constants[tried])
        self.on_second[rows[tried]] = np.fmin(self.on_second[rows[tried]], again)
        free = self.status[rows] != EXACT  # the constants of others are those of all rows
        self.constants[rows[free]] = constants[free]
        moved = rows[self.status[rows] == UPPER]
        self.on_all[moved] = self.evaluator.losses(self.codes[moved], self.constants[moved])

    def take_up(self, chunk: np.ndarray) -> None:
        """Laws that the small sample does not exclude, the most promising first."""
        self._take_up_bare(chunk[~self.fitted[chunk]])
        rows = chunk[self.fitted[chunk]]
        losses, constants = self.screened(self.second, rows, self.effort())
        starts = self.constants[rows, None, :]
        old, near = polished(self.second, self.codes[rows], starts)
        constants = np.where((old < losses)[:, None], near, constants)
        losses = np.fmin(old, losses)
        self.on_second[rows] = np.fmin(self.on_second[rows], losses)
        order = np.argsort(losses, kind="stable")
        for begin in range(0, len(order), _FEW):
            few = order[begin : begin + _FEW]
            few = few[self.may_beat(losses[few])]
            if not few.size:
                break
            self.fit_on_all(rows[few], constants[few])

    def fit_on_all(self, rows: np.ndarray, constants: np.ndarray) -> None:
        """Fit on all rows, from constants (m, K) and from those known."""
        codes = self.codes[rows]
        starts = np.stack([constants, self.constants[rows]], axis=1)
        losses, found = polished(self.evaluator, codes, starts)
        lost = np.isinf(losses)  # what is best on the sample may be invalid elsewhere
        if lost.any():
            losses[lost], found[lost] = self.screened(self.evaluator, rows[lost], self.effort())
        better = (self.status[rows] != EXACT) | (losses < self.on_all[rows])
        self.on_all[rows[better]] = losses[better]
        self.constants[rows[better]] = found[better]
        self.status[rows] = EXACT
        self._lower_threshold()

    def may_beat(self, losses: np.ndarray) -> np.ndarray:
        """Whether laws with such a lower bound may be among the best."""
        return losses <= self.threshold * _SLACK

    def front(self) -> np.ndarray:
        """Rising losses of the best distinct laws."""
        rows, rank = self.ranked()
        return np.sort(self.on_all[rows[np.unique(rank, return_index=True)[1]]])

    def ranked(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows of the best laws and their ranks."""
        rows = np.flatnonzero((self.status == EXACT) & np.isfinite(self.on_all))
        rows = rows[np.argsort(self.on_all[rows], kind="stable")]
        rank = certificate.ranks(self.on_all[rows], self.known)
        best = (rank > 0) & (rank <= self.settings.keep)
        return rows[best], rank[best]

    def excluded(self) -> np.ndarray:
        """(n,) whether a law was given up before it was fitted on all rows."""
        return self.status != EXACT

    def fates(self) -> dict[str, np.ndarray]:
        """What became of the laws: name -> (n,) whether; each law has one fate."""
        exact = self.status == EXACT
        lost = np.isinf(self.on_first) | np.isinf(self.on_second) | (exact & np.isinf(self.on_all))
        passed = self.may_beat(self.on_first)
        reached = passed & (exact | ~self.fitted)
        masks = (
            lost & (self.nowhere | ~self.fitted),
            lost & (~self.nowhere & self.fitted),
            ~lost & ~passed,
            ~lost & passed & ~reached,
            ~lost & reached,
        )
        return dict(zip(_FATES, masks, strict=True))

    def level(self, counts: dict[str, float]) -> certificate.Level:
        """All there is to hand on, with ``counts`` of the samples and the audit added to."""
        fates = self.fates()
        counts = counts | {name: mask.sum() for name, mask in fates.items()}
        counts |= {"with_constants": self.fitted.sum(), "screened": len(self.codes)}
        lower = np.fmax(self.on_first, self.on_second)
        exact_loss = np.where(np.isnan(self.on_all), np.inf, self.on_all)
        lower = np.where(self.status == EXACT, exact_loss, lower)
        unknown = fates["no_valid_start"]
        rmse = np.where(unknown, np.nan, np.sqrt(self.on_all / self.evaluator.n_rows))
        return certificate.Level(
            self.codes,
            self.constants,
            rmse,
            np.where(unknown, np.nan, np.sqrt(lower / self.evaluator.n_rows)),
            np.where(unknown, NO_START, self.status).astype(np.int8),
            *self.ranked(),
            np.array([counts[name] for name in certificate.COUNTS], dtype=np.float64),
        )

    def _take_up_bare(self, bare: np.ndarray) -> None:
        """Laws without constants: one evaluation settles them."""
        unknown = bare[self.status[bare] != EXACT]
        limit = self.threshold * _SLACK
        self.on_all[unknown] = self.evaluator.losses(
            self.codes[unknown], self.constants[unknown], limit
        )
        # Beyond the limit the loss is a bound only, but one on all rows.
        beyond = unknown[~self.may_beat(self.on_all[unknown])]
        self.on_second[beyond] = self.on_all[beyond]
        self.on_all[beyond] = np.nan
        self.status[np.setdiff1d(unknown, beyond)] = EXACT
        self._lower_threshold()

    def _evaluate_all(self) -> None:
        with self._bar(len(self.codes), "evaluated on all rows") as bar:
            for begin in range(0, len(self.codes), BLOCK):
                block = slice(begin, begin + BLOCK)
                self.on_all[block] = self.evaluator.losses(self.codes[block], self.constants[block])
                bar.update(len(self.on_all[block]))
        self.status[:] = np.where(self.fitted, UPPER, EXACT)

    def _lower_threshold(self) -> None:
        """Loss of the last law to keep, of those known to be exact."""
        losses = self.on_all[self.status == EXACT]
        losses = np.sort(losses[np.isfinite(losses)])
        rank = certificate.ranks(losses, self.known)
        last = losses[rank == self.settings.keep]
        # The last of a class: members of the last law are not excluded by rounding.
        self.threshold = float(last.max()) * (1 + 2 * certificate.SAME) if last.size else np.inf

    def _bar(self, total: int, what: str) -> tqdm:
        complexity = int(self.codes.shape[1])
        label = f"complexity {complexity}: {what}"
        return tqdm(total=total, desc=label, disable=None if self.progress else True, leave=False)
