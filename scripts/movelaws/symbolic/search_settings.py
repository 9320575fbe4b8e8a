"""How each dataset is searched, as a table (Table S1 of paper 2)."""

from collections.abc import Mapping, Sequence

import pandas as pd


def settings_table(
    sets: Mapping[str, Sequence[str | Sequence[str]]],
    certified: Mapping[str, Sequence[int]],
    search: Mapping,
) -> pd.DataFrame:
    """One row per dataset and set of variables.

    Parameters
    ----------
    sets : by dataset, the sets of variables that are searched one after the other; "all" means
        those that the dataset has.
    certified : by dataset and position of the set, the complexity up to which every expression is
        tried; the last number holds for all further sets.
    search : complexity, keep, repeats and evolution (populations, size, iterations, cycles and
        batch_origins), as in the config.

    Returns
    -------
    DataFrame: dataset, variables, certified, complexity, kept, repeats, populations, members,
    iterations, cycles, batch_origins.
    """
    sizes = search["evolution"]
    return pd.DataFrame(
        [
            {
                "dataset": dataset,
                "variables": chosen if isinstance(chosen, str) else " ".join(chosen),
                "certified": certified[dataset][min(place, len(certified[dataset]) - 1)],
                "complexity": search["complexity"],
                "kept": search["keep"],
                "repeats": search["repeats"],
                "populations": sizes["populations"],
                "members": sizes["size"],
                "iterations": sizes["iterations"],
                "cycles": sizes["cycles"],
                "batch_origins": sizes["batch_origins"],
            }
            for dataset, variables in sets.items()
            for place, chosen in enumerate(variables)
        ]
    )
