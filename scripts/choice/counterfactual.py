"""What if destinations are charged, closed or full?"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from movelaws.choice.counterfactual import Counterfactual, counterfactual, sensitivity
from movelaws.choice.masses import choice_pairs
from movelaws.choice.profiles import gamma_profile
from movelaws.frames import read
from movelaws.log import logged
from movelaws.od import Pairs

STRENGTHS = 5  # of crowding, over its confidence interval


def what_if(
    folder: str,
    case: Mapping,
    attraction: str,
    fits: pd.DataFrame,
    fitted: pd.DataFrame,
    profile: pd.DataFrame,
    unit: str = "people",
) -> tuple[Counterfactual, pd.DataFrame]:
    """The changes at the calibrated parameters, and under others that fit about as well."""
    data = read(folder)
    pairs = choice_pairs(data.zones, data.flows, data.places, attraction, circle=False)
    games = fits[fits["model"] == "DCG"].set_index("objective")
    objective = objective_of(case, fitted)
    parameters = json.loads(games.loc[objective, "parameters"])
    print(f"{case['title']}, with {parameters} (calibrated by {objective})")
    found = counterfactual(pairs, data.zones, parameters, case["interventions"], unit=unit)
    for note in found.notes:
        print(f"note: {note}")
    mine = fitted[(fitted["model"] == "DCG") & (fitted["objective"] == objective)]
    interval = interval_of(mine.set_index("parameter"))
    if interval:
        profile = likely(pairs, parameters["gamma"], interval)
    elif objective in set(profile["objective"]):
        # The calibrated parameters are one of the good fits, so the range holds their response.
        best = {**parameters, "objective": objective, "value": games.loc[objective, objective]}
        profile = pd.concat([profile, pd.DataFrame([best])], ignore_index=True)
    others = sensitivity(pairs, data.zones, profile, case["interventions"], interval=interval)
    return found, others


def objective_of(case: Mapping, fitted: pd.DataFrame) -> str:
    """Whose parameters are taken: the one named, else the likelihood where it bounds the crowding.

    At the edge of the box it does not; then the range comes from the similarity, and so do they.
    """
    likely = fitted[(fitted["model"] == "DCG") & (fitted["objective"] == "poisson")]
    known = len(likely) and interval_of(likely.set_index("parameter"))
    return case.get("objective", "poisson" if known else "ssi")


def calibration(
    case: Mapping, attraction: str, fits: pd.DataFrame, fitted: pd.DataFrame
) -> dict[str, Any]:
    """What the parameters are, which stand at the edge of their box, and what the attraction is."""
    objective = objective_of(case, fitted)
    chosen = (fits["model"] == "DCG") & (fits["objective"] == objective)
    mine = fitted[(fitted["model"] == "DCG") & (fitted["objective"] == objective)]
    edge = mine[mine["at_bound"].astype(bool)].set_index("parameter")
    return {
        "objective": objective,
        "parameters": json.loads(fits.loc[chosen, "parameters"].iloc[0]),
        "at_edge": {
            name: [float(row["bound_low"]), float(row["bound_high"])]
            for name, row in edge.iterrows()
        },
        "attraction": attraction,
    }


def interval_of(fitted: pd.DataFrame) -> tuple[float, float] | None:
    """Confidence interval of gamma; None if there is none or it holds along an edge only."""
    low, high = fitted.loc["gamma", ["low", "high"]].astype(float)
    if fitted["at_bound"].any() or not np.isfinite([low, high]).all():
        return None
    return max(0.0, low), high


def likely(pairs: Pairs, gamma: float, interval: tuple[float, float]) -> pd.DataFrame:
    """The best fit by likelihood at strengths of crowding over the interval, and without any."""
    return gamma_profile(
        pairs, "poisson", sorted({0.0, gamma, *np.linspace(*interval, STRENGTHS).tolist()})
    )


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        fits, fitted = pd.read_csv(given.fits), pd.read_csv(given.fitted)
        found, others = what_if(
            str(Path(given.zones).parent),
            params.case,
            params.attraction,
            fits,
            fitted,
            pd.read_csv(given.profile),
            params.unit,
        )
        print(found.summary.to_string())
        print(others.to_string())
        for name in ("destinations", "origins", "flows", "summary"):
            getattr(found, name).to_csv(snakemake.output[name], index=False)
        others.to_csv(snakemake.output.sensitivity, index=False)
        facts = calibration(params.case, params.attraction, fits, fitted)
        Path(snakemake.output.calibration).write_text(json.dumps(facts, indent=1) + "\n")
