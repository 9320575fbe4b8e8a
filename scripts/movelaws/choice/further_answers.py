"""Beyond the fits of paper 5, in sentences: other attractions, unseen origins, the solver."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from movelaws.choice.phrases import GAME, GRAVITY_2, NAMES, leads, led
from movelaws.phrases import between, counted, listed, number, people

MEASURES = {"ssi_nonzero": "SSI over pairs with movements", "cpc": "CPC"}
KNOWN = {"all": "all arrivals known", "training": "arrivals counted from the training origins only"}
APART = {"residential": "the residential population", "workplace": "the workplace population"}
REFUTED = 0.05  # p value below which one says that a likelihood-ratio test rejects


def apart(readings: pd.DataFrame, labels: Mapping[str, str]) -> list[str]:
    """Whether the likelihood finds crowding when attraction is a population."""
    if not len(readings):
        return []
    game = readings[(readings["model"] == GAME) & (readings["objective"] == "poisson")]
    game = game[game["attraction"].isin(APART)]
    said = [
        f"With {words} as attraction, {_gammas(game[game['attraction'] == name], labels)}"
        for name, words in APART.items()
        if (game["attraction"] == name).any()
    ]
    tested = game[game["p_value"].notna()]
    if len(tested):
        kept = tested[~(tested["p_value"] < REFUTED)]
        names = [f"{labels[row.dataset]}: {row.attraction}" for row in kept.itertuples()]
        rejected = counted(len(tested) - len(kept), len(tested), "reading")
        which = f"; not in {listed(names)}" if names and len(names) < len(tested) else ""
        said.append(
            f"The likelihood-ratio test rejects gamma = 0 in {rejected} (p < {REFUTED:g}){which}"
        )
    return said


def _gammas(game: pd.DataFrame, labels: Mapping[str, str]) -> str:
    """On how many datasets the interval of gamma excludes 0, holds it, or is none."""
    n, groups = len(game), {"excludes 0": [], "includes 0": [], "edge": [], "open": []}
    for row in game.itertuples():
        label, value = labels[row.dataset], number(row.gamma, 3)
        low, high = number(row.gamma_low, 3), number(row.gamma_high, 3)
        if {"alpha", "gamma"} & set(str(row.at_bound).split()):
            groups["edge"].append(f"{label}: {value}")
        elif not np.isfinite([row.gamma_low, row.gamma_high]).all():
            groups["open"].append(f"{label}: {value}")
        else:
            held = "excludes 0" if row.gamma_low > 0 else "includes 0"
            groups[held].append(f"{label}: {value}, {low} to {high}")
    texts = {
        "excludes 0": "the interval of gamma excludes 0 on {}",
        "includes 0": "includes 0 on {}",
        "edge": "cannot be had at the edge of the box on {}",
        "open": "is as wide as the box on {}",
    }
    told = [
        texts[kind].format(counted(len(found), n)) + (f" ({'; '.join(found)})" if found else "")
        for kind, found in groups.items()
        if found or kind == "excludes 0"
    ]
    return ", ".join(told[:-1]) + f" and {told[-1]}" if told[1:] else told[0]


def unseen(heldout: pd.DataFrame, labels: Mapping[str, str]) -> list[str]:
    """Which model predicts held-out origins best, and how far the game is ahead."""
    said = []
    for known, when in KNOWN.items():
        for column, measure in MEASURES.items():
            part = heldout[heldout["attraction"] == known] if len(heldout) else heldout
            if not len(part):
                continue
            # a model that failed in a fold is not comparable by its mean over the others
            folds = part.pivot_table(index=["dataset", "fold"], columns="model", values=column)
            folds = folds.reindex(columns=[*NAMES])
            means = folds.groupby("dataset", sort=False).agg(lambda v: v.mean(skipna=False))
            best = means.dropna(how="all").idxmax(axis=1)
            if best.empty:
                continue
            found = [_best_on(best, model, labels) for model in best.value_counts().index]
            both = folds[[GAME, GRAVITY_2]].dropna().groupby("dataset", sort=False).mean()
            lead = leads(both[GAME], both[GRAVITY_2])
            tail = f"; the game is {led(lead, 'gravity 2')}" if len(lead) else ""
            said.append(f"With {when}, the best by {measure} is {' and '.join(found)}{tail}")
    return said


def _best_on(best: pd.Series, model: str, labels: Mapping[str, str]) -> str:
    where = best.index[best == model]
    if len(where) == len(best):
        return f"{NAMES[model]} on {counted(len(best), len(best))}"
    return f"{NAMES[model]} on {len(where)} ({listed(labels[d] for d in where)})"


def solved(solver: pd.DataFrame, labels: Mapping[str, str]) -> list[str]:
    """Iterations and errors of the solvers, and what the game becomes in its limits."""
    if not len(solver):
        return []
    by_method = {m: part.set_index("dataset") for m, part in solver.groupby("method")}
    fast, slow = (by_method.get(m, solver.iloc[:0]) for m in ("anderson", "averaging 0.25"))
    said = []
    if len(fast):
        late = [labels[d] for d in fast.index[~fast["converged"].astype(bool)]]
        tail = f" without converging on {listed(late)}" if late else ""
        spread = number(fast["utility_spread"].max(), 3)
        said.append(
            f"The accelerated solver takes {between(fast['iterations'], people)} iterations{tail} "
            f"and leaves utilities that differ by at most {spread}"
        )
    if len(slow):
        said.append(_averaged(slow, labels))
    without, fixed = (number(solver[c].max(), 3) for c in ("without_crowding", "fixed_attraction"))
    said.append(
        f"The game without crowding differs from gravity 2 by at most {without} of a flow, "
        f"the game with fixed arrivals from doubly constrained gravity by {fixed}"
    )
    return said


def _averaged(slow: pd.DataFrame, labels: Mapping[str, str]) -> str:
    came, not_came = slow[slow["converged"].astype(bool)], slow[~slow["converged"].astype(bool)]
    told = f"Averaging with the step 0.25 converges on {counted(len(came), len(slow))}"
    if len(came):
        told += f" after {between(came['iterations'], people)} iterations to its own threshold"
    failed = [
        f"{labels[row.Index]}: gamma = {number(row.gamma, 3)} would need a step below "
        f"{number(row.phi_limit, 3)}"
        for row in not_came.itertuples()
    ]
    if failed:
        most = people(not_came["iterations"].max())
        told += f"; not in {most} iterations on {len(failed)} ({'; '.join(failed)})"
    return told
