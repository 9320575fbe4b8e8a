"""Try every expression of one set of variables up to a complexity."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from movelaws import threads
from movelaws.log import logged
from movelaws.symbolic.certificate import CertifiedFront
from movelaws.symbolic.observations import load
from movelaws.symbolic.searches import chosen, equal_laws, exhaust, hall_of, landscape

MOST_POINTS = 60_000  # of one complexity, in the figure of the landscape


def certify(
    observations: str,
    variables: str | list[str],
    complexity: int,
    keep: int,
    starts: Sequence[int],
    seed: int,
    checkpoint: str,
    dataset: str = "",
) -> CertifiedFront:
    """The exhaustive search of a dataset's observations over some variables."""
    seen = chosen(load(observations), variables, dataset)
    found = exhaust(seen, complexity, keep, starts, seed, checkpoint)
    print(found.certificate.T.to_string())
    return found


if __name__ == "__main__":
    threads.use(snakemake.threads)
    p = snakemake.params
    with logged(snakemake.log[0]):
        front = certify(
            snakemake.input.observations,
            p.variables,
            p.complexity,
            p.keep,
            p.starts,
            p.seed,
            # what other code has begun is not gone on with
            f"{p.checkpoint}-{p.code}",
            snakemake.wildcards.dataset,
        )
        table = hall_of(front, p.keep).to_table(front.names)
        table.insert(0, "variables", " ".join(front.names))
        table.to_csv(snakemake.output.hall, index=False)
        front.certificate.to_csv(snakemake.output.certificate, index=False)
        landscape(front, MOST_POINTS, p.seed).to_parquet(snakemake.output.landscape, index=False)
        equal_laws(front).to_csv(snakemake.output.equal, index=False)
        for begun in Path(p.checkpoint).parent.glob(f"{Path(p.checkpoint).name}-*"):
            shutil.rmtree(begun, ignore_errors=True)
