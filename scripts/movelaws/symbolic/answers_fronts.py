"""Sentences about the fronts: the best laws, how certain they are, what the models make of them."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from movelaws.phrases import counted, ends, listed, number, percent
from movelaws.symbolic.equivalence import same_family
from movelaws.symbolic.known_laws import known_laws
from movelaws.symbolic.parsing import parse
from movelaws.symbolic.programs import from_program

# An RMSE within five percent of another is about as good: noise and small flows that are left
# out leave so much to be had by longer laws.
SIMILAR = 0.05
SAME = 1e-6  # RMSE of a law and of the model that it is
_VARIABLES = (("w_i", "w_j", "d", "s_w"), ("r_i", "r_j", "d", "s_r"))
_KNOWN = {"GMExp": "exponential gravity", "GMPow": "power-law gravity"}
_FEW = 3  # places that are named; more are counted


def best_law(front: pd.DataFrame, complexity: int) -> pd.Series | None:
    """The best law of one complexity, or None."""
    at = front[(front["complexity"] == complexity) & (front["rank"] == 1)]
    return None if at.empty else at.iloc[0]


def best_short(fronts: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> list[str]:
    """The best law of complexity 5: how often a gravity model, and which it is elsewhere."""
    found = {name: best_law(front, 5) for name, front in fronts.items()}
    laws = {name: law for name, law in found.items() if law is not None}
    parts, told = [], set()
    for model, words in _KNOWN.items():
        same = {name: law for name, law in laws.items() if is_model(law["expression"], model)}
        if not same:
            continue
        told |= set(same)
        values = pd.Series({n: _decay(law["expression"], model) for n, law in same.items()})
        sign = "decay by distance to the power" if model == "GMPow" else "decay factor per km"
        range_ = ends(values, labels, lambda value: number(value, 3))
        errors = ends(pd.Series({n: law["rmse"] for n, law in same.items()}))
        where = counted(len(same), len(laws))
        parts.append(f"{words} in {where} ({sign} {range_}; RMSE {errors})")
    parts += [
        f"{laws[name]['expression']} in {labels[name]} (RMSE {number(laws[name]['rmse'])})"
        for name in laws
        if name not in told
    ]
    return [f"At complexity 5 the best law is {listed(parts)}"] if parts else []


def is_model(expression: str, model: str) -> bool:
    """Whether a law is one of the existing models, with any constants and either mass."""
    laws = (known_laws(names).get(model) for names in _VARIABLES)
    return any(
        same_family(parse(expression), from_program(law, names))
        for names, law in zip(_VARIABLES, laws, strict=True)
        if law is not None
    )


def _decay(expression: str, model: str) -> float:
    """The constant of a gravity law, as it stands in the denominator and without its sign."""
    value = parse(expression).constants[0]
    return abs(value) if model == "GMPow" else float(np.exp(abs(np.log(value))))


def certain(certificates: Mapping[str, pd.DataFrame]) -> list[str]:
    """What the exhaustive searches cover, and what their audit found."""
    if not certificates:
        return []
    reached = pd.Series(
        {
            name: _with_all_variables(table)["complexity"].max()
            for name, table in certificates.items()
        }
    )
    joined = pd.concat(certificates.values())
    audited, lower = joined[["audited", "lower_minima"]].sum()
    changed = (joined["verdict_changed"] > 0).sum()
    least = int(reached.min())
    beyond = joined["complexity"].max()
    further = f" (with few of them to {beyond})" if beyond > least else ""
    return [
        f"Every expression of all variables to complexity {least}{further} was tried, "
        f"{joined['distinct'].sum():,} distinct ones, up to the fits of their constants: of "
        f"{audited:,} fits repeated from four times as many starting points {lower:,} found a "
        "lower minimum, and the best laws of "
        f"{counted(int(changed), len(joined), 'level')} of complexity changed by it"
    ]


def _with_all_variables(table: pd.DataFrame) -> pd.DataFrame:
    most = table["variables"].str.split().str.len()
    return table[most == most.max()]


def longer(fronts: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> list[str]:
    """What the longest law of the front gains, in sample and on origins held out."""
    rows = {}
    for name, front in fronts.items():
        short, pareto = best_law(front, 5), front[front["pareto"]]
        last = None if pareto.empty else pareto.sort_values("complexity").iloc[-1]
        if short is not None and last is not None and last["complexity"] > 5:
            rows[name] = last, 1 - last["rmse"] / short["rmse"]
    if not rows:
        return []
    inside = pd.Series({name: 100 * gain for name, (_, gain) in rows.items()})
    parts = [
        "The longest law of the front has an RMSE below that of complexity 5 by "
        f"{ends(inside, labels, percent)}, constants fitted to the same flows"
    ]
    known = {n: law for n, (law, _) in rows.items() if np.isfinite(law.get("heldout_gain", np.nan))}
    clear = {n: law for n, law in known.items() if law["heldout_gain_low"] > 0}
    if known:
        where = listed(f"{labels[name]} by {_gain(law)}" for name, law in clear.items())
        parts.append(
            "On origins held out it errs less than exponential gravity beyond chance in "
            f"{counted(len(clear), len(known))}{f': {where}' * bool(clear)}"
        )
    others = pd.Series({n: law["heldout_gain"] for n, law in known.items() if n not in clear})
    if len(others):
        gains = ends(others, labels, percent)
        parts.append(f"Elsewhere it gains {gains} held out, which is no more than chance or a loss")
    lost = [labels[n] for n, (law, _) in rows.items() if np.isinf(law.get("heldout_rmse", 0.0))]
    return [*parts, f"It is undefined on origins held out in {listed(lost)}" * bool(lost)]


def _gain(law: pd.Series) -> str:
    low, high = (percent(law[f"heldout_gain_{end}"]) for end in ("low", "high"))
    return f"{percent(law['heldout_gain'])} (interval {low} to {high})"


def existing(fronts: Mapping[str, pd.DataFrame], models: Mapping[str, pd.DataFrame]) -> list[str]:
    """Which of the six models lie on the front of their complexity, in how many datasets."""
    rows = [
        (name, row.model, row.rmse / _reached(front, row.complexity) - 1)
        for name, front in fronts.items()
        for row in models[name].itertuples()
    ]
    if not rows:
        return []
    table = pd.DataFrame(rows, columns=["dataset", "model", "excess"])
    datasets = table["dataset"].nunique()
    on = table[table["excess"].abs() <= SAME]["model"].value_counts(sort=False)
    below = table[table["excess"] < -SAME]["model"].value_counts(sort=False)
    worst = table.loc[table.groupby("dataset")["excess"].idxmax()]
    worst = worst[worst["excess"] > SAME]
    held = listed(_times(on, datasets)) if len(on) else "none of the models"
    farthest = listed(dict.fromkeys(worst["model"]))
    return [
        f"The front holds {held}",
        f"The search missed laws as accurate as {listed(_times(below, datasets))}"
        * bool(len(below)),
        f"The farthest above it is {farthest.replace(' and ', ' or ')}, with an RMSE higher by "
        f"{ends(100 * worst['excess'], text=percent)}"
        if len(worst)
        else "",
    ]


def _reached(front: pd.DataFrame, complexity: int) -> float:
    return front.loc[front["complexity"] <= complexity, "rmse"].min()


def _times(counts: pd.Series, datasets: int) -> Iterable[str]:
    return [f"{model} in {counted(int(n), datasets)}" for model, n in counts.items()]


def found_again(
    fronts: Mapping[str, pd.DataFrame], labels: Mapping[str, str], planted: Mapping[str, str]
) -> list[str]:
    """Whether the shortest law that is about as good as any is the one that was planted."""
    others, asked = [], 0
    for name, model in planted.items():
        if name not in fronts:
            continue
        front = fronts[name]
        pareto = front[front["pareto"]].sort_values("complexity")
        small = pareto[pareto["rmse"] <= (1 + SIMILAR) * front["rmse"].min()]
        if small.empty:
            continue
        asked += 1
        law = small.iloc[0]["expression"]
        if not is_model(law, model):
            others.append(f"{law} for {model} ({labels[name]})")
    if not asked:
        return []
    named = f"; elsewhere it is {listed(others)}" if 0 < len(others) <= _FEW else ""
    return [
        f"The shortest law within {percent(100 * SIMILAR)} of the least RMSE is the planted one in "
        f"{counted(asked - len(others), asked)}{named}"
    ]
