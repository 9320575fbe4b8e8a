"""The report in a real browser: it renders, sorts and filters, and asks for nothing else."""

import re
import shutil
import subprocess
import threading
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pandas as pd
import pytest

from movelaws import claims
from movelaws.report import Item, LeftOut, build, read_sections

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--hide-scrollbars",
    "--enable-logging=stderr",
    "--virtual-time-budget=4000",
]
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="250pt" height="120pt">{}</svg>'
CONSOLE = re.compile(r"CONSOLE[^\"]*\"(.*)\", source:")


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """Run the browser: (arguments, address) -> (standard output, messages on the console)."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip(f"no browser installed: none of {', '.join(BROWSERS)} is on the PATH")

    def run(address, *arguments):
        profile = tmp_path_factory.mktemp("profile")
        command = [program, *FLAGS, f"--user-data-dir={profile}", *arguments, address]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
        return done.stdout, CONSOLE.findall(done.stderr)

    return run


@pytest.fixture(scope="module")
def site(root, tmp_path_factory):
    """A report behind a local server: (address of the report, paths asked for, the report)."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "symbolic").mkdir()
    bars = "".join(f'<rect x="{10 * k}" y="5" width="8" height="99"/>' for k in range(20))
    (folder / "symbolic" / "map.svg").write_text(SVG.format(bars))
    table = pd.DataFrame({"model": ["RM"], "rmse": [2222.41], "published_rmse": [2222.4]})
    table.to_csv(folder / "symbolic" / "baselines.csv", index=False)
    shared = {"paper": "symbolic", "dataset": "us", "synthetic": False}
    map_item = {"path": "symbolic/map.svg", "caption": "symbolic_flow_map.rst", "title": "Map"}
    fits = {"path": "symbolic/baselines.csv", "caption": "symbolic_baselines.rst", "title": "Fits"}
    published = claims.read_claims(root / "config" / "published" / "claims.csv")
    found = [
        claims.compare("S1", "us", 131391, 131391, absolute=0, evidence="symbolic/baselines.csv"),
        claims.compare("S3", "us", 2222.4, 2300, relative=0.001, evidence="symbolic/map.png"),
    ]
    html = build(
        folder=folder,
        ledger=claims.ledger(published, found, dict.fromkeys(published["paper"], "not here")),
        items=[Item(kind="figure", **map_item, **shared), Item(kind="table", **fits, **shared)],
        left_out=[LeftOut("guangdong", "not public", "symbolic")],
        papers=read_sections(root / "workflow" / "report" / "sections.yaml"),
        captions=root / "workflow" / "report",
        made={"Run": "browser test"},
        versions={},
    )
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            page = html if self.path == "/report.html" else leaking(html)
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked, published
    server.shutdown()
    server.server_close()


def leaking(html):
    """The same page with what a report must never hold: a picture from a server, a script."""
    return html.replace(
        "</main>", '<img src="/leak.png"><script>document.title = 1</script></main>'
    )


class Ledger(HTMLParser):
    """Rows of the ledger in the order of the document: (id, hidden); and sort state by column."""

    def __init__(self, html):
        super().__init__()
        self.rows, self.sort, self.links, self.ids = [], {}, [], set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.ids.add(attrs.get("id"))
        if tag == "tr" and attrs.get("id", "").startswith("claim-"):
            self.rows.append((attrs["id"].removeprefix("claim-"), "hidden" in attrs))
        if tag == "th" and "data-column" in attrs:
            self.sort[attrs["data-column"]] = attrs["aria-sort"]
        if tag == "a" and attrs["href"].startswith("#"):
            self.links.append(attrs["href"])

    @property
    def shown(self):
        return [row for row, hidden in self.rows if not hidden]


def test_the_page_renders_and_asks_for_nothing_else(browser, site):
    address, asked, published = site
    asked.clear()
    html, console = browser(f"{address}/report.html", "--dump-dom")
    ledger = Ledger(html)
    assert console == []
    assert asked == ["/report.html"]
    assert 'class="js"' in html, "the script ran to its end"
    assert ">Enlarge</button>" in html
    assert len(ledger.shown) == len(published)
    assert ledger.shown[:2] == ["S1", "S3"]
    assert ledger.sort["verdict"] == "ascending"
    assert all(link[1:].partition("?")[0] in ledger.ids for link in ledger.links)


def test_a_page_that_asked_for_more_would_be_caught(browser, site):
    address, asked, _ = site
    asked.clear()
    _, console = browser(f"{address}/leaking.html", "--dump-dom")
    assert any("Content Security Policy" in message for message in console)
    assert "/leak.png" not in asked, "the policy of the page stops the request"


def test_the_ledger_sorts_by_any_column_in_both_directions(browser, site):
    address, _, published = site
    html, console = browser(f"{address}/report.html#claims?sort=claim&dir=descending", "--dump-dom")
    ledger = Ledger(html)
    assert console == []
    assert ledger.shown == published["id"].tolist()[::-1]
    assert ledger.sort["claim"] == "descending"
    assert ledger.sort["verdict"] == "none"
    html, _ = browser(f"{address}/report.html#claims?sort=reproduced&dir=descending", "--dump-dom")
    assert Ledger(html).shown[:2] == ["S1", "S3"], "131391 before 2300, rows without number last"


def test_the_ledger_filters_by_verdict_paper_and_word(browser, site):
    address, _, published = site
    html, _ = browser(f"{address}/report.html#claims?verdict=differs", "--dump-dom")
    assert Ledger(html).shown == ["S3"]
    assert re.search(r'data-verdict="differs" aria-pressed="true"', html)
    html, _ = browser(f"{address}/report.html#claims?paper=choice&text=gravity", "--dump-dom")
    mine = published[published["paper"] == "choice"]
    matching = mine[(mine["claim"] + mine["expected"]).str.contains("gravity")]
    assert Ledger(html).shown == matching["id"].tolist()
    assert f"{len(matching)} of {len(published)} rows" in html


@pytest.mark.parametrize(("width", "height"), [(1280, 2000), (390, 2000)])
def test_the_page_can_be_looked_at(browser, site, tmp_path, width, height):
    picture = tmp_path / "page.png"
    browser(f"{site[0]}/report.html", f"--screenshot={picture}", f"--window-size={width},{height}")
    data = picture.read_bytes()
    assert int.from_bytes(data[16:20]) == width
    assert len(data) > 30_000, "a page of text, not an empty one"
