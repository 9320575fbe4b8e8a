"""Raw files of a few lines for the tests of the adapters of point sets."""

from movelaws.pointsets import adapters


def write(path, text, encoding="utf-8"):
    path.write_text(text, encoding=encoding)
    return path


def table(path, columns, rows, mark=","):
    lines = [mark.join(columns), *(mark.join(map(str, row)) for row in rows)]
    return write(path, "\n".join(lines) + "\n")


def read(name, files, **options):
    return adapters.read(name, files, options)
