"""The embedded default from raw bytes to report, and what a change reruns."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from tests.running import run_snakemake


@pytest.fixture
def embedded_copy(embedded, tmp_path) -> Path:
    """A finished run that a test may change; time stamps are kept."""
    return Path(shutil.copytree(embedded, tmp_path / "run", symlinks=True))


def planned(folder: Path, *arguments: str) -> set[str]:
    """Rules that Snakemake would run now."""
    done = run_snakemake(folder, "--dry-run", "--cores", "1", *arguments)
    assert done.returncode == 0, done.stdout[-3000:]
    table = re.search(r"Job stats:\n.*?\n-+\s+-+\n(.*?)\ntotal", done.stdout, re.S)
    return {line.split()[0] for line in table[1].splitlines()} if table else set()


def test_the_stable_outputs_are_there(embedded):
    run = embedded / "results" / "demo"
    table = pd.read_csv(run / "symbolic" / "baselines.csv")
    first = ["dataset", "model", "parameter", "rmse", "cpc", "published_rmse", "published_cpc"]
    assert list(table.columns[: len(first)]) == first
    assert set(table["source"]) == {"synthetic"}
    assert table["published_rmse"].isna().all()  # a synthetic world is not the paper's country
    for dataset in table["dataset"].unique():
        for suffix in ("svg", "png"):
            figure = run / "symbolic" / "figures" / f"{dataset}_flow_map.{suffix}"
            assert figure.stat().st_size > 10_000
    assert (run / "report.html").stat().st_size > 100_000


def test_the_planted_laws_are_recovered(embedded):
    ledger = pd.read_csv(embedded / "results" / "demo" / "claims.csv")
    planted = ledger[ledger["published"].astype(str).str.startswith("planted")]
    assert len(planted) >= 6
    assert (planted["verdict"] == "reproduced").all(), planted.to_string()


def test_every_claim_of_the_papers_has_a_verdict(embedded):
    ledger = pd.read_csv(embedded / "results" / "demo" / "claims.csv")
    claims = pd.read_csv(embedded / "config" / "published" / "claims.csv")
    assert set(ledger["id"]) == set(claims["id"])
    assert set(ledger["verdict"]) <= {"reproduced", "differs", "not testable"}
    assert ledger.loc[ledger["verdict"] != "reproduced", "reason"].notna().all()


def test_logs_are_not_empty(embedded):
    logs = list((embedded / "logs" / "demo" / "symbolic").glob("fit-*.log"))
    assert logs
    assert all(log.stat().st_size > 0 for log in logs)


def test_a_second_run_does_nothing(embedded):
    assert planned(embedded) == set()


def test_an_edited_model_refits_what_depends_on_it(embedded_copy):
    module = embedded_copy / "scripts" / "movelaws" / "allocation" / "__init__.py"
    module.write_text(module.read_text() + "\n# changed\n")
    rules = planned(embedded_copy)
    assert {"symbolic_fit", "symbolic_tables", "report"} <= rules
    assert "prepare_od" not in rules or any(rule.startswith("synthesise") for rule in rules)


def test_an_edited_plot_style_redraws_and_refits_nothing(embedded_copy):
    module = embedded_copy / "scripts" / "movelaws" / "plotting" / "__init__.py"
    module.write_text(module.read_text() + "\n# changed\n")
    rules = planned(embedded_copy)
    assert "symbolic_figure_flow_map" in rules
    assert not rules & {"symbolic_fit", "symbolic_reading", "symbolic_tables", "prepare_od"}


def test_an_edited_setting_reruns_what_reads_it(embedded_copy):
    (embedded_copy / "mine.yaml").write_text("symbolic: {confidence: 0.9}\n")
    rules = planned(embedded_copy, "--configfile", "mine.yaml")
    assert "symbolic_fit" in rules
    assert not rules & {"prepare_od", "symbolic_reading"}


def test_one_figure_can_be_made_alone(embedded_copy):
    target = "results/demo/symbolic/figures/us_county_commuting_flow_map.svg"
    (embedded_copy / target).unlink()
    assert planned(embedded_copy, target) == {"symbolic_figure_flow_map"}


def test_equal_seeds_give_equal_bytes_on_one_core_and_two(embedded, checkout):
    done = run_snakemake(checkout, "--cores", "1", "symbolic")
    assert done.returncode == 0, done.stdout[-3000:]
    ours, theirs = (f / "results" / "demo" / "symbolic" for f in (embedded, checkout))
    files = sorted(p.relative_to(theirs) for p in theirs.rglob("*") if p.is_file())
    assert files
    different = [str(p) for p in files if (ours / p).read_bytes() != (theirs / p).read_bytes()]
    assert different == []
