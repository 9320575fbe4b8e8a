"""The model of paper 4 in sentences: its linear form, other benefits, and places struck."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from movelaws.inequality.answer_words import penalty, whole
from movelaws.inequality.two_cities import SMALL
from movelaws.phrases import between, listed, number, people, percent

_NAMED = 3  # places
_NOBODY = 0.5  # people, below which an arrival more or less is not worth naming
_FEW_MOVED = 1.0  # percent of the people
_BENEFITS = {"pareto": "Pareto"}
_ALIKE = 2.0  # times as large: crossings closer than this mean much the same


@dataclass(frozen=True)
class Struck:
    """A what-if of the run.

    Attributes
    ----------
    title : what is struck.
    summary, destinations : of :func:`movelaws.inequality.what_if.what_if`.
    range : the same at several penalties: delta_minus_1, lost (arrivals of the places struck),
        go_elsewhere (people); None if only one was tried.
    """

    title: str
    summary: pd.DataFrame
    destinations: pd.DataFrame
    range: pd.DataFrame | None = None


def linear_form(exact: pd.DataFrame) -> list[str]:
    """What is clipped, moved and wrong with the linear form, over all variables at each Delta.

    At each from the first on at which it matters, in one sentence before that.
    """
    if exact.empty:
        return []
    table = exact.assign(
        clipped=100 * (exact["clipped_low_share"] + exact["clipped_high_share"]),
        moved=100 * exact["moved_share"],
    )
    off = table.loc[(table["clipped"] > 0) | (table["moved"] > _FEW_MOVED), "exponent"]
    first = off.min() if len(off) else np.inf
    said = _like_the_exact(table[table["exponent"] < first])
    at = {exponent: rows for exponent, rows in table.groupby("exponent") if exponent >= first}
    if not at:
        return said

    def each(column: str) -> str:
        return listed(f"{between(rows[column], percent)} (n = {n:g})" for n, rows in at.items())

    wrong = [
        f"{between(rows['hamming_linear'], whole)} and {between(rows['hamming_exact'], whole)} "
        f"(n = {n:g})"
        for n, rows in at.items()
    ]
    return [
        *said,
        f"At Delta = 10^n, the linear form leaves the range from 0 to 1 and is clipped in "
        f"{each('clipped')} of the pairs",
        f"It sends {each('moved')} of the people elsewhere than the exact form",
        f"The linear and the exact form have {'; '.join(wrong)} wrong pairs, the standard model "
        f"{whole(table['hamming_standard'].iloc[0])}",
    ]


def _like_the_exact(rows: pd.DataFrame) -> list[str]:
    if rows.empty:
        return []
    return [
        f"Up to Delta = 10^n with n = {rows['exponent'].max():g}, the linear form is nowhere "
        f"clipped and sends at most {percent(rows['moved'].max())} of the people elsewhere than "
        "the exact form"
    ]


def by_itself(
    crossings: pd.DataFrame, benefits: Mapping[str, pd.DataFrame], labels: Mapping[str, str]
) -> list[str]:
    """At which penalty two cities balance, by the distribution of benefits."""
    if crossings.empty:
        return []
    sizes = np.sort(crossings["n1"].unique())
    n1 = sizes[np.argmin(np.abs(np.log(sizes / SMALL)))]
    here = crossings[crossings["n1"] == n1]
    at = here.set_index("benefit")["delta_minus_1"]
    n2 = here["n2"].iloc[0]
    balance = listed(_of_benefit(value, name) for name, value in at.items())
    said = [
        f"Between cities of {people(n1)} and {people(n2)} people, of which the larger is "
        f"penalised, a mover from either is as likely to go to the other at delta - 1 = {balance}"
    ]
    times = at.max() / at.min()
    said.append(
        "So the same penalty means something else under another distribution of benefits: these "
        f"differ by a factor of about {number(float(f'{times:.1g}'))}"
        if times > _ALIKE
        else f"These {len(at)} differ by less than a factor of {_ALIKE:g}"
    )
    said += _larger(crossings, n1, at)
    told = [_in_case(table, labels[case]) for case, table in benefits.items() if len(table)]
    return said + told


def _larger(crossings: pd.DataFrame, n1: float, at: pd.Series) -> list[str]:
    tenfold = crossings[np.isclose(crossings["n1"], 10 * n1)].set_index("benefit")["delta_minus_1"]
    tenfold = tenfold.reindex(at.index).dropna()
    if tenfold.empty:
        return []
    values = listed(_of_benefit(value, name) for name, value in tenfold.items())
    return [f"With ten times as many people in both, it is {values}"]


def _of_benefit(value: float, name: str) -> str:
    return f"{number(value, 4 if value < 1 else 3)} ({name})"


def _in_case(table: pd.DataFrame, label: str) -> str:
    best = table.loc[table.groupby("benefit", sort=False)["hamming"].idxmin()]
    told = [
        f"{whole(row.hamming)} at {penalty(row.delta_minus_1)} "
        f"({_BENEFITS.get(row.benefit, row.benefit)})"
        for row in best.itertuples()
    ]
    behind = best.loc[best["hamming"] >= best["hamming_standard"], "benefit"]
    idle = listed(_BENEFITS.get(name, name) for name in behind)
    return (
        f"Among the penalties tried in {label}, the fewest wrong pairs are {listed(told)}; the "
        f"standard model has {whole(table['hamming_standard'].iloc[0])}"
        + (f", so no better than the standard model: {idle}" if len(behind) else "")
        + "; random classes were not drawn for these"
    )


def struck(one: Struck) -> list[str]:
    """How many go elsewhere, what the places struck lose, and who receives them."""
    if one.summary.empty:
        return []
    facts = one.summary.set_index("quantity")["value"].astype(float)
    unit = one.summary.set_index("quantity").loc["people who move", "unit"]
    movers, moved = facts["people who move"], facts["go elsewhere"]
    share = f" ({percent(100 * moved / movers)})" if movers else ""
    return [
        f"Of {people(movers)} {unit}, {people(moved)}{share} go elsewhere in the model, if as many "
        "leave each place as before",
        _struck_places(facts),
        *_over_penalties(one.range),
        *_others(one.destinations),
        _distance(facts),
    ]


def _struck_places(facts: pd.Series) -> str:
    n, lost = int(facts["places struck"]), facts["arrivals lost by the places struck"]
    verb = "lose" if lost >= 0 else "gain"
    places = f"The {n} places struck {verb}" if n > 1 else f"The place struck {verb}s"
    return (
        f"{places} {people(abs(lost))} arrivals, from "
        f"{people(facts['arrivals of the places struck before'])}, at delta - 1 = "
        f"{penalty(facts['delta - 1'])}"
    )


def _over_penalties(tried: pd.DataFrame | None) -> list[str]:
    """The penalty of a what-if is assumed: how much hangs on it."""
    if tried is None or len(tried) < 2:
        return []
    lost, elsewhere = tried["lost"], tried["go_elsewhere"]
    verb, size = ("gained", -lost) if (lost <= 0).all() and lost.any() else ("lost", lost)
    return [
        "The penalty is assumed: with delta - 1 from "
        f"{penalty(tried['delta_minus_1'].min())} to {penalty(tried['delta_minus_1'].max())}, "
        f"{between(size, people)} arrivals would be {verb}, and {between(elsewhere, people)} go "
        "elsewhere"
    ]


def _others(destinations: pd.DataFrame) -> list[str]:
    """Places not struck whose arrivals change most, in the direction of the most of them."""
    if destinations.empty:
        return []
    change = destinations.loc[~destinations["struck"].astype(bool)].set_index("name")["change"]
    sign = 1 if change.sum() >= 0 else -1
    most = (sign * change).nlargest(_NAMED)
    told = [f"{name} ({people(size)})" for name, size in most.items() if size > _NOBODY]
    verb = "gain" if sign > 0 else "lose"
    return [f"Among the others, those that {verb} most are {listed(told)}"] if told else []


def _distance(facts: pd.Series) -> str:
    before, after = facts["mean distance before"], facts["mean distance after"]
    if number(before) == number(after):
        return f"The mean distance stays at {number(before)} km"
    return f"The mean distance goes from {number(before)} to {number(after)} km"
