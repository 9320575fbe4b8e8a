"""The claims ledger passes no claim over, believes no verdict without a reason, loses no text."""

import math
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from movelaws import claims
from movelaws.claims import compare, compare_many, ledger, not_testable, statement

CLAIMS = pd.DataFrame(
    [
        ("A1", "alpha", "Table 1", "us", "number of zones", "3108"),
        ("A2", "alpha", "Table 2", "us", "errors", "alpha_errors.csv"),
        ("B1", "beta", "Fig 1", "all", "an ordering", "a < b"),
    ],
    columns=["id", "paper", "where", "dataset", "claim", "expected"],
)
LEFT_OUT = {"alpha": "not in this run", "beta": "no such data"}


def test_every_claim_has_a_row_and_keeps_its_place():
    found = [compare("A2", "england", 5, 5, absolute=0), compare("A2", "us", 4, 4, absolute=0)]
    table = ledger(CLAIMS, found, LEFT_OUT)
    assert list(table.columns) == list(claims.LEDGER_COLUMNS)
    assert table["id"].tolist() == ["A1", "A2", "A2", "B1"]
    assert table["verdict"].tolist() == ["not testable", "reproduced", "reproduced", "not testable"]
    assert table.loc[3, "reason"] == "no such data"
    assert table.loc[0, "published"] == "3108"


def test_a_reason_for_one_claim_goes_before_that_of_its_paper():
    table = ledger(CLAIMS, [], LEFT_OUT | {"A2": "needs the search"}).set_index("id")
    assert table.loc["A2", "reason"] == "needs the search"
    assert table.loc["A1", "reason"] == "not in this run"
    assert table.loc["A2", "published"] == "Table 2 (values in the repository)"


def test_files_of_expected_values_become_the_table_they_were_copied_from():
    expected = {"A1": "alpha_errors.csv within 0.01", "A2": "a/b.csvs", "B1": "1.0.csv x"}
    table = ledger(CLAIMS.assign(expected=CLAIMS["id"].map(expected)), [], LEFT_OUT)
    assert table["published"].tolist() == [
        "Table 1 (values in the repository) within 0.01",
        "a/b.csvs",
        "1.0.csv x",
    ]


def test_a_claim_nobody_answers_for_is_an_error():
    with pytest.raises(ValueError, match="claim B1 of beta has no finding"):
        ledger(CLAIMS, [], {"alpha": "not in this run"})


@pytest.mark.parametrize(
    ("findings", "left_out", "message"),
    [
        ([not_testable("Z9", "us", "why")], {}, "'Z9' on 'us': no such claim"),
        ([not_testable("A1", "us", "why")] * 2, {}, "A1 on 'us' stands twice"),
        ([], {"gamma": "why"}, r"left_out names \['gamma'\]"),
    ],
)
def test_unknown_and_duplicate_entries_are_errors(findings, left_out, message):
    with pytest.raises(ValueError, match=message):
        ledger(CLAIMS, findings, LEFT_OUT | left_out)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"verdict": "maybe"}, "verdict 'maybe' is none of"),
        ({"verdict": "differs"}, "'differs' needs a reason"),
        ({"verdict": "not testable", "reason": "  "}, "'not testable' needs a reason"),
        ({"evidence": "/etc/passwd"}, "below the results of the run"),
        ({"evidence": "../../secret.csv"}, "below the results of the run"),
        ({"published": "planted 1.1"}, "marked \\(synthetic\\)"),
        ({"reproduced": 3.0}, "reproduced = 3.0 is not text"),
        ({"dataset": ""}, "must not be empty"),
    ],
)
def test_a_flawed_finding_is_named(change, message, tmp_path):
    flawed = replace(compare("A1", "us", 1, 1, absolute=0), **change)
    with pytest.raises(ValueError, match=message):
        ledger(CLAIMS, [flawed], LEFT_OUT)
    with pytest.raises(ValueError, match=message):
        claims.write_findings([flawed], tmp_path / "claims.csv")


def test_relative_tolerance_counts_in_shares_of_the_published_number():
    inside = compare("A1", "us", "2105.9", 2107.9, relative=0.001)
    outside = compare("A1", "us", "2105.9", 2108.1, relative=0.001, reason="known")
    assert (inside.verdict, inside.reason, inside.tolerance) == ("reproduced", "", "0.1 %")
    assert outside.verdict == "differs"
    assert outside.reason == "off by 0.1 %; known"


def test_absolute_tolerance_counts_in_the_unit_and_its_edge_is_inside():
    assert compare("A1", "us", 0.5, 0.6, absolute=0.1).verdict == "reproduced"
    assert compare("A1", "us", 0.5, 0.61, absolute=0.1).verdict == "differs"
    assert compare("A1", "us", 2105.9, 2106.0, absolute=0.1).verdict == "reproduced"
    assert compare("A1", "us", 3108, 3108, absolute=0).tolerance == "exact"
    assert compare("A1", "us", 3108, 3107, absolute=0).reason == "off by 1"


@given(
    st.floats(-1e9, 1e9).filter(lambda x: abs(x) > 1e-6), st.floats(1e-9, 0.5), st.floats(0.01, 0.9)
)
def test_the_verdict_depends_only_on_the_ratio_for_relative_tolerances(value, tolerance, excess):
    inside = compare("A1", "us", value, value * (1 + tolerance * 0.999), relative=tolerance)
    outside = compare("A1", "us", value, value * (1 + tolerance + excess), relative=tolerance)
    assert (inside.verdict, outside.verdict) == ("reproduced", "differs")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_never_agrees(value):
    found = compare("A1", "us", 1, value, relative=0.5)
    assert (found.verdict, found.reason) == ("differs", "no finite number came out")


@pytest.mark.parametrize(
    ("tolerance", "message"),
    [
        ({}, "exactly one tolerance"),
        ({"relative": 0.1, "absolute": 0.1}, "exactly one tolerance"),
        ({"absolute": -1}, "finite and >= 0"),
        ({"relative": math.nan}, "finite and >= 0"),
    ],
)
def test_a_comparison_needs_one_sensible_tolerance(tolerance, message):
    with pytest.raises(ValueError, match=message):
        compare("A1", "us", 1, 1, **tolerance)


def test_what_is_published_must_be_a_number():
    with pytest.raises(ValueError, match="published = 'about 3' is no finite number"):
        compare("A1", "us", "about 3", 3, absolute=1)


def test_several_numbers_agree_only_together_and_the_reason_names_the_strays():
    numbers = {"GMPow": ("1337.7", 1337.74), "RM": ("2222.4", 2300.0)}
    found = compare_many("A1", "us", numbers, relative=0.001)
    assert found.verdict == "differs"
    assert found.reason == "RM off by 3.5 %"
    assert found.published == "GMPow 1337.7; RM 2222.4"
    assert found.reproduced == "GMPow 1337.74; RM 2300.0"
    with pytest.raises(ValueError, match="no numbers to compare"):
        compare_many("A1", "us", {}, relative=0.001)


def test_a_synthetic_world_compares_with_what_was_planted():
    found = compare("A1", "us", 1.1, 1.102, relative=0.02, synthetic=True)
    assert (found.published, found.dataset) == ("planted 1.1", "us (synthetic)")
    told = statement("B1", "us (synthetic)", "a < b", "1 < 2", True, synthetic=True)
    assert (told.published, told.dataset) == ("planted a < b", "us (synthetic)")


def test_a_statement_that_fails_says_why():
    with pytest.raises(ValueError, match="needs a reason"):
        statement("B1", "us", "a < b", "2 > 1", False)
    failed = statement("B1", "us", "a < b", "2 > 1", False, reason="too few zones")
    assert (failed.verdict, failed.reason) == ("differs", "too few zones")
    assert statement("B1", "us", "a < b", "1 < 2", True, reason="unused").reason == ""


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=30)


@given(TEXT, TEXT.filter(str.strip))
def test_findings_come_back_from_their_file_unchanged(tmp_path_factory, reproduced, reason):
    path = tmp_path_factory.mktemp("findings") / "claims.csv"
    found = [
        replace(not_testable("A1", "us", reason), reproduced=reproduced),
        compare("A2", "NA", "0.540", 0.5404, absolute=0.001, evidence="alpha/figures/a.svg"),
    ]
    claims.write_findings(found, path)
    assert claims.read_findings(path) == found


def test_files_without_their_columns_are_named(tmp_path):
    path = tmp_path / "claims.csv"
    path.write_text("id,paper\nA1,alpha\n")
    with pytest.raises(ValueError, match="missing columns where"):
        claims.read_claims(path)
    with pytest.raises(ValueError, match="missing columns dataset"):
        claims.read_findings(path)


@pytest.mark.parametrize(
    ("ids", "message"), [(["A1", "A1"], "stands twice"), (["A1", ""], "row 2")]
)
def test_claims_have_unique_ids(ids, message, tmp_path):
    path = tmp_path / "claims.csv"
    CLAIMS.head(2).assign(id=ids).to_csv(path, index=False)
    with pytest.raises(ValueError, match=message):
        claims.read_claims(path)


def test_the_published_claims_are_complete(root):
    table = claims.read_claims(root / "config" / "published" / "claims.csv")
    papers = ["lagrangian", "symbolic", "pairdist", "inequality", "choice"]
    assert table["paper"].drop_duplicates().tolist() == papers
    assert (table != "").all(axis=None)
    whole = ledger(table, [], dict.fromkeys(papers, "not in this run"))
    assert len(whole) == len(table)


def test_markdown_holds_every_row_and_survives_hostile_text():
    found = [not_testable("A1", "us", "a | b\n<script>alert(1)</script>")]
    text = claims.to_markdown(ledger(CLAIMS, found, LEFT_OUT))
    assert "0 reproduced, 0 differs, 3 not testable." in text
    assert r"a \| b &lt;script&gt;alert(1)&lt;/script&gt;" in text
    rows = [line for line in text.splitlines() if line.startswith("| A") or line.startswith("| B")]
    assert len(rows) == 3
