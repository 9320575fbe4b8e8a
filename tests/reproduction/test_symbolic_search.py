"""Paper 2 on the real data of the mirror: what a search finds, and that no law is better."""

import numpy as np
import pandas as pd
import pytest

from movelaws import adapters, frames
from movelaws.symbolic.equivalence import same_family
from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.fitting import fit_constants
from movelaws.symbolic.parsing import parse
from movelaws.symbolic.programs import from_program, to_program
from movelaws.symbolic.searches import exhaust
from movelaws.symbolic.variables import observe
from tests.reproduction.test_counts import ENGLAND, US

STARTS = [12, 32, 64, 128]
TOLERANCE = {"us": 0.001, "england": 0.002}  # coordinates differ, see claims S3


@pytest.fixture(scope="module")
def observations(mirror):
    def read(name, files, **options):
        files = {role: mirror / path for role, path in files.items()}
        return observe(frames.check(adapters.read(name, files, options)), "observed")

    return {
        "us": read("us_commuting", US, flow_divisor=2),
        "england": read("england_commuting", ENGLAND),
    }


@pytest.fixture(scope="module")
def printed(root):
    table = pd.read_csv(root / "config/published/symbolic_tableS3_S4_expressions.csv")
    names = {"us_county_commuting": "us", "england_mlad_commuting": "england"}
    return table.assign(dataset=table["dataset"].map(names))


def test_printed_laws_have_the_printed_accuracy_once_their_constants_are_fitted(
    observations, printed
):
    for name, data in observations.items():
        evaluator = Evaluator(data)
        for row in printed[printed["dataset"] == name].itertuples():
            program = to_program(parse(row.expression), data.names)
            if program.constants.size:
                start = program.constants[None, None]
                constants, _, _ = fit_constants(evaluator, program.code[None], start, refine=1)
                program = program._replace(constants=constants[0, : program.constants.size])
            reached = evaluator.rmse(program)
            assert reached <= row.rmse * (1 + TOLERANCE[name]), (name, row.expression, reached)


def test_exponential_gravity_is_certified_as_the_best_law_of_complexity_5(observations):
    for name, base in (("us", 1.043), ("england", 1.113)):
        data = observations[name]
        front = exhaust(data, 5, 3, STARTS, seed=20260101)
        best = {law.complexity: law for law in front.laws if law.rank == 1}
        law = from_program(best[5].program, data.names)
        assert same_family(law, parse("w_j / 1.1^d"))
        assert max(law.constants[0], 1 / law.constants[0]) == pytest.approx(base, abs=1e-3)
        shortest = {"us": "w_j / d", "england": "0.9^d"}[name]
        assert same_family(from_program(best[3].program, data.names), parse(shortest))
        assert front.certificate["distinct"].sum() > 6000


def test_a_shifted_power_law_beats_the_printed_laws_of_complexity_7(observations):
    """The search of the paper missed w_j / (d + c)^a, of the same length as w_j / exp(d^a)."""
    for name, shift in (("us", 28.9), ("england", 29.7)):
        data = observations[name]
        evaluator = Evaluator(data)
        program = to_program(parse("w_j / (d + 30)^4"), data.names)
        constants, losses, _ = fit_constants(
            evaluator, program.code[None], program.constants[None, None], refine=1
        )
        printed = to_program(parse("w_j / exp(d^0.45)"), data.names)
        _, others, _ = fit_constants(
            evaluator, printed.code[None], printed.constants[None, None], refine=1
        )
        assert losses[0] < others[0]
        assert constants[0, 0] == pytest.approx(shift, abs=0.5)
        assert np.sqrt(losses[0] / data.n_rows) < {"us": 1180, "england": 342}[name]
