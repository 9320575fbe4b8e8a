"""Files whose bytes depend on their content only, not on the day they are written."""

import gzip
import io
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import geopandas
import pandas as pd

_DAY = (2016, 2, 14)
_DAY_S = 1455408000


def csv_bytes(table: pd.DataFrame, encoding: str = "utf-8", line: str = "\n", **options) -> bytes:
    """A table as CSV, without row numbers."""
    return table.to_csv(index=False, lineterminator=line, **options).encode(encoding)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file, making its folder first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def write_files(folder: Path, names: Mapping[str, str], contents: Mapping[str, bytes]) -> None:
    """Write the content of each role to the file that is named for it."""
    for role, content in contents.items():
        write_bytes(Path(folder) / names[role], content)


def gzipped(content: bytes) -> bytes:
    """Content compressed, with no time and no name in the header."""
    out = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=out, mode="wb", compresslevel=6, mtime=0) as stream:
        stream.write(content)
    return out.getvalue()


def tarred(members: Mapping[str, bytes]) -> bytes:
    """A tar archive of files by name, all of one day and of no owner."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime = len(content), _DAY_S
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def rezipped(content: bytes, changed: Mapping[str, Callable[[bytes], bytes]]) -> bytes:
    """A zip archive with all members of one day, some of them changed by a function."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, date_time=(*_DAY, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            data = old.read(name)
            new.writestr(entry, changed[name](data) if name in changed else data)
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
