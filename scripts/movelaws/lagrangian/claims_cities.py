"""Claims that compare the three cities of the paper, L3, L6, L7, L9 and L10."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from movelaws.claims import Finding, not_testable, statement
from movelaws.lagrangian.claims_beside import by_others, diverged, under_settings
from movelaws.lagrangian.summary_values import interval, known, value

JAPAN, OTHERS, MADRID = "japan", ("helsinki", "madrid"), "madrid"
CITIES = (JAPAN, *OTHERS)
AGENTS = {"japan": 90_120, "helsinki": 10_000, "madrid": 10_000}
"""M of the paper (Section III): flows and noise depend on it."""
MIDDLE = (0.35, 0.65)
_COMPARING = ("L3", "L6", "L7", "L10")


def city_findings(tables: Any, synthetic: set[str], published: set[str]) -> list[Finding]:
    """Findings on the differences between cities; of made-up days they say nothing."""
    fitted = {*tables.summary} - diverged(tables.methods)
    real = [case for case in CITIES if case in published and case in fitted]
    made = [case for case in CITIES if case in synthetic and case in fitted]
    if not real and not made:
        return []
    if made:
        name = f"{', '.join(made)} (synthetic)"
        reason = "the order of the cities is one of real days; these were made of one planted law"
        return [not_testable(claim, name, reason) for claim in (*_COMPARING, "L9")]
    return [
        *_orders(tables, real),
        *_middle(tables, real),
        *_negative(tables, real),
    ]


def _orders(tables: Any, real: list[str]) -> Iterator[Finding]:
    """L3, L6 and L10: Japan below or above the other cities that this run has."""
    others = [case for case in OTHERS if case in real]
    if JAPAN not in real or not others:
        return
    claims = {
        "L3": (
            "Lambda is more concentrated on zero for Japan",
            {"median |Lambda|": ("median_abs_lambda", _below)},
            "distributions_parameters",
        ),
        "L6": (
            "the variance of I is smaller in Japan",
            {"variance of I": ("variance_inertia_ratio", _below)},
            "distributions_inertia",
        ),
        "L10": (
            "larger dissipation, smaller flows and larger times in Japan",
            {
                "median dissipation": ("median_dissipation", _above),
                "median flow": ("median_flow", _below),
                "median time": ("median_time", _above),
            },
            "distributions_flows",
        ),
    }
    few = {case: n for case in [JAPAN, *others] if (n := _agents(tables, case)) < AGENTS[case] / 2}
    for claim, (published, quantities, figure) in claims.items():
        found = _order(claim, tables.summary, others, published, quantities, figure)
        if few:
            have = ", ".join(f"{case} {n:,.0f} of {AGENTS[case]:,}" for case, n in few.items())
            yield not_testable(
                claim,
                found.dataset,
                f"too few agents at hand ({have}): with fewer of them flows and parameters hold "
                f"more noise; here {found.reproduced}",
                found.evidence,
            )
        else:
            yield found


def _agents(tables: Any, case: str) -> float:
    """People of a case at the start of its day."""
    table = tables.observables.get(case)
    if table is None:
        return float("inf")
    return float(table.loc[table["method"] == "printed", "population_start"].sum())


def _below(ours: float, theirs: float) -> bool:
    return ours < theirs


def _above(ours: float, theirs: float) -> bool:
    return ours > theirs


def _order(
    claim: str,
    summaries: Mapping[str, Any],
    others: list[str],
    published: str,
    quantities: Mapping[str, tuple[str, Callable[[float, float], bool]]],
    figure: str,
) -> Finding:
    """One claim on the order of Japan and the other cities, by one quantity or several."""
    cases = [JAPAN, *others]
    seen, broken = [], []
    for words, (quantity, holds) in quantities.items():
        at = {case: interval(summaries[case], quantity) for case in cases}
        seen.append(
            f"{words}: "
            + ", ".join(
                f"{c} {v:.3g} ({low:.3g} to {high:.3g})" for c, (v, low, high) in at.items()
            )
        )
        broken += [f"{words} of {case}" for case in others if not holds(at[JAPAN][0], at[case][0])]
    missing = [case for case in OTHERS if case not in others]
    partial = f"; without {', '.join(missing)}, which this run does not have" if missing else ""
    return statement(
        claim,
        ", ".join(cases),
        published,
        "; ".join(seen),
        not broken,
        criterion=f"the order of the medians{partial}"
        if claim != "L6"
        else f"the order of the variances{partial}",
        reason=f"the other way round: {', '.join(broken)}",
        evidence=f"lagrangian/figures/{figure}.svg",
    )


def _middle(tables: Any, real: list[str]) -> Iterator[Finding]:
    """L9: the times of real days lie about noon."""
    for case in real:
        summary = tables.summary[case]
        time, low, high = interval(summary, "median_time")
        reason = "the flows come earlier or later"
        if _about_noon(known(summary, "median_time", "reference")):
            reason = "the printed schedule has not reached the data, whose own flows do"
        yield statement(
            "L9",
            case,
            "close to the middle of the day",
            f"median time {time:.2f} ({low:.2f} to {high:.2f})"
            + by_others(summary, "median_time")
            + under_settings(tables.sensitivity.get(case), "median_time", _about_noon),
            _about_noon(time),
            criterion="median between 0.35 and 0.65",
            reason=reason,
            evidence="lagrangian/figures/distributions_flows.svg",
        )


def _about_noon(time: float) -> bool:
    return MIDDLE[0] < time < MIDDLE[1]


def _negative(tables: Any, real: list[str]) -> Iterator[Finding]:
    """L7: sites that gain by what is called dissipation; that they exist, and where most."""
    shares = {case: value(tables.summary[case], "share_negative_dissipation") for case in real}
    seen = ", ".join(
        f"{case} {100 * share:.0f} % (exact gradient {100 * exact:.0f} %)"
        if (exact := known(tables.summary[case], "share_negative_dissipation", "exact")) == exact
        else f"{case} {100 * share:.0f} %"
        for case, share in shares.items()
    )
    yield statement(
        "L7",
        f"{', '.join(real)}: any",
        "negative local dissipations occur",
        seen,
        all(share > 0 for share in shares.values()),
        criterion="a share above 0 in each city",
        reason="a city has none",
        evidence="lagrangian/figures/distributions_flows.svg",
    )
    if MADRID not in real or len(real) < 2:
        yield not_testable("L7", ", ".join(real), "the order needs Madrid beside another city")
        return
    yield statement(
        "L7",
        ", ".join(real),
        "most of all in Madrid",
        seen,
        max(shares, key=shares.get) == MADRID and shares[MADRID] > 0,
        criterion="the share below 0 is largest in Madrid",
        reason="another city has more",
        evidence="lagrangian/figures/distributions_flows.svg",
    )
