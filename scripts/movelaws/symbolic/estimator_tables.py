"""Tables of flows as the estimator takes them: a row per pair, in any order, checked."""

import numbers
import re
import unicodedata
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from movelaws.symbolic.expressions import FUNCTIONS, NAME
from movelaws.symbolic.observations import Observations

_NO_VARIABLES = ("origin", "destination", "flow", "outflow")
_RESERVED = (*FUNCTIONS, "log")  # not names of variables, see `expressions.Variable`


def column_of(od: pd.DataFrame, column: str) -> np.ndarray:
    """(n_rows,) a column of finite numbers.

    Raises
    ------
    ValueError
        If it is missing, there twice or holds something else; the message says where.
    """
    _check_column(od, column)
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
    _check_table(od)
    groups, _ = pd.factorize(_end_of(od, "origin"))
    return groups, np.array([column_of(od, name) for name in names]).reshape(len(names), len(od))


def observations_of(od: pd.DataFrame) -> Observations:
    """A table as Observations of the origins with an outflow, sorted by origin.

    Every column but origin, destination, flow and outflow is a variable.

    Raises
    ------
    ValueError
        If there is no variable or one that cannot be named so, an end or the flow is missing, a
        pair or a column is there twice, a flow is negative, or none is positive.
    """
    _check_table(od)
    names = tuple(name for name in od.columns if name not in _NO_VARIABLES)
    if not names:
        raise ValueError("od has no variables beside origin, destination and flow")
    check_names(names)
    ends = [_end_of(od, end) for end in ("origin", "destination")]
    again = pd.concat(ends, axis=1).duplicated().to_numpy()
    if again.any():
        row = int(np.argmax(again))
        raise ValueError(f"od has the pair of origin and destination of row {row} twice")
    groups, variables = variables_of(od, names)
    flow = _amounts(od, "flow")
    kept = np.bincount(groups, flow)[groups] > 0
    if not kept.any():
        raise ValueError("no flow of od is positive: there is nothing to search in")
    groups = np.unique(groups[kept], return_inverse=True)[1]
    order = np.argsort(groups, kind="stable")
    return sorted_observations(
        names, variables[:, kept][:, order], groups[order], flow[kept][order]
    )


def check_names(names: Sequence) -> None:
    """Whether variables can be written into laws and read back.

    Raises
    ------
    ValueError
        If one cannot or is there twice; the message tells the rule and how to rename it.
    """
    wrong = [name for name in names if not _is_name(name)]
    if wrong:
        raise ValueError(
            f"columns {wrong} of od cannot name variables of a law: names are lower-case letters "
            "a-z, then parts of such letters and digits, each after a _, as d, w_j or x_1, and not "
            f"{', '.join(_RESERVED)}; rename them, as by "
            f"od.rename(columns={{{wrong[0]!r}: {_proposed(wrong[0], names)!r}}}), or leave them "
            "out"
        )
    twice = sorted({name for name in names if list(names).count(name) > 1})
    if twice:
        raise ValueError(f"od has the columns {twice} more than once: rename or drop them")


def _is_name(name: object) -> bool:
    return isinstance(name, str) and bool(NAME.fullmatch(name)) and name not in _RESERVED


def _proposed(name: object, taken: Sequence) -> str:
    """A name that is like one that cannot be used, and free."""
    plain = unicodedata.normalize("NFKD", str(name)).encode("ascii", "ignore").decode().lower()
    parts = re.findall(r"[a-z]+|[0-9]+", plain)
    found = "_".join(parts if parts and parts[0].isalpha() else ["x", *parts])
    if found in taken or found in (*_NO_VARIABLES, *_RESERVED):
        found = next(
            f"{found}_{k}" for k in range(2, len(taken) + 3) if f"{found}_{k}" not in taken
        )
    return found


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


def outflow_of(
    od: pd.DataFrame, groups: np.ndarray, given: Mapping | pd.Series | None
) -> np.ndarray:
    """(n_rows,) outflow of the origin of each row: as given, else as a column, else as a sum.

    Raises
    ------
    ValueError
        If ``given`` lacks an origin, there is neither an outflow nor a flow, an outflow is no
        finite number >= 0, or the column outflow differs between rows of an origin.
    """
    if given is not None:
        return _given_outflow(od, given)
    if "outflow" not in od.columns:
        return np.bincount(groups, _amounts(od, "flow"))[groups]
    outflow = _amounts(od, "outflow")
    first = outflow[np.unique(groups, return_index=True)[1]][groups]
    if (outflow != first).any():
        row = int(np.argmax(outflow != first))
        raise ValueError(
            f"column 'outflow' of od is {outflow[row]} in row {row} and {first[row]} in the first "
            f"row of its origin {od['origin'].iloc[row]!r}: an origin has one outflow"
        )
    return outflow


def _given_outflow(od: pd.DataFrame, given: Mapping | pd.Series) -> np.ndarray:
    if isinstance(given, pd.Series):
        if not given.index.is_unique:
            twice = given.index[given.index.duplicated()][0]
            raise ValueError(f"outflow has the origin {twice!r} more than once")
        given = given.to_dict()
    if not isinstance(given, Mapping):
        raise ValueError(f"outflow is a {type(given).__name__}: origin -> outflow is needed")
    origins = od["origin"].unique()
    missing = [origin for origin in origins if origin not in given]
    if missing:
        raise ValueError(f"outflow lacks the origins {missing[:5]}")
    values = {}
    for origin in origins:
        value = given[origin]
        number = isinstance(value, numbers.Real) and not isinstance(value, bool)
        if not number or not 0 <= value < np.inf:
            raise ValueError(
                f"outflow of origin {origin!r} is {value!r}: a finite number >= 0 is needed"
            )
        values[origin] = float(value)
    return np.array([values[origin] for origin in od["origin"]], dtype=np.float64)


def _amounts(od: pd.DataFrame, column: str) -> np.ndarray:
    """(n_rows,) a column of finite numbers >= 0."""
    values = column_of(od, column)
    if (values < 0).any():
        row = int(np.argmax(values < 0))
        raise ValueError(f"column {column!r} of od is < 0 in row {row}: {values[row]}")
    return values


def _end_of(od: pd.DataFrame, end: str) -> pd.Series:
    """The column of origins or destinations, complete."""
    _check_column(od, end)
    missing = od[end].isna().to_numpy()
    if missing.any():
        raise ValueError(f"column {end!r} of od is missing in row {int(np.argmax(missing))}")
    return od[end]


def _check_table(od: pd.DataFrame) -> None:
    if not isinstance(od, pd.DataFrame):
        raise ValueError(f"od is a {type(od).__name__}: Observations or a DataFrame is needed")
    if len(od) == 0:
        raise ValueError("od has no rows")


def _check_column(od: pd.DataFrame, column: str) -> None:
    times = list(od.columns).count(column)
    if times == 0:
        raise ValueError(f"od lacks the column {column!r}; it has {list(od.columns)}")
    if times > 1:
        raise ValueError(f"od has the column {column!r} {times} times: rename or drop all but one")
