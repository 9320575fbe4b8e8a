"""Exhaustive search: the best laws of each complexity, certified against all others.

The squared error on some origins is a lower bound of that on all (see `sample`). All distinct laws
of a complexity (see `enumeration`) have their constants fitted on a small sample of origins; one
whose error there is already above that of the last law to keep, known on all rows, is excluded.
The rest go to a larger sample, and what is left to all rows, the most promising first, so that the
threshold falls early. Within the grammar, the certificate is exact but for one assumption, that
the fits found the global minimum over the constants. An audit by fits from more starts tests it;
where it changes the best laws, the whole complexity is searched again with as many starts, and
audited with more still. A complexity whose last audit still changed them is not certified.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from movelaws.symbolic import sample
from movelaws.symbolic._exhaustive_audit import audit
from movelaws.symbolic._exhaustive_search import Search, Settings
from movelaws.symbolic.certificate import EXACT, MORE, CertifiedFront, Level
from movelaws.symbolic.enumeration import Enumeration, enumerate_programs
from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.tokens import Program

N_STARTS = {1: 16, 2: 48, 3: 96, 4: 128}  # of the fit on a sample, by number of constants
ROUNDS = 3  # searches of a complexity at most, each with MORE times as many starts


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
    checkpoint : folder for finished complexities, from which a later call of the same search goes
        on; those of another search are replaced.
    progress : whether to show a progress bar (on a terminal).

    Returns
    -------
    CertifiedFront, equal for equal arguments whatever the number of threads.

    Raises
    ------
    ValueError
        If an argument is out of range or a variable negative.
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
    settings = Settings(keep, starts, seed, tuple(tier_rows), landscape_max, refine)
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
        found = None if checkpoint is None else Level.load(checkpoint, complexity, key)
        if found is None:
            found = _level(evaluator, laws, complexity, levels, references, settings, progress)
            if checkpoint is not None:
                found.save(checkpoint, complexity, key)
        levels[complexity] = found
    asked = {
        "argument_complexity": "any" if argument_complexity is None else str(argument_complexity),
        "constants_max": "any" if constants_max is None else str(constants_max),
        "operators": " ".join(("+ - * /", *operators)),
    }
    return CertifiedFront(observations.names, observations.n_rows, levels, asked)


def _key(observations, laws: Enumeration, settings: Settings, references) -> str:
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
    """All of one complexity: samples from what is known so far, then search and audit in turn."""
    codes = laws.of_complexity(complexity)[:, :complexity]
    best = [level.program(row) for level in lower.values() for row in level.ranked]
    programs = [*references, *best] or [Program(code, np.ones(1)) for code in codes]
    first, second = sample.tiers(evaluator, programs, rows=settings.tier_rows)
    rmse = [level.rmse[level.status == EXACT] for level in lower.values()]
    known = np.concatenate([np.zeros(0), *rmse]) ** 2 * evaluator.n_rows
    known = known[np.isfinite(known)]
    search = Search(evaluator, codes, first, second, known, settings, progress)
    for _ in range(ROUNDS):
        search.run()
        audited = audit(search)
        if not audited["verdict_changed"]:
            break
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
        "starts_factor": MORE**search.round,
    }
    return search.level(counts | audited)
