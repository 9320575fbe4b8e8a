"""Maps of errors: what is drawn and written is in the tables, of one run."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection

from movelaws import plotting
from movelaws.plotting.inequality import error_maps as module
from movelaws.plotting.inequality.error_maps import error_maps
from movelaws.plotting.inequality.ways import EXACT, OVER, UNDER, number_spots
from tests.unit.drawn_world import drawn_texts, lab, square_zones, texts

CASE = {"variable": "both", "exponent": -3}


def tables(side=5, seed=0):
    rng = np.random.default_rng(seed)
    zones = square_zones(side)
    ids, n = zones["zone_id"].to_numpy(), len(zones)
    origin, destination = np.nonzero(~np.eye(n, dtype=bool))
    observed, standard, modified = rng.poisson([[0.4], [0.8], [0.6]], (3, len(origin)))
    flows = pd.DataFrame({"origin": ids[origin], "destination": ids[destination]})
    flows = flows.assign(flow=observed, standard=standard, modified=modified)
    row = {"variable": "both", "label": "Conflict and flood", "exponent": -3}
    for end, model in (("", modified), ("_standard", standard)):
        error = model - observed
        row |= {f"exact_share{end}": (error == 0).mean(), f"over{end}": (error > 0).sum(),
                f"under{end}": (error < 0).sum()}  # fmt: skip
    classes = pd.DataFrame({"zone_id": ids, "shape_both": (np.arange(n) < 4) * 1.0})
    seen = (flows[["flow", "standard", "modified"]] > 0).any(axis=1)
    return zones, flows[seen], pd.DataFrame([row]), classes


def said(made):
    return " | ".join(t.get_text() for t in texts(made))


def test_the_map_says_what_the_tables_say(monkeypatch):
    monkeypatch.setattr(module, "_STRONG", 1000)  # so that every pair is drawn
    zones, flows, tests, classes = tables()
    settlements = pd.DataFrame({"lon": [-1.96, -1.95, 40.0], "lat": [52.7, 52.71, 0.0]})
    made = error_maps(zones, flows, tests, classes, settlements=settlements, **CASE)
    words, row = said(made), tests.iloc[0]
    for name, end in (("Standard", "_standard"), ("Modified", "")):
        over, under = (100 * row[f"{c}{end}"] / 600 for c in ("over", "under"))
        exact = 100 * row[f"exact_share{end}"]
        assert f"{name} model: exact {exact:.1f} %, over {over:.1f} %, under {under:.1f} %" in words
    wrong = flows[["standard", "modified"]].sub(flows["flow"], axis=0) != 0
    better = (wrong["standard"] & ~wrong["modified"]).sum()
    worse = (~wrong["standard"] & wrong["modified"]).sum()
    assert f"{better} pairs become exact, {worse} no longer are" in words
    assert "25 places; orange: 4 penalised; dots: 2 settlements" in words  # one lies elsewhere
    assert r"Conflict and flood, $\delta = 1 + 10^{-3}$" in words
    assert f"{len(flows):,} pairs are drawn; {600 - len(flows):,} have no people" in words
    assert "synthetic data" not in words
    assert "Ribbons: colour is the class under the modified model" in words
    letters = [t.get_text() for t in texts(made) if t.get_text() in list("abcde")]
    assert letters == list("abcd")


@pytest.mark.parametrize("exact", ["modified", "standard"])
def test_a_single_pair_is_said_in_the_singular(exact):
    zones, flows, tests, classes = tables()
    one = flows.iloc[:1].assign(flow=1, standard=2, modified=2).assign(**{exact: 1})
    share, row = 599 / 600, {"over": 0, "under_standard": 0, "under": 0, "over_standard": 0}
    wrong = "over_standard" if exact == "modified" else "over"
    row |= {wrong: 1, "exact_share": 1.0, "exact_share_standard": 1.0}
    row[wrong.replace("over", "exact_share")] = share
    words = said(error_maps(zones, one, tests.assign(**row), classes, **CASE))
    better, worse = ("1 pair becomes", "0 no longer are") if exact == "modified" else (
        "0 pairs become", "1 no longer is")  # fmt: skip
    assert f"{better} exact, {worse}" in words


def test_the_penalty_of_many_classes_is_a_capital_delta_and_few_of_many_lines_are_said(monkeypatch):
    zones, flows, tests, classes = tables()
    monkeypatch.setattr("movelaws.plotting.inequality.error_maps._INK", 0.05)
    monkeypatch.setattr("movelaws.plotting.inequality.error_maps._STRONG", 7)
    made = error_maps(zones, flows, tests, classes.replace(1.0, 0.3), **CASE)
    assert r"$\Delta = 10^{-3}$" in said(made)
    words = said(made).replace(" | ", " ")
    assert "Strong lines: the 7 with the largest change of |error| of 302 pairs" in words
    assert "with smaller errors or changes are not" in words


@pytest.mark.parametrize("most", [300, 1000, 40])
def test_pairs_whose_error_changes_most_are_strong_and_each_has_the_colour_of_its_error(
    most, monkeypatch
):
    monkeypatch.setattr("movelaws.plotting.inequality.error_maps._STRONG", most)
    zones, flows, tests, classes = tables()
    made = error_maps(zones, flows, tests, classes, **CASE)
    error = flows[["standard", "modified"]].sub(flows["flow"], axis=0)
    changed = np.sign(error["standard"]) != np.sign(error["modified"])
    for number, name in ((2, "standard"), (3, "modified")):
        lines = {x.get_gid(): x for x in made.axes[number].findobj(LineCollection)}
        assert len(lines["changed"].get_segments()) == min(changed.sum(), most) > 0
        assert len(lines["unchanged"].get_segments()) == (~changed).sum() > 0
        exact = np.isclose(lines["changed"].get_colors()[:, :3], [0, 158 / 255, 115 / 255])
        if most >= changed.sum():
            assert exact.all(axis=1).sum() == (changed & (error[name] == 0)).sum()


def test_of_many_changes_those_of_the_largest_absolute_error_are_drawn(monkeypatch):
    monkeypatch.setattr(module, "_STRONG", 3)
    error = {
        "standard": np.array([5.0, -1, 0, 9, 2, -4]),
        "modified": np.array([0.0, 1, 7, 9, -2, 1]),
    }
    (_, faint), (_, strong) = module._drawn(error, np.ones(6), 10.0)
    assert sorted(strong) == [0, 2, 5] and list(faint) == [3]


def test_no_text_leaves_the_page_or_meets_another_and_files_are_small(tmp_path):
    made = error_maps(*tables(), synthetic=True, **CASE)
    assert "synthetic data" in said(made)
    boxes = drawn_texts(made)
    for at, (text, box) in enumerate(boxes):
        assert box.x0 > -1 and box.x1 < made.bbox.x1 + 1 and box.y0 > -1, text.get_text()
        for other, beside in boxes[at + 1 :]:
            assert not box.padded(-1).overlaps(beside.padded(-1)), (text, other)
    plotting.save(made, [tmp_path / "a.svg"])
    assert (tmp_path / "a.svg").stat().st_size < 2e6


def test_what_cannot_be_drawn_is_named():
    zones, flows, tests, classes = tables()
    with pytest.raises(ValueError, match="flows: no rows"):
        error_maps(zones, flows.iloc[:0], tests, classes, **CASE)
    with pytest.raises(ValueError, match="flows: no column 'modified'"):
        error_maps(zones, flows.drop(columns="modified"), tests, classes, **CASE)
    with pytest.raises(ValueError, match="0 rows of variable 'flood' and exponent -3"):
        error_maps(zones, flows, tests, classes, variable="flood", exponent=-3)
    for column, wrong in (("over", 3), ("under_standard", np.nan), ("exact_share", 0.5)):
        with pytest.raises(ValueError, match=rf"tests: {column} = .*different runs or exponents"):
            error_maps(zones, flows, tests.assign(**{column: wrong}), classes, **CASE)
    with pytest.raises(ValueError, match="classes: 24 rows, none for zone 'Z000'"):
        error_maps(zones, flows, tests, classes.iloc[1:], **CASE)
    with pytest.raises(ValueError, match="settlements: row 1 has no finite position"):
        nowhere = pd.DataFrame({"lon": [0, np.nan], "lat": [0, 1.0]})
        error_maps(zones, flows, tests, classes, settlements=nowhere, **CASE)


def test_signs_are_told_apart_without_red_or_green():
    """Simulation of deuteranopia by Machado et al. (2009)."""
    seen = np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]])  # fmt: skip
    rgb = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in (OVER, EXACT, UNDER)])
    shades = lab(rgb, seen)
    assert min(np.linalg.norm(shades[i] - shades[j]) for i, j in ((0, 1), (0, 2), (1, 2))) > 25


def test_numbers_keep_apart():
    start, end = np.zeros((4, 2)), np.array([[9.0, 0], [9, 0.5], [9, 1], [0, 2]])
    spots = number_spots(start, end, 1.0)
    gaps = np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1))
    assert gaps[np.triu_indices(4, 1)].min() >= 1
