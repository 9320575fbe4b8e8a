"""Claims about every case: fit, distributions of parameters, inertia, times, susceptibilities."""

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from movelaws.claims import Finding, statement
from movelaws.lagrangian.summary_values import interval, value

PRINTED = "printed"
SAME_ORDER = (0.1, 10.0)
EARLY = 0.4
STRONG = 0.7
SIGNIFICANT = 0.05
SLOW, FAST = "alpha1_h0", "alpha10_h005"
"""Without interactions and with loose routes; with interactions and the shortest routes."""


def case_findings(
    tables: Any, reference: set[str], synthetic: set[str], published: set[str]
) -> list[Finding]:
    """Findings on L1, L2, L4, L5, L8, L11 and L12, a row for each case."""
    found: list[Finding] = []
    for case in tables.methods:
        if case in reference:
            found += _fit(case, tables.methods[case], tables.convergence[case])
        if case in reference | synthetic | published:
            name = f"{case} (synthetic)" if case in synthetic else case
            found += _every_case(case, name, tables)
    known = [case for case in tables.summary if case in reference]
    return [*found, *_early(tables, known), *_faster(tables, known)]


def _fit(case: str, methods: pd.DataFrame, convergence: pd.DataFrame) -> Iterator[Finding]:
    """L1: whether the error falls, and whether the model then follows the reference at all."""
    rms = methods.set_index("method")["rms"]
    errors = convergence.loc[convergence["method"] == PRINTED].sort_values("iteration")["error"]
    first, last = float(errors.iloc[0]), float(errors.iloc[-1])
    evidence = f"lagrangian/{case}/methods.csv"
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


def _every_case(case: str, name: str, tables: Any) -> Iterator[Finding]:
    summary = tables.summary[case]
    yield _decay(case, name, tables.parameters[case])
    ratio, low, high = interval(summary, "median_inertia_ratio")
    yield statement(
        "L4",
        name,
        "inertia and dissipation of the same order",
        f"median I {ratio:.2f} ({low:.2f} to {high:.2f})",
        SAME_ORDER[0] < ratio < SAME_ORDER[1],
        criterion="median between 0.1 and 10",
        reason="one outweighs the other by more than a factor of ten",
        evidence=f"lagrangian/{case}/summary.csv",
    )
    r = value(summary, "pearson_psi")
    yield statement(
        "L11",
        name,
        "strongly correlated",
        f"r = {r:.2f}",
        r > STRONG,
        criterion=f"r > {STRONG}",
        reason="the correlation is weaker",
        evidence=f"lagrangian/{case}/summary.csv",
    )
    yield _clustered(case, name, summary)


def _decay(case: str, name: str, table: pd.DataFrame) -> Finding:
    """L2: exponential (Laplace) against normal, by log-likelihood."""
    rows = table[(table["method"] == PRINTED) & (table["link_kind"] == "all")]
    gain = rows.set_index("parameter").eval("laplace_loglik - normal_loglik")
    better = {name: bool(gain[name] > 0) for name in ("gamma", "lambda")}
    seen = ", ".join(f"{name} {gain[name]:+.0f}" for name in better)
    bounded = rows.set_index("parameter")["share_at_bound"]
    worse = ", ".join(name for name, holds in better.items() if not holds)
    return statement(
        "L2",
        name,
        "exponential decay from a peak at zero",
        f"log-likelihood of Laplace over normal: {seen}; at the bound "
        f"{100 * bounded['gamma']:.1f} % and {100 * bounded['lambda']:.1f} %",
        not worse,
        criterion="above 0 for both",
        reason=f"a normal distribution is the better one for {worse}",
        evidence=f"lagrangian/{case}/parameters.csv",
    )


def _clustered(case: str, name: str, summary: pd.DataFrame) -> Finding:
    """L12: Moran's I of both velocity maps."""
    maps = {"q(0)": "psi_q0", "q'(0)": "psi_v0"}
    moran = {to: value(summary, f"moran_{one}") for to, one in maps.items()}
    p = {to: value(summary, f"moran_p_{one}") for to, one in maps.items()}
    holds = all(moran[to] > 0 and p[to] < SIGNIFICANT for to in maps)
    return statement(
        "L12",
        name,
        "highly susceptible sites are clustered",
        "; ".join(f"to {to}: I = {moran[to]:.2f}, p = {p[to]:.3g}" for to in maps),
        holds,
        criterion="Moran's I > 0 with p < 0.05 on both maps",
        reason="the maps are not told from maps without order",
        evidence=f"lagrangian/{case}/summary.csv",
    )


def _early(tables: Any, cases: Iterable[str]) -> Iterator[Finding]:
    """L8: when the flows of the reference dynamics peak."""
    for case in cases:
        time, low, high = interval(tables.summary[case], "median_time")
        yield statement(
            "L8",
            case,
            "flows concentrate early",
            f"median time {time:.2f} ({low:.2f} to {high:.2f})",
            time < EARLY,
            criterion=f"median < {EARLY}",
            reason="the flows come later",
            evidence=f"lagrangian/{case}/summary.csv",
        )


def _faster(tables: Any, cases: Iterable[str]) -> Iterator[Finding]:
    """L5: accelerations rise from loose to shortest routes with interactions."""
    if not {SLOW, FAST} <= set(cases):
        return
    slow = interval(tables.summary[SLOW], "median_inertia_ratio")
    fast = interval(tables.summary[FAST], "median_inertia_ratio")
    told = "" if fast[1] > slow[2] or slow[1] > fast[2] else "; the intervals overlap"
    yield statement(
        "L5",
        f"{SLOW}, {FAST}",
        "larger accelerations with interactions and shortest routes",
        f"median I {slow[0]:.2f} ({slow[1]:.2f} to {slow[2]:.2f}), then {fast[0]:.2f} "
        f"({fast[1]:.2f} to {fast[2]:.2f}){told}",
        fast[0] > slow[0],
        criterion="the median rises",
        reason="the median falls",
        evidence="lagrangian/figures/distributions_inertia.svg",
    )
