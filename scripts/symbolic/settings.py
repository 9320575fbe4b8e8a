"""Write down how each dataset is searched."""

from movelaws.log import logged
from movelaws.symbolic.search_settings import settings_table
from movelaws.tables import write_table

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        p = snakemake.params
        table = settings_table(p.sets, p.certified, p.search)
        print(table.to_string())
        write_table(table, snakemake.output.csv, snakemake.output.md)
