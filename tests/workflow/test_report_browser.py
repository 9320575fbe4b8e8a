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
    wide = pd.DataFrame({f"column_{k}": [k / 7] * 40 for k in range(30)})
    wide.to_csv(folder / "symbolic" / "wide.csv", index=False)
    answers = pd.DataFrame({"question": ["Who?"], "answer": ["Many do. " * 60]})
    answers.to_csv(folder / "symbolic" / "answers.csv", index=False)
    shared = {"paper": "symbolic", "dataset": "us", "synthetic": False}
    map_item = {"path": "symbolic/map.svg", "caption": "symbolic_flow_map.rst", "title": "Map"}
    fits = {"path": "symbolic/baselines.csv", "caption": "symbolic_baselines.rst", "title": "Fits"}
    long = {"path": "symbolic/wide.csv", "caption": "symbolic_front.rst", "title": "Wide and long"}
    short = {"path": "symbolic/answers.csv", "caption": "symbolic_answers.rst", "title": "In short"}
    published = claims.read_claims(root / "config" / "published" / "claims.csv")
    found = [
        claims.compare("S1", "us", 131391, 131391, absolute=0, evidence="symbolic/baselines.csv"),
        claims.compare("S3", "us", 2222.4, 2300, relative=0.001, evidence="symbolic/map.png"),
    ]
    html = build(
        folder=folder,
        ledger=claims.ledger(published, found, dict.fromkeys(published["paper"], "not here")),
        items=[
            Item(kind="figure", part="data", **map_item, **shared),
            Item(kind="table", part="baselines", **fits, **shared),
            Item(kind="table", part="laws", **long, **shared),
            Item(kind="table", layout="answers", **short, **shared),
        ],
        left_out=[LeftOut("guangdong", "not public", "symbolic")],
        papers=read_sections(root / "workflow" / "report" / "sections.yaml"),
        captions=root / "workflow" / "report",
        made={"Run": "browser test"},
        versions={},
    )
    unfolded = html.replace('<details class="whole">', '<details open class="whole">')
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            name, _, width = self.path.partition("?width=")
            pages = {
                "/leaking.html": leaking(html),
                "/frame.html": framed(width, scripts=True),
                "/quiet.html": framed(width, scripts=False),
                "/open.html": framed(width, scripts=False, page="/unfolded.html"),
                "/unfolded.html": unfolded,
            }
            page = pages.get(name, html)
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


def framed(width, scripts, page="/report.html"):
    """The report in a frame as wide as a phone (a window cannot be as narrow), and what is seen."""
    frame = f'id="frame" width="{width}" height="900"'
    frame += "" if scripts else ' sandbox="allow-same-origin"'
    return f"""<iframe {frame} src="{page}"></iframe>
      <p id="seen"></p><script>
      frame.onload = () => {{
        const page = frame.contentDocument;
        const {{ scrollWidth, clientWidth }} = page.documentElement;
        const rows = Array.from(page.querySelectorAll("#ledger tr[data-verdict]"));
        const count = rows.filter((row) => row.getClientRects().length).length;
        const buttons = page.querySelectorAll("button.fold-name").length;
        const cells = Array.from(page.querySelectorAll(".long td:first-child"));
        const long = cells.filter((cell) => cell.checkVisibility()).length;
        seen.textContent =
          `needs ${{scrollWidth}} of ${{clientWidth}}, ${{count}} rows, ${{buttons}} folds`;
        seen.title = `${{long}} rows of the long table`;
        const wide = Array.from(page.querySelectorAll("main *")).filter(
          (e) => !e.closest(".scroll") && e.getBoundingClientRect().right > clientWidth
        );
        seen.dataset.wide = wide.map((e) => `${{e.tagName}} ${{e.className}}`).slice(0, 5);
      }};</script>"""


SEEN = re.compile(r"needs (\d+) of (\d+), (\d+) rows, (\d+) folds<")


class Ledger(HTMLParser):
    """Rows of the ledger in the order of the document: (id, hidden); folds; sort by column."""

    def __init__(self, html):
        super().__init__()
        self.rows, self.sort, self.links, self.ids, self.expanded = [], {}, [], set(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.ids.add(attrs.get("id"))
        if tag == "tr" and attrs.get("id", "").startswith("claim-"):
            self.rows.append((attrs["id"].removeprefix("claim-"), "hidden" in attrs))
        if "aria-expanded" in attrs:
            self.expanded.append(attrs["aria-expanded"])
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
    assert len(ledger.rows) == len(published)
    assert ledger.shown == ["S1", "S3"], "what was tested; the rest is folded"
    assert ledger.expanded == ["false"] * published["paper"].nunique()
    assert f"{len(published) - 2} not testable are folded" in html
    assert ledger.sort["verdict"] == "ascending"
    assert all(link[1:].partition("?")[0] in ledger.ids for link in ledger.links)


def test_without_scripts_every_claim_is_in_view(browser, site):
    address, _, published = site
    html, _ = browser(f"{address}/quiet.html?width=1200", "--dump-dom")
    *_, rows, buttons = map(int, SEEN.search(html).groups())
    assert rows == len(published)
    assert buttons == 0, "nothing to press that would not answer"
    html, _ = browser(f"{address}/frame.html?width=1200", "--dump-dom")
    *_, rows, buttons = map(int, SEEN.search(html).groups())
    assert (rows, buttons) == (2, published["paper"].nunique())


def test_a_long_table_shows_its_first_rows_or_all_and_never_both(browser, site):
    for page, count in (("quiet", 6), ("open", 40)):
        html, _ = browser(f"{site[0]}/{page}.html?width=1200", "--dump-dom")
        assert f'title="{count} rows of the long table"' in html


def test_the_page_can_be_printed_with_its_captions_and_answers(browser, site, tmp_path):
    sheets = tmp_path / "report.pdf"
    browser(f"{site[0]}/report.html", f"--print-to-pdf={sheets}", "--no-pdf-header-footer")
    data = sheets.read_bytes()
    assert data.startswith(b"%PDF")
    pages = len(re.findall(rb"/Type\s*/Page\b", data))
    assert 2 <= pages <= 60, "no page per row, nothing cut after the first"


def test_a_link_to_a_folded_claim_opens_its_fold(browser, site):
    address, _, published = site
    html, console = browser(f"{address}/report.html#claim-C3", "--dump-dom")
    ledger = Ledger(html)
    assert console == []
    choice = published.loc[published["paper"] == "choice", "id"].tolist()
    assert ledger.shown == ["S1", "S3", *choice]
    assert ledger.expanded.count("true") == 1


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
    backwards = published["id"].tolist()[::-1]
    assert ledger.shown == ["S3", "S1"]
    assert [row for row, hidden in ledger.rows if hidden] == [
        row for row in backwards if row not in ("S1", "S3")
    ]
    assert ledger.sort["claim"] == "descending"
    assert ledger.sort["verdict"] == "none"
    html, _ = browser(f"{address}/report.html#claims?sort=reproduced&dir=descending", "--dump-dom")
    assert Ledger(html).shown[:2] == ["S1", "S3"], "131391 before 2300, rows without number last"


def test_the_ledger_filters_by_verdict_paper_and_word(browser, site):
    address, _, published = site
    html, _ = browser(f"{address}/report.html#claims?verdict=differs", "--dump-dom")
    assert Ledger(html).shown == ["S3"]
    assert re.search(r'data-verdict="differs" aria-pressed="true"', html)
    html, _ = browser(f"{address}/report.html#claims?text=131391", "--dump-dom")
    assert Ledger(html).shown == ["S1"], "131,391 on the page"
    html, _ = browser(f"{address}/report.html#claims?paper=choice&text=gravity", "--dump-dom")
    mine = published[published["paper"] == "choice"]
    matching = mine[(mine["claim"] + mine["expected"]).str.contains("gravity")]
    assert Ledger(html).shown == matching["id"].tolist()
    assert f"{len(matching)} of {len(published)} rows" in html


@pytest.mark.parametrize("width", [1280, 500, 390, 320])
def test_the_page_is_never_wider_than_the_screen(browser, site, width):
    html, _ = browser(
        f"{site[0]}/frame.html?width={width}", "--dump-dom", "--window-size=1400,1000"
    )
    needed, given, *_ = map(int, SEEN.search(html).groups())
    assert needed <= given <= width, re.search(r'data-wide="([^"]*)"', html)[1]


@pytest.mark.parametrize(("width", "height"), [(1280, 2000), (390, 2000)])
def test_the_page_can_be_looked_at(browser, site, tmp_path, width, height):
    picture = tmp_path / "page.png"
    browser(f"{site[0]}/report.html", f"--screenshot={picture}", f"--window-size={width},{height}")
    data = picture.read_bytes()
    assert int.from_bytes(data[16:20]) == width
    assert len(data) > 30_000, "a page of text, not an empty one"
