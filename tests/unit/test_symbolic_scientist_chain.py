import math
from collections import Counter
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from movelaws.metrics import rmse
from movelaws.symbolic.observations import Observations
from movelaws.symbolic.scientist import Prior, Settings, moves, read, run_chain
from movelaws.symbolic.scientist.alphabet import Language, arity
from movelaws.symbolic.scientist.chain import Representatives, Walker, run_on, sampled
from movelaws.symbolic.scientist.fit import Fitter, predictions
from movelaws.symbolic.scientist.moves import Moves
from movelaws.symbolic.scientist.tables import COLUMNS, agreement, allocated, join, row, trace

PUBLISHED = read(Path(__file__).parents[2] / "config/published/symbolic_scientist_prior.csv")
FEW = ("+", "*", "/", "-", "exp", "log")
PRIOR = Prior({o: PUBLISHED.linear[o] for o in FEW}, {o: PUBLISHED.quadratic[o] for o in FEW})
TINY = Language(("x",), 1, ("+", "exp", "-"), 4)
FLAT = Prior(dict.fromkeys(TINY.operations, 0.3), dict.fromkeys(TINY.operations, 0.1))


@pytest.fixture
def observations() -> Observations:
    rng = np.random.default_rng(0)
    n_origins, each = 30, 40
    n = n_origins * each
    mass, distance = rng.uniform(0.1, 5, (2, n)), rng.uniform(1, 50, n)
    logarithm = 1.0 + 2.6 * mass[1] / distance + rng.normal(0, 0.05, n)
    flow = np.exp(logarithm)
    flow[::50] = 0.0
    return Observations(
        ("w_i", "w_j", "d"),
        np.vstack([mass, distance]),
        np.arange(0, n + 1, each),
        flow,
        np.arange(n_origins),
        rng.integers(0, 50, n),
        np.arange(50).astype(str),
    )


def all_trees(language: Language) -> list[tuple[int, ...]]:
    """Every tree of a language, by brute force over sequences of symbols."""
    symbols = [s for n in (0, 1, 2) for s in language.by_arity(n)]
    found = []
    for length in range(1, language.longest + 1):
        for sequence in product(symbols, repeat=length):
            open_places = np.cumsum([arity(s) - 1 for s in sequence]) + 1
            if open_places[-1] == 0 and (open_places[:-1] > 0).all():
                found.append(sequence)
    return found


def outcomes(move, monkeypatch) -> list[tuple[float, tuple]]:
    """All results of a move with their probabilities, choice after choice."""
    found, plans = [], [[]]
    while plans:
        plan, taken, weight = plans.pop(), [], 1.0

        def choose(n, rng, plan=plan, taken=taken):
            nonlocal weight
            weight /= n
            if len(taken) == len(plan):
                plans.extend([[*plan, other] for other in range(1, n)])
                plan.append(0)
            taken.append(plan[len(taken)])
            return taken[-1]

        monkeypatch.setattr(moves, "_below", choose)
        result = move()
        if result is not None:
            found.append((weight, result))
    return found


# Moves


@pytest.mark.parametrize("kind", ["node", "elementary", "root"])
def test_every_move_keeps_detailed_balance_exactly(kind, monkeypatch):
    trees = all_trees(TINY)
    weights = np.random.default_rng(1).uniform(0.1, 1.0, len(trees))
    place = {tree: k for k, tree in enumerate(trees)}
    of = Moves(TINY)
    flow = np.zeros((len(trees), len(trees)))
    for tree, at in place.items():
        offered = {
            "node": [lambda tree=tree: of.replace_node(tree, None)],
            "elementary": [lambda tree=tree: of.replace_elementary(tree, None)],
            "root": [lambda tree=tree: of.add_root(tree, None), lambda t=tree: of.remove_root(t)],
        }[kind]
        for move in offered:
            found = outcomes(move, monkeypatch)
            assert sum(weight for weight, _ in found) <= 1 + 1e-12
            for weight, (proposal, log_factor) in found:
                to = place[proposal]  # a KeyError would be a proposal that is no tree
                ratio = weights[to] / weights[at] * math.exp(log_factor)
                flow[at, to] += weights[at] * weight * min(1.0, ratio)
    assert (flow > 0).sum() > len(trees)
    np.testing.assert_allclose(flow, flow.T, rtol=1e-12)


def test_all_trees_can_be_reached_and_left(monkeypatch):
    of, seen, todo = Moves(TINY), {(0,)}, [(0,)]
    while todo:
        tree = todo.pop()
        for move in (of.replace_node, of.replace_elementary, of.add_root):
            for _, (new, _) in outcomes(lambda m=move, t=tree: m(t, None), monkeypatch):
                todo += [new] if new not in seen else []
                seen.add(new)
    assert seen == set(all_trees(TINY))


@pytest.mark.parametrize("temperature", [1.0, 3.0])
def test_the_chain_visits_trees_as_often_as_their_posterior_says(temperature):
    rng = np.random.default_rng(2)
    x = rng.uniform(0, 1, (1, 8))
    fitter = Fitter(x, np.exp(x[0]) + rng.normal(0, 1.5, 8), TINY, FLAT)
    walker = Walker(fitter.fit((0,), np.ones(6)), temperature, Moves(TINY), fitter, rng)
    counts: Counter = Counter()
    for _ in range(80_000):
        walker.step(lambda tree: False)
        counts[walker.fit.tree] += 1
    trees = all_trees(TINY)
    fits = [fitter.fit(tree, np.ones(6)) for tree in trees]
    expected = np.exp([-f.bic / 2 / temperature - f.prior for f in fits])
    expected /= expected.sum()
    found = np.array([counts[tree] for tree in trees]) / 80_000
    assert np.abs(found - expected).sum() / 2 < 0.05  # total variation
    assert expected.max() < 0.5  # the test would say nothing if one tree had it all


def test_longest_is_never_exceeded():
    of, rng, at = Moves(Language(("x",), 2, longest=7)), np.random.default_rng(3), (0,)
    for _ in range(3000):
        proposal = of.propose(at, rng)
        at = proposal[0] if proposal else at
        assert len(at) <= 7


# Chains


def test_a_planted_law_is_found(observations):
    settings = Settings(PRIOR, steps=2500, sample=300, longest=20)
    chain = run_chain(observations, settings, 1)
    x, y = sampled(observations, settings, 1)
    planted = (-1, 3, -2, 4, -3, 1, 2)  # c1 + c2 * (w_j / d)
    truth = Fitter(x, y, settings.language, PRIOR).fit(planted, np.ones(6))
    assert math.sqrt(truth.squares / 300) == pytest.approx(0.05, rel=0.1)
    # the same law may be written shorter, never much longer
    assert chain.best.description_length <= truth.description_length + 1
    assert math.sqrt(chain.best.squares / 300) == pytest.approx(0.05, rel=0.1)
    found = agreement(chain, observations)
    assert found["undefined"] == 0 and found["cpc_allocated"] > 0.95


def test_equal_seeds_give_equal_chains_and_other_seeds_others(observations):
    settings = Settings(PRIOR, steps=400, sample=100, longest=12, temperatures=2)
    one, again, other = (run_chain(observations, settings, seed) for seed in (5, 5, 6))
    assert one.description_length.tobytes() == again.description_length.tobytes()
    assert one.best.tree == again.best.tree
    assert one.best.constants.tobytes() == again.best.constants.tobytes()
    assert one.description_length.tobytes() != other.description_length.tobytes()


def test_the_best_law_is_the_shortest_description_of_the_chain(observations):
    settings = Settings(PRIOR, steps=500, sample=100, longest=12)
    chain = run_chain(observations, settings, 3)
    assert chain.best.description_length <= chain.description_length.min()
    assert chain.description_length.shape == chain.complexity.shape == (500,)
    assert 0 <= chain.accepted < 1


def test_samples_are_pairs_with_flow_and_differ_by_seed(observations):
    x, y = sampled(observations, Settings(PRIOR, sample=200), 1)
    other, _ = sampled(observations, Settings(PRIOR, sample=200), 2)
    assert x.shape == (3, 200) and np.isfinite(y).all()
    assert not np.array_equal(x, other)
    everything, _ = sampled(observations, Settings(PRIOR, sample=10**6), 1)
    assert everything.shape[1] == (observations.flow > 0).sum()


def test_one_tree_stands_for_a_formula_until_it_is_forgotten():
    language = Language(("x",), 2)
    known = Representatives(language)
    one, other = (-1, 0, 1), (-1, 1, 0)
    assert not known.refuses(one)
    assert known.refuses(other) and not known.refuses(one)
    known.visited([one], 999)
    known.visited([(0,)], 1000)
    assert known.refuses(other)
    known.visited([(0,)], 2000)
    assert not known.refuses(other) and known.refuses(one)


# Tables


def test_rows_and_traces_join(observations):
    settings = Settings(PRIOR, steps=60, sample=100, longest=9)
    chains = {k: run_chain(observations, settings, k) for k in (2, 1)}
    rows = [row(chain, observations, k) for k, chain in chains.items()]
    table, steps = join(rows, [trace(chain, k, every=20) for k, chain in chains.items()])
    assert list(table["chain"]) == [1, 2] and list(table.columns) == COLUMNS
    assert list(steps["step"]) == [20, 40, 60] * 2
    assert steps["description_length"].iloc[2] == chains[1].description_length[-1]
    first = table.iloc[0]
    assert first["description_length"] == pytest.approx(first["bic"] / 2 + first["prior"])
    assert len([c for c in first["constants"].split(";") if c]) == first["n_constants"]


def test_allocation_is_that_of_all_other_laws(observations):
    chain = run_chain(observations, Settings(PRIOR, steps=300, sample=100, longest=12), 1)
    weights = np.exp(predictions(chain.best.tree, chain.best.constants, observations.columns))
    origin = observations.origin
    flows = (observations.outflow / np.bincount(origin, weights))[origin] * weights
    assert allocated(np.log(weights), observations) == pytest.approx(flows, rel=1e-10)
    assert agreement(chain, observations)["rmse_allocated"] == pytest.approx(
        rmse(observations.flow, flows), rel=1e-10
    )


def test_a_law_undefined_outside_the_sample_is_counted(observations):
    chain = run_chain(observations, Settings(PRIOR, steps=1, sample=50), 1)
    log_of = (-7, -1, 2, -5, 3)  # log(d + -c1)
    odd = replace(chain, best=replace(chain.best, tree=log_of, constants=np.full(6, 20.0)))
    found = row(odd, observations, 1)
    assert found["expression"] == "ln(d - c1)"
    assert found["undefined"] == (observations.columns[2] <= 20).sum()
    assert np.isnan(found["rmse_allocated"])


# What is refused


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("steps", 0, "steps = 0"),
        ("sample", 2, "sample = 2"),
        ("temperatures", 0, "temperatures = 0"),
        ("ratio", 1.0, "ratio = 1.0"),
        ("n_constants", 9, "n_constants = 9"),
    ],
)
def test_bad_settings_are_named(field, value, message):
    with pytest.raises(ValueError, match=message):
        Settings(PRIOR, **{field: value})


def test_bad_data_are_named(observations):
    with pytest.raises(ValueError, match=r"\['s_w'\] are unknown"):
        run_chain(observations, Settings(PRIOR, variables=("s_w",)), 1)
    with pytest.raises(ValueError, match="2 pairs have a flow"):
        run_chain(observations.of_pairs(np.arange(1200) < 3), Settings(PRIOR), 1)
    with pytest.raises(ValueError, match="finite"):
        run_on(np.full((3, 4), np.nan), np.ones(4), Settings(PRIOR), 1)
    with pytest.raises(ValueError, match=r"columns \(2, 4\)"):
        run_on(np.ones((2, 4)), np.ones(4), Settings(PRIOR), 1)


def test_bad_joins_are_named(observations):
    chain = run_chain(observations, Settings(PRIOR, steps=20, sample=50), 1)
    law, steps = row(chain, observations, 1), trace(chain, 1)
    with pytest.raises(ValueError, match="at least one chain"):
        join([], [])
    with pytest.raises(ValueError, match="chain 1 stands twice"):
        join([law, law], [steps])
    with pytest.raises(ValueError, match=r"traces of chains \[3\]"):
        join([law], [steps.assign(chain=3)])
    with pytest.raises(ValueError, match="lack the columns"):
        join([{"chain": 1}], [steps])
    with pytest.raises(ValueError, match="every = 0"):
        trace(chain, 1, every=0)
    assert isinstance(join([law], [steps])[0], pd.DataFrame)
