"""Audit of a certified search: strata, limits, rounds; starts valid by construction."""

import numpy as np
import pytest

from movelaws.symbolic import _exhaustive_audit, exhaustive
from movelaws.symbolic._exhaustive_audit import audit, highest_share
from movelaws.symbolic._exhaustive_fits import Effort, safe_starts, screened
from movelaws.symbolic._exhaustive_nowhere import valid_nowhere
from movelaws.symbolic.certificate import MORE, NO_START, STRATA
from movelaws.symbolic.evaluation import Evaluator
from movelaws.symbolic.exhaustive import ROUNDS, certified_search
from movelaws.symbolic.tokens import (
    ADD,
    BASE,
    CONSTANT,
    DIVIDE,
    EXP,
    LOG,
    MULTIPLY,
    POWER,
    SUBTRACT,
)
from tests.unit.symbolic_worlds import world

W_J, D = 0, 1
ROWS = (60, 200)


@pytest.fixture(scope="module")
def seen():
    return world(4, sizes=[8] * 40).of_variables(["w_j", "d"])


@pytest.fixture(scope="module")
def front(seen):
    return certified_search(seen, 5, tier_rows=ROWS, progress=False)


def test_no_wrong_one_found_of_300_leaves_one_percent():
    assert highest_share(0, 300, 0.95) == pytest.approx(3 / 300, rel=0.01)
    assert highest_share(300, 300, 0.95) == 1.0
    # the limit p is where found or fewer of n have probability 5 %
    p = highest_share(2, 50, 0.95)
    terms = [1.0, 50 * p / (1 - p), 50 * 49 / 2 * (p / (1 - p)) ** 2]
    assert sum(terms) * (1 - p) ** 50 == pytest.approx(0.05)


def test_strata_add_up(front):
    for row in front.certificate.to_dict("records"):
        laws = {s: row[f"{s}_laws"] for s in STRATA}
        with_constants = (front.levels[row["complexity"]].codes == CONSTANT).any(axis=1).sum()
        assert sum(laws.values()) <= with_constants == row["with_constants"]
        assert row["near_audited"] == laws["near"]
        assert row["passed_audited"] == laws["passed"]
        assert row["audited"] == sum(row[f"{s}_audited"] for s in STRATA)
        assert row["unaudited"] == sum(laws.values()) - row["audited"]
        assert row["unaudited_changed_high"] <= row["unaudited"]
        assert row["certified"] == (row["verdict_changed"] == 0)


def test_few_laws_are_audited_in_full_and_of_many_a_part():
    stream = np.random.default_rng(1)
    rows = np.arange(100_000)
    assert _exhaustive_audit._drawn("near", rows, stream) is rows
    assert len(_exhaustive_audit._drawn("chance", rows, stream)) == 1000
    assert len(_exhaustive_audit._drawn("chance", rows[:2000], stream)) == 1000
    assert _exhaustive_audit._drawn("no_start", rows[:99], stream).tolist() == list(range(99))


def test_a_search_whose_audit_never_settles_is_not_certified(seen, monkeypatch):
    asked = []

    def restless(search):
        asked.append(search.effort().factor)
        return audit(search) | {"verdict_changed": 2}

    monkeypatch.setattr(exhaustive, "audit", restless)
    front = certified_search(seen, 1, tier_rows=ROWS, progress=False)
    assert asked == [MORE**round for round in range(ROUNDS)]
    row = front.certificate.iloc[0]
    assert row["starts_factor"] == MORE ** (ROUNDS - 1)
    assert not row["certified"]


def test_a_poor_search_is_repeated_until_its_audit_agrees(seen, front):
    """One start each misses minima; rounds with more starts bring the laws of a good search."""
    poor = certified_search(
        seen, 5, tier_rows=ROWS, n_starts={1: 1, 2: 1}, refine=1, seed=5, progress=False
    )
    for mine, other in zip(poor.laws, front.laws, strict=True):
        if poor.certificate.set_index("complexity")["certified"][mine.complexity]:
            assert mine.rmse == pytest.approx(other.rmse, rel=1e-6)
    assert (poor.certificate["starts_factor"] >= 1).all()


@pytest.mark.parametrize(
    "code",
    [
        [CONSTANT, W_J, SUBTRACT, LOG],  # c > max w_j
        [CONSTANT, D, SUBTRACT, CONSTANT, POWER],
        [W_J, CONSTANT, POWER, EXP],  # no overflow
        [CONSTANT, D, BASE, W_J, SUBTRACT, LOG],  # c^d > w_j everywhere
        [W_J, CONSTANT, MULTIPLY, D, SUBTRACT, LOG],  # c w_j > d everywhere
        [W_J, D, SUBTRACT, CONSTANT, ADD, LOG],
        [W_J, CONSTANT, POWER, D, POWER],
    ],
)
def test_safe_starts_are_valid(seen, code):
    columns = seen.columns * np.array([[1e4], [30.0]]) + 100.0
    wide = type(seen)(
        seen.names, columns, seen.start, seen.flow, seen.zone, seen.destination, seen.zone_ids
    )
    evaluator = Evaluator(wide)
    codes = np.array([code], dtype=np.int8)
    k = code.count(CONSTANT)
    starts = safe_starts(evaluator, codes, Effort({}, 1, 2, 3), k)[0]
    losses = evaluator.losses(np.repeat(codes, len(starts), axis=0), starts)
    assert np.isfinite(losses).mean() > 0.3
    found, _ = screened(evaluator, codes, Effort({1: 2, 2: 2, 3: 2}, 1, 1, 3), k)
    assert np.isfinite(found).all()


def test_laws_without_a_valid_start_are_counted_apart(seen):
    """Take (d + c)^d, which overflows for any d this large: no bound excludes it."""
    columns = seen.columns * np.array([[1.0], [1000.0]])
    holed = type(seen)(
        seen.names, columns, seen.start, seen.flow, seen.zone, seen.destination, seen.zone_ids
    )
    front = certified_search(holed, 5, tier_rows=ROWS, progress=False)
    row = front.certificate.set_index("complexity").loc[5]
    level = front.levels[5]
    lost = level.status == NO_START
    assert row["no_valid_start"] == lost.sum() > 0
    assert np.isnan(level.rmse[lost]).all()
    assert np.isnan(level.lower[lost]).all()
    assert ((level.codes[lost] == CONSTANT).any(axis=1)).all()
    parts = ("invalid", "no_valid_start", "excluded_by_bound", "fitted_on_all")
    assert row[list(parts)].sum() == row["distinct"]


@pytest.mark.parametrize(
    ("code", "proved"),
    [
        ([CONSTANT, D, DIVIDE, W_J, ADD], True),  # c / 0 + w
        ([W_J, D, DIVIDE, CONSTANT, ADD, LOG], True),
        ([D, LOG, CONSTANT, POWER], False),  # nan never, inf^c is 0 for c < 0
        ([W_J, D, DIVIDE, CONSTANT, ADD, CONSTANT, POWER], False),
        ([W_J, W_J, D, DIVIDE, CONSTANT, ADD, DIVIDE], False),  # w / (inf + c) = 0
        ([CONSTANT, W_J, D, DIVIDE, MULTIPLY, EXP], False),  # exp(-inf) = 0
        ([D, D, DIVIDE, CONSTANT, MULTIPLY, EXP], True),  # nan
        ([CONSTANT, D, BASE, W_J, MULTIPLY], False),
    ],
)
def test_what_no_constants_can_heal(seen, code, proved):
    columns = seen.columns.copy()
    columns[D, 3] = 0.0
    codes = np.array([code], dtype=np.int8)
    assert valid_nowhere(codes, columns).tolist() == [proved]
    if proved:
        holed = type(seen)(
            seen.names, columns, seen.start, seen.flow, seen.zone, seen.destination, seen.zone_ids
        )
        constants = np.random.default_rng(1).normal(0, 3, (200, 2))
        losses = Evaluator(holed).losses(np.repeat(codes, 200, axis=0), constants)
        assert np.isinf(losses).all()
