"""The verdicts of one case with other shares of penalised places."""

from pathlib import Path

from movelaws import threads
from movelaws.frames import read
from movelaws.inequality.sensitivity import by_share
from movelaws.inequality.tables import sensitivity_table
from movelaws.log import logged
from movelaws.tables import write_table

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params, asked, output = snakemake.params, snakemake.params.evaluation, snakemake.output
        threads.use(snakemake.threads)
        data = read(Path(snakemake.input.zones).parent)
        table = by_share(
            data.zones,
            data.flows,
            data.places,
            params.settings,
            asked["exponents"],
            asked["sensitivity"]["shares"],
            draws=asked["sensitivity"]["draws"],
            level=params.level,
            seed=params.seed,
            job=("inequality", snakemake.wildcards.case, "sensitivity"),
            drop_exact=asked["drop_exact"],
        )
        table.to_csv(output.csv, index=False)
        write_table(sensitivity_table(table), output.table, output.table_md)
        print(table[["share", "variable", "exponent", "significant"]].to_string())
