"""Claims S5, S6 and S9 to S18 of paper 2: what the search found, held against what is printed."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from movelaws.claims import SYNTHETIC, Finding, compare_many, not_testable, statement
from movelaws.symbolic.claims import RMSE_TOLERANCE
from movelaws.symbolic.equivalence import same_family
from movelaws.symbolic.noise_claims import noise_findings
from movelaws.symbolic.parsing import parse
from movelaws.symbolic.region_claims import region_findings

CHECKED = ("S5", "S6", *(f"S{number}" for number in range(9, 19)))
PRINTED_BASE = {"us_county_commuting": "1.04", "england_mlad_commuting": "1.11"}
PRINTED_POWER = {"us_county_commuting": "0.42", "england_mlad_commuting": "0.50"}
LAST_DIGIT = 0.005  # half a unit of the second decimal, the last that is printed
PLANTED_TOLERANCE = 0.02
SAME = 1e-6  # RMSE of a law and of the model that it is


def findings(
    fronts: Mapping[str, pd.DataFrame],
    models: Mapping[str, pd.DataFrame],
    noise: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]],
    regions: Mapping[str, pd.DataFrame],
    scientists: Mapping[str, pd.DataFrame],
    truths: Mapping[str, Mapping],
    published: set[str],
    absent: Mapping[str, str],
) -> list[Finding]:
    """What the search of a run says about its claims.

    Parameters
    ----------
    fronts, models : front.csv and models.csv by dataset.
    noise : noise.csv and noise_cpc.csv by dataset.
    regions, scientists : regions.csv and scientist.csv by dataset.
    truths : by synthetic dataset, what its world planted.
    published : datasets whose data are those of the paper.
    absent : by dataset of the paper that cannot be had, the reason.
    """
    found = []
    known = {*truths, *published}  # there is nothing to hold the data of others against
    for dataset, front in fronts.items():
        if dataset not in known:
            continue
        found += _decays(dataset, front, truths.get(dataset))
        found.append(_no_model_below(dataset, front, models[dataset], dataset in truths))
        if dataset not in truths:
            found += _as_accurate(dataset, front)
    for dataset, (table, common) in noise.items():
        if dataset in known:
            found += noise_findings(dataset, table, common, dataset in truths)
    for dataset, table in regions.items():
        if dataset in known:
            found += region_findings(dataset, table, dataset in truths)
    for dataset, table in scientists.items():
        if dataset in known:
            found.append(_scientist(dataset, table, dataset in truths))
    for dataset, why in absent.items():
        if dataset not in fronts:
            claims = ("S5", "S6", "S9", "S10") if dataset in PRINTED_BASE else ("S9",)
            found += [not_testable(claim, dataset, why) for claim in claims]
    seen = {finding.id for finding in found}
    why = "this run has no dataset on which the claim could be tested"
    return found + [not_testable(claim, "-", why) for claim in CHECKED if claim not in seen]


def best(front: pd.DataFrame, complexity: int) -> pd.Series | None:
    """The best law of one complexity, or None."""
    at = front[(front["complexity"] == complexity) & (front["rank"] == 1)]
    return None if at.empty else at.iloc[0]


def _decays(dataset: str, front: pd.DataFrame, truth: Mapping | None) -> list[Finding]:
    """Exponential gravity at complexity 5 (S5), exponential power at 7 (S6)."""
    if truth is None:
        base, power = PRINTED_BASE.get(dataset), PRINTED_POWER.get(dataset)
        wanted = [("S5", 5, "c", base), ("S6", 7, "a", power)]
    else:
        model, values = truth["law"]["model"], truth["law"].get("parameters", {})
        rate = values.get("b") if model == "GMExp" else None
        power = values.get("a") if model == "GMExpPow" else None
        wanted = [("S5", 5, "b", rate), ("S6", 7, "a", power)]
    return [_decay(dataset, front, *one, truth is not None) for one in wanted if one[3] is not None]


def _decay(
    dataset: str,
    front: pd.DataFrame,
    claim: str,
    complexity: int,
    name: str,
    value: str | float,
    synthetic: bool,
) -> Finding:
    """Whether the best law of a complexity has the form expected, and its constant."""
    law = best(front, complexity)
    evidence = f"symbolic/{dataset}/front.csv"
    shape, example = _FORMS[name]
    mass = _mass(front)
    if law is None or not same_family(parse(law["expression"]), parse(f"{mass} / {example}")):
        return statement(
            claim,
            dataset,
            f"{mass} / {shape} with {name} = {value}",
            "no law" if law is None else f"{law['expression']}, RMSE {law['rmse']:.5g}",
            False,
            reason=_why_another(front, law, complexity, f"{mass} / {example}", name),
            evidence=evidence,
            synthetic=synthetic,
        )
    ours = _constant(law, name)
    tolerance = {"relative": PLANTED_TOLERANCE} if synthetic else {"absolute": LAST_DIGIT}
    return compare_many(
        claim,
        dataset,
        {name: (value, float(f"{ours:.5g}"))},
        evidence=evidence,
        synthetic=synthetic,
        **tolerance,
    )


def _why_another(
    front: pd.DataFrame, law: pd.Series | None, complexity: int, form: str, name: str
) -> str:
    """Which law is better, how certain that is, and where the expected form stands."""
    if law is None:
        return f"no law of complexity {complexity} was found"
    certain = "certified" if law["certified"] else "not certified"
    reason = f"{law['expression']} has the lower RMSE ({certain})"
    same = front[front["complexity"] == complexity]
    for _, row in same.iterrows():
        if same_family(parse(row["expression"]), parse(form)):
            return (
                f"{reason}; the expected form is number {row['rank']} with {name} = "
                f"{_constant(row, name):.3g}, RMSE {row['rmse']:.5g}"
            )
    return f"{reason}; the expected form is not among the best {len(same)}"


_FORMS = {
    "c": ("c^d", "1.1^d"),
    "b": ("exp(b d)", "1.1^d"),
    "a": ("exp(d^a)", "exp(d^0.4)"),
}


def _mass(front: pd.DataFrame) -> str:
    """Attraction in the laws of this dataset: workplaces where they are known."""
    return "w_j" if front["expression"].str.contains("w_j").any() else "r_j"


def _constant(law: pd.Series, name: str) -> float:
    """The base (> 1: decay), its logarithm or the exponent of a law with one constant."""
    value = float(str(law["constants"]).split(";")[0])
    if name == "a":
        return abs(value)
    rate = abs(np.log(value))
    return float(rate if name == "b" else np.exp(rate))


def _no_model_below(
    dataset: str, front: pd.DataFrame, models: pd.DataFrame, synthetic: bool
) -> Finding:
    """S9: every existing model lies on or above the front of its complexity.

    No search is given the models to begin with, or none could lie below the front. Certified laws
    need not even that: how they were found does not matter.
    """
    name = f"{dataset} {SYNTHETIC}" if synthetic else dataset
    evidence = f"symbolic/{dataset}/models.csv"
    if models.empty:
        return not_testable("S9", name, "none of the six models is part of this run", evidence)
    distances, proven = [], 0
    certain = front[front["certified"].astype(bool)]
    for model in models.itertuples():
        reached = front.loc[front["complexity"] <= model.complexity, "rmse"].min()
        most = model.rmse * (1 + SAME)
        distances.append((reached - most, model.model, reached, model.rmse))
        proven += certain.loc[certain["complexity"] <= model.complexity, "rmse"].min() <= most
    nearest = max(distances, key=lambda one: one[0] / one[3] if one[3] else one[0])
    missed = [model for excess, model, _, _ in distances if not excess <= 0]
    _, model, reached, theirs = nearest
    return statement(
        "S9",
        name,
        "all six models on or above the front",
        f"{len(models) - len(missed)} of {len(models)}; nearest: {model}, RMSE {theirs:.5g}, front "
        f"at its complexity {reached:.5g}; {proven} by certified laws alone",
        not missed,
        criterion="RMSE of the front at most that of the model, to one in a million; no search "
        "began with the models",
        reason=f"the search missed laws as accurate as {', '.join(missed)}",
        evidence=evidence,
    )


def _as_accurate(dataset: str, front: pd.DataFrame) -> list[Finding]:
    """S10: the published RMSE at each complexity is reached or beaten."""
    printed = front[front["published_rmse"].notna() & (front["rank"] == 1)]
    if printed.empty:
        return []
    tolerance = RMSE_TOLERANCE.get(dataset, 0.0)
    reached = {
        int(row.complexity): front.loc[front["complexity"] <= row.complexity, "rmse"].min()
        for row in printed.itertuples()
    }
    texts, failed = [], []
    for row in printed.itertuples():
        ours = reached[int(row.complexity)]
        texts.append(f"{row.complexity}: {ours:.2f}")
        if ours > row.published_rmse * (1 + tolerance):
            failed.append(f"{row.complexity}: {100 * (ours / row.published_rmse - 1):+.2f} %")
    return [
        statement(
            "S10",
            dataset,
            "; ".join(f"{r.complexity}: {r.published_rmse:g}" for r in printed.itertuples()),
            "; ".join(texts),
            not failed,
            criterion=f"at most the printed RMSE, plus {100 * tolerance:g} % for the coordinates",
            reason="above at complexity " + "; ".join(failed),
            evidence=f"symbolic/{dataset}/front.csv",
        )
    ]


def _scientist(dataset: str, table: pd.DataFrame, synthetic: bool) -> Finding:
    """S18: the machine scientist's laws are long."""
    evidence = f"symbolic/{dataset}/scientist.csv"
    median = float(table["complexity"].median())
    each = ", ".join(f"{c}" for c in sorted(table["complexity"]))
    if synthetic:
        why = f"made from one law; the chains settle at complexity {each}"
        return not_testable("S18", f"{dataset} {SYNTHETIC}", why, evidence)
    return statement(
        "S18",
        dataset,
        "complexity over 20",
        f"median complexity {median:g} ({each})",
        median > 20,
        criterion="median over the chains",
        reason="the chains of this run settle on shorter laws",
        evidence=evidence,
    )
