"""What the config of paper 1 must hold beyond its schema."""

import copy

import pytest
import yaml

from movelaws.lagrangian.settings import check_lagrangian, chosen


@pytest.fixture
def section(root):
    text = (root / "config" / "config.yaml").read_text(encoding="utf-8")
    return copy.deepcopy(yaml.safe_load(text))


def test_the_default_is_sound(section):
    check_lagrangian(section["lagrangian"], section["lattices"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s["cities"]["helsinki"].update(dataset="helsinky"), "helsinki.dataset"),
        (lambda s: s["cities"].update(alpha1_h0=None), "alpha1_h0.*choose another"),
        (lambda s: s["cities"].update(figures=None), "'figures' would share paths"),
        (lambda s: s["cities"]["helsinki"].update(forecasts=[["a", "a"]]), "give two days"),
        (lambda s: s.update(cases=["helsinky"]), "lagrangian.cases.*helsinki"),
        (lambda s: s["forecast"].update(cases=["helsinky"]), "forecast.cases"),
        (lambda s: s["forecast"].update(variants=["fully"]), "forecast.variants"),
        (lambda s: s["seeds"].update(cases=["nowhere"]), "seeds.cases"),
    ],
)
def test_a_wrong_name_is_named(section, change, message):
    change(section["lagrangian"])
    with pytest.raises(ValueError, match=message):
        check_lagrangian(section["lagrangian"], section["lattices"])


def test_a_run_takes_the_cases_it_asks_for():
    entries = {"a": {"x": 1}, "b": None, "c": {"x": 2}}
    assert list(chosen(entries, "all")) == ["a", "c"]
    assert list(chosen(entries, ["c", "b"])) == ["c"]
    assert chosen(entries, []) == {}
