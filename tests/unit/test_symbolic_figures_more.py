"""Figures of regions, noise, constants, transfer, machine scientist and entropy."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from movelaws.plotting.symbolic.entropy import entropy
from movelaws.plotting.symbolic.intervals import intervals, relative
from movelaws.plotting.symbolic.noise import counts, noise
from movelaws.plotting.symbolic.region_distances import per_decade, region_distances
from movelaws.plotting.symbolic.regions import SAME, gravity, regions
from movelaws.plotting.symbolic.scientist import scientist
from movelaws.plotting.symbolic.transfer import MOST, transfer
from tests.unit.drawn_world import LABELS, assert_texts_apart, texts

FOUR = ["Northeast", "Midwest", "South", "West"]
US, ENGLAND = LABELS


def words(figure):
    return {text.get_text() for text in texts(figure)}


def drawn(figure, gid):
    return [line for axes in figure.axes for line in axes.lines if line.get_gid() == gid]


def patches(figure, gid):
    return [patch for axes in figure.axes for patch in axes.patches if patch.get_gid() == gid]


def subsets():
    rows = []
    for i, origin in enumerate(FOUR):
        for j, destination in enumerate(FOUR):
            better = {0: np.nan, 1: 12.0, 2: -3.0, 3: 0.4}[(j - i) % 4]
            rows.append(
                {
                    "origin_region": origin,
                    "destination_region": destination,
                    "flow": 1e6 if i == j else 1e3 * (1 + i),
                    "complexity": 5,
                    "expression": "w_j / 1.04^d" if i == j else "w_j * (w_j + 6.2e-07 / d)",
                    "rmse_exponential": 100.0,
                    "rmse_power": 110.0 if i == j else 90.0,
                    "exponential_b": 0.0392,
                    "power_b": 1.03,
                    "better": "exponential" if i == j else "power",
                    "direction": "decays",
                    "better_percent": 0.0 if i == j else better,
                    "same_as": "exponential" if i == j else np.nan,
                }
            )
    return pd.DataFrame(rows)


def bins():
    edges = np.geomspace(2, 5000, 25)
    share = np.full(24, 1 / 24)
    rows = [
        (origin, destination, low, high, part / (high - low), part / (high - low))
        for origin in FOUR
        for destination in FOUR
        for low, high, part in zip(edges, edges[1:], share, strict=False)
    ]
    names = ["origin_region", "destination_region", "low_km", "high_km", "observed", "predicted"]
    return pd.DataFrame(rows, columns=names)


def samples():
    rows = [
        (model, alpha, sample, 9.0 if sample % 2 else 11.0, 10.0, sample >= 2 * alpha)
        for model in ("GMExp", "GMPow", "RM")
        for alpha in (1e-8, 0.5, 1.0, 1.5)
        for sample in range(5)
    ]
    return pd.DataFrame(
        rows, columns=["model", "alpha", "sample", "rmse", "rmse_generator", "recovered"]
    )


def discrepancy():
    table = samples()[["model", "alpha"]].drop_duplicates()
    cpc = 0.99 - 0.25 * table["alpha"]
    return table.assign(cpc=cpc, cpc_low=cpc - 0.01, cpc_high=cpc + 0.01, published_cpc=cpc + 0.002)


def constants():
    rows = [
        (5, 1, "w_j / 1.04^d", 1, 1.04, 1.03, 1.05, False),
        (7, 1, "w_j / exp(d^0.42)", 1, 0.42, 0.4, np.inf, True),
        (
            9,
            1,
            "w_j^-1.3 / (d + 6.2e-07)^2.07 / (d * exp(r_j / w_j) + w_i)",
            1,
            -1.3,
            -1.4,
            -1.2,
            0,
        ),
        (9, 1, "w_j^-1.3 / (d + 6.2e-07)^2.07 / (d * exp(r_j / w_j) + w_i)", 2, 6.2e-7, 0, 1e-6, 0),
        (9, 2, "w_j / d^2", 1, 2.0, 1.0, 3.0, False),
    ]
    names = ["complexity", "rank", "expression", "constant", "value", "low", "high", "at_bound"]
    return pd.DataFrame(rows, columns=names)


def journeys():
    rows = [
        (US, ENGLAND, 3, "w_j / d", 150.0, 105.0, 100.0),
        (US, ENGLAND, 5, "w_j / 1.04^d", 500.0, 100.0, 100.0),
        (ENGLAND, US, 3, "0.89^d", np.inf, 120.0, 100.0),
        (ENGLAND, ENGLAND, 3, "0.89^d", 100.0, 100.0, 100.0),
    ]
    names = ["fitted_on", "tried_on", "complexity", "expression"]
    return pd.DataFrame(rows, columns=[*names, "rmse_carried", "rmse_refitted", "rmse_own"])


def chains():
    laws = ["c1 * (c3 + d)^-c2 * ln(c2 + w_j)", "c1 * c1^-tanh((c3 + d)/d) * w_i^c2"]
    table = pd.DataFrame(
        {
            "chain": [1, 2],
            "expression": laws,
            "complexity": [17, 21],
            "description_length": [1201.5, 1195.25],
            "rmse_log": [1.0, 1.1],
        }
    )
    step = np.arange(0, 1000, 10)
    traces = pd.concat(
        pd.DataFrame({"chain": c, "step": step, "description_length": 1200 + 500 / (1 + step)})
        for c in (1, 2)
    )
    return table, traces


def maximised():
    rows = [
        ("exponential", "production", 1.0, 0.04, 1309.9, 0.728, 1e-12),
        ("exponential_power", "production", 0.42, 1.0, 1188.6, 0.724, 1e-12),
        ("exponential", "doubly", 1.0, 0.038, 980.2, 0.778, 3e-9),
    ]
    names = ["form", "constraint", "a", "b", "rmse", "cpc", "max_marginal_error"]
    return pd.DataFrame(rows, columns=names)


def test_regions_have_a_colour_by_sign_and_grey_for_the_same_law():
    made = regions(subsets(), order=FOUR, synthetic=True)
    colours = [to_rgb(patch.get_facecolor()) for patch in patches(made, "cell")]
    assert len(colours) == 16
    assert sum(colour == pytest.approx(to_rgb(SAME)) for colour in colours) == 4
    red, _, blue = colours[1]
    assert red > blue
    red, _, blue = colours[2]
    assert red < blue
    assert {"+12.0 %", "−3.0 %", "+0.4 %", "same law", "0.025 % of flow"} <= words(made)
    assert sum(text.get_gid() == "gravity" for text in texts(made)) == 12
    assert_texts_apart(made)


def test_the_gravity_model_in_parentheses_is_the_better_one():
    first, second = subsets().iloc[0].to_dict(), subsets().iloc[1].to_dict()
    assert gravity(first) == "w_j / 1.04^d"
    assert gravity(second) == "w_j / d^1.03"
    assert gravity(first | {"exponential_b": -0.000486}) == "w_j / 0.999514^d"
    assert gravity(second | {"power_b": -1.81}) == "w_j / d^-1.81"


def test_growth_and_ties_are_said_in_words():
    table = subsets()
    table.loc[1, ["better", "direction", "power_b"]] = ["tie", "grows", -1.81]
    table.loc[2, "direction"] = "flat"
    table.loc[5, ["better", "direction"]] = ["tie", "grows"]
    made = regions(table, order=FOUR)
    said = [text.get_text() for text in texts(made) if text.get_gid() == "remark"]
    assert [one for one in said if one] == [
        "tie; grows with distance",
        "distance hardly matters",
        "tie; grows with distance",
    ]
    assert_texts_apart(made)


def test_regions_name_what_is_wrong():
    with pytest.raises(ValueError, match="direction 'up'"):
        regions(subsets().assign(direction="up"))
    with pytest.raises(ValueError, match="regions: no column 'same_as'"):
        regions(subsets().drop(columns="same_as"))
    with pytest.raises(ValueError, match="'West' is missing"):
        regions(subsets(), order=FOUR[:3])
    with pytest.raises(ValueError, match="more than one row from 'Northeast' to 'Northeast'"):
        regions(pd.concat([subsets(), subsets()]))
    assert "No flows between regions were fitted." in words(regions(subsets().head(0)))


def test_region_distances_keep_the_area():
    part = bins().iloc[:24]
    decades = np.log10(part["high_km"] / part["low_km"])
    assert (per_decade(part, "observed") * decades).sum() == pytest.approx(1)
    made = region_distances(bins(), order=FOUR)
    assert len(drawn(made, "observed")) == len(drawn(made, "predicted")) == 16
    np.testing.assert_allclose(drawn(made, "observed")[0].get_ydata(), per_decade(part, "observed"))
    assert [axes.get_xscale() for axes in made.axes] == ["log"] * 5
    assert_texts_apart(made)


def test_region_distances_name_what_is_wrong():
    with pytest.raises(ValueError, match=r"low_km 0.0: bins start above 0 km"):
        region_distances(bins().assign(low_km=0.0))
    with pytest.raises(ValueError, match="no column 'predicted'"):
        region_distances(bins().drop(columns="predicted"))
    alone = bins().query("origin_region == destination_region")
    assert "no flows" in words(region_distances(alone))
    assert "No flows between regions were fitted." in words(region_distances(bins().head(0)))


def test_noise_counts_samples():
    table = counts(samples().query("model == 'RM'"))
    assert list(table["recovered"]) == [4, 4, 3, 2]
    assert list(table["better"]) == [0, 0, 1, 1]
    made = noise(samples(), discrepancy(), comparable=0.5, real_cpc=0.728)
    heights = [patch.get_height() for axes in made.axes[:1] for patch in axes.patches]
    assert sum(heights) == 20
    assert len(drawn(made, "real")) == 3
    np.testing.assert_allclose(drawn(made, "cpc")[0].get_ydata(), 0.99 - 0.25 * table.index)
    assert len(drawn(made, "published")) == 3
    assert_texts_apart(made)


def test_noise_names_what_is_wrong():
    with pytest.raises(ValueError, match="noise: no column 'recovered'"):
        noise(samples().drop(columns="recovered"), discrepancy())
    with pytest.raises(ValueError, match="5 models"):
        noise(pd.concat(samples().assign(model=f"m{i}") for i in range(5)), discrepancy())
    assert "No noisy flows were drawn." in words(noise(samples().head(0), discrepancy()))


def test_intervals_are_shares_of_the_value():
    assert relative(2.0, 1.0, 3.0) == (0.5, 1.5)
    assert relative(-2.0, -3.0, -1.0) == (0.5, 1.5)
    assert relative(0.0, -1.0, 1.0) == (-np.inf, np.inf)
    made = intervals({US: constants(), ENGLAND: constants()}, labels=LABELS)
    assert len(drawn(made, "value")) == 8  # the law of rank 2 is left out
    first = drawn(made, "interval")[0].get_xdata()
    np.testing.assert_allclose(first, [1.03 / 1.04, 1.05 / 1.04])
    assert len(drawn(made, "arrow")) == 6
    hollow = [line for line in drawn(made, "value") if line.get_markerfacecolor() == "white"]
    assert len(hollow) == 2
    assert r"$c_{1} = 1.04$" in words(made)
    assert r"$c_{2} = 6.2{\times}10^{-7}$" in words(made)
    assert_texts_apart(made)


def test_intervals_stand_a_file_without_rows(tmp_path):
    constants().head(0).to_csv(tmp_path / "none.csv", index=False)
    none = pd.read_csv(tmp_path / "none.csv")
    assert none["value"].dtype == object
    intervals({US: constants(), ENGLAND: none}, labels=LABELS)
    assert any("No law" in word for word in words(intervals({US: none}, labels=LABELS)))


def test_intervals_without_constants_say_so():
    assert "No law of the front has a constant." in words(
        intervals({US: constants().head(0)}, labels=LABELS)
    )
    one_empty = intervals({US: constants(), ENGLAND: constants().head(0)}, labels=LABELS)
    assert "no constant" in words(one_empty)
    with pytest.raises(ValueError, match="no column 'at_bound'"):
        intervals({US: constants().drop(columns="at_bound")}, labels=LABELS)
    with pytest.raises(ValueError, match="no dataset"):
        intervals({}, labels=LABELS)


def test_transfer_draws_ratios():
    made = transfer(journeys(), labels=LABELS)
    assert len(made.axes) == 2
    assert [line.get_xdata()[0] for line in drawn(made, "carried")] == [1.5, 5.0]
    assert [line.get_xdata()[0] for line in drawn(made, "refitted")] == [1.05, 1.0, 1.2]
    assert [line.get_xdata()[0] for line in drawn(made, "beyond")] == [5.75]
    assert {"no flow  ", "US counties → English districts"} <= words(made)
    far = transfer(journeys().assign(rmse_refitted=2e4, rmse_carried=1e5), labels=LABELS)
    assert [line.get_xdata()[0] for line in drawn(far, "beyond")] == [1.15 * MOST] * 3
    assert "1e+03 and 200  " in words(far)
    assert_texts_apart(made)
    with pytest.raises(ValueError, match="transfer: no column 'rmse_own'"):
        transfer(journeys().drop(columns="rmse_own"), labels=LABELS)
    assert "No law was tried on another dataset." in words(
        transfer(journeys().tail(1), labels=LABELS)
    )


def test_the_scientist_stands_beside_the_front_only_in_one_measure():
    table, traces = chains()
    best = pd.DataFrame({"complexity": [3, 5, 5], "rmse": [20.0, 12.0, 11.0]})
    apart = scientist(table, traces, best, label="US", dataset=US)
    assert not drawn(apart, "front")
    assert "Laws (the front has no such error)" in words(apart)
    together = scientist(table.assign(rmse=[10.0, 9.0]), traces, best, synthetic=True)
    np.testing.assert_allclose(drawn(together, "front")[0].get_xydata(), [[3, 20], [5, 11]])
    chain = [line.get_xydata()[0] for line in drawn(together, "chain")]
    np.testing.assert_allclose(chain, [[21, 9.0], [17, 10.0]])  # shortest description first
    assert len(drawn(together, "trace")) == 2
    for made in (apart, together):
        assert_texts_apart(made)


def test_the_scientist_names_what_is_wrong():
    table, traces = chains()
    with pytest.raises(ValueError, match="scientist_traces: no column 'step'"):
        scientist(table, traces.drop(columns="step"))
    with pytest.raises(ValueError, match="8 chains"):
        scientist(pd.concat(table.head(1).assign(chain=i) for i in range(8)), traces)
    assert "The machine scientist was not run." in words(scientist(table.head(0), traces))


def test_entropy_draws_one_constraint_and_two():
    made = entropy({US: maximised(), ENGLAND: maximised()}, labels=LABELS)
    assert [line.get_xdata()[0] for line in drawn(made, "rmse")] == [1309.9, 1188.6, 980.2] * 2
    assert [line.get_markerfacecolor() for line in drawn(made, "cpc")].count("white") == 2
    assert {"not fitted", "1,309.9", "0.778"} <= words(made)
    assert_texts_apart(made)
    with pytest.raises(ValueError, match="constraint 'attraction'"):
        entropy({US: maximised().assign(constraint="attraction")}, labels=LABELS)
    with pytest.raises(ValueError, match="no column 'b'"):
        entropy({US: maximised().drop(columns="b")}, labels=LABELS)
    empty = entropy({US: maximised().head(0)}, labels=LABELS)
    assert "No entropy-maximising model was fitted." in words(empty)
