"""Figures: printable sizes and type, nothing overlapping, equal bytes."""

import itertools
import re

import numpy as np
import pytest
from PIL import Image

from movelaws import plotting
from movelaws.plotting import files
from movelaws.plotting.agreement import agreement
from movelaws.plotting.calibration import calibration
from movelaws.plotting.decay import decay
from movelaws.plotting.flow_map import flow_map
from tests.unit.drawn_world import (
    LABELS,
    SIX,
    baselines,
    curves,
    drawn_texts,
    one_dataset,
    predicted_flows,
    square_zones,
    texts,
)


def tall_map(**options):
    zones = square_zones()
    return flow_map(zones, predicted_flows(zones), ["flow", "GMExp", "RM"], **options)


def wide_map():
    zones = square_zones()
    zones["x"], zones["geometry"] = zones["x"] * 2, zones.scale(2, 1, origin=(0, 0))
    titles = {"RM": r"\frac{m_j}{(m_i + s_{ij})(m_i + s_{ij} + m_j)}"}
    table = predicted_flows(zones)
    return flow_map(zones, table, ["flow", "GMExp", "RM"], titles=titles, label="Wide land")


def rounded_fits():
    fits = one_dataset().assign(published_low=np.nan, published_high=np.nan)
    fits.loc[fits["model"] == "GMExp", ["published_low", "published_high"]] = 0.0387, 0.0397
    return fits


def four_maps(**options):
    zones = square_zones()
    titles = {"RM": r"\frac{m_j}{(m_i + s_{ij})(m_i + s_{ij} + m_j)}", "GMExp": r"m_j e^{-b d}"}
    names = ["flow", "GMExp", "GMExpPow", "RM"]
    table = predicted_flows(zones, models=names[1:])
    return flow_map(zones, table, names, titles=titles, label="Tall land", **options)


FIGURES = {
    "one_map": lambda: flow_map(square_zones(), predicted_flows(square_zones()), ["flow"]),
    "four_maps": four_maps,
    "synthetic_four_maps": lambda: four_maps(synthetic=True),
    "rounded_calibration": lambda: calibration(
        curves(), rounded_fits(), label="US counties", synthetic=True
    ),
    "tall_map": tall_map,
    "wide_map": wide_map,
    "synthetic_map": lambda: tall_map(synthetic=True),
    "agreement": lambda: agreement(
        baselines(), LABELS, tolerance_percent=dict.fromkeys(LABELS, 0.1)
    ),
    "synthetic_agreement": lambda: agreement(
        baselines(published=False), LABELS, planted={"us_county_commuting": "GMExp"}, synthetic=True
    ),
    "calibration": lambda: calibration(curves(), one_dataset(), label="US counties"),
    "synthetic_calibration": lambda: calibration(curves(), one_dataset(), synthetic=True),
    "decay": lambda: decay(predicted_flows(square_zones()), SIX, label="English districts"),
    "synthetic_decay": lambda: decay(predicted_flows(square_zones()), SIX, synthetic=True),
}


@pytest.fixture(scope="module", params=FIGURES)
def figure(request):
    return FIGURES[request.param]()


def test_figures_are_as_wide_as_a_journal_page(figure):
    width, height = figure.get_size_inches() * plotting.MM_PER_INCH
    assert width == pytest.approx(plotting.WIDTH_DOUBLE)
    assert 50 < height < 240


def test_type_is_never_under_six_points(figure):
    assert min(text.get_fontsize() for text in texts(figure)) >= 6


def test_no_two_texts_overlap(figure):
    for (one, a), (two, b) in itertools.combinations(drawn_texts(figure), 2):
        overlap = (min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0))
        assert min(overlap) < 0.5, f"{one.get_text()!r} touches {two.get_text()!r}"


def test_no_text_leaves_the_paper(figure):
    paper = figure.bbox
    for text, box in drawn_texts(figure):
        inside = box.x0 >= -0.5 and box.y0 >= -0.5
        assert inside and box.x1 <= paper.x1 + 0.5 and box.y1 <= paper.y1 + 0.5, text.get_text()


def test_every_labelled_axis_names_its_unit(figure):
    labels = [a.get_label().get_text() for x in figure.axes for a in (x.xaxis, x.yaxis)]
    labels = [label for label in labels if label and label != "parameter"]
    assert labels
    assert all(re.search(r"\(.+\)", label) for label in labels), labels


@pytest.mark.parametrize("name", ["tall_map", "agreement", "calibration", "decay"])
def test_a_second_drawing_has_the_same_bytes(name, tmp_path):
    for turn in "ab":
        plotting.save(FIGURES[name](), [tmp_path / f"{turn}.svg", tmp_path / f"{turn}.png"])
    for suffix in ("svg", "png"):
        one, two = ((tmp_path / f"{turn}.{suffix}").read_bytes() for turn in "ab")
        assert one == two
        assert b"matplotlib" not in one.lower().replace(b"matplotlib.axis", b"")
    assert b"<dc:date>" not in (tmp_path / "a.svg").read_bytes()


def test_saved_sizes_are_those_asked_for(tmp_path):
    plotting.save(plotting.figure(89, 50), [tmp_path / "deep" / "f.svg", tmp_path / "f.png"])
    svg = (tmp_path / "deep" / "f.svg").read_text()
    assert float(re.search(r'width="([\d.]+)pt"', svg).group(1)) == pytest.approx(89 / 25.4 * 72)
    with Image.open(tmp_path / "f.png") as image:
        assert image.width == pytest.approx(89 / 25.4 * plotting.DPI, abs=1)
        assert "Software" not in image.info
    assert sorted(p.name for p in tmp_path.iterdir()) == ["deep", "f.png"]


def test_a_failed_save_keeps_the_old_figure(tmp_path, monkeypatch):
    path = tmp_path / "f.svg"
    path.write_text("old")
    monkeypatch.setattr(plotting, "compact_images", lambda svg: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        plotting.save(plotting.figure(89, 50), [path])
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_unknown_format_or_size_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"ends in '.gif': use one of .svg"):
        plotting.save(plotting.figure(89, 50), [tmp_path / "f.gif"])
    with pytest.raises(ValueError, match="89 x 0 mm"):
        plotting.figure(89, 0)


def test_a_missing_model_is_named():
    zones = square_zones()
    table = predicted_flows(zones)
    with pytest.raises(ValueError, match="predictions: no column 'GMWrong'"):
        flow_map(zones, table, ["flow", "GMWrong"])
    with pytest.raises(ValueError, match="predictions: no column 'GMWrong'"):
        decay(table, ["GMWrong"])
    with pytest.raises(ValueError, match="curves: no rows of model 'RM'"):
        calibration(curves(), one_dataset(), models=["RM"])
    with pytest.raises(ValueError, match="no rows of dataset 'mars'; there are us_county"):
        agreement(baselines(), {"mars": "Mars"})


def test_small_palette_keeps_paper_and_the_strongest_flow():
    """The few darkest pixels are the largest flows: they must not turn into weaker ones."""
    noise = np.random.default_rng(5).integers(120, 250, (150, 400, 3), dtype=np.uint8)
    noise[:40], noise[-1, :3] = 255, 0
    image = Image.fromarray(noise)
    drawn = files._with_palette(image, files._Colours.of(image).palette(128))
    text = f'<image xlink:href="data:image/png;base64,{drawn}"/>'
    compacted = files.compact_images(text, budget=1)
    assert len(compacted) < len(text)
    assert files.compact_images(text, budget=1) == compacted
    data = files.base64.b64decode(files._EMBEDDED.search(compacted).group())
    shown = np.asarray(Image.open(files.io.BytesIO(data)).convert("RGB")).astype(int)
    assert np.all(shown[:40] == 255)
    assert shown[-1, :3].max() < 30
    assert np.abs(shown - noise)[40:-1].mean() < 20


def test_the_tolerance_band_has_its_width_and_far_values_are_written():
    made = agreement(baselines(), LABELS, tolerance_percent=dict.fromkeys(LABELS, 0.1))
    third = made.axes[2]
    (band,) = third.patches
    assert (band.get_x(), band.get_width()) == pytest.approx((-0.1, 0.2))
    assert "−23.1 %" in [t.get_text() for t in third.texts]


def test_published_values_are_drawn_where_they_exist():
    by_id = lambda figure, gid: figure.findobj(lambda a: a.get_gid() == gid)  # noqa: E731
    made = calibration(curves(), one_dataset())
    assert [line.get_xdata()[0] for line in by_id(made, "published")] == [0.0392, 0.0392]
    assert len(by_id(made, "interval")) == 6
    assert len(agreement(baselines(published=False), LABELS).axes) == 4


def test_small_parameters_share_one_power_of_ten():
    made = calibration(curves(), one_dataset(), models=["IO"])
    assert "[5.8, 6.1] $\\times10^{-7}$" in made.axes[0].get_title(loc="left")


def test_a_rounded_published_parameter_is_a_band_and_the_level_is_named():
    made = calibration(curves(), rounded_fits(), confidence=0.9)
    bands = made.findobj(lambda a: a.get_gid() == "published band")
    assert [(b.get_x(), b.get_width()) for b in bands] == [pytest.approx((0.0387, 0.001))] * 2
    assert not made.findobj(lambda a: a.get_gid() == "published")
    key = [text.get_text() for text in made.legends[0].get_texts()]
    assert key == ["90 % CI", "optimum", "published parameter, as rounded", "published accuracy"]
    with pytest.raises(ValueError, match="confidence: 95 is not between 0 and 1"):
        calibration(curves(), rounded_fits(), confidence=95)


def test_the_tag_of_synthetic_data_has_a_strip_of_its_own():
    for name in ("four_maps", "synthetic_decay", "rounded_calibration", "synthetic_agreement"):
        made = FIGURES[name]() if name != "four_maps" else four_maps(synthetic=True)
        placed = drawn_texts(made)
        (tag,) = [box for text, box in placed if text.get_text() == "synthetic data"]
        others = [box.y1 for text, box in placed if text.get_text() != "synthetic data"]
        assert max(others) < tag.y0 + 1, name


def test_decay_has_a_key_of_all_curves_and_names_each_where_it_ends():
    table = predicted_flows(square_zones())
    table.loc[table["distance_km"] > 20, "GMExp"] = 0.0
    made = decay(table, SIX)
    assert [text.get_text() for text in made.legends[0].get_texts()] == ["observed", *SIX]
    named = {
        text.get_text(): text.get_rotation()
        for text in made.axes[1].findobj(lambda a: a.get_gid() == "curve name")
    }
    assert named == {name: 90.0 if name == "GMExp" else 0.0 for name in SIX}


def test_accuracy_axes_have_three_labelled_ticks_at_least():
    made = agreement(baselines(), LABELS)
    for axes in (made.axes[0], made.axes[3]):
        low, high = axes.get_xlim()
        ticks = axes.xaxis.get_majorticklocs()
        assert ((ticks >= low) & (ticks <= high)).sum() >= 3
