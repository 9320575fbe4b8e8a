"""Counterfactuals: nothing lost, nobody where it is closed, and the signs that theory demands."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from movelaws.choice.counterfactual import counterfactual, sensitivity
from movelaws.game import solve
from tests.unit.random_world import random_pairs

N = 12
FITTED = {"alpha": 1.2, "beta": 1.5, "gamma": 0.8}
TABLES = ("destinations", "origins", "flows", "summary")


def world(seed=1, n=N):
    """Pairs with flows everywhere, and zones that are named after their ids."""
    pairs = random_pairs(n, seed)
    flow = np.random.default_rng(seed).poisson(40, pairs.n_pairs) + 1.0
    pairs = replace(pairs, flow=flow)
    x, y = np.random.default_rng(seed).uniform(0, 3e5, (2, n))
    zones = gpd.GeoDataFrame(
        {"zone_id": pairs.zone_ids, "name": [f"Town {i}" for i in range(n)], "x": x, "y": y},
        geometry=gpd.points_from_xy(x, y),
        crs="EPSG:3035",
    )
    return pairs, zones


def one(action, value, places=("z003",), **origins):
    return {"destinations": {"zones": list(places)}, action: value, **origins}


def run(*interventions, fitted=FITTED, **options):
    return counterfactual(*world(), fitted, interventions, **options)


def matrix(flows, column):
    ids = [f"z{i:03d}" for i in range(N)]
    return (
        flows.pivot_table(index="origin", columns="destination", values=column, aggfunc="sum")
        .reindex(index=ids, columns=ids)
        .fillna(0.0)
        .to_numpy()
    )


def by_zone(result):
    """Destinations in the order of the zones."""
    return result.destinations.sort_values("zone_id")


def row(table, zone="z003"):
    return table.set_index("zone_id").loc[zone]


EVERY = {
    "farther": one("farther", 1.7),
    "nearer": one("farther", 0.6),
    "charge": one("charge", 0.5, ["z003", "z007"]),
    "subsidy": one("charge", -0.5),
    "closed": one("closed", True),
    "capacity_share": one("capacity_share", 0.6),
    "line": one("farther", 0.5, origins={"zones": ["z001", "z002"]}),
    "growth": {"origins": {"largest": 2}, "outflow_factor": 1.4},
}


def test_without_an_intervention_nothing_changes():
    result = run()
    assert (result.destinations["change"] == 0).all()
    assert (result.origins["utility_change"] == 0).all()
    assert result.flows.empty
    assert (
        result.summary.set_index("quantity").loc["travellers who change destination"]["after"] == 0
    )
    np.testing.assert_allclose(
        result.destinations["pivoted_after"], result.destinations["observed"]
    )


@pytest.mark.parametrize("name", EVERY)
def test_everybody_leaves_and_arrives_once(name):
    result = run(EVERY[name])
    destinations, origins = result.destinations, result.origins
    for column, total in (("before", "outflow_before"), ("after", "outflow_after")):
        assert destinations[column].sum() == pytest.approx(origins[total].sum(), rel=1e-9)
    assert destinations["pivoted_after"].sum() == pytest.approx(origins["outflow_after"].sum())
    grown = origins["outflow_after"] / origins["outflow_before"]
    assert set(np.round(grown, 12)) == ({1.0, 1.4} if name == "growth" else {1.0})
    np.testing.assert_allclose(
        destinations["change"], destinations["after"] - destinations["before"]
    )


@pytest.mark.parametrize("name", [name for name in EVERY if name != "capacity_share"])
def test_the_changes_are_equilibria_of_the_written_formula(name):
    """T_ij of the paper, with D_j from the result, gives back the flows."""
    pairs, zones = world()
    result = counterfactual(
        pairs, zones, FITTED, [EVERY[name]], largest_changes=N * N, most_flows=N * N
    )
    after = matrix(result.flows, "after")
    arrivals = by_zone(result)["after"].to_numpy()
    distance = np.full((N, N), np.inf)
    distance[pairs.origin, pairs.destination] = pairs.distance_km
    with np.errstate(divide="ignore"):
        weight = pairs.mass**1.2 * distance**-1.5 * np.where(arrivals > 0, arrivals, np.inf) ** -0.8
    j, rows = [3], range(N)
    if name in ("farther", "nearer", "line"):
        rows = [1, 2] if name == "line" else rows
        weight[np.ix_(rows, j)] *= EVERY[name]["farther"] ** -1.5
    elif name in ("charge", "subsidy"):
        j = [3, 7] if name == "charge" else j
        weight[:, j] *= np.exp(-EVERY[name]["charge"])
    expected = weight / weight.sum(axis=1, keepdims=True)
    expected *= result.origins["outflow_after"].to_numpy()[:, None]
    if name == "growth":  # flows that hardly change are listed too: the limit is all of them
        assert len(result.flows) == N * (N - 1)
    np.testing.assert_allclose(after, expected, rtol=1e-6)


def test_a_closed_destination_gets_nobody():
    result = run(EVERY["closed"])
    assert row(result.destinations)["after"] == 0
    assert row(result.destinations)["pivoted_after"] == 0
    assert (result.flows.query("destination == 'z003'")["after"] == 0).all()
    assert row(result.destinations)["intervention"] == "closed"
    assert row(result.destinations)["change_percent"] == -100


def test_closed_from_one_origin_only():
    result = run(one("closed", True, origins={"zones": ["z001"]}))
    into = result.flows.query("destination == 'z003'").set_index("origin")["after"]
    assert into["z001"] == 0
    assert (into.drop("z001") > 0).all()
    assert row(result.destinations)["intervention"] == "closed from Town 1"


def test_capacity_holds_and_has_a_price_only_where_it_binds():
    free = row(run().destinations)["before"]
    full = row(run(one("capacity", 0.5 * free)).destinations)
    assert full["after"] == pytest.approx(0.5 * free, rel=1e-8)
    assert full["capacity"] == pytest.approx(0.5 * free)
    assert full["shadow_price"] > 0
    assert full["shadow_as_distance_factor"] == pytest.approx(np.exp(full["shadow_price"] / 1.5))
    slack = run(one("capacity", 2 * free))
    assert row(slack.destinations)["shadow_price"] == 0
    assert row(slack.destinations)["shadow_as_distance_factor"] == 1
    np.testing.assert_allclose(slack.destinations["change"], 0, atol=1e-5)
    share = run(EVERY["capacity_share"]).destinations
    assert row(share)["after"] == pytest.approx(0.6 * row(share)["before"], rel=1e-8)


def test_a_shadow_price_is_the_charge_that_does_the_same():
    limited = run(EVERY["capacity_share"])
    charged = run(one("charge", row(limited.destinations)["shadow_price"]))
    np.testing.assert_allclose(by_zone(limited)["after"], by_zone(charged)["after"], rtol=1e-7)
    np.testing.assert_allclose(
        limited.origins["utility_change"], charged.origins["utility_change"], atol=1e-7
    )


@pytest.mark.parametrize("gamma", [0.0, 0.8, 5.0])
def test_a_charge_drives_people_away_and_nowhere_lowers_arrivals_elsewhere(gamma):
    result = run(one("charge", 0.7), fitted={**FITTED, "gamma": gamma})
    change = result.destinations.set_index("zone_id")["change"]
    assert change["z003"] < 0
    assert (change.drop("z003") > -1e-6).all()


@pytest.mark.parametrize("name", ["farther", "charge", "closed", "capacity_share"])
def test_all_lose_by_a_hindrance(name):
    origins = run(EVERY[name]).origins
    assert (origins["utility_change"] < 1e-9).all()
    assert (origins["equivalent_distance_factor"] >= 1 - 1e-9).all()


@pytest.mark.parametrize("name", ["nearer", "subsidy"])
def test_all_gain_by_an_improvement(name):
    origins = run(EVERY[name]).origins
    assert (origins["utility_change"] > -1e-9).all()
    assert (origins["equivalent_distance_factor"] <= 1 + 1e-9).all()


def test_farther_is_the_charge_beta_ln_f():
    far, charged = run(one("farther", 1.7)), run(one("charge", 1.5 * np.log(1.7)))
    for table in ("destinations", "origins", "flows"):
        first, second = (getattr(r, table).drop(columns="intervention", errors="ignore")
                         for r in (far, charged))  # fmt: skip
        pd.testing.assert_frame_equal(first, second, rtol=1e-9, atol=1e-7)
    assert row(far.destinations)["intervention"] == "1.7 times as far"
    assert row(charged.destinations)["intervention"].endswith("(as if 1.7 times as far)")


def test_everything_farther_moves_nobody_and_has_itself_as_equivalent():
    everywhere = [f"z{i:03d}" for i in range(N)]
    result = run(one("farther", 1.7, everywhere))
    np.testing.assert_allclose(result.destinations["change"], 0, atol=1e-5)
    np.testing.assert_allclose(result.origins["equivalent_distance_factor"], 1.7, rtol=1e-8)


def test_without_crowding_it_is_the_closed_form_of_the_logit():
    pairs, zones = world()
    fitted = {**FITTED, "gamma": 0.0}
    result = counterfactual(pairs, zones, fitted, [EVERY["charge"]], most_flows=N * N)
    weight = np.zeros((N, N))
    weight[pairs.origin, pairs.destination] = (
        pairs.mass[pairs.destination] ** 1.2 * pairs.distance_km**-1.5
    )
    charged = weight * np.exp(-0.5 * np.isin(np.arange(N), [3, 7]))
    for column, chosen in (("before", weight), ("after", charged)):
        expected = pairs.outflow @ (chosen / chosen.sum(axis=1, keepdims=True))
        np.testing.assert_allclose(by_zone(result)[column], expected, rtol=1e-9)
    gained = np.log(charged.sum(axis=1) / weight.sum(axis=1))
    np.testing.assert_allclose(result.origins["utility_change"], gained, rtol=1e-8)
    mean = (1 / weight.sum(axis=1)) * np.nansum(
        weight[pairs.origin, pairs.destination].reshape(N, N - 1)
        * pairs.distance_km.reshape(N, N - 1),
        axis=1,
    )
    np.testing.assert_allclose(result.origins["mean_distance_before_km"], mean, rtol=1e-9)


def test_growth_of_one_origin_crowds_the_others_out():
    result = run({"origins": {"zones": ["z004"]}, "outflow_factor": 2})
    lost = result.origins.set_index("zone_id")["utility_change"]
    assert (lost < 0).all()
    assert lost.idxmin() == "z004"
    assert row(result.origins, "z004")["intervention"] == "2 times as many leave"


def test_the_pivot_keeps_departures_and_follows_the_model():
    pairs, zones = world()
    result = counterfactual(
        pairs, zones, FITTED, [EVERY["charge"]], largest_changes=N * N, most_flows=N * N
    )
    flows = result.flows
    ratio = flows["observed"] * flows["after"] / flows["before"]
    scaled = flows.groupby("origin")["observed"].transform("sum") / ratio.groupby(
        flows["origin"]
    ).transform("sum")
    np.testing.assert_allclose(flows["pivoted_after"], ratio * scaled, rtol=1e-9)


def test_an_origin_that_only_went_where_it_is_closed_is_spread_as_the_model_says():
    pairs, zones = world()
    flow = np.where((pairs.origin == 0) & (pairs.destination != 3), 0.0, pairs.flow)
    result = counterfactual(
        replace(pairs, flow=flow), zones, FITTED, [EVERY["closed"]], largest_changes=N * N
    )
    from_first = result.flows.query("origin == 'z000'")
    np.testing.assert_allclose(from_first["pivoted_after"], from_first["after"])


def test_origins_without_departures_have_no_utility():
    pairs, zones = world()
    flow = np.where(pairs.origin == 2, 0.0, pairs.flow)
    result = counterfactual(replace(pairs, flow=flow), zones, FITTED, [EVERY["charge"]])
    assert result.origins["utility_change"].isna().to_list() == [i == 2 for i in range(N)]
    assert np.isfinite(result.summary.set_index("quantity").loc["mean utility", "change"])


def test_flows_are_listed_by_size_of_the_change():
    result = run(EVERY["closed"], largest_changes=4, most_flows=3)
    assert result.flows["change"].abs().is_monotonic_decreasing
    assert len(result.flows) <= 7
    every = run(EVERY["closed"], largest_changes=0)
    assert set(every.flows["destination"]) == {"z003"}
    assert every.flows["to_changed_destination"].all()
    assert len(every.flows) == N - 1


def test_the_summary_adds_up():
    result = run(EVERY["closed"])
    row_of = result.summary.set_index("quantity")
    arrivals = row_of.loc["arrivals at changed destinations"]
    assert arrivals["before"] == pytest.approx(row(result.destinations)["before"])
    assert arrivals["after"] == 0
    moved = row_of.loc["travellers who change destination", "after"]
    share = arrivals["before"] / row_of.loc["travellers", "before"]
    assert moved == pytest.approx(share, rel=0.5) and moved >= share - 1e-9
    factor = row_of.loc["equivalent distance factor", "after"]
    assert factor == pytest.approx(np.exp(-row_of.loc["mean utility", "change"] / 1.5))
    assert (row_of.loc["residual", ["before", "after"]].astype(float) < 1e-9).all()


PROFILE = pd.DataFrame(
    {
        "objective": "ssi",
        "gamma": [4.0, 0.0, 0.5, 1.0, np.inf],
        "alpha": [5.0, 1.0, 1.5, 2.0, np.inf],
        "beta": 1.5,
        "value": [0.795, 0.7, 0.78, 0.793, 0.8],
    }
)


def test_only_what_fits_about_as_well_makes_the_range():
    table = sensitivity(*world(), PROFILE, [EVERY["charge"]])
    assert table["gamma"].to_list() == [0.0, 1.0, 4.0]
    assert table["case"].to_list() == ["without crowding", "fits as well", "fits as well"]
    assert table["largest_tried"].to_list() == [False, False, True]
    assert table["value"].to_list() == [0.7, 0.793, 0.795]
    wider = sensitivity(*world(), PROFILE, [EVERY["charge"]], within=0.2)
    assert wider["gamma"].to_list() == [0.0, 0.5, 1.0, 4.0]
    assert set(wider["case"]) == {"fits as well"}
    only = sensitivity(*world(), PROFILE, [EVERY["charge"]], within=0.0)
    assert only["case"].to_list() == ["without crowding"]  # the limit alone is best


def test_stronger_crowding_moves_fewer_people():
    table = sensitivity(*world(), PROFILE, [EVERY["charge"]])
    assert table["moved_share"].is_monotonic_decreasing
    change = 100 * (table["arrivals_after"] / table["arrivals_before"] - 1)
    np.testing.assert_allclose(table["arrivals_change_percent"], change)
    assert (change < 0).all() and change.is_monotonic_increasing
    grown = sensitivity(*world(), PROFILE, [EVERY["growth"]])
    assert grown["arrivals_change_percent"].isna().all()


@pytest.mark.parametrize(
    ("profile", "within", "message"),
    [
        (PROFILE.drop(columns="beta"), 0.01, "profile: no column 'beta'"),
        (PROFILE.drop(columns="value"), 0.01, "profile: no column 'value'"),
        (PROFILE, -0.1, "within = -0.1: give a share"),
        (PROFILE.assign(objective="poisson"), 0.01, "objective poisson: give one, ssi or cpc"),
        (pd.concat([PROFILE, PROFILE.assign(objective="cpc")]), 0.01, "cpc, ssi: give one"),
        (PROFILE.tail(1), 0.01, "0 rows of finite gamma"),
        (PROFILE.assign(value=np.nan), 0.01, "best value nan"),
    ],
)
def test_a_profile_that_says_nothing_is_named(profile, within, message):
    with pytest.raises(ValueError, match=message):
        sensitivity(*world(), profile, [EVERY["charge"]], within=within)


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


def test_a_factor_of_the_attraction_is_that_attraction():
    pairs, zones = world()
    built = run(one("attraction_factor", 2.5))
    mass = pairs.mass * np.where(np.arange(N) == 3, 2.5, 1.0)
    anew = counterfactual(pairs, zones, FITTED, [], attraction=mass)
    np.testing.assert_allclose(by_zone(built)["after"], by_zone(anew)["before"], rtol=1e-8)
    assert row(built.destinations)["intervention"] == "attraction times 2.5"
    assert row(built.destinations)["change"] > 0
    assert (built.origins["utility_change"] > -1e-9).all()


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


def test_changed_destinations_come_first_then_the_largest_changes():
    result = run(one("charge", 0.4, ["z009", "z003"]))
    table = result.destinations
    assert set(table["zone_id"].head(2)) == {"z003", "z009"}
    for part in (table.head(2), table.iloc[2:]):
        assert part["change"].abs().is_monotonic_decreasing
    assert result.origins["zone_id"].is_monotonic_increasing


def test_the_summary_names_the_unit_of_the_flows():
    units = run().summary.set_index("quantity")["unit"]
    assert (units["travellers"], units["total distance"]) == ("people", "person-km")
    units = run(unit="trips").summary.set_index("quantity")["unit"]
    assert units["travellers"] == units["arrivals at changed destinations"] == "trips"
    assert units["total distance"] == "trips km"


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


def test_equal_input_gives_equal_tables():
    first, second = run(EVERY["capacity_share"]), run(EVERY["capacity_share"])
    for table in TABLES:
        pd.testing.assert_frame_equal(
            getattr(first, table), getattr(second, table), check_exact=True
        )
