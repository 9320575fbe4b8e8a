"""The step that holds towns found by density against official ones."""

import importlib.util
from pathlib import Path

import pytest

PATH = Path(__file__).resolve().parents[3] / "scripts" / "pairdist" / "definition.py"


@pytest.fixture(scope="module")
def step():
    spec = importlib.util.spec_from_file_location("pairdist_definition", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("source", "there"), [("published", True), ("own", False),
                                               ("synthetic", False)])  # fmt: skip
def test_only_published_data_are_held_against_what_the_paper_prints(step, tmp_path, source, there):
    file = tmp_path / "printed.csv"
    file.write_text("copenhagen,algorithm,nmi,ami\nmerged,DBSCAN,0.88,0.87\n")
    printed = step.printed(source, file)
    assert (printed is not None) == there
    if there:
        assert printed["nmi"].tolist() == [0.88]
