"""Chapters: answers at the head, subheadings in their order, contents that lead to each."""

import re

import pandas as pd
import pytest
import yaml

from movelaws.report import build, read_sections
from movelaws.report.answers import read_answers
from movelaws.report.chapters import arranged, numbers
from tests.unit.report_parts import EVIL, SECTIONS, SVG, Page, item, small_run

CHAPTERS = ("lagrangian", "symbolic", "pairdist", "inequality", "choice")
PARTS = """    parts:
      - {key: flows, title: "The <flows>", text: "Who *goes*."}
      - {key: fits, title: Fits}
      - {key: never, title: Nothing of this is shown}
"""


def papers_of(tmp_path, parts=PARTS):
    path = tmp_path / "sections.yaml"
    path.write_text(SECTIONS + parts)
    return read_sections(path)


@pytest.fixture
def run(tmp_path):
    """A chapter with two parts; its items are given in another order than they are shown."""
    run = small_run(tmp_path)
    figures = tmp_path / "beta" / "figures"
    for name in ("loose", "second"):
        (figures / f"{name}.svg").write_text(SVG)
    answers = pd.DataFrame({"question": [EVIL, "So?"], "answer": ["Yes. " * 100, "1e-06 of it."]})
    answers.to_csv(tmp_path / "beta" / "answers.csv", index=False)
    return run | {
        "papers": papers_of(tmp_path),
        "items": [
            item(kind="table", path="beta/fits.csv", title="Table", part="fits"),
            item(path="beta/figures/map.svg", part="flows"),
            item(path="beta/figures/second.svg", title="Another", part="flows", dataset="uk"),
            item(path="beta/figures/loose.svg", title="Loose"),
            item(kind="table", path="beta/answers.csv", title="In short", layout="answers"),
        ],
    }


def chapter(html):
    return re.search(r'<section id="paper-beta".*?</section>', html, re.DOTALL)[0]


def test_items_are_arranged_by_paper_answers_and_part_and_keep_their_order_within(run):
    items = arranged([*run["items"], item(paper="alpha", path="a/x.svg")], run["papers"])
    assert [entry.stem.rpartition("/")[2] for entry in items] == [
        *("x", "answers", "loose", "map", "second", "fits")
    ]
    assert list(numbers(items, run["papers"]).values()) == [
        *("Figure 1.1", "Answers 2", "Figure 2.1", "Figure 2.2", "Figure 2.3", "Table 2.1")
    ]


def test_a_chapter_shows_its_answers_then_its_parts_in_their_order(run):
    section = chapter(build(**run))
    found = re.findall(r"<h([34])[^>]*>(.*?)</h\1>", section)
    plain = [(level, re.sub("<[^>]*>", "", text).split()) for level, text in found]
    assert [(level, " ".join(words)) for level, words in plain] == [
        ("3", "In short"),
        ("3", "Figure 2.1 Loose"),
        ("3", "2.1 The &lt;flows&gt;"),
        ("4", "Figure 2.2 A map"),
        ("4", "Figure 2.3 Another"),
        ("3", "2.2 Fits"),
        ("4", "Table 2.1 Table"),
        ("3", "Left out of this run"),
    ]
    assert "Who <em>goes</em>." in section
    assert "Nothing of this is shown" not in section
    assert section.index('class="answers"') < section.index('class="contents"')


def test_the_contents_lead_to_every_chapter_and_part_shown(run):
    html = build(**run)
    contents = re.search(r'<nav id="contents".*?</nav>', html, re.DOTALL)[0]
    assert html.index('id="contents"') < html.index('id="claims"') < html.index('id="paper-alpha"')
    targets = re.findall(r'href="#([^"]+)"', contents)
    assert targets == [
        "paper-alpha",
        "paper-beta",
        "item-beta-answers",
        "part-beta-flows",
        "part-beta-fits",
        "claims",
        "made",
    ]
    assert set(targets) <= set(Page(html).values("id"))
    assert "The &lt;flows&gt;" in contents


def test_answers_stand_as_questions_with_what_is_long_folded(run):
    html = build(**run)
    shown = re.search(r'<figure id="item-beta-answers".*?</figure>', html, re.DOTALL)[0]
    assert "<table" not in shown
    assert shown.count("<dt>") == 2
    assert "<script>" not in shown
    assert "<dd><p>Yes.</p><details><summary>more</summary><p>Yes.</p>" in shown
    assert "<dd><p>1×10⁻⁶ of it.</p></dd>" in shown
    assert 'download="answers.csv"' in shown
    assert ">Real data<" in shown, "answers too say where they come from"


def test_claims_lead_to_the_answers(run):
    run["ledger"].loc[0, "evidence"] = "beta/answers.csv"
    run["ledger"].loc[0, "paper"] = "beta"
    assert 'href="#item-beta-answers">Answers 2<' in build(**run)


def test_the_caption_of_a_like_figure_is_folded_and_says_where_it_stands(run):
    section = chapter(build(**run))
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", section, re.DOTALL)
    folded = "<details><summary>Caption, as of Figure 2.2</summary><p>A caption on uk.</p>"
    assert [caption.startswith("<details>") for caption in captions] == [False] * 3 + [True, False]
    assert captions[3].startswith(folded)


def test_parts_of_which_nothing_is_shown_take_no_number(run):
    run["items"] = run["items"][:1]
    section = chapter(build(**run))
    assert 'id="part-beta-flows"' not in section
    assert '<span class="number">2.1</span> Fits' in section


def test_an_unknown_part_is_named_with_the_known(run):
    run["items"] = [item(part="flaws")]
    with pytest.raises(ValueError, match=r"'flaws' is none of those .* beta: flows, fits, never"):
        build(**run)
    with pytest.raises(ValueError, match=r"to alpha: none"):
        build(**run | {"items": [item(paper="alpha", part="flows")]})


@pytest.mark.parametrize("change", [{"layout": "list"}, {"layout": "answers"}])
def test_only_a_table_has_the_layout_of_answers(change):
    with pytest.raises(ValueError, match="may have the layout 'answers'"):
        item(**change)


def test_answers_need_their_columns(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text("question,reply\na,b\n")
    with pytest.raises(ValueError, match=r"answers\.csv: .* answer is missing"):
        read_answers(path)


def test_sentences_end_where_a_new_one_begins(tmp_path):
    path = tmp_path / "answers.csv"
    text = f"In a.csv 0.5. {'b' * 400} (n = -5). With p = 0.1. no end"
    pd.DataFrame({"question": ["q"], "answer": [text]}).to_csv(path, index=False)
    (answer,) = read_answers(path)
    assert " ".join((answer.lead, *answer.rest)) == text
    assert answer.rest == ("With p = 0.1. no end",)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ("    parts: [{key: a}]", "a part has a key, a title"),
        ("    parts: [{key: a, title: A, colour: red}]", "a part has a key, a title"),
        ("    parts: [{key: A b, title: A}]", "small letters"),
        ("    parts: [{key: a, title: A}, {key: a, title: B}]", "part 'a' stands twice"),
    ],
)
def test_a_flawed_part_is_named(parts, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        papers_of(tmp_path, parts)


def test_the_text_of_a_part_holds_nothing_but_text(run, tmp_path):
    script = '    parts: [{key: flows, title: F, text: "`x <javascript:alert(1)>`_"}]'
    papers = papers_of(tmp_path, script)
    with pytest.raises(ValueError, match=r"part flows of beta: .*only https"):
        build(**run | {"papers": papers, "items": [item(part="flows")]})


@pytest.mark.parametrize("paper", CHAPTERS)
def test_every_result_of_the_project_stands_in_a_part_in_the_order_of_the_chapter(root, paper):
    folder = root / "workflow" / "report"
    listed = yaml.safe_load((folder / f"{paper}.yaml").read_text(encoding="utf-8"))
    (mine,) = [entry for entry in read_sections(folder / "sections.yaml") if entry.key == paper]
    first, *others = listed
    assert (first["path"], first["layout"]) == ("answers.csv", "answers")
    used = list(dict.fromkeys(entry["part"] for entry in others))
    assert used == [part.key for part in mine.parts]
    assert [entry["part"] for entry in others] == sorted(
        (entry["part"] for entry in others), key=used.index
    ), "entries of one part stand together"
    assert len({part.title for part in mine.parts}) == len(mine.parts)
    assert all(part.text.endswith((".", "?")) for part in mine.parts)
