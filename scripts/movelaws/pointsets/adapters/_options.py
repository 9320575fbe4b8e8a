"""Options that several adapters of point sets have."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from movelaws import layers, options
from movelaws.pointsets import frames

_BY = {
    "dbscan": ({"reach": 200.0, "min_places": 10}, {"snap"}),
    "hdbscan": ({"min_cluster_size": 50}, {"min_samples"}),
}
"""Parameters of each way to find towns with their defaults, and those that may be left out."""


def is_crs(crs: str | int) -> bool:
    """Whether a CRS has this name."""
    try:
        return bool(layers.checked_crs(crs))
    except ValueError:
        return False


def _is_metric(crs: str | int) -> bool:
    try:
        return bool(frames.metric_crs(crs))
    except ValueError:
        return False


def _is_box(box: Sequence[float]) -> bool:
    from movelaws import zoning  # with scikit-learn, a second that most adapters need not spend

    try:
        return bool(zoning.checked_box(box))
    except ValueError:
        return False


def town_settings(towns: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Which clustering finds the towns, and its parameters.

    Raises
    ------
    ValueError
        For an unknown name or a value that is no number > 0.
    """
    given = dict(towns)
    by = given.pop("by", None)
    if by not in _BY:
        raise ValueError(f"towns: by is {by!r}: give one of {', '.join(_BY)}")
    defaults, more = _BY[by]
    for name, value in given.items():
        if name not in defaults and name not in more:
            raise ValueError(
                f"towns: {name!r} is unknown; {options.nearest(name, [*defaults, *more])}"
            )
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not 0 < value < float("inf"):
            raise ValueError(f"towns: {name} = {value!r}: give a number > 0")
    return by, defaults | given


def _is_towns(towns: Mapping[str, Any]) -> bool:
    try:
        return bool(town_settings(towns))
    except ValueError:
        return False


Crs = Annotated[str | int, options.Rule(is_crs, "a CRS such as 'EPSG:25832'")]
MetricCrs = Annotated[
    str | int, options.Rule(_is_metric, "a projected CRS in metres such as 'EPSG:25832'")
]
Box = Annotated[
    Sequence[float],
    options.Rule(_is_box, "[west, south, east, north] in degrees, west < east, south < north"),
]
Towns = Annotated[
    Mapping,
    options.Rule(
        _is_towns,
        "{by: dbscan, reach: 200, min_places: 10} (perhaps snap) or {by: hdbscan, "
        "min_cluster_size: 50} (perhaps min_samples), all numbers > 0",
    ),
]
Share = Annotated[float, options.Rule(lambda v: 0 <= v <= 1, "a share from 0 to 1")]
LandParts = Literal["with_places", "all"]
