"""Counterfactuals at their bounds: what changes nothing is noted, what has no result is refused."""

from dataclasses import replace

import numpy as np
import pytest

from movelaws.choice.counterfactual import counterfactual
from movelaws.game import solve
from tests.unit.counterfactual_world import EVERY, FITTED, N, one, row, run, world


def test_a_capacity_between_model_and_data_says_that_it_does_nothing_or_too_much():
    pairs, zones = world()
    table = row(run().destinations)
    model, observed = table["before"], table["observed"]
    between = run(one("capacity", (model + observed) / 2))
    (note,) = between.notes
    said = row(between.destinations)["intervention"]
    assert note == f"Town 3: {said.split(', ', 1)[1]}"
    assert ("does not bind" in note) == (model < observed)
    # the same the other way round: A_j so much larger or smaller that the model errs otherwise
    mass = pairs.mass * np.where(np.arange(N) == 3, 20.0 if model < observed else 0.05, 1.0)
    other = row(counterfactual(pairs, zones, FITTED, [], attraction=mass).destinations)
    assert (other["before"] < observed) != (model < observed)
    limit = one("capacity", (other["before"] + observed) / 2)
    (reverse,) = counterfactual(pairs, zones, FITTED, [limit], attraction=mass).notes
    assert ("does not bind" in reverse) != ("does not bind" in note)
    assert run(one("capacity", 0.5 * min(model, observed))).notes == ()
    assert run(EVERY["capacity_share"]).notes == ()


@pytest.mark.parametrize(
    ("intervention", "note"),
    [
        (one("capacity", 9876), "Town 3: does not bind: {before} arrive"),
        (one("capacity_share", 1.5), "Town 3: does not bind: {before} arrive"),
        (
            one("closed", True, origins={"zones": ["z003"]}),
            "Town 3: changes nothing: these trips cannot be made",
        ),
        (one("farther", 1), "Town 3: changes nothing: it is as before"),
    ],
)
def test_what_changes_nothing_is_noted(intervention, note):
    result = run(intervention)
    found = row(result.destinations)
    assert result.notes == (note.format(before=f"{found['before']:,.1f}"),)
    assert found["intervention"].endswith(result.notes[0].removeprefix("Town 3: "))
    np.testing.assert_allclose(result.destinations["change"], 0, atol=1e-6)


def test_a_capacity_that_growth_fills_is_not_called_idle():
    free = row(run().destinations)["before"]
    everybody = {"origins": {"largest": N}, "outflow_factor": 2}
    result = run(one("capacity", 1.2 * free), everybody)
    assert row(result.destinations)["shadow_price"] > 0
    assert not any("does not bind" in note for note in result.notes)


def test_where_nobody_leaves_an_action_on_departures_changes_nothing():
    pairs, zones = world()
    flow = np.where(pairs.origin == 2, 0.0, pairs.flow)
    given = [
        {"origins": {"zones": ["z002"]}, "outflow_factor": 3},
        one("closed", True, origins={"zones": ["z002"]}),
    ]
    notes = counterfactual(replace(pairs, flow=flow), zones, FITTED, given).notes
    assert notes == (
        "Town 2: changes nothing: nobody leaves",
        "Town 3: changes nothing: nobody leaves there",
    )


@pytest.mark.parametrize(("charge", "beta"), [(500, 1.0), (80, 0.1), (-500, 0.1)])
def test_an_enormous_charge_is_finite_or_said_to_close(charge, beta):
    result = run(one("charge", charge), fitted={**FITTED, "beta": beta})
    assert np.isfinite(result.destinations[["before", "after", "shadow_price"]]).all(axis=None)
    said = row(result.destinations)["intervention"]
    assert said.endswith("(practically closed)") == (charge > 0)
    everywhere = one("charge", charge, [f"z{i:03d}" for i in range(N)])
    factor = (
        run(everywhere, fitted={**FITTED, "beta": beta})
        .summary.set_index("quantity")
        .loc["equivalent distance factor", "after"]
    )
    assert factor == (0 if charge < 0 else np.inf) or np.isfinite(factor)


@pytest.mark.parametrize(
    ("interventions", "options", "message"),
    [
        ([one("capacity", 1.0, [f"z{i:03d}" for i in range(N)])], {}, "with the interventions: ca"),
        (
            [one("closed", True, [f"z{i:03d}" for i in range(N) if i != 4])],
            {},
            "with the interventions: origin 'z004 Town 4'",
        ),
        ([], {"fitted": {"alpha": 1.0, "beta": 1.0}}, "parameters: gamma is missing"),
        ([], {"fitted": {**FITTED, "beta": np.nan}}, "parameters: beta = nan"),
        ([], {"fitted": {**FITTED, "gamma": -0.1}}, "gamma = -0.1: crowding is >= 0"),
        ([], {"attraction": np.ones(3)}, "attraction: give one finite number >= 0"),
        ([], {"attraction": np.array([1.0] * 11 + [-1.0])}, r"attraction\[11\]"),
    ],
)
def test_what_cannot_be_played_is_named(interventions, options, message):
    with pytest.raises(ValueError, match=message):
        run(*interventions, **options)


def test_zones_must_be_those_of_the_pairs():
    pairs, zones = world()
    with pytest.raises(ValueError, match="the 11 zones are not the 12 of the pairs"):
        counterfactual(pairs, zones.iloc[1:], FITTED, [])


def test_an_equilibrium_that_was_not_reached_is_no_result():
    with pytest.raises(RuntimeError, match="before the change was not reached: residual"):
        run(EVERY["charge"], max_iterations=1)


def test_capacities_that_together_are_too_few_are_named():
    """Two origins keep two destinations, which cannot take them in; all together there is room."""
    pairs, _ = world()
    only = {"origins": {"zones": ["z000", "z001"]}}
    rest = [f"z{i:03d}" for i in range(N) if i not in (3, 7)]
    limit = one("capacity", 0.3 * pairs.outflow[:2].sum(), ["z003", "z007"])
    with pytest.raises(RuntimeError, match=r"after the change .*too few places .*: z003 Town 3"):
        run(one("closed", True, rest, **only), limit, max_iterations=200)


@pytest.mark.parametrize("wrong", [{"utility_spread": 1e-5}, {"flow": np.full((N, N), np.nan)}])
def test_what_is_no_equilibrium_is_no_result(monkeypatch, wrong):
    def wrongly(game, **options):
        return replace(solve(game, **options), **wrong)

    monkeypatch.setattr("movelaws.choice.counterfactual.solve", wrongly)
    with pytest.raises(RuntimeError, match="before the change was not reached"):
        run(EVERY["charge"])
