import pytest

from movelaws.pairdist.settings import RESERVED, check_pairdist, taken_by_no_part
from movelaws.runs import datasets

POINTS, BINS = {"island": {}, "city": {}}, {"authors": {}}
SECTION = {
    "datasets": ["island"],
    "bins": "authors",
    "growth": {"datasets": "all"},
    "geographies": {"dataset": "island"},
    "absent": {},
}


def test_a_section_whose_names_are_known_passes():
    check_pairdist(SECTION, POINTS, BINS)
    check_pairdist(SECTION | {"datasets": [], "bins": "none"}, POINTS, BINS)


def test_a_part_may_name_a_point_set_that_the_chapter_leaves_out():
    check_pairdist(SECTION | {"datasets": ["city"]}, POINTS, BINS)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"datasets": ["iland"]}, r"pairdist\.datasets.*iland.*island"),
        ({"bins": "autors"}, r"pairdist\.bins.*autors.*authors"),
        ({"growth": {"datasets": ["citty"]}}, r"pairdist\.growth\.datasets.*citty.*city"),
        ({"geographies": {"dataset": "x"}}, r"pairdist\.geographies\.dataset.*'x'"),
        ({"cost": {"lows_m": {"iland": 20}}}, r"pairdist\.cost\.lows_m.*iland.*island"),
        ({"cost": {"published": {"iland": "a"}}}, r"pairdist\.cost\.published.*iland.*island"),
        ({"definition": {"merged": {"iland": []}}}, r"definition\.merged.*iland.*island"),
        ({"geographies": {"density_towns": ["citi"]}}, r"density_towns.*citi.*city"),
        ({"settlement": {"published": ["citi"]}}, r"settlement\.published.*citi.*city"),
        ({"settlement": {"places": {"citi": "houses"}}}, r"settlement\.places.*citi.*city"),
    ],
)
def test_an_unknown_name_is_named_with_the_nearest(change, message):
    with pytest.raises(ValueError, match=message):
        check_pairdist(SECTION | change, POINTS, BINS)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"growth": {"from_m": 500, "to_m": 30}}, r"growth\.from_m, to_m: 500 to 30 m: .*first"),
        ({"growth": {"from_m": 30, "to_m": 30}}, r"growth\.from_m, to_m: 30 to 30 m"),
        ({"growth": {"ranges": [[30, 200], [300, 30]]}}, r"growth\.ranges\[1\]: 300 to 30 m"),
        ({"growth": {"from_m": 1e6, "to_m": 2e6}}, r"bins of 1 m, 100,000 m is the farthest"),
        ({"models": {"growth_range_m": [500, 30]}}, r"models\.growth_range_m: 500 to 30 m"),
        ({"models": {"exponent": 50}}, r"models\.exponent = 50: from -10 to 10"),
        ({"geographies": {"exponents": [1, 100]}}, r"geographies\.exponents\[1\] = 100: from"),
        ({"published_bins": {"cases": {"a": {"low": 9, "high": 9}}}}, r"cases\.a, low and high"),
    ],
)
def test_a_range_that_is_none_and_a_power_without_measure_are_refused(change, message):
    with pytest.raises(ValueError, match=f"config: pairdist.*{message}"):
        check_pairdist(SECTION | change, POINTS, BINS)


@pytest.mark.parametrize("name", RESERVED)
def test_names_of_the_chapter_itself_are_reserved(name):
    with pytest.raises(ValueError, match=f"'{name}' would share paths"):
        check_pairdist(SECTION | {"datasets": [name]}, POINTS | {name: {}}, BINS)
    check_pairdist(SECTION, POINTS | {name: {}}, BINS)


def test_a_point_set_that_no_part_takes_is_told():
    assert taken_by_no_part(SECTION, POINTS) == []
    section = {"datasets": ["island", "city"], "cost": {"datasets": ["island"]}, "absent": {}}
    (words,) = taken_by_no_part(section, POINTS)
    assert "'city'" in words
    assert "cost.datasets" in words
    assert taken_by_no_part(section, ["island"]) == []
    assert taken_by_no_part(section | {"town_cost": {"dataset": "city"}}, POINTS) == []


def test_datasets_know_their_section():
    config = {"od": {"a": {"source": "own"}}, "points": {"b": {}}, "bins": {}}
    config["lattices"] = {"c": {}}
    assert datasets(config) == {
        "a": {"section": "od", "source": "own"},
        "b": {"section": "points"},
        "c": {"section": "lattices"},
    }


def test_one_name_cannot_stand_in_two_sections():
    with pytest.raises(ValueError, match=r"points\.a: the name is taken by od\.a"):
        datasets({"od": {"a": {}}, "points": {"a": {}}, "bins": {}, "lattices": {}})
