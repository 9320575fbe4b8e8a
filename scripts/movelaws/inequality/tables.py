"""The verdict grid arranged for readers, as the tables of the paper's supplement are."""

import numpy as np
import pandas as pd

TESTS = {
    "label": "variable",
    "exponent": "n",
    "n_penalised": "penalised",
    "U": "u",
    "effect_mw": "effect",
    "effect_mw_random_q05": "effect_random",
    "p_mw": "p_mw",
    "hamming": "hamming",
    "hamming_random_q05": "hamming_random",
    "hamming_standard": "hamming_standard",
    "p_binomial": "p_binomial",
    "significant": "significant",
    "significant_printed": "printed",
}
FURTHER = {
    "label": "variable",
    "exponent": "n",
    "weighted_hamming": "weighted_hamming",
    "weighted_hamming_random_q05": "weighted_random",
    "weighted_hamming_standard": "weighted_standard",
    "z": "z",
    "p_z": "p_z",
    "spearman": "spearman",
    "spearman_standard": "spearman_standard",
    "aic_flows_gain": "aic_flows",
    "aic_squares_gain": "aic_squares",
    "aic_wrong_pairs_gain": "aic_wrong_pairs",
    "q_mw": "q_mw",
    "q_binomial": "q_binomial",
    "q_random_U": "q_random_u",
    "q_random_hamming": "q_random_hamming",
    "q_all": "q_all",
    "p_near_hamming": "p_near",
}
_CRITERIA = ("flows", "squares", "wrong_pairs")
YES, NO = "yes", "no"


def test_table(tests: pd.DataFrame) -> pd.DataFrame:
    """Both tests and what random classes reach: Tables S1-S6 and S17-S22 in one.

    Parameters
    ----------
    tests : of :func:`movelaws.inequality.grid.judge`.

    Returns
    -------
    DataFrame with the columns of ``TESTS``; ``effect`` is U / n^2, ``effect_random`` and
    ``hamming_random`` are the quantiles that must be undercut, ``significant`` is yes or no and
    ``printed`` what U itself would say.
    """
    return _arranged(tests, TESTS)


def further_table(tests: pd.DataFrame) -> pd.DataFrame:
    """Weighted Hamming distance, z-score, Spearman, Akaike and false discovery rates.

    Tables S11-S16 and S23-S27; the criteria of Akaike are given as standard minus modified, so
    that above 0 the modified model is preferred, its two further parameters paid for.
    """
    gains = {
        f"aic_{name}_gain": tests[f"aic_{name}_standard"] - tests[f"aic_{name}_modified"]
        for name in _CRITERIA
    }
    return _arranged(tests.assign(**gains), FURTHER)


def sensitivity_table(tests: pd.DataFrame) -> pd.DataFrame:
    """The tests by share of penalised places (Tables S7-S10)."""
    table = _arranged(tests, TESTS)
    # 100 x 0.07 is not 7 in binary
    table.insert(1, "share_percent", np.round(100 * tests["share"].to_numpy(), 9))
    return table


def _arranged(tests: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    there = [name for name in columns if name in tests]  # no groups of neighbours by threshold
    table = tests[there].rename(columns=columns)
    if "significant" in table:
        table["significant"] = np.where(table["significant"].astype(bool), YES, NO)
    return table.reset_index(drop=True)
