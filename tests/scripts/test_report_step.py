"""The steps of the report on a tiny run: findings in, ledger and page out."""

import importlib.util

import pandas as pd
import pytest

from movelaws import claims

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="72pt" height="36pt"></svg>'


def load(root, name):
    spec = importlib.util.spec_from_file_location(name, root / "scripts" / "report" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def published(root):
    return root / "config" / "published" / "claims.csv"


@pytest.fixture
def findings(tmp_path):
    path = tmp_path / "symbolic" / "claims.csv"
    path.parent.mkdir()
    found = claims.compare("S1", "us", 3108, 3108, absolute=0, evidence="symbolic/map.svg")
    claims.write_findings([found], path)
    return path


def left_out(published):
    papers = claims.read_claims(published)["paper"]
    return dict.fromkeys(papers, "not part of this test")


def test_the_ledger_joins_all_papers(root, published, findings):
    table = load(root, "ledger").collect(published, [findings], left_out(published))
    assert len(table) == len(claims.read_claims(published))
    assert table.set_index("id").loc["S1", "verdict"] == "reproduced"
    assert (table["verdict"] == "not testable").sum() == len(table) - 1


def test_a_claim_without_finding_or_reason_stops_the_step(root, published, findings):
    reasons = left_out(published)
    del reasons["choice"]
    with pytest.raises(ValueError, match="claim C1 of choice has no finding"):
        load(root, "ledger").collect(published, [findings], reasons)


def test_a_missing_file_of_findings_is_named(root, published, tmp_path):
    with pytest.raises(FileNotFoundError, match="absent"):
        load(root, "ledger").collect(published, [tmp_path / "absent.csv"], left_out(published))


def report_of(root, published, findings, folder, **change):
    table = load(root, "ledger").collect(published, [findings], left_out(published))
    table.to_csv(folder / "claims.csv", index=False)
    (folder / "symbolic" / "map.svg").write_text(SVG)
    pd.DataFrame({"rmse": [1.5]}).to_csv(folder / "symbolic" / "baselines.csv", index=False)
    notes = folder / "od" / "us" / "notes.json"
    notes.parent.mkdir(parents=True, exist_ok=True)
    notes.write_text('{"flows within a zone dropped": 3108}')
    shared = {"paper": "symbolic", "dataset": "us", "synthetic": True}
    items = [
        {"kind": "figure", "path": str(folder / "symbolic" / "map.svg")}
        | {"caption": "symbolic_flow_map.rst", "title": "Map", "label": "US", **shared},
        {"kind": "table", "path": str(folder / "symbolic" / "baselines.csv")}
        | {"caption": "symbolic_baselines.rst", "title": "Fits", **shared},
    ]
    arguments = {
        "folder": folder,
        "ledger": folder / "claims.csv",
        "sections": root / "workflow" / "report" / "sections.yaml",
        "items": items,
        "left_out": [{"paper": "symbolic", "case": "guangdong", "reason": "not public"}],
        "made": {"Run": "tiny", "Seed": "1"},
        "notes": [str(notes)],
        "labels": {"us": "US counties"},
    }
    return load(root, "report").report(**arguments | change)


def test_the_report_shows_the_run_with_captions_of_the_project(root, published, findings, tmp_path):
    html = report_of(root, published, findings, tmp_path)
    assert html.startswith("<!DOCTYPE html>")
    assert 'href="#item-symbolic-map">Figure 2.1<' in html
    assert "Who goes where" in html
    assert "not public" in html
    assert "<caption>US counties " in html
    assert "<td>3,108</td>" in html
    assert "<td>tiny</td>" in html
    assert str(tmp_path) not in html, "a report names no path of the machine"
    assert html == report_of(root, published, findings, tmp_path)


def test_a_figure_that_was_not_made_stops_the_step(root, published, findings, tmp_path):
    item = {"paper": "symbolic", "kind": "figure", "path": str(tmp_path / "symbolic" / "gone.svg")}
    item |= {"caption": "symbolic_decay.rst", "title": "T", "dataset": "us", "synthetic": False}
    with pytest.raises(FileNotFoundError, match=r"gone\.svg"):
        report_of(root, published, findings, tmp_path, items=[item])
    item |= {"path": str(tmp_path / "symbolic" / "map.svg"), "caption": "no_such_caption.rst"}
    with pytest.raises(FileNotFoundError, match="no_such_caption"):
        report_of(root, published, findings, tmp_path, items=[item])
