"""Sentences about the authors' bins, their towns and the country made of them."""

from collections.abc import Mapping

import pandas as pd

from movelaws.phrases import listed


def printed_exponents(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Which reading gives the printed numbers, and what the moves say."""
    said = []
    for table in tables.values():
        printed = table[table["published_exponent"].notna()]
        if printed.empty:
            continue
        read = listed(
            f"{_place(row.case)} {row.exponent:.3f} (printed {row.published_exponent:.2f})"
            for row in printed.itertuples()
        )
        moves = listed(
            f"{_place(row.case)} {row.cost_exponent:.3f} ± {row.cost_error:.3f}"
            for row in printed.itertuples()
        )
        said += [
            "A likelihood over the bin centres alone, with the ratio of densities for the number "
            f"of observations, gives the printed ones: {read}",
            f"The moves themselves, given the pairs, have {moves}",
            "With as many moves as there were, chance explains the distance to a power law in "
            f"{int((printed['cost_p'] > 0.05).sum())} of {len(printed)} cases",
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
            f"Over {inside['n']:.0f} towns the exponent is {inside['mean']:.2f} ± "
            f"{inside['sd']:.2f} inside and {outside['mean']:.2f} ± {outside['sd']:.2f} outside"
        )
    for table in radii.values():
        best = [
            f"{group.set_index('law')['aicc'].idxmin().replace('_', '-')} for {name} radii"
            for name, group in table.groupby("set", sort=False)
        ]
        said.append(f"The law of the radii with the least AICc: {listed(best)}")
    return said


def country_of_towns(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """How straight the aggregate of the towns is."""
    said = []
    for table in tables.values():
        base = table.set_index("model").loc["base"]
        others = table["between_radii"].dropna()
        said.append(
            f"On average over the range of the radii, nearly: the exponent is "
            f"{base['between_radii']:.2f} there ({others.min():.2f} to {others.max():.2f} under "
            f"other assumptions), but it grows from {base['lowest_local']:.2f} to "
            f"{base['highest_local']:.2f} on the way, so the aggregate is no power law"
        )
    return said
