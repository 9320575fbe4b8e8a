"""Claims S11 to S14 of paper 2: which decay the flows within and between regions obey."""

import pandas as pd

from movelaws.claims import SYNTHETIC, Finding, compare, not_testable, statement
from movelaws.symbolic.regions import REGIONS, TIE

CLAIMS = ("S11", "S12", "S13", "S14")
WITHIN = len(REGIONS)
BETWEEN = WITHIN * (WITHIN - 1)
BETTER = 8  # of the subsets between regions, as many as the paper counts


def region_findings(dataset: str, table: pd.DataFrame, synthetic: bool) -> list[Finding]:
    """S11: exponential within regions; S12: power law between; S13: better ones; S14: how much.

    A gravity model whose flows grow with distance, or hardly depend on it, is no decay, and of two
    that err alike none is better: neither counts for a claim that one decay beats the other.

    Parameters
    ----------
    table : regions.csv.
    synthetic : whether the flows are made.
    """
    if synthetic:
        why = "the synthetic country is made of one law; its regions say nothing about this claim"
        return [not_testable(claim, f"{dataset} {SYNTHETIC}", why) for claim in CLAIMS]
    evidence = f"symbolic/{dataset}/regions.csv"
    table = table[table["shown"]]  # one law of each subset
    inside = table["origin_region"] == table["destination_region"]
    within, between = table[inside], table[~inside]
    share = float(100 * within["flow"].sum() / table["flow"].sum())
    return [
        _exponential_within(dataset, within, evidence),
        _power_between(dataset, between, evidence),
        _better_between(dataset, between, evidence),
        compare("S14", dataset, 97.5, round(share, 2), absolute=0.05, evidence=evidence),
    ]


def _exponential_within(dataset: str, within: pd.DataFrame, evidence: str) -> Finding:
    """S11."""
    same = within["same_as"] == "exponential"
    steep = same & (within["direction"] == "decays")
    return statement(
        "S11",
        dataset,
        f"{WITHIN} of {WITHIN}",
        f"{steep.sum()} of {len(within)}",
        steep.sum() == WITHIN,
        criterion="exponential gravity that decays best at complexity 5",
        reason=_joined(
            _where("another law is better", within[~same], laws=True),
            *_no_decay(within[same & ~steep]),
            _without(WITHIN - len(within)),
        ),
        evidence=evidence,
    )


def _power_between(dataset: str, between: pd.DataFrame, evidence: str) -> Finding:
    """S12."""
    better = between["better"]
    power = (better == "power") & (between["direction"] == "decays")
    return statement(
        "S12",
        dataset,
        f"{BETWEEN} of {BETWEEN}",
        f"{power.sum()} of {len(between)}",
        power.sum() == BETWEEN,
        criterion="power-law gravity that decays, with an RMSE lower by more than "
        f"{100 * TIE:g} % than that of exponential gravity",
        reason=_joined(
            _where("exponential gravity is better", between[better == "exponential"]),
            _where(f"the two err alike, to {100 * TIE:g} %", between[better == "tie"]),
            *_no_decay(between[(better != "exponential") & ~power]),
            _without(BETWEEN - len(between)),
        ),
        evidence=evidence,
    )


def _better_between(dataset: str, between: pd.DataFrame, evidence: str) -> Finding:
    """S13."""
    better = between["better_percent"] > 100 * TIE
    return statement(
        "S13",
        dataset,
        f"at least {BETTER} of {BETWEEN}",
        f"{better.sum()} of {len(between)}",
        better.sum() >= BETTER,
        criterion=f"RMSE at complexity 5 lower by more than {100 * TIE:g} % than that of both "
        "gravity models, with decays of either sign",
        reason=_joined(
            _where(f"a gravity model errs as little, to {100 * TIE:g} %", between[~better]),
            *_no_decay(between[~better]),
            _without(BETWEEN - len(between)),
        ),
        evidence=evidence,
    )


def _no_decay(rows: pd.DataFrame) -> list[str]:
    """Where flows do not fall with distance under the better gravity model."""
    return [
        _where(words, rows[rows["direction"] == direction])
        for direction, words in (
            ("grows", "flows grow with distance"),
            ("flat", "distance hardly matters"),
        )
    ]


def _where(what: str, rows: pd.DataFrame, laws: bool = False) -> str:
    """The subsets of which something is so, each with its law if asked for."""
    pairs = [
        f"{r.origin_region} to {r.destination_region}" + f" ({r.expression})" * laws
        for r in rows.itertuples()
    ]
    return f"{what}: {', '.join(pairs)}" if pairs else ""


def _without(n: int) -> str:
    return f"subsets without any flow: {n}" if n > 0 else ""


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)
