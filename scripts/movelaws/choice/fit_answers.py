"""The fits of paper 5 in sentences: how close, by what, what is fixed and what follows."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from movelaws.choice.phrases import (
    GAME,
    GRAVITY_1,
    GRAVITY_2,
    LEVEL_PERCENT,
    NAMES,
    OPPORTUNITIES,
    REFERENCE,
    SIX,
    leads,
    led,
)
from movelaws.phrases import between, counted, ends, listed, percent

LIKELIHOOD_LEVEL = 0.5  # of ln L: what a parameter that says nothing gains on average
_KS_ROUNDING = 1e-9


def _scores(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """One column, a row per dataset and a column per model; NaN where there is none."""
    if not len(table):
        return pd.DataFrame(columns=[*NAMES], dtype=float)
    wide = table.pivot_table(index="dataset", columns="model", values=column, sort=False)
    return wide.reindex(columns=[*NAMES])


def close(statistics: pd.DataFrame, labels: Mapping[str, str]) -> list[str]:
    """The similarity of the game, and by how much it is ahead of the others."""
    scores = _scores(statistics, "ssi_nonzero")
    game = scores[GAME].dropna()
    if game.empty:
        return []
    said = [f"The SSI of the game over pairs with movements is {ends(game, labels)}"]
    rivals = {"gravity 2": scores[GRAVITY_2], "gravity 1": scores[GRAVITY_1]}
    rivals["the best of the opportunity models"] = scores[list(OPPORTUNITIES)].max(axis=1)
    for name, score in rivals.items():
        lead = leads(game, score)
        said += [f"It is {led(lead, name, labels)}"] if len(lead) else []
    return said


def crowding(
    fits: pd.DataFrame, statistics: pd.DataFrame, datasets: pd.DataFrame, labels: Mapping[str, str]
) -> list[str]:
    """Doubly constrained gravity, which knows the arrivals, against the game."""
    told, winners = [], []
    for objective, column, words in (
        ("ssi", "ssi", "SSI"), ("cpc", "cpc", "CPC"), ("poisson", "value", "likelihood")
    ):  # fmt: skip
        scores = _scores(fits[fits["objective"] == objective] if len(fits) else fits, column)
        scores = scores[[GAME, REFERENCE]].dropna()
        if scores.empty:
            continue
        gap = scores[REFERENCE] - scores[GAME]
        level = LIKELIHOOD_LEVEL if objective == "poisson" else scores[GAME] * LEVEL_PERCENT / 100
        ahead, behind = int((gap > level).sum()), int((gap < -level).sum())
        even = len(gap) - ahead - behind
        tail = f" (level on {even})" if even else ""
        told.append(f"on {counted(ahead, len(gap))} by {words}{tail}")
        winners.append(np.sign(ahead - behind))
    if not told:
        return []
    arrivals = (datasets["attraction"] == "arrivals").all()
    knows = "is told the arrivals" if arrivals else "fixes the arrivals in proportion to attraction"
    said = [
        f"Doubly constrained gravity, which {knows} and has one parameter against the game's three,"
        f" is ahead of the game {listed(told)}, each calibrated by that measure"
    ]
    if all(winner > 0 for winner in winners):
        said.append("By each of these measures it is ahead more often than the game")
    elif all(winner < 0 for winner in winners):
        said.append("By each of these measures the game is ahead more often")
    else:
        said.append("Which of the two is ahead more often depends on the measure")
    return said + _leads_in_ssi(statistics, labels) + _contained(statistics, labels)


def _leads_in_ssi(statistics: pd.DataFrame, labels: Mapping[str, str]) -> list[str]:
    scores = _scores(statistics, "ssi")
    over = leads(scores[GAME], scores[REFERENCE])
    common = leads(scores[GAME], scores[GRAVITY_2]).reindex(over.index).dropna()
    if common.empty:
        return []
    return [
        f"In SSI the game's lead over it is {ends(over, labels, percent)}, over gravity 2 "
        f"{between(common, percent)}"
    ]


def _contained(statistics: pd.DataFrame, labels: Mapping[str, str]) -> list[str]:
    lead = leads(*(_scores(statistics, "ssi")[m] for m in (GAME, GRAVITY_2)))
    below = [labels[d] for d in lead.index[lead < -LEVEL_PERCENT]]
    why = "The game contains gravity 2, so on the data of its calibration its SSI cannot be lower"
    return [f"{why}; where it is ({listed(below)}), the search has failed" if below else why]


def fixed(parameters: pd.DataFrame, labels: Mapping[str, str]) -> list[str]:
    """Which fits end at an edge of the box, what remains fixed, what was planted and found."""
    if not len(parameters):
        return []
    game = parameters[parameters["model"] == GAME]
    edge, ratio, upper, lower = [], [], 0, 0
    for objective, words in (("ssi", "SSI"), ("poisson", "likelihood")):
        fitted = game[game["objective"] == objective]
        if fitted.empty:
            continue
        at_bound = fitted["at_bound"].astype(bool)
        n, k = fitted["dataset"].nunique(), fitted.loc[at_bound, "dataset"].nunique()
        edge.append(f"on {counted(k, n)} by {words}")
        edges = fitted[at_bound & fitted["parameter"].isin(["alpha", "gamma"])]
        high = np.isclose(edges["value"], edges["bound_high"])
        upper += edges.loc[high, "dataset"].nunique()
        lower += edges.loc[~high & (edges["parameter"] == "gamma"), "dataset"].nunique()
        wide = fitted.pivot_table(index="dataset", columns="parameter", values="value")
        ratio.append(f"{ends(wide['alpha'] / (1 + wide['gamma']), labels)} by {words}")
    if not edge:
        return []
    box = game.loc[game["parameter"] == "gamma", ["bound_low", "bound_high"]].iloc[0]
    said = [
        f"The fit of the game ends at an edge of the box searched ({box.iloc[0]:g} to "
        f"{box.iloc[1]:g}) {listed(edge)}"
    ]
    notes = (
        ["Where this is the upper edge, alpha and gamma have no optimum inside"] if upper else []
    )
    notes += ["Where gamma = 0, the best game is gravity 2, without crowding"] if lower else []
    said += (
        ["; ".join([notes[0], *(note[0].lower() + note[1:] for note in notes[1:])])]
        if notes
        else []
    )
    said.append(f"The ratio alpha / (1 + gamma) is {'; '.join(ratio)}")
    return said + _planted(game[game["objective"] == "poisson"])


def _planted(fitted: pd.DataFrame) -> list[str]:
    known = fitted[fitted["planted_value"].notna()]
    if known.empty:
        return []
    bounded = known[np.isfinite(known[["low", "high"]]).all(axis=1)]
    within = bounded["planted_value"].between(bounded["low"], bounded["high"])
    found = counted(int(within.sum()), len(bounded), "interval")
    open_ends = len(known) - len(bounded)
    tail = f"; {open_ends} more have no interval" if open_ends else ""
    return [f"Of the planted parameters, the likelihood recovers those in {found}{tail}"]


def follow(statistics: pd.DataFrame, labels: Mapping[str, str]) -> list[str]:
    """How far distances and arrivals of the game are from the data, and whose are closest."""
    said = []
    for column, words in (("ks_distance", "distance"), ("ks_attraction", "arrivals")):
        scores = _scores(statistics, column)[list(SIX)].dropna(subset=[GAME])
        if scores.empty:
            continue
        first = scores[GAME] <= scores.min(axis=1) + _KS_ROUNDING
        best = counted(int(first.sum()), len(first))
        said.append(
            f"The Kolmogorov-Smirnov statistic of {words} between the game and the data is "
            f"{ends(scores[GAME], labels)}; it is the lowest of the paper's six models on {best}"
        )
    return said
