"""Random worlds for timings, which sizes a tool can afford, and the table of what was measured."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

OURS = "movelaws"
MASS_EXPONENT, DECAY_PER_KM = 0.9, 0.004
_KEY = ["task", "tool", "threads"]
_MOST_CHECKED = 1_000_000
# Work on all pairs grows at least as their number; two quick runs may suggest anything.
_LEAST_GROWTH, _MOST_GROWTH = 2.0, 4.0
_LEAST_MB = 1.0
# Tasks whose result is a number that all tools have to agree on, and how nearly.
_EXACT_TASKS = ("evaluation",)
_AGREEMENT, _AGREEMENT_OF = 1e-6, {"pyoperon": 1e-3}  # pyoperon computes in float32


def all_pairs(n: int) -> tuple[np.ndarray, np.ndarray]:
    """All ordered pairs of n zones in compressed rows.

    Returns
    -------
    start : (n + 1,) int64; the pairs of origin i are start[i]:start[i + 1].
    destination : (n (n - 1),) int32, all zones but i for each i.
    """
    rank = np.arange(n - 1, dtype=np.int32)
    destination = rank + (rank >= np.arange(n, dtype=np.int32)[:, None])
    return np.arange(n + 1, dtype=np.int64) * (n - 1), destination.ravel()


def random_world(n: int, seed: int) -> dict[str, np.ndarray]:
    """Random zones with flows from a gravity law, and pairs on which tools are compared.

    Points are uniform in longitude and latitude over an area like that of the United States;
    masses are lognormal whole numbers; 30 % of them travel, each to a destination drawn with
    weights m_j^0.9 exp(-0.004 d_ij), d in km. No two distances are equal, so that the conventions
    for ties do not matter.

    Parameters
    ----------
    n : number of zones, at least 3.
    seed : of all random numbers.

    Returns
    -------
    dict of longitude, latitude (n,) degrees; mass, outflow (n,) people; flow (n, n) int32, people,
    0 on the diagonal; check_origin, check_destination (k,) int32, up to a million different pairs.

    Raises
    ------
    ValueError
        If there are fewer than 3 zones.
    """
    if n < 3:
        raise ValueError(f"n = {n}: a world with something to choose has at least 3 zones")
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(n,)))
    longitude, latitude = rng.uniform(-120, -75, n), rng.uniform(30, 48, n)
    mass = np.ceil(rng.lognormal(10, 1.2, n)).astype(np.int64)
    outflow = np.ceil(0.3 * mass).astype(np.int64)
    flow = np.zeros((n, n), dtype=np.int32)
    for i in range(n):
        weight = mass**MASS_EXPONENT * np.exp(-DECAY_PER_KM * _kilometres(longitude, latitude, i))
        weight[i] = 0
        flow[i] = rng.multinomial(outflow[i], weight / weight.sum())
    pairs = n * (n - 1)
    checked = np.sort(rng.choice(pairs, min(pairs, _MOST_CHECKED), replace=False, shuffle=False))
    origin, rank = np.divmod(checked, n - 1)
    return {
        "longitude": longitude,
        "latitude": latitude,
        "mass": mass,
        "outflow": outflow,
        "flow": flow,
        "check_origin": origin.astype(np.int32),
        "check_destination": (rank + (rank >= origin)).astype(np.int32),
    }


def why_not(
    measured: pd.DataFrame,
    n: int,
    limit_s: float,
    limit_gb: float,
    *,
    least_growth: float = _LEAST_GROWTH,
    most_growth: float = _MOST_GROWTH,
    places: str = "zones",
) -> str | None:
    """Why a tool is not run on n zones, judged by its runs on fewer; None if it can be run.

    Parameters
    ----------
    measured : runs of one tool on one task, with n_zones, seconds, peak_memory_mb and note, in
        the order of n_zones; seconds is missing where a run failed (then the note begins so) or
        was left out.
    n : number of zones to judge.
    limit_s, limit_gb : most seconds and most memory a run may take.
    least_growth, most_growth : exponents that costs are taken to grow with at least and at most.
    places : what n counts.

    Returns
    -------
    str for the table, or None.
    """
    failed = measured[measured["note"].str.startswith("failed")]
    if len(failed):
        return f"not run: failed at {failed['n_zones'].iloc[0]:,} {places}"
    done = measured[measured["seconds"].notna()]
    for column, limit, unit, factor in (
        ("seconds", limit_s, "s", 1.0),
        ("peak_memory_mb", limit_gb, "GB", 1e-3),
    ):
        expected = extrapolated(
            done["n_zones"], done[column] * factor, n, least_growth, most_growth
        )
        if expected > limit:
            return f"not run: beyond {limit:g} {unit}, {expected:,.0f} {unit} by extrapolation"
    return None


def extrapolated(
    sizes: Iterable[float],
    costs: Iterable[float],
    n: float,
    least_growth: float = _LEAST_GROWTH,
    most_growth: float = _MOST_GROWTH,
) -> float:
    """Cost at size n by the power law through the last two sizes, its exponent within bounds.

    Parameters
    ----------
    sizes, costs : of the runs so far, in the order of the sizes.
    n : size asked for.
    least_growth, most_growth : smallest exponent, 2 where the work is on all pairs, and largest.

    Returns
    -------
    float in the unit of the costs; 0 without runs.
    """
    sizes, costs = np.array(list(sizes), dtype=float), np.array(list(costs), dtype=float)
    if costs.size == 0:
        return 0.0
    power = least_growth
    if costs.size > 1 and costs[-2] > 0 < costs[-1]:
        slope = np.log(costs[-1] / costs[-2]) / np.log(sizes[-1] / sizes[-2])
        power = min(max(least_growth, slope), most_growth)
    return float(costs[-1] * (n / sizes[-1]) ** power)


def relative_difference(values: np.ndarray, ours: np.ndarray) -> float:
    """Largest |x - y| / |y| over all entries; where both are 0 they agree.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    if values.shape != ours.shape:
        raise ValueError(f"values have shape {values.shape}, ours {ours.shape}")
    difference = np.abs(values - ours)
    scale = np.where(difference > 0, np.abs(ours), 1.0)
    with np.errstate(divide="ignore"):
        return float(np.max(difference / scale, initial=0.0))


def assemble(
    runs: pd.DataFrame, values: Mapping[tuple[str, str, int, int], np.ndarray]
) -> pd.DataFrame:
    """The table of all runs: how far each result lies from ours, and how many times our seconds.

    Parameters
    ----------
    runs : task, tool, threads, n_zones, seconds, ... , one row per run asked for.
    values : result by (task, tool, threads, n_zones); those of ``movelaws`` on 1 thread are what
        all others are compared with.

    Returns
    -------
    The rows by task, size, tool and threads, with max_relative_difference (empty without two
    results to compare) and times_ours, seconds over those of movelaws on as many threads.
    """
    table = runs.sort_values(["task", "n_zones", "tool", "threads"], ignore_index=True)
    differences = []
    for row in table.itertuples():
        key = (row.task, row.tool, row.threads, row.n_zones)
        reference = (row.task, OURS, 1, row.n_zones)
        comparable = key != reference and key in values and reference in values
        differences.append(
            relative_difference(values[key], values[reference]) if comparable else np.nan
        )
    own = table[table["tool"] == OURS].set_index(["task", "threads", "n_zones"])["seconds"]
    same = pd.MultiIndex.from_frame(table[["task", "threads", "n_zones"]])
    return table.assign(
        max_relative_difference=differences,
        times_ours=table["seconds"].to_numpy() / own.reindex(same).to_numpy(),
    )


def disagreeing(table: pd.DataFrame) -> pd.DataFrame:
    """Rows whose result differs from ours where there is but one right: the loss of given laws.

    Parameters
    ----------
    table : of :func:`assemble`.

    Returns
    -------
    The rows with a relative difference above 1e-6, or 1e-3 for pyoperon, which has float32 only.
    """
    allowed = table["tool"].map(_AGREEMENT_OF).fillna(_AGREEMENT)
    return table[table["task"].isin(_EXACT_TASKS) & (table["max_relative_difference"] > allowed)]


def growth(table: pd.DataFrame) -> pd.DataFrame:
    """Growth exponents k of seconds and memory, cost ~ n^k, for each tool on each task.

    Least squares in the logarithms over all sizes that were run; ``last`` is the slope between the
    two largest alone, which shows where a fixed cost still bends the line. Memory below 1 MB is
    left out: it depends on what the interpreter happened to hold in reserve.

    Parameters
    ----------
    table : task, tool, threads, n_zones, seconds, peak_memory_mb; rows without
        seconds are left out.

    Returns
    -------
    DataFrame with task, tool, threads, sizes, smallest_n, largest_n, seconds_exponent,
    seconds_exponent_last, memory_exponent, memory_exponent_last; exponents are missing with fewer
    than two sizes.
    """
    rows = []
    for key, runs in table[table["seconds"].notna()].groupby(_KEY, sort=True):
        runs = runs.sort_values("n_zones")
        row = dict(zip(_KEY, key, strict=True))
        row |= {"sizes": len(runs), "smallest_n": runs["n_zones"].iloc[0]}
        row |= {"largest_n": runs["n_zones"].iloc[-1]}
        memory = runs["peak_memory_mb"].where(runs["peak_memory_mb"] >= _LEAST_MB)
        for name, costs in (("seconds", runs["seconds"]), ("memory", memory)):
            row[f"{name}_exponent"] = exponent(runs["n_zones"], costs)
            row[f"{name}_exponent_last"] = exponent(runs["n_zones"][-2:], costs[-2:])
        rows.append(row)
    names = [f"{n}_exponent{e}" for n in ("seconds", "memory") for e in ("", "_last")]
    return pd.DataFrame(rows, columns=[*_KEY, "sizes", "smallest_n", "largest_n", *names])


def exponent(sizes: Iterable[float], costs: Iterable[float]) -> float:
    """Slope of log cost on log size by least squares; nan with fewer than two positive costs."""
    x, y = np.array(list(sizes), dtype=float), np.array(list(costs), dtype=float)
    x, y = x[y > 0], y[y > 0]
    if np.unique(x).size < 2:
        return float("nan")
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])


def _kilometres(longitude: np.ndarray, latitude: np.ndarray, i: int) -> np.ndarray:
    """Distances from point i to all points by the haversine formula."""
    x, y = np.radians(longitude), np.radians(latitude)
    half = np.sin((y - y[i]) / 2) ** 2 + np.cos(y[i]) * np.cos(y) * np.sin((x - x[i]) / 2) ** 2
    return 2 * 6371.0088 * np.arcsin(np.sqrt(half))
