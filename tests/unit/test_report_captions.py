"""Captions and introductions hold harmless text that fits what is shown."""

import re
from types import SimpleNamespace

import pytest
from jinja2 import Environment

from movelaws.report import read_sections
from movelaws.report.captions import render_caption, render_rst
from tests.unit.report_parts import item


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


def paper_2(root, **change):
    """Text of each caption of paper 2 for an item, by name."""
    shown = {}
    for path in captions(root):
        if path.name.startswith("symbolic_"):
            html = render_caption(path.read_text(encoding="utf-8"), item(**change), path.name)
            assert html.startswith("<p><strong>")
            shown[path.stem.removeprefix("symbolic_")] = re.sub(r"\s+", " ", html)
    assert len(shown) >= 7
    return shown


def test_captions_of_paper_2_say_when_the_data_are_synthetic(root):
    for synthetic in (False, True):
        for html in paper_2(root, synthetic=synthetic).values():
            assert ("synthetic" in html) == synthetic


def test_captions_on_own_data_speak_neither_of_the_paper_s_numbers_nor_of_commuters(root):
    shown = paper_2(root, source="own", unit="trips")
    del shown["differences"]  # a table of published numbers only
    for name, html in shown.items():
        for word in ("published", "agree exactly", "Table", "commut", "synthetic"):
            assert word not in html, (name, word)
    assert "trips" in shown["baselines"]


def test_captions_explain_only_what_is_shown(root):
    shown = paper_2(root, models=["flow", "GMPow", "RM"], readings=["ellipsoid"], confidence=0.9)
    for name in ("flow_map", "baselines", "calibration"):
        assert "GMPow" in shown[name]
        assert not re.search("GMExp<|IO<|RMExt|lies in between", shown[name]), name
    assert "90 %" in shown["calibration"]
    assert "90 %" in shown["baselines"]
    assert "<dt>ellipsoid</dt>" in shown["sensitivity"]
    assert shown["sensitivity"].count("<dt>") == 1
    everything = paper_2(root)
    assert everything["sensitivity"].count("<dt>") == 7
    assert "RMExt" in everything["calibration"]
    assert "95 %" in everything["calibration"]


def test_the_decay_of_a_planted_law_explains_why_it_lies_below_the_points(root):
    assert (
        "Only flows of at least 3 are recorded"
        in paper_2(root, synthetic=True, min_flow=3)["decay"]
    )


def test_captions_need_no_field_that_a_rule_may_not_have(root):
    """``snakemake --report`` offers the params of the rule and no more; jinja forgives that."""
    for path in captions(root):
        source = path.read_text(encoding="utf-8")
        bare = SimpleNamespace(params=SimpleNamespace(), wildcards=SimpleNamespace())
        assert "<p>" in render_rst(Environment().from_string(source).render(snakemake=bare))


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
