"""Claims about every case: fit, distributions of parameters, inertia, times, susceptibilities."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from movelaws.claims import NOT_TESTABLE, Finding, not_testable, statement
from movelaws.lagrangian.claims_beside import (
    by_others,
    diverged,
    rising_share,
    shuffled_median,
    under_settings,
)
from movelaws.lagrangian.summary_values import interval, known, value

PRINTED = "printed"
SAME_ORDER = (0.1, 10.0)
EARLY = 0.4
STRONG = 0.7
SIGNIFICANT = 0.05
ON_PARAMETERS = ("L2", "L4", "L11", "L12")
"""Claims about what the printed schedule infers, in every case."""
SLOW, FAST = "alpha1_h0", "alpha10_h005"
"""Without interactions and with loose routes; with interactions and the shortest routes."""


def case_findings(
    tables: Any, reference: set[str], synthetic: set[str], published: set[str]
) -> list[Finding]:
    """Findings on L1, L2, L4, L5, L8, L11 and L12, a row for each case."""
    found: list[Finding] = []
    lost = diverged(tables.methods)
    for case in tables.methods:
        if case in reference:
            found += _fit(case, tables.methods[case], tables.convergence[case])
        if case in reference | synthetic | published:
            name = f"{case} (synthetic)" if case in synthetic else case
            of_case = _lost(case, name) if case in lost else _every_case(case, name, tables)
            found += map(_made_up, of_case) if case in synthetic else of_case
    known = [case for case in tables.summary if case in reference - lost]
    return [*found, *_early(tables, known), *_faster(tables, known)]


def _fit(case: str, methods: pd.DataFrame, convergence: pd.DataFrame) -> Iterator[Finding]:
    """L1: whether the error falls, and whether the model then follows the reference at all."""
    rms = methods.set_index("method")["rms"]
    errors = convergence.loc[convergence["method"] == PRINTED].sort_values("iteration")["error"]
    first, last = float(errors.iloc[0]), float(errors.iloc[-1])
    evidence = "lagrangian/methods.csv"
    yield statement(
        "L1",
        case,
        "the local error falls",
        f"E {first:.3g} before, {last:.3g} after the schedule",
        last < first,
        criterion="error of the last iteration below that of the first",
        reason="the error rises",
        evidence=evidence,
    )
    still, printed = float(rms["persistence"]), float(rms[PRINTED])
    exact = f"; the exact gradient reaches {rms['exact']:.2g}" if "exact" in rms else ""
    yield statement(
        "L1",
        f"{case}, against no movement",
        "the model follows the reference density",
        f"RMS of q {printed:.2f} against {still:.2f} where nothing moves{exact}",
        printed < still,
        criterion="a smaller RMS of q than that of a population that stays",
        reason="the schedule ends farther away than where it began",
        evidence=evidence,
    )


def _lost(case: str, name: str) -> list[Finding]:
    """A case of which the printed schedule infers nothing."""
    reason = (
        "the printed schedule diverges on this case, its parameters are where the bound stopped "
        "them; lower its rate (lagrangian.printed.rate, or the rate_factor of a city)"
    )
    return [not_testable(claim, name, reason, "lagrangian/methods.csv") for claim in ON_PARAMETERS]


def _made_up(finding: Finding) -> Finding:
    """The same of a day that no city had, which decides nothing; what was found stays in view."""
    reason = "the claim is about real cities; this day was made up, and none of that was planted"
    return replace(finding, tolerance="", verdict=NOT_TESTABLE, reason=reason)


def _every_case(case: str, name: str, tables: Any) -> Iterator[Finding]:
    yield from _decay(case, name, tables.parameters[case])
    yield _same_order(case, name, tables)
    yield _correlated(case, name, tables)
    yield _clustered(case, name, tables)


def _maps(case: str, tables: Any) -> str:
    """The figure of the velocity maps of a case; only reference dynamics have a drift."""
    kind = "reference" if case in tables.drift else "cities"
    return f"lagrangian/figures/susceptibility_{kind}.svg"


def _same_order(case: str, name: str, tables: Any) -> Finding:
    """L4, and what days without any order in time give."""
    ratio, low, high = interval(tables.summary[case], "median_inertia_ratio")
    null = shuffled_median(tables.seeds, case, "median_inertia_ratio")
    weak = f" (a weak test: shuffled days give {null:.2f})" if null == null else ""
    return statement(
        "L4",
        name,
        "inertia and dissipation of the same order",
        f"median I {ratio:.2f} ({low:.2f} to {high:.2f})"
        + by_others(tables.summary[case], "median_inertia_ratio")
        + under_settings(tables.sensitivity.get(case), "median_inertia_ratio", _in_order),
        _in_order(ratio),
        criterion=f"median between 0.1 and 10{weak}",
        reason="one outweighs the other by more than a factor of ten",
        evidence="lagrangian/figures/distributions_inertia.svg",
    )


def _in_order(ratio: float) -> bool:
    return SAME_ORDER[0] < ratio < SAME_ORDER[1]


def _correlated(case: str, name: str, tables: Any) -> Finding:
    """L11: positive, negative or weak, beside parameters that were dealt out anew."""
    summary, settings = tables.summary[case], tables.sensitivity.get(case)
    r = value(summary, "pearson_psi")
    dealt = known(summary, "pearson_shuffled_psi")
    beside = f"; parameters dealt out anew give |r| {dealt:.2f}" if dealt == dealt else ""
    reason = (
        f"the correlation is strong but negative (r = {r:.2f})"
        if r < -STRONG
        else "the correlation is weaker"
    )
    return statement(
        "L11",
        name,
        "strongly correlated",
        f"r = {r:.2f}"
        + by_others(summary, "pearson_psi")
        + beside
        + under_settings(settings, "pearson_psi", lambda r: r > STRONG),
        r > STRONG,
        criterion=f"r > {STRONG}",
        reason=reason,
        evidence=_maps(case, tables),
    )


def _decay(case: str, name: str, table: pd.DataFrame) -> Iterator[Finding]:
    """L2: exponential (Laplace) against normal, of all values and without those of empty cells."""
    rows = table[(table["method"] == PRINTED) & (table["link_kind"] == "all")]
    rows = rows.set_index("parameter")
    readings = {"": ""} | ({"inner_": ", without zeros and bounds"} if _has_inner(rows) else {})
    for prefix, words in readings.items():
        gain = rows[f"{prefix}laplace_loglik"] - rows[f"{prefix}normal_loglik"]
        worse = [parameter for parameter in ("gamma", "lambda") if not gain[parameter] > 0]
        seen = ", ".join(f"{parameter} {gain[parameter]:+.0f}" for parameter in ("gamma", "lambda"))
        bound = rows["share_at_bound"]
        yield statement(
            "L2",
            _with(name, words),
            "exponential decay from a peak at zero",
            f"log-likelihood of Laplace over normal: {seen}; at the bound "
            f"{100 * bound['gamma']:.1f} % and {100 * bound['lambda']:.1f} %",
            not worse,
            criterion="above 0 for both",
            reason=f"a normal distribution is the better one for {', '.join(worse)}",
            evidence="lagrangian/parameters.csv",
        )


def _has_inner(rows: pd.DataFrame) -> bool:
    columns = {"inner_laplace_loglik", "inner_normal_loglik"}
    return columns <= set(rows.columns) and bool(rows[list(columns)].notna().all(axis=None))


def _with(name: str, words: str) -> str:
    """A dataset's name with a remark, which stands before the mark of synthetic ones."""
    made = " (synthetic)"
    return f"{name.removesuffix(made)}{words}{made}" if name.endswith(made) else f"{name}{words}"


def _clustered(case: str, name: str, tables: Any) -> Finding:
    """L12: Moran's I of both velocity maps."""
    summary, settings = tables.summary[case], tables.sensitivity.get(case)
    maps = {"q(0)": "psi_q0", "q'(0)": "psi_v0"}
    moran = {to: value(summary, f"moran_{one}") for to, one in maps.items()}
    p = {to: value(summary, f"moran_p_{one}") for to, one in maps.items()}
    holds = all(moran[to] > 0 and p[to] < SIGNIFICANT for to in maps)
    return statement(
        "L12",
        name,
        "highly susceptible sites are clustered",
        "; ".join(f"to {to}: I = {moran[to]:.2f}, p = {p[to]:.3g}" for to in maps)
        + under_settings(settings, "moran_p", lambda p: p < SIGNIFICANT),
        holds,
        criterion="Moran's I > 0 with p < 0.05 on both maps",
        reason="the maps are not told from maps without order",
        evidence=_maps(case, tables),
    )


def _early(tables: Any, cases: Iterable[str]) -> Iterator[Finding]:
    """L8: when the flows of the reference dynamics peak."""
    for case in cases:
        time, low, high = interval(tables.summary[case], "median_time")
        yield statement(
            "L8",
            case,
            "flows concentrate early",
            f"median time {time:.2f} ({low:.2f} to {high:.2f})"
            + by_others(tables.summary[case], "median_time")
            + under_settings(tables.sensitivity.get(case), "median_time", lambda t: t < EARLY),
            time < EARLY,
            criterion=f"median < {EARLY}",
            reason="the flows come later",
            evidence="lagrangian/figures/distributions_flows.svg",
        )


def _faster(tables: Any, cases: Iterable[str]) -> Iterator[Finding]:
    """L5: accelerations rise from loose to shortest routes with interactions."""
    if not {SLOW, FAST} <= set(cases):
        return
    slow = interval(tables.summary[SLOW], "median_inertia_ratio")
    fast = interval(tables.summary[FAST], "median_inertia_ratio")
    apart = fast[1] > slow[2] or slow[1] > fast[2]
    rising, cities = rising_share(tables.seeds, SLOW, FAST, "median_inertia_ratio")
    grown = f"; it rises in {rising} of {cities} cities grown with other seeds" if cities else ""
    yield statement(
        "L5",
        f"{SLOW}, {FAST}",
        "larger accelerations with interactions and shortest routes",
        f"median I {slow[0]:.2f} ({slow[1]:.2f} to {slow[2]:.2f}), then {fast[0]:.2f} "
        f"({fast[1]:.2f} to {fast[2]:.2f}){grown}",
        fast[0] > slow[0] and apart,
        criterion="the median rises, by more than the intervals",
        reason="the median falls" if apart else "the two are not told apart: intervals overlap",
        evidence="lagrangian/figures/distributions_inertia.svg",
    )
