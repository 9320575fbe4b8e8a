"""Sentences about fits: how near they come, with how many parameters, under which settings."""

from collections.abc import Mapping

import pandas as pd

from movelaws.lagrangian.tuning import DIVERGED
from movelaws.phrases import counted, listed

BASE = "base"
"""Row of a sensitivity table with the settings of all other results."""
PRINTED, EXACT, STILL, CLOSED = "printed", "exact", "persistence", "interpolation"
_BESIDE = {
    "printed_tuned": "With the best of a few learning rates it is",
    "printed_long": "With more sweeps it is",
    EXACT: "The exact gradient reaches",
}
_NAMES = {
    PRINTED: "the printed schedule",
    "printed_tuned": "the schedule with the best rate",
    "printed_long": "the schedule with more sweeps",
    EXACT: "the exact gradient",
    "exact_best": "the exact gradient from the nearest start",
}
_SETTINGS = {
    "floor": "the floor of empty cells",
    "rate": "the learning rate",
    "rate_index": "what n of the learning rate counts",
    "iterations": "the number of iterations",
    "side": "the number of cells",
    "bound": "the bound of the parameters",
    "bookkeeping": "the bookkeeping of the flows",
    "smoothing": "smoothing",
    "last_step": "what the last step is averaged with",
    "closed_with": "the moment at which the day ends",
}
_OUTCOMES = ("rms", "median_inertia_ratio")
_WILD = 10.0
"""Times the RMS of no movement: such a run has left the data."""


def follows(methods: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> list[str]:
    """The RMS of q of the printed schedule, of no movement and of the exact gradient."""
    rms = pd.DataFrame({case: t.set_index("method")["rms"] for case, t in methods.items()}).T
    if rms.empty:
        return []
    notes = pd.DataFrame({case: t.set_index("method")["note"] for case, t in methods.items()}).T
    ran_away = notes.reindex(columns=rms.columns) == DIVERGED
    words = "; ".join(
        f"it diverged in {labels[case]}"
        if ran_away.loc[case, PRINTED]
        else f"{row[PRINTED]:.2f} against {row[STILL]:.2f} ({labels[case]})"
        for case, row in rms.iterrows()
    )
    nearer = int((rms[PRINTED] < rms[STILL]).sum())
    said = [
        "The printed schedule ends nearer to the data than a population that stays in "
        f"{counted(nearer, len(rms), 'case')}, by the RMS of q: {words}"
    ]
    for method, what in _BESIDE.items():
        if method in rms:
            ended = rms.loc[~ran_away[method], method].dropna()
            lost = [labels[case] for case in rms.index[ran_away[method]]]
            spans = [_span(ended.min(), ended.max())] if len(ended) else []
            told = [*spans, *([f"it diverged in {listed(lost)}"] if lost else [])]
            said.append(f"{what} {'; '.join(told)}")
    nearest = rms.drop(columns=[CLOSED, STILL], errors="ignore").idxmin(axis=1)
    ends = [f"{_NAMES.get(m, m)} in {n}" for m, n in nearest.value_counts(sort=False).items()]
    said.append(f"Nearest of the methods that iterate: {listed(ends)}")
    return said


def _span(low: float, high: float) -> str:
    """Both ends, or the one number that they are."""
    ends = dict.fromkeys((f"{low:.2g}", f"{high:.2g}"))
    return " to ".join(ends)


def parameters_needed(methods: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> list[str]:
    """That the full model has more parameters than data, and what follows from it."""
    closed = {
        case: table.set_index("method").loc[CLOSED, "rms"]
        for case, table in methods.items()
        if CLOSED in set(table["method"])
    }
    if not closed:
        return []
    low, high = min(closed.values()), max(closed.values())
    return [
        "With up to ten parameters for each number that is fitted, the full model can follow "
        f"anything: in closed form, within the bounds, the RMS of q is {_span(low, high)}. So "
        "only days that were not fitted can tell good models from bad ones"
    ]


def settings_matter(tables: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> list[str]:
    """By how much the RMS and the median of I move with each setting, largest first."""
    moved, away = {}, set()
    for case, table in tables.items():
        wild = table["rms"] > _WILD * table["persistence_rms"]
        away |= {(case, what) for what in table.loc[wild, "what"]}
        table, base = table[~wild], table[(table["what"] == BASE) & ~wild]
        for what, rows in table[table["what"] != BASE].groupby("what"):
            both = pd.concat([base, rows])
            moved.setdefault(what, []).append([_factor(both[name]) for name in _OUTCOMES])
    spans = {what: pd.DataFrame(factors).max().tolist() for what, factors in moved.items()}
    ordered = sorted(spans.items(), key=lambda item: -max(item[1]))
    words = [
        f"{_SETTINGS.get(what, what)} {rms:.1f} and {inertia:.1f}"
        for what, (rms, inertia) in ordered
        if max(rms, inertia) >= 1.05
    ]
    if not words:
        return []
    said = [
        "The largest factor over the cases by which a setting moves the RMS and the median of I: "
        f"{listed(words)}"
    ]
    if away:
        settings = sorted({_SETTINGS.get(what, what) for _, what in away})
        cases = [labels[case] for case in tables if case in {case for case, _ in away}]
        said.append(f"Not counted: runs that left the data altogether, with {listed(settings)}, in "
                    f"{listed(cases)}")  # fmt: skip
    return said


def _factor(values: pd.Series) -> float:
    """Largest over smallest of positive values."""
    values = values[values > 0]
    return float(values.max() / values.min()) if len(values) else 1.0


def energy_kept(
    energy: Mapping[str, pd.DataFrame],
    integrators: Mapping[str, pd.DataFrame],
    drift: Mapping[str, pd.DataFrame],
    labels: Mapping[str, str],
) -> list[str]:
    """The sign of the dissipated energy, what long steps do to it, and people lost on the way."""
    said = []
    if energy:
        own = {case: table[table["method"] == PRINTED] for case, table in energy.items()}
        lost = {case: table["dissipated"].sum() for case, table in own.items()}
        gaining = [labels[case] for case, value in lost.items() if value < 0]
        said.append(
            "What is called dissipation takes energy out along the fitted path, summed over it, in "
            f"{counted(len(lost) - len(gaining), len(lost), 'case')}"
            + (f", and feeds it in {listed(gaining)}" if gaining else "")
        )
        off = {
            case: table["imbalance"].abs().max() / table["hamiltonian"].abs().max()
            for case, table in own.items()
        }
        worst = max(off, key=off.get)
        said.append(
            "Steps as long as a slot do not keep the balance of energy: it is off by up to "
            f"{100 * off[worst]:.0f} % of the largest energy ({labels[worst]})"
        )
    apart = {
        case: table.loc[
            (table["method"] == PRINTED)
            & (table["integrator"] == "euler_cromer")
            & (table["steps_factor"] == 1),
            "max_difference_q",
        ].max()
        for case, table in integrators.items()
    }
    if apart:
        worst = max(apart, key=apart.get)
        said.append(
            "The parameters belong to their steps: solved in continuous time they give a path that "
            f"is off by up to {apart[worst]:.2g} in q ({labels[worst]})"
        )
    worst = {
        case: table.loc[table["bookkeeping"] == PRINTED, "drift"].abs().max()
        for case, table in drift.items()
    }
    if worst:
        case = max(worst, key=worst.get)
        said.append(
            "The reference dynamics as printed counts people twice while they arrive: its total is "
            f"off by up to {100 * worst[case]:.2g} % ({labels[case]})"
        )
    return said
