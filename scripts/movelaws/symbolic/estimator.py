"""Symbolic regression of flow laws with the conventions of scikit-learn."""

import numbers
import warnings
from collections.abc import Mapping
from dataclasses import fields, replace

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted

from movelaws.metrics import cpc
from movelaws.symbolic.estimator_tables import (
    check_names,
    column_of,
    observations_of,
    outflow_of,
    sorted_observations,
    variables_of,
)
from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.evolution import EvolutionSettings, evolve
from movelaws.symbolic.hall_of_fame import HallOfFame, Law
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.printing import text
from movelaws.symbolic.programs import from_program

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
    settings : other settings of evolution, as EvolutionSettings or by their names; those above go
        before them.
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
        settings: EvolutionSettings | Mapping[str, object] | None = None,
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
            (numbers), in any order of rows. Variables are named like w_j, d or x_1: lower-case
            letters, then parts of letters and digits after a _. Origins without outflow are left
            out.
        y : ignored; the flows are in ``od``.

        Raises
        ------
        ValueError
            If a parameter, a column or a value is not what it has to be (the message names it), or
            each origin has one destination only: all laws then give the same flows.

        Warns
        -----
        UserWarning
            If no variable differs within any origin: no law can do better than equal shares.
        """
        self._check_parameters()
        settings = self._evolution_settings()
        data = od if isinstance(od, Observations) else observations_of(od)
        check_names(data.names)
        _check_choices(data)
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
        outflow: Mapping | pd.Series | None = None,
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
            If the law is invalid for an origin, a column or an outflow is missing, or an outflow is
            no finite number >= 0 or not the same in all rows of an origin.
        """
        check_is_fitted(self)
        if isinstance(od, Observations):
            if outflow is not None:
                raise ValueError("outflow is given, but Observations carry theirs: leave it out")
            return Evaluator(od.of_variables(self.names_)).predict(self.best_.program)
        groups, variables = variables_of(od, self.names_)
        total = outflow_of(od, groups, outflow)
        order = np.argsort(groups, kind="stable")
        data = sorted_observations(self.names_, variables[:, order], groups[order])
        share = Evaluator(data).predict(self.best_.program) / np.bincount(groups)[groups[order]]
        flows = np.empty(len(od))
        flows[order] = share * total[order]
        return flows

    def score(
        self, od: Observations | pd.DataFrame, y: None = None, sample_weight: None = None
    ) -> float:
        """Common part of commuters between the flows of ``od`` and those predicted, in [0, 1]."""
        flow = od.flow if isinstance(od, Observations) else column_of(od, "flow")
        return cpc(flow, np.maximum(self.predict(od), 0.0))

    def _check_parameters(self) -> None:
        lowest = {"complexity_max": 1, "exhaustive": 0, "iterations": 0, "seed": 0}
        for name, low in lowest.items():
            value = getattr(self, name)
            if not _is_whole(value) or value < low:
                raise ValueError(f"{name} = {value!r}: a whole number of at least {low} is needed")
        if self.exhaustive and self.loss != "mse":
            raise ValueError(f"exhaustive = {self.exhaustive} with loss {self.loss!r}: 0 is needed")
        good = _is_whole(self.selection) and self.selection >= 1
        if not good and not (isinstance(self.selection, str) and self.selection == "elbow"):
            raise ValueError(f"selection = {self.selection!r}: 'elbow' or a complexity is needed")

    def _evolution_settings(self) -> EvolutionSettings:
        given = self.settings
        if isinstance(given, Mapping):
            known = [setting.name for setting in fields(EvolutionSettings)]
            unknown = [name for name in given if name not in known]
            if unknown:
                raise ValueError(f"settings has unknown names {unknown}: choose from {known}")
            given = EvolutionSettings(**given)
        if given is not None and not isinstance(given, EvolutionSettings):
            raise ValueError(
                f"settings = {given!r}: EvolutionSettings, their names and values, or None is "
                "needed"
            )
        return replace(
            given or EvolutionSettings(),
            complexity_max=self.complexity_max,
            iterations=self.iterations,
            loss=self.loss,
            dispersion=self.dispersion,
        )

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


def _is_whole(value: object) -> bool:
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def _check_choices(data: Observations) -> None:
    """Whether there is anything that laws could tell apart."""
    if data.n_rows == data.n_origins:
        raise ValueError(
            f"each origin of od has one destination ({data.n_rows} rows): it gets all of the "
            "outflow by any law, so that there is nothing to search in; give every destination "
            "that could be chosen, with flow 0 if nobody goes there"
        )
    start = data.start[:-1]
    spread = np.maximum.reduceat(data.columns, start, axis=1) - np.minimum.reduceat(
        data.columns, start, axis=1
    )
    if not spread.any():
        warnings.warn(
            f"none of the variables {list(data.names)} differs between the destinations of an "
            "origin: no law can do better than equal shares",
            UserWarning,
            stacklevel=3,
        )


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
    if loss.max() == 0:  # the simplest law is exact
        return front[0]
    level = np.log(np.maximum(loss, _EXACT * loss.max()))
    fall = np.diff(level, prepend=level[0]) / np.diff(
        [law.complexity for law in front], prepend=front[0].complexity - 1
    )
    good = level <= level.min() + np.log(_NEARLY)
    return front[int(np.argmin(np.where(good, fall, np.inf)))]
