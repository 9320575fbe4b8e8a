"""Names that must be known."""

import pytest

from movelaws.nearest import check_known, near


def test_a_known_name_passes_and_the_nearest_is_offered_for_another():
    check_known("od.city", "city", ["city", "town"])
    with pytest.raises(ValueError, match=r"config: od\.x: 'twon' is unknown; did you mean 'town'"):
        check_known("od.x", "twon", ["city", "town"])
    assert near(None, ["b", "a"]) == "; there are a, b"
