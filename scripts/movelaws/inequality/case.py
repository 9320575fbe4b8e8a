"""One comparison of the standard with the modified radiation model: a dataset and its variables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from movelaws.inequality.allocation import allocate, rounded
from movelaws.inequality.classes import (
    MANY_CLASSES,
    TWO_CLASSES,
    beyond_percentile,
    most_affected,
    number_wanted,
    union,
)
from movelaws.inequality.linear import linear
from movelaws.inequality.many_class import many_class
from movelaws.inequality.outflow import Leaving, counted, regressed
from movelaws.inequality.ranks import LARGEST_ERROR
from movelaws.inequality.standard import standard
from movelaws.inequality.surroundings import Surroundings, surroundings
from movelaws.inequality.two_class import two_class
from movelaws.od import Population
from movelaws.readings import pairs_under

_WHOLE = 1e-6
"""A flow this near to a whole number is one: weights and sums of floats are that inexact."""
_LEAST_KNOWN = 0.5
"""Share of the zones that must have a value: fewer say more of who was asked than of who is hit."""


@dataclass(frozen=True, eq=False)
class Case:
    """What a comparison starts from.

    Attributes
    ----------
    surroundings : of the zones, with the observed flows.
    leaving : outflows that both models are given.
    names : (n,) of the zones.
    labels : name of each variable for readers.
    measured : by variable with a column of its own, (n,) values; larger is worse, NaN is unknown.
    shapes : by variable, (n,) in [0, 1]; see :mod:`movelaws.inequality.classes`.
    model : TWO_CLASSES (exact closed form) or MANY_CLASSES (linearised).
    """

    surroundings: Surroundings
    leaving: Leaving
    names: np.ndarray
    labels: Mapping[str, str]
    measured: Mapping[str, np.ndarray]
    shapes: Mapping[str, np.ndarray]
    model: str

    def standard(self) -> np.ndarray:
        """(n, n - 1) int64, rounded flows of the standard model, in the order of surroundings."""
        return self.flows_of(standard(self.surroundings))

    def modified(self, variable: str, penalty: float) -> tuple[np.ndarray, int]:
        """Rounded flows of the modified model, and how many pairs had to be clipped.

        Parameters
        ----------
        variable : of ``shapes``.
        penalty : delta - 1 of the penalised zones, or Delta at the largest value.
        """
        p, clipped = self.weights(self.shapes[variable], penalty)
        return self.flows_of(p), clipped

    def flows_of(self, p: np.ndarray) -> np.ndarray:
        """(n, n - 1) int64, the case's outflows shared out by unnormalised p_ij and rounded.

        Raises
        ------
        ValueError
            If a flow is larger than the statistics of errors can take.
        """
        flows = rounded(allocate(p, self.leaving.outflow))
        if self.leaving.outflow.max() > LARGEST_ERROR:
            _check_size(self.surroundings, flows, "a model's flow, and so its error,")
        return flows

    @property
    def without_population(self) -> float:
        """People who leave zones without population: no model predicts where they go."""
        return float(self.leaving.outflow[self.surroundings.mass == 0].sum())

    def exact(self, variable: str) -> Callable[[float], np.ndarray]:
        """The exact model of a variable: penalty to (n, n - 1) unnormalised p_ij."""
        shape = self.shapes[variable]
        if self.model == TWO_CLASSES:
            return lambda penalty: two_class(self.surroundings, shape > 0, penalty)
        return lambda penalty: many_class(self.surroundings, penalty * shape)

    def weights(self, shape: np.ndarray, penalty: float) -> tuple[np.ndarray, int]:
        """(n, n - 1) unnormalised p_ij of the case's model, and the number of clipped pairs."""
        if self.model == TWO_CLASSES:
            return two_class(self.surroundings, shape > 0, penalty), 0
        found = linear(self.surroundings, penalty * shape)
        return found.p, found.n_low + found.n_high


def build(
    zones: gpd.GeoDataFrame,
    flows: pd.DataFrame,
    places: pd.DataFrame,
    variables: Mapping[str, Mapping],
    *,
    model: str,
    population: Population,
    outflow: str = "observed",
    share: float | None = None,
    percentile: float | None = None,
) -> Case:
    """The case of a dataset in canonical form.

    Parameters
    ----------
    zones, flows, places : canonical tables; the zones carry the variables' columns. Since classes
        belong to zones, the zones are the opportunities even where finer places are known.
    variables : by name, ``label`` and either ``column`` (of the zones) or ``union`` (names of
        variables with a column, or of unions before it).
    model : TWO_CLASSES or MANY_CLASSES.
    population : which population is the mass.
    outflow : "observed" or "regression", see :mod:`movelaws.inequality.outflow`.
    share : of the zones that two classes penalise; needed by TWO_CLASSES, else not used.
    percentile : beyond which many classes penalise; needed by MANY_CLASSES, else not used.

    Raises
    ------
    ValueError
        If there is no variable, one has not exactly one of column and union, a column is missing,
        not numeric or known in less than half of the zones, a union names no variable, a population
        is unknown, share or percentile is missing or cannot be used, a flow is not whole or too
        large, or all who leave do so from zones without population.

    Notes
    -----
    Prints who leaves zones without population, and where ties penalise fewer than the share.
    """
    if model not in (TWO_CLASSES, MANY_CLASSES):
        raise ValueError(f"model = {model!r}: choose {TWO_CLASSES!r} or {MANY_CLASSES!r}")
    if outflow not in ("observed", "regression"):
        raise ValueError(f"outflow = {outflow!r}: choose 'observed' or 'regression'")
    name, threshold = ("share", share) if model == TWO_CLASSES else ("percentile", percentile)
    if threshold is None:
        raise ValueError(f"model = {model!r} needs {name}: give the threshold of the penalised")
    _check_variables(variables)
    around = _whole(
        surroundings(
            pairs_under(
                zones, flows, places, population=population, support="all", intervening="zones",
                circle=False,
            )
        )
    )  # fmt: skip
    values = {
        name: _column(zones, name, entry["column"])
        for name, entry in variables.items()
        if entry.get("column")
    }
    shapes = {}
    for name, worse in values.items():
        try:
            _check_known(worse)
            shapes[name] = (
                most_affected(worse, share)
                if model == TWO_CLASSES
                else beyond_percentile(worse, percentile)
            )
        except ValueError as error:
            raise ValueError(f"variable {name!r}: {error}") from None
        if model == TWO_CLASSES:
            _report_ties(name, shapes[name], share)
    for name, entry in variables.items():
        if entry.get("union"):
            shapes[name] = union(_member(shapes, name, other) for other in entry["union"])
    left = around.outflow
    case = Case(
        surroundings=around,
        leaving=counted(left) if outflow == "observed" else regressed(left, around.mass),
        names=zones["name"].to_numpy(dtype=object),
        labels={name: entry["label"] for name, entry in variables.items()},
        measured=values,
        shapes={name: shapes[name] for name in variables},
        model=model,
    )
    _report_lost(case)
    return case


def _whole(around: Surroundings) -> Surroundings:
    """The same with flows that are whole: the tests compare whole numbers of people."""
    flow = np.rint(around.flow)
    bad = np.abs(around.flow - flow) > _WHOLE
    if bad.any():
        i, p = np.argwhere(bad)[0]
        raise ValueError(
            f"the flow {_pair(around, i, p)} is {around.flow[i, p]:.10g}: flows must be whole "
            f"numbers of people ({int(bad.sum())} are not); give counts, or round them"
        )
    _check_size(around, flow, "the flow")
    return replace(around, flow=flow)


def _check_size(around: Surroundings, flow: np.ndarray, what: str) -> None:
    i, p = np.unravel_index(np.argmax(flow), flow.shape)
    if flow[i, p] > LARGEST_ERROR:
        raise ValueError(
            f"{what} {_pair(around, i, p)} is {flow[i, p]:.0f}: at most {LARGEST_ERROR} can be "
            "compared; rescale the flows, such as to thousands of people"
        )


def _pair(around: Surroundings, i: int, p: int) -> str:
    ids = around.zone_ids
    return f"from {str(ids[i])!r} to {str(ids[around.order[i, p]])!r}"


def _check_known(values: np.ndarray) -> None:
    known = int(np.count_nonzero(~np.isnan(values)))
    if known < _LEAST_KNOWN * values.size:
        raise ValueError(
            f"too few values: {known} of {values.size} zones have one, at least half must; give "
            "the missing ones, or leave the variable out (null)"
        )


def _report_ties(name: str, shape: np.ndarray, share: float) -> None:
    wanted, found = number_wanted(shape.size, share), int(shape.sum())
    if found < wanted:
        print(
            f"variable {name}: share {share:g} of {shape.size} wants {wanted} places, {found} can "
            "be told apart"
        )


def _report_lost(case: Case) -> None:
    """Who leaves a place without people is in the data and in no prediction: say how many."""
    lost, everybody = case.without_population, float(case.leaving.outflow.sum())
    if lost and lost == everybody:
        raise ValueError(
            f"all {lost:.0f} people leave zones without population, from which no model predicts "
            "anything: correct the populations, or choose the other population"
        )
    if lost:
        print(f"people from zones without population, left out of the predictions: {lost:.0f}")


def _check_variables(variables: Mapping[str, Mapping]) -> None:
    if not variables:
        raise ValueError("variables: at least one is needed")
    for name, entry in variables.items():
        if bool(entry.get("column")) == bool(entry.get("union")):
            raise ValueError(f"variable {name!r}: give either a column of the zones or a union")


def _column(zones: pd.DataFrame, name: str, column: str) -> np.ndarray:
    if column not in zones.columns:
        numbers = zones.select_dtypes("number").columns
        raise ValueError(
            f"variable {name!r}: the zones have no column {column!r}; there are "
            f"{', '.join(numbers)}: correct the config, or give the raw file that holds it"
        )
    if not pd.api.types.is_numeric_dtype(zones[column]):
        raise ValueError(
            f"variable {name!r}: column {column!r} of the zones is not numeric but "
            f"{zones[column].dtype}; missing values may be left blank"
        )
    return zones[column].to_numpy(dtype=float, na_value=np.nan)


def _member(shapes: Mapping[str, np.ndarray], name: str, other: str) -> np.ndarray:
    if other not in shapes:
        raise ValueError(
            f"variable {name!r}: union names {other!r}, which is no variable with a column; there "
            f"are {', '.join(shapes)}"
        )
    return shapes[other]
