"""One Markov chain of the machine scientist."""

import math
from dataclasses import dataclass, field

import numpy as np
from tqdm import tqdm

from movelaws.seeds import number, stream
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.scientist.alphabet import Language, Tree
from movelaws.symbolic.scientist.canonical import key
from movelaws.symbolic.scientist.fit import Fit, Fitter
from movelaws.symbolic.scientist.moves import Moves
from movelaws.symbolic.scientist.printing import complexity
from movelaws.symbolic.scientist.prior import Prior

FORGET = 1000  # steps after which the tree that stands for a formula may be another one


@dataclass(frozen=True)
class Settings:
    """How a chain runs.

    Attributes
    ----------
    prior : energies of the operations; those that it knows are used.
    variables : names of the variables of the observations.
    n_constants : constants that an expression may use, 0 to 6.
    steps : Monte Carlo steps.
    sample : most pairs that are looked at.
    longest : most symbols of an expression.
    temperatures : chains coupled by parallel tempering, at 1, r, r^2, ...; 1 for a plain chain.
    ratio : r > 1 of neighbouring temperatures.
    one_tree_per_formula : whether trees that write a known formula in another way are refused.
    """

    prior: Prior
    variables: tuple[str, ...] = ("w_i", "w_j", "d")
    n_constants: int = 6
    steps: int = 12_000
    sample: int = 1000
    longest: int = 50
    temperatures: int = 1
    ratio: float = 1.04
    one_tree_per_formula: bool = True

    def __post_init__(self) -> None:
        for name, least in (("steps", 1), ("sample", 3), ("temperatures", 1)):
            if getattr(self, name) < least:
                raise ValueError(f"{name} = {getattr(self, name)}: at least {least} is needed")
        if not (math.isfinite(self.ratio) and self.ratio > 1):
            raise ValueError(f"ratio = {self.ratio}: temperatures must rise, ratio > 1")
        self.language  # noqa: B018  (raises if it cannot be)

    @property
    def language(self) -> Language:
        """What expressions are built from."""
        return Language(
            tuple(self.variables), self.n_constants, self.prior.operations, self.longest
        )


@dataclass(frozen=True)
class Chain:
    """What a chain found.

    Attributes
    ----------
    best : the fit of least description length.
    language : names behind the symbols of its tree.
    description_length, complexity : (steps,) of the expression the chain stood at after each step.
    accepted : share of the steps at the lowest temperature that changed the expression.
    n_pairs : pairs in the sample.
    """

    best: Fit
    language: Language
    description_length: np.ndarray
    complexity: np.ndarray
    accepted: float
    n_pairs: int


@dataclass
class Walker:
    """A tree at one temperature; the temperature divides the BIC, not the prior."""

    fit: Fit
    temperature: float
    moves: Moves
    fitter: Fitter
    rng: np.random.Generator
    accepted: int = 0

    def step(self, refused) -> None:
        """One Metropolis-Hastings step; trees that are ``refused`` have probability 0."""
        proposed = self.moves.propose(self.fit.tree, self.rng)
        uniform = self.rng.random()
        if proposed is None:
            return
        tree, log_factor = proposed
        if tree == self.fit.tree or refused(tree):
            return
        new = self.fitter.fit(tree, self.fit.constants)
        if new.bic == np.inf:
            return
        gain = (self.fit.bic - new.bic) / 2 / self.temperature + self.fit.prior - new.prior
        if uniform < math.exp(min(0.0, gain + log_factor)):
            self.fit = new
            self.accepted += 1


@dataclass
class Representatives:
    """Which tree stands for each formula: the one that was met first.

    One formula can be written as many trees, and without this their number would weigh in its
    posterior. A formula that no walker stood at for ``FORGET`` steps is forgotten, as in the
    published implementation.
    """

    language: Language
    tree: dict[str, Tree] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    keys: dict[Tree, str] = field(default_factory=dict)

    def refuses(self, tree: Tree) -> bool:
        """Whether another tree stands for the formula of ``tree``; if none does, it will."""
        return self.tree.setdefault(self._key(tree), tree) != tree

    def visited(self, trees: list[Tree], step: int) -> None:
        """Note where the walkers stand, and forget what they left long ago."""
        for tree in trees:
            self.seen[self._key(tree)] = step
        if step % FORGET == 0:
            self.seen = {k: last for k, last in self.seen.items() if last > step - FORGET}
            self.tree = {k: tree for k, tree in self.tree.items() if k in self.seen}

    def _key(self, tree: Tree) -> str:
        if tree not in self.keys:
            self.keys[tree] = key(tree, self.language)
        return self.keys[tree]


def run_chain(
    observations: Observations, settings: Settings, seed: int, progress: bool = True
) -> Chain:
    """Sample expressions for ln F and return the one of least description length.

    Metropolis-Hastings over trees with the energy D = BIC / 2 - ln p(f): replacement of a node,
    of an elementary tree, and addition or removal of a root (5 %, the published shares). The
    constants of every tree are fitted by least squares of ln F.

    Parameters
    ----------
    observations : pairs; those with flow > 0 are sampled without replacement.
    settings : prior, variables, steps and more.
    seed : of the sample, the starts of the fits and the chain; equal seeds give equal chains.
    progress : show a bar (only on a terminal).

    Returns
    -------
    Chain

    Raises
    ------
    ValueError
        If a variable is unknown or fewer than three pairs have a flow.

    References
    ----------
    Guimera et al. (2020), Science Advances 6, eaav6971; settings of Cabanas-Tirapu et al. (2025),
    Nature Communications 16, 1336, as in paper 2, Table S9.
    """
    columns, target = sampled(observations, settings, seed)
    return run_on(columns, target, settings, seed, progress)


def sampled(
    observations: Observations, settings: Settings, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Variables (n_variables, n) and ln F (n,) of at most ``settings.sample`` pairs with flow."""
    used = observations.of_variables(settings.variables)
    rows = np.flatnonzero(used.flow > 0)
    if rows.size < 3:
        raise ValueError(f"{rows.size} pairs have a flow > 0: at least 3 are needed")
    size = min(settings.sample, rows.size)
    chosen = stream(seed, "scientist", "sample").choice(rows, size, replace=False)
    return np.ascontiguousarray(used.columns[:, chosen]), np.log(used.flow[chosen])


def run_on(
    columns: np.ndarray, target: np.ndarray, settings: Settings, seed: int, progress: bool = True
) -> Chain:
    """:func:`run_chain` on arrays: columns (n_variables, n_rows) and target (n_rows,), finite."""
    columns, target = np.asarray(columns, dtype=float), np.asarray(target, dtype=float)
    n_variables = len(settings.variables)
    if columns.shape != (n_variables, target.size) or target.size < 3:
        raise ValueError(
            f"columns {columns.shape} and target {target.shape}: "
            f"({n_variables}, n) and (n,) with n >= 3 are needed"
        )
    if not (np.isfinite(columns).all() and np.isfinite(target).all()):
        raise ValueError("columns and target must be finite in every row")
    walkers = _walkers(columns, target, settings, seed)
    known = Representatives(settings.language)
    refused = known.refuses if settings.one_tree_per_formula else _never
    swap = stream(seed, "scientist", "swap")
    best = walkers[0].fit
    lengths = np.empty(settings.steps)
    sizes = np.empty(settings.steps, dtype=np.int64)
    for step in tqdm(range(settings.steps), desc="steps", disable=None if progress else True):
        for walker in walkers:
            walker.step(refused)
        if len(walkers) > 1:
            _exchange(walkers, swap)
        if settings.one_tree_per_formula:
            known.visited([walker.fit.tree for walker in walkers], step + 1)
        now = walkers[0].fit
        lengths[step], sizes[step] = now.description_length, complexity(now.tree)
        if now.description_length < best.description_length:
            best = now
    share = walkers[0].accepted / settings.steps
    return Chain(best, settings.language, lengths, sizes, share, target.size)


def _walkers(
    columns: np.ndarray, target: np.ndarray, settings: Settings, seed: int
) -> list[Walker]:
    """One walker per temperature, each at a leaf drawn at random."""
    language = settings.language
    moves = Moves(language)
    fitter = Fitter(columns, target, language, settings.prior, number(seed, "scientist", "starts"))
    walkers = []
    for k in range(settings.temperatures):
        rng = stream(seed, "scientist", "walker", str(k))
        leaf = (int(rng.choice(language.leaves)),)
        fit = fitter.fit(leaf, np.ones(6))
        walkers.append(Walker(fit, settings.ratio**k, moves, fitter, rng))
    return walkers


def _exchange(walkers: list[Walker], rng: np.random.Generator) -> None:
    """Offer two neighbouring temperatures to exchange their trees."""
    cold = int(rng.random() * (len(walkers) - 1))
    a, b = walkers[cold], walkers[cold + 1]
    log_ratio = (a.fit.bic - b.fit.bic) / 2 * (1 / a.temperature - 1 / b.temperature)
    if rng.random() < math.exp(min(0.0, log_ratio)):
        a.fit, b.fit = b.fit, a.fit


def _never(tree: Tree) -> bool:
    return False
