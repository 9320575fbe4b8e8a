"""Movements between counties from the monthly Flow Monitoring Registers of IOM DTM."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from movelaws import readers
from movelaws.adapters._south_sudan_counties import Counties, Notes
from movelaws.adapters._south_sudan_tables import Layout, read

_COLUMNS = {
    "month": ["interview.month"],
    "direction": ["direction"],
    "origin": ["dep.adm2.pcode"],
    "destination": ["dest.adm2.pcode"],
}
_NATIONALS, _ALL = ["nationality.ssd.ind"], ["total.ind"]
_DIRECTIONS = ("incoming", "outgoing", "internal", "transit")
_UNKNOWN = ("", "unknown", "na")
_KEY = ["origin", "destination"]
_ALIKE_BY_CHANCE = 10


def movements(
    registers: Mapping[str, Path], counties: Counties, nationals: bool, notes: Notes
) -> pd.DataFrame:
    """Individuals who moved from one county to another, summed over the months.

    Parameters
    ----------
    registers : workbook by month, such as "2020-01".
    nationals : whether South Sudanese nationals alone count, as in paper 4, or all individuals.
    notes : what is dropped is added.

    Returns
    -------
    (n_pairs, 3) origin, destination, flow > 0.

    Raises
    ------
    ValueError
        For a workbook that is damaged or lacks a column, a row of another month, the rows of
        another register, an unknown direction or county, or a number of individuals that is
        negative or not whole, or nationals that are more than all individuals.
    """
    kept, counts = [], []
    month_of: dict[bytes, str] = {}
    for month, path in registers.items():
        table = _register(path, month, nationals)
        _check_new(table, month, registers, month_of)
        rows, count = _moves(table, counties, nationals)
        kept.append(rows)
        counts.append(count)
    for name, number in pd.DataFrame(counts).sum().items():
        notes[str(name)] = int(number)
    flows = pd.concat(kept).groupby(_KEY, as_index=False)["flow"].sum()
    notes["individuals who moved between counties"] = int(flows["flow"].sum())
    return flows


def _register(path: Path, month: str, nationals: bool) -> readers.Table:
    """One register of which every row is of its ``month``."""
    people, other = (_NATIONALS, _ALL) if nationals else (_ALL, _NATIONALS)
    layout = Layout(_COLUMNS | {"people": people}, {"other": other})
    _, table = read(path, {"register": layout})
    other = ~table.frame["month"].str.startswith(month)
    if other.any():
        raise table.error("month", other, f"is not in {month}, the month that the file is given as")
    return table


def _check_new(
    table: readers.Table, month: str, registers: Mapping[str, Path], month_of: dict[bytes, str]
) -> None:
    """A register must not repeat an earlier one; ``month_of`` remembers the rows of each."""
    if len(table) < _ALIKE_BY_CHANCE:
        return
    hashes = pd.util.hash_pandas_object(table.frame.drop(columns="month"), index=False)
    before = month_of.setdefault(hashes.to_numpy().tobytes(), month)
    if before != month:
        raise ValueError(
            f"{table.path}: has the same {len(table)} rows as {registers[before]}: give the "
            f"register of {month} as register_{month.replace('-', '_')}, that of {before} as "
            f"register_{before.replace('-', '_')}"
        )


def _moves(
    table: readers.Table, counties: Counties, nationals: bool
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Movements between counties in one register, and the number of rows by what became of them."""
    direction = table.frame["direction"].str.casefold()
    strange = ~direction.isin(_DIRECTIONS)
    if strange.any():
        raise table.error("direction", strange, f"is unknown: one of {', '.join(_DIRECTIONS)}")
    internal = dataclasses.replace(table, frame=table.frame[direction.eq("internal")])
    flow = internal.number("people", low=0)
    if (flow % 1 != 0).any():
        raise internal.error("people", flow % 1 != 0, "is no whole number of individuals")
    _check_nationals(internal, flow, nationals)
    unknown = internal.frame[_KEY].apply(lambda text: text.str.casefold().isin(_UNKNOWN))
    unknown = unknown.any(axis=1)
    rows = _between(internal, counties, ~unknown).assign(flow=flow)
    abyei = rows[_KEY].eq("").any(axis=1)
    within = ~abyei & rows["origin"].eq(rows["destination"])
    nobody = ~abyei & ~within & rows["flow"].eq(0)
    who = "South Sudanese nationals" if nationals else "individuals"
    counts = {
        "rows of the registers": len(table),
        "rows of movements to, from or through the country dropped": len(table) - len(internal),
        "internal rows with an unknown county dropped": int(unknown.sum()),
        "internal rows from or to Abyei dropped": int(abyei.sum()),
        "internal rows within a county dropped": int(within.sum()),
        f"internal rows without {who} dropped": int(nobody.sum()),
    }
    return rows[~(abyei | within | nobody)], counts


def _check_nationals(table: readers.Table, flow: pd.Series, nationals: bool) -> None:
    """Nationals are among all individuals of a row; a register may lack the other column."""
    if "other" not in table.frame:
        return
    other = table.number("other", low=0, missing=True)
    few, many, column = (flow, other, "people") if nationals else (other, flow, "other")
    if (few > many).any():
        total = table.headers["other" if nationals else "people"]
        raise table.error(column, few > many, f"is more than all individuals, {total}")


def _between(table: readers.Table, counties: Counties, known: pd.Series) -> pd.DataFrame:
    """Codes of origin and destination of the ``known`` rows."""
    ends = dataclasses.replace(table, frame=table.frame[known])
    return pd.DataFrame({end: counties.codes(ends, end) for end in _KEY})
