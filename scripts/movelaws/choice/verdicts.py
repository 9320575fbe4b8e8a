"""Claims C2, C3, C4 and C8 of paper 5 on one dataset: order, parameters, distributions."""

import numpy as np
import pandas as pd
from scipy.special import ndtri  # the quantile of the normal law

from movelaws.choice.tables import IO_UNIT
from movelaws.claims import SYNTHETIC, Finding, compare_many, not_testable, statement

WORDS = {
    "DCG": "DCG",
    "GMPow2": "gravity 2",
    "GMPow": "gravity 1",
    "IO": "IO",
    "PWO": "PWO",
    "RM": "radiation",
}
GRAVITY = ("DCG", "GMPow2", "GMPow")
OPPORTUNITIES = ("IO", "PWO", "RM")
REFERENCE = "GMPowDC"
AS_GOOD = 0.001  # of the SSI, below which one does not call the game better than the reference
GRID_STEP = 0.01  # of the paper's search
KS_TOLERANCE = {"ks_distance": 0.005, "ks_attraction": 0.02}  # the second is one of 51 states
# Figs 2 and S1-S3 are judged by eye in print. The bounds of KS are rounded up from the numbers of
# the game on the three main datasets in Tables S2 and S3; two thirds of the bins are our choice.
FOLLOWS = {"ks_distance": 0.10, "ks_attraction": 0.15, "bins_on_diagonal": 2 / 3}
MEASURED = {
    "ks_distance": "KS of distance",
    "ks_attraction": "KS of attraction",
    "bins_on_diagonal": "share of flux bins on the diagonal",
}
ROUNDING = 1e-9  # a statistic of 15 locations in 100 is 0.15 and a little
PLANTED = ("alpha", "beta", "gamma")
SIMULTANEOUS = 0.99  # confidence of the intervals of all planted parameters together

# What was found out about US migration, where the print has numbers; the analysis behind it is
# movelaws.choice.sensitivity, whose table the report shows.
REASONS = {
    ("C3", "us_migration"): (
        "the printed exponents do not follow from the text as it reads: put in, they give an SSI "
        "of 0.736 on the public table, no more than gravity 2 calibrated here, against 0.785 at "
        "the optimum; the best beta of gravity 1 is 1.08 by SSI and 0.82 by CPC. Longitude and "
        "latitude exchanged in the distances would move the exponents about 70 % of the way, a "
        "conjecture that was picked after some 500 combinations had been compared with the print. "
        "SSI and CPC both still rise with gamma at the edge of the box, so no interior gamma is "
        "their optimum; averaging with a step of 0.5 would stop converging at gamma = 3, and all "
        "nine printed gammas are below 3, but the step that was used is not known"
    ),
    ("C4", "us_migration"): (
        "the printed parameters themselves, with nothing fitted, give KS of distance of 0.08 to "
        "0.10 here, for the game and both gravity models, instead of 0.02 to 0.03; with longitude "
        "and latitude exchanged, five models come within 0.017 of the print, PWO does not; with "
        "the flows reversed, four of six KS of arrivals equal the print in every digit, and no "
        "reading gives all numbers (see the readings of the text)"
    ),
}


def ordering(dataset: str, ssi: pd.Series, planted: bool = False) -> Finding:
    """C2: DCG > gravity 2 >= gravity 1 > the three models of opportunities.

    Parameters
    ----------
    dataset : its name.
    ssi : by model, the similarity in [0, 1]; models without a number count as missing.
    planted : the dataset is a synthetic world in which the game was planted.
    """
    ssi = ssi.dropna()
    rest = [model for model in OPPORTUNITIES if model in ssi.index]
    missing = [WORDS[model] for model in GRAVITY if model not in ssi.index]
    missing += [] if rest else ["any of IO, PWO and radiation"]
    if missing:
        why = f"the order needs the SSI of {' and '.join(missing)}, which this run does not have"
        return not_testable("C2", _marked(dataset, planted), why)
    game, gravity_2, gravity_1 = (ssi[model] for model in GRAVITY)
    reasons = []
    if not (game - gravity_2 > ROUNDING and gravity_2 >= gravity_1 - ROUNDING):
        reasons.append("DCG, gravity 2 and gravity 1 are not in the printed order")
    above = [WORDS[model] for model in rest if not ssi[model] < gravity_1]
    if above:
        reasons.append(f"{' and '.join(above)} not below gravity 1")
    if reasons and game > ssi[[*GRAVITY[1:], *rest]].max() + ROUNDING:
        reasons.append("DCG has the highest SSI of the six models")
    shown = ", ".join(f"{WORDS[model]} {ssi[model]:.4f}" for model in (*GRAVITY, *rest))
    return statement(
        "C2",
        dataset,
        "law DCG" if planted else "DCG > gravity 2 >= gravity 1 > IO, PWO, radiation",
        shown + _reference(ssi),
        not reasons,
        criterion=(
            "DCG above gravity 2 by more than 1e-9, gravity 2 not below gravity 1, IO, PWO and "
            "radiation below it "
            "(DCG >= gravity 2 >= gravity 1 holds by nesting when all are calibrated on the "
            "same data)"
        ),
        reason="; ".join(reasons),
        evidence="choice/statistics.csv",
        synthetic=planted,
    )


def _reference(ssi: pd.Series) -> str:
    """The doubly constrained model, which the paper leaves out, at the end of the list of SSI."""
    if REFERENCE not in ssi.index:
        return ""
    value = ssi[REFERENCE]
    if value < ssi["DCG"] - AS_GOOD:
        return f", {REFERENCE} {value:.4f}"
    beside = "above DCG" if value > ssi["DCG"] else f"within {AS_GOOD:g} of DCG"
    return f"; doubly constrained gravity with one parameter {value:.4f}, {beside}"


def distributions(dataset: str, statistics: pd.DataFrame, planted: bool = False) -> Finding:
    """C8: distances, arrivals and fluxes of the game follow the data.

    Parameters
    ----------
    dataset : its name.
    statistics : of the dataset, by model: ks_distance, ks_attraction, bins_on_diagonal.
    planted : as for :func:`ordering`.
    """
    marked = _marked(dataset, planted)
    if "DCG" not in statistics.index:
        return not_testable("C8", marked, "DCG fitted by SSI is not part of this run")
    game = statistics.loc["DCG", list(FOLLOWS)].astype(float)
    unknown = [MEASURED[name] for name in game.index[~np.isfinite(game)]]
    if unknown:
        return not_testable("C8", marked, f"no number came out for {' and '.join(unknown)}")
    missed = [
        name
        for name, value in game.items()
        if (value < FOLLOWS[name] - ROUNDING if name == "bins_on_diagonal"
            else value > FOLLOWS[name] + ROUNDING)
    ]  # fmt: skip
    beside = statistics.reindex(["GMPow2"]).loc["GMPow2", list(FOLLOWS)].astype(float)
    return statement(
        "C8",
        dataset,
        "law DCG" if planted else "the three distributions follow the data",
        ", ".join(
            f"{MEASURED[name]} {value:.3f}"
            + (f" (gravity 2: {beside[name]:.3f})" if np.isfinite(beside[name]) else "")
            for name, value in game.items()
        ),
        not missed,
        criterion="KS <= 0.10 and 0.15, diagonal within the whiskers in two bins of three",
        reason="; ".join(f"{MEASURED[name]} {game[name]:.3f}" for name in missed),
        evidence="choice/statistics.csv",
        synthetic=planted,
    )


def widening(confidence: float) -> float:
    """Half an interval of three that hold together with 99 %, in halves of one alone.

    Bonferroni's correction, with quantiles of the normal distribution: 1.498 for 95 %.

    Raises
    ------
    ValueError
        If ``confidence`` is not in (0, 1).
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence = {confidence}: it must lie between 0 and 1")
    together = -ndtri((1 - SIMULTANEOUS) / (2 * len(PLANTED)))
    return float(together / -ndtri((1 - confidence) / 2))


def planted_parameters(dataset: str, fitted: pd.DataFrame, confidence: float) -> Finding:
    """C3 in a synthetic world: the planted parameters lie in their intervals.

    Parameters
    ----------
    dataset : its name.
    fitted : of the dataset: model, objective, parameter, value, low, high, planted_value and
        reason, why there is no interval.
    confidence : of each interval alone, in (0, 1).
    """
    likely = fitted[(fitted["model"] == "DCG") & (fitted["objective"] == "poisson")]
    numbers = likely.set_index("parameter").reindex(list(PLANTED))
    if numbers["value"].isna().any():
        why = "planted parameters are judged by likelihood: DCG by the objective poisson is missing"
        return not_testable("C3", _marked(dataset, True), why)
    unplanted = numbers.index[numbers["planted_value"].isna()]
    if len(unplanted):
        why = f"no planted {' and '.join(unplanted)} is known"
        return not_testable("C3", _marked(dataset, True), why)
    ends = numbers[["low", "high"]]
    without, open_ended = ends.isna().any(axis=1), np.isinf(ends).any(axis=1)
    wider = widening(confidence)
    half = wider * np.maximum(numbers["high"] - numbers["value"], numbers["value"] - numbers["low"])
    off = (numbers["value"] - numbers["planted_value"]).abs()
    outside = numbers.index[~without & ~open_ended & ~(off <= half)]
    reasons = [f"{' and '.join(outside)} outside"] if len(outside) else []
    reasons += [f"{name}: no interval{_why(numbers, [name])}" for name in numbers.index[without]]
    unknown = list(numbers.index[open_ended & ~without])
    if unknown and not reasons:
        why = f"the data do not identify {' and '.join(unknown)}{_why(numbers, unknown)}"
        return not_testable("C3", _marked(dataset, True), why, "choice/parameters.csv")
    return statement(
        "C3",
        dataset,
        ", ".join(f"{name} {value:g}" for name, value in numbers["planted_value"].items()),
        ", ".join(
            f"{name} {row.value:.4g} "
            + ("(no interval)" if without[name] else f"({row.low:.4g} to {row.high:.4g})")
            for name, row in numbers.iterrows()
        ),
        not reasons,
        criterion=(
            f"inside the simultaneous {100 * SIMULTANEOUS:g} % interval ({wider:.3g} times the "
            f"{100 * confidence:g} % one), by likelihood"
        ),
        reason="; ".join(reasons),
        evidence="choice/parameters.csv",
        synthetic=True,
    )


def _why(numbers: pd.DataFrame, names: list[str]) -> str:
    """What the fit says about these intervals, in brackets; nothing where it says nothing."""
    if "reason" not in numbers:
        return ""
    said = numbers.loc[names, "reason"].dropna().astype(str)
    return f" ({'; '.join(dict.fromkeys(text for text in said if text))})" if said.any() else ""


def printed_numbers(dataset: str, fitted: pd.DataFrame, statistics: pd.DataFrame) -> list[Finding]:
    """C3 and C4: Tables S1, S2 and S3, where the paper prints the dataset.

    Parameters
    ----------
    dataset : its name.
    fitted : of the dataset: model, parameter, value and published_value.
    statistics : of the dataset, by model: ks_distance, ks_attraction and the printed ones.
    """
    printed = fitted[fitted["published_value"].notna()]
    found = []
    if len(printed):
        numbers = {
            f"{row.model} {row.parameter}": (
                f"{row.published_value / _unit(row):.2f}",
                row.value / _unit(row),
            )
            for row in printed.itertuples()
        }
        found.append(
            compare_many("C3", dataset, numbers, absolute=GRID_STEP,
                         reason=REASONS.get(("C3", dataset), ""), evidence="choice/parameters.csv")
        )  # fmt: skip
    for statistic, tolerance in KS_TOLERANCE.items():
        column = statistics[f"published_{statistic}"].dropna()
        if len(column):
            found.append(
                compare_many(
                    "C4",
                    f"{dataset} ({statistic.removeprefix('ks_')})",
                    {
                        model: (f"{value:.3f}", statistics.loc[model, statistic])
                        for model, value in column.items()
                    },
                    absolute=tolerance,
                    reason=REASONS.get(("C4", dataset), ""),
                    evidence="choice/statistics.csv",
                )
            )
    return found


def _unit(row) -> float:
    return IO_UNIT if row.model == "IO" else 1.0


def _marked(dataset: str, synthetic: bool) -> str:
    return f"{dataset} {SYNTHETIC}" if synthetic else dataset
