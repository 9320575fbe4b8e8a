"""How fast the game is solved on one dataset, and what it becomes in its limits."""

import json
from pathlib import Path

import pandas as pd

from movelaws.choice.convergence import compared, errors
from movelaws.choice.identities import fixed_attraction, without_crowding
from movelaws.choice.masses import choice_pairs
from movelaws.frames import read
from movelaws.log import logged


def solve(folder: str, dataset: str, attraction: str, fits: str) -> tuple[pd.DataFrame, ...]:
    """Errors by iteration, and the report of all methods with the identities C5 and C6."""
    data = read(folder)
    pairs = choice_pairs(data.zones, data.flows, data.places, attraction, circle=False)
    fitted = pd.read_csv(fits)
    game = fitted[(fitted["model"] == "DCG") & (fitted["objective"] == "ssi")].iloc[0]
    theta = json.loads(game["parameters"])
    report = compared(dataset, pairs, **theta)
    report["without_crowding"] = without_crowding(pairs, theta["alpha"], theta["beta"])
    report["fixed_attraction"] = fixed_attraction(pairs, theta["beta"])
    return errors(pairs, **theta), report


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        convergence, report = solve(
            str(Path(snakemake.input.zones).parent),
            snakemake.wildcards.dataset,
            snakemake.params.attraction,
            snakemake.input.fits,
        )
        print(report.T.to_string())
        convergence.to_csv(snakemake.output.convergence, index=False)
        report.to_csv(snakemake.output.report, index=False)
