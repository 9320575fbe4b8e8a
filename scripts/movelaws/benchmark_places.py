"""Places of a made-up country for timings of pair counts, and what is read off these timings."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from movelaws.benchmarks import OURS, exponent

EXACT = "movelaws-exact"
"""The tool whose counts are taken for right; peers that count exactly must agree with it."""

COUNTING_EXACTLY = (EXACT, "brute", "cKDTree", "TreeCorr-exact")
_KEY = ["tool", "threads"]
Counts = Mapping[tuple[str, int, int], np.ndarray]

COUNTRY_M = 400_000.0
"""Side of the square of ``clustered_places``."""

_TOWN_M = 12.0  # radius of a town of one place; others grow with the root of their size


def clustered_places(n: int, seed: int) -> dict[str, np.ndarray]:
    """Places of a country of towns and farms, for pair counts at every distance.

    One place in eight is a farm, uniform in a square of 400 km. The others are in n / 400 towns
    (10 at least) with sizes by a power law of exponent 2, so that the largest holds a good share of
    all. A town has a centre and a density that falls exponentially from it, wider with the square
    root of its size; its places stand on blocks of about 12, at the corners of a grid of 20 m.

    Parameters
    ----------
    n : number of places, at least 2.
    seed : of all random numbers.

    Returns
    -------
    dict of x, y (n,) metres, to the centimetre.

    Raises
    ------
    ValueError
        If there are fewer than 2 places.
    """
    if n < 2:
        raise ValueError(f"n = {n}: a pair needs at least 2 places")
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(n, 1)))
    farms = n // 8
    towns = max(10, n // 400)
    # Sizes by rank 1 / k: the power law of exponent 2 without the luck of the largest draw.
    share = 1 / np.arange(1, towns + 1)
    town = np.repeat(np.arange(towns), rng.multinomial(n - farms, share / share.sum()))
    size = np.maximum(np.bincount(town, minlength=towns), 1)
    centre = rng.uniform(0, COUNTRY_M, (towns, 2))
    # The block of a place, its distance and direction from the centre of the town.
    block = np.arange(town.size) // 12
    blocks = block[-1] + 1 if town.size else 0
    away = rng.gamma(2.0, 1.0, blocks)[block] * _TOWN_M * np.sqrt(size[town])
    turn = rng.uniform(0, 2 * np.pi, blocks)[block]
    inside = centre[town] + np.stack([away * np.cos(turn), away * np.sin(turn)], axis=1)
    inside += 20.0 * rng.integers(0, 6, (town.size, 2)) + rng.normal(0, 2.0, (town.size, 2))
    places = np.concatenate([inside, rng.uniform(0, COUNTRY_M, (farms, 2))])
    # Towns at the border are folded back: cut off there, they would pile up in a line.
    places = np.clip(COUNTRY_M - np.abs(COUNTRY_M - np.abs(places)), 0, COUNTRY_M).round(2)
    return dict(zip("xy", np.ascontiguousarray(rng.permutation(places).T), strict=True))


def growth_of_n_log_n(sizes: Iterable[float]) -> float:
    """Exponent that :func:`exponent` reads off a cost of exactly n log n at the same sizes."""
    sizes = np.array(list(sizes), dtype=float)
    return exponent(sizes, sizes * np.log(sizes))


def count_errors(count: np.ndarray, exact: np.ndarray) -> np.ndarray:
    """|count / exact - 1| of each bin, 0 where both are 0, inf where only the exact one is.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    if count.shape != exact.shape:
        raise ValueError(f"count has shape {count.shape}, exact {exact.shape}")
    off = np.abs(count - exact)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(off > 0, off / exact, 0.0)


def pairs_table(runs: pd.DataFrame, counts: Counts) -> pd.DataFrame:
    """All timings of pair counts, with speed per core and the largest error of a bin.

    Parameters
    ----------
    runs : tool, threads, n_zones (places here), n_pairs (ordered), seconds, ... as from a climb.
    counts : (n_bins,) pairs of each bin by (tool, threads, places).

    Returns
    -------
    The rows by places, tool and threads, with n_places, n_pairs (each once), pairs_per_core (each
    second), largest_error (empty where exact counts of as many places are not there) and
    times_ours, seconds over those of movelaws on as many threads.
    """
    table = runs.rename(columns={"n_zones": "n_places"})
    table = table.sort_values(["n_places", *_KEY], ignore_index=True)
    exact = _exact(counts)
    largest = []
    for row in table.itertuples():
        found, right = counts.get((row.tool, row.threads, row.n_places)), exact.get(row.n_places)
        known = found is not None and right is not None
        largest.append(count_errors(found, right).max() if known else np.nan)
    own = table[table["tool"] == OURS].set_index(["threads", "n_places"])["seconds"]
    same = own.reindex(pd.MultiIndex.from_frame(table[["threads", "n_places"]])).to_numpy()
    pairs = table["n_pairs"] / 2
    return table.assign(
        n_pairs=pairs,
        pairs_per_core=pairs / table["seconds"] / table["threads"],
        largest_error=largest,
        times_ours=table["seconds"] / same,
    )


def bin_errors(counts: Counts, edges: np.ndarray) -> pd.DataFrame:
    """Error of every bin of every tool, by the largest number of its places counted exactly.

    Returns
    -------
    DataFrame with tool, n_places, r_low, r_high (m), exact (pairs) and error (relative); a tool's
    threads do not matter, those of the fewest are taken.
    """
    exact, rows = _exact(counts), []
    for tool in dict.fromkeys(key[0] for key in counts):
        runs = sorted(
            (k for k in counts if k[0] == tool and k[2] in exact), key=lambda k: (-k[2], k[1])
        )
        if runs and tool != EXACT:
            n = runs[0][2]
            rows.append(
                pd.DataFrame(
                    {
                        "tool": tool,
                        "n_places": n,
                        "r_low": edges[:-1],
                        "r_high": edges[1:],
                        "exact": exact[n],
                        "error": count_errors(counts[runs[0]], exact[n]),
                    }
                )
            )
    columns = ["tool", "n_places", "r_low", "r_high", "exact", "error"]
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=columns)


def pairs_growth(table: pd.DataFrame) -> pd.DataFrame:
    """Growth exponents of seconds and memory of each tool, beside that of n log n.

    Returns
    -------
    DataFrame with tool, threads, smallest_n, largest_n, seconds_exponent, seconds_exponent_last
    (between the two largest), n_log_n, n_log_n_last (what n log n would have), memory_exponent.
    """
    rows = []
    for key, runs in table[table["seconds"].notna()].groupby(_KEY, sort=True):
        runs = runs.sort_values("n_places")
        sizes, last = runs["n_places"], runs["n_places"][-2:]
        rows.append(
            dict(zip(_KEY, key, strict=True))
            | {
                "smallest_n": sizes.iloc[0],
                "largest_n": sizes.iloc[-1],
                "seconds_exponent": exponent(sizes, runs["seconds"]),
                "seconds_exponent_last": exponent(last, runs["seconds"][-2:]),
                "n_log_n": growth_of_n_log_n(sizes),
                "n_log_n_last": growth_of_n_log_n(last),
                "memory_exponent": exponent(sizes, runs["peak_memory_mb"].clip(lower=1.0)),
            }
        )
    return pd.DataFrame(rows)


def miscounting(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of tools that should count every pair and do not agree with movelaws."""
    wrong = table["largest_error"] > 0
    return table[wrong & table["tool"].isin(COUNTING_EXACTLY)]


def _exact(counts: Counts) -> dict[int, np.ndarray]:
    """Exact counts by number of places, of the first of the tools that counted them."""
    order = {tool: place for place, tool in enumerate(COUNTING_EXACTLY)}
    keys = sorted((k for k in counts if k[0] in order), key=lambda k: (order[k[0]], k[1]))
    found: dict[int, np.ndarray] = {}
    for key in keys:
        found.setdefault(key[2], counts[key])
    return found
