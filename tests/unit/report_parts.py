"""A small run for the tests of the report: two papers, one figure, one table, hostile text."""

import struct
import zlib
from html.parser import HTMLParser

import pandas as pd

from movelaws.claims import compare, ledger, not_testable
from movelaws.report import Item, LeftOut, read_sections

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="72pt" height="36pt"><rect/></svg>'
EVIL = '<script>alert("x")</script>&\'"'
SECTIONS = """
papers:
  - {key: alpha, name: Alpha, title: The first paper, introduction: "Some *text*."}
  - key: beta
    name: Beta
    title: "Second <paper> & more"
    authors: [A. One, B. Two]
    links: [{label: Code, url: "https://example.org/code"}]
    introduction: "Formula :math:`e^{-d}`."
"""


def png(width=30, height=20, dpi=None):
    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    resolution = b"" if dpi is None else chunk(b"pHYs", struct.pack(">IIB", *[dpi] * 2, 1))
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * (width + 1) * height))
    return b"\x89PNG\r\n\x1a\n" + header + resolution + pixels + chunk(b"IEND", b"")


def item(**change):
    fields = {
        "paper": "beta",
        "kind": "figure",
        "path": "beta/figures/map.svg",
        "caption": "map.rst",
        "title": "A map",
        "dataset": "us",
        "synthetic": False,
    }
    return Item(**fields | change)


def small_run(tmp_path):
    """Arguments of ``build`` for a small run with one figure and one table."""
    (tmp_path / "beta" / "figures").mkdir(parents=True)
    (tmp_path / "beta" / "figures" / "map.svg").write_text(SVG)
    table = pd.DataFrame(
        {"model": ["RM", EVIL], "rmse": [2222.41234, 1.0], "published_rmse": [2222.4, None]}
    )
    table.to_csv(tmp_path / "beta" / "fits.csv", index=False)
    (tmp_path / "map.rst").write_text("A caption on {{ snakemake.wildcards.dataset }}.")
    (tmp_path / "sections.yaml").write_text(SECTIONS)
    claims = pd.DataFrame(
        [["A1", "alpha", "Fig 1", "all", EVIL, "x"], ["B1", "beta", "Table 2", "us", "c", "y"]],
        columns=["id", "paper", "where", "dataset", "claim", "expected"],
    )
    found = [
        compare("B1", "us", "2222.4", 2222.41, relative=0.001, evidence="beta/fits.csv"),
        compare("B1", "toy", 1, 2, absolute=0, evidence="beta/figures/map.png", synthetic=True),
        not_testable("B1", EVIL, EVIL, evidence="beta/elsewhere.csv"),
    ]
    return {
        "folder": tmp_path,
        "ledger": ledger(claims, found, {"alpha": EVIL}),
        "items": [item(), item(kind="table", path="beta/fits.csv", title=EVIL, synthetic=True)],
        "left_out": [LeftOut(EVIL, "no <b>data</b>", "beta"), LeftOut("whole", "reason")],
        "papers": read_sections(tmp_path / "sections.yaml"),
        "captions": tmp_path,
        "made": {"Run": EVIL, "Seed": "7"},
        "versions": {"Python": "3.11"},
    }


class Page(HTMLParser):
    """Elements of a page: (tag, attributes), and the ids and inner links among them."""

    def __init__(self, html):
        super().__init__()
        self.elements = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def values(self, attribute):
        return [attrs[attribute] for _, attrs in self.elements if attribute in attrs]
