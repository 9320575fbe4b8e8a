"""Figures of paper 5's data: 1 to 14 datasets fit on a page, nothing overlaps, inputs are named."""

import itertools
import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba

from movelaws import plotting
from movelaws.choice.flux import boxes
from movelaws.plotting.choice import distributions as flux
from movelaws.plotting.choice.attraction import attraction, survival, survivals
from movelaws.plotting.choice.distances import densities, distances, wrapped
from movelaws.plotting.choice.distributions import distributions
from movelaws.plotting.choice.names import NAMES, ordered
from movelaws.plotting.choice.similarity import similarity
from tests.unit.drawn_world import drawn_texts, texts


def label(name):
    return f"Some districts {name}, commuting in a game"


def distance_table(seed=0):
    rng = np.random.default_rng(seed)
    edges = 10.0 ** (np.arange(3, 28) / 10)
    parts = []
    for model in ("flow", *NAMES):
        share = edges[:-1] ** -0.8 * rng.lognormal(0, 0.3, len(edges) - 1)
        share[-2] = 0
        parts.append(
            pd.DataFrame(
                {
                    "low_km": edges[:-1],
                    "high_km": edges[1:],
                    "model": model,
                    "share": share / share.sum(),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def arrival_table(seed=0):
    rng = np.random.default_rng(seed)
    flow = np.floor(rng.lognormal(6, 2, 300))
    models = {model: flow * rng.lognormal(0, 0.3, len(flow)) for model in NAMES}
    return pd.DataFrame({"flow": flow, **models})


def prediction_table(seed=0):
    rng = np.random.default_rng(seed)
    flow = np.ceil(rng.lognormal(3, 2, 800))
    return pd.DataFrame({"flow": flow, "DCG": flow * rng.lognormal(0, 0.5, len(flow))})


def statistics(names, seed=0):
    rng = np.random.default_rng(seed)
    rows = []
    for name in names:
        level = 10 ** rng.uniform(-2, -0.02)
        for number, model in enumerate(NAMES):
            fall = 1 - number / 9
            rows.append((name, model, level * fall, 0.9 * fall, 0.95 * fall, *rng.random(2)))
    columns = ["dataset", "model", "ssi", "ssi_nonzero", "cpc", "ks_distance", "ks_attraction"]
    return pd.DataFrame(rows, columns=columns)


def world(n):
    names = [f"d{k}" for k in range(n)]
    return names, {name: label(name) for name in names}


def draw(figure, n, **options):
    names, labels = world(n)
    if figure == "similarity":
        return similarity(statistics(names), labels=labels, **options)
    if figure == "distances":
        tables = {name: distance_table(k) for k, name in enumerate(names)}
        return distances(tables, statistics(names), labels=labels, **options)
    if figure == "attraction":
        tables = {name: arrival_table(k) for k, name in enumerate(names)}
        return attraction(tables, statistics(names), labels=labels, **options)
    return distributions(
        {name: prediction_table(k) for k, name in enumerate(names)},
        {name: distance_table(k) for k, name in enumerate(names)},
        {name: arrival_table(k) for k, name in enumerate(names)},
        labels=labels,
        units=dict.fromkeys(names, "tax returns"),
        **options,
    )


GRIDS = ("similarity", "distances", "attraction")
DRAWN = [("distributions", 1), ("distributions", 3)] + [(f, n) for f in GRIDS for n in (1, 3, 14)]


@pytest.fixture(scope="module", params=DRAWN, ids=lambda drawn: f"{drawn[0]}-{drawn[1]}")
def figure(request):
    name, n = request.param
    made = draw(name, n, synthetic=n == 3)
    made.is_synthetic = n == 3
    return made


def test_the_page_holds_the_figure_and_axes_name_units(figure):
    width, height = figure.get_size_inches() * plotting.MM_PER_INCH
    assert min(abs(width - plotting.WIDTH_SINGLE), abs(width - plotting.WIDTH_DOUBLE)) < 1e-6
    assert height < 245
    labels = [a.get_label().get_text() for x in figure.axes for a in (x.xaxis, x.yaxis)]
    assert any(labels)
    assert all(re.search(r"\(.+\)", text) for text in labels if text)


def test_text_is_readable_on_the_paper_and_apart(figure):
    drawn = drawn_texts(figure)
    assert min(text.get_fontsize() for text, _ in drawn) >= 6
    for text, box in drawn:
        assert box.x0 >= -0.5, text.get_text()
        assert box.y0 >= -0.5, text.get_text()
        assert box.x1 <= figure.bbox.x1 + 0.5, text.get_text()
        assert box.y1 <= figure.bbox.y1 + 0.5, text.get_text()
    for (one, a), (two, b) in itertools.combinations(drawn, 2):
        overlap = min(min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0))
        assert overlap < 0.5, f"{one.get_text()!r} touches {two.get_text()!r}"


def test_panels_are_lettered_and_synthetic_data_are_tagged(figure):
    shown = [text.get_text() for text in texts(figure)]
    letters = [text for text in shown if re.fullmatch(r"[a-z]", text)]
    assert letters == [chr(ord("a") + k) for k in range(len(figure.axes))]
    assert ("synthetic data" in shown) == figure.is_synthetic


def test_densities_are_per_kilometre_without_empty_bins():
    table = distance_table()
    x, density = densities(table, "tables")["flow"]
    widths = table["high_km"].unique() - table["low_km"].unique()
    assert density @ np.delete(widths, -2) == pytest.approx(1)
    assert np.all(np.diff(x) > 0)


def test_survival_counts_locations_that_reach_each_value():
    values, share = survival(np.array([0.0, 5, 5, 2, 9]))
    assert values.tolist() == [2, 5, 9]
    assert share == pytest.approx([0.8, 0.6, 0.2])
    with pytest.raises(ValueError, match="t: no location has observed arrivals"):
        survivals(pd.DataFrame({"flow": [0.0, 0.0]}), "t")


def test_boxes_are_coloured_by_what_their_whiskers_hold():
    table = prediction_table()
    table.loc[table["flow"] > 30, "DCG"] *= 30
    classes = boxes(table["flow"].to_numpy(), table["DCG"].to_numpy())
    classes = classes[classes["pairs"] >= 5]
    missed = ~classes["mean"].between(classes["q09"], classes["q91"])
    made = plotting.figure(80, 60)
    axes = made.subplots()
    flux.draw_flux(axes, table, "predictions", "trips")
    edges = [patch.get_edgecolor() for patch in axes.patches]
    assert 0 < missed.sum() < len(classes)
    assert [edge == pytest.approx(to_rgba(flux.MISSED)) for edge in edges] == missed.tolist()


def test_the_games_own_similarity_is_written():
    names, labels = world(3)
    table = statistics(names)
    shown = {text.get_text() for text in texts(similarity(table, labels=labels))}
    for value in table.loc[table["model"] == "DCG", "ssi"]:
        assert f"{value:.3f}" in shown


def test_a_dataset_without_some_models_is_drawn():
    part = statistics(["d0"])
    part = part[part["model"].isin(["DCG", "IO"])]
    similarity(part, labels={"d0": "One"})
    table = distance_table()
    kept = table[table["model"].isin(["flow", "DCG"])]
    made = distances({"d0": kept}, part, labels={})
    assert "observed" in [text.get_text() for text in texts(made)]


@pytest.mark.parametrize("column", ["dataset", "model", "ssi", "ssi_nonzero", "cpc"])
def test_similarity_names_a_missing_column(column):
    table = statistics(["d0"]).drop(columns=column)
    with pytest.raises(ValueError, match=f"statistics: no column '{column}'"):
        similarity(table, labels={"d0": "One"})


def test_missing_columns_and_empty_inputs_are_named():
    table, arrivals, pairs = statistics(["d0"]), arrival_table(), prediction_table()
    with pytest.raises(ValueError, match="no dataset"):
        similarity(table, labels={})
    with pytest.raises(ValueError, match="'d1' has no row of DCG"):
        similarity(table, labels={"d1": "Other"})
    for draw_one in (distances, attraction):
        with pytest.raises(ValueError, match="tables: no dataset"):
            draw_one({}, table, labels={})
    with pytest.raises(ValueError, match="statistics: no column 'ks_distance'"):
        distances({"d0": distance_table()}, table.drop(columns="ks_distance"), labels={})
    with pytest.raises(ValueError, match="statistics: no column 'ks_attraction'"):
        attraction({"d0": arrivals}, table.drop(columns="ks_attraction"), labels={})
    with pytest.raises(ValueError, match=r"tables\['d0'\]: no column 'share'"):
        distances({"d0": distance_table().drop(columns="share")}, table, labels={})
    unseen = distance_table()
    unseen.loc[unseen["model"] == "flow", "share"] = 0
    with pytest.raises(ValueError, match="no bin of model 'flow'"):
        distances({"d0": unseen}, table, labels={})
    with pytest.raises(ValueError, match=r"tables\['d0'\]: no column 'flow'"):
        attraction({"d0": arrivals.drop(columns="flow")}, table, labels={})
    words = {"labels": {}, "units": {}}
    with pytest.raises(ValueError, match="0 datasets"):
        distributions({}, {}, {}, **words)
    with pytest.raises(ValueError, match="distances: no table of dataset 'd0'"):
        distributions({"d0": pairs}, {}, {}, **words)
    given = ({"d0": distance_table()}, {"d0": arrivals})
    with pytest.raises(ValueError, match=r"predictions\['d0'\]: no column 'DCG'"):
        distributions({"d0": pairs.drop(columns="DCG")}, *given, **words)
    with pytest.raises(ValueError, match=r"predictions\['d0'\]: no pair"):
        distributions({"d0": pairs.iloc[:0]}, *given, **words)
    with pytest.raises(ValueError, match=r"arrivals\['d0'\]: no model 'DCG'"):
        distributions({"d0": pairs}, given[0], {"d0": arrivals.drop(columns="DCG")}, **words)


def test_names_are_broken_into_few_and_even_lines():
    assert wrapped("English districts, commuting in a game", 34) == [
        "English districts,",
        "commuting in a game",
    ]
    words = ["Danish", "municipalities, moves"]
    assert wrapped(" ".join(words), 25) == words
    assert wrapped("Japan, check-ins", 34) == ["Japan, check-ins"]


def test_models_come_in_the_order_of_the_paper():
    assert ordered(["RM", "GMPowDC", "other", "DCG"]) == ["DCG", "RM", "GMPowDC"]
