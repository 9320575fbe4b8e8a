"""The models of this chapter behind one interface: parameters in, flows out."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from movelaws.allocation import Parameter, find_model, predict_prepared, prepare
from movelaws.game import DestinationChoice, FamilyEquilibrium
from movelaws.game.family import raise_unless_converged
from movelaws.od import Pairs

MODELS = ("DCG", "GMPow2", "GMPow", "IO", "RM", "PWO", "GMPowDC")
"""The paper's six, in the order of its Fig. 3, and the limit of infinite crowding."""

TIGHT = 1e-11
"""Relative error of the arrivals at which an equilibrium counts as found."""

_TRACE = 1e-9
_PAPER_LOW, _PAPER_HIGH = 0.0, 10.0
_PASSES, _SURVEY_PASSES, _SURVEY_TOLERANCE = 2000, 300, 1e-7
_EXPONENT_LATEX = {"a": "a", "b": "b", "alpha": r"\alpha", "beta": r"\beta", "gamma": r"\gamma"}


class Predictor(ABC):
    """A model on the pairs of one dataset.

    Attributes
    ----------
    name : one of ``MODELS``.
    parameters : with the box in which calibration searches: 0 to 10 for every exponent, as in the
        paper; b of IO, per arrival, on a log scale around 1 / (all arrivals).
    pairs : support "all", attraction A_j as mass; their flows serve as outflows O_i only.
    iterations : of the equilibrium evaluated last; 0 for models without one.
    """

    name: str
    parameters: tuple[Parameter, ...]
    pairs: Pairs
    iterations: int = 0

    @abstractmethod
    def flows(self, theta: np.ndarray, tolerance: float = TIGHT) -> np.ndarray:
        """Predicted flows of all pairs (n_pairs,); each origin's sum is its outflow.

        Parameters
        ----------
        theta : (k,) in the order of ``parameters``.
        tolerance : of the equilibrium, where the model has one.

        Raises
        ------
        ValueError
            If a parameter cannot be used or an origin cannot be allocated.
        NotConvergedError
            If there is no equilibrium to this tolerance; the residual is named.
        """

    def flows_at(
        self, theta: np.ndarray, pair_index: np.ndarray, tolerance: float = TIGHT
    ) -> np.ndarray:
        """Predicted flows of the pairs with these positions; else as ``flows``."""
        return self.flows(theta, tolerance)[pair_index]

    def log_likelihood(self, theta: np.ndarray, pair_index: np.ndarray) -> float:
        """sum_ij T_ij ln T'_ij over these pairs, with the flows T of ``pairs``."""
        with np.errstate(divide="ignore"):
            predicted = np.log(self.flows_at(theta, pair_index))
        return float(self.pairs.flow[pair_index] @ predicted)

    def directions(self, theta: np.ndarray) -> np.ndarray:
        """(k, k): rows along which a simplex search at ``theta`` should set out first."""
        return np.eye(len(self.parameters))


def predictor(
    model: str, pairs: Pairs, bounds: Mapping[str, tuple[float, float]] | None = None
) -> Predictor:
    """A model of ``MODELS`` ready to be evaluated at many parameters.

    Parameters
    ----------
    model : name.
    pairs : of ``choice_pairs``.
    bounds : {parameter: (low, high)} to search instead of the paper's box.

    Raises
    ------
    ValueError
        If the model is unknown, the pairs lack what it needs, or a bound is of no parameter of
        the model, empty, or outside what the model can take.
    """
    made = {"DCG": _Game, "GMPowDC": _DoublyConstrained}
    if model not in MODELS:
        raise ValueError(f"model = {model!r}: choose one of {', '.join(MODELS)}")
    found = made[model](pairs) if model in made else _Allocation(model, pairs)
    found.parameters = _bounded(found.parameters, bounds or {}, model)
    return found


def bounds_hit(parameters: tuple[Parameter, ...], theta: np.ndarray) -> np.ndarray:
    """(k,) booleans, whether a parameter lies on a bound of its box."""
    ends = np.array([(p.low, p.high) for p in parameters], dtype=float).reshape(-1, 2)
    return np.isclose(np.reshape(theta, (-1, 1)), ends, rtol=1e-9, atol=0).any(axis=1)


class _Allocation(Predictor):
    """Models that share out outflows by weights, each origin on its own."""

    def __init__(self, model: str, pairs: Pairs):
        self.name, self.pairs = model, pairs
        self._prepared = prepare(model, _with_traces(pairs) if model == "RM" else pairs)
        self.parameters = tuple(
            _per_arrival(parameter, pairs) if model == "IO" else _exponent(parameter.name)
            for parameter in find_model(model).parameters
        )

    def flows(self, theta: np.ndarray, tolerance: float = TIGHT) -> np.ndarray:
        flows = predict_prepared(self._prepared, np.asarray(theta, dtype=float))
        if self.name == "RM":
            flows[self.pairs.mass[self.pairs.destination] == 0] = 0.0
        return flows

    def log_likelihood(self, theta: np.ndarray, pair_index: np.ndarray) -> float:
        # in logarithms throughout: a share below the smallest float still has one
        if pair_index.size < np.count_nonzero(self.pairs.flow):
            return super().log_likelihood(theta, pair_index)
        sums, _ = self._prepared.sums(np.asarray(theta, dtype=float))
        sent = self._prepared.outflow[self._prepared.origins]
        return float(sums[:, 2].sum() + sent @ np.log(sent))


class _Game(Predictor):
    """The destination choice game, U_ij = alpha ln A_j - beta ln d_ij - gamma ln D_j - ln T_ij."""

    def __init__(self, pairs: Pairs):
        self.name, self.pairs = "DCG", pairs
        self.parameters = tuple(_exponent(name) for name in ("alpha", "beta", "gamma"))
        self._game = DestinationChoice(pairs)
        self._latest = None

    def flows(self, theta: np.ndarray, tolerance: float = TIGHT) -> np.ndarray:
        # from the start of its own, not from the point asked for before: one answer per theta
        self._latest = None
        return self._game.all_flows(self._equilibrium(theta, tolerance))

    def flows_at(
        self, theta: np.ndarray, pair_index: np.ndarray, tolerance: float = TIGHT
    ) -> np.ndarray:
        """As ``flows``; each equilibrium starts from the one before, which the tolerance hides."""
        return self._game.flows_at(self._equilibrium(theta, tolerance), pair_index)

    def directions(self, theta: np.ndarray) -> np.ndarray:
        """One of the rows follows the ridge along which alpha / (1 + gamma) stays the same."""
        alpha, _, gamma = theta
        rows = np.eye(3)
        rows[2, 0] = alpha / (1 + gamma)
        return rows

    def _equilibrium(self, theta: np.ndarray, tolerance: float) -> FamilyEquilibrium:
        exponents = [float(value) for value in theta]
        found = self._game.equilibrium(*exponents, tolerance=tolerance, start=self._latest)
        if not found.converged and self._latest is not None:
            found = self._game.equilibrium(*exponents, tolerance=tolerance)
        self._latest, self.iterations = (found if found.converged else None), found.iterations
        at = ", ".join(f"{p.name} = {v:g}" for p, v in zip(self.parameters, theta, strict=True))
        return raise_unless_converged(found, at)


class _DoublyConstrained(Predictor):
    """Gravity with given arrivals: DCG in the limit gamma -> infinity, alpha = 1 + gamma.

    Arrivals are A_j, scaled so that as many arrive as leave.
    """

    def __init__(self, pairs: Pairs):
        self.name, self.pairs = "GMPowDC", pairs
        self.parameters = (_exponent("beta"),)
        self._game = DestinationChoice(pairs)

    def flows(self, theta: np.ndarray, tolerance: float = TIGHT) -> np.ndarray:
        return self._game.all_flows(self._equilibrium(theta, tolerance))

    def flows_at(
        self, theta: np.ndarray, pair_index: np.ndarray, tolerance: float = TIGHT
    ) -> np.ndarray:
        return self._game.flows_at(self._equilibrium(theta, tolerance), pair_index)

    def _equilibrium(self, theta: np.ndarray, tolerance: float) -> FamilyEquilibrium:
        # steep decay makes balancing slow: a survey of the box must not wait for its far end
        passes = _SURVEY_PASSES if tolerance > _SURVEY_TOLERANCE else _PASSES
        found = self._game.doubly_constrained(
            float(theta[0]), tolerance=tolerance, max_iterations=passes
        )
        self.iterations = found.iterations
        return raise_unless_converged(found, f"doubly constrained, beta = {theta[0]:g}")


def _with_traces(pairs: Pairs) -> Pairs:
    """Zones without attraction get a trace of it.

    The radiation weight of the nearest destination grows without limit as m_i goes to 0, that is,
    all travellers of such an origin stop there. The trace gives this limit to nine digits, which
    the outflows keep; nobody goes to a trace itself.
    """
    trace = _TRACE * pairs.mass[pairs.mass > 0].min(initial=1.0)
    return replace(pairs, mass=np.where(pairs.mass > 0, pairs.mass, trace))


def _exponent(name: str) -> Parameter:
    return Parameter(name, "", _PAPER_LOW, _PAPER_HIGH, "linear", _EXPONENT_LATEX[name])


def _per_arrival(parameter: Parameter, pairs: Pairs) -> Parameter:
    """b from 1e-3 per all arrivals (nobody stops early) to 1e3 per zone (all stop next door)."""
    total = float(pairs.mass.sum())
    return replace(parameter, unit="1/arrival", low=1e-3 / total, high=1e3 * pairs.n_zones / total)


def _bounded(
    parameters: tuple[Parameter, ...], bounds: Mapping[str, tuple[float, float]], model: str
) -> tuple[Parameter, ...]:
    names = [parameter.name for parameter in parameters]
    for name, (low, high) in bounds.items():
        if name not in names:
            raise ValueError(f"bounds names {name!r}, but {model} has the parameters {names}")
        if not (np.isfinite(low) and np.isfinite(high) and low < high):
            raise ValueError(f"bounds[{name!r}] = ({low}, {high}): need finite low < high")
        if low < 0 or (low == 0 and parameters[names.index(name)].scale == "log"):
            raise ValueError(
                f"bounds[{name!r}] = ({low}, {high}): {model} takes {name} >= 0, on a log scale > 0"
            )
    boxes = {p.name: bounds.get(p.name, (p.low, p.high)) for p in parameters}
    return tuple(
        replace(p, low=float(boxes[p.name][0]), high=float(boxes[p.name][1])) for p in parameters
    )
