"""Sentences about the search, from tables made by hand."""

import numpy as np
import pandas as pd
import pytest

from movelaws.symbolic.answers import COLUMNS, Tables, answers

LABELS = {"us": "United States", "england": "England"}
FRONT = [
    (3, 1, True, "w_j / d", 1500.0, 1500.0),
    (5, 1, True, "w_j / 1.04^d", 1200.0, 1250.0),
    (5, 2, False, "w_j / d^2", 1300.0, 1300.0),
    (11, 1, True, "w_j / (d + s_w)^3", 1080.0, 1000.0),
]


def front(laws=FRONT) -> pd.DataFrame:
    columns = ["complexity", "rank", "pareto", "expression", "rmse", "heldout_rmse"]
    return pd.DataFrame(laws, columns=columns)


def models(**rmse) -> pd.DataFrame:
    sizes = {"GMZipf": 3, "GMExp": 5, "RM": 11}
    rows = [(m, sizes[m], value) for m, value in rmse.items()]
    return pd.DataFrame(rows, columns=["model", "complexity", "rmse"])


def told(planted=None, synthetic=False, **parts) -> dict[str, str]:
    """Answers by the first word of the question that tells them apart."""
    tables = Tables(**{"fronts": {}, "certificates": {}, "models": {}, "losses": {}} | parts)
    table = answers(tables, LABELS, planted or {}, synthetic)
    assert list(table.columns) == COLUMNS
    found = dict(table.itertuples(index=False))
    for text in found.values():
        assert "nan" not in text
        assert ".." not in text
        assert ": ." not in text
    return found


def of_fronts(table: pd.DataFrame, fits=None, **options) -> dict[str, str]:
    fits = models(GMZipf=1500.0, GMExp=1200.0, RM=2160.0) if fits is None else fits
    return told(fronts={"us": table}, models={"us": fits}, **options)


def test_nothing_known_is_nothing_said():
    assert told() == {}
    assert told(synthetic=True, planted={"us": "GMExp"}) == {}


def test_the_best_short_law_is_named_with_its_places():
    found = told(fronts={"us": front(), "england": front()}, models={d: models() for d in LABELS})
    assert found["Which short law is best?"] == (
        "At complexity 5 the best law is w_j / 1.04^d in United States (RMSE 1,200); England "
        "(RMSE 1,200)."
    )
    assert "Do the existing models hold their place?" not in found


def test_a_longer_law_pays_in_and_out_of_sample():
    text = of_fronts(front())["Does a longer law pay?"]
    assert "10.00 % in United States (complexity 11; 20.0 % on held-out origins)" in text
    worse = front()
    worse.loc[3, "heldout_rmse"] = 1500.0
    assert "20.0 % higher on held-out origins" in of_fronts(worse)["Does a longer law pay?"]
    for value in (np.inf, np.nan):
        worse.loc[3, "heldout_rmse"] = value
        assert "it is undefined on held-out" in of_fronts(worse)["Does a longer law pay?"]
    assert "Does a longer law pay?" not in of_fronts(front(FRONT[:3]))


def test_models_lie_on_above_or_below_the_front():
    question = "Do the existing models hold their place?"
    assert of_fronts(front())[question] == (
        "The front holds GMExp and GMZipf in United States. "
        "The farthest above it is RM in United States (100 %)."
    )
    text = of_fronts(front(), models(GMExp=1100.0))[question]
    assert text == (
        "The front holds none of the models. "
        "The search missed laws as accurate as GMExp in United States."
    )


@pytest.mark.parametrize("synthetic", [True, False])
def test_a_planted_law_is_looked_for(synthetic):
    question = "Are the laws those that were planted?"
    table = front(FRONT[:3])
    text = of_fronts(table, planted={"us": "GMExp", "moon": "RM"}, synthetic=synthetic)[question]
    said = "he shortest law within 1 % of the least RMSE is w_j / 1.04^d where GMExp was planted"
    assert said in text
    assert text.startswith("In this synthetic run, the" if synthetic else "The")


def test_the_certificate_tells_what_was_tried_and_how_it_was_audited():
    table = pd.DataFrame(
        [
            (3, "w_j d s_w", 100, 50, 2, 0),
            (5, "w_j d s_w", 1900, 50, 0, 0),
            (3, "w_j d", 10, 20, 0, 0),
            (5, "w_j d", 90, 20, 0, 0),
            (7, "w_j d", 900, 20, 1, 1),
        ],
        columns=[
            *("complexity", "variables", "distinct"),
            *("audited", "lower_minima", "verdict_changed"),
        ],
    )
    text = told(certificates={"us": table})["Is that certain?"]
    assert "up to complexity 5 over w_j d s_w (2,000 distinct" in text
    assert "up to complexity 7 over w_j d (1,000 distinct" in text
    assert "Of 160 fits repeated" in text
    assert "3 found a lower minimum" in text
    assert "the best laws of 1 of 5 levels of complexity changed" in text


def test_other_losses_choose_other_laws():
    rows = [
        ("mse", 5, "w_j / d^2", 10.0),
        ("mse", 7, "w_j / exp(d^0.4)", 9.0),
        ("mse", 9, "w_j / d", 1.0),
        ("poisson", 5, "w_j / d^1.5", 8.0),
        ("poisson", 7, "w_j - d", np.inf),
        ("negbin", 5, "w_j - d", np.inf),
    ]
    table = pd.DataFrame(rows, columns=["loss", "complexity", "expression", "value"])
    question = "Do other losses choose other laws?"
    assert told(losses={"us": table})[question] == (
        "Of the laws of the front, up to complexity 7, the best are, in United States, "
        "w_j / exp(d^0.4) (squared error) "
        "and w_j / d^1.5 (Poisson)."
    )
    assert question not in told(losses={"us": table[table["complexity"] > 7]})


def test_laws_that_travel():
    rows = [
        ("us", "england", 5, 20.0, 12.0, 10.0),
        ("us", "england", 7, 40.0, 11.0, 10.0),
        ("england", "us", 7, 30.0, 13.0, 10.0),
        ("england", "us", 9, np.nan, np.nan, 10.0),
        ("england", "us", 3, 90.0, 90.0, 10.0),
    ]
    names = ["fitted_on", "tried_on", "complexity", "rmse_carried", "rmse_refitted", "rmse_own"]
    table = pd.DataFrame(rows, columns=names)
    question = "Does a law found in one place hold in another?"
    text = told(transfer=table)[question]
    assert "an RMSE 200 % above" in text
    assert "(median of 3 trials)" in text
    assert "fitted anew 20.0 %" in text
    assert question not in told(transfer=table[table["complexity"] < 5])
    assert question not in told(transfer=table.assign(rmse_own=np.nan))


def test_regions_within_and_between():
    table = pd.DataFrame(
        {
            "origin_region": ["West", "South", "South", "West"],
            "destination_region": ["West", "South", "West", "West"],
            "shown": [True, True, True, False],
            "rmse_power": [3.0, 1.0, 1.0, 1.0],
            "rmse_exponential": 2.0,
            "flow": [60.0, 30.0, 10.0, 1e9],
        }
    )
    question = "Do regions obey one law?"
    assert told(regions={"us": table})[question] == (
        "Of the two gravity models, exponential decay has the lower RMSE within 1 of 2 regions and "
        "power-law decay in 1 of 1 pair of different regions. 90 % of the flow stays within its "
        "region."
    )
    assert "different" not in told(regions={"us": table.iloc[:2]})[question]


def test_noise_is_told_by_model_and_dispersion():
    rows = [("GMExp", a, n < k) for a, k in ((1e-8, 2), (0.5, 1)) for n in range(2)]
    table = pd.DataFrame(rows, columns=["model", "alpha", "recovered"])
    table = table.assign(rmse=9.0, rmse_generator=10.0)
    text = told(noise={"us": table}, synthetic=True)["How much noise hides a law?"]
    assert text == (
        "In this synthetic run, the search finds GMExp in 2 of 2 samples of dispersion 1×10⁻⁸ and "
        "1 of 2 samples of dispersion 0.5."
    )
    text = told(noise={"us": table.assign(rmse=11.0)})["How much noise hides a law?"]
    assert "In 1 of the searches" in text and "the search failed" in text


def test_the_machine_scientist_beside_the_front():
    table = pd.DataFrame({"complexity": [19, 25], "rmse_allocated": [1400.0, np.nan]})
    question = "What does the machine scientist find?"
    text = told(fronts={"us": front()}, models={"us": models()}, scientists={"us": table})[question]
    assert "median complexity of 22" in text
    assert "RMSE of 1,400, the law of complexity 5 1,200" in text
    alone = told(scientists={"us": table.assign(rmse_allocated=np.nan)})[question]
    assert "RMSE" not in alone


def test_both_constraints_lower_or_raise():
    rows = [("exponential", "production", 9.0), ("exponential", "doubly", 8.0)]
    table = pd.DataFrame(rows, columns=["form", "constraint", "rmse"])
    other = table.assign(rmse=[5.0, 6.0])
    text = told(entropies={"us": table, "england": other})[
        "Does it matter to count arrivals as well?"
    ]
    assert text == (
        "Keeping the arrivals as well as the departures lowers the RMSE of exponential gravity in "
        "United States (from 9 to 8) and raises the RMSE of exponential gravity in England "
        "(from 5 to 6)."
    )
