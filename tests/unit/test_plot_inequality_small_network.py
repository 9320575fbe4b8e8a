"""Fig. S1: the network, its shares with both ends, and other networks than ours."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Circle

from movelaws.inequality import limits
from movelaws.plotting import MM_PER_INCH
from movelaws.plotting.inequality.small_network import small_network

EXCESS = np.logspace(-7, -3, 21)


@pytest.fixture(scope="module")
def tables():
    return limits.network(), limits.fluxes(excess=EXCESS)


@pytest.fixture(scope="module")
def drawn(tables):
    made = small_network(*tables)
    FigureCanvasAgg(made).draw()
    return made


def marks(axes, gid):
    return sorted(line.get_ydata()[0] for line in axes.lines if line.get_gid() == gid)


def inside(figure):
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    wide, tall = canvas.get_width_height()
    boxes = [axes.get_tightbbox() for axes in figure.axes]
    return all(b.x0 > -1 and b.y0 > -1 and b.x1 < wide + 1 and b.y1 < tall + 1 for b in boxes)


def no_words_meet(axes):
    boxes = [text.get_window_extent() for text in axes.texts if text.get_text()]
    return not any(a.overlaps(b) for k, a in enumerate(boxes) for b in boxes[k + 1 :])


def test_the_map_and_two_origins_lie_on_the_paper_and_no_words_meet(drawn):
    assert drawn.get_figwidth() * MM_PER_INCH == pytest.approx(183)
    assert len(drawn.axes) == 3
    assert inside(drawn)
    assert all(no_words_meet(axes) for axes in drawn.axes)


def test_discs_are_the_cities_by_area_and_class(tables, drawn):
    cities = tables[0]
    discs = [patch for patch in drawn.axes[0].patches if isinstance(patch, Circle)]
    areas = np.array([disc.radius**2 for disc in discs])
    people = cities["population"].to_numpy(dtype=float)
    np.testing.assert_allclose(areas / areas.max(), people / people.max())
    colours = np.array([disc.get_edgecolor() for disc in discs])
    worse = cities["penalised"].to_numpy()
    assert len(np.unique(colours[worse], axis=0)) == len(np.unique(colours[~worse], axis=0)) == 1
    assert not np.array_equal(colours[worse][0], colours[~worse][0])
    middles = np.array([disc.center for disc in discs])
    found = np.linalg.norm(middles[0] - middles, axis=1)
    exact = np.hypot(cities["x_km"] - cities["x_km"][0], cities["y_km"] - cities["y_km"][0])
    np.testing.assert_allclose(found / found.max(), exact / exact.max())


@pytest.mark.parametrize(("panel", "origin"), [(1, "B"), (2, "D")])
def test_rings_are_the_standard_model_and_the_limit(tables, drawn, panel, origin):
    part = tables[1].query("origin == @origin").drop_duplicates("destination")
    axes = drawn.axes[panel]
    for column in ("standard", "limit"):
        np.testing.assert_allclose(marks(axes, column), np.sort(part[column]))
    words = [text.get_text() for text in axes.texts if text.get_gid() == "destination"]
    assert sorted(words) == sorted(f"to {name}" for name in part["destination"])


def test_another_network_and_other_origins_can_be_drawn():
    cities = limits.network().iloc[[2, 0, 1, 4]]
    cities = cities.assign(x_km=cities["x_km"] / 10, population=cities["population"] * 7)
    made = small_network(cities, limits.fluxes(cities, EXCESS), origins=("E", "A"))
    assert inside(made)
    titles = {text.get_text() for axes in made.axes for text in axes.texts}
    assert {"From E, penalised", "From A, not penalised"} <= titles


def test_tables_that_cannot_be_drawn_say_why(tables):
    cities, fluxes = tables
    with pytest.raises(ValueError, match="cities: no column 'x_km'"):
        small_network(cities.drop(columns="x_km"), fluxes)
    with pytest.raises(ValueError, match="fluxes: no column 'limit'"):
        small_network(cities, fluxes.drop(columns="limit"))
    with pytest.raises(ValueError, match=r"fluxes: no rows of origin 'Q'; there are \['A', 'B'"):
        small_network(cities, fluxes, origins=("B", "Q"))
