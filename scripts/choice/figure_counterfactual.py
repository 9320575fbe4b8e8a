"""Draw what a counterfactual changes: maps, gains and sums."""

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.choice.counterfactual import counterfactual_page
from movelaws.plotting.choice.counterfactual_words import calibration_line, calibration_warning
from movelaws.tables import read_texts

# Identifiers and names stay text: 01 is no number and NA is a name.
TEXTS = (
    "zone_id",
    "name",
    "origin",
    "destination",
    "origin_name",
    "destination_name",
    "intervention",
    "quantity",
    "unit",
)

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        tables = (
            read_texts(given[name], TEXTS)
            for name in ("destinations", "origins", "flows", "summary")
        )
        facts = json.loads(Path(given.calibration).read_text())
        drawn = counterfactual_page(
            gpd.read_parquet(given.zones),
            *tables,
            sensitivity=pd.read_csv(given.sensitivity),
            title=params.case["title"],
            unit=params.unit,
            synthetic=params.synthetic,
            calibration=calibration_line(facts),
            warning=calibration_warning(facts),
        )
        save(drawn, [snakemake.output.svg, snakemake.output.png])
        print(f"drawn: {snakemake.output.svg}, {snakemake.output.png}")
