"""The 51 states of the US tables: codes, names, and a rough place on the map."""

from typing import NamedTuple

OUTSIDE_CONTIGUOUS = ("02", "15")

_TABLE = """
01 AL Alabama -87 33            02 AK Alaska -150 62             04 AZ Arizona -112 34
05 AR Arkansas -92 35           06 CA California -120 37         08 CO Colorado -106 39
09 CT Connecticut -73 42        10 DE Delaware -75 39            11 DC District_Of_Columbia -77 39
12 FL Florida -82 29            13 GA Georgia -83 33             15 HI Hawaii -157 21
16 ID Idaho -114 44             17 IL Illinois -89 40            18 IN Indiana -86 40
19 IA Iowa -94 42               20 KS Kansas -98 38              21 KY Kentucky -85 38
22 LA Louisiana -92 31          23 ME Maine -69 45               24 MD Maryland -77 40
25 MA Massachusetts -72 43      26 MI Michigan -85 44            27 MN Minnesota -94 46
28 MS Mississippi -90 33        29 MO Missouri -92 38            30 MT Montana -110 47
31 NE Nebraska -100 41          32 NV Nevada -117 39             33 NH New_Hampshire -72 44
34 NJ New_Jersey -74 40         35 NM New_Mexico -106 34         36 NY New_York -75 43
37 NC North_Carolina -79 35     38 ND North_Dakota -100 47       39 OH Ohio -83 40
40 OK Oklahoma -97 36           41 OR Oregon -121 44             42 PA Pennsylvania -78 41
44 RI Rhode_Island -71 41       45 SC South_Carolina -81 34      46 SD South_Dakota -100 44
47 TN Tennessee -86 36          48 TX Texas -99 31               49 UT Utah -112 40
50 VT Vermont -73 45            51 VA Virginia -79 38            53 WA Washington -120 47
54 WV West_Virginia -81 39      55 WI Wisconsin -90 44           56 WY Wyoming -108 43
"""


class State(NamedTuple):
    """A state: FIPS code, postal code, name, and whole degrees of longitude and latitude."""

    fips: str
    postal: str
    name: str
    longitude: float
    latitude: float


def _read() -> list[State]:
    words = iter(_TABLE.split())
    rows = zip(words, words, words, words, words, strict=True)
    return [State(f, p, n.replace("_", " "), float(x), float(y)) for f, p, n, x, y in rows]


STATES: tuple[State, ...] = tuple(_read())
"""All 51, sorted by FIPS code. The District of Columbia is written as the IRS writes it."""
