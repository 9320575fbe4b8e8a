"""What the planner's page says in words and numbers."""

import textwrap
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from movelaws.choice.intervention_words import FARTHEST
from movelaws.plotting import INK, QUIET, TITLE_SIZE, panels

NAMED = 8
"""Changed zones that are named one by one."""

WARNING = "#a34700"
"""Colour of what a reader must be warned of, beside grey notes."""

_CLOSED = "practically closed"
_ROUNDING = 1e-4  # percent
_WIDE, _DEEP = 140, 4  # characters and lines of a text in the heading
_GREEK = {"alpha": "α", "beta": "β", "gamma": "γ"}
_OBJECTIVES = {"poisson": "likelihood", "ssi": "similarity (SSI)", "cpc": "common part (CPC)"}
_ATTRACTIONS = {"arrivals": "observed arrivals", "workplace": "workplace population",
                "residential": "residential population"}  # fmt: skip
_COLUMNS = [
    "case",
    "gamma",
    "moved_share",
    "arrivals_change_percent",
    "equivalent_distance_factor",
]


def header(
    title: str,
    destinations: pd.DataFrame,
    origins: pd.DataFrame,
    summary: pd.DataFrame,
    sensitivity: pd.DataFrame | None,
    unit: str,
    calibration: str = "",
    warning: str = "",
) -> list[tuple[str, dict]]:
    """Title, what is done, what it means with its range, and what is held fixed; (text, look)."""
    said = [*_interventions(destinations), *_interventions(origins)]
    row = summary.set_index("quantity")
    moved, _, factor = (value for _, value, _ in _responses(summary, sensitivity))
    short = f"{moved} % of {row.loc['travellers', 'before']:,.0f} {unit} go elsewhere"
    if factor:  # without an effect of distance there is none
        as_far = factor if factor == _CLOSED else f"{factor} times as far"
        short += f"; on average it is as if all destinations were {as_far}"
    lines = [(title, {"fontweight": "bold", "fontsize": TITLE_SIZE})] if title else []
    for text in (". ".join(said), short):
        lines += [(line, {"color": INK}) for line in _wrapped(text)]
    built = any("attraction times" in text for text in said)
    but = " where nothing else is said" if built else ""
    notes = [
        "Before and after are both equilibria of the fitted destination choice game; "
        "neither is the observed flow",
        f"Attractions stay as they were{but}; what a charge yields is not counted; "
        "averages are over travellers",
    ]
    if _as_good(sensitivity) is not None:
        notes[1] += ". In brackets: crowding that fits as well"
    # What the numbers rest on stands where a reader looks for it, with its weakness.
    lines += [(line, {"color": QUIET}) for text in (*notes, calibration) for line in _wrapped(text)]
    return [*lines, *((line, {"color": WARNING}) for line in _wrapped(warning))]


def calibration_line(facts: Mapping[str, Any]) -> str:
    """How the parameters were found and what the attraction is.

    Parameters
    ----------
    facts : objective, parameters (by name), at_edge (by name, the edges of the box of those that
        stand at one), attraction; ``calibration.json`` of ``scripts/choice/counterfactual.py``.
    """
    values = ", ".join(f"{_GREEK.get(k, k)} {v:.3g}" for k, v in facts["parameters"].items())
    objective, attraction = facts["objective"], facts["attraction"]
    return (
        f"Calibrated by {_OBJECTIVES.get(objective, objective)}: {values}; "
        f"attraction: {_ATTRACTIONS.get(attraction, attraction)}"
    )


def calibration_warning(facts: Mapping[str, Any]) -> str:
    """Why the parameters are not to be trusted as they stand; empty if nothing speaks against them.

    ``facts`` as for :func:`calibration_line`.
    """
    said = [
        f"{_GREEK.get(name, name)} stands at the edge of the box searched ({low:g} to {high:g}): "
        "better values may lie beyond it"
        for name, (low, high) in facts["at_edge"].items()
    ]
    if facts["attraction"] == "arrivals":
        said.append(
            "attraction is the observed arrivals: crowding cannot be told from them, read the "
            "ranges"
        )
    text = "; ".join(said)
    return text[:1].upper() + text[1:] if text.startswith("attraction") else text


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDE, max_lines=_DEEP, placeholder=" …")


def _interventions(table: pd.DataFrame) -> list[str]:
    """What is done, each with its zones: by name while they are few."""
    done = table[table["intervention"].fillna("").ne("")]
    said = []
    for text, group in done.groupby("intervention", sort=False):
        names = ", ".join(group["name"]) if len(group) <= NAMED else f"{len(group)} zones"
        said.append(f"{names}: {text}")
    return said if len(said) <= NAMED else [f"{len(done)} zones are changed in {len(said)} ways"]


def price(factor: float) -> str:
    """What a full destination costs those who still come."""
    as_far = _three(factor)
    return f"price: as if {as_far}" + ("" if as_far == _CLOSED else " times as far")


def totals(summary: pd.DataFrame, unit: str) -> list[tuple[str, str]]:
    """Sums before and after; (name, value)."""
    row = summary.set_index("quantity")
    far = row.loc["mean distance", "before"]
    full = row.loc["destinations at capacity", "after"]
    return [
        (f"All {unit}", _pair(row, "travellers", ",.0f")),
        (
            "Arrivals at changed destinations",
            _pair(row, "arrivals at changed destinations", ",.0f"),
        ),
        ("Mean distance (km)", _pair(row, "mean distance", ",.2f" if far < 100 else ",.0f")),
        ("Destinations at capacity", f"{full:,.0f}"),
    ]


def responses(
    summary: pd.DataFrame, sensitivity: pd.DataFrame | None
) -> list[tuple[str, str, str]]:
    """What depends on crowding; (name, value and range, value without crowding), a heading first.

    The value without crowding is given apart where it does not fit as well.
    """
    found = [row for row in _responses(summary, sensitivity) if row[1]]
    good, without = _as_good(sensitivity), _without(sensitivity)
    if good is None:
        return [("", "fitted", "" if without is None else "γ = 0"), *found]
    low, high = good["gamma"].min(), good["gamma"].max()
    # The range of the responses goes on beyond the largest crowding that was tried.
    ends = "largest_tried" in good and bool(good["largest_tried"].any())
    tried = f"γ = {high:.3g} is the largest tried" if ends else ""
    heading = f"fitted (γ {low:.3g} to {high:.3g})"
    return [(tried, heading, "" if without is None else "γ = 0"), *found]


def signed(number: float) -> str:
    """With its sign, as typeset; the solver's rounding has none."""
    if abs(number) < _ROUNDING:
        return "0"
    return f"{number:+.{2 if abs(number) < 1 else 1}f}".replace("-", "−")


def _responses(
    summary: pd.DataFrame, sensitivity: pd.DataFrame | None
) -> list[tuple[str, str, str]]:
    """Travellers who go elsewhere, arrivals (empty without changed destinations), the factor."""
    row = summary.set_index("quantity")
    before, after = row.loc["arrivals at changed destinations", ["before", "after"]].astype(float)
    arrivals = 100 * (after / before - 1) if before > 0 else np.nan
    values = [
        ("Go elsewhere (%)", "moved_share", 100, "travellers who change destination", _percent),
        ("Arrivals at changed (%)", "arrivals_change_percent", 1, arrivals, signed),
        ("As if so many times as far", "equivalent_distance_factor", 1,
         "equivalent distance factor", _three),
    ]  # fmt: skip
    good, without = _as_good(sensitivity), _without(sensitivity)
    said = []
    for name, column, scale, value, text in values:
        value = scale * row.loc[value, "after"] if isinstance(value, str) else value
        apart = "" if without is None else text(scale * without[column])
        if np.isnan(value):
            said.append((name, "", ""))
            continue
        ends = [] if good is None else [scale * good[column].min(), scale * good[column].max()]
        # A range that cannot be seen at this precision is left out.
        seen = {text(end) for end in ends} - {text(value)}
        spread = f" ({' to '.join(map(text, ends))})" if seen else ""
        said.append((name, text(value) + spread, apart))
    return said


def _as_good(sensitivity: pd.DataFrame | None) -> pd.DataFrame | None:
    """Rows that fit as well; None if there is none."""
    if sensitivity is None or sensitivity.empty:
        return None
    panels.require_columns(sensitivity, _COLUMNS, "sensitivity")
    good = sensitivity[sensitivity["case"] == "fits as well"]
    return None if good.empty else good


def _without(sensitivity: pd.DataFrame | None) -> pd.Series | None:
    """The row without crowding, where it fits worse than the others."""
    if sensitivity is None or sensitivity.empty:
        return None
    rows = sensitivity[sensitivity["case"] == "without crowding"]
    return None if rows.empty else rows.iloc[0]


def _percent(number: float) -> str:
    return f"{number:.{2 if number < 1 else 1}f}"


def _three(number: float) -> str:
    return _CLOSED if number > FARTHEST else f"{number:.3g}"


def _pair(row: pd.DataFrame, quantity: str, digits: str) -> str:
    before, after = row.loc[quantity, ["before", "after"]]
    texts = f"{before:{digits}}", f"{after:{digits}}"
    return texts[0] if texts[0] == texts[1] else " → ".join(texts)
