"""Saved results of paper 1 in small, to draw: right columns, sensible sizes, no fits."""

import numpy as np
import pandas as pd
import xarray as xr

from movelaws.seeds import stream
from tests.unit.drawn_world import texts

REFERENCES = {
    "alpha1_h0": "α = 1, h = 0",
    "alpha1_h005": "α = 1, h = 0.05",
    "alpha10_h0": "α = 10, h = 0",
    "alpha10_h005": "α = 10, h = 0.05",
}
CITIES = {
    "japan": "Japan",
    "helsinki": "Helsinki",
    "madrid": "Madrid",
    "san_francisco": "San Francisco",
}
LABELS = REFERENCES | CITIES
KINDS = dict.fromkeys(REFERENCES, "reference") | dict.fromkeys(CITIES, "city")
VARIANTS = [
    f"{free}{form}"
    for free in ("full", "time_independent", "homogeneous")
    for form in ("", "_no_inertia", "_no_dissipation")
]


def population(case, side=10, days=1):
    """(days, T + 1, side, side) agents: towards the centre, or to a centre and back."""
    rng = stream(1, "drawn", case)
    steps = 100 if case in REFERENCES else 23
    y, x = np.mgrid[:side, :side] - side / 2
    home = 1e4 * rng.lognormal(sigma=1, size=(side, side)) * np.exp(-np.hypot(x, y) / 3)
    work = np.exp(-np.hypot(x, y) * 1.5)
    made = []
    for day in range(days):
        t = np.linspace(0, 1, steps + 1)[:, None, None]
        share = 1 - np.exp(-4 * t) if case in REFERENCES else 0.3 * np.sin(np.pi * t) ** 4
        noise = rng.normal(scale=0.02 + 0.01 * day, size=(steps + 1, side, side))
        away = home / home.sum() * (1 - share) + work / work.sum() * share
        made.append(1e4 * away * np.exp(noise.cumsum(axis=0) / 3))
    return np.array(made)


def fit(case, scale, side=10):
    """Saved fit whose trajectory lies about ``scale`` off the reference, as in fit.nc."""
    rng = stream(2, "drawn", case)
    m = population(case, side)[0]
    q = np.log(np.maximum(m, 1.0))
    off = rng.normal(scale=scale, size=(1, side, side)) * np.linspace(0, 1.6, len(q))[:, None, None]
    lattice = ("n", "y", "x")
    parameters = (("step", "link", "y", "x"), rng.laplace(size=(len(q) - 1, 5, side, side)))
    return xr.Dataset(
        {
            "q": (lattice, q + off),
            "v": (lattice, np.zeros_like(q)),
            "q_reference": (lattice, q),
            "population": (lattice, m),
            "mu": (("y", "x"), q[-1]),
            "v0": (("y", "x"), np.zeros((side, side))),
            "gamma": parameters,
            "lambda": parameters,
            "error": (("iteration",), [1.0, 0.5]),
        },
        attrs={"method": "printed", "rms": scale, "dt": 1 / (len(q) - 1), "floor": 1.0,
               "touched": 0, "settings": "{}"},
    )  # fmt: skip


def populations(case, days=3, side=10):
    """As in populations.nc."""
    return xr.Dataset(
        {"population": (("day", "n", "y", "x"), population(case, side, days))},
        coords={"day": [f"day {d}" for d in range(days)]},
        attrs={"slot_minutes": 60, "cell_m": 500.0, "crs": "EPSG:3067", "side": side,
               "unit": "people", "total": 1e4, "source": "made", "repairs": "{}"},
    )  # fmt: skip


def methods(case):
    rng = stream(3, "drawn", case)
    rows = [
        ("persistence", 1.2, 0.0, 0, 0),
        ("printed", 1.1 * rng.lognormal(sigma=0.3), 0.5, 2000, 1e5),
        ("printed_long", 0.9 * rng.lognormal(sigma=0.3), 5.0, 20_000, 1e5),
        ("interpolation", 0.02, 0.004, 1, 1e5),
        ("exact", 0.05 * rng.lognormal(sigma=0.5), 8.0, 400, 1e5),
    ]
    return pd.DataFrame(
        [(case, name, 50 * rms**2, rms, rms / 4, seconds, its, parameters)
         for name, rms, seconds, its, parameters in rows],
        columns=["case", "method", "error", "rms", "tv", "seconds", "iterations", "parameters"],
    )  # fmt: skip


def convergence(case):
    parts = []
    for row in methods(case).itertuples():
        if row.method in ("persistence", "interpolation"):
            continue
        at = np.unique(np.geomspace(1, row.iterations, 60).astype(int))
        rms = row.rms + (1.3 - row.rms) * np.exp(-8 * np.log(at) / np.log(at[-1]))
        parts.append(
            pd.DataFrame(
                {"case": case, "method": row.method, "iteration": at, "rms": rms,
                 "seconds": row.seconds * at / at[-1], "error": 50 * rms**2}
            )
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def observables(case, side=10):
    rng = stream(4, "drawn", case)
    city = case in CITIES
    y, x = np.divmod(np.arange(side**2), side)
    n = side**2
    return pd.concat(
        pd.DataFrame(
            {
                "case": case,
                "method": method,
                "y": y,
                "x": x,
                "population_start": 100.0,
                "population_end": 100.0,
                "inertia_ratio": rng.lognormal(np.log(1.5 if city else 0.6), 0.6, n),
                "dissipation": rng.lognormal(2, 1.5, n) * np.where(rng.random(n) < 0.9, 1, -1),
                "flow": rng.lognormal(-9 if city else -7, 2, n),
                "time": np.clip(rng.normal(0.5 if city else 0.25, 0.1, n), 0, 1),
            }
        )
        for method in ("reference", "printed", "exact")
    )


def parameters(case):
    rng = stream(5, "drawn", case)
    rows = []
    for method in ("printed", "exact"):
        for parameter in ("gamma", "lambda"):
            for kind in ("self", "link", "all"):
                scale = rng.uniform(3, 12)
                rows.append((case, method, parameter, kind, 50_000, scale * 0.7, 0.1, scale * 1.5,
                             -1.5e5, -1.7e5, 0.001, scale))  # fmt: skip
    return pd.DataFrame(
        rows,
        columns=["case", "method", "parameter", "link_kind", "n", "median_abs", "mean", "sd",
                 "laplace_loglik", "normal_loglik", "share_at_bound", "laplace_scale"],
    )  # fmt: skip


def parameter_histogram(case):
    fits = parameters(case)
    parts = []
    for row in fits[fits["link_kind"] == "all"].itertuples():
        edges = np.linspace(-100, 100, 82)
        drawn = stream(6, case, row.parameter).laplace(scale=row.laplace_scale, size=50_000)
        density, _ = np.histogram(drawn, edges, density=True)
        parts.append(
            pd.DataFrame({"case": case, "method": row.method, "parameter": row.parameter,
                          "low": edges[:-1], "high": edges[1:], "density": density})
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def susceptibility(case, side=10):
    rng = stream(7, "drawn", case)
    y, x = np.mgrid[:side, :side] / side
    methods = ["printed", "exact"]
    maps = {}
    for number, name in enumerate(("chi_q0", "chi_v0", "psi_q0", "psi_v0")):
        wave = np.sin(3 * x + number / 3 + len(case)) * np.cos(4 * y)
        noise = rng.normal(scale=0.1, size=(2, side, side))
        maps[name] = (("method", "y", "x"), 10.0 ** (number - 3) * (wave + noise))
    spreads = {
        f"spread_{name}": (("method", "n"), rng.lognormal(size=(2, 24))) for name in list(maps)
    }
    return xr.Dataset(maps | spreads, coords={"method": methods})


QUANTITIES = {
    "median_inertia_ratio": 1.4,
    "variance_inertia_ratio": 0.8,
    "share_negative_dissipation": 0.1,
    "median_dissipation": 7.0,
    "median_flow": 2e-4,
    "median_time": 0.45,
    "median_abs_lambda": 4.0,
    "median_abs_gamma": 3.0,
    "pearson_psi": 0.93,
    "pearson_chi": 0.9,
    **{f"moran_{name}": 0.5 for name in ("psi_q0", "psi_v0", "chi_q0", "chi_v0")},
    **{f"moran_p_{name}": 0.001 for name in ("psi_q0", "psi_v0", "chi_q0", "chi_v0")},
}


def summary(case):
    rng = stream(8, "drawn", case)
    rows = [
        (case, method, name, value * factor, value * factor * 0.8, value * factor * 1.25, 100)
        for method in ("printed", "exact")
        for name, value in QUANTITIES.items()
        for factor in [rng.uniform(0.8, 1.05)]
    ]
    columns = ["case", "method", "quantity", "value", "low", "high", "n"]
    return pd.DataFrame(rows, columns=columns)


def energy(case):
    rng = stream(9, "drawn", case)
    n = np.arange(101 if case in REFERENCES else 24)
    t = n / n[-1]
    kinetic = 80 * np.exp(-3 * t) * (1 + 0.2 * np.sin(20 * t)) * rng.lognormal()
    potential = 400 * (1 - t) ** 2 * np.cos(3 * t)
    dissipated, injected = 300 * np.exp(-2 * t), 200 * np.cos(9 * t)
    return pd.concat(
        pd.DataFrame(
            {"case": case, "method": method, "n": n, "t": t, "kinetic": kinetic,
             "potential": potential, "hamiltonian": kinetic + potential,
             "dissipated": dissipated, "injected": injected,
             "entropy_production": 0.3 * np.exp(-t)}
        )
        for method in ("printed", "exact")
    )  # fmt: skip


def sensitivity(case):
    rng = stream(10, "drawn", case)
    choices = {
        "base": [""],
        "floor": ["0.1", "0.5", "2", "5"],
        "rate": ["0.1", "2"],
        "rate_index": ["step"],
        "iterations": ["0.1"],
        "bound": ["10", "1000"],
        "smoothing": ["false"],
        "side": ["5"],
    }
    rows = [
        (case, what, value, 0.5 if value == "" else rng.lognormal(-0.5, 0.2), 0.7,
         *rng.lognormal(1, 0.2, 2), 0.0, rng.lognormal(0, 0.3), rng.uniform(0, 0.2),
         rng.uniform(0.3, 0.6), rng.uniform(0.6, 1), 0.4, rng.uniform(0, 0.06),
         rng.random() < 0.8, 30, "")
        for what, values in choices.items()
        for value in values
    ]  # fmt: skip
    table = pd.DataFrame(
        rows,
        columns=["case", "what", "value", "rms", "persistence_rms", "median_abs_lambda",
                 "median_abs_gamma", "share_at_bound", "median_inertia_ratio",
                 "share_negative_dissipation", "median_time", "pearson_psi", "moran", "moran_p",
                 "laplace_beats_normal", "touched", "note"],
    )  # fmt: skip
    gone = (table["what"] == "rate") & (table["value"] == "2") & (case == "madrid")
    table.loc[gone, "rms"] = np.inf
    table.loc[gone, ["median_time", "median_inertia_ratio"]] = np.nan
    return table


PAIRS = (("a", "b"), ("b", "c"))
LEADS = (1.0, 2.0, 4.0, 7.6)


def _rows(case, task, hours, pair, rng):
    """Rows of one pair of days: nine variants, and those rules that know an earlier day."""
    persistence = 0.4
    fit_day, test_day = (pair[0], pair[0]) if task == "hours" else pair
    common = {"case": case, "task": task, "fit_day": fit_day, "test_day": test_day, "hours": hours,
              "first": {"ahead": np.nan, "day": 1}.get(task, 14)}  # fmt: skip
    rows = []
    for number, variant in enumerate(VARIANTS):
        form = number // 3
        count = int((2e4, 1e3, 4)[form] / (1 if number % 3 == 0 else 2))
        still = task == "hours" and variant.endswith("no_inertia")
        off = rng.lognormal((1.5, 0.1, -0.05)[form], 0.2)
        rows.append({"variant": variant, "penalty": 0.01, "parameters": count,
                     "fit_rms": persistence * (0.05, 0.5, 0.9)[form],
                     "rms": persistence * (1.0 if still else off),
                     "by_construction": still})  # fmt: skip
    rules = {"persistence": 1.0, "line_to_end": 0.3}
    if (task, pair) != ("hours", PAIRS[0]) and case in CITIES:
        rules |= {"previous_day": 0.6, "previous_change": 1.3, "damped": 0.5}
        rules |= {"historical_average": 0.55, "damped_average": 0.58}
    rows += [{"variant": name, "rms": persistence * rms, "parameters": 0, "fit_rms": np.nan,
              "oracle": name == "line_to_end"} for name, rms in rules.items()]  # fmt: skip
    return [common | {"by_construction": False, "oracle": False} | row for row in rows]


def prediction_summary(case):
    """As prediction_summary.csv: cities have two pairs of days, of which one lacks rules."""
    rng = stream(11, "drawn", case)
    tasks = [("hours", np.nan)]
    if case in CITIES:
        tasks += [("day", np.nan), ("hours_earlier", np.nan), *(("ahead", lead) for lead in LEADS)]
    table = pd.DataFrame([
        row
        for task, hours in tasks
        for pair in (PAIRS if case in CITIES else PAIRS[:1])
        for row in _rows(case, task, hours, pair, rng)
    ])  # fmt: skip
    table["tv"] = table["rms"] / 4
    table["skill"] = 1 - table["rms"] / 0.4
    table["validation"] = table["rms"].where(~table["oracle"]) * 1.1
    table["counting"] = np.where(table["task"] == "ahead", 1.6 / table["hours"], 0.25)
    table["low"], table["high"] = table["skill"] - 0.05, table["skill"] + 0.04
    return table


def prediction(case):
    """As prediction.csv."""
    parts = []
    steps = 100 if case in REFERENCES else 23
    keys = ["task", "fit_day", "test_day", "variant"]
    for row in prediction_summary(case).drop_duplicates(keys).itertuples():
        start = 0 if row.task == "ahead" else int(row.first)
        n = np.arange(start + 1, steps + 1)
        rms = row.rms * np.sqrt((n - start) / (steps - start)) * 1.4
        parts.append(
            pd.DataFrame({"case": case, "task": row.task, "fit_day": row.fit_day,
                          "test_day": row.test_day, "variant": row.variant, "n": n, "t": n / steps,
                          "hours": n - start, "rms": rms, "tv": rms / 4})
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def drift():
    n = np.arange(101)
    drifts = {"printed": 0.007 * np.sin(np.pi * n / 100) ** 2, "conserving": 0.0 * n}
    return pd.concat(
        pd.DataFrame({"bookkeeping": name, "n": n, "total": 1e4 * (1 + d), "drift": d})
        for name, d in drifts.items()
    )


def seeds(cases=tuple(REFERENCES), count=8):
    rng = stream(12, "drawn")
    rows = [
        (case, seed, name, value * rng.uniform(0.85, 1.05))
        for case in cases
        for seed in range(count)
        for name, value in QUANTITIES.items()
        if "_p_" not in name
    ]
    table = pd.DataFrame(rows, columns=["case", "seed", "quantity", "value"])
    ways = {"reference": ["growth", "shuffled"], "city": ["staying", "days", "shuffled"]}
    parts = [
        table[table["case"] == case].assign(resampled=way)
        for case in cases
        for way in ways[KINDS[case]]
    ]
    return pd.concat(parts, ignore_index=True)


def planted(case):
    rng = stream(13, "drawn", case)
    rows = []
    for parameter, value in {"gamma_self": 8.0, "gamma_link": -1.5, "lambda_self": 12.0,
                             "lambda_link": -2.0}.items():  # fmt: skip
        got = value * rng.uniform(0.95, 1.05)
        rows.append((case, parameter, value, got, got - 0.5, got + 0.5))
    return pd.DataFrame(rows, columns=["case", "parameter", "planted", "value", "low", "high"])


def all_cases(table_of, cases=LABELS):
    return pd.concat([table_of(case) for case in cases], ignore_index=True)


def found(made, gid):
    """Lines of a figure with this gid."""
    return [line for axes in made.axes for line in axes.get_lines() if line.get_gid() == gid]


def words(made):
    return " ".join(text.get_text() for text in texts(made))
