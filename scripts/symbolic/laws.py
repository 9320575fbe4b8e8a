"""How sure the constants of the laws are, and what other losses make of the laws."""

import pandas as pd

from movelaws import threads
from movelaws.log import logged
from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.observations import load
from movelaws.symbolic.parsing import parse
from movelaws.symbolic.profiles import constants_table
from movelaws.symbolic.programs import to_program
from movelaws.symbolic.refits import losses_table


def laws(
    observations: str, front: pd.DataFrame, confidence: float, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """constants.csv of the Pareto front, losses.csv of all its laws."""
    evaluator = Evaluator(load(observations))
    names = evaluator.observations.names
    programs = [to_program(parse(law), names) for law in front["full_expression"]]
    pareto = [
        (row.complexity, row.rank, program)
        for row, program in zip(front.itertuples(), programs, strict=True)
        if row.pareto
    ]
    constants = constants_table(pareto, evaluator, confidence)
    print(constants.to_string())
    return constants, losses_table(programs, evaluator.observations, seed=seed)


if __name__ == "__main__":
    threads.use(snakemake.threads)
    with logged(snakemake.log[0]):
        constants, losses = laws(
            snakemake.input.observations,
            pd.read_csv(snakemake.input.front),
            snakemake.params.confidence,
            snakemake.params.seed,
        )
        constants.to_csv(snakemake.output.constants, index=False)
        losses.to_csv(snakemake.output.losses, index=False)
