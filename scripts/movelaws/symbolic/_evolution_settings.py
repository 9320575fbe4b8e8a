"""Settings of evolution, checked when they are made."""

import math
import numbers
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from movelaws.symbolic._evolution_cycle import Rules
from movelaws.symbolic._evolution_mutations import MUTATIONS
from movelaws.symbolic.tokens import LONGEST

WEIGHTS = MappingProxyType(
    {
        "perturb_constant": 0.3,
        "change_operator": 1.0,
        "change_leaf": 1.5,
        "insert_node": 2.0,
        "delete_node": 1.5,
        "extend_top": 0.5,
        "swap_operands": 0.3,
        "new_subtree": 1.0,
        "new_tree": 0.3,
        "optimise": 0.5,
        "crossover": 3.0,
    }
)
BATCHES = ("largest errors", "random")


@dataclass(frozen=True)
class EvolutionSettings:
    """How evolution searches.

    Attributes
    ----------
    complexity_max : largest complexity, 1 to 31 (19 in paper 2).
    argument_complexity : largest complexity of the argument of exp and ln; None for any.
    constants_max : most constants of one law.
    loss, dispersion : "mse", "poisson" or "negbin", see ``Evaluator``.
    keep : laws per complexity in the hall of fame.
    populations, population_size : how many populations, of how many members each.
    iterations : times that populations exchange members and the best are fitted to all rows.
    cycles_per_iteration : a cycle breeds population_size / tournament candidates.
    batch_origins : origins that a candidate is scored on; all if there are no more.
    batch : "largest errors" takes the origins with the largest errors of the laws found so far,
        "random" others in every iteration.
    tournament, selection : members of a tournament, and how often its winner is the parent (a
        random member otherwise).
    parsimony : what a complexity that all members have adds to the logarithm of the loss in a
        tournament (adaptive parsimony).
    annealing : temperature at the start of an iteration, in units of the logarithm of the loss;
        it falls to 0 at its end.
    fitted_share, fit_iterations : share of new laws whose constants are fitted at once, and the
        steps of Levenberg and Marquardt that takes.
    final_share, final_iterations : the same for the members at the end of an iteration.
    verified : laws per complexity that are fitted to all rows after an iteration.
    migration : share of the members that is replaced after an iteration, half by laws of the hall
        of fame, half by the best of other populations.
    weights : how often each kind of mutation is tried, beside the others; kinds left out keep
        their defaults.

    Raises
    ------
    ValueError
        If a setting is not of its kind or out of range; the message says which.
    """

    complexity_max: int = 19
    argument_complexity: int | None = None
    constants_max: int = 6
    loss: str = "mse"
    dispersion: float = 0.0
    keep: int = 3
    populations: int = 16
    population_size: int = 64
    iterations: int = 40
    cycles_per_iteration: int = 600
    batch_origins: int = 60
    batch: str = "largest errors"
    tournament: int = 8
    selection: float = 0.9
    parsimony: float = 6.0
    annealing: float = 0.1
    fitted_share: float = 0.3
    fit_iterations: int = 4
    final_share: float = 0.3
    final_iterations: int = 10
    verified: int = 12
    migration: float = 0.1
    weights: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, (low, high) in _WHOLE.items():
            value = getattr(self, name)
            whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
            if not whole or not low <= value <= high:
                raise ValueError(f"{name} = {value!r}: a whole number in {low}..{high} is needed")
        for name, high in _REAL.items():
            value = getattr(self, name)
            if not isinstance(value, numbers.Real) or not 0 <= value <= high:
                raise ValueError(f"{name} = {value!r}: a number in [0, {high}] is needed")
        argument = self.argument_complexity
        if argument is not None and (not isinstance(argument, numbers.Integral) or argument < 1):
            raise ValueError(f"argument_complexity = {argument!r}: at least 1, or None, is needed")
        if self.batch not in BATCHES:
            raise ValueError(f"batch = {self.batch!r}: choose from {list(BATCHES)}")
        unknown = [kind for kind in self.weights if kind not in MUTATIONS]
        if unknown:
            raise ValueError(f"weights has unknown mutations {unknown}: there are {MUTATIONS}")
        weights = {**WEIGHTS, **self.weights}
        if not all(math.isfinite(w) and w >= 0 for w in weights.values()):
            raise ValueError(f"weights must be finite and >= 0, not {dict(self.weights)}")
        if not sum(weights.values()) > 0:
            raise ValueError("weights: at least one mutation needs a weight > 0")
        object.__setattr__(self, "weights", weights)

    def identity(self) -> str:
        """Text of all settings but ``iterations``: a finished run may go on for more of them."""
        values = {k: v for k, v in _plain(self).items() if k != "iterations"}
        return repr(sorted(values.items()))

    def rules(self, origin_only: np.ndarray) -> Rules:
        """The settings as the compiled loop reads them."""
        argument = self.argument_complexity or LONGEST
        return Rules(
            complexity_max=int(self.complexity_max),
            argument_max=int(argument),
            constants_max=int(self.constants_max),
            weights=np.cumsum([float(self.weights[kind]) for kind in MUTATIONS]),
            origin_only=np.asarray(origin_only, dtype=np.bool_),
            tournament=int(self.tournament),
            selection=float(self.selection),
            parsimony=float(self.parsimony),
            annealing=float(self.annealing),
            fitted_share=float(self.fitted_share),
            fit_iterations=int(self.fit_iterations),
            final_share=float(self.final_share),
            final_iterations=int(self.final_iterations),
            cycles=int(self.cycles_per_iteration),
        )


def _plain(settings: EvolutionSettings) -> dict:
    names = settings.__dataclass_fields__
    values = {name: getattr(settings, name) for name in names}
    return {**values, "weights": sorted(settings.weights.items())}


_WHOLE = {
    "complexity_max": (1, LONGEST),
    "constants_max": (0, 16),
    "keep": (1, 100),
    "populations": (1, 10_000),
    "population_size": (2, 100_000),
    "iterations": (0, 10**9),
    "cycles_per_iteration": (1, 10**9),
    "batch_origins": (1, 10**9),
    "tournament": (1, 1000),
    "fit_iterations": (0, 1000),
    "final_iterations": (0, 1000),
    "verified": (1, 1000),
}
_REAL = {
    "dispersion": math.inf,
    "selection": 1,
    "parsimony": math.inf,
    "annealing": math.inf,
    "fitted_share": 1,
    "final_share": 1,
    "migration": 1,
}
