"""The penalty of each variable of one case by maximum likelihood, with a bootstrap interval."""

from pathlib import Path

import pandas as pd

from movelaws import threads
from movelaws.frames import read
from movelaws.inequality.case import build
from movelaws.inequality.likelihood import estimate_penalty, penalty_grid
from movelaws.log import logged
from movelaws.seeds import stream
from movelaws.tables import write_table

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params, output = snakemake.params, snakemake.output
        asked = params.evaluation["likelihood"]
        threads.use(snakemake.threads)
        data = read(Path(snakemake.input.zones).parent)
        case = build(data.zones, data.flows, data.places, **params.settings)
        grid = penalty_grid(
            asked["lowest"], asked["highest"], asked["per_decade"], asked.get("advantage", False)
        )
        rows, profiles = [], []
        for variable in case.shapes:
            found = estimate_penalty(
                case.surroundings,
                case.exact(variable),
                grid,
                bootstraps=asked["bootstraps"],
                # anew for each variable, so that all are judged by the same draws of the origins
                rng=stream(params.seed, "inequality", "likelihood", snakemake.wildcards.case),
            )
            profiles.append(found.profile.assign(variable=variable))
            rows.append(
                {
                    "variable": variable,
                    "label": case.labels[variable],
                    "delta_minus_1": found.penalty,
                    "low": found.low,
                    "high": found.high,
                    "gain_per_person": found.gain_per_person,
                    "share_positive": found.share_positive,
                    "share_negative": found.share_negative,
                }
            )
            print(rows[-1])
        write_table(pd.DataFrame(rows), output.csv, output.md)
        pd.concat(profiles, ignore_index=True).to_csv(output.profiles, index=False)
