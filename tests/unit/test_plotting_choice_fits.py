"""Figures of the game's fits: what they draw is in the tables, and nothing is hidden."""

import itertools

import numpy as np
import pandas as pd
import pytest

from movelaws.plotting.choice.convergence import FLOOR, METHODS, convergence, label_place
from movelaws.plotting.choice.crowding import crowding
from movelaws.plotting.choice.parameters import parameters
from tests.unit.drawn_world import drawn_texts, texts

LABELS = {"us_migration": "US states", "denmark_moves": "Danish moves"}


def fits(planted=False, printed=True):
    rows = []
    for dataset in LABELS:
        for objective in ("ssi", "cpc", "poisson"):
            for parameter, value in (("alpha", 2.0), ("beta", 1.0), ("gamma", 1.5)):
                known = objective == "poisson"
                rows.append(
                    {
                        "dataset": dataset,
                        "model": "DCG",
                        "objective": objective,
                        "parameter": parameter,
                        "value": value,
                        "low": value - 0.1 if known else np.nan,
                        "high": value + 0.2 if known else np.nan,
                        "bound_high": 10.0,
                        "at_bound": False,
                        "published_value": 2.2 if printed else np.nan,
                        "planted_value": value - 0.05 if planted else np.nan,
                    }
                )
    return pd.DataFrame(rows)


def readings():
    rows = [
        ("us_migration", "arrivals", 9.0, 7.0, np.inf, "alpha", 1e-9),
        ("us_migration", "residential", 0.5, -0.2, 1.2, None, 0.21),
        ("denmark_moves", "workplace", 1.2, 1.0, 1.4, None, 1e-5),
    ]
    names = ["dataset", "attraction", "gamma", "gamma_low", "gamma_high", "at_bound", "p_value"]
    return pd.DataFrame(rows, columns=names).assign(model="DCG", objective="poisson")


def errors(rate=1.0, last=20):
    steps = np.arange(1, last + 1)
    residual = {
        "anderson": 10.0 ** (-2 * rate * steps),
        "fixed point": 10.0 ** (-rate * steps),
        "averaging 0.25": 10.0 ** (-0.3 * rate * steps),
        "averaging 1/n": 1 / steps,
    }
    return pd.concat(
        pd.DataFrame({"method": method, "iteration": steps, "residual": residual[method]})
        for method in METHODS
    )


def words(figure):
    return {text.get_text() for text in texts(figure)}


def drawn(figure, gid):
    return [line for axes in figure.axes for line in axes.lines if line.get_gid() == gid]


def test_recovered_parameters_lie_against_the_planted_ones():
    figure = parameters(fits(planted=True), labels=LABELS)
    assert len(figure.axes) == 6
    points = [line.get_xydata() for line in figure.axes[0].lines if line.get_marker() != "None"]
    np.testing.assert_allclose(np.concatenate(points), [[1.95, 2.0]] * 2)
    below = [line.get_xdata()[0] for line in figure.axes[1].lines if line.get_gid() == "value"]
    np.testing.assert_allclose(below, 0.05)
    assert "Danish moves" in words(figure)


def test_fitted_parameters_stand_beside_the_printed_ones():
    figure = parameters(fits(), labels=LABELS)
    assert len(figure.axes) == 4
    assert len(drawn(figure, "value")) == 2 * 3 * 4
    assert len(drawn(figure, "tick")) == 2 * 4
    ratio = [line.get_xdata()[0] for line in figure.axes[3].lines if line.get_gid() == "value"]
    np.testing.assert_allclose(ratio, 2.0 / 2.5)
    assert not drawn(parameters(fits(printed=False), labels=LABELS), "tick")


def test_what_the_box_holds_is_open_and_what_leaves_the_axis_is_an_arrow():
    table = fits()
    gamma = (table["parameter"] == "gamma") & (table["objective"] == "poisson")
    table.loc[gamma & (table["dataset"] == "us_migration"), "at_bound"] = True
    table.loc[gamma & (table["dataset"] == "denmark_moves"), "high"] = np.inf
    figure = parameters(table, labels=LABELS)
    assert len(drawn(figure, "edge")) == 3  # alpha, gamma and their ratio of one fit
    assert len(drawn(figure, "arrow")) == 1


def test_one_dataset_and_fourteen_are_drawn_alike():
    one = fits()[lambda table: table["dataset"] == "us_migration"]
    many = pd.concat([one.assign(dataset=f"place {i}") for i in range(14)])
    labels = {f"place {i}": f"Place {i}" for i in range(14)}
    for table, names in ((one, {"us_migration": "US"}), (many, labels)):
        assert len(drawn(parameters(table, labels=names), "value")) == 12 * len(names)
        table = table.assign(planted_value=table["value"] + 0.01)
        assert len(parameters(table, labels=names).axes) == 6


def test_crowding_shows_every_attraction_with_its_interval():
    figure = crowding(readings(), labels=LABELS, planted={"denmark_moves": 1.1})
    assert sorted(line.get_xdata()[0] for line in drawn(figure, "value")) == [0.5, 1.2]
    assert [line.get_xdata()[0] for line in drawn(figure, "edge")] == [9.0]
    assert len(drawn(figure, "arrow")) == 1
    assert [line.get_xdata()[0] for line in drawn(figure, "tick")] == [1.1]
    assert {"9.00 [7.00, ∞]", "0.50 [−0.20, 1.20]", "0.210", "< 0.001", "planted"} <= words(figure)


def test_an_interval_along_the_edge_is_dotted_and_the_key_says_so():
    figure = crowding(readings(), labels=LABELS)
    assert len(drawn(figure, "interval")) == 2
    (dotted,) = drawn(figure, "edge interval")
    assert dotted.get_linestyle() not in ("-", "None")
    assert dotted.get_ydata()[0] == drawn(figure, "edge")[0].get_ydata()[0]
    assert "holds along the edge of the box only" in words(figure)
    inside = crowding(readings().assign(at_bound=""), labels=LABELS)
    assert not drawn(inside, "edge interval") + drawn(inside, "edge")
    assert "holds along the edge of the box only" not in words(inside)


def test_p_values_stand_only_where_there_are_any():
    table, header = readings(), "$p$, one-sided"
    table.loc[table["attraction"] == "arrivals", "p_value"] = np.nan
    written = words(crowding(table, labels=LABELS))
    assert {header, "0.210", "< 0.001"} <= written
    assert "nan" not in written
    assert header not in words(crowding(table.assign(p_value=np.nan), labels=LABELS))


def test_crowding_does_without_tests_of_significance():
    figure = crowding(readings().drop(columns=["p_value", "at_bound"]), labels=LABELS)
    assert "< 0.001" not in words(figure)
    assert "planted" not in words(figure)


def test_convergence_names_every_curve_and_stops_at_the_floor():
    tables = {f"place {i}": errors(1 + i / 4) for i in range(4)}
    figure = convergence(tables, labels={"place 0": "First"})
    assert len(figure.axes) == 4
    assert {"First", "place 1"} <= words(figure)
    for axes in figure.axes:
        names = [text for text in axes.texts if text.get_gid() == "curve name"]
        assert [text.get_text() for text in names] == [name for _, _, name in METHODS.values()]
        curve = next(line for line in axes.lines if line.get_gid() == "anderson")
        assert curve.get_ydata().min() == FLOOR
        assert (curve.get_ydata() > FLOOR).sum() == len(curve.get_ydata()) - 1


def test_a_name_keeps_clear_of_other_curves():
    height = np.linspace(40, 5, 120)
    path = np.column_stack([np.full(120, 20.0), height])
    other = np.column_stack([np.full(120, 24.0), height])
    place, before = label_place(
        path, np.concatenate([path, other]), np.array([10.0, 3.0]), 2.0, np.array([50.0, 50.0])
    )
    assert before
    assert place[0] + 10 < 20


@pytest.mark.parametrize(
    "figure",
    [
        parameters(fits(), labels=LABELS, synthetic=True),
        parameters(fits(planted=True), labels=LABELS, synthetic=True),
        crowding(readings(), labels=LABELS, planted={"us_migration": 0.6}, synthetic=True),
        convergence({name: errors() for name in "abc"}, labels={}, synthetic=True),
    ],
    ids=["fitted", "recovered", "crowding", "convergence"],
)
def test_no_text_touches_another_or_leaves_the_paper(figure):
    shown = drawn_texts(figure)
    for (one, a), (two, b) in itertools.combinations(shown, 2):
        overlap = (min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0))
        assert min(overlap) < 0.5, f"{one.get_text()!r} touches {two.get_text()!r}"
    for text, box in shown:
        inside = min(box.x0, box.y0) >= -0.5
        assert inside and box.x1 <= figure.bbox.x1 + 0.5, text.get_text()


@pytest.mark.parametrize("synthetic", [True, False])
def test_synthetic_data_are_called_so(synthetic):
    for figure in (
        parameters(fits(), labels=LABELS, synthetic=synthetic),
        parameters(fits(planted=True), labels=LABELS, synthetic=synthetic),
        crowding(readings(), labels=LABELS, synthetic=synthetic),
        convergence({"here": errors()}, labels={}, synthetic=synthetic),
    ):
        assert ("synthetic data" in words(figure)) == synthetic


def test_missing_columns_are_named():
    with pytest.raises(ValueError, match="table: no column 'at_bound'"):
        parameters(fits().drop(columns="at_bound"), labels=LABELS)
    with pytest.raises(ValueError, match="readings: no column 'gamma_low'"):
        crowding(readings().drop(columns="gamma_low"), labels=LABELS)
    with pytest.raises(ValueError, match=r"tables\['here'\]: no column 'residual'"):
        convergence({"here": errors().drop(columns="residual")}, labels={})


def test_nothing_to_draw_is_an_error():
    with pytest.raises(ValueError, match="none of the datasets in labels"):
        parameters(fits().assign(model="IO"), labels=LABELS)
    with pytest.raises(ValueError, match="there is no dataset"):
        crowding(readings().iloc[:0], labels=LABELS)
    with pytest.raises(ValueError, match="0 datasets; this figure shows 1 to 4"):
        convergence({}, labels={})
    with pytest.raises(ValueError, match="no rows"):
        convergence({"here": errors().iloc[:0]}, labels={})


def test_unknown_kinds_are_named():
    with pytest.raises(ValueError, match="attraction 'malls'"):
        crowding(readings().assign(attraction="malls"), labels=LABELS)
    with pytest.raises(ValueError, match="method 'newton'"):
        convergence({"here": errors().assign(method="newton")}, labels={})
    with pytest.raises(ValueError, match=r"residual -1\.0 is not a number >= 0"):
        convergence({"here": errors().assign(residual=-1.0)}, labels={})
    with pytest.raises(ValueError, match="iteration 0 is not"):
        convergence({"here": errors().assign(iteration=0)}, labels={})
