"""A synthetic island of addresses and buildings, as an OpenStreetMap extract in XML.

Villages of nested patches and farms (:mod:`movelaws.synthetic.address_geography`): each house has a
node with its address and a closed way around its walls; there are sheds without an address. As in
extracts by Overpass, nodes come first, then ways; nodes of walls carry no tags.
"""

import io
import zipfile
from pathlib import Path

import numpy as np
from pyproj import Transformer

from movelaws.seeds import number, stream
from movelaws.synthetic import address_geography, address_names, address_tables
from movelaws.synthetic.address_patches import growth
from movelaws.synthetic.files import write_files
from movelaws.synthetic.options import check_number, check_whole

ADAPTER = "osm"
FILES = {"extract": "samsoe.osm.zip", "land": "land.geojson"}
"""File name of each role of the adapter ``osm``."""

DEFAULTS = {"addresses": 1500, "towns": 12, "packing": 0.74}
"""Options of ``write`` and their values."""

_CRS = address_tables.CRS
_FARMS_SHARE = 0.07
_RADIUS_EXPONENT = 3.0
_LAND_PER_ADDRESS_M2 = 25_000.0
_SHEDS_PER_HOUSE = 0.25
_FIRST_NODE, _FIRST_WAY = 341_928_658, 103_122_821
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6" generator="Overpass API">\n'
    "<note>Synthetic data in the format of www.openstreetmap.org.</note>\n"
    '<meta osm_base="2020-03-09T15:30:01Z"/>\n\n'
)


def write(
    folder: Path,
    seed: int,
    *,
    addresses: int = DEFAULTS["addresses"],
    towns: int = DEFAULTS["towns"],
    packing: float = DEFAULTS["packing"],
) -> dict[str, object]:
    """Write the raw files of one synthetic island.

    Parameters
    ----------
    folder : where the files of ``FILES`` go; made if need be.
    seed : the same seed and options give the same bytes.
    addresses : 100 to 100,000, one per house.
    towns : villages, 2 to 1,000, at least 20 addresses each.
    packing : share of a patch that its sub-patches fill, 0.4 to 0.75.

    Returns
    -------
    The truth in plain numbers. Lengths in metres.

    Raises
    ------
    ValueError
        If an option is out of range; the message names it.
    """
    addresses = check_whole("addresses", addresses, 100, 100_000)
    towns = check_whole("towns", towns, 2, min(1000, addresses // 20))
    packing = check_number("packing", packing, 0.4, 0.75)
    rng = stream(seed, "synthetic", "samsoe_osm")
    land = address_geography.island(rng, _LAND_PER_ADDRESS_M2 * addresses)
    farms = round(_FARMS_SHARE * addresses)
    country = address_geography.make(
        rng,
        addresses,
        towns,
        packing,
        land,
        radius_exponent=_RADIUS_EXPONENT,
        houses_share=(addresses - farms) / addresses,
    )
    text, buildings = _extract(rng, country, number(seed, "addresses"))
    layer = address_tables.layer(country.land, [{"name": "island"}] * len(country.land), _CRS)
    write_files(folder, FILES, {"extract": _zipped(text), "land": layer})
    return {
        "world": "samsoe_osm",
        "seed": seed,
        "adapter_options": {},
        "crs": _CRS,
        "addresses": int(country.x.size),
        "buildings": buildings,
        "farms": farms,
        "official_towns": towns,
        "town_radius_mean_m": float(country.town_radius.mean()),
        "town_radius_max_m": float(country.town_radius.max()),
        "land_area_km2": float(sum(part.area for part in country.land) / 1e6),
        "growth_exponent": float(growth(packing)),
        "packing": packing,
        "door_distance_m": 2 * address_geography.HOUSE_M,
        "moves": 0,
    }


def _extract(rng, country, seed) -> tuple[str, int]:
    """The document and its number of buildings."""
    to_degrees = Transformer.from_crs(_CRS, "EPSG:4326", always_xy=True).transform
    corner_x, corner_y, houses = _walls(rng, country)
    n, walls = country.x.size, corner_x.shape[0]
    x, y = np.append(country.x, corner_x), np.append(country.y, corner_y)
    longitude, latitude = (v.round(7) for v in to_degrees(x, y))
    names = address_tables.named(rng, country)
    streets, ids = (
        address_names.streets(),
        address_names.identifiers(np.arange(n), seed).to_pylist(),
    )
    town = [*names.town, names.posts[0]]
    first = np.r_[True, np.diff(country.street) != 0]
    house = np.arange(n) - np.flatnonzero(first)[np.cumsum(first) - 1] + 1
    bounds = (latitude.min(), longitude.min(), latitude.max(), longitude.max())
    edges = zip(("minlat", "minlon", "maxlat", "maxlon"), bounds, strict=True)
    lines = [_HEAD, "  <bounds " + " ".join(f'{k}="{v:.7f}"' for k, v in edges) + "/>\n\n"]
    about = 'version="1" timestamp="2018-06-05T04:49:08Z"'
    for k, (lon, lat) in enumerate(zip(longitude, latitude, strict=True)):
        node = f'  <node id="{_FIRST_NODE + k}" lat="{lat:.7f}" lon="{lon:.7f}" {about}'
        if k >= n:
            lines.append(node + "/>\n")
            continue
        tags = {
            "addr:city": names.posts[0],
            "addr:country": "DK",
            "addr:housenumber": house[k],
            "addr:place": town[country.town[k]],
            "addr:postcode": "8305",
            "addr:street": streets[country.street[k] % len(streets)],
            "osak:identifier": ids[k],
        }
        lines.append(f"{node}>\n{_tags(tags)}  </node>\n")
    for w in range(walls):
        corners = [_FIRST_NODE + n + 4 * w + c for c in (0, 1, 2, 3, 0)]
        refs = "".join(f'    <nd ref="{c}"/>\n' for c in corners)
        kind = {"building": "yes" if w >= houses else "house"}
        lines.append(f'  <way id="{_FIRST_WAY + w}" {about}>\n{refs}{_tags(kind)}  </way>\n')
    return "".join([*lines, "\n</osm>\n"]), walls


def _walls(rng, country) -> tuple[np.ndarray, np.ndarray, int]:
    """(n, 4) corners x and y of houses, then sheds behind some; and the number of houses."""
    n = country.x.size
    shed = rng.choice(n, round(_SHEDS_PER_HOUSE * n), replace=False)
    at = np.append(np.arange(n), shed)
    wide = np.where(np.arange(at.size) < n, 5.0, 1.8) * rng.uniform(0.8, 1.2, at.size)
    turn = rng.uniform(0, 2 * np.pi, n)[at]
    # The door is in the middle of a wall; sheds stand behind the house.
    back = np.where(np.arange(at.size) < n, wide * 0.7, 11.0)
    corner = np.array([-1 - 0.7j, 1 - 0.7j, 1 + 0.7j, -1 + 0.7j])
    z = (wide[:, None] * corner + 1j * back[:, None]) * np.exp(1j * turn)[:, None]
    z += (country.x[at] + 1j * country.y[at])[:, None]
    return z.real, z.imag, n


def _tags(values) -> str:
    return "".join(f'    <tag k="{k}" v="{v}"/>\n' for k, v in values.items())


def _zipped(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        entry = zipfile.ZipInfo("samsoe.osm", date_time=(2016, 2, 14, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, text.encode())
    return out.getvalue()
