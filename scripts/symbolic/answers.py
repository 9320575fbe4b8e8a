"""What the run answers to the questions of this chapter, in sentences."""

import pandas as pd

from movelaws.log import logged
from movelaws.symbolic.answers import Tables, answers
from movelaws.symbolic.saved import by_dataset
from movelaws.tables import write_table

PARTS = (
    "fronts", "certificates", "models", "losses", "noise", "regions", "scientists", "entropies",
)  # fmt: skip


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        transfer = [pd.read_csv(path) for path in snakemake.input.transfer]
        tables = Tables(
            **{part: by_dataset(snakemake.input[part]) for part in PARTS},
            transfer=transfer[0] if transfer else pd.DataFrame(),
        )
        p = snakemake.params
        found = answers(tables, p.labels, p.planted, p.synthetic)
        print(*(f"{row.question} {row.answer}" for row in found.itertuples()), sep="\n")
        write_table(found, snakemake.output.csv, snakemake.output.md)
