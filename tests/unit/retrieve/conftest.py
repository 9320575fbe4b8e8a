"""A server, a registry row that it serves, and where its file goes."""

import pytest

from movelaws.registry import Row
from tests.unit.retrieve.unreliable import CONTENT, Server, digest


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    server = Server()
    yield server
    server.close()


@pytest.fixture
def row(server):
    def make(**changes):
        values = {
            "dataset": "towns",
            "version": "published",
            "file": "file.csv",
            "url": server.url,
            "mirror_path": "towns/file.csv",
            "sha256": digest(CONTENT),
            "bytes": len(CONTENT),
            "licence": "none",
            "publisher": "The Office",
            "access": "open",
            "note": "Ask Ann.",
        }
        return Row(**(values | changes))

    return make


@pytest.fixture
def target(tmp_path):
    return tmp_path / "raw" / "towns" / "published" / "file.csv"
