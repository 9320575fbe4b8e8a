"""The section of paper 4 in a config: names and numbers that a schema cannot know."""

from collections.abc import Mapping

from movelaws.inequality.classes import TWO_CLASSES
from movelaws.nearest import check_known


def check_inequality(section: Mapping, od: Mapping) -> None:
    """Cases name datasets and variables, and what rests on cases names those.

    Parameters
    ----------
    section : ``inequality`` of a config that the schema lets pass.
    od : datasets by name.

    Raises
    ------
    ValueError
        Naming the key, the value that is wrong and what is allowed.
    """
    cases = {name: entry for name, entry in section["cases"].items() if entry}
    for name in [] if section["active"] == "all" else section["active"]:
        check_known("inequality.active", name, cases)
    for name, case in cases.items():
        _check_case(f"inequality.cases.{name}", case, od)
    for part in ("heldout", "what_ifs"):
        for name, entry in section[part].items():
            if not entry:
                continue
            key = f"inequality.{part}.{name}"
            check_known(f"{key}.case", entry["case"], cases)
            for period in {"fitted", "tested"} & set(entry):
                check_known(f"{key}.{period}", entry[period], od)
            if part == "heldout" and entry["fitted"] == entry["tested"]:
                raise ValueError(
                    f"config: {key}: fitted and tested are both {entry['fitted']!r}: a penalty is "
                    "tried on flows that it was not chosen on, so give another period"
                )
            if part == "heldout" and not cases[entry["case"]].get("likelihood"):
                raise ValueError(
                    f"config: {key}: inequality.cases.{entry['case']}.likelihood is null, but its "
                    "grid of penalties is needed: give one, or set this test to null"
                )


def _check_case(key: str, case: Mapping, od: Mapping) -> None:
    check_known(f"{key}.dataset", case["dataset"], od)
    _check_threshold(key, case)
    if case["batches"] > case["draws"]:
        raise ValueError(
            f"config: {key}.batches = {case['batches']}: at most one for each of the draws = "
            f"{case['draws']}"
        )
    variables = {name: entry for name, entry in case["variables"].items() if entry}
    columns = [name for name, entry in variables.items() if "column" in entry]
    for name, entry in variables.items():
        if ("column" in entry) == ("union" in entry):
            raise ValueError(f"config: {key}.variables.{name}: give either column or union")
        for other in entry.get("union", []):
            check_known(f"{key}.variables.{name}.union", other, columns)
    check_known(f"{key}.shown.variable", case["shown"]["variable"], variables)
    if case["shown"]["exponent"] not in case["exponents"]:
        raise ValueError(
            f"config: {key}.shown.exponent = {case['shown']['exponent']}: choose one of "
            f"{case['exponents']}"
        )
    if benefits := case.get("benefits"):
        check_known(f"{key}.benefits.variable", benefits["variable"], variables)
        if not benefits["exponential"] and not benefits["pareto"]:
            raise ValueError(
                f"config: {key}.benefits: exponential and pareto are both empty; give penalties "
                "for one of them, or set benefits to null"
            )
    if (grid := case.get("likelihood")) and grid["lowest"] >= grid["highest"]:
        raise ValueError(
            f"config: {key}.likelihood: lowest = {grid['lowest']} must be below highest = "
            f"{grid['highest']}"
        )


def _check_threshold(key: str, case: Mapping) -> None:
    """The model's own threshold is given, and no other that would be without effect."""
    own, other = "share", "percentile"
    if case["model"] != TWO_CLASSES:
        own, other = other, own
    if case.get(own) is None:
        raise ValueError(f"config: {key}.{own} is null: model = {case['model']} needs it")
    if case.get(other) is not None:
        raise ValueError(
            f"config: {key}.{other} = {case[other]}: model = {case['model']} takes {own} and no "
            f"{other}; set it to null"
        )
    if own == "percentile" and case[own] < 1:
        raise ValueError(f"config: {key}.percentile = {case[own]}: give percent, such as 90")
