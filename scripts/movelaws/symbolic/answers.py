"""The results of paper 2 in plain sentences, whichever way the tables of a run say they went."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from movelaws.phrases import counted, listed, number, percent, sentences
from movelaws.symbolic.noise_claims import missed

COLUMNS = ["question", "answer"]
SIMILAR = 0.01  # an RMSE that is within one percent of another
SAME = 1e-6  # RMSE of a law and of the model that it is


@dataclass(frozen=True)
class Tables:
    """Tables of one run by dataset; what is empty leaves its question out."""

    fronts: Mapping[str, pd.DataFrame]
    certificates: Mapping[str, pd.DataFrame]
    models: Mapping[str, pd.DataFrame]
    losses: Mapping[str, pd.DataFrame]
    noise: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    regions: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    scientists: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    entropies: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    transfer: pd.DataFrame = field(default_factory=pd.DataFrame)


def answers(
    tables: Tables, labels: Mapping[str, str], planted: Mapping[str, str], synthetic: bool
) -> pd.DataFrame:
    """What a run answers to the questions of this chapter.

    Parameters
    ----------
    tables : of the run.
    labels : name of each dataset for readers.
    planted : by synthetic dataset, the model that its flows were made from.
    synthetic : whether the data of the run are made; the sentences then say so.

    Returns
    -------
    DataFrame: question, answer. No row where nothing is known.
    """
    asked = {
        "Which short law is best?": best_short(tables.fronts, labels),
        "Is that certain?": certain(tables.certificates, labels),
        "Does a longer law pay?": longer(tables.fronts, labels),
        "Do the existing models hold their place?": existing(tables.fronts, tables.models, labels),
        "Are the laws those that were planted?": found_again(tables.fronts, labels, planted),
        "Do other losses choose other laws?": other_losses(tables.losses, labels),
        "Does a law found in one place hold in another?": elsewhere(tables.transfer, labels),
        "Do regions obey one law?": by_region(tables.regions),
        "How much noise hides a law?": under_noise(tables.noise),
        "What does the machine scientist find?": scientist(
            tables.scientists, tables.fronts, labels
        ),
        "Does it matter to count arrivals as well?": both_ends(tables.entropies, labels),
    }
    rows = [(question, sentences(answer, synthetic)) for question, answer in asked.items()]
    return pd.DataFrame([row for row in rows if row[1]], columns=COLUMNS)


def _share(fraction: float) -> str:
    return percent(100 * float(fraction))


def _best(front: pd.DataFrame, complexity: int) -> pd.Series | None:
    at = front[(front["complexity"] == complexity) & (front["rank"] == 1)]
    return None if at.empty else at.iloc[0]


def best_short(fronts: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> list[str]:
    """The best law of complexity 5 everywhere."""
    found = {labels[name]: _best(front, 5) for name, front in fronts.items()}
    laws = {label: law for label, law in found.items() if law is not None}
    by_law: dict[str, list[str]] = {}
    for label, law in laws.items():
        by_law.setdefault(law["expression"], []).append(f"{label} (RMSE {number(law['rmse'])})")
    each = listed(f"{law} in {listed(places)}" for law, places in by_law.items())
    return [f"At complexity 5 the best law is {each}"] if laws else []


def certain(certificates: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> list[str]:
    """What the exhaustive searches cover."""
    if not certificates:
        return []
    parts = [
        f"{labels[name]} up to complexity {rows['complexity'].max()} over {variables} "
        f"({rows['distinct'].sum():,} distinct expressions)"
        for name, table in certificates.items()
        for variables, rows in table.groupby("variables", sort=False)
    ]
    joined = pd.concat(certificates.values())
    audited, lower, changed = joined[["audited", "lower_minima", "verdict_changed"]].sum()
    levels = counted(int(changed), len(joined), "level")
    return [
        f"Every expression was tried, up to the fits of its constants, in {listed(parts)}",
        f"Of {audited:,} fits repeated from four times as many starting points {lower:,} found a "
        f"lower minimum; the best laws of {levels} of complexity changed by it",
    ]


def longer(fronts: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> list[str]:
    """How far the RMSE falls beyond complexity 5, in and out of sample."""
    parts = []
    for name, front in fronts.items():
        short, pareto = _best(front, 5), front[front["pareto"]]
        if short is None or pareto.empty:
            continue
        last = pareto.sort_values("complexity").iloc[-1]
        if last["complexity"] <= 5:
            continue
        gain = _share(1 - last["rmse"] / short["rmse"])
        parts.append(
            f"{gain} in {labels[name]} (complexity {last['complexity']}; "
            f"{_unseen(last['heldout_rmse'], short['heldout_rmse'])} on held-out origins)"
        )
    lead = "The longest law of the front has a lower RMSE than that of complexity 5, by"
    return [f"{lead} {listed(parts)}"] if parts else []


def _unseen(longer: float, shorter: float) -> str:
    """What a longer law gains on held-out origins."""
    if not np.isfinite([longer, shorter]).all():
        return "it is undefined"
    gain = 1 - longer / shorter
    return _share(gain) if gain > 0 else f"{_share(-gain)} higher"


def existing(
    fronts: Mapping[str, pd.DataFrame],
    models: Mapping[str, pd.DataFrame],
    labels: Mapping[str, str],
) -> list[str]:
    """Which of the six models lie on the front of their complexity."""
    on, below, farthest = [], [], []
    for name, front in fronts.items():
        rows = []
        for row in models[name].itertuples():
            reached = front.loc[front["complexity"] <= row.complexity, "rmse"].min()
            rows.append((row.rmse / reached - 1, row.model))
        near = [model for excess, model in sorted(rows) if abs(excess) <= SAME]
        missed = [model for excess, model in sorted(rows) if excess < -SAME]
        on += [f"{listed(near)} in {labels[name]}"] * bool(near)
        below += [f"{listed(missed)} in {labels[name]}"] * bool(missed)
        excess, worst = max(rows, default=(0.0, ""))
        if excess > SAME:
            farthest.append(f"{worst} in {labels[name]} ({_share(excess)})")
    if not on + below + farthest:
        return []
    return [
        f"The front holds {listed(on) if on else 'none of the models'}",
        f"The search missed laws as accurate as {listed(below)}" * bool(below),
        f"The farthest above it is {listed(farthest)}" * bool(farthest),
    ]


def found_again(
    fronts: Mapping[str, pd.DataFrame], labels: Mapping[str, str], planted: Mapping[str, str]
) -> list[str]:
    """What the front holds where a law was planted."""
    parts = []
    for name, model in planted.items():
        if name not in fronts:
            continue
        front = fronts[name]
        pareto = front[front["pareto"]].sort_values("complexity")
        small = pareto[pareto["rmse"] <= (1 + SIMILAR) * front["rmse"].min()]
        if len(small):
            law = small.iloc[0]
            parts.append(f"{law['expression']} where {model} was planted ({labels[name]})")
    lead = f"The shortest law within {_share(SIMILAR)} of the least RMSE is"
    return [f"{lead} {listed(parts)}"] if parts else []


def other_losses(losses: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> list[str]:
    """The best law of at most complexity 7 under each loss."""
    parts = []
    for name, table in losses.items():
        short = table[(table["complexity"] <= 7) & np.isfinite(table["value"])]
        best = short.loc[short.groupby("loss", sort=False)["value"].idxmin()]
        each = [f"{r.expression} ({_LOSS[r.loss]})" for r in best.itertuples()]
        if each:
            parts.append(
                "Of the laws of the front, up to complexity 7, the best are, in "
                f"{labels[name]}, {listed(each)}"
            )
    return parts


_LOSS = {
    "mse": "squared error",
    "poisson": "Poisson",
    "negbin": "negative binomial",
}


def elsewhere(transfer: pd.DataFrame, labels: Mapping[str, str]) -> list[str]:
    """How much is lost when a law or its constants travel."""
    if transfer.empty:
        return []
    table = transfer[transfer["complexity"] >= 5].set_index(["fitted_on", "tried_on"])
    errors = table[["rmse_carried", "rmse_refitted"]].div(table["rmse_own"], axis=0)
    errors = errors[errors.notna().all(axis=1)]  # else a variable is missing there
    carried, refitted = errors.median() - 1
    if not np.isfinite([carried, refitted]).all():
        return []
    return [
        f"With its constants a law of one dataset has an RMSE {_share(carried)} above the best "
        f"law of its complexity on another (median of {len(errors)} trials), with constants fitted "
        f"anew {_share(refitted)}"
    ]


def by_region(regions: Mapping[str, pd.DataFrame]) -> list[str]:
    """Which decay wins within and between regions."""
    parts = []
    for table in regions.values():
        shown = table[table["shown"]]
        inside = shown["origin_region"] == shown["destination_region"]
        share = shown.loc[inside, "flow"].sum() / shown["flow"].sum()
        power = shown["rmse_power"] < shown["rmse_exponential"]
        steep, flat = (~power)[inside], power[~inside]
        won = []
        if len(steep):
            within = counted(int(steep.sum()), len(steep), "region")
            won.append(f"exponential decay has the lower RMSE within {within}")
        if len(flat):
            pairs = counted(int(flat.sum()), len(flat), "pair")
            won.append(f"power-law decay in {pairs} of different regions")
        parts += [
            f"Of the two gravity models, {listed(won)}",
            f"{_share(share)} of the flow stays within its region",
        ]
    return parts


def under_noise(noise: Mapping[str, pd.DataFrame]) -> list[str]:
    """How often each law is found again, by dispersion."""
    parts = []
    for table in noise.values():
        rate = table.groupby(["model", "alpha"], sort=False)["recovered"].agg(["sum", "size"])
        for model, rows in rate.groupby("model", sort=False):
            each = [
                f"{row['sum']} of {row['size']} samples of dispersion {number(alpha, 3)}"
                for (_, alpha), row in rows.sort_index().iterrows()
            ]
            parts.append(f"The search finds {model} in {listed(each)}")
        failed = int(missed(table).sum())
        if failed:
            parts.append(
                f"In {failed} of the searches that found another law it is the worse one: there "
                "the search failed, not the noise"
            )
    return parts


def scientist(
    scientists: Mapping[str, pd.DataFrame],
    fronts: Mapping[str, pd.DataFrame],
    labels: Mapping[str, str],
) -> list[str]:
    """Length and accuracy of the machine scientist's laws beside the front."""
    parts = []
    for name, table in scientists.items():
        best = table["rmse_allocated"].min()
        short = _best(fronts[name], 5) if name in fronts else None
        median = number(table["complexity"].median())
        parts.append(f"In {labels[name]} its laws have a median complexity of {median}")
        if np.isfinite(best):
            beside = "" if short is None else f", the law of complexity 5 {number(short['rmse'])}"
            parts.append(
                "Sharing out the flows of each origin, the best of them has an RMSE of "
                f"{number(best)}{beside}"
            )
    return parts


def both_ends(entropies: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> list[str]:
    """RMSE with one and with both constraints."""
    lowered, raised = [], []
    for name, table in entropies.items():
        rmse = table.set_index(["form", "constraint"])["rmse"]
        one, both = (rmse["exponential", c] for c in ("production", "doubly"))
        part = f"{labels[name]} (from {number(one)} to {number(both)})"
        (lowered if both < one else raised).append(part)
    each = [
        f"{verb} the RMSE of exponential gravity in {listed(places)}"
        for verb, places in (("lowers", lowered), ("raises", raised))
        if places
    ]
    return [f"Keeping the arrivals as well as the departures {' and '.join(each)}"] * bool(each)
