"""Claims C1-C8 of paper 5 held against the tables of a run."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from movelaws.choice import verdicts
from movelaws.choice.toy import spread_of_utility
from movelaws.claims import SYNTHETIC, Finding, compare, compare_many, not_testable, statement

CHECKED = ("C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8")
OF_A_DATASET = ("C2", "C3", "C4", "C8")
MOVEMENTS = {"us_migration"}
GAME = "DCG"
IDENTITY_TOLERANCE = 1e-6
SPREAD_TOLERANCE = 1e-6
TOY_CASE = "congestion and crowding"
# Locations behind Table S3: a two-sample KS statistic over N locations is a multiple of 1/N, and
# these are the smallest N of which all six printed numbers of the dataset are multiples to the
# last digit (config/published/choice_tableS2_S3_ks.csv; 340 for China and 51 for US migration,
# as in Table 1). 381, which Table 1 says of Abidjan, is none.
LOCATIONS = {"japan": 47, "belgium": 43, "abidjan": 219}
TABLE_1 = {"abidjan": 381}


@dataclass(frozen=True)
class Tables:
    """Tables of one run.

    Attributes
    ----------
    datasets, parameters, statistics : of ``movelaws.choice.tables``.
    solver : identities C5 and C6 by dataset (``movelaws.choice.identities``).
    toy : the example of Fig. 1.
    laws : by synthetic dataset, the model that was planted.
    truths : by synthetic dataset, what its world says: n_zones and total_flow among others.
    confidence : of the intervals in ``parameters``.
    """

    datasets: pd.DataFrame
    parameters: pd.DataFrame
    statistics: pd.DataFrame
    solver: pd.DataFrame
    toy: pd.DataFrame
    laws: Mapping[str, str]
    truths: Mapping[str, Mapping[str, object]]
    confidence: float


def findings(tables: Tables, absent: Mapping[str, str]) -> list[Finding]:
    """What a run says about claims C1-C8.

    Parameters
    ----------
    tables : of the run.
    absent : by case of the paper that cannot be had, the reason.

    Raises
    ------
    ValueError
        If the confidence of the tables is not in (0, 1) and there are planted parameters.
    """
    found = []
    for row in tables.datasets.itertuples():
        found += _one_dataset(tables, row)
    found += [_identity(claim, tables.solver) for claim in ("C5", "C6")]
    found.append(_toy(tables.toy))
    tested = set(tables.datasets["dataset"])
    for case, reason in absent.items():
        if case not in tested:
            found += [_absent(claim, case, reason) for claim in OF_A_DATASET]
    unseen = [claim for claim in CHECKED if claim not in {finding.id for finding in found}]
    why = "the printed numbers of this claim are of datasets that are not part of the run"
    return found + [not_testable(claim, "-", why) for claim in unseen]


def _one_dataset(tables: Tables, row) -> list[Finding]:
    name = row.dataset
    found = []
    if row.source == "published" and name in MOVEMENTS:
        found.append(
            compare("C1", name, row.published_movements, row.movements, absolute=0,
                    evidence="choice/datasets.csv")
        )  # fmt: skip
    if name in tables.truths:
        found.append(_counted(row, tables.truths[name]))
    if row.source == "own":
        why = "the claim is about the paper's datasets"
        return found + [not_testable(claim, name, why) for claim in ("C2", "C8")]
    law = tables.laws.get(name)
    if row.source == "synthetic" and law != GAME:
        why = f"the law planted in this world is {law or 'not known'}, the claim is about the game"
        marked = f"{name} {SYNTHETIC}"
        return found + [not_testable(claim, marked, why) for claim in ("C2", "C3", "C8")]
    planted = row.source == "synthetic"
    statistics = tables.statistics[tables.statistics["dataset"] == name].set_index("model")
    fitted = tables.parameters[tables.parameters["dataset"] == name]
    found.append(verdicts.ordering(name, statistics["ssi"], planted))
    found.append(verdicts.distributions(name, statistics, planted))
    if planted:
        found.append(verdicts.planted_parameters(name, fitted, tables.confidence))
    else:
        found += verdicts.printed_numbers(name, fitted, statistics)
    return found


def _counted(row, truth: Mapping[str, object]) -> Finding:
    """C1 in a synthetic world: nobody was lost between raw files and canonical tables."""
    return compare_many(
        "C1",
        row.dataset,
        {
            "movements": (truth["total_flow"], row.movements),
            "locations": (truth["n_zones"], row.locations),
        },
        absolute=0,
        evidence="choice/datasets.csv",
        synthetic=True,
    )


def _absent(claim: str, case: str, reason: str) -> Finding:
    if claim == "C4" and case in LOCATIONS:
        count = LOCATIONS[case]
        other = f" (Table 1 says {TABLE_1[case]})" if case in TABLE_1 else ""
        reason = (
            f"{reason.rstrip('.')}. The KS statistics of attraction that are printed are multiples "
            f"of 1/{count}, so they are of {count} locations{other}"
        )
    return not_testable(claim, case, reason)


def _identity(claim: str, solver: pd.DataFrame) -> Finding:
    column = {"C5": "without_crowding", "C6": "fixed_attraction"}[claim]
    if solver.empty:
        return not_testable(claim, "all", "no dataset is named under choice.solver in this run")
    largest = float(solver[column].max(skipna=False))
    if np.isnan(largest):
        nothing = ", ".join(sorted(set(solver.loc[solver[column].isna(), "dataset"])))
        reason = f"no number came out for {nothing}"
    else:
        reason = f"the largest relative difference is {largest:.1e}"
    return statement(
        claim,
        "all",
        "max relative difference < 1e-6",
        f"{largest:.1e} over {', '.join(sorted(set(solver['dataset'])))}",
        largest < IDENTITY_TOLERANCE,
        criterion="relative difference of all flows < 1e-6",
        reason=reason,
        evidence="choice/solver.csv",
    )


def _toy(toy: pd.DataFrame) -> Finding:
    spread = spread_of_utility(toy, TOY_CASE)
    better = _gain_elsewhere(toy[toy["case"] == TOY_CASE])
    reasons = []
    if not spread < SPREAD_TOLERANCE:
        reasons.append(f"the utilities differ by {spread:.1e}")
    if not better < SPREAD_TOLERANCE:
        reasons.append(f"a destination that nobody uses would be better by {better:.1e}")
    unused = "every destination is used" if better == -np.inf else "those unused are no better"
    return statement(
        "C7",
        "toy",
        "equal utility at all destinations of an origin",
        f"largest spread {spread:.1e}" + ("" if reasons else f"; {unused}"),
        not reasons,
        criterion="spread of utilities < 1e-6, and no unused destination better by that much",
        reason="; ".join(reasons),
        evidence="choice/toy.csv",
    )


def _gain_elsewhere(toy: pd.DataFrame) -> float:
    """Most that an origin could gain where none of its travellers go; -inf where they go all over.

    Equal utilities make an equilibrium only if nothing better is left out.
    """
    used = toy[toy["flow"] > 0].groupby("origin")["utility"].min()
    unused = toy[toy["flow"] <= 0].groupby("origin")["utility"].max()
    return (
        float((unused - used.reindex(unused.index)).max(skipna=False)) if len(unused) else -np.inf
    )
