"""Maps of errors: what is drawn and written is in the tables, of one run."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection

from movelaws import plotting
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


def test_the_map_says_what_the_tables_say():
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
    assert "25 places, penalised: 4; 2 settlements" in words  # one lies elsewhere
    assert r"Conflict and flood, $\delta = 1 + 10^{-3}$" in words
    assert f"{len(flows):,} pairs are drawn; {600 - len(flows):,} have no people" in words
    assert "synthetic data" not in words


def test_the_penalty_of_many_classes_is_a_capital_delta_and_few_of_many_lines_are_said(monkeypatch):
    zones, flows, tests, classes = tables()
    monkeypatch.setattr("movelaws.plotting.inequality.error_maps._INK", 0.05)
    made = error_maps(zones, flows, tests, classes.replace(1.0, 0.3), **CASE)
    assert r"$\Delta = 10^{-3}$" in said(made)
    words = said(made).replace(" | ", " ")
    assert " of " in words.split("Strong lines:")[1][:20] and "with smaller errors are not" in words


def test_pairs_whose_error_changes_sign_are_strong_and_each_has_the_colour_of_its_error():
    zones, flows, tests, classes = tables()
    made = error_maps(zones, flows, tests, classes, **CASE)
    error = flows[["standard", "modified"]].sub(flows["flow"], axis=0)
    changed = np.sign(error["standard"]) != np.sign(error["modified"])
    for number, name in ((2, "standard"), (3, "modified")):
        lines = {x.get_gid(): x for x in made.axes[number].findobj(LineCollection)}
        assert len(lines["changed"].get_segments()) == changed.sum() > 0
        assert len(lines["unchanged"].get_segments()) == (~changed).sum() > 0
        exact = np.isclose(lines["changed"].get_colors()[:, :3], [0, 158 / 255, 115 / 255])
        assert exact.all(axis=1).sum() == (changed & (error[name] == 0)).sum()


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
