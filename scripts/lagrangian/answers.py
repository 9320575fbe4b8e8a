"""What the run answers to the questions of this chapter, in sentences."""

from movelaws.lagrangian.answers import answers
from movelaws.lagrangian.saved import tables_of
from movelaws.log import logged
from movelaws.tables import write_table

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params = snakemake.params
        found = answers(tables_of(snakemake.input), params.labels, params.synthetic)
        print(*(f"{row.question} {row.answer}" for row in found.itertuples()), sep="\n")
        write_table(found, snakemake.output.csv, snakemake.output.md)
