"""Sentences about the search, from tables made by hand."""

import numpy as np
import pandas as pd
import pytest

from movelaws.symbolic.answers import COLUMNS, Tables, answers
from movelaws.symbolic.answers_fronts import is_model

LABELS = {"us": "United States", "england": "England"}
FRONT = [
    (3, 1, True, "w_j / d", 1500.0, 1500.0, -20.0, -30.0, -10.0),
    (5, 1, True, "w_j / 1.04^d", 1200.0, 1250.0, 0.0, 0.0, 0.0),
    (5, 2, False, "w_j / d^2", 1300.0, 1300.0, -4.0, -9.0, 2.0),
    (11, 1, True, "w_j / (d + s_w)^3", 1080.0, 1000.0, 20.0, 4.5, 31.0),
]
BEST = "Which short law is best, and is that certain?"
LONGER = "Does a longer law pay?"
MODELS = "Do the existing models hold their place?"
PLACES = "Does the law depend on the place or the loss?"
NOISE = "How much noise hides a law?"
METHODS = "What do other methods find?"


def front(laws=FRONT) -> pd.DataFrame:
    columns = ["complexity", "rank", "pareto", "expression", "rmse", "heldout_rmse"]
    columns += ["heldout_gain", "heldout_gain_low", "heldout_gain_high"]
    return pd.DataFrame(laws, columns=columns)


def models(**rmse) -> pd.DataFrame:
    sizes = {"GMZipf": 3, "GMExp": 5, "RM": 11}
    rows = [(m, sizes[m], value) for m, value in rmse.items()]
    return pd.DataFrame(rows, columns=["model", "complexity", "rmse"])


def told(planted=None, synthetic=False, **parts) -> dict[str, str]:
    """Answers by question."""
    tables = Tables(**{"fronts": {}, "certificates": {}, "models": {}, "losses": {}} | parts)
    table = answers(tables, LABELS, planted or {}, synthetic)
    assert list(table.columns) == COLUMNS
    found = dict(table.itertuples(index=False))
    assert len(found) <= 6
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


def changed(expression: str, complexity: int = 5) -> pd.DataFrame:
    table = front()
    at = (table["complexity"] == complexity) & (table["rank"] == 1)
    table.loc[at, "expression"] = expression
    return table


def test_gravity_is_told_once_for_all_places_and_other_laws_apart():
    fronts = {"us": front(), "england": changed("0.9^d * r_j")}
    fits = {d: models() for d in LABELS}
    assert told(fronts=fronts, models=fits)[BEST] == (
        "At complexity 5 the best law is exponential gravity in all 2 datasets (decay factor per "
        "km 1.04 (United States) to 1.11 (England); RMSE 1,200)."
    )
    text = told(fronts=fronts | {"england": changed("w_j / (d + 3)")}, models=fits)[BEST]
    assert "exponential gravity in 1 of 2 datasets" in text
    assert text.endswith("; w_j / (d + 3) in England (RMSE 1,200).")
    text = told(fronts=fronts | {"england": changed("w_j * d^-1.9")}, models=fits)[BEST]
    assert "power-law gravity in 1 of 2 datasets (decay by distance to the power 1.9" in text
    assert MODELS not in told(fronts=fronts, models=fits)


@pytest.mark.parametrize(
    ("law", "model", "same"),
    [
        ("w_j / 1.04^d", "GMExp", True),
        ("0.9^d * r_j", "GMExp", True),
        ("w_j / d^2", "GMExp", False),
        ("d^-1.3 * r_j", "GMPow", True),
        ("w_j / exp(d^0.4)", "GMExpPow", True),
        ("w_j / ((w_i + s_w) * (w_j + w_i + s_w))", "RM", True),
        ("w_j / d", "another", False),
    ],
)
def test_laws_are_recognised_as_models(law, model, same):
    assert is_model(law, model) == same


def test_a_longer_law_pays_if_its_interval_says_so():
    assert of_fronts(front())[LONGER] == (
        "The longest law of the front has an RMSE below that of complexity 5 by 10.00 % (United "
        "States), constants fitted to the same flows. On origins held out it errs less than "
        "exponential gravity beyond chance in 1 of 1 dataset: United States by 20 % (interval "
        "4.5 % to 31 %)."
    )
    doubtful = front()
    doubtful["heldout_gain_low"] = -1.0
    text = of_fronts(doubtful)[LONGER]
    assert "beyond chance in 0 of 1 dataset. Elsewhere it gains 20 % (United States)" in text
    for value in (np.inf, np.nan):
        doubtful["heldout_rmse"], doubtful["heldout_gain"] = value, np.nan
        text = of_fronts(doubtful)[LONGER]
        assert "chance" not in text
        assert ("undefined on origins held out in United States" in text) == np.isinf(value)
    assert LONGER not in of_fronts(front(FRONT[:3]))
    assert "chance" not in of_fronts(front().drop(columns="heldout_gain"))[LONGER]


def test_models_lie_on_above_or_below_the_front():
    assert of_fronts(front())[MODELS] == (
        "The front holds GMZipf in 1 of 1 dataset and GMExp in 1 of 1 dataset. "
        "The farthest above it is RM, with an RMSE higher by 100 %."
    )
    assert of_fronts(front(), models(GMExp=1100.0))[MODELS] == (
        "The front holds none of the models. "
        "The search missed laws as accurate as GMExp in 1 of 1 dataset."
    )


@pytest.mark.parametrize("synthetic", [True, False])
def test_a_planted_law_is_looked_for(synthetic):
    table = front(FRONT[:3])
    planted = {"us": "GMExp", "moon": "RM"}
    text = of_fronts(table, planted=planted, synthetic=synthetic)[MODELS]
    assert text.endswith("the least RMSE is the planted one in 1 of 1 dataset.")
    assert text.startswith("In this synthetic run, the" if synthetic else "The")
    text = of_fronts(table, planted={"us": "GMPow"})[MODELS]
    assert text.endswith("0 of 1 dataset; elsewhere it is w_j / 1.04^d for GMPow (United States).")


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
    text = told(certificates={"us": table})[BEST]
    assert "of all variables to complexity 5 (with few of them to 7) was tried, 3,000" in text
    assert "of 160 fits repeated" in text
    assert "3 found a lower minimum" in text
    assert "the best laws of 1 of 5 levels of complexity changed" in text
    assert "with few" not in told(certificates={"us": table.iloc[:2]})[BEST]


def test_other_losses_choose_the_same_form_or_another():
    rows = [
        ("mse", 5, "w_j / d^2", 10.0),
        ("mse", 7, "w_j / exp(d^0.4)", 9.0),
        ("mse", 9, "w_j / d", 1.0),
        ("poisson", 5, "w_j / d^1.5", 8.0),
        ("poisson", 7, "w_j - d", np.inf),
        ("negbin", 7, "w_j / exp(d^0.3)", 2.0),
    ]
    table = pd.DataFrame(rows, columns=["loss", "complexity", "expression", "value"])
    assert told(losses={"us": table})[PLACES] == (
        "Up to complexity 7 the form that squared error chooses is also that of the Poisson "
        "likelihood in 0 of 1 dataset and the negative binomial likelihood in 1 of 1 dataset."
    )
    assert PLACES not in told(losses={"us": table[table["complexity"] > 7]})


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
    text = told(transfer=table)[PLACES]
    assert "an RMSE 200 % above" in text
    assert "(median of 3 trials)" in text
    assert "fitted anew 20.0 %" in text
    assert PLACES not in told(transfer=table[table["complexity"] < 5])
    assert PLACES not in told(transfer=table.assign(rmse_own=np.nan))


def test_regions_within_and_between():
    table = pd.DataFrame(
        {
            "origin_region": ["West", "South", "South", "West"],
            "destination_region": ["West", "South", "West", "West"],
            "shown": [True, True, True, False],
            "better": ["exponential", "power", "power", "power"],
            "direction": "decays",
            "flow": [60.0, 30.0, 10.0, 1e9],
        }
    )
    assert told(regions={"us": table})[PLACES] == (
        "Of the two gravity models, exponential decay has the lower RMSE within 1 of 2 regions and "
        "power-law decay in 1 of 1 pair of different regions; 90 % of the flow stays within its "
        "region."
    )
    assert "different" not in told(regions={"us": table.iloc[:2]})[PLACES]
    odd = table.assign(better=["exponential", "power", "tie", ""], direction="grows")
    text = told(regions={"us": odd})[PLACES]
    assert "power-law decay in 0 of 1 pair" in text
    assert text.endswith(
        "Of these 3 parts, the two err alike in 1 and flows grow with distance in 3."
    )


def test_noise_is_told_by_model_and_dispersion():
    rows = [("GMExp", a, n < k) for a, k in ((1e-8, 2), (0.5, 1)) for n in range(2)]
    table = pd.DataFrame(rows, columns=["model", "alpha", "recovered"])
    table = table.assign(rmse=9.0, rmse_generator=10.0)
    assert told(noise={"us": table}, synthetic=True)[NOISE] == (
        "In this synthetic run, the search finds (samples at dispersions 1×10⁻⁸ and 0.5) GMExp in "
        "2 of 2 and 1 of 2."
    )
    text = told(noise={"us": table.assign(rmse=11.0)})[NOISE]
    assert "In 1 of the searches" in text and "the search failed" in text
    both = pd.concat([table, table.iloc[:2].assign(model="RM")])
    assert told(noise={"us": both})[NOISE] == (
        "The search finds (samples, by dispersion) GMExp in 2 of 2 and 1 of 2 at 1×10⁻⁸ and 0.5 "
        "and RM in 2 of 2 at 1×10⁻⁸."
    )


def test_the_machine_scientist_beside_the_front():
    table = pd.DataFrame({"complexity": [19, 25], "rmse_allocated": [1400.0, np.nan]})
    found = told(fronts={"us": front()}, models={"us": models()}, scientists={"us": table})
    assert found[METHODS] == (
        "The machine scientist's laws have a median complexity of 22; shared out by origin, the "
        "best has an RMSE of 1,400 in United States (complexity 5: 1,200)."
    )
    alone = told(scientists={"us": table.assign(rmse_allocated=np.nan)})[METHODS]
    assert "RMSE" not in alone


def test_both_constraints():
    rows = [("exponential", "production", 9.0), ("exponential", "doubly", 8.0)]
    table = pd.DataFrame(rows, columns=["form", "constraint", "rmse"])
    other = table.assign(rmse=[5.0, 6.0])
    assert told(entropies={"us": table, "england": other})[METHODS] == (
        "Keeping the arrivals as well as the departures takes the RMSE of exponential gravity from "
        "9 to 8 in United States and from 5 to 6 in England."
    )
