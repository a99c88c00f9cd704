"""An OpenAI-compatible server on loopback that answers as it is told, and badly if it is told so."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Fake:
    """replies: one a request, the last for all that follow. asked: (headers, body) of each request."""

    url: str
    replies: list[Reply]
    asked: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)


@contextmanager
def serving(*replies: Reply) -> Iterator[Fake]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            fake.asked.append((dict(self.headers), body))
            reply = fake.replies[min(len(fake.asked), len(fake.replies)) - 1]
            try:
                reply(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake = Fake(f"http://127.0.0.1:{server.server_port}/v1", list(replies))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def says(text: str, ended: str | None = "stop", usage: bool = True, pieces: int = 3) -> Reply:
    """A proper answer, in pieces."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        begin(handler)
        step = max(len(text) // pieces, 1)
        for i in range(0, len(text), step):
            event(handler, {"choices": [choice({"content": text[i : i + step]})]})
        if ended:
            event(handler, {"choices": [choice({}, ended)]})
        if usage:
            event(handler, {"choices": [], "usage": counts(7, 5)})
        handler.wfile.write(b"data: [DONE]\n\n")

    return reply


def fails(status: int, message: str = "no", headers: Sequence[tuple[str, str]] = ()) -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        whole(handler, json.dumps({"error": {"message": message}}).encode(), status, "application/json", headers)

    return reply


def sends(content: bytes, kind: str = "text/event-stream") -> Reply:
    """Any bytes at all."""
    return lambda handler: whole(handler, content, 200, kind, ())


def dribbles(seconds: float) -> Reply:
    """A letter now and then."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        begin(handler)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            event(handler, {"choices": [choice({"content": "x"})]})
            time.sleep(0.02)

    return reply


def breaks_off(text: str) -> Reply:
    """Closes the connection in the middle of an event."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        begin(handler, length=100_000)
        event(handler, {"choices": [choice({"content": text})]})
        handler.wfile.write(b'data: {"choi')
        handler.close_connection = True

    return reply


def begin(handler: BaseHTTPRequestHandler, length: int | None = None) -> None:
    handler.send_response(200)
    handler.send_header("content-type", "text/event-stream")
    if length:
        handler.send_header("content-length", str(length))
    handler.end_headers()


def event(handler: BaseHTTPRequestHandler, value: dict[str, Any]) -> None:
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "fake-1"} | value
    handler.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
    handler.wfile.flush()


def choice(delta: dict[str, str], ended: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "finish_reason": ended}


def counts(prompt: int, answer: int) -> dict[str, int]:
    return {"prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": prompt + answer}


def whole(
    handler: BaseHTTPRequestHandler, content: bytes, status: int, kind: str, headers: Sequence[tuple[str, str]]
) -> None:
    handler.send_response(status)
    for name, value in (("content-type", kind), ("content-length", str(len(content))), *headers):
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(content)
