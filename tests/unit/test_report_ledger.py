"""The ledger leads somewhere, folds the untestable, and calls nothing synthetic reproduced."""

import re

import pandas as pd
import pytest

from movelaws.claims import ledger, not_testable
from movelaws.report import build
from movelaws.report.ledger_page import first_sentence, sort_key
from movelaws.report.page import _thousands
from tests.unit.report_parts import Page, small_run


@pytest.fixture
def run(tmp_path):
    return small_run(tmp_path)


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
    assert row_classes(html) == ["reproduced", "differs", "untestable", "untestable"]
    for symbol, verdict in (("✓", "reproduced"), ("≠", "differs"), ("–", "not testable")):
        assert f'<span aria-hidden="true">{symbol}</span> {verdict}' in html


def row_classes(html):
    return re.findall(r'<tr role="row" id="[^"]+" class="(\w+)"', html)


def row(html, anchor):
    return re.search(rf'<tr role="row" id="{anchor}".*?</tr>', html, re.DOTALL)[0]


def test_a_planted_value_is_recovered_and_never_called_reproduced(run):
    table = run["ledger"]
    planted = table["dataset"] == "toy (synthetic)"
    table.loc[planted, ["reproduced", "verdict", "reason"]] = ["1", "reproduced", ""]
    html = build(**run)
    assert row_classes(html)[:2] == ["reproduced", "recovered"]
    mine = row(html, "claim-row-2")
    assert "◆</span> recovered</span>" in mine
    assert "reproduced" not in mine
    assert "A planted value was recovered." in mine
    assert "The paper's own claim is not tested." in mine
    tiles = re.findall(r'data-verdict="([^"]+)" aria-pressed.*?count">(\d+)<', html, re.DOTALL)
    expected = [("reproduced", "1"), ("recovered", "1"), ("differs", "0"), ("not testable", "2")]
    assert tiles == expected
    table.loc[planted, "dataset"] = "toy"
    html = build(**run | {"ledger": table[~planted]})
    assert "recovered (synthetic)" not in html, "no such verdict without a synthetic world"


def test_untestable_rows_with_one_reason_fold_into_a_line(run):
    long = "The file is not public. " + "Ask the author for it, and wait. " * 8
    claims = pd.DataFrame(
        [[f"A{k}", "alpha", "Fig 1", d, "c", "x"] for k, d in enumerate("ijk")]
        + [["B1", "beta", "Fig 2", "us", "c", "x"]],
        columns=["id", "paper", "where", "dataset", "claim", "expected"],
    )
    found = [not_testable("B1", d, long) for d in ("us", "england")]
    table = ledger(claims, found, {"alpha": "no chapter", "A2": "odd"})
    html = build(**run | {"ledger": table})
    names = re.findall(r'<span class="fold-name">(.*?)</span>', html)
    assert names == ["2 claims of Alpha", "1 claim on 2 datasets of Beta"]
    folds = re.findall(r'<tbody role="rowgroup" class="fold".*?</tbody>', html, re.DOTALL)
    assert [re.findall(r'id="(claim-[^"]+)"', fold) for fold in folds] == [
        ["claim-A0", "claim-A1"],
        ["claim-B1", "claim-row-4"],
    ]
    assert "<small>no chapter</small>" in folds[0]
    assert "<small>The file is not public.</small><details>" in folds[1]
    assert folds[1].count("Ask the author") == 8, "the reason stands once, in the line that folds"
    assert html.index('id="claim-A2"') < html.index('class="fold-name"'), (
        "a reason of its own: a plain row"
    )
    assert "hidden" not in Page(folds[0]).elements[0][1], "without scripts every row is in view"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("short. And whole", ("short. And whole", "")),
        ("A b.csv. " + "C" * 150, ("A b.csv.", "C" * 150)),
        ("a" * 100 + "; " + "b" * 100, ("a" * 100 + ";", "b" * 100)),
        ("a" * 200, ("a" * 200, "")),
    ],
)
def test_long_reasons_show_their_first_sentence(text, parts):
    lead, rest = first_sentence(text)
    assert (lead, rest) == parts


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("units 3108; pairs 131391", "units 3,108; pairs 131,391"),
        ("RMSE 2105.85 in 2016, ACS 2011-2015", "RMSE 2,105.85 in 2016, ACS 2011-2015"),
        ("data/12345/x 0.12345 06037 EPSG:5070", "data/12345/x 0.12345 06037 EPSG:5070"),
    ],
)
def test_long_numbers_in_the_ledger_get_separators(text, shown):
    assert _thousands(text) == shown


@pytest.mark.parametrize(
    ("text", "key"),
    [("2105.9", "2105.9"), ("planted 1.1", "1.1"), ("−3 %", "-3.0"), ("", ""), ("many", "")],
)
def test_columns_sort_by_the_first_number(text, key):
    assert sort_key(text) == key
