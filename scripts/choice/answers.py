"""What the run answers to the questions of this chapter, in sentences."""

import pandas as pd

from movelaws.choice.answers import Tables, answers
from movelaws.choice.what_if_answers import WhatIf
from movelaws.log import logged
from movelaws.tables import write_table

PARTS = ("fits", "datasets", "parameters", "statistics", "heldout", "readings", "solver")

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        what_ifs = {
            name: WhatIf(
                case["title"],
                params.labels[case["dataset"]],
                params.units[case["dataset"]],
                pd.read_csv(summary),
                pd.read_csv(sensitivity),
                case["dataset"] in params.made,
            )
            for (name, case), summary, sensitivity in zip(
                params.cases.items(), given.summaries, given.sensitivities, strict=True
            )
        }
        tables = Tables(*(pd.read_csv(given[part]) for part in PARTS), what_ifs)
        found = answers(tables, params.labels, params.synthetic)
        print(*(f"{row.question} {row.answer}" for row in found.itertuples()), sep="\n")
        write_table(found, snakemake.output.csv, snakemake.output.md)
