"""Raw files of a few lines for the tests of the adapters."""

import zipfile

from movelaws import adapters, frames


def write(path, text, encoding="utf-8"):
    path.write_text(text, encoding=encoding)
    return path


def zipped_layer(path, layer, suffixes=("shp", "shx", "dbf")):
    layer.to_file(path.with_suffix(".shp"))
    with zipfile.ZipFile(path, "w") as archive:
        for suffix in suffixes:
            archive.write(path.with_suffix(f".{suffix}"), f"{path.stem}.{suffix}")
    return path


def read(name, files, **options):
    return frames.check(adapters.read(name, files, options))


def flows_of(canonical):
    return {(o, d): f for o, d, f in canonical.flows.itertuples(index=False)}
