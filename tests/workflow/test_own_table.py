"""A user's own origin-destination table, by config alone."""

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
