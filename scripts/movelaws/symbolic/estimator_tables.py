"""Tables of flows as the estimator takes them: a row per pair, in any order, checked."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from movelaws.symbolic.observations import Observations

_NO_VARIABLES = ("origin", "destination", "flow", "outflow")


def column_of(od: pd.DataFrame, column: str) -> np.ndarray:
    """(n_rows,) a column of finite numbers.

    Raises
    ------
    ValueError
        If it is missing or holds something else; the message says where.
    """
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


def variables_of(od: pd.DataFrame, names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """(n_rows,) number of the origin of each row, and (n_variables, n_rows) the variables.

    Raises
    ------
    ValueError
        If ``od`` is no table with rows, or an origin or a variable is missing.
    """
    if not isinstance(od, pd.DataFrame):
        raise ValueError(f"od is a {type(od).__name__}: Observations or a DataFrame is needed")
    if len(od) == 0:
        raise ValueError("od has no rows")
    if "origin" not in od.columns:
        raise ValueError(f"od lacks the column 'origin'; it has {list(od.columns)}")
    groups, _ = pd.factorize(od["origin"])
    if (groups < 0).any():
        raise ValueError(f"column 'origin' of od is missing in row {int(np.argmin(groups))}")
    return groups, np.array([column_of(od, name) for name in names]).reshape(len(names), len(od))


def observations_of(od: pd.DataFrame) -> Observations:
    """A table as Observations of the origins with an outflow, sorted by origin.

    Every column but origin, destination, flow and outflow is a variable.

    Raises
    ------
    ValueError
        If there is no variable, an end or the flow is missing, a pair is there twice, a flow is
        negative, or none is positive.
    """
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
    groups, variables = variables_of(od, names)
    flow = column_of(od, "flow")
    if (flow < 0).any():
        raise ValueError(f"column 'flow' of od is < 0 in row {int(np.argmax(flow < 0))}")
    kept = np.bincount(groups, flow)[groups] > 0
    if not kept.any():
        raise ValueError("no flow of od is positive: there is nothing to search in")
    groups = np.unique(groups[kept], return_inverse=True)[1]
    order = np.argsort(groups, kind="stable")
    return sorted_observations(
        names, variables[:, kept][:, order], groups[order], flow[kept][order]
    )


def sorted_observations(
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


def outflow_of(od: pd.DataFrame, groups: np.ndarray, given: Mapping | None) -> np.ndarray:
    """(n_rows,) outflow of the origin of each row: as given, else as a column, else as a sum.

    Raises
    ------
    ValueError
        If ``given`` lacks an origin, or there is neither an outflow nor a flow.
    """
    if given is not None:
        missing = [origin for origin in od["origin"].unique() if origin not in given]
        if missing:
            raise ValueError(f"outflow lacks the origins {missing[:5]}")
        return np.array([given[origin] for origin in od["origin"]], dtype=np.float64)
    if "outflow" in od.columns:
        return column_of(od, "outflow")
    return np.bincount(groups, column_of(od, "flow"))[groups]
