"""Evolution of flow laws: a stochastic search over expressions, seeded and in populations.

After SymbolicRegression.jl as paper 2 used it (Sec. 2.3): several populations with tournaments,
adaptive parsimony, replacement of the oldest, simulated annealing, fitted constants and migration.
New here: every candidate is reduced to its simplest form under allocation before it is scored;
candidates are scored on the origins that carry most of the error; and whatever enters the hall of
fame has been fitted to all rows.

References
----------
M. Cranmer (2023), Interpretable machine learning for science with PySR and SymbolicRegression.jl,
arXiv:2305.01582.
"""

import numbers
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from movelaws.files import clear_leftovers
from movelaws.symbolic import checkpoint as checkpoints
from movelaws.symbolic._evolution_batch import batch, evaluator_of, least_losses, refitted
from movelaws.symbolic._evolution_cycle import Finds, Populations, limits_of, run
from movelaws.symbolic._evolution_mutations import random_tree
from movelaws.symbolic._evolution_random import below, states
from movelaws.symbolic._evolution_reduction import reduced
from movelaws.symbolic._evolution_settings import EvolutionSettings
from movelaws.symbolic._surgery import closed, is_valid, opened, spare_program
from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.hall_of_fame import HallOfFame
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.tokens import END, LONGEST, Program, stacked

__all__ = ["EvolutionSettings", "evolve"]

_FINDS = 8  # laws per complexity that a population reports
_TRIES = 3  # fits of one structure to all rows, from different constants


def evolve(
    observations: Observations,
    settings: EvolutionSettings | None = None,
    seeds: Sequence[Program] = (),
    seed: int = 0,
    checkpoint: str | Path | None = None,
    progress: bool = True,
) -> HallOfFame:
    """Search for laws up to ``settings.complexity_max``.

    Parameters
    ----------
    observations : variables and flows of the pairs.
    settings : how to search; None for the defaults.
    seeds : programs to begin with, such as certified small laws and known models. Those beyond the
        limits are left out; they enter the hall of fame like any other law.
    seed : of all randomness. Equal seeds give equal halls, to the last bit, for any number of
        threads, interrupted or not.
    checkpoint : file (npz) that is replaced after each iteration and that an interrupted run goes
        on from, for more iterations too. One of other data, settings or seeds, one that is broken,
        or one of more iterations than are asked for is replaced with a warning in the log.
    progress : whether to show a progress bar (never if the output is no terminal).

    Returns
    -------
    HallOfFame of laws whose losses and constants are those of all rows.

    Raises
    ------
    ValueError
        If a seed program is no program over the variables, the loss is unknown, or ``seed`` is no
        whole number of at least 0.
    """
    if not isinstance(seed, numbers.Integral) or isinstance(seed, bool) or seed < 0:
        raise ValueError(f"seed = {seed!r}: a whole number of at least 0 is needed")
    settings = settings or EvolutionSettings()
    evaluator = evaluator_of(observations, settings)
    seeds = list(seeds)
    evaluator.checked(*stacked(seeds))
    search = _Search(evaluator, settings, seeds, seed)
    of = checkpoints.digest(observations, settings, seeds, seed) if checkpoint else ""
    if checkpoint:
        clear_leftovers(checkpoint)
    stored = (
        checkpoints.load(checkpoint, of, search.arrays(), settings.iterations)
        if checkpoint
        else None
    )
    if stored is not None:
        search.restore(stored)
    else:
        search.begin()
    steps = tqdm(
        total=settings.iterations,
        initial=search.iteration,
        desc="evolution",
        disable=None if progress else True,
    )
    with steps:
        while search.iteration < settings.iterations:
            search.iterate()
            if checkpoint:
                checkpoints.save(checkpoint, of, search.arrays())
            steps.set_postfix_str(f"{search.populations.clock.sum():,} candidates", refresh=False)
            steps.update()
    return search.hall


class _Search:
    """State of a run: populations, hall of fame, and which structures were fitted to all rows."""

    def __init__(
        self, evaluator: Evaluator, settings: EvolutionSettings, seeds: list[Program], seed: int
    ) -> None:
        self.evaluator = evaluator
        self.settings = settings
        self.seed = seed
        self.rules = settings.rules(evaluator.observations.origin_only)
        self.limits = limits_of(self.rules)
        self.least = least_losses(evaluator.observations, settings)
        self.seeds = [p for p in map(self._reduced, seeds) if p is not None]
        self.hall = HallOfFame(settings.keep)
        self.tried: dict[bytes, int] = {}
        self.iteration = 0
        self.populations = self._empty()

    def begin(self) -> None:
        """Random small programs, every other one a seed, and the seeds into the hall."""
        self._verify(self.seeds)
        known = [law.program for law in self.hall.laws]
        count, size = self.populations.losses.shape
        spare = spare_program()
        for p in range(count):
            state = self.populations.random[p]
            for member in range(size):
                if known and member % 2:
                    self._put(p, member, known[below(state, len(known))])
                else:
                    self._put(p, member, self._random_program(state, spare))

    def iterate(self) -> None:
        """Breed on a batch, fit the best to all rows, let members migrate."""
        random = np.random.default_rng([self.seed, self.iteration])
        on = batch(self.evaluator, self.least, self.hall, self.settings, random)
        finds = self._no_finds()
        run(self.populations, finds, on.data, self.rules)
        best = self._best_of(finds, on)
        self._verify(best)
        self._migrate(best, random)
        self.iteration += 1

    def _empty(self) -> Populations:
        count, size = self.settings.populations, self.settings.population_size
        levels = self.settings.complexity_max + 1
        return Populations(
            codes=np.full((count, size, LONGEST), END, dtype=np.int8),
            values=np.zeros((count, size, LONGEST)),
            losses=np.full((count, size), np.inf),
            births=np.zeros((count, size), dtype=np.int64),
            frequency=np.full((count, levels), 1.0 / levels),
            clock=np.zeros(count, dtype=np.int64),
            random=states(self.seed, count),
        )

    def _no_finds(self) -> Finds:
        shape = (self.settings.populations, self.settings.complexity_max + 1, _FINDS)
        return Finds(
            codes=np.full((*shape, LONGEST), END, dtype=np.int8),
            values=np.zeros((*shape, LONGEST)),
            losses=np.full(shape, np.inf),
        )

    def _reduced(self, program: Program) -> Program | None:
        code, value, n = opened(program)
        spare = spare_program()
        n = reduced(code, value, n, self.rules.origin_only, spare.code, spare.value)
        if not is_valid(code, value, n, self.limits):
            return None
        code[n:] = END
        return closed(code, value)

    def _random_program(self, state: np.ndarray, spare) -> Program:
        n_variables = len(self.evaluator.observations.names)
        for _ in range(100):
            n = random_tree(spare.code, spare.value, 1 + below(state, 7), n_variables, state)
            spare.code[n:] = END
            if is_valid(spare.code, spare.value, n, self.limits):
                program = self._reduced(closed(spare.code, spare.value))
                if program is not None:
                    return program
        return Program(np.zeros(1, dtype=np.int8), np.zeros(0))

    def _put(self, p: int, member: int, program: Program) -> None:
        code, value, _ = opened(program)
        self.populations.codes[p, member] = code
        self.populations.values[p, member] = value
        self.populations.losses[p, member] = np.inf  # until it is scored on the next batch
        self.populations.births[p, member] = self.populations.clock[p]

    def _best_of(self, finds: Finds, on: Evaluator) -> list[Program]:
        """The laws worth a fit to all rows: best on the batch, distinct, not tried too often.

        Squared errors only add up: what is worse on some origins than the last law kept is on all
        origins, is worse, so it is left out. (Other losses may have terms below zero; the least
        possible ones are taken off first.)
        """
        outside = self.evaluator.data.floor[0] - on.data.floor[0]
        chosen: list[Program] = []
        for c in range(1, self.settings.complexity_max + 1):
            losses = finds.losses[:, c].ravel()
            codes = finds.codes[:, c].reshape(-1, LONGEST)
            values = finds.values[:, c].reshape(-1, LONGEST)
            kept = self.hall.at(c)
            worst = kept[-1].loss if len(kept) == self.settings.keep else np.inf
            last, taken = None, 0
            for k in np.argsort(losses, kind="stable"):
                if not losses[k] + outside < worst or taken == self.settings.verified:
                    break
                if last is not None and losses[k] - last <= 1e-7 * abs(last):
                    continue
                if self.tried.get(codes[k].tobytes(), 0) < _TRIES:
                    chosen.append(closed(codes[k], values[k]))
                    taken += 1
                last = losses[k]
        return chosen

    def _verify(self, programs: list[Program]) -> None:
        """Fit programs to all rows and offer them to the hall."""
        for program in programs:
            key = opened(program)[0].tobytes()
            self.tried[key] = self.tried.get(key, 0) + 1
        for program, loss in refitted(self.evaluator, programs):
            self.hall.add(program, loss)

    def _migrate(self, best: list[Program], random: np.random.Generator) -> None:
        """Replace random members by laws of the hall and by the best of all populations."""
        count, size = self.populations.losses.shape
        arrivals = round(self.settings.migration * size)
        famous = [law.program for law in self.hall.laws]
        for p in range(count):
            for k, member in enumerate(random.choice(size, arrivals, replace=False)):
                source = best if k % 2 and best else famous
                if source:
                    self._put(p, member, source[random.integers(len(source))])

    def arrays(self) -> dict[str, np.ndarray]:
        """Everything that ``restore`` needs."""
        codes, constants = stacked([law.program for law in self.hall.laws])
        tried = np.frombuffer(b"".join(self.tried), dtype=np.int8).reshape(-1, LONGEST)
        return {
            **self.populations._asdict(),
            "iteration": np.array(self.iteration),
            "hall_codes": codes,
            "hall_constants": constants,
            "hall_losses": np.array([law.loss for law in self.hall.laws]),
            "tried_codes": tried,
            "tried_counts": np.array(list(self.tried.values()), dtype=np.int64),
        }

    def restore(self, arrays: dict[str, np.ndarray]) -> None:
        """Go back to the state of a checkpoint."""
        self.populations = Populations(**{name: arrays[name] for name in Populations._fields})
        self.iteration = int(arrays["iteration"])
        rows = zip(
            arrays["hall_codes"], arrays["hall_constants"], arrays["hall_losses"], strict=True
        )
        for code, constants, loss in rows:
            kept = code[code != END]
            self.hall.add(Program(kept, constants[: (kept == -1).sum()]), float(loss))
        for code, count in zip(arrays["tried_codes"], arrays["tried_counts"], strict=True):
            self.tried[code.tobytes()] = int(count)
