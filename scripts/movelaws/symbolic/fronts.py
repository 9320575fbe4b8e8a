"""The laws of all searches of a dataset, set out by complexity (Fig. 3, Tables S2 to S6)."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from movelaws.symbolic.canonical import allocation_form
from movelaws.symbolic.effects import effects
from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.expressions import Expression
from movelaws.symbolic.fitting import fit_constants
from movelaws.symbolic.hall_of_fame import SAME, HallOfFame, Law
from movelaws.symbolic.heldout import COLUMNS as HELDOUT
from movelaws.symbolic.known_laws import MODEL_COMPLEXITY
from movelaws.symbolic.printing import latex, text
from movelaws.symbolic.programs import from_program, to_program
from movelaws.symbolic.tokens import Program, stacked

SPARE = 4  # so many times as many laws are kept while equal ones may still be among them
DIGITS = 3
REFUTED = 1e-6  # relative gain in the loss that refits of the same law do not reach
DRAWN = (5, 7)  # complexities whose flows are mapped (Figs S2 to S6)
FRONT_COLUMNS = (
    *("complexity", "rank", "pareto", "expression", "latex", "constants", "n_constants"),
    *("rmse", "cpc", "certified", *HELDOUT, "normalised_rmse", "effects", "negative_share"),
    *("published_expression", "published_rmse", "published_cpc", "full_expression"),
)
SHORTEST = 3  # a single variable or constant is no law of mobility (paper, caption of Fig. 3)


def merged(
    halls: Sequence[HallOfFame], names: Sequence[Sequence[str]], evaluator: Evaluator, keep: int
) -> HallOfFame:
    """One hall of fame of several searches, every constant fitted again to all rows.

    Parameters
    ----------
    halls : what the searches found.
    names : for each of them, the variables in the order of its tokens.
    evaluator : of all observations, with all variables.
    keep : laws per complexity.

    Returns
    -------
    HallOfFame whose laws are distinct over all complexities from 3 on: a law that shares out flows
    like a shorter one is left out.
    """
    into = evaluator.observations.names
    offered = [
        to_program(usual_form(from_program(law.program, own)), into)
        for hall, own in zip(halls, names, strict=True)
        for law in hall.laws
    ]
    wide = HallOfFame(keep * SPARE)
    for program, loss in refitted(offered, evaluator):
        wide.add(program, loss)
    return _distinct(wide, keep)


def usual_form(expression: Expression) -> Expression:
    """The usual form of a law, with decay in the denominator, unless that is longer.

    A product of equal variables becomes a power, whose exponent is then fitted: a special case of a
    law is not a law of its own.
    """
    usual = allocation_form(expression)
    return usual if usual.complexity <= expression.complexity else expression


def refitted(programs: Sequence[Program], evaluator: Evaluator) -> list[tuple[Program, float]]:
    """Each program with its constants refined on all rows from where they are, and its loss."""
    if not programs:
        return []
    codes, constants = stacked(list(programs))
    before = evaluator.losses(codes, constants)
    if constants.shape[1] == 0:
        return list(zip(programs, before.tolist(), strict=True))
    fitted, after, _ = fit_constants(evaluator, codes, constants[:, None, :], refine=1)
    better = after < before
    found = []
    for row, program in enumerate(programs):
        values = fitted[row] if better[row] else constants[row]
        loss = after[row] if better[row] else before[row]
        found.append((Program(program.code, values[: program.constants.size].copy()), float(loss)))
    return found


def _distinct(wide: HallOfFame, keep: int) -> HallOfFame:
    """Without the laws that a shorter one equals, and those that are too short."""
    kept = HallOfFame(keep)
    shorter: list[float] = []
    for complexity in sorted({law.complexity for law in wide.laws}):
        fresh = [law for law in wide.at(complexity) if not _known(law.loss, shorter)]
        for law in fresh[:keep] if complexity >= SHORTEST else ():
            kept.add(law.program, law.loss)
        shorter += [law.loss for law in wide.at(complexity)]
    return kept


def _known(loss: float, losses: Sequence[float]) -> bool:
    return any(abs(loss - other) <= SAME * abs(other) for other in losses)


def certified_levels(hall: HallOfFame, exhaustive: HallOfFame) -> dict[int, bool]:
    """By complexity that was searched exhaustively, whether no other search found a better law.

    A better law refutes the certificate of its complexity: the constants of that law were not
    fitted well enough when it was excluded.
    """
    levels = {}
    for complexity in sorted({law.complexity for law in exhaustive.laws}):
        best = min(law.loss for law in exhaustive.at(complexity))
        found = min((law.loss for law in hall.at(complexity)), default=best)
        levels[complexity] = bool(found >= best * (1 - REFUTED))
        if not levels[complexity]:
            print(f"complexity {complexity}: a law better than the certified one, not certified")
    return levels


def front_table(
    hall: HallOfFame,
    evaluator: Evaluator,
    certified: Mapping[int, bool],
    heldout: pd.DataFrame,
    published: pd.DataFrame,
) -> pd.DataFrame:
    """The laws of a hall of fame as the table ``front.csv``.

    Parameters
    ----------
    hall, evaluator : as in ``merged``.
    certified : by complexity, whether every expression over all variables was tried.
    heldout : a row per law of ``hall.laws`` as ``heldout.heldout_table`` gives them.
    published : complexity, rank, expression, rmse, cpc as printed; empty for other data.

    Returns
    -------
    DataFrame, one row per law: complexity, rank, pareto, expression, latex, constants, n_constants,
    rmse, cpc, certified, heldout_rmse, heldout_gain, heldout_gain_low, heldout_gain_high (percent),
    normalised_rmse (nan where the simplest gravity law does not err), effects, negative_share and
    what is printed for the same place (published_expression, published_rmse, published_cpc).
    """
    names = evaluator.observations.names
    printed = published.set_index(["complexity", "rank"])
    pareto = {id(law) for law in hall.front()}
    reference = evaluator.observations.reference_rmse
    unseen = heldout.reindex(columns=HELDOUT).to_dict("records")
    rows = []
    ranks: dict[int, int] = {}
    for law, outside in zip(hall.laws, unseen, strict=True):
        ranks[law.complexity] = ranks.get(law.complexity, 0) + 1
        place = (law.complexity, ranks[law.complexity])
        expression = from_program(law.program, names)
        rmse = evaluator.rmse(law.program)
        printed_row = printed.loc[place] if place in printed.index else {}
        rows.append(
            {
                "complexity": law.complexity,
                "rank": place[1],
                "pareto": id(law) in pareto,
                "expression": text(expression, DIGITS),
                "latex": latex(expression, DIGITS),
                "constants": ";".join(repr(float(c)) for c in expression.constants),
                "n_constants": len(expression.constants),
                "rmse": rmse,
                "cpc": evaluator.cpc(law.program),
                "certified": bool(certified.get(law.complexity, False)),
                **outside,
                "normalised_rmse": rmse / reference if reference > 0 else np.nan,
                "effects": "; ".join(effects(expression)),
                "negative_share": _negative_share(law, evaluator),
                "published_expression": printed_row.get("expression", ""),
                "published_rmse": printed_row.get("rmse", np.nan),
                "published_cpc": printed_row.get("cpc", np.nan),
                "full_expression": text(expression),
            }
        )
    return pd.DataFrame(rows, columns=FRONT_COLUMNS)


def _negative_share(law: Law, evaluator: Evaluator) -> float:
    """Share of the pairs for which the law predicts a negative flow."""
    return float((evaluator.predict(law.program) < 0).mean())


def models_table(fits: pd.DataFrame, reference_rmse: float) -> pd.DataFrame:
    """The six existing models at their complexity: the crosses of Fig. 3.

    Parameters
    ----------
    fits : the fits of ``movelaws.symbolic.baselines``; those by RMSE count.
    reference_rmse : that of the simplest gravity law; where it is 0 nothing can be normalised.
    """
    fitted = fits[fits["objective"] == "rmse"].set_index("model")
    shown = [model for model in MODEL_COMPLEXITY if model in fitted.index]
    table = fitted.loc[shown, ["rmse", "cpc"]].reset_index()
    table.insert(1, "complexity", table["model"].map(MODEL_COMPLEXITY))
    unit = reference_rmse if reference_rmse > 0 else np.nan
    return table.assign(normalised_rmse=table["rmse"] / unit)


def prediction_table(
    hall: HallOfFame, evaluator: Evaluator, complexities: Sequence[int] = DRAWN
) -> pd.DataFrame:
    """Observed flows, and those of the best law of some complexities (Figs S2 to S6).

    A complexity without a law is passed over; a hall of fame that has none of them, as one of a
    short search, gives the flows of its best law of the largest complexity it has.
    """
    o = evaluator.observations
    table = pd.DataFrame(
        {
            "origin": pd.Categorical.from_codes(o.zone[o.origin], o.zone_ids),
            "destination": pd.Categorical.from_codes(o.destination, o.zone_ids),
            "flow": o.flow,
        }
    )
    if "d" in o.names:
        table["distance_km"] = o.columns[o.names.index("d")]
    sizes = {law.complexity for law in hall.laws}
    for complexity in [c for c in complexities if c in sizes] or sorted(sizes)[-1:]:
        best = hall.at(complexity)[0]
        table[f"complexity_{complexity}"] = evaluator.predict(best.program)
    return table
