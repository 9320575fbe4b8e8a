"""Tables and figures of the report: pairs, pivots, folds, pictures inside the page."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from movelaws.report import build, figures, tables
from tests.unit.report_parts import SVG, Page, item, png, small_run


@pytest.fixture
def run(tmp_path):
    return small_run(tmp_path)


def test_a_figure_travels_as_an_image_at_a_readable_size(tmp_path):
    path = tmp_path / "a.svg"
    path.write_text(SVG)
    picture = figures.embed(path)
    head, _, data = picture.uri.partition(",")
    assert head == "data:image/svg+xml;base64"
    assert base64.b64decode(data).decode() == SVG
    assert (picture.width, picture.height) == (154, 77)  # 72 pt = 96 px, times 1.6
    path.write_text(SVG.replace('width="72pt" height="36pt"', 'viewBox="0 0 100 50"'))
    assert figures.embed(path).width == 160


def heavy_drawing(tmp_path, width, pixels):
    """An SVG heavier than its picture, and the PNG beside it."""
    rest = " " * figures.MAX_BYTES
    (tmp_path / "a.svg").write_text(SVG.replace("<rect/>", f"<rect/>{rest}"))
    Image.fromarray(pixels).resize((width, width // 2)).save(tmp_path / "a.png")
    return tmp_path / "a.svg"


def picture_of(uri):
    head, _, data = uri.partition(",")
    assert head == "data:image/webp;base64"
    return Image.open(io.BytesIO(base64.b64decode(data)), formats=["WEBP"])


def test_of_a_heavy_drawing_the_page_shows_a_lighter_picture_of_the_same_size(tmp_path):
    left_red = np.zeros((50, 100, 4), np.uint8)
    left_red[:, :50] = (255, 0, 0, 255)  # the right half is transparent
    path = heavy_drawing(tmp_path, 3000, left_red)
    before = path.read_bytes()
    picture = figures.embed(path)
    shown = picture_of(picture.uri).convert("RGB")
    assert shown.size == (1600, 800), "no wider than a screen needs"
    assert (picture.width, picture.height) == (154, 77), "as large on the page as the drawing"
    reds = np.asarray(shown).astype(int)
    np.testing.assert_allclose(reds[400, 200], (255, 0, 0), atol=12)
    np.testing.assert_allclose(reds[400, 1400], (255, 255, 255), atol=4)
    assert len(picture.uri) < figures.MAX_BYTES
    assert "a.svg" in picture.note
    assert path.read_bytes() == before, "the file stays what it is"
    assert figures.embed(path) == picture


def test_a_picture_that_would_weigh_more_than_the_drawing_is_not_taken(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (800, 1600, 3), dtype=np.uint8)
    path = heavy_drawing(tmp_path, 1600, noise)
    picture = figures.embed(path)
    assert picture.uri.startswith("data:image/svg+xml")
    assert picture.note == ""


def test_a_heavy_drawing_needs_its_png(tmp_path):
    path = heavy_drawing(tmp_path, 100, np.zeros((50, 100, 3), np.uint8))
    (tmp_path / "a.png").write_bytes(b"GIF89a")
    with pytest.raises(ValueError, match=r"a\.png: not a PNG"):
        figures.embed(path)
    (tmp_path / "a.png").unlink()
    with pytest.raises(FileNotFoundError, match=r"a\.png is missing"):
        figures.embed(path)


def test_the_size_of_a_png_follows_its_resolution(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(png(300, 150, dpi=11811))  # 300 dots per inch
    picture = figures.embed(path)
    assert picture.uri.startswith("data:image/png")
    assert (picture.width, picture.height) == (154, 77)
    path.write_bytes(png(300, 150))
    assert figures.embed(path).width == 300


def test_what_is_no_picture_is_refused(tmp_path):
    for name, content in (("a.svg", b"<html>"), ("b.png", b"GIF89a"), ("c.svg", b"<svg>")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=name):
            figures.embed(tmp_path / name)


def table_of(tmp_path, text, **options):
    (tmp_path / "t.csv").write_text(text)
    return tables.view(tmp_path / "t.csv", **options)


def test_published_stands_beside_ours_with_digits_to_compare(tmp_path):
    text = "model,rmse,n,published_rmse,published_n\nRM,2222.41234,3108,2222.4,3108.0\nX,0.5,7,,\n"
    view = table_of(tmp_path, text)
    assert [(c.header, c.part) for c in view.columns] == [
        ("model", ""),
        ("RMSE", "published"),
        ("RMSE", "this run"),
        ("n", "published"),
        ("n", "this run"),
    ]
    assert view.groups == (("model", 1, False), ("RMSE", 2, True), ("n", 2, True))
    assert view.rows[0] == [
        ("RM", False),
        ("2,222.4", True),
        ("2,222.41", True),
        ("3,108", True),
        ("3,108", True),
    ]
    assert [text for text, _ in view.rows[1]] == ["X", "–", "0.5", "–", "7"]


def test_an_empty_published_column_is_left_out(tmp_path):
    view = table_of(tmp_path, "rmse,published_rmse\n1.5,\n2.5,\n")
    assert [(c.header, c.part) for c in view.columns] == [("RMSE", "")]
    assert not view.grouped


def test_a_planted_column_without_any_value_is_left_out(tmp_path):
    text = "a,planted,planted_a\n1.5,,2\n2.5,,\n"
    assert [c.header for c in table_of(tmp_path, text).columns] == ["a", "planted a"]


def test_columns_are_chosen_and_named_with_their_unit(tmp_path):
    text = "a,area_km2,published_area_km2\nx,1.25,1.2\n"
    view = table_of(tmp_path, text, columns={"area_km2": "Area (km²)"})
    assert view.groups == (("Area (km²)", 2, True),)
    with pytest.raises(ValueError, match=r"columns \['b'\]"):
        table_of(tmp_path, text, columns={"b": "B"})


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("0.042133712", "0.0421"),
        ("39485956", "39,485,956"),
        ("39485956.4", "39,485,956"),
        ("06037", "06037"),
        ("0.540", "0.540"),
        ("1_000", "1_000"),
        ("True", "yes"),
        ("nan", "–"),
        ("5.94e-07", "5.94×10⁻⁷"),
    ],
)
def test_cells_keep_codes_and_round_long_decimals(raw, shown, tmp_path):
    assert table_of(tmp_path, f"x\n{raw}\n").rows[0][0][0] == shown


READINGS = """dataset,model,reading,shift_percent,shift_percent_lowest,shift_percent_highest
us,GM,all_pairs,16.0624,16.0624,16.0624
us,GM,moved,0.1,-0.25,0.75
uk,RM,moved,-3.7e-9,,
"""
PIVOT = {"index": ["dataset", "model"], "columns": "reading", "values": "shift_percent"}


def test_a_long_table_is_pivoted_for_readers_and_downloaded_whole(tmp_path):
    headers = {"dataset": "Dataset", "shift_percent": "Shift (%)"}
    view = table_of(
        tmp_path, READINGS, columns=headers, pivot=PIVOT, names={"us": "US", "moved": "Moved"}
    )
    assert view.groups == (("Dataset", 1, False), ("model", 1, False), ("Shift (%)", 2, True))
    assert [column.part for column in view.columns] == ["", "", "all pairs", "Moved"]
    assert [[text for text, _ in cells] for cells in view.rows] == [
        ["US", "GM", "+16.1", "-0.25 to +0.75"],
        ["uk", "RM", "–", "0"],
    ]
    assert base64.b64decode(view.uri.partition(",")[2]).decode() == READINGS
    spread = table_of(tmp_path, "m,r,rmse,rmse_sd\nRM,x,2.5,0.5\nRM,y,2.5,\n",
                      pivot={"index": ["m"], "columns": "r", "values": "rmse"})  # fmt: skip
    assert [text for text, _ in spread.rows[0]] == ["RM", "2.5 ± 0.5", "2.5"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"columns": "nothing"}, r"columns \['nothing'\]"),
        ({"colour": "red"}, "pivot has the keys"),
        ({"index": []}, "pivot needs an index"),
        ({"index": ["dataset"], "columns": "model"}, "two rows for us under 'GM'"),
    ],
)
def test_a_flawed_pivot_is_named(change, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        table_of(tmp_path, READINGS, pivot=PIVOT | change)


def test_a_pivoted_table_is_laid_out_with_its_columns_under_one_header(run):
    (run["folder"] / "beta" / "fits.csv").write_text(READINGS)
    run["items"] = [item(kind="table", path="beta/fits.csv", pivot=PIVOT)]
    html = build(**run)
    assert '<th scope="colgroup" colspan="2" class="pair">shift (%)</th>' in html
    assert '<th scope="col" class="num">all pairs</th>' in html


def test_long_tables_are_cut_on_the_page_and_large_files_not_copied(tmp_path, monkeypatch):
    view = table_of(tmp_path, "x\n" + "1\n" * 500)
    assert (len(view.rows), view.n_rows) == (tables.MAX_ROWS, 500)
    assert base64.b64decode(view.uri.partition(",")[2]).decode().count("\n") == 501
    monkeypatch.setattr(tables, "MAX_LINK_BYTES", 3)
    assert table_of(tmp_path, "x\n1\n2\n").uri == ""


def laid_out(run, n_rows):
    rows = "".join(f"row {k}\n" for k in range(n_rows))
    (run["folder"] / "beta" / "fits.csv").write_text(f"name\n{rows}")
    run["items"] = [item(kind="table", path="beta/fits.csv")]
    return build(**run)


def test_a_long_table_shows_its_first_rows_and_folds_the_whole(run):
    short = laid_out(run, tables.FOLD_ABOVE)
    assert 'class="whole"' not in short
    assert short.count(">row ") == tables.FOLD_ABOVE
    html = laid_out(run, tables.FOLD_ABOVE + 1)
    first, whole = re.search(
        r'<div class="first">(.*?)<details class="whole">(.*?)</details>', html, re.DOTALL
    ).groups()
    assert re.findall(r">(row \d+)<", first) == [f"row {k}" for k in range(tables.FIRST_ROWS)]
    assert re.findall(r">(row \d+)<", whole) == [f"row {k}" for k in range(13)]
    assert f"The first {tables.FIRST_ROWS} of 13 rows." in first
    assert "<summary>All 13 rows</summary>" in whole
    assert "open" not in dict(Page(html).elements)["details"]


def test_of_a_table_beyond_the_limit_the_page_says_how_much_it_holds(run):
    html = laid_out(run, 1500)
    assert "<summary>The first 200 of 1,500 rows</summary>" in html
    assert "The file holds all 1,500 rows." in html
    assert html.count(">row ") == tables.FIRST_ROWS + tables.MAX_ROWS


def test_pictures_read_side_by_side_are_the_same(tmp_path):
    paths = []
    for k, values in enumerate(((255, 0, 0, 255), (0, 0, 255, 120))):  # opaque and not
        folder = tmp_path / str(k)
        folder.mkdir()
        pixels = np.full((50, 100, 4), values, np.uint8)
        paths.append(heavy_drawing(folder, 900, pixels))
    assert figures.embed_all(paths, 2) == {path: figures.embed(path) for path in paths}
    colours = [
        np.asarray(picture_of(figures.embed(path).uri).convert("RGB"))[200, 400] for path in paths
    ]
    np.testing.assert_allclose(colours, [(255, 0, 0), (135, 135, 255)], atol=12)
