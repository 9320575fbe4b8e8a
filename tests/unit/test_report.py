"""The report needs nothing but itself, escapes every text, and says what it lacks."""

import base64
import hashlib
import json
import re

import pandas as pd
import pytest

from movelaws.report import LeftOut, build
from movelaws.report.items import items_from, left_out_from
from movelaws.report.made import commit, versions
from movelaws.report.repairs import read_notes
from tests.unit.report_parts import EVIL, SVG, Page, item, small_run


@pytest.fixture
def run(tmp_path):
    return small_run(tmp_path)


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
    notes = {EVIL: {EVIL: EVIL}}
    assert "<script>alert" not in build(**run, notes=notes, labels={EVIL: EVIL + "!"})
    assert "Second &lt;paper&gt; &amp; more" in html
    assert "no &lt;b&gt;data&lt;/b&gt;" in html


def test_every_inner_link_arrives_and_ids_are_unique(run):
    page = Page(build(**run))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    inner = [href for href in page.values("href") if href.startswith("#")]
    targets = {href[1:].partition("?")[0] for href in inner}
    assert targets <= set(ids)


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


def test_a_paper_without_items_lists_what_was_left_out(run):
    run["left_out"] = [LeftOut("guangdong", "not public", "alpha"), LeftOut("bth", "gone", "alpha")]
    html = build(**run | {"items": [], "ledger": run["ledger"].iloc[:0]})
    section = re.search(r'<section id="paper-alpha".*?</section>', html, re.DOTALL)[0]
    assert "No figures or tables of this paper" in section
    for case, reason in (("guangdong", "not public"), ("bth", "gone")):
        assert f"<dt>{case}</dt><dd>{reason}</dd>" in section


def test_a_paper_without_items_and_cases_gives_the_reasons_of_its_claims(run):
    table = pd.concat([run["ledger"].iloc[[0]].assign(id=k) for k in ("A1", "A2")])
    html = build(**run | {"items": [], "ledger": table.assign(reason="no chapter yet")})
    section = re.search(r'<section id="paper-alpha".*?</section>', html, re.DOTALL)[0]
    assert "<li>2 claims of Alpha: no chapter yet" in section


def test_own_data_have_a_page_of_their_own(run):
    own = [item(source="own", title="Zones (Table 1)"), item(path="beta/figures/b.svg")]
    (run["folder"] / "beta" / "figures" / "b.svg").write_text(SVG)
    mixed = build(**run | {"items": own})
    assert ">Own data<" in mixed
    assert "Five papers" in mixed
    html = build(**run | {"items": own[:1]})
    assert "<h1>Flow models on own data</h1>" in html
    assert "Zones (Table 1)" not in html
    assert ">Zones<" in html.replace("</span> Zones", "</span>>Zones")
    assert 'id="paper-alpha"' not in html, "a paper of which nothing is shown"
    assert html.index('id="paper-beta"') < html.index('id="claims"') < html.index('id="made"')
    inner = {href[1:].partition("?")[0] for href in Page(html).values("href") if href[0] == "#"}
    assert inner <= set(Page(html).values("id"))


def test_every_item_says_its_rule_and_file_and_the_contents_name_the_dataset(run):
    run["items"] = [item(rule="beta_map", label="US counties"), run["items"][1]]
    html = build(**run)
    assert "Made by the rule <b>beta_<wbr>map</b>: beta/<wbr>figures/<wbr>map.svg" in html
    assert "File: beta/<wbr>fits.csv" in html
    contents = re.search(r'<details class="contents">.*?</details>', html, re.DOTALL)[0]
    assert "A map: US counties</a>" in contents


def test_what_was_repaired_stands_in_a_table_per_dataset(run, tmp_path):
    notes = {}
    for dataset, entries in (("us", {"flows_within": 25537.0, "unit": "returns"}), ("none", {})):
        path = tmp_path / "od" / dataset / "notes.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(entries))
        notes |= read_notes([path])
    html = build(**run, notes=notes, labels={"us": "US counties"})
    part = html[html.index('id="repaired"') :]
    assert "<caption>US counties <span" in part
    assert '<tr><th scope="row">Flows within</th><td>25,537</td></tr>' in part
    assert part.count("<caption>") == 3, "a dataset without notes has no table"
    assert 'id="repaired"' not in build(**run)
    path.write_text("[]")
    with pytest.raises(ValueError, match="expected an object"):
        read_notes([path])
    path.write_text("{}")
    with pytest.raises(ValueError, match="already"):
        read_notes([path, path])


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
        ({"source": "hearsay"}, "source 'hearsay' is none of"),
        ({"source": "own", "synthetic": True}, "contradicts source 'own'"),
        ({"confidence": 95}, "not between 0 and 1"),
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


def test_versions_and_commit_are_found_only_where_they_are(tmp_path):
    assert list(versions(("numpy", "no-such-package"))) == ["Python", "numpy"]
    assert commit(tmp_path) == ""
