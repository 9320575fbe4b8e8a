"""Tables about synthetic counties in the formats of the Census Bureau."""

import csv
import io

import numpy as np
import pandas as pd

_GROUPS = """
VC01 Population 16 years and over
VC03 AGE - 16 to 19 years
VC04 AGE - 20 to 24 years
VC05 AGE - 25 to 29 years
VC06 AGE - 30 to 34 years
VC07 AGE - 35 to 44 years
VC08 AGE - 45 to 54 years
VC09 AGE - 55 to 59 years
VC10 AGE - 60 to 64 years
VC11 AGE - 65 to 74 years
VC12 AGE - 75 years and over
VC15 RACE AND HISPANIC OR LATINO ORIGIN - White alone
VC16 RACE AND HISPANIC OR LATINO ORIGIN - Black or African American alone
VC17 RACE AND HISPANIC OR LATINO ORIGIN - American Indian and Alaska Native alone
VC18 RACE AND HISPANIC OR LATINO ORIGIN - Asian alone
VC19 RACE AND HISPANIC OR LATINO ORIGIN - Native Hawaiian and Other Pacific Islander alone
VC20 RACE AND HISPANIC OR LATINO ORIGIN - Some other race alone
VC21 RACE AND HISPANIC OR LATINO ORIGIN - Two or more races
VC23 Hispanic or Latino origin (of any race)
VC24 White alone, not Hispanic or Latino
VC26 Population 20 to 64 years
VC28 Population 20 to 64 years - SEX - Male
VC29 Population 20 to 64 years - SEX - Female
VC30 Population 20 to 64 years - SEX - Female - With own children under 18 years
VC31 @1With own children under 6 years only
VC32 @1With own children under 6 years and 6 to 17 years
VC33 @1With own children under 6 to 17 years only
VC36 POVERTY STATUS IN THE PAST 12 MONTHS - Below poverty level
VC37 POVERTY STATUS IN THE PAST 12 MONTHS - At or above the poverty level
VC40 DISABILITY STATUS - With any disability
VC43 EDUCATIONAL ATTAINMENT - Population 25 to 64 years
VC44 @2Less than high school graduate
VC45 @2High school graduate (includes equivalency)
VC46 @2Some college or associate's degree
VC47 @2Bachelor's degree or higher
"""
_SHORTENED = {
    "@1": "Population 20 to 64 years - SEX - Female - With own children under 18 years - ",
    "@2": "EDUCATIONAL ATTAINMENT - Population 25 to 64 years - ",
}


def _groups() -> dict[str, str]:
    text = _GROUPS
    for sign, words in _SHORTENED.items():
        text = text.replace(sign, words)
    return dict(line.split(" ", 1) for line in text.strip().splitlines())


EMPLOYMENT_GROUPS = _groups()
"""Groups of table S2301."""

_MEASURES = {
    "HC01": "Total",
    "HC02": "Labor Force Participation Rate",
    "HC03": "Employment/Population Ratio",
    "HC04": "Unemployment rate",
}
_RACES = {"Hispanic": 12.0, "Black": 9.0, "Native": 1.0, "Asian": 2.0, "Pacific": 0.1}
_JOBS = {"Service": 18.0, "Office": 23.0, "Construction": 11.0, "Production": 14.0}
_TRAVEL = {"Carpool": 10.0, "Transit": 2.0, "Walk": 2.5, "OtherTransp": 1.5, "WorkAtHome": 4.5}
_SECTORS = {"PublicWork": 16.0, "SelfEmployed": 6.0, "FamilyWork": 0.2}


def told_apart(rng: np.random.Generator, n: int) -> pd.DataFrame:
    """Living conditions of n counties that vary almost independently of each other.

    In a county profile drawn without them poverty and unemployment follow wealth so closely that
    nobody could say in which of them a law was planted.

    Returns
    -------
    (n, 7) wealth (standard normal) and, by the names of the adapter and as it reads them from the
    files, gini, poverty_percent, unemployment_percent, income_usd, rent_usd and rent_to_income.
    """
    wealth = rng.normal(0, 1, n)
    income = median_income(wealth)
    rent = median_rent(rng, income)
    return pd.DataFrame(
        {
            "wealth": wealth,
            "gini": _gini(rng, n).round(4),
            "poverty_percent": _percent(16.5 - 2.5 * wealth + rng.normal(0, 5, n), 1, 60),
            "unemployment_percent": _percent(8 - 0.8 * wealth + rng.normal(0, 2, n), 0.5, 30),
            "income_usd": income,
            "rent_usd": rent,
            "rent_to_income": 12 * rent / income,
        }
    )


def _percent(values: np.ndarray, low: float, high: float) -> np.ndarray:
    return values.clip(low, high).round(1)


def median_income(wealth: np.ndarray) -> np.ndarray:
    """(n,) median household income in whole dollars; one county has none, as one has in Texas."""
    income = np.round(47000 * np.exp(0.2 * wealth))
    income[len(income) // 2] = np.nan
    return income


def median_rent(rng: np.random.Generator, income: np.ndarray) -> np.ndarray:
    """(n,) median gross rent in whole dollars a month, NaN where the income is missing.

    Its share in the income does not depend on the income.
    """
    return np.round(0.2 * rng.lognormal(0, 0.15, len(income)) * income / 12)


def county_profile(
    rng: np.random.Generator,
    counties: pd.DataFrame,
    employed: np.ndarray,
    conditions: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The county profile of the ACS 2011-2015 (``acs2015_county_data.csv``).

    Parameters
    ----------
    counties : fips, state (name) and name of each county.
    employed : (n,) workers who live in the county; the population follows from them.
    conditions : those of ``told_apart``, where they are not to be drawn here.

    Returns
    -------
    Table with the 37 published columns; one county has no median household income.
    """
    n = len(counties)
    people = np.round(employed / rng.uniform(0.36, 0.5, n)).astype(int)
    men = np.round(people * rng.normal(0.5, 0.01, n)).astype(int)
    wealth = rng.normal(0, 1, n)
    poverty = np.clip(16.5 - 5 * wealth + rng.normal(0, 2, n), 1, 60)
    if conditions is not None:
        wealth, poverty = (conditions[name].to_numpy() for name in ("wealth", "poverty_percent"))
    income = median_income(wealth)
    columns = {
        "CensusId": counties["fips"].astype(int),
        "State": counties["state"],
        "County": counties["name"],
        "TotalPop": people,
        "Men": men,
        "Women": people - men,
        **_percentages(rng, n, "White", _RACES, ("Hispanic", "White")),
        "Citizen": np.round(0.74 * people).astype(int),
        "Income": income,
        "IncomeErr": np.round(income * 0.05),
        "IncomePerCap": np.round(24000 * np.exp(0.2 * wealth)).astype(int),
        "IncomePerCapErr": np.round(1100 * np.exp(0.2 * wealth)).astype(int),
        "Poverty": poverty.round(1),
        "ChildPoverty": np.clip(1.4 * poverty, 0, 100).round(1),
        **_percentages(rng, n, "Professional", _JOBS, ("Professional",)),
        **_percentages(rng, n, "Drive", _TRAVEL, ("Drive",)),
        "MeanCommute": rng.normal(23, 5, n).clip(5, 45).round(1),
        "Employed": employed,
        **_percentages(rng, n, "PrivateWork", _SECTORS, ("PrivateWork",)),
        "Unemployment": np.clip(8 - 2 * wealth + rng.normal(0, 1, n), 0.5, 30).round(1),
    }
    if conditions is not None:
        columns["Unemployment"] = conditions["unemployment_percent"].to_numpy()
    return pd.DataFrame(columns)


def _percentages(rng, n, rest, means, first):
    """Percentages that sum to 100; the columns of ``first`` come first, ``rest`` takes the rest."""
    drawn = {name: np.round(mean * rng.lognormal(0, 0.3, n), 1) for name, mean in means.items()}
    scale = np.minimum(1, 90 / sum(drawn.values()))
    drawn = {name: np.floor(10 * scale * values) / 10 for name, values in drawn.items()}
    drawn[rest] = np.round(100 - sum(drawn.values()), 1)
    return {name: drawn[name] for name in [*first, *(k for k in means if k not in first)]}


def _gini(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.normal(0.44, 0.035, n).clip(0.3, 0.65)


def gini_table(
    rng: np.random.Generator, counties: pd.DataFrame, gini: np.ndarray | None = None
) -> bytes:
    """American FactFinder table B19083: Gini index of income and its margin of error."""
    n = len(counties)
    header = {"HD01_VD01": "Estimate; Gini Index", "HD02_VD01": "Margin of Error; Gini Index"}
    index, margin = _gini(rng, n), rng.uniform(0.005, 0.05, n)
    if gini is not None:
        index = gini
    rows = [[f"{g:.4f}", f"{m:.4f}"] for g, m in zip(index, margin, strict=True)]
    return _factfinder(counties, header, rows)


def rent_table(rng: np.random.Generator, counties: pd.DataFrame, rent: np.ndarray) -> bytes:
    """American FactFinder table B25064: median gross rent, a dash where there is none."""
    header = {
        "HD01_VD01": "Estimate; Median gross rent",
        "HD02_VD01": "Margin of Error; Median gross rent",
    }
    margin = np.round(rent * rng.uniform(0.01, 0.15, len(rent)))
    rows = [
        ["-", "**"] if np.isnan(r) else [f"{r:.0f}", f"{m:.0f}"]
        for r, m in zip(rent, margin, strict=True)
    ]
    return _factfinder(counties, header, rows)


def employment_table(
    rng: np.random.Generator, counties: pd.DataFrame, profile: pd.DataFrame
) -> bytes:
    """American FactFinder table S2301; the total unemployment rate is that of the profile."""
    header = {
        f"{measure}_{kind}_{group}": f"{label}; {long}; {text}"
        for group, text in EMPLOYMENT_GROUPS.items()
        for measure, label in _MEASURES.items()
        for kind, long in (("EST", "Estimate"), ("MOE", "Margin of Error"))
    }
    rows = []
    for people, rate in zip(profile["TotalPop"], profile["Unemployment"], strict=True):
        row = []
        for group in EMPLOYMENT_GROUPS:
            whole = group == "VC01"
            adults = int(people * (0.78 if whole else 0.08))
            active = rng.uniform(50, 70)
            jobless = float(np.clip(rate + (0 if whole else rng.normal(0, 2)), 0, 100))
            row += [str(adults), str(1 + adults // 200), f"{active:.1f}", "1.5"]
            row += [f"{active * (1 - jobless / 100):.1f}", "1.6", f"{jobless:.1f}", "1.4"]
        rows.append(row)
    return _factfinder(counties, header, rows)


def _factfinder(counties: pd.DataFrame, header: dict[str, str], rows: list[list[str]]) -> bytes:
    """Two header rows, codes and words, in latin-1; names with a comma are quoted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["GEO.id", "GEO.id2", "GEO.display-label", *header])
    writer.writerow(["Id", "Id2", "Geography", *header.values()])
    for county, row in zip(counties.itertuples(), rows, strict=True):
        label = f"{county.name} County, {county.state}"
        writer.writerow([f"0500000US{county.fips}", county.fips, label, *row])
    return out.getvalue().encode("latin-1")
