"""Verdicts on claims P1-P13, from tables made by hand."""

import pandas as pd
import pytest

from movelaws.claims.findings import check_findings
from movelaws.pairdist.claims import CHECKED, Tables, findings
from tests.unit import pairdist_tables as made

REAL, MADE, GONE = "reproduced", "differs", "not testable"


def judged(published=("island", "bins"), synthetic=(), absent=None, **parts):
    """Verdict and finding by claim; of several on one claim the last."""
    found = findings(Tables(**parts), set(synthetic), set(published), absent or {})
    check_findings(found)
    assert {one.id for one in found} == set(CHECKED)
    return {one.id: one for one in found}


@pytest.mark.parametrize(
    ("claim", "parts", "verdict"),
    [
        ("P3", {"cities": {"bins": made.cities()}}, REAL),
        ("P4", {"city_radii": {"bins": made.city_radii()}}, REAL),
        ("P5", {"growth": {"island": made.growth()}}, REAL),
        ("P5", {"growth": {"island": made.growth(0.56)}}, MADE),
        ("P6", {"radii": {"island": made.radii()}}, REAL),
        ("P6", {"radii": {"island": made.radii(0.4)}}, MADE),
        ("P7", {"matter": made.matter()}, REAL),
        ("P8", {"patches": made.patches()}, REAL),
        ("P8", {"patches": made.patches(0.8)}, MADE),
        ("P9", {"positions": {"island": made.positions()}}, REAL),
        ("P9", {"positions": {"island": made.positions(far_g=1.6, far_p=0.01)}}, MADE),
        ("P10", {"geographies": {"island": made.geographies()}}, REAL),
        ("P10", {"geographies": {"island": made.geographies(gap=0.01)}}, MADE),
        ("P12", {"definition": {"island": made.definition()}}, REAL),
        ("P12", {"definition": {"island": made.definition(0.7)}}, MADE),
        ("P12", {"definition": {"island": made.definition(0.7, "districts")}}, GONE),
        ("P13", {"models": {"island": made.models()}}, REAL),
        ("P13", {"models": {"island": made.models(growth=-0.4)}}, MADE),
        ("P13", {"models": {"island": made.models(growth=float("nan"))}}, GONE),
    ],
)
def test_a_table_decides_a_claim(claim, parts, verdict):
    found = judged(**parts)
    assert found[claim].verdict == verdict
    assert all(
        one.verdict == GONE for name, one in found.items() if name not in (claim, "P1", "P2", "P7")
    )


def test_one_model_without_oscillation_is_enough_to_differ():
    found = findings(Tables(matter=made.matter(shows=False)), set(), {"island"}, {})
    of_models = next(one for one in found if one.id == "P7" and one.dataset == "simulation")
    assert of_models.verdict == MADE


def test_the_tested_distance_and_the_trough_are_said():
    found = findings(Tables(matter=made.matter(rises=False)), set(), {"island"}, {})
    model, place = (one for one in found if one.id == "P7")
    assert "at most 0.10 ± 0.02 up to 9.4 m (0.85 diameters)" in model.reproduced
    assert "trough 0.60 ± 0.05 at 17.0 m" in model.reproduced
    assert place.verdict == MADE
    assert place.reason == "beyond the errors there is no rise after that"
    assert "crosses" not in place.reproduced


def test_growth_at_other_ranges_is_said():
    found = judged(patches=made.patches())["P8"]
    for said in ("fitted from R_1 to R_(n-1)", "0.568 to R_n", "0.562 from 2 R_1", "range 0.459"):
        assert said in found.reproduced
    assert "R_1 to R_(n-1)" in found.tolerance
    assert found.reproduced.endswith("Outside the tolerance at one of them: none")
    far = judged(patches=made.patches().assign(doubled=0.5))["P8"]
    assert far.reproduced.endswith("at one of them: b = 9")


def test_too_few_towns_are_not_held_against_the_claim():
    few = made.positions(near_p=0.5, overlaps_p=0.8, overlaps_gas=0.2, near_low=0.0, near_g=1.4)
    assert judged(positions={"island": few})["P9"].verdict == GONE


def test_planted_values_are_looked_for_in_synthetic_data():
    found = judged(
        published=(),
        synthetic=("island", "bins"),
        fits={"island": made.fits()},
        growth={"island": made.growth(0.5, planted=0.7)},
        radii={"island": made.radii()},
        table1={"bins": made.table1(planted=1.05)},
    )
    assert found["P5"].verdict == REAL
    assert "Big" in found["P5"].reproduced
    assert found["P6"].verdict == GONE
    assert found["P1"].published.startswith("planted")
    missed = findings(Tables(fits={"island": made.fits(1.1)}), {"island"}, set(), {})
    assert next(one for one in missed if one.id == "P1").verdict == MADE


def test_data_of_ones_own_are_held_against_nothing():
    found = judged(
        published=(),
        growth={"island": made.growth(0.1)},
        models={"island": made.models()},
        positions={"island": made.positions()},
    )
    assert {one.verdict for one in found.values()} == {GONE}


def test_what_cannot_be_had_is_said():
    found = judged(absent={"denmark": "its moves are restricted"})
    assert "denmark: its moves are restricted" in found["P1"].reason


@pytest.mark.parametrize(
    ("outside", "planted", "verdict"), [(2.1, 2.0, REAL), (2.6, 2.0, MADE), (2.1, 0.6, GONE)]
)
def test_planted_exponents_of_towns_are_looked_for(outside, planted, verdict):
    table = made.town_fits(outside, planted)
    found = judged(published=(), synthetic=("island",), town_fits={"island": table})
    assert found["P3"].verdict == verdict


def by_row(**parts) -> dict[tuple[str, str], str]:
    found = findings(Tables(**parts), set(), {"island", "bins"}, {})
    return {(one.id, one.dataset): one.verdict for one in found}


def test_a_printed_exponent_is_judged_by_the_papers_reading_and_by_the_moves():
    table = made.table1()
    found = by_row(table1={"bins": table})
    assert found["P1", "bins"] == found["P2", "bins"] == REAL
    assert found["P1", "bins, likelihood of the moves"] == MADE
    found = by_row(table1={"bins": made.table1(ours=0.880)})
    assert found["P2", "bins"] == MADE
    row = {"range": "published range", "estimator": "sample space", "weights": "ratio"}
    printed = pd.DataFrame([row | {"case": case, "exponent": 0.99} for case in table["case"]])
    found = by_row(table1={"bins": table}, sensitivity={"bins": printed})
    assert found["P2", "bins, printed ranges"] == MADE


@pytest.mark.parametrize(("slope", "verdict"), [(1.02, REAL), (1.08, MADE)])
def test_the_aggregate_may_have_the_slope_and_yet_be_no_power_law(slope, verdict):
    found = by_row(aggregate={"bins": made.aggregate(slope)})
    assert found["P11", "simulation"] == verdict
    assert found["P11", "simulation, local exponents"] == MADE


def test_every_planted_cost_is_judged_for_itself():
    tables = {"island": made.geographies(costs=(1.0, 0.5, 2.0))}
    found = by_row(geographies=tables)
    assert found["P10", "island"] == found["P10", "island, cost r^-2"] == REAL
    assert [name for claim, name in found if claim == "P10" and "observed" in name] == [
        "island, observed moves"
    ]
