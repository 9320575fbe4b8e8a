"""Sentences about the authors' bins, their towns and the country made of them."""

from collections.abc import Mapping

import pandas as pd

from movelaws.pairdist.claims_published import PRINTED_DIGIT, SIMULATED
from movelaws.phrases import counted, listed

CERTAIN = 0.05


def printed_exponents(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Which reading gives the printed numbers, and what the moves say."""
    said = []
    for table in tables.values():
        printed = table[table["published_exponent"].notna()]
        if printed.empty:
            continue
        read = listed(
            f"{_place(row.case)} {row.exponent:.4f} (printed {row.published_exponent:.2f})"
            for row in printed.itertuples()
        )
        moves = listed(
            f"{_place(row.case)} {row.cost_exponent:.4f} ± {row.cost_error:.4f}"
            for row in printed.itertuples()
        )
        off = (printed["exponent"] - printed["published_exponent"]).abs()
        rejected = int((printed["cost_p"] <= CERTAIN).sum())
        said += [
            "A likelihood over the bin centres alone, with the ratio of densities for the number "
            f"of observations, gives the printed digits in {int((off <= PRINTED_DIGIT).sum())} of "
            f"{len(printed)} cases: {read}",
            f"The likelihood of the moves given the pairs has {moves}; with as many moves as there "
            f"were, it rejects a power law in {counted(rejected, len(printed), 'case')}",
        ]
    return said


def _place(case: str) -> str:
    return case.replace("_", " ").title()


def printed_towns(
    cities: Mapping[str, pd.DataFrame], radii: Mapping[str, pd.DataFrame]
) -> list[str]:
    """The towns of the paper and the law of their radii."""
    said = []
    for table in cities.values():
        rows = table.set_index("quantity")
        inside, outside = rows.loc["inside"], rows.loc["outside"]
        said.append(
            f"Over {inside['n']:,.0f} towns the exponent is {inside['mean']:.2f} ± "
            f"{inside['sd']:.2f} inside and {outside['mean']:.2f} ± {outside['sd']:.2f} outside"
        )
    for table in radii.values():
        best = [
            f"{name}: {group.set_index('law')['aicc'].idxmin().replace('_', '-')}"
            for name, group in table.groupby("set", sort=False)
        ]
        said.append(f"The law of the radii with the least AICc ({'; '.join(best)})")
    return said


def country_of_towns(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """The slope of the aggregate of the towns, and how it changes with distance."""
    said = []
    for table in tables.values():
        rows = table.set_index("model")
        if SIMULATED not in rows.index:
            continue
        towns, mean_field = rows.loc[SIMULATED], rows.loc["base"]
        said.append(
            f"Between the smallest and the largest radius the exponent of random towns is "
            f"{towns['between_radii']:.2f}, that of a mean field "
            f"{mean_field['between_radii']:.2f}; it goes from {towns['lowest_local']:.2f} to "
            f"{towns['highest_local']:.2f} on the way"
        )
    return said
