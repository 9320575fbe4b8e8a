"""Maps of the flows: observed, and by the laws of two complexities (paper 2, Figs S2 to S6)."""

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd
from matplotlib.figure import Figure

from movelaws.plotting.flow_map import flow_map
from movelaws.plotting.symbolic import parts
from movelaws.plotting.symbolic.formulas import formula


def law_map(
    zones: gpd.GeoDataFrame,
    predictions: pd.DataFrame,
    front: pd.DataFrame,
    *,
    complexities: Sequence[int] | None = None,
    label: str = "",
    unit: str = "commuters",
    threshold: float | None = None,
    synthetic: bool = False,
) -> Figure:
    """Flow maps under the law's own formula; see :func:`movelaws.plotting.flow_map.flow_map`.

    Parameters
    ----------
    zones : canonical zones, (n_zones,).
    predictions : origin, destination, flow and ``complexity_<c>`` for each of ``complexities``.
        A flow below 0, as a difference may predict, is drawn and judged as none.
    front : complexity, expression and rmse of the laws; the best of a complexity gives the title.
    complexities : to draw; by default those that ``predictions`` has.
    label, unit, threshold, synthetic : as there.

    Raises
    ------
    ValueError
        If a column is missing, or the front has no law of a complexity.
    """
    parts.checked(front, ("complexity", "expression", "rmse"), "front")
    if complexities is None:
        complexities = predicted(predictions)
    columns = {f"complexity_{number}": f"Complexity {number}:" for number in complexities}
    parts.checked(predictions, ["origin", "destination", "flow", *columns], "predictions")
    best = front.sort_values("rmse", kind="stable").drop_duplicates("complexity")
    laws = best.set_index("complexity")["expression"]
    for number in complexities:
        if number not in laws.index:
            there = ", ".join(map(str, sorted(laws.index)))
            raise ValueError(f"front: no law of complexity {number}; there are {there}")
    if predictions.empty:
        return parts.nothing("No flows to draw.", synthetic=synthetic)
    drawn = {name: predictions[name].clip(lower=0.0) for name in columns}
    return flow_map(
        zones,
        predictions.assign(**drawn).rename(columns=columns),
        ["flow", *columns.values()],
        label=label,
        titles={f"Complexity {number}:": formula(laws[number]) for number in complexities},
        unit=unit,
        threshold=threshold,
        synthetic=synthetic,
    )


def predicted(predictions: pd.DataFrame) -> list[int]:
    """The complexities whose flows a table of predictions has: 5 and 7 after long searches."""
    prefix = "complexity_"
    names = [name.removeprefix(prefix) for name in predictions if name.startswith(prefix)]
    return sorted(int(name) for name in names)
