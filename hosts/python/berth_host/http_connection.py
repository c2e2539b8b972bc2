"""The server's calls over HTTP: `POST /run` with the inputs as JSON, `GET /healthz` for who is there.

The body of every reply is an answer; its status is 200 for a success, 422 for inputs that do not fit, else 500. Who accepts
`application/x-ndjson` gets what a generator yields as it comes, a line of JSON each (see streams.py). `Berth-Token`, a hash,
says who answers: a caller that sends it is answered by this very start of this revision or refused.
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
"""Seconds for which ended calls may hold up the others before the software counts as unhealthy."""

numbers = itertools.count(1)


class HttpConnection(Connection):
    def __init__(self, sockets, raw):
        super().__init__(sockets, raw)
        self.token = hash_token(sockets.server.identity["token"])
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader = HttpReader(raw)

    def next(self):
        """Answers by itself what asks for nothing that is here."""
        while True:
            try:
                request = self.reader.next()
                if request is None:
                    return None
                self.is_last = not request.keeps_alive
                found = self.route(request)
            except BadRequest as error:
                self.is_last = True
                return self.reply(error.status, refuse("CALL_INPUT", error.message))
            if found is not None:
                return found
            if self.is_last:
                return None

    def route(self, request):
        place = (request.method, request.path)
        refusal = refuse_caller(request, self.token)
        if refusal is not None:
            return self.reply(*refusal)
        if place == ("POST", "/run"):
            return describe_call(request)
        if place == ("GET", "/healthz"):
            return Request("ping")
        if place == ("POST", "/cancel"):
            return Request("cancel", request.headers.get("berth-call"))
        message = "there is no %s %s; call POST /run with the inputs as JSON" % place
        return self.reply(404, refuse("CALL_INPUT", message))

    def answer_control(self, kind, record):
        if kind != "ping":
            return super().answer_control(kind, record)
        content = dumps(dict(record, token=self.token, pid=os.getpid())).encode()
        is_well = not record["isStopping"] and record["stuck"] < STUCK_TOO_LONG
        self.reply(200 if is_well else 503, content)

    def has_buffered(self):
        return self.reader.has_more or len(self.reader.buffer) > 0

    def encode(self, content):
        return describe_reply(status_of(content), content, self.token, self.is_last) + content

    def open_stream(self):
        return ReplyStream(self.socket, LineEncoder(self).encode)

    def reply(self, status, content):
        self.deliver(describe_reply(status, content, self.token, self.is_last) + content)


class LineEncoder:
    """A stream as lines of JSON in a chunked reply. One without any chunk is a reply like any other."""

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
        # Its connection is not used again: where a deadline ends the stream, code may be at work on it for longer.
        self.connection.is_last = True
        head = "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\nBerth-Token: %s\r\n%s\r\n"
        return (head % (LINES, self.connection.token, "Connection: close\r\n")).encode("ascii")


def hash_token(token):
    return hashlib.sha256(token.encode()).hexdigest()


def refuse_caller(request, token):
    if "origin" in request.headers:  # a page in a browser may post to any port of its machine
        return 403, refuse("CALL_INPUT", "pages of other origins are not answered")
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
        raise BadRequest(400, "Berth-Timeout: %r is no number of seconds" % text) from None


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
    """Of an answer as bytes, which begins with its status."""
    if not answer.startswith((b'{"status":"error"', b'{"status": "error"')):
        return 200
    error = loads(answer.decode("utf-8"))["error"]
    return STATUSES.get(error.get("code"), 500)
