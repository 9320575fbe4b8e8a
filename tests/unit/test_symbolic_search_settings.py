"""The table of search settings."""

from movelaws.symbolic.search_settings import settings_table

SIZES = {"populations": 8, "size": 48, "iterations": 6, "cycles": 60, "batch_origins": 20}
SEARCH = {"complexity": 11, "keep": 3, "repeats": 2, "evolution": SIZES}


def test_each_set_of_variables_has_a_row():
    sets = {"a": ["all", ["w_j", "d"], ["d"]], "b": ["all"]}
    table = settings_table(sets, {"a": [5, 7], "b": [3]}, SEARCH)
    assert table["dataset"].tolist() == ["a", "a", "a", "b"]
    assert table["variables"].tolist() == ["all", "w_j d", "d", "all"]
    assert table["certified"].tolist() == [5, 7, 7, 3]
    assert table.iloc[0][["members", "repeats", "batch_origins"]].tolist() == [48, 2, 20]


def test_no_dataset_gives_an_empty_table():
    assert settings_table({}, {}, SEARCH).empty
