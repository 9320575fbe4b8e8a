"""Exhaustive search: the best laws of each complexity, certified against all others.

The squared error on some origins is a lower bound of that on all (see `sample`). All distinct laws
of a complexity (see `enumeration`) have their constants fitted on a small sample of origins; one
whose error there is already above the third best error known on all rows is excluded. The rest go
to a larger sample, and what is left to all rows, the most promising first, so that the threshold
falls early. Within the grammar, the certificate is exact but for one assumption, that the fits
found the global minimum over the constants; `certified_search` tests it by fits from more starts.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from movelaws.symbolic import certificate, sample
from movelaws.symbolic.certificate import EXACT, LOWER, UPPER, CertifiedFront, Level
from movelaws.symbolic.enumeration import Enumeration, enumerate_programs
from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.fitting import fit_constants, screen
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.tokens import CONSTANT, Program

N_STARTS = {1: 16, 2: 48, 3: 96, 4: 128}  # of the fit on a sample, by number of constants
MORE = 4  # times as many for the audit
_AUDITED_SHARE = 0.01
_NEAR = 1.05**2  # audited: laws whose RMSE is within 5 % of the threshold
_SLACK = 1 + 1e-9  # rounding of sums of squares
_LOWER_MINIMUM = 1e-6  # relative; a smaller gain is one of convergence
_BLOCK, _CHUNK, _FEW = 16_384, 512, 32  # laws screened, taken up and fitted on all rows together


@dataclass(frozen=True)
class _Settings:
    keep: int
    n_starts: dict[int, int]
    seed: int
    tier_rows: tuple[int, ...]
    landscape_max: int
    refine: int


def certified_search(
    observations: Observations,
    complexity_max: int,
    *,
    keep: int = 3,
    references: Sequence[Program] = (),
    n_starts: dict[int, int] | None = None,
    seed: int = 0,
    argument_complexity: int | None = None,
    operators: Sequence[str] = ("^", "exp", "ln"),
    constants_max: int | None = None,
    tier_rows: tuple[int, int] = (1_200, 8_000),
    landscape_max: int = 7,
    refine: int = 2,
    checkpoint: str | Path | None = None,
    progress: bool = True,
) -> CertifiedFront:
    """Find the ``keep`` best distinct laws of every complexity and prove that none is better.

    Parameters
    ----------
    observations : pairs with their variables and flows.
    complexity_max : odd; 7 with seven variables and 9 with five are within reach.
    keep : laws of each complexity; laws whose RMSE agree to 1e-7 are one, and a law that a lower
        complexity has already is none.
    references : laws with constants that err where good laws do; they choose the samples,
        together with the best laws of the lower complexities, and do not change the result.
    n_starts : number of constants -> starts of a fit on a sample; `N_STARTS` where not given.
    seed : of the starts and of the audited laws.
    argument_complexity, operators, constants_max : see `enumerate_programs`.
    tier_rows : the most pairs of the two samples.
    landscape_max : up to this complexity every law is evaluated on all rows.
    refine : starts of each law that are refined.
    checkpoint : folder for finished complexities, from which a later call goes on.
    progress : whether to show a progress bar (on a terminal).

    Returns
    -------
    CertifiedFront, equal for equal arguments whatever the number of threads.

    Raises
    ------
    ValueError
        If an argument is out of range, a variable negative, or the checkpoint of another search.
    """
    starts = N_STARTS | dict(n_starts or {})
    if keep < 1:
        raise ValueError(f"keep = {keep}: at least 1 is needed")
    if len(tier_rows) != 2:
        raise ValueError(f"tier_rows = {tier_rows}: two numbers of rows are needed")
    if (observations.columns < 0).any():
        name = observations.names[int((observations.columns < 0).any(axis=1).argmax())]
        raise ValueError(
            f"variable {name!r} is negative in some rows: enumeration drops expressions as equal "
            "that are so for variables >= 0 only; shift or leave out the variable"
        )
    settings = _Settings(keep, starts, seed, tuple(tier_rows), landscape_max, refine)
    laws = enumerate_programs(
        observations.names,
        complexity_max,
        argument_complexity=argument_complexity,
        operators=operators,
        constants_max=constants_max,
    )
    key = _key(observations, laws, settings, references)
    evaluator = Evaluator(observations)
    levels: dict[int, Level] = {}
    for complexity in laws.distinct:
        path = None if checkpoint is None else Path(checkpoint) / f"complexity_{complexity}.npz"
        if path is not None and path.exists():
            levels[complexity] = Level.load(path, key)
            continue
        levels[complexity] = _level(
            evaluator, laws, complexity, levels, references, settings, progress
        )
        if path is not None:
            levels[complexity].save(path, key)
    asked = {
        "argument_complexity": "any" if argument_complexity is None else str(argument_complexity),
        "constants_max": "any" if constants_max is None else str(constants_max),
        "operators": " ".join(("+ - * /", *operators)),
    }
    return CertifiedFront(observations.names, observations.n_rows, levels, asked)


def _key(observations, laws: Enumeration, settings: _Settings, references) -> str:
    """Digest of everything that a level depends on, the code of this package apart."""
    digest = hashlib.sha256(repr((observations.names, settings)).encode())
    arrays = [observations.columns, observations.start, observations.flow, laws.codes.shape[1:]]
    arrays += [laws.argument_complexity or 0, laws.constants_max if laws.constants_max else -1]
    arrays += [np.frombuffer(" ".join(laws.operators).encode(), dtype=np.uint8)]
    arrays += [part for program in references for part in program]
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _level(evaluator, laws, complexity, lower, references, settings, progress) -> Level:
    """All of one complexity: samples from what is known so far, search, audit."""
    codes = laws.of_complexity(complexity)[:, :complexity]
    best = [level.program(row) for level in lower.values() for row in level.ranked]
    programs = [*references, *best] or [Program(code, np.ones(1)) for code in codes]
    first, second = sample.tiers(evaluator, programs, rows=settings.tier_rows)
    rmse = [level.rmse[level.status == EXACT] for level in lower.values()]
    known = np.concatenate([np.zeros(0), *rmse]) ** 2 * evaluator.n_rows
    known = known[np.isfinite(known)]
    factor = 1
    while True:
        search = _Search(evaluator, codes, first, second, known, factor, settings, progress)
        search.run(landscape=complexity <= settings.landscape_max)
        search.audit()
        if search.changed == 0 or factor > 1:
            break
        factor *= MORE
    counts = {
        "trees": laws.trees[complexity],
        "generated": laws.generated[complexity],
        "distinct": laws.distinct[complexity],
        "sample_origins": len(first.origins),
        "sample_rows": first.rows,
        "sample_share": first.share,
        "second_origins": len(second.origins),
        "second_rows": second.rows,
        "second_share": second.share,
    }
    return search.level(counts)


class _Search:
    """One complexity: from the small sample by way of the larger one to all rows."""

    def __init__(self, evaluator, codes, first, second, known, factor, settings, progress):
        self.evaluator, self.codes, self.known, self.factor = evaluator, codes, known, factor
        self.settings, self.progress = settings, progress
        of = evaluator.observations.of_origins
        self.first, self.second = Evaluator(of(first.origins)), Evaluator(of(second.origins))
        self.n_constants = (codes == CONSTANT).sum(axis=1)
        n, most = len(codes), max(int(self.n_constants.max(initial=0)), 1)
        self.constants = np.ones((n, most))
        self.on_first, self.on_second = np.full(n, np.inf), np.full(n, np.nan)
        self.on_all = np.full(n, np.nan)  # at `constants`
        self.status = np.full(n, LOWER, dtype=np.int8)
        self.threshold = np.inf
        self.audited = self.lower_minima = self.wrong_bounds = self.changed = 0

    def run(self, landscape: bool) -> None:
        everything = np.arange(len(self.codes))
        self.on_first, self.constants = self._screened(self.first, everything, self.factor)
        self._revive()
        if landscape:
            self._evaluate_all()
        order = np.argsort(self.on_first, kind="stable")
        order = order[np.isfinite(self.on_first[order])]
        with self._bar(len(order), "taken up") as bar:
            for begin in range(0, len(order), _CHUNK):
                chunk = order[begin : begin + _CHUNK]
                chunk = chunk[self._may_beat(self.on_first[chunk])]
                if not chunk.size:
                    break
                self._take_up(chunk)
                bar.update(_CHUNK)

    def audit(self) -> None:
        """Fit again from more starts: does a lower minimum turn up, and does it matter?

        Asked are all laws that passed the small sample or nearly did, and some by chance. What
        turns up is taken up; ``changed`` says whether the front became another by it.
        """
        fitted = self.n_constants > 0
        stream = np.random.default_rng([self.settings.seed, self.codes.shape[1]])
        chance = stream.random(len(self.codes)) < _AUDITED_SHARE
        passed = fitted & self._may_beat(self.on_first)
        near = ~passed & (self.on_first <= _NEAR * self.threshold)
        rows = np.flatnonzero(fitted & ~passed & (near | chance))
        more = self.factor * MORE
        before = np.sort(self.on_all[self._front()])
        found, constants = self._screened(self.first, rows, more, extra=1)
        lower = self._count(rows, found, self.on_first)
        self.on_first[rows[lower]], self.constants[rows[lower]] = found[lower], constants[lower]
        moved = rows[lower & (self.status[rows] == UPPER)]
        self.on_all[moved] = self.evaluator.losses(self.codes[moved], self.constants[moved])
        again = rows[lower & self._may_beat(found)]
        self.wrong_bounds += len(again)
        self._take_up(again[np.argsort(self.on_first[again], kind="stable")])
        rows = np.flatnonzero(passed)
        found, constants = self._screened(self.second, rows, more, extra=1)
        lower = self._count(rows, found, self.on_second)
        self.on_second[rows[lower]] = found[lower]
        again = lower & self._may_beat(found)
        self.wrong_bounds += int((again & (self.status[rows] != EXACT)).sum())
        self._fit_on_all(rows[again], constants[again])
        after = np.sort(self.on_all[self._front()])
        same = len(before) == len(after) and np.allclose(before, after, rtol=1e-6, atol=0)
        self.changed = int(not same)

    def level(self, counts: dict[str, float]) -> Level:
        ranked, rank = self._ranked()
        n = self.evaluator.n_rows
        fitted = self.n_constants > 0
        passed = np.isfinite(self.on_first) & self._may_beat(self.on_first)
        reached = fitted & (self.status == EXACT)
        lower = np.fmax(self.on_first, self.on_second)
        exact_loss = np.where(np.isnan(self.on_all), np.inf, self.on_all)
        lower = np.where(self.status == EXACT, exact_loss, lower)
        counts = counts | {
            "with_constants": fitted.sum(),
            "screened": len(self.codes),
            "invalid_on_sample": np.isinf(self.on_first).sum(),
            "excluded_on_tier_1": (np.isfinite(self.on_first) & ~passed).sum(),
            "excluded_on_tier_2": (fitted & passed & ~reached).sum(),
            "fitted_on_all": (passed & (reached | ~fitted)).sum(),
            "audited": self.audited,
            "lower_minima": self.lower_minima,
            "wrong_bounds": self.wrong_bounds,
            "verdict_changed": self.changed,
            "starts_factor": self.factor,
        }
        return Level(
            self.codes,
            self.constants,
            np.sqrt(self.on_all / n),
            np.sqrt(lower / n),
            self.status,
            ranked,
            rank,
            np.array([counts[name] for name in certificate.COUNTS], dtype=np.float64),
        )

    def _ranked(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows of the best laws and their ranks."""
        rows = np.flatnonzero((self.status == EXACT) & np.isfinite(self.on_all))
        rows = rows[np.argsort(self.on_all[rows], kind="stable")]
        rank = certificate.ranks(self.on_all[rows], self.known)
        best = (rank > 0) & (rank <= self.settings.keep)
        return rows[best], rank[best]

    def _front(self) -> np.ndarray:
        """The first row of each of the best classes."""
        rows, rank = self._ranked()
        return rows[np.unique(rank, return_index=True)[1]]

    def _may_beat(self, losses: np.ndarray) -> np.ndarray:
        return losses <= self.threshold * _SLACK

    def _screened(self, evaluator, rows, factor, extra=0) -> tuple[np.ndarray, np.ndarray]:
        """Losses (m,) and constants of rows, fitted from many starts on a sample."""
        losses, constants = np.full(len(rows), np.inf), np.ones((len(rows), self._most))
        starts = {k: factor * n for k, n in self.settings.n_starts.items()}
        with self._bar(len(rows), "screened") as bar:
            for begin in range(0, len(rows), _BLOCK):
                block = slice(begin, begin + _BLOCK)
                found, losses[block] = screen(
                    evaluator,
                    self.codes[rows[block]],
                    starts,
                    self.settings.seed + extra,
                    self.settings.refine + 2 * extra,
                )
                constants[block, : found.shape[1]] = found
                bar.update(len(found))
        return losses, self._tidied(rows, constants)

    def _tidied(self, rows: np.ndarray, constants: np.ndarray) -> np.ndarray:
        """Constants with 1 where a law has none: kernels leave there what was there before."""
        return np.where(np.arange(self._most) < self.n_constants[rows, None], constants, 1.0)

    @property
    def _most(self) -> int:
        return self.constants.shape[1]

    def _revive(self) -> None:
        """Laws for which no start was valid get one more, with all constants 1."""
        rows = np.flatnonzero(np.isinf(self.on_first) & (self.n_constants > 0))
        self.constants[rows] = 1.0
        for begin in range(0, len(rows), _BLOCK):
            block = rows[begin : begin + _BLOCK]
            ones = np.ones((len(block), 1, self._most))
            losses, constants = self._polished(self.first, block, ones)
            valid = np.isfinite(losses)
            self.on_first[block[valid]] = losses[valid]
            self.constants[block[valid]] = constants[valid]

    def _evaluate_all(self) -> None:
        with self._bar(len(self.codes), "evaluated on all rows") as bar:
            for begin in range(0, len(self.codes), _BLOCK):
                block = slice(begin, begin + _BLOCK)
                self.on_all[block] = self.evaluator.losses(self.codes[block], self.constants[block])
                bar.update(len(self.on_all[block]))
        self.status[:] = np.where(self.n_constants == 0, EXACT, UPPER)

    def _take_up(self, chunk: np.ndarray) -> None:
        """Laws that the small sample does not exclude, the most promising first."""
        bare = chunk[self.n_constants[chunk] == 0]
        unknown = bare[self.status[bare] != EXACT]
        self.on_all[unknown] = self.evaluator.losses(
            self.codes[unknown], self.constants[unknown], self.threshold * _SLACK
        )
        # Beyond the limit the loss is a bound only, but one on all rows.
        beyond = unknown[~self._may_beat(self.on_all[unknown])]
        self.on_second[beyond] = self.on_all[beyond]
        self.on_all[beyond] = np.nan
        self.status[np.setdiff1d(unknown, beyond)] = EXACT
        self._lower_threshold()
        fitted = chunk[self.n_constants[chunk] > 0]
        losses, constants = self._screened(self.second, fitted, self.factor)
        old, polished = self._polished(self.second, fitted, self.constants[fitted, None, :])
        constants = np.where((old < losses)[:, None], polished, constants)
        self.on_second[fitted] = np.fmin(old, losses)
        order = np.argsort(self.on_second[fitted], kind="stable")
        for begin in range(0, len(order), _FEW):
            few = order[begin : begin + _FEW]
            few = few[self._may_beat(self.on_second[fitted[few]])]
            if not few.size:
                break
            self._fit_on_all(fitted[few], constants[few])

    def _fit_on_all(self, rows: np.ndarray, constants: np.ndarray) -> None:
        starts = np.stack([constants, self.constants[rows]], axis=1)
        losses, found = self._polished(self.evaluator, rows, starts)
        exact = self.status[rows] == EXACT
        better = ~exact | (losses < self.on_all[rows])
        self.on_all[rows[better]] = losses[better]
        self.constants[rows[better]] = found[better]
        self.status[rows] = EXACT
        self._lower_threshold()

    def _polished(self, evaluator, rows, starts) -> tuple[np.ndarray, np.ndarray]:
        if not len(rows):
            return np.empty(0), np.ones((0, self._most))
        constants, losses, _ = fit_constants(
            evaluator, self.codes[rows], starts, refine=2, iterations=60
        )
        return losses, self._tidied(rows, constants)

    def _lower_threshold(self) -> None:
        """The third best distinct loss of those known to be exact."""
        losses = self.on_all[self.status == EXACT]
        losses = np.sort(losses[np.isfinite(losses)])
        rank = certificate.ranks(losses, self.known)
        last = losses[rank == self.settings.keep]
        # The last of a class: members of the third best law are not excluded by rounding.
        self.threshold = float(last.max()) * (1 + 2 * certificate.SAME) if last.size else np.inf

    def _count(self, rows: np.ndarray, found: np.ndarray, before: np.ndarray) -> np.ndarray:
        lower = found < before[rows] * (1 - _LOWER_MINIMUM)
        self.audited += len(rows)
        self.lower_minima += int(lower.sum())
        return lower

    def _bar(self, total: int, what: str) -> tqdm:
        complexity = int(self.codes.shape[1])
        label = f"complexity {complexity}: {what}"
        return tqdm(total=total, desc=label, disable=None if self.progress else True, leave=False)
