"""One variable of a case under other distributions of benefits."""

from pathlib import Path

from movelaws import threads
from movelaws.frames import read
from movelaws.inequality.benefits import Exponential, Pareto, Uniform
from movelaws.inequality.case import build
from movelaws.inequality.other_benefits import under_benefits
from movelaws.log import logged
from movelaws.tables import write_table

BENEFITS = {"uniform": Uniform(), "exponential": Exponential(), "pareto": Pareto()}

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        asked = snakemake.params.evaluation["benefits"]
        threads.use(snakemake.threads)
        data = read(Path(snakemake.input.zones).parent)
        case = build(data.zones, data.flows, data.places, **snakemake.params.settings)
        table = under_benefits(
            case,
            asked["variable"],
            {name: (BENEFITS[name], asked[name]) for name in BENEFITS if asked.get(name)},
            drop_exact=snakemake.params.evaluation["drop_exact"],
        )
        print(table.to_string())
        write_table(table, snakemake.output.csv, snakemake.output.md)
