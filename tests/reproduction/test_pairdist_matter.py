"""Claims P7 and P9 on Bornholm, the part of Denmark that the mirror holds."""

import numpy as np
import pandas as pd
import pytest

from movelaws.pairdist.matter_curves import order_row
from movelaws.pairdist.matter_places import Settings, distinct, places_curves
from movelaws.seeds import stream

DENSITY = {"reach": 200.0, "min_places": 10, "fewest": 31}


@pytest.mark.parametrize(
    ("kind", "crossing", "peak"), [("buildings", (7, 10), (11, 18)), ("addresses", (3, 5), (5, 8))]
)
def test_houses_keep_apart_and_then_gather(mirror, kind, crossing, peak):
    """P7: g below 1 at short range, a peak above 1 beyond; only addresses oscillate after it."""
    path = mirror / "denmark_bornholm" / f"bornholm_{kind}.csv"
    table = pd.read_csv(path, usecols=["x_utm32", "y_utm32"])
    table = table.rename(columns={"x_utm32": "x", "y_utm32": "y"}).assign(weight=1.0, town="")
    places = distinct(table, "density", DENSITY)
    settings = Settings(draws=3, parts=10, towns=1)
    local = places_curves(kind, places, settings, stream(1, "bornholm"))[0]
    row = order_row(local)
    assert row["dips"] and row["peaks"] and row["falls"]
    assert row["shows"] == (kind == "addresses")
    assert crossing[0] < row["crossing_m"] < crossing[1]
    assert peak[0] < row["peak_m"] < peak[1]
    assert 1.4 < row["peak"] < 1.9
    assert np.all(local.error[5:] < 0.2)
