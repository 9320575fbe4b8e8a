"""Files whose bytes depend on their content only, not on the day they are written."""

import gzip
import io
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

import geopandas
import pandas as pd

_DAY = (2016, 2, 14)


def csv_bytes(table: pd.DataFrame, encoding: str = "utf-8", line: str = "\n", **options) -> bytes:
    """A table as CSV, without row numbers."""
    return table.to_csv(index=False, lineterminator=line, **options).encode(encoding)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file, making its folder first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def gzipped(content: bytes) -> bytes:
    """Content compressed, with no time and no name in the header."""
    out = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=out, mode="wb", compresslevel=6, mtime=0) as stream:
        stream.write(content)
    return out.getvalue()


def zipped_shapefile(table: geopandas.GeoDataFrame, stem: str, parts: Iterable[str]) -> bytes:
    """A shapefile in a zip archive, with the given parts of it only, such as shp, shx, dbf."""
    with tempfile.TemporaryDirectory() as folder:
        table.to_file(
            Path(folder) / f"{stem}.shp",
            driver="ESRI Shapefile",
            engine="pyogrio",
            encoding="utf-8",
            DBF_DATE_LAST_UPDATE="{}-{:02}-{:02}".format(*_DAY),
        )
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in parts:
                entry = zipfile.ZipInfo(f"{stem}.{part}", date_time=(*_DAY, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, (Path(folder) / f"{stem}.{part}").read_bytes())
    return out.getvalue()
