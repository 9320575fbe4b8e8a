"""A local server that answers in all the ways real ones fail."""

import hashlib
import http.server
import threading
from collections.abc import Callable

from movelaws.transfer import Options

CONTENT = bytes(range(256)) * 2000
FAST = Options(timeout=(1.0, 0.3), retries=3, backoff=0.001, longest_wait=0.01)


def digest(content):
    return hashlib.sha256(content).hexdigest()


class Server:
    """A local server whose answers are a list of functions, the last one repeated."""

    def __init__(self):
        self.answers: list[Callable] = [whole]
        self.content = CONTENT
        self.etag = '"one"'
        self.requests: list[dict] = []
        self.closing = threading.Event()
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                server.requests.append({"path": self.path} | dict(self.headers))
                answer = server.answers[0]
                if len(server.answers) > 1:
                    server.answers.pop(0)
                self.close_connection = True
                answer(server, self)

            def log_message(self, *_):
                pass

        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}/file.csv"
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    def close(self):
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()


def send(handler, code, headers, body=b""):
    handler.send_response(code)
    for name, value in (
        {"Content-Length": str(len(body)), "Connection": "close"} | headers
    ).items():
        if value is not None:
            handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def whole(server, handler):
    """A server as it should be: ETag, ranges, If-Range."""
    asked = handler.headers.get("Range")
    if asked and handler.headers.get("If-Range") == server.etag:
        start = int(asked.removeprefix("bytes=").removesuffix("-"))
        size = len(server.content)
        if start >= size:
            return send(handler, 416, {})
        span = {"ETag": server.etag, "Content-Range": f"bytes {start}-{size - 1}/{size}"}
        return send(handler, 206, span, server.content[start:])
    return send(handler, 200, {"ETag": server.etag}, server.content)


def no_ranges(server, handler):
    send(handler, 200, {"ETag": server.etag}, server.content)


def cut(server, handler, after=200_000):
    send(
        handler,
        200,
        {"ETag": server.etag, "Content-Length": str(len(server.content))},
        server.content[:after],
    )


def corrupted(server, handler):
    send(handler, 200, {}, b"!" + server.content[1:])


def stalled(server, handler):
    send(handler, 200, {"Content-Length": str(len(server.content))}, server.content[:1000])
    server.closing.wait(2)


def status(code, **headers):
    def answer(server, handler):
        send(handler, code, {name.replace("_", "-"): value for name, value in headers.items()})

    return answer


def leftovers(target):
    return sorted(p.name for p in target.parent.iterdir() if p.name not in ("file.csv", "receipts"))
