"""What laws capture."""

import pytest

from movelaws.symbolic.effects import decay_form, effects, joined, label
from movelaws.symbolic.parsing import parse
from tests.unit.random_expressions import MODELS, published

GRAVITY = "distance decay; destination attraction"


@pytest.mark.parametrize(
    ("model", "captured", "form"),
    [
        ("GMZipf", GRAVITY, "power law"),
        ("GMPow", GRAVITY, "power law"),
        ("GMExp", GRAVITY, "exponential"),
        ("RM", "intervening opportunities; destination attraction; origin", "none"),
        ("IO", "intervening opportunities; destination attraction", "none"),
        ("OPS", "intervening opportunities; destination attraction; origin", "none"),
    ],
)
def test_the_six_models(model: str, captured: str, form: str) -> None:
    law = parse(MODELS[model])
    assert joined(effects(law)) == captured
    assert decay_form(law) == form


@pytest.mark.parametrize(
    ("law", "captured"),
    [
        ("0.89^d", "distance decay"),
        ("w_i * w_j / d", GRAVITY),  # the origin's mass cancels
        ("w_j / (d + w_i)", "distance decay; destination attraction; origin"),
        ("w_j * d^0.2", "distance; destination attraction"),
        ("-1 * r_j / d", GRAVITY),
        ("(s_w + w_i)^-1.3", "intervening opportunities; origin"),
        ("w_i", ""),
        ("d - d + w_j", "destination attraction"),
    ],
)
def test_effects(law: str, captured: str) -> None:
    assert joined(effects(parse(law))) == captured


def test_figure_3d_counts_decay_with_opportunities_as_distance_decay() -> None:
    assert label(parse("0.94^s_w")) == "distance decay"
    assert label(parse(MODELS["IO"])) == GRAVITY
    assert label(parse(MODELS["RM"])) == "distance decay; destination attraction; origin"


def test_published_laws_take_up_distance_first_and_attraction_next() -> None:
    """Sec. 4: distance decay at complexity 3, attraction in most laws of complexity 5."""
    table = published()
    table["label"] = [label(parse(expression)) for expression in table["expression"]]
    first = table[(table["rank"] == 1) & (table["dataset"] != "us_county_commuting")]
    assert (first.loc[first["complexity"] == 3, "label"] == "distance decay").all()
    gravity = first.loc[first["complexity"] == 5, "label"] == GRAVITY
    assert gravity.mean() > 0.8


@pytest.mark.parametrize(
    ("law", "form"),
    [
        ("w_j / d^2.05", "power law"),
        ("w_i * w_j^2 * 0.6^w_j / 1.09^d", "exponential"),
        ("(w_j / 1.05^d)^1.07", "exponential"),
        ("w_j / exp(d^0.42)", "exponential power"),
        ("w_j / 1.2^(d^0.5)", "exponential power"),
        ("exp((w_j - 1.95) / r_j) / 1.1^d", "exponential"),
        ("w_j / (d * 1.02^d)", "other"),
        ("w_j / (1.09^d - 0.92)", "other"),
        ("w_j / (d + w_i)", "other"),
        ("w_j / (d * s_w)", "other"),
        ("w_j / exp(d / r_j)", "other"),
        ("w_j / d^w_i", "other"),
        ("w_j", "none"),
        ("w_j - r_j", "none"),
        ("1000^1000 * w_j / d", "other"),
    ],
)
def test_forms_of_the_decay(law: str, form: str) -> None:
    assert decay_form(parse(law)) == form
