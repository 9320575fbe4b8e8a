"""The results of paper 2 in plain sentences, whichever way the tables of a run say they went."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from movelaws.phrases import counted, listed, number, percent, sentences

COLUMNS = ["question", "answer"]
SIMILAR = 0.01  # an RMSE that is within one percent of another


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
    parts = []
    for name, table in certificates.items():
        row = table.sort_values("complexity").iloc[-1]
        total = int(table.groupby("variables")["distinct"].sum().max())
        parts.append(
            f"{labels[name]} up to complexity {row['complexity']} over {row['variables']} "
            f"({total:,} distinct expressions)"
        )
    if not parts:
        return []
    total = {
        name: sum(int(table[name].sum()) for table in certificates.values())
        for name in ("audited", "lower_minima", "wrong_bounds")
    }
    return [
        f"Every expression was tried in {listed(parts)}",
        f"Constants may have better values than those found: of {total['audited']:,} fits repeated "
        f"from more starting points {total['lower_minima']:,} came out lower, "
        f"{total['wrong_bounds']:,} of them enough to be looked at again, which was done",
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
        outside = 1 - last["heldout_rmse"] / short["heldout_rmse"]
        unseen = _share(outside) if outside > 0 else "nothing"
        parts.append(
            f"{labels[name]}: {gain} by complexity {last['complexity']}, {unseen} on held-out "
            "origins"
        )
    return [
        f"Below the RMSE at complexity 5 lies the longest law of the front, {listed(parts)}"
    ] * bool(parts)


def existing(
    fronts: Mapping[str, pd.DataFrame],
    models: Mapping[str, pd.DataFrame],
    labels: Mapping[str, str],
) -> list[str]:
    """Which of the six models lie on the front of their complexity."""
    on, farthest = [], []
    for name, front in fronts.items():
        rows = []
        for row in models[name].itertuples():
            reached = front.loc[front["complexity"] <= row.complexity, "rmse"].min()
            rows.append((row.rmse / reached - 1, row.model))
        near = [model for excess, model in sorted(rows) if excess < 1e-6]
        if near:
            on.append(f"{listed(near)} in {labels[name]}")
        excess, worst = max(rows)
        farthest.append(f"{worst} in {labels[name]} ({_share(excess)})")
    if not farthest:
        return []
    first = f"On the front lie {listed(on)}" if on else "None of the six models lies on a front"
    return [first, f"Farthest above it lie {listed(farthest)}"]


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
            parts.append(f"{model} was planted in {labels[name]} and {law['expression']} found")
    return [listed(parts)] if parts else []


def other_losses(losses: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> list[str]:
    """The best law of complexity 5 to 7 under each loss."""
    parts = []
    for name, table in losses.items():
        short = table[table["complexity"] <= 7].dropna(subset=["value"])
        best = short.loc[short.groupby("loss", sort=False)["value"].idxmin()]
        each = [f"{r.expression} ({_LOSS[r.loss]})" for r in best.itertuples()]
        parts.append(f"{labels[name]}: {listed(each)}")
    return [f"Up to complexity 7 the best laws are, in {part}" for part in parts]


_LOSS = {
    "mse": "squared error",
    "poisson": "Poisson",
    "negbin": "negative binomial",
}


def elsewhere(transfer: pd.DataFrame, labels: Mapping[str, str]) -> list[str]:
    """How much is lost when a law or its constants travel."""
    if transfer.empty:
        return []
    table = transfer.dropna(subset=["rmse_refitted"])
    table = table[table["complexity"] >= 5]
    if table.empty:
        return []
    carried = (table["rmse_carried"] / table["rmse_own"] - 1).median()
    refitted = (table["rmse_refitted"] / table["rmse_own"] - 1).median()
    return [
        f"With its constants a law of one dataset has an RMSE {_share(carried)} above the best "
        f"law of its complexity on another (median of {len(table)} trials), with constants fitted "
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
        exponential = counted(int((~power[inside]).sum()), int(inside.sum()), "region")
        beyond = counted(int(power[~inside].sum()), int((~inside).sum()), "pair")
        parts += [
            f"Exponential decay has the lower RMSE within {exponential}, power-law decay in "
            f"{beyond} of different regions",
            f"{_share(share)} of the flow stays within its region",
        ]
    return parts


def under_noise(noise: Mapping[str, pd.DataFrame]) -> list[str]:
    """How often each law is found again, by dispersion."""
    parts = []
    for table in noise.values():
        for model, rows in table.groupby("model", sort=False):
            rate = rows.groupby("alpha")["recovered"].agg(["sum", "size"])
            each = [f"{r['sum']} of {r['size']} at {alpha:g}" for alpha, r in rate.iterrows()]
            parts.append(f"{model} is found in {listed(each)}")
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
        short = _best(fronts[name], 5)
        beside = (
            "" if short is None else f", against {number(short['rmse'])} of the law of complexity 5"
        )
        parts.append(
            f"In {labels[name]} its laws have a median complexity of "
            f"{number(table['complexity'].median())}; sharing out the flows of each origin, the "
            f"best reaches an RMSE of {number(best)}{beside}"
        )
    return parts


def both_ends(entropies: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> list[str]:
    """RMSE with one and with both constraints."""
    parts = []
    for name, table in entropies.items():
        rmse = table.set_index(["form", "constraint"])["rmse"]
        one, both = (rmse[("exponential", c)] for c in ("production", "doubly"))
        verb = "lowers" if both < one else "raises"
        parts.append(f"{labels[name]} ({number(one)} to {number(both)})")
        parts[-1] = f"it {verb} the RMSE of exponential gravity in {parts[-1]}"
    return [f"Keeping the arrivals as well as the departures: {listed(parts)}"] if parts else []
