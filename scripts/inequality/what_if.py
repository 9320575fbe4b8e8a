"""Where people go if some places are struck."""

from pathlib import Path

from movelaws import threads
from movelaws.frames import read
from movelaws.inequality.case import build
from movelaws.inequality.what_if import what_if
from movelaws.log import logged
from movelaws.tables import write_table

SHOWN = 20

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params, output = snakemake.params, snakemake.output
        threads.use(snakemake.threads)
        data = read(Path(snakemake.input.zones).parent)
        case = build(data.zones, data.flows, data.places, **params.settings)
        found = what_if(case, params.struck, params.penalty, params.unit, params.others)
        found.flows.to_csv(output.flows, index=False)
        write_table(found.flows.head(SHOWN), output.largest, output.largest_md)
        write_table(found.range, output.range, output.range_md)
        write_table(found.destinations, output.destinations, output.destinations_md)
        write_table(found.summary, output.summary, output.summary_md)
        print(found.summary.to_string())
