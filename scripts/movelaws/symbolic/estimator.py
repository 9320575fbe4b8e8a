"""Symbolic regression of flow laws with the conventions of scikit-learn."""

import numbers
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted

from movelaws.metrics import cpc
from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.evolution import EvolutionSettings, evolve
from movelaws.symbolic.hall_of_fame import HallOfFame, Law
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.printing import text
from movelaws.symbolic.programs import from_program

_NO_VARIABLES = ("origin", "destination", "flow", "outflow")

_NEARLY = 1.5  # a law with a loss within this factor of the least may be chosen
_EXACT = 1e-12  # of the largest loss: smaller ones are those of exact laws
_GROUND = 1e-3  # of the range of likelihoods, so that the least has a logarithm


class FlowLawRegressor(RegressorMixin, BaseEstimator):
    """Laws of flows F^_ij = O_i f_ij / sum_k f_ik, found by searching over expressions f.

    Small laws may be enumerated with a proof that none is better; evolution, seeded by them, goes
    on to larger ones.

    Parameters
    ----------
    complexity_max : largest complexity of a law.
    exhaustive : complexity up to which all laws are tried, with a proof that none is better; 0
        for none. Only with loss "mse".
    iterations : of evolution; 0 for none.
    loss, dispersion : "mse", "poisson" or "negbin", see ``Evaluator``.
    selection : which law of the front predicts: "elbow", where the loss falls most steeply, or the
        largest complexity that it may have.
    seed : of all randomness.
    settings : other settings of evolution; those above go before them.
    progress : whether to show progress bars.

    Attributes
    ----------
    hall_ : HallOfFame, the best distinct laws of each complexity.
    front_ : DataFrame of the Pareto front: complexity, expression, constants, loss, rmse, cpc.
    best_ : Law that predicts; ``expression_`` is its text.
    names_ : variables; n_features_in_ : their number.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from movelaws.symbolic.evolution import EvolutionSettings
    >>> random = np.random.default_rng(0)
    >>> od = pd.DataFrame({"origin": np.repeat(np.arange(12), 15)})
    >>> od["destination"] = np.tile(np.arange(15), 12)
    >>> od["d"], od["w_j"] = random.uniform(1, 50, 180), random.uniform(1, 9, 180)
    >>> od["flow"] = 500 * od["w_j"] / od["d"]
    >>> small = EvolutionSettings(populations=2, population_size=32, cycles_per_iteration=50)
    >>> law = FlowLawRegressor(complexity_max=5, exhaustive=0, iterations=3, settings=small)
    >>> law.fit(od).expression_
    'w_j / d'
    >>> round(law.score(od), 3)
    1.0
    """

    def __init__(
        self,
        complexity_max: int = 9,
        exhaustive: int = 5,
        iterations: int = 20,
        loss: str = "mse",
        dispersion: float = 0.0,
        selection: str | int = "elbow",
        seed: int = 0,
        settings: EvolutionSettings | None = None,
        progress: bool = False,
    ) -> None:
        self.complexity_max = complexity_max
        self.exhaustive = exhaustive
        self.iterations = iterations
        self.loss = loss
        self.dispersion = dispersion
        self.selection = selection
        self.seed = seed
        self.settings = settings
        self.progress = progress

    def fit(self, od: Observations | pd.DataFrame, y: None = None) -> "FlowLawRegressor":
        """Search for the laws behind observed flows.

        Parameters
        ----------
        od : Observations, or a table with columns origin, destination, flow and one per variable
            (numbers), in any order of rows. Origins without outflow are left out.
        y : ignored; the flows are in ``od``.

        Raises
        ------
        ValueError
            If a parameter, a column or a value is not what it has to be; the message names it.
        """
        self._check_parameters()
        settings = replace(
            self.settings or EvolutionSettings(),
            complexity_max=self.complexity_max,
            iterations=self.iterations,
            loss=self.loss,
            dispersion=self.dispersion,
        )
        data = od if isinstance(od, Observations) else _observations(od)
        hall = HallOfFame(settings.keep)
        evaluator = Evaluator(data, self.loss, self.dispersion)
        for program in self._certified(data, settings):
            hall.add(program, evaluator.loss(program))
        seeds = [law.program for law in hall.laws]
        found = evolve(data, settings, seeds, seed=self.seed, progress=self.progress)
        self.hall_ = hall.merge(found)
        if not len(self.hall_):
            raise ValueError("no valid law was found: allow more iterations or exhaustive search")
        self.names_ = data.names
        self.n_features_in_ = len(data.names)
        self.feature_names_in_ = np.array(data.names, dtype=object)
        self.front_ = _front_table(self.hall_, evaluator)
        self.best_ = _selected(self.hall_.front(), self.selection)
        self.expression_ = text(from_program(self.best_.program, data.names), 4)
        return self

    def predict(
        self,
        od: Observations | pd.DataFrame,
        outflow: Mapping | None = None,
    ) -> np.ndarray:
        """Allocate the outflow of each origin over its rows.

        Parameters
        ----------
        od : as in ``fit``; a table needs no flow if it has a column outflow (the same in all rows
            of an origin) or ``outflow`` is given.
        outflow : origin -> outflow, for a table; before the column outflow, which goes before the
            sums of the flows.

        Returns
        -------
        (n_rows,) flows, in the order of the rows of ``od``.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before ``fit``.
        ValueError
            If the law is invalid for an origin, or a column or an outflow is missing.
        """
        check_is_fitted(self)
        if isinstance(od, Observations):
            return Evaluator(od.of_variables(self.names_)).predict(self.best_.program)
        groups, variables = _table(od, self.names_)
        total = _outflow(od, groups, outflow)
        order = np.argsort(groups, kind="stable")
        data = _sorted_observations(self.names_, variables[:, order], groups[order])
        share = Evaluator(data).predict(self.best_.program) / np.bincount(groups)[groups[order]]
        flows = np.empty(len(od))
        flows[order] = share * total[order]
        return flows

    def score(
        self, od: Observations | pd.DataFrame, y: None = None, sample_weight: None = None
    ) -> float:
        """Common part of commuters between the flows of ``od`` and those predicted, in [0, 1]."""
        flow = od.flow if isinstance(od, Observations) else _numbers(od, "flow")
        return cpc(flow, np.maximum(self.predict(od), 0.0))

    def _check_parameters(self) -> None:
        for name, low in (("complexity_max", 1), ("exhaustive", 0), ("iterations", 0)):
            value = getattr(self, name)
            if not isinstance(value, numbers.Integral) or value < low:
                raise ValueError(f"{name} = {value!r}: a whole number of at least {low} is needed")
        if self.exhaustive and self.loss != "mse":
            raise ValueError(f"exhaustive = {self.exhaustive} with loss {self.loss!r}: 0 is needed")
        good = isinstance(self.selection, numbers.Integral) and self.selection >= 1
        if not good and self.selection != "elbow":
            raise ValueError(f"selection = {self.selection!r}: 'elbow' or a complexity is needed")

    def _certified(self, data: Observations, settings: EvolutionSettings) -> list:
        from movelaws.symbolic.exhaustive import certified_search

        up_to = min(self.exhaustive, self.complexity_max)
        if up_to < 1:
            return []
        front = certified_search(
            data,
            up_to if up_to % 2 else up_to - 1,  # every complexity is odd
            keep=settings.keep,
            seed=self.seed,
            argument_complexity=settings.argument_complexity,
            progress=self.progress,
        )
        return [law.program for law in front.laws]


def _numbers(od: pd.DataFrame, column: str) -> np.ndarray:
    if column not in od.columns:
        raise ValueError(f"od lacks the column {column!r}; it has {list(od.columns)}")
    try:
        values = od[column].to_numpy(dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"column {column!r} of od must hold numbers: {error}") from error
    if not np.isfinite(values).all():
        row = int(np.flatnonzero(~np.isfinite(values))[0])
        raise ValueError(f"column {column!r} of od is {values[row]} in row {row}")
    return values


def _table(od: pd.DataFrame, names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """(n_rows,) number of the origin of each row, and (n_variables, n_rows) the variables."""
    if not isinstance(od, pd.DataFrame):
        raise ValueError(f"od is a {type(od).__name__}: Observations or a DataFrame is needed")
    if len(od) == 0:
        raise ValueError("od has no rows")
    if "origin" not in od.columns:
        raise ValueError(f"od lacks the column 'origin'; it has {list(od.columns)}")
    groups, _ = pd.factorize(od["origin"])
    if (groups < 0).any():
        raise ValueError(f"column 'origin' of od is missing in row {int(np.argmin(groups))}")
    return groups, np.array([_numbers(od, name) for name in names]).reshape(len(names), len(od))


def _observations(od: pd.DataFrame) -> Observations:
    """A table as Observations of the origins with an outflow, sorted by origin."""
    if not isinstance(od, pd.DataFrame):
        raise ValueError(f"od is a {type(od).__name__}: Observations or a DataFrame is needed")
    names = tuple(str(name) for name in od.columns if name not in _NO_VARIABLES)
    if not names:
        raise ValueError("od has no variables beside origin, destination and flow")
    for end in ("origin", "destination"):
        if end not in od.columns:
            raise ValueError(f"od lacks the column {end!r}; it has {list(od.columns)}")
    if od.duplicated(["origin", "destination"]).any():
        row = int(np.argmax(od.duplicated(["origin", "destination"]).to_numpy()))
        raise ValueError(f"od has the pair of origin and destination of row {row} twice")
    groups, variables = _table(od, names)
    flow = _numbers(od, "flow")
    if (flow < 0).any():
        raise ValueError(f"column 'flow' of od is < 0 in row {int(np.argmax(flow < 0))}")
    kept = np.bincount(groups, flow)[groups] > 0
    if not kept.any():
        raise ValueError("no flow of od is positive: there is nothing to search in")
    groups = np.unique(groups[kept], return_inverse=True)[1]
    order = np.argsort(groups, kind="stable")
    return _sorted_observations(
        names, variables[:, kept][:, order], groups[order], flow[kept][order]
    )


def _sorted_observations(
    names: tuple[str, ...], columns: np.ndarray, groups: np.ndarray, flow: np.ndarray | None = None
) -> Observations:
    """Observations of rows sorted by origin; without flows, each row has a flow of 1."""
    sizes = np.bincount(groups)
    return Observations(
        names,
        np.ascontiguousarray(columns),
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        np.ones(groups.size) if flow is None else flow,
        np.arange(sizes.size),
        np.arange(groups.size),
        np.arange(groups.size).astype(str),
    )


def _outflow(od: pd.DataFrame, groups: np.ndarray, given: Mapping | None) -> np.ndarray:
    """(n_rows,) outflow of the origin of each row."""
    if given is not None:
        missing = [origin for origin in od["origin"].unique() if origin not in given]
        if missing:
            raise ValueError(f"outflow lacks the origins {missing[:5]}")
        return np.array([given[origin] for origin in od["origin"]], dtype=np.float64)
    if "outflow" in od.columns:
        return _numbers(od, "outflow")
    return np.bincount(groups, _numbers(od, "flow"))[groups]


def _front_table(hall: HallOfFame, evaluator: Evaluator) -> pd.DataFrame:
    rows = [
        {
            "complexity": law.complexity,
            "expression": text(from_program(law.program, evaluator.observations.names), 3),
            "constants": ";".join(repr(float(c)) for c in law.program.constants),
            "loss": law.loss,
            "rmse": evaluator.rmse(law.program),
            "cpc": evaluator.cpc(law.program),
        }
        for law in hall.front()
    ]
    return pd.DataFrame(rows)


def _selected(front: list[Law], selection: str | int) -> Law:
    """The law where the loss falls most steeply, among those nearly as good as the best.

    Steep is a large fall of the logarithm of the loss per complexity, nearly as good a loss of at
    most 1.5 times the least. Likelihoods, which may be negative, are counted from the least one.
    """
    if selection != "elbow":
        allowed = [law for law in front if law.complexity <= selection]
        return (allowed or front[:1])[-1]
    loss = np.array([law.loss for law in front])
    if loss.min() < 0:
        loss = loss - loss.min() + _GROUND * np.ptp(loss)
    level = np.log(np.maximum(loss, _EXACT * loss.max()))
    fall = np.diff(level, prepend=level[0]) / np.diff(
        [law.complexity for law in front], prepend=front[0].complexity - 1
    )
    good = level <= level.min() + np.log(_NEARLY)
    return front[int(np.argmin(np.where(good, fall, np.inf)))]
