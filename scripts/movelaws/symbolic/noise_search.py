"""Flows of a known law with noise, searched as the data are (Sec. 3.3, Fig. 5)."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from movelaws.od import Pairs
from movelaws.seeds import stream
from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.expressions import Expression
from movelaws.symbolic.fitting import fit_constants
from movelaws.symbolic.fronts import usual_form
from movelaws.symbolic.noise import (
    best_recovered,
    expected_flows,
    find_generator,
    noise_cpc,
    noisy_flows,
    noisy_observations,
)
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.printing import text
from movelaws.symbolic.programs import from_program, to_program
from movelaws.symbolic.searches import evolved, exhaust, hall_of


def noise_levels(
    pairs: Pairs,
    model: str,
    parameters: Mapping[str, float] | None,
    alpha: float,
    samples: int,
    cpc_samples: int,
    seed: int,
    search: Mapping,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Samples of noisy flows: how large the noise is, and whether the law is found again.

    Parameters
    ----------
    pairs : all ordered pairs of zones, workplace population.
    model, parameters : the law behind the flows.
    alpha : dispersion of the negative binomial noise.
    samples, cpc_samples : how many are searched, and how many are measured.
    seed : of the config; equal samples for equal seeds, however many there are.
    search : smallest, certified, starts and sizes (of the evolution; used if the law is longer
        than what is certified).

    Returns
    -------
    rows of noise.csv and of noise_cpc.csv.
    """
    expected = expected_flows(model, pairs, parameters)
    rows, common = [], []
    for sample in range(1, max(samples, cpc_samples) + 1):
        noisy = noisy_flows(
            expected, alpha, stream(seed, "noise", model, f"{alpha:g}", f"{sample}")
        )
        agreed = noise_cpc(expected, noisy, search["smallest"])
        common.append((model, alpha, sample, agreed))
        if sample <= samples:
            found = _searched(
                noisy_observations(pairs, noisy, search["smallest"]), model, search, seed
            )
            row = {"model": model, "alpha": alpha, "sample": sample, "cpc_noise": agreed}
            rows.append(row | found)
    return pd.DataFrame(rows), pd.DataFrame(common, columns=["model", "alpha", "sample", "cpc"])


def _searched(observations: Observations, model: str, search: Mapping, seed: int) -> dict:
    generator = find_generator(model)
    best = _best_laws(observations, generator.complexity, search, seed, "noise")
    if generator.complexity > search["certified"]:
        few = _variables_that_matter(best, observations.names)
        if len(few) < len(observations.names):
            again = _best_laws(
                observations.of_variables(few), generator.complexity, search, seed, "noise again"
            )
            for size, (error, law) in again.items():
                best[size] = min(best.get(size, (np.inf, law)), (error, law), key=_error)
    judged = best_recovered({size: law for size, (_, law) in best.items()}, model)
    evaluator = Evaluator(observations)
    law = judged.pop("expression")
    own = _fitted(generator.form, evaluator)
    return judged | {
        "n_rows": observations.n_rows,
        "expression": "" if law is None else text(usual_form(law), 3),
        "rmse": np.inf if law is None else evaluator.rmse(to_program(law, observations.names)),
        "rmse_generator": own,
    }


def _best_laws(
    observations: Observations, complexity: int, search: Mapping, seed: int, run: str
) -> dict[int, tuple[float, Expression]]:
    """Loss and law that are the best of each complexity: certified, then evolved from those."""
    certified = min(search["certified"], complexity)
    hall = hall_of(exhaust(observations, certified, 3, search["starts"], seed), 3)
    if complexity > certified:
        hall = hall.merge(evolved(observations, hall, complexity, 3, search["sizes"], seed, run))
    sizes = sorted({law.complexity for law in hall.laws})
    first = {size: hall.at(size)[0] for size in sizes}
    names = observations.names
    return {size: (law.loss, from_program(law.program, names)) for size, law in first.items()}


def _variables_that_matter(
    best: Mapping[int, tuple[float, Expression]], names: Sequence[str]
) -> list[str]:
    """Those of the best law. The paper too searches them again, alone (SI, Table S1)."""
    _, law = min(best.values(), key=_error)
    return [name for name in names if name in law.variables]


def _error(found: tuple[float, Expression]) -> float:
    return found[0]


def _fitted(form: Expression, evaluator: Evaluator) -> float:
    """RMSE of the generator itself with its constants fitted to the noisy flows."""
    program = to_program(form, evaluator.observations.names)
    if not program.constants.size:
        return evaluator.rmse(program)
    starts = program.constants * np.linspace(0.25, 2.0, 15)[:, None]
    constants, _, _ = fit_constants(evaluator, program.code[None], starts[None])
    return evaluator.rmse(program._replace(constants=constants[0]))
