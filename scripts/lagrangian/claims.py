"""Hold claims L1-L12 against the tables of the run."""

from movelaws.claims import write_findings
from movelaws.lagrangian.claims import findings
from movelaws.lagrangian.saved import tables_of
from movelaws.log import logged

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params = snakemake.params
        found = findings(
            tables_of(snakemake.input),
            set(params.reference),
            set(params.synthetic),
            set(params.published),
            params.absent,
        )
        write_findings(found, snakemake.output.claims)
        print(*(f"{f.id} {f.dataset}: {f.verdict}" for f in found), sep="\n")
