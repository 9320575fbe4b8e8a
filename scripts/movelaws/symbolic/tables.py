"""Tables 1, 2 and S7: what this run counts and fits, beside what the paper prints."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from movelaws.frames import Canonical

TABLE_1 = ["units", "observations", "median_area_km2", "median_population"]
BASELINE_COLUMNS = [
    "dataset",
    "model",
    "parameter",
    "rmse",
    "cpc",
    "published_rmse",
    "published_cpc",
    "rmse_difference_percent",
    "cpc_difference",
    "parameter_name",
    "low",
    "high",
    "effective_origins",
    "published_parameter",
    "printed_from",
    "printed_to",
    "nrmse",
    "ssi",
    "ssi_nonzero",
    "ks_distance",
    "converged",
    "at_bound",
    "evaluations",
    "source",
]


def describe(
    datasets: Mapping[str, Canonical], published: pd.DataFrame, sources: Mapping[str, str]
) -> pd.DataFrame:
    """Table 1: units, observed pairs, median area (km^2) and median population of each dataset.

    Parameters
    ----------
    datasets : canonical tables by dataset name.
    published : dataset and the columns of Table 1 as printed; datasets without a row get NaN.
    sources : by dataset, ``published``, ``synthetic`` or ``own``, as in :func:`baselines`.
    """
    rows = []
    for name, data in datasets.items():
        area = data.zones["area_km2"].to_numpy()
        people = data.zones["residential_population"].to_numpy()
        rows.append(
            {
                "dataset": name,
                "units": len(data.zones),
                "observations": len(data.flows),
                "median_area_km2": _median(area),
                "median_population": _median(people),
                "movements": data.flows["flow"].sum(),
                "source": sources[name],
            }
        )
    printed = published[["dataset", *TABLE_1]].rename(
        columns={c: f"published_{c}" for c in TABLE_1}
    )
    table = pd.DataFrame(rows).merge(printed, on="dataset", how="left", validate="one_to_one")
    table.loc[table["source"] != "published", [f"published_{c}" for c in TABLE_1]] = np.nan
    return table


def baselines(
    fits: Mapping[str, pd.DataFrame],
    published_rmse: pd.DataFrame,
    published_cpc: pd.DataFrame,
    published_parameters: pd.DataFrame,
    sources: Mapping[str, str],
) -> pd.DataFrame:
    """Tables 2 and S7: RMSE and CPC of every model calibrated by RMSE, published beside ours.

    Parameters
    ----------
    fits : by dataset, the table of movelaws.symbolic.baselines.fits.
    published_rmse, published_cpc : columns dataset, model, metric, value.
    published_parameters : columns dataset, model, value (as printed), low, high (what rounds to
        it), rmse, cpc of expressions that Tables S3
        and S4 print; they fill in where Table 2 has no number.
    sources : by dataset, ``published``, ``synthetic`` or ``own``. Only a published dataset is set
        beside the paper: a synthetic world of the same name has other numbers by construction.
    """
    tables = []
    for dataset, fitted in fits.items():
        table = fitted[fitted["objective"] == "rmse"].assign(
            dataset=dataset, source=sources[dataset]
        )
        beside = sources[dataset] == "published"
        further = _by_model(published_parameters, dataset) if beside else None
        for column, printed, other in (
            ("published_rmse", published_rmse, "rmse"),
            ("published_cpc", published_cpc, "cpc"),
            ("published_parameter", None, "value"),
            ("printed_from", None, "low"),
            ("printed_to", None, "high"),
        ):
            table[column] = np.nan
            if beside:
                values = table["model"].map(further[other])
                if printed is not None:
                    of_table = table["model"].map(_by_model(printed, dataset)["value"])
                    values = of_table.fillna(values)
                table[column] = values
        tables.append(table)
    table = pd.concat(tables, ignore_index=True)
    table["rmse_difference_percent"] = 100 * (table["rmse"] / table["published_rmse"] - 1)
    table["cpc_difference"] = table["cpc"] - table["published_cpc"]
    return table[BASELINE_COLUMNS]


def read_published(folder: str | Path, name: str) -> pd.DataFrame:
    """One table of config/published by its name without suffix."""
    path = Path(folder) / f"{name}.csv"
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such published table; it is part of the project")
    return pd.read_csv(path)


def _by_model(printed: pd.DataFrame, dataset: str) -> pd.DataFrame:
    return printed[printed["dataset"] == dataset].set_index("model")


def _median(values: np.ndarray) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if known.size else float("nan")
