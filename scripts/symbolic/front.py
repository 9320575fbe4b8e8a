"""Set out the laws of all searches of one dataset by complexity."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from movelaws import threads
from movelaws.log import logged
from movelaws.seeds import number
from movelaws.symbolic.equivalence_table import equivalence_table
from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.fronts import (
    certified_levels,
    front_table,
    merged,
    models_table,
    prediction_table,
)
from movelaws.symbolic.hall_of_fame import HallOfFame
from movelaws.symbolic.heldout import COLUMNS as HELDOUT
from movelaws.symbolic.heldout import heldout_table
from movelaws.symbolic.observations import Observations, load
from movelaws.symbolic.parsing import parse
from movelaws.symbolic.tokens import Program
from movelaws.tables import write_table


def front(
    observations: str,
    halls: Sequence[pd.DataFrame],
    equal: Sequence[str],
    certificate: pd.DataFrame,
    published: pd.DataFrame,
    keep: int,
    folds: int,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """front.csv, equivalence.csv and predictions of a dataset."""
    evaluator = Evaluator(load(observations))
    names = [table["variables"].iloc[0].split() for table in halls]
    read = [HallOfFame.from_table(t, n) for t, n in zip(halls, names, strict=True)]
    hall = merged(read, names, evaluator, keep)
    programs = [law.program for law in hall.laws]
    outside = held_out(programs, evaluator.observations, folds, number(seed, "folds"))
    everything = set(evaluator.observations.names)
    tried = dict.fromkeys(certificate["variables"])  # the exhaustive searches are the first halls
    certified = {}
    for variables, searched in zip(tried, read, strict=False):
        if set(variables.split()) == everything:
            held = certificate.loc[certificate["variables"] == variables].set_index("complexity")
            levels = certified_levels(hall, searched)
            certified |= {c: found and bool(held["certified"][c]) for c, found in levels.items()}
    table = front_table(hall, evaluator, certified, outside, published)
    print(table[["complexity", "rank", "expression", "rmse", "cpc", "certified"]].to_string())
    alike = equivalence_table([parse(t) for t in {*table["full_expression"], *equal}], evaluator)
    return table, alike, prediction_table(hall, evaluator)


def held_out(
    programs: Sequence[Program], observations: Observations, folds: int, seed: int
) -> pd.DataFrame:
    """Errors on origins not seen, in at most as many folds as there are origins; nan for one."""
    if observations.n_origins < 2:
        print("one origin only: no law can be held out")
        return pd.DataFrame(np.nan, index=range(len(programs)), columns=HELDOUT)
    if folds > observations.n_origins:
        print(f"symbolic.heldout.folds = {folds}: {observations.n_origins}, one for each origin")
    return heldout_table(programs, observations, min(folds, observations.n_origins), seed)


if __name__ == "__main__":
    threads.use(snakemake.threads)
    p = snakemake.params
    with logged(snakemake.log[0]):
        printed = pd.concat([pd.read_csv(path) for path in snakemake.input.published])
        mine = (printed["dataset"] == snakemake.wildcards.dataset) & p.published
        certificate = pd.concat([pd.read_csv(path) for path in snakemake.input.certificates])
        table, alike, flows = front(
            snakemake.input.observations,
            [pd.read_csv(path, keep_default_na=False) for path in snakemake.input.halls],
            [law for path in snakemake.input.equal for law in pd.read_csv(path)["expression"]],
            certificate,
            printed[mine],
            p.keep,
            p.folds,
            p.seed,
        )
        write_table(table, snakemake.output.front, snakemake.output.front_md)
        reference = load(snakemake.input.observations).reference_rmse
        models = models_table(pd.read_csv(snakemake.input.fits), reference)
        models.to_csv(snakemake.output.models, index=False)
        certificate.to_csv(snakemake.output.certificate, index=False)
        alike.to_csv(snakemake.output.equivalence, index=False)
        points = pd.concat([pd.read_parquet(path) for path in snakemake.input.landscapes])
        points = points.drop_duplicates(["complexity", "expression"])
        certified = set(table.loc[table["certified"], "complexity"])
        points.assign(certified=points["complexity"].isin(certified)).to_parquet(
            snakemake.output.landscape, index=False
        )
        flows.to_parquet(snakemake.output.predictions, index=False)
