import importlib.util
from pathlib import Path

import pytest

from movelaws import digest


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A stand-in package named movelaws with three modules: a imports b, c stands alone."""
    root = tmp_path / "movelaws"
    root.mkdir()
    (root / "__init__.py").write_text("")
    (root / "a.py").write_text("from movelaws import b\n")
    (root / "b.py").write_text("x = 1\n")
    (root / "c.py").write_text("")
    monkeypatch.setattr(digest, "_FOLDER", root)
    return root


def test_digest_changes_with_a_module_that_is_only_imported(package):
    before = digest.module_digest("movelaws.a")
    (package / "b.py").write_text("x = 2\n")
    assert digest.module_digest("movelaws.a") != before


def test_digest_ignores_modules_that_are_not_imported(package):
    before = digest.module_digest("movelaws.a")
    (package / "c.py").write_text("y = 1\n")
    assert digest.module_digest("movelaws.a") == before


def test_digest_does_not_depend_on_the_order_of_names(package):
    assert digest.module_digest("movelaws.a", "movelaws.c") == digest.module_digest(
        "movelaws.c", "movelaws.a"
    )


def test_a_typo_is_an_error():
    with pytest.raises(ModuleNotFoundError, match=r"movelaws\.metrix"):
        digest.module_digest("movelaws.metrix")


def test_plotting_is_not_part_of_what_the_models_depend_on():
    sources = set()
    todo = ["movelaws.symbolic.baselines"]
    while todo:
        name = todo.pop()
        if name not in sources:
            sources.add(name)
            spec = importlib.util.find_spec(name)
            todo += digest._movelaws_imports(Path(spec.origin).read_bytes())
    assert not any(name.startswith("movelaws.plotting") for name in sources)
    assert "movelaws.allocation" in sources
