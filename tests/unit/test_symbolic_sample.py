"""Samples of origins: nested, bounded in rows, and bounds from below."""

from dataclasses import replace

import numpy as np
import pytest

from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.parsing import parse
from movelaws.symbolic.programs import to_program
from movelaws.symbolic.sample import tiers
from movelaws.symbolic.tokens import DIVIDE, Program
from tests.unit.symbolic_worlds import world

LAW = Program(np.array([0, 1, DIVIDE], dtype=np.int8), np.empty(0))


@pytest.fixture(scope="module")
def seen() -> Observations:
    stream = np.random.default_rng(3)
    sizes = stream.integers(2, 9, 40)
    n = int(sizes.sum())
    start = np.concatenate([[0], np.cumsum(sizes)])
    columns = stream.uniform(0.5, 4.0, (2, n))
    flow = stream.gamma(0.4, 50.0, n) * np.repeat(stream.pareto(1.0, 40) + 1, sizes)
    ids = np.array([str(i) for i in range(n)])
    return Observations(("w_j", "d"), columns, start, flow, np.arange(40), np.arange(n), ids)


def test_tiers_are_nested_and_keep_to_their_rows(seen):
    small, large = tiers(Evaluator(seen), [LAW], rows=(20, 80), share=1.0)
    assert set(small.origins) <= set(large.origins)
    assert small.rows <= 20
    assert large.rows <= 80
    assert 0 < small.share < large.share < 1
    assert small.rows == np.diff(seen.start)[small.origins].sum()


def test_a_tier_stops_at_its_share(seen):
    (tier,) = tiers(Evaluator(seen), [LAW], rows=(10_000,), share=0.5)
    errors = Evaluator(seen).origin_losses(LAW)
    assert 0.5 <= tier.share < 0.5 + errors.max() / errors.sum()
    assert tier.share == pytest.approx(errors[tier.origins].sum() / errors.sum())


def test_the_first_origin_is_taken_whatever_its_rows(seen):
    (tier,) = tiers(Evaluator(seen), [LAW], rows=(1,))
    assert len(tier.origins) == 1


def test_loss_on_a_sample_bounds_the_loss_on_all(seen):
    (tier,) = tiers(Evaluator(seen), [LAW], rows=(50,))
    part = Evaluator(seen.of_origins(tier.origins)).loss(LAW)
    assert part <= Evaluator(seen).loss(LAW)
    assert part == pytest.approx(tier.share * Evaluator(seen).loss(LAW))


def test_bad_arguments_are_named(seen):
    evaluator = Evaluator(seen)
    with pytest.raises(ValueError, match="rows"):
        tiers(evaluator, [LAW], rows=(20, 10))
    with pytest.raises(ValueError, match="share = 0"):
        tiers(evaluator, [LAW], share=0)
    with pytest.raises(ValueError, match="no reference law"):
        tiers(evaluator, [])
    with pytest.raises(ValueError, match="poisson"):
        tiers(Evaluator(seen, "poisson"), [LAW])


@pytest.mark.parametrize(
    ("factor", "message"),
    [
        (0.0, "'w_j' is 0 in every row"),
        (1e200, "'w_j' reaches .*e\\+"),
    ],
)
def test_a_variable_that_spoils_every_law_is_named(seen, factor, message):
    columns = seen.columns.copy()
    columns[seen.names.index("w_j")] *= factor
    spoilt = Evaluator(replace(seen, columns=columns))
    with pytest.raises(ValueError, match=message) as error:
        tiers(spoilt, [to_program(parse("w_j * w_j / d"), seen.names)])
    assert "symbolic.search.variables" in str(error.value)


def test_one_destination_for_each_origin_makes_every_law_exact():
    alone = world(2, sizes=[1, 1, 1])
    constant = Program(np.array([1], dtype=np.int8), np.empty(0))
    exact = replace(alone, columns=np.ones_like(alone.columns))
    with pytest.raises(ValueError, match=r"'d' is 1 in every row; .* has one destination"):
        tiers(Evaluator(exact), [constant])
