"""The penalty of each variable of one case by maximum likelihood, with a bootstrap interval."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from movelaws import threads
from movelaws.frames import read
from movelaws.inequality.case import build
from movelaws.inequality.likelihood import estimate_penalty, penalty_grid
from movelaws.inequality.random_gain import coarser, p_random_gain
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
        for variable, shape in case.shapes.items():
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
                    # the variable too on the coarser grid, or it would have the advantage
                    "p_random_gain": p_random_gain(
                        case.surroundings,
                        lambda dealt: replace(case, shapes={"dealt": dealt}).exact("dealt"),
                        shape,
                        coarser(grid),
                        count=asked.get("random", 0),
                        seed=params.seed,
                        job=("inequality", "random_gain", snakemake.wildcards.case, variable),
                    ),
                }
            )
            print(rows[-1])
        write_table(pd.DataFrame(rows), output.csv, output.md)
        pd.concat(profiles, ignore_index=True).to_csv(output.profiles, index=False)
