"""Sentences about the intrinsic cost of distance and the models it is compared with."""

from collections.abc import Mapping

import pandas as pd

from movelaws.phrases import between, counted, listed

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
    """How often a power law is rejected, and what does better."""
    tested, rejected, better = 0, 0, []
    for dataset, table in fits.items():
        rows = table.set_index("model")
        if "power_law" not in rows.index:
            continue
        law = rows.loc["power_law"]
        tested += 1
        rejected += bool(law["p"] <= CERTAIN)
        ahead = [
            words
            for model, words in {**_LAWS, "piecewise": "two power laws"}.items()
            if model in rows.index and rows.loc[model, "aic"] < law["aic"] - 2
        ]
        if ahead:
            drop = law["aic"] - rows.loc[rows.index.isin({**_LAWS, "piecewise": ""}), "aic"].min()
            better.append(f"{labels[dataset]}: {listed(ahead)} (AIC lower by up to {drop:,.0f})")
    if not tested:
        return []
    said = [f"One power law is rejected (p at most {CERTAIN:g}) in {counted(rejected, tested)}"]
    return said + ([f"Other laws fit better for {'; '.join(better)}"] if better else [])


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
    known = {d: t.iloc[0] for d, t in tables.items() if pd.notna(t.iloc[0]["growth"])}
    if not known:
        return []
    rows = pd.DataFrame(known).T
    exponents, elsewhere = rows["radiation_exponent"], rows["placed_differently_percent"]
    said = [
        f"The two agree only where pairs grow as r^{rows['agreeing_growth'].iloc[0]:.2g}; those of "
        "this run grow with the exponents "
        + listed(f"{row['growth']:.2f} ({labels[d]})" for d, row in known.items()),
        f"Radiation reads as a cost of exponent {between(exponents, '{:.2f}'.format)} and puts "
        f"{between(elsewhere, '{:.0f}'.format)} % of the moves at other distances",
    ]
    judged = {
        d: bool(row["aic_gravity"] < row["aic_radiation"])
        for d, row in known.items()
        if pd.notna(row.get("aic_gravity")) and pd.notna(row.get("aic_radiation"))
    }
    if judged:
        ahead = counted(sum(judged.values()), len(judged))
        said.append(f"For observed moves gravity is ahead of radiation, by AIC, in {ahead}")
    return said
