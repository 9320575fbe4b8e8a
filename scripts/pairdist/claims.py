"""Hold claims P1-P13 against the tables of the run."""

from movelaws.claims import write_findings
from movelaws.log import logged
from movelaws.pairdist.claims import findings
from movelaws.pairdist.saved import tables_of

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params = snakemake.params
        found = findings(
            tables_of(snakemake.input), set(params.synthetic), set(params.published), params.absent
        )
        write_findings(found, snakemake.output.claims)
        print(*(f"{f.id} {f.dataset}: {f.verdict}" for f in found), sep="\n")
