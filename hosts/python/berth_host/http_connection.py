"""Serves calls over HTTP: `POST /run` with the inputs as JSON, `GET /healthz` for the identity and health.

The body of every reply is an answer. Its status is 200 for success, 422 for invalid inputs, else 500. A caller that accepts
`application/x-ndjson` receives what a generator yields as lines of JSON (see streams.py). `Berth-Token` is a hash that
identifies this start of this revision: a caller that sends another one is refused.
"""

import hashlib
import itertools
import os
import socket

from .answers import refuse
from .connection import Connection, Request
from .http_reader import BadRequest, HttpReader
from .inputs_json import InputText
from .original_json import dumps, loads
from .streams import ReplyStream

REASONS = {
    200: "OK",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not ResolvedCallable",
    411: "Length Required",
    421: "Misdirected Request",
    422: "Unprocessable Content",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
STATUSES = {"CALL_INPUT": 422, "NOT_RUNNING": 503}
LINES = "application/x-ndjson"
STUCK_TOO_LONG = 30
"""Seconds for which ended calls may block the others before the software is unhealthy."""

numbers = itertools.count(1)


class HttpConnection(Connection):
    def __init__(self, sockets, raw):
        super().__init__(sockets, raw)
        self.token = hash_token(sockets.server.identity["token"])
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader = HttpReader(raw)

    def next(self):
        """Returns the next request for the server. Answers invalid requests and unknown paths itself."""
        while True:
            try:
                request = self.reader.next()
                if request is None:
                    return None
                self.is_last = not request.keeps_alive
                routed = self.route(request)
            except BadRequest as error:
                self.is_last = True
                return self.reply(error.status, refuse("CALL_INPUT", error.message))
            if routed is not None:
                return routed
            if self.is_last:
                return None

    def route(self, request):
        route = (request.method, request.path)
        refusal = refuse_caller(request, self.token)
        if refusal is not None:
            return self.reply(*refusal)
        if route == ("POST", "/run"):
            return describe_call(request)
        if route == ("GET", "/healthz"):
            return Request("ping")
        if route == ("POST", "/cancel"):
            return Request("cancel", request.headers.get("berth-call"))
        message = "there is no %s %s; call POST /run with the inputs as JSON" % route
        return self.reply(404, refuse("CALL_INPUT", message))

    def answer_control(self, kind, record):
        if kind != "ping":
            return super().answer_control(kind, record)
        content = dumps(dict(record, token=self.token, pid=os.getpid())).encode()
        is_healthy = not record["isStopping"] and record["stuck"] < STUCK_TOO_LONG
        self.reply(200 if is_healthy else 503, content)

    def has_buffered(self):
        return self.reader.has_more or len(self.reader.buffer) > 0

    def encode(self, content):
        return describe_reply(status_of(content), content, self.token, self.is_last) + content

    def open_stream(self):
        return ReplyStream(self.socket, LineEncoder(self).encode)

    def reply(self, status, content):
        self.deliver(describe_reply(status, content, self.token, self.is_last) + content)


class LineEncoder:
    """Encodes a stream as lines of JSON in a chunked reply. A stream without chunks becomes an ordinary reply."""

    def __init__(self, connection):
        self.connection = connection
        self.has_begun = False

    def encode(self, content, is_last):
        if is_last and not self.has_begun:
            return self.connection.encode(content)
        head = b"" if self.has_begun else self.describe()
        self.has_begun = True
        return b"%s%x\r\n%s\n\r\n%s" % (head, len(content) + 1, content, b"0\r\n\r\n" if is_last else b"")

    def describe(self):
        # The connection is not reused: code may still use it after a deadline ended the stream.
        self.connection.is_last = True
        head = "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\nBerth-Token: %s\r\n%s\r\n"
        return (head % (LINES, self.connection.token, "Connection: close\r\n")).encode("ascii")


def hash_token(token):
    return hashlib.sha256(token.encode()).hexdigest()


def refuse_caller(request, token):
    if "origin" in request.headers:  # a page in a browser can post to any port of its machine
        return 403, refuse("CALL_INPUT", "requests from web pages are not answered")
    if request.headers.get("berth-token", token) != token:
        return 421, refuse("NOT_RUNNING", "another start of the software answers on this port")
    return None


def describe_call(request):
    id = request.headers.get("berth-call") or "http-%d" % next(numbers)
    inputs = InputText(request.body)
    return Request("call", id, read_timeout(request), inputs, LINES in request.headers.get("accept", ""))


def read_timeout(request):
    text = request.headers.get("berth-timeout")
    try:
        return float(text) if text else None
    except ValueError:
        raise BadRequest(400, "Berth-Timeout: %r is not a number of seconds" % text) from None


def describe_reply(status, content, token, is_last):
    head = "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nBerth-Token: %s\r\n%s\r\n" % (
        status,
        REASONS[status],
        len(content),
        token,
        "Connection: close\r\n" if is_last else "",
    )
    return head.encode("ascii")


def status_of(answer):
    """Returns the HTTP status of an encoded answer."""
    if not answer.startswith((b'{"status":"error"', b'{"status": "error"')):
        return 200
    error = loads(answer.decode("utf-8"))["error"]
    return STATUSES.get(error.get("code"), 500)
