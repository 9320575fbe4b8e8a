"""What if destinations are charged, closed or full?"""

import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from movelaws.choice.counterfactual import Counterfactual, counterfactual, sensitivity
from movelaws.choice.masses import choice_pairs
from movelaws.frames import read
from movelaws.log import logged


def what_if(
    folder: str, case: Mapping, attraction: str, fits: pd.DataFrame, profile: pd.DataFrame
) -> tuple[Counterfactual, pd.DataFrame]:
    """The changes at the calibrated parameters, and under others that fit about as well."""
    data = read(folder)
    pairs = choice_pairs(data.zones, data.flows, data.places, attraction, circle=False)
    objective = case.get("objective", "ssi")
    game = fits[(fits["model"] == "DCG") & (fits["objective"] == objective)].iloc[0]
    parameters = json.loads(game["parameters"])
    print(f"{case['title']}, with {parameters} (calibrated by {objective})")
    found = counterfactual(pairs, data.zones, parameters, case["interventions"])
    return found, sensitivity(pairs, data.zones, profile, case["interventions"])


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        found, others = what_if(
            str(Path(snakemake.input.zones).parent),
            snakemake.params.case,
            snakemake.params.attraction,
            pd.read_csv(snakemake.input.fits),
            pd.read_csv(snakemake.input.profile),
        )
        print(found.summary.to_string())
        for name in ("destinations", "origins", "flows", "summary"):
            getattr(found, name).to_csv(snakemake.output[name], index=False)
        others.to_csv(snakemake.output.sensitivity, index=False)
