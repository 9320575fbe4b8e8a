"""Figures of pair distributions, growth and towns."""

import numpy as np
import pandas as pd
import pytest

from movelaws.pairdist.growth import growth
from movelaws.pairdist.pairs import pair_table, regimes
from movelaws.pairdist.towns import radii, towns
from movelaws.plotting.pairdist.growth import definition_drawn, growth_towns, shown_parts
from movelaws.plotting.pairdist.regimes import regimes as regimes_figure
from movelaws.plotting.pairdist.towns import PER_PAGE, town_density, town_pairs
from movelaws.plotting.pairdist.towns_radii import town_radii
from tests.unit.drawn_world import assert_texts_apart, texts
from tests.unit.test_pairdist_towns import DENSITY, NOWHERE, gaussian


@pytest.fixture(scope="module")
def country():
    sizes = [900, 500] + [60 - k for k in range(26)]
    parts = [
        gaussian(n, 300 if n > 100 else 60, (5e5 + 9e3 * k, 5e5), k, f"Town {k:02d}")
        for k, n in enumerate(sizes)
    ]
    stacks = parts[0].iloc[:300]
    farms = gaussian(60, 4e4, seed=99, name="").assign(y=lambda t: t["y"] + 3e5)
    return pd.concat([*parts, stacks, farms], ignore_index=True)


@pytest.fixture(scope="module")
def grown(country):
    return growth(
        country, low=30, high=500, ranges=[], definitions=["given", "density"], density=DENSITY,
        largest=8, blocks=8, town_blocks=8,
    )  # fmt: skip


@pytest.fixture(scope="module")
def settled(country):
    return towns(
        country, NOWHERE, definitions=["given"], density=DENSITY, fewest=31, largest=60, rings=6
    )


@pytest.fixture(scope="module")
def tails(settled, grown):
    return radii(settled.fits, grown.exponents, replicates=0, seed=1)


def drawn(figure, gid):
    return [
        artist
        for axes in figure.axes
        for artist in [*axes.lines, *axes.patches, *axes.collections]
        if artist.get_gid() == gid
    ]


def words(figure):
    return [text.get_text() for text in texts(figure)]


def regimes_of(country, grown, **options):
    exponents = grown.exponents.assign(dataset="denmark")
    tables = {"denmark": regimes(pair_table(country))}
    return regimes_figure(tables, exponents, labels={"denmark": "Denmark"}, **options)


def test_regimes_show_density_growth_and_the_published_exponents(country, grown):
    figure = regimes_of(country, grown, published={"addresses": 0.69, "buildings": 0.67})
    assert [line.get_ydata()[0] for line in drawn(figure, "published")] == [0.69, 0.67]
    assert len(drawn(figure, "density")) == len(drawn(figure, "local")) == 1
    assert {"I", "II", "III", "Denmark"} <= set(words(figure))
    assert_texts_apart(figure)


def test_the_fitted_growth_is_drawn_between_its_ends(country, grown):
    figure = regimes_of(country, grown)
    for line in drawn(figure, "law"):
        assert line.get_xdata()[[0, -1]].tolist() if hasattr(line.get_xdata(), "tolist") else True
        assert list(line.get_xdata()) == [30, 500]


def test_regimes_need_a_point_set(grown):
    with pytest.raises(ValueError, match="no point set"):
        regimes_figure({}, grown.exponents, labels={})


def test_growth_shows_every_town_and_the_largest_parts(grown):
    figure = growth_towns(grown.exponents, grown.curves, published={"addresses": (0.67, 0.05)})
    towns_ = grown.exponents.query("scope == 'town'")
    assert sum(len(line.get_xdata()) for line in drawn(figure, "town")) == len(towns_)
    assert len(figure.axes) == 10
    assert len(drawn(figure, "published")) == 1
    assert_texts_apart(figure)


def test_the_whole_comes_first_then_what_lies_outside(grown):
    parts = shown_parts(grown.exponents, "given")
    assert [part[1] for part in parts[:3]] == ["all", "outside", "town"]
    assert parts[2][2] == "Town 00"
    assert definition_drawn(grown.exponents) in ("given", "density")


def test_growth_of_a_synthetic_world_shows_what_was_planted(grown):
    table = grown.exponents.assign(planted=0.73)
    figure = growth_towns(table, grown.curves, synthetic=True)
    assert drawn(figure, "planted")[0].get_ydata()[0] == 0.73
    assert "synthetic data" in words(figure)


def test_growth_without_towns_shows_the_whole(grown):
    whole = grown.exponents.query("scope == 'all'")
    figure = growth_towns(whole, grown.curves)
    assert len(figure.axes) == 2


def test_density_shows_up_to_six_towns_with_the_law(settled):
    figure = town_density(settled.fits, settled.rings)
    assert len(figure.axes) == 6
    assert len(drawn(figure, "law")) == 12, "addresses and buildings"
    assert_texts_apart(figure)


def test_pair_distributions_come_in_pages_by_size(settled):
    names = list(settled.fits.query("counted == 'addresses'")["town"])
    first, second = (town_pairs(settled.fits, settled.curves, page=page) for page in (1, 2))
    assert len(first.axes) == PER_PAGE
    assert len(second.axes) == len(names) - PER_PAGE
    assert names[0] in words(first)
    assert names[-1] in words(second)
    assert_texts_apart(first)


def test_a_page_beyond_the_last_says_so(settled):
    assert "There are no more towns." in words(town_pairs(settled.fits, settled.curves, page=9))
    with pytest.raises(ValueError, match="page = 0"):
        town_pairs(settled.fits, settled.curves, page=0)


def test_radii_show_the_tail_and_the_published_ones(settled, tails):
    rng = np.random.default_rng(1)
    published = pd.DataFrame({"counted": "buildings", "radius": 300 / rng.random(200) ** 0.5})
    tails = pd.concat(
        [
            tails,
            pd.DataFrame(
                {
                    "source": ["published"],
                    "definition": "statistical office",
                    "counted": "buildings",
                    "tail_from_m": 300.0,
                    "mu": 3.0,
                    "standard_error": 0.1,
                }
            ),
        ]
    )
    figure = town_radii(settled.fits, settled.curves, tails, published=published)
    assert len(drawn(figure, "published")) == 1
    assert len(drawn(figure, "law")) == 1
    assert "3.00 ± 0.10 published" in words(figure)
    assert_texts_apart(figure)


def test_nothing_to_draw_is_said(settled, tails):
    none = settled.fits.iloc[:0]
    for figure in (
        town_density(none, settled.rings.iloc[:0]),
        town_pairs(none, settled.curves.iloc[:0]),
        town_radii(none, settled.curves.iloc[:0], tails),
    ):
        assert any(text.startswith("No town has") for text in words(figure))


def test_growth_without_pairs_in_the_range_is_said(grown):
    unknown = grown.exponents.assign(exponent=np.nan)
    made = growth_towns(unknown, grown.curves)
    assert "Too few pairs of places lie 30 to 500 m apart." in words(made)


def test_missing_columns_are_named(settled, tails, grown):
    with pytest.raises(ValueError, match="towns: no column 'radius'"):
        town_pairs(settled.fits.drop(columns="radius"), settled.curves)
    with pytest.raises(ValueError, match="radii: no column 'mu'"):
        town_radii(settled.fits, settled.curves, tails.drop(columns="mu"))
    with pytest.raises(ValueError, match="growth curves: no column 'law'"):
        growth_towns(grown.exponents, grown.curves.drop(columns="law"))
