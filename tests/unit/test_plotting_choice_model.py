"""Figures of the game itself: the example, profiles, the ridge and held-out origins."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from movelaws import plotting
from movelaws.choice.toy import table as toy_table
from movelaws.plotting.choice.heldout import heldout
from movelaws.plotting.choice.names import NAMES
from movelaws.plotting.choice.profiles import profiles
from movelaws.plotting.choice.ridge import ridge
from movelaws.plotting.choice.toy import toy
from tests.unit.drawn_world import texts as drawn_text

TEN = ["us_migration", "us_commuting_game", "england_x", "denmark_x", "sf_taxi"]
TEN += ["gowalla_a", "gowalla_b", "abidjan", "china", "belgium"]
LABELS = {name: f"Place {name}, trips of people" for name in TEN}
GAMMAS = np.array([0.0, 0.5, 1, 2, 5, 10, 30, np.inf, np.inf])
TAG = "synthetic data"


def profile(k=0, limit=True):
    gamma = GAMMAS if limit else GAMMAS[:-2]
    ratio = 0.9 + 0.05 * k - 0.1 / (1 + gamma)
    ratio[8:] = 1.0
    kinds = ["arrivals ~ A^r", "arrivals = A"] if limit else []
    return pd.DataFrame(
        {
            "objective": "ssi",
            "gamma": gamma,
            "alpha": ratio * (1 + gamma),
            "beta": 1.2,
            "ratio": ratio,
            "value": 0.5 + 0.1 * np.exp(-((np.log1p(gamma) - 1 - 0.1 * k) ** 2)),
            "limit": [*[None] * 7, *kinds],
        }
    )


def surface(size=9):
    gamma, alpha = (axis.ravel() for axis in np.meshgrid(*[np.linspace(0, 10, size)] * 2))
    value = 0.9 * np.exp(-((alpha / (1 + gamma) - 1.1) ** 2))
    return pd.DataFrame({"alpha": alpha, "gamma": gamma, "beta": 1.0, "value": value})


def folds(datasets, attractions=("all", "training")):
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        [
            (dataset, attraction, fold, model, 0.9 - 0.1 * at + 0.02 * rng.random())
            for dataset in datasets
            for attraction in attractions
            for fold in range(3)
            for at, model in enumerate(NAMES)
        ],
        columns=["dataset", "attraction", "fold", "model", "ssi_nonzero"],
    )


def texts(figure):
    return [text.get_text() for text in drawn_text(figure)]


def inside(figure):
    """Every text that shows lies within the paper (half a pixel aside), legends included."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    wide, tall = canvas.get_width_height()
    outer = [axes.get_tightbbox() for axes in figure.axes]
    outer += [key.get_window_extent() for key in figure.legends]
    return all(
        box.x0 > -1 and box.y0 > -1 and box.x1 < wide + 1 and box.y1 < tall + 1 for box in outer
    )


def drawn(figure, gid):
    return [artist for artist in figure.findobj() if artist.get_gid() == gid]


def test_toy_shows_the_flows_of_the_table(tmp_path):
    table = toy_table()
    figure = toy(table)
    shown = texts(figure)
    for text in ("34.4", "26.7", "38.9", "60", "120", "1 to C: nobody goes, utility there 50"):
        assert text in shown
    widths = [line.get_linewidth() for line in drawn(figure, "way")]
    assert len(widths) == 12
    assert max(widths) / sorted(widths)[-2] == pytest.approx(35 / (310 / 9))
    assert inside(figure)
    plotting.save(figure, [tmp_path / "toy.svg", tmp_path / "toy.png"])
    assert {path.suffix for path in tmp_path.iterdir()} == {".svg", ".png"}


def test_toy_of_one_case_has_two_panels():
    table = toy_table()
    assert len(toy(table[table["case"] == "congestion only"]).axes) == 2


def test_toy_refuses_tables_it_cannot_draw():
    table = toy_table()
    with pytest.raises(ValueError, match="no column 'cost'"):
        toy(table.drop(columns="cost"))
    with pytest.raises(ValueError, match="no rows"):
        toy(table.iloc[:0])
    with pytest.raises(ValueError, match="1 to A twice"):
        toy(pd.concat([table, table.iloc[:1]]))
    with pytest.raises(ValueError, match="has no row for"):
        toy(table.iloc[1:])


@pytest.mark.parametrize("count", [1, 3, 10])
def test_profiles_of_any_number_of_datasets(count):
    tables = {name: profile(k) for k, name in enumerate(TEN[:count])}
    figure = profiles(tables, labels=LABELS, synthetic=True)
    assert len(drawn(figure, "profile")) == 3 * count
    assert len(drawn(figure, "limit arrivals ~ A^r")) == 2 * count  # of the gain, and the ratio
    assert len(drawn(figure, "limit arrivals = A")) == count
    assert TAG in texts(figure)
    assert inside(figure)


def test_datasets_of_one_place_differ_in_the_line():
    figure = profiles({name: profile() for name in TEN[:2]}, labels=LABELS)
    first, second = drawn(figure, "profile")[:2]
    assert first.get_color() == second.get_color()
    assert first.get_linestyle() != second.get_linestyle()


def test_profiles_measure_the_gain_over_no_crowding():
    table = profile()
    figure = profiles({"china": table}, labels={})
    line = figure.axes[0].lines[0]
    assert line.get_ydata()[0] == 0
    assert np.max(line.get_ydata()) == pytest.approx(
        100 * (table["value"].max() / table["value"][0] - 1)
    )
    assert TAG not in texts(figure)


def test_profiles_without_a_limit_have_no_infinity():
    figure = profiles({"china": profile(limit=False)}, labels=LABELS)
    assert not any(str(artist.get_gid()).startswith("limit") for artist in figure.findobj())
    assert "∞" not in "".join(texts(figure))


def test_the_curve_is_continued_to_the_limit_with_the_fitted_ratio():
    table = profile()
    figure = profiles({"china": table}, labels=LABELS)
    gain, ratio = drawn(figure, "continuation")
    assert ratio.get_ydata() == pytest.approx(table["ratio"][6:8])
    assert gain.get_ydata() == pytest.approx(100 * (table["value"][6:8] / table["value"][0] - 1))
    fitted, given = (
        drawn(figure, f"limit {kind}")[0] for kind in ("arrivals ~ A^r", "arrivals = A")
    )
    assert fitted.get_markersize() > given.get_markersize()
    older = profiles({"china": table.drop(columns="limit").drop(index=7)}, labels=LABELS)
    assert drawn(older, "limit arrivals = A") and not drawn(older, "continuation")


def test_a_best_gamma_at_the_end_of_the_grid_is_half_filled():
    rising = profile()
    rising["value"] = 0.5 + 0.01 * np.arange(9)
    figure = profiles({"china": profile(), "belgium": rising}, labels=LABELS)
    lines = [line for line in figure.axes[0].lines if line.get_gid() == "profile"]
    assert [line.get_fillstyle() for line in lines] == ["full", "left"]
    assert "best γ is the end of the curve" in texts(figure)
    assert "best γ is the end of the curve" not in texts(profiles({"a": profile()}, labels={}))


def test_profiles_refuse_what_has_no_reference():
    with pytest.raises(ValueError, match="none given"):
        profiles({}, labels={})
    with pytest.raises(ValueError, match=r"tables\['china'\]: no column 'ratio'"):
        profiles({"china": profile().drop(columns="ratio")}, labels={})
    with pytest.raises(ValueError, match="gamma = 0"):
        profiles({"china": profile().iloc[1:]}, labels={})
    with pytest.raises(ValueError, match="objective: 'poisson'"):
        profiles({"china": profile()}, labels={}, objective="poisson")


def test_ridge_marks_the_points_given():
    best = {"alpha": 2.2, "gamma": 1.0, "beta": 1.0}
    plain = ridge(surface(), best, label="China")
    assert drawn(plain, "optimum") and not drawn(plain, "planted")
    assert {"China", "95 %"} <= set(texts(plain))
    both = ridge(surface(), best, published=best, planted=best, synthetic=True)
    assert drawn(both, "published") and drawn(both, "planted")
    assert TAG in texts(both)
    assert inside(plain) and inside(both)


def test_ridge_of_values_that_are_missing_or_equal():
    table = surface()
    table.loc[:5, "value"] = np.nan
    assert inside(ridge(table, {"alpha": 1, "gamma": 0}))
    assert inside(ridge(table.assign(value=0.5), {"alpha": 1, "gamma": 0}))


def test_ridge_refuses_what_is_no_grid():
    best = {"alpha": 1.0, "gamma": 0.0}
    with pytest.raises(ValueError, match="no column 'value'"):
        ridge(surface().drop(columns="value"), best)
    with pytest.raises(ValueError, match="full grid"):
        ridge(surface().iloc[1:], best)
    with pytest.raises(ValueError, match="twice"):
        ridge(pd.concat([surface(), surface()]), best)
    with pytest.raises(ValueError, match="no value is finite"):
        ridge(surface().assign(value=np.nan), best)
    with pytest.raises(ValueError, match="optimum: no gamma"):
        ridge(surface(), {"alpha": 1.0})
    with pytest.raises(ValueError, match="optimum: no alpha and no gamma"):
        ridge(surface(), {})


@pytest.mark.parametrize("count", [1, 10])
def test_heldout_of_any_number_of_datasets(count):
    figure = heldout(folds(TEN[:count]), labels=LABELS, synthetic=True)
    assert len(figure.axes) == 2
    assert TAG in texts(figure)
    assert inside(figure)


def test_heldout_writes_the_gain_fold_by_fold():
    table = folds(["china"], ["training"])
    wide = table.pivot(index="fold", columns="model", values="ssi_nonzero")
    gain = wide["DCG"] - wide["GMPow2"]
    figure = heldout(table, labels={})
    assert len(figure.axes) == 1
    expected = f"{gain.mean():+.3f}\n({gain.min():+.3f}, {gain.max():+.3f})"
    assert expected in texts(figure)
    assert TAG not in texts(figure)


def test_heldout_leaves_out_models_that_were_not_fitted():
    table = folds(["china"])
    table.loc[table["model"] == "GMPow2", "ssi_nonzero"] = np.nan
    figure = heldout(table, labels={})
    assert not any(text.startswith("+0.") for text in texts(figure))
    table["ssi_nonzero"] = np.nan
    assert inside(heldout(table, labels={}))


def test_heldout_refuses_what_it_cannot_name():
    table = folds(["china"])
    with pytest.raises(ValueError, match="no column 'fold'"):
        heldout(table.drop(columns="fold"), labels={})
    with pytest.raises(ValueError, match="no rows"):
        heldout(table.iloc[:0], labels={})
    with pytest.raises(ValueError, match="attraction 'some'"):
        heldout(table.assign(attraction="some"), labels={})
    with pytest.raises(ValueError, match="none of its models"):
        heldout(table.assign(model="OPS"), labels={})
