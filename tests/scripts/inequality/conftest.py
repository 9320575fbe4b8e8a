"""A small country in which flooded places are penalised, and what the first steps make of it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from movelaws import frames
from movelaws.inequality.case import build
from tests.scripts.inequality.steps import EVALUATION, PLANTED, TWO_CLASSES, run
from tests.unit.inequality_case import moving, tables


def country(seed: int) -> frames.Canonical:
    """20 zones; how many move is drawn from the exact model with one penalty for floods."""
    zones, flows, places = tables()
    case = build(zones, flows, places, **TWO_CLASSES)
    people = np.round(0.05 * case.surroundings.mass) + 5
    moved = moving(case, case.exact("flood")(PLANTED), people, seed).surroundings
    origin, place = np.nonzero(moved.flow)
    ids = zones["zone_id"].to_numpy()
    flows = pd.DataFrame(
        {
            "origin": ids[origin],
            "destination": ids[moved.order[origin, place]],
            "flow": moved.flow[origin, place],
        }
    )
    return frames.check(frames.assemble(zones, flows))


def written(folder: Path, seed: int) -> dict:
    frames.write(country(seed), folder)
    return {"zones": str(folder / "zones.parquet")}


@pytest.fixture(scope="session")
def zones(tmp_path_factory) -> dict:
    return written(tmp_path_factory.mktemp("country"), 1)


@pytest.fixture(scope="session")
def later(tmp_path_factory) -> dict:
    return written(tmp_path_factory.mktemp("later"), 2)


@pytest.fixture(scope="session")
def cased(zones, tmp_path_factory):
    """Outputs of the step ``case``, in the folder that the other tables of the case join."""
    made = {name: f"{name}.csv" for name in ("changes", "classes", "outflow")}
    made["grid"] = "grid.parquet"
    out, _ = run(
        "case",
        tmp_path_factory.mktemp("run") / "south_sudan",
        zones,
        made | {"flows": "flows.parquet"},
        settings=TWO_CLASSES,
        evaluation=EVALUATION,
    )
    return out


@pytest.fixture(scope="session")
def drawn(zones, tmp_path_factory) -> list[str]:
    """Random classes in two batches of unequal size."""
    batches = []
    for first, count in ((0, 25), (25, 14)):
        out, log = run(
            "draws",
            tmp_path_factory.mktemp("draws"),
            zones,
            {"draws": "d.parquet"},
            settings=TWO_CLASSES,
            evaluation=EVALUATION,
            span=[first, count],
            seed=1,
        )
        assert f"draws {first} to {first + count - 1} of 3 variables" in log
        batches.append(out.draws)
    return batches


@pytest.fixture(scope="session")
def judged(cased, drawn):
    made = {"tests": "tests.csv", "main": "table_tests.csv", "further": "table_further.csv"}
    made |= {f"{name}_md": file.replace(".csv", ".md") for name, file in made.items()}
    folder = Path(cased.grid).parent
    return run("tests", folder, {"grid": cased.grid, "draws": drawn}, made, level=0.05)[0]
