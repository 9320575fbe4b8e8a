"""Claims S15 to S17 of paper 2: laws behind noisy flows, and how large the noise is."""

import pandas as pd

from movelaws.claims import SYNTHETIC, Finding, compare_many, not_testable, statement

NO_NOISE = 1e-6  # dispersions up to here are no noise beside that of counts
NOISE_LEVEL = 0.5  # where the paper's Fig. 5 puts the noise of real flows
MOSTLY = 0.8  # "in most cases": at least four of five
CPC_TOLERANCE = 0.01
GRAVITY = ("GMPow", "GMExp")


def noise_findings(
    dataset: str, noise: pd.DataFrame, common: pd.DataFrame, synthetic: bool
) -> list[Finding]:
    """S15 and S16: which laws survive the noise; S17: how much noise that is.

    Parameters
    ----------
    dataset : whose outflows the noisy flows share out.
    noise, common : noise.csv and noise_cpc.csv.
    synthetic : whether these outflows are made.
    """
    name = f"{dataset}, simulated" + f" {SYNTHETIC}" * synthetic
    evidence = f"symbolic/{dataset}/noise.csv"
    rate = noise.groupby(["alpha", "model"])["recovered"].agg(["sum", "size"])
    return [
        _without_noise(name, rate, evidence),
        _middle(name, rate, evidence),
        _common_part(name, common, f"symbolic/{dataset}/noise_cpc.csv"),
    ]


def _without_noise(name: str, rate: pd.DataFrame, evidence: str) -> Finding:
    """S15: all laws are found at the lowest dispersion."""
    alpha = rate.index.get_level_values("alpha").min()
    if alpha > NO_NOISE:
        return not_testable("S15", name, f"the lowest dispersion of this run is {alpha:g}")
    lowest = rate.loc[alpha]
    missed = lowest.index[lowest["sum"] < lowest["size"]]
    return statement(
        "S15",
        name,
        "5 of 5 each",
        _counts(lowest),
        missed.empty,
        criterion="every sample, at the lowest dispersion",
        reason=f"not always recovered: {', '.join(missed)}",
        evidence=evidence,
    )


def _middle(name: str, rate: pd.DataFrame, evidence: str) -> Finding:
    """S16: gravity is mostly found at dispersion 0.5, radiation less often."""
    middle = rate[rate.index.get_level_values("alpha") == NOISE_LEVEL].droplevel("alpha")
    share = middle["sum"] / middle["size"]
    gravity = share[share.index.isin(GRAVITY)]
    if gravity.empty or "RM" not in share:
        why = f"this run has no gravity and radiation flows with dispersion {NOISE_LEVEL:g}"
        return not_testable("S16", name, why)
    steady = bool((gravity >= MOSTLY).all())
    return statement(
        "S16",
        name,
        "gravity mostly recovered at dispersion 0.5, radiation less often",
        _counts(middle),
        steady and bool(share["RM"] < gravity.min()),
        criterion="gravity in at least 4 of 5 samples, radiation in fewer",
        reason=f"radiation is recovered in {100 * share['RM']:.0f} % of the samples: this search "
        "finds it as stably as gravity"
        if steady
        else "recovered less often than in 4 of 5 samples: "
        + ", ".join(f"{m} in {100 * s:.0f} %" for m, s in gravity.items() if s < MOSTLY),
        evidence=evidence,
    )


def _common_part(name: str, common: pd.DataFrame, evidence: str) -> Finding:
    """S17: Table S8."""
    printed = common[common["published_cpc"].notna()]
    if printed.empty:
        why = "the printed values belong to the real outflows of the United States"
        return not_testable("S17", name, why, evidence)
    row = printed.loc[(printed["cpc"] - printed["published_cpc"]).abs().idxmax()]
    return compare_many(
        "S17",
        name,
        {
            f"{r.model} {r.alpha:g}": (r.published_cpc, round(r.cpc, 4))
            for r in printed.itertuples()
        },
        absolute=CPC_TOLERANCE,
        reason=f"largest difference {row['model']} at {row['alpha']:g}",
        evidence=evidence,
    )


def _counts(rate: pd.DataFrame) -> str:
    return "; ".join(f"{model} {row['sum']} of {row['size']}" for model, row in rate.iterrows())
