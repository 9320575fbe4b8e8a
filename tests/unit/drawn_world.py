"""Small worlds to draw, and what reaches the paper of a drawn figure."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

LABELS = {"us_county_commuting": "US counties", "england_mlad_commuting": "English districts"}
SIX = ["GMZipf", "GMPow", "GMExp", "RM", "IO", "OPS"]


def square_zones(side=6, crs="EPSG:27700", west=4e5, south=3e5, step=1e4, points=False):
    column, row = (i.ravel() for i in np.meshgrid(np.arange(side), np.arange(side)))
    x, y = west + step * (column + 0.5), south + step * (row + 0.5)
    h = step / 2
    shapes = shapely.points(x, y) if points else shapely.box(x - h, y - h, x + h, y + h)
    return gpd.GeoDataFrame(
        {"zone_id": [f"Z{i:03d}" for i in range(side**2)], "x": x, "y": y},
        geometry=shapes,
        crs=crs,
    )


def predicted_flows(zones, models=SIX, seed=3):
    rng = np.random.default_rng(seed)
    origin, destination = np.nonzero(~np.eye(len(zones), dtype=bool))
    distance = np.hypot(
        *(np.diff(zones[c].to_numpy()[[origin, destination]], axis=0)[0] for c in "xy")
    )
    flow = np.ceil(4000 * np.exp(-distance / distance.max() * 8) * rng.lognormal(size=len(origin)))
    table = pd.DataFrame(
        {
            "origin": pd.Categorical.from_codes(origin, zones["zone_id"]),
            "destination": pd.Categorical.from_codes(destination, zones["zone_id"]),
            "flow": flow,
            "distance_km": distance / 1000,
        }
    )
    for model in models:
        table[model] = flow * rng.lognormal(sigma=0.5, size=len(flow))
    return table


def baselines(published=True):
    rows = []
    for number, dataset in enumerate(LABELS):
        for at, model in enumerate(SIX):
            rmse = 300.0 * (number + 1) * (1 + 0.3 * at)
            rows.append(
                {
                    "dataset": dataset,
                    "model": model,
                    "parameter": 0.04 if model in ("GMExp", "GMPow") else 6e-7,
                    "rmse": rmse,
                    "cpc": 0.4 + 0.05 * at,
                    "published_rmse": rmse * (1.0004 if at else 1.3) if published else np.nan,
                    "published_cpc": 0.4 + 0.05 * at if published else np.nan,
                    "low": 0.039 if model in ("GMExp", "GMPow") else 5.8e-7,
                    "high": 0.041 if model in ("GMExp", "GMPow") else 6.1e-7,
                    "published_parameter": 0.0392 if model == "GMExp" and published else np.nan,
                }
            )
    return pd.DataFrame(rows)


def curves(models=("GMPow", "GMExp", "IO")):
    rows = []
    for model in models:
        best = 6e-7 if model == "IO" else 0.04
        for factor in np.geomspace(1 / 3, 3, 21):
            misfit = np.log(factor) ** 2
            rows.append((model, best * factor, 400 * (1 + misfit), 0.7 / (1 + misfit)))
    return pd.DataFrame(rows, columns=["model", "parameter", "rmse", "cpc"])


def one_dataset():
    return baselines().query("dataset == 'us_county_commuting'")


def texts(figure):
    return [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]


def drawn_texts(figure):
    """Texts that reach the paper and their boxes in pixels (tick labels off the axis do not)."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw_without_rendering()
    shown = []
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            kept = {id(t) for tick in axis._update_ticks() for t in (tick.label1, tick.label2)}
            every = [
                t
                for tick in (*axis.majorTicks, *axis.minorTicks)
                for t in (tick.label1, tick.label2)
            ]
            hidden = {id(t) for t in every} - kept
            if not axes.axison:
                hidden |= kept | {id(axis.label)}
            shown.append(hidden)
    hidden = set().union(*shown)
    return [(t, t.get_window_extent(renderer)) for t in texts(figure) if id(t) not in hidden]


def lab(rgb, seen=None):
    """CIELAB (D65) of sRGB rows, after ``seen``, a matrix for linear RGB, if given."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    xyz = np.clip(linear if seen is None else linear @ seen.T, 0, 1) @ to_xyz.T / to_xyz.sum(axis=1)
    x, y, z = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116).T
    return np.column_stack([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def assert_texts_apart(made):
    """No text of a figure is cut off by the page, and none meets another."""
    boxes = drawn_texts(made)
    width, height = made.bbox.size
    for k, (text, box) in enumerate(boxes):
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, text
        for other, another in boxes[k + 1 :]:
            assert not box.overlaps(another), (text, other)
