"""Run one chain of the Bayesian machine scientist on one dataset."""

import pandas as pd

from movelaws import threads
from movelaws.log import logged
from movelaws.seeds import number
from movelaws.symbolic.observations import load
from movelaws.symbolic.scientist import Settings, read, run_chain
from movelaws.symbolic.scientist.tables import row, trace


def scientist(
    observations: str, prior: str, chain: int, settings: dict, every: int, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The law of least description length (one row) and the trace of the chain."""
    data = load(observations)
    found = run_chain(
        data, Settings(read(prior), **settings), number(seed, "scientist", str(chain))
    )
    law = pd.DataFrame([row(found, data, chain)])
    print(law.T.to_string())
    return law, trace(found, chain, every)


if __name__ == "__main__":
    threads.use(snakemake.threads)
    with logged(snakemake.log[0]):
        law, steps = scientist(
            snakemake.input.observations,
            snakemake.input.prior,
            snakemake.params.chain,
            snakemake.params.settings,
            snakemake.params.every,
            snakemake.params.seed,
        )
        law.to_csv(snakemake.output.law, index=False)
        steps.to_csv(snakemake.output.trace, index=False)
