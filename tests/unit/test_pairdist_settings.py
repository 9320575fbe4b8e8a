import pytest

from movelaws.pairdist.settings import check_pairdist
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
    ],
)
def test_an_unknown_name_is_named_with_the_nearest(change, message):
    with pytest.raises(ValueError, match=message):
        check_pairdist(SECTION | change, POINTS, BINS)


def test_datasets_know_their_section():
    config = {"od": {"a": {"source": "own"}}, "points": {"b": {}}, "bins": {}}
    assert datasets(config) == {
        "a": {"section": "od", "source": "own"},
        "b": {"section": "points"},
    }


def test_one_name_cannot_stand_in_two_sections():
    with pytest.raises(ValueError, match=r"points\.a: the name is taken by od\.a"):
        datasets({"od": {"a": {}}, "points": {"a": {}}, "bins": {}})
