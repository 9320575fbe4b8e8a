"""What the config of paper 1 must hold beyond its schema."""

import copy

import pytest
import yaml

from movelaws.lagrangian.settings import check_lagrangian, chosen, datasets


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
        (
            lambda s: s["cities"]["helsinki"].update(forecast_dataset="helsinki_dynpob"),
            "helsinki.forecast_dataset.*did you mean 'helsinki_dynpop'",
        ),
        (lambda s: s["cities"].update(alpha1_h0=None), "alpha1_h0.*choose another"),
        (lambda s: s["cities"].update(figures=None), "'figures' would share paths"),
        (lambda s: s["cities"]["helsinki"].update(forecasts=[["a", "a"]]), "give two days"),
        (
            lambda s: s["cities"]["japan"].update(forecasts=[["0", "1"], ["0", "1"]]),
            r"japan.forecasts\[1\]: '0' to '1' is given twice",
        ),
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


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"pda": True}, r"cities.japan.options, option 'pda' is unknown; did you mean 'pad'"),
        ({"pad": "yes"}, r"cities.japan.options, option 'pad' = 'yes': give true or false"),
        ({"fill": "zero"}, "option 'fill' = 'zero': give 'carry' or 'interpolate'"),
        ({"side": 3}, r"option 'side': say it in lagrangian.cities.japan \(side\)"),
        ({"days": ["1"]}, r"option 'days': say it in lagrangian.cities.japan \(day and forecasts"),
        ({"population": 5}, "option 'population': say it in"),
    ],
)
def test_options_of_a_city_are_checked_and_override_nothing(section, given, message):
    section["lagrangian"]["cities"]["japan"]["options"] = given
    with pytest.raises(ValueError, match=message):
        check_lagrangian(section["lagrangian"], section["lattices"])


def test_fits_and_forecasts_are_both_synthetic_or_neither_is(section):
    chapter, lattices = section["lagrangian"], section["lattices"]
    city = chapter["cities"]["japan"]
    assert datasets(city) == ["yjmob"]
    city["forecast_dataset"] = "other"
    lattices["other"] = dict(lattices["yjmob"])
    check_lagrangian(chapter, lattices)
    assert datasets(city) == ["yjmob", "other"]
    lattices["other"]["source"] = "published"
    with pytest.raises(
        ValueError,
        match="forecast_dataset = 'other': its source is published, that of 'yjmob' is syn",
    ):
        check_lagrangian(chapter, lattices)


def test_a_lattice_needs_two_blocks_to_resample(section):
    chapter = section["lagrangian"]
    chapter["cities"]["japan"]["side"] = 2
    with pytest.raises(ValueError, match=r"summary.block = 2 covers .*cities.japan.side = 2: give"):
        check_lagrangian(chapter, section["lattices"])
    chapter["cases"] = ["helsinki"]  # of a case that is not run nothing is resampled
    check_lagrangian(chapter, section["lattices"])
    chapter["cities"]["helsinki"]["side"] = None  # known when its lattice is
    check_lagrangian(chapter, section["lattices"])
    chapter["cases"], chapter["summary"]["block"] = ["alpha1_h0"], 10
    with pytest.raises(ValueError, match=r"block = 10 covers .*lagrangian.reference.side = 10"):
        check_lagrangian(chapter, section["lattices"])
