"""Exponents of the authors' bins: their reading, the likelihood of the moves, and every other."""

import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from movelaws.log import logged
from movelaws.pairdist import published_bins, published_bins_laws, published_bins_sensitivity
from movelaws.pointsets.adapters.authors_bins import CASES
from movelaws.tables import write_table


def planted_exponents(truth: Mapping[str, object]) -> dict[str, float]:
    """By case, the exponent that a synthetic world planted."""
    keys = {name: f"exponent_{short}" for short, name in CASES.items()}
    return {name: float(truth[key]) for name, key in keys.items() if key in truth}


def settings_of(settings: Mapping[str, dict], cases: set[str]) -> dict[str, dict]:
    """Settings of the cases that there are: own bins need not have those of the paper."""
    for name in sorted(set(settings) - cases):
        print(f"settings of the case {name} are not used: the bins have {', '.join(sorted(cases))}")
    return {name: dict(values) for name, values in settings.items() if name in cases}


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params, made = snakemake.input, snakemake.params, snakemake.output
        planted = {}
        if truth := given.get("truth"):
            planted = planted_exponents(json.loads(Path(truth).read_text("utf-8")))
        published = pd.DataFrame()
        if path := given.get("published"):
            published = pd.read_csv(path)
        bins = pd.read_csv(given.bins)
        cases = published_bins.read_cases(bins, settings_of(params.cases, set(bins["case"])))
        common = {"draws": params.draws, "seed": params.seed}
        first = published_bins.table_1(cases, published, planted, few=params.few, **common)
        print(first.T.to_string())
        write_table(first, made.table1, made.table1_md)
        laws = published_bins_laws.laws(cases)
        second = published_bins_laws.table_2(
            cases, laws, draws=params.pieces_draws, seed=params.seed
        )
        write_table(second, made.table2, made.table2_md)
        published_bins_laws.fits(cases, laws, first).to_csv(made.fits, index=False)
        published_bins_laws.curves(cases, laws, published).to_csv(made.curves, index=False)
        table = published_bins_sensitivity.sensitivity(cases, published, planted)
        write_table(table, made.sensitivity, made.sensitivity_md)
        published_bins_sensitivity.readings(cases, **common).to_csv(made.readings, index=False)
        summary = published_bins_sensitivity.summary(cases, table, published)
        print(summary.T.to_string())
        write_table(summary, made.summary, made.summary_md)
