"""The report needs nothing but itself, escapes every text, and leads every claim somewhere."""

import base64
import hashlib
import re
import struct
import zlib
from html.parser import HTMLParser

import pandas as pd
import pytest

from movelaws.claims import compare, ledger, not_testable
from movelaws.report import Item, LeftOut, build, figures, read_sections, tables
from movelaws.report.captions import render_caption, render_rst
from movelaws.report.items import items_from, left_out_from
from movelaws.report.ledger_page import sort_key
from movelaws.report.made import commit, versions

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="72pt" height="36pt"><rect/></svg>'
EVIL = '<script>alert("x")</script>&\'"'
SECTIONS = """
papers:
  - {key: alpha, name: Alpha, title: The first paper, introduction: "Some *text*."}
  - key: beta
    name: Beta
    title: "Second <paper> & more"
    authors: [A. One, B. Two]
    links: [{label: Code, url: "https://example.org/code"}]
    introduction: "Formula :math:`e^{-d}`."
"""


def png(width=30, height=20, dpi=None):
    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    resolution = b"" if dpi is None else chunk(b"pHYs", struct.pack(">IIB", *[dpi] * 2, 1))
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * (width + 1) * height))
    return b"\x89PNG\r\n\x1a\n" + header + resolution + pixels + chunk(b"IEND", b"")


def item(**change):
    fields = {
        "paper": "beta",
        "kind": "figure",
        "path": "beta/figures/map.svg",
        "caption": "map.rst",
        "title": "A map",
        "dataset": "us",
        "synthetic": False,
    }
    return Item(**fields | change)


@pytest.fixture
def run(tmp_path):
    """Arguments of ``build`` for a small run with one figure and one table."""
    (tmp_path / "beta" / "figures").mkdir(parents=True)
    (tmp_path / "beta" / "figures" / "map.svg").write_text(SVG)
    table = pd.DataFrame(
        {"model": ["RM", EVIL], "rmse": [2222.41234, 1.0], "published_rmse": [2222.4, None]}
    )
    table.to_csv(tmp_path / "beta" / "fits.csv", index=False)
    (tmp_path / "map.rst").write_text("A caption on {{ snakemake.wildcards.dataset }}.")
    (tmp_path / "sections.yaml").write_text(SECTIONS)
    claims = pd.DataFrame(
        [["A1", "alpha", "Fig 1", "all", EVIL, "x"], ["B1", "beta", "Table 2", "us", "c", "y"]],
        columns=["id", "paper", "where", "dataset", "claim", "expected"],
    )
    found = [
        compare("B1", "us", "2222.4", 2222.41, relative=0.001, evidence="beta/fits.csv"),
        compare("B1", "toy", 1, 2, absolute=0, evidence="beta/figures/map.png", synthetic=True),
        not_testable("B1", EVIL, EVIL, evidence="beta/elsewhere.csv"),
    ]
    return {
        "folder": tmp_path,
        "ledger": ledger(claims, found, {"alpha": EVIL}),
        "items": [item(), item(kind="table", path="beta/fits.csv", title=EVIL, synthetic=True)],
        "left_out": [LeftOut(EVIL, "no <b>data</b>", "beta"), LeftOut("whole", "reason")],
        "papers": read_sections(tmp_path / "sections.yaml"),
        "captions": tmp_path,
        "made": {"Run": EVIL, "Seed": "7"},
        "versions": {"Python": "3.11"},
    }


class Page(HTMLParser):
    """Elements of a page: (tag, attributes), and the ids and inner links among them."""

    def __init__(self, html):
        super().__init__()
        self.elements = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def values(self, attribute):
        return [attrs[attribute] for _, attrs in self.elements if attribute in attrs]


def test_equal_inputs_give_equal_bytes(run):
    assert build(**run) == build(**run)


def test_nothing_is_fetched_from_anywhere(run):
    page = Page(build(**run))
    for attribute in ("src", "srcset", "action", "data", "poster", "formaction", "background"):
        assert all(value.startswith("data:") for value in page.values(attribute)), attribute
    links = [attrs["href"] for tag, attrs in page.elements if tag == "link"]
    assert links == ["data:,"]
    anchors = [attrs["href"] for tag, attrs in page.elements if tag == "a"]
    outward = [href for href in anchors if not href.startswith(("#", "data:"))]
    assert outward == ["https://example.org/code"]
    assert {tag for tag, _ in page.elements}.isdisjoint({"iframe", "object", "embed", "base"})


def test_the_policy_forbids_the_network_and_any_code_but_the_page_s_own(run):
    html = build(**run)
    policy = next(v for v in Page(html).values("content") if "default-src" in v)
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        source = re.search(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy
    page = Page(html)
    assert not page.values("style"), "inline styles are blocked by the policy"
    assert not [name for _, attrs in page.elements for name in attrs if name.startswith("on")]


def test_every_text_is_escaped(run):
    html = build(**run)
    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;") >= 6
    assert "Second &lt;paper&gt; &amp; more" in html
    assert "no &lt;b&gt;data&lt;/b&gt;" in html


def test_every_inner_link_arrives_and_ids_are_unique(run):
    page = Page(build(**run))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    inner = [href for href in page.values("href") if href.startswith("#")]
    targets = {href[1:].partition("?")[0] for href in inner}
    assert targets <= set(ids)


def test_claims_lead_to_their_figure_or_table_and_back(run):
    html = build(**run)
    rows = dict(re.findall(r'<tr role="row" id="(claim-[^"]+)"(.*?)</tr>', html, re.DOTALL))
    assert 'href="#item-beta-fits">Table 2.1<' in rows["claim-B1"]
    assert 'href="#item-beta-figures-map">Figure 2.1<' in rows["claim-row-2"]
    assert ">Synthetic<" in rows["claim-row-2"]
    assert 'href="#item' not in rows["claim-row-3"], "evidence outside the report: no dead link"
    assert "beta/<wbr>elsewhere.csv" in rows["claim-row-3"]
    figure = re.search(r'<figure id="item-beta-fits".*?</figure>', html, re.DOTALL)[0]
    assert 'href="#claim-B1"' in figure


def test_decided_claims_stand_first_and_verdicts_are_told_without_colour(run):
    html = build(**run)
    assert re.findall(r'<tr role="row" id="[^"]+" class="(\w+)"', html) == [
        "reproduced",
        "differs",
        "untestable",
        "untestable",
    ]
    for symbol, verdict in (("✓", "reproduced"), ("≠", "differs"), ("–", "not testable")):
        assert f'<span aria-hidden="true">{symbol}</span> {verdict}' in html


def test_sections_follow_the_papers_and_say_what_is_missing(run):
    html = build(**run)
    alpha, beta, made = (
        html.index(f'<section id="{i}"') for i in ("paper-alpha", "paper-beta", "made")
    )
    assert html.index('<section id="claims"') < alpha < beta < made
    assert "No figures or tables of this paper" in html[alpha:beta]
    assert "Left out of this run" in html[beta:made]
    assert "whole" in html[made:]
    assert "A caption on us." in html[beta:made]
    assert "<math" in html[beta:made]


def test_real_and_synthetic_results_are_labelled(run):
    html = build(**run)
    figure, table = re.findall(r"<figure.*?</figure>", html, re.DOTALL)
    assert ">Real data<" in figure
    assert ">Synthetic<" not in figure
    assert ">Synthetic<" in table
    run["items"] = [item(synthetic=True)]
    assert "All figures and tables of this run come from" in build(**run)


def test_an_unknown_paper_is_an_error(run):
    with pytest.raises(ValueError, match="'gamma' is none of alpha, beta"):
        build(**run | {"items": [item(paper="gamma")]})
    with pytest.raises(ValueError, match="paper 'beta' is not in sections"):
        build(**run | {"papers": run["papers"][:1], "items": [], "left_out": []})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "movie"}, "kind 'movie'"),
        ({"path": "/etc/map.svg"}, "below the results"),
        ({"path": "../map.svg"}, "below the results"),
        ({"path": "map.csv"}, r"a figure is .svg or .png"),
        ({"caption": "../secret.rst"}, "name of an .rst file"),
        ({"caption": "secret.txt"}, "name of an .rst file"),
        ({"synthetic": "no"}, "synthetic = 'no'"),
        ({"title": ""}, "title is empty"),
    ],
)
def test_a_flawed_item_is_named(change, message):
    with pytest.raises(ValueError, match=message):
        item(**change)


def test_records_of_the_workflow_become_items(tmp_path):
    record = vars(item()) | {"path": str(tmp_path / "beta" / "map.svg")}
    assert items_from([record], tmp_path)[0].path == "beta/map.svg"
    with pytest.raises(ValueError, match="unknown keys colour"):
        items_from([record | {"colour": "red"}], tmp_path)
    with pytest.raises(ValueError, match="lies outside"):
        items_from([record | {"path": "elsewhere/map.svg"}], tmp_path)
    with pytest.raises(ValueError, match="collide"):
        items_from([record, record], tmp_path)
    with pytest.raises(ValueError, match="missing 1 required"):
        items_from([{k: v for k, v in record.items() if k != "title"}], tmp_path)
    with pytest.raises(ValueError, match="must not be empty"):
        left_out_from([{"case": "x", "reason": ""}])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (".. raw:: html\n\n   <script>alert(1)</script>", "raw"),
        (".. include:: /etc/passwd", "include"),
        (".. csv-table::\n   :file: /etc/passwd", "csv-table"),
        (".. image:: https://example.org/x.png", "<img> is not allowed"),
        ("`x <javascript:alert(1)>`_", "only https"),
        ("`x <http://example.org>`_", "only https"),
        ("*unclosed", "caption"),
        ("{{ snakemake.config.seed }}", "no attribute 'config'"),
        ("{{ snakemake.wildcards.county }}", "no attribute 'county'"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{% for x in %}", "caption"),
    ],
)
def test_captions_hold_only_harmless_text(text, message):
    with pytest.raises(ValueError, match=message):
        render_caption(text, item())


def test_captions_show_the_fields_of_the_workflow_escaped():
    text = "{{ snakemake.params.label }}{% if snakemake.params.synthetic %} made{% endif %}"
    assert render_caption(text, item(label="<b>US</b>")) == "<p>&lt;b&gt;US&lt;/b&gt;</p>\n"
    assert render_caption(text, item(synthetic=True)) == "<p>us made</p>\n"


def captions(root):
    return sorted((root / "workflow" / "report").glob("*.rst"))


def test_all_captions_of_the_project_render(root):
    for path in captions(root):
        for dataset, synthetic in (("us", False), ("", True)):
            shown = item(dataset=dataset, synthetic=synthetic)
            html = render_caption(path.read_text(encoding="utf-8"), shown, path.name)
            assert "<p>" in html
            assert ": ." not in html, "a title with a gap where the dataset's name is empty"


def test_captions_of_paper_2_say_when_the_data_are_synthetic(root):
    mine = [path for path in captions(root) if path.name.startswith("symbolic_")]
    assert len(mine) >= 7
    for path in mine:
        for synthetic in (False, True):
            html = render_caption(path.read_text(encoding="utf-8"), item(synthetic=synthetic))
            assert html.startswith("<p><strong>")
            assert ("synthetic" in html) == synthetic


def test_the_project_s_sections_hold_the_five_papers_in_order(root):
    papers = read_sections(root / "workflow" / "report" / "sections.yaml")
    keys = ["lagrangian", "symbolic", "pairdist", "inequality", "choice"]
    assert [paper.key for paper in papers] == keys
    assert all(render_rst(paper.introduction).count("<p>") >= 2 for paper in papers)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("papers: []\nextra: 1", "expected one key"),
        ("papers: [{key: a, name: A, title: T}]", r"missing keys \['introduction'\]"),
        ("papers: [{key: a, name: A, title: T, introduction: I, colour: x}]", "unknown keys"),
        (
            "papers: [{key: a, name: A, title: T, introduction: I,"
            " links: [{label: L, url: 'javascript:x'}]}]",
            "https",
        ),
        ("papers:\n" + "- {key: a, name: A, title: T, introduction: I}\n" * 2, "stands twice"),
    ],
)
def test_a_flawed_sections_file_is_named(text, message, tmp_path):
    (tmp_path / "s.yaml").write_text(text)
    with pytest.raises(ValueError, match=message):
        read_sections(tmp_path / "s.yaml")


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


def test_a_large_drawing_falls_back_to_its_png(tmp_path, monkeypatch):
    monkeypatch.setattr(figures, "MAX_SVG_BYTES", 10)
    path = tmp_path / "a.svg"
    path.write_text(SVG)
    with pytest.raises(FileNotFoundError, match=r"a\.png is missing"):
        figures.embed(path)
    (tmp_path / "a.png").write_bytes(png(300, 150, dpi=11811))  # 300 dots per inch
    picture = figures.embed(path)
    assert picture.uri.startswith("data:image/png")
    assert (picture.width, picture.height) == (154, 77)
    assert "a.svg" in picture.note


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
        ("rmse", "published"),
        ("rmse", "this run"),
        ("n", "published"),
        ("n", "this run"),
    ]
    assert view.groups == (("model", 1, False), ("rmse", 2, True), ("n", 2, True))
    assert view.rows[0] == [
        ("RM", False),
        ("2222.4", True),
        ("2222.41", True),
        ("3108", True),
        ("3108", True),
    ]
    assert [text for text, _ in view.rows[1]] == ["X", "", "0.50", "", "7"]


def test_an_empty_published_column_is_left_out(tmp_path):
    view = table_of(tmp_path, "rmse,published_rmse\n1.5,\n2.5,\n")
    assert [(c.header, c.part) for c in view.columns] == [("rmse", "")]
    assert not view.paired


def test_columns_are_chosen_and_named_with_their_unit(tmp_path):
    text = "a,area_km2,published_area_km2\nx,1.25,1.2\n"
    view = table_of(tmp_path, text, columns={"area_km2": "Area (km²)"})
    assert view.groups == (("Area (km²)", 2, True),)
    with pytest.raises(ValueError, match=r"columns \['b'\]"):
        table_of(tmp_path, text, columns={"b": "B"})


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("0.042133712", "0.042134"),
        ("39485956", "39485956"),
        ("39485956.4", "39485956"),
        ("06037", "06037"),
        ("0.540", "0.540"),
        ("1_000", "1_000"),
        ("True", "yes"),
        ("nan", "nan"),
    ],
)
def test_cells_keep_codes_and_round_long_decimals(raw, shown, tmp_path):
    assert table_of(tmp_path, f"x\n{raw}\n").rows[0][0][0] == shown


def test_long_tables_are_cut_on_the_page_and_large_files_not_copied(tmp_path, monkeypatch):
    view = table_of(tmp_path, "x\n" + "1\n" * 500)
    assert (len(view.rows), view.n_rows) == (tables.MAX_ROWS, 500)
    assert base64.b64decode(view.uri.partition(",")[2]).decode().count("\n") == 501
    monkeypatch.setattr(tables, "MAX_LINK_BYTES", 3)
    assert table_of(tmp_path, "x\n1\n2\n").uri == ""


@pytest.mark.parametrize(
    ("text", "key"),
    [("2105.9", "2105.9"), ("planted 1.1", "1.1"), ("−3 %", "-3.0"), ("", ""), ("many", "")],
)
def test_columns_sort_by_the_first_number(text, key):
    assert sort_key(text) == key


def test_versions_and_commit_are_found_only_where_they_are(tmp_path):
    assert list(versions(("numpy", "no-such-package"))) == ["Python", "numpy"]
    assert commit(tmp_path) == ""
