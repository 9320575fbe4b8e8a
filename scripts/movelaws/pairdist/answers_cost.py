"""Sentences about the intrinsic cost of distance and the models it is compared with."""

from collections.abc import Mapping

import pandas as pd

from movelaws.phrases import counted, listed, percent

CERTAIN = 0.05
_LAWS = {"lognormal": "log-normal", "exponential": "exponential", "weibull": "Weibull"}


def cost_of_distance(fits: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> list[str]:
    """Exponents by two likelihoods, with the wider of their intervals."""
    said = []
    for dataset, table in fits.items():
        rows = table.set_index("model")
        if "power_law" not in rows.index:
            continue
        words = f"{labels[dataset]} {_exponent(rows.loc['power_law'])}"
        if "joint" in rows.index and pd.notna(rows.loc["joint", "exponent"]):
            words += f", given all places {_exponent(rows.loc['joint'])}"
        planted = rows.loc["power_law"].get("planted")
        said.append(words + (f" (planted {planted:g})" if pd.notna(planted) else ""))
    lead = "The exponent of the cost, from the likelihood of the moves given the pairs of places:"
    return [f"{lead} {'; '.join(said)}"] if said else []


def _exponent(row: pd.Series) -> str:
    """An exponent with its interval over origins where there is one, which is the honest one."""
    low, high = row["origins_low"], row["origins_high"]
    if pd.isna(low):
        low, high = row["exponent_low"], row["exponent_high"]
    return f"{row['exponent']:.3f} ({low:.3f} to {high:.3f})"


def one_law(fits: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> list[str]:
    """Whether chance explains the distance to a power law, and what does better."""
    plausible, better = [], []
    for dataset, table in fits.items():
        rows = table.set_index("model")
        if "power_law" not in rows.index:
            continue
        law = rows.loc["power_law"]
        if law["p"] > CERTAIN:
            plausible.append(dataset)
        ahead = [
            words
            for model, words in {**_LAWS, "piecewise": "two power laws"}.items()
            if model in rows.index and rows.loc[model, "aic"] < law["aic"] - 2
        ]
        if ahead:
            best = rows.loc[rows["aic"].idxmin()]
            drop = law["aic"] - best["aic"]
            better.append(f"{labels[dataset]}: {listed(ahead)} (AIC lower by up to {drop:,.0f})")
    tested = [d for d, table in fits.items() if (table["model"] == "power_law").any()]
    if not tested:
        return []
    said = [
        f"A power law cannot be rejected (p above {CERTAIN:g}) in "
        f"{counted(len(plausible), len(tested))}"
    ]
    if better:
        said.append(f"Other laws fit better for {'; '.join(better)}")
    return said


def through_maps(tables: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> list[str]:
    """The cost read through three geographies, and what it takes to read it right."""
    said = []
    for dataset, table in tables.items():
        planted = table["planted"].iloc[0]
        rows = table[table["planted"] == planted]
        said.append(
            f"With cost r^-{planted:g} moves between the places of {labels[dataset]} have "
            f"exponents {_read(rows, 'pairs', 'observed')} as observed, and "
            f"{_read(rows, 'pairs', 'binned')} after division by the pairs"
        )
        if (rows["start"] == "places").any():
            said.append(
                "Where every place sends its own moves, division by the pairs gives "
                f"{_read(rows, 'places', 'binned')}; the likelihood given all places "
                f"{_read(rows, 'places', 'joint')}"
            )
    return said


def _read(rows: pd.DataFrame, start: str, method: str) -> str:
    some = rows[(rows["start"] == start) & (rows["method"] == method)]
    return listed(f"{row.exponent:.3f} ({row.geography})" for row in some.itertuples())


def other_models(tables: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> list[str]:
    """Why gravity and radiation do not agree, and which the moves take to."""
    said = []
    for dataset, table in tables.items():
        row = table.iloc[0]
        if pd.isna(row["growth"]):
            continue
        said.append(
            f"The two agree only where pairs grow as r^{row['agreeing_growth']:.2g}; those of "
            f"{labels[dataset]} grow as r^{row['growth']:.2f}, radiation "
            f"reads as a cost r^-{row['radiation_exponent']:.2f} and puts "
            f"{percent(row['placed_differently_percent'])} of the moves at other distances"
        )
        if pd.notna(row.get("aic_gravity")) and pd.notna(row.get("aic_radiation")):
            ahead = "gravity" if row["aic_gravity"] < row["aic_radiation"] else "radiation"
            gap = abs(row["aic_gravity"] - row["aic_radiation"])
            said.append(f"Its own moves are for {ahead} (AIC lower by {gap:,.0f})")
    return said
