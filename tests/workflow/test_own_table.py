"""A user's own origin-destination table, by config alone."""

import re

import numpy as np
import pandas as pd
import pytest
import yaml

from tests.running import run_snakemake

CONFIG = {
    "run": "mine",
    "od": {
        "my_city": {
            "label": "My city, trips",
            "unit": "trips",
            "adapter": "table",
            "source": "own",
            "files": {"flows": "data/trips.csv", "zones": "data/zones.csv"},
            "options": {
                "origin": "from",
                "destination": "to",
                "flow": "trips",
                "zone": "code",
                "residential": "people",
                "crs": "EPSG:25832",
            },
        }
    },
    "symbolic": {"datasets": ["my_city"], "readings": {"all_pairs": {"support": "all"}}},
    "pairdist": {"datasets": [], "bins": "none"},
    "inequality": {"active": []},
    "choice": {"datasets": ["my_city"], "attraction": {"my_city": "residential"}},
}


@pytest.fixture
def city(checkout):
    """Ten zones of a made-up city with trips between all of them."""
    rng = np.random.default_rng(8)
    n = 10
    (checkout / "data").mkdir()
    zones = pd.DataFrame(
        {
            "code": [f"q{k}" for k in range(n)],
            "people": rng.integers(500, 5000, n),
            "x": rng.uniform(7.2e5, 7.3e5, n),
            "y": rng.uniform(6.17e6, 6.18e6, n),
        }
    )
    zones.to_csv(checkout / "data" / "zones.csv", index=False)
    trips = [
        (f"q{i}", f"q{j}", int(rng.integers(1, 400))) for i in range(n) for j in range(n) if i != j
    ]
    pd.DataFrame(trips, columns=["from", "to", "trips"]).to_csv(
        checkout / "data" / "trips.csv", index=False
    )
    (checkout / "mine.yaml").write_text(yaml.safe_dump(CONFIG))
    return checkout


def run(folder, *targets):
    return run_snakemake(folder, "--cores", "2", "--configfile", "mine.yaml", "--", *targets)


def test_an_own_table_gives_table_and_figures(city):
    done = run(city, "symbolic", "report")
    assert done.returncode == 0, done.stdout[-5000:]
    table = pd.read_csv(city / "results" / "mine" / "symbolic" / "baselines.csv")
    assert set(table["dataset"]) == {"my_city"}
    assert set(table["source"]) == {"own"}
    assert (city / "results/mine/symbolic/figures/my_city_flow_map.svg").is_file()
    assert "My city, trips" in (city / "results/mine/report.html").read_text()


def test_a_bad_flow_names_file_column_and_row(city):
    path = city / "data" / "trips.csv"
    lines = path.read_text().splitlines()
    lines[3] = lines[3].rsplit(",", 1)[0] + ",many"
    path.write_text("\n".join(lines) + "\n")
    done = run(city, "results/mine/od/my_city/zones.parquet")
    assert done.returncode != 0
    for part in ("data/trips.csv", "trips", "many"):
        assert part in done.stdout
    assert not (city / "results" / "mine" / "od" / "my_city" / "zones.parquet").exists()


def test_a_missing_file_is_named(city):
    (city / "data" / "trips.csv").unlink()
    done = run(city, "symbolic")
    assert done.returncode != 0
    assert "data/trips.csv" in done.stdout


# ---------------------------------------------------------------- a case of paper 4


@pytest.fixture
def unequal(city):
    """The city, with what the case of the README reads."""
    path = city / "data" / "zones.csv"
    zones = pd.read_csv(path)
    zones["name"] = ["Harbour", "Old town", *(f"Quarter {k}" for k in range(2, len(zones)))]
    zones["rent_burden"] = [0.2 + 0.01 * k for k in range(len(zones))]
    zones["crime"] = [50.0, *range(9)]
    zones.to_csv(path, index=False)
    guide = (city / "README.md").read_text()
    block = next(
        text for text in re.findall(r"```yaml\n(.*?)```", guide, re.S) if "my_case" in text
    )
    asked = yaml.safe_load(block)
    options = CONFIG["od"]["my_city"]["options"] | asked["od"]["my_city"]["options"]
    dataset = CONFIG["od"]["my_city"] | {"options": options}
    change = CONFIG | {"od": {"my_city": dataset}, "inequality": asked["inequality"]}
    (city / "mine.yaml").write_text(yaml.safe_dump(change))
    return city


def test_a_case_of_ones_own_is_judged(unequal):
    made = unequal / "results" / "mine" / "inequality"
    files = ["my_case/tests.csv", "what_ifs/harbour_floods/destinations.csv"]
    done = run(unequal, *(f"results/mine/inequality/{file}" for file in files))
    assert done.returncode == 0, done.stdout[-5000:]
    tests = pd.read_csv(made / "my_case" / "tests.csv")
    assert set(tests["variable"]) == {"rent", "crime", "either"}
    penalised = tests.groupby("variable")["n_penalised"].first()
    assert penalised.to_dict() == {"rent": 1, "crime": 1, "either": 2}
    assert set(tests["n_draws"]) == {1000}
    places = pd.read_csv(made / "what_ifs" / "harbour_floods" / "destinations.csv")
    assert set(places.loc[places["struck"], "name"]) == {"Harbour", "Old town"}
    assert places["change"].sum() == pytest.approx(0, abs=1e-6 * places["before"].sum())
    # the cases of the default are no part of this run
    assert not (unequal / "results" / "mine" / "od" / "south_sudan").exists()


def test_a_variable_that_the_zones_lack_is_named(unequal):
    config = (unequal / "mine.yaml").read_text()
    (unequal / "mine.yaml").write_text(config.replace("column: crime", "column: crimes"))
    done = run(unequal, "results/mine/inequality/my_case/classes.csv")
    assert done.returncode != 0
    for part in ("'crime'", "no column 'crimes'", "rent_burden"):
        assert part in done.stdout
