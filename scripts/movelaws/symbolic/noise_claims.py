"""Claims S15 to S17 of paper 2: laws behind noisy flows, and how large the noise is."""

import pandas as pd

from movelaws.claims import SYNTHETIC, Finding, compare_many, not_testable, statement

NO_NOISE = 1e-6  # dispersions up to here are no noise beside that of counts
NOISE_LEVEL = 0.5  # where the paper's Fig. 5 puts the noise of real flows
MOSTLY = 0.8  # "in most cases": at least four of five
CPC_TOLERANCE = 0.01
GRAVITY = ("GMPow", "GMExp")
SAMPLES = 5  # of each law and level, as the paper counts them
MISSED = 1e-6  # relative: a law with an RMSE this much above the generator's is a failed search


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
    noise = noise.assign(missed=missed(noise))
    grouped = noise.groupby(["alpha", "model"])
    rate = grouped["recovered"].agg(["sum", "size"]).join(grouped["missed"].sum())
    return [
        _without_noise(name, rate, evidence, synthetic),
        _middle(name, rate, evidence),
        _common_part(name, common, f"symbolic/{dataset}/noise_cpc.csv"),
    ]


def _without_noise(name: str, rate: pd.DataFrame, evidence: str, synthetic: bool) -> Finding:
    """S15: all laws are found at the lowest dispersion; a synthetic run asks it of any number."""
    alpha = rate.index.get_level_values("alpha").min()
    if alpha > NO_NOISE:
        return not_testable("S15", name, f"the lowest dispersion of this run is {alpha:g}")
    lowest = rate.loc[alpha]
    if lowest["size"].min() < SAMPLES and not synthetic:
        return not_testable("S15", name, _too_few(lowest), evidence)
    lost = lowest.index[lowest["sum"] < lowest["size"]]
    return statement(
        "S15",
        name,
        f"planted: {', '.join(lowest.index)}" if synthetic else "5 of 5 each",
        _counts(lowest),
        lost.empty,
        criterion="every sample, at the lowest dispersion",
        reason=f"not always recovered: {', '.join(lost)}{_failures(lowest)}",
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
    if middle["size"].min() < SAMPLES:
        return not_testable("S16", name, _too_few(middle), evidence)
    # a radiation law that the search overlooked was not hidden by the noise
    hidden = (middle["sum"] + middle["missed"]) / middle["size"]
    steady = bool((gravity >= MOSTLY).all())
    return statement(
        "S16",
        name,
        "gravity mostly recovered at dispersion 0.5, radiation less often",
        _counts(middle),
        steady and bool(hidden["RM"] < gravity.min()),
        criterion="gravity in at least 4 of 5 samples, radiation in fewer",
        reason=f"radiation is recovered in {100 * share['RM']:.0f} % of the samples, as stably as "
        f"gravity{_failures(middle)}"
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


def missed(noise: pd.DataFrame) -> pd.Series:
    """Whether a search failed: its law errs more than the generator, which is as long."""
    return ~noise["recovered"] & (noise["rmse"] > noise["rmse_generator"] * (1 + MISSED))


def _too_few(rate: pd.DataFrame) -> str:
    return (
        f"recovered: {_counts(rate)}{_failures(rate)}; the claim is about {SAMPLES} samples each, "
        "which config/full.yaml draws"
    )


def _failures(rate: pd.DataFrame) -> str:
    """Searches that found a worse law than the one that made the flows."""
    failed = [f"{model} {int(n)}" for model, n in rate["missed"].items() if n]
    return f"; searches that overlooked it: {', '.join(failed)}" if failed else ""


def _counts(rate: pd.DataFrame) -> str:
    return "; ".join(f"{model} {row['sum']} of {row['size']}" for model, row in rate.iterrows())
