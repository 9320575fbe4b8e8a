"""Sentences about sites: inertia against dissipation, parameters, susceptibilities."""

from collections.abc import Mapping

import pandas as pd

from movelaws.lagrangian.claims_beside import shuffled_median
from movelaws.lagrangian.summary_values import known, value
from movelaws.phrases import between, counted, ends, percent

SAME_ORDER = (0.1, 10.0)
CERTAIN = 0.05


def comparable(
    summaries: Mapping[str, pd.DataFrame], seeds: pd.DataFrame, labels: Mapping[str, str]
) -> list[str]:
    """Medians of I, and those of days whose order in time was lost."""
    if not summaries:
        return []
    ratio = pd.Series({c: value(s, "median_inertia_ratio") for c, s in summaries.items()})
    same = int(ratio.between(*SAME_ORDER).sum())
    said = [
        f"Acceleration and dissipation are of one order in {counted(same, len(ratio), 'case')}: "
        f"the median of I is {ends(ratio, labels, lambda v: f'{v:.2f}')}"
    ]
    null = pd.Series(
        {case: shuffled_median(seeds, case, "median_inertia_ratio") for case in summaries}
    ).dropna()
    if len(null):
        said.append(
            "That says little: days whose slots were put in random order give "
            f"{between(null, lambda v: f'{v:.2f}')}"
        )
    return said


def laplace(tables: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> list[str]:
    """Whether exponential decay beats a normal distribution, and how many values hit the bound."""
    if not tables:
        return []
    every = pd.concat([t.assign(case=case) for case, t in tables.items()])
    rows = every[(every["method"] == "printed") & (every["link_kind"] == "all")]
    better = rows["laplace_loglik"] > rows["normal_loglik"]
    held = rows.set_index("case")["share_at_bound"].groupby(level=0).max()
    said = [
        "Exponential decay on both sides of zero is the better description in "
        f"{counted(int(better.sum()), len(rows), 'distribution')}"
    ]
    if "inner_laplace_loglik" in rows:
        inner = int((rows["inner_laplace_loglik"] > rows["inner_normal_loglik"]).sum())
        said.append(
            "Without the zeros of cells that nobody enters it is so in "
            f"{counted(inner, len(rows), 'distribution')}"
        )
    if (held > 0).any():
        said.append(
            f"Up to {percent(100 * held.max())} of the values lie at the bound "
            f"({labels[held.idxmax()]})"
        )
    return said


def susceptible(summaries: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> list[str]:
    """Correlation of the two maps, and clusters."""
    if not summaries:
        return []
    r = pd.Series({case: value(s, "pearson_psi") for case, s in summaries.items()})
    clustered = sum(
        all(value(s, f"moran_p_{m}") < CERTAIN for m in ("psi_q0", "psi_v0"))
        for s in summaries.values()
    )
    said = [
        "The responses to a push in population and in velocity have a correlation of "
        f"{ends(r, labels, lambda v: f'{v:.2f}')}"
    ]
    dealt = pd.Series({c: known(t, "pearson_shuffled_psi") for c, t in summaries.items()}).dropna()
    if len(dealt):
        said.append(
            "That is no property of the city: parameters dealt out anew among the sites give a "
            f"median |r| of {between(dealt, lambda v: f'{v:.2f}')}"
        )
    return [
        *said,
        f"Sites that respond strongly lie together in {counted(clustered, len(r), 'case')}",
    ]
