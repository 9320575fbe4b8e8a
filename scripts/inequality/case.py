"""Standard and modified radiation in one case: statistics, flows, classes and outflows."""

from pathlib import Path

import pandas as pd

from movelaws import threads
from movelaws.frames import read
from movelaws.inequality import outflow
from movelaws.inequality.case import Case, build
from movelaws.inequality.flows import class_table, flow_table, most_changed
from movelaws.inequality.grid import evaluate
from movelaws.log import logged


def leaving(case: Case) -> pd.DataFrame:
    """The fraction that leaves (claim I9), whichever outflows the case takes."""
    around = case.surroundings
    found = outflow.regressed(around.outflow, around.mass)
    row = {
        "zones": around.n_zones,
        "pairs": int((around.flow > 0).sum()),
        "people": around.outflow.sum(),
        "population": around.mass.sum(),
        "fraction": found.fraction,
        "r_squared": found.r_squared,
        "observed_share": around.outflow.sum() / around.mass.sum(),
        "without_population": case.without_population,
        "taken_share": case.leaving.outflow.sum() / around.outflow.sum(),
    }
    return pd.DataFrame([row])


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, asked, output = snakemake.input, snakemake.params.evaluation, snakemake.output
        threads.use(snakemake.threads)
        data = read(Path(given.zones).parent)
        case = build(data.zones, data.flows, data.places, **snakemake.params.settings)
        grid = evaluate(case, asked["exponents"], drop_exact=asked["drop_exact"])
        print(grid.to_string())
        shown = asked["shown"]
        flows = flow_table(case, shown["variable"], 10.0 ** shown["exponent"])
        grid.to_parquet(output.grid, index=False)
        flows.to_parquet(output.flows, index=False)
        most_changed(flows, case, shown["variable"]).to_csv(output.changes, index=False)
        class_table(case).to_csv(output.classes, index=False)
        leaving(case).to_csv(output.outflow, index=False)
