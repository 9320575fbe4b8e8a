"""Sentences about trials of laws: other places, losses, noise and methods."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from movelaws.phrases import counted, ends, listed, number, percent
from movelaws.symbolic.answers_fronts import best_law
from movelaws.symbolic.equivalence import same_family
from movelaws.symbolic.noise_claims import missed
from movelaws.symbolic.parsing import parse

SHORT = 7  # complexity of the laws that losses are asked about
_LOSS = {"poisson": "the Poisson likelihood", "negbin": "the negative binomial likelihood"}


def other_losses(losses: Mapping[str, pd.DataFrame]) -> list[str]:
    """How often likelihoods choose the form that squared error chooses."""
    alike = {loss: [] for loss in _LOSS}
    for table in losses.values():
        short = table[(table["complexity"] <= SHORT) & np.isfinite(table["value"])]
        best = short.loc[short.groupby("loss", sort=False)["value"].idxmin()]
        laws = best.set_index("loss")["expression"].map(parse)
        for loss in _LOSS:
            if {"mse", loss} <= set(laws.index):
                alike[loss].append(same_family(laws["mse"], laws[loss]))
    each = [
        f"{_LOSS[loss]} in {counted(sum(same), len(same))}" for loss, same in alike.items() if same
    ]
    lead = f"Up to complexity {SHORT} the form that squared error chooses is also that of"
    return [f"{lead} {listed(each)}"] if each else []


def elsewhere(transfer: pd.DataFrame) -> list[str]:
    """How much is lost when a law or its constants travel."""
    if transfer.empty:
        return []
    table = transfer[transfer["complexity"] >= 5].set_index(["fitted_on", "tried_on"])
    errors = table[["rmse_carried", "rmse_refitted"]].div(table["rmse_own"], axis=0)
    errors = errors[errors.notna().all(axis=1)]  # else a variable is missing there
    carried, refitted = 100 * (errors.median() - 1)
    if not np.isfinite([carried, refitted]).all():
        return []
    return [
        f"With its constants a law of one dataset has an RMSE {percent(carried)} above the best "
        f"law of its complexity on another (median of {len(errors)} trials), with constants fitted "
        f"anew {percent(refitted)}"
    ]


def by_region(regions: Mapping[str, pd.DataFrame]) -> list[str]:
    """Which decay wins within and between regions, and where flows do not decay."""
    parts = []
    for table in regions.values():
        shown = table[table["shown"]]
        inside = shown["origin_region"] == shown["destination_region"]
        share = 100 * shown.loc[inside, "flow"].sum() / shown["flow"].sum()
        decays = shown["direction"] == "decays"
        steep = (decays & (shown["better"] == "exponential"))[inside]
        power = (decays & (shown["better"] == "power"))[~inside]
        won = []
        if len(steep):
            within = counted(int(steep.sum()), len(steep), "region")
            won.append(f"exponential decay has the lower RMSE within {within}")
        if len(power):
            pairs = counted(int(power.sum()), len(power), "pair")
            won.append(f"power-law decay in {pairs} of different regions")
        said = f"Of the two gravity models, {listed(won)}; {percent(share)} of the flow stays"
        parts.append(f"{said} within its region")
        odd = {
            "the two err alike": shown["better"] == "tie",
            "flows grow with distance": shown["direction"] == "grows",
            "distance hardly matters": shown["direction"] == "flat",
        }
        seen = [f"{words} in {rows.sum()}" for words, rows in odd.items() if rows.any()]
        parts.append(f"Of these {len(shown)} parts, {listed(seen)}" if seen else "")
    return parts


def under_noise(noise: Mapping[str, pd.DataFrame]) -> list[str]:
    """How often each law is found again, by dispersion."""
    parts = []
    for table in noise.values():
        found = table.groupby(["model", "alpha"], sort=False)["recovered"].agg(["sum", "size"])
        each = []
        for model, rows in found.groupby("model", sort=False):
            rows = rows.droplevel("model").sort_index()
            counts = listed(f"{row['sum']} of {row['size']}" for _, row in rows.iterrows())
            levels = listed(number(alpha, 3) for alpha in rows.index)
            each.append((model, counts, levels))
        # levels are the same for all models, unless a run was cut short
        shared = len({levels for *_, levels in each}) == 1
        said = listed(
            f"{model} in {counts}" + ("" if shared else f" at {levels}")
            for model, counts, levels in each
        )
        at = f" at dispersions {each[0][2]}" if shared else ", by dispersion"
        parts.append(f"The search finds (samples{at}) {said}")
        failed = int(missed(table).sum())
        if failed:
            parts.append(
                f"In {failed} of the searches that found another law it is the worse one: there "
                "the search failed, not the noise"
            )
    return parts


def scientist(
    scientists: Mapping[str, pd.DataFrame],
    fronts: Mapping[str, pd.DataFrame],
    labels: Mapping[str, str],
) -> list[str]:
    """Length and accuracy of the machine scientist's laws beside the front."""
    if not scientists:
        return []
    sizes = pd.Series({name: table["complexity"].median() for name, table in scientists.items()})
    each = []
    for name, table in scientists.items():
        best = table["rmse_allocated"].min()
        short = best_law(fronts[name], 5) if name in fronts else None
        if np.isfinite(best):
            beside = "" if short is None else f" (complexity 5: {number(short['rmse'])})"
            each.append(f"{number(best)} in {labels[name]}{beside}")
    accuracy = f"; shared out by origin, the best has an RMSE of {listed(each)}" if each else ""
    return [f"The machine scientist's laws have a median complexity of {ends(sizes)}{accuracy}"]


def both_ends(entropies: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> list[str]:
    """RMSE with one and with both constraints."""
    each = []
    for name, table in entropies.items():
        rmse = table.set_index(["form", "constraint"])["rmse"]
        one, both = (number(rmse["exponential", c]) for c in ("production", "doubly"))
        each.append(f"from {one} to {both} in {labels[name]}")
    lead = "Keeping the arrivals as well as the departures takes the RMSE of exponential gravity"
    return [f"{lead} {listed(each)}"] if each else []
